"""oTree's database: whose transaction we are in, sections of our own, oTree's lock.

All database sessions of oTree share one connection, page requests hold one lock (`lock2`) and run in worker threads, an
async live method runs outside that lock with a session of its own in a context variable.
"""

from __future__ import annotations

import asyncio
import inspect
import pickle
from collections import deque
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager
from typing import Any

from otree.database import AnyModel as AnyModel, DBSession, db, engine, sqlite_disk_conn
from otree.middleware import lock2 as lock2
from otree.models import (
    BaseGroup,
    BasePlayer,
    BaseSubsession,
)
from sqlalchemy import create_engine, event, inspect as inspect_attribute
from sqlalchemy.engine import Connection
from sqlalchemy.pool import NullPool

from ...errors import LinkError
from ...stores.failures import is_outage
from .reconnecting import is_lost


def request_session() -> Any:
    """The database session of the request, bot or live method that this code runs in.

    Outside of one it is oTree's session for the whole process, and in a thread of its own None.
    """
    return db._db


@asynccontextmanager
async def in_line(before: int) -> AsyncIterator[None]:
    """oTree's lock, in whose line page requests stand, with at most so many before us besides the one that has it.

    At the end of the line a hundred clicks at once would be between a decision's parts, three times.
    """
    line = getattr(lock2, "_waiters", None)
    if not line or len(line) <= before:
        await lock2.acquire()
    else:
        await _step_in(line, before)
    try:
        yield
    finally:
        lock2.release()


async def _step_in(line: deque[asyncio.Future[Any]], before: int) -> None:
    """As asyncio.Lock.acquire, but for the place in its line."""
    ours = asyncio.get_running_loop().create_future()
    line.insert(before, ours)
    try:
        try:
            await ours
        finally:
            line.remove(ours)
    except asyncio.CancelledError:
        if not lock2.locked():
            lock2._wake_up_first()
        raise
    lock2._locked = True


def in_async_live_method() -> bool:
    """Whether plain code is being called from an async live method: there, oTree's lock is not held."""
    frame = inspect.currentframe()
    below = None
    while frame is not None:
        if frame.f_globals.get("__name__") == "otree.live":
            return bool(below and below.f_code.co_flags & inspect.CO_ASYNC_GENERATOR)
        below, frame = frame, frame.f_back
    return False


@contextmanager
def short_section() -> Iterator[Connection]:
    """A session of our own: committed at the end, rolled back on an error. Never held across an await."""
    session = DBSession()
    try:
        yield session.connection()
        session.commit()
    except BaseException:
        session.rollback()
        raise
    finally:
        session.close()


@contextmanager
def separate_section() -> Iterator[Connection]:
    """As `short_section`, for what is likely to be refused: in PostgreSQL on a connection of its own.

    An export reads on oTree's one connection without its lock, and would be told that its transaction is aborted.
    """
    if engine.dialect.name == "sqlite":
        with short_section() as connection:
            yield connection
        return
    with create_engine(engine.url, poolclass=NullPool).connect() as own:
        session = DBSession(bind=own)
        try:
            session.execute("SET LOCAL lock_timeout = 1000")  # what others have not committed yet waits for this loop
            yield session.connection()
            session.commit()
        except BaseException:
            session.rollback()
            raise
        finally:
            session.close()


@contextmanager
def impatient() -> Iterator[None]:
    """Do not wait for whoever holds SQLite's file: this is the event loop, and the database is known to be away."""
    if engine.dialect.name != "sqlite":
        yield
        return
    sqlite_disk_conn.execute("pragma busy_timeout=50").close()
    try:
        yield
    finally:
        sqlite_disk_conn.execute("pragma busy_timeout=5000").close()


def defer(name: str, value: Any, work: Callable[[Connection, Mapping[str, Any]], None]) -> bool:
    """Do `work` on all that was deferred, by name, when the request looks at our tables or commits.

    `creating_session` attaches a Thread to each of a thousand players; one by one that takes longer than all of oTree's
    own work. Returns False where there is no database session that could commit.
    """
    session = request_session()
    if session is None:
        return False
    if "otree_ego_deferred" not in session.info:
        session.info["otree_ego_deferred"] = ({}, work)
        event.listen(session, "before_commit", _do_deferred)
        event.listen(session, "after_rollback", lambda s: s.info["otree_ego_deferred"][0].clear())
    waiting: dict[str, Any] = session.info["otree_ego_deferred"][0]
    waiting.pop(name, None)
    waiting[name] = value
    return True


def after_commit(work: Callable[[], None]) -> None:
    """Do something when the request has been committed; nothing if it is rolled back."""
    session = request_session()
    if session is None:
        work()
        return
    if "otree_ego_after" not in session.info:
        later: list[Callable[[], None]] = []
        session.info["otree_ego_after"] = later

        def committed(_session: Any) -> None:
            calls, later[:] = list(later), []
            for call in calls:
                call()

        event.listen(session, "after_commit", committed)
        event.listen(session, "after_rollback", lambda _: later.clear())
    session.info["otree_ego_after"].append(work)


def deferred_work() -> Callable[[Connection], None] | None:
    """What this request has deferred, handed over: async code does it in a section of its own, before it looks."""
    session = request_session()
    waiting, work = ({}, None) if session is None else session.info.get("otree_ego_deferred", ({}, None))
    if not waiting:
        return None
    batch = dict(waiting)
    waiting.clear()
    return lambda connection: work(connection, batch)


def _do_deferred(session: Any) -> None:
    waiting, work = session.info.get("otree_ego_deferred", ({}, None))
    if waiting:
        batch = dict(waiting)
        waiting.clear()
        work(session.connection(), batch)


@contextmanager
def joined_section(on_rollback: Callable[[], None] | None = None) -> Iterator[Connection]:
    """The connection of the request that we are in: what is written here is committed or rolled back with it.

    Arguments:
        on_rollback: called after the request has been rolled back (once; forgotten when it is committed).
    """
    session = request_session()
    if session is None:
        with short_section() as connection:
            yield connection
        return
    _do_deferred(session)
    if on_rollback is not None:
        _watch(session)
        session.info["otree_ego_undo"].append(on_rollback)
    yield session.connection()


def _watch(session: Any) -> None:
    if "otree_ego_undo" in session.info:
        return
    undo: list[Callable[[], None]] = []
    session.info["otree_ego_undo"] = undo

    def rolled_back(_session: Any) -> None:
        calls, undo[:] = list(undo), []
        for call in calls:
            call()

    event.listen(session, "after_commit", lambda _: undo.clear())
    event.listen(session, "after_rollback", rolled_back)


def request_notes() -> dict[Any, Any]:
    """A place for notes that live as long as the request's database session."""
    session = request_session()
    info: dict[Any, Any] = {} if session is None else session.info
    return info


def read_anew(instances: list[Any]) -> None:
    """Let a request see what a task has written meanwhile (in bot runs a task runs within the request)."""
    for each in instances:
        request_session().refresh(each)


@contextmanager
def fields_read_anew() -> Iterator[None]:
    """Let a request see what is written past oTree's models inside; what it has set on them itself is sent first."""
    session = request_session()
    if session is not None:
        session.flush()
    yield
    if session is not None:
        session.expire_all()


def own_session() -> Any:
    """A database session for the task that this is called in: oTree's models read through it. It never writes."""
    session = DBSession(autoflush=False, expire_on_commit=False)
    event.listen(session, "before_flush", _never)
    db._db = session
    return session


def _never(session: Any, _context: Any, _objects: Any) -> None:
    names = ", ".join(altered(session)) or "participant.vars"
    raise LinkError(f"ask_ai has set {names}: return values of fields, and set the rest (payoffs) in after_decision.")


def altered(session: Any) -> list[str]:
    """What has been set on players, groups and subsessions of a session, and what was created in it."""
    kinds = (BasePlayer, BaseGroup, BaseSubsession)
    names = [type(each).__name__ for each in session.new]
    kept: Mapping[Any, bytes] = session.info.get("otree_ego_vars", {})
    changed_vars = [each for each, before in kept.items() if pickle.dumps(dict(each._vars)) != before]
    names += sorted({f"{type(each).__name__.lower()}.vars" for each in changed_vars})
    for each in session.dirty:
        if isinstance(each, kinds) and session.is_modified(each):
            fields = inspect_attribute(each).attrs
            changed = [name for name in each._setattr_fields if fields[name].history.has_changes()]
            names += [f"{type(each).__name__.lower()}.{name}" for name in changed]
    return sorted(names)


def begin_anew(session: Any) -> None:
    """Let such a session read again after its database was away. What was set on its models is forgotten."""
    if is_lost(session):
        session.rollback()  # of nothing: the connection that it had is gone
    session.expire_all()
    session.commit()


def end_session(session: Any) -> None:
    """End such a session. It is committed, not rolled back: a rollback would undo what others have half done.

    A database that is away meanwhile is no error: nothing was to be written, and what went wrong before is to be told.
    """
    session.expunge_all()
    try:
        if is_lost(session):
            session.rollback()  # of nothing: the connection that it had is gone
        session.commit()
    except Exception as error:
        if not is_outage(error):
            raise
        session.rollback()
    finally:
        session.close()


@contextmanager
def models_on(c: Connection) -> Iterator[Any]:
    """oTree's models on an open connection: what is set on them becomes part of its transaction, or nothing of it."""
    savepoint = c.begin_nested()  # oTree's payoffs are sent to the database as soon as they are set
    session = DBSession(bind=c)
    token = db._context_var.set(session)
    try:
        yield session
        session.commit()
        savepoint.commit()
    except BaseException:
        session.rollback()
        savepoint.rollback()
        raise
    finally:
        session.close()
        db._context_var.reset(token)
