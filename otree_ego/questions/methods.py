"""The typed questions that a Thread can be asked, by name."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ..errors import ConfigError
from ..prompts import Prompt
from .base import Question
from .fields import question_for_field
from .json_form import Json
from .kinds import Choice, Number, Text, YesNo


class QuestionMethods:
    """The typed questions that a Thread can be asked. In async code they are awaited: `await llm.ask_number(…)`.

    Every method accepts these options, too:

    Options:
        tries: answers asked for at most; each is in the record, with what was wrong with it.
        reasoning: let the model reason before it answers; the reasoning is kept apart, in the reply's params.
        hidden: keep question and answers out of a chat that shows the Thread. With False it shows the question
            without the form, and the answer's value; never an answer that could not be used.
        author: who asks, e.g. a participant's code.
        default: the value that counts when no answer came that has the form; without one that is an error. The model's
            memory then holds the question and this value, the record all answers.
        seed, max_tokens, temperature, stop, extra: as in `submit`. response: the answer, of an `ExternalThread`.
        **variables: of a Prompt.

    What each raises:
        InvalidAnswer: no answer had the form, and neither had the fallback model's nor the fallback text.
        ProviderError: no answer came.
    """

    __slots__ = ()

    def ask(self, question: Question, text: str | Prompt, /, **options: Any) -> Any:
        """Ask any typed question, also one of your own, and return the answer's value.

        Arguments:
            question: what an answer is and how it is read, see `otree_ego.questions`.
            text: the question itself, a str or a Prompt. The form of the answer is added to it.
            **options: see `QuestionMethods`; `shuffle` shows the question's options in an order drawn with a seed.

        >>> from otree_ego import ConstantThread
        >>> from otree_ego.questions import Number
        >>> ConstantThread("2.50").ask(Number(0, 10, places=2), "What would you pay?")
        2.5
        """
        raise NotImplementedError

    def ask_number(
        self,
        text: str | Prompt,
        /,
        *,
        low: float | None = None,
        high: float | None = None,
        integer: bool = False,
        decimal: str | None = None,
        **options: Any,
    ) -> Any:
        """Ask for a number.

        Arguments:
            low, high: the range, both ends included. integer: only whole numbers.
            decimal: the sign before the decimals, ``"."`` or ``","``. None: what can be read in two ways (``"5.000"``)
                is asked for again, see `parse_number`.
            **options: see `QuestionMethods`.

        >>> from otree_ego import ScriptedThread
        >>> ScriptedThread(["A fair share.", "I give 4."]).ask_number("How many of 10 do you give?", low=0, high=10)
        4
        """
        return self.ask(Number(low, high, integer, decimal=decimal), text, **options)

    def ask_choice(self, text: str | Prompt, /, options: Sequence[str], *, shuffle: bool = False, **more: Any) -> Any:
        """Ask for one of some options; gives it as it was given.

        Arguments:
            options: what may be chosen. shuffle: show them in an order drawn with a seed; both are in the data.
            **more: see `QuestionMethods`.

        >>> from otree_ego import ConstantThread
        >>> ConstantThread("left, please").ask_choice("Where do you go?", ["Left", "Right"])
        'Left'
        """
        return self.ask(Choice(tuple(_several(options))), text, **{**more, "shuffle": shuffle})

    def ask_yes_no(self, text: str | Prompt, /, *, yes: str = "yes", no: str = "no", **options: Any) -> Any:
        """Ask for yes or no; gives True or False.

        Arguments:
            yes, no: the words for it; the usual ones are those of the session's language.
            **options: see `QuestionMethods`.

        >>> from otree_ego import ConstantThread
        >>> ConstantThread("Nein.").ask_yes_no("Nimmst du an?", yes="ja", no="nein")
        False
        """
        return self.ask(YesNo((yes, no)), text, **options)

    def ask_text(
        self, text: str | Prompt, /, *, min_length: int = 1, max_length: int | None = None, **options: Any
    ) -> Any:
        """Ask for a text.

        Arguments:
            min_length, max_length: in characters. **options: see `QuestionMethods`.

        >>> from otree_ego import ConstantThread
        >>> ConstantThread("Be fair!").ask_text("Your message to the others?", max_length=100)
        'Be fair!'
        """
        return self.ask(Text(min_length, max_length), text, **options)

    def ask_json(self, text: str | Prompt, /, schema: Any, *, show: str = "", **options: Any) -> Any:
        """Ask for JSON.

        Arguments:
            schema: a pydantic model's class or a dataclass, of which an instance is given; or a JSON Schema, then
                plain values are.
            show: with ``hidden=False``, the field that a chat shows of the answer; the first text without it.
            **options: see `QuestionMethods`.

        >>> from otree_ego import ConstantThread
        >>> form = {"type": "object", "properties": {"offer": {"type": "integer"}}, "required": ["offer"]}
        >>> ConstantThread('{"offer": 5}').ask_json("What do you offer?", form)
        {'offer': 5}
        """
        return self.ask(Json(schema, show), text, **options)

    def decide(
        self, instance: Any, /, field: str, text: str | Prompt | None = None, *, shuffle: bool = False, **options: Any
    ) -> Any:
        """Ask for what a form field of an oTree player or group takes; gives that value, and stores nothing.

        The type, the range, the choices and the label come from the field's definition, and from the app's functions
        `FIELD_min`, `FIELD_max`, `FIELD_choices`, `FIELD_error_message`.

        Arguments:
            instance: the player or the group. field: the field's name.
            text: the question; the field's label if not given.
            shuffle: show the choices in an order drawn with a seed. **options: see `QuestionMethods`.

        Raises:
            ConfigError: there is no such field, or it cannot be asked for.
        """
        question, label = question_for_field(instance, field, text is None)
        return self.ask(question, label if text is None else text, **{**options, "shuffle": shuffle})


def _several(options: Any) -> Any:
    if isinstance(options, str):
        raise ConfigError(f"The options are a list of texts, not one text ({options!r:.60}).")
    return options
