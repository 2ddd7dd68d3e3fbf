"""What is common to all typed questions: how they are asked, how an answer is read, how it is kept.

Nothing is guessed: an answer that can be read in two ways, or was cut off, is invalid, and is asked for again.
"""

import json
import math
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from numbers import Integral, Real
from typing import Any

from ..errors import ConfigError, ParseError
from ..grammars import object_grammar
from ..json_text import fail, parse_json, start
from ..messages import Form
from ..public import public
from .phrases import PHRASES

REASON_FIRST, ONLY = PHRASES["en"]["reasoning"], PHRASES["en"]["only"]
_WRAPPED = re.compile(r'\{\s*"(?:reasoning|answer)"\s*:', re.IGNORECASE)
_LABELLED = re.compile(r"(?:.*\n)?[^\w\n]*(?:(?:my|final)\s+)*(?:answer|antwort)\W*:[ \t]*([^\n]+)\Z", re.I | re.S)
_BARE = 80
"""Characters of an answer that may stand without the reasoning that was asked for."""


@public
@dataclass(frozen=True, kw_only=True)
class Question:
    """A question whose answer has a type. Subclass it for a type of your own, and ask it with `Thread.ask`.

    A subclass is a frozen dataclass that defines `expected`, `schema` and `parse`. The rest is optional:
    `description`, `grammar` and `grammar_rule` (for the embedded model), `value_from_json`, `is_complete`, `as_data`,
    and `shuffled`.

    Arguments:
        reasoning: whether the model is to reason before it answers.
        phrases: the sentences with which it is asked; None for the English ones.

    >>> @dataclass(frozen=True)
    ... class Percent(Question):
    ...     expected = "a percentage such as 25 %"
    ...     schema = {"type": "string", "pattern": "^[0-9]{1,3} %$"}
    ...
    ...     def parse(self, text):
    ...         if not re.fullmatch("[0-9]{1,3} ?%", text):
    ...             fail(text, self.expected, "it has no percent sign")
    ...         return int(text.rstrip(" %")) / 100
    >>> from otree_ego import ConstantThread
    >>> ConstantThread("25 %").ask(Percent(), "How likely is rain?")
    0.25
    """

    reasoning: bool = False
    phrases: Mapping[str, str] | None = field(default=None, compare=False, repr=False)

    @property
    def say(self) -> Mapping[str, str]:
        """The sentences with which it is asked, by key; see `otree_ego.questions.phrases`."""
        return self.phrases or PHRASES["en"]

    def spoken(self, phrases: Mapping[str, str]) -> "Question":
        """The question as it is asked with these sentences."""
        return replace(self, phrases=phrases)

    @property
    def kind(self) -> str:
        """The question's type in the data."""
        return type(self).__name__.lower()

    @property
    def expected(self) -> str:
        """What an answer is, in words: it ends the sentence "Answer only with …"."""
        raise NotImplementedError

    @property
    def description(self) -> str:
        """How an answer is described to the model, with a full stop where it needs one."""
        return f"{self.expected}."

    @property
    def instruction(self) -> str:
        """The sentence that follows the experimenter's text and says the form; the same for every model."""
        return self.say["reasoning" if self.reasoning else "only"] + self.description

    @property
    def schema(self) -> dict[str, Any]:
        """The answer's JSON Schema."""
        raise NotImplementedError

    @property
    def grammar(self) -> str:
        """The grammar (GBNF) of an answer without reasoning; empty if there is none."""
        return ""

    @property
    def grammar_rule(self) -> str:
        """The right-hand side of a grammar rule for an answer as JSON, after its reasoning; empty if there is none."""
        return ""

    @property
    def form(self) -> Form:
        """What keeps a model to the form, where its service can."""
        fields = {"reasoning": {"type": "string"}} if self.reasoning else {}
        schema = {
            "type": "object",
            "properties": {**fields, "answer": self.schema},
            "required": [*fields, "answer"],
            "additionalProperties": False,
        }
        grammar = (object_grammar(self.grammar_rule) if self.grammar_rule else "") if self.reasoning else self.grammar
        return Form(self.kind, schema, grammar, strict=True)

    def as_data(self) -> dict[str, Any]:
        """What the data say about the question: plain values by name."""
        return {"kind": self.kind}

    def shuffled(self, seed: int) -> "Question":
        """The question with its options in an order drawn with a seed; the question itself if it has no options."""
        return self

    def read(self, text: str, cut: bool = False) -> Any:
        """The value of an answer.

        Arguments:
            text: the answer, word for word. cut: whether it ended at the limit of tokens.

        Raises:
            ParseError: it does not have the form; the error says what is wrong.
        """
        return self.read_with_reasoning(text, cut)[0]

    def read_with_reasoning(self, text: str, cut: bool = False) -> tuple[Any, str]:
        """The value of an answer, and the reasoning that came before it.

        Raises:
            ParseError: as `read`.
        """
        if not text.strip():
            fail(text, self.expected, "it is empty")
        if _WRAPPED.search(text):
            found = parse_json(text)
            names = {name.lower(): name for name in found} if isinstance(found, dict) else {}
            if "answer" not in names:
                fail(text, self.expected, 'its JSON has no "answer"')
            reasoning = found.get(names.get("reasoning", ""), "")
            return self.value_from_json(found[names["answer"]], text), str(reasoning or "").strip()
        bare, reasoning = text.strip(), ""
        if self.reasoning:
            labelled = _LABELLED.match(bare)
            if labelled:
                bare, reasoning = labelled[1], bare[: labelled.start(1)].rpartition("\n")[0].strip()
            elif len(bare) > _BARE or "\n" in bare:
                fail(text, self.expected, "the JSON object with reasoning and answer was asked for")
        return self.value_from_text(bare, cut), reasoning

    def value_from_json(self, value: Any, text: str) -> Any:
        """The value of an answer that came in JSON; `text` is the whole reply."""
        if isinstance(value, str):
            return self.value_from_text(value.strip(), False)
        fail(text, self.expected, f"its answer is {json.dumps(value, ensure_ascii=False)[:60]}")

    def value_from_text(self, text: str, cut: bool) -> Any:
        """The value of an answer in free text."""
        value = self.parse(text)
        if cut:
            # The last word may be the beginning of another: "I offer 1" of "I offer 10".
            shorter = re.sub(r"\S+\s*\Z", "", text)
            if not self.is_complete(text) and (not shorter.strip() or self.parse(shorter) != value):
                fail(text, self.expected, "it was cut off")
        return value

    def as_answer(self, value: Any) -> str:
        """An answer that has a value: what stands in the model's memory where a value counted that it did not give.

        >>> from otree_ego.questions import Number, YesNo
        >>> Number(0, 10).as_answer(5), YesNo(("ja", "nein")).as_answer(False)
        ('5', 'nein')
        """
        return value if isinstance(value, str) else json.dumps(as_json(value), ensure_ascii=False)

    def as_shown(self, value: Any) -> str:
        """What people in a chat are shown of an answer; empty for nothing."""
        return self.as_answer(value)

    def parse(self, text: str) -> Any:
        """The value in free text, without the reasoning.

        Raises:
            ParseError: there is none; `otree_ego.questions.fail` raises it.
        """
        raise NotImplementedError

    def is_complete(self, text: str) -> bool:
        """Whether an answer that was cut off here is certainly whole: no other answer begins like it."""
        return False


@public
@dataclass(frozen=True)
class Checked(Question):
    """Another question whose value is converted and then checked.

    Arguments:
        inner: the question. convert: makes the value. check: says what is wrong with it, if anything is.
        data: added to what the data say about the question.

    >>> from otree_ego.questions import Number
    >>> even = Checked(Number(0, 9), lambda value: value / 10, lambda value: "Not half." if value == 0.5 else "")
    >>> even.read("4")
    0.4
    """

    inner: Question
    convert: Callable[[Any], Any] = lambda value: value
    check: Callable[[Any], str | None] = lambda value: ""
    data: Mapping[str, Any] = field(default_factory=dict)

    @property
    def kind(self) -> str:
        return self.inner.kind

    @property
    def expected(self) -> str:
        return self.inner.expected

    @property
    def instruction(self) -> str:
        return self._asked.instruction

    @property
    def form(self) -> Form:
        return self._asked.form

    @property
    def _asked(self) -> Question:
        return replace(self.inner, reasoning=self.reasoning)

    @property
    def description(self) -> str:
        return self._asked.description

    def spoken(self, phrases: Mapping[str, str]) -> "Checked":
        return replace(self, inner=self.inner.spoken(phrases), phrases=phrases)

    def as_data(self) -> dict[str, Any]:
        return {**self.inner.as_data(), **self.data}

    def as_answer(self, value: Any) -> str:
        for inner in getattr(self.inner, "values", ()):
            if self.convert(inner) == value:
                return self.inner.as_answer(inner)
        return self.inner.as_answer(value)

    def as_shown(self, value: Any) -> str:
        return self.inner.as_shown(value) if value is None or isinstance(value, str) else self.as_answer(value)

    def shuffled(self, seed: int) -> "Checked":
        return replace(self, inner=self.inner.shuffled(seed))

    def read_with_reasoning(self, text: str, cut: bool = False) -> tuple[Any, str]:
        found, reasoning = self._asked.read_with_reasoning(text, cut)
        value = self.convert(found)
        if wrong := self.check(value):
            raise ParseError(f"{start(text)}: {wrong}", text=text, expected=self.expected, told=str(wrong))
        return value, reasoning


def as_json(value: Any) -> Any:
    """A value as the data keep it.

    >>> as_json(Decimal("2.50")), as_json(True)
    (2.5, True)
    """
    if value is None or isinstance(value, str | bool | int | float):
        return value
    if isinstance(value, Decimal):
        return plain_number(value)
    if hasattr(value, "__dataclass_fields__") and not isinstance(value, type):
        return {name: as_json(getattr(value, name)) for name in value.__dataclass_fields__}
    if hasattr(value, "model_dump"):
        return value.model_dump(mode="json")
    if isinstance(value, Mapping):
        return {str(name): as_json(each) for name, each in value.items()}
    if isinstance(value, Sequence):
        return [as_json(each) for each in value]
    return str(value)


def plain_number(value: Any) -> Any:
    """A bound, or an amount, as int or float."""
    if value is None:
        return None
    if isinstance(value, Real) and not isinstance(value, bool) and math.isfinite(value):
        return int(value) if isinstance(value, Integral) else float(value)
    if isinstance(value, Decimal):
        value = Decimal(Decimal.__str__(value))  # oTree's currencies are Decimals that print as "5 points"
        return int(value) if value == value.to_integral_value() else float(value)
    raise ConfigError(f"A range is given in numbers, not {value!r:.60}.")
