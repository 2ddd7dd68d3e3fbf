"""What was chosen round by round, read from the Threads' kept attributes."""

from __future__ import annotations

import io
import math
import pickle
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ...stores import Run, RunStore
from .values import MOST_VARIABLES, Variable, measured, number, plain, short, told

Played = Sequence[tuple[tuple[str, ...], Mapping[str, list[Any]]]]
"""For each replication its cell, and its choices by seat."""


@dataclass
class Track:
    """The choices of one seat over the rounds: by treatment and round, from 1."""

    seat: str
    variable: Variable
    most: int = 0


class _Inert:
    """Stands for whatever a state has besides plain values; made, filled and called without doing anything."""

    def __new__(cls, *_: Any, **__: Any) -> _Inert:
        return super().__new__(cls)

    def __init__(self, *_: Any, **__: Any) -> None:
        return None

    def __setstate__(self, _: Any) -> None:
        return None

    def __setitem__(self, *_: Any) -> None:
        return None

    def append(self, _: Any) -> None:
        return None

    extend = add = append


class _Reader(pickle.Unpickler):
    """Reads plain values only: a store may come from anybody, and a report must not run what is in it."""

    def find_class(self, module: str, name: str) -> Any:
        return _Inert


def read_state(state: bytes) -> Mapping[str, Any]:
    """A Thread's attributes from its pickled state; objects of classes are inert, a broken state is empty.

    >>> read_state(pickle.dumps({"choices": [1, 2], "made": Variable("a")}))["choices"]
    [1, 2]
    """
    try:
        found = _Reader(io.BytesIO(state)).load()
    # A pickle that somebody else has made may raise anything.
    except Exception:
        return {}
    return found if isinstance(found, dict) else {}


def choices_of(store: RunStore, run: Run, places: set[int]) -> tuple[dict[int, dict[str, list[Any]]], list[str]]:
    """By place and seat the choices of each replication's last attempt; and the seats' names, in order."""
    found: dict[int, dict[str, list[Any]]] = {}
    names: dict[str, int] = {}
    for seat in store.seats(run.uid, last=True):
        if seat.place not in places:
            continue
        state = read_state(seat.thread.state)
        made, metadata = state.get("choices"), state.get("metadata")
        if not isinstance(made, list) or not made:
            continue
        given = metadata.get("seat") if isinstance(metadata, dict) else None
        name = short(str(given), 60) if isinstance(given, str | int) else ""
        name = name if name and not name.isdigit() else f"seat {name or seat.seat}"
        names.setdefault(name, seat.seat)
        found.setdefault(seat.place, {}).setdefault(name, []).extend(made)
    return found, sorted(names, key=lambda name: names[name])


def tracks_of(played: Played, seats: Sequence[str]) -> list[Track]:
    """For each variable and seat a Track whose cells are the cell's key and the round."""
    made: dict[str, dict[str, list[tuple[Any, Any]]]] = {}
    for key, choices in played:
        for seat, values in choices.items():
            for place, value in enumerate(values, 1):
                for name, one in (value if isinstance(value, dict) else {"choice": value}).items():
                    made.setdefault(plain(str(name)), {}).setdefault(seat, []).append(((key, place), one))
    tracks = []
    for name in list(made)[:MOST_VARIABLES]:
        whole = measured(name, [pair for pairs in made[name].values() for pair in pairs])
        for seat in seats:
            if pairs := made[name].get(seat):
                variable = measured(name, pairs)
                if whole.kind != "number" and variable.kind == "number":
                    variable.values = {k: [told(v) for v in vs] for k, vs in variable.values.items()}
                variable.kind = whole.kind
                most = max((place for _, place in variable.values), default=0)
                tracks.append(Track(seat, variable, most))
    return tracks


def averages(played: Played, seats: Sequence[str], order: Sequence[tuple[str, ...]]) -> list[Variable]:
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
