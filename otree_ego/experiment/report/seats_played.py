"""Participants of an oTree session whom models have played: from where to where, and who decided what."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import select
from sqlalchemy.engine import Connection

from ...display import when
from ...stores import Run, RunStore
from ...stores.human_visits import HUMAN_VISITS
from ...stores.otree_tables import people_of, table_of
from ...stores.schema import EVENT
from ...stores.seat_tables import VISITS, seats_of_session
from ..otree_sessions import OTreeStore
from .parts import Table

WHY = {"seat": "a seat from the start", "fill": "had not come", "takeover": "had left"}
HAPPENED = (
    "taken over", "came back", "stayed out", "answered too late", "group filled", "group given up",
)  # fmt: skip
"""The kinds of events of `otree_ego.binding.takeover`."""
DECIDED = {"sent": 1, "timed out": 2, "late": 3}
"""The columns of the second table that a visit's outcome counts in."""


def played_tables(store: RunStore, run: Run) -> list[Table]:
    """The tables of a run that is a session of oTree's; none of another one."""
    if not isinstance(store, OTreeStore):
        return []
    number = store.session_id(run.uid)
    with store.as_it_is() as connection:
        return seat_tables(connection, number)


def seat_tables(c: Connection, session_id: int) -> list[Table]:
    """The tables of a session's seats and takeovers; none if models have played no participant."""
    seats = seats_of_session(c, session_id)
    happened = _happened(c, session_id)
    if not (seats or happened):
        return []
    names = {each.code: f"P{each.number}" + f" ({each.label})" * bool(each.label) for each in people_of(c, session_id)}
    pages = _pages(c, session_id)
    found = [_stretches(seats, names, pages), _decided(c, session_id, seats, names)]
    return [*found, _events(happened, names)] if happened else found


def _stretches(seats: Sequence[Any], names: Mapping[str, str], pages: Mapping[int, str]) -> Table:
    rows = []
    for row in seats:
        until = row["until_index"]
        last = "" if until is None else pages.get(until, f"page {until}")
        first = pages.get(row["from_index"], f"page {row['from_index']}")
        who = names.get(row["participant"], row["participant"])
        rows.append([who, WHY.get(row["why"], row["why"]), row["model"], first, last, row["status"], row["note"]])
    return Table(
        "Participants whom models have played",
        ["participant", "why", "model", "from page", "until before page", "is now", "note"],
        rows,
        "Pages by app and number in the session. A participant who was taken over more than once has several rows.",
    )


def _decided(c: Connection, session_id: int, seats: Sequence[Any], names: Mapping[str, str]) -> Table:
    counts = {row["participant"]: Counter[int]() for row in seats}
    for code, outcome in c.execute(
        select([VISITS.c.player, VISITS.c.outcome]).where(VISITS.c.session_id == session_id)
    ):
        if code in counts and outcome in DECIDED:
            counts[code][DECIDED[outcome]] += 1
    h = HUMAN_VISITS.c
    query = select([h.participant, h.page_index, h.outcome]).where(h.session_id == session_id)
    for code, _, outcome in c.execute(query.distinct()):
        if code in counts and outcome in ("sent", "timed out"):
            counts[code][4 if outcome == "sent" else 5] += 1
    return Table(
        "Who decided what",
        ["participant", "pages sent by a model", "by the timer", "answers of a model that came too late",
         "pages sent by the person", "by their timer"],
        [[names.get(code, code), *(count[n] for n in range(1, 6))] for code, count in counts.items()],
        "Too late: somebody else, the page's timer or the experimenter had moved the participant on before. What "
        "people send is counted in sessions with ego_takeover_after only.",
    )  # fmt: skip


def _happened(c: Connection, session_id: int) -> list[Any]:
    table = table_of(c, EVENT)
    mine = (table.c.session_id == session_id) & table.c.kind.in_(HAPPENED)
    return list(c.execute(select([table]).where(mine).order_by(table.c.id)).fetchall())


def _events(happened: Sequence[Any], names: Mapping[str, str]) -> Table:
    rows = []
    for row in happened:
        about = json.loads(row["about"] or "{}")
        said = ", ".join(f"{key.replace('_', ' ')}: {_said(value, names)}" for key, value in about.items())
        page = f"{row['app']}.{row['page']}".strip(".")
        rows.append([when(row["time"]), names.get(row["participant"], row["participant"]), row["kind"], page, said])
    return Table("What happened", ["time", "participant", "event", "page", "details"], rows)


def _said(value: Any, names: Mapping[str, str]) -> str:
    if isinstance(value, list):
        return " ".join(names.get(str(each), str(each)) for each in value)
    return str(value)


def _pages(c: Connection, session_id: int) -> dict[int, str]:
    """What pages are called, by their places, as far as somebody was seen there."""
    found: dict[int, str] = {}
    for table in (HUMAN_VISITS, VISITS):
        columns = [table.c.page_index, table.c.app, table.c.page]
        for index, app, page in c.execute(select(columns).where(table.c.session_id == session_id).distinct()):
            if page:
                found[index] = f"{app}.{page} ({index})"
    return found
