"""A journal that tells what it has written: each message of a run, once it is in the store."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import Future
from typing import Any

from ...messages import Message
from ...stores.journal import Entry
from ..thread_states import read_state
from ..treatments import name_of
from .replication_recorder import EntryWriter
from .run_events import RunEvent


class WatchedJournal:
    """Writes entries with another journal.

    Arguments:
        journal: writes them. run: the run's id. tell: is called with an event for each message, after the commit.
    """

    def __init__(self, journal: EntryWriter, run: str, tell: Callable[[RunEvent], None]) -> None:
        self._journal, self._run, self._tell = journal, run, tell
        self._seats: dict[str, dict[str, Any]] = {}  # by Thread, as long as its replication is under way
        self._treatments: dict[str, str] = {}
        self._open: dict[str, str] = {}  # the Thread of each reply that is to come

    def put(self, entries: Sequence[Entry]) -> Future[None]:
        """See `Journal.put`."""
        done = self._journal.put(entries)

        def written(future: Future[None]) -> None:
            if not future.cancelled() and future.exception() is None:
                self._written(entries)

        done.add_done_callback(written)
        return done

    async def write(self, entries: Sequence[Entry]) -> None:
        """See `Journal.write`."""
        await self._journal.write(entries)
        self._written(entries)

    def _written(self, entries: Sequence[Entry]) -> None:
        for kind, value in entries:
            if kind == "thread":
                treatment = read_state(value.state).get("treatment")
                self._treatments[value.uid] = name_of(treatment)
            elif kind == "seat":
                self._seats[value["thread"]] = value
            elif kind == "message":
                thread, message = value
                if message.status == "pending":
                    self._open[message.id] = thread
                self._message(thread, message)
            elif kind == "settle":
                self._message(self._open.pop(value.id, ""), value)
            elif kind == "replication":
                gone = [thread for thread, seat in list(self._seats.items()) if seat["place"] == value["place"]]
                for thread in gone:
                    self._seats.pop(thread, None)
                    self._treatments.pop(thread, None)

    def _message(self, thread: str, message: Message) -> None:
        if (seat := self._seats.get(thread)) is not None:
            self._tell(
                RunEvent(
                    "message", self._run, place=seat["place"], attempt=seat["attempt"], seat=seat["seat"],
                    thread=thread, treatment=self._treatments.get(thread, ""), message=message,
                )
            )  # fmt: skip
