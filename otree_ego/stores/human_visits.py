"""The table of what participants were shown and sent, in sessions where a model may play on for them.

Only these sessions have rows: they are what the model is told when it takes a place. Pages' texts stand once for each
session, in the table of texts that seats use, too.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Mapping
from typing import Any

from sqlalchemy import (
    Boolean,
    Column,
    Float,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    Text,
    and_,
    func,
    select,
)
from sqlalchemy.engine import Connection

from ..messages import clean
from .json_columns import from_json
from .seat_tables import PAGE_TEXTS

HUMAN_VISIT = "otree_ego_human_visit"
SHOWN, SENT, TIMED_OUT = "shown", "sent", "timed out"


def human_visit_table(metadata: MetaData, session_column: str) -> Table:
    """The table of these visits: a row for each page of a participant.

    `digest` names the page's text, `field_keys` (JSON) is under which key a field was asked for, `answers` (JSON) what
    was sent, `chats` (JSON) names the channels of oTree's own chats on the page. `outcome` is ``shown``, ``sent``, or
    ``timed out`` where the page's timer has sent the form. `connects` says whether the page keeps a connection while
    somebody has it open.

    Arguments:
        metadata: oTree's. session_column: what `session_id` refers to (rows go when that row goes).
    """
    return Table(
        HUMAN_VISIT,
        metadata,
        Column("id", Integer, primary_key=True),
        Column("session_id", Integer, ForeignKey(session_column, ondelete="CASCADE"), nullable=False),
        Column("participant", String(50), nullable=False),
        Column("app", String(100), nullable=False),
        Column("page", String(100), nullable=False),
        Column("page_index", Integer, nullable=False),
        Column("digest", String(32), nullable=False),
        Column("field_keys", Text, nullable=False),
        Column("answers", Text, nullable=False),
        Column("outcome", String(20), nullable=False),
        Column("connects", Boolean, nullable=False),
        Column("time", Float, nullable=False),
        Column("ended", Float),
        Column("forgotten", Float),
        Column("chats", Text, nullable=False, server_default=""),
        Index("ix_otree_ego_human_visit_place", "session_id", "participant", "page_index"),
    )


_metadata = MetaData()
Table("otree_session", _metadata, Column("id", Integer, primary_key=True))
HUMAN_VISITS = human_visit_table(_metadata, "otree_session.id")
_H = HUMAN_VISITS.c


def add_shown(c: Connection, session_id: int, visit: Mapping[str, Any]) -> None:
    """Write what a participant was shown; the same page with the same text once more is no other visit.

    Arguments:
        visit: participant, app, page, page_index, digest, title, text, field_keys (a dict), connects; and chats, if it
            has some.
    """
    mine = _place(session_id, visit["participant"], visit["page_index"])
    last = c.execute(select([_H.id, _H.digest]).where(mine).order_by(_H.id.desc()).limit(1)).first()
    if last is not None and last["digest"] == visit["digest"]:
        return
    t = PAGE_TEXTS.c
    known = and_(t.session_id == session_id, t.digest == visit["digest"])
    if c.execute(select([t.id]).where(known)).first() is None:
        text = dict(digest=visit["digest"], title=clean(visit["title"]), text=clean(visit["text"]))
        c.execute(PAGE_TEXTS.insert().values(session_id=session_id, **text))
    names = {name: clean(str(visit[name]))[:100] for name in ("participant", "app", "page")}
    keys = clean(json.dumps(dict(visit["field_keys"]), ensure_ascii=False))
    row = dict(page_index=visit["page_index"], digest=visit["digest"], field_keys=keys, connects=visit["connects"])
    chats = clean(json.dumps(list(visit["chats"]))) if visit.get("chats") else ""
    row |= dict(chats=chats, session_id=session_id, answers="", outcome=SHOWN, time=time.time())
    c.execute(HUMAN_VISITS.insert().values(**names, **row))


def add_sent(c: Connection, session_id: int, participant: str, index: int, answers: Any, outcome: str) -> None:
    """Write what a participant has sent on a page, with which they went on."""
    mine = _place(session_id, participant, index)
    last = c.execute(select([func.max(_H.id)]).where(mine)).scalar()
    if last is not None:
        values = clean(json.dumps(answers, ensure_ascii=False, default=str))
        changed = dict(answers=values, outcome=outcome, ended=time.time())
        c.execute(HUMAN_VISITS.update().where(_H.id == last).values(**changed))


def _place(session_id: int, participant: str, index: int) -> Any:
    return and_(_H.session_id == session_id, _H.participant == participant, _H.page_index == index)


def shown_and_sent(c: Connection, session_id: int, participant: str) -> list[dict[str, Any]]:
    """What a participant has seen and done, oldest first: the columns, with each page's title and text."""
    t = PAGE_TEXTS.c
    same = and_(t.session_id == _H.session_id, t.digest == _H.digest)
    query = select([HUMAN_VISITS, t.title, t.text]).select_from(HUMAN_VISITS.outerjoin(PAGE_TEXTS, same))
    mine = and_(_H.session_id == session_id, _H.participant == participant)
    found = []
    for row in c.execute(query.where(mine).order_by(_H.id)).fetchall():
        read = {
            name: from_json(row[name] or "{}", f"{name} of a page that was shown") for name in ("field_keys", "answers")
        }
        read["chats"] = from_json(row["chats"] or "[]", "chats of a page that was shown")
        found.append({**dict(row), "title": row["title"] or "", "text": row["text"] or "", **read})
    return found


def pages_sent(c: Connection, session_id: int) -> dict[str, int]:
    """How many pages each participant of a session has sent, by code."""
    query = select([_H.participant, func.count(func.distinct(_H.page_index))])
    mine = and_(_H.session_id == session_id, _H.outcome == SENT)
    return {code: int(number) for code, number in c.execute(query.where(mine).group_by(_H.participant))}


def places_sent(c: Connection, session_id: int, participant: str) -> set[int]:
    """The places of the pages that a participant has sent."""
    mine = and_(_H.session_id == session_id, _H.participant == participant, _H.outcome == SENT)
    return {int(index) for (index,) in c.execute(select([_H.page_index]).where(mine))}


def last_connects(c: Connection, session_id: int) -> dict[str, bool]:
    """Whether the last page that each participant was shown keeps a connection, by code."""
    query = select([_H.participant, _H.connects]).where(_H.session_id == session_id).order_by(_H.id)
    return {code: bool(connects) for code, connects in c.execute(query)}


# --- forgetting -----------------------------------------------------------------------------------------------------


def forget_human_visits(c: Connection, session_id: int, now: float, participant: str = "") -> int:
    """Delete what participants have sent, of all or of one, and that they have seen pages; how many rows were changed.

    `seat_forgetting.forget_visits` then deletes the texts of pages that nobody else has seen.
    """
    mine = and_(_H.session_id == session_id, _H.forgotten.is_(None))
    if participant:
        mine = and_(mine, _H.participant == participant)
    empty = dict(answers="", field_keys="{}", chats="")
    return int(c.execute(HUMAN_VISITS.update().where(mine).values(**empty, forgotten=now)).rowcount)


def change_human_visits(c: Connection, session_id: int, change: Callable[[str], str]) -> int:
    """Change what was sent, such as names in it; how many rows were changed."""
    count = 0
    for row in c.execute(select([HUMAN_VISITS]).where(_H.session_id == session_id)).fetchall():
        found = from_json(row["answers"] or "{}", "answers of a page")
        changed = in_all(found, change)
        if changed != found:
            values = json.dumps(changed, ensure_ascii=False)
            c.execute(HUMAN_VISITS.update().where(_H.id == row["id"]).values(answers=values))
            count += 1
    return count


def in_all(value: Any, change: Callable[[str], str]) -> Any:
    """A value with all of its texts changed, but for names of fields."""
    if isinstance(value, dict):
        return {name: in_all(each, change) for name, each in value.items()}
    if isinstance(value, list):
        return [in_all(each, change) for each in value]
    return change(value) if isinstance(value, str) else value
