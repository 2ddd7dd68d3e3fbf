"""Gets one participant's pages over HTTP.

Players ask for many pages, so each costs little more than its request and its answer: httpx's transport sends them, and
what httpx's client does besides (it joins addresses, follows redirections, logs in) is left out.
"""

from __future__ import annotations

import base64
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from importlib import import_module
from typing import Any
from urllib.parse import urlencode

REQUEST_TIMEOUT = 90.0
"""Seconds for each step of a request: to connect, to send, to be sent something."""
KEPT_OPEN = 4.0
"""Seconds for which a connection that is idle is used again: oTree's server closes what was idle for 5 s."""
_FORM = (b"Content-Type", b"application/x-www-form-urlencoded")
_TIMEOUT = {"timeout": dict.fromkeys(("connect", "read", "write", "pool"), REQUEST_TIMEOUT)}


@dataclass(frozen=True, slots=True)
class Answer:
    """What a server has answered.

    Fields:
        address: that was asked for, as it was sent. headers: by name, in any case of letters. text: the body's.
    """

    address: str
    status_code: int
    headers: Mapping[str, str]
    text: str


class PageClient:
    """Sends requests, and keeps the cookies and the connection for the next one.

    Attributes:
        cookies: what the server has set, as httpx keeps them.
    """

    def __init__(self) -> None:
        self._http: Any = import_module("httpx2")
        limits = self._http.Limits(keepalive_expiry=KEPT_OPEN)
        self._transport: Any = self._http.AsyncHTTPTransport(verify=tls_context(), trust_env=False, limits=limits)
        self.cookies: Any = self._http.Cookies()
        self._read: tuple[str, Any] = "", None  # the address that was asked for last, as httpx reads it

    async def request(self, method: str, address: str, form: list[tuple[str, str]] | None = None) -> Answer:
        """Ask for a page. Redirections are not followed.

        Arguments:
            form: what is posted.

        Raises:
            httpx2.InvalidURL, httpx2.TransportError: it is no address, or the server did not answer.
        """
        if self._read[0] != address:  # else a form is sent to the page where it stands
            self._read = address, self._http.URL(address)
        url = self._read[1]
        headers, content = _usual_headers(), b""
        if form is not None:
            headers, content = [*headers, _FORM], encoded(form)
        if url.userinfo:
            headers = [*headers, (b"Authorization", _basic(url.username, url.password))]
        sent = self._http.Request(method, url, headers=headers, content=content, extensions=_TIMEOUT)
        if len(self.cookies.jar):
            self.cookies.set_cookie_header(sent)
        answer = await self._transport.handle_async_request(sent)
        answer.request = sent
        try:
            text = await _text(answer)
        finally:
            await answer.aclose()
        self.cookies.extract_cookies(answer)
        return Answer(str(url), answer.status_code, answer.headers, text)

    async def close(self) -> None:
        """Close its connections."""
        await self._transport.aclose()


async def _text(answer: Any) -> str:
    """The text of an answer's body; httpx unpacks it, and finds out in which letters it is, where that is needed."""
    headers = answer.headers
    if "content-encoding" in headers or "charset=utf-8" not in headers.get("content-type", "charset=utf-8").lower():
        await answer.aread()
        return str(answer.text)
    return b"".join([part async for part in answer.stream]).decode("utf-8", "replace")


def encoded(fields: list[tuple[str, str]]) -> bytes:
    """A form as browsers send it.

    >>> encoded([("a", "x y"), ("a", "ä\\n")])
    b'a=x+y&a=%C3%A4%0D%0A'
    """
    lines = [(name, value.replace("\r\n", "\n").replace("\n", "\r\n")) for name, value in fields]
    return urlencode(lines, errors="replace").encode()


@lru_cache(maxsize=1)
def _usual_headers() -> list[tuple[bytes, bytes]]:
    """What httpx's client says with each request; among it in which ways answers may be packed."""
    found: list[tuple[bytes, bytes]] = (
        import_module("httpx2").AsyncClient(verify=tls_context(), trust_env=False).headers.raw
    )
    return found


def _basic(username: str, password: str) -> bytes:
    return b"Basic " + base64.b64encode(f"{username}:{password}".encode())


@lru_cache(maxsize=1)
def tls_context() -> Any:
    """What certificates are checked with: made once, for it takes longer than a page."""
    return import_module("ssl").create_default_context()
