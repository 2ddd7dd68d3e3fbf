"""A piece of database work that waits for the writer, and what is kept of it while the database cannot be written."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy.engine import Connection

from ...display import logger
from ...messages import Message
from ...stores.failures import is_outage
from . import unwritten
from .lease import LeaseLost


@dataclass(frozen=True)
class Append:
    """Messages for a Thread; `again` if they may be there already."""

    uid: str
    messages: Sequence[Message]
    again: bool = False


@dataclass(frozen=True)
class Late:
    """A reply that has ended some time ago."""

    message: Message


@dataclass(frozen=True)
class Several:
    """Changes of several rows at once; each of them alone, where the database refuses one.

    Fields:
        write: is given the connection and the items.
    """

    write: Callable[[Connection, Sequence[Any]], Any]
    items: Sequence[Any]

    def __call__(self, connection: Connection) -> None:
        """Write them."""
        self.write(connection, self.items)


class SomeRefused(Exception):
    """Of several changes some were refused: their items, with the error of one of them."""

    def __init__(self, items: Sequence[Any], error: Exception) -> None:
        super().__init__(str(error))
        self.items, self.error = items, error


@dataclass(frozen=True)
class Failed:
    """What came of work that could not be done."""

    error: Exception


Job = Append | Message | Late | Callable[[Connection], Any]
Entry = tuple[str, Callable[[], Mapping[str, Any]]]
"""What the spool is given if need be: a name, and what is to be kept under it."""


@dataclass(eq=False)
class Write:
    """A job that waits.

    Fields:
        sure: whether it is kept when the database cannot be written. entry: for the spool, of what must not be lost
            with this process. spooled: whether a disk has it. refused: how often the database refused it alone.
        probes: whether it only finds out whether the database takes anything.
    """

    job: Job
    future: asyncio.Future[Any]
    sure: bool = False
    entry: Entry | None = None
    spooled: bool = False
    refused: int = 0
    probes: bool = False

    @property
    def is_reply(self) -> bool:
        """Whether it writes down how a reply ended."""
        return isinstance(self.job, Message | Late)

    @property
    def reply_id(self) -> str:
        """The id of the reply that it writes down; else empty."""
        return self.job.message.id if isinstance(self.job, Late) else ""

    @property
    def what(self) -> str:
        """What it writes, for the log."""
        if self.entry is not None:
            kind, _, name = self.entry[0].partition("-")
            return f"a {kind} ({name})"
        return f"messages of Thread {self.job.uid}" if isinstance(self.job, Append) else "a change"

    def fail(self, error: Exception) -> None:
        """Tell who waits for it that it cannot be done."""
        if not self.future.done():
            self.future.set_exception(error)

    def keep(self) -> None:
        """The database could not do it: keep it in memory, and on a disk if one takes it."""
        if isinstance(self.job, Message):
            unwritten.replies[self.job.id] = self.job
            self.job = Late(self.job)
        elif isinstance(self.job, Append):
            self.job = replace(self.job, again=True)
        if self.entry is not None and not self.spooled:
            name, entry = self.entry
            try:
                self.spooled = unwritten.put(name, entry())
            except (TypeError, ValueError) as error:  # it is in memory all the same
                logger.error("%s cannot be put into the spool: %s", name, error)
        if self.spooled and isinstance(self.job, Late) and not self.future.done():
            self.future.set_result(None)

    def tell(self, result: Any) -> None:
        """Tell who waits for it what came of it."""
        if isinstance(result, Failed):
            if is_outage(result.error):
                return
            if isinstance(result.error, LeaseLost):
                self.future.cancel()  # who waits is ended, as all of this server is
                return
            if isinstance(self.job, Late):
                unwritten.replies.pop(self.job.message.id, None)
                logger.error("A reply that was kept cannot be written: %s", result.error, exc_info=result.error)
            if not self.future.done():
                self.future.set_exception(result.error)
            return
        if isinstance(self.job, Late):
            unwritten.replies.pop(self.job.message.id, None)
        if self.entry is not None:
            unwritten.remove(self.entry[0])
        if not self.future.done():
            self.future.set_result(result)
