"""oTree's bots as players: a model, or a script, plays an app in `otree test` through its pages."""

from __future__ import annotations

import asyncio
import atexit
import inspect
import os
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from functools import partial
from typing import Any

from otree.bots.bot import ParticipantBot, PlayerBot as OtreeBot, Submission
from otree.constants import timeout_happened
from otree.database import db, engine
from otree.live import call_live_method_compat
from otree.lookup import get_page_lookup
from sqlalchemy import inspect as inspect_database

from ...errors import ConfigError
from ...players.ai_marks import BOT
from ...players.http_transport import REDISPLAY
from ...players.otree_html import place_of
from ...players.page_exits import where
from ...players.player import Player
from ...players.player_limits import Limits
from ...players.player_memory import new_memory
from ...players.player_personas import PlayerPersona, read_personas
from ...players.served_page import Page, Served, read_page
from ...players.stepwise import Step, SteppedPlayer, StepwiseTransport
from ...players.transports import PlayerStopped
from ...stores.schema import THREAD
from ...testing.live import live
from ..ai_participants import mark
from ..setup.assignments import assign
from .database import AnyModel

MODEL = "EGO_PLAYER_MODEL"
SEAT = "_otree_ego_player"
BOT_LIMITS = Limits(quiet=0.2, timer=0.0)
"""A bot waits for no timer, and hears at once what there is to hear."""


class PlayerBot(OtreeBot):  # type: ignore[misc]
    """A model plays an app in `otree test`, through its pages.

    In an app's ``tests.py``::

        from otree_ego import bots

        class PlayerBot(bots.PlayerBot):
            model = "gpt-6-luna"

    With ``from otree_ego.bots import PlayerBot`` alone, the model is that of the environment variable
    ``EGO_PLAYER_MODEL``. One memory goes through all rounds and apps of a participant.

    Attributes:
        model: who plays. persona: who that is. personas: who each bot is, as `ego play --personas` takes it: a list or
            a file, dealt out by `assign`, or a function of number and label.
        reasons: whether it is asked why. question: what it is asked when the study is over. settings: of its Thread.

    Methods of your own:
        script(page): answers in place of the model, by the fields' names; None leaves the page to the model.
        ai_live(view, messages): answers live pages, see docs/players.md.
        after_page(page): called after each page, for `expect(…)`; `self.player` is as it is then.
    """

    model = ""
    persona = ""
    personas: Any = None
    reasons = False
    question = ""
    settings: Mapping[str, Any] = {}
    ai_live: Any = None
    _ready: tuple[Any, Step | None] | None = None

    def __setattr__(self, name: str, value: Any) -> None:
        super().__setattr__(name, value)
        if name == "participant_bot" and isinstance(value, ParticipantBot):
            # oTree's runner asks it whether there is something to do.
            value.on_wait_page = partial(self._waits, partial(ParticipantBot.on_wait_page, value))

    def script(self, page: Page) -> Mapping[str, Any] | None:
        """Answers in place of the model; None to ask it."""
        return None

    def after_page(self, page: Page) -> None:
        """Called when a page was left."""

    def play_round(self) -> Iterator[Submission]:
        """oTree's: one submission after the other, as long as the participant is in this round."""
        seat = self._seat()
        before: Page | None = None
        while True:
            served, here = self._served(), self._here()
            page = read_page(served)
            if before is not None and (here is None or before.index != page.index):
                self.after_page(before)
            if here is not None and here.round_number != self.round_number:
                return
            if here is not None and here.app_name != type(self.player).__module__:
                return
            found = self._next(seat)
            if found is not None and found.idle:  # `_waits` says so to oTree's runner, which goes on with others then
                raise PlayerStopped(f"{where(page)}: nobody sends the live message that {seat.player.name} waits for.")
            self._ready = None
            if found is None or here is None:
                if before is None or before.index != page.index:
                    self.after_page(page)
                return
            before = page
            yield _submission(here.page_class, found)

    def _waits(self, usual: Callable[[], bool]) -> bool:
        """Whether there is nothing to do for this participant: on a wait page, or until others send a live message."""
        if usual():
            return True
        here = self._here()
        if here is None or not here.page_class.live_method:
            return False
        for each in self.participant_bot.player_bots:
            if type(each.player).__module__ == here.app_name and each.round_number == here.round_number:
                found = each._next(each._seat()) if isinstance(each, PlayerBot) else None
                return found is not None and found.idle
        return False

    def _next(self, seat: SteppedPlayer) -> Step | None:
        """The player's next form, or that it is idle; it is found once for each page."""
        response = self.participant_bot.response
        if self._ready is None or self._ready[0] is not response:
            seat.player.script, seat.player.live = self.script, self.ai_live
            seat.bring(self._served())
            self._ready = (response, self._sent(seat))
        elif self._ready[1] is not None and self._ready[1].idle:
            self._ready = (response, self._sent(seat))
        return self._ready[1]

    def _sent(self, seat: SteppedPlayer) -> Step | None:
        """The player's next form; live messages before it are taken to the page's live method."""
        while (found := seat.step()) is not None and found.fields is None and not found.idle:
            self._take(seat, found.message)
        return found

    def _take(self, seat: SteppedPlayer, message: Any) -> None:
        """Run the page's live method for a message; who gets what it sends hears it."""
        page_class = self._here().page_class
        sent = self._run(page_class, message)
        if isinstance(message, dict) and isinstance(message.get("ego"), dict) and message["ego"].get("do") == "say":
            sent += self._run(page_class, {"ego": {"do": "open"}})  # the replies that have come since
        numbers = {each.id_in_group: each.participant.code for each in self.group.get_players()}
        for payloads in sent:
            for number, payload in payloads.items():
                for code in numbers.values() if number == 0 else [numbers[number]]:
                    if (one := _SEATS.get(code)) is not None:
                        one.hear([payload])

    def _run(self, page_class: Any, message: Any) -> list[dict[int, Any]]:
        async def call() -> AsyncIterator[Any]:
            async for each in call_live_method_compat(page_class.live_method, self.player, message):
                yield each
            db.commit()  # before fields are read anew

        return [each for each in live(call()) if each]

    def _seat(self) -> SteppedPlayer:
        bot = self.participant_bot
        found: SteppedPlayer | None = getattr(bot, SEAT, None)
        if found is None:
            model = self.model or os.environ.get(MODEL, "")
            scripted = type(self).script is not PlayerBot.script
            if not model and not scripted:
                raise ConfigError(
                    f"{type(self).__module__}.PlayerBot needs a model (model = …, or the environment variable "
                    f"{MODEL}), or a script(page)."
                )
            name = f"bot{self.participant.id_in_session}"
            memory = new_memory(model, self._persona(name), name, BOT, **self.settings) if model else None
            transport = StepwiseTransport()
            player = Player(name, transport, memory, reasons=self.reasons, afterwards=self.question, limits=BOT_LIMITS)
            found = SteppedPlayer(player, transport, _loop())
            setattr(bot, SEAT, found)
            _SEATS[self._participant_code] = found
            # A bot of oTree's ends the test at the first answer that a page refuses; a player corrects it.
            self.participant._is_bot = False
            mark(self.participant, BOT, model)
            db.commit()
        return found

    def _persona(self, label: str) -> str | PlayerPersona:
        """Who this bot is."""
        source = own_personas(type(self))
        if source is None:
            return self.persona
        found = read_personas(source)
        if not found.options:
            return found.of(self.participant.id_in_session, label)
        return found.options[assign(self.participant, name="personas", persona=dict(found.weights))["persona"]]

    def _served(self) -> Served:
        response = self.participant_bot.response
        text = response.content.decode("utf-8")
        return Served(response.url, text, response.status_code, REDISPLAY in response.headers)

    def _here(self) -> Any:
        """Where the participant is: oTree's app, round and page; None after the last."""
        *_, index = place_of(self.participant_bot.url)
        return get_page_lookup(self.participant_bot.session_code, index) if index else None


def own_personas(bot: type[PlayerBot]) -> Any:
    """The `personas` of a PlayerBot; a function there is none of its methods."""
    return inspect.getattr_static(bot, "personas")


def make_tables() -> None:
    """Make our tables where oTree has started without them: an app whose bots are players need not use otree_ego."""
    if THREAD not in inspect_database(engine).get_table_names():
        AnyModel.metadata.create_all(engine)


_SEATS: dict[str, SteppedPlayer] = {}
_LOOPS: list[asyncio.AbstractEventLoop] = []


def _loop() -> asyncio.AbstractEventLoop:
    """The loop of all players of this process."""
    if not _LOOPS:
        _LOOPS.append(asyncio.new_event_loop())
        atexit.register(_LOOPS[0].close)
    return _LOOPS[0]


def _submission(page_class: Any, step: Step) -> Submission:
    data: dict[str, Any] = {}
    for name, value in step.fields or []:
        data[name] = [*data.get(name, []), value]
    late = data.pop(timeout_happened, None) is not None
    flat = {name: values[0] if len(values) == 1 else values for name, values in data.items()}
    return Submission(page_class, flat, check_html=False, timeout_happened=late)
