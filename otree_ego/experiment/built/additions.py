"""What we add to alter_ego's format: typed answers and parameters of seats, under a name that its runner ignores."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from ...errors import ConfigError
from ...messages import EFFORTS, VERBOSITIES
from .notation import Filter, filter_spec
from .places import Problem, some
from .seat_answers import ANSWERS, is_number, question_of, simple_filter

KEY = "otree_ego"
VERSION = 1
NUMBERS: Mapping[str, tuple[float, float, bool]] = {
    "temperature": (0, 2, False), "top_p": (0, 1, False), "max_tokens": (1, 1_000_000, True),
    "frequency_penalty": (-2, 2, False), "presence_penalty": (-2, 2, False),
}  # fmt: skip
"""Parameters of a seat that are numbers: from, to, and whether they are whole."""
WORDS: Mapping[str, Sequence[str]] = {"reasoning_effort": EFFORTS, "verbosity": VERBOSITIES}
SCHEMA: dict[str, Any] = {
    "type": "object",
    "description": "what alter_ego does not know: each seat's typed answer and parameters",
    "properties": {
        "version": {"const": VERSION},
        "seats": {
            "type": "array",
            "items": {
                "type": "object",
                "properties": {
                    "number": {"type": "integer"},
                    "answer": {"type": "object", "properties": {"kind": {"enum": [*ANSWERS]}}, "required": ["kind"]},
                    "parameters": {"type": "object"},
                },
                "required": ["number"],
            },
        },
    },
    "required": ["version"],
}


def newer(data: Any) -> str:
    """A sentence if a file was written by a version that knows more than this one; else empty.

    >>> newer({"otree_ego": {"version": 2}})
    'was written by a newer otree_ego (its format is 2, this one knows 1): pip install -U otree-ego'
    """
    part = data.get(KEY) if isinstance(data, dict) else None
    version = part.get("version") if isinstance(part, dict) else None
    if isinstance(version, bool) or not isinstance(version, int | str) or not str(version).isdecimal():
        return ""
    digits = str(version)
    known = len(digits) < 10 and int(digits) <= VERSION
    words = f"was written by a newer otree_ego (its format is {digits:.10}, this one knows {VERSION})"
    return "" if known else f"{words}: pip install -U otree-ego"


def added_to_seats(
    data: Any, numbers: Sequence[int], filters: Sequence[Filter], problems: list[Problem]
) -> tuple[list[Filter], list[dict[str, Any]]]:
    """The seats' filters with their typed answers, and the seats' parameters.

    Arguments:
        data: the file's content. numbers: the seats'. filters: theirs, as alter_ego would read them.
        problems: gets what is wrong.
    """
    made, parameters = list(filters), [dict[str, Any]() for _ in numbers]
    part = data.get(KEY)
    if part is None:
        return made, parameters
    if words := newer(data):
        problems.append(Problem((KEY, "version"), words, kind="newer version"))
        return made, parameters
    seats = part.get("seats", []) if isinstance(part, dict) else None
    if not isinstance(part, dict) or json.dumps(part.get("version")) != str(VERSION) or not isinstance(seats, list):
        problems.append(
            Problem((KEY,), f'found something else than {{"version": {VERSION}, "seats": […]}}', kind="form")
        )
        return made, parameters
    waiting: dict[int, list[int]] = {}
    for place, number in enumerate(numbers):
        waiting.setdefault(number, []).append(place)
    for at, seat in enumerate(seats):
        path = (KEY, "seats", at)
        given = seat.get("number") if isinstance(seat, dict) else None
        if not isinstance(seat, dict) or isinstance(given, bool) or not isinstance(given, int):
            problems.append(Problem(path, "is no object with the number of a thread", kind="form"))
            continue
        places = waiting.get(given)
        if not places:
            problems.append(Problem(path, f"is of thread {given}, which is not there", "note", "left over"))
            continue
        place = places.pop(0)
        unknown = [name for name in seat if name not in ("number", "answer", "parameters")]
        if unknown:
            problems.append(Problem(path, f"has names that are not known: {some(unknown)}", "note", "not used"))
        parameters[place] = _parameters(seat.get("parameters", {}), (*path, "parameters"), problems)
        if "answer" in seat:
            by = made[place] if place < len(made) else None
            found = _answered(seat["answer"], by, (*path, "answer"), problems)
            if by is not None and found is not None:
                made[place] = found
    return made, parameters


def _answered(answer: Any, by: Filter | None, path: tuple[Any, ...], problems: list[Problem]) -> Filter | None:
    try:
        question_of(answer)
    except ConfigError as error:
        problems.append(Problem(path, str(error).rstrip("."), kind="form"))
        return None
    simple = filter_spec(simple_filter(answer))
    if by is not None and by != simple:
        # Somebody changed the filter with a program that knows no typed answers.
        words = f"is what is read; the filter {by.name} beside it is for alter_ego only, and would be {simple.name}"
        problems.append(Problem(path, words, "note", "filter"))
    return replace(simple, answer=json.dumps(answer, ensure_ascii=False))


def _parameters(given: Any, path: tuple[Any, ...], problems: list[Problem]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    if not isinstance(given, dict):
        problems.append(Problem(path, "is no object with parameters", kind="form"))
        return found
    for name, value in given.items():
        if name in NUMBERS:
            low, high, whole = NUMBERS[name]
            fits = is_number(value) and low <= value <= high and (not whole or int(value) == value)
            expected = f"a {'whole ' if whole else ''}number from {low:,} to {high:,}"
        elif name in WORDS:
            fits, expected = value in WORDS[name], f"one of {', '.join(WORDS[name])}"
        else:
            words = f"is no parameter of a seat; there are {', '.join([*NUMBERS, *WORDS])}"
            problems.append(Problem((*path, str(name)), words, kind="form"))
            continue
        if fits:
            found[name] = int(value) if name in NUMBERS and NUMBERS[name][2] else value
        else:
            shown = json.dumps(value, ensure_ascii=False)
            problems.append(Problem((*path, name), f"found {shown:.60}, expected {expected}", kind="form"))
    return found
