"""Runs in a store: begun, claimed, ended, found, read and removed."""

import os
import pickle
import socket
import subprocess
import sys
import threading
import time

import pytest
from harness import recorded

from otree_ego import Message
from otree_ego.errors import RunError, StoreError
from otree_ego.stores import Replication, Run, RunStore, rows
from otree_ego.stores.run_rows import to_json
from otree_ego.stores.runs import FRESH


@pytest.fixture(params=["file", "postgres"])
def place(request, tmp_path):
    if request.param == "postgres":
        return request.getfixturevalue("pg_url")
    return str(tmp_path / "ego.sqlite3")


@pytest.fixture
def store(place):
    store = RunStore(place)
    yield store
    store.close()


def dead():
    """The holder's name of a process of this machine that has ended."""
    process = subprocess.Popen([sys.executable, "-c", ""])
    process.wait()
    return f"{socket.gethostname()}:{process.pid}:abc"


def test_every_field_of_a_run_comes_back(store):
    run = Run("näme", "factorial", "d" * 64, 7, {"levels": {"a": [1]}}, {"script": "s.py"})
    begun = store.begin(run)
    assert (begun.uid, begun.name, begun.planned, begun.settings, begun.source) == (
        run.uid, run.name, 7, {"levels": {"a": [1]}}, {"script": "s.py"},
    )  # fmt: skip
    assert (begun.status, begun.holder, begun.ended) == ("running", store.holder, None)
    store.end(run.uid, "stopped", "why")
    ended = store.get(run.uid)
    assert (ended.status, ended.note, ended.holder) == ("stopped", "why", "") and ended.ended >= run.created


def test_the_latest_run_of_a_design_is_found(store):
    first, second = (store.begin(Run(name, "factorial", "d")) for name in ("one", "two"))
    store.begin(Run("other", "factorial", "e"))
    assert store.find("d").uid == second.uid != first.uid
    assert store.find("nothing") is None


def test_a_run_is_found_by_the_beginning_of_its_id(store):
    store.begin(Run("a", "factorial", "d", uid="ab" + "0" * 30))
    store.begin(Run("b", "factorial", "d", uid="ac" + "0" * 30))
    assert store.get("AB").name == "a" and store.get(" ac00 ").name == "b"
    with pytest.raises(StoreError, match="Several runs"):
        store.get("a")
    for wrong in ("x", "", "  ", "%", "a_", "'; drop table x"):
        with pytest.raises(StoreError, match="There is no run"):
            store.get(wrong)


def test_a_run_that_another_process_works_on_cannot_be_claimed(store, place):
    run = store.begin(Run("a", "factorial", "d"))
    other = RunStore(place)
    with pytest.raises(RunError, match=rf"another process \({os.getpid()} on ") as caught:
        other.claim(run.uid)
    assert caught.value.run == run.uid
    store.end(run.uid, "done")
    assert other.claim(run.uid, 9).holder == other.holder
    assert (other.get(run.uid).status, other.get(run.uid).planned) == ("running", 9)
    other.close()


def test_a_run_whose_process_was_killed_can_be_claimed_at_once(store):
    run = store.begin(Run("a", "factorial", "d"))
    store.update(run.uid, holder=dead(), beat=time.time())
    assert store.claim(run.uid).holder == store.holder


def test_a_run_on_another_machine_can_be_claimed_when_it_was_silent_for_long(store):
    run = store.begin(Run("a", "factorial", "d"))
    store.update(run.uid, holder="elsewhere:1:abc", beat=time.time())
    with pytest.raises(RunError, match="1 on elsewhere"):
        store.claim(run.uid)
    store.update(run.uid, beat=time.time() - FRESH - 1)
    assert store.claim(run.uid).holder == store.holder


def test_this_process_is_at_work_on_what_it_has_open_however_long_it_was_silent(store, place):
    """Busy with a long parser, say."""
    run = store.begin(Run("a", "factorial", "d"))
    store.update(run.uid, beat=time.time() - 10 * FRESH)
    other = RunStore(place)
    with pytest.raises(RunError):
        other.claim(run.uid)
    other.close()


@pytest.fixture
def lost(store, place):
    """A run that this process had begun, stood still in, and lost to another one, whose store is given, too."""
    run = store.begin(Run("a", "factorial", "d", planned=2))
    store.note_batch(run.uid, "batch", "gpt-6-luna", ["key"])
    store.update(run.uid, holder=store.holder.replace(socket.gethostname(), "elsewhere"), beat=time.time() - FRESH - 1)
    other = RunStore(place)
    other.claim(run.uid)
    store.update(run.uid, holder=other.holder)
    yield run.uid, other
    other.close()


def test_a_run_that_was_lost_to_another_process_is_left_alone(store, lost):
    uid, other = lost
    before, batches = other.get(uid), other.batches(uid)
    for work in (lambda: store.beat(uid), lambda: store.note_batch(uid, "more", "gpt-6-luna", [])):
        with pytest.raises(RunError, match="goes on in another process") as caught:
            work()
        assert caught.value.run == uid
    store.end(uid, "failed", "it stood still")
    store.update_batch("batch", status="lost")
    assert (other.get(uid), other.batches(uid)) == (before, batches)
    other.update_batch("batch", status="sent")
    other.end(uid, "done")
    store.end(uid, "failed", "it still stood still")
    with pytest.raises(RunError, match="was ended or removed by another process"):
        store.beat(uid)
    assert (other.get(uid).status, other.get(uid).note, other.batches(uid)[0]["status"]) == ("done", "", "sent")


def test_nothing_is_recorded_for_a_run_that_was_lost(store, lost):
    uid, other = lost
    theirs, ours = other.journal(uid), store.journal(uid)
    theirs.put([("replication", Replication(uid, 0, result="theirs").row())]).result()
    for place in (0, 1):
        with pytest.raises(RunError, match="goes on in another process"):
            ours.put([("replication", Replication(uid, place, result="ours").row())]).result()
    for_them = store.journal(uid, other.holder)  # a worker of theirs
    for_them.put([("replication", Replication(uid, 1, result="theirs, too").row())]).result()
    assert [each.result for each in other.replications(uid)] == ["theirs", "theirs, too"]
    [each.close() for each in (theirs, ours, for_them)]


def test_nothing_is_recorded_for_a_run_that_was_removed(store, lost):
    uid, other = lost
    ours = other.journal(uid)
    store.remove(uid)
    with pytest.raises(RunError, match="was ended or removed"):
        ours.put([("replication", Replication(uid, 0).row())]).result()
    assert list(store.replications(uid)) == []
    ours.close()


def test_a_store_that_was_closed_lets_its_runs_go(store, place):
    """In a notebook the next cell is the same process."""
    mine = RunStore(place)
    run = mine.begin(Run("a", "factorial", "d"))
    mine.close()
    assert store.claim(run.uid).holder == store.holder


def test_of_many_who_claim_at_once_one_gets_it(store, place):
    run = store.begin(Run("a", "factorial", "d"))
    store.end(run.uid, "stopped")
    stores = [RunStore(place) for _ in range(5)]
    barrier, got, refused = threading.Barrier(5), [], []

    def work(mine):
        barrier.wait()
        try:
            got.append(mine.claim(run.uid).holder)
        except RunError as error:
            refused.append(error)

    threads = [threading.Thread(target=work, args=(each,)) for each in stores]
    [thread.start() for thread in threads]
    [thread.join() for thread in threads]
    assert (len(got), len(refused)) == (1, 4)
    [each.close() for each in stores]


def test_of_many_who_begin_the_same_at_once_one_makes_it(store, place):
    stores = [RunStore(place) for _ in range(5)]
    barrier, found = threading.Barrier(5), []

    def work(mine):
        barrier.wait()
        found.append(mine.begin(Run("a", "factorial", "d"), fresh=False).uid)

    threads = [threading.Thread(target=work, args=(each,)) for each in stores]
    [thread.start() for thread in threads]
    [thread.join() for thread in threads]
    assert len(found) == 5 and len(set(found)) == 1
    assert len(store.runs()) == 1
    [each.close() for each in stores]


def test_claiming_marks_what_was_under_way_in_this_run_alone(store):
    pending = [Message("user", "q"), Message("assistant", "", status="pending", model="m")]
    one = recorded.single(store, pending, uid="51" + "0" * 30)
    two = recorded.single(store, pending, uid="52" + "0" * 30)
    with store.transaction() as c:
        rows.insert(c, [rows.ThreadRow("free", "demo", "Thread", pickle.dumps({}))])
        rows.append(c, [("free", [Message("assistant", "", status="pending")])])
    store.end(one.uid, "stopped")
    store.claim(one.uid)

    def last(run):
        (seat,) = store.seats(run.uid)
        found = store.messages([seat.thread.uid])[seat.thread.uid][-1]
        return found.status, found.error

    assert (last(one), last(two)) == (("failed", "Interrupted"), ("pending", ""))
    assert store.messages(["free"])["free"][0].status == "pending"


def test_places_say_what_has_ended_and_what_was_begun(store):
    run = recorded.factorial(store)
    places = store.places(run.uid)
    assert places[0] == ("done", 1)
    assert places[recorded.FAILED] == ("failed", 1)
    assert places[recorded.AGAIN] == ("done", 2)
    assert 99 not in places


def test_the_last_seats_are_those_of_the_last_attempt(store):
    run = recorded.factorial(store)
    assert [s.attempt for s in store.seats(run.uid, place=recorded.AGAIN)] == [1, 2]
    assert [s.attempt for s in store.seats(run.uid, place=recorded.AGAIN, last=True)] == [2]
    assert len(list(store.seats(run.uid))) == len(list(store.seats(run.uid, last=True))) + 1


def test_totals_count_all_attempts_and_replies_without_a_price(store):
    run = recorded.factorial(store)
    totals = store.totals(run.uid)
    assert (totals.replications, totals.failed, totals.tainted, totals.unpriced) == (12, 1, 1, 1)
    assert totals.replies == 12 and totals.cost == pytest.approx(0.0005 * 11)


def test_costs_are_told_by_model(store):
    run = recorded.factorial(store)
    by_model = {cost.model: cost for cost in store.costs(run.uid)}
    assert set(by_model) == {"gpt-6-sol", "campus/llama-3.3-70b"}
    assert by_model["campus/llama-3.3-70b"].unpriced == 1
    assert by_model["gpt-6-sol"].unanswered == sum(c.requests - c.replies for c in by_model.values())
    assert sum(c.cost for c in by_model.values()) == pytest.approx(store.totals(run.uid).cost)


def test_a_run_that_is_removed_takes_what_is_its_own_and_nothing_else(store):
    one, two = recorded.factorial(store), recorded.built(store)
    before = store.totals(two.uid)
    store.remove(one.uid)
    assert [run.uid for run in store.runs()] == [two.uid]
    assert store.totals(two.uid) == before
    assert list(store.replications(one.uid)) == [] and list(store.seats(one.uid)) == []
    with store.transaction() as c:
        left = c.execute("select count(*) from otree_ego_thread").scalar()
    assert left == len(list(store.seats(two.uid)))


def test_changed_replications_are_written_down_anew(store):
    run = store.begin(Run("a", "factorial", "d"))
    store.change([Replication(run.uid, 0), Replication(run.uid, 1)])
    store.change([Replication(run.uid, 1, result=5)])
    store.change([])
    assert [r.result for r in store.replications(run.uid)] == [None, 5]


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ({"a": (1, None)}, '{"a": [1, null]}'), ({1: 2}, '{"1": 2}'), ({(1, 2): {3}}, '{"(1, 2)": "{3}"}'),
        ("ä\ud83d", '"ä\ufffd"'), (b"x", '"b\'x\'"'), ({"a": 1, 2: 3}, '{"a": 1, "2": 3}'),
    ],
)  # fmt: skip
def test_any_value_has_a_json(value, text):
    assert to_json(value) == text


def test_a_value_that_holds_itself_has_a_json():
    value = []
    value.append(value)
    assert to_json(value).startswith("[[")


def test_the_address_is_the_same_wherever_another_process_runs(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    store = RunStore("ego.sqlite3")
    assert (store.shown, store.absolute) == ("ego.sqlite3", f"sqlite:///{tmp_path}/ego.sqlite3")
    store.close()
