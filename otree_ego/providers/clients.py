"""One client for each event loop, address and key, kept for the next reply: connections belong to a loop."""

from __future__ import annotations

import asyncio
import ipaddress
import weakref
from collections.abc import AsyncGenerator
from typing import Any
from urllib.parse import urlsplit

from ..config import Secret
from .faults import Where

_Held = tuple[Any, AsyncGenerator[None, None]]
_clients: weakref.WeakKeyDictionary[asyncio.AbstractEventLoop, dict[tuple[str, Secret | None], _Held]] = (
    weakref.WeakKeyDictionary()
)


async def client_for(sdk: Any, where: Where, connect: float) -> Any:
    """The client of the running loop for an address and key.

    Arguments:
        sdk: the openai package.
        where: whose service, address and key it is for.
        connect: seconds for a connection to be made.
    """
    for loop in [loop for loop in list(_clients) if loop.is_closed()]:
        _clients.pop(loop, None)
    mine = _clients.setdefault(asyncio.get_running_loop(), {})
    held = mine.get((where.address, where.key))
    if held is not None and not held[0].is_closed():
        return held[0]
    ours = where.service.name == "openai"
    client = sdk.AsyncOpenAI(
        api_key=where.key.reveal() if where.key else "none",
        base_url=where.address,
        max_retries=0,
        timeout=sdk.Timeout(None, connect=connect),
        # A proxy that is meant for the internet must not get what goes to this machine.
        http_client=sdk.DefaultAsyncHttpxClient(trust_env=not _is_loopback(where.address)),
        default_headers=None if ours else {"OpenAI-Organization": sdk.omit, "OpenAI-Project": sdk.omit},
    )
    keeper = _keep(client)
    mine[(where.address, where.key)] = (client, keeper)
    await anext(keeper)
    return client


async def _keep(client: Any) -> AsyncGenerator[None, None]:
    # A loop that shuts down closes its async generators first: so the client is closed in time, on its own loop.
    try:
        yield
    finally:
        await client.close()


def _is_loopback(address: str) -> bool:
    host = urlsplit(address).hostname or ""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
