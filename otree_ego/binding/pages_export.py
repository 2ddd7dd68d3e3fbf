"""The export *Pages*: who has sent which page, a model or a person, in sessions where models play participants."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from sqlalchemy import select
from sqlalchemy.engine import Connection

from ..stores.human_visits import HUMAN_VISITS
from ..stores.seat_tables import VISITS, seats_of_session
from ..stores.table_cells import amount, milliseconds, utc
from .ai_participants import MarksInTime
from .export import Verbatim
from .otree_internals.database import joined_section

COLUMNS = (
    "session", "participant", "participant_label", "participant_ai", "id_in_session", "app", "page", "page_number",
    "played_by", "why", "model", "outcome", "answers", "errors", "said", "reason", "note", "model_replies",
    "tokens_in", "tokens_out", "cost_usd", "shown_utc", "shown_ms", "left_utc", "left_ms", "forgotten_utc",
)  # fmt: skip
MODEL, PERSON = "model", "person"


def custom_export_pages(players: Sequence[Any]) -> Iterator[list[Any]]:
    """A row for each page that a model has seen for a participant, and for each that a person has seen where a model
    may play on for them.

    Arguments:
        players: as oTree hands them to a custom export.

    Columns: `COLUMNS`, which docs/data.md describes; `answers`, `errors` and `said` are JSON.
    """
    yield list(COLUMNS)
    people = {player.participant.code: player.participant for player in players}
    sessions = {player.session_id: player.session.code for player in players}
    marks = MarksInTime(people.values())
    with joined_section() as connection:
        found = [row for number in sorted(sessions) for row in _rows(connection, number)]
    for row in found:
        person = people.get(row["participant"])
        if person is not None:
            yield [
                sessions[person.session_id],
                person.code,
                person.label,
                marks.of_page(person.code, row["played_by"] == MODEL),
                person.id_in_session,
                *_cells(row),
            ]


def _rows(c: Connection, session_id: int) -> list[dict[str, Any]]:
    """A session's pages, participant by participant in the order in which they were shown."""
    seats: defaultdict[str, list[Any]] = defaultdict(list)
    for seat in seats_of_session(c, session_id):
        seats[seat["participant"]].append(seat)
    found = []
    for row in c.execute(select([VISITS]).where(VISITS.c.session_id == session_id)):
        played = _seat(seats[row["player"]], row["page_index"])
        about = {"why": played["why"], "model": played["model"]} if played else {}
        found.append({**dict(row), **about, "participant": row["player"], "played_by": MODEL})
    for row in c.execute(select([HUMAN_VISITS]).where(HUMAN_VISITS.c.session_id == session_id)):
        sent = json.dumps([json.loads(row["answers"])], ensure_ascii=False) if row["answers"] else "[]"
        found.append({**dict(row), "answers": sent, "begun": row["time"], "played_by": PERSON})
    return sorted(found, key=lambda row: (row["participant"], row["begun"]))


def _seat(seats: Sequence[Any], index: int) -> Any:
    """In which of a participant's stretches a page lies; the last one of them."""
    mine = [row for row in seats if row["from_index"] <= index]
    return mine[-1] if mine else seats[-1] if seats else None


def _cells(row: Mapping[str, Any]) -> list[Any]:
    texts = [Verbatim(row.get(name) or "[]") for name in ("answers", "errors", "said")]
    texts += [Verbatim(row.get(name) or "") for name in ("reason", "note")]
    return [
        row["app"], row["page"], row["page_index"], row["played_by"], row.get("why", ""), row.get("model", ""),
        row["outcome"], *texts, row.get("replies"), row.get("tokens_in"), row.get("tokens_out"),
        amount(row.get("cost")), utc(row["begun"]), milliseconds(row["begun"]), utc(row["ended"]),
        milliseconds(row["ended"]), utc(row["forgotten"]),
    ]  # fmt: skip
