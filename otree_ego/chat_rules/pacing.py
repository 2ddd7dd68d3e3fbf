"""How long a reply waits before it is shown, so that it comes as a person's would: `pace`."""

from __future__ import annotations

import math
import random
import re
from dataclasses import dataclass, fields
from decimal import Decimal
from typing import Any

from ..errors import ConfigError
from ..public import public

LONGEST = 3600.0
_FORMS = (
    'a number of seconds (3), a range to draw from ((2, 6) or "2-6"), seconds for each character of the text '
    '("0.05/character"), or both ("1-3 + 0.04/character"); at most an hour'
)
_PART = re.compile(r"(\d+(?:\.\d+)?)(?:\s*[-–]\s*(\d+(?:\.\d+)?))?(\s*/\s*character)?")


@public
@dataclass(frozen=True)
class Pace:
    """A human-like delay: seconds, and seconds for each character, each a range that is drawn from. `pace` makes it.

    Arguments:
        base: least and most seconds.
        per_character: least and most seconds for each character of the text.

    Raises:
        ConfigError: a number is negative, not finite or more than an hour, or the least is more than the most.
    """

    base: tuple[float, float] = (0.0, 0.0)
    per_character: tuple[float, float] = (0.0, 0.0)

    def __post_init__(self) -> None:
        for field in fields(self):
            ends = getattr(self, field.name)
            two = isinstance(ends, tuple | list) and len(ends) == 2
            numbers = two and not any(isinstance(end, bool) or not isinstance(end, int | float) for end in ends)
            if not (numbers and 0 <= ends[0] <= ends[1] <= LONGEST):  # false for NaN, too
                raise _wrong(ends)
            object.__setattr__(self, field.name, (float(ends[0]), float(ends[1])))

    def seconds(self, text: str, draw: random.Random) -> float:
        """How long to wait with this text; at most an hour.

        Arguments:
            text: what will be shown.
            draw: draws from the ranges.

        >>> pace("1-3 + 0.04/character").seconds("I accept.", random.Random(1)) <= 3.36
        True
        """
        return min(LONGEST, draw.uniform(*self.base) + len(text) * draw.uniform(*self.per_character))

    @property
    def text(self) -> str:
        """Its form for a session config or a record; `pace` reads it back.

        >>> pace((2, 6)).text
        '2-6'
        """
        each = f"{_range(*self.per_character)}/character"
        if not any(self.per_character):
            return _range(*self.base)
        return f"{_range(*self.base)} + {each}" if any(self.base) else each


@public
def pace(value: Any) -> Pace:
    """A human-like delay from a number, a range or a text, as a page or a session config names it.

    Arguments:
        value: seconds (``3``), a range (``(2, 6)``), a text (``""``, ``"0"``, ``"2-6"``, ``"0.05/character"``,
            ``"1-3 + 0.04/character"``), or a Pace.

    Raises:
        ConfigError: it is none of these; the message shows the forms.

    >>> pace("0.5 + 0.04/character").seconds("Hello", random.Random())
    0.7
    """
    if isinstance(value, Pace):
        return value
    if isinstance(value, str):
        return _read(value)
    low, high = value if isinstance(value, tuple | list) and len(value) == 2 else (value, value)
    try:
        return Pace((low, high))
    except ConfigError:
        raise _wrong(value) from None


def _read(text: str) -> Pace:
    found: dict[bool, tuple[float, float]] = {}
    for part in text.split("+") if text.strip() else []:
        match = _PART.fullmatch(part.strip())
        if match is None or bool(match[3]) in found:
            raise _wrong(text)
        found[bool(match[3])] = float(match[1]), float(match[2] or match[1])
    try:
        return Pace(found.get(False, (0.0, 0.0)), found.get(True, (0.0, 0.0)))
    except ConfigError:
        raise _wrong(text) from None


def _range(low: float, high: float) -> str:
    return _digits(low) if low == high else f"{_digits(low)}-{_digits(high)}"


def _digits(number: float) -> str:
    return f"{Decimal(repr(number)):f}".removesuffix(".0")


def _wrong(value: Any) -> ConfigError:
    trouble = ""
    if isinstance(value, tuple | list) and len(value) == 2:
        if any(isinstance(end, float) and math.isnan(end) for end in value):
            trouble = " NaN is no number of seconds."
        elif all(isinstance(end, int | float) for end in value) and value[0] > value[1]:
            trouble = f" The first of the two is the least, but {value[0]} is more than {value[1]}."
    return ConfigError(f"A pace of {value!r:.60} cannot be.{trouble} It takes {_FORMS}.")
