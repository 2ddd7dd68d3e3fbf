"""Which errors of a database pass, so that the same can be written later."""

from __future__ import annotations

import sqlite3
from typing import Any

import psycopg2
import pytest
from psycopg2 import errors
from sqlalchemy import create_engine, exc

from otree_ego.stores.failures import is_outage

PASS = [
    sqlite3.OperationalError("database is locked"),
    sqlite3.OperationalError("database or disk is full"),
    sqlite3.OperationalError("disk I/O error"),
    sqlite3.OperationalError("attempt to write a readonly database"),
    sqlite3.OperationalError("unable to open database file"),
    sqlite3.OperationalError("no such table: otree_ego_message"),
    errors.AdminShutdown(), errors.CannotConnectNow(), errors.ReadOnlySqlTransaction(), errors.DiskFull(),
    errors.DeadlockDetected(), errors.TooManyConnections(), errors.IdleInTransactionSessionTimeout(),
    psycopg2.OperationalError("server closed the connection unexpectedly"),
    psycopg2.InterfaceError("connection already closed"),
    sqlite3.IntegrityError("the disk is full"),  # a trigger's own words
]  # fmt: skip
STAY = [
    sqlite3.IntegrityError("UNIQUE constraint failed"), sqlite3.IntegrityError("datatype mismatch"),
    sqlite3.InterfaceError("Error binding parameter :text - probably unsupported type."),
    sqlite3.ProgrammingError("Error binding parameter 1: type 'set' is not supported"),
    sqlite3.OperationalError("no such column: colour"),
    sqlite3.OperationalError('near "x": syntax error'),
    sqlite3.DataError("string or blob too big"),
    errors.UniqueViolation(), errors.StringDataRightTruncation(), errors.NumericValueOutOfRange(),
    errors.UndefinedColumn(), errors.SyntaxError(),
]  # fmt: skip


def wrapped(error: Any) -> exc.DBAPIError:
    driver = sqlite3 if type(error).__module__ == "sqlite3" else psycopg2
    found = exc.DBAPIError.instance("UPDATE", None, error, driver.Error)
    assert isinstance(found, exc.DBAPIError)
    return found


@pytest.mark.parametrize("error", PASS, ids=repr)
def test_an_outage(error: Exception) -> None:
    assert is_outage(wrapped(error))


@pytest.mark.parametrize("error", STAY, ids=repr)
def test_what_no_database_will_ever_take(error: Exception) -> None:
    assert not is_outage(wrapped(error))


def test_what_sqlalchemy_and_drivers_say_by_themselves() -> None:
    assert is_outage(exc.InvalidRequestError("Can't reconnect until invalid transaction is rolled back"))
    assert is_outage(psycopg2.OperationalError("connection refused")) and is_outage(sqlite3.OperationalError("locked"))
    for other in (None, ValueError("no"), KeyError("x"), exc.InvalidRequestError("Object is not bound"), SystemExit()):
        assert not is_outage(other)


def test_real_errors_of_sqlite(tmp_path: Any) -> None:
    engine = create_engine(f"sqlite:///{tmp_path}/x.sqlite3", connect_args={"timeout": 0})
    engine.execute("create table t (a integer primary key)")
    other = sqlite3.connect(tmp_path / "x.sqlite3", isolation_level=None)
    other.execute("begin exclusive")
    with pytest.raises(exc.OperationalError) as locked:
        engine.execute("insert into t values (1)")
    other.execute("rollback")
    engine.execute("insert into t values (1)")
    with pytest.raises(exc.IntegrityError) as twice:
        engine.execute("insert into t values (1)")
    with pytest.raises(exc.DBAPIError) as odd:
        engine.execute("insert into t values (?)", ({1},))
    other.close()
    assert [is_outage(each.value) for each in (locked, twice, odd)] == [True, False, False]
