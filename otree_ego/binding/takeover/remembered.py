"""What a model is told that plays on for somebody: the pages that they were shown, what they sent, and their chats."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy.engine import Connection

from ...chat_rules.members import author_of
from ...players.page_fields import PageForm
from ...players.served_page import Page
from ...stores.human_visits import TIMED_OUT, shown_and_sent
from ...stores.seat_tables import seats_of_session
from ..otree_internals.models import apps_of, player_in
from ..otree_internals.otree_chats import Said, said_in
from ..seats.seat_memory import Seen
from ..study.disclosed import threads_of

CHAT = "What was said in a chat that you took part in"
YOU, OTHER, AN_AI = "You", "Another participant", "The other side"


def seen_by(c: Connection, participant: Any) -> list[Seen]:
    """What a participant has seen and done themselves since a model has played for them, oldest first."""
    seats = seats_of_session(c, participant.session_id)
    since = max((row["ended"] or 0 for row in seats if row["participant"] == participant.code), default=0)
    pages = shown_and_sent(c, participant.session_id, participant.code)
    found = [
        (row["ended"] or row["time"], Seen(_page(row), row["answers"] or None))
        for row in pages
        if row["time"] > since and row["outcome"] != TIMED_OUT
    ]
    chats = _chats(participant) + _otree_chats(
        participant, {name: row["app"] for row in pages for name in row["chats"]}
    )
    found += [each for each in chats if each[0] > since]
    return [seen for _, seen in sorted(found, key=lambda each: each[0])]


def _page(row: Any) -> Page:
    return Page(
        row["page"], row["app"], row["page_index"], row["title"], row["text"], PageForm(), keys=row["field_keys"]
    )  # fmt: skip


def _chats(participant: Any) -> list[tuple[float, Seen]]:
    """The chats in which somebody has written, each at the time of its last message."""
    found = {}
    for app in apps_of(participant.session):
        for uid, messages in threads_of(player_in(participant, app)):
            said = [m for m in messages if m.text and not m.hidden and m.role != "system" and m.status != "failed"]
            if any(m.author == participant.code for m in said):
                lines = [f"{_speaker(m, participant.code)}: {m.text}" for m in said]
                found[uid] = (max(m.time for m in said), Seen(Page("", app, 0, CHAT, "\n".join(lines), PageForm())))
    return list(found.values())


def _otree_chats(participant: Any, apps: Mapping[str, str]) -> list[tuple[float, Seen]]:
    """The same of oTree's own chats that stood on their pages, by channel; whether they have written or only read."""
    found: dict[str, list[Said]] = {}
    for each in said_in(apps):
        found.setdefault(each.channel, []).append(each)
    return [(said[-1].time, Seen(_as_page(said, participant.id, apps[name]))) for name, said in found.items()]


def _as_page(said: list[Said], mine: int, app: str) -> Page:
    lines = [f"{YOU if each.number == mine else each.nickname or OTHER}: {each.text}" for each in said]
    return Page("", app, 0, CHAT, "\n".join(lines), PageForm())


def _speaker(message: Any, code: str) -> str:
    if message.author == code:
        return YOU
    return author_of(message) or AN_AI if message.role == "assistant" else OTHER
