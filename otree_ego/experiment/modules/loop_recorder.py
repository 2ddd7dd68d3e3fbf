"""Recording scenarios that loop by themselves, as alter_ego's do: each Conversation, or lone Thread, is a replication.

A replication is written down as ended when one of its Threads is saved (`convo.all.save()`), or at the end of all.
"""

from __future__ import annotations

import asyncio
import contextlib
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from ...display import logger
from ...errors import ConfigError, EgoError, RunError, RunStopped, StoreError
from ...messages import Message, Reply, Request
from ...providers.openai.learned import Lesson
from ...stores import Replication, Run, RunStore
from ...stores.surroundings import surroundings
from ...threads.base import BaseThread, internals
from ...threads.turns import Wait
from ..runs.budget_prices import BudgetPrices
from ..runs.execution import BEAT
from ..runs.origin import digest, origin
from ..runs.rate_limits import RateLimiter
from ..runs.replication_recorder import (
    AsyncRecordingStore,
    RecordingStore,
    ReplicationRecorder,
    note_lesson,
    recall_lessons,
)
from ..runs.waiting import LONG, Reason, Waits
from ..script_runs import ended_now


class LoopRecorder:
    """Records a scenario that loops by itself; its run is made when something is recorded.

    Arguments:
        store: where. name: the run's. planned, settings, source: see `Run`.
        limiter: lets requests out. before: the run to be resumed, if there is one.
        on_run: is called with the run as soon as there is one. budget: US dollars that it may cost.
        why_not: why nothing can be recorded here, said when something would be; empty if it can.
        patience: seconds that it may wait for a service at a time; None for no limit.
    """

    def __init__(
        self,
        store: RunStore,
        name: str,
        planned: int,
        settings: Mapping[str, Any],
        source: Mapping[str, Any],
        limiter: RateLimiter,
        before: Run | None = None,
        on_run: Callable[[Run], None] | None = None,
        budget: float | None = None,
        why_not: str = "",
        patience: float | None = None,
    ) -> None:
        self.store, self.limiter, self.begun = store, limiter, before
        self.budget, self.why_not, self._prices = budget, why_not, BudgetPrices(budget)
        self.waits = Waits(patience)
        self._new = (name, planned, dict(settings), dict(source))
        self._on_run = on_run
        self._recorders: dict[str, ReplicationRecorder] = {}  # by the id of a Conversation or a lone Thread
        self._held: dict[str, LoopStore] = {}
        self._ended: dict[int, Replication] = {}
        self._started: dict[int, float] = {}
        self._lock = threading.RLock()
        self._first = 0
        if before is not None:
            store.claim(before.uid, planned)
            store.note_surroundings(before.uid, surroundings())
            recall_lessons(before.uid, store.learned(before.uid))
            self._first = max(store.places(before.uid), default=-1) + 1
        self._journal = store.journal("" if before is None else before.uid)
        self._spent_before = store.totals(before.uid).cost if before is not None else 0.0
        self._closed = threading.Event()
        threading.Thread(target=self._beat, name="otree_ego-beat", daemon=True).start()

    @property
    def run(self) -> str:
        """The run's id."""
        with self._lock:
            if self.begun is None:
                if self.why_not:
                    raise ConfigError(self.why_not)
                name, planned, settings, source = self._new
                design = digest({"kind": "scenario", "name": name, "settings": settings})
                self.begun = self.store.begin(Run(name, "scenario", design, planned, settings, {**origin(), **source}))
                self._journal.run = self.begun.uid
                self.store.note_surroundings(self.begun.uid, surroundings())
                if self._on_run is not None:
                    self._on_run(self.begun)
            return self.begun.uid

    def replication(self, thread: BaseThread) -> ReplicationRecorder:
        """What records a Thread's replication."""
        convo = internals(thread).links.get("convo")
        key = convo.id if convo is not None else thread.id
        with self._lock:
            if key not in self._recorders:
                place = self._first + len(self._recorders)
                self._recorders[key] = ReplicationRecorder(self._journal, self.limiter, self.run, place)
                self._started[place] = time.time()
            return self._recorders[key]

    def stores(self, thread: BaseThread) -> tuple[LoopStore, AsyncLoopStore]:
        """See `Recorder.stores`."""
        store = LoopStore(self, thread)
        return store, AsyncLoopStore(store)

    def adopt(self, thread: BaseThread) -> None:
        """Take in a Thread that was made before, with all its messages."""
        store, internals(thread).async_store = self.stores(thread)
        internals(thread).store = store
        if thread.messages:
            self.hold(store, thread.messages)

    def hold(self, store: LoopStore, messages: Sequence[Message]) -> None:
        """Keep in mind what was said before it is known where it belongs."""
        store.held += messages
        with self._lock:
            self._held[store.thread.id] = store

    def save(self, thread: BaseThread) -> None:
        """Keep a Thread, and its replication as ended."""
        store = internals(thread).store
        if isinstance(store, LoopStore):
            store.found()
        recorder = self.replication(thread)
        recorder.save(thread)
        self._end(recorder)

    def _beat(self) -> None:
        while not self._closed.wait(BEAT):
            with contextlib.suppress(StoreError, RunError):  # the next message says what is wrong
                if self.begun is not None:
                    self.store.beat(self.begun.uid)

    async def admit(self, request: Request) -> None:
        """See `Recorder.admit`."""
        if self.budget is not None:
            self._prices.check(request, [thread for each in self._recorders.values() for thread in each.threads])
            spent = self._spent_before + sum(each.cost for each in self._recorders.values())
            if spent >= self.budget:
                why = f"the budget of {self.budget:g} US dollars is reached ({spent:.4g} spent)"
                raise RunStopped(f"Stopped: {why}.", run=self.run)
        await self.limiter.admit(request, self._sleep)

    async def pause(self, wait: Wait) -> None:
        """See `Recorder.pause`."""
        await self._sleep(wait.seconds, Reason(wait.why, wait.asked))

    async def _sleep(self, seconds: float, reason: Reason) -> None:
        if self.waits.too_long(reason, seconds):
            raise RunStopped(
                f"Stopped: {self.waits.impatience(reason)}. ego resume {self.run[:8]} goes on.", run=self.run
            )
        with self.waits.noted(reason, seconds):
            if seconds < LONG:
                await asyncio.sleep(seconds)
                return
            words = self.waits.words
            if not reason.pace:
                logger.warning("Run %s: %s.", self.run[:8], words)
            await self._beat_with(words)
            try:
                await asyncio.sleep(seconds)
            finally:
                await self._beat_with("")

    async def _beat_with(self, note: str) -> None:
        with contextlib.suppress(StoreError, RunError):
            await asyncio.to_thread(self.store.beat, self.run, note)

    def note(self, request: Request, came: Reply | EgoError) -> None:
        """See `Recorder.note`."""
        self.limiter.note(request, came)

    def learned(self, lesson: Lesson) -> None:
        """See `Recorder.learned`."""
        note_lesson(self._journal, self.run, lesson)

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
        for recorder in self._recorders.values():
            if whole or recorder.place in self._ended:
                self._end(recorder)
            else:
                self._journal.put(recorder.states()).result()
        if whole and self.begun is not None:  # only now it is known how many there are
            self.store.update(self.run, planned=sum(1 for _ in self.store.replications(self.run)))

    def close(self) -> None:
        """Let the store go."""
        self._closed.set()
        self._journal.close()

    def _end(self, recorder: ReplicationRecorder) -> None:
        threads, place = recorder.threads, recorder.place
        cost = None if recorder.unpriced else recorder.cost
        ended = replace(ended_now(recorder.run, place, threads, self._started[place]), cost=cost)
        before = self._ended.get(place)
        if before is not None and replace(before, ended=ended.ended) == ended:
            ended = before  # nothing new: it ended when it ended
        self._ended[place] = ended
        self._journal.put([*recorder.states(), ("replication", ended.row())]).result()


class LoopStore:
    """Where a Thread's messages go until its replication is known: its Conversation is made after it."""

    def __init__(self, recorder: LoopRecorder, thread: BaseThread) -> None:
        self._recorder, self.thread = recorder, thread
        self.held: list[Message] = []
        self._found: RecordingStore | None = None

    def found(self) -> RecordingStore:
        """The store of the Thread's replication, which is then the Thread's own."""
        if self._found is None:
            store, astore = self._recorder.replication(self.thread).stores(self.thread)
            self._found = internals(self.thread).store = store
            internals(self.thread).async_store = astore
            self._recorder._held.pop(self.thread.id, None)
            if self.held:
                store.append(self.thread.id, self.held)
        return self._found

    def holds(self, messages: Sequence[Message]) -> tuple[Message, ...] | None:
        """The messages with their places, held back, if it cannot be known yet to which Conversation they belong."""
        alone = self._found is None and "convo" not in internals(self.thread).links
        if not alone or any(message.status == "pending" for message in messages):
            return None
        placed = tuple(replace(m, seq=len(self.held) + n) for n, m in enumerate(messages, 1))
        self._recorder.hold(self, placed)
        return placed

    def append(self, thread_id: str, messages: Sequence[Message]) -> tuple[Message, ...]:
        """See `otree_ego.ports.Store`."""
        return self.holds(messages) or self.found().append(thread_id, messages)

    def settle(self, thread_id: str, message: Message) -> None:
        """See `otree_ego.ports.Store`."""
        self.found().settle(thread_id, message)


class AsyncLoopStore:
    """The same for async code."""

    def __init__(self, store: LoopStore) -> None:
        self.store = store

    async def append(self, thread_id: str, messages: Sequence[Message]) -> tuple[Message, ...]:
        """See `otree_ego.ports.AsyncStore`."""
        held = self.store.holds(messages)
        return held or await AsyncRecordingStore(self.store.found()).append(thread_id, messages)

    async def settle(self, thread_id: str, message: Message) -> None:
        """See `otree_ego.ports.AsyncStore`."""
        await AsyncRecordingStore(self.store.found()).settle(thread_id, message)
