"""The steps from version to version: never changed, the same tables as today's schema, taken once, by one at a time."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Column, Integer, MetaData, String, Table, create_engine, event, inspect
from sqlalchemy.engine import Connection, Engine

from otree_ego.errors import StoreError
from otree_ego.stores import rows, versions
from otree_ego.stores.human_visits import human_visit_table
from otree_ego.stores.migrations import OTREE, STORE, Step, add_column
from otree_ego.stores.schema import (
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
from otree_ego.stores.seat_tables import seat_table, session_page_text_table, session_visit_table
from otree_ego.stores.versions import bring_up_to_date, version_of
from otree_ego.stores.visit_tables import VISITS

STEPS = Path(__file__).parent / "steps"
SETS = {"store": STORE, "otree": OTREE}
SESSIONS = "create table otree_session (id integer primary key)"


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    if request.param == "postgresql":
        found: str = request.getfixturevalue("pg_url")
        return found
    return f"sqlite:///{tmp_path}/some.sqlite3"


@pytest.fixture
def engine(url: str) -> Iterator[Engine]:
    """An empty database, but for oTree's sessions, to which some of our tables point."""
    engine = create_engine(url)
    engine.execute(SESSIONS)
    yield engine
    engine.dispose()


def described(engine: Engine) -> dict[str, Any]:
    """All that the database knows of its tables: columns, keys, indexes."""
    look = inspect(engine)
    return {table: _table(look, table) for table in look.get_table_names()}


def _table(look: Any, table: str) -> dict[str, Any]:
    kinds = ("name", "type", "nullable", "default")
    return {
        "columns": {each["name"]: [str(each[kind]) for kind in kinds] for each in look.get_columns(table)},
        "primary": look.get_pk_constraint(table)["constrained_columns"],
        "indexes": sorted(
            (each["name"], each["column_names"], bool(each["unique"])) for each in look.get_indexes(table)
        ),
        "unique": sorted(each["column_names"] for each in look.get_unique_constraints(table)),
        "keys": sorted(
            (key["constrained_columns"], key["referred_table"], key["referred_columns"], str(key["options"]))
            for key in look.get_foreign_keys(table)
        ),
    }


def schema_of(kind: str) -> MetaData:
    """Today's tables."""
    if kind == "store":
        found: MetaData = VISITS.metadata
        return found
    metadata = MetaData()
    Table("otree_session", metadata, Column("id", Integer, primary_key=True))
    thread_table(metadata, "otree_session.id"), message_table(metadata)
    decision_table(metadata, "otree_session.id"), assignment_table(metadata, "otree_session.id")
    learned_table(metadata, "otree_session.id"), lease_table(metadata)
    surroundings_table(metadata, "otree_session.id"), entry_table(metadata, "otree_session.id")
    event_table(metadata, "otree_session.id"), seat_table(metadata, "otree_session.id")
    session_visit_table(metadata, "otree_session.id"), session_page_text_table(metadata, "otree_session.id")
    human_visit_table(metadata, "otree_session.id")
    return metadata


@pytest.mark.parametrize("kind", SETS)
def test_all_steps_together_give_the_tables_of_today(kind: str, engine: Engine) -> None:
    with engine.begin() as connection:
        for step in SETS[kind]:
            step(connection)
    made = described(engine)
    for table in made:
        if table != "otree_session":
            engine.execute(f"drop table {table} cascade" if engine.name == "postgresql" else f"drop table {table}")
    schema_of(kind).create_all(engine)
    assert made == described(engine)
    assert len(made) == {"store": 11, "otree": 14}[kind]


@pytest.mark.parametrize("kind", SETS)
def test_no_step_is_ever_changed(kind: str, engine: Engine) -> None:
    """The statements of each step are those in the files beside, the first ones as the code before there were steps."""
    said: list[str] = []

    def note(_: Any, __: Any, statement: str, *___: Any) -> None:
        if statement.lstrip().upper().startswith(("CREATE", "ALTER", "UPDATE", "INSERT", "DELETE", "DROP")):
            said.append(statement.strip())

    event.listen(engine, "before_cursor_execute", note)
    for number, step in enumerate(SETS[kind], 1):
        said.clear()
        with engine.begin() as connection:
            step(connection)
        file = STEPS / f"{kind}-{number}.{engine.name}.sql"
        assert file.exists(), f"a new step: write its statements to {file.name}"
        # the order of a table's indexes is not ours
        assert sorted(said) == sorted(file.read_text("utf-8").rstrip().rstrip(";").split(";\n")), step.__name__


@pytest.mark.parametrize("kind", SETS)
def test_steps_leave_alone_what_is_there(kind: str, engine: Engine) -> None:
    schema_of(kind).create_all(engine)
    before = described(engine)
    with engine.begin() as connection:
        for step in (*SETS[kind], *SETS[kind]):
            step(connection)
    assert described(engine) == before


NOW = len(STORE)


def colour(connection: Connection) -> None:
    """A step as a next version would have it."""
    add_column(connection, THREAD, Column("colour", String(20), nullable=False, server_default="none"))


def test_a_column_is_added_once_and_filled(engine: Engine) -> None:
    with engine.connect() as connection:
        bring_up_to_date(connection, STORE, "It")
    with engine.begin() as connection:
        rows.insert(connection, [rows.ThreadRow("t1", "demo", "Thread", b"")])
    with engine.connect() as connection:
        for _ in range(2):
            bring_up_to_date(connection, (*STORE, colour, colour), "It")
        assert version_of(connection) == len(STORE) + 2
    assert engine.execute(f"select owner, colour from {THREAD}").fetchall() == [("demo", "none")]


def at_once(url: str, work: Callable[[Connection], None]) -> list[str]:
    """Six connections do something at once; what their errors say."""
    errors, barrier = [], threading.Barrier(6)

    def one() -> None:
        engine = create_engine(url)
        try:
            with engine.connect() as connection:
                barrier.wait()
                work(connection)
        except Exception as error:
            errors.append(repr(error))
        engine.dispose()

    threads = [threading.Thread(target=one) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return errors


@pytest.mark.parametrize("kind", SETS)
def test_many_who_open_it_at_once_take_each_step_once(kind: str, engine: Engine, url: str) -> None:
    taken: list[str] = []

    def counted(connection: Connection) -> None:
        taken.append("step")
        colour(connection)

    schema_of(kind).create_all(engine)  # an old database: it has no version yet
    steps = (*SETS[kind], counted)
    assert at_once(url, lambda connection: bring_up_to_date(connection, steps, "It", unwritten=1)) == []
    assert taken == ["step"]
    assert engine.execute("select version from otree_ego_schema").fetchall() == [(len(steps),)]


def test_a_step_that_fails_leaves_the_database_as_it_was(engine: Engine) -> None:
    def broken(connection: Connection) -> None:
        colour(connection)
        connection.execute("insert into nowhere values (1)")

    with engine.connect() as connection:
        bring_up_to_date(connection, STORE, "It")
    before = described(engine)
    with engine.connect() as connection:
        with pytest.raises(
            StoreError, match=rf"It cannot be brought from version {NOW} .* to version {NOW + 1}: .*nowhere.* as it was"
        ):
            bring_up_to_date(connection, (*STORE, broken), "It")
        assert version_of(connection) == NOW
    assert described(engine) == before


def test_a_newer_version_is_refused_and_left_as_it_is(engine: Engine) -> None:
    newer: tuple[Step, ...] = (*STORE, colour)
    with engine.connect() as connection:
        bring_up_to_date(connection, newer, "It")
    before = described(engine)
    refused = pytest.raises(
        StoreError, match=rf"^It was made by a newer otree_ego \(version {NOW + 1} of .* this one knows {NOW}\)"
    )
    with engine.connect() as connection, refused:
        bring_up_to_date(connection, STORE, "It")
    assert described(engine) == before


def test_one_that_became_newer_meanwhile_is_refused_too(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    """Between the look at the version and the lock, another process may have upgraded it."""
    lock = versions.lock

    def late(connection: Connection) -> None:
        lock(connection)
        connection.execute("update otree_ego_schema set version = 900")

    with engine.connect() as connection:
        bring_up_to_date(connection, STORE[:1], "It")
        monkeypatch.setattr(versions, "lock", late)
        with pytest.raises(StoreError, match="version 900 of its tables"):
            bring_up_to_date(connection, STORE, "It")


def test_whoever_is_in_a_transaction_keeps_it(engine: Engine) -> None:
    """oTree's resetdb drops and makes all tables in one of its own."""
    with engine.connect() as connection:
        transaction = connection.begin()
        bring_up_to_date(connection, STORE, "It")
        assert version_of(connection) == len(STORE)
        transaction.rollback()
    assert THREAD not in inspect(engine).get_table_names()
