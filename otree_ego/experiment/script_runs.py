"""Runs of scripts and notebooks that are neither a design nor a scenario: what they save, or say in a recording.

Each Conversation, or lone Thread, is a replication of such a run. It is written by no plan, so it has no number of
replications, and cannot be resumed.
"""

from __future__ import annotations

import contextlib
import os
import threading
import time
import weakref
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from ..errors import RunError, StoreError
from ..messages import Message
from ..stores import Replication, Run, RunStore
from ..stores.addresses import file_of
from ..stores.journal import Entry, Journal
from ..stores.rows import ThreadRow
from ..stores.runs import SCRIPT
from ..stores.surroundings import surroundings
from ..threads.base import BaseThread, internals
from ..threads.loose import loose
from .runs.execution import BEAT
from .runs.origin import digest, origin
from .runs.replication_recorder import note_conversation
from .treatments import name_of


def ended_now(run: str, place: int, threads: Sequence[BaseThread], started: float) -> Replication:
    """A replication as its Threads are now.

    Arguments:
        run, place: which. threads: that sit in it. started: when it began.
    """
    replies = [m for thread in threads for m in thread.messages if m.role == "assistant"]
    costs = [m.cost for m in replies if m.model_answered or m.paid]
    treatment = next((t.treatment for t in threads if getattr(t, "treatment", None) is not None), None)
    return Replication(
        run=run,
        place=place,
        tainted=any(thread.tainted for thread in threads),
        treatment=name_of(treatment),
        answers=sum(message.attempts > 0 for message in replies),
        cost=None if None in costs else sum(cost for cost in costs if cost is not None),
        started=started,
        ended=time.time(),
    )


HOMES: weakref.WeakKeyDictionary[BaseThread, ScriptRun] = weakref.WeakKeyDictionary()
"""The run in which a Thread was first recorded: it stays there."""


@dataclass
class _Kept:
    """What is written of a Thread: its place and seat, its messages by id, and its state.

    It is doubtful after the store has failed: then the store is asked.
    """

    place: int
    seat: int
    messages: dict[str, Message] = field(default_factory=dict)
    state: bytes = b""
    doubtful: bool = False


class ScriptRun:
    """One run of a script's; its row is made when something is recorded.

    Arguments:
        name: what it is called.
        store: the path of a SQLite file, or a database URL.
        status: what the run is while it is written: ``running``, or ``done`` where nothing says that it has ended.
    """

    def __init__(self, name: str, store: str | Path, status: str = "running") -> None:
        self.name, self.status, self.note = name, status, ""
        self.where = str(Path(store).absolute()) if "://" not in str(store) else str(store)
        self.begun: Run | None = None
        self._lock = threading.RLock()
        self._process = os.getpid()
        self._store: RunStore | None = None
        self._journal: Journal | None = None
        self._places: dict[str, int] = {}
        self._kept: weakref.WeakKeyDictionary[BaseThread, _Kept] = weakref.WeakKeyDictionary()
        self._started: dict[int, float] = {}
        self._live: dict[str, BaseThread] = {}  # held: what is set on them after their last reply is written at the end
        self._coming: dict[str, BaseThread] = {}
        self._beats = threading.Event()

    # --- the run ------------------------------------------------------------------------------------------------------

    def open(self) -> None:
        """Open the store: whoever records shall know before anything is paid that it can be written."""
        with self._lock:
            if self._store is None:
                self._store = RunStore(self.where)
                self._journal = self._store.journal()

    def _ready(self) -> tuple[RunStore, Journal, Run]:
        """The store, its journal and the run, each made when it is first needed."""
        if self._process != os.getpid():  # in a copy of the process a connection is not ours
            self._process, self._store, self._journal, self.begun = os.getpid(), None, None, None
            self._places, self._beats = {}, threading.Event()
        self.open()
        assert self._store is not None and self._journal is not None
        if self.begun is None:
            self._store.end_scripts_that_died()
            design = digest({"kind": SCRIPT, "name": self.name, "time": time.time(), "process": self._process})
            self.begun = self._store.begin(Run(self.name, SCRIPT, design, source=origin(), status=self.status))
            self._store.note_surroundings(self.begun.uid, surroundings())
            if self.status == "running":
                args = (self._store, self.begun.uid, self._beats)
                threading.Thread(target=_beat, args=args, name="otree_ego-beat", daemon=True).start()
        return self._store, self._journal, self.begun

    def begin(self) -> str:
        """Make the run's row now; its id."""
        with self._lock:
            return self._ready()[2].uid

    def end(self, status: str, note: str = "") -> None:
        """Write down that the recording is over; Threads that were recorded go on in memory."""
        with self._lock:
            live, coming, self._live, self._coming = self._live, self._coming, {}, {}
            try:
                for thread in {**live, **coming}.values():
                    HOMES.get(thread, self).save(thread)
            finally:
                for thread in live.values():
                    if (store := loose(thread)) is not None:
                        store.let_go()
                self.status, self.note = status, note
                self._close()

    def _close(self) -> None:
        self._beats.set()
        if self._process != os.getpid():
            return
        store, journal, self._store, self._journal = self._store, self._journal, None, None
        try:
            if store is not None and self.begun is not None:
                ended = None if self.status == "running" else time.time()
                store.update(self.begun.uid, status=self.status, note=self.note, ended=ended, holder="")
        finally:
            if journal is not None:
                journal.close()
            if store is not None:
                store.close()

    def knows(self, thread: BaseThread) -> bool:
        """Whether a Thread is recorded here."""
        return thread in self._kept

    def gone(self) -> bool:
        """Whether the file that it was written to is not there any more."""
        file = file_of(self.where) if "://" in self.where else Path(self.where)
        return self.begun is not None and file is not None and not file.exists()

    # --- Threads ------------------------------------------------------------------------------------------------------

    def save(self, thread: BaseThread) -> None:
        """Write what is new of a Thread."""
        with self._lock:
            store, journal, run = self._ready()
            if thread in self._kept and self._kept[thread].doubtful:
                self._read(store, thread)
            entries = self._begun(thread)
            kept = self._kept[thread]
            for message in thread.messages:
                before = kept.messages.get(message.id)
                if before is None:
                    entries.append(("message", (thread.id, message)))
                elif before is not message:
                    entries.append(("settle", message))
            new = {message.id: message for message in thread.messages}
            with self._sure(thread):
                journal.put([*entries, *self._changed(thread), self._ended(thread)]).result()
            kept.messages = new
            HOMES[thread] = self
            self._coming.pop(thread.id, None)
            if (its := loose(thread)) is not None:
                its.recorded()
            if self.status != "running":
                store.update(run.uid, ended=time.time(), status=self.status, holder="")

    def follow(self, thread: BaseThread, until: ScriptRun) -> None:
        """Record a Thread from here on, as it happens, with all that was said before, and those that it speaks with.

        Arguments:
            until: at whose end it is followed no longer.
        """
        with self._lock:
            convo = internals(thread).links.get("convo")
            for each in convo.threads if convo is not None else (thread,):
                if HOMES.get(each, self) is self and (store := loose(each)) is not None and store.kept is None:
                    self.save(each)
                    live = LiveStore(self, each)
                    store.keep(live, AsyncLiveStore(live))
                    until._live[each.id] = each

    def expect(self, thread: BaseThread) -> None:
        """Record a Thread when a model is asked, or at the end: its Conversation may be made after it."""
        with self._lock:
            self._coming[thread.id] = thread

    def said(self, thread: BaseThread, messages: Sequence[Message]) -> None:
        """Record new messages of a Thread that is followed."""
        with self._sure(thread):
            self._journal_now().put(self._new(thread, messages)).result()

    async def said_async(self, thread: BaseThread, messages: Sequence[Message]) -> None:
        """The same in async code."""
        with self._sure(thread):
            await self._journal_now().write(self._new(thread, messages))

    def settled(self, thread: BaseThread, message: Message) -> None:
        """Record how a reply has ended."""
        with self._sure(thread):
            self._journal_now().put(self._end_of(thread, message)).result()

    async def settled_async(self, thread: BaseThread, message: Message) -> None:
        """The same in async code."""
        with self._sure(thread):
            await self._journal_now().write(self._end_of(thread, message))

    def _journal_now(self) -> Journal:
        with self._lock:
            return self._ready()[1]

    def _new(self, thread: BaseThread, messages: Sequence[Message]) -> list[Entry]:
        with self._lock:
            self._kept[thread].messages.update({message.id: message for message in messages})
            return [("message", (thread.id, message)) for message in messages]

    def _end_of(self, thread: BaseThread, message: Message) -> list[Entry]:
        with self._lock:
            self._kept[thread].messages[message.id] = message
            return [("settle", message), *self._changed(thread), self._ended(thread)]

    @contextlib.contextmanager
    def _sure(self, thread: BaseThread) -> Iterator[None]:
        """What could not be written is written by the next `save`, on another connection."""
        try:
            yield
        except (StoreError, RunError):
            with self._lock:
                self._kept[thread].doubtful = True
                with contextlib.suppress(StoreError, RunError):
                    self._close()
            raise

    def _read(self, store: RunStore, thread: BaseThread) -> None:
        """Learn from the store what is written of a Thread."""
        if not store.has(thread.id):
            del self._kept[thread]
            return
        there = {message.id: message for message in store.messages([thread.id])[thread.id]}
        mine = {message.id: message for message in thread.messages}
        kept = self._kept[thread]
        kept.messages = {uid: m if m.status == "pending" else mine.get(uid, m) for uid, m in there.items()}
        kept.state, kept.doubtful = b"", False

    def _begun(self, thread: BaseThread) -> list[Entry]:
        """The entries that introduce a Thread, if it has none yet."""
        if thread in self._kept:
            return []
        assert self.begun is not None
        convo = internals(thread).links.get("convo")
        threads = (thread,) if convo is None else convo.threads
        known = next((self._kept[each].place for each in threads if each in self._kept), None)
        key = thread.id if convo is None else convo.id
        if known is None:
            known = self._places.setdefault(key, len(self._started))
        self._places.setdefault(key, known)
        self._started.setdefault(known, time.time())
        seat = threads.index(thread) + 1
        if convo is not None:
            thread.metadata.update(convo=convo.id, seat=convo.names[seat - 1])
        state = thread.pickled()
        self._kept[thread] = _Kept(known, seat, state=state)
        owner = f"run:{self.begun.uid}:{known}.1/{seat}#{thread.id[:8]}"
        place = dict(thread=thread.id, run=self.begun.uid, place=known, attempt=1, seat=seat)
        return [("thread", ThreadRow(thread.id, owner, thread.kind, state)), ("seat", place)]

    def _changed(self, thread: BaseThread) -> list[Entry]:
        note_conversation(thread)
        kept, state = self._kept[thread], thread.pickled()
        if state == kept.state:
            return []
        kept.state = state
        return [("state", (thread.id, state))]

    def _ended(self, thread: BaseThread) -> Entry:
        assert self.begun is not None
        place = self._kept[thread].place
        convo = internals(thread).links.get("convo")
        threads = [each for each in (convo.threads if convo is not None else (thread,)) if each in self._kept]
        return ("replication", ended_now(self.begun.uid, place, threads, self._started[place]).row())


def _beat(store: RunStore, run: str, ended: threading.Event) -> None:
    while not ended.wait(BEAT):
        with contextlib.suppress(StoreError, RunError):  # the next message says what is wrong
            store.beat(run)


class LiveStore:
    """The store of a Thread that is recorded as it happens."""

    def __init__(self, run: ScriptRun, thread: BaseThread) -> None:
        self.run, self._thread = run, weakref.ref(thread)

    @property
    def thread(self) -> BaseThread:
        """Whose store it is: whoever speaks holds it."""
        found = self._thread()
        assert found is not None
        return found

    def append(self, thread_id: str, messages: Sequence[Message]) -> tuple[Message, ...]:
        """See `otree_ego.ports.Store`."""
        self.run.said(self.thread, messages)
        return tuple(messages)

    def settle(self, thread_id: str, message: Message) -> None:
        """See `otree_ego.ports.Store`."""
        self.run.settled(self.thread, message)


class AsyncLiveStore:
    """The same for async code."""

    def __init__(self, store: LiveStore) -> None:
        self._store = store

    async def append(self, thread_id: str, messages: Sequence[Message]) -> tuple[Message, ...]:
        """See `otree_ego.ports.AsyncStore`."""
        await self._store.run.said_async(self._store.thread, messages)
        return tuple(messages)

    async def settle(self, thread_id: str, message: Message) -> None:
        """See `otree_ego.ports.AsyncStore`."""
        await self._store.run.settled_async(self._store.thread, message)
