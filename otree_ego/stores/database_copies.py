"""Copies of a whole oTree database: oTree's own tables and ours, in one SQLite file, whatever the database is."""

from __future__ import annotations

import datetime
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from decimal import Decimal
from pathlib import Path
from typing import Any

from sqlalchemy import MetaData, Table, func, inspect, select
from sqlalchemy.engine import Connection
from sqlalchemy.sql import sqltypes

from ..errors import StoreError
from . import migrations
from .addresses import shown, url_of
from .failures import store_errors
from .otree_tables import open_otree
from .schema import LEASE
from .versions import VERSIONS, newer

MARK = "ego_backup"
AT_ONCE = 500


def back_up(database: str, file: Path) -> int:
    """Write all rows of an oTree database into a new file; returns how many.

    Arguments:
        database: its URL, or the path of a SQLite file. file: must not be there yet.

    Raises:
        StoreError: the database cannot be read.
    """
    with _opened(database) as c, closing(sqlite3.connect(file)) as copy, c.begin():
        if c.dialect.name != "sqlite":
            c.execute("set transaction isolation level repeatable read")
        count = 0
        for name in sorted(inspect(c).get_table_names()):
            columns = [each["name"] for each in inspect(c).get_columns(name)]
            listed, places = ", ".join(map(_quoted, columns)), ", ".join("?" * len(columns))
            copy.execute(f"create table {_quoted(name)} ({listed})")
            found = c.execute(f"select {listed} from {_quoted(name)}")
            while some := found.fetchmany(AT_ONCE):
                copy.executemany(f"insert into {_quoted(name)} values ({places})", [_plain(row) for row in some])
                count += len(some)
        copy.execute(f"create table {MARK} (made)")
        copy.execute(f"insert into {MARK} values (?)", (datetime.datetime.now(datetime.timezone.utc).isoformat(),))
        copy.commit()
    return count


def restore(file: Path, database: str) -> int:
    """Put all rows of such a file into an oTree database that has tables and no sessions; returns how many.

    Raises:
        StoreError: the file is no backup, or the database lacks a table or a column, or has sessions.
    """
    with closing(sqlite3.connect(f"{file.absolute().as_uri()}?mode=ro", uri=True)) as copy:
        kept = _tables_of(copy, file)
        with _opened(database) as c, c.begin():
            metadata = MetaData()
            metadata.reflect(c)
            _check(c, copy, kept, metadata, database)
            count = 0
            for table in metadata.sorted_tables:
                if table.name in kept and table.name not in (VERSIONS.name, LEASE):
                    count += _fill(c, copy, table, kept[table.name])
    return count


@contextmanager
def _opened(database: str) -> Iterator[Connection]:
    engine = open_otree(database)
    try:
        with store_errors(url_of(database)), engine.connect() as connection:
            yield connection
    finally:
        engine.dispose()


def _tables_of(copy: sqlite3.Connection, file: Path) -> dict[str, list[str]]:
    try:
        names = [name for (name,) in copy.execute("select name from sqlite_master where type = 'table'")]
    except sqlite3.DatabaseError:
        names = []
    if MARK not in names:
        raise StoreError(f"{file} is no backup of ego backup.")
    names.remove(MARK)
    return {name: [row[1] for row in copy.execute(f"pragma table_info({_quoted(name)})")] for name in names}


def _check(
    c: Connection, copy: sqlite3.Connection, kept: dict[str, list[str]], metadata: MetaData, database: str
) -> None:
    name = f"The database {shown(url_of(database))}"
    if c.execute(select([func.count()]).select_from(metadata.tables["otree_session"])).scalar():
        raise StoreError(f"{name} has sessions: a backup goes into an empty one. Run otree resetdb first.")
    if VERSIONS.name in kept:
        version = copy.execute(f"select max(version) from {VERSIONS.name}").fetchone()[0]
        if version is not None and version > len(migrations.OTREE):
            raise StoreError(newer("The backup", version, migrations.OTREE))
    for table, columns in kept.items():
        if not copy.execute(f"select 1 from {_quoted(table)} limit 1").fetchone():
            continue
        if table not in metadata.tables:
            raise StoreError(f"{name} has no table {table}: restore it in the project with the same apps.")
        if lost := set(columns) - set(metadata.tables[table].c.keys()):
            fields = ", ".join(sorted(lost))
            raise StoreError(f"{name} has no column {fields} in {table}: restore it in the project with these fields.")


def _fill(c: Connection, copy: sqlite3.Connection, table: Table, columns: list[str]) -> int:
    c.execute(table.delete())  # what oTree writes when it makes its tables
    switches = {name for name in columns if name in table.c and isinstance(table.c[name].type, sqltypes.Boolean)}
    found = copy.execute(f"select * from {_quoted(table.name)}")
    count = 0
    while some := found.fetchmany(AT_ONCE):
        rows = [dict(zip(columns, row, strict=True)) for row in some]
        for row in rows:
            row.update({name: bool(row[name]) for name in switches if row[name] is not None})
        c.execute(table.insert(), rows)
        count += len(rows)
    if c.dialect.name == "postgresql" and count and "id" in table.c:
        sequence = f"pg_get_serial_sequence('{_quoted(table.name)}', 'id')"
        c.execute(f"select setval({sequence}, (select max(id) from {_quoted(table.name)}))")
    return count


def _plain(row: Any) -> list[Any]:
    return [_value(each) for each in row]


def _value(value: Any) -> Any:
    if isinstance(value, memoryview):
        return bytes(value)
    if isinstance(value, Decimal | datetime.date | datetime.time):
        return str(value)
    return value


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'
