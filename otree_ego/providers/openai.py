"""Any service that speaks OpenAI's chat protocol. The only module that imports openai, and only when it is first used.

The SDK makes the connection and sends the request; the reply is read here, line by line, without an object for
each chunk: with a hundred participants at once that is most of what a reply costs this process.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncGenerator
from contextlib import aclosing
from typing import Any

from ..config import Secret, Service, checked_url, find_key
from ..errors import (
    BadReply,
    BadRequest,
    ConfigError,
    CutByLength,
    EmptyReply,
    KeyMissing,
    Overloaded,
    ProviderError,
    Refused,
    TimedOut,
    Unreachable,
)
from ..messages import Reply, Request, Usage
from .base import split_model
from .clients import client_for
from .dialect import LIMITS, Learned, build, learned, refused_parameter, sent_params
from .faults import Where, from_status, inside, told
from .prices import cost, load_prices
from .sse import ErrorInside, Malformed, Reader
from .waiting import Late, Watch

CONNECT = 10.0
"""Seconds for a connection to be made."""
FIRST = 600.0
"""Seconds without a byte before the first piece of text (a model may think for long)."""
STILL = 30.0
"""Seconds without a byte between pieces of text."""
LINGER = 0.25
"""Seconds for the connection to end after the stream said that it is over, so that it can be used again."""
ROUNDS = 10
"""Requests at most for one reply, each with one thing learned since the last."""

_sdk: Any = None
_loading = threading.Lock()


def sdk() -> Any:
    """The openai package, loaded on the first call; a second or so, so do not make it on an event loop."""
    global _sdk
    if _sdk is None:
        with _loading:
            try:
                import openai
            except ImportError:
                raise ConfigError("the package openai is not installed: pip install openai") from None
            # A first client loads more modules; better here than on an event loop.
            _ = openai.AsyncOpenAI(api_key="none", http_client=openai.DefaultAsyncHttpxClient()).chat.completions
            load_prices()
            _sdk = openai
    return _sdk


class OpenAICompatible:
    """Asks the models of one service.

    Arguments:
        service: the service's row.
    """

    def __init__(self, service: Service) -> None:
        self.service = service

    async def stream(self, request: Request) -> AsyncGenerator[str | Reply, None]:
        """The pieces as they come, then the Reply.

        Raises:
            ProviderError: no usable reply came; the subclass says why.
            KeyMissing: the service wants a key and none was found.
        """
        watch = Watch(request.deadline)
        model = split_model(request.model)[1]
        address = checked_url(request.base_url, "base_url") if request.base_url else self.service.address()
        where = Where(self.service, model, address, self._key(request))
        known = learned(self.service.name, address, model)
        if _sdk is None:
            await asyncio.to_thread(sdk)
        read: list[Reader] = []
        body: dict[str, Any] = {}
        problem: ProviderError | None = None
        for _ in range(ROUNDS):
            before, body = body, build(request, self.service, address, model, known)
            if body == before:
                break
            call = _Call(where, request, body, watch)
            read.append(call.reader)
            async with aclosing(call.pieces()) as pieces:
                async for piece in pieces:
                    yield piece
            problem = call.problem
            if problem is None:
                yield _reply(read, body, request, where)
                return
            if not call.teaches(known):
                break
        assert problem is not None
        raise problem

    def _key(self, request: Request) -> Secret | None:
        try:
            return find_key(self.service.name, request.thread_id)
        except KeyMissing:
            if self.service.wants_key(request.base_url):
                raise
            return None


class _Call:
    """One request and what came of it.

    Fields:
        reader: what was read of the reply.
        problem: the error, if it came to one; set when `pieces` is exhausted.
    """

    def __init__(self, where: Where, request: Request, body: dict[str, Any], watch: Watch) -> None:
        self._where, self._request, self._body, self._watch = where, request, body, watch
        self._refused = ""
        self.reader = Reader()
        self.problem: ProviderError | None = None

    async def pieces(self) -> AsyncGenerator[str, None]:
        """Send, and give the pieces of text as they come."""
        client = await client_for(_sdk, self._where, CONNECT)
        # The SDK walks through every message to transform it, so it gets none: extra_body is sent as it is.
        opening = client.chat.completions.with_streaming_response.create(
            model=self._body["model"], messages=[], extra_body=self._body
        )
        response = await self._open(opening)
        if response is None:
            return
        try:
            chunks = response.iter_bytes()
            data: bytes | None = b""
            while data is not None and self.problem is None:
                data = await self._next(chunks)
                for piece in self._take(data):
                    yield piece
        finally:
            await response.close()
        if self.problem is None:
            self.problem = self._judge()

    def teaches(self, known: Learned) -> bool:
        """Note what the problem says of the model; whether another form of the request is worth sending."""
        if self._refused:
            known.refused.add(self._refused)
            return True
        limited = any(name in self._body and name not in self._request.extra for name in LIMITS)
        if isinstance(self.problem, CutByLength) and limited and self.reader.usage.reasoning != 0:
            known.room = True
            return True
        return False

    async def _open(self, opening: Any) -> Any:
        name, address = self._where.service.name, self._where.address
        try:
            return await self._watch.wait(opening.__aenter__(), FIRST)
        except Late as late:
            self._late(late)
        except _sdk.APIStatusError as answer:
            headers, status, body = answer.response.headers, answer.status_code, answer.body
            self.problem = from_status(self._where, status, headers, body)
            if status in (400, 422):
                self._refused = refused_parameter(self._body, self._request.extra, told(body))
        except _sdk.APITimeoutError:
            self._fail(
                TimedOut,
                f"{name} could not be reached at {address} within {CONNECT:g} s: check the address and the network.",
            )
        except _sdk.APIConnectionError as broken:
            cause = broken.__cause__ or broken
            self._fail(
                Unreachable,
                f"{name} gave no reply at {address}: the connection was not made, or broke "
                f"({type(cause).__name__}: {cause}). "
                "Check that the service runs, the address and the network.",
            )
        # The SDK lets errors of many kinds through from before anything is sent: JSON, headers, addresses.
        except Exception as problem:
            self._fail(
                BadRequest,
                f"the request for {name} could not be sent ({type(problem).__name__}: {problem}): params and extra "
                "take what "
                "JSON can hold, and headers plain ASCII.",
            )
        return None

    async def _next(self, chunks: Any) -> bytes | None:
        reader = self.reader
        still = LINGER if reader.done else STILL if reader.text or reader.finish_reason else FIRST
        try:
            data: bytes | None = await self._watch.wait(anext(chunks, None), still)
            return data
        except Late as late:
            if not reader.ended:
                self._late(late)
        # The SDK does not wrap what its transport raises while a body is read; all of it means a broken connection.
        except Exception as broken:
            if not reader.ended:
                self._broke(f" ({type(broken).__name__})")
        return None

    def _take(self, data: bytes | None) -> list[str]:
        if self.problem is not None:
            return []
        try:
            return self.reader.end() if data is None else self.reader.feed(data)
        except Malformed as wrong:
            self._fail(BadReply, f"the reply of {self._where.service.name} is not the protocol: {wrong}.")
        except ErrorInside as error:
            self.problem = inside(self._where, error.body)
            self.problem.text = self.reader.text
        return []

    def _judge(self) -> ProviderError | None:
        reader, name, model = self.reader, self._where.service.name, self._where.model
        if not reader.ended:
            self._broke("")
        elif reader.finish_reason == "content_filter":
            self._fail(Refused, f"the content filter of {name} stopped the reply of {model!r}.")
        elif reader.finish_reason == "error":
            self._fail(Overloaded, f"{name} reports that the reply of {model!r} failed on its side: try again later.")
        elif reader.text.strip():
            return None
        elif reader.refusal:
            self._fail(Refused, f"{model!r} at {name} declined to answer: {reader.refusal}", text=reader.refusal)
        elif reader.finish_reason == "length":
            self._fail(
                CutByLength,
                f"{model!r} at {name} spent its whole budget of tokens before any text came (a reasoning model thinks "
                "first): "
                "raise max_tokens.",
            )
        else:
            self._fail(
                EmptyReply, f"{model!r} at {name} sent a reply without text (finish_reason {reader.finish_reason!r})."
            )
        return self.problem

    def _broke(self, how: str) -> None:
        self._fail(
            Unreachable,
            f"the connection to {self._where.service.name} at {self._where.address} broke before the reply "
            f"was whole{how}.",
        )

    def _late(self, late: Late) -> None:
        model, name = self._where.model, self._where.service.name
        if late.overall:
            self._fail(
                TimedOut,
                f"{model!r} at {name} did not finish within {self._request.deadline:g} s: raise the deadline.",
            )
        else:
            self._fail(TimedOut, f"the reply of {model!r} at {name} stood still for too long.")

    def _fail(self, kind: type[ProviderError], sentence: str, text: str = "") -> None:
        self.problem = self._where.error(kind, sentence, text=text or self.reader.text)


def _reply(read: list[Reader], body: dict[str, Any], request: Request, where: Where) -> Reply:
    """The Reply, with the tokens of all requests that were made for it: a budget spent on thinking was paid, too."""
    last = read[-1]
    usage = Usage(
        _sum([reader.usage.input for reader in read]),
        _sum([reader.usage.output for reader in read]),
        _sum([reader.usage.reasoning for reader in read]),
    )
    price = _sum([reader.told_cost for reader in read]) if where.service.tells_cost else None
    if price is None:
        price = cost(where.service.name, where.model, usage, sum(reader.cached for reader in read))
    return Reply(
        text=last.text,
        model=last.model or where.model,
        usage=usage,
        finish_reason=last.finish_reason or "stop",
        params=sent_params(body, request, where.service),
        cost=price,
    )


def _sum(counts: list[Any]) -> Any:
    known = [count for count in counts if count is not None]
    return sum(known) if known else None
