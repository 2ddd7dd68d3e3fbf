"""Event loops of our own, and work on threads of its own: how plain code waits for async code, and the reverse."""

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
    """Run what blocks on a thread of its own, in the same surroundings; Python's end does not wait for it.

    asyncio's own pool has few threads, and waits for them at the end, also for one that waits for somebody to type.
    """
    loop = asyncio.get_running_loop()
    done: asyncio.Future[T] = loop.create_future()
    context = contextvars.copy_context()

    def tell(set_it: Callable[[Any], None], value: Any) -> None:
        if not done.done():
            set_it(value)

    def run() -> None:
        told: Callable[[Any], None] = done.set_result
        outcome: Any
        try:
            outcome = context.run(work)
        except StopIteration as error:  # no future can hold it
            outcome, told = RuntimeError(f"StopIteration: {error}"), done.set_exception
        except BaseException as error:
            outcome, told = error, done.set_exception
        with contextlib.suppress(RuntimeError):  # the loop has been closed meanwhile: nobody waits
            loop.call_soon_threadsafe(tell, told, outcome)

    threading.Thread(target=run, name=name, daemon=True).start()
    return await done


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
"""Where experiments run: what an experimenter's own code in them asks in plain code is answered on the other loop."""
