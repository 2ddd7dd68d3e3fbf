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
from ..otree_internals.group_arrivals import Place, arrival_place, arrivals_at, on_arrival
from ..otree_internals.inner_requests import in_background
from ..otree_internals.writer import writer

LOOK = 10.0
"""Seconds after which it is looked again whether somebody is needed, though nobody has come or gone."""


@dataclass
class Line:
    """The seats that stand before one page of one session.

    Fields:
        place: which page. waiting: those who wait, in order. extra: seats beyond the usual, since no group comes about.
    """

    place: Place
    waiting: list[tuple[str, asyncio.Future[None]]] = field(default_factory=list)
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
                number = len(self.waiting) if found is None else wanted(found) + self.extra - found.seats_here
                for _, needed in self.waiting[: max(0, number)]:
                    if not needed.done():
                        needed.set_result(None)
                        self.extra = max(0, self.extra - 1)
                try:
                    await asyncio.wait_for(self.wake.wait(), LOOK)
                except asyncio.TimeoutError:  # humans wait, and no group comes about: the app has rules of its own
                    self.extra += found is not None and found.humans_here > 0 and found.group_size == 0
        finally:
            self.task = None


_lines: dict[tuple[str, int], Line] = {}


@dataclass(frozen=True)
class Entrance:
    """Holds one seat back; see `server_transport.Entrance`."""

    session_id: int
    session_code: str
    code: str
    why: str
    number: SeatNumber

    async def enter(self, index: int) -> None:
        """Return when the page at this place may be loaded."""
        place = arrival_place(self.session_id, self.session_code, index) if self.why == SEAT else None
        if place is None:
            return
        key = (self.session_code, index)
        if key not in _lines:
            _lines[key] = Line(replace(place, per_group=per_group(self.number, place.group_size)))
        line = _lines[key]
        try:
            await line.wait(self.code)
        finally:
            if not line.waiting and _lines.get(key) is line:
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
