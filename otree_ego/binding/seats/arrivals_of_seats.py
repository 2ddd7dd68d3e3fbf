"""Seats before a page that makes groups by arrival: each waits until a human needs it there.

Models are quicker than humans. If they came to such a page at once, they would be grouped among themselves, and the
humans among themselves.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field, replace

from ...chat_rules.seat_arrivals import per_group, wanted
from ...chat_rules.seat_settings import SeatNumber
from ...players.ai_marks import SEAT
from ..otree_internals.group_arrivals import Place, arrival_place, arrivals_at, is_grouped, on_arrival
from ..otree_internals.inner_requests import in_background
from ..otree_internals.writer import writer

LOOK = 10.0
"""Seconds after which it is looked again whether somebody is needed, though nobody has come or gone."""


@dataclass
class Line:
    """The seats that stand before one page of one session.

    Fields:
        place: which page. waiting: those who wait, in order. entering: those whose request for the page is under way.
        extra: seats beyond the usual, since no group comes about.
    """

    place: Place
    waiting: list[tuple[str, asyncio.Future[None]]] = field(default_factory=list)
    entering: set[str] = field(default_factory=set)
    extra: int = 0
    wake: asyncio.Event = field(default_factory=asyncio.Event)
    task: asyncio.Task[None] | None = None

    async def wait(self, code: str) -> None:
        """Wait until this seat is needed."""
        needed: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self.waiting.append((code, needed))
        if self.task is None:
            self.task = in_background(self._see_to_it())
        self.wake.set()
        try:
            await needed
        finally:
            self.waiting = [each for each in self.waiting if each[1] is not needed]

    async def _see_to_it(self) -> None:
        try:
            while self.waiting:
                self.wake.clear()
                found = await writer().run_surely(lambda c: arrivals_at(c, self.place))
                line = [each for each in self.waiting if not each[1].done()]
                here = 0 if found is None else found.seats_here + len(self.entering)
                number = len(line) if found is None else wanted(found) + self.extra - here
                for code, needed in line[: max(0, number)]:
                    needed.set_result(None)
                    self.entering.add(code)
                    self.extra = max(0, self.extra - 1)
                try:
                    await asyncio.wait_for(self.wake.wait(), LOOK)
                except asyncio.TimeoutError:  # humans wait, and no group comes about: the app has rules of its own
                    self.extra += found is not None and found.humans_here > 0 and found.group_size == 0
        finally:
            self.task = None


_lines: dict[tuple[str, int], Line] = {}


@dataclass
class Entrance:
    """Holds one seat back; see `server_transport.Entrance`.

    Fields:
        inside: the place of the page that makes groups at which the seat is; it is held back there once.
    """

    session_id: int
    session_code: str
    code: str
    why: str
    number: SeatNumber
    inside: int = 0

    async def enter(self, index: int) -> None:
        """Return when the participant may load the page at this place of the session."""
        place = arrival_place(self.session_id, self.session_code, index) if self.why == SEAT else None
        if place is None or index == self.inside:
            return
        if not await writer().run_surely(lambda c: is_grouped(c, place, self.code)):
            await self._wait(place)
        self.inside = index

    async def _wait(self, place: Place) -> None:
        key = (self.session_code, place.index)
        if key not in _lines:
            _lines[key] = Line(replace(place, per_group=per_group(self.number, place.group_size)))
        try:
            await _lines[key].wait(self.code)
        except asyncio.CancelledError:
            self.entered(place.index)
            raise

    def entered(self, index: int) -> None:
        """The page at this place was loaded."""
        key = (self.session_code, index)
        line = _lines.get(key)
        if line is None:
            return
        line.entering.discard(self.code)
        line.wake.set()
        if not line.waiting and not line.entering:
            del _lines[key]


def entrance_of(session_id: int, session_code: str, code: str, why: str, number: SeatNumber) -> Entrance:
    """What holds a seat back before pages that make groups by arrival; who was taken over is never held.

    Arguments:
        number: of seats, as the session's settings have it.
    """
    return Entrance(session_id, session_code, code, why, number)


def _arrived(session_id: int) -> None:
    for line in _lines.values():
        if line.place.session_id == session_id:
            line.wake.set()


def follow_arrivals() -> None:
    """Learn of humans who come to such pages."""
    on_arrival.append(_arrived)
