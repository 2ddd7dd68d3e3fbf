"""One contract for everything that remembers Threads."""

import pickle

import pytest

from otree_ego import ConstantThread, Message, Thread
from otree_ego.stores import Gone, SQLStore, rows
from otree_ego.stores.rows import ThreadRow
from otree_ego.threads.base import internals


@pytest.fixture(params=["memory", "file", "postgres"])
def store(request, tmp_path):
    if request.param == "postgres":
        url = request.getfixturevalue("pg").database().env["DATABASE_URL"]
    else:
        url = "sqlite://" if request.param == "memory" else f"sqlite:///{tmp_path}/ego.sqlite3"
    store = SQLStore(url)
    yield store
    store.close()


def kept(store, owner="demo", uid="t1", kind="Thread"):
    store.save(ThreadRow(uid, owner, kind, pickle.dumps({"model": "constant/x"})))
    return uid


FULL = dict(
    author="gpt-6-luna",
    status="complete",
    hidden=True,
    model="gpt-6-luna",
    model_answered="gpt-5.4-mini-2026-03-17",
    params={"temperature": 0.5, "stop": ["a"]},
    seed=2**63,
    tokens_in=1,
    tokens_out=2,
    tokens_reasoning=3,
    cost=0.00012,
    latency=1.5,
    first_token=0.5,
    finish_reason="stop",
    error="Overloaded",
    error_text="x\ny",
    trouble=({"error": "Overloaded", "after": 0.1},),
    attempts=2,
)


def test_every_field_comes_back(store):
    uid = kept(store)
    message = Message("assistant", "line one\nline two\t😀 שלום '\";--", **FULL)
    (placed,) = store.append(uid, [message])
    assert placed.seq == 1
    assert store.messages(uid) == [placed]


def test_places_count_per_thread_across_appends(store):
    one, two = kept(store), kept(store, "other", "t2")
    assert [m.seq for m in store.append(one, [Message("user", "a"), Message("assistant", "b")])] == [1, 2]
    assert [m.seq for m in store.append(two, [Message("user", "c")])] == [1]
    assert [m.seq for m in store.append(one, [Message("user", "d")])] == [3]
    assert [m.text for m in store.messages(one)] == ["a", "b", "d"]


def test_a_pending_reply_is_settled_once_and_nothing_else_changes(store):
    uid = kept(store)
    user, pending = store.append(uid, [Message("user", "q"), Message("assistant", "", status="pending")])
    from dataclasses import replace

    done = replace(pending, text="reply", status="complete", attempts=1)
    store.settle(uid, done)
    assert store.messages(uid) == [user, done]


def test_a_thread_that_is_gone_says_so(store):
    with pytest.raises(Gone):
        store.append("nobody", [Message("user", "q")])
    uid = kept(store)
    store.append(uid, [Message("user", "q")])
    store.remove("demo")
    assert store.find("demo") is None
    assert store.messages(uid) == []
    with pytest.raises(Gone):
        store.append(uid, [Message("user", "again")])


def test_removing_takes_the_seats_of_a_conversation_along_and_nobody_elses(store):
    for uid, owner in [("c", "convo"), ("a", "convo/ann"), ("b", "convo2"), ("d", "con%"), ("e", "con%/x")]:
        kept(store, owner, uid, "Thread" if "/" in owner else "Conversation")
    store.remove("convo")
    assert [bool(store.find(o)) for o in ("convo", "convo/ann", "convo2")] == [False, False, True]
    store.remove("con%")
    assert bool(store.find("convo2")) and not store.find("con%/x")


def test_state_is_kept_and_changed(store):
    kept(store)
    store.save(ThreadRow("t1", "demo", "Thread", b"new"))
    assert store.find("demo").state == b"new"


def test_pending_replies_that_nobody_works_on_are_marked(store):
    uid = kept(store)
    _, second = store.append(uid, [Message("assistant", "", status="pending") for _ in range(2)])
    with store._begin() as c:
        assert rows.interrupt(c, {second.id}) == 1
    assert [(m.status, m.error) for m in store.messages(uid)] == [("failed", "Interrupted"), ("pending", "")]


def test_a_thread_lives_on_a_store(store):
    llm = ConstantThread("fine")
    store.save(ThreadRow(llm.id, "demo", llm.kind, llm.pickled()))
    internals(llm).store = store
    llm.submit("How are you?")
    row = store.find("demo")
    again = Thread.revive(row.kind, row.uid, pickle.loads(row.state), store)
    internals(again).load_later(lambda: store.messages(row.uid))
    again.submit("And now?")
    assert [m["content"] for m in again.history] == ["How are you?", "fine", "And now?", "fine"]
    assert [m.seq for m in store.messages(row.uid)] == [1, 2, 3, 4]
