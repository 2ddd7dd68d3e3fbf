"""Typed answers and parameters of seats as the page edits them: everything that is typed is text there."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from ..experiment.built.additions import VERSION
from .json_texts import Literal, number_of, written


def seats_form(part: Any, numbers: Sequence[str]) -> list[dict[str, Any]] | None:
    """For each seat its typed answer (None if it has none) and its parameters.

    Arguments:
        part: what a file has of ours. numbers: the seats', as they are written.

    Returns:
        None if the page's fields cannot hold all of it, so that it is kept as it is.
    """
    try:
        made = _form(part, numbers)
        return made if written(seats_data(made, numbers)) == written(part) else None
    except (KeyError, TypeError, ValueError, AttributeError, StopIteration):
        return None


def seats_data(seats: Sequence[Mapping[str, Any]], numbers: Sequence[str]) -> dict[str, Any] | None:
    """What a file gets of the page's seats; None if that is nothing."""
    found: list[dict[str, Any]] = []
    for number, seat in zip(numbers, seats, strict=True):
        answer, parameters = seat.get("answer"), seat.get("parameters") or {}
        given = {name: _typed(str(typed), name) for name, typed in parameters.items() if str(typed).strip()}
        if answer or given:
            kept: dict[str, Any] = {"number": number_of(number)}
            if answer:
                kept["answer"] = answer_data(answer)
            found.append({**kept, "parameters": given} if given else kept)
    return {"version": Literal(str(VERSION)), "seats": found} if found else None


def answer_data(answer: Mapping[str, Any]) -> dict[str, Any]:
    """A typed answer for the file.

    Arguments:
        answer: from the page: its kind, and what belongs to that kind.

    >>> answer_data({"kind": "number", "low": "0", "high": "1.50", "integer": False})
    {'kind': 'number', 'low': '0', 'high': '1.50'}
    """
    kind = str(answer["kind"])
    found: dict[str, Any] = {"kind": kind}
    for name in {"number": ("low", "high", "integer", "places"), "text": ("least", "most")}.get(kind, ()):
        if name == "integer":
            found |= {"integer": True} if answer.get("integer") else {}
        elif typed := str(answer.get(name) or "").strip():
            found[name] = _typed(typed, name)
    if kind == "choice":
        found["options"] = [line.strip() for line in str(answer.get("options") or "").split("\n") if line.strip()]
    if kind == "json":
        found["fields"] = [{"name": str(each.get("name") or ""), **answer_data(each)} for each in answer["fields"]]
    return found


def _form(part: Any, numbers: Sequence[str]) -> list[dict[str, Any]]:
    made: list[dict[str, Any]] = [{"answer": None, "parameters": {}} for _ in numbers]
    if part is None:
        return made
    waiting = list(enumerate(numbers))
    for seat in part["seats"]:
        place = next(place for place, number in waiting if number == seat["number"])
        waiting = [each for each in waiting if each[0] > place]
        answer = _answer(seat["answer"]) if "answer" in seat else None
        parameters = {name: _text(value, name) for name, value in seat.get("parameters", {}).items()}
        made[place] = {"answer": answer, "parameters": parameters}
    return made


_form_of: Mapping[str, Callable[[Any], Any]] = {
    "integer": bool, "options": "\n".join, "fields": lambda given: [_answer(each) for each in given],
}  # fmt: skip


def _answer(given: Mapping[str, Any]) -> dict[str, Any]:
    return {name: _form_of.get(name, str)(value) for name, value in given.items()}


def _text(value: Any, name: str) -> str:
    if isinstance(value, str):
        return str(value)
    raise ValueError(name)


def _typed(typed: str, name: str) -> Any:
    """A number where it is one; what it should be is said where the file is checked."""
    if name in ("reasoning_effort", "verbosity"):
        return typed.strip()
    try:
        return number_of(typed)
    except ValueError:
        return typed
