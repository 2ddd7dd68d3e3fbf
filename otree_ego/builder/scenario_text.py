"""A built scenario as the page edits it, and as text; numbers stay as they were written."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from ..errors import ConfigError
from ..experiment.built.additions import KEY, newer
from ..experiment.built.json_file import MOST_BYTES, check_parts, parsed
from ..experiment.built.places import Problem
from .json_texts import Literal, json_of, number_of, on_one_line, plain, written
from .seat_filters import filters_data, filters_form
from .seat_form import seats_data, seats_form

KNOWN = ("threads", "treatments", "rounds", "variables", "prompts", "filters")


class NotSaved(ConfigError):
    """What is typed cannot be a file yet.

    Fields:
        problems: why, each with its place.
    """

    def __init__(self, problems: list[Problem]) -> None:
        super().__init__(" ".join(f"{each.words}." for each in problems))
        self.problems = problems


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
    part, numbers = data.get(KEY), [str(number) for number, _ in data["threads"]]
    filters, spare_filters = filters_form(data["filters"], numbers)
    seats = None if part is None and KEY in data else seats_form(part, numbers)
    threads = []
    for place, (number, spec) in enumerate(data["threads"]):
        own = seats[place] if seats else {"answer": None, "parameters": {}}
        threads.append({"number": str(number), "spec": plain(spec), "filter": filters[place], **own})
    treatments = list(data["treatments"])
    known = KNOWN if seats is None else (*KNOWN, KEY)
    return {
        "newer": newer(data),
        "threads": threads,
        "treatments": treatments,
        "rounds": data["rounds"],
        "variables": [_row(name, values, treatments) for name, values in data["variables"].items()],
        "prompts": {name: data["prompts"].get(name, "") for name in ("system", "user")},
        **spare_filters,
        "more": {name: written(value) for name, value in data.items() if name not in known},
        "more_prompts": {n: written(v) for n, v in data["prompts"].items() if n not in ("system", "user")},
    }


def page_text(form: Mapping[str, Any]) -> tuple[str, list[Problem]]:
    """The file's text, and what is wrong with single cells.

    Arguments:
        form: from the page, see `page_form`.

    Raises:
        ConfigError: it has not the shape that the page sends.
    """
    data, problems = _data(form)
    return written(data) + "\n", problems


def page_content(where: str, form: Mapping[str, Any]) -> tuple[Any, list[Problem]]:
    """What reading `page_text` again would give, in less time.

    Arguments:
        where: what it is called in errors. form: from the page, see `page_form`.

    Raises:
        ConfigError: as `page_text`, and as `parsed`.
    """
    data, problems = _data(form)
    if check_parts(where, data) > MOST_BYTES:
        return parsed(where, written(data)), problems
    try:
        return plain(data), problems
    except ValueError as error:
        raise ConfigError(f"{where} is not JSON: {error}.") from None


def _data(form: Mapping[str, Any]) -> tuple[dict[str, Any], list[Problem]]:
    problems: list[Problem] = []
    try:
        if unsaved := _unsaved(form):
            raise NotSaved(unsaved)
        treatments = [str(name) for name in form["treatments"]]
        numbers = [str(each["number"]) for each in form["threads"]]
        more = {name: json_of(text) for name, text in form.get("more", {}).items()}
        ours = None if KEY in more else seats_data(form["threads"], numbers)
        data: dict[str, Any] = {
            "threads": [[number_of(n), each["spec"]] for n, each in zip(numbers, form["threads"], strict=True)],
            "treatments": treatments,
            "rounds": number_of(str(form["rounds"])),
            "variables": {str(r["name"]): _values(r, treatments, problems) for r in form["variables"]},
            "prompts": {
                "system": str(form["prompts"]["system"]), "user": str(form["prompts"]["user"]),
                **{name: json_of(text) for name, text in form.get("more_prompts", {}).items()},
            },
            "filters": filters_data(form, [number_of(n) for n in numbers]),
            **more,
            **({KEY: ours} if ours else {}),
        }  # fmt: skip
    except NotSaved:
        raise
    except (KeyError, TypeError, AttributeError, ValueError, RecursionError) as error:
        raise ConfigError(f"The page sent something that is no scenario ({type(error).__name__}: {error}).") from None
    return data, problems


def _unsaved(form: Mapping[str, Any]) -> list[Problem]:
    """What no file can hold: names that are there twice, numbers that are none."""
    found: list[Problem] = []
    words = "are called {!r:.80}: rename one. Nothing is saved until then"
    for kind, names in (
        ("treatments", [str(name) for name in form["treatments"]]),
        ("variables", [str(row["name"]) for row in form["variables"]]),
    ):
        for name in dict.fromkeys(name for name in names if names.count(name) > 1):
            second = names.index(name, names.index(name) + 1)
            path: tuple[str | int, ...] = (kind, second if kind == "treatments" else name)
            found.append(Problem(path, f"Two {kind} {words.format(name)}", kind="duplicate name"))
    numbers: list[tuple[tuple[str | int, ...], str]] = [
        (("threads", at, 0), str(each["number"])) for at, each in enumerate(form["threads"])
    ]
    for where, typed in [*numbers, (("rounds",), str(form["rounds"]))]:
        try:
            number_of(typed)
        except ValueError:
            what = f"{typed!r:.40} is no number" if typed.strip() else "A number is missing"
            found.append(Problem(where, f"{what}. Nothing is saved until there is one", kind="form"))
    return found


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
    return {"kind": "json", "typed": on_one_line(value)}


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
    return {**found, **{each: json_of(text) for each, text in row.get("spare", {}).items() if each not in treatments}}


def _value(kind: str, typed: str) -> Any:
    if kind == "number":
        return number_of(typed)
    if kind == "truth":
        return {"true": True, "false": False}[typed.strip().lower()] if typed.strip().lower() in _TRUTH else _no(typed)
    return json_of(typed) if kind == "json" else typed


_TRUTH = ("true", "false")


def _no(typed: str) -> Any:
    raise ValueError(typed)
