"""Group chats in rounds: a fixed order of turns, replies that wait for everybody, and who is passed over meanwhile."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from typing import Any

from sqlalchemy.engine import Connection

from ...chat_rules.openings import next_opening
from ...chat_rules.personas import Persona
from ...chat_rules.settings import SETTINGS, ChatSettings
from ...chat_rules.turn_order import Seat, order_of, still_to_write, whose_turn
from ...chat_rules.turn_taking import in_a_row, known_up_to, may_speak
from ...errors import ConfigError
from ...messages import Message
from ...stores.rows import ThreadRow
from ...threads.notices import has_ended
from ..otree_internals.startup import is_server
from ..otree_internals.tables import EgoEvent
from ..otree_internals.writer import writer
from .frames import Status
from .group_turns import TurnsRoom
from .limits import reached, spent, used_by
from .open_rooms import known_room

ROUND = "round"
PASSED = "passed over"
"""The event's name in the data: a turn, or a round, has waited in vain for a participant."""
LOOKS = 0.5
"""Seconds between looks whether those who are awaited are still there."""


def with_turns(settings: ChatSettings, turns: str | None, wait_for_all: bool | None) -> ChatSettings:
    """Settings with what a page says of turns in their place.

    Raises:
        ConfigError: it says what is neither.
    """
    given: dict[str, Any] = {
        name: value for name, value in (("turns", turns), ("wait_for_all", wait_for_all)) if value is not None
    }
    for name, value in given.items():
        try:
            SETTINGS[name].read(value)
        except ConfigError as error:
            raise ConfigError(f"group_chat({name}=…): {error}") from None
    return replace(settings, **given) if given else settings


class RoundsRoom(TurnsRoom):
    """A room in which people take turns, too (``ego_turns="round"``), or are waited for (``ego_wait_for_all``)."""

    def __init__(self, row: ThreadRow, messages: list[Message], settings: ChatSettings, session_code: str) -> None:
        self._passed: dict[str, int] = {}  # who was passed over, by code, and the last message's place then
        self._noted: set[str] = set()  # who was passed over since somebody has written, as the data have it
        self._awaited: dict[str, float] = {}  # since when, by code
        self._absent: dict[str, float] = {}  # since when nobody has their page open
        self._watch_timer: asyncio.TimerHandle | None = None
        self._turn_sent: object = None
        self._telling: asyncio.Task[None] | None = None
        self._seat_found: list[Seat | None] = []
        super().__init__(row, messages, settings, session_code)

    @property
    def in_order(self) -> bool:
        """Whether all speak in a fixed order."""
        return self.settings.turns == ROUND

    # --- whose turn it is -------------------------------------------------------------------------------------------

    def _seat(self) -> Seat | None:
        """Whose turn it is in the fixed order."""
        if self._speaker is not None and (self._current is not None or self.placing):
            return Seat(self._speaker.name, "")
        if not self._seat_found:
            passed = [seat for seat in self._order() if seat.code in self._passed]
            self._seat_found = [whose_turn(self.messages, self._order(), self._is_able, passed)]
        return self._seat_found[0]

    def _order(self) -> list[Seat]:
        return order_of(self._as_seen.get(False, self.members))  # one that tells nothing, if somebody is to see nothing

    def _is_able(self, seat: Seat) -> bool:
        """Whether somebody may write at all."""
        if seat.code:
            return not reached(used_by(self.messages, seat.code), self.settings_for(seat.code), self.tally)
        persona, most = self.members.persona(seat.name), max(self._most_in_a_row, len(self.members.personas))
        if persona is None or spent(self.messages, self.settings, self.tally):
            return False
        return may_speak(self.messages, persona) and in_a_row(self.messages, tries=True) < most

    def _turn(self) -> tuple[Persona, str] | None:
        if not self.in_order or self._out_of_turn is not None:
            return super()._turn()
        if self.courses.all_over or has_ended(self.messages):
            return None
        opens = next_opening(self.messages, self.members.personas, self.settings)
        if opens is not None:
            return opens
        seat = self._seat()
        persona = self.members.persona(seat.name) if seat is not None and not seat.code else None
        return None if persona is None or self.arriving else (persona, ROUND)

    def _who_may_answer(self) -> Sequence[Persona]:
        if not self.settings.wait_for_all:
            return super()._who_may_answer()
        return [one for one in self.members.personas if not self._still_to_write(one)]

    def _still_to_write(self, persona: Persona) -> list[str]:
        missing, known = still_to_write(self.messages, self.members.names, persona), known_up_to(self.messages, persona)
        return [code for code in missing if self._passed.get(code, 0) <= known and self._is_able(Seat("", code))]

    def _missing(self) -> list[str]:
        """Whom the next round of replies waits for."""
        personas = [one for one in self.members.personas if may_speak(self.messages, one)]
        last = max(personas, key=lambda one: known_up_to(self.messages, one), default=None)
        return [] if last is None else self._still_to_write(last)

    def _silence_counts(self) -> bool:
        return not (self.in_order or self.settings.wait_for_all)

    def _changed(self) -> None:
        super()._changed()
        self._seat_found = []

    def _place(self, recorded: Sequence[Message]) -> None:
        if recorded:
            self._noted.clear()
        if recorded and self.in_order:
            self._passed.clear()
            self._awaited.clear()
        super()._place(recorded)

    def _wait_for_silence(self) -> None:
        super()._wait_for_silence()
        self._watch()

    def _turn_key(self) -> object:
        """What the pages show of whose turn it is."""
        if self.in_order:
            return self._seat()
        if not self.settings.wait_for_all or self._speaker is not None or self._turn() is not None:
            return ()
        return tuple(self._missing())

    # --- what a page is told ----------------------------------------------------------------------------------------

    def without_time(self, code: str, settings: ChatSettings) -> Status:
        """See `Exposures.without_time`; with whose turn it is, or whom all wait for."""
        found = super().without_time(code, settings)
        if not found["open"]:
            return found
        if self.in_order:
            seat = self._seat()
            if seat is None or (seat.code == code and self.arriving):
                return {**found, "open": False, "why": "too_fast", "note": ""}
            if seat.code == code:
                return {**found, "note": settings.words["turn_mine"]}
            note = settings.words["turn"].replace("{name}", self._name_of(seat, code))
            return {**found, "open": False, "why": "turn", "note": note}
        missing = self._turn_key()
        if not isinstance(missing, tuple) or not missing:
            return found
        names = ", ".join(self._name_of(Seat("", one), code) for one in missing)
        others = settings.words["wait_others"].replace("{names}", names)
        return {**found, "note": settings.words["wait_mine"] if code in missing else others}

    def _name_of(self, seat: Seat, code: str) -> str:
        return self._members_for(code).names.get(seat.code, seat.name)

    # --- who is passed over -----------------------------------------------------------------------------------------

    def _waits_for(self) -> list[str]:
        """The codes of participants without whom it does not go on now."""
        if self.busy or self.courses.all_over or has_ended(self.messages):
            return []
        if self.in_order:
            seat = self._seat()
            others = seat is not None and any(self._is_able(one) for one in self._order() if one != seat)
            return [seat.code] if seat is not None and seat.code and others else []
        missing = self._missing() if self.settings.wait_for_all else []
        return missing if 0 < len(missing) < len(self.members.names) else []  # nobody waits before one has written

    def _watch(self) -> None:
        """See who is awaited, and pass over who has been for long enough; look again as long as somebody is."""
        if self._watch_timer is not None:
            self._watch_timer.cancel()
            self._watch_timer = None
        if not (self.in_order or self.settings.wait_for_all) or not is_server():
            return
        gone, now = self.gone or known_room(self.owner) is not self, time.monotonic()
        awaited = [] if gone or not self.viewers.anybody_there() else self._waits_for()
        self._awaited = {code: self._awaited.get(code, now) for code in awaited}
        passed = [code for code in awaited if self._waited_long(code, now)]
        for code in passed:
            self._pass_over(code, now)
        if passed:
            self._changed()
            self._go_on()
        elif awaited:
            self._watch_timer = asyncio.get_running_loop().call_later(LOOKS, self._watch)
        self._tell_turn()

    def _waited_long(self, code: str, now: float) -> bool:
        if self.viewers.is_there(code):
            self._absent.pop(code, None)
        else:
            self._absent.setdefault(code, now)
            if now - self._absent[code] >= self.settings.gone_seconds:
                return True
        most = self.settings.turn_seconds
        return most is not None and now - self._awaited[code] >= most

    def _pass_over(self, code: str, now: float) -> None:
        self._passed[code] = max((m.seq for m in self.messages), default=0)
        if self.in_order and not any(self._is_able(one) for one in self._order() if one.code not in self._passed):
            self._passed = {code: self._passed[code]}  # all were, once: they come again
        waited = now - self._awaited.pop(code)
        if code not in self._noted:  # a round in which nobody writes goes on and on, and is one row each
            self._noted.add(code)
            self._note_passed(code, {"seconds": round(waited, 1), "gone": code in self._absent})

    def _note_passed(self, code: str, about: dict[str, Any]) -> None:
        others = ({**one, "page": "", "page_index": 0} for one in self.places.values())
        place = self.places.get(code) or next(others, None)
        if place is not None:
            told = json.dumps({"thread": self.thread.id, **about})
            row = {**place, "participant": code, "kind": PASSED, "about": told, "time": time.time()}
            writer().keep(partial(_write, row=row))

    def _tell_turn(self) -> None:
        """Tell the pages whose turn it is, unless a message does."""
        if self._turn_key() != self._turn_sent:
            self._telling = asyncio.get_running_loop().create_task(self._send_turn())

    async def _send_turn(self) -> None:
        if self._turn_key() != self._turn_sent:
            self._turn_sent = self._turn_key()
            await self.viewers.send_each(lambda code: {"t": "status", "status": self.status(code)})


def _write(connection: Connection, row: dict[str, Any]) -> None:
    connection.execute(EgoEvent.__table__.insert(), [row])
