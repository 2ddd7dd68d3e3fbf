"""Fills templates of strangers' in a process of its own: a line of JSON comes in, a line of JSON goes out.

It is run as a script, so that it loads Jinja and little else; see `rendering.py` for its other side.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterator
from typing import Any

from otree_ego.errors import PromptError
from otree_ego.prompts import fill

MEMORY = 512 * 2**20
"""Bytes that a template may need, besides what the process has when it starts."""


AT_ONCE = 3_000_000
"""Characters of the texts that are given back together, and of one more."""


class View:
    """What a template sees of an object: its public attributes, and how it is written."""

    def __init__(self, names: dict[str, Any], written: str) -> None:
        self.__dict__.update(names)
        self.__dict__["_written"] = written

    def __repr__(self) -> str:
        return str(self.__dict__["_written"])


def value_of(sent: Any) -> Any:
    """A value as it was before `rendering.sent`."""
    if isinstance(sent, list):
        return [value_of(each) for each in sent]
    if not isinstance(sent, dict):
        return sent
    if "pairs" in sent:
        return {value_of(name): value_of(each) for name, each in sent["pairs"]}
    if "tuple" in sent:
        return tuple(value_of(each) for each in sent["tuple"])
    names = {name: value_of(each) for name, each in sent["names"].items()}
    return type(sent["type"], (View,), {"__module__": sent["module"]})(names, sent["written"])


def limit_memory() -> None:
    """Let no template have more than it may; where a system has no such limit, time is the only one."""
    try:
        import resource

        with open("/proc/self/statm", encoding="ascii") as pages:
            size = int(pages.read().split()[0]) * resource.getpagesize()
    except (ImportError, OSError, ValueError):
        size = 2**30
    try:
        resource.setrlimit(resource.RLIMIT_AS, (size + MEMORY, size + MEMORY))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    except (NameError, OSError, ValueError):
        return


def limit_time(seconds: int) -> None:
    """End the process when it has worked that much longer; also if its parent is gone."""
    try:
        import resource

        used = resource.getrusage(resource.RUSAGE_SELF)
        until = int(used.ru_utime + used.ru_stime) + 1 + seconds
        resource.setrlimit(resource.RLIMIT_CPU, (until, resource.getrlimit(resource.RLIMIT_CPU)[1]))
    except (ImportError, OSError, ValueError):
        return


def answer(line: str) -> dict[str, Any]:
    """What comes of one template, or of several: their texts, or why there are none."""
    try:
        task = json.loads(line)
        limit_time(task["seconds"])
    except (ValueError, RecursionError) as error:
        return {"error": f"{type(error).__name__}: {error}"}
    if "several" in task:
        return {"several": list(filled_in_turn(task["several"]))}
    return filled(task)


def filled_in_turn(tasks: list[dict[str, Any]]) -> Iterator[dict[str, str | bool]]:
    """What comes of the first of several templates; of all if they are not long."""
    characters = 0
    for each in tasks:
        yield (found := filled(each))
        characters += len(str(found.get("text", "")))
        if characters > AT_ONCE:
            return


def filled(task: dict[str, Any]) -> dict[str, str | bool]:
    """What comes of one template: its text, or why there is none."""
    try:
        values = {name: value_of(each) for name, each in task["values"].items()}
        return {"text": fill(task["template"], values, task["known"])}
    except MemoryError:
        return {"error": f"it needs more than {MEMORY // 2**20} MB of memory", "limit": True}
    except PromptError as error:
        if isinstance(error.__cause__, MemoryError):
            return {"error": f"it needs more than {MEMORY // 2**20} MB of memory", "limit": True}
        return {"error": str(error)}
    except (ValueError, RecursionError, OverflowError) as error:
        return {"error": f"{type(error).__name__}: {error}"}


def main() -> None:
    """Answer until nobody asks any more."""
    fill("{{ a }}", {"a": 1}, ["a"])  # Jinja is loaded before memory is limited
    limit_memory()
    out = os.fdopen(os.dup(1), "w", encoding="ascii")
    os.dup2(2, 1)
    out.write("ready\n")
    out.flush()
    for line in sys.stdin:
        out.write(json.dumps(answer(line)) + "\n")
        out.flush()


if __name__ == "__main__":
    main()
