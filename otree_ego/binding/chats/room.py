"""Rooms: chats as they live in the server, whoever looks on.

A reply belongs to the room, not to a browser tab: it goes on when the tab is closed, and whoever opens the page again
is shown what has come so far. Rows in the database are the truth; a room keeps a copy and reads it anew when somebody
else has written to the same Thread.
"""

from __future__ import annotations

import asyncio
import logging
from collections import OrderedDict, deque
from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import replace
from typing import Any

from ...chat_rules.settings import PREFIX, ChatSettings
from ...chat_rules.turn_taking import was_broken_off
from ...errors import EgoError, LimitReached, ProviderError
from ...messages import Message, Request
from ...stores import Gone, rows
from ...stores.rows import ThreadRow
from ...threads.base import find_provider, internals
from ...threads.driving import StreamedText, adrive, fetch_reply
from ...threads.message_turns import request_for
from ...threads.state import load_state
from ...threads.thread import Thread
from ...threads.turns import Stopped, TimedReply, answer, ask
from ..otree_internals.live_channel import send_live
from ..otree_internals.writer import asked, writer
from .limits import Tally, spent, status, tally_of

logger = logging.getLogger("otree_ego")
MOST_ROOMS = 5_000
FIRST_UPDATE, NEXT_UPDATE = 0.05, 0.1


class Room:
    """One Thread's chat: its queue of replies to come, and who is told of them."""

    def __init__(self, row: ThreadRow, messages: list[Message], settings: ChatSettings, session_code: str) -> None:
        self.owner = row.owner
        self.settings = settings
        self.session_code = session_code
        self.pages: dict[str, int] = {}
        self.stale = False
        self.gone = False
        self.arriving: set[str] = set()
        self.placing = False
        self._queue: deque[Message] = deque()
        self._task: asyncio.Task[None] | None = None
        self._now: Message | None = None
        self._outcome: Message | None = None
        self._streamed = StreamedText()
        self._listening: asyncio.Future[TimedReply] | None = None
        self._stopping = False
        self._stopped = asyncio.Event()
        self._shown = 0
        self._timer: asyncio.TimerHandle | None = None
        self._sends: set[asyncio.Task[None]] = set()
        self._take(row, messages)

    def _take(self, row: ThreadRow, messages: list[Message]) -> None:
        self.thread = Thread.revive(row.kind, row.uid, load_state(row.state), None, writer())
        internals(self.thread).messages = messages
        self.stale = False

    # --- what it knows ----------------------------------------------------------------------------------------------

    @property
    def messages(self) -> list[Message]:
        """The record, as this room last saw or wrote it."""
        return internals(self.thread).messages

    @property
    def busy(self) -> bool:
        """Whether a reply is under way or waiting, or a message is being recorded."""
        return self._now is not None or bool(self._queue or self.arriving) or self.placing

    @property
    def tally(self) -> Tally | None:
        """What the session has used, if a limit of the session's asks for it."""
        return tally_of(self.session_code, self.settings)

    def under_way(self) -> set[str]:
        """The ids of the replies that are still to come."""
        return {m.id for m in ([self._now] if self._now else []) + list(self._queue)}

    def failed_reply(self) -> Message | None:
        """The last message, if it is a reply that failed."""
        last = next((m for m in reversed(self.messages) if self._visible(m)), None)
        return last if last is not None and last.role == "assistant" and last.status == "failed" else None

    def _visible(self, message: Message) -> bool:
        return message.role != "system" and not message.hidden

    def view(self, message: Message, code: str) -> dict[str, Any]:
        """A message as its reader may see it. (A participant's code opens their pages: it is never shown to others.)"""
        text = message.text
        if message.status == "failed":
            text = ""
        elif self._now is not None and message.id == self._now.id:
            text = self._streamed.text[: self._shown]
        return {
            "id": message.id, "seq": message.seq, "role": message.role, "author": "",
            "text": text, "status": message.status, "why": _why(message),
            "mine": message.role == "user" and message.author == code,
        }  # fmt: skip

    def state(self, code: str) -> dict[str, Any]:
        """The whole truth for one reader."""
        shown = [self.view(m, code) for m in self.messages if self._visible(m)]
        return {
            "t": "state", "messages": shown, **self.now(code),
            "model": self.thread.model if self.settings.show_model else "",
            "words": self.settings.words, "max_length": self.settings.max_length,
        }  # fmt: skip

    def now(self, code: str) -> dict[str, Any]:
        """What each payload tells this reader besides its news."""
        return {"busy": self.busy, "status": self.status(code)}

    def status(self, code: str) -> dict[str, Any]:
        """May this reader write, or leave; and if not, why."""
        return status(self.messages, code, self.settings, self.tally)

    # --- what happens in it -----------------------------------------------------------------------------------------

    async def refresh(self) -> None:
        """Read the rows anew if somebody else has written, and nothing is under way."""
        if not self.stale or self.busy:
            return

        def read(connection: Any) -> tuple[ThreadRow | None, list[Message]]:
            row = rows.find(connection, self.owner)
            return row, rows.messages(connection, row.uid) if row else []

        row, messages = await writer().run(read)
        if row is None:
            self.gone = True
            raise Gone("The conversation is not in the database any more.")
        self._take(row, messages)

    async def opened(self) -> None:
        """Somebody has opened the page: what the server's end broke off is asked for again."""
        failed = self.failed_reply()
        if failed is not None and was_broken_off(failed) and not self.busy:  # nobody has tried since
            await self.retry()

    async def say(self, message: Message, client_id: str) -> None:
        """Record a participant's message and see to its reply."""
        self.arriving.add(message.id)
        tally = self.tally
        if tally is not None:  # before the write: whoever asks meanwhile must not take the same place
            tally.add(message)
        try:
            recorded = await self._append(message)
        except BaseException:
            if tally is not None:
                tally.take_back(message)
            raise
        finally:
            self.arriving.discard(message.id)
        await self._start(recorded, client_id)

    async def retry(self) -> None:
        """Repeat the turn whose reply failed; the question is not recorded again."""
        self.placing = True
        try:
            recorded = await self._append(None)
        finally:
            self.placing = False
        await self._start(recorded, "")

    async def _append(self, user: Message | None) -> tuple[Message, ...]:
        try:
            return await adrive(ask(user, self.thread.model), self, self.thread.id, self._send)
        except Gone:
            self.gone = True
            raise

    async def _start(self, recorded: Sequence[Message], client_id: str) -> None:
        self._place(recorded)
        self._queue.append(recorded[-1])
        question = recorded[0] if len(recorded) > 1 else None
        for code in list(self.pages):
            told: dict[str, Any] = {"t": "add", "client_id": client_id, **self.now(code)}
            told["message"] = self.view(question or recorded[-1], code)
            if question:
                told["reply"] = self.view(recorded[-1], code)
            await self._tell(code, told)
        self._work()

    def _place(self, recorded: Sequence[Message]) -> None:
        internals(self.thread).place(recorded)  # a refresh may have read them already
        self.messages.sort(key=lambda m: m.seq)

    def _work(self) -> None:
        if self._task is None or self._task.done():
            self._task = asyncio.create_task(self._answer_all())

    def stop(self) -> None:
        """Break the reply off that is under way; what came is kept."""
        self._stopping = self._now is not None
        self._stopped.set()
        if self._listening is not None:
            self._listening.cancel()

    async def idle(self) -> None:
        """Wait until no reply is under way."""
        here = asyncio.get_running_loop()  # a bot has a loop of its own; other people's replies are not its to wait for
        while self._task is not None and not self._task.done() and self._task.get_loop() is here:
            await asyncio.wait([self._task])
        if any(task.get_loop() is here for task in self._sends):
            await asyncio.wait([task for task in self._sends if task.get_loop() is here])

    async def _answer_all(self) -> None:
        await writer().my_turn()
        while (pending := await self._next()) is not None:
            self._now, self._shown, self._streamed, self._stopping = pending, 0, StreamedText(), False
            self._stopped.clear()
            try:
                await self._answer(pending)
            except ProviderError as error:
                logger.warning(
                    "%s: no reply from %s: %s: %s",
                    self.owner,
                    error.model or self.thread.model,
                    type(error).__name__,
                    error,
                )
            except EgoError as error:
                logger.warning("%s: no reply: %s", self.owner, error)
            except Exception:
                logger.exception("%s: no reply", self.owner)
            finally:
                self._now = None
                self._quiet()

    async def _next(self) -> Message | None:
        """The reply to see to now; None if there is none."""
        return self._queue.popleft() if self._queue else None

    async def _answer(self, pending: Message) -> None:
        self._outcome = replace(pending, status="failed", error="Interrupted")
        turn = answer(pending, self._request(pending), self.thread.policy, self._note, self._restart, self._finish)
        try:
            await adrive(turn, self, self.thread.id, self._send, self._pause)
        finally:
            self._now = None
            self._quiet()
            if self.tally is not None:
                self.tally.add(self._outcome)
            await self._ended(self._outcome)

    def _request(self, pending: Message) -> Request:
        return request_for(self.thread, pending)

    def _finish(self, message: Message) -> Message:
        """A reply as it is to be recorded."""
        return message

    def _note(self, message: Message) -> None:
        self._outcome = message
        internals(self.thread).settle(message)

    async def _ended(self, outcome: Message) -> None:
        for code in list(self.pages):
            await self._tell(code, {"t": "end", "message": self.view(outcome, code), **self.now(code)})

    async def append(self, thread_id: str, messages: Sequence[Message]) -> tuple[Message, ...]:
        """Record messages (a room is the store of its turns)."""
        return await writer().append(thread_id, messages)

    async def settle(self, thread_id: str, message: Message) -> None:
        """Write down how a reply ended."""
        await writer().settle(thread_id, message)

    async def _pause(self, seconds: float) -> None:
        with suppress(asyncio.TimeoutError):
            await asyncio.wait_for(self._stopped.wait(), seconds)

    async def _send(self, request: Request) -> TimedReply:
        if self._stopping:
            raise Stopped("The participant stopped the reply.")
        why = spent(self.messages, self.settings, self.tally)
        if why:
            raise LimitReached(f"The setting {PREFIX}{why.replace('limit_', 'max_')} allows no more replies.")
        self._streamed = StreamedText(self._heard)
        work = fetch_reply(find_provider(self.thread, request.model), request, self._streamed)
        self._listening = asyncio.ensure_future(work)
        try:
            return await self._listening
        except asyncio.CancelledError:
            if self._stopping:
                raise Stopped("The participant stopped the reply.", text=self._streamed.text) from None
            raise
        finally:
            self._listening = None

    # --- telling the browsers ---------------------------------------------------------------------------------------

    def _heard(self, piece: str) -> None:
        if self._timer is None:
            wait = NEXT_UPDATE if self._shown else FIRST_UPDATE
            self._timer = asyncio.get_running_loop().call_later(wait, self._update)

    def _restart(self) -> None:
        if self._shown:
            self._shown = 0
            self._tell_all({"t": "text", "id": self._now.id if self._now else "", "at": 0, "text": ""})

    def _update(self) -> None:
        self._timer = None
        if self._now is not None:
            text = self._streamed.text
            at, self._shown = self._shown, len(text)
            if len(text) > at:
                self._tell_all({"t": "text", "id": self._now.id, "at": at, "text": text[at:]})

    def _quiet(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _tell_all(self, payload: dict[str, Any]) -> None:
        task = asyncio.create_task(self._spread(payload))
        self._sends.add(task)
        task.add_done_callback(self._sends.discard)

    async def _spread(self, payload: dict[str, Any]) -> None:
        for code in list(self.pages):
            await self._tell(code, payload)

    async def _tell(self, code: str, payload: dict[str, Any]) -> None:
        await send_live(self.session_code, self.pages[code], code, {"ego": payload})


def _why(message: Message) -> str:
    if message.error == "Interrupted":
        return "interrupted"
    return "stopped" if message.finish_reason == "stopped" else ""


_rooms: OrderedDict[str, Room] = OrderedDict()


def known_room(owner: str) -> Room | None:
    """The room of an owner, if it is in memory."""
    room = _rooms.get(owner)
    if room is not None:
        _rooms.move_to_end(owner)
        if room.gone:
            del _rooms[owner]
            return None
    return room


def keep_room(room: Room) -> Room:
    """Keep a room in memory; the longest unused idle ones make way."""
    _rooms[room.owner] = room
    for owner in list(_rooms)[: max(0, len(_rooms) - MOST_ROOMS)]:
        if not _rooms[owner].busy:
            del _rooms[owner]
    return room


def rooms() -> Iterable[Room]:
    """All rooms in memory."""
    return list(_rooms.values())


def under_way() -> set[str]:
    """The ids of all replies that are still to come, to chats or to an app's own code."""
    return {uid for room in rooms() for uid in room.under_way()} | asked


def mark_stale(owner: str) -> None:
    """Somebody else has written to an owner's Thread."""
    room = _rooms.get(owner)
    if room is not None:
        room.stale = True


__all__ = ["Room", "keep_room", "known_room", "mark_stale", "rooms", "under_way"]
