"""How a player gets at pages: a port for HTTP from outside, for a server's own inside, and for tests."""

from __future__ import annotations

from typing import Any, Protocol

from ..errors import EgoError
from .served_page import Page, Served


class PlayerStopped(EgoError):
    """A player cannot go on.

    Attributes:
        page: the name of the page where it stands. field: the field that it is about; empty if none.
    """

    def __init__(self, sentence: str, page: str = "", field: str = "") -> None:
        super().__init__(sentence)
        self.page, self.field = page, field


class Socket(Protocol):
    """A page's connection for messages of JSON."""

    async def send(self, value: Any) -> None:
        """Send a value."""

    async def receive(self) -> Any:
        """The next value.

        Raises:
            ConnectionError: nothing comes any more.
        """

    async def close(self) -> None:
        """Say goodbye."""


class Transport(Protocol):
    """Pages of one participant. Each page is read once: to load it may start timers and move the participant."""

    async def start(self) -> Served:
        """Enter the study, or come back to it; the page where the participant is.

        Raises:
            PlayerStopped: there is no such study, no place in it, or the server is away for too long.
        """

    async def load(self) -> Served:
        """The page where the participant is now.

        Raises:
            PlayerStopped: as `start`.
        """

    async def send(self, page: Page, fields: list[tuple[str, str]]) -> Served:
        """Send a page's form; what comes then.

        Raises:
            PlayerStopped: as `start`.
        """

    async def wait(self, page: Page) -> None:
        """Wait until a wait page may have something new; `load` then says."""

    async def open(self, address: str) -> Socket:
        """Open a page's socket.

        Raises:
            ConnectionError: it cannot be opened.
        """

    async def close(self) -> None:
        """Leave. The participant stays where it is."""
