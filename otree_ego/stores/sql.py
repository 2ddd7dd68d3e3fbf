"""A store of its own: a SQLite file, or any database that SQLAlchemy has an address for."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from sqlalchemy.engine import Connection

from ..messages import Message
from . import rows
from .opening import open_engine
from .rows import Gone, ThreadRow


class SQLStore:
    """Remembers Threads in a database of their own.

    Arguments:
        url: a database URL, e.g. ``"sqlite:///ego.sqlite3"`` or ``"postgresql://…"``.

    >>> store = SQLStore("sqlite://")
    >>> store.save(ThreadRow("t1", "demo", "Thread", b""))
    >>> store.append("t1", [Message("user", "Hello")])[0].seq
    1
    """

    def __init__(self, url: str = "sqlite:///ego.sqlite3") -> None:
        self._lock = threading.RLock()
        self.engine = open_engine(url)

    @contextmanager
    def _begin(self) -> Iterator[Connection]:
        with self._lock, self.engine.begin() as connection:
            yield connection

    def append(self, thread_id: str, messages: Sequence[Message]) -> tuple[Message, ...]:
        """Append messages; raises Gone if the Thread is not there."""
        with self._begin() as c:
            (placed,) = rows.append(c, [(thread_id, messages)])
        if placed is None:
            raise Gone(f"The Thread {thread_id} is not in this store.")
        return placed

    def settle(self, thread_id: str, message: Message) -> None:
        """Write down how a reply ended."""
        with self._begin() as c:
            rows.settle(c, [message])

    def messages(self, thread_id: str) -> list[Message]:
        """A Thread's whole record."""
        with self._begin() as c:
            return rows.messages(c, thread_id)

    def save(self, row: ThreadRow) -> None:
        """Keep a Thread, new or known."""
        with self._begin() as c:
            if rows.find(c, row.owner) is None:
                rows.insert(c, [row])
            else:
                rows.update_states(c, {row.uid: row.state})

    def find(self, owner: str) -> ThreadRow | None:
        """The Thread that an owner's key stands for."""
        with self._begin() as c:
            return rows.find(c, owner)

    def remove(self, owner: str) -> None:
        """Take a Thread away, with its messages."""
        with self._begin() as c:
            rows.remove(c, owner)

    def close(self) -> None:
        """Let the database go."""
        self.engine.dispose()
