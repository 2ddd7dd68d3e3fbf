"""What happened to participants besides messages and decisions: told of an AI, debriefed, a comprehension check."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from sqlalchemy import select

from ...stores.table_cells import milliseconds, utc
from ..ai_participants import MarksInTime
from ..export import Verbatim
from ..otree_internals.database import joined_section
from ..otree_internals.models import app_of, page_name_of, page_of, session_id_of
from ..otree_internals.tables import EgoEvent

ROWS = EgoEvent.__table__
COLUMNS = (
    "session", "participant", "participant_label", "participant_ai", "id_in_session", "app", "round", "page",
    "event", "details", "time_utc", "time_ms",
)  # fmt: skip


def note(player: Any, kind: str, about: Mapping[str, Any]) -> None:
    """Write down what happens to a participant on the page where they are, with the page's own transaction."""
    code, index, _ = page_of(player)
    row = dict(
        session_id=session_id_of(player), participant=code, app=app_of(player), round=player.round_number, kind=kind,
        page=page_name_of(player), page_index=index, about=json.dumps(about, ensure_ascii=False), time=time.time(),
    )  # fmt: skip
    with joined_section() as connection:
        connection.execute(ROWS.insert().values(**row))


def noted(player: Any, kind: str) -> list[Any]:
    """What is written of a participant in this player's app, oldest first."""
    mine = (ROWS.c.participant == page_of(player)[0]) & (ROWS.c.kind == kind) & (ROWS.c.app == app_of(player))
    with joined_section() as connection:
        return list(connection.execute(select([ROWS]).where(mine).order_by(ROWS.c.id)))


def custom_export_events(players: Sequence[Any]) -> Iterator[list[Any]]:
    """A row for each time that a participant was told of an AI, debriefed, or answered a comprehension check.

    Arguments:
        players: as oTree hands them to a custom export.

    Columns: `COLUMNS`, which docs/data.md describes; `details` is JSON.
    """
    yield list(COLUMNS)
    sessions = {player.session_id: player.session.code for player in players}
    if not sessions:
        return
    app, people = app_of(players[0]), {player.participant.code: player.participant for player in players}
    marks = MarksInTime(people.values())
    with joined_section() as connection:
        mine = ROWS.c.session_id.in_(list(sessions)) & (ROWS.c.app == app)
        found = list(connection.execute(select([ROWS]).where(mine).order_by(ROWS.c.id)))
    for row in found:
        person = people.get(row["participant"])
        yield [
            sessions[row["session_id"]], row["participant"], person.label if person else "",
            marks.at(row["participant"], row["time"]), person.id_in_session if person else "", row["app"], row["round"],
            row["page"], row["kind"], Verbatim(row["about"]), utc(row["time"]), milliseconds(row["time"]),
        ]  # fmt: skip
