"""JSON out of free text, and the error for answers that do not have the form that was asked for."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterable, Iterator
from typing import Any, NoReturn

from .errors import ParseError
from .messages import clean
from .public import public

_MOST_TRIES = 100
_JSON = "one JSON object"


@public
class AmbiguousAnswer(ParseError, RuntimeError):
    """Several answers where one was asked for (a RuntimeError too, for code that comes from alter_ego)."""


@public
def parse_json(s: str) -> Any:
    """The JSON in an answer: the whole of it, the one fenced block in it, or the one object or array in its prose.

    The JSON itself must be right (RFC 8259: no trailing commas, no NaN; no name twice), and nothing is taken out of
    the middle of broken JSON. Where prose has arrays like ``[1]`` besides exactly one object, the object is meant.

    Errors:
        ParseError: there is none, it is broken, or there are several that differ (AmbiguousAnswer).

    >>> parse_json('Sure! Here you are: {"offer": 5, "why": "fair"}. Anything else?')
    {'offer': 5, 'why': 'fair'}
    """
    text = clean(s)
    problems: list[str] = []
    try:
        found = _whole(text) or _different(_fenced(text, problems)) or _different(_values(text, problems))
        if len(found) > 1:
            found = [value for value in found if isinstance(value, dict)] or found
        if len(found) > 1:
            fail(s, _JSON, f"it has {len(found)} different ones", AmbiguousAnswer)
        if not found:
            fail(s, _JSON, f"its JSON is broken ({problems[0]})" if problems else "it has none")
        return _storable(found[0])
    except RecursionError:
        fail(s, _JSON, "its JSON is nested too deeply")


def start(text: str) -> str:
    """The beginning of a text, quoted, short enough for an error's message."""
    return repr(text if len(text) <= 60 else text[:60] + "…")


def fail(text: str, expected: str, why: str, kind: type[ParseError] = ParseError) -> NoReturn:
    """Raise the error for an answer that is not what was asked for."""
    raise kind(f"{start(text)} is not {expected}: {why}.", text=text, expected=expected)


def _whole(text: str) -> list[Any]:
    try:
        return [_DECODER.decode(text)]
    except ValueError:
        return []


def _fenced(text: str, problems: list[str]) -> Iterator[Any]:
    """What stands in closed code fences."""
    block: list[str] | None = None
    for line in text.split("\n"):
        mark = line.strip()
        if block is not None and mark in ("```", "~~~"):
            yield from _values("\n".join(block), problems)
            block = None
        elif block is not None:
            block.append(line)
        elif mark.startswith(("```", "~~~")):
            block = []


def _values(text: str, problems: list[str]) -> Iterator[Any]:
    """Each object or array that stands by itself in prose; the insides of broken ones are passed over."""
    ends = _brackets(text)
    place = tries = 0
    while tries < _MOST_TRIES:
        opening = _OPENING.search(text, place)
        if opening is None:
            return
        place = opening.end()
        if _LIKE_JSON.match(text, opening.start()):
            tries += 1
            try:
                value, place = _DECODER.raw_decode(text, opening.start())
            except ValueError as error:
                problems.append(str(error))
            else:
                yield value
                continue
        place = ends.get(opening.start(), place)
    fail(text, _JSON, f"more than {_MOST_TRIES} pieces of it look like JSON")


def _brackets(text: str) -> dict[int, int]:
    """Where each bracket that is closed ends. What stays open, as in "[0, 100)", is prose and encloses nothing."""
    ends: dict[int, int] = {}
    opened: list[int] = []
    waiting = {"{": 0, "[": 0}
    for match in _BRACKET.finditer(text):
        mark, place = match[0], match.start()
        if mark in waiting:
            opened.append(place)
            waiting[mark] += 1
        elif waiting[partner := "{" if mark == "}" else "["]:
            while text[opener := opened.pop()] != partner:
                waiting[text[opener]] -= 1
            waiting[partner] -= 1
            ends[opener] = place + 1
    return ends


def _pairs(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    fields = dict(pairs)
    if len(fields) < len(pairs):
        raise ValueError("a name stands in it twice")
    return fields


def _refuse(word: str) -> NoReturn:
    raise ValueError(f"{word} is not JSON")


def _finite(digits: str) -> float:
    value = float(digits)
    return value if math.isfinite(value) else _refuse(digits)


_DECODER = json.JSONDecoder(object_pairs_hook=_pairs, parse_constant=_refuse, parse_float=_finite)
_OPENING = re.compile(r"[{\[]")
_BRACKET = re.compile(r"[{}\[\]]")
_LIKE_JSON = re.compile(r'\{\s*["}]|\[\s*[\[\]{"\d\-tfn]')


def _storable(value: Any) -> Any:
    """Escapes in JSON can make lone surrogates and NUL, which no database takes."""
    if isinstance(value, str):
        return clean(value)
    if isinstance(value, list):
        return [_storable(item) for item in value]
    return {clean(name): _storable(item) for name, item in value.items()} if isinstance(value, dict) else value


def _different(values: Iterable[Any]) -> list[Any]:
    different: list[Any] = []
    for value in values:
        if value not in different:
            different.append(value)
        if len(different) == _MOST_TRIES:
            break
    return different
