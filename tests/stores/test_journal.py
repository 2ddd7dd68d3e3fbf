"""The journal: entries in order, many in one commit, and an error that reaches whoever waits."""

import asyncio
import pickle
import sqlite3
import threading
from dataclasses import replace

import pytest

from otree_ego import Message
from otree_ego.errors import StoreError, Unwritable
from otree_ego.stores import Notebook, Replication, Run, RunStore
from otree_ego.stores.journal import write_entries
from otree_ego.stores.rows import ThreadRow


@pytest.fixture(params=["file", "postgres"])
def store(request, tmp_path):
    url = tmp_path / "ego.sqlite3"
    if request.param == "postgres":
        url = request.getfixturevalue("pg_url")
    store = RunStore(url)
    yield store
    store.close()


def begun(run, place, attempt=1, seat=1):
    """The entries that introduce a Thread."""
    uid = f"{place}-{attempt}-{seat}"
    row = ThreadRow(uid, f"run:{run}:{place}.{attempt}/{seat}", "Thread", pickle.dumps({"n": 0}))
    where = dict(thread=uid, run=run, place=place, attempt=attempt, seat=seat)
    return uid, [("thread", row), ("seat", where)]


def test_what_is_put_is_there_when_its_future_is_done(store):
    run = store.begin(Run("r", "factorial", "d")).uid
    journal = store.journal()
    uid, entries = begun(run, 0)
    pending = Message("assistant", "", seq=2, status="pending", model="m")
    journal.put([*entries, ("message", (uid, Message("user", "q", seq=1))), ("message", (uid, pending))]).result()
    assert [m.status for m in store.messages([uid])[uid]] == ["complete", "pending"]
    done = replace(pending, text="a", status="complete", attempts=1)
    ended = Replication(run, 0, result={"x": 1}, levels={"a": 1}, started=1.0, ended=2.0)
    journal.put([("settle", done), ("state", (uid, b"new")), ("replication", ended.row())]).result()
    journal.close()
    assert store.messages([uid])[uid][1] == done
    assert list(store.replications(run)) == [ended]
    assert [seat.thread.state for seat in store.seats(run)] == [b"new"]


def test_a_replication_is_written_instead_of_the_one_before(store):
    run = store.begin(Run("r", "factorial", "d")).uid
    journal = store.journal()
    failed = Replication(run, 3, status="failed", error="Overloaded")
    journal.put([("replication", failed.row()), ("replication", replace(failed, attempt=2).row())]).result()
    journal.put([("replication", replace(failed, attempt=3, status="done").row())]).result()
    journal.close()
    assert [(r.attempt, r.status) for r in store.replications(run)] == [(3, "done")]


def test_many_writers_of_one_turn_of_the_loop_are_all_written(store):
    run = store.begin(Run("r", "factorial", "d")).uid
    journal = store.journal()

    async def one(place):
        uid, entries = begun(run, place)
        await journal.write(entries)
        await journal.write([("message", (uid, Message("user", str(place), seq=1)))])

    async def all_of_them():
        await asyncio.gather(*(one(place) for place in range(200)))

    asyncio.run(all_of_them())
    journal.close()
    found = store.messages([seat.thread.uid for seat in store.seats(run)])
    assert sorted(int(m.text) for (m,) in found.values()) == list(range(200))


def test_threads_and_loops_may_write_at_once(store):
    run = store.begin(Run("r", "factorial", "d")).uid
    journal = store.journal()

    def plain(start):
        for place in range(start, start + 25):
            journal.put(begun(run, place)[1]).result()

    async def other(start):
        for place in range(start, start + 25):
            await journal.write(begun(run, place)[1])

    threads = [threading.Thread(target=plain, args=(n * 100,)) for n in range(3)]
    threads += [threading.Thread(target=lambda n=n: asyncio.run(other(n * 100))) for n in range(3, 6)]
    [thread.start() for thread in threads]
    [thread.join() for thread in threads]
    journal.close()
    assert len(list(store.seats(run))) == 150


def test_an_error_reaches_all_who_wait_and_all_who_come_later(store):
    run = store.begin(Run("r", "factorial", "d")).uid
    journal = store.journal()
    _, entries = begun(run, 0)
    journal.put(entries).result()
    with pytest.raises(StoreError, match="failed"):
        journal.put(entries).result()  # the same once more

    async def both():
        writing = (journal.write(begun(run, place)[1]) for place in (1, 2))
        return await asyncio.gather(*writing, return_exceptions=True)

    assert [type(error) for error in asyncio.run(both())] == [StoreError] * 2
    journal.close()
    assert [seat.place for seat in store.seats(run)] == [0]


def test_what_fails_is_rolled_back_as_a_whole(store):
    run = store.begin(Run("r", "factorial", "d")).uid
    journal = store.journal()
    uid, entries = begun(run, 0)
    twice = ("seat", {**entries[1][1], "seat": 2})
    with pytest.raises(StoreError):
        journal.put([*entries, ("message", (uid, Message("user", "q", seq=1))), twice]).result()
    journal.close()
    assert list(store.seats(run)) == []
    assert store.messages([uid]) == {uid: []}


def test_an_entry_that_cannot_be_written_is_told_and_nobody_waits_for_ever(store):
    journal = store.journal()
    with pytest.raises(StoreError, match=r"nonsense|KeyError|TypeError|ValueError|tuple"):
        journal.put([("message", "nonsense")]).result(10)
    journal.close()


def test_who_gives_up_waiting_disturbs_nobody(store):
    run = store.begin(Run("r", "factorial", "d")).uid
    journal = store.journal()

    async def play():
        tasks = [asyncio.ensure_future(journal.write(begun(run, place)[1])) for place in range(3)]
        await asyncio.sleep(0)
        tasks[0].cancel()
        return await asyncio.gather(*tasks, return_exceptions=True)

    found = asyncio.run(play())
    journal.close()
    assert isinstance(found[0], asyncio.CancelledError) and found[1:] == [None, None]
    assert {1, 2} <= {seat.place for seat in store.seats(run)}


def test_any_text_can_be_kept(store):
    run = store.begin(Run("a\ud83d\x00", "factorial", "d", settings={"x": "\ud83d\x00"})).uid
    journal = store.journal()
    ended = Replication(
        run, 0, treatment="\ud83d" * 400, levels={"\ud83d": "\x00"}, result=["\ud83d"], error_text="\ud83d\x00!"
    )
    journal.put([("replication", ended.row())]).result()
    journal.close()
    (found,) = store.replications(run)
    assert found.error_text == "\ufffd!" and found.result == ["\ufffd"] and len(found.treatment) == 300
    store.end(run, "failed", "\ud83d\x00?")
    assert store.get(run).note == "\ufffd?"


def test_closing_writes_what_is_waiting(store):
    run = store.begin(Run("r", "factorial", "d")).uid
    journal = store.journal()
    futures = [journal.put(begun(run, place)[1]) for place in range(50)]
    journal.close()
    assert all(future.done() for future in futures)
    assert len(list(store.seats(run))) == 50


def test_a_notebook_keeps_what_a_journal_writes_later(store):
    run = store.begin(Run("r", "factorial", "d")).uid
    notebook, journal = Notebook(), store.journal()
    uid, entries = begun(run, 0)
    notebook.put(entries).result()
    asyncio.run(notebook.write([("message", (uid, Message("user", "q", seq=1)))]))
    journal.put(pickle.loads(pickle.dumps(notebook.take()))).result()
    notebook.close(), journal.close()
    assert notebook.take() == []
    assert [m.text for m in store.messages([uid])[uid]] == ["q"]


def test_entries_can_be_written_on_an_open_connection(store):
    run = store.begin(Run("r", "factorial", "d")).uid
    with store.transaction() as c:
        write_entries(c, begun(run, 0)[1])
    assert len(list(store.seats(run))) == 1


def test_a_commit_survives_a_process_that_is_gone(tmp_path):
    store = RunStore(tmp_path / "ego.sqlite3")
    run = store.begin(Run("r", "factorial", "d")).uid
    journal = store.journal()
    journal.put(begun(run, 0)[1]).result()
    with sqlite3.connect(tmp_path / "ego.sqlite3") as other:  # nothing was closed
        assert list(other.execute("select count(*) from otree_ego_seat")) == [(1,)]
    journal.close()
    store.close()


def test_a_row_that_cannot_be_written_fails_alone(store):
    run = store.begin(Run("r", "factorial", "d")).uid
    journal = store.journal()
    uid, entries = begun(run, 0)
    journal.put(entries).result()
    wrong = Message("user", "q", seq=1, attempts=10**30)
    good = Message("user", "kept", seq=2)

    async def together() -> list[BaseException | None]:
        writes = (journal.write([("message", (uid, each))]) for each in (wrong, good))
        return await asyncio.gather(*writes, return_exceptions=True)

    first, second = asyncio.run(together())
    assert isinstance(first, Unwritable) and second is None
    journal.put([("message", (uid, Message("user", "later", seq=3)))]).result()
    journal.close()
    assert [m.text for m in store.messages([uid])[uid]] == ["kept", "later"]


def test_numbers_that_cannot_be_true_do_not_lose_a_row(store):
    run = store.begin(Run("r", "factorial", "d")).uid
    journal = store.journal()
    uid, entries = begun(run, 0)
    wild = Message(
        "assistant", "a\ud83d", seq=1, model_answered="m\x00\udc00", finish_reason="\ud83d" * 200, tokens_in=10**30,
        tokens_out=-(10**30), cost=float("inf"), latency=float("nan"), params={"x": {1, 2}}, trouble=({"x": object()},),
    )  # fmt: skip
    journal.put([*entries, ("message", (uid, wild))]).result()
    journal.put([("settle", wild)]).result()
    journal.close()
    (found,) = store.messages([uid])[uid]
    assert (found.text, found.model_answered) == ("a\ufffd", "m\ufffd")
    assert (found.tokens_in, found.tokens_out, found.cost, found.latency) == (None, None, None, None)
