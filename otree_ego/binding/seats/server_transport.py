"""How a seat's player gets at its pages: inside the server, one request at a time, as humans' pages leave room."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Callable
from contextlib import suppress
from typing import Any, Protocol
from urllib.parse import urljoin, urlsplit

from sqlalchemy.engine import Connection

from ...chat_rules.pacing import Pace
from ...display import logger
from ...players.http_transport import MOST_REDIRECTIONS, REDISPLAY
from ...players.otree_html import place_of
from ...players.page_client import encoded
from ...players.player import TIMEOUT_HAPPENED
from ...players.served_page import Page, Served
from ...players.transports import PlayerStopped, Socket
from ...stores.failures import is_outage
from ..otree_internals.inner_requests import (
    Answer,
    Call,
    InnerSocket,
    PageFailed,
    Waiting,
    as_timed_out,
    has_news,
    news_so_far,
    page_request,
    waiting_group,
)
from ..otree_internals.writer import writer

HOST = "http://localhost"
LONGEST_WAIT = 50.0
"""Seconds after which a wait page is looked at again: oTree counts whoever waits for a group as gone after 70."""
UNKNOWN_WAIT = 1.0
"""The same for a page that waits in a way of its own."""
ROOM = 1.0
"""Seconds before a page's time is up at which its form is sent at the latest, whatever the pace."""


class SeatGone(PlayerStopped):
    """The participant is not in the database any more: its session was deleted."""


class Entrance(Protocol):
    """May hold a participant back before a page: see `arrivals_of_seats`."""

    async def enter(self, index: int) -> None:
        """Return when the participant may load the page at this place of the session."""

    def entered(self, index: int) -> None:
        """The page was loaded, or could not be."""


class ServerTransport:
    """Pages of one participant, inside the server; see `otree_ego.players.transports.Transport`.

    Arguments:
        code: of the participant. pace: how long a person would take for a page, or a message.
        entrance: asked before each page.

    Attributes:
        on_move: done in the transaction in which a form moves the participant on.
        failed: whether the last request has failed, and was rolled back.
    """

    def __init__(self, code: str, pace: Pace, entrance: Entrance) -> None:
        self.code, self.pace, self._entrance = code, pace, entrance
        self.on_move: Callable[[Connection], None] | None = None
        self._address, self._news, self._shown = f"/InitializeParticipant/{code}", 0, 0.0
        self._request: asyncio.Future[Any] | None = None
        self.failed, self._counted = False, True
        self._draw = random.Random(code)

    async def start(self) -> Served:
        """See `Transport`."""
        return await self._follow("GET", f"/InitializeParticipant/{self.code}")

    async def load(self) -> Served:
        """See `Transport`."""
        return await self._follow("GET", self._address)

    async def send(self, page: Page, fields: list[tuple[str, str]]) -> Served:
        """See `Transport`."""
        if TIMEOUT_HAPPENED not in fields:
            await self._pause(page)
        return await self._follow("POST", self._address, encoded(fields))

    async def advance(self) -> Served:
        """Submit the page as if its time were up, as oTree's *Advance* does."""
        return await self._follow("POST", self._address, encoded(as_timed_out()))

    async def wait(self, page: Page) -> None:
        """See `Transport`."""
        group = waiting_group(urljoin("/", page.socket)) if page.socket else ""
        if not group:
            await asyncio.sleep(UNKNOWN_WAIT)
            return
        with Waiting(group) as waiting:
            if has_news(group, self._news):
                return
            with suppress(asyncio.TimeoutError):
                await asyncio.wait_for(waiting.told.wait(), LONGEST_WAIT * random.uniform(0.8, 1.0))

    async def open(self, address: str) -> Socket:
        """See `Transport`."""
        return PacedSocket(await InnerSocket.to(urljoin("/", address)), self)

    async def close(self) -> None:
        """See `Transport`."""

    async def quiet(self) -> None:
        """Wait until a request that is under way has come to its end."""
        if self._request is not None and not self._request.done():
            await asyncio.wait([self._request])

    def seconds(self, text: str) -> float:
        """How long a person would take for a text; drawn anew each time."""
        return self.pace.seconds(text, self._draw)

    async def _pause(self, page: Page) -> None:
        now = asyncio.get_running_loop().time()
        due = self._shown + self.seconds(page.text)
        if page.seconds is not None:
            due = min(due, self._shown + page.seconds - ROOM)
        if due > now:
            await asyncio.sleep(due - now)

    async def _follow(self, method: str, address: str, body: bytes = b"") -> Served:
        for _ in range(MOST_REDIRECTIONS):
            if urlsplit(address).netloc not in ("", "localhost"):
                return Served(address, f"<p>{urlsplit(address).hostname}</p>", leaves=True, counted=self._counted)
            path = urlsplit(address)._replace(scheme="", netloc="").geturl()
            index = (method == "GET" and place_of(path)[3]) or 0
            if index:
                await self._entrance.enter(index)
            try:
                answer = await self._surely(method, path, body)
            except PageFailed as error:
                self.failed = True
                logger.error("A page failed for the seat %s: %s", self.code, path, exc_info=error.__cause__)
                self._counted = self._counted and method == "GET"
                return Served(HOST + self._address, "", 500, counted=self._counted)
            finally:
                if index:
                    self._entrance.entered(index)
            self.failed = False
            if answer.status == 404:
                raise SeatGone(f"{path}: oTree knows nothing of this participant (404).", place_of(path)[2])
            if method == "POST":
                self._counted = answer.moved or not answer.location
            if not answer.location:
                self._address = path
                self._shown = asyncio.get_running_loop().time()
                shown_again = REDISPLAY in answer.headers
                return Served(HOST + path, answer.text, answer.status, shown_again, counted=self._counted)
            method, body, address = "GET", b"", urljoin(path, answer.location)
        raise PlayerStopped(f"{address}: the server leads in a circle.")

    async def _surely(self, method: str, path: str, body: bytes) -> Answer:
        """One request; while the database is away, it is waited for, and the request is made again."""
        while True:
            self._news = news_so_far()
            call = Call(self.code, self.on_move if method == "POST" else None)
            self._request = asyncio.ensure_future(page_request(method, path, body, call))
            self._request.add_done_callback(_looked_at)
            try:
                answer: Answer = await asyncio.shield(self._request)
            except PageFailed as error:
                if not is_outage(error.__cause__):
                    raise
                await writer().until_writable()
                continue
            if answer.status != 503:
                return answer
            await asyncio.sleep(UNKNOWN_WAIT)  # this process does not serve just now


class PacedSocket:
    """A page's socket, into which messages are written as fast as a person writes."""

    def __init__(self, socket: InnerSocket, transport: ServerTransport) -> None:
        self._socket, self._transport = socket, transport

    async def send(self, value: Any) -> None:
        """See `Socket`."""
        if text := _written(value):
            await asyncio.sleep(self._transport.seconds(text))
        await self._socket.send(value)

    async def receive(self) -> Any:
        """See `Socket`."""
        return await self._socket.receive()

    async def close(self) -> None:
        """See `Socket`."""
        await self._socket.close()


def _looked_at(request: asyncio.Future[Any]) -> None:
    """Whoever waited for it may have been stopped."""
    if not request.cancelled():
        request.exception()


def _written(value: Any) -> str:
    """What is said in a chat with this message; empty if it is none."""
    if not isinstance(value, dict):
        return ""
    command = value.get("ego")
    if isinstance(command, dict):
        return str(command.get("text") or "") if command.get("do") == "say" else ""
    return str(value.get("body") or "") if "nickname_signed" in value else ""
