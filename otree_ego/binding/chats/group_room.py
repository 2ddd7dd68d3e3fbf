"""The room of a group chat: humans and AIs, one order of messages for all; who speaks is read from the record."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import ClassVar

from sqlalchemy.engine import Connection
from sqlalchemy.exc import DBAPIError

from ...chat_rules.members import Members
from ...chat_rules.openings import OPENING, TEXT, opening_text
from ...chat_rules.pacing import Pace
from ...chat_rules.settings import ChatSettings
from ...chat_rules.speakers import without_name
from ...chat_rules.turn_taking import (
    KNEW,
    is_human,
    is_pass,
    is_reply,
    may_speak,
    talk_for,
    was_broken_off,
)
from ...display import logger
from ...messages import Message, Request
from ...stores import Gone
from ...stores.failures import is_outage
from ...stores.reply_rows import moved_to_end
from ...threads.notices import is_notice
from ...threads.planned_requests import planned
from ...threads.under_way import announced, begin
from ..otree_internals.writer import writer
from .chat_requests import with_opening
from .frames import GroupActivity, GroupAdd, GroupMessageView, GroupState, Person, Status
from .group_rounds import RoundsRoom
from .group_turns import RETRY


class GroupRoom(RoundsRoom):
    """A room with several AIs: it adds to the one-AI room who speaks, what each of them is sent, and who is shown.

    Attributes:
        members: who is there, as the page said it last.
    """

    streams: ClassVar[bool] = False  # a message is shown when it is whole, as people's are

    async def set_members(
        self, members: Callable[[bool], Members], most_in_a_row: int, code: str, reveals: bool
    ) -> None:
        """Who is in the room, as a page says it now; if somebody has got another name, all pages show it.

        Arguments:
            members: makes them, for pages that show who is an AI or for those that do not.
            code: of the participant whose page it is. reveals: which it is; other pages of the room may be others.
        """
        self._reveals[code] = reveals
        self._as_seen = {each: members(each) for each in {*self._reveals.values()}}
        renamed = self._as_seen[reveals].names != self.members.names
        self.members, self._most_in_a_row = self._as_seen[reveals], most_in_a_row
        self._changed()
        if renamed:
            await self.viewers.send_each(self.state)

    # --- what it shows ----------------------------------------------------------------------------------------------

    @property
    def busy(self) -> bool:
        return self._current is not None or bool(self.arriving) or self.placing

    def _visible(self, message: Message, code: str = "") -> bool:
        shown = super()._visible(message) and message.status != "pending" and not was_broken_off(message)
        if not shown or self._members_for(code).reveal_ais:
            return shown
        return message.status != "failed" and bool(message.text.strip())

    def view(self, message: Message, code: str) -> GroupMessageView:
        """See `Room.view`. Where AIs are hidden, all messages have one shape, and nothing in it is from elsewhere."""
        plain, members = super().view(message, code), self._members_for(code)
        if is_notice(message):
            return {**plain, "seq": self._place_of(message, code), "colour": ""}
        name, colour = members.author(message)
        text = plain["text"]
        if (name and message.role == "assistant") or not (members.reveal_ais or plain["mine"]):
            text = members.shown(text, name, self.settings.max_length)
        if members.reveal_ais:
            return {**plain, "seq": self._place_of(message, code), "author": name, "text": text, "colour": colour}
        return {
            "id": plain["id"], "seq": self._place_of(message, code), "role": "user", "author": name, "text": text,
            "status": "complete", "why": "", "mine": plain["mine"], "colour": colour,
            "reactions": plain["reactions"],
        }  # fmt: skip

    def _place_of(self, message: Message, code: str) -> int:
        """A message's place; without gaps where nobody is to see that there is something in between."""
        members = self._members_for(code)
        if not self._counts:
            return message.seq
        places = self._places.get(members.reveal_ais)
        if places is None:
            seen = (m.id for m in self.messages if self._visible(m, code))
            places = self._places[members.reveal_ais] = {uid: place for place, uid in enumerate(seen, 1)}
        return places.get(message.id, len(places) + 1)

    @property
    def _counts(self) -> bool:
        every = self.members.personas
        return not all(seen.reveal_ais for seen in self._as_seen.values()) or any(one.may_pass for one in every)

    def status(self, code: str) -> Status:
        """See `Room.status`; where AIs are hidden, what they cost or could not do is not told."""
        return self._status(code, self.settings_for(code))

    def _status(self, code: str, settings: ChatSettings) -> Status:
        found = self.courses.status(self.without_time(code, settings), code)
        if self._members_for(code).reveal_ais:
            return found
        if found["why"].startswith("limit_cost"):
            found = {**found, "why": "closed", "note": settings.words["closed"]}
        return {**found, "again": False}

    def state(self, code: str) -> GroupState:
        members = self._members_for(code)
        people: list[Person] = [
            {"name": name, "colour": colour, "me": whose == code} for name, colour, whose in members.listed()
        ]
        return {
            **super().state(code), "model": "", "group": True, "people": people, "stop": self._may_stop(code),
            "typing": self._typing_for(code), "pictures": members.pictures,
        }  # fmt: skip

    def _is_coming(self, code: str) -> bool:
        return bool(self._typing_for(code))

    def _has_ended(self) -> bool:
        return super()._has_ended() or not any(may_speak(self.messages, one) for one in self.members.personas)

    def _everyone_counts(self, code: str) -> bool:
        return not self._members_for(code).reveal_ais

    def _names_of_people(self) -> dict[str, str]:
        return dict(self.members.names)

    def _typing_for(self, code: str) -> str:
        return self.typing if self._members_for(code).reveal_ais else ""

    def activity(self, code: str) -> GroupActivity:
        typing = self._typing_for(code)
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
            self._out_of_turn = persona, RETRY
            self._go_on()

    def _may_stop(self, code: str) -> bool:
        # what others wait for is not one participant's to stop
        members = self._members_for(code)
        return len(members.names) == 1 and members.reveal_ais

    def stop(self, code: str = "") -> None:
        if self._may_stop(code):
            super().stop()

    async def _record(self, user: Message | None) -> tuple[Message, ...]:
        return await self.append(self.thread.id, (user,) if user else ())

    async def _start(self, recorded: Sequence[Message], client_id: str) -> None:
        self._place(recorded)
        self._go_on()
        await self._add(recorded[-1], client_id)
        if self.stale:
            self.look_soon()

    async def _send_new(self, message: Message) -> None:
        await self._add(message)
        if is_human(message) or is_reply(message):
            self._go_on()

    _send_end = _send_new

    async def _add(self, message: Message, client_id: str = "") -> None:
        self._typing_sent, self._turn_sent = self.typing, self._turn_key()
        self.mark_shown((message,))

        def added(code: str) -> GroupAdd:
            view = self.view(message, code)
            frame: GroupAdd = {
                "t": "add", "client_id": client_id if view["mine"] else "", "message": view, **self.activity(code)
            }  # fmt: skip
            if not self._members_for(code).reveal_ais:  # not after an AI's message of all: the next one is refused
                frame["status"] = self._status(
                    code, replace(self.settings_for(code), max_cost=None, max_cost_session=None)
                )
            return frame

        await self.viewers.send_each(added, lambda code: self._visible(message, code))
        if self._counts and any(m.seq > message.seq and self._visible(m) for m in self.messages[-20:]):
            await self.viewers.send_each(self.state)  # it stands before one that was shown first

    # --- whose turn it is -------------------------------------------------------------------------------------------

    async def _next(self) -> Message | None:
        await self.own_code.settled()
        turn = self._turn()
        if turn is None:
            self._wait_for_silence()
            return None
        self._speaker, why = turn
        self._out_of_turn = None
        self._writing = not self._speaker.may_pass
        text = opening_text(self._speaker, self.members.personas, self.settings) if why == OPENING else ""
        model, secret = "" if text else self._speaker.model or self.thread.model, self._speaker.may_pass
        pending = Message("assistant", "", author=self._speaker.name, status="pending", hidden=secret, model=model)
        pending = replace(pending, params={"speaks": why, **({OPENING: TEXT} if text else {})})
        self.placing = True
        self._send_typing()
        try:
            if not text:
                (pending,) = planned(self.thread, self._request_for, (pending,), self.context)
            with announced(self.thread.id, (pending,)):
                placed = await writer().append(self.thread.id, (pending,), surely=True)
        except (Gone, DBAPIError) as error:
            self.gone, self.stale, self.unsure = isinstance(error, Gone), True, True
            logger.warning("%s: %s does not speak: %s", self.owner, self._speaker.name, error)
            return None
        finally:
            self.placing = False
        self._place(placed)
        return placed[0]

    # --- a message of an AI -----------------------------------------------------------------------------------------

    @property
    def _speaks_for(self) -> str | None:
        return None if self._speaker is None else self._speaker.name

    def _request_for(self, pending: Message, record: Sequence[Message]) -> Request:
        request, persona = super()._request_for(pending, record), self._speaker
        assert persona is not None
        before = [m for m in self.with_reactions(record) if m.seq < pending.seq]
        params = dict(request.params)
        if persona.temperature is not None:
            params["temperature"] = persona.temperature
        talk = talk_for(persona, before, self.members, self.settings.words["lang"], self.settings.max_length)
        request = replace(request, params=params, places=(), **talk._asdict())
        return self._in_form(with_opening(request, pending, record, self.settings))

    def _opens_with(self, pending: Message) -> str:
        if pending.params.get(OPENING) != TEXT or self._speaker is None:
            return ""
        return opening_text(self._speaker, self.members.personas, self.settings)

    @property
    def _pace(self) -> Pace:
        return Pace() if self._speaker is None else self._speaker.pace

    def _typed(self, text: str) -> str | None:
        persona = self._speaker
        assert persona is not None
        return None if persona.may_pass and is_pass(text, persona.name) else without_name(text, persona.name)

    def _writes(self) -> None:
        self._writing = True
        self._send_typing()

    def _finish(self, message: Message) -> Message:
        assert self._speaker is not None and self._current is not None
        params = {**message.params, **self._current.params, KNEW: message.seq - 1}
        done = super()._finish(replace(message, author=self._speaker.name, params=params))
        if self._speaker.may_pass and message.sendable:
            passed = message.finish_reason != "fallback" and is_pass(message.text, self._speaker.name)
            done = replace(done, hidden=passed)
            if passed:
                done = replace(done, finish_reason="pass", characters_delivered=None)
        return done

    def _note(self, message: Message) -> None:
        begin(self.thread.id, message).end(message)
        self._result = message  # others read it when it is recorded

    async def settle(self, thread_id: str, message: Message) -> None:
        await super().settle(thread_id, message)
        newest = max((m.seq for m in self.messages if self._visible(m)), default=0)
        if not message.hidden and (newest > message.seq or (self._speaker is not None and self._speaker.may_pass)):
            try:
                place = await writer().run(lambda c: moved_to_end(c, thread_id, message.id))
                self._result = message = replace(message, seq=place)
            except DBAPIError as error:
                if is_outage(error):  # it is moved when the database is back
                    writer().keep(lambda c: self._move_late(c, message.id))
                else:  # then it stays where it was begun
                    logger.warning("%s: a message stays at its first place: %s", self.owner, error)

    def _move_late(self, connection: Connection, uid: str) -> None:
        moved_to_end(connection, self.thread.id, uid)
        self.stale = True

    async def _show(self, reply: Message) -> None:
        # This server has tried; only the next one tries again.
        reply = replace(reply, attempts=reply.attempts or 1)
        self._place((reply,))
        self._speaker, self._writing = None, False
        if any(self._visible(reply, code) for code in self.viewers.pages):
            await self._add(reply)
            self._delivered(reply)
        else:
            self._send_typing()
