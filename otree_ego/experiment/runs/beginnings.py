"""The run of a plan: a new one, or the one that has its answers; and what is left to do of it."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from typing import Any

from ...errors import ConfigError
from ...stores import Run, RunStore
from ...stores.run_search import answered_by_fallbacks, runs_of_design, runs_of_kind
from ..cell_records import cells_of_record
from .cell_places import CELLS, CellPlaces
from .code_changes import CODE, DEVIATIONS, as_settings, blocked, deviation, told
from .jobs import Job, Plan
from .options import COMMAND_LINE, CommandLine, RunOptions
from .origin import digest, origin
from .progress import Progress
from .resuming import close_recorded

IDENTITY = "_identity"
"""Under this name a run's settings have the digest of what is asked in it; its design is described as it always was."""


def begun(plan: Plan, options: RunOptions, store: RunStore) -> tuple[Run, Plan, list[Job]]:
    """The run of a plan, new or resumed, the plan with its places in it, and what is left to do.

    Raises:
        RunError: another process is at work on it.
        ConfigError: it is another experiment than the run that is to be resumed, or its code has changed.
    """
    design = digest_of(plan)
    before = _before(plan, options, store, design)
    if before is None:
        said = COMMAND_LINE.get() or CommandLine()
        source = {**origin(), **plan.source, **said.source}
        kept, settled = _placed(plan, CellPlaces())
        code = {} if plan.code is None else as_settings(plan.code)
        settings = {**plan.prepared(None), **kept, **code, IDENTITY: design}
        new = Run(
            said.name or plan.name,
            plan.kind,
            design if plan.former is None else _former(plan),
            plan.total,
            settings,
            source,
        )
        before = store.begin(new, fresh=True if options["changed_code"] == "new" else options["fresh"])
        if before.uid == new.uid:
            return before, settled, list(settled.jobs())
    return _resumed(plan, options, store, before, design)


def digest_of(plan: Plan) -> str:
    """What makes a plan's run this one; for cells, what is asked in all of them, in whatever order."""
    cells = sorted(map(str, plan.cells))
    return digest({"kind": plan.kind, "cells": cells} if cells else {"kind": plan.kind, **plan.design})


# --- finding it -------------------------------------------------------------------------------------------------------


def _before(plan: Plan, options: RunOptions, store: RunStore, design: str) -> Run | None:
    """The run that is to be resumed, if there is one."""
    # `ego resume` means one run, whatever came after it.
    wanted = (COMMAND_LINE.get() or CommandLine()).resume
    if not wanted:
        return None if options["fresh"] else _found(plan, options, store, design)
    meant = store.get(wanted)
    if _is_exactly(plan, meant, design):
        return meant
    other = _found(plan, options, store, design, exactly=True)
    if other is not None and other.status == "done" and other.planned >= plan.total:
        return other  # the script begins it before the one that is meant, and it has all its answers
    if _shared(plan, meant, store):
        return meant
    raise ConfigError(
        f"The run {meant.uid[:8]} ({meant.name}) was another experiment: its prompt, levels, model or settings "
        "are not those of the script as it is now. Run the script itself to begin a new run."
    )


def _found(plan: Plan, options: RunOptions, store: RunStore, design: str, exactly: bool = False) -> Run | None:
    """The latest run of a plan; where its code has changed, that of the same code."""
    runs = runs_of_design(store, design, *([_former(plan)] if plan.former is not None else ()))
    known = {run.uid for run in runs}
    alike = (run for run in runs_of_kind(store, plan.kind) if run.settings.get(IDENTITY) == design)
    runs = sorted([*runs, *(run for run in alike if run.uid not in known)], key=lambda run: -run.created)
    if plan.code is not None and runs:
        same = [run for run in runs if plan.code.stops.isdisjoint(plan.code.changes(run.settings.get(CODE)))]
        runs = same or ([] if options["changed_code"] == "new" and not exactly else runs)
    if runs or exactly:
        return runs[0] if runs else None
    if not plan.cells:
        return None
    return next((run for run in runs_of_kind(store, plan.kind) if _shared(plan, run, store)), None)


def _former(plan: Plan) -> str:
    return digest({"kind": plan.kind, **(plan.former or {})})


def _is_exactly(plan: Plan, run: Run, design: str) -> bool:
    return (
        run.settings.get(IDENTITY) == design
        or run.design == design
        or (plan.former is not None and run.design == _former(plan))
    )


def _shared(plan: Plan, run: Run, store: RunStore) -> int:
    """How many cells a plan has in common with a run."""
    return _cells_in(run, plan, store).shares(plan.cells) if plan.cells and run.kind == plan.kind else 0


def _cells_in(run: Run, plan: Plan, store: RunStore) -> CellPlaces:
    if CELLS in run.settings:
        return CellPlaces.from_settings(run.settings[CELLS])
    # It was begun by an earlier version, which ran through all cells again and again.
    if plan.former is not None and run.design == _former(plan):
        cells = list(plan.cells)
    else:
        seat = next(store.seats(run.uid), None)
        uid = "" if seat is None else seat.thread.uid
        cells = cells_of_record(run.settings, store.messages([uid])[uid] if uid else [])
    return CellPlaces([(cells, -(-run.planned // len(cells)))] if cells else [])


# --- taking it up -----------------------------------------------------------------------------------------------------


def _placed(plan: Plan, known: CellPlaces) -> tuple[dict[str, Any], Plan]:
    """What a run's settings keep of a plan's places, and the plan with them."""
    if not plan.cells:
        return {}, plan
    places = known.place(plan.cells, plan.times)
    return {CELLS: known.as_settings()}, plan.placed(places)


def _resumed(plan: Plan, options: RunOptions, store: RunStore, before: Run, design: str) -> tuple[Run, Plan, list[Job]]:
    progress = Progress(0, show=options["progress"])
    kept, plan = _placed(plan, _cells_in(before, plan, store))
    again = _to_ask_again(plan, store, before)
    jobs = _open_jobs(plan, store, before.uid, again)
    settings = {**_unplanned(before), **plan.prepared(before.settings), **kept, IDENTITY: design}
    settings.update(_code_changed(plan, options, before, jobs, progress))
    if not jobs:
        if settings != before.settings:
            store.update(before.uid, settings=settings)
        progress.tell(
            f"All {plan.total} replications are in {store.shown} (run {before.uid[:8]}): nothing is asked again. "
            "fresh=True asks anew."
        )
        if before.status != "done" and plan.total >= before.planned:  # its process ended before it could say so
            store.claim(before.uid)
            store.end(before.uid, "done")
        return before, plan, []
    run = store.claim(before.uid, max([plan.total, *(place + 1 for place in plan.places)]))
    store.update(run.uid, settings=settings)
    jobs = _open_jobs(plan, store, run.uid, again)  # once more: until now another process may have been at work
    if plan.read_record is not None:
        jobs = close_recorded(store, run.uid, jobs, plan.read_record, again, plan.fallbacks)
    there = plan.total - len(jobs)
    progress.tell(f"Going on with run {run.uid[:8]}: {there} of {plan.total} replications are in {store.shown}.")
    if again:
        progress.tell(f"{len(again)} of the others had an answer that is asked for again.")
    return run, plan, jobs


def _unplanned(run: Run) -> dict[str, Any]:
    """What the settings of a run have beside those of its plan."""
    return {name: held for name, held in run.settings.items() if name in (CODE, DEVIATIONS)}


def _code_changed(plan: Plan, options: RunOptions, before: Run, jobs: list[Job], progress: Progress) -> dict[str, Any]:
    """What a run's settings keep of the code now; says what has changed.

    Raises:
        ConfigError: what has changed is the experimenter's to decide on.
    """
    if plan.code is None:
        return {}
    known = before.settings.get(CODE)
    changes = plan.code.changes(known)
    blocked(changes, plan.code, options["changed_code"], before, len(jobs))
    parts = as_settings(plan.code)[CODE]
    if not jobs:  # nothing was played with the code as it is now
        parts = {**parts, **{what: held for what, held in (known or {}).items() if what in plan.code.stops}}
    found: dict[str, Any] = {CODE: parts}
    if noted := {what: names for what, names in changes.items() if jobs or what not in plan.code.stops}:
        found[DEVIATIONS] = [*before.settings.get(DEVIATIONS, ()), deviation(noted, [job.place for job in jobs])]
    for sentence in told(changes, before, bool(jobs)):
        progress.tell(sentence)
    return found


def _to_ask_again(plan: Plan, store: RunStore, run: Run) -> set[int]:
    """Places whose answer is there, but no answer to the design as it is now."""
    wanted = set(plan.places or range(plan.total))
    done = {place for place, (status, _) in store.places(run.uid).items() if status == "done"} & wanted
    found = done & answered_by_fallbacks(store, run.uid, plan.fallbacks) if done else set()
    return found | (plan.invalid(store, run, done - found) if plan.invalid is not None and done else set())


def _open_jobs(plan: Plan, store: RunStore, run: str, again: Collection[int]) -> list[Job]:
    """What of a plan is to be done, each as the attempt that comes next."""
    places = store.places(run)
    found = []
    for job in plan.jobs():
        status, attempt = places.get(job.place, ("open", 0))
        if status != "done" or job.place in again:
            found.append(replace(job, attempt=attempt + 1))
    return found
