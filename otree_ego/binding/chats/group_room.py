"""Group chats: humans and AIs in one room, one order for all; who speaks is read from the record."""

from __future__ import annotations

import asyncio
import logging
import random
import time
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.engine import Connection
from sqlalchemy.exc import DBAPIError

from ...chat_rules.personas import Persona, colours_for, distinct, in_order, seats
from ...chat_rules.settings import ChatSettings
from ...chat_rules.turn_taking import (
    author_of,
    in_a_row,
    is_pass,
    may_speak,
    next_speaker,
    view_of,
    was_broken_off,
    without_name,
)
from ...errors import ConfigError, LinkError
from ...messages import Message, Request
from ...stores import Gone
from ...stores.rows import MESSAGES, ThreadRow
from ...threads.turns import TimedReply
from ..links.link import Link, ai, caught_up
from ..otree_internals.live_channel import looks_on
from ..otree_internals.models import page_of, participant_code
from ..otree_internals.startup import is_server
from ..otree_internals.writer import writer
from .limits import spent
from .page import _answer, broken, room_of
from .room import Room, known_room

logger = logging.getLogger("otree_ego")


async def group_chat(
    player: Any,
    data: Any,
    *,
    personas: Sequence[Persona],
    names: Mapping[str, str] | None = None,
    link: Link | None = None,
    most_in_a_row: int = 3,
    reveal_ais: bool = True,
) -> AsyncIterator[dict[int, Any]]:
    """A chat of several humans and AIs, for a page's live method.

    Put ``{{ include 'otree_ego/chat.html' }}`` into the page's template. All see the same messages in the same order.
    AIs speak one after the other, when their `Persona` says so; they answer each other only when addressed. In the data
    a reply's params say why it came (`speaks`), the place of the last message it knew (`heard`), and its `pace`.

    Arguments:
        player: the player whose page it is.
        data: what the page sent.
        personas: the AIs that are there.
        names: what participants are called, by their codes; the others are Participant 1, Participant 2, …
        link: whose Thread holds the record; ``ai(player.group)`` if not given. Its owner's players are the room's.
        most_in_a_row: how many messages AIs write at most until a human has written again.
        reveal_ais: whether the page shows who is an AI. Without, AIs look like humans: all stand in one order and get
            their colours by it, no text is Markdown, nobody is seen writing, and a reply that failed is not shown.

    In a page, with ``from otree_ego import Persona, chat_error, group_chat``::

        @staticmethod
        async def live_method(player, data):
            async for update in group_chat(player, data, personas=[Persona("Ada", "You are curious.")]):
                yield update

        @staticmethod
        def error_message(player, values):
            return chat_error(player, link=ai(player.group))
    """
    me, (code, page_index, session_code) = player.id_in_group, page_of(player)
    try:
        link = ai(player.group) if link is None else link
        known = known_room(link.owner)
        seen = isinstance(known, GroupRoom) and code in known.names
        people = list(known.names) if isinstance(known, GroupRoom) and seen else _people(link, player)
        if isinstance(most_in_a_row, bool) or not isinstance(most_in_a_row, int) or most_in_a_row < 1:
            raise ConfigError(f"most_in_a_row={most_in_a_row!r:.60}: this takes a whole number from 1.")
        await caught_up()
        room = await room_of(player, link, session_code, GroupRoom)
        before = dict(room.names)
        room.furnish(personas, people, names or {}, most_in_a_row, reveal_ais)
        if room.names != before:  # somebody has told their name meanwhile
            await room.introduce()
    except (ConfigError, LinkError, Gone) as error:
        yield {me: {"ego": broken(player, error)}}
        return
    room.pages[code] = page_index
    answer = await _answer(room, code, data)
    if answer is not None:
        yield {me: {"ego": answer}}


def _people(link: Link, player: Any) -> list[str]:
    of = link._instance
    if hasattr(of, "get_players"):
        return [participant_code(each) for each in of.get_players()]
    if hasattr(of, "get_participants"):
        return [each.code for each in of.get_participants()]
    return [player.participant.code]


class GroupRoom(Room):
    """A room with several AIs: it adds to the one-AI room who speaks, what each of them hears, and who is seen."""

    def __init__(self, row: ThreadRow, messages: list[Message], settings: ChatSettings, session_code: str) -> None:
        super().__init__(row, messages, settings, session_code)
        self.personas: tuple[Persona, ...] = ()
        self.names: dict[str, str] = {}
        self.colours: dict[str, str] = {}
        self._most = 3
        self._reveal = True
        self._speaker: Persona | None = None
        self._writing = False
        self._told = ""
        self._called: tuple[Persona, str] | None = None  # out of turn: tried again, or after a silence
        self._found: list[tuple[Persona, str] | None] = []  # whose turn it is by the record, once looked up
        self._alarm: asyncio.TimerHandle | None = None
        self._begun = self._waited = 0.0

    def furnish(
        self,
        personas: Sequence[Persona],
        people: Sequence[str],
        names: Mapping[str, str],
        most_in_a_row: int,
        reveal_ais: bool = True,
    ) -> None:
        """Who is in the room, as the page says it now.

        Raises:
            ConfigError: the personas cannot be told apart.
        """
        self.personas = seats(personas)
        usual = self.settings.words["other"]
        wanted = {code: str(names.get(code) or f"{usual} {place}") for place, code in enumerate(people, 1)}
        self.names = distinct(wanted, [one.name for one in self.personas])
        self._most, self._reveal = most_in_a_row, reveal_ais
        if reveal_ais:
            taken = [one.colour for one in self.personas]
            self.colours = dict(zip(people, colours_for(len(people), taken), strict=True))
        else:
            listed = in_order([*self.names.values(), *(one.name for one in self.personas)])
            by_name = dict(zip(listed, colours_for(len(listed)), strict=True))
            self.personas = tuple(replace(one, colour=by_name[one.name]) for one in self.personas)
            self.colours = {code: by_name[name] for code, name in self.names.items()}
        self._found = []

    async def introduce(self) -> None:
        """Show those who look on who is there."""
        for code in list(self.pages):
            await self._tell(code, self.state(code))

    # --- what it shows ----------------------------------------------------------------------------------------------

    @property
    def busy(self) -> bool:
        return self._now is not None or bool(self.arriving) or self.placing

    @property
    def typing(self) -> str:
        """Who is being waited for: the name of an AI that writes, or is about to, where people see who is one."""
        if not self._reveal:
            return ""
        if self._now is not None or self.placing:
            return self._speaker.name if self._speaker is not None and self._writing else ""
        persona, _ = self._turn() or (None, "")
        return "" if persona is None or persona.may_pass else persona.name

    def _visible(self, message: Message) -> bool:
        shown = super()._visible(message) and message.status != "pending" and not was_broken_off(message)
        return shown and (self._reveal or message.status != "failed")

    def view(self, message: Message, code: str) -> dict[str, Any]:
        view = super().view(message, code)
        if message.role == "assistant":
            author = author_of(message)
            persona = self._persona(author)
            seen = {"author": author, "colour": persona.colour if persona else ""}
            if persona is not None and not self._reveal:
                seen |= {"role": "user", "status": "complete", "why": ""}
            return {**view, **seen, "text": without_name(view["text"], author) if author else view["text"]}
        return {**view, "author": self.names.get(message.author, ""), "colour": self.colours.get(message.author, "")}

    def state(self, code: str) -> dict[str, Any]:
        people = [
            {"name": name, "colour": self.colours[one], "me": one == code} for one, name in self.names.items()
        ] + [{"name": one.name, "colour": one.colour, "me": False} for one in self.personas]
        if not self._reveal:
            order = in_order([str(one["name"]) for one in people])
            people.sort(key=lambda one: order.index(str(one["name"])))
        return {**super().state(code), "model": "", "group": True, "people": people, "stop": self._may_stop}

    def now(self, code: str) -> dict[str, Any]:
        typing = self.typing
        return {**super().now(code), "busy": bool(typing), "typing": typing}

    def _persona(self, name: str) -> Persona | None:
        return next((one for one in self.personas if one.name == name), None)

    # --- what happens in it -----------------------------------------------------------------------------------------

    async def opened(self) -> None:
        if self._turn() is not None:  # the server had stopped before somebody's turn
            self._go_on()
        elif self._alarm is None and not self.busy:
            self._listen_for_silence()

    async def retry(self) -> None:
        failed = self.failed_reply()
        persona = self._persona(failed.author) if failed is not None else None
        if persona is not None:
            self._called = persona, "retry"
            self._go_on()

    @property
    def _may_stop(self) -> bool:
        return len(self.names) == 1 and self._reveal  # what others wait for is not one participant's to stop

    def stop(self) -> None:
        if self._may_stop:
            super().stop()

    async def _append(self, user: Message | None) -> tuple[Message, ...]:
        try:
            return await self.append(self.thread.id, (user,) if user else ())
        except Gone:
            self.gone = True
            raise

    async def _start(self, recorded: Sequence[Message], client_id: str) -> None:
        self._place(recorded)
        self._go_on()
        await self._add(recorded[-1], client_id)

    async def _add(self, message: Message, client_id: str = "") -> None:
        self._told = self.typing
        for code in list(self.pages):
            told = {"t": "add", "client_id": client_id, "message": self.view(message, code), **self.now(code)}
            await self._tell(code, told)

    def _go_on(self) -> None:
        """Let whoever is to speak speak; else wait for a silence."""
        if self._turn() is not None:
            self._work()
        self._listen_for_silence()
        self._tell_typing()

    def _turn(self) -> tuple[Persona, str] | None:
        if spent(self.messages, self.settings, self.tally):
            return None
        if self._called is not None:
            return self._called
        if not self._found:
            found = next_speaker(self.messages, self.personas, self._most)
            self._found = [None if found is None else (found[0], str(found[1]))]
        return self._found[0]

    def _take(self, row: ThreadRow, messages: list[Message]) -> None:
        super()._take(row, messages)
        self._found = []

    def _place(self, recorded: Sequence[Message]) -> None:
        super()._place(recorded)
        self._found = []

    async def _next(self) -> Message | None:
        turn = self._turn()
        if turn is None:
            self._listen_for_silence()
            return None
        self._speaker, why = turn
        self._called = None
        self._writing = not self._speaker.may_pass
        self._begun, self._waited = time.perf_counter(), 0.0
        model, secret = self._speaker.model or self.thread.model, self._speaker.may_pass
        pending = Message("assistant", "", author=self._speaker.name, status="pending", hidden=secret, model=model)
        self.placing = True
        self._tell_typing()
        try:
            placed = await self.append(self.thread.id, (replace(pending, params={"speaks": why}),))
        except (Gone, DBAPIError) as error:
            self.gone = isinstance(error, Gone)
            logger.warning("%s: %s does not speak: %s", self.owner, self._speaker.name, error)
            return None
        finally:
            self.placing = False
        self._place(placed)
        return placed[0]

    def _request(self, pending: Message) -> Request:
        request, persona = super()._request(pending), self._speaker
        assert persona is not None
        before = [m for m in self.messages if m.seq < pending.seq]
        params = dict(request.params)
        if persona.temperature is not None:
            params["temperature"] = persona.temperature
        mine = not persona.model or persona.model == request.model
        return replace(
            request,
            model=persona.model or request.model,
            base_url=request.base_url if mine else "",
            params=params,
            messages=view_of(before, persona, self.names, self.personas, self.settings.words["lang"], self._reveal),
        )

    async def _send(self, request: Request) -> TimedReply:
        heard = await super()._send(request)
        persona = self._speaker
        assert persona is not None and self._now is not None
        if persona.may_pass and is_pass(heard.reply.text, persona.name):
            return heard
        text = without_name(heard.reply.text, persona.name)
        pace = persona.pace.seconds(text, random.Random(self._now.id))
        self._now = replace(self._now, params={**self._now.params, "pace": round(pace, 3)})
        left = pace - (time.perf_counter() - self._begun)
        if left > 0 and is_server():  # bots do not wait
            self._writing = True
            self._tell_typing()
            asleep = time.perf_counter()
            await self._pause(left)
            self._waited = time.perf_counter() - asleep
        return heard

    def _finish(self, message: Message) -> Message:
        assert self._speaker is not None and self._now is not None
        params = {**message.params, **self._now.params, "heard": message.seq - 1}
        latency = None if message.latency is None else message.latency - self._waited
        done = replace(message, author=self._speaker.name, params=params, latency=latency)
        if self._speaker.may_pass and message.sendable:
            passed = message.finish_reason != "fallback" and is_pass(message.text, self._speaker.name)
            done = replace(done, hidden=passed, finish_reason="pass" if passed else done.finish_reason)
        return done

    def _note(self, message: Message) -> None:
        self._outcome = message  # it is said when it is recorded

    async def settle(self, thread_id: str, message: Message) -> None:
        newest = max(m.seq for m in self.messages)
        if not message.hidden and (newest > message.seq or (self._speaker is not None and self._speaker.may_pass)):
            try:
                place = await writer().run(lambda c: _said_now(c, thread_id, message.id))
                self._outcome = message = replace(message, seq=place)
            except DBAPIError as error:  # then it stays where it was begun
                logger.warning("%s: a message stays at its first place: %s", self.owner, error)
        await super().settle(thread_id, message)

    async def _ended(self, outcome: Message) -> None:
        # This server has tried; only the next one tries again.
        outcome = replace(outcome, attempts=outcome.attempts or 1)
        self._place((outcome,))
        self._speaker, self._writing = None, False
        if self._visible(outcome):
            await self._add(outcome)
        else:
            self._tell_typing()

    # --- typing, and silence ----------------------------------------------------------------------------------------

    def _heard(self, piece: str) -> None:
        """A message is shown when it is whole, as people's are."""

    def _tell_typing(self) -> None:
        typing = self.typing
        if typing != self._told:
            self._told = typing
            self._tell_all({"t": "typing", "typing": typing, "busy": bool(typing)})

    def _listen_for_silence(self) -> None:
        if self._alarm is not None:
            self._alarm.cancel()
            self._alarm = None
        first = self._patient()
        if first is not None and not self.gone:
            self._alarm = asyncio.get_running_loop().call_later(first[1], self._silence)

    def _patient(self) -> tuple[Persona, float] | None:
        """Who would break a silence, and after how many seconds."""
        if in_a_row(self.messages, tries=True) >= self._most:
            return None
        waiting = [
            (rule.n, place) for place, one in enumerate(self.personas) for rule in one.rules if rule.kind == "after"
            if may_speak(self.messages, one)
        ]  # fmt: skip
        if not waiting:
            return None
        seconds, place = min(waiting)
        return self.personas[place], seconds

    def _silence(self) -> None:
        self._alarm = None
        first = self._patient()
        if self.busy or first is None or self._turn() is not None or known_room(self.owner) is not self:
            return  # whoever speaks now ends the silence, and then it is listened for again
        if not any(looks_on(self.session_code, page, code) for code, page in self.pages.items()):
            return  # nobody would read it; opening the page begins anew
        self._called = first[0], f"after {first[1]:g} s"
        self._go_on()


def _said_now(c: Connection, thread_id: str, uid: str) -> int:
    """Move a message to the end of its Thread, for all to see: others have written while it was being written."""
    others = select([func.max(MESSAGES.c.seq)]).where((MESSAGES.c.thread == thread_id) & (MESSAGES.c.uid != uid))
    place = int(c.execute(others).scalar() or 0) + 1
    c.execute(MESSAGES.update().where(MESSAGES.c.uid == uid).values(seq=place, hidden=False))
    return place


__all__ = ["GroupRoom", "group_chat"]
