"""All that is wrong, or looks wrong, with a built file: what `ego check FILE` and the builder show."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from ...errors import ConfigError
from ...parsing import AmbiguousAnswer, exclusive_response, homogenize
from .json_file import parsed, text_of
from .notation import Filter
from .places import Problem, some
from .preview import Preview, previews
from .reader import Built, Examined, examine
from .rendering import Allowance
from .seat_answers import field_names
from .template_names import treatment_names

MOST_TREATMENTS = 200
MOST_PROMPTS = 1000
"""So many prompts are filled: of scenarios with more, fewer rounds are looked at."""
_LINE = re.compile(r"\bin line (\d+)")
_ONE_OF_TWO = re.compile(r"\b[A-ZÄÖÜ]{2,}\b[,;]? (?:or|oder) \b[A-ZÄÖÜ]{2,}\b")
_HOW_MUCH = re.compile(r"number|how m(?:uch|any)|zahl|wie ?viel", re.IGNORECASE)
_NUMBERED_TOKEN = re.compile(r"Token \d+", re.IGNORECASE)


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


def problems_of(
    found: Examined, allowance: Allowance | None = None, kept: dict[Any, Any] | None = None
) -> list[Problem]:
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
    built: Built, found: Examined, allowance: Allowance | None = None, kept: dict[Any, Any] | None = None
) -> list[Problem]:
    """What shows only in what the seats would read."""
    treatments = built.treatments[:MOST_TREATMENTS]
    rounds = max(1, min(built.rounds, MOST_PROMPTS // (len(treatments) * len(built.seats))))
    shown: list[Preview] = []
    problems: list[Problem] = []
    for each in previews(built, treatments, rounds=rounds, allowance=allowance, kept=kept):
        shown.append(each)
        if shown[-1].stopped and any(each.problem for each in shown[-1].messages):
            break  # the other treatments would stop there, too, perhaps after as long
    problems += _unfilled(built, found, shown)
    if not problems and len(shown) == len(treatments):
        problems += _same_treatments(built, shown)
        problems += _same_prompt(built, shown)
        problems += [each for place in range(len(built.seats)) for each in _filter(built, found, shown, place)]
    return problems


def _unfilled(built: Built, found: Examined, shown: Sequence[Preview]) -> Iterator[Problem]:
    told: set[tuple[str, str]] = set()
    for each in shown:
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


def _texts(each: Preview, seat: int, role: str = "") -> tuple[str, ...]:
    return tuple(message.text for message in each.of_seat(seat) if role in ("", message.role))


def _same_treatments(built: Built, shown: Sequence[Preview]) -> Iterator[Problem]:
    """Treatments in which somebody, or everybody, reads the same."""
    if len(shown) < 2:
        return
    everybody = _alike(shown, {each.treatment: tuple(m.text for m in each.messages) for each in shown})
    for names in everybody:
        path = ("treatments", [each.name for each in built.treatments].index(names[1]))
        yield Problem(path, f"everybody reads the same in {some(names)}", "warning", "same prompts")
    for place, seat in enumerate(built.seats):
        for names in _alike(shown, {each.treatment: _texts(each, seat.number) for each in shown}):
            if names not in everybody:
                words = f"thread {seat.number} reads the same in {some(names)}"
                yield Problem(("threads", place), words, "note", "same prompts")


def _alike(shown: Sequence[Preview], texts: Mapping[str, tuple[str, ...]]) -> list[list[str]]:
    groups: dict[tuple[str, ...], list[str]] = {}
    for each in shown:
        groups.setdefault(texts[each.treatment], []).append(each.treatment)
    return [names for names in groups.values() if len(names) > 1]


def _same_prompt(built: Built, shown: Sequence[Preview]) -> Iterator[Problem]:
    """A prompt that was meant to differ between treatments and does not."""
    if len(shown) < 2:
        return
    for role in ("system", "user"):
        first, *others = ([m.text for m in each.messages if m.role == role] for each in shown)
        if any(each != first for each in others):
            continue
        values = ((name, [json.dumps(by[t.treatment]) for t in shown]) for name, by in built.variables.items())
        differing = {name for name, each in values if len({*each}) > 1}
        named = built.prompt(role).names & (differing | {"treatment"})
        if named:
            words = f"reads the same in all treatments, though it names {some(sorted(named))}"
            yield Problem(("prompts", role), words, "warning", "same prompts")


def _filter(built: Built, found: Examined, shown: Sequence[Preview], place: int) -> Iterator[Problem]:
    """Whether a filter can read what the prompts ask for."""
    seat = built.seats[place]
    path, by = _filter_path(found, seat.number), seat.filter
    asked = "\n".join(text for each in shown for text in _texts(each, seat.number))
    words = _misfit(by, asked)
    if words:
        yield Problem(path, f"{words} (thread {seat.number})", "warning", "filter")


def _asks_for(prompt: str, token: str) -> bool:
    """Whether a prompt has a token, as an answer would; beside a negation, too."""
    if re.search(rf"(?<!\w){re.escape(token)}(?!\w)", prompt):
        return True  # which is soon found; all other ways to write it take longer
    try:
        return exclusive_response(prompt, [token]) is not None
    except AmbiguousAnswer:
        return True


def _misfit(by: Filter, asked: str) -> str:
    json_wanted = "json" in asked.casefold() and re.search(r"\bJSON\b", asked, re.IGNORECASE)
    if missing := [name for name in field_names(by.answer) if name not in asked]:
        return f"the prompts never name the field{'s' * (len(missing) > 1)} {some(missing)}, which the answer must have"
    if by.name == "exclusive_response":
        if len({token.casefold() for token in by.tokens}) < len(by.tokens):
            return f"{some(by.tokens)} differ in capitals only, which the filter does not see"
        missing = [token for token in by.tokens if not _asks_for(asked, token)]
        if missing and all(map(_NUMBERED_TOKEN.fullmatch, by.tokens)):
            return f"{some(by.tokens)} are the words that a new filter comes with; give the words that may be answered"
        if missing:
            return f"the prompts never name {some(missing)}, which the filter waits for"
    elif by.name == "JSON" and not json_wanted and "{" not in asked:
        return "the filter reads JSON, and the prompts never ask for it"
    elif by.name == "extract_number" and json_wanted:
        return "the prompts ask for JSON, and the filter reads a number"
    elif by.name == "extract_number" and (words := _ONE_OF_TWO.search(asked)) and not _HOW_MUCH.search(asked):
        return f"the prompts ask for {words[0]}, and the filter reads a number"
    return ""


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
