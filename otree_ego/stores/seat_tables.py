"""The tables of seats in oTree's databases: whom a model plays, from which page to which, what it saw and did."""

from __future__ import annotations

import time
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from typing import Any

from sqlalchemy import Column, Float, ForeignKey, Index, Integer, MetaData, String, Table, Text, and_, select
from sqlalchemy.engine import Connection

from ..messages import clean
from .json_columns import from_json
from .visit_tables import IN_JSON, PAGE_TEXT, VISIT, visit_columns, visit_values

AI_SEAT = "otree_ego_ai_seat"
PLAYING, STOPPED, RELEASED, ENDED = "playing", "stopped", "released", "ended"
OPEN = (PLAYING, STOPPED)


def seat_table(metadata: MetaData, session_column: str) -> Table:
    """The table of seats: a row for each stretch of pages of a participant that a model plays.

    `why` says how it came to that, `status` whether it still plays, `note` why it does not. `thread` is the uid of the
    model's Thread. `from_index` is the first page that is the model's, `until_index` the first that is not any more.

    Arguments:
        metadata: oTree's. session_column: what `session_id` refers to (rows go when that row goes).
    """
    return Table(
        AI_SEAT,
        metadata,
        Column("id", Integer, primary_key=True),
        Column("session_id", Integer, ForeignKey(session_column, ondelete="CASCADE"), nullable=False, index=True),
        Column("participant", String(50), nullable=False, index=True),
        Column("why", String(20), nullable=False),
        Column("status", String(20), nullable=False, index=True),
        Column("model", String(300), nullable=False),
        Column("persona", Text, nullable=False),
        Column("thread", String(32), nullable=False),
        Column("from_index", Integer, nullable=False),
        Column("until_index", Integer),
        Column("note", Text, nullable=False),
        Column("since", Float, nullable=False),
        Column("ended", Float),
    )


def session_visit_table(metadata: MetaData, session_column: str) -> Table:
    """The table of visits as `visit_tables` has it, of oTree's sessions: `player` is a participant's code."""
    session = ForeignKey(session_column, ondelete="CASCADE")
    belongs: Column[Any] = Column("session_id", Integer, session, nullable=False)
    index = Index("ix_otree_ego_visit_session", "session_id", "player", "number")
    return Table(
        VISIT, metadata, Column("id", Integer, primary_key=True), belongs, *visit_columns(), Column("forgotten", Float),
        index,
    )  # fmt: skip


def session_page_text_table(metadata: MetaData, session_column: str) -> Table:
    """The table of pages' texts, once for each session."""
    return Table(
        PAGE_TEXT,
        metadata,
        Column("id", Integer, primary_key=True),
        Column("session_id", Integer, ForeignKey(session_column, ondelete="CASCADE"), nullable=False),
        Column("digest", String(32), nullable=False),
        Column("title", Text, nullable=False),
        Column("text", Text, nullable=False),
        Index("ix_otree_ego_page_text_session", "session_id", "digest", unique=True),
    )


_metadata = MetaData()
Table("otree_session", _metadata, Column("id", Integer, primary_key=True))
SEATS = seat_table(_metadata, "otree_session.id")
VISITS = session_visit_table(_metadata, "otree_session.id")
PAGE_TEXTS = session_page_text_table(_metadata, "otree_session.id")


# --- seats ----------------------------------------------------------------------------------------------------------


def add_seats(c: Connection, session_id: int, seats: Sequence[Mapping[str, Any]]) -> None:
    """Write that models play participants from now on.

    Arguments:
        seats: for each `participant` (its code), `why` and `from_index`, and what else is known.
    """
    usual = dict(status=PLAYING, model="", persona="", thread="", note="", since=time.time(), session_id=session_id)
    if seats:
        c.execute(SEATS.insert(), [{**usual, **each, "persona": clean(each.get("persona", ""))} for each in seats])


def open_seat(c: Connection, participant: str) -> Any:
    """The row of a participant that a model plays now; None if none does."""
    mine = and_(SEATS.c.participant == participant, SEATS.c.status.in_(OPEN))
    return c.execute(select([SEATS]).where(mine).order_by(SEATS.c.id.desc())).first()


def open_seats(c: Connection) -> list[Any]:
    """The rows of all participants that models play now."""
    return list(c.execute(select([SEATS]).where(SEATS.c.status.in_(OPEN)).order_by(SEATS.c.id)).fetchall())


def change_seat(c: Connection, row_id: int, **values: Any) -> None:
    """Write some columns of a seat."""
    if "note" in values:
        values["note"] = clean(values["note"])
    c.execute(SEATS.update().where(SEATS.c.id == row_id).values(**values))


def seats_of_session(c: Connection, session_id: int) -> list[Any]:
    """All seats that a session has or had."""
    return list(c.execute(select([SEATS]).where(SEATS.c.session_id == session_id).order_by(SEATS.c.id)).fetchall())


def stretches_of(c: Connection, session_ids: Collection[int], why: str) -> dict[str, list[Any]]:
    """The stretches in which models played participants of some sessions, by the participants' codes.

    Arguments:
        why: how it came to that.
    """
    mine = and_(SEATS.c.session_id.in_(sorted(session_ids)), SEATS.c.why == why)
    found: dict[str, list[Any]] = {}
    for row in c.execute(select([SEATS]).where(mine).order_by(SEATS.c.id)):
        found.setdefault(row["participant"], []).append(row)
    return found


# --- visits ---------------------------------------------------------------------------------------------------------


def add_session_visits(c: Connection, session_id: int, visits: Iterable[Mapping[str, Any]]) -> None:
    """Write visits that have ended; one that is written is passed over.

    Arguments:
        visits: as `Visit.row` gives them; `player` is the participant's code.
    """
    for visit in visits:
        v, t = VISITS.c, PAGE_TEXTS.c
        same = and_(v.session_id == session_id, v.player == visit["player"], v.number == visit["number"])
        if c.execute(select([v.id]).where(same)).first() is not None:
            continue
        if (
            c.execute(select([t.id]).where(and_(t.session_id == session_id, t.digest == visit["digest"]))).first()
            is None
        ):
            new = dict(digest=visit["digest"], title=clean(visit["title"]), text=clean(visit["text"]))
            c.execute(PAGE_TEXTS.insert().values(session_id=session_id, **new))
        c.execute(VISITS.insert().values(session_id=session_id, **visit_values(visit)))


def visits_of_session(c: Connection, session_id: int) -> Iterator[dict[str, Any]]:
    """The visits of a session's seats: participant by participant, each one's pages in order."""
    t = PAGE_TEXTS.c
    same = and_(t.session_id == VISITS.c.session_id, t.digest == VISITS.c.digest)
    query = select([VISITS, t.title, t.text]).select_from(VISITS.outerjoin(PAGE_TEXTS, same))
    for row in c.execute(query.where(VISITS.c.session_id == session_id).order_by(VISITS.c.player, VISITS.c.id)):
        found: dict[str, Any] = {
            str(name): value for name, value in dict(row).items() if name not in ("id", "forgotten")
        }
        yield {**found, **{name: from_json(found[name], f"{name} of a visit") for name in IN_JSON}}


def last_number(c: Connection, session_id: int, player: str) -> int:
    """How many visits of a participant are written."""
    mine = and_(VISITS.c.session_id == session_id, VISITS.c.player == player)
    return int(c.execute(select([VISITS.c.number]).where(mine).order_by(VISITS.c.id.desc()).limit(1)).scalar() or 0)
