"""Any service that speaks OpenAI's chat protocol. The only module that imports openai, and only when it is first used.

The SDK makes the connection and sends the request; the reply is read here, line by line, without an object for
each chunk: with a hundred participants at once that is most of what a reply costs this process.
"""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import AsyncGenerator, Iterator
from contextlib import aclosing
from importlib import import_module
from typing import Any

from ...errors import BadReply, BadRequest, ConfigError, KeyMissing, ProviderError, TimedOut, Unreachable
from ...loops import in_thread
from ...messages import Reply, Request, SentBody, Usage, Withdrawn
from ..faults import Endpoint, from_status, from_stream
from ..freed import LARGE, give_back_soon
from ..keys import find_key
from ..large_json import Rest, no_rest
from ..prices import load_prices, model_cost
from ..secret import Secret
from ..sent_bodies import note_sent, sent_body
from ..services import Service, checked_url, split_model
from ..thoughts import Habits, Splitter
from .clients import LeasedClient, WronglyPacked, chat_address
from .connection_faults import unreachable
from .connections import ANSWERED, TRACE, Trace
from .deadline import Deadline, Late
from .dialect import build
from .learned import known_context, learned, write_down
from .replies import connection_broken, learn_from, not_connected, reply_of, reply_problem, whole_body
from .sse import ErrorInside, Malformed, Reader, TooMuch

CONNECT = 10.0
"""Seconds for a connection to be made."""
FIRST = 600.0
"""Seconds without a byte before the first piece of text (a model may think for long)."""
STILL = 30.0
"""Seconds without a byte between pieces of text."""
LINGER = 0.25
"""Seconds for the connection to end after the stream said that it is over, so that it can be used again."""
TAIL = 2.0
"""Seconds after the reason of the end for what may follow it: the usage, and the word that the stream is over."""
NOT_CONNECTED = frozenset({"ConnectError", "ProxyError", "UnsupportedProtocol", "LocalProtocolError"})
"""The transport's errors of requests that did not reach the service."""
MUCH = 16_384
"""Bytes that are read in one step."""
STEP = 0.002
"""Seconds of reading after which others have a turn, for as long as the reading took."""
LONGEST = 0.05
"""Seconds of such a turn at most."""
PIECE, BYTE = 5e-5, 5e-9
"""Seconds that a piece takes besides the reading, and each of its bytes: the transport's work, and unpacking."""
ROUNDS = 10
"""Requests at most for one reply, each with one thing learned since the last."""

_sdk: Any = None
_response: Any = None
_loading, _long_work = threading.Lock(), threading.Lock()


def sdk() -> Any:
    """The openai package, loaded on the first call; a second or so, so do not make it on an event loop."""
    global _sdk, _response
    if _sdk is None:
        with _loading:
            try:
                import openai
            except ImportError:
                raise ConfigError("the package openai is not installed: pip install openai") from None
            # A first client loads more modules; better here than on an event loop.
            plain = openai.DefaultAsyncHttpxClient(trust_env=False, verify=False)
            _ = openai.AsyncOpenAI(api_key="none", http_client=plain).chat.completions
            load_prices()
            _response = import_module("httpx2").Response
            _sdk = openai
    return _sdk


class OpenAICompatible:
    """Asks the models of one service.

    Arguments:
        service: the service's row.
    """

    def __init__(self, service: Service) -> None:
        self.service = service

    async def stream(self, request: Request) -> AsyncGenerator[str | Withdrawn | Reply, None]:
        """The pieces as they come, then the Reply.

        Raises:
            ProviderError: no usable reply came; the subclass says why.
            KeyMissing: the service wants a key and none was found.
        """
        deadline = Deadline(request.deadline)
        endpoint = self.endpoint(request)
        known = learned(self.service.name, endpoint.address, endpoint.model)
        if _sdk is None:
            await asyncio.to_thread(sdk)
        read: list[Reader] = []
        if request.meter is not None:
            request.meter.read = read
        body: dict[str, Any] = {}
        problem: ProviderError | None = None
        for _ in range(ROUNDS):
            write_down(known, self.service.name, endpoint.address, endpoint.model, request.thread_id)
            before, body = body, build(request, self.service, endpoint.address, endpoint.model, known)
            if body == before:
                break
            habits = known.thinks(request)
            call = _Call(endpoint, request, body, deadline, self._splitter(request, habits, endpoint))
            read.append(call.reader)
            note_sent(request, endpoint, body, call.reader)
            async with aclosing(call.pieces()) as pieces:
                async for piece in pieces:
                    yield piece
            problem = call.problem
            _note(habits, call)
            if problem is None:
                yield reply_of(read, body, request, endpoint)
                return
            if not learn_from(known, problem, call.error_body, call.reader, body, request):
                write_down(known, self.service.name, endpoint.address, endpoint.model, request.thread_id)
                break
        assert problem is not None
        raise problem

    def draft(self, request: Request) -> SentBody:
        """See `Provider`."""
        endpoint = self.endpoint(request)
        known = learned(self.service.name, endpoint.address, endpoint.model)
        return sent_body(endpoint, build(request, self.service, endpoint.address, endpoint.model, known))

    def price(self, model: str, usage: Usage, cached: int = 0) -> float | None:
        """See `Provider`."""
        return model_cost(model, usage, cached)

    def context_tokens(self, request: Request) -> int | None:
        """See `Provider`."""
        return known_context(self.service, request)

    def warm(self) -> None:
        """Load the SDK."""
        sdk()

    def endpoint(self, request: Request) -> Endpoint:
        """Where a request goes, and with which key.

        Raises:
            KeyMissing: the service wants a key and none was found.
            ConfigError: the address is none.
        """
        address = checked_url(request.base_url, "base_url") if request.base_url else self.service.address()
        return Endpoint(self.service, split_model(request.model)[1], address, self._key(request))

    def _splitter(self, request: Request, habits: Habits, endpoint: Endpoint) -> Splitter | None:
        if request.thoughts_in_text or self.service.thoughts_in_text:
            return None
        apart = self.service.thoughts_apart and endpoint.address == self.service.base_url
        return Splitter(request.stream and habits.waits(endpoint.model, apart), habits.surely(endpoint.model))

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
        error_body: what the service said with an HTTP error.
    """

    def __init__(
        self,
        endpoint: Endpoint,
        request: Request,
        body: dict[str, Any],
        deadline: Deadline,
        splitter: Splitter | None,
    ) -> None:
        self._endpoint, self._request, self._body, self._deadline = endpoint, request, body, deadline
        self.reader = Reader(endpoint.key, splitter)
        self._events = 0
        self._since: float | None = None  # when it was first seen that no event comes
        self._over: float | None = None
        self._worked = 0.0  # seconds since others had a turn
        self._clock = time.perf_counter()
        self.error_body: Any = None
        self.problem: ProviderError | None = None
        self._trace = Trace()

    async def pieces(self) -> AsyncGenerator[str | Withdrawn, None]:
        """Send, and give the pieces of text as they come."""
        async with LeasedClient(_sdk, self._endpoint, CONNECT) as client, aclosing(self._pieces(client)) as pieces:
            async for piece in pieces:
                yield piece
        if self.problem is None:
            self.problem = reply_problem(self.reader, self._endpoint)

    async def _pieces(self, client: Any) -> AsyncGenerator[str | Withdrawn, None]:
        # The SDK's way for a body that is ready: its `create` would walk through every name and message in it.
        opening = client.post(
            chat_address(self._endpoint.address),
            cast_to=_response,
            body=self._body,
            stream=True,
            stream_cls=_sdk.AsyncStream,
        )
        response = await self._open(client, opening)
        if response is None:
            return
        try:
            chunks = response.aiter_bytes()
            data: bytes | None = b""
            while data is not None and self.problem is None:
                data = await self._next(chunks)
                for part in (data,) if data is None or len(data) <= MUCH else _parts(data):
                    pieces = await self._apart(part) if self.reader.heavy(part) else self._take(part)
                    if self.reader.withdrawn:
                        self.reader.withdrawn = False
                        yield Withdrawn()
                    for piece in pieces:
                        yield piece
                    if self._worked > STEP:  # what is there already comes without waiting: others have a turn
                        worked, self._worked = self._worked, 0.0
                        await asyncio.sleep(min(worked, LONGEST))
                        self._clock = time.perf_counter()  # the pause is no work
                    if self.problem is not None:
                        break
        finally:
            await response.aclose()
            self.reader.drop()
            if self.reader.size > LARGE:
                give_back_soon()

    async def _open(self, client: Any, opening: Any) -> Any:
        token = TRACE.set(None if client in ANSWERED else self._trace)
        try:
            response = await self._deadline.wait(opening, FIRST)
            ANSWERED.add(client)
            return response
        except Late as late:
            ANSWERED.discard(client)
            self._late(late)
        # The SDK lets errors of many kinds through from before anything is sent: JSON, headers, addresses.
        except Exception as problem:
            ANSWERED.discard(client)
            self.problem = not_answered(problem, self._endpoint)
            self.error_body = whole_body(problem)
        finally:
            TRACE.reset(token)
        return None

    async def _next(self, chunks: Any) -> bytes | None:
        reader = self.reader
        try:
            still = self._patience()
            data: bytes | None = await self._deadline.wait(anext(chunks, None), still)
            now = time.perf_counter()
            if now - self._clock > self._worked:  # others had a turn meanwhile
                self._worked = 0.0
            self._clock = now
            return data
        except Late as late:
            if not (reader.ended or self._over):
                self._late(late)
        # The SDK does not wrap what its transport raises while a body is read; all of it means a broken connection.
        except Exception as problem:
            if not reader.ended:
                self.problem = connection_broken(self._endpoint, f" ({type(problem).__name__})", reader.text)
        return None

    def _patience(self) -> float:
        """Seconds to wait for more bytes. Only events count: comments and single letters do not buy a stream time."""
        reader = self.reader
        if not (reader.done or reader.finish_reason or (reader.unread and reader.complete())):
            still = STILL if reader.begun else FIRST
            if reader.events != self._events:
                self._events, self._since = reader.events, None
                return still
            now = self._deadline.now()
            self._since = now if self._since is None else self._since
            left = self._since + still - now
        else:
            now = self._deadline.now()
            self._over = now if self._over is None else self._over
            left = self._over + (LINGER if reader.done else TAIL) - now
            left = min(left, self._deadline.left() / 2)  # the reply is there: it must not be late for what may follow
        if left <= 0:
            raise Late(False)
        return left

    def _take(self, data: bytes | None) -> list[str]:
        if self.problem is not None:
            return []
        try:
            return self.reader.end() if data is None else self.reader.feed(data)
        except TooMuch as wrong:
            self._fail(BadReply, f"the reply of {self._endpoint.service.name} is too long: {wrong}.", retryable=False)
        except Malformed as wrong:
            self._fail(BadReply, f"the reply of {self._endpoint.service.name} is not the protocol: {wrong}.")
        except ErrorInside as error:
            self.error_body = error.body
            self.problem = from_stream(self._endpoint, error.body)
            self.problem.text = self.reader.text
        except Exception as wrong:  # Whatever a service thinks of: it follows the failure policy.
            self._fail(BadReply, f"the reply of {self._endpoint.service.name} cannot be read ({type(wrong).__name__}).")
        finally:
            start, self._clock = self._clock, time.perf_counter()
            self._worked += self._clock - start + PIECE + (len(data) if data else 0) * BYTE
        return []

    async def _apart(self, data: bytes | None) -> list[str]:
        """Long work, on a thread of its own: one reply's at a time, in short steps."""

        def work() -> list[str]:
            with _long_work:
                self.reader.pause = Rest()
                found = self._take(data)
                self.reader.pause = no_rest
                return found

        try:
            return await self._deadline.wait(in_thread(work, "otree_ego-large-reply"), FIRST)
        except Late as late:
            self._late(late)
            return []

    def _late(self, late: Late) -> None:
        model, name = self._endpoint.model, self._endpoint.service.name
        if late.overall and self._trace.connecting:
            self.problem = not_connected(self._endpoint, self._trace.connecting, self._request.time_limit)
        elif late.overall:
            self._fail(TimedOut, f"{model!r} at {name} did not finish {self._request.time_limit}: raise the deadline.")
        else:
            self._fail(TimedOut, f"the reply of {model!r} at {name} stood still for too long.")

    def _fail(self, kind: type[ProviderError], sentence: str, **fields: Any) -> None:
        self.problem = self._endpoint.error(kind, sentence, text=self.reader.text, **fields)


def _parts(data: bytes) -> Iterator[bytes]:
    return (data[at : at + MUCH] for at in range(0, len(data), MUCH))


def _note(habits: Habits, call: _Call) -> None:
    """Remember how the model sends its thoughts, from a reply that came to its end."""
    splitter = call.reader.splitter
    if splitter is not None and call.reader.ended:
        habits.heard, habits.unopened = True, habits.unopened or splitter.unopened


def not_answered(problem: Exception, endpoint: Endpoint, connect: float = CONNECT) -> ProviderError:
    """The error for what the SDK raises when a request does not come to an answer that is a success.

    Arguments:
        problem: what was raised.
        endpoint: where the request went.
        connect: seconds that there were for a connection to be made.
    """
    name, address = endpoint.service.name, endpoint.address
    if isinstance(problem, WronglyPacked):
        return endpoint.error(BadReply, f"the reply of {name} cannot be read: {problem}.")
    if isinstance(problem, _sdk.APIStatusError):
        return from_status(endpoint, problem.status_code, problem.response.headers, whole_body(problem))
    if isinstance(problem, _sdk.APIConnectionError):
        late = isinstance(problem, _sdk.APITimeoutError)
        sent = not late and type(problem.__cause__ or problem).__name__ not in NOT_CONNECTED
        sentence = unreachable(problem, name, address, connect)
        return endpoint.error(TimedOut if late else Unreachable, sentence, sent=sent)
    return endpoint.error(
        BadRequest,
        f"the request for {name} could not be sent ({type(problem).__name__}: {problem}): params and extra take what "
        "JSON can hold, and headers plain ASCII.",
    )
