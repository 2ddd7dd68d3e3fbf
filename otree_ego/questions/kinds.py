"""Questions whose answers have a type: a number, one of some options, yes or no, a text."""

import json
import random
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from ..errors import ConfigError
from ..grammars import choice_grammar, literal, number_grammar, number_rule, string_rule, text_grammar
from ..json_text import AmbiguousAnswer, fail
from ..parsing import check_decimal, in_words, one_of, parse_choice, parse_number
from ..public import public
from ..reading.negations import DENIAL
from .base import Question, plain_number
from .phrases import PHRASES, filled, range_in

OPTIONS = PHRASES["en"]["options"]
MOST_TEXT = 1000
"""Characters of a text from the embedded model, at most."""
USUAL_TEXT = 400


@public
@dataclass(frozen=True)
class Number(Question):
    """A number.

    Arguments:
        low, high: the range, both ends included; None for no bound.
        integer: only whole numbers.
        places: decimals at most; None for any.
        decimal: the sign before the decimals, ``"."`` or ``","``; None if it may be either: see `parse_number`, which
            refuses what can be read in two ways. Where three decimals or more are asked for, it is the point.

    >>> Number(0, 10, integer=True).instruction
    'Answer only with one whole number from 0 to 10.'
    >>> Number(0, 10).read('{"answer": 7}'), Number(0, 10).read("I offer 7 points.")
    (7, 7)
    """

    low: float | None = None
    high: float | None = None
    integer: bool = False
    places: int | None = None
    decimal: str | None = None

    def __post_init__(self) -> None:
        check_decimal(self.decimal)
        object.__setattr__(self, "low", plain_number(self.low))
        object.__setattr__(self, "high", plain_number(self.high))
        try:
            _ = self.grammar_rule
        except ConfigError:
            raise ConfigError(f"There is no {in_words(self.low, self.high, self.integer)[4:]}.") from None

    @property
    def _places(self) -> int:
        """Decimals in the grammar: two, or as many as the range has."""
        if self.integer or self.places is not None:
            return 0 if self.integer else self.places or 0
        exponents = [Decimal(repr(limit)).as_tuple().exponent for limit in (self.low, self.high) if limit is not None]
        return max(2, *(-min(0, max(-12, int(exponent))) for exponent in exponents), 0)

    @property
    def expected(self) -> str:
        limit = (
            f", with at most {self.places} {'decimal' if self.places == 1 else 'decimals'}"
            if self.places and not self.integer
            else ""
        )
        return in_words(self.low, self.high, self.integer) + limit

    @property
    def description(self) -> str:
        found = range_in(self.say, self.low, self.high, self.integer)
        if self.places and not self.integer:
            found += filled(self.say["decimals_one" if self.places == 1 else "decimals"], n=self.places)
        return f"{found}."

    @property
    def schema(self) -> dict[str, Any]:
        limits = {"minimum": self.low, "maximum": self.high}
        kind = {"type": "integer" if self.integer else "number"}
        return {**kind, **{name: limit for name, limit in limits.items() if limit is not None}}

    @property
    def grammar_rule(self) -> str:
        return number_rule(self.low, self.high, self._places)

    @property
    def grammar(self) -> str:
        return number_grammar(self.low, self.high, self._places)

    def as_data(self) -> dict[str, Any]:
        return {"kind": self.kind, "low": self.low, "high": self.high, "integer": self.integer}

    def value_from_json(self, value: Any, text: str) -> Any:
        if _is_number(value):  # JSON has a point before its decimals
            pointed = self if isinstance(value, int) or self.decimal == "." else replace(self, decimal=".")
            return pointed.value_from_text(json.dumps(value), False)
        return super().value_from_json(value, text)

    def parse(self, text: str) -> int | float:
        decimal = self.decimal or ("." if self._places > 2 else None)
        if self.places is not None and not self.integer:
            value = parse_number(text, self.low, self.high, decimal=decimal or ".")
            if round(value, self.places) != value:
                fail(text, self.expected, f"{value} has more decimals")
        return parse_number(text, self.low, self.high, self.integer, decimal)

    def is_complete(self, text: str) -> bool:
        if not (self.integer and text.isdecimal() and self.low is not None and self.high is not None):
            return False
        return int(text) * 10 > self.high


@public
@dataclass(frozen=True)
class Choice(Question):
    """One of some options.

    Arguments:
        options: as the model is shown them, in this order.
        values: what they stand for; the options themselves if not given.
        order: from 1, where each option stands in the list that was given; empty if it is in that order.
        seed: of the order.

    >>> print(Choice(("left", "right")).instruction)
    Answer only with one of these options, word for word:
    - left
    - right
    >>> Choice(("left", "right")).read("**Left**")
    'left'
    """

    options: tuple[str, ...] = ()
    values: tuple[Any, ...] = ()
    order: tuple[int, ...] = ()
    seed: int | None = None

    def __post_init__(self) -> None:
        if isinstance(self.options, str) or not all(isinstance(option, str) for option in self.options):
            raise ConfigError(f"Options are a list of texts, not {self.options!r:.80}.")
        options = tuple(self.options)
        stripped = [option.strip() for option in options]
        if not stripped or not all(stripped):
            raise ConfigError("A choice needs one option or more, none of them empty.")
        if len(set(stripped)) < len(stripped):
            raise ConfigError(f"The same option stands twice in {list(options)!r:.200}.")
        object.__setattr__(self, "options", options)
        object.__setattr__(self, "values", tuple(self.values) or options)

    @property
    def expected(self) -> str:
        return one_of(self.options)

    @property
    def description(self) -> str:
        return self.say["options"] + "".join(f"\n- {option.strip()}" for option in self.options)

    @property
    def schema(self) -> dict[str, Any]:
        return {"type": "string", "enum": [option.strip() for option in self.options]}

    @property
    def grammar_rule(self) -> str:
        return " | ".join(literal(json.dumps(option.strip(), ensure_ascii=False)) for option in self.options)

    @property
    def grammar(self) -> str:
        return choice_grammar([option.strip() for option in self.options])

    def as_data(self) -> dict[str, Any]:
        shown: dict[str, Any] = {"kind": self.kind, "options": list(self.options)}
        return {**shown, "order": list(self.order), "order_seed": self.seed} if self.order else shown

    def shuffled(self, seed: int) -> "Choice":
        places = list(range(len(self.options)))
        random.Random(seed).shuffle(places)
        options, values = tuple(self.options[at] for at in places), tuple(self.values[at] for at in places)
        return replace(self, options=options, values=values, order=tuple(at + 1 for at in places), seed=seed)

    def value_from_json(self, value: Any, text: str) -> Any:
        return super().value_from_json(_as_written(value), text)

    def as_answer(self, value: Any) -> str:
        for option, stands_for in zip(self.options, self.values, strict=True):
            if stands_for == value and isinstance(stands_for, bool) == isinstance(value, bool):
                return option.strip()
        return super().as_answer(value)

    @property
    def _ignores_case(self) -> bool:
        """Whether capitals make no difference."""
        return len({option.strip().casefold() for option in self.options}) == len(self.options)

    def parse(self, text: str) -> Any:
        for exact in (text, text.strip(" \t\n.!*_`'\"")):
            for option, value in zip(self.options, self.values, strict=True):
                shown = option.strip()
                if exact == shown or (self._ignores_case and exact.casefold() == shown.casefold()):
                    return value
        option = parse_choice(text, self.options, self._ignores_case)
        rest = re.sub(re.escape(option.strip()), " ", text, flags=re.IGNORECASE if self._ignores_case else 0)
        if negation := DENIAL.search(rest):
            why = f"it has {option!r} and {negation[0]!r}, so it can be meant either way"
            fail(text, self.expected, why, AmbiguousAnswer)
        if re.search(r"\d", option) and (other := re.search(r"[\d.,]*\d", rest)):
            why = f"it has {option!r} and {other[0]!r}, so either can be meant"
            fail(text, self.expected, why, AmbiguousAnswer)
        return self.values[self.options.index(option)]

    def is_complete(self, text: str) -> bool:
        word = text.strip().casefold()
        begun = [option for option in self.options if option.strip().casefold().startswith(word)]
        return len(begun) == 1 and begun[0].strip().casefold() == word


@public
@dataclass(frozen=True)
class YesNo(Choice):
    """Yes or no.

    Arguments:
        options: the words for both, yes first; `values` are True and False.

    >>> YesNo().instruction
    'Answer only with yes or no.'
    >>> YesNo().read("Yes."), YesNo().read('{"answer": false}')
    (True, False)
    """

    options: tuple[str, ...] = ("yes", "no")
    values: tuple[Any, ...] = (True, False)

    @property
    def kind(self) -> str:
        return "yes_no"

    @property
    def description(self) -> str:
        return self.say["or"].join(option.strip() for option in self.options) + "."

    def spoken(self, phrases: Mapping[str, str]) -> "YesNo":
        usual = self.options == (PHRASES["en"]["yes"], PHRASES["en"]["no"])
        words = (phrases["yes"], phrases["no"]) if usual else self.options
        return replace(self, options=words, phrases=phrases)

    def value_from_json(self, value: Any, text: str) -> Any:
        return value if isinstance(value, bool) else super().value_from_json(value, text)


@public
@dataclass(frozen=True)
class Text(Question):
    """A text.

    Arguments:
        least: its length in characters at least. most: and at most; None for no limit.

    >>> Text(1, 200).instruction
    'Answer only with a text of at most 200 characters.'
    >>> Text(1, 3).read(" No ")
    'No'
    """

    least: int = 1
    most: int | None = None

    def __post_init__(self) -> None:
        if self.least < 0 or (self.most is not None and self.most < max(1, self.least)):
            raise ConfigError(f"No text has at least {self.least} and at most {self.most} characters.")

    @property
    def expected(self) -> str:
        limits = [f"at least {self.least}"] * (self.least > 1) + [f"at most {self.most}"] * (self.most is not None)
        return f"a text of {' and '.join(limits)} characters" if limits else "a text"

    @property
    def description(self) -> str:
        limits = [filled(self.say["text_least"], n=self.least)] * (self.least > 1)
        limits += [filled(self.say["text_most"], n=self.most)] * (self.most is not None)
        found = filled(self.say["text_limits"], limits=self.say["and"].join(limits)) if limits else self.say["text"]
        return f"{found}."

    @property
    def schema(self) -> dict[str, Any]:
        # Without its length: a service that enforces one cuts the text off in the middle of a sentence.
        return {"type": "string"}

    @property
    def grammar_rule(self) -> str:
        return string_rule(self.least, self._longest)

    @property
    def grammar(self) -> str:
        return text_grammar(self.least, self._longest)

    @property
    def _longest(self) -> int:
        """Characters in the grammar."""
        return max(self.least, min(USUAL_TEXT if self.most is None else self.most, MOST_TEXT))

    def as_data(self) -> dict[str, Any]:
        return {"kind": self.kind, "min_length": self.least, "max_length": self.most}

    def parse(self, text: str) -> str:
        found = text.strip()
        if len(found) < self.least:
            fail(text, self.expected, f"it has {len(found)} characters")
        if self.most is not None and len(found) > self.most:
            fail(text, self.expected, f"it has {len(found)} characters")
        return found

    def is_complete(self, text: str) -> bool:
        return True


def _as_written(value: Any) -> Any:
    """A number that JSON has, as it would stand in a text: it is read by the same rules."""
    return json.dumps(value) if _is_number(value) else value


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)
