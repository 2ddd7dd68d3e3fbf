"""Event loops of our own, and work on threads of its own: how plain code waits for async code, and async for plain."""

from __future__ import annotations

import asyncio
import contextlib
import contextvars
import os
import threading
from collections.abc import Callable, Coroutine
from concurrent.futures import Future
from typing import Any, TypeVar

T = TypeVar("T")


async def in_thread(work: Callable[[], T], name: str = "otree_ego-work") -> T:
    """Run blocking code on a thread of its own, in the same context; Python does not wait for it at its end.

    asyncio's own pool has few threads, and Python waits for them at its end, also for one where somebody is to type.
    """
    loop = asyncio.get_running_loop()
    done: asyncio.Future[T] = loop.create_future()
    context = contextvars.copy_context()

    def finish(settle: Callable[[Any], None], outcome: Any) -> None:
        if not done.done():
            settle(outcome)

    def run() -> None:
        settle: Callable[[Any], None] = done.set_result
        outcome: Any
        try:
            outcome = context.run(work)
        except StopIteration as error:  # no future can hold it
            outcome, settle = RuntimeError(f"StopIteration: {error}"), done.set_exception
        except BaseException as error:
            outcome, settle = error, done.set_exception
        with contextlib.suppress(RuntimeError):  # the loop has been closed meanwhile: nobody waits
            loop.call_soon_threadsafe(finish, settle, outcome)

    threading.Thread(target=run, name=name, daemon=True).start()
    return await done


class _Portal:
    """One event loop on a thread of its own. It starts when it is first needed, and again after a fork."""

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

    def start(self, work: Coroutine[Any, Any, T]) -> Future[T]:
        return asyncio.run_coroutine_threadsafe(work, self.loop())

    def __call__(self, work: Coroutine[Any, Any, T]) -> T:
        future = self.start(work)
        try:
            return future.result()
        except BaseException:
            future.cancel()
            raise


portal = _Portal()
runs_portal = _Portal()
"""Where experiments run. Plain code of an experimenter's in them gets its replies through `portal`, the other loop."""
