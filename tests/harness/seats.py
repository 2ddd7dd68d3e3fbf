"""Sessions in which models play some of the participants, and one who plays the others over HTTP."""

from __future__ import annotations

import json
from typing import Any

from .admin import Session
from .database import attempts
from .server import Server
from .walks import spoken

MODEL = "gpt-6-luna"


def chatty(body: Any) -> Any:
    """What a seat's model says: as `spoken`, but it says something in a chat once, and then leaves it."""
    text = spoken(body)
    schema = json.dumps(body.get("response_format") or {})
    if '"leave"' not in schema:
        return text
    answer = json.loads(text)
    own = answer.get("answer") if isinstance(answer.get("answer"), dict) else answer
    said_before = sum(
        '"message"' in str(each.get("content")) for each in body["messages"] if each["role"] == "assistant"
    )
    own.update(message=None if said_before else "Hello from a seat.", leave=True)
    return json.dumps(answer)


def seats_of(server: Server, session: Session) -> list[dict[str, Any]]:
    """The rows of a session's seats, oldest first."""
    query = (
        "SELECT s.participant, s.why, s.status, s.model, s.persona, s.from_index, s.until_index, s.note "
        "FROM otree_ego_ai_seat s JOIN otree_session o ON o.id = s.session_id "
        f"WHERE o.code = '{session.code}' ORDER BY s.id"
    )
    return server.database.query(query)


def visits_of(server: Server, code: str) -> list[dict[str, Any]]:
    """What is recorded of a participant's pages while a model played it, in order."""
    names = "number, page, page_index, outcome, answers, errors, said, note, replies"
    return server.database.query(f"SELECT {names} FROM otree_ego_visit WHERE player = '{code}' ORDER BY number")


def where(server: Server, code: str) -> int:
    """The place of the page where a participant is."""
    (row,) = server.database.query(f"SELECT _index_in_pages FROM otree_participant WHERE code = '{code}'")
    return int(row["_index_in_pages"])


def until_status(server: Server, session: Session, status: str, number: int) -> list[dict[str, Any]]:
    """Wait until so many seats of a session have a status; all its seats."""
    for _ in attempts():
        found = seats_of(server, session)
        if sum(each["status"] == status for each in found) >= number:
            return found
    raise TimeoutError(f"The seats are: {seats_of(server, session)}\n{server.log[-3000:]}")


def until_end(server: Server, session: Session) -> list[dict[str, Any]]:
    """Wait until all seats of a session are through; their rows."""
    return until_status(server, session, "ended", len(seats_of(server, session)))
