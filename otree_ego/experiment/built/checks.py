"""What the parts of a built file say of each other: numbers, names, templates."""

from __future__ import annotations

import difflib
from collections.abc import Collection, Iterator
from typing import Any

from ...errors import PromptError
from ...parsing import homogenize
from ...prompts import Prompt
from ...threads.base import SETTINGS
from .format import BuiltFile, path_of
from .notation import Filter
from .rendering import check_size

MOST_COUNTED = 1000
"""Of more problems than that nobody wants to know the number."""
MOST_UNKNOWN = 20
"""So many names are listed."""
_OURS = frozenset((
    "i", "round", "rounds", "replication", "treatment", "experiment", "choices", "tainted", "metadata", "convo",
    "other", "others",
))  # fmt: skip


def checked_filters(file: BuiltFile, failing: Collection[str], problems: list[str], notes: list[str]) -> list[Filter]:
    """The threads' filters, in the threads' order."""
    numbers = [number for number, _ in file.threads]
    known: set[int] = set()
    for place, number in enumerate(numbers):
        if number in known:
            problems.append(f"threads[{place}][0]: found {number}, which is the number of another thread already")
        known.add(number)
    if "filters" in failing or "threads" in failing:
        return []
    given = file.filters
    entries: list[tuple[Any, Filter]] = list(given.items()) if isinstance(given, dict) else list(given)
    if len({number is None for number, _ in entries}) > 1:
        problems.append("filters: found filters with and without a thread's number, expected all or none with one")
        return []
    by_number = {str(numbers[at] if n is None and at < len(numbers) else n): by for at, (n, by) in enumerate(entries)}
    for number in numbers:
        if str(number) not in by_number:
            found = f"{len(entries)} for {len(numbers)} threads"
            problems.append(f"filters: found {found}, expected one for each: thread {number} has none")
    spare = len(entries) - len(numbers)
    if spare > 0:
        # The builder leaves a thread's filter in the list when the thread is deleted.
        notes.append(f"filters has {spare} more than there are threads; see that each thread has the right one")
    return [by_number[str(number)] for number in numbers if str(number) in by_number]


def check_names(file: BuiltFile, failing: Collection[str], problems: list[str], notes: list[str]) -> None:
    """Treatments and variables."""
    known: set[str] = set()
    for place, name in enumerate(file.treatments):
        if name in known:
            problems.append(f"treatments[{place}]: found {name!r}, which is there already; expected another name")
        known.add(name)
    for variable, values in file.variables.items():
        if variable in _OURS:
            problems.append(f"variables.{variable}: prompts have another {variable!r} already; take another name")
        elif not variable.isidentifier():
            notes.append(f"{path_of(['variables', variable])} has a name that prompts cannot use")
        if "treatments" in failing or len(problems) > MOST_COUNTED:
            continue
        for name in file.treatments:
            if name not in values:
                path = path_of(["variables", variable, name])
                problems.append(f"{path} is missing; expected: a value for each treatment")
        spare = [name for name in values if name not in known]
        if spare:
            path = path_of(["variables", variable])
            notes.append(f"{path} has values for what is no treatment: {_some(spare)}")


def check_prompts(file: BuiltFile, failing: Collection[str], problems: list[str]) -> None:
    """The templates: syntax, and whether somebody defines each name."""
    if "prompts" in failing:
        return
    known = _OURS | {*SETTINGS} - {"context"} | {*file.variables}
    if "threads" not in failing:
        several = {1: set(), 2: {"other"}}.get(len(file.threads), {"others"})
        known = (known - {"other", "others"}) | several
    for place in ("system", "user"):
        text = getattr(file.prompts, place)
        try:
            check_size(text)
            prompt = Prompt(text)
            Prompt(homogenize(text))
        except PromptError as error:
            problems.append(f"prompts.{place}: {str(error).partition(' (Text')[0].rstrip('.')}")
            continue
        if "variables" in failing:
            continue
        for name in sorted(prompt.names - known - set(_own_names(text)))[:MOST_UNKNOWN]:
            alike = [each for each in sorted(known) if abs(len(each) - len(name)) < 4][:200] if len(name) < 60 else []
            near = difflib.get_close_matches(name, alike, 1)
            hint = f"did you mean {near[0]}?" if near else f"variables are {_some([*file.variables]) or 'none'}"
            problems.append(f"prompts.{place}: found the name {name!r:.80}, which nothing defines; {hint}")


def _some(names: list[str]) -> str:
    """Names in a row, the first of many."""
    shown = [f"{name:.60}" for name in names[:MOST_UNKNOWN]]
    return ", ".join(shown) + (f" and {len(names) - len(shown)} more" if len(names) > len(shown) else "")


def _own_names(template: str) -> Iterator[str]:
    """Names that a template sets itself (perhaps in one branch only), or asks whether they are there."""
    from jinja2 import Environment, nodes

    tree = Environment(autoescape=False).parse(template)
    for name in tree.find_all(nodes.Name):
        if name.ctx in ("store", "param"):
            yield name.name
    for test in tree.find_all((nodes.Test, nodes.Filter)):
        if test.name in ("defined", "undefined", "default", "d") and isinstance(test.node, nodes.Name):
            yield test.node.name
