"""A built scenario as the page edits it, and as text; numbers stay as they were written."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Mapping
from typing import Any

from ..errors import ConfigError
from ..experiment.built.json_file import parsed
from ..experiment.built.places import Problem

KNOWN = ("threads", "treatments", "rounds", "variables", "prompts", "filters")
WIDTH = 100
MOST_DIGITS = 300
_NUMBER = re.compile(r"([-+]?)0*(\d*)(\.\d*)?([eE][-+]?\d+)?")


class Literal(str):
    """A number as it stands in the text: 20 digits are 20 digits, and 1e5 is 1e5."""

    __slots__ = ()


def page_form(where: str, text: str) -> dict[str, Any]:
    """What the page edits: seats with their filters, treatments, a row of cells for each variable, prompts.

    Arguments:
        where: the file, for errors. text: its content.

    Raises:
        ConfigError: it is no JSON, or no scenario.

    >>> form = page_form("a.json", '{"threads": [[1, "CLIThread"]], "treatments": ["a"], "rounds": 1, "variables": '
    ...     '{"x": {"a": 1e5}}, "prompts": {"system": "", "user": "?"}, "filters": [["JSON"]]}')
    >>> form["variables"]
    [{'name': 'x', 'cells': [{'kind': 'number', 'typed': '1e5'}], 'spare': {}}]
    """
    parsed(where, text)
    data = json.loads(text.lstrip("\ufeff"), parse_int=Literal, parse_float=Literal)
    _check_shape(where, data)
    by_number, in_order, spare = _filters(data["filters"])
    threads = []
    for place, (number, spec) in enumerate(data["threads"]):
        by = by_number.get(str(number), in_order[place] if place < len(in_order) else None)
        threads.append({"number": str(number), "spec": plain(spec), "filter": plain(by)})
    treatments = list(data["treatments"])
    return {
        "threads": threads,
        "treatments": treatments,
        "rounds": data["rounds"],
        "variables": [_row(name, values, treatments) for name, values in data["variables"].items()],
        "prompts": {name: data["prompts"].get(name, "") for name in ("system", "user")},
        "spare_filters": [plain(each) for each in [*in_order[len(threads) :], *spare]],
        "more": {name: written(value) for name, value in data.items() if name not in KNOWN},
        "more_prompts": {n: written(v) for n, v in data["prompts"].items() if n not in ("system", "user")},
    }


def page_text(form: Mapping[str, Any]) -> tuple[str, list[Problem]]:
    """The file's text, and what is wrong with single cells.

    Arguments:
        form: from the page, see `page_form`.

    Raises:
        ConfigError: it has not the shape that the page sends.
    """
    problems: list[Problem] = []
    try:
        treatments = [str(name) for name in form["treatments"]]
        data: dict[str, Any] = {
            "threads": [[_number(str(each["number"])), each["spec"]] for each in form["threads"]],
            "treatments": treatments,
            "rounds": _number(str(form["rounds"])),
            "variables": {str(r["name"]): _values(r, treatments, problems) for r in form["variables"]},
            "prompts": {
                "system": str(form["prompts"]["system"]), "user": str(form["prompts"]["user"]),
                **{name: _json(text) for name, text in form.get("more_prompts", {}).items()},
            },
            "filters": [each["filter"] for each in form["threads"]] + list(form.get("spare_filters", [])),
            **{name: _json(text) for name, text in form.get("more", {}).items()},
        }  # fmt: skip
        names = [str(row["name"]) for row in form["variables"]]
    except (KeyError, TypeError, AttributeError, ValueError, RecursionError) as error:
        raise ConfigError(f"The page sent something that is no scenario ({type(error).__name__}: {error}).") from None
    for name in dict.fromkeys(name for name in names if names.count(name) > 1):
        raise ConfigError(f"Two variables are called {name!r:.80}: rename one. Nothing is saved until then.")
    return written(data) + "\n", problems


def written(value: Any, level: int = 0) -> str:
    """JSON that reads well and can be compared line by line: what is short stands on one line."""
    short = _on_one_line(value)
    if (len(short) + 2 * level <= WIDTH and level) or not isinstance(value, dict | list) or not value:
        return short
    inner, outer = "  " * (level + 1), "  " * level
    if isinstance(value, dict):
        parts = [f"{json.dumps(str(n), ensure_ascii=False)}: {written(each, level + 1)}" for n, each in value.items()]
        return "{\n" + ",\n".join(inner + part for part in parts) + "\n" + outer + "}"
    return "[\n" + ",\n".join(inner + written(each, level + 1) for each in value) + "\n" + outer + "]"


def plain(value: Any) -> Any:
    """A value with numbers as numbers."""
    if isinstance(value, Literal):
        return json.loads(value)
    if isinstance(value, list):
        return [plain(each) for each in value]
    return {name: plain(each) for name, each in value.items()} if isinstance(value, dict) else value


def _on_one_line(value: Any) -> str:
    if isinstance(value, Literal):
        return str(value)
    if isinstance(value, dict):
        parts = (f"{json.dumps(str(n), ensure_ascii=False)}: {_on_one_line(each)}" for n, each in value.items())
        return "{" + ", ".join(parts) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(_on_one_line, value)) + "]"
    return json.dumps(value, ensure_ascii=False)


def _check_shape(where: str, data: Any) -> None:
    """Refuse what cannot be shown in fields; all else is shown with its problems."""

    def need(fits: bool, words: str) -> None:
        if not fits:
            raise ConfigError(f"{where} is not a scenario that can be edited here: {words}.")

    need(isinstance(data, dict), "expected one JSON object")
    missing = [name for name in KNOWN if name not in data]
    need(not missing, f"{', '.join(missing)} is missing")
    pairs = isinstance(data["threads"], list) and all(isinstance(t, list) and len(t) == 2 for t in data["threads"])
    need(
        pairs and all(isinstance(n, Literal) for n, _ in data["threads"]), "threads must be a list of [number, thread]"
    )
    need(_all(data["treatments"], list, str), "treatments must be a list of names")
    need(isinstance(data["rounds"], Literal), "rounds must be a number")
    need(_all(data["variables"], dict, dict), "variables must be an object with an object for each variable")
    need(isinstance(data["prompts"], dict), "prompts must be an object with system and user")
    need(all(_is(data["prompts"].get(n, ""), str) for n in ("system", "user")), "prompts must be texts")
    need(isinstance(data["filters"], dict | list), "filters must be a list with a filter for each thread")


def _all(given: Any, outer: type, inner: type) -> bool:
    values = given.values() if isinstance(given, dict) else given
    return isinstance(given, outer) and all(_is(each, inner) for each in values)


def _is(value: Any, kind: type) -> bool:
    """A number is kept as a text, and is none."""
    return isinstance(value, kind) and isinstance(value, Literal) == (kind is Literal)


def _filters(given: Any) -> tuple[dict[str, Any], list[Any], list[Any]]:
    """By the threads' numbers, in their order, and what can be neither."""
    if isinstance(given, dict):
        return dict(given), [], []
    numbered = {str(e[0]): e[1] for e in given if isinstance(e, list) and len(e) == 2 and isinstance(e[0], Literal)}
    if numbered and len(numbered) == len(given):
        return numbered, [], []
    return {}, list(given), []


def _row(name: str, values: dict[str, Any], treatments: list[str]) -> dict[str, Any]:
    cells = [_cell(values[each]) if each in values else {"kind": "missing", "typed": ""} for each in treatments]
    spare = {each: written(value, 1) for each, value in values.items() if each not in treatments}
    return {"name": name, "cells": cells, "spare": spare}


def _cell(value: Any) -> dict[str, str]:
    if isinstance(value, Literal):
        return {"kind": "number", "typed": str(value)}
    if isinstance(value, str):
        return {"kind": "text", "typed": value}
    if isinstance(value, bool):
        return {"kind": "truth", "typed": "true" if value else "false"}
    return {"kind": "json", "typed": _on_one_line(value)}


def _values(row: Mapping[str, Any], treatments: list[str], problems: list[Problem]) -> dict[str, Any]:
    name, found = str(row["name"]), {}
    for treatment, cell in zip(treatments, row["cells"], strict=True):
        kind, typed = cell["kind"], str(cell["typed"])
        if kind == "missing":
            continue
        try:
            found[treatment] = _value(kind, typed)
        except ValueError:
            found[treatment] = typed
            kinds = {"number": "a number", "truth": "true or false"}
            words = f"found {typed!r:.60}, which is not {kinds.get(kind, 'JSON')}; it is kept as text"
            problems.append(Problem(("variables", name, treatment), words, "warning", "form"))
    return {**found, **{each: _json(text) for each, text in row.get("spare", {}).items() if each not in treatments}}


def _value(kind: str, typed: str) -> Any:
    if kind == "number":
        return _number(typed)
    if kind == "truth":
        return {"true": True, "false": False}[typed.strip().lower()] if typed.strip().lower() in _TRUTH else _no(typed)
    return _json(typed) if kind == "json" else typed


_TRUTH = ("true", "false")


def _no(typed: str) -> Any:
    raise ValueError(typed)


def _number(typed: str) -> Literal:
    """A number as JSON writes it, as near to what was typed as can be.

    >>> [_number(typed) for typed in ("007", ".5", "−3", "1e5", "1.050", "12345678901234567890")]
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


def _json(text: str) -> Any:
    def never(word: str) -> Any:
        raise ValueError(word)

    return json.loads(text, parse_int=Literal, parse_float=Literal, parse_constant=never)
