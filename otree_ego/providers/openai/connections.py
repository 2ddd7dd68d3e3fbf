"""Connections that are kept for the next request, and what is done when their server has closed one meanwhile.

A server may close an idle connection at any time. A request that is sent in that moment gets no answer, although
nothing is wrong with the service. The embedded model's server closes even after each streamed reply.
"""

from __future__ import annotations

from importlib import import_module
from typing import Any

KEPT = 4.0
"""Seconds for which an idle connection is kept: less than the five after which uvicorn, Node and llama.cpp close it."""
CONNECTIONS = 1000
"""Connections of one client, at most."""


class Trace:
    """How far a request has come on its connection; httpcore calls it with the name of each step.

    Fields:
        kept: the connection was there before. answered: an answer has begun.
    """

    __slots__ = ("answered", "kept")

    def __init__(self) -> None:
        self.kept, self.answered = True, False

    async def __call__(self, step: str, _: Any) -> None:
        if step.startswith("connection.connect_"):
            self.kept = False
        elif step == "http11.receive_response_headers.complete":
            self.answered = True


def http_client(sdk: Any, free: bool, **options: Any) -> Any:
    """The HTTP client for a service's requests.

    Where replies are free, a request that got no answer because the kept connection that it took was just closed is
    sent once more. Elsewhere nobody can know that it was not read, and will not be paid for: it fails, and the Thread's
    failure policy says whether it is repeated.

    Arguments:
        sdk: the openai package.
        free: whether the service's replies cost nothing.
        options: as for httpx's AsyncClient.
    """
    httpx = import_module("httpx2")
    limits = httpx.Limits(
        max_connections=CONNECTIONS, max_keepalive_connections=CONNECTIONS // 10, keepalive_expiry=KEPT
    )

    class Repeating(sdk.DefaultAsyncHttpxClient):  # type: ignore[misc]
        async def send(self, request: Any, **how: Any) -> Any:
            while True:
                trace = request.extensions["trace"] = Trace()
                try:
                    return await super().send(request, **how)
                except (httpx.NetworkError, httpx.RemoteProtocolError):
                    # The client has dropped that connection, so this ends with a new one.
                    if trace.answered or not trace.kept:
                        raise

    return (Repeating if free else sdk.DefaultAsyncHttpxClient)(limits=limits, **options)
