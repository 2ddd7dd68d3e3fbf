"""The version of a database's tables: kept in a table of its own, and brought up to date when the database is opened.

Stores and oTree's databases each have a list of steps (see `migrations`). The version is the number of steps that have
been taken.
"""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Column, Integer, MetaData, Table, inspect
from sqlalchemy.engine import Connection
from sqlalchemy.exc import DBAPIError

from ..errors import StoreError
from .failures import reason
from .migrations import Step

VERSIONS = Table("otree_ego_schema", MetaData(), Column("version", Integer, nullable=False))
LOCK = 7305
"""The number of PostgreSQL's lock that is held while steps are taken."""


def version_of(connection: Connection) -> int | None:
    """The version of a database's tables; None where none was written down."""
    if VERSIONS.name not in inspect(connection).get_table_names():
        return None
    found = connection.execute(VERSIONS.select()).scalar()
    return None if found is None else int(found)


def refuse_newer(connection: Connection, steps: Sequence[Step], name: str) -> int | None:
    """The version, if this otree_ego knows it.

    Arguments:
        connection: to the database.
        steps: all that are known for it.
        name: what the database is called in errors.

    Raises:
        StoreError: a newer otree_ego made the tables.
    """
    version = version_of(connection)
    if version is not None and version > len(steps):
        raise StoreError(newer(name, version, steps))
    return version


def newer(name: str, version: int, steps: Sequence[Step]) -> str:
    """The sentence for a database that a newer otree_ego has made."""
    return (
        f"{name} was made by a newer otree_ego (version {version} of its tables; this one knows {len(steps)}): upgrade "
        "otree_ego."
    )


def bring_up_to_date(connection: Connection, steps: Sequence[Step], name: str, unwritten: int = 0) -> None:
    """Take the steps that a database's tables lack: one process at a time, all of them or none.

    Arguments:
        connection: to the database, outside of a transaction, or in one that its owner commits.
        steps: all steps of such a database, in order. Each leaves alone what is there already.
        name: what the database is called in errors.
        unwritten: the version of tables for which none was written down.

    Raises:
        StoreError: a newer otree_ego made the tables, or a step failed; the database is as it was.
    """
    version = refuse_newer(connection, steps, name)
    if version == len(steps):
        return
    with connection.begin():
        lock(connection)
        version = refuse_newer(connection, steps, name)  # another process may have done it meanwhile
        if version is None:
            version = unwritten
        try:
            for step in steps[version:]:
                step(connection)
            VERSIONS.create(connection, checkfirst=True)
            connection.execute(VERSIONS.delete())
            connection.execute(VERSIONS.insert().values(version=len(steps)))
        except DBAPIError as error:
            raise StoreError(
                f"{name} cannot be brought from version {version} of its tables to version {len(steps)}: "
                f"{reason(error)}. It is as it was."
            ) from error


def lock(connection: Connection) -> None:
    """Keep other processes from changing the tables until the transaction that the connection is in ends."""
    if connection.dialect.name != "sqlite":
        connection.execute(f"select pg_advisory_xact_lock({LOCK})")
    elif not connection.connection.in_transaction:
        connection.execute("begin immediate")
