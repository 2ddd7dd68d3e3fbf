"""The two loops that drive a turn: one for plain code, one for async code.

Neither knows a database or a network: a store remembers, a provider answers.
"""

from __future__ import annotations

import asyncio
import os
import threading
import time
from collections.abc import Awaitable, Callable, Coroutine
from contextlib import aclosing
from dataclasses import dataclass, field
from typing import Any, TypeVar

from .errors import Interrupted, ProviderError, TimedOut
from .messages import Reply, Request, clean
from .turns import Append, AsyncStore, Effect, Heard, Provider, Send, Settle, Store, Turn

T = TypeVar("T")
OnPiece = Callable[[str], None]


@dataclass
class Ears:
    """Collects the pieces of one request, so that what came is not lost when the rest does not."""

    on_piece: OnPiece | None = None
    started: float = field(default_factory=time.perf_counter)
    first: float | None = None
    pieces: list[str] = field(default_factory=list)

    def hear(self, piece: str) -> None:
        if self.first is None:
            self.first = time.perf_counter() - self.started
        self.pieces.append(piece)
        if self.on_piece:
            self.on_piece(piece)

    @property
    def text(self) -> str:
        return clean("".join(self.pieces))


async def listen(provider: Provider, request: Request, ears: Ears) -> Heard:
    """Take one reply from a provider, no longer than the request's deadline."""

    async def whole() -> Reply | None:
        reply = None
        stream: Any = provider.stream(request)
        async with aclosing(stream):
            async for item in stream:
                if isinstance(item, Reply):
                    reply = item
                else:
                    ears.hear(item)
        return reply

    try:
        reply = await (whole() if request.deadline is None else asyncio.wait_for(whole(), request.deadline))
    except (asyncio.TimeoutError, TimeoutError):
        limit = "in time" if request.deadline is None else f"within {request.deadline:.3g} s"
        raise TimedOut(
            f"{request.model} did not finish its reply {limit}.",
            model=request.model,
            text=ears.text,
        ) from None
    except ProviderError as error:
        error.text = error.text or ears.text
        raise
    if reply is None:
        raise Interrupted(f"{request.model} ended its stream without a reply.", model=request.model, text=ears.text)
    return Heard(reply, ears.first)


def drive(
    turn: Turn[T], store: Store, thread_id: str, provider_of: Callable[[str], Provider], on_piece: OnPiece | None = None
) -> T:
    """Run a turn in plain code. The model's call runs on a loop of our own, so it works below a running one, too."""

    def do(effect: Effect) -> Any:
        if isinstance(effect, Append):
            return store.append(thread_id, effect.messages)
        if isinstance(effect, Settle):
            return store.settle(thread_id, effect.message)
        if isinstance(effect, Send):
            return portal(listen(provider_of(effect.request.model), effect.request, Ears(on_piece)))
        return time.sleep(effect.seconds)

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
    send: Callable[[Request], Awaitable[Heard]],
    pause: Callable[[float], Awaitable[Any]] = asyncio.sleep,
) -> T:
    """Run a turn in async code; `send` asks the model (see `sender`), `pause` waits some seconds between attempts."""

    async def do(effect: Effect) -> Any:
        if isinstance(effect, Append):
            return await store.append(thread_id, effect.messages)
        if isinstance(effect, Settle):
            return await store.settle(thread_id, effect.message)
        if isinstance(effect, Send):
            return await send(effect.request)
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
    provider_of: Callable[[str], Provider], on_piece: OnPiece | None = None
) -> Callable[[Request], Awaitable[Heard]]:
    """The usual `send` of `adrive`: ask whoever the model's name stands for."""

    async def send(request: Request) -> Heard:
        return await listen(provider_of(request.model), request, Ears(on_piece))

    return send


class _Portal:
    """One event loop on a thread of its own, started when first needed, anew after a fork."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._pid = 0

    def loop(self) -> asyncio.AbstractEventLoop:
        with self._lock:
            if self._loop is None or self._pid != os.getpid():
                self._loop, self._pid = asyncio.new_event_loop(), os.getpid()
                threading.Thread(target=self._loop.run_forever, name="otree_ego", daemon=True).start()
            return self._loop

    def __call__(self, work: Coroutine[Any, Any, T]) -> T:
        future = asyncio.run_coroutine_threadsafe(work, self.loop())
        try:
            return future.result()
        except BaseException:
            future.cancel()
            raise


portal = _Portal()
