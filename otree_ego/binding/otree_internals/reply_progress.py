"""What has come of replies that are under way: written once a second, all together."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from functools import partial
from typing import Any

from sqlalchemy.engine import Connection

from ...display import logger
from ...stores.failures import is_outage
from ...stores.reply_rows import Progress, note_progress
from ...stores.spool import progress_entry
from . import unwritten
from .waiting_writes import Several, SomeRefused

PERIOD = 0.9
"""Seconds between writes: with the wait for oTree's lock, one at most."""
Submit = Callable[[Callable[[Connection], Any]], "asyncio.Future[Any]"]


class ReplyProgress:
    """The replies of one event loop of which more has come, or was delivered, since the last write.

    Arguments:
        submit: hands in a piece of database work.
    """

    def __init__(self, submit: Submit) -> None:
        self._submit = submit
        self._news: dict[str, Callable[[], Progress]] = {}
        self._clock: asyncio.TimerHandle | None = None

    def note(self, uid: str, progress: Callable[[], Progress]) -> None:
        """There is news of a reply.

        Arguments:
            uid: the reply's id. progress: says how far it is; asked when it is written.
        """
        self._news[uid] = progress
        if self._clock is None:
            self._clock = asyncio.get_running_loop().call_later(PERIOD, self.write)

    def forget(self, uid: str, progress: Callable[[], Progress] | None = None) -> None:
        """The reply is about to be settled; with `progress` only this news of it goes, if there is no newer."""
        if progress is None or self._news.get(uid) == progress:
            self._news.pop(uid, None)

    def write(self) -> asyncio.Future[Any] | None:
        """Write all news now; None if there are none."""
        if self._clock is not None:
            self._clock.cancel()
            self._clock = None
        news, self._news = self._news, {}
        if not news:
            return None
        found = [progress() for progress in news.values()]
        written = self._submit(Several(note_progress, found))
        written.add_done_callback(partial(self._written, news, found))
        return written

    def _written(
        self, news: dict[str, Callable[[], Progress]], found: list[Progress], written: asyncio.Future[Any]
    ) -> None:
        if written.cancelled():
            return
        error = written.exception()
        if error is None:
            for each in found:
                if each.uid not in unwritten.replies:
                    unwritten.remove(spool_name(each.uid))
            return
        if isinstance(error, SomeRefused):  # the others are written
            found, error = [*error.items], error.error
        if not is_outage(error):
            logger.warning("What has come of replies could not be written: %s", error)
            return
        for each in found:
            if each.text is not None and each.uid not in unwritten.replies:
                unwritten.put(spool_name(each.uid), progress_entry(each), lasting=False)
            if each.uid not in self._news and (each.text is None or each.uid not in unwritten.replies):
                self.note(each.uid, news[each.uid])


def spool_name(uid: str) -> str:
    """Under which name the spool has a reply."""
    return f"reply-{uid}"
