"""What the fields of a page ask for, as typed questions: those that there are, and a few that only forms have."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import Any, NoReturn

from ..grammars import literal
from ..json_text import fail, parse_json
from ..questions import Choice, Number, Question, Text, YesNo
from .date_formats import exists, is_within
from .page_fields import CHOICE, NUMBER, SEVERAL, TICK, Field
from .quotation import harmless, in_line
from .text_patterns import format_rule, pattern_rule

_DATE, _CLOCK = "[0-9]{4}-[0-9]{2}-[0-9]{2}", r"[0-9]{2}:[0-9]{2}(:[0-9]{2}(\.[0-9]{1,3})?)?"
FORMATS = {
    "date": ("a date such as 2026-05-31", _DATE),
    "time": ("a time such as 14:30", _CLOCK),
    "datetime-local": ("a date and time such as 2026-05-31T14:30", f"{_DATE}T{_CLOCK}"),
    "month": ("a month such as 2026-05", "[0-9]{4}-[0-9]{2}"),
    "week": ("a week such as 2026-W22", "[0-9]{4}-W[0-9]{2}"),
    "color": ("a colour such as #ff8800", "#[0-9a-fA-F]{6}"),
    "email": ("an e-mail address", r"[^@\s]+@[^@\s]+"),
    "url": ("an address such as https://example.org", r"[a-zA-Z][\w+.-]*:\S+"),
}
MOST_STEPS = 200
"""Steps that a grammar writes out."""


@dataclass(frozen=True)
class FormattedText(Text):
    """A text of a form, such as a date.

    Arguments:
        what: it in words. pattern: a regular expression that the whole of it matches.
        first, last: the earliest and the latest date, or time; empty for none.
        format: the type of the input.

    >>> FormattedText(what="a date such as 2026-05-31", pattern=r"\\d{4}-\\d\\d-\\d\\d").read("2026-01-01")
    '2026-01-01'
    """

    what: str = ""
    pattern: str = ""
    first: str = ""
    last: str = ""
    format: str = ""

    @property
    def expected(self) -> str:
        limits = zip(("from", "until"), (self.first, self.last), strict=True)
        said = [f", {word} {limit}" for word, limit in limits if limit and exists(self.format, limit)]
        return in_line((self.what or f"a text that matches {self.pattern}") + "".join(said))

    @property
    def description(self) -> str:
        return f"{self.expected}."

    @property
    def grammar_rule(self) -> str:
        own = self.pattern != FORMATS.get(self.format, ("", self.pattern))[1] or not self.format
        known = pattern_rule(self.pattern) if own else format_rule(self.format, self.first, self.last)
        return known or super().grammar_rule

    def parse(self, text: str) -> str:
        found = super().parse(text)
        patterns = dict.fromkeys([FORMATS.get(self.format, ("", ""))[1], self.pattern])
        if not all(_fits(each, found) for each in patterns if each):
            fail(text, self.expected, "it has another form")
        if not exists(self.format, found):
            fail(text, self.expected, f"there is no {found}")
        if not is_within(self.format, found, self.first, self.last):
            fail(text, self.expected, "it is outside of that")
        return found


def _fits(pattern: str, text: str) -> bool:
    try:
        return re.fullmatch(pattern, text) is not None
    except re.error:  # a browser's patterns are not quite Python's
        return True


@dataclass(frozen=True)
class SteppedNumber(Number):
    """A number that goes in steps, as a slider's does.

    Arguments:
        step: from one number to the next, beginning at the lowest.

    >>> SteppedNumber(0, 50, integer=True, step=5).instruction
    'Answer only with one whole number from 0 to 50, in steps of 5.'
    """

    step: float = 1

    @property
    def expected(self) -> str:
        return f"{super().expected}, in steps of {self.step:g}"

    @property
    def description(self) -> str:
        return f"{super().description[:-1]}, in steps of {self.step:g}."

    @property
    def grammar_rule(self) -> str:
        low, high = self.low or 0, self.high
        if high is None or (high - low) / self.step > MOST_STEPS:
            return super().grammar_rule
        steps = round((high - low) / self.step + 0.5 - 1e-9)
        numbers = [low + self.step * n for n in range(steps + 1) if low + self.step * n <= high + 1e-9]
        return " | ".join(literal(f"{number:.10g}") for number in numbers)

    def parse(self, text: str) -> int | float:
        value = super().parse(text)
        steps = (value - (self.low or 0)) / self.step
        if abs(steps - round(steps)) > 1e-6:
            fail(text, self.expected, f"{value:g} is between two steps")
        return value


@dataclass(frozen=True)
class Several(Question):
    """Any of some options: a list of them, which may be empty.

    Arguments:
        options: as they are shown. least: how many are to be chosen at least. needed: those that must be among them.
        values: what they stand for; the options themselves if not given.

    >>> Several(options=("tea", "milk")).read('["milk"]')
    ['milk']
    """

    options: tuple[str, ...] = ()
    least: int = 0
    needed: tuple[str, ...] = ()
    values: tuple[str, ...] = ()

    @property
    def expected(self) -> str:
        return f"a JSON list of some of {', '.join(map(repr, self.options))}"

    @property
    def description(self) -> str:
        must = f"; {' and '.join(map(repr, self.needed))} must be ticked to go on" if self.needed else ""
        listed = "".join(f"\n- {each}" for each in self.options)
        return f"a JSON list of any of these options, word for word{must}:{listed}"

    @property
    def schema(self) -> dict[str, Any]:
        return {"type": "array", "items": {"type": "string", "enum": list(self.options)}}

    @property
    def grammar_rule(self) -> str:
        one = " | ".join(literal(json.dumps(option, ensure_ascii=False)) for option in self.options)
        first, more = f"({one})", f'(", " ({one})){{0,{len(self.options) - 1}}}'
        return f'"[" {first} {more} "]"' if self.least else f'"[]" | "[" {first} {more} "]"'

    def parse(self, text: str) -> list[str]:
        return self.value_from_json(parse_json(text), text)

    def value_from_json(self, value: Any, text: str) -> list[str]:
        given = value if isinstance(value, list) else [value]
        one = Choice(self.options)
        found = list(dict.fromkeys(one.value_from_json(each, str(each)) for each in given))
        if len(found) < self.least:
            fail(text, self.expected, f"at least {self.least} must be chosen")
        if missing := [each for each in self.needed if each not in found]:
            fail(text, self.expected, f"{' and '.join(map(repr, missing))} must be ticked to go on")
        stand_for = dict(zip(self.options, self.values or self.options, strict=True))
        return [stand_for[each] for each in found]


@dataclass(frozen=True)
class MustTick(YesNo):
    """A box without which a form is not sent, such as the one of a consent.

    >>> MustTick().instruction
    'Answer only with yes or no. This box must be ticked to go on.'
    """

    @property
    def description(self) -> str:
        return f"{super().description} This box must be ticked to go on."

    def parse(self, text: str) -> Any:
        found = super().parse(text)
        return found if found is True else self._refuse(text)

    def value_from_json(self, value: Any, text: str) -> Any:
        return self._refuse(text) if value is False else super().value_from_json(value, text)

    def _refuse(self, text: str) -> NoReturn:
        fail(text, "yes", "this box must be ticked to go on")


def question_for(each: Field) -> Question:
    """The typed question of one field.

    Raises:
        ConfigError: it has a range or options that nothing fits.
    """
    if each.kind == NUMBER:
        places = None if each.integer else _places(each.step)
        if each.step in (None, 1):
            return Number(each.low, each.high, each.integer, places)
        return SteppedNumber(each.low, each.high, each.integer, places, step=each.step or 1)
    # Within the question they end no quotation of the page's; what is sent are their values.
    shown, true = tuple(harmless(option.text) for option in each.options), tuple(o.text for o in each.options)
    if each.kind == CHOICE:
        return Choice(shown, tuple(option.value for option in each.options))
    if each.kind == SEVERAL:
        needed = tuple(map(harmless, each.needed))
        return Several(options=shown, least=int(each.required), needed=needed, values=true)
    if each.kind == TICK:
        return MustTick() if each.required else YesNo()
    what, pattern = FORMATS.get(each.format, ("", ""))
    own = each.pattern if each.format in ("", "email", "url") else ""  # of others a browser takes none
    if what or own:
        what = f"{what} that matches {own}" if what and own else what
        return FormattedText(
            1, each.most, what=what, pattern=own or pattern, first=each.first, last=each.last, format=each.format
        )
    return Text(max(1, each.least), each.most)


def _places(step: float | None) -> int | None:
    """How many decimals the steps of a number allow."""
    if step is None or step <= 0:
        return None
    text = f"{step:.10f}".rstrip("0")
    return len(text.partition(".")[2]) or None
