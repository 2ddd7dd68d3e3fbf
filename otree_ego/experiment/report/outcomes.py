"""The numbers of a run: how its replications ended, their outcomes by cell, and the choices over rounds."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ...stores.run_rows import Replication, Run
from ...stores.runs import RunStore
from .choices import ChoiceSeries, Played, choices_of, choices_over_rounds, is_over_rounds, mean_choices
from .values import MOST_VARIABLES, Variable, as_text, plain, short, variable_from

Key = tuple[str, ...]


@dataclass
class Cell:
    """One combination of levels, and how its replications ended.

    Fields:
        key: the levels' texts. valid, tainted, failed: how many replications. again: how many of the valid ones
        needed another question after an invalid answer. extra: how many such questions in the cell.
    """

    key: Key
    valid: int = 0
    tainted: int = 0
    failed: int = 0
    again: int = 0
    extra: int = 0

    @property
    def ended(self) -> int:
        """All replications of the cell that have ended."""
        return self.valid + self.tainted + self.failed


@dataclass
class Outcomes:
    """What the replications of a run came to.

    Fields:
        factors: the names of what varies. levels: for each its values, in order. cells: in order.
        variables: the outcomes. unnamed: outcomes that are not described. series: choices over rounds.
        kinds: what was wrong: (how it ended, error, an example of its text, how many).
        started, ended: of the first and the last replication, seconds since 1970. attempts: begun in all.
    """

    factors: list[str]
    levels: list[list[str]]
    cells: list[Cell]
    variables: list[Variable]
    unnamed: list[str]
    series: list[ChoiceSeries]
    kinds: list[tuple[str, str, str, int]]
    started: float | None = None
    ended: float | None = None
    attempts: int = 0

    def total(self, name: str) -> int:
        """The sum of a count over all cells."""
        return sum(getattr(cell, name) for cell in self.cells)


def read_outcomes(store: RunStore, run: Run) -> Outcomes:
    """Read how a run's replications ended.

    Arguments:
        store: where the run is.
        run: which.

    >>> store = RunStore("sqlite://")
    >>> read_outcomes(store, store.begin(Run("approval", "factorial", "d1"))).cells
    []
    """
    replications = list(store.replications(run.uid))
    named = any(r.treatment for r in replications) and not (run.kind == "factorial" and replications[0].levels)
    factors = ["treatment"] if named else list(dict.fromkeys(name for r in replications for name in r.levels))
    keys = {r.place: _key(r, factors, named) for r in replications}
    levels = [_ordered([key[n] for key in keys.values()], _hint(run, name)) for n, name in enumerate(factors)]
    ranks = [{value: rank for rank, value in enumerate(values)} for values in levels]
    order = sorted(set(keys.values()), key=lambda key: [rank[value] for rank, value in zip(ranks, key, strict=True)])
    cells = {key: Cell(key) for key in order}
    choices, seats = choices_of(store, run, {r.place for r in replications if r.status == "done"})
    for r in replications:
        made = sum(map(len, choices.get(r.place, {}).values()))
        _count(cells[keys[r.place]], r, made or (1 if run.kind == "factorial" else r.answers))
    valid = [r for r in replications if r.status == "done" and not r.tainted]
    outcome = str(run.settings.get("outcome") or "result")
    played = [(keys[r.place], choices.get(r.place, {})) for r in valid]
    series = choices_over_rounds(played, seats)
    # what came of a built scenario is its choices once more
    results = [] if run.kind == "built" and series else [(keys[r.place], r.result) for r in valid]
    if all(result is None for _, result in results) and not any(is_over_rounds(each) for each in series):
        results = _chosen(played)
    variables, unnamed = _variables(results, order, outcome)
    variables += mean_choices(played, seats, order)
    return Outcomes(
        factors, levels, list(cells.values()), variables, unnamed, series, _kinds(replications),
        min((r.started for r in replications if r.started), default=None),
        max((r.ended for r in replications if r.ended), default=None),
        sum(r.attempt for r in replications),
    )  # fmt: skip


def _key(r: Replication, factors: Sequence[str], named: bool) -> Key:
    return (plain(r.treatment),) if named else tuple(as_text(r.levels.get(name, "")) for name in factors)


def _hint(run: Run, name: str) -> list[str]:
    """The order in which the experimenter wrote the levels, where the run's settings have it."""
    settings = run.settings
    if name == "treatment":
        built = settings.get("built")
        found: Any = built.get("treatments") if isinstance(built, Mapping) else settings.get("treatments")
    else:
        found = settings.get("levels")
        found = found.get(name) if isinstance(found, Mapping) else None
    return [as_text(value) for value in found] if isinstance(found, list | Mapping) else []


def _ordered(values: Iterable[str], hint: Sequence[str]) -> list[str]:
    found = list(dict.fromkeys(values))
    known = {value: place for place, value in enumerate(hint)}
    if all(value in known for value in found):
        return sorted(found, key=lambda value: known[value])
    try:
        return sorted(found, key=float)
    except ValueError:
        return found


def _count(cell: Cell, r: Replication, wanted: int) -> None:
    """Count a replication; an answer more than were wanted was asked for again."""
    extra = max(0, r.answers - wanted)
    cell.extra += extra if r.status == "done" else 0
    if r.status != "done":
        cell.failed += 1
    elif r.tainted:
        cell.tainted += 1
    else:
        cell.valid += 1
        cell.again += bool(extra)


def _kinds(replications: Iterable[Replication]) -> list[tuple[str, str, str, int]]:
    counts: Counter[tuple[str, str]] = Counter()
    examples: dict[tuple[str, str], str] = {}
    for r in replications:
        if r.status != "done" or r.tainted:
            kind = ("failed" if r.status != "done" else "tainted", plain(r.error) or "(not said)")
            counts[kind] += 1
            examples.setdefault(kind, short(r.error_text, 240))
    return [(*kind, examples[kind], n) for kind, n in counts.most_common()]


def _chosen(played: Played) -> list[tuple[Key, Any]]:
    """The choices of one round, or texts of several: they are no lines over the rounds."""
    found: list[tuple[Key, Any]] = []
    for key, choices in played:
        for number in range(max(map(len, choices.values()), default=0)):
            row: dict[str, Any] = {}
            for seat, values in choices.items():
                if number < len(values):
                    value = values[number]
                    row.update({f"choice, {seat}": None if isinstance(value, dict) else value}, **_fields(seat, value))
            found.append((key, row))
    return found


def _fields(seat: str, value: Any) -> dict[str, Any]:
    return {f"{name}, {seat}": held for name, held in value.items()} if isinstance(value, dict) else {}


def _variables(
    results: Sequence[tuple[Key, Any]], order: Sequence[Key], outcome: str
) -> tuple[list[Variable], list[str]]:
    rows = [(key, r if isinstance(r, dict) else {outcome: r}) for key, r in results]
    names = list(dict.fromkeys(name for _, row in rows for name in row))
    found = []
    for name in names[:MOST_VARIABLES]:
        made = variable_from(plain(str(name)), [(key, row.get(name)) for key, row in rows])
        made.values = {key: made.values[key] for key in order if key in made.values}
        if made.values:
            found.append(made)
    return found, [plain(str(name)) for name in names[MOST_VARIABLES:]]
