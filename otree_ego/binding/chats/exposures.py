"""What the pages of a chat have been sent, and what each participant has been shown where their settings ask for it."""

from __future__ import annotations

import json
import time
from collections.abc import Sequence
from functools import partial
from typing import Any

from sqlalchemy import select
from sqlalchemy.engine import Connection

from ...chat_rules.exposure import Exposure, counts_exposure, is_whole
from ...chat_rules.settings import ChatSettings
from ...messages import Message
from ...threads.thread import Thread
from ..otree_internals.models import app_of, page_name_of, page_of, session_id_of
from ..otree_internals.startup import is_server
from ..otree_internals.tables import EgoEvent
from ..otree_internals.writer import writer
from .frames import Status
from .limits import Tally, spent, status
from .read_messages import ReadMessages
from .reply_text import ReplyText, note_delivered, note_shown
from .viewers import Viewers

SHOWN = "reply shown"
"""The event's name in the data: a message was on an open page of a participant's, whole."""
_ROWS = EgoEvent.__table__


class Exposures(ReadMessages):
    """What a chat's pages have been sent.

    Attributes:
        shown: by participant code, the ids of messages that they were shown, and when (Unix seconds).
        places: by code, where they are, as an event's row says it.
    """

    thread: Thread
    viewers: Viewers
    arriving: set[str]
    placing: bool
    _text: ReplyText

    def __init__(self) -> None:
        self.shown: dict[str, dict[str, float]] = {}
        self.places: dict[str, dict[str, Any]] = {}
        self._to_write: list[dict[str, Any]] = []

    @property
    def busy(self) -> bool:
        """Whether a reply is under way."""
        raise NotImplementedError

    @property
    def tally(self) -> Tally | None:
        """What the session has used."""
        raise NotImplementedError

    # --- sent to anybody --------------------------------------------------------------------------------------------

    def state_sent(self) -> None:
        """A page has been sent the state: so a reply that ended when nobody was there has reached a browser now."""
        self._text.state_sent()
        note_shown(self.messages, self._visible)

    def _delivered(self, reply: Message) -> None:
        if reply.sendable and self.viewers.anybody_there():
            note_delivered(reply)

    # --- shown to each of them --------------------------------------------------------------------------------------

    def without_time(self, code: str, settings: ChatSettings) -> Status:
        """Whether a participant with these settings may write, or leave, as far as it has to do with what was said."""
        shown = self.exposure(code, settings)
        return status(self.messages, code, settings, self.tally, shown, partial(self.seen_by, code))

    def exposure(self, code: str, settings: ChatSettings) -> Exposure | None:
        """What a participant has been shown; None where it does not matter."""
        if not counts_exposure(settings):
            return None
        return Exposure(
            self.shown.get(code, {}), time.time(), self._is_coming(code), self._has_ended(), self._everyone_counts(code)
        )

    def seen_by(self, code: str) -> list[Message]:
        """The messages that count for a participant."""
        return [m for m in self.messages if self._visible(m, code)]

    def _is_coming(self, code: str) -> bool:
        """Whether a reply is about to come that this participant sees no place of."""
        return bool(self.arriving) or self.placing or (bool(self.hidden.get(code)) and self.busy)

    def _has_ended(self) -> bool:
        return bool(spent(self.messages, self.settings, self.tally))

    def _everyone_counts(self, code: str) -> bool:
        """Whether messages of other people count: where it is hidden which of them are replies."""
        return False

    def mark_shown(self, messages: Sequence[Message], *codes: str) -> None:
        """Note that messages are being sent to pages that are open, whole.

        Arguments:
            codes: of the participants; all who have opened the chat, if none is given.
        """
        for code in codes or tuple(self.viewers.pages):
            if not counts_exposure(self.settings_for(code)) or not self.viewers.is_there(code):
                continue
            known, now = self.shown.setdefault(code, {}), time.time()
            for message in messages:
                wanted = message.role == "assistant" or self._everyone_counts(code)
                if message.id in known or message.status == "pending" or not wanted or not self._visible(message, code):
                    continue
                known[message.id] = now
                if message.author != code and code in self.places:
                    about = {"thread": self.thread.id, "message": message.id, "characters": len(message.text)}
                    about["whole"] = is_whole(message)
                    self._to_write.append({**self.places[code], "kind": SHOWN, "about": json.dumps(about), "time": now})
        if self._to_write and is_server():
            writer().keep(partial(_write, rows=self._written_now()))

    async def write_shown(self) -> None:
        """Write what a bot was shown, whose event loop is about to end."""
        if self._to_write:
            await writer().run(partial(_write, rows=self._written_now()))

    def _written_now(self) -> list[dict[str, Any]]:
        rows, self._to_write = self._to_write, []
        return rows


async def renew_exposures(room: Exposures, player: Any, always: bool = False) -> None:
    """Say where a participant is who has opened a chat, and read what they were shown before this server started.

    Arguments:
        always: whether to do the first also where it does not matter what they were shown.
    """
    code = page_of(player)[0]
    counts = counts_exposure(room.settings_for(code))
    if not counts and not always:
        return
    if counts and code not in room.shown:
        room.shown[code] = await writer().run(partial(read_shown, thread=room.thread.id, code=code))
    room.places[code] = event_place(player)


def event_place(player: Any) -> dict[str, Any]:
    """Where a participant is, as an event's row says it."""
    code, index, _ = page_of(player)
    return dict(
        session_id=session_id_of(player), participant=code, app=app_of(player), round=player.round_number,
        page=page_name_of(player), page_index=index,
    )  # fmt: skip


def read_shown(connection: Connection, thread: str, code: str) -> dict[str, float]:
    """When a participant was shown which messages of a Thread, as it is written."""
    mine = (_ROWS.c.participant == code) & (_ROWS.c.kind == SHOWN)
    found = [(json.loads(row["about"]), row["time"]) for row in connection.execute(select([_ROWS]).where(mine))]
    return {about["message"]: time for about, time in found if about.get("thread") == thread}


def _write(connection: Connection, rows: Sequence[dict[str, Any]]) -> None:
    connection.execute(_ROWS.insert(), list(rows))
