"""Finding runs, and what of them is of a kind."""

from __future__ import annotations

import os
import socket
import time
from collections.abc import Collection, Iterator
from dataclasses import dataclass

from sqlalchemy import and_, func, or_, select

from .holding import FRESH, is_alive
from .journal import RUNS, SEATS
from .rows import MESSAGES
from .run_rows import Run, run_of
from .runs import STOPPING, RunStore


def runs_of_design(store: RunStore, *designs: str) -> list[Run]:
    """The runs of some designs, the latest first."""
    query = select([RUNS]).where(RUNS.c.design.in_(designs)).order_by(RUNS.c.id.desc())
    with store.transaction() as c:
        return [run_of(row) for row in c.execute(query).fetchall()]


def runs_of_kind(store: RunStore, kind: str) -> Iterator[Run]:
    """The runs of a kind, the latest first."""
    with store.transaction() as c:
        uids = [uid for (uid,) in c.execute(select([RUNS.c.uid]).where(RUNS.c.kind == kind).order_by(RUNS.c.id.desc()))]
    for uid in uids:
        yield store.get(uid)


def is_left(run: Run) -> bool:
    """Whether a run says that it is under way, and nobody works on it any more."""
    if run.status not in ("running", STOPPING):
        return False
    now = time.time()
    if not run.holder or run.holder.startswith(f"{socket.gethostname()}:{os.getpid()}:"):
        return now - run.beat > FRESH
    return not is_alive(run.holder, run.beat, now)


@dataclass(frozen=True)
class Snapshot:
    """A service's own name of a model, which has answered in a run.

    Fields:
        model: the name asked for. name: the service's own. first_place: of the first replication that has it.
    """

    model: str
    name: str
    first_place: int


def snapshots_of(store: RunStore, run: str) -> list[Snapshot]:
    """Which snapshots have answered in a run, in order of time."""
    m = MESSAGES.c
    asked = func.coalesce(func.nullif(m.author, ""), m.model).label("asked")
    query = (
        select([asked, m.model_answered, func.min(SEATS.c.place), func.min(m.time).label("since")])
        .where(and_(m.thread == SEATS.c.thread, SEATS.c.run == run, m.role == "assistant", m.model_answered != ""))
        .where(m.status.in_(("complete", "partial")))
    )
    with store.transaction() as c:
        rows = c.execute(query.group_by(asked, m.model_answered).order_by("since")).fetchall()
    return [Snapshot(str(model), str(name), place) for model, name, place, _ in rows]


def answered_by_fallbacks(store: RunStore, run: str, declared: Collection[str]) -> set[int]:
    """Places in whose last attempt a fallback answered that is not declared.

    Arguments:
        store, run: which run. declared: models and texts.
    """
    m, other = MESSAGES.c, SEATS.alias()
    last = select([func.max(other.c.attempt)]).where(and_(other.c.run == SEATS.c.run, other.c.place == SEATS.c.place))
    known = list(declared)
    by_text = and_(m.finish_reason == "fallback", m.text.notin_(known))
    by_model = and_(
        or_(m.finish_reason.is_(None), m.finish_reason != "fallback"),
        m.author != "", m.model != "", m.author != m.model, m.author.notin_(known),
    )  # fmt: skip
    query = select([SEATS.c.place]).distinct().where(
        and_(
            m.thread == SEATS.c.thread, SEATS.c.run == run, SEATS.c.attempt == last.as_scalar(),
            m.role == "assistant", m.status.in_(("complete", "partial")), or_(by_text, by_model),
        )
    )  # fmt: skip
    with store.transaction() as c:
        return {place for (place,) in c.execute(query)}


def places_with_words(store: RunStore, run: str, words: str) -> list[int]:
    """Places in whose last attempt somebody answered with these words, capitals or not.

    Arguments:
        store, run: which run. words: a part of an answer.
    """
    m, other, wanted = MESSAGES.c, SEATS.alias(), words.casefold()
    last = select([func.max(other.c.attempt)]).where(and_(other.c.run == SEATS.c.run, other.c.place == SEATS.c.place))
    query = select([SEATS.c.place, m.text]).where(
        and_(
            m.thread == SEATS.c.thread, SEATS.c.run == run, SEATS.c.attempt == last.as_scalar(), m.role == "assistant"
        )
    )  # fmt: skip
    with store.transaction() as c:
        return sorted({place for place, text in c.execute(query) if wanted in str(text).casefold()})
