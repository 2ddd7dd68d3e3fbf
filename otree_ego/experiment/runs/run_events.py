"""What is told of a run while it goes on: its beginning, each message, each replication's end, its own end."""

from dataclasses import dataclass, replace
from typing import Any, Literal

from ...messages import Message
from ...stores import Replication

Kind = Literal["begun", "message", "replication", "waiting", "ended", "missed"]


@dataclass(frozen=True)
class RunProgress:
    """How far a run is.

    Fields:
        planned: how many replications it has. done: how many of them have ended. failed, tainted: of these.
        cost: US dollars, as far as known, earlier goes included. unpriced: replications whose cost is not known.
    """

    planned: int = 0
    done: int = 0
    failed: int = 0
    tainted: int = 0
    cost: float = 0.0
    unpriced: int = 0

    def with_ended(self, replication: Replication) -> "RunProgress":
        """The same with one more that has ended."""
        return replace(
            self,
            done=self.done + 1,
            failed=self.failed + (replication.status == "failed"),
            tainted=self.tainted + replication.tainted,
            cost=self.cost + (replication.cost or 0.0),
            unpriced=self.unpriced + (replication.cost is None),
        )


@dataclass(frozen=True)
class RunEvent:
    """Something that has happened in a run, and is in its store.

    Fields:
        kind: ``begun``; ``message``: one was recorded, or a reply that was ``pending`` has come; ``replication``: one
            has ended; ``waiting``: what is waited for (`words`; empty when the waiting is over); ``ended``; ``missed``:
            so many events (`words`) came faster than they were read.
        run: its id. name: of the run. place: of the replication, from 0. attempt: how often that was begun.
        seat: from 1. thread: the Thread's id. treatment: of its replication. message, replication: what it is about.
        progress: how far the run is. status: of the run, see `Run`. words: a note.

    >>> RunEvent("waiting", "r1", words="1 replication waits: openai asks for a pause").plain()["words"]
    '1 replication waits: openai asks for a pause'
    """

    kind: Kind
    run: str = ""
    name: str = ""
    place: int | None = None
    attempt: int = 1
    seat: int = 0
    thread: str = ""
    treatment: str = ""
    message: Message | None = None
    replication: Replication | None = None
    progress: RunProgress | None = None
    status: str = ""
    words: str = ""

    def plain(self) -> dict[str, Any]:
        """The same as values that JSON can hold; of a message what a reader needs of it."""
        found: dict[str, Any] = {"event": self.kind, "run": self.run}
        if self.progress is not None:
            found["progress"] = dict(vars(self.progress))
        found.update({name: held for name in ("name", "status", "words", "treatment") if (held := getattr(self, name))})
        if self.place is not None:
            found["place"] = self.place
        if self.message is not None:
            found.update(attempt=self.attempt, seat=self.seat, thread=self.thread, message=plain_message(self.message))
        if self.replication is not None:
            found["replication"] = plain_replication(self.replication)
        return found


def plain_message(message: Message) -> dict[str, Any]:
    """What a reader needs of a message, as JSON.

    Arguments:
        message: any. Its `author` is the model that is asked, ``terminal/…`` for a person.
    """
    names = ("id", "seq", "role", "text", "status", "author", "error", "error_text", "cost", "time")
    return {name: getattr(message, name) for name in names}


def plain_replication(replication: Replication) -> dict[str, Any]:
    """What a reader needs of a replication that has ended, as JSON."""
    names = ("place", "attempt", "status", "tainted", "treatment", "result", "error", "error_text", "cost")
    return {name: getattr(replication, name) for name in names}
