"""oTree's one connection to PostgreSQL: when the database has dropped it, another one is made before anybody notices.

SQLAlchemy alone notices by the first statement that fails, and somebody's page is answered with an error. Each session
that was open on the old connection notices once more, and then closes the new one, which all share and work on.
"""

from __future__ import annotations

import select
import threading
from typing import Any
from weakref import WeakSet

from otree.database import DBSession, db, engine
from sqlalchemy import event
from sqlalchemy.exc import DisconnectionError

_begun: WeakSet[Any] = WeakSet()
"""The sessions that have begun; each one's `info` has its connection."""
_guard = threading.Lock()
CONNECTS = 5
"""Seconds for a connection to be made."""
_usual_rollback = engine.dialect.do_rollback
_watched = engine.dialect.name == "postgresql"


def stay_connected() -> None:
    """See that the connection is there, for code of oTree's that only reads, in a session open since whenever."""
    if not _watched:
        return
    record = engine.pool.connection
    if record.connection is None or _dropped(record.connection):
        record.invalidate()
        record.get_connection()
    if is_lost(session := db._db):
        session.rollback()


def is_lost(session: Any) -> bool:
    """Whether the connection of a session is gone, and with it what was not committed: it can only be rolled back."""
    connection = None if session is None else session.info.get("otree_ego_connection")
    return connection is not None and bool(connection.invalidated)


def _dropped(connection: Any) -> bool:
    """Whether the database has closed a connection: there is something to read although nothing was asked."""
    if connection.closed:
        return True
    if not _readable(connection.fileno()):
        return False
    cursor = connection.cursor()
    try:
        cursor.execute("SELECT 1")
    except engine.dialect.dbapi.Error as error:
        return bool(engine.dialect.is_disconnect(error, connection, cursor))
    finally:
        cursor.close()
    return False


def _readable(descriptor: int) -> bool:
    if not hasattr(select, "poll"):
        return bool(select.select([descriptor], [], [], 0)[0])
    poll = select.poll()
    poll.register(descriptor, select.POLLIN)
    return bool(poll.poll(0))


def _on_checkout(connection: Any, _record: Any, _fairy: Any) -> None:
    if _dropped(connection):
        raise DisconnectionError("The database has dropped the connection.")


def _on_begin(session: Any, _transaction: Any, connection: Any) -> None:
    with _guard:
        session.info["otree_ego_connection"] = connection
        _begun.add(session)


def _on_connect(new: Any, _record: Any) -> None:
    """Whoever is still on the old connection has lost what was not committed, and must not close the new one."""
    with _guard:
        begun = [session.info["otree_ego_connection"] for session in _begun]
    for connection in begun:
        if not (connection.closed or connection.invalidated or connection.connection.connection is new):
            connection.connection._connection_record = None
            connection.invalidate()


def _roll_back(connection: Any) -> None:
    """What was not committed on a closed connection is rolled back already: that is no error to hide the first one."""
    try:
        _usual_rollback(connection)
    except engine.dialect.dbapi.Error:
        if not connection.closed:
            raise


def _limit_connecting(_dialect: Any, _record: Any, _arguments: Any, options: dict[str, Any]) -> None:
    """A machine that does not answer must not hold up all pages for minutes, each time that somebody asks for it."""
    options.setdefault("connect_timeout", CONNECTS)


def install() -> None:
    """Let oTree notice that the database has dropped its connection, and make another."""
    if _watched:
        event.listen(engine, "checkout", _on_checkout)
        event.listen(engine, "connect", _on_connect)
        event.listen(DBSession, "after_begin", _on_begin)
        event.listen(engine, "do_connect", _limit_connecting)
        engine.dialect.do_rollback = _roll_back
