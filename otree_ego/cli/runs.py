"""List the experiments that a store has recorded, the newest last: how far they are, and what they cost."""

from __future__ import annotations

import argparse
import json
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from ..display import utc, when
from .shared.run_store import (
    USUAL,
    add_otree,
    add_store,
    ago,
    dollars,
    nothing_yet,
    opened,
    progress_of,
    state_of,
)
from .shared.terminal import line, painted, plain, table, width, wrapped

if TYPE_CHECKING:
    from ..stores import Run, Totals

HELP = "list the experiments that were run here"
HEADS = ("started", "", "id", "name", "kind", "status", "done", "tainted", "failed", "cost")
PAINT = {"done": "green", "running": "cyan", "stopped": "yellow", "failed": "red"}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """--store, --json."""
    add_store(parser)
    add_otree(parser)
    parser.add_argument("--json", action="store_true", help="print JSON, with whole ids and times in UTC")


def run(options: argparse.Namespace) -> int:
    """Do it."""
    if nothing_yet(options):
        print("[]" if options.json else f"There is no store here yet: the first experiment makes {USUAL}.")
        return 0
    with opened(options) as store:
        found = [(each, store.totals(each.uid)) for each in store.runs()]
        where = store.shown
    if options.json:
        print(json.dumps([_machine(*each) for each in found], indent=2))
    elif not found:
        print(f"{plain(where)} has no experiments yet.")
    else:
        _show(found)
    return 0


def _show(found: list[tuple[Run, Totals]]) -> None:
    rows = []
    for each, totals in found:
        status, _ = state_of(each)
        counts = (str(totals.tainted or "-"), str(totals.failed or "-"), dollars(totals.cost, totals.unpriced))
        rows.append(
            (when(each.created), ago(each.created), each.uid[:8], line(each.name) or "-", line(each.kind), line(status),
             progress_of(each, totals), *counts)
        )  # fmt: skip
    head, *lines = table(HEADS, rows, right=(6, 7, 8, 9), shrink=3, drop=(1, 4, 0), paint=PAINT)
    print(head)
    for text, (each, _) in zip(lines, found, strict=True):
        print(text)
        for note in wrapped(state_of(each)[1], width() - 4) if state_of(each)[1] else ():
            print("    " + painted(note, "dim"))


def _machine(each: Run, totals: Totals) -> dict[str, Any]:
    status, note = state_of(each)
    named = dict(id=each.uid, name=each.name, kind=each.kind, status=status, note=note, planned=each.planned)
    times = dict(started=utc(each.created, "seconds"), ended=None if each.ended is None else utc(each.ended, "seconds"))
    return {**named, **times, **asdict(totals), "source": dict(each.source)}
