"""Recording scenarios that loop by themselves, as alter_ego's do: each Conversation, or lone Thread, is a replication.

A replication is written down as ended when one of its Threads is saved (`convo.all.save()`), or at the end of all.
"""

from __future__ import annotations

import contextlib
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from ...errors import ConfigError, EgoError, RunStopped, StoreError
from ...messages import Message, Reply, Request
from ...stores import Replication, Run, RunStore
from ...threads.base import BaseThread, internals
from ..runs.execution import BEAT
from ..runs.origin import digest, origin
from ..runs.rate_limits import Gate
from ..runs.recorder import AsyncDeskStore, Desk, DeskStore
from ..treatments import name_of


class Loose:
    """The surroundings of a scenario that loops by itself; its run is made when something is recorded.

    Arguments:
        store: where. name: the run's. settings, source: see `Run`.
        gate: lets requests out. before: the run to go on with, if there is one.
        told: told of the run as soon as there is one. budget: US dollars that it may cost.
        unfit: why nothing can be recorded here, said when something would be.
    """

    def __init__(
        self,
        store: RunStore,
        name: str,
        planned: int,
        settings: Mapping[str, Any],
        source: Mapping[str, Any],
        gate: Gate,
        before: Run | None = None,
        told: Callable[[Run], None] | None = None,
        budget: float | None = None,
        unfit: str = "",
    ) -> None:
        self.store, self.gate, self.begun = store, gate, before
        self.budget, self.unfit = budget, unfit
        self._new = (name, planned, dict(settings), dict(source))
        self._told = told
        self._desks: dict[str, Desk] = {}
        self._held: dict[str, LooseStore] = {}
        self._ended: dict[int, Replication] = {}
        self._started: dict[int, float] = {}
        self._lock = threading.RLock()
        self._first = 0
        if before is not None:
            store.claim(before.uid, planned)
            self._first = max(store.places(before.uid), default=-1) + 1
        self._book = store.journal()
        self._before = store.totals(before.uid).cost if before is not None else 0.0
        self._closed = threading.Event()
        threading.Thread(target=self._beat, name="otree_ego-beat", daemon=True).start()

    @property
    def run(self) -> str:
        """The run's id."""
        with self._lock:
            if self.begun is None:
                if self.unfit:
                    raise ConfigError(self.unfit)
                name, planned, settings, source = self._new
                design = digest({"kind": "scenario", "name": name, "settings": settings})
                self.begun = self.store.begin(Run(name, "scenario", design, planned, settings, {**origin(), **source}))
                if self._told is not None:
                    self._told(self.begun)
            return self.begun.uid

    def desk(self, thread: BaseThread) -> Desk:
        """Where a Thread's replication is recorded."""
        convo = internals(thread).links.get("convo")
        key = convo.id if convo is not None else thread.id
        with self._lock:
            if key not in self._desks:
                place = self._first + len(self._desks)
                self._desks[key] = Desk(self._book, self.gate, self.run, place)
                self._started[place] = time.time()
            return self._desks[key]

    def stores(self, thread: BaseThread) -> tuple[LooseStore, AsyncLooseStore]:
        """See `Recorder.stores`."""
        store = LooseStore(self, thread)
        return store, AsyncLooseStore(store)

    def adopt(self, thread: BaseThread) -> None:
        """Take in a Thread that was made before, with all its messages."""
        store, internals(thread).async_store = self.stores(thread)
        internals(thread).store = store
        if thread.messages:
            self.hold(store, thread.messages)

    def hold(self, store: LooseStore, messages: Sequence[Message]) -> None:
        """Keep in mind what was said before it is known where it belongs."""
        store.held += messages
        with self._lock:
            self._held[store.thread.id] = store

    def save(self, thread: BaseThread) -> None:
        """Keep a Thread, and its replication as ended."""
        store = internals(thread).store
        if isinstance(store, LooseStore):
            store.found()
        desk = self.desk(thread)
        desk.save(thread)
        self._end(desk)

    def _beat(self) -> None:
        while not self._closed.wait(BEAT):
            with contextlib.suppress(StoreError):  # if the store is broken, the next message says so
                if self.begun is not None:
                    self.store.beat(self.begun.uid)

    async def admit(self, request: Request) -> None:
        """See `Recorder.admit`."""
        spent = self._before + sum(desk.cost for desk in self._desks.values()) if self.budget is not None else 0.0
        if self.budget is not None and spent >= self.budget:
            why = f"the budget of {self.budget:g} US dollars is reached ({spent:.4g} spent)"
            raise RunStopped(f"Stopped: {why}.", run=self.run)
        await self.gate.admit(request)

    def note(self, request: Request, came: Reply | EgoError) -> None:
        """See `Recorder.note`."""
        self.gate.note(request, came)

    async def transport(self, request: Request) -> Reply | None:
        """Replies come from the models' providers."""
        return None

    def finish(self, whole: bool = True) -> None:
        """Write down what has not been yet.

        Arguments:
            whole: whether the scenario came to its end; else replications that were not saved stay open.
        """
        for store in list(self._held.values()):
            store.found()
        for desk in self._desks.values():
            if whole or desk.place in self._ended:
                self._end(desk)
            else:
                self._book.put(desk.states()).result()
        if whole and self.begun is not None:  # only now it is known how many there are
            self.store.update(self.run, planned=sum(1 for _ in self.store.replications(self.run)))

    def close(self) -> None:
        """Let the store go."""
        self._closed.set()
        self._book.close()

    def _end(self, desk: Desk) -> None:
        treatment = next((t.treatment for t in desk.threads if getattr(t, "treatment", None) is not None), None)
        ended = Replication(
            run=desk.run,
            place=desk.place,
            tainted=any(thread.tainted for thread in desk.threads),
            treatment=name_of(treatment),
            answers=sum(m.attempts > 0 for thread in desk.threads for m in thread.messages if m.role == "assistant"),
            cost=None if desk.unpriced else desk.cost,
            started=self._started[desk.place],
            ended=time.time(),
        )
        before = self._ended.get(desk.place)
        if before is not None and replace(before, ended=ended.ended) == ended:
            ended = before  # nothing new: it ended when it ended
        self._ended[desk.place] = ended
        self._book.put([*desk.states(), ("replication", ended.row())]).result()


class LooseStore:
    """A Thread's place in the record, found when it is first needed: its Conversation is made after it."""

    def __init__(self, loose: Loose, thread: BaseThread) -> None:
        self._loose, self.thread = loose, thread
        self.held: list[Message] = []
        self._found: DeskStore | None = None

    def found(self) -> DeskStore:
        """The place, which is then the Thread's own."""
        if self._found is None:
            store, astore = self._loose.desk(self.thread).stores(self.thread)
            self._found = internals(self.thread).store = store
            internals(self.thread).async_store = astore
            self._loose._held.pop(self.thread.id, None)
            if self.held:
                store.append(self.thread.id, self.held)
        return self._found

    def holds(self, messages: Sequence[Message]) -> tuple[Message, ...] | None:
        """The messages with their places, held back, if it cannot be known yet to which Conversation they belong."""
        alone = self._found is None and "convo" not in internals(self.thread).links
        if not alone or any(message.status == "pending" for message in messages):
            return None
        placed = tuple(replace(m, seq=len(self.held) + n) for n, m in enumerate(messages, 1))
        self._loose.hold(self, placed)
        return placed

    def append(self, thread_id: str, messages: Sequence[Message]) -> tuple[Message, ...]:
        """See `otree_ego.ports.Store`."""
        return self.holds(messages) or self.found().append(thread_id, messages)

    def settle(self, thread_id: str, message: Message) -> None:
        """See `otree_ego.ports.Store`."""
        self.found().settle(thread_id, message)


class AsyncLooseStore:
    """The same for async code."""

    def __init__(self, store: LooseStore) -> None:
        self.store = store

    async def append(self, thread_id: str, messages: Sequence[Message]) -> tuple[Message, ...]:
        """See `otree_ego.ports.AsyncStore`."""
        held = self.store.holds(messages)
        return held or await AsyncDeskStore(self.store.found()).append(thread_id, messages)

    async def settle(self, thread_id: str, message: Message) -> None:
        """See `otree_ego.ports.AsyncStore`."""
        await AsyncDeskStore(self.store.found()).settle(thread_id, message)
