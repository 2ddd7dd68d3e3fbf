"""What seats have seen and done, forgotten: a seat's own record, and what it has seen of somebody who is forgotten.

A model that plays a participant remembers its pages, and what others have written stands on some of them.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Collection

from sqlalchemy import select
from sqlalchemy.engine import Connection

from ..threads.sent_requests import MARK
from .human_visits import HUMAN_VISITS, in_all
from .json_columns import from_json
from .otree_tables import Person, player_columns, player_tables, table_of
from .owner_keys import parse_owner
from .rows import MESSAGES, THREADS
from .seat_tables import PAGE_TEXTS, VISITS, change_seat, seats_of_session
from .visit_tables import IN_JSON, TEXTS

SUFFIX = "ego_seat"
"""The suffix of the owner of a seat's Thread."""
LONG = 12
"""A text of more characters is found wherever it stands; a shorter one where it is a line of its own."""
Change = Callable[[str], str]


def is_seats(owner: str) -> bool:
    """Whether a Thread is the memory of a seat."""
    return bool(parse_owner(owner)["suffix"] == SUFFIX)


def written_by(c: Connection, session_id: int, person: Person) -> set[str]:
    """All texts that a participant has written: in chats of ours and of oTree's, and into fields."""
    mine = select([MESSAGES.c.text]).where(MESSAGES.c.thread == THREADS.c.uid).where(MESSAGES.c.author == person.code)
    found = {text for (text,) in c.execute(mine.where(THREADS.c.session_id == session_id))}
    chat = table_of(c, "otree_chatmessage") if c.dialect.has_table(c, "otree_chatmessage") else None
    if chat is not None:
        found |= {text for (text,) in c.execute(select([chat.c.body]).where(chat.c.participant_id == person.id))}
    for table in player_tables(c, "player").values():
        columns = [table.c[name] for name in player_columns(table)]
        if columns:
            for row in c.execute(select(columns).where(table.c.participant_id == person.id)):
                found.update(row)
    return {text.strip() for text in found if text and text.strip()}


def without(said: Collection[str]) -> Change:
    """A function that takes what somebody has said out of a page: a line of its own, or a longer text anywhere.

    >>> without({"yes", "I live in Mainz."})("Say yes.\\nAda: yes\\nBen: I live in Mainz. Really?")
    'Say yes.\\nAda: [forgotten]\\nBen: [forgotten] Really?'
    """
    long = sorted((text for text in said if len(text) > LONG), key=len, reverse=True)

    def changed(text: str) -> str:
        for each in long:
            text = text.replace(each, MARK)
        return "\n".join(_line(line, said) for line in text.split("\n"))

    return changed


def _line(line: str, said: Collection[str]) -> str:
    if line.strip() in said:
        return MARK
    name, colon, rest = line.partition(": ")
    return f"{name}{colon}{MARK}" if colon and rest.strip() in said else line


def forget_visits(c: Connection, session_id: int, now: float, player: str = "") -> None:
    """Delete the texts of a session's visits, or of one participant's, and those of pages that nobody else has seen."""
    v = VISITS.c
    mine = v.session_id == session_id
    if player:
        mine = mine & (v.player == player)
    empty = {"fields": "{}", "answers": "[]", "errors": "[]", "said": "[]", **dict.fromkeys(TEXTS, "")}
    c.execute(VISITS.update().where(mine & v.forgotten.is_(None)).values(**empty, forgotten=now))
    h, p = HUMAN_VISITS.c, PAGE_TEXTS.c
    seen = select([v.digest]).where((v.session_id == session_id) & v.forgotten.is_(None))
    by_people = select([h.digest]).where((h.session_id == session_id) & h.forgotten.is_(None))
    unseen = ~p.digest.in_(seen) & ~p.digest.in_(by_people)
    c.execute(PAGE_TEXTS.delete().where((p.session_id == session_id) & unseen))


def change_visits(c: Connection, session_id: int, change: Change) -> None:
    """Change all texts that a session's seats have seen and written."""
    for row in c.execute(select([PAGE_TEXTS]).where(PAGE_TEXTS.c.session_id == session_id)).fetchall():
        new = {name: change(row[name]) for name in ("title", "text")}
        if any(new[name] != row[name] for name in new):
            c.execute(PAGE_TEXTS.update().where(PAGE_TEXTS.c.id == row["id"]).values(**new))
    for row in seats_of_session(c, session_id):
        if (note := change(row["note"])) != row["note"]:
            change_seat(c, row["id"], note=note)
    for row in c.execute(select([VISITS]).where(VISITS.c.session_id == session_id)).fetchall():
        new = {name: change(row[name]) for name in TEXTS}
        for name in IN_JSON:
            found = from_json(row[name], f"{name} of a visit")
            changed = in_all(found, change)
            new[name] = row[name] if changed == found else json.dumps(changed, ensure_ascii=False)
        if any(new[name] != row[name] for name in new):
            c.execute(VISITS.update().where(VISITS.c.id == row["id"]).values(**new))


def in_json(text: str, change: Change) -> str:
    """JSON with all of its texts changed; an empty text stays empty."""
    return json.dumps(in_all(json.loads(text), change), ensure_ascii=False) if text else ""
