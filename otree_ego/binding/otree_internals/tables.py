"""Our tables on oTree's own database, as models of oTree's, and their version.

oTree makes tables that are missing whenever it starts: its server and its timeout worker start at the same moment, so
one waits for the other here. It adds no columns: our steps do (see `stores.migrations`).
"""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Iterator, Sequence
from typing import Any

import otree.database
from sqlalchemy import event, inspect
from sqlalchemy.engine import Connection
from sqlalchemy.exc import DBAPIError

from ...errors import StoreError
from ...stores import migrations
from ...stores.addresses import shown
from ...stores.human_visits import human_visit_table
from ...stores.schema import (
    THREAD,
    assignment_table,
    decision_table,
    entry_table,
    event_table,
    learned_table,
    lease_table,
    message_table,
    surroundings_table,
    thread_table,
)
from ...stores.seat_tables import seat_table, session_page_text_table, session_visit_table
from ...stores.versions import VERSIONS, bring_up_to_date, lock, newer, refuse_newer
from .database import AnyModel, short_section


class EgoThread(AnyModel):  # type: ignore[misc]
    """A Thread or a Conversation; its row goes with its oTree session."""

    __table__: Any = thread_table(AnyModel.metadata, "otree_session.id")


class EgoMessage(AnyModel):  # type: ignore[misc]
    """A message of a Thread."""

    __table__: Any = message_table(AnyModel.metadata)


class EgoDecision(AnyModel):  # type: ignore[misc]
    """A decision that a page waits for."""

    __table__: Any = decision_table(AnyModel.metadata, "otree_session.id")


class EgoAssignment(AnyModel):  # type: ignore[misc]
    """What a participant or a group was assigned to."""

    __table__: Any = assignment_table(AnyModel.metadata, "otree_session.id")


class EgoEvent(AnyModel):  # type: ignore[misc]
    """What happened to a participant besides messages and decisions."""

    __table__: Any = event_table(AnyModel.metadata, "otree_session.id")


class EgoLearned(AnyModel):  # type: ignore[misc]
    """What a model has refused."""

    __table__: Any = learned_table(AnyModel.metadata, "otree_session.id")


class EgoLease(AnyModel):  # type: ignore[misc]
    """Which web process serves on the database."""

    __table__: Any = lease_table(AnyModel.metadata)


class EgoSurroundings(AnyModel):  # type: ignore[misc]
    """What a session was played with."""

    __table__: Any = surroundings_table(AnyModel.metadata, "otree_session.id")


class EgoEntry(AnyModel):  # type: ignore[misc]
    """A link with which a participant has come."""

    __table__: Any = entry_table(AnyModel.metadata, "otree_session.id")


class EgoSeat(AnyModel):  # type: ignore[misc]
    """A participant that a model plays."""

    __table__: Any = seat_table(AnyModel.metadata, "otree_session.id")


class EgoVisit(AnyModel):  # type: ignore[misc]
    """A page as such a model saw it, and what came of it."""

    __table__: Any = session_visit_table(AnyModel.metadata, "otree_session.id")


class EgoPageText(AnyModel):  # type: ignore[misc]
    """The text of a page that one of them saw."""

    __table__: Any = session_page_text_table(AnyModel.metadata, "otree_session.id")


class EgoHumanVisit(AnyModel):  # type: ignore[misc]
    """A page that a person was shown, in a session where a model may play on for them."""

    __table__: Any = human_visit_table(AnyModel.metadata, "otree_session.id")


@contextlib.contextmanager
def _ending_otree() -> Iterator[None]:
    """End oTree's start with the error's sentence; but a database that is just being reset may be as it likes."""
    try:
        yield
    except StoreError as error:
        if sys.argv[1:2] != ["resetdb"]:
            sys.exit(str(error))


def _name(connection: Connection) -> str:
    return f"oTree's database {shown(str(connection.engine.url))}"


@event.listens_for(AnyModel.metadata, "before_create")  # type: ignore[untyped-decorator]
def _refuse(_: Any, connection: Connection, **__: Any) -> None:
    with _ending_otree():
        refuse_newer(connection, migrations.OTREE, _name(connection))


@event.listens_for(AnyModel.metadata, "after_create")  # type: ignore[untyped-decorator]
def _update(_: Any, connection: Connection, tables: Sequence[Any] = (), **__: Any) -> None:
    made_now = any(table.name == THREAD for table in tables)
    with _ending_otree():
        # Tables without a version are of the time before there were versions.
        unwritten = len(migrations.OTREE) if made_now else 1
        bring_up_to_date(connection, migrations.OTREE, _name(connection), unwritten)


made = [False]
"""Whether ours were among them when oTree made its tables; not if otree_ego is first imported when oTree runs."""
TRIES = 3
"""How often tables are looked for, when the database drops the connection meanwhile."""
_create_all = AnyModel.metadata.create_all


def _create_one_by_one(bind: Any, tables: Sequence[Any] | None = None, checkfirst: bool = True) -> None:
    """As MetaData.create_all, which fails in the second of two processes that see the same table missing."""
    wanted = {table.name for table in tables or AnyModel.metadata.tables.values()}
    for left in reversed(range(TRIES)):
        try:
            if wanted <= set(inspect(bind).get_table_names()):
                _create_all(bind, tables, checkfirst)
            else:
                with bind.connect() as connection, connection.begin():
                    lock(connection)
                    _create_all(connection, tables, checkfirst)
            made[0] = True
            return
        except DBAPIError as error:
            if not (left and error.connection_invalidated):
                raise


AnyModel.metadata.create_all = _create_one_by_one

_load = otree.database.load_in_memory_db


def _load_and_update() -> None:
    """devserver and bots: the rows of the database's file come into tables in memory, which have just been made."""
    with _ending_otree():
        _refuse_file()
    with short_section() as connection:
        connection.execute(VERSIONS.delete())  # the rows' version comes with them
    _load()
    with short_section() as connection, _ending_otree():
        bring_up_to_date(connection, migrations.OTREE, _name(connection), unwritten=1)


def _refuse_file() -> None:
    file = otree.database.sqlite_disk_conn
    if file.execute("select 1 from sqlite_master where name = ?", (VERSIONS.name,)).fetchone() is None:
        return
    version = file.execute(f"select max(version) from {VERSIONS.name}").fetchone()[0]
    if version is not None and version > len(migrations.OTREE):
        raise StoreError(newer(f"oTree's database {otree.database.DB_FILE}", version, migrations.OTREE))


otree.database.load_in_memory_db = _load_and_update
