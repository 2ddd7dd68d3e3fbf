"""The room of a group chat: humans and AIs, one order of messages for all; who speaks is read from the record."""

from __future__ import annotations

import asyncio
import random
import time
from collections.abc import Sequence
from dataclasses import replace
from typing import ClassVar

from sqlalchemy import func, select
from sqlalchemy.engine import Connection
from sqlalchemy.exc import DBAPIError

from ...chat_rules.members import Members
from ...chat_rules.personas import Persona
from ...chat_rules.settings import ChatSettings
from ...chat_rules.turn_taking import (
    KNEW,
    author_of,
    is_pass,
    next_after_silence,
    next_speaker,
    talk_for,
    was_broken_off,
    without_name,
)
from ...display import logger
from ...messages import Message, Request
from ...stores import Gone
from ...stores.rows import MESSAGES, ThreadRow
from ...threads.turns import TimedReply
from ..otree_internals.startup import is_server
from ..otree_internals.writer import writer
from .frames import GroupActivity, GroupAdd, GroupMessageView, GroupState, Person
from .limits import spent
from .open_rooms import known_room
from .room import Room


class GroupRoom(Room):
    """A room with several AIs: it adds to the one-AI room who speaks, what each of them is sent, and who is shown.

    Attributes:
        members: who is there, as the page said it last.
    """

    streams: ClassVar[bool] = False  # a message is shown when it is whole, as people's are

    def __init__(self, row: ThreadRow, messages: list[Message], settings: ChatSettings, session_code: str) -> None:
        super().__init__(row, messages, settings, session_code)
        self.members = Members()
        self._most_in_a_row = 3
        self._speaker: Persona | None = None
        self._writing = False  # whether people may see that the speaker writes
        self._typing_sent = ""
        self._out_of_turn: tuple[Persona, str] | None = None  # tried again, or after a silence
        self._turn_found: list[tuple[Persona, str] | None] = []  # whose turn it is by the record, once looked up
        self._silence_timer: asyncio.TimerHandle | None = None
        self._turn_started = self._paused_for = 0.0

    async def set_members(self, members: Members, most_in_a_row: int) -> None:
        """Who is in the room, as the page says it now; if somebody has got another name, all pages show it."""
        renamed = members.names != self.members.names
        self.members, self._most_in_a_row = members, most_in_a_row
        self._turn_found = []
        if renamed:
            await self.viewers.send_each(self.state)

    # --- what it shows ----------------------------------------------------------------------------------------------

    @property
    def busy(self) -> bool:
        return self._current is not None or bool(self.arriving) or self.placing

    @property
    def typing(self) -> str:
        """Who is being waited for: the name of an AI that writes, or is about to, where people see who is one."""
        if not self.members.reveal_ais:
            return ""
        if self._current is not None or self.placing:
            return self._speaker.name if self._speaker is not None and self._writing else ""
        persona, _ = self._turn() or (None, "")
        return "" if persona is None or persona.may_pass else persona.name

    def _visible(self, message: Message) -> bool:
        shown = super()._visible(message) and message.status != "pending" and not was_broken_off(message)
        return shown and (self.members.reveal_ais or message.status != "failed")

    def view(self, message: Message, code: str) -> GroupMessageView:
        plain, members = super().view(message, code), self.members
        if message.role != "assistant":
            name, colour = members.names.get(message.author, ""), members.colours.get(message.author, "")
            return {**plain, "author": name, "colour": colour}
        author = author_of(message)
        persona = members.persona(author)
        view: GroupMessageView = {**plain, "author": author, "colour": persona.colour if persona else ""}
        if author:
            view["text"] = without_name(view["text"], author)
        if persona is not None and not members.reveal_ais:
            view["role"], view["status"], view["why"] = "user", "complete", ""
        return view

    def state(self, code: str) -> GroupState:
        people: list[Person] = [
            {"name": name, "colour": colour, "me": whose == code} for name, colour, whose in self.members.listed()
        ]
        return {
            **super().state(code), "model": "", "group": True, "people": people, "stop": self._may_stop,
            "typing": self.typing,
        }  # fmt: skip

    def activity(self, code: str) -> GroupActivity:
        typing = self.typing
        return {**super().activity(code), "busy": bool(typing), "typing": typing}

    # --- what happens in it -----------------------------------------------------------------------------------------

    async def opened(self) -> None:
        if self._turn() is not None:  # the server had stopped before somebody's turn
            self._go_on()
        elif self._silence_timer is None and not self.busy:
            self._wait_for_silence()

    async def retry(self) -> None:
        failed = self.failed_reply()
        persona = self.members.persona(failed.author) if failed is not None else None
        if persona is not None:
            self._out_of_turn = persona, "retry"
            self._go_on()

    @property
    def _may_stop(self) -> bool:
        # what others wait for is not one participant's to stop
        return len(self.members.names) == 1 and self.members.reveal_ais

    def stop(self) -> None:
        if self._may_stop:
            super().stop()

    async def _append(self, user: Message | None) -> tuple[Message, ...]:
        try:
            return await self.append(self.thread.id, (user,) if user else ())
        except Gone:
            self.gone = True
            raise
        except DBAPIError:
            self.stale = self.unsure = True
            raise

    async def _start(self, recorded: Sequence[Message], client_id: str) -> None:
        self._place(recorded)
        self._go_on()
        await self._add(recorded[-1], client_id)

    async def _add(self, message: Message, client_id: str = "") -> None:
        self._typing_sent = self.typing

        def added(code: str) -> GroupAdd:
            return {"t": "add", "client_id": client_id, "message": self.view(message, code), **self.activity(code)}

        await self.viewers.send_each(added)

    def _go_on(self) -> None:
        """Let whoever is to speak speak; else wait for a silence."""
        if self._turn() is not None:
            self._start_answering()
        self._wait_for_silence()
        self._send_typing()

    # --- whose turn it is -------------------------------------------------------------------------------------------

    def _turn(self) -> tuple[Persona, str] | None:
        """Whose turn it is, and why."""
        if spent(self.messages, self.settings, self.tally):
            return None
        if self._out_of_turn is not None:
            return self._out_of_turn
        if not self._turn_found:
            found = next_speaker(self.messages, self.members.personas, self._most_in_a_row)
            self._turn_found = [None if found is None else (found[0], str(found[1]))]
        return self._turn_found[0]

    def _load(self, row: ThreadRow, messages: list[Message]) -> None:
        super()._load(row, messages)
        self._turn_found = []

    def _place(self, recorded: Sequence[Message]) -> None:
        super()._place(recorded)
        self._turn_found = []

    async def _next(self) -> Message | None:
        turn = self._turn()
        if turn is None:
            self._wait_for_silence()
            return None
        self._speaker, why = turn
        self._out_of_turn = None
        self._writing = not self._speaker.may_pass
        self._turn_started, self._paused_for = time.perf_counter(), 0.0
        model, secret = self._speaker.model or self.thread.model, self._speaker.may_pass
        pending = Message("assistant", "", author=self._speaker.name, status="pending", hidden=secret, model=model)
        self.placing = True
        self._send_typing()
        try:
            placed = await self.append(self.thread.id, (replace(pending, params={"speaks": why}),))
        except (Gone, DBAPIError) as error:
            self.gone, self.stale, self.unsure = isinstance(error, Gone), True, True
            logger.warning("%s: %s does not speak: %s", self.owner, self._speaker.name, error)
            return None
        finally:
            self.placing = False
        self._place(placed)
        return placed[0]

    # --- a message of an AI -----------------------------------------------------------------------------------------

    def _request_for(self, pending: Message) -> Request:
        request, persona = super()._request_for(pending), self._speaker
        assert persona is not None
        before = [m for m in self.messages if m.seq < pending.seq]
        params = dict(request.params)
        if persona.temperature is not None:
            params["temperature"] = persona.temperature
        messages, authors = talk_for(persona, before, self.members, self.settings.words["lang"])
        return replace(request, params=params, messages=messages, authors=authors)

    async def _send(self, request: Request) -> TimedReply:
        answered = await super()._send(request)
        persona = self._speaker
        assert persona is not None and self._current is not None
        if persona.may_pass and is_pass(answered.reply.text, persona.name):
            return answered
        text = without_name(answered.reply.text, persona.name)
        pace = persona.pace.seconds(text, random.Random(self._current.id))
        self._current = replace(self._current, params={**self._current.params, "pace": round(pace, 3)})
        left = pace - (time.perf_counter() - self._turn_started)
        if left > 0 and is_server():  # bots do not wait
            self._writing = True
            self._send_typing()
            paused = time.perf_counter()
            await self._pause(left)
            self._paused_for = time.perf_counter() - paused
        return answered

    def _finish(self, message: Message) -> Message:
        assert self._speaker is not None and self._current is not None
        params = {**message.params, **self._current.params, KNEW: message.seq - 1}
        latency = None if message.latency is None else message.latency - self._paused_for
        done = replace(message, author=self._speaker.name, params=params, latency=latency)
        if self._speaker.may_pass and message.sendable:
            passed = message.finish_reason != "fallback" and is_pass(message.text, self._speaker.name)
            done = replace(done, hidden=passed, finish_reason="pass" if passed else done.finish_reason)
        return done

    def _note(self, message: Message) -> None:
        self._result = message  # others read it when it is recorded

    async def settle(self, thread_id: str, message: Message) -> None:
        newest = max(m.seq for m in self.messages)
        if not message.hidden and (newest > message.seq or (self._speaker is not None and self._speaker.may_pass)):
            try:
                place = await writer().run(lambda c: _moved_to_end(c, thread_id, message.id))
                self._result = message = replace(message, seq=place)
            except DBAPIError as error:  # then it stays where it was begun
                logger.warning("%s: a message stays at its first place: %s", self.owner, error)
        await super().settle(thread_id, message)

    async def _show(self, reply: Message) -> None:
        # This server has tried; only the next one tries again.
        reply = replace(reply, attempts=reply.attempts or 1)
        self._place((reply,))
        self._speaker, self._writing = None, False
        if self._visible(reply):
            await self._add(reply)
        else:
            self._send_typing()

    # --- typing, and silence ----------------------------------------------------------------------------------------

    def _send_typing(self) -> None:
        typing = self.typing
        if typing != self._typing_sent:
            self._typing_sent = typing
            self.viewers.send_soon({"t": "typing", "typing": typing, "busy": bool(typing)})

    def _wait_for_silence(self) -> None:
        if self._silence_timer is not None:
            self._silence_timer.cancel()
            self._silence_timer = None
        following = next_after_silence(self.messages, self.members.personas, self._most_in_a_row)
        if following is not None and not self.gone:
            self._silence_timer = asyncio.get_running_loop().call_later(following[1], self._break_silence)

    def _break_silence(self) -> None:
        self._silence_timer = None
        following = next_after_silence(self.messages, self.members.personas, self._most_in_a_row)
        if self.busy or following is None or self._turn() is not None or known_room(self.owner) is not self:
            return  # whoever speaks now ends the silence, and then the next one is waited for
        if not self.viewers.anybody_there():
            return  # nobody would read it; opening the page begins anew
        self._out_of_turn = following[0], f"after {following[1]:g} s"
        self._go_on()


def _moved_to_end(c: Connection, thread_id: str, uid: str) -> int:
    """Move a message to the end of its Thread, for all to see: others have written while it was being written."""
    others = select([func.max(MESSAGES.c.seq)]).where((MESSAGES.c.thread == thread_id) & (MESSAGES.c.uid != uid))
    place = int(c.execute(others).scalar() or 0) + 1
    c.execute(MESSAGES.update().where(MESSAGES.c.uid == uid).values(seq=place, hidden=False))
    return place
