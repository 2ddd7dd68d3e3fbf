"""Forgetting what entry links have said, in a database without oTree."""

from __future__ import annotations

import binascii
import pickle
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import MetaData, create_engine, select
from sqlalchemy.engine import Connection

from otree_ego.stores.entry_rows import forget_entries
from otree_ego.stores.otree_tables import Person, table_of
from otree_ego.stores.schema import ENTRY, entry_table

PEOPLE = "create table otree_participant (id integer primary key, code text, _vars text)"
SAID = {"PROLIFIC_PID": "p1", "STUDY_ID": "s", "entry_parameters": {"PROLIFIC_PID": "p1"}}
NAMES = {"entry_names": {"PROLIFIC_PID": "p1", "STUDY_ID": "theirs"}}


class Own:
    """A class of an app that this process does not have when it reads."""


@pytest.fixture
def connection(tmp_path: Path) -> Iterator[Connection]:
    engine = create_engine(f"sqlite:///{tmp_path}/some.sqlite3")
    engine.execute("create table otree_session (id integer primary key)")
    engine.execute(PEOPLE)
    metadata = MetaData()
    metadata.reflect(engine)
    entry_table(metadata, "otree_session.id").create(engine)
    with engine.connect() as connection:
        yield connection
    engine.dispose()


def keep(c: Connection, values: dict[str, Any], data: bytes | None = None) -> None:
    text = binascii.b2a_base64(data or pickle.dumps(values)).decode()
    c.execute("insert into otree_session values (1)")
    c.execute("insert into otree_participant values (1, 'abc', ?)", text)
    row = dict(session_id=1, participant="abc", link="room", platform="prolific", person="p1", person_key="k")
    c.execute(table_of(c, ENTRY).insert().values(**row, parameters='{"a": "p1"}', duplicate="", time=1.0))


def kept(c: Connection) -> Any:
    (text,) = c.execute("select _vars from otree_participant").first()
    return pickle.loads(binascii.a2b_base64(text))


def test_what_links_said_goes_and_what_the_app_has_set_stays(connection: Connection) -> None:
    keep(connection, {**SAID, **NAMES, "treatment": 3, "share": Fraction(1, 3), "ego_outcome": "completed"})
    assert forget_entries(connection, Person(1, "abc")) == (1, True)
    assert kept(connection) == {"STUDY_ID": "s", "treatment": 3, "share": Fraction(1, 3), "ego_outcome": "completed"}
    (row,) = connection.execute(select([table_of(connection, ENTRY)])).fetchall()
    assert (row["person"], row["person_key"], row["parameters"]) == ("", "", "{}") and row["forgotten"]
    assert forget_entries(connection, Person(1, "abc")) == (0, True)


def test_vars_that_cannot_be_read_are_told(connection: Connection) -> None:
    data = pickle.dumps({**SAID, **NAMES, "own": Own()}).replace(b"Own", b"Awn")
    keep(connection, {}, data)
    assert forget_entries(connection, Person(1, "abc")) == (1, False)


def test_vars_without_a_link_are_left_alone(connection: Connection) -> None:
    keep(connection, {"PROLIFIC_PID": "the app's own"})
    assert forget_entries(connection, Person(1, "abc")) == (1, True)
    assert kept(connection) == {"PROLIFIC_PID": "the app's own"}
