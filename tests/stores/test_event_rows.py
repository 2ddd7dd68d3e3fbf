"""What participants read at the end of a chat is forgotten with the chat."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest
from sqlalchemy import MetaData, create_engine, select
from sqlalchemy.engine import Connection

from otree_ego.stores.event_rows import change_endings, forget_endings
from otree_ego.stores.otree_tables import table_of
from otree_ego.stores.schema import EVENT, event_table

ROWS = [
    (1, "ann", "player:a:1:ann", "Ann agreed."),
    (1, "bob", "group:a:1:s:1", "Ann and Bob agreed."),
    (1, "ann", "group:a:1:s:1", "Ann and Bob agreed."),
    (1, "cy", "player:a:1:cy#x", "Cy agreed."),
    (2, "eve", "player:a:1:eve", "Eve agreed."),
    (1, "dan", "player:a:1:dan", ""),
]


@pytest.fixture
def connection() -> Iterator[Connection]:
    engine = create_engine("sqlite://")
    metadata = MetaData()
    engine.execute("create table otree_session (id integer primary key)")
    metadata.reflect(engine)
    event_table(metadata, "otree_session.id").create(engine)
    with engine.connect() as c:
        for session, person, owner, text in ROWS:
            about = {"chat": owner, "why": "rule", "word": "ended", **({"text": text} if text else {})}
            place = dict(app="a", round=1, kind="chat ended", page="Chat", page_index=1, time=0.0)
            row = dict(session_id=session, participant=person, about=json.dumps(about), **place)
            c.execute(table_of(c, EVENT).insert().values(**row))
        yield c
    engine.dispose()


def texts(c: Connection) -> list[str]:
    return [json.loads(row["about"]).get("text", "") for row in c.execute(select([table_of(c, EVENT)]))]


def test_one_participants_chats(connection: Connection) -> None:
    assert forget_endings(connection, 1, participant="bob") == 2
    assert texts(connection) == ["Ann agreed.", "", "", "Cy agreed.", "Eve agreed.", ""]


def test_one_owners_chats(connection: Connection) -> None:
    forget_endings(connection, 1, owner="player:a:1:ann")
    assert texts(connection) == ["", *[row[3] for row in ROWS[1:]]]


def test_a_session(connection: Connection) -> None:
    assert forget_endings(connection, 1) == 4
    assert texts(connection) == ["", "", "", "", "Eve agreed.", ""]


def test_names(connection: Connection) -> None:
    change_endings(connection, 1, lambda text: text.replace("Ann", "P1"))
    assert texts(connection)[:3] == ["P1 agreed.", "P1 and Bob agreed.", "P1 and Bob agreed."]
