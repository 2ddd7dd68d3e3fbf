"""The steps from each version of our tables to the next: one list for stores, one for oTree's databases.

Somebody's database was made by each of these steps, so none is ever changed: they have column lists of their own, and
know nothing of `schema`, which has the tables as they are now. To add a column: put it into `schema`, with a
`server_default` if it may not be empty; write a function that adds it (see `add_column`), below the other steps; and
put that at the end of `STORE`, of `OTREE`, or of both, depending on where the table is. A test compares what all steps
give with `schema`.

A step leaves alone what is there already. oTree makes tables that are missing by itself, from `schema`, and its
devserver copies the rows of an old database into new tables.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sqlalchemy import (
    Boolean,
    Column,
    Float,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    inspect,
)
from sqlalchemy.engine import Connection
from sqlalchemy.schema import CreateColumn

from .participant_steps import entries, events
from .player_steps import human_visits, seats, visits_of_players

Step = Callable[[Connection], None]


def add_column(connection: Connection, table: str, column: Column[Any]) -> None:
    """Add a column to a table, unless it is there. One that may not be empty needs a `server_default`.

    Arguments:
        connection: to the database.
        table: the table's name.
        column: without keys and indexes.
    """
    if column.name not in {each["name"] for each in inspect(connection).get_columns(table)}:
        words = CreateColumn(column).compile(dialect=connection.dialect)
        connection.execute(f"alter table {table} add column {words}")


def _threads(metadata: MetaData, *session: Any) -> None:
    """Threads and their messages, as the first versions of both kinds of databases have them."""
    Table(
        "otree_ego_thread",
        metadata,
        Column("id", Integer, primary_key=True),
        Column("uid", String(32), nullable=False, unique=True),
        Column("owner", String(300), nullable=False, unique=True),
        Column("session_id", Integer, *session, index=True),
        Column("kind", String(300), nullable=False),
        Column("version", Integer, nullable=False),
        Column("state", LargeBinary, nullable=False),
        Column("created", Float, nullable=False),
    )
    Table(
        "otree_ego_message",
        metadata,
        Column("id", Integer, primary_key=True),
        Column("uid", String(32), nullable=False, unique=True),
        Column("thread", String(32), ForeignKey("otree_ego_thread.uid", ondelete="CASCADE"), nullable=False),
        Column("seq", Integer, nullable=False),
        Column("role", String(20), nullable=False),
        Column("author", String(300), nullable=False),
        Column("text", Text, nullable=False),
        Column("status", String(20), nullable=False, index=True),
        Column("hidden", Boolean, nullable=False),
        Column("model", String(300), nullable=False),
        Column("model_answered", String(300), nullable=False),
        Column("params", Text, nullable=False),
        Column("seed", String(40)),
        Column("tokens_in", Integer),
        Column("tokens_out", Integer),
        Column("tokens_reasoning", Integer),
        Column("cost", Float),
        Column("latency", Float),
        Column("first_token", Float),
        Column("finish_reason", String(100), nullable=False),
        Column("error", String(100), nullable=False),
        Column("error_text", Text, nullable=False),
        Column("trouble", Text, nullable=False),
        Column("attempts", Integer, nullable=False),
        Column("time", Float, nullable=False),
        Index("ix_otree_ego_message_place", "thread", "seq"),
    )


def threads_and_messages(connection: Connection) -> None:
    """Stores, version 1: Threads and their messages."""
    metadata = MetaData()
    _threads(metadata)
    metadata.create_all(connection)


def _runs(metadata: MetaData) -> None:
    Table(
        "otree_ego_run",
        metadata,
        Column("id", Integer, primary_key=True),
        Column("uid", String(32), nullable=False, unique=True),
        Column("name", String(300), nullable=False),
        Column("kind", String(20), nullable=False),
        Column("design", String(64), nullable=False, index=True),
        Column("status", String(20), nullable=False),
        Column("note", Text, nullable=False),
        Column("planned", Integer, nullable=False),
        Column("settings", Text, nullable=False),
        Column("source", Text, nullable=False),
        Column("holder", String(300), nullable=False),
        Column("beat", Float, nullable=False),
        Column("created", Float, nullable=False),
        Column("ended", Float),
    )
    Table(
        "otree_ego_replication",
        metadata,
        Column("id", Integer, primary_key=True),
        Column("run", String(32), ForeignKey("otree_ego_run.uid", ondelete="CASCADE"), nullable=False),
        Column("place", Integer, nullable=False),
        Column("attempt", Integer, nullable=False),
        Column("status", String(20), nullable=False),
        Column("tainted", Boolean, nullable=False),
        Column("treatment", String(300), nullable=False),
        Column("levels", Text, nullable=False),
        Column("result", Text, nullable=False),
        Column("answers", Integer, nullable=False),
        Column("error", String(100), nullable=False),
        Column("error_text", Text, nullable=False),
        Column("cost", Float),
        Column("started", Float, nullable=False),
        Column("ended", Float, nullable=False),
        Index("ix_otree_ego_replication_place", "run", "place", unique=True),
    )


def _seats_and_batches(metadata: MetaData) -> None:
    Table(
        "otree_ego_seat",
        metadata,
        Column("id", Integer, primary_key=True),
        Column(
            "thread", String(32), ForeignKey("otree_ego_thread.uid", ondelete="CASCADE"), nullable=False, unique=True
        ),
        Column("run", String(32), ForeignKey("otree_ego_run.uid", ondelete="CASCADE"), nullable=False),
        Column("place", Integer, nullable=False),
        Column("attempt", Integer, nullable=False),
        Column("seat", Integer, nullable=False),
        Index("ix_otree_ego_seat_place", "run", "place", "attempt", "seat"),
    )
    Table(
        "otree_ego_batch",
        metadata,
        Column("id", Integer, primary_key=True),
        Column("run", String(32), ForeignKey("otree_ego_run.uid", ondelete="CASCADE"), nullable=False, index=True),
        Column("label", String(100), nullable=False, unique=True),
        Column("model", String(300), nullable=False),
        Column("batch", String(300), nullable=False),
        Column("status", String(20), nullable=False),
        Column("requests", Text, nullable=False),
        Column("created", Float, nullable=False),
    )


def runs(connection: Connection) -> None:
    """Stores, version 2: runs, their replications, which Thread sat where, and batches."""
    metadata = MetaData()
    _threads(metadata)
    _runs(metadata)
    _seats_and_batches(metadata)
    metadata.create_all(connection)


def threads_decisions_and_assignments(connection: Connection) -> None:
    """oTree's databases, version 1: Threads, their messages, decisions and assignments, which go with their session."""
    metadata = MetaData()
    theirs = Table("otree_session", metadata, Column("id", Integer, primary_key=True))
    _threads(metadata, ForeignKey("otree_session.id", ondelete="CASCADE"))
    Table(
        "otree_ego_decision",
        metadata,
        Column("id", Integer, primary_key=True),
        Column("owner", String(400), nullable=False, unique=True),
        Column("session_id", Integer, ForeignKey("otree_session.id", ondelete="CASCADE"), index=True),
        Column("status", String(20), nullable=False, index=True),
        Column("ahead", Boolean, nullable=False),
        Column("page_index", Integer),
        Column("place", Integer, nullable=False),
        Column("attempts", Integer, nullable=False),
        Column("answer", Text, nullable=False),
        Column("started", Float, nullable=False),
        Column("answered", Float),
        Column("ended", Float),
        Column("pace", String(100), nullable=False),
        Column("delay", Float),
        Column("error", String(100), nullable=False),
        Column("error_text", Text, nullable=False),
    )
    Table(
        "otree_ego_assignment",
        metadata,
        Column("id", Integer, primary_key=True),
        Column("session_id", Integer, ForeignKey("otree_session.id", ondelete="CASCADE"), nullable=False),
        Column("line", String(300), nullable=False),
        Column("owner", String(300), nullable=False),
        Column("place", Integer, nullable=False),
        Column("seed", String(40), nullable=False),
        Column("levels", Text, nullable=False),
        Column("design", Text, nullable=False),
        Column("created", Float, nullable=False),
        Index("ix_otree_ego_assignment_place", "session_id", "line", "place", unique=True),
        Index("ix_otree_ego_assignment_owner", "owner", "line", unique=True),
    )
    metadata.create_all(connection, [table for table in metadata.tables.values() if table is not theirs])


def closed_threads(connection: Connection) -> None:
    """Stores, version 3, and oTree's databases, version 2: Threads that were replaced stay."""
    add_column(connection, "otree_ego_thread", Column("closed", Float))
    add_column(connection, "otree_ego_thread", Column("replaced_by", String(32)))


def _learned(metadata: MetaData, belongs: Column[Any]) -> Table:
    return Table(
        "otree_ego_learned",
        metadata,
        Column("id", Integer, primary_key=True),
        belongs,
        Column("service", String(300), nullable=False),
        Column("address", Text, nullable=False),
        Column("model", String(300), nullable=False),
        Column("words", Text, nullable=False),
        Column("time", Float, nullable=False),
    )


def learned_in_runs(connection: Connection) -> None:
    """Stores, version 4: what models have refused, by run."""
    metadata = MetaData()
    Table("otree_ego_run", metadata, Column("uid", String(32), unique=True))
    run = ForeignKey("otree_ego_run.uid", ondelete="CASCADE")
    table = _learned(metadata, Column("run", String(32), run, nullable=False, index=True))
    metadata.create_all(connection, [table])


def learned_in_sessions(connection: Connection) -> None:
    """oTree's databases, version 3: what models have refused, by session."""
    metadata = MetaData()
    Table("otree_session", metadata, Column("id", Integer, primary_key=True))
    session = ForeignKey("otree_session.id", ondelete="CASCADE")
    table = _learned(metadata, Column("session_id", Integer, session, index=True))
    metadata.create_all(connection, [table])


def forgotten_messages(connection: Connection) -> None:
    """Stores, version 5: when texts were deleted, or names in them replaced."""
    add_column(connection, "otree_ego_thread", Column("forgotten", Float))
    add_column(connection, "otree_ego_message", Column("forgotten", Float))
    add_column(connection, "otree_ego_message", Column("pseudonymised", Float))


def forgotten_messages_and_decisions(connection: Connection) -> None:
    """oTree's databases, version 4: the same, also of decisions."""
    forgotten_messages(connection)
    add_column(connection, "otree_ego_decision", Column("forgotten", Float))
    add_column(connection, "otree_ego_decision", Column("pseudonymised", Float))


def workers(connection: Connection) -> None:
    """Stores, version 6: which process was to see to a reply."""
    add_column(connection, "otree_ego_message", Column("worker", String(100)))


def workers_and_lease(connection: Connection) -> None:
    """oTree's databases, version 5: the same, and which web process serves on the database."""
    workers(connection)
    metadata = MetaData()
    Table(
        "otree_ego_lease",
        metadata,
        Column("id", Integer, primary_key=True, autoincrement=False),
        Column("holder", String(100), nullable=False),
        Column("beat", Integer, nullable=False),
        Column("place", String(300), nullable=False),
        Column("since", Float, nullable=False),
    )
    metadata.create_all(connection)


def times_of_replies(connection: Connection) -> None:
    """Stores, version 7, and oTree's databases, version 6: when a reply was asked for, came and was delivered."""
    for name in ("asked", "first_piece", "completed", "delivered"):
        add_column(connection, "otree_ego_message", Column(name, Float))


def asked_threads(connection: Connection) -> None:
    """Stores, version 8, and oTree's databases, version 7: where a Thread was asked that was attached to nothing."""
    add_column(connection, "otree_ego_thread", Column("asked_in", String(300), nullable=False, server_default=""))


def _surroundings(metadata: MetaData, belongs: Column[Any]) -> Table:
    return Table(
        "otree_ego_surroundings",
        metadata,
        Column("id", Integer, primary_key=True),
        belongs,
        Column("time", Float, nullable=False),
        Column("content", Text, nullable=False),
    )


def surroundings_of_runs(connection: Connection) -> None:
    """Stores, version 9: what each go of a run was played with."""
    metadata = MetaData()
    Table("otree_ego_run", metadata, Column("uid", String(32), unique=True))
    run = ForeignKey("otree_ego_run.uid", ondelete="CASCADE")
    table = _surroundings(metadata, Column("run", String(32), run, nullable=False, index=True))
    metadata.create_all(connection, [table])


def surroundings_of_sessions(connection: Connection) -> None:
    """oTree's databases, version 8: what each session was played with."""
    metadata = MetaData()
    Table("otree_session", metadata, Column("id", Integer, primary_key=True))
    session = ForeignKey("otree_session.id", ondelete="CASCADE")
    table = _surroundings(metadata, Column("session_id", Integer, session, index=True))
    metadata.create_all(connection, [table])


def sent_requests(connection: Connection) -> None:
    """Stores, version 10, and oTree's databases, version 9: what was sent for each reply."""
    add_column(connection, "otree_ego_message", Column("request", Text, nullable=False, server_default=""))


def characters_delivered(connection: Connection) -> None:
    """Stores, version 11, and oTree's databases, version 10: how much of a reply has reached a browser."""
    add_column(connection, "otree_ego_message", Column("characters_delivered", Integer))


def questions_afterwards(connection: Connection) -> None:
    """Stores, version 13: who players are in oTree, what they were asked after the study, what their models lacked."""
    add_column(connection, "otree_ego_visit", Column("participant", String(50), nullable=False, server_default=""))
    for name, empty in (("question", ""), ("answer", ""), ("left_out", "{}")):
        add_column(connection, "otree_ego_visit", Column(name, Text, nullable=False, server_default=empty))


def chats_of_pages(connection: Connection) -> None:
    """oTree's databases, version 15: which of oTree's own chats stood on a page that somebody was shown."""
    add_column(connection, "otree_ego_human_visit", Column("chats", Text, nullable=False, server_default=""))


STORE: tuple[Step, ...] = (
    threads_and_messages,
    runs,
    closed_threads,
    learned_in_runs,
    forgotten_messages,
    workers,
    times_of_replies,
    asked_threads,
    surroundings_of_runs,
    sent_requests,
    characters_delivered,
    visits_of_players,
    questions_afterwards,
)
"""The steps of stores."""
OTREE: tuple[Step, ...] = (
    threads_decisions_and_assignments,
    closed_threads,
    learned_in_sessions,
    forgotten_messages_and_decisions,
    workers_and_lease,
    times_of_replies,
    asked_threads,
    surroundings_of_sessions,
    sent_requests,
    characters_delivered,
    entries,
    events,
    seats,
    human_visits,
    chats_of_pages,
)
"""The steps of oTree's databases."""
