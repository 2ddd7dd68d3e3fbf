"""What a design asks for: a typed question, and whether its options are shown in an order drawn at random."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from ..errors import ConfigError
from ..public import public
from .base import Question
from .json_form import Json
from .kinds import Choice, Number, YesNo


@dataclass(frozen=True)
class AnswerForm:
    """A typed question of a design, see `choice`, `number`, `yes_no` and `json_answer`.

    Fields:
        question: what an answer is. shuffle: whether each replication sees the options in an order of its own.
    """

    question: Question
    shuffle: bool = False

    def shown(self, seed: int) -> Question:
        """The question as a replication is asked it.

        Arguments:
            seed: of the order.
        """
        return self.question.shuffled(seed) if self.shuffle else self.question

    def as_data(self) -> dict[str, Any]:
        """What makes it this form and no other."""
        return {**self.question.as_data(), "instruction": self.question.instruction, "shuffle": self.shuffle}


def answer_form(given: Any) -> AnswerForm:
    """The form of an answer, from one or from a Question.

    Raises:
        ConfigError: it is neither.
    """
    if isinstance(given, Question):
        return AnswerForm(given)
    if not isinstance(given, AnswerForm):
        raise ConfigError(
            f"ask must be choice(…), number(…), yes_no(…), json_answer(…) or a Question of your own, not {given!r:.60}."
        )
    return given


@public
def choice(options: Sequence[str], *, shuffle: bool = False, reasoning: bool = False) -> AnswerForm:
    """A design asks for one of some options: `factorial(…).run(agent, ask=choice(["A", "B"], shuffle=True))`.

    Arguments:
        options: what may be chosen. shuffle: show them in another order to each replication; rows say which.
        reasoning: let the model reason before it answers.

    >>> from otree_ego import factorial
    >>> design = factorial("Where do you go in {{ town }}?", town=["Mainz"])
    >>> (row,) = design.run("constant/Left, please.", ask=choice(["Left", "Right"]), store=None)
    >>> row["result"], row["shown_order"], row["position"]
    ('Left', ['Left', 'Right'], 1)
    """
    if isinstance(options, str):
        raise ConfigError(f"The options are a list of texts, not one text ({options!r:.60}).")
    return AnswerForm(Choice(tuple(options), reasoning=reasoning), shuffle)


@public
def number(
    low: float | None = None,
    high: float | None = None,
    *,
    integer: bool = False,
    decimal: str | None = None,
    reasoning: bool = False,
) -> AnswerForm:
    """A design asks for a number: `factorial(…).run(agent, ask=number(0, 100))`.

    Arguments:
        low, high: the range, both ends included. integer: only whole numbers.
        decimal: the sign before the decimals, see `parse_number`. reasoning: let the model reason before it answers.

    >>> from otree_ego import factorial
    >>> factorial("How many of {{ n }}?", n=[10]).run("constant/I give 4.", ask=number(0, 10), store=None)[0]["result"]
    4
    """
    return AnswerForm(Number(low, high, integer, decimal=decimal, reasoning=reasoning))


@public
def yes_no(yes: str = "yes", no: str = "no", *, shuffle: bool = False, reasoning: bool = False) -> AnswerForm:
    """A design asks for yes or no, which are True and False in the rows: `factorial(…).run(agent, ask=yes_no())`.

    Arguments:
        yes, no: the words for it. shuffle: name them in another order to each replication; rows say which.
        reasoning: let the model reason before it answers.

    >>> from otree_ego import factorial
    >>> factorial("Do you take {{ n }}?", n=[1]).run("constant/No.", ask=yes_no(), store=None)[0]["result"]
    False
    """
    return AnswerForm(YesNo((yes, no), reasoning=reasoning), shuffle)


@public
def json_answer(schema: Any, *, reasoning: bool = False) -> AnswerForm:
    """A design asks for JSON, whose fields are columns of the rows: `factorial(…).run(agent, ask=json_answer(…))`.

    Arguments:
        schema: a pydantic model's class, or a JSON Schema. reasoning: let the model reason before it answers.

    >>> from otree_ego import factorial
    >>> form = {"type": "object", "properties": {"offer": {"type": "integer"}}, "required": ["offer"]}
    >>> design = factorial("What do you offer of {{ n }}?", n=[10])
    >>> design.run('constant/{"offer": 5}', ask=json_answer(form), store=None)[0]["offer"]
    5
    """
    return AnswerForm(Json(schema, reasoning=reasoning))
