"""Rows of replies that are under way."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy.engine import Connection

from otree_ego import Message
from otree_ego.stores import RunStore, rows
from otree_ego.stores.reply_rows import Progress, note_progress
from otree_ego.stores.rows import ThreadRow


@pytest.fixture(params=["sqlite", "postgresql"])
def connection(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Connection]:
    """A transaction on a store that has one Thread."""
    place = request.getfixturevalue("pg_url") if request.param == "postgresql" else tmp_path / "ego.sqlite3"
    store = RunStore(place)
    with store.transaction() as found:
        rows.insert(found, [ThreadRow("t1", "demo", "Thread", b"state")])
        yield found
    store.close()


def pending(connection: Connection, count: int = 1) -> list[Message]:
    places = [Message("assistant", "", status="pending") for _ in range(count)]
    ((*placed,),) = rows.append(connection, [("t1", places)])  # type: ignore[misc]
    return placed


def test_what_comes_is_written_until_the_reply_is_settled(connection: Connection) -> None:
    one, two, three = pending(connection, 3)
    note_progress(connection, [Progress(one.id, 3, "Good", 1), Progress(two.id, 0, "café", 2)])
    rows.settle(connection, [replace(two, text="All of it", status="complete", characters_delivered=9)])
    note_progress(connection, [Progress(one.id, 4, "Good mor", 1), Progress(two.id, 2, "café", 1)])
    found = [(m.text, m.status, m.characters_delivered, m.attempts) for m in rows.messages(connection, "t1")]
    assert found == [("Good mor", "pending", 4, 1), ("All of it", "complete", 9, 0), ("", "pending", None, 0)]
    rows.interrupt(connection, [three.id])
    broken = rows.messages(connection, "t1")[0]
    assert (broken.text, broken.status, broken.finish_reason) == ("Good mor", "failed", "server ended")
    note_progress(connection, [Progress(one.id, 8, "Good morning", 1), Progress("nobody", 8, "x", 1)])
    assert rows.messages(connection, "t1")[0] == broken


def test_more_may_be_delivered_of_what_is_settled(connection: Connection) -> None:
    (one,) = pending(connection)
    rows.settle(connection, [replace(one, text="All of it", status="complete", characters_delivered=2)])
    note_progress(connection, [Progress(one.id, 9)])
    found = rows.messages(connection, "t1")[0]
    assert (found.text, found.status, found.characters_delivered) == ("All of it", "complete", 9)


def test_words_of_a_forgotten_reply_do_not_come_back(connection: Connection) -> None:
    (one,) = pending(connection)
    connection.execute(rows.MESSAGES.update().values(forgotten=1.0))
    note_progress(connection, [Progress(one.id, 4, "Good", 1)])
    assert rows.messages(connection, "t1")[0].text == ""
