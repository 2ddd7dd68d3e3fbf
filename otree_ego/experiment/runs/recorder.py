"""Where one replication is recorded: its Threads, their seats, every message, and what it cost."""

from __future__ import annotations

import threading
from collections.abc import Awaitable, Callable, Sequence
from concurrent.futures import Future
from dataclasses import replace
from typing import Any, Protocol

from ...errors import EgoError, RunStopped
from ...messages import Message, Reply, Request
from ...stores.rows import ThreadRow
from ...threads.base import BaseThread, internals
from .rate_limits import Gate
from .resuming import Recalled

CONVO = "conversation"
"""Under this name a Conversation's own attributes are in the metadata of its first Thread."""
Transport = Callable[["Desk", Request], Awaitable[Reply | None]]


class Book(Protocol):
    """What takes entries: a Journal, or a Notebook."""

    def put(self, entries: Sequence[Any]) -> Future[None]: ...

    async def write(self, entries: Sequence[Any]) -> None: ...


class Desk:
    """The surroundings of one replication (see `otree_ego.threads.recording`).

    Arguments:
        book: what takes the entries.
        gate: lets requests out.
        run, place, attempt: which replication it is, and how often it was begun.
        transport: how replies are had, if not from the models' providers.
        recalled: what is recorded of earlier attempts.
    """

    def __init__(
        self,
        book: Book,
        gate: Gate,
        run: str,
        place: int,
        attempt: int = 1,
        transport: Transport | None = None,
        recalled: Recalled | None = None,
    ) -> None:
        self.book, self.gate = book, gate
        self.run, self.place, self.attempt = run, place, attempt
        self.threads: list[BaseThread] = []
        self.cost = 0.0  # of this attempt
        self.carried = 0.0  # of what was recalled from earlier ones
        self.unpriced = 0
        self.requests = 0
        self.closed = False  # broken off: plain code that plays on by itself is stopped at its next word
        self._transport, self._recalled = transport, recalled
        self._states: dict[str, bytes] = {}
        self._lock = threading.Lock()

    def stores(self, thread: BaseThread) -> tuple[DeskStore, AsyncDeskStore]:
        """Both faces of the new Thread's place in the record."""
        store = DeskStore(self, thread)
        return store, AsyncDeskStore(store)

    async def admit(self, request: Request) -> None:
        """Wait for one's place in the line."""
        known = self._recalled is not None and self._recalled.knows(self._seat(request), request)
        if self._transport is None and not known:  # a batch has a pace of its own
            await self.gate.admit(request)

    def note(self, request: Request, came: Reply | EgoError) -> None:
        """Let the gate learn."""
        self.gate.note(request, came)

    async def transport(self, request: Request) -> Reply | None:
        """See `Recorder.transport`."""
        self.requests += 1
        found = self._recalled.take(self._seat(request), request) if self._recalled is not None else None
        if found is not None:
            reply, cost = found
            self.carried += cost or 0.0
            self.unpriced += cost is None
            return reply
        return None if self._transport is None else await self._transport(self, request)

    def _seat(self, request: Request) -> int:
        return next((n for n, thread in enumerate(self.threads, 1) if thread.id == request.thread_id), 0)

    def save(self, thread: BaseThread) -> None:
        """Keep a Thread's attributes; one that was made elsewhere is taken in, with all its messages."""
        entries = self._begun(thread)
        if not isinstance(internals(thread).store, DeskStore):
            store, internals(thread).async_store = self.stores(thread)
            internals(thread).store = store
            entries += [("message", (thread.id, m)) for m in store.placed(thread.messages)]
        self.book.put(entries + self._changed(thread)).result()

    def _begun(self, thread: BaseThread) -> list[Any]:
        """The entries that introduce a Thread, if it has none yet."""
        with self._lock:
            if thread.id in self._states:
                return []
            self.threads.append(thread)
            seat = len(self.threads)
            self._states[thread.id] = b""
        if self._transport is not None:
            thread.deadline = None  # a reply that comes by another way comes when it comes
        convo = internals(thread).links.get("convo")
        if convo is not None:
            thread.metadata.update(convo=convo.id, seat=convo.names[convo.threads.index(thread)])
        state = self._states[thread.id] = thread.pickled()
        owner = f"run:{self.run}:{self.place}.{self.attempt}/{seat}"
        place = dict(thread=thread.id, run=self.run, place=self.place, attempt=self.attempt, seat=seat)
        return [("thread", ThreadRow(thread.id, owner, thread.kind, state)), ("seat", place)]

    def _changed(self, thread: BaseThread) -> list[Any]:
        convo = internals(thread).links.get("convo")
        if convo is not None and convo.threads[0] is thread:
            # what is set on the Conversation alone has no other place
            own = {name: value for name, value in convo.__dict__.items() if name[0] != "_" and name != "now"}
            kept = thread.public_own()
            if alone := {name: value for name, value in own.items() if name not in kept}:
                thread.metadata[CONVO] = alone
        state = thread.pickled()
        if self._states[thread.id] == state:
            return []
        self._states[thread.id] = state
        return [("state", (thread.id, state))]

    def states(self) -> list[Any]:
        """Entries for what has changed of the Threads' attributes since they were last kept."""
        return [entry for thread in self.threads for entry in self._changed(thread)]

    def settled(self, message: Message) -> None:
        """Count what a reply cost."""
        if message.cost is not None:
            self.cost += message.cost
        elif message.model_answered:
            self.unpriced += 1


class DeskStore:
    """A Thread's place in the record, for plain code."""

    def __init__(self, desk: Desk, thread: BaseThread) -> None:
        self.desk, self.thread, self._last = desk, thread, 0

    def placed(self, messages: Sequence[Message]) -> tuple[Message, ...]:
        """The messages with their places: nobody else writes to this Thread."""
        if self.desk.closed:
            raise RunStopped("The replication was broken off.", run=self.desk.run)
        found = tuple(replace(m, seq=self._last + n) for n, m in enumerate(messages, 1))
        self._last += len(found)
        return found

    def added(self, messages: Sequence[Message]) -> tuple[tuple[Message, ...], list[Any]]:
        """The messages with their places, and the entries that record them."""
        found = self.placed(messages)
        return found, self.desk._begun(self.thread) + [("message", (self.thread.id, m)) for m in found]

    def append(self, thread_id: str, messages: Sequence[Message]) -> tuple[Message, ...]:
        """See `otree_ego.ports.Store`."""
        found, entries = self.added(messages)
        self.desk.book.put(entries).result()
        return found

    def settle(self, thread_id: str, message: Message) -> None:
        """See `otree_ego.ports.Store`."""
        self.desk.settled(message)
        self.desk.book.put([("settle", message)]).result()


class AsyncDeskStore:
    """The same for async code."""

    def __init__(self, store: DeskStore) -> None:
        self.store = store

    async def append(self, thread_id: str, messages: Sequence[Message]) -> tuple[Message, ...]:
        """See `otree_ego.ports.AsyncStore`."""
        found, entries = self.store.added(messages)
        await self.store.desk.book.write(entries)
        return found

    async def settle(self, thread_id: str, message: Message) -> None:
        """See `otree_ego.ports.AsyncStore`."""
        self.store.desk.settled(message)
        await self.store.desk.book.write([("settle", message)])
