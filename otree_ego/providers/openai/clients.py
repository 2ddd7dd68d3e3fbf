"""One client for each event loop, address and key, kept for the next reply: connections belong to a loop."""

from __future__ import annotations

import asyncio
import weakref
from collections.abc import AsyncGenerator
from contextlib import aclosing
from dataclasses import dataclass
from importlib import import_module
from typing import Any
from urllib.parse import urlsplit

from ...errors import ConfigError
from ..faults import Endpoint, masked
from ..reply_fields import word
from ..secret import Secret
from ..services import api_version
from ..size_limits import ERROR_BYTES
from .connections import http_client
from .network_settings import check_headers, client_options, custom_headers

SHARE = 12
"""Requests at a time for one client: its pool looks at all of its connections for each request, so a hundred on one
cost more than the requests themselves."""

PACKED = ("gzip", "deflate")
"""How an answer may be packed. What else a client could unpack, it might unpack without bounds."""


class WronglyPacked(Exception):
    """An answer is packed in a way that was not asked for; the message says how."""


@dataclass
class _Shard:
    client: Any
    closer: AsyncGenerator[None, None]
    busy: int = 0


_Place = tuple[str, Secret | None]
_clients: weakref.WeakKeyDictionary[asyncio.AbstractEventLoop, dict[_Place, list[_Shard]]] = weakref.WeakKeyDictionary()


class LeasedClient:
    """A client of the running loop for one request; when many are under way, one that is not too busy.

    Use it with ``async with``. (A class takes half the time of a function with `asynccontextmanager`.)

    Arguments:
        sdk: the openai package.
        endpoint: whose service, address and key it is for.
        connect: seconds for a connection to be made.
    """

    def __init__(self, sdk: Any, endpoint: Endpoint, connect: float) -> None:
        self._wanted = sdk, endpoint, connect

    async def __aenter__(self) -> Any:
        self._shard = await _shard(*self._wanted)
        self._shard.busy += 1
        return self._shard.client

    async def __aexit__(self, *_: object) -> None:
        self._shard.busy -= 1


async def _shard(sdk: Any, endpoint: Endpoint, connect: float) -> _Shard:
    here = asyncio.get_running_loop()
    if (mine := _clients.get(here)) is None:
        for loop in [loop for loop in list(_clients) if loop.is_closed()]:
            _clients.pop(loop, None)
        mine = _clients.setdefault(here, {})
    shards = mine.setdefault((endpoint.address, endpoint.key), [])
    # The first that has room: whoever asks one thing after the other always has the same connection.
    for shard in shards:
        if shard.busy < SHARE and not shard.client.is_closed():
            return shard
    shards[:] = [shard for shard in shards if not shard.client.is_closed()]
    client = _client(sdk, endpoint, connect)
    shard = _Shard(client, _closing(client))
    shards.append(shard)
    await anext(shard.closer)
    return shard


def _client(sdk: Any, endpoint: Endpoint, connect: float) -> Any:
    ours = endpoint.service.name == "openai"
    check_headers(ours)
    reach = client_options(endpoint.address)
    try:
        settings: dict[str, Any] = dict(
            api_key=endpoint.key.reveal() if endpoint.key else "none",
            base_url=endpoint.address.partition("?")[0],
            max_retries=0,
            timeout=sdk.Timeout(None, connect=connect),
            http_client=http_client(
                sdk,
                endpoint.service.free,
                follow_redirects=False,  # the conversation and the key go nowhere else
                event_hooks={"response": [_bounded]},
                headers={"Accept-Encoding": ", ".join(PACKED)},
                **reach,
            ),
            default_headers=None if ours else _not_theirs(sdk, endpoint),
        )
        if version := api_version(endpoint.address):  # Azure, which has another header for the key
            return sdk.AsyncAzureOpenAI(api_version=version, **settings)
        return sdk.AsyncOpenAI(**settings)
    # Nothing is sent yet: what cannot be made of an address now cannot be made of it later.
    except Exception as problem:
        wrong = f"{type(problem).__name__}: {problem}"
        raise ConfigError(
            masked(
                f"no request can be sent to {endpoint.address} ({wrong}): correct the address (base_url)", endpoint.key
            )
        ) from None


def _not_theirs(sdk: Any, endpoint: Endpoint) -> dict[str, Any]:
    """What the SDK takes from the environment for OpenAI, and must not send to another service."""
    names = ("OpenAI-Organization", "OpenAI-Project", *custom_headers())
    found: dict[str, Any] = {name: sdk.omit for name in names if name.lower() != "authorization"}
    if len(found) < len(names):  # theirs would stand in its place
        found["Authorization"] = f"Bearer {endpoint.key.reveal() if endpoint.key else 'none'}"
    return found


def chat_address(address: str) -> str:
    """Where a chat's request goes under an address, as the SDK wants it: whole, which it need not put together.

    With Azure's version in the address, the SDK puts a deployment before a path that begins with its slash. That is
    right for the older interface, and wrong for the newer one, which may name a version, too.
    """
    base, mark, _ = address.partition("?")
    if not mark:
        return f"{base.rstrip('/')}/chat/completions"
    path = urlsplit(base).path
    newer = "/deployments/" not in path and path not in ("", "/openai")
    return "chat/completions" if newer else "/chat/completions"


async def _bounded(response: Any) -> None:
    """Read no more of an error than is looked at: the SDK would read, and unpack, all of it."""
    plain = b"content-encoding" not in [name.lower() for name, _ in response.headers.raw]
    packed = "" if plain else response.headers["content-encoding"].strip().lower()
    if packed and packed not in (*PACKED, "identity"):
        packed = word(packed, 40)
        if response.status_code < 300:
            raise WronglyPacked(f"it is packed as {packed!r}, which was not asked for")
        response.headers["content-encoding"] = "identity"
        response.stream = import_module("httpx2").ByteStream(f"(packed as {packed!r}: not read)".encode())
        return
    if response.status_code < 300:
        return
    httpx = import_module("httpx2")
    whole = httpx.Response(
        response.status_code, headers=response.headers, stream=response.stream, request=response.request
    )
    data = bytearray()
    try:
        async with aclosing(whole.aiter_bytes()) as parts:
            async for part in parts:
                data += part
                if len(data) >= ERROR_BYTES:
                    break
    except httpx.DecodingError:
        data += b"(what came with it could not be unpacked)"
    finally:
        await whole.aclose()
    for name in ("content-encoding", "content-length", "transfer-encoding"):
        response.headers.pop(name, None)
    response.stream = httpx.ByteStream(bytes(data[:ERROR_BYTES]))


async def _closing(client: Any) -> AsyncGenerator[None, None]:
    # A loop that shuts down closes its async generators first: so the client is closed in time, on its own loop.
    try:
        yield
    finally:
        await client.close()
