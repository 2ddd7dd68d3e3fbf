"""When a chat was opened on a page and how it ended there, as the events' table keeps it."""

from __future__ import annotations

import json
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import select
from sqlalchemy.engine import Connection

from ..otree_internals.models import app_of, page_name_of, page_of, session_id_of
from ..otree_internals.startup import is_server
from ..otree_internals.tables import EgoEvent

OPENED, ENDED = "chat opened", "chat ended"
ROWS = EgoEvent.__table__


@dataclass(frozen=True)
class Ending:
    """How a chat ended.

    Fields:
        why: what the data say: ``time``, ``rule`` or ``model``. word: the key of the chat's word that tells it.
        text: told in its place; empty for the word.
    """

    why: str
    word: str
    text: str = ""


TIME_OVER = Ending("time", "time_over")


@dataclass
class Course:
    """How a chat goes on one page of those who share it.

    Fields:
        where: the columns of its rows that are always the same. owner: of the chat.
        begun: when the first of them has opened it, in seconds since 1970; None if nobody has.
        before: the place of the last message that was there before. opened: who has opened it, by participant code.
        ending: how it ended; None if it has not, as far as that is written down.
    """

    where: Mapping[str, Any]
    owner: str
    begun: float | None = None
    before: int = 0
    opened: set[str] = field(default_factory=set)
    ending: Ending | None = None

    def ended(self, most: float | None, now: float) -> Ending | None:
        """How it has ended by now, with so many seconds at most."""
        over = most is not None and self.begun is not None and now >= self.begun + most
        return TIME_OVER if self.ending is None and over else self.ending

    def seconds_to_next(self, least: float, now: float) -> float:
        """How many of at least so many seconds are left; bots do not wait."""
        if not least or not is_server():
            return 0.0
        return max(0.0, least if self.begun is None else self.begun + least - now)


def read_course(connection: Connection, player: Any, owner: str, people: Sequence[str]) -> Course:
    """What is written of a chat on the page where a player's participant is.

    Arguments:
        people: the codes of all who share the chat.
    """
    index = page_of(player)[1]
    where = dict(
        session_id=session_id_of(player), app=app_of(player), round=player.round_number, page=page_name_of(player),
        page_index=index,
    )  # fmt: skip
    course = Course(where, owner)
    mine = ROWS.c.participant.in_(list(people)) & (ROWS.c.page_index == index) & ROWS.c.kind.in_((OPENED, ENDED))
    for row in connection.execute(select([ROWS]).where(mine).order_by(ROWS.c.id)):
        about = json.loads(row["about"])
        if about.get("chat") != owner:
            continue
        if row["kind"] == OPENED:
            course.opened.add(row["participant"])
            if course.begun is None or row["time"] < course.begun:
                course.begun, course.before = row["time"], about.get("message_number", 0)
        else:
            course.ending = Ending(about["why"], about["word"], about.get("text", ""))
    return course


def write_opened(connection: Connection, course: Course, code: str, now: float, before: int) -> None:
    """Write down that one of them has opened the chat's page."""
    _write(connection, course, code, OPENED, now, {"chat": course.owner, "message_number": before})


def write_ended(connection: Connection, course: Course, people: Sequence[str], ending: Ending, last: int) -> None:
    """Write down that the chat has ended for those who were there; `last` is the place of the last message."""
    now = time.time()
    seconds = {} if course.begun is None else {"seconds": round(now - course.begun, 3)}
    text = {"text": ending.text} if ending.text else {}
    about = {"chat": course.owner, "why": ending.why, **seconds, "message_number": last, "word": ending.word, **text}
    for code in people:
        _write(connection, course, code, ENDED, now, about)


def _write(c: Connection, course: Course, code: str, kind: str, now: float, about: Mapping[str, Any]) -> None:
    text = json.dumps(about, ensure_ascii=False)
    c.execute(ROWS.insert().values(**course.where, participant=code, kind=kind, about=text, time=now))
