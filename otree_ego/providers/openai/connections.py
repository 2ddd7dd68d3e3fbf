"""Connections that are kept for the next request, and what is done when their server has closed one meanwhile.

A server may close an idle connection at any time. A request that is sent in that moment gets no answer, although
nothing is wrong with the service. The embedded model's server closes even after each streamed reply.
"""

from __future__ import annotations

from contextvars import ContextVar
from importlib import import_module
from typing import Any
from weakref import WeakSet

KEPT = 4.0
"""Seconds for which an idle connection is kept: less than the five after which uvicorn, Node and llama.cpp close it."""
CONNECTIONS = 1000
"""Connections of one client, at most."""


class Trace:
    """How far a request has come on its connection; httpcore calls it with the name of each step.

    Fields:
        kept: the connection was there before. answered: an answer has begun. step: the last that it came to.
    """

    __slots__ = ("answered", "kept", "step")

    def __init__(self) -> None:
        self.begin()

    def begin(self) -> None:
        """The request is sent, perhaps once more."""
        self.kept, self.answered, self.step = True, False, ""

    @property
    def connecting(self) -> str:
        """What the connection's making was at when it went no further: ``tcp``, ``tls``, or nothing."""
        if self.step.endswith(".complete") or not self.step.startswith("connection."):
            return ""
        return "tls" if ".start_tls." in self.step else "tcp"

    async def __call__(self, step: str, _: Any) -> None:
        self.step = step
        if step.startswith("connection.connect_"):
            self.kept = False
        elif step == "http11.receive_response_headers.complete":
            self.answered = True


TRACE: ContextVar[Trace | None] = ContextVar("otree_ego_trace", default=None)
"""Set while a request is sent, to learn how far it came."""
ANSWERED: WeakSet[Any] = WeakSet()
"""Clients that got an answer to their last request: what they send next is not traced, which takes time."""


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

    class Traced(sdk.DefaultAsyncHttpxClient):  # type: ignore[misc]
        def send(self, request: Any, **how: Any) -> Any:
            if (trace := TRACE.get()) is not None:
                request.extensions.setdefault("trace", trace)
            return super().send(request, **how)

    class Repeating(Traced):
        async def send(self, request: Any, **how: Any) -> Any:
            trace = request.extensions["trace"] = TRACE.get() or Trace()
            while True:
                trace.begin()
                try:
                    return await super().send(request, **how)
                except (httpx.NetworkError, httpx.RemoteProtocolError):
                    # The client has dropped that connection, so this ends with a new one.
                    if trace.answered or not trace.kept:
                        raise

    return (Repeating if free else Traced)(limits=limits, **options)
