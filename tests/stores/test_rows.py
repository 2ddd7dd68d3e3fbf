"""Threads and messages as rows: what no Thread asks for by itself."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from harness.any_json import CHUNK
from hypothesis import given, settings
from sqlalchemy.engine import Connection

from otree_ego import Message, ProviderError, Request
from otree_ego.providers.faults import Endpoint, from_stream
from otree_ego.providers.openai.replies import reply_of, reply_problem
from otree_ego.providers.openai.sse import ErrorInside, Malformed, Reader
from otree_ego.providers.services import Service
from otree_ego.providers.thoughts import Splitter
from otree_ego.stores import RunStore, missing_rows, rows
from otree_ego.stores.rows import ThreadRow


@pytest.fixture(params=["sqlite", "postgresql"])
def connection(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Connection]:
    """A transaction on an empty store."""
    place = request.getfixturevalue("pg_url") if request.param == "postgresql" else tmp_path / "ego.sqlite3"
    store = RunStore(place)
    with store.transaction() as found:
        yield found
    store.close()


def thread(connection: Connection, owner: str = "demo", uid: str = "t1", kind: str = "Thread") -> str:
    rows.insert(connection, [ThreadRow(uid, owner, kind, b"state")])
    return uid


def test_a_thread_that_is_not_there_takes_nothing(connection: Connection) -> None:
    uid = thread(connection)
    placed = rows.append(connection, [("nobody", [Message("user", "q")]), (uid, [Message("user", "a")])])
    assert placed[0] is None and placed[1] is not None and placed[1][0].seq == 1
    rows.close(connection, "demo")
    assert rows.find(connection, "demo") is None and [m.text for m in rows.messages(connection, uid)] == ["a"]
    assert rows.append(connection, [(uid, [Message("user", "again")])]) == [None], "a closed Thread takes nothing more"


def test_several_threads_are_appended_to_at_once_and_one_several_times(connection: Connection) -> None:
    one, two = thread(connection), thread(connection, "other", "t2")
    a, b, c, d = (Message("user", text) for text in "abcd")
    placed = rows.append(connection, [(one, [a, b]), (two, [c]), (one, [d])])
    assert [[m.seq for m in each or ()] for each in placed] == [[1, 2], [1], [3]]
    assert [m.text for m in rows.messages(connection, one)] == ["a", "b", "d"]


def test_closing_takes_the_seats_of_a_conversation_along_and_nobody_elses(connection: Connection) -> None:
    for uid, owner in [("c", "convo"), ("a", "convo/ann"), ("b", "convo2"), ("d", "con%"), ("e", "con%/x")]:
        thread(connection, owner, uid, "Thread" if "/" in owner else rows.CONVERSATION)
    rows.append(connection, [("a", [Message("user", "Hi")])])
    assert rows.count_seats(connection, "convo") == 1
    assert rows.close(connection, "convo", "new") == 2
    assert [bool(rows.find(connection, o)) for o in ("convo", "convo/ann", "convo2")] == [False, False, True]
    closed = rows.find_all(connection, ["convo~c", "convo~c/ann"])
    assert {row.uid for row in closed.values()} == {"a", "c"}
    assert [m.text for m in rows.messages(connection, "a")] == ["Hi"]
    assert rows.close(connection, "con%") == 2, "nothing was said in it: it goes"
    assert rows.find(connection, "convo2") and not rows.find_all(connection, ["con%/x", "con%~d", "con%~d/x"])
    assert rows.close(connection, "nobody") == 0


def test_a_reply_that_was_under_way_when_its_thread_was_closed_is_settled_there(connection: Connection) -> None:
    uid = thread(connection)
    (placed,) = rows.append(connection, [(uid, [Message("assistant", "", status="pending")])])
    rows.close(connection, "demo", "t2")
    assert placed is not None
    rows.settle(connection, [replace(placed[0], status="complete", text="Late.")])
    assert [(m.status, m.text) for m in rows.messages(connection, uid)] == [("complete", "Late.")]
    found = connection.execute(rows.THREADS.select()).first()
    assert found["replaced_by"] == "t2" and found["closed"] > 0


def test_states_are_kept_and_changed(connection: Connection) -> None:
    uid = thread(connection)
    rows.update_states(connection, {uid: b"new"})
    found = rows.find_all(connection, ["demo", "nobody"])
    assert found == {"demo": ThreadRow(uid, "demo", "Thread", b"new")}


def test_pending_replies_that_nobody_works_on_are_marked(connection: Connection) -> None:
    uid = thread(connection)
    (placed,) = rows.append(connection, [(uid, [Message("assistant", "", status="pending") for _ in range(2)])])
    assert placed is not None
    assert rows.interrupt(connection, {placed[1].id}) == 1
    found = [(m.status, m.error) for m in rows.messages(connection, uid)]
    assert found == [("failed", "Interrupted"), ("pending", "")]


def test_what_a_rollback_took_away_is_written_again(connection: Connection) -> None:
    row = ThreadRow("t1", "demo", "Thread", b"state")
    record = [Message("user", "a", seq=1), Message("assistant", "b", seq=2)]
    missing_rows.restore(connection, row, record)
    assert rows.messages(connection, "t1") == record
    missing_rows.restore(connection, row, record)  # it is there
    assert rows.messages(connection, "t1") == record
    late = [Message("user", "c", seq=1), Message("assistant", "d", seq=2)]
    missing_rows.restore(connection, ThreadRow("t2", "demo", "Thread", b""), late)  # another has taken its place
    assert rows.find(connection, "demo") == row and rows.messages(connection, "t2") == late
    assert rows.append(connection, [("t2", [Message("user", "again")])]) == [None]


def test_attaching_closes_what_an_owner_had(connection: Connection) -> None:
    def new(uid: str, text: str, session: int | None = None) -> rows.Attachment:
        return [ThreadRow(uid, "demo", "Thread", b"", session)], [(uid, [Message("user", text)])]

    rows.attach(connection, {"demo": new("t1", "first", 1)})
    rows.attach(connection, {"demo": new("t2", "second", 1)})
    assert [[m.text for m in rows.messages(connection, uid)] for uid in ("t1", "t2")] == [["first"], ["second"]]
    (row,), _ = new("t3", "third", 1)
    assert rows.attach_if_none(connection, row, [Message("user", "third")]).uid == "t2"
    rows.close(connection, "demo")
    assert rows.attach_if_none(connection, row, [Message("user", "third")]).uid == "t3"
    assert [(m.seq, m.text) for m in rows.messages(connection, "t3")] == [(1, "third")]


@pytest.mark.any_database
def test_whatever_a_service_sends_can_be_written(connection: Connection) -> None:
    uid, endpoint = thread(connection), Endpoint(Service("uni", "http://127.0.0.1/v1"), "m", "http://127.0.0.1/v1")

    @given(CHUNK)
    @settings(max_examples=60, deadline=None)
    def written(chunk: dict[str, Any]) -> None:
        reader = Reader(splitter=Splitter())
        try:
            reader.feed(json.dumps(chunk, default=str).encode())
            reader.end()
        except Malformed:
            return
        except ErrorInside as inside:
            problem: ProviderError | None = from_stream(endpoint, inside.body)
        else:
            problem = reply_problem(reader, endpoint)
        asked = Message("assistant", "", status="pending")
        (placed,) = rows.append(connection, [(uid, [asked])])
        assert placed is not None
        if problem is None:
            reply = reply_of([reader], {}, Request("uni/m", ()), endpoint)
            usage = dict(tokens_in=reply.usage.input, tokens_out=reply.usage.output)
            done = replace(
                placed[0], text=reply.text, status="complete", model_answered=reply.model, cost=reply.cost,
                finish_reason=reply.finish_reason, params={"thoughts": reply.thoughts}, **usage,
            )  # fmt: skip
        else:
            done = replace(
                placed[0], text=problem.text, status="failed", error=type(problem).__name__, error_text=str(problem)
            )
        rows.settle(connection, [done])
        assert rows.messages(connection, uid)[-1].text == done.text

    written()
