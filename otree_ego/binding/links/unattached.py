"""Threads that an app asks without attaching them: they are recorded with the session, and with who asked them where.

`await thread_from_config(group).aio.ask_text(…)` in `ask_ai` is paid for like any other question. Such a Thread is kept
from its first question on, whatever becomes of the function that asks: in async code by the writer, in a page's request
in its transaction, as `with ai(…)` does.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, Sequence
from contextvars import ContextVar
from dataclasses import dataclass
from functools import partial
from typing import Any
from weakref import WeakKeyDictionary, ref

from sqlalchemy.engine import Connection

from ...display import logger
from ...messages import Message
from ...stores import Gone, rows
from ...stores.missing_rows import add_missing
from ...stores.rows import ThreadRow
from ...threads.loose import loose
from ...threads.thread import Thread
from ..otree_internals.callers import caller, live_page
from ..otree_internals.database import request_session, short_section
from ..otree_internals.models import session_id_of
from ..otree_internals.startup import server_loop
from ..otree_internals.wait_pages import in_decision
from ..otree_internals.writer import lock_held_for_us, pending_ids, writer
from .owners import owner_key
from .thread_stores import RequestStore, WriterStore, changed, settled


@dataclass(frozen=True)
class Asker:
    """Who asks a Thread: the owner's key, the number of oTree's session, and app, page and function."""

    owner: str
    session_id: int
    place: str


asker: ContextVar[Asker | None] = ContextVar("otree_ego_asker", default=None)
"""Set while a page's `ask_ai` runs."""
_made_for: WeakKeyDictionary[Thread, tuple[str, int]] = WeakKeyDictionary()


def made_for(thread: Thread, instance: Any) -> Thread:
    """Note for whom a Thread was made: it is recorded with this object unless it is attached."""
    _made_for[thread] = owner_key(instance), session_id_of(instance)
    return thread


def _asker_of(thread: Thread) -> Asker | None:
    known, found = _made_for.get(thread), asker.get()
    if found is None:
        now = caller()
        if now is not None and now.instance is not None:
            found = Asker(owner_key(now.instance), session_id_of(now.instance), now.place)
        elif now is not None and now.session_id is not None:
            found = Asker(now.owner, now.session_id, now.place)
    if known is None:
        return found
    return Asker(*known, found.place if found is not None and found.session_id == known[1] else "")


class UnattachedThreads:
    """Keeps loose Threads with oTree's sessions; see `otree_ego.threads.loose.Keeper`."""

    def take_in(self, thread: Thread, asks: bool) -> bool:
        """See `Keeper.take_in`."""
        found = self._keep(thread) if asks else None
        if found is None:
            return False
        found.begin(thread.messages)
        return True

    async def take_in_async(self, thread: Thread, asks: bool) -> bool:
        """See `Keeper.take_in_async`."""
        found = self._keep(thread) if asks else None
        if found is None:
            return False
        await AsyncSessionStore(found).begin(thread.messages)
        return True

    def save(self, thread: Thread) -> bool:
        """See `Keeper.save`: attributes are written, too; in an app's own code only."""
        store = loose(thread)
        if store is None or (store.kept is None and not self.take_in(thread, True)):
            return False
        if isinstance(store.kept, SessionStore):
            store.kept.write_state()
            return True
        return False

    def _keep(self, thread: Thread) -> SessionStore | None:
        found, store = _asker_of(thread), loose(thread)
        if found is None or store is None:
            return None
        owner = f"{found.owner}~+{thread.id[:12]}"
        row = ThreadRow(thread.id, owner, thread.kind, thread.pickled(), found.session_id, found.place[:300])
        kept = SessionStore(thread, row)
        store.keep(kept, AsyncSessionStore(kept))
        return kept


class SessionStore:
    """The store of such a Thread in plain code."""

    def __init__(self, thread: Thread, row: ThreadRow) -> None:
        self._thread, self.row = ref(thread), row
        self._request: tuple[Any, RequestStore] | None = None
        self._state = row.state

    def begin(self, record: Sequence[Message]) -> None:
        """Write the Thread and what it knows already."""
        self._do(partial(add_missing, row=self.row, record=record), record)

    def append(self, thread_id: str, messages: Sequence[Message]) -> tuple[Message, ...]:
        """See `otree_ego.ports.Store`."""
        pending_ids.update(m.id for m in messages if m.status == "pending")
        self._do(partial(add_missing, row=self.row, record=messages), messages)
        changed(self.row.owner)
        return tuple(messages)

    def settle(self, thread_id: str, message: Message) -> None:
        """See `otree_ego.ports.Store`."""
        pending_ids.discard(message.id)
        self._do(self.settling(message), [message])
        settled(self.row.session_id, message)
        changed(self.row.owner)

    def settling(self, message: Message) -> Callable[[Connection], None]:
        """Writes how a reply has ended, and the attributes if they have changed."""
        states = self._changed()

        def write(c: Connection) -> None:
            rows.settle(c, [message])
            if states:
                rows.update_states(c, states)

        return write

    def write_state(self) -> None:
        """Write the attributes, if they have changed."""
        if states := self._changed():
            self._do(lambda c: rows.update_states(c, states), ())

    def _changed(self) -> dict[str, bytes]:
        thread = self._thread()
        state = self._state if thread is None else thread.pickled()
        if state == self._state:
            return {}
        self._state = state
        return {self.row.uid: state}

    def let_go(self) -> None:
        """The session was deleted, or its texts: the Thread goes on in memory."""
        thread = self._thread()
        store = None if thread is None else loose(thread)
        if store is not None:
            store.let_go()

    def _do(self, work: Callable[[Connection], Any], said: Sequence[Message]) -> None:
        if lock_held_for_us():
            with short_section() as connection:
                work(connection)
        elif (loop := _loop_that_writes()) is not None:
            _later(loop, self._surely(work))
        else:
            self._in_request(work, said)

    async def _surely(self, work: Callable[[Connection], Any]) -> None:
        try:
            await writer().run_surely(work)
        except Exception as error:
            logger.error("What %s said could not be written.", self.row.owner, exc_info=error)

    def _in_request(self, work: Callable[[Connection], Any], said: Sequence[Message]) -> None:
        session = request_session()
        if self._request is None or self._request[0] is not session:
            self._request = session, RequestStore(self.row)
        self._request[1].join(work, said)


class AsyncSessionStore:
    """The same in async code."""

    is_read_by_others = True

    def __init__(self, store: SessionStore) -> None:
        self._store, self._writer = store, WriterStore(store.row)

    async def begin(self, record: Sequence[Message]) -> None:
        """See `SessionStore.begin`."""
        if _may_wait():
            await writer().run(partial(add_missing, row=self._store.row, record=record))
        else:
            self._store.begin(record)

    async def append(self, thread_id: str, messages: Sequence[Message]) -> tuple[Message, ...]:
        """See `otree_ego.ports.AsyncStore`."""
        if not _may_wait():
            return self._store.append(thread_id, messages)
        try:
            return await self._writer.append(thread_id, messages)
        except Gone:
            self._store.let_go()
            return tuple(messages)

    async def settle(self, thread_id: str, message: Message) -> None:
        """See `otree_ego.ports.AsyncStore`."""
        if not _may_wait():
            return self._store.settle(thread_id, message)
        await self._writer.settle(thread_id, message)
        if states := self._store._changed():
            await writer().run(lambda c: rows.update_states(c, states))


def _may_wait() -> bool:
    """Whether this async code may wait for oTree's lock: not on a loop that a page's own request waits for."""
    return lock_held_for_us() or asyncio.get_running_loop() is server_loop()


def _loop_that_writes() -> asyncio.AbstractEventLoop | None:
    """The server's loop, where plain code runs on it or in a thread that async code has started; else None.

    Such code cannot wait for oTree's lock, and has no transaction of its own.
    """
    server = server_loop()
    running = asyncio._get_running_loop()
    if running is not None:
        return running if running is server else None
    beside = in_decision.get() or live_page.get() is not None or request_session() is None
    return server if beside else None


_writing: set[asyncio.Task[None]] = set()


def _later(loop: asyncio.AbstractEventLoop, work: Coroutine[Any, Any, None]) -> None:
    """Write when the code that runs now lets go of the loop, in the order in which it was handed in."""

    def begin() -> None:
        task = loop.create_task(work)
        _writing.add(task)
        task.add_done_callback(_writing.discard)

    if asyncio._get_running_loop() is loop:
        begin()
    else:
        loop.call_soon_threadsafe(begin)
