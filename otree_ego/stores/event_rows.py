"""What participants read at the end of a chat, as the events' table keeps it, where it is to be forgotten."""

from __future__ import annotations

import json
from collections.abc import Callable

from sqlalchemy import select
from sqlalchemy.engine import Connection

from .otree_tables import table_of
from .schema import EVENT

ENDED = "chat ended"


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
