"""What `ego check FILE` says of a built scenario."""

from __future__ import annotations

from collections.abc import Iterator

from .output import Row

STATES = {"error": "failed", "warning": "warning", "note": "info"}


def built_rows(name: str) -> Iterator[Row]:
    """A row for each problem of a built file, or one that says there is none.

    Arguments:
        name: the file, as `ego run` takes it.

    Raises:
        Failure: there is no such file, or it is a module.
    """
    from ...experiment.built.problems import find_problems
    from ...experiment.modules.scenario import find_scenario
    from .output import Failure

    file = find_scenario(name)
    if file.suffix != ".json":
        raise Failure(f"{file.name} is a module; ego check looks into built files (JSON) only.", 2)
    problems = find_problems(file)
    for each in problems:
        at = f", line {each.line}" if each.line else ""
        at += f", column {each.column}" if each.column else ""
        place = str(each).partition(each.words)[0].rstrip(": ")
        yield Row(f"{place}{at}", STATES[each.level], each.words)
    if not problems:
        yield Row(file.name, "ok", "a scenario that can be played, and nothing looks wrong")
