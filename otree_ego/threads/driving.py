"""The two loops that drive a turn: one for plain code, one for async code.

Neither knows a database or a network: a store remembers, a provider answers.
"""

from __future__ import annotations

import asyncio
import sys
import threading
import time
from collections.abc import Awaitable, Callable, Coroutine
from contextlib import aclosing
from dataclasses import dataclass, field
from typing import Any, TypeVar

from ..display import logger
from ..errors import EgoError, Interrupted, ProviderError, TimedOut
from ..loops import portal
from ..messages import Reply, Request, Withdrawn, changed, clean
from ..ports import AsyncStore, Provider, Store
from .recording import RECORDER
from .turns import Admit, Append, Effect, Hear, Read, Send, Settle, TimedReply, Turn, Wait
from .under_way import announced, heard, heard_plainly

T = TypeVar("T")
OnPiece = Callable[[str], None]
LONG = 5.0
"""Seconds of a pause between attempts that the log tells; one that the service asked for is told from one second."""
SLACK, SHARE = 0.25, 0.1
"""Seconds more than its deadline for a provider, which knows best what it was waiting for, to say so; and the most that
this may be of the deadline."""
before_send: list[Callable[[], Awaitable[None]]] = []
"""What async code waits for before each request."""
_ending = threading.Event()


@dataclass
class StreamedText:
    """The text of one reply as far as it has come, so that it is not lost when the rest does not come.

    Arguments:
        on_piece: called with each piece of it.
    """

    on_piece: OnPiece | None = None
    started: float = field(default_factory=time.perf_counter)
    first_token: float | None = None
    pieces: list[str] = field(default_factory=list)
    on_restart: Callable[[], None] | None = None

    def restart(self) -> None:
        """What came so far is no part of the text."""
        self.pieces.clear()
        if self.on_restart:
            self.on_restart()

    def add(self, piece: str) -> None:
        if self.first_token is None:
            self.first_token = time.perf_counter() - self.started
        self.pieces.append(piece)
        if self.on_piece:
            self.on_piece(piece)

    @property
    def text(self) -> str:
        return self.raw

    @property
    def raw(self) -> str:
        """All that has come."""
        return clean("".join(self.pieces))


async def admit(request: Request) -> None:
    """Wait for the experiment's rate limiter, if there is one."""
    recorder = RECORDER.get()
    if recorder is not None:
        await recorder.admit(request)


async def fetch_reply(provider: Provider, request: Request, streamed: StreamedText) -> TimedReply:
    """Ask a provider for one reply, for no longer than the request's deadline, and note it in a running experiment.

    Arguments:
        streamed: takes what comes, also of a reply that breaks off.
    """
    recorder = RECORDER.get()
    if recorder is None:
        return await _fetched(provider, request, streamed)
    if streamed.on_piece is None:  # nobody wants the pieces: a reply that comes whole is less work
        request = changed(request, stream=False)
    try:
        reply = await recorder.transport(request)
        timed = TimedReply(reply, None) if reply is not None else await _fetched(provider, request, streamed)
    except EgoError as error:
        recorder.note(request, error)
        raise
    recorder.note(request, timed.reply)
    return timed


async def _fetched(provider: Provider, request: Request, streamed: StreamedText) -> TimedReply:
    if request.meter is not None:
        meter = request.meter
        meter.asked, meter.price, meter.text = True, getattr(provider, "price", None), lambda: streamed.raw

    async def whole() -> Reply | None:
        reply = None
        stream: Any = provider.stream(request)
        async with aclosing(stream):
            async for item in stream:
                if isinstance(item, Reply):
                    reply = item
                elif isinstance(item, Withdrawn):
                    streamed.restart()
                else:
                    streamed.add(item)
        return reply

    try:
        limit = None if request.deadline is None else request.deadline + min(SLACK, SHARE * request.deadline)
        reply = await _within(limit, whole())
    except (asyncio.TimeoutError, TimeoutError):
        raise TimedOut(
            f"{request.model} did not finish its reply {request.time_limit}.",
            model=request.model,
            text=streamed.text,
        ) from None
    except ProviderError as error:
        error.text = error.text or streamed.text
        raise
    if reply is None:
        raise Interrupted(f"{request.model} ended its stream without a reply.", model=request.model, text=streamed.text)
    return TimedReply(reply, streamed.first_token)


async def _within(seconds: float | None, work: Coroutine[Any, Any, T]) -> T:
    if seconds is None:
        return await work
    if sys.version_info < (3, 11):
        return await asyncio.wait_for(work, seconds)
    async with asyncio.timeout(seconds):  # unlike `wait_for`, it needs no task of its own
        return await work


def end_pauses() -> None:
    """End the pauses between attempts in plain code, now and from now on: the process is about to end."""
    _ending.set()


def _tell(wait: Wait, store: Store | AsyncStore, thread_id: str) -> None:
    if wait.asked >= 1 or wait.seconds >= LONG:
        who = getattr(store, "owner", "") or f"Thread {thread_id[:8]}"
        logger.warning("%s waits %.1f s: %s.", who, wait.seconds, wait.why)


def _pause(wait: Wait) -> None:
    recorder = RECORDER.get()
    if recorder is not None:
        portal(recorder.pause(wait))
    elif _ending.wait(wait.seconds):
        raise Interrupted(f"The server stopped before the next attempt: {wait.why}.")


def drive(
    turn: Turn[T],
    store: Store,
    thread_id: str,
    find_provider: Callable[[str], Provider],
    on_piece: OnPiece | None = None,
) -> T:
    """Run a turn in plain code. The model's call runs on a loop of our own, so it works below a running one, too."""

    def do(effect: Effect) -> Any:
        if isinstance(effect, Append):
            with announced(thread_id, effect.messages):
                return store.append(thread_id, effect.messages)
        if isinstance(effect, Settle):
            return store.settle(thread_id, effect.message)
        if isinstance(effect, Send):
            return portal(fetch_reply(find_provider(effect.request.model), effect.request, StreamedText(on_piece)))
        if isinstance(effect, Admit):
            return None if RECORDER.get() is None else portal(admit(effect.request))
        if isinstance(effect, Hear):
            return heard_plainly(effect.replies, effect.seconds)
        if isinstance(effect, Read):
            read = getattr(store, "record", None)
            return None if read is None else read(effect.thread_id)
        if RECORDER.get() is None:
            _tell(effect, store, thread_id)
        return _pause(effect)

    value: Any = None
    error: BaseException | None = None
    while True:
        try:
            effect = turn.send(value) if error is None else turn.throw(error)
        except StopIteration as stop:
            result: T = stop.value
            return result
        value, error = None, None
        try:
            value = do(effect)
        except BaseException as caught:
            error = caught


async def adrive(
    turn: Turn[T],
    store: AsyncStore,
    thread_id: str,
    send: Callable[[Request], Awaitable[TimedReply]],
    pause: Callable[[float], Awaitable[Any]] = asyncio.sleep,
) -> T:
    """Run a turn in async code; `send` asks the model (see `sender`), `pause` waits some seconds between attempts."""

    async def do(effect: Effect) -> Any:
        if isinstance(effect, Append):
            with announced(thread_id, effect.messages):
                return await store.append(thread_id, effect.messages)
        if isinstance(effect, Settle):
            return await store.settle(thread_id, effect.message)
        if isinstance(effect, Send):
            for wait in before_send:
                await wait()
            return await send(effect.request)
        if isinstance(effect, Admit):
            return await admit(effect.request)
        if isinstance(effect, Hear):
            return await heard(effect.replies, effect.seconds)
        if isinstance(effect, Read):
            read = getattr(store, "record", None)
            return None if read is None else await read(effect.thread_id)
        recorder = RECORDER.get()
        if recorder is not None:
            return await recorder.pause(effect)
        _tell(effect, store, thread_id)
        return await pause(effect.seconds)

    value: Any = None
    error: BaseException | None = None
    while True:
        try:
            effect = turn.send(value) if error is None else turn.throw(error)
        except StopIteration as stop:
            result: T = stop.value
            return result
        value, error = None, None
        try:
            value = await do(effect)
        except BaseException as caught:
            error = caught


def sender(
    find_provider: Callable[[str], Provider], on_piece: OnPiece | None = None
) -> Callable[[Request], Awaitable[TimedReply]]:
    """The usual `send` of `adrive`: it asks whoever the model's name stands for."""

    async def send(request: Request) -> TimedReply:
        return await fetch_reply(find_provider(request.model), request, StreamedText(on_piece))

    return send
