"""A reply that comes as a person's would: it is shown whole, after a while in which its author is seen writing."""

from __future__ import annotations

import random
import time
from dataclasses import replace

from ...chat_rules.pacing import Pace
from ...messages import Message, Request
from ...threads.turns import TimedReply
from ..otree_internals.startup import is_server
from .reply_requests import Asking

PACE = "pace"
"""Under this name the params of a reply have how many seconds it was to take."""


class HumanPace(Asking):
    """The pace of a room's replies."""

    _current: Message | None
    _turn_started = _paused_for = 0.0

    @property
    def _pace(self) -> Pace:
        """The pace of the reply that is under way."""
        return self.settings.human_pace

    @property
    def paced(self) -> bool:
        """Whether replies are held back, and shown whole."""
        return self.settings.human_pace != Pace()

    def _typed(self, text: str) -> str | None:
        """What its author is to be seen writing of a reply; None where the reply is shown at once."""
        return text if self.paced else None

    def _writes(self) -> None:
        """The pages may show that the reply is being written."""

    def _seconds_for(self, text: str) -> float:
        """How long a text takes; it is noted with the reply that is under way. Bots do not wait."""
        assert self._current is not None
        seconds = float(self._pace.seconds(text, random.Random(self._current.id)))
        self._current = replace(self._current, params={**self._current.params, PACE: round(seconds, 3)})
        return seconds if is_server() else 0.0

    async def _send(self, request: Request) -> TimedReply:
        answered = await self._ask(request)
        text = self._typed(answered.reply.text)
        if text is None:
            return answered
        left = self._seconds_for(text) - (time.perf_counter() - self._turn_started)
        if left > 0 and is_server():
            self._writes()
            paused = time.perf_counter()
            await self._pause(left)
            self._paused_for = time.perf_counter() - paused
        return answered

    def _without_pause(self, message: Message) -> Message:
        """A reply with the times that its model took."""
        if not self._paused_for:
            return message
        latency = None if message.latency is None else message.latency - self._paused_for
        completed = None if message.completed is None else message.completed - self._paused_for
        return replace(message, latency=latency, completed=completed)
