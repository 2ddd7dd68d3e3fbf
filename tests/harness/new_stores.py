"""New stores without the steps that lead to their tables: as the first one has come out of them.

Tests open hundreds of new stores. To take all steps from the first version on takes 20 ms of each, to make the tables
that they have led to takes 3.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from sqlalchemy.engine import Connection

from otree_ego.stores import migrations, opening, versions

STEPS = migrations.STORE
_statements: list[str] = []


@contextmanager
def made_at_once() -> Iterator[None]:
    """New SQLite stores of this process are made so; tests/stores does without it."""
    usual = opening.bring_up_to_date
    opening.bring_up_to_date = _bring_up_to_date
    try:
        yield
    finally:
        opening.bring_up_to_date = usual


def _bring_up_to_date(connection: Connection, steps: Sequence[migrations.Step], name: str, unwritten: int = 0) -> None:
    new = connection.dialect.name == "sqlite" and steps is STEPS and _is_empty(connection)
    if new and _statements:
        with connection.begin():
            versions.lock(connection)
            if _is_empty(connection):  # else another process has made it meanwhile
                for statement in _statements:
                    connection.execute(statement)
                connection.execute(versions.VERSIONS.insert().values(version=len(steps)))
    versions.bring_up_to_date(connection, steps, name, unwritten)
    if new and not _statements:
        tables = connection.execute("select sql from sqlite_master where sql is not null order by rowid")
        _statements.extend(sql for (sql,) in tables)


def _is_empty(connection: Connection) -> bool:
    return connection.execute("select 1 from sqlite_master").first() is None
