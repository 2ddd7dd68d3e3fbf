"""A chat as it lives in the server.

A reply belongs to the room, not to a browser tab: it goes on when the tab is closed, and whoever opens the page again
is shown what has come so far. Rows in the database are the truth; a room keeps a copy and reads it anew when somebody
else has written to the same Thread.
"""

from __future__ import annotations

import asyncio
import time
from collections import deque
from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from hashlib import blake2s
from typing import ClassVar

from sqlalchemy.exc import DBAPIError

from ...chat_rules.members import Members
from ...chat_rules.openings import OPENING, TEXT, opening_of, wants_opening
from ...chat_rules.settings import ChatSettings
from ...chat_rules.turn_taking import was_broken_off
from ...display import logger
from ...errors import EgoError, ProviderError
from ...messages import Message, Request
from ...stores.rows import ThreadRow
from ...threads.base import internals
from ...threads.context import ContextPolicy, Fitting
from ...threads.driving import adrive
from ...threads.planned_requests import planned
from ...threads.state import load_state
from ...threads.thread import Thread
from ...threads.turns import TimedReply, answer, ask
from ...threads.under_way import begin, forget, note_unheard
from ..otree_internals.lease import LeaseLost
from ..otree_internals.writer import writer
from .chat_requests import chat_request
from .courses import Courses
from .frames import Activity, Add, AddWithReply, MessageView, State, Status, named
from .hearing import hear
from .hidden_ais import pictures, seen, told, words_for
from .human_pace import HumanPace
from .limits import Tally, tally_of
from .message_reactions import WithReactions
from .news import NewsOfOthers
from .opening_turns import place_for_opening, said
from .own_code import OwnCode
from .reply_text import ReplyText, as_shown, spoken_by
from .spending import Spending
from .viewers import Viewers


class Room(NewsOfOthers, WithReactions, HumanPace):
    """One Thread's chat: the replies that are to come, and the pages that show it.

    Attributes:
        people: who shares the chat, as the page said it last; nobody, where it is one participant's.
        context: what is sent of it when it gets too long, as the page said it last; None for what the settings say.
        hidden: by code, who is not to know of AIs yet. stale, gone, unsure: see `NewsOfOthers`.
        arriving: the ids of messages that are being recorded.
        placing: whether a reply's place is being recorded.
    """

    streams: ClassVar[bool] = True
    """Whether a reply is shown as it comes."""

    def __init__(self, row: ThreadRow, messages: list[Message], settings: ChatSettings, session_code: str) -> None:
        super().__init__()
        self.owner, self.session_code = row.owner, session_code
        self.settings, self.own = settings, {}
        self.viewers = Viewers(session_code)
        self.people = Members()
        self.context: ContextPolicy = None
        self.hidden, self.earlier = {}, {}
        self.courses = Courses(self)
        self.placing = False
        self.own_code = OwnCode()
        self.arriving: set[str] = set()
        self._queue: deque[Message] = deque()
        self._task: asyncio.Task[None] | None = None
        self._current: Message | None = None
        self._result: Message | None = None
        self._text = ReplyText(self.viewers, self.streams)
        self._spending = Spending(settings, None)
        self._request: asyncio.Future[TimedReply] | None = None
        self._stopping = False
        self._stopped = asyncio.Event()
        self._unheard: list[str] = []
        self._load(row, messages)

    def _load(self, row: ThreadRow, messages: list[Message]) -> None:
        self.thread = Thread.revive(row.kind, row.uid, load_state(row.state), None, writer())
        internals(self.thread).messages = messages
        self.size = sum(len(message.text) for message in messages)

    # --- what it knows ----------------------------------------------------------------------------------------------

    @property
    def messages(self) -> list[Message]:
        """The record, as this room last saw or wrote it."""
        return internals(self.thread).messages

    @property
    def busy(self) -> bool:
        """Whether a reply is under way or waiting, or a message is being recorded."""
        return self._current is not None or bool(self._queue or self.arriving) or self.placing

    @property
    def asking(self) -> bool:
        """Whether a model is being asked now."""
        return self._request is not None

    @property
    def tally(self) -> Tally | None:
        """What the session has used, if a limit of the session's asks for it."""
        return tally_of(self.session_code, self.settings)

    def under_way(self) -> set[str]:
        """The ids of the replies that are still to come."""
        return {m.id for m in ([self._current] if self._current else []) + list(self._queue)}

    # --- what it shows ----------------------------------------------------------------------------------------------

    def shown_id(self, uid: str) -> str:
        """A message's name on the pages: the same for ever, and of one kind whoever wrote it."""
        return blake2s(uid.encode(), key=self.thread.id.encode()[:32], digest_size=16).hexdigest()

    def view(self, message: Message, code: str) -> MessageView:
        """A message as its reader may see it. (A participant's code opens their pages: it is never shown to others.)"""
        under_way = self._current is not None and message.id == self._current.id  # until it is recorded
        text, status, why = as_shown(message, self._text.shown if under_way else None, self.settings.end_word)
        role, author = spoken_by(message)
        view: MessageView = {
            "id": self.shown_id(message.id), "seq": message.seq, "role": role, "author": author,
            "text": text, "status": status, "why": why,
            "mine": self.is_mine(message, code), "reactions": self.reactions_to(message, code),
        }  # fmt: skip
        view = seen(view, self.settings, self.hidden.get(code))
        known = message.role == "user" and message.author in self.people.names
        return named(view, *self.people.author(message)) if known else view

    def state(self, code: str) -> State:
        """All that a reader's page shows."""
        self.mark_shown(self.messages, code)
        shown, own = [self.view(m, code) for m in self.messages if self._visible(m, code)], self.settings_for(code)
        return {
            "t": "state", "messages": shown, **self.activity(code),
            "model": self.thread.model if own.show_model and not self.hidden.get(code) else "",
            "words": words_for(own, self.hidden.get(code, False)), "max_length": own.max_length,
            "stop": not self.paced, "pictures": pictures(own, self.hidden.get(code, False)),
            "reactions": list(self.reaction_set),
        }  # fmt: skip

    def activity(self, code: str) -> Activity:
        """What most frames tell a reader besides their news."""
        return {"busy": self.busy and not self.hidden.get(code), "status": self.status(code)}

    def status(self, code: str) -> Status:
        """Whether this reader may write, or leave; and if not, why."""
        own = self.settings_for(code)
        found = self.courses.status(self.without_time(code, own), code)
        return told(found, own, self.hidden.get(code))

    # --- what happens in it -----------------------------------------------------------------------------------------

    async def opened(self) -> None:
        """Somebody has opened the page: what the server's end broke off is asked for again."""
        failed = self.failed_reply()
        if self.busy or self.courses.all_over:
            return
        broken = failed is not None and was_broken_off(failed)  # nobody has tried since
        if broken or wants_opening(self.settings, self.messages):
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
        self.courses.judge(recorded[0])
        await self._start(recorded, client_id)

    async def retry(self) -> None:
        """Repeat the turn whose reply failed; the question is not recorded again."""
        self.placing = True
        try:
            recorded = await self._append(None)
        finally:
            self.placing = False
        await self._start(recorded, "")

    def stop(self, code: str = "") -> None:
        """Break the reply off that is under way, for a participant who may; what came is kept."""
        if self.paced and self.streams:  # people cannot be stopped
            return
        self._stopping = self._current is not None
        self._stopped.set()
        if self._request is not None:
            self._request.cancel()

    def end(self) -> None:
        """Break everything off: this process serves no more. The rows stay as they are, for the next one."""
        self._queue.clear()
        self.courses.stop()
        self.viewers = Viewers(self.session_code)  # pages that are still open hear how it went on from the next one
        if self._task is not None:
            self._task.cancel()
        self.own_code.end()

    async def idle(self) -> None:
        """Wait until no reply is under way."""
        here = asyncio.get_running_loop()  # a bot has a loop of its own; other people's replies are not its to wait for
        while self._task is not None and not self._task.done() and self._task.get_loop() is here:
            await asyncio.wait([self._task])
        await self.own_code.settled(None)
        await self.courses.settled()
        await self.viewers.all_sent()
        await self.write_shown()

    async def _record(self, user: Message | None) -> tuple[Message, ...]:
        plan = partial(planned, self.thread, self._request_for, context=self.context)
        opening = "" if user else opening_of(self.settings, self.messages)
        params = {OPENING: opening} if opening else None
        turn = place_for_opening() if opening == TEXT else ask(user, self.thread.model, params=params, plan=plan)
        return await adrive(turn, self, self.thread.id, self._send)

    async def _start(self, recorded: Sequence[Message], client_id: str) -> None:
        self._place(recorded)
        self._queue.append(recorded[-1])
        question = recorded[0] if len(recorded) > 1 else None

        def added(code: str) -> Add:
            message = self.view(question or recorded[-1], code)
            own = client_id if message["mine"] else ""
            frame: Add = {"t": "add", "client_id": own, "message": message, **self.activity(code)}
            if question is None or self.hidden.get(code):
                return frame
            answered: AddWithReply = {**frame, "reply": self.view(recorded[-1], code)}
            return answered

        await self.viewers.send_each(added, lambda code: question is not None or not self.hidden.get(code))
        self._start_answering()
        if self.stale:
            self.look_soon()

    def _place(self, recorded: Sequence[Message]) -> None:
        internals(self.thread).place(recorded)  # a refresh may have read them already
        self.messages.sort(key=lambda m: m.seq)

    def _start_answering(self) -> None:
        if self._task is None or self._task.done():
            self._task = asyncio.create_task(self._answer_all())

    # --- a reply ----------------------------------------------------------------------------------------------------

    async def _answer_all(self) -> None:
        try:
            await self._answer_queue()
        finally:  # nobody works on what is left: nobody waits for it
            for pending in self._queue:
                forget(self.thread.id, pending.id)

    async def _answer_queue(self) -> None:
        await writer().start_turn()
        while (pending := await self._next()) is not None:
            self._current, self._stopping = pending, False
            self._turn_started, self._paused_for = time.perf_counter(), 0.0
            streams = self.streams and not self.paced and not any(self.hidden.values())
            shown_id, word = self.shown_id(pending.id), self.settings.end_word
            self._text = ReplyText(self.viewers, streams, shown_id, pending, self.thread, word)
            self._stopped.clear()
            try:
                await self._answer(pending)
            except LeaseLost:  # the next server's log has it
                return
            except ProviderError as error:
                model = error.model or self.thread.model
                logger.warning("%s: no reply from %s: %s: %s", self.owner, model, type(error).__name__, error)
            except EgoError as error:
                logger.warning("%s: no reply: %s", self.owner, error)
            except Exception:
                logger.exception("%s: no reply", self.owner)
            finally:
                forget(self.thread.id, pending.id)
                self._current = None
                self._text.end()
                self._text = ReplyText(self.viewers, self.streams)  # the pieces of a long reply are no longer wanted

    async def _next(self) -> Message | None:
        """The reply to see to now; None if there is none."""
        return self._queue.popleft() if self._queue else None

    async def _answer(self, pending: Message) -> None:
        self._result = replace(pending, status="failed", error="Interrupted")
        before = self.messages
        self._unheard = await hear(self.thread, pending, self._speaks_for, self.stale)
        self._place(())
        if self.messages is not before:
            await self.tell_news(before, self.thread.id)
        request, tally = self._request_for(pending, self.messages), self.tally
        self._spending = Spending(self.settings, tally)
        trace, fit = internals(self.thread).trace, Fitting(self.thread, pending, self.context)
        policy = self._begin_in_form()
        turn = answer(pending, request, policy, self._note, self._text.restart, self._finish, trace, fit)
        if text := self._opens_with(pending):
            turn = said(pending, text, self._seconds_for(text), self._note, self._finish)
        try:
            await adrive(turn, self, self.thread.id, self._send, self._pause)
        finally:
            self._current = None
            self._text.end()
            if tally is not None:
                tally.add(self._result)
            self._spending.end()
            self.courses.judge(self._result)
            await self._show(self._result)
            self.own_code.replied(self._result, self.messages)

    @property
    def _speaks_for(self) -> str | None:
        return None

    def _request_for(self, pending: Message, record: Sequence[Message]) -> Request:
        told = self.with_reactions(record)
        request = self._in_form(chat_request(self.thread, pending, told, self.people, self.settings))
        return request if told is record else replace(request, places=())

    def _opens_with(self, pending: Message) -> str:
        """The text of an opening for which no model is asked; empty for any other reply."""
        return self.settings.opening if pending.params.get(OPENING) == TEXT else ""

    def _finish(self, message: Message) -> Message:
        """A reply as it is to be recorded."""
        if self._current is not None and self._current.params:
            message = replace(message, params={**message.params, **self._current.params})
        message = self._without_pause(message)
        return replace(note_unheard(message, self._unheard), characters_delivered=self._text.delivered_of(message))

    def _note(self, message: Message) -> None:
        begin(self.thread.id, message).end(message)
        self._result = message
        self.size += len(message.text)
        internals(self.thread).settle(message)

    async def _show(self, reply: Message) -> None:
        """Show that a reply is final."""
        self.mark_shown((reply,))
        if self._visible(reply):
            await self._send_end(reply)
        else:
            await self.viewers.send_each(self.state)
        self._delivered(reply)

    async def append(self, thread_id: str, messages: Sequence[Message]) -> tuple[Message, ...]:
        """Record messages (a room is the store of its turns)."""
        return await writer().append(thread_id, messages)

    async def settle(self, thread_id: str, message: Message) -> None:
        """Write down how a reply ended."""
        try:
            await writer().settle(thread_id, message)
        except DBAPIError:  # it will never be there: nothing is final that is not recorded
            self.stale = self.unsure = True
            self._result = replace(message, status="failed", error="Interrupted")
            raise
