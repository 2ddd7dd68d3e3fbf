"""Records one replication: its Threads, their seats, every message, and what it cost."""

from __future__ import annotations

import threading
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from concurrent.futures import Future
from functools import partial
from typing import Any, Protocol

from ...errors import EgoError, RunStopped
from ...messages import Message, Reply, Request, changed
from ...providers.openai.learned import Lesson, lesson_of, recall
from ...stores.rows import ThreadRow
from ...threads.base import BaseThread, internals
from ...threads.loose import loose
from ...threads.turns import Wait
from .budget_prices import BudgetPrices
from .open_turns import OpenTurns
from .rate_limits import RateLimiter
from .resuming import RecordedAnswers
from .snapshots import Snapshots
from .waiting import Reason, ReplicationWaits, Waits

CONVERSATION = "conversation"
"""Under this name a Conversation's own attributes are in the metadata of its first Thread."""
Transport = Callable[["ReplicationRecorder", Request], Awaitable[Reply | None]]
"""Gets replies in another way than from the models' providers."""


class EntryWriter(Protocol):
    """What writes a record's entries: a Journal, or a Notebook."""

    def put(self, entries: Sequence[Any]) -> Future[None]: ...

    async def write(self, entries: Sequence[Any]) -> None: ...


_noted: set[tuple[str, Lesson]] = set()
"""What is written down of runs: each lesson once."""


def note_lesson(journal: EntryWriter, run: str, lesson: Lesson) -> None:
    """Write down with a run what a model has refused, so that a later process need not be refused again.

    Arguments:
        journal: writes it. run: the run's id. lesson: what is known now.
    """
    if (run, lesson) not in _noted:
        _noted.add((run, lesson))
        journal.put([("learned", {"run": run, **lesson.row()})])


def recall_lessons(run: str, rows: Iterable[Mapping[str, Any]]) -> None:
    """Know what is written down with a run.

    Arguments:
        run: its id. rows: as `RunStore.learned` gives them.
    """
    found = [lesson_of(row) for row in rows]
    recall(found)
    _noted.update((run, lesson) for lesson in found)


def note_conversation(thread: BaseThread) -> None:
    """What is set on a Conversation alone has no other place than the metadata of its first Thread."""
    convo = internals(thread).links.get("convo")
    if convo is not None and convo.threads[0] is thread:
        own = {name: value for name, value in convo.__dict__.items() if name[0] != "_" and name != "now"}
        kept = thread.public_own()
        if alone := {name: value for name, value in own.items() if name not in kept}:
            thread.metadata[CONVERSATION] = alone


class ReplicationRecorder:
    """Records the Threads that are made in one replication (see `otree_ego.threads.recording.Recorder`).

    Arguments:
        journal: writes the entries.
        limiter: lets requests out.
        run, place, attempt: which replication it is, and how often it was begun.
        transport: how replies are had, if not from the models' providers.
        answers: those that are recorded of earlier attempts.
        prices: sees that the budget can be kept.
        waits: the waiting of the run.
    """

    def __init__(
        self,
        journal: EntryWriter,
        limiter: RateLimiter,
        run: str,
        place: int,
        attempt: int = 1,
        transport: Transport | None = None,
        answers: RecordedAnswers | None = None,
        prices: BudgetPrices | None = None,
        waits: Waits | None = None,
    ) -> None:
        self.journal, self.limiter = journal, limiter
        self.run, self.place, self.attempt = run, place, attempt
        self.threads: list[BaseThread] = []
        self.cost = 0.0  # of this attempt
        self.carried = 0.0  # of what was recalled from earlier ones
        self.unpriced = 0
        self.requests = 0
        self.closed = False  # broken off: plain code that plays on by itself is stopped at its next word
        self.ended = False  # the replication's code has come to its end
        self.waiting = ReplicationWaits(Waits() if waits is None else waits, run)
        self.turns = OpenTurns()
        self.snapshots: Snapshots | None = None
        self._transport, self._answers, self._prices = transport, answers, prices
        self._states: dict[str, bytes] = {}
        self._lock = threading.Lock()

    def stores(self, thread: BaseThread) -> tuple[RecordingStore, AsyncRecordingStore]:
        """See `Recorder.stores`."""
        store = RecordingStore(self, thread)
        return store, AsyncRecordingStore(store)

    def has(self, thread: BaseThread) -> bool:
        """Whether a Thread was made in this replication."""
        return getattr(internals(thread).store, "recorder", None) is self

    async def admit(self, request: Request) -> None:
        """See `Recorder.admit`."""
        if self._prices is not None:
            self._prices.check(request, self.threads)
        known = self._answers is not None and self._answers.knows(self._seat(request), request)
        if self._transport is None and not known:  # a batch has a pace of its own
            await self.limiter.admit(request, partial(self.waiting.wait, request.thread_id))
            await self.waiting.pass_by(request.thread_id)
        self.waiting.ask(request.thread_id)

    async def pause(self, wait: Wait) -> None:
        """See `Recorder.pause`."""
        await self.waiting.wait(wait.thread_id, wait.seconds, Reason(wait.why, wait.asked))

    def note(self, request: Request, came: Reply | EgoError) -> None:
        """See `Recorder.note`."""
        self.limiter.note(request, came)

    def learned(self, lesson: Lesson) -> None:
        """See `Recorder.learned`."""
        note_lesson(self.journal, self.run, lesson)

    async def transport(self, request: Request) -> Reply | None:
        """See `Recorder.transport`."""
        self.requests += 1
        if self._answers is not None:
            thread = next((each for each in self.threads if each.id == request.thread_id), None)
            self._answers.see_failed(self._seat(request), request, getattr(thread, "fallback_model", ""))
        found = self._answers.take(self._seat(request), request) if self._answers is not None else None
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
        if not isinstance(internals(thread).store, RecordingStore):
            if (before := loose(thread)) is not None:
                before.recorded()
            store, internals(thread).async_store = self.stores(thread)
            internals(thread).store = store
            entries += [("message", (thread.id, m)) for m in store.placed(thread.messages)]
        self.journal.put(entries + self._changed(thread)).result()

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
        note_conversation(thread)
        state = thread.pickled()
        if self._states[thread.id] == state:
            return []
        self._states[thread.id] = state
        return [("state", (thread.id, state))]

    def states(self) -> list[Any]:
        """Entries for what has changed of the Threads' attributes since they were last kept."""
        return [entry for thread in self.threads for entry in self._changed(thread)]

    def settled(self, message: Message) -> None:
        """Count what a reply cost, and see which snapshot gave it."""
        if self.snapshots is not None:
            self.snapshots.note(message, self.place)
        if message.cost is not None:
            self.cost += message.cost
        elif message.model_answered or message.paid:
            self.unpriced += 1


class RecordingStore:
    """Where the messages of one Thread go, for plain code (see `otree_ego.ports.Store`)."""

    def __init__(self, recorder: ReplicationRecorder, thread: BaseThread) -> None:
        self.recorder, self.thread, self._last = recorder, thread, 0

    def placed(self, messages: Sequence[Message]) -> tuple[Message, ...]:
        """The messages with their places: nobody else writes to this Thread."""
        if self.recorder.closed or self.recorder.waiting.over:
            raise RunStopped("The replication was broken off.", run=self.recorder.run)
        wanted = enumerate(messages, self._last + 1)
        found = tuple(m if m.seq == place else changed(m, seq=place) for place, m in wanted)
        self._last += len(found)
        return found

    def added(self, messages: Sequence[Message]) -> tuple[tuple[Message, ...], list[Any]]:
        """The messages with their places, and the entries that record them."""
        found = self.placed(messages)
        return found, self.recorder._begun(self.thread) + [("message", (self.thread.id, m)) for m in found]

    def append(self, thread_id: str, messages: Sequence[Message]) -> tuple[Message, ...]:
        """See `otree_ego.ports.Store`."""
        found, entries = self.added(messages)
        self.recorder.turns.begin(found)
        try:
            self.recorder.journal.put(entries).result()
        except BaseException:
            self.recorder.turns.end(*found)
            raise
        return found

    def settle(self, thread_id: str, message: Message) -> None:
        """See `otree_ego.ports.Store`."""
        self.recorder.settled(message)
        try:
            self.recorder.journal.put([("settle", message)]).result()
        finally:
            self.recorder.turns.end(message)
            self.recorder.waiting.settled(thread_id)


class AsyncRecordingStore:
    """The same for async code."""

    def __init__(self, store: RecordingStore) -> None:
        self.store = store

    async def append(self, thread_id: str, messages: Sequence[Message]) -> tuple[Message, ...]:
        """See `otree_ego.ports.AsyncStore`."""
        found, entries = self.store.added(messages)
        self.store.recorder.turns.begin(found)
        try:
            await self.store.recorder.journal.write(entries)
        except BaseException:
            self.store.recorder.turns.end(*found)
            raise
        return found

    async def settle(self, thread_id: str, message: Message) -> None:
        """See `otree_ego.ports.AsyncStore`."""
        self.store.recorder.settled(message)
        try:
            await self.store.recorder.journal.write([("settle", message)])
        finally:
            self.store.recorder.turns.end(message)
            self.store.recorder.waiting.settled(thread_id)
