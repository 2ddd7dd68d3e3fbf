"""Who has an owner's Thread open in async code: one at a time, and nobody waits for themselves."""

from __future__ import annotations

import asyncio
from contextvars import ContextVar
from weakref import WeakValueDictionary

_held: ContextVar[tuple[object, ...]] = ContextVar("otree_ego_held", default=())
_locks: WeakValueDictionary[tuple[int, str], OwnerLock] = WeakValueDictionary()


class OwnerLock(asyncio.Lock):
    """A lock that knows who holds it."""

    holder: object | None = None

    @property
    def ours(self) -> bool:
        """Whether it is held by this task, or by the one that started it."""
        return self.holder is not None and self.holder in _held.get()

    async def hold(self) -> None:
        """Wait for it and hold it."""
        await self.acquire()
        self.holder = object()
        _held.set((*_held.get()[-16:], self.holder))

    def let_go(self) -> None:
        """Let the next one have it."""
        self.holder = None
        self.release()


def lock_of(owner: str) -> OwnerLock:
    """The lock of an owner on the running event loop."""
    key = (id(asyncio.get_running_loop()), owner)
    lock = _locks.get(key) or OwnerLock()
    _locks[key] = lock
    return lock


def is_held(owner: str, loop: asyncio.AbstractEventLoop | None) -> bool:
    """Whether somebody has an owner's Thread open on an event loop; it may be asked in any thread."""
    lock = _locks.get((id(loop), owner))
    return lock is not None and lock.locked()
