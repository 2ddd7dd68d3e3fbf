"""Where an attached Thread's messages go: into oTree's request, through the writer, or (said so) nowhere."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Sequence
from contextvars import ContextVar
from functools import partial
from typing import Any

from sqlalchemy.engine import Connection

from ...display import logger
from ...errors import LinkError
from ...messages import Message, Request
from ...ports import Provider
from ...stores import Gone, rows
from ...stores.failures import is_outage
from ...stores.missing_rows import restore
from ...stores.rows import ThreadRow
from ...stores.spool import record_entry
from ..otree_internals import unwritten
from ..otree_internals.database import joined_section, short_section
from ..otree_internals.startup import server_loop
from ..otree_internals.wait_pages import AskedThread, asked_threads
from ..otree_internals.writer import pending_ids, writer

on_change: list[Callable[[str], None]] = []
on_settled: list[Callable[[int | None, Message], None]] = []
"""Is told the id of oTree's session and the reply, of each reply to an app's own code."""
answers: ContextVar[list[str]] = ContextVar("otree_ego_answers")
"""In a decision: the ids of replies that models have given to it."""
_warned: set[str] = set()


def changed(owner: str) -> None:
    """Let whoever keeps a copy know that an owner's Thread has been written to."""
    for work in on_change:
        work(owner)


class RequestStore:
    """Remembers in the transaction of oTree's own request; what a model has answered outlives its rollback."""

    def __init__(self, row: ThreadRow) -> None:
        self.row, self.owner = row, row.owner
        self.written: dict[str, Message] = {}
        self.watching = False

    def append(self, thread_id: str, messages: Sequence[Message]) -> tuple[Message, ...]:
        with joined_section(self._watch()) as connection:
            (placed,) = rows.append(connection, [(thread_id, messages)])
        if placed is None:
            raise Gone(f"The Thread of {self.owner} is not in the database any more.")
        self.written.update({m.id: m for m in placed})
        pending_ids.update(m.id for m in placed if m.status == "pending")
        changed(self.owner)
        return placed

    def settle(self, thread_id: str, message: Message) -> None:
        self.written[message.id] = message
        pending_ids.discard(message.id)
        with joined_section() as connection:
            rows.settle(connection, [message])
        settled(self.row.session_id, message)
        changed(self.owner)

    def record(self, thread_id: str) -> list[Message]:
        """A Thread's record as it is in the database."""
        with joined_section() as connection:
            return unwritten.messages(connection, thread_id)

    def join(self, work: Callable[[Connection], Any], said: Sequence[Message]) -> None:
        """Do a piece of database work in the request's transaction; what was said in it outlives its rollback."""
        with joined_section(self._watch()) as connection:
            work(connection)
        self.written.update({m.id: m for m in said})

    def _watch(self) -> Callable[[], None] | None:
        if self.watching:
            return None
        self.watching = True
        return self._restore

    def _restore(self) -> None:
        answered_places = [m.seq for m in self.written.values() if m.role == "assistant" and m.attempts]
        last = max(
            answered_places, default=0
        )  # what no model has seen is done again by the page that is submitted again
        answered = [m for m in self.written.values() if m.status != "pending" and m.seq <= last]
        if not answered:
            return changed(self.owner)
        work = partial(restore, row=self.row, record=answered)
        try:
            with short_section() as connection:
                work(connection)
        except Exception as error:
            loop = server_loop()
            if loop is None or not is_outage(error):
                raise
            entry = f"record-{answered[-1].id}", partial(record_entry, self.row, answered)
            loop.call_soon_threadsafe(lambda: writer().keep(work, entry))
        changed(self.owner)


class AwaitOnlyStore:
    """The plain store of a Thread that was opened with `async with`: it takes nothing, so that nothing is lost."""

    def append(self, thread_id: str, messages: Sequence[Message]) -> tuple[Message, ...]:
        raise LinkError("This Thread was opened with  async with: write  await …  (llm.aio.submit, convo.all.system).")

    def settle(self, thread_id: str, message: Message) -> None:
        raise LinkError("This Thread was opened with  async with: write  await …")


class AttachedStore:
    """The store of a Thread that was handed to `set`: from then on it is opened with `with ai(…)`."""

    def __init__(self, owner: str) -> None:
        self.owner = owner

    def append(self, thread_id: str, messages: Sequence[Message]) -> tuple[Message, ...]:
        raise LinkError(f"This Thread is attached to {self.owner} now: open it with  with ai(…) as llm:  to go on.")

    def settle(self, thread_id: str, message: Message) -> None:
        raise LinkError(f"This Thread is attached to {self.owner} now: open it with  with ai(…) as llm:  to go on.")


class WriterStore:
    """The store of a Thread in async code: the writer, and whoever keeps a copy of the Thread learns of each write."""

    is_read_by_others = True

    def __init__(self, row: ThreadRow) -> None:
        self.owner, self._session_id = row.owner, row.session_id

    async def append(self, thread_id: str, messages: Sequence[Message]) -> tuple[Message, ...]:
        coming = {m.id for m in messages if m.status == "pending"}
        pending_ids.update(coming)
        try:
            placed = await writer().append(thread_id, messages)
        except BaseException:
            pending_ids.difference_update(coming)
            raise
        asked = asked_threads.get()
        if asked is not None:
            asked.setdefault(thread_id, AskedThread(self.owner)).messages.update(m.id for m in placed)
        changed(self.owner)
        await writer().start_turn()  # a hundred decisions that were recorded together must not all ask in one turn
        return placed

    async def settle(self, thread_id: str, message: Message) -> None:
        if message.attempts and (given := answers.get(None)) is not None:
            given.append(message.id)
        try:
            await writer().settle(thread_id, message)
        finally:
            pending_ids.discard(message.id)
        settled(self._session_id, message)
        changed(self.owner)

    async def record(self, thread_id: str) -> list[Message]:
        """A Thread's record as it is in the database; one that is away is waited for, as its question is recorded."""
        return await writer().run_surely(partial(unwritten.messages, uid=thread_id))


def settled(session_id: int | None, message: Message) -> None:
    """Let whoever counts know that a reply to an app's own code has ended."""
    for work in on_settled:
        work(session_id, message)


class SlowCallLog:
    """Says in the log, once per page, what a model call in plain code cost everyone."""

    def __init__(self, provider_of: Callable[[str], Provider]) -> None:
        self._provider_of = provider_of

    def provider(self, model: str) -> Any:
        self._found, self._place = self._provider_of(model), _caller()
        return self

    @property
    def price(self) -> Any:
        """See `Provider`."""
        return getattr(self._found, "price", None)

    async def stream(self, request: Request) -> Any:
        started = time.perf_counter()
        async for item in self._found.stream(request):
            yield item
        seconds = time.perf_counter() - started
        if seconds > 0.05 and self._place not in _warned:
            _warned.add(self._place)
            logger.warning(
                "%s: a call to %s took %.1f s, and every other participant waited as long. Ask from an async live "
                "method (async with ai(player) as llm: await llm.submit(…)), or put a chat on the page.",
                self._place, request.model, seconds,
            )  # fmt: skip


def _caller() -> str:
    frame: Any = sys._getframe(1)
    while frame is not None and str(frame.f_globals.get("__name__", "")).startswith("otree_ego."):
        frame = frame.f_back
    return "oTree" if frame is None else f"{frame.f_globals.get('__name__')}.{frame.f_code.co_name}"
