"""What events say that is to be forgotten: what participants read at the end of a chat, and their reactions."""

from __future__ import annotations

import json
from collections.abc import Callable

from sqlalchemy import select
from sqlalchemy.engine import Connection

from .otree_tables import table_of
from .schema import EVENT

ENDED = "chat ended"
REACTION = "reaction"
"""The kind of an event with which a participant reacted to a message, or took that back."""


def change_endings(
    c: Connection, session_id: int, change: Callable[[str], str], participant: str = "", owner: str = ""
) -> int:
    """Change the texts with which an app has ended chats; how many rows were changed.

    Arguments:
        change: gives the new text. participant: only of chats that they were in. owner: only of chats of this owner.
    """
    table = table_of(c, EVENT)
    rows = list(c.execute(select([table]).where((table.c.session_id == session_id) & (table.c.kind == ENDED))))
    about = {row["id"]: json.loads(row["about"]) for row in rows}
    theirs = {about[row["id"]]["chat"] for row in rows if participant in ("", row["participant"])}
    changed = 0
    for number, found in about.items():
        base = found["chat"].partition("/")[0].partition("~")[0]
        if not found.get("text") or found["chat"] not in theirs or (owner and base != owner):
            continue
        found["text"], before = change(found["text"]), found["text"]
        if found["text"] != before:
            text = json.dumps(found, ensure_ascii=False)
            c.execute(table.update().where(table.c.id == number).values(about=text))
            changed += 1
    return changed


def forget_endings(c: Connection, session_id: int, participant: str = "", owner: str = "") -> int:
    """Delete these texts; see `change_endings`."""
    return change_endings(c, session_id, lambda _: "", participant, owner)


def forget_reactions(c: Connection, session_id: int, thread: str, participant: str = "") -> None:
    """Delete reactions to the messages of a Thread: those of all, or of one participant."""
    table = table_of(c, EVENT)
    mine = (table.c.session_id == session_id) & (table.c.kind == REACTION) & table.c.about.like(f'%"{thread}"%')
    if participant:
        mine &= table.c.participant == participant
    c.execute(table.delete().where(mine))
