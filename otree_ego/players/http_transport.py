"""Pages over HTTP, from outside the server: as a browser gets them, without one."""

from __future__ import annotations

import asyncio
import json
import random
import time
from collections.abc import Awaitable, Callable
from functools import partial
from importlib import import_module
from typing import Any
from urllib.parse import urljoin, urlsplit

from .otree_html import BY_ARRIVAL, code_of, is_otrees, place_of
from .page_client import KEPT_OPEN, REQUEST_TIMEOUT, PageClient, tls_context
from .served_page import Page, Served, read_page
from .transports import PlayerStopped

PATIENCE = 120.0
"""Seconds for which a server may be away, while it is started anew for example."""
FIRST = 10.0
"""The same for a server of which nothing was heard yet: its address may be wrong."""
LONGEST_WAIT = 20.0
"""Seconds after which a wait page is looked at again, though nobody has said that it is over."""
MOST_REDIRECTIONS = 20
REDIRECTIONS = (301, 302, 303, 307, 308)
REDISPLAY = "otree-redisplay-with-errors"
MOST_PAGE = 20_000_000
"""Bytes of one answer."""


class HttpTransport:
    """Pages of one participant, over HTTP.

    Arguments:
        link: the participant's: a single link, or a session's or room's with a label.
        patience: seconds for which the server may be away.
        entered: awaited with an address and the participant's code, as soon as the code is known: before the
            first page is asked for.
    """

    def __init__(
        self, link: str, patience: float = PATIENCE, entered: Callable[[str, str], Awaitable[None]] | None = None
    ) -> None:
        self.link, self.address, self.patience, self.entered = link, link, patience, entered
        self._client: PageClient | None = None
        self._host = urlsplit(link).hostname

    async def start(self) -> Served:
        """See `Transport`."""
        found = await self._request("GET", self.link, first=True)
        if found.status == 404:
            words = " ".join(read_page(found).text.split())
            why = (
                "there is no such session or room" if words in ("", "Not Found") else f"the server says {words!r:.200}"
            )
            raise PlayerStopped(f"{self.link}: {why} (404).")
        if found.status >= 400:
            raise PlayerStopped(f"{self.link}: the server answers with an error ({found.status}).")
        if found.leaves:
            raise PlayerStopped(f"{self.link}: it leads to {found.address:.200}. This is no link into a study.")
        if not is_otrees(found.address, found.source):
            raise PlayerStopped(f"{self.link}: {found.address:.200} is no page of oTree's. Is the address right?")
        return found

    async def load(self) -> Served:
        """See `Transport`."""
        return self._checked(await self._request("GET", self.address))

    async def send(self, page: Page, fields: list[tuple[str, str]]) -> Served:
        """See `Transport`."""
        return self._checked(await self._request("POST", self.address, fields))

    async def wait(self, page: Page) -> None:
        """See `Transport`."""
        if not page.socket:
            await asyncio.sleep(random.uniform(0.5, 1.5))
            return
        try:
            socket = await self.open(page.socket)
        except ConnectionError:
            await asyncio.sleep(random.uniform(0.5, 1.5))
            return
        try:
            if BY_ARRIVAL in page.socket:  # a tab that a person has left behind it would keep it out of every group
                await socket.send({"tab_hidden": False})
            found = await asyncio.wait_for(socket.receive(), LONGEST_WAIT * random.uniform(0.75, 1.25))
            if isinstance(found, dict) and found.get("error"):
                await asyncio.sleep(random.uniform(0.5, 1.5))
        except (asyncio.TimeoutError, ConnectionError):
            pass
        finally:
            await socket.close()

    async def open(self, address: str) -> WebSocket:
        """See `Transport`."""
        parts = urlsplit(urljoin(self.address, address))
        scheme = "wss" if parts.scheme in ("https", "wss") else "ws"
        cookies = "; ".join(f"{each.name}={each.value}" for each in self._opened().cookies.jar)
        return await WebSocket.to(parts._replace(scheme=scheme).geturl(), {"Cookie": cookies} if cookies else {})

    async def close(self) -> None:
        """See `Transport`."""
        if self._client is not None:
            await self._client.close()
            self._client = None

    def _opened(self) -> PageClient:
        if self._client is None:
            self._client = PageClient()
        return self._client

    async def _request(
        self, method: str, address: str, fields: list[tuple[str, str]] | None = None, first: bool = False
    ) -> Served:
        """One request. It is repeated while the server is away: a form that is sent twice counts once.

        Arguments:
            first: whether nothing was heard of the server yet: it is not waited for then for long.
        """
        for _ in range(MOST_REDIRECTIONS):
            if self.entered is not None and (code := code_of(address)):
                entered, self.entered = self.entered, None
                await entered(address, code)
            request = partial(self._opened().request, method, address, fields)
            answer = await patiently(request, min(FIRST, self.patience) if first else self.patience, address)
            first = False
            if answer.status_code not in REDIRECTIONS or "location" not in answer.headers:
                self.address = answer.address
                return Served(self.address, answer.text, answer.status_code, REDISPLAY in answer.headers)
            method, fields = "GET", None
            address = urljoin(answer.address, answer.headers["location"])
            if (
                urlsplit(address).hostname != self._host
            ):  # a completion link, say: a player tells nobody that it is done
                return Served(
                    address, f"<p>The study sends participants on to {urlsplit(address).hostname}.</p>", leaves=True
                )
        raise PlayerStopped(f"{address}: the server leads in a circle.")

    def _checked(self, found: Served) -> Served:
        if found.status == 404:
            raise PlayerStopped(
                f"{found.address}: the server knows nothing of this page (404). Was the session deleted?",
                place_of(found.address)[2],
            )
        return found


def new_client(**headers: str) -> Any:
    """An HTTP client with cookies of its own."""
    http: Any = import_module("httpx2")
    limits = http.Limits(keepalive_expiry=KEPT_OPEN)
    return http.AsyncClient(
        follow_redirects=False,
        timeout=REQUEST_TIMEOUT,
        trust_env=False,
        limits=limits,
        headers=headers,
        verify=tls_context(),
    )


async def patiently(request: Callable[[], Awaitable[Any]], patience: float, address: str) -> Any:
    """Repeat a request while the server is away.

    Raises:
        PlayerStopped: it was away for too long, or the address is none.
    """
    end, pause = time.monotonic() + patience, 0.1
    while True:
        try:
            answer = await request()
        except _errors("InvalidURL", "UnsupportedProtocol") as error:
            raise PlayerStopped(f"{address}: {error or type(error).__name__}. This is no link of oTree's.") from None
        except _errors("TransportError") as error:
            if time.monotonic() + pause > end:
                why = str(error) or type(error).__name__
                raise PlayerStopped(f"{address} cannot be reached: {why}.") from None
        else:
            if answer.status_code not in (502, 503, 504) or time.monotonic() + pause > end:
                return answer
        await asyncio.sleep(pause * random.uniform(0.75, 1.25))
        pause = min(5.0, pause * 2)


def _errors(*names: str) -> tuple[type[Exception], ...]:
    """Errors of httpx's: it is loaded when something went wrong, or was before."""
    http: Any = import_module("httpx2")
    return tuple(getattr(http, name) for name in names)


class WebSocket:
    """A page's connection; see `Socket`."""

    def __init__(self, connection: Any) -> None:
        self._connection = connection

    @classmethod
    async def to(cls, address: str, headers: dict[str, str]) -> WebSocket:
        """Open one.

        Raises:
            ConnectionError: it cannot be opened.
        """
        client: Any = import_module("websockets.legacy.client")
        wrong: Any = import_module("websockets.exceptions")
        try:
            return cls(await client.connect(address, extra_headers=headers, max_size=MOST_PAGE))
        except (OSError, wrong.WebSocketException, asyncio.TimeoutError) as error:
            raise ConnectionError(f"{address}: {error or type(error).__name__}") from None

    async def send(self, value: Any) -> None:
        """See `Socket`."""
        wrong: Any = import_module("websockets.exceptions")
        try:
            await self._connection.send(json.dumps(value))
        except wrong.ConnectionClosed as error:
            raise ConnectionError(str(error)) from None

    async def receive(self) -> Any:
        """See `Socket`."""
        wrong: Any = import_module("websockets.exceptions")
        try:
            return json.loads(await self._connection.recv())
        except wrong.ConnectionClosed as error:
            raise ConnectionError(str(error)) from None

    async def close(self) -> None:
        """See `Socket`."""
        await self._connection.close()
