"""What people were shown and have sent: once for each page, read back, and forgotten."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from sqlalchemy import create_engine, select
from sqlalchemy.engine import Connection

from otree_ego.players.visits import Visit
from otree_ego.stores.human_visits import (
    HUMAN_VISITS,
    SENT,
    TIMED_OUT,
    add_sent,
    add_shown,
    change_human_visits,
    forget_human_visits,
    last_connects,
    pages_sent,
    shown_and_sent,
)
from otree_ego.stores.seat_forgetting import change_visits, forget_visits
from otree_ego.stores.seat_tables import PAGE_TEXTS, add_session_visits


@pytest.fixture
def c() -> Iterator[Connection]:
    engine = create_engine("sqlite://")
    with engine.connect() as connection:
        PAGE_TEXTS.metadata.create_all(connection)
        HUMAN_VISITS.create(connection)
        yield connection


def shown(c: Connection, participant: str, index: int, text: str, **more: Any) -> None:
    page = dict(app="trust", page=f"Page{index}", title="About you", field_keys={"q": "answer"}, connects=True)
    add_shown(c, 1, {**page, "participant": participant, "page_index": index, "digest": text, "text": text, **more})


def texts(c: Connection) -> list[str]:
    return [row["text"] for row in c.execute(select([PAGE_TEXTS]).order_by(PAGE_TEXTS.c.id))]


def test_channels_of_chats(c: Connection) -> None:
    shown(c, "ann", 1, "Talk", chats=["7-talk-hall", "7-talk-12"])
    shown(c, "ann", 2, "Decide")
    assert [row["chats"] for row in shown_and_sent(c, 1, "ann")] == [["7-talk-hall", "7-talk-12"], []]
    forget_human_visits(c, 1, 5.0, "ann")
    assert [row["chats"] for row in shown_and_sent(c, 1, "ann")] == [[], []]


def test_a_page_stands_once_with_what_was_sent(c: Connection) -> None:
    shown(c, "ann", 1, "Hello")
    shown(c, "ann", 1, "Hello")
    shown(c, "ann", 2, "Hello", connects=False)
    shown(c, "ann", 2, "Hello again", connects=False)
    add_sent(c, 1, "ann", 1, {"q": "Mainz", "several": ["a", "b"]}, SENT)
    add_sent(c, 1, "ann", 2, {}, TIMED_OUT)
    add_sent(c, 1, "ann", 9, {"q": "of a page that nobody was shown"}, SENT)
    found = shown_and_sent(c, 1, "ann")
    assert [(row["page_index"], row["text"], row["outcome"]) for row in found] == [
        (1, "Hello", "sent"), (2, "Hello", "shown"), (2, "Hello again", "timed out"),
    ]  # fmt: skip
    assert found[0]["answers"] == {"q": "Mainz", "several": ["a", "b"]} and found[0]["field_keys"] == {"q": "answer"}
    assert texts(c) == ["Hello", "Hello again"]
    assert pages_sent(c, 1) == {"ann": 1} and last_connects(c, 1) == {"ann": False}
    assert shown_and_sent(c, 2, "ann") == shown_and_sent(c, 1, "bob") == []


def test_forgetting_one_leaves_what_others_have_seen(c: Connection) -> None:
    shown(c, "ann", 1, "To all")
    shown(c, "bob", 1, "To all")
    shown(c, "ann", 2, "Ann alone")
    shown(c, "ann", 3, "A model, too")
    add_sent(c, 1, "ann", 1, {"q": "a secret"}, SENT)
    visit = Visit("cleo", 1, "trust", "Page3", 3, text="A model, too", digest="A model, too", outcome="sent")
    add_session_visits(c, 1, [visit.row()])
    assert forget_human_visits(c, 1, 5.0, "ann") == 3
    forget_visits(c, 1, 5.0, "ann")
    assert texts(c) == ["To all", "A model, too"]
    assert [each["answers"] for each in shown_and_sent(c, 1, "ann")] == [{}, {}, {}]
    assert pages_sent(c, 1) == {"ann": 1}, "that it was sent stays"
    assert forget_human_visits(c, 1, 6.0, "ann") == 0
    assert forget_human_visits(c, 1, 7.0) == 1
    forget_visits(c, 1, 7.0)
    assert texts(c) == []


def test_names_are_replaced_in_pages_and_answers(c: Connection) -> None:
    shown(c, "ann", 1, "Hello Zebulon")
    add_sent(c, 1, "ann", 1, {"q": "I am Zebulon"}, SENT)
    for change in (change_human_visits, change_visits):
        change(c, 1, lambda text: text.replace("Zebulon", "P1"))
    (row,) = shown_and_sent(c, 1, "ann")
    assert (row["text"], row["answers"]) == ("Hello P1", {"q": "I am P1"})
