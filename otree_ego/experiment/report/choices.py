"""What was chosen round by round, read from the Threads' kept attributes."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ...stores.run_rows import Run
from ...stores.runs import RunStore
from ..thread_states import read_state
from .values import MOST_VARIABLES, Variable, as_text, number, plain, short, variable_from

Played = Sequence[tuple[tuple[str, ...], Mapping[str, list[Any]]]]
"""For each replication its cell, and its choices by seat."""


@dataclass
class ChoiceSeries:
    """The choices of one seat over the rounds: by treatment and round, from 1."""

    seat: str
    variable: Variable
    most: int = 0


def choices_of(store: RunStore, run: Run, places: set[int]) -> tuple[dict[int, dict[str, list[Any]]], list[str]]:
    """By place and seat the choices of each replication's last attempt; and the seats' names, in order."""
    found: dict[int, dict[str, list[Any]]] = {}
    names: dict[str, int] = {}
    for seat in store.seats(run.uid, last=True):
        if seat.place not in places:
            continue
        state = read_state(seat.thread.state)
        choices, metadata = state.get("choices"), state.get("metadata")
        if not isinstance(choices, list) or not choices:
            continue
        given = metadata.get("seat") if isinstance(metadata, dict) else None
        name = short(str(given), 60) if isinstance(given, str | int) else ""
        name = name if name and not name.isdigit() else f"seat {name or seat.seat}"
        names.setdefault(name, seat.seat)
        found.setdefault(seat.place, {}).setdefault(name, []).extend(choices)
    return found, sorted(names, key=lambda name: names[name])


def choices_over_rounds(played: Played, seats: Sequence[str]) -> list[ChoiceSeries]:
    """For each variable and seat a ChoiceSeries whose cells are the cell's key and the round."""
    made: dict[str, dict[str, list[tuple[Any, Any]]]] = {}
    for key, choices in played:
        for seat, values in choices.items():
            for place, value in enumerate(values, 1):
                for name, one in (value if isinstance(value, dict) else {"choice": value}).items():
                    made.setdefault(plain(str(name)), {}).setdefault(seat, []).append(((key, place), one))
    series = []
    for name in list(made)[:MOST_VARIABLES]:
        whole = variable_from(name, [pair for pairs in made[name].values() for pair in pairs])
        for seat in seats:
            if pairs := made[name].get(seat):
                variable = variable_from(name, pairs)
                if whole.kind != "number" and variable.kind == "number":
                    variable.values = {k: [as_text(v) for v in vs] for k, vs in variable.values.items()}
                variable.kind = whole.kind
                most = max((place for _, place in variable.values), default=0)
                series.append(ChoiceSeries(seat, variable, most))
    return series


def is_over_rounds(series: ChoiceSeries) -> bool:
    """Whether choices are drawn over the rounds: those of one round, and free text, are not."""
    return series.variable.kind != "text" and series.most > 1


def mean_choices(played: Played, seats: Sequence[str], order: Sequence[tuple[str, ...]]) -> list[Variable]:
    """Each seat's mean choice over its rounds, one value for each replication, where all its choices are numbers."""
    found = []
    for seat in seats:
        made = Variable(f"mean choice, {seat}")
        choices = [(key, [number(one) for one in seen[seat]]) for key, seen in played if seen.get(seat)]
        if max((len(values) for _, values in choices), default=0) < 2:
            continue
        if all(value is not None for _, values in choices for value in values):
            for key, values in choices:
                made.values.setdefault(key, []).append(math.fsum(v for v in values if v is not None) / len(values))
            made.values = {key: made.values[key] for key in order if key in made.values}
            found.append(made)
    return found
