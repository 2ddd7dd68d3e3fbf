"""A seat: a player of its own participant, which goes on when a page is given up, and writes down what it does."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any

from sqlalchemy.engine import Connection

from ...chat_rules.pacing import pace
from ...chat_rules.seat_settings import ADVANCE, END, STAY, seat_number
from ...chat_rules.takeover_settings import names_in
from ...display import logger
from ...errors import EgoError
from ...players.ai_marks import TAKEOVER
from ...players.player import LiveHook, Player
from ...players.presence import RECRUITING, may_be_played_on
from ...players.served_page import Page, Served
from ...players.transports import PlayerStopped
from ...players.visits import SENT, Visit
from ...stores import Gone
from ...stores.failures import is_outage
from ...stores.seat_tables import ENDED, PLAYING, STOPPED, add_session_visits, change_seat
from ..otree_internals.database import models_on
from ..otree_internals.inner_requests import on_moved
from ..otree_internals.models import live_hook, standing_at
from ..otree_internals.writer import writer
from ..recruiting.arrivals import OUTCOME
from ..recruiting.end_of_study import note_end
from .arrivals_of_seats import entrance_of
from .seat_marks import participant_of
from .seat_memory import Begun, revived
from .server_transport import SeatGone, ServerTransport

GAVE_UP = "gave_up"
"""How the study ends for a seat with `ego_seat_gives_up = "end"`."""


class ForPeopleOnly(PlayerStopped):
    """A model that plays on for a person has come to a page that only people answer."""


@dataclass
class SeatPlayer(Player):
    """Plays a participant inside the server.

    Fields:
        begun: what it was begun with. server: the transport, as what it is.
    """

    begun: Begun = field(kw_only=True)
    server: ServerTransport = field(kw_only=True)
    _written: set[int] = field(default_factory=set)
    _given_up: tuple[int, int] = (0, 0)
    _here: Served | None = None

    @classmethod
    async def begin(cls, begun: Begun) -> SeatPlayer:
        """The player of a seat, with all that it remembers."""
        code, settings = begun.row["participant"], begun.settings
        number = seat_number(settings.declared["ai_seats"])
        entrance = entrance_of(begun.row["session_id"], begun.session_code, code, begun.row["why"], number)
        server = ServerTransport(code, pace(settings.declared["seat_pace"]), entrance)
        memory = await revived(begun.thread, settings, begun.tally)
        made = cls(code, server, memory, reasons=settings.declared["seat_reasons"], begun=begun, server=server)
        made.on_visit = made._changed
        server.on_move = made._write_with_page
        return made

    def live_on(self, page: Page) -> LiveHook | None:
        """The app's own `ai_live`."""
        hook: LiveHook | None = live_hook(self.begun.session_code, page.index) if page.index else None
        return hook

    async def play_on(self) -> bool:
        """Play until the study is over, or it cannot go on; whether it has lost its memory and is to begin anew."""
        while True:
            here, self._here = self._here, None
            try:
                await self.play(here)
            except SeatGone:
                return False
            except Exception as error:
                cause = error.__cause__
                if isinstance(cause, Gone):  # its session was deleted, or what it remembers was forgotten
                    return True
                if is_outage(cause or error):
                    await writer().until_writable()
                elif not await self._give_up(error):
                    return False
            else:
                await self._close(ENDED, "")
                return False

    async def _visit(self, page: Page, visit: Visit, served: Served, comes_back: bool) -> Served:
        if page.index and not page.waits and served.status < 400 and self.begun.row["why"] == TAKEOVER:
            where = standing_at(self.begun.session_code, page.index)
            if not may_be_played_on(where, (*names_in(self.begun.settings.declared["takeover_not"]), *RECRUITING)):
                raise ForPeopleOnly(
                    f"Page {where.page!r} of {where.app!r} is for people only: it waits for the participant, or for "
                    "oTree's Advance.", page.name,
                )  # fmt: skip
        return await super()._visit(page, visit, served, comes_back)

    # --- pages that are given up --------------------------------------------------------------------------------------

    @property
    def _index(self) -> int:
        return self.visits[-1].index if self.visits else 0

    async def _give_up(self, error: Exception) -> bool:
        """What the settings say for a page on which the seat cannot go on; whether it goes on after that."""
        policy, index = self.begun.settings.declared["seat_gives_up"], self._index
        policy = STAY if isinstance(error, ForPeopleOnly) else policy
        unexpected = None if isinstance(error.__cause__ or error, EgoError) else error  # an app's hook, perhaps
        logger.warning(
            "The seat %s gives up a page (ego_seat_gives_up = %r): %s", self.name, policy, error, exc_info=unexpected
        )
        at, times = self._given_up
        self._given_up = (index, times + 1 if at == index else 1)
        if self._given_up[1] < 3 and policy in (ADVANCE, END):
            if policy == END:
                await writer().run_surely(self._end_study)
            self._here = await self.server.advance()
            return True
        moved = asyncio.Event()

        def look(code: str, _index: int) -> None:
            if code == self.name:
                moved.set()

        on_moved.append(look)
        try:
            now = await self._note(STOPPED, str(error))
            if now == index:
                await moved.wait()
        finally:
            on_moved.remove(look)
        return now is not None and await self._note(PLAYING, str(error)) is not None

    def _end_study(self, c: Connection) -> None:
        with models_on(c) as session:
            participant = participant_of(session, self.name)
            if participant is not None:
                participant.vars.setdefault(OUTCOME, GAVE_UP)
                note_end(participant)

    async def _note(self, status: str, note: str) -> int | None:
        """Write how the seat stands; on which page the participant is, None if it is there no more."""

        def write(c: Connection) -> int | None:
            change_seat(c, self.begun.row["id"], status=status, note=note)
            with models_on(c) as session:
                participant = participant_of(session, self.name)
                return None if participant is None else int(participant._index_in_pages)

        found: int | None = await writer().run_surely(write)
        return found

    async def _close(self, status: str, note: str) -> None:
        def write(c: Connection) -> None:
            with models_on(c) as session:
                participant = participant_of(session, self.name)
                if participant is None:
                    return
                index = int(participant._index_in_pages)
            values: Mapping[str, Any] = dict(status=status, until_index=index, note=note, ended=time.time())
            change_seat(c, self.begun.row["id"], **values)

        await writer().run_surely(write)

    # --- the record -------------------------------------------------------------------------------------------------

    def _row(self, visit: Visit) -> dict[str, Any]:
        return {**visit.row(), "number": self.begun.visits + visit.number}

    def _write_with_page(self, c: Connection) -> None:
        """The page's form has counted: the visit is written in the transaction that moves the participant on."""
        visit = self.visits[-1]
        self._written.add(visit.number)
        row = {**self._row(replace(visit, outcome=visit.outcome or SENT)), "ended": time.time()}
        add_session_visits(c, self.begun.row["session_id"], [row])

    def _changed(self, visit: Visit) -> None:
        """Write a visit that has ended, unless it is written."""
        if visit.ended is None or (visit.number in self._written and not self.server.failed):
            return
        self._written.add(visit.number)
        writer().keep(partial(add_session_visits, session_id=self.begun.row["session_id"], visits=[self._row(visit)]))
