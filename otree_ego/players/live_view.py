"""What a hook for live pages is given: `async def ai_live(view, messages)`."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any

from ..errors import ConfigError
from ..questions import Question
from ..threads.async_thread import AsyncThread
from ..threads.thread import Thread
from .player_memory import page_as_text
from .served_page import Page
from .transports import Socket


@dataclass(frozen=True)
class LiveView:
    """A live page, as a player has it before it.

    Fields:
        page: what is on it. player: the player's label. memory: its Thread; None for a player with a script.
    """

    page: Page
    player: str
    memory: Thread | None
    socket: Socket

    async def send(self, value: Any) -> None:
        """Send what the page's `liveSend` would send: plain values."""
        await self.socket.send(value)

    @property
    def text(self) -> str:
        """The page as the model is shown it."""
        return page_as_text(self.page)

    @property
    def llm(self) -> AsyncThread:
        """The player's model, with all that it remembers: `await view.llm.ask_number("Your bid?", low=0)`.

        Raises:
            ConfigError: the player has a script in place of a model.
        """
        if self.memory is None:
            raise ConfigError(f"{self.player} has a script and no model: its hook decides by itself.")
        return self.memory.aio

    async def ask(self, question: Question, text: str, **options: Any) -> Any:
        """Ask the model a typed question; see `otree_ego.questions`."""
        return await self.llm.ask(question, text, **options)


async def heard(socket: Socket) -> AsyncIterator[Any]:
    """What the page's `liveRecv` would get, until the connection ends.

    Raises:
        ConnectionError: the page's live method failed.
    """
    while True:
        try:
            found = await socket.receive()
        except ConnectionError:
            return
        if isinstance(found, dict) and "otree_success" in found:
            if not found["otree_success"]:
                raise ConnectionError("The page's live_method failed: the server's log says why.")
            found = found.get("live_method_payload")
        yield found
