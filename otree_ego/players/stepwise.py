"""A player whose requests somebody else makes, one at a time: oTree's bots."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from .player import Player
from .served_page import Page, Served


@dataclass(frozen=True)
class Step:
    """What a player wants done: a form sent, a live message, or nothing before it hears something.

    Fields:
        fields: of the form; None for a live message. message: that. idle: whether it waits for a message.
    """

    fields: list[tuple[str, str]] | None = None
    message: Any = None
    idle: bool = False


IDLE = 0.5
"""Seconds without anything to do after which a player that listens to a live page waits for others."""


@dataclass
class StepwiseSocket:
    """A live page's connection: what is sent becomes a step."""

    steps: asyncio.Queue[Step]
    heard: asyncio.Queue[Any] = field(default_factory=asyncio.Queue)
    silent: bool = False
    listens: bool = False

    async def send(self, value: Any) -> None:
        """See `Socket`."""
        if not self.silent:
            self.steps.put_nowait(Step(message=value))

    async def receive(self) -> Any:
        """See `Socket`."""
        self.listens = self.heard.empty()
        try:
            return await self.heard.get()
        finally:
            self.listens = False

    async def close(self) -> None:
        """See `Socket`."""


@dataclass
class StepwiseTransport:
    """The port of `SteppedPlayer`: pages come when somebody brings them.

    Fields:
        live: the live page's connection that is open, if one is.
    """

    steps: asyncio.Queue[Step] = field(default_factory=asyncio.Queue)
    pages: asyncio.Queue[Served] = field(default_factory=asyncio.Queue)
    live: StepwiseSocket | None = None

    async def start(self) -> Served:
        """See `Transport`."""
        return await self.pages.get()

    async def load(self) -> Served:
        """See `Transport`."""
        return await self.pages.get()

    async def send(self, page: Page, fields: list[tuple[str, str]]) -> Served:
        """See `Transport`."""
        self.live = None
        self.steps.put_nowait(Step(fields))
        return await self.pages.get()

    async def wait(self, page: Page) -> None:
        """See `Transport`: whoever brings pages waits."""

    async def open(self, address: str) -> StepwiseSocket:
        """See `Transport`. In a chat of oTree's nobody is there: bots have no sockets."""
        made = StepwiseSocket(self.steps, silent="/chat" in address)
        if made.silent:
            made.heard.put_nowait([])
        else:
            self.live = made
        return made

    async def close(self) -> None:
        """See `Transport`."""


class SteppedPlayer:
    """A player that goes on when it is told to.

    Arguments:
        player: with a `StepwiseTransport`. loop: runs it; other players on it go on at the same time.
    """

    def __init__(self, player: Player, transport: StepwiseTransport, loop: asyncio.AbstractEventLoop) -> None:
        self.player, self.transport, self._loop = player, transport, loop
        self._task: asyncio.Task[None] | None = None
        self._page: tuple[str, str] | None = None

    def bring(self, served: Served) -> None:
        """Bring the page where the participant is."""
        self.transport.pages.put_nowait(served)

    def hear(self, payloads: Iterable[Any]) -> None:
        """Bring what the live page's server has sent."""
        if self.transport.live is not None:
            for payload in payloads:
                self.transport.live.heard.put_nowait({"otree_success": True, "live_method_payload": payload})

    def step(self) -> Step | None:
        """What the player wants done next; None if it is through. A player that waits for a live message is idle.

        Raises:
            PlayerStopped: it cannot go on.
        """
        return self._loop.run_until_complete(self._next())

    async def _next(self) -> Step | None:
        if self._task is None:
            self._task = asyncio.ensure_future(self.player.play())
        wanted = asyncio.ensure_future(self.transport.steps.get())
        while True:
            done, _ = await asyncio.wait([wanted, self._task], timeout=IDLE, return_when=asyncio.FIRST_COMPLETED)
            if wanted.done():
                return wanted.result()
            live = self.transport.live
            if done or (live is not None and live.listens):
                wanted.cancel()
                break
        if not done:
            return Step(idle=True)
        self._task.result()
        return None
