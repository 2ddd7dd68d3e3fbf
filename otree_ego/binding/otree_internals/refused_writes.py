"""Writes that the database refuses while it takes others: each waits apart, and nobody waits behind it.

A trigger of somebody's own, or a column that was made shorter, refuses a row for a while or for ever. What was paid for
is kept in memory and in the spool, the log names it, and it is tried again, ever more rarely, and by the next server.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from typing import Any

from sqlalchemy.exc import DBAPIError

from ...display import logger
from ...stores.failures import is_outage, reason
from . import unwritten
from .waiting_writes import Late, Several, SomeRefused, Write

PAUSES = (0.5, 1.0, 2.0, 4.0, 8.0, 15.0, 30.0, 60.0)
"""Seconds until a refused write is tried again; the last of them again and again."""


class RefusedWrites:
    """The refused writes of one event loop.

    Arguments:
        again: is given those that are to be tried once more.

    Attributes:
        waiting: those that are to be tried again later.
    """

    def __init__(self, again: Callable[[Sequence[Write]], None]) -> None:
        self._again = again
        self.waiting: set[Write] = set()

    def takes(self, write: Write, error: Exception) -> bool:
        """Whether a write that came to an error while the database takes others was taken in.

        One that nobody must keep is told its error.
        """
        if write.probes:  # it takes writes: that is what was asked
            write.tell(None)
            return True
        if isinstance(write.job, Several) and len(write.job.items) > 1:
            self._split(write, write.job)
            return True
        if is_outage(error):
            if not write.sure:
                write.fail(error)
                return True
        elif not (write.is_reply and isinstance(error, DBAPIError)):
            return False
        write.keep()
        if not write.spooled and not is_outage(error):  # nobody could say when, and no disk has it
            return False
        self._wait(write, error)
        return True

    def written(self, write: Write) -> None:
        """One of them is in the database."""
        if write.refused:
            logger.warning("The database has taken %s, which it had refused.", write.what)
            unwritten.refused.discard(write.reply_id)

    def _wait(self, write: Write, error: Exception) -> None:
        if not write.refused:
            kept = "the spool" if write.spooled else "this process's memory alone"
            logger.error(
                "The database refuses %s and takes others: %s. It is kept in %s and tried again; docs/operating.md "
                "says what to do.", write.what, reason(error), kept,
            )  # fmt: skip
        write.refused += 1
        if write.reply_id:
            unwritten.refused.add(write.reply_id)
        self.waiting.add(write)
        pause = PAUSES[min(write.refused, len(PAUSES)) - 1]
        asyncio.get_running_loop().call_later(pause, self._try, write)

    def _split(self, write: Write, job: Several) -> None:
        """Write each of them alone: one is refused, and the others are not to wait for it."""
        loop = asyncio.get_running_loop()
        parts = [Write(Several(job.write, (item,)), loop.create_future(), write.sure) for item in job.items]

        def told(done: asyncio.Future[list[Any]]) -> None:
            results = [None] if done.cancelled() else done.result()
            problems = {place: result for place, result in enumerate(results) if isinstance(result, Exception)}
            if problems:
                write.fail(SomeRefused([job.items[place] for place in problems], next(iter(problems.values()))))
            elif not write.future.done():
                write.future.set_result(None)

        asyncio.gather(*(part.future for part in parts), return_exceptions=True).add_done_callback(told)
        self._again(parts)

    def _try(self, write: Write) -> None:
        self.waiting.discard(write)
        if isinstance(write.job, Late) and write.job.message.id not in unwritten.replies:
            return  # it was forgotten
        self._again([write])
