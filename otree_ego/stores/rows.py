"""Messages and Threads as rows: every statement that touches the two tables.

Each function takes an open connection and neither commits nor rolls back: whose transaction it is, is the caller's
business (a page request of oTree's, a group of waiting chats, a file of our own).
"""

from __future__ import annotations

import json
import math
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, fields, replace
from functools import cache
from operator import attrgetter
from typing import Any

from sqlalchemy import MetaData, Table, bindparam, case, func, literal_column, select
from sqlalchemy.engine import Connection
from sqlalchemy.exc import DataError, DBAPIError, NotSupportedError
from sqlalchemy.sql.dml import Insert

from ..errors import EgoError, StoreError, Unwritable
from ..messages import SERVER_ENDED, Message, clean, placed
from .column_types import check_types
from .json_columns import from_json
from .schema import message_table, thread_table

CONVERSATION = "Conversation"
_plain = MetaData()
THREADS: Table = thread_table(_plain)
MESSAGES: Table = message_table(_plain)
_COLUMNS = [column for column in MESSAGES.c if column.name not in ("id", "thread", "worker")]
_COLUMN_NAMES = [column.name for column in _COLUMNS]
_NAMES = [field.name for field in fields(Message) if field.name != "sent"]
_ROW, _READ = ["uid" if name == "id" else name for name in _NAMES], attrgetter(*_NAMES)
_ENCODER = json.JSONEncoder(default=str)
_KEPT = ("uid", "seq", "role", "model", "hidden", "time", "forgotten", "pseudonymised")
SETTLED = [c.name for c in _COLUMNS if c.name not in _KEPT]
"""Columns that are written when a reply is settled."""
_BOUND = [(f"b_{name}", name) for name in ("uid", *SETTLED)]
ADD_MESSAGES, _ADD_THREADS = MESSAGES.insert(), THREADS.insert()
_NAMED = ("author", "model", "model_answered", "finish_reason", "error")
_WRITTEN = ("text", "error_text", "request")
WORDS = ("text", "error_text", "trouble", "params", "request")
"""Columns of a message that hold what somebody said, or copies of it."""
_COUNTS = ("tokens_in", "tokens_out", "tokens_reasoning")
_AMOUNTS = ("cost", "latency", "first_token", "asked", "first_piece", "completed", "delivered")
_worker: list[str] = []
"""The name of this process, if its replies are to tell."""
_LIMITS = {c.name: c.type.length for c in MESSAGES.c if getattr(c.type, "length", None)}


def many(c: Connection, statement: Any, values: Sequence[Mapping[str, Any]]) -> None:
    """Execute a statement once for each row, without what SQLAlchemy does for each of them.

    psycopg2 by itself would also go to the server and back for each row.
    """
    if not values:
        return
    driver = c.dialect.driver
    keys = tuple(values[0]) if isinstance(statement, Insert) else ()
    text = _texts.get((statement, driver, keys))
    if text is None:
        dialect = type(c.dialect)(paramstyle="named") if driver == "pysqlite" else c.dialect
        text = str(statement.compile(dialect=dialect, column_keys=list(keys) or None))
        _texts[(statement, driver, keys)] = text
    cursor = c.connection.cursor()
    try:
        if driver == "pysqlite":
            cursor.executemany(text, values)
        else:
            from psycopg2 import Binary
            from psycopg2.extras import execute_batch

            rows = [{k: Binary(v) if isinstance(v, bytes) else v for k, v in row.items()} for row in values]
            execute_batch(cursor, text, rows, page_size=200)
    except c.dialect.dbapi.Error as error:
        raise DBAPIError.instance(text, None, error, c.dialect.dbapi.Error, dialect=c.dialect) from error
    finally:
        cursor.close()


WorksOn = Callable[[str | None, float], bool]
_texts: dict[tuple[Any, str, tuple[str, ...]], str] = {}


def work_as(name: str) -> None:
    """Write into the rows of replies that are to come which process sees to them: one by this name."""
    _worker[:] = [name]


class Gone(EgoError):
    """The Thread's row does not exist any more (its session was deleted), or it was replaced or unset."""


@dataclass(frozen=True)
class ThreadRow:
    """A Thread or a Conversation as it is kept; `state` is pickled.

    `asked_in` names the page and the function that asked a Thread which was attached to nothing. `known` says that a
    row of it may be there already, in whose place this one comes.
    """

    uid: str
    owner: str
    kind: str
    state: bytes
    session_id: int | None = None
    asked_in: str = ""
    known: bool = False


@contextmanager
def writable() -> Iterator[None]:
    """Tell a row that cannot be written, which is its own fault, from a database that fails."""
    try:
        yield
    except DBAPIError as error:
        # SQLite's driver has its own words for a value of a type that it does not know, and another class each year.
        unknown = "binding parameter" in str(error.orig)
        if isinstance(error, DataError | NotSupportedError) or unknown:
            raise Unwritable(f"A row cannot be written: {' '.join(str(error.orig).split())[:300]}.") from error
        raise
    except (TypeError, ValueError, OverflowError, RecursionError) as error:
        raise Unwritable(f"A row cannot be written ({type(error).__name__}: {str(error)[:300]}).") from error


def to_row(message: Message) -> dict[str, Any]:
    """A message as the values of its row."""
    row = dict(zip(_ROW, _READ(message), strict=True))
    row["params"] = _ENCODER.encode(dict(message.params)) if message.params else ""
    row["trouble"] = _ENCODER.encode([dict(t) for t in message.trouble]) if message.trouble else ""
    row["seed"] = None if message.seed is None else str(message.seed)[: _LIMITS["seed"]]
    # Whatever the author of a provider lets through: a reply must not stay pending for one of its fields.
    for name in _NAMED:
        if row[name] != "":
            row[name] = clean(row[name][: _LIMITS[name]])
    for name in _WRITTEN:
        if row[name] != "":
            row[name] = clean(row[name])
    for name in _COUNTS:
        if (count := row[name]) is not None and not -(2**31) <= count < 2**31:
            row[name] = None
    for name in _AMOUNTS:
        if (amount := row[name]) is not None and not math.isfinite(amount):
            row[name] = None
    return row


def new_row(message: Message, thread: str) -> dict[str, Any]:
    """A new message as the values of its row."""
    worker = _worker[0] if _worker and message.status == "pending" else None
    return {**to_row(message), "thread": thread, "worker": worker}


def from_row(row: Mapping[str, Any]) -> Message:
    """The message that a row holds."""
    check_types(row, MESSAGES)
    values = {name: row[name] for name in _COLUMN_NAMES}
    values["id"] = values.pop("uid")
    values["params"] = from_json(values["params"], "params of a message", dict) if values["params"] else {}
    values["trouble"] = tuple(from_json(values["trouble"], "trouble of a message", list)) if values["trouble"] else ()
    for name in _AMOUNTS:
        if (amount := values[name]) is not None and not math.isfinite(amount):
            values[name] = None
    values["seed"] = _whole(values["seed"]) if values["seed"] else None
    return Message(**values)


def _whole(text: str) -> int:
    try:
        return int(text)
    except ValueError:
        raise StoreError(f"The store is damaged: seed of a message is no whole number ({text!r:.60}).") from None


@cache
def _ends_of(threads: int) -> Any:
    """The places of the last messages of so many Threads, as far as they are open."""
    # A subquery for each Thread: both databases answer it from the end of the index, however long the Thread is.
    end = select([func.max(MESSAGES.c.seq)]).where(MESSAGES.c.thread == THREADS.c.uid).correlate(THREADS).as_scalar()
    wanted = [bindparam(f"b_{number}") for number in range(threads)]
    return select([THREADS.c.uid, end]).where(THREADS.c.uid.in_(wanted) & THREADS.c.closed.is_(None))


def append(c: Connection, batch: Sequence[tuple[str, Sequence[Message]]]) -> list[tuple[Message, ...] | None]:
    """Append messages to several Threads at once: one query and one insert, whatever their number.

    Returns:
        for each entry its messages with their places; None where the Thread is gone, or closed.
    """
    uids = {f"b_{number}": uid for number, uid in enumerate(dict.fromkeys(uid for uid, _ in batch))}
    last = dict(prepared(c).execute(_ends_of(len(uids)), uids).fetchall())
    found: list[tuple[Message, ...] | None] = []
    rows = []
    for uid, messages in batch:
        if uid not in last:
            found.append(None)
            continue
        start = last[uid] or 0
        numbered = tuple(placed(m, start + n) for n, m in enumerate(messages, 1))
        last[uid] = start + len(numbered)
        rows += [new_row(m, uid) for m in numbered]
        found.append(numbered)
    if rows:
        many(c, ADD_MESSAGES, rows)
    return found


def settle(c: Connection, messages: Iterable[Message]) -> None:
    """Write down how replies ended. A reply whose row is gone is passed over."""
    rows = []
    for message in messages:
        row = to_row(message)
        rows.append({bound: row[name] for bound, name in _BOUND})
    many(c, _UPDATE, rows)


def unless_forgotten(name: str) -> Any:
    """What becomes of a column: the words of a reply that was under way when its Thread was forgotten are not kept."""
    value = bindparam(f"b_{name}", type_=MESSAGES.c[name].type)
    return case([(MESSAGES.c.forgotten.is_(None), value)], else_=literal_column("''")) if name in WORDS else value


_UPDATE = (
    MESSAGES.update()
    .where(MESSAGES.c.uid == bindparam("b_uid"))
    .values({name: unless_forgotten(name) for name in SETTLED})
)


_compiled: dict[Any, Any] = {}
_RECORD = select(_COLUMNS).where(MESSAGES.c.thread == bindparam("b_uid")).order_by(MESSAGES.c.seq)
_FIND = select([THREADS]).where(THREADS.c.owner == bindparam("b_owner"))


def prepared(c: Connection) -> Connection:
    """The connection, for statements that stay the same: SQLAlchemy 1.3 would compile them anew each time."""
    return c.execution_options(compiled_cache=_compiled)


def messages(c: Connection, uid: str) -> list[Message]:
    """A Thread's whole record, oldest first."""
    return [from_row(row) for row in prepared(c).execute(_RECORD, b_uid=uid)]


def find(c: Connection, owner: str) -> ThreadRow | None:
    """The row attached under an owner's key."""
    row = prepared(c).execute(_FIND, b_owner=owner).first()
    return None if row is None else thread_row(row)


def find_all(c: Connection, owners: Iterable[str]) -> dict[str, ThreadRow]:
    """The rows of several owners, by owner."""
    query = select([THREADS]).where(THREADS.c.owner.in_(list(owners)))
    return {row["owner"]: thread_row(row) for row in c.execute(query)}


def thread_row(row: Mapping[str, Any]) -> ThreadRow:
    """The Thread that a row holds."""
    check_types(row, THREADS)
    return ThreadRow(row["uid"], row["owner"], row["kind"], row["state"], row["session_id"], row["asked_in"])


def insert(c: Connection, rows: Sequence[ThreadRow]) -> None:
    """Attach new Threads."""
    columns = ("uid", "owner", "kind", "state", "session_id", "asked_in")
    same = {"version": 1, "created": time.time()}
    many(c, _ADD_THREADS, [{**{name: getattr(r, name) for name in columns}, **same} for r in rows])


Attachment = tuple[Sequence[ThreadRow], Sequence[tuple[str, Sequence[Message]]]]
"""What is attached to one owner: its rows, and the messages that each Thread has already, by uid."""


def attach(c: Connection, batch: Mapping[str, Attachment]) -> None:
    """Attach what belongs to several owners: three statements, whatever their number. What they had is closed."""
    sessions = {row.session_id for new, _ in batch.values() for row in new}
    for (owner,) in c.execute(select([THREADS.c.owner]).where(THREADS.c.session_id.in_(sessions))).fetchall():
        if owner in batch:
            close(c, owner, batch[owner][0][0].uid)
    _put(c, batch)


def _put(c: Connection, batch: Mapping[str, Attachment]) -> None:
    if known := [row.uid for new, _ in batch.values() for row in new if row.known]:
        c.execute(MESSAGES.delete().where(MESSAGES.c.thread.in_(known)))
        c.execute(THREADS.delete().where(THREADS.c.uid.in_(known)))
    insert(c, [row for new, _ in batch.values() for row in new])
    record = [
        new_row(replace(m, seq=n), uid)
        for _, seats in batch.values()
        for uid, messages in seats
        for n, m in enumerate(messages, 1)
    ]
    if record:
        many(c, ADD_MESSAGES, record)


def attach_if_none(c: Connection, row: ThreadRow, record: Sequence[Message]) -> ThreadRow:
    """Attach a Thread to an owner that has none yet; returns what the owner has then."""
    there = find(c, row.owner)
    if there is None:
        _put(c, {row.owner: ([row], [(row.uid, record)])})
    return there or row


def update_states(c: Connection, states: Mapping[str, bytes]) -> None:
    """Keep settings and attributes of some Threads as they are now, by uid."""
    many(c, _UPDATE_STATE, [{"b_uid": uid, "b_state": state} for uid, state in states.items()])


_UPDATE_STATE = THREADS.update().where(THREADS.c.uid == bindparam("b_uid")).values(state=bindparam("b_state"))


def close(c: Connection, owner: str, replaced_by: str | None = None) -> int:
    """Close an owner's Thread, and if it is a Conversation, its Threads: their record stays, the owner is free.

    A Thread in which nothing was said but instructions is taken away.

    Arguments:
        replaced_by: the uid of what comes in its place.

    Returns:
        how many rows were closed or went.
    """
    row = c.execute(select([THREADS.c.uid, THREADS.c.kind]).where(THREADS.c.owner == owner)).first()
    if row is None:
        return 0
    seats = {row["uid"]: ""}
    if row["kind"] == CONVERSATION:  # only then: LIKE reads the whole table
        found = c.execute(select([THREADS.c.uid, THREADS.c.owner]).where(_seat_of(owner)))
        seats.update({uid: seat.removeprefix(owner) for uid, seat in found})
    said = select([MESSAGES.c.uid]).where(MESSAGES.c.thread.in_(list(seats)) & (MESSAGES.c.role != "system")).limit(1)
    if c.execute(said).first() is None:
        c.execute(MESSAGES.delete().where(MESSAGES.c.thread.in_(list(seats))))
        c.execute(THREADS.delete().where(THREADS.c.uid.in_(list(seats))))
        return len(seats)
    key, now = closed_owner(owner, row["uid"]), time.time()
    for uid, seat in seats.items():
        closing = THREADS.update().where(THREADS.c.uid == uid)
        c.execute(closing.values(owner=key + seat, closed=now, replaced_by=replaced_by))
    return len(seats)


def closed_owner(owner: str, uid: str) -> str:
    """The owner's key of a closed Thread: no other has it, and `parse_owner` reads the owner from it."""
    return f"{owner}~{uid[:12]}"


def _seat_of(owner: str) -> Any:
    return THREADS.c.owner.like(like_prefix(owner + "/"), escape="\\")


def like_prefix(text: str) -> str:
    """A LIKE pattern for all that begins with a text."""
    return text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_") + "%"


def orphans(c: Connection, under_way: Iterable[str], works_on: WorksOn, thread: str | None = None) -> list[str]:
    """The ids of pending replies, of all Threads or of one, on which nobody works any more.

    Arguments:
        under_way: the ids of replies that this process works on. works_on: whether another process still does, by its
            name and the time of the row. thread: whose; None means of all.
    """
    alive = set(under_way)
    query = select([MESSAGES.c.uid, MESSAGES.c.worker, MESSAGES.c.time]).where(MESSAGES.c.status == "pending")
    if thread is not None:
        query = query.where(MESSAGES.c.thread == thread)
    found = c.execute(query).fetchall()
    return [uid for uid, worker, since in found if uid not in alive and not works_on(worker, since)]


def interrupt(
    c: Connection, under_way: Iterable[str] = (), thread: str | None = None, works_on: WorksOn = lambda *_: False
) -> int:
    """Mark the `orphans` as failed (Interrupted).

    What has come of them stays.

    Returns:
        how many.
    """
    rows = [{"b_uid": uid} for uid in orphans(c, under_way, works_on, thread)]
    if rows:
        values = dict(
            status="failed", error="Interrupted", error_text="The server stopped while the reply was under way.",
            finish_reason=SERVER_ENDED,
        )  # fmt: skip
        c.execute(MESSAGES.update().where(MESSAGES.c.uid == bindparam("b_uid")).values(**values), rows)
    return len(rows)


def count_seats(c: Connection, owner: str) -> int:
    """How many Threads a Conversation has."""
    query = select([func.count()]).select_from(THREADS).where(_seat_of(owner))
    return int(c.execute(query).scalar())
