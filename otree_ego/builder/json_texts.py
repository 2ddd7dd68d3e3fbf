"""JSON in which numbers stand as they were written, and that reads well line by line."""

from __future__ import annotations

import json
import math
import re
from functools import lru_cache
from typing import Any

WIDTH = 100
MOST_DIGITS = 300
_NUMBER = re.compile(r"([-+]?)0*(\d*)(\.\d*)?([eE][-+]?\d+)?")


class Literal(str):
    """A number as it stands in the text: 20 digits are 20 digits, and 1e5 is 1e5."""

    __slots__ = ()


def written(value: Any, level: int = 0) -> str:
    """JSON that reads well and can be compared line by line: what is short stands on one line."""
    # Two signs and a separator for each part: what is longer for certain is not tried.
    long = isinstance(value, dict | list) and value and (not level or len(value) * 3 > WIDTH)
    short = "" if long else on_one_line(value)
    if not long and (len(short) + 2 * level <= WIDTH or not isinstance(value, dict | list) or not value):
        return short
    inner, outer = "  " * (level + 1), "  " * level
    if isinstance(value, dict):
        parts = [f"{json.dumps(str(n), ensure_ascii=False)}: {written(each, level + 1)}" for n, each in value.items()]
        return "{\n" + ",\n".join(inner + part for part in parts) + "\n" + outer + "}"
    return "[\n" + ",\n".join(inner + written(each, level + 1) for each in value) + "\n" + outer + "]"


def plain(value: Any) -> Any:
    """A value with numbers as numbers.

    Raises:
        ValueError: one of them is too large to be one.
    """
    if isinstance(value, Literal):
        return _number(value)
    if isinstance(value, str):
        return value
    if isinstance(value, list):
        return [plain(each) for each in value]
    return {name: plain(each) for name, each in value.items()} if isinstance(value, dict) else value


@lru_cache(maxsize=4096)
def _number(digits: str) -> int | float:
    found: int | float = json.loads(digits)
    if isinstance(found, float) and not math.isfinite(found):
        raise ValueError(f"{digits:.40} is not a JSON value")
    return found


def on_one_line(value: Any) -> str:
    if isinstance(value, Literal):
        return str(value)
    if isinstance(value, dict):
        parts = (f"{json.dumps(str(n), ensure_ascii=False)}: {on_one_line(each)}" for n, each in value.items())
        return "{" + ", ".join(parts) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(on_one_line, value)) + "]"
    return json.dumps(value, ensure_ascii=False)


@lru_cache(maxsize=4096)
def number_of(typed: str) -> Literal:
    """A number as JSON writes it, as near to what was typed as can be.

    >>> [number_of(typed) for typed in ("007", ".5", "−3", "1e5", "1.050", "12345678901234567890")]
    ['7', '0.5', '-3', '1e5', '1.050', '12345678901234567890']
    """
    match = _NUMBER.fullmatch(typed.strip().replace("−", "-"))
    digits = re.search(r"\d", typed.lower().partition("e")[0])
    if match is None or not digits or len(typed) > MOST_DIGITS:
        raise ValueError(typed)
    sign, whole, fraction, exponent = match.groups()
    point = fraction if fraction and fraction != "." else ""
    made = Literal(("-" if sign == "-" else "") + (whole or "0") + point + (exponent or ""))
    if not math.isfinite(float(made)):
        raise ValueError(typed)
    return made


def json_of(text: str) -> Any:
    def never(word: str) -> Any:
        raise ValueError(word)

    return json.loads(text, parse_int=Literal, parse_float=Literal, parse_constant=never)
