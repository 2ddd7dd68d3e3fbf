"""All that is wrong, or looks wrong, with a built file: what `ego check FILE` and the builder show."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from ...errors import ConfigError
from ...parsing import homogenize
from .json_file import parsed, text_of
from .kept_previews import KeptPreviews
from .places import Problem, some
from .preview import Preview, previews
from .reader import Built, Examined, examine
from .readings import Readings
from .rendering import Allowance
from .template_names import treatment_names

MOST_TREATMENTS = 200
MOST_PROMPTS = 1000
"""So many prompts are filled: of scenarios with more, fewer rounds are looked at."""
MOST_CHARACTERS = 20_000_000
"""Of all prompts that are filled: then the treatments that are left are not looked at."""
_LINE = re.compile(r"\bin line (\d+)")


def find_problems(source: str | Path | Mapping[str, Any]) -> list[Problem]:
    """What is wrong with a built file, each with its place: first what cannot be played, then what looks wrong.

    Templates that never end or fill the memory are problems, too: they are filled within bounds, see `rendering`.

    Arguments:
        source: the file, its text, or its content as a dict.

    >>> for each in find_problems({
    ...     "threads": [[1, ["ConstantThread", "7"]]], "treatments": ["low", "high"], "rounds": 1,
    ...     "variables": {"reward": {"low": 1, "high": 100}, "frame": {"low": "a", "high": "b"}},
    ...     "filters": [["As is"]], "prompts": {"system": "You earn {{ reward }}.", "user": "Your {{ nubmer }}?"},
    ... }): print(each.level, each)
    error prompts.user: found the name 'nubmer', which nothing defines; variables are reward, frame
    warning variables.frame: no prompt uses it
    """
    try:
        where, text = text_of(source)
        found = examine(where, parsed(where, text))
    except ConfigError as error:
        return [unreadable(error)]
    return problems_of(found)


def problems_of(found: Examined, allowance: Allowance | None = None, kept: KeptPreviews | None = None) -> list[Problem]:
    """The same for a file that was examined.

    Arguments:
        found: see `examine`. allowance: the time that filling its prompts may take, see `rendered_here`.
        kept: previews, see `previews`.
    """
    problems = [*found.problems, *_unused(found)]
    if not found.errors:
        problems += reading_problems(found.built(), found, allowance, kept)
    order = ("error", "warning", "note")
    return sorted(problems, key=lambda each: order.index(each.level))


def unreadable(error: ConfigError) -> Problem:
    """The problem of a file that cannot be read, or is no JSON."""
    at = error.__context__
    line, column = (at.lineno, at.colno) if isinstance(at, json.JSONDecodeError) else (0, 0)
    return Problem((), str(error).rstrip("."), "error", "not readable", line, column)


def _unused(found: Examined) -> Iterator[Problem]:
    """Variables that no prompt names. Where a prompt is broken, nobody knows."""
    if any(each.path[:1] == ("prompts",) and each.kind != "unknown name" for each in found.errors):
        return
    from ...prompts import Prompt

    used: set[str] = set()
    for text in (found.file.prompts.system, found.file.prompts.user):
        tidied = homogenize(text)
        through = treatment_names(tidied)
        if through is None:
            return
        used |= through | Prompt(tidied).names
    for name in found.file.variables:
        if name not in used and name.isidentifier():
            yield Problem(("variables", name), "no prompt uses it", "warning", "unused")


def reading_problems(
    built: Built, found: Examined, allowance: Allowance | None = None, kept: KeptPreviews | None = None
) -> list[Problem]:
    """What shows only in what the seats would read."""
    treatments = built.treatments[:MOST_TREATMENTS]
    rounds = max(1, min(built.rounds, MOST_PROMPTS // (len(treatments) * len(built.seats))))
    readings = Readings(built)
    told: set[tuple[str, str]] = set()
    problems: list[Problem] = []
    for each in previews(built, treatments, rounds=rounds, allowance=allowance, kept=kept):
        readings.add(each)
        problems += _unfilled(built, found, each, told)
        if each.stopped and any(message.problem for message in each.messages):
            return problems  # the other treatments would stop there, too, perhaps after as long
        if readings.characters > MOST_CHARACTERS:
            break
    if not problems and readings.whole:
        problems += _same_treatments(built, readings)
        problems += _same_prompt(built, readings)
        problems += [each for place in range(len(built.seats)) for each in _filter(built, found, readings, place)]
    if len(readings.treatments) < len(built.treatments):
        first = f"the prompts of the first {len(readings.treatments)} of {len(built.treatments)} treatments are checked"
        problems.append(Problem(("treatments",), f"{first}: together they are too long to check all", "note", "limit"))
    return problems


def _unfilled(built: Built, found: Examined, each: Preview, told: set[tuple[str, str]]) -> Iterator[Problem]:
    """What cannot be filled or read in a treatment, besides what was told of others."""
    for message in each.messages:
        if not message.problem or (message.role, message.problem) in told:
            continue
        told.add((message.role, message.problem))
        whose = f"for thread {message.seat}" + (f" in round {message.round}" if message.round else "")
        if message.answer and message.text:
            words = f"{whose}: the answer {message.answer!r:.80} cannot be read: {message.problem}"
            yield Problem(_filter_path(found, message.seat), words.rstrip("."), "warning", "filter")
            continue
        # Later prompts may fail only because of the answers that we made up.
        first = not message.round or (message.round == 1 and message.seat == built.seats[0].number)
        line = _LINE.search(message.problem)
        words = f"{whose} in the treatment {each.treatment!r:.60}: {message.problem}".rstrip(".")
        at = _own_line(getattr(found.file.prompts, message.role), int(line[1])) if line else 0
        limit = any(words in message.problem for words in ("takes longer", "take longer", "more than"))
        kind = "limit" if limit else "cannot be filled"
        level = "error" if first or limit else "warning"
        yield Problem(("prompts", message.role), words, level, kind, at, 1 if at else 0)  # type: ignore[arg-type]


def _own_line(text: str, tidied: int) -> int:
    """The line of a template as it was written, by its line in the tidied one."""
    lines = homogenize(text).split("\n")[:tidied]
    wanted = sum(bool(line) for line in lines)
    for number, line in enumerate(re.split(r"\r\n|\r|\n", text), 1):
        wanted -= bool(line.strip())
        if not wanted:
            return number
    return tidied


def _same_treatments(built: Built, readings: Readings) -> Iterator[Problem]:
    """Treatments in which somebody, or everybody, reads the same."""
    everybody = readings.alike("")
    for names in everybody:
        path = ("treatments", [each.name for each in built.treatments].index(names[1]))
        yield Problem(path, f"everybody reads the same in {some(names)}", "warning", "same prompts")
    for place, seat in enumerate(built.seats):
        for names in readings.alike(seat.number):
            if names not in everybody:
                words = f"thread {seat.number} reads the same in {some(names)}"
                yield Problem(("threads", place), words, "note", "same prompts")


def _same_prompt(built: Built, readings: Readings) -> Iterator[Problem]:
    """A prompt that was meant to differ between treatments and does not."""
    seen = readings.treatments
    for role in ("system", "user"):
        if len(seen) < 2 or [seen] != readings.alike(role):
            continue
        values = ((name, [json.dumps(by[each]) for each in seen]) for name, by in built.variables.items())
        differing = {name for name, each in values if len({*each}) > 1}
        named = built.prompt(role).names & (differing | {"treatment"})
        if named:
            words = f"reads the same in all treatments, though it names {some(sorted(named))}"
            yield Problem(("prompts", role), words, "warning", "same prompts")


def _filter(built: Built, found: Examined, readings: Readings, place: int) -> Iterator[Problem]:
    """Whether a filter can read what the prompts of each treatment ask for."""
    seat = built.seats[place]
    path = _filter_path(found, seat.number)
    for words, names in readings.misfits(seat.number):
        where = f"in the treatment{'s' * (len(names) > 1)} {some(names)}: " if names else ""
        yield Problem(path, f"{where}{words} (thread {seat.number})", "warning", "filter")


def _filter_path(found: Examined, seat: int) -> tuple[str | int, ...]:
    """Where the filter of a seat stands."""
    given = found.file.filters
    if isinstance(given, dict):
        return "filters", str(seat)
    numbers = [number for number, _ in found.file.threads]
    for place, (number, _) in enumerate(given):
        if (numbers[place] if number is None and place < len(numbers) else number) == seat:
            return "filters", place
    return ("filters",)
