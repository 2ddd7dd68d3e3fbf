"""What is common to all typed questions: how they are put, how an answer is taken apart, how it is kept.

Nothing is guessed: an answer that can be read in two ways, or was cut off, is invalid, and is asked for again.
"""

from __future__ import annotations

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

REASON_FIRST = (
    'Answer only with a JSON object of the form {"reasoning": …, "answer": …}: first your reasoning in a few short '
    "sentences, then your answer. The answer is "
)
ONLY = "Answer only with "
_WRAPPED = re.compile(r'\{\s*"(?:reasoning|answer)"\s*:', re.IGNORECASE)
_LABELLED = re.compile(r"(?:.*\n)?[^\w\n]*(?:(?:my|final)\s+)*(?:answer|antwort)\W*:[ \t]*([^\n]+)\Z", re.I | re.S)
_BARE = 80
"""Characters of an answer that may stand without the reasoning that was asked for."""


@dataclass(frozen=True, kw_only=True)
class Question:
    """What is common to all questions.

    Arguments:
        reasoning: whether the model is to reason before it answers.
    """

    reasoning: bool = False

    @property
    def kind(self) -> str:
        """The question's type in the data."""
        return type(self).__name__.lower()

    @property
    def expected(self) -> str:
        """In words, what an answer is."""
        raise NotImplementedError

    @property
    def told(self) -> str:
        """How an answer is described to the model, with its full stop where it needs one."""
        return f"{self.expected}."

    @property
    def instruction(self) -> str:
        """The sentence below the experimenter's text that says the form; the same for every model."""
        return (REASON_FIRST if self.reasoning else ONLY) + self.told

    @property
    def schema(self) -> dict[str, Any]:
        """The answer's JSON Schema."""
        raise NotImplementedError

    @property
    def rule(self) -> str:
        """The answer's alternatives in a grammar, as JSON; empty if there is no grammar."""
        return ""

    @property
    def bare_grammar(self) -> str:
        """The grammar of an answer without reasoning; empty if there is none."""
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
        grammar = (object_grammar(self.rule) if self.rule else "") if self.reasoning else self.bare_grammar
        return Form(self.kind, schema, grammar, strict=True)

    def facts(self) -> dict[str, Any]:
        """What the data say of the question."""
        return {"kind": self.kind}

    def shuffled(self, seed: int) -> Question:
        """The question with its options in an order of their own; itself, if it has none."""
        return self

    def read(self, text: str, cut: bool = False) -> Any:
        """The value of an answer.

        Arguments:
            text: the answer, word for word. cut: whether it ended at the limit of tokens.

        Raises:
            ParseError: it does not have the form; the error says what is wrong.
        """
        return self.heard(text, cut)[0]

    def heard(self, text: str, cut: bool = False) -> tuple[Any, str]:
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
            return self.of_json(found[names["answer"]], text), str(reasoning or "").strip()
        bare, reasoning = text.strip(), ""
        if self.reasoning:
            labelled = _LABELLED.match(bare)
            if labelled:
                bare, reasoning = labelled[1], bare[: labelled.start(1)].rpartition("\n")[0].strip()
            elif len(bare) > _BARE or "\n" in bare:
                fail(text, self.expected, "the JSON object with reasoning and answer was asked for")
        return self.of_text(bare, cut), reasoning

    def of_json(self, value: Any, text: str) -> Any:
        """The value of an answer that came in JSON; `text` is the whole."""
        if isinstance(value, str):
            return self.of_text(value.strip(), False)
        fail(text, self.expected, f"its answer is {json.dumps(value, ensure_ascii=False)[:60]}")

    def of_text(self, text: str, cut: bool) -> Any:
        """The value of an answer in free text."""
        value = self.parsed(text)
        if cut:
            # The last word may be the beginning of another: "I offer 1" of "I offer 10".
            shorter = re.sub(r"\S+\s*\Z", "", text)
            if not self.finished(text) and (not shorter.strip() or self.parsed(shorter) != value):
                fail(text, self.expected, "it was cut off")
        return value

    def parsed(self, text: str) -> Any:
        """The value in free text."""
        raise NotImplementedError

    def finished(self, text: str) -> bool:
        """Whether no longer text could begin like this one."""
        return False


@dataclass(frozen=True)
class Checked(Question):
    """Another question whose value is converted, and looked at once more.

    Arguments:
        inner: the question. convert: makes the value. check: what is wrong with it, or nothing.
        about: more of it for the data.

    >>> from otree_ego.questions import Number
    >>> even = Checked(Number(0, 9), lambda value: value / 10, lambda value: "Not half." if value == 0.5 else "")
    >>> even.read("4")
    0.4
    """

    inner: Question
    convert: Callable[[Any], Any] = lambda value: value
    check: Callable[[Any], str | None] = lambda value: ""
    about: Mapping[str, Any] = field(default_factory=dict)

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

    def facts(self) -> dict[str, Any]:
        return {**self.inner.facts(), **self.about}

    def shuffled(self, seed: int) -> Checked:
        return replace(self, inner=self.inner.shuffled(seed))

    def heard(self, text: str, cut: bool = False) -> tuple[Any, str]:
        found, reasoning = self._asked.heard(text, cut)
        value = self.convert(found)
        if wrong := self.check(value):
            raise ParseError(f"{start(text)}: {wrong}", text=text, expected=self.expected)
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
