"""What the parts of a built file say of each other: numbers, names, templates."""

from __future__ import annotations

import difflib
from collections.abc import Collection, Iterator, Mapping
from typing import Any

from ...errors import PromptError
from ...parsing import homogenize
from ...prompts import Prompt
from ...threads.base import SETTINGS
from .format import BuiltFile
from .notation import Filter
from .places import Problem, some
from .rendering import check_size
from .template_names import name_places, own_names, syntax_place

MOST_COUNTED = 1000
"""Of more problems than that nobody wants to know the number."""
MOST_UNKNOWN = 20
"""So many names are listed."""
_KINDS: Mapping[type, str] = {
    int: "a number", float: "a number", str: "a text", bool: "true or false", list: "a list", dict: "an object",
}  # fmt: skip
_OURS = frozenset((
    "i", "round", "rounds", "replication", "treatment", "experiment", "choices", "tainted", "metadata", "convo",
    "other", "others",
))  # fmt: skip


def checked_filters(file: BuiltFile, failing: Collection[str], problems: list[Problem]) -> list[Filter]:
    """The threads' filters, in the threads' order."""
    numbers = [number for number, _ in file.threads]
    known: set[int] = set()
    for place, number in enumerate(numbers):
        if number in known:
            words = f"found {number}, which is the number of another thread already"
            problems.append(Problem(("threads", place, 0), words, kind="duplicate name"))
        known.add(number)
    if "filters" in failing or "threads" in failing:
        return []
    given = file.filters
    entries: list[tuple[Any, Filter]] = list(given.items()) if isinstance(given, dict) else list(given)
    if len({number is None for number, _ in entries}) > 1:
        words = "found filters with and without a thread's number, expected all or none with one"
        problems.append(Problem(("filters",), words, kind="form"))
        return []
    by_number = {str(numbers[at] if n is None and at < len(numbers) else n): by for at, (n, by) in enumerate(entries)}
    for number in numbers:
        if str(number) not in by_number:
            words = f"found {len(entries)} for {len(numbers)} threads, expected one for each: thread {number} has none"
            problems.append(Problem(("filters",), words, kind="missing"))
    spare = len(entries) - len(numbers)
    if spare > 0:
        # The builder leaves a thread's filter in the list when the thread is deleted.
        words = f"has {spare} more than there are threads; see that each thread has the right one"
        problems.append(Problem(("filters",), words, "note", "left over"))
    return [by_number[str(number)] for number in numbers if str(number) in by_number]


def check_names(file: BuiltFile, failing: Collection[str], problems: list[Problem]) -> None:
    """Treatments and variables."""
    known: set[str] = set()
    alike: dict[str, str] = {}
    for place, name in enumerate(file.treatments):
        if name in known:
            words = f"found {name!r}, which is there already; expected another name"
            problems.append(Problem(("treatments", place), words, kind="duplicate name"))
        elif (like := alike.setdefault(" ".join(name.casefold().split()), name)) != name:
            words = f"found {name!r:.80}, which is nearly the name {like!r:.80}"
            problems.append(Problem(("treatments", place), words, "warning", "duplicate name"))
        known.add(name)
    for variable, values in file.variables.items():
        path = ("variables", variable)
        if variable in _OURS:
            words = f"prompts have another {variable!r} already; take another name"
            problems.append(Problem(path, words, kind="duplicate name"))
        elif not variable.isidentifier():
            problems.append(Problem(path, "has a name that prompts cannot use", "note", "unusable name"))
        if "treatments" in failing or len(problems) > MOST_COUNTED:
            continue
        for name in file.treatments:
            if name not in values:
                words = "is missing; expected: a value for each treatment"
                problems.append(Problem((*path, name), words, kind="missing"))
        problems += _odd_values(path, {name: values[name] for name in file.treatments if name in values})
        spare = [name for name in values if name not in known]
        if spare:
            words = f"has values for what is no treatment: {some(spare)}"
            problems.append(Problem(path, words, "note", "left over"))


def _odd_values(path: tuple[str, str], values: Mapping[str, Any]) -> Iterator[Problem]:
    """Values that were probably forgotten, or typed in another way than those beside them."""
    kinds: dict[str, list[str]] = {}
    for name, value in values.items():
        kinds.setdefault("" if isinstance(value, str) and not value.strip() else _KINDS[type(value)], []).append(name)
    if len(kinds) < 2:
        return
    for name in kinds.pop("", []):
        yield Problem((*path, name), "is empty, and other treatments have a value", "warning", "missing")
    if len(kinds) < 2:
        return
    # What most have is probably meant; of as many, what is no text: a text is what else is taken for.
    usual = max(kinds, key=lambda kind: (len(kinds[kind]), kind != _KINDS[str]))
    for kind, names in kinds.items():
        for name in names if kind != usual else ():
            words = f"is {kind}, and other treatments have {usual}"
            yield Problem((*path, name), words, "warning", "mixed kinds")


def check_prompts(file: BuiltFile, failing: Collection[str], problems: list[Problem]) -> None:
    """The templates: syntax, and whether somebody defines each name."""
    if "prompts" in failing:
        return
    known = known_names(file) if "threads" not in failing else known_names(file) | {"other", "others"}
    for place in ("system", "user"):
        path, text = ("prompts", place), getattr(file.prompts, place)
        try:
            check_size(text)
            prompt = _compiled(text)
        except PromptError as error:
            words = str(error).partition(" (Text")[0].rstrip(".")
            problems.append(Problem(path, words, "error", "syntax", *syntax_place(text, error)))
            continue
        if "variables" in failing:
            continue
        missing = prompt.names - known
        unknown = sorted(missing - own_names(prompt.template) if missing else ())[:MOST_UNKNOWN]
        places = name_places(text) if unknown else {}
        for name in unknown:
            alike = [each for each in sorted(known) if abs(len(each) - len(name)) < 4][:200] if len(name) < 60 else []
            near = difflib.get_close_matches(name, alike, 1)
            hint = f"did you mean {near[0]}?" if near else f"variables are {some([*file.variables]) or 'none'}"
            words = f"found the name {name!r:.80}, which nothing defines; {hint}"
            line, column = places.get(name, (0, 0))
            problems.append(Problem(path, words, "error", "unknown name", line, column, len(name)))


def _compiled(text: str) -> Prompt:
    """The template as it is filled; what is wrong with it is said of the text as it was written."""
    try:
        return Prompt(homogenize(text))
    except PromptError:
        Prompt(text)
        raise


def known_names(file: BuiltFile) -> set[str]:
    """What prompts can name: the variables, what we give, and the settings of Threads."""
    several: set[str] = {1: set(), 2: {"other"}}.get(len(file.threads), {"others"})
    return several | (_OURS - {"other", "others"}) | ({*SETTINGS} - {"context"}) | {*file.variables}
