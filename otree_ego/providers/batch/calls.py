"""One request to a batch queue: sent through the SDK, read as it comes, and every failure one of ours."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from typing import Any

from ...errors import BadReply, BadRequest, ProviderError, TimedOut
from ..faults import Endpoint, error_details
from ..openai.clients import LeasedClient
from ..openai.provider import CONNECT, not_answered, sdk
from ..openai.replies import connection_broken
from ..size_limits import EVENT_BYTES

STILL = 120.0
"""Seconds without a byte in either direction before a request to the queue is given up."""

Method = Callable[["Streamed"], Any]


class Streamed:
    """The SDK's methods in the form that gives the body as it comes."""

    def __init__(self, client: Any) -> None:
        self.files = client.files.with_streaming_response
        self.batches = client.batches.with_streaming_response


class Calls:
    """Sends requests to the files and batches of one service.

    Arguments:
        endpoint: the service, the model of the queue, the address and the key.
    """

    def __init__(self, endpoint: Endpoint) -> None:
        self._endpoint = endpoint

    async def json(self, method: Method, what: str = "", **given: Any) -> dict[str, Any]:
        """Send a request and read the JSON that comes."""
        parts: list[bytes] = []

        size = 0

        def take(part: bytes) -> None:
            nonlocal size
            parts.append(part)
            size += len(part)
            if size > EVENT_BYTES:
                name = self._endpoint.service.name
                sentence = f"the answer of {name}'s batch queue has more than {EVENT_BYTES} bytes."
                raise self._endpoint.error(BadReply, sentence, retryable=False)

        await self.send(method, take, what, **given)
        data = b"".join(parts)
        try:
            value = json.loads(data)
        except (ValueError, RecursionError):
            value = None
        if not isinstance(value, dict):
            start = data[:80].decode("utf-8", "replace")
            name = self._endpoint.service.name
            raise self._endpoint.error(BadReply, f"the answer of {name}'s batch queue is not the protocol: {start!r}.")
        return value

    async def send(self, method: Method, take: Callable[[bytes], Any], what: str = "", **given: Any) -> None:
        """Send a request and hand on what comes, as it comes."""
        package = await asyncio.to_thread(sdk)
        async with LeasedClient(package, self._endpoint, CONNECT) as client:
            opening = method(Streamed(client))(timeout=package.Timeout(STILL, connect=CONNECT), **given)
            try:
                response = await opening.__aenter__()
            # As in a live reply: the SDK lets errors of many kinds through from before anything is sent.
            except Exception as problem:
                raise self._problem(package, problem, what) from None
            try:
                parts = response.iter_bytes()
                while (part := await self._next(parts)) is not None:
                    take(part)
            finally:
                await response.close()

    async def _next(self, parts: Any) -> bytes | None:
        try:
            part: bytes | None = await anext(parts, None)
            return part
        # The SDK does not wrap what its transport raises while a body is read; all of it means a broken connection.
        except Exception as problem:
            raise connection_broken(self._endpoint, f" ({type(problem).__name__})", "") from None

    def _problem(self, package: Any, problem: Exception, what: str) -> ProviderError:
        name, address = self._endpoint.service.name, self._endpoint.address
        late = isinstance(problem, package.APITimeoutError)
        if late and "Connect" not in type(problem.__cause__).__name__:
            return self._endpoint.error(TimedOut, f"{name}'s batch queue at {address} stood still for {STILL:g} s.")
        status, details = getattr(problem, "status_code", None), error_details(getattr(problem, "body", None))
        if status in (404, 405, 501) and details.get("code") != "model_not_found":
            quote = f" It said: {details['message']}" if details["message"] else ""
            sentence = f"{name} has no batch queue at {address}: run without it, or check the address.{quote}"
            if what:
                sentence = f"{name} has nothing (any more) under {what!r}, or not for this key.{quote}"
            return self._endpoint.error(BadRequest, sentence, status=status)
        return not_answered(problem, self._endpoint)
