"""Regular expressions, and the formats of inputs, as grammars (GBNF) that the embedded model is kept to."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from importlib import import_module
from typing import Any

from ..grammars import literal

MOST_TIMES = 60
"""How often a part of a pattern without limit may be repeated."""
_MONTH = '("0" [1-9] | "1" [0-2])'
_DAY = '("0" [1-9] | "1" [0-9] | "2" [0-8])'
_CLOCK = '("0" [0-9] | "1" [0-9] | "2" [0-3]) ":" [0-5] [0-9]'
_CLASSES = {"category_digit": "0-9", "category_word": "a-zA-Z0-9_", "category_space": " "}
_ANY = r"a-zA-Z0-9 .,;:!?()_\-"
_OUTSIDE = r"\"\\\x00-\x1f\x7f-\xa0\u1680\u2000-\u200f\u2028-\u202f\u205f\u3000"
"""What stands in no text of JSON as it is."""


class _Unknown(Exception):
    """A pattern has a part for which there is no grammar."""


def pattern_rule(pattern: str) -> str:
    r"""A grammar's alternatives for the texts that match a pattern, in JSON's quotes; empty if there is none.

    Arguments:
        pattern: a regular expression for the whole text, as a browser takes it.

    >>> print(pattern_rule("[A-Z]{3}|x+"))
    "\"" ((([A-Z]{3}) | ("x"{1,60}))) "\""
    >>> pattern_rule("(?=x)y"), pattern_rule("[")
    ('', '')
    """
    try:
        parts = import_module("re._parser" if hasattr(re, "_parser") else "sre_parse").parse(pattern)
        return rf'"\"" ({_sequence(parts)}) "\""'
    except (_Unknown, re.error, OverflowError, RecursionError):
        return ""


def format_rule(kind: str, first: str = "", last: str = "") -> str:
    r"""The same for the type of an input, such as ``date``; empty if there is none.

    Arguments:
        kind: of the input. first, last: the earliest and the latest date, or time.

    >>> print(format_rule("date", "2026-01-01", "2027-12-31"))
    "\"" ("2026" | "2027") "-" ("0" [1-9] | "1" [0-2]) "-" ("0" [1-9] | "1" [0-9] | "2" [0-8]) "\""
    """
    years = _years(first, last)
    rules = {
        "date": f'{years} "-" {_MONTH} "-" {_DAY}',
        "month": f'{years} "-" {_MONTH}',
        "week": f'{years} "-W" ("0" [1-9] | [1-4] [0-9] | "5" [0-2])',
        "datetime-local": f'{years} "-" {_MONTH} "-" {_DAY} "T" {_CLOCK}',
        "time": _times(first, last),
        "color": '"#" [0-9a-f]{6}',
        "email": '[a-z]{2,12} "@" [a-z]{2,12} ".org"',
        "url": '"https://" [a-z]{2,12} ".org"',
    }
    return rf'"\"" {rules[kind]} "\""' if kind in rules else ""


def _years(first: str, last: str) -> str:
    since, until = (int(each[:4]) if each[:4].isdecimal() and len(each) >= 4 else None for each in (first, last))
    if since is None and until is None:
        return '("19" | "20") [0-9] [0-9]'
    begin = since if since is not None else (until or 0) - 100
    end = until if until is not None else begin + 10
    # In the first and the last year not every day fits.
    late, early = since is not None and first[4:] > "-01-01", until is not None and last[4:] < "-12-28"
    inner = range(begin + late, end + 1 - early)
    return "(" + " | ".join(literal(f"{year:04}") for year in (inner or range(begin, end + 1))[:200]) + ")"


def _times(first: str, last: str) -> str:
    if not first and not last:
        return _CLOCK
    begin, end = (int(each[:2]) if each[:2].isdecimal() else usual for each, usual in ((first, 0), (last, 24)))
    hours = range(begin + (first[3:5] > "00"), end) or range(begin, begin + 1)
    return "(" + " | ".join(literal(f"{hour:02}") for hour in hours) + ') ":" [0-5] [0-9]'


def _sequence(parts: Any) -> str:
    found = " ".join(filter(None, (_part(str(op).lower(), value) for op, value in parts)))
    return found or '""'


def _part(op: str, value: Any) -> str:
    if op not in _PARTS:
        raise _Unknown(op)
    return _PARTS[op](value)


def _repeated(value: Any) -> str:
    least, most, inside = value
    most = min(int(most), max(int(least), MOST_TIMES))
    parts = list(inside)
    one = _sequence(parts)
    whole = one if len(parts) == 1 and str(parts[0][0]).lower() in ("literal", "in", "any") else f"({one})"
    return whole + (f"{{{least}}}" if least == most else f"{{{least},{most}}}")


def _set(value: Any) -> str:
    out, negated = "", False
    for op, each in value:
        kind = str(op).lower()
        if kind == "negate":
            negated = True
        elif kind == "literal":
            out += _in_set(each)
        elif kind == "range":
            out += f"{_in_set(each[0])}-{_in_set(each[1])}"
        elif kind == "category" and str(each).lower() in _CLASSES:
            out += _CLASSES[str(each).lower()]
        else:
            raise _Unknown(kind)
    return f"[^{out}{_OUTSIDE}]" if negated else f"[{out}]"


def _edge(kind: str) -> str:
    if kind not in ("at_beginning", "at_beginning_string", "at_end", "at_end_string"):
        raise _Unknown(kind)
    return ""


def _in_set(number: int) -> str:
    sign = chr(number)
    if sign in '"\\' or number < 32:
        raise _Unknown(sign)
    return f"\\{sign}" if sign in "-]^[" else sign


def _one(number: int) -> str:
    sign = chr(number)
    if sign in '"\\' or number < 32:  # JSON writes them in another way
        raise _Unknown(sign)
    return literal(sign)


_PARTS: Mapping[str, Callable[[Any], str]] = {
    "literal": _one,
    "any": lambda value: f"[{_ANY}]",
    "in": _set,
    "category": lambda value: _set([("category", value)]),
    "max_repeat": _repeated,
    "min_repeat": _repeated,
    "subpattern": lambda value: f"({_sequence(value[-1])})",
    "branch": lambda value: "(" + " | ".join(f"({_sequence(each)})" for each in value[1]) + ")",
    "at": lambda value: _edge(str(value).lower()),
}
