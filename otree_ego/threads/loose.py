"""Threads that are attached to nothing and belong to no experiment: where their messages go, and what would be lost.

Their messages are in memory. Somebody may keep them beyond that: a recording of a script's, or oTree's binding. What a
process has paid for and nobody has kept is said when the process ends.
"""

from __future__ import annotations

import atexit
import os
import sys
from collections.abc import Sequence
from typing import Any, Protocol

from ..display import say
from ..messages import Message, service_of
from ..ports import AsyncStore, MemoryStore, Store

FREE = ("constant", "external", "local", "scripted", "terminal")
"""Services whose replies cost nothing, even where they tell no cost."""


class Keeper(Protocol):
    """Who may keep loose Threads."""

    def take_in(self, thread: Any, asks: bool) -> bool:
        """In plain code, before a turn: keep a Thread from here on, if that is one's business; whether it is.

        Arguments:
            asks: whether a model is asked. Until then it may not be known yet to which Conversation a Thread belongs.
        """

    async def take_in_async(self, thread: Any, asks: bool) -> bool:
        """The same in async code."""

    def save(self, thread: Any) -> bool:
        """Keep a Thread as it is now, if that is one's business; whether it is."""


keepers: list[Keeper] = []
"""Are asked in turn; the first whose business it is keeps the Thread."""


class LooseStore(MemoryStore):
    """The store of a loose Thread, for plain code: in memory, and with whoever keeps it.

    Attributes:
        kept, kept_async: the stores of whoever keeps it, None if nobody does. was_kept: whether somebody ever did.
        unrecorded: replies that were paid for while nobody did.
    """

    def __init__(self) -> None:
        super().__init__()
        self.kept: Store | None = None
        self.kept_async: AsyncStore | None = None
        self.was_kept = False
        self.unrecorded: list[Message] = []

    def append(self, thread_id: str, messages: Sequence[Message]) -> tuple[Message, ...]:
        """See `otree_ego.ports.Store`."""
        placed = super().append(thread_id, messages)
        return placed if self.kept is None else self.kept.append(thread_id, placed)

    def settle(self, thread_id: str, message: Message) -> None:
        """See `otree_ego.ports.Store`."""
        if self.kept is not None:
            self.kept.settle(thread_id, message)
        else:
            self._count(message)

    def keep(self, store: Store, async_store: AsyncStore) -> None:
        """From here on somebody keeps the messages; what was there before is kept, too."""
        self.kept, self.kept_async, self.was_kept = store, async_store, True
        self.recorded()

    def let_go(self) -> None:
        """From here on nobody does."""
        self.kept = self.kept_async = None

    def recorded(self) -> None:
        """All that was said so far is recorded."""
        _unrecorded.subtract(self.unrecorded)
        self.unrecorded = []

    def _count(self, message: Message) -> None:
        if is_paid(message):
            self.unrecorded.append(message)
            _unrecorded.add(message)


class AsyncLooseStore:
    """The same for async code."""

    def __init__(self, store: LooseStore) -> None:
        self.store = store

    @property
    def is_read_by_others(self) -> bool:
        """Whether somebody keeps the messages as they come, where others read them."""
        return bool(getattr(self.store.kept_async, "is_read_by_others", False))

    async def append(self, thread_id: str, messages: Sequence[Message]) -> tuple[Message, ...]:
        """See `otree_ego.ports.AsyncStore`."""
        placed = MemoryStore.append(self.store, thread_id, messages)
        kept = self.store.kept_async
        return placed if kept is None else await kept.append(thread_id, placed)

    async def settle(self, thread_id: str, message: Message) -> None:
        """See `otree_ego.ports.AsyncStore`."""
        kept = self.store.kept_async
        if kept is None:
            self.store.settle(thread_id, message)
        else:
            await kept.settle(thread_id, message)


def is_paid(message: Message) -> bool:
    """Whether a reply has cost something, or may have."""
    if message.role != "assistant" or message.cost == 0 or service_of(message.author or message.model) in FREE:
        return False
    return bool(message.model_answered) or message.paid


class _Unrecorded:
    """What this process has paid for and nobody has recorded."""

    def __init__(self) -> None:
        self.replies, self.cost, self.unknown = 0, 0.0, 0
        self.process = 0
        self.quiet = False

    def add(self, message: Message) -> None:
        """A reply that nobody has recorded."""
        if self.process != os.getpid():  # the first one, or in a copy of a process, which has its own to tell
            self.replies, self.cost, self.unknown, self.process = 0, 0.0, 0, os.getpid()
            atexit.unregister(self.tell)
            atexit.register(self.tell)
        self.replies += 1
        self.cost += message.cost or 0.0
        self.unknown += message.cost is None

    def subtract(self, messages: Sequence[Message]) -> None:
        """Some of them are recorded now."""
        if self.process == os.getpid():
            self.replies -= len(messages)
            self.cost -= sum(message.cost or 0.0 for message in messages)
            self.unknown -= sum(message.cost is None for message in messages)

    def tell(self) -> None:
        """Say what would be lost, when the process ends."""
        if self.replies <= 0 or self.quiet or self.process != os.getpid() or _in_tests():
            return
        price = f" for about ${self.cost:.2g}" if self.cost > 0 else ""
        if price and self.unknown:
            price += f" and {self.unknown} at an unknown price"
        what = "1 reply was" if self.replies == 1 else f"{self.replies} replies were"
        say(
            f"otree_ego: {what} paid for{price} and not recorded. llm.save() records a Thread as it is then; "
            'with otree_ego.recording("name"): records as it happens. See docs/experiments.md.', sys.stderr,
        )  # fmt: skip


_unrecorded = _Unrecorded()


def never_tell() -> None:
    """Let this process end without a word: inside oTree, whose binding keeps what belongs to a session."""
    _unrecorded.quiet = True


def _in_tests() -> bool:
    return "pytest" in sys.modules or os.path.basename(os.path.dirname(sys.argv[0] or "")) == "unittest"


def loose(thread: Any) -> LooseStore | None:
    """A Thread's store, if it is a loose one's."""
    store = thread._internals.store
    return store if isinstance(store, LooseStore) else None


def take_in(thread: Any, asks: bool) -> None:
    """Before a turn in plain code: let whoever's business it is keep a loose Thread from here on."""
    store = loose(thread)
    if keepers and store is not None and store.kept is None:
        any(keeper.take_in(thread, asks) for keeper in keepers)


async def take_in_async(thread: Any, asks: bool) -> None:
    """The same in async code."""
    store = loose(thread)
    if keepers and store is not None and store.kept is None:
        for keeper in keepers:
            if await keeper.take_in_async(thread, asks):
                return
