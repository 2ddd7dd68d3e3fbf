"""What a service says of itself, asked by the client that calls use: the models it offers now, and when they end."""

from __future__ import annotations

import asyncio
import json
from contextlib import aclosing
from dataclasses import replace
from importlib import import_module
from typing import Any
from urllib.parse import urljoin, urlsplit

from ..errors import (
    BadReply,
    BadRequest,
    CutByLength,
    EgoError,
    EmptyReply,
    KeyMissing,
    ProviderError,
    Refused,
    TimedOut,
)  # fmt: skip
from ..messages import Reply, Request, clean
from .contexts import note_listed
from .faults import Endpoint, from_stream, short
from .keys import find_key
from .openai.clients import LeasedClient
from .openai.provider import not_answered, sdk
from .registry import provider_for
from .reply_fields import KeyMask, word
from .services import Service, url_under
from .size_limits import NAME

SECONDS = 8.0
"""For a service to list its models."""
CONNECT = 5.0
"""Seconds of these for the connection."""
TRIAL = 30.0
"""Seconds for a model to answer one short question."""
BYTES = 20_000_000
"""Of a list that are read."""
PATHS = {"openai": "models", "textsynth": "credits"}
"""What is asked to see that a service is there and takes the key, by its protocol. TextSynth lists no models."""
ENDS = ("/v1", "/api/v1", "/openai/v1", "/api", "/openai")
"""How addresses of services usually end."""


def models_of(service: Service) -> dict[str, str | None]:
    """The names of a service's models with the day that the service says is their last, or None.

    Empty where the service does not list them. No redirect is followed: the key would travel along.

    Arguments:
        service: one whose protocol has a row in `PATHS`.

    Raises:
        ConfigError: the address, the key or a variable of the environment cannot be used.
        ProviderError: no usable answer came.
    """
    return asyncio.run(_listed(endpoint_of(service), PATHS[service.protocol]))


def endpoint_of(service: Service) -> Endpoint:
    """The service's usual address with its key, if it has one; ConfigError if one of them cannot be used."""
    try:
        key = find_key(service.name)
    except KeyMissing:
        key = None
    return Endpoint(service, "", service.address(), key)


def answers(model: str) -> None:
    """See that a model answers one short question, as in any call.

    Arguments:
        model: the model's full name.

    Raises:
        ConfigError, ProviderError: it does not.
    """
    request = Request(model, (("user", "Say yes."),), params={"max_tokens": 16}, deadline=TRIAL)
    try:
        asyncio.run(_reply(request))
    except (CutByLength, EmptyReply, Refused):  # no text, but an answer
        return


def better_address(service: Service) -> str:
    """An address near the service's own at which models are listed; empty if there is none.

    Only paths are tried: the key goes to no other machine.
    """
    endpoint = endpoint_of(service)
    address, mark, query = endpoint.address.partition("?")
    bare = address[: address.index("/", 8)] if "/" in address[8:] else address
    within = [address[: at + 3]] if (at := address.find("/v1/")) > 0 else []
    for other in dict.fromkeys((address + "/v1", *within, *(bare + end for end in ENDS))):
        if other != address:
            try:
                if asyncio.run(_listed(replace(endpoint, address=other + mark + query), "models")):
                    return other
            except EgoError:
                continue
    return ""


async def _reply(request: Request) -> Reply | None:
    reply = None
    # A provider's `stream` is an async generator, which is closed here and not by chance.
    async with aclosing(provider_for(request.model).stream(request)) as parts:  # type: ignore[type-var]
        async for part in parts:
            reply = part if isinstance(part, Reply) else reply
    return reply


async def _listed(endpoint: Endpoint, path: str) -> dict[str, str | None]:
    sdk()  # loaded before the time runs
    try:
        found = await asyncio.wait_for(_get(endpoint, path), SECONDS)
    except asyncio.TimeoutError:
        name, address = endpoint.service.name, endpoint.address
        sentence = f"{name} did not answer at {address} within {SECONDS:g} s: see to the address and its port."
        raise endpoint.error(TimedOut, sentence) from None
    rows = found.get("data") if isinstance(found, dict) else found
    if not isinstance(rows, list):
        if isinstance(found, dict) and found.get("error"):
            raise from_stream(endpoint, found)
        return {}
    mask = KeyMask(endpoint.key)
    listed = [row for row in rows if isinstance(row, dict) and isinstance(row.get("id"), str)]
    note_listed(endpoint.service.name, endpoint.address, {clean(row["id"][:NAME]): row for row in listed})
    return {mask.whole(clean(row["id"][: 2 * NAME])[:NAME]): _text(row.get("shutdown_date"), mask) for row in listed}


async def _get(endpoint: Endpoint, path: str) -> Any:
    loaded = sdk()
    async with LeasedClient(loaded, endpoint, CONNECT) as client:
        url = url_under(endpoint.address, path).partition("?")[0]
        try:
            answer = await client.get(
                url,
                cast_to=import_module("httpx2").Response,
                options={"follow_redirects": False, "timeout": loaded.Timeout(SECONDS, connect=CONNECT)},
                stream=True,
                stream_cls=loaded.AsyncStream,
            )
        # The SDK lets errors of many kinds through from before anything is sent.
        except Exception as problem:
            raise _explained(problem, endpoint, url) from None
        try:
            data = await _read(answer)
        except Exception as problem:
            raise _explained(problem, endpoint, url) from None
    start = data[:200].lstrip(b"\xef\xbb\xbf \t\r\n")
    if start[:1] == b"<":
        raise endpoint.error(
            BadReply, f"what is at {url} is a web page, and no service's API: correct the address (base_url)."
        )
    try:
        return json.loads(data)
    except (ValueError, RecursionError):
        return None


async def _read(answer: Any) -> bytes:
    data = bytearray()
    try:
        async with aclosing(answer.aiter_bytes()) as parts:
            async for part in parts:
                data += part
                if len(data) > BYTES:
                    break
    finally:
        await answer.aclose()
    return bytes(data)


def _explained(problem: Exception, endpoint: Endpoint, url: str) -> ProviderError:
    status = getattr(problem, "status_code", None)
    if isinstance(status, int) and 300 <= status < 400:
        told = problem.response.headers.get("location", "")  # type: ignore[attr-defined]
        where = _place(url, told).removesuffix("/models")
        sentence = (
            f"{endpoint.address} sends requests on to {where or 'an address that it does not name'} (HTTP {status}), "
            "which is not followed: the key and all texts would go along. If you trust where it leads, write that "
            "address as base_url."
        )
        return endpoint.error(BadRequest, sentence, status=status)
    return not_answered(problem, endpoint, CONNECT)


def _place(url: str, told: str) -> str:
    """Where a redirect leads, without a user's name, a password or a query; empty if it is no address."""
    try:
        to = urlsplit(urljoin(url, told))
    except ValueError:
        return ""
    return short(f"{to.scheme}://{to.netloc.rpartition('@')[2]}{to.path}") if told and to.netloc else ""


def listed_name(name: str, names: dict[str, str | None]) -> str:
    """How a service's list calls a model (Gemini and Ollama write more than its name); empty if it is not there."""
    return next((each for each in (name, f"models/{name}", f"{name}:latest") if each in names), "")


def _text(value: Any, mask: KeyMask) -> str | None:
    return mask.whole(word(value)) if isinstance(value, str) else None
