"""What the page shows of runs, read from their store: a list, one run, one dialogue."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

from ..errors import EgoError, StoreError
from ..experiment.built.reader import Built, Filter, read_built
from ..experiment.runs.run_events import plain_message, plain_replication
from ..experiment.thread_states import read_state
from ..experiment.treatments import name_of
from ..stores import Run, RunStore
from ..stores.run_search import is_left

MOST_ROWS = 2_000
"""Replications that the page gets; all are in the downloads."""
MOST_RUNS = 100
MOST_TEXT = 20_000
"""Characters of one message that the page gets."""


@contextlib.contextmanager
def opened(where: str) -> Iterator[RunStore | None]:
    """A store, to be read; None if there is none yet."""
    if "://" not in where and not Path(where).exists():
        yield None
        return
    store = RunStore(where, create=False, reading=True)
    try:
        yield store
    finally:
        store.close()


def runs_in(where: str) -> list[Run]:
    """All runs of a store, the newest first; none if it cannot be read: a run that begins says what is wrong."""
    try:
        with opened(where) as store:
            return [] if store is None else sorted(store.runs(), key=lambda run: -run.created)
    except StoreError:
        return []


def in_list(run: Run) -> dict[str, Any]:
    """A run in the list."""
    return {"uid": run.uid, "name": run.name, "status": status_of(run), "created": run.created}


def status_of(run: Run) -> str:
    """Its status; one that nobody works on any more is stopped, whatever it says of itself."""
    return "stopped" if is_left(run) else run.status


def run_view(store: RunStore, uid: str, place: int | None = None) -> dict[str, Any]:
    """A run as the page shows it: how far it is, its replications, and one dialogue, by default the last one."""
    run, totals = store.get(uid), store.totals(uid)
    ended = {each.place: each for each in store.replications(uid)}
    begun = store.first_threads(uid)
    place = max(begun, default=None) if place is None else place
    rows: list[dict[str, Any]] = []
    for number in sorted({*begun, *ended})[-MOST_ROWS:]:
        each = ended.get(number)
        rows.append(plain_replication(each) if each is not None else _open(store, run, number))
    progress = {
        "planned": run.planned, "done": totals.replications, "failed": totals.failed, "tainted": totals.tainted,
        "cost": totals.cost, "unpriced": totals.unpriced,
    }  # fmt: skip
    return {
        "run": {"uid": run.uid, "name": run.name, "status": status_of(run), "note": run.note},
        "progress": progress, "totals": asdict(totals), "replications": rows, "seats": _seats(run), "place": place,
        "dialogue": dialogue(store, uid, place) if place in begun else [],
    }  # fmt: skip


def _open(store: RunStore, run: Run, place: int) -> dict[str, Any]:
    """A replication that has not ended."""
    seat = next(store.seats(run.uid, place, last=True), None)
    treatment = "" if seat is None else name_of(read_state(seat.thread.state).get("treatment"))
    status = "running" if status_of(run) == "running" else "stopped"
    return {"place": place, "status": status, "treatment": treatment, "attempt": seat.attempt if seat else 0}


def dialogue(store: RunStore, uid: str, place: int | None) -> list[dict[str, Any]]:
    """The messages of a replication's last attempt, in the order in which they came, as its events have them."""
    seats = list(store.seats(uid, place, last=True))
    said = store.messages([seat.thread.uid for seat in seats])
    found = [
        cut({"place": place, "attempt": seat.attempt, "seat": seat.seat, "thread": seat.thread.uid,
             "message": plain_message(message)})
        for seat in seats for message in said[seat.thread.uid]
    ]  # fmt: skip
    return sorted(found, key=lambda each: each["message"]["time"])


def cut(event: dict[str, Any]) -> dict[str, Any]:
    """An event whose text is not longer than the page shows; its length is beside it."""
    message = event.get("message")
    if isinstance(message, Mapping) and len(str(message.get("text"))) > MOST_TEXT:
        text = str(message["text"])
        return {**event, "message": {**message, "text": text[:MOST_TEXT], "length": len(text)}}
    return event


def built_of(run: Run) -> Built | None:
    """The scenario that a run plays, as its file was then."""
    with contextlib.suppress(EgoError):
        built = run.settings.get("built")
        return read_built(json.dumps(built)) if isinstance(built, Mapping) else None
    return None


def _seats(run: Run) -> list[dict[str, Any]]:
    """The seats in their order: the number that prompts know, and what a person may choose."""
    built = built_of(run)
    seats = () if built is None else built.seats
    return [{"number": each.number, "filter": each.filter.name, "tokens": _choices(each.filter)} for each in seats]


def _choices(reader: Filter) -> list[str]:
    """What a person can choose by a click."""
    answer = json.loads(reader.answer) if reader.answer else {}
    if answer.get("kind") == "choice":
        return [str(each) for each in answer["options"]]
    return ["yes", "no"] if answer.get("kind") == "yes_no" else list(reader.tokens)
