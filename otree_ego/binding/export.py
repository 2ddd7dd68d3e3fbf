"""All messages as a table: ``from otree_ego import custom_export`` in an app's module puts it on oTree's Data page."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from sqlalchemy import bindparam, select

from ..stores.rows import MESSAGES, THREADS, prepared, to_row
from ..stores.table_cells import amount, milliseconds, problem, utc
from ..threads.question_turns import QUESTION
from .ai_participants import MarksInTime
from .chats.open_rooms import under_way
from .links.owners import parse_owner
from .otree_internals import unwritten
from .otree_internals.database import joined_section
from .otree_internals.models import app_of

ABOUT = (
    "session",
    "participant",
    "participant_label",
    "participant_ai",
    "id_in_session",
    "app",
    "round",
    "group",
    "id_in_group",
    "thread",
    "attached_to",
    "thread_name",
    "seat",
    "thread_type",
    "thread_closed_utc",
    "thread_replaced_by",
    "asked_in",
)
_AI = ABOUT.index("participant_ai")
ROW = {
    "seq": "message_number", "role": "role", "author": "author", "text": "text", "status": "status",
    "hidden": "hidden", "model": "model", "model_answered": "model_answered", "temperature": "temperature",
    "reasoning_effort": "reasoning_effort", "not_in_force": "parameters_not_used", "params": "parameters",
    "seed": "seed", "tokens_in": "tokens_in", "tokens_out": "tokens_out", "tokens_reasoning": "tokens_reasoning",
    "cost": "cost_usd", "latency": "latency_seconds", "first_token": "first_token_seconds",
    "finish_reason": "finish_reason", "attempts": "requests", "error": "error_type", "error_text": "error",
    "trouble": "failed_requests", "characters_delivered": "characters_delivered",
}  # fmt: skip
"""What is kept of a message, and the name of its column."""
OF_PARAMS = ("temperature", "reasoning_effort", "not_in_force")
"""Parameters that have a column of their own; `parameters` has them all."""
ANSWER = ("answer", "answer_reasoning")
FORGOTTEN = ("forgotten_utc", "pseudonymised_utc")
"""When the texts of a row were deleted, or names in them replaced."""
TIMES = ("asked", "first_piece", "completed", "delivered")
"""When a reply was asked for, when its first piece came, when it was complete, and when a page had been sent it."""
COLUMNS = (
    *ABOUT, *ROW.values(), "time_utc", "time_ms", "message_id", *ANSWER, *FORGOTTEN,
    *(f"{name}_{unit}" for name in TIMES for unit in ("utc", "ms")),
)  # fmt: skip
_RECORD = select([MESSAGES]).where(MESSAGES.c.thread == bindparam("b_thread")).order_by(MESSAGES.c.seq)


class Verbatim:
    """A text that oTree's export leaves alone (it would turn line breaks into spaces)."""

    __slots__ = ("text",)

    def __init__(self, text: str) -> None:
        self.text = text

    def __str__(self) -> str:
        return self.text


class Number(Verbatim):
    """An amount that is written with all its digits, and without an exponent."""


class OwnerColumns:
    """Who and where the owners of rows are: the first columns of an export.

    Arguments:
        players: as oTree hands them to a custom export.
    """

    def __init__(self, players: Sequence[Any]) -> None:
        self.sessions = {p.session_id: p.session.code for p in players}
        self._people = {p.participant.code: p.participant for p in players}
        self._seats = {(p.participant.code, p.round_number): p for p in players}
        self._groups = {str(p.group.id): p.group.id_in_subsession for p in players}
        self._marks = MarksInTime(self._people.values())

    def of(self, session_id: int, about: Mapping[str, str], moment: float) -> tuple[Any, ...]:
        """Session, participant, label, how an AI plays it, id_in_session, round, group, id_in_group.

        Arguments:
            session_id: oTree's number. about: what `parse_owner` gave. moment: when what the row tells has happened.
        """
        person = self._people.get(about["participant"])
        seat = self._seats.get((about["participant"], int(about["round"]))) if about["round"] else None
        group = self._groups.get(about["group"], about["group"]) or (seat.group.id_in_subsession if seat else "")
        label, number = (person.label, person.id_in_session) if person else ("", "")
        ai = self._marks.at(about["participant"], moment)
        place = seat.id_in_group if seat else ""
        return self.sessions[session_id], about["participant"], label, ai, number, about["round"], group, place

    def at(self, head: Sequence[Any], about: Mapping[str, str], moment: float) -> list[Any]:
        """The columns `ABOUT`, as they are of another moment."""
        return [*head[:_AI], self._marks.at(about["participant"], moment), *head[_AI + 1 :]]


def custom_export(players: Sequence[Any]) -> Iterator[list[Any]]:
    """A row for each message of each Thread of these players, and of their groups, subsessions, participants, sessions.

    Arguments:
        players: as oTree hands them to a custom export.

    Columns: `COLUMNS`, which docs/data.md describes; an unknown value is empty.
    """
    yield list(COLUMNS)
    if not players:
        return
    app = app_of(players[0])
    owners = OwnerColumns(players)
    alive = under_way()
    with joined_section() as connection:
        threads = connection.execute(
            select([THREADS])
            .where(THREADS.c.session_id.in_(list(owners.sessions)))
            .order_by(THREADS.c.session_id, THREADS.c.id)
        ).fetchall()
        for thread in threads:
            about = parse_owner(thread["owner"])
            if about["app"] not in ("", app):
                continue
            head = thread_columns(owners, thread, about)
            for row in prepared(connection).execute(_RECORD, b_thread=thread["uid"]):
                late = unwritten.replies.get(row["uid"])
                yield [
                    *owners.at(head, about, row["time"]),
                    *_values(row if late is None else {**row, **to_row(late)}, alive),
                ]


def thread_columns(owners: OwnerColumns, thread: Any, about: Mapping[str, str]) -> list[Any]:
    """The columns `ABOUT` of a Thread, as of when it was made; `about` is what `parse_owner` gave."""
    who = owners.of(thread["session_id"], about, thread["created"])
    session, code, label, ai, number, round_number, group, place = who
    head = [session, code, label, ai, number, about["app"], round_number, group, place]
    head += [thread["uid"], about["of"], about["suffix"], about["seat"], thread["kind"]]
    return [*head, utc(thread["closed"]), thread["replaced_by"], thread["asked_in"]]


def _values(row: Any, alive: set[str]) -> list[Any]:
    params = json.loads(row["params"] or "{}")
    values = {name: row[name] for name in ROW if name not in OF_PARAMS}
    lost = params.get("not_in_force")
    values.update(
        temperature=params.get("temperature"),
        reasoning_effort=params.get("reasoning_effort"),
        not_in_force=json.dumps(lost, ensure_ascii=False) if lost else None,
    )
    if row["status"] == "pending" and row["uid"] not in alive:
        values.update(status="failed", error="Interrupted")
    question: Mapping[str, Any] = params.get(QUESTION) or {}
    values["error"], values["error_text"] = problem(
        values["error"], values["error_text"], question.get("invalid") or ""
    )
    for name in ("text", "error_text"):
        values[name] = Verbatim(values[name])
    values["cost"] = Number(amount(row["cost"]))
    found = [*(values[name] for name in ROW), utc(row["time"]), milliseconds(row["time"]), row["uid"]]
    times = [part(row[name]) for name in TIMES for part in (utc, milliseconds)]
    return found + _answer(question) + forgotten_times(row) + times


def forgotten_times(row: Any) -> list[str]:
    """The columns `FORGOTTEN` of a row."""
    return [utc(row[name]) for name in ("forgotten", "pseudonymised")]


def _answer(question: Mapping[str, Any]) -> list[Any]:
    value = question.get("value")
    if isinstance(value, dict | list):
        value = json.dumps(value, ensure_ascii=False)
    found = [value, question.get("reasoning") or None]
    return [Verbatim(each) if isinstance(each, str) else each for each in found]
