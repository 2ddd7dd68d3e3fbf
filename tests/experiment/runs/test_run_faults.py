"""What can go wrong with a service, a disk or a store while an experiment runs: nothing is swallowed, all goes on."""

import os
import random
import resource
import shutil
import sqlite3
import subprocess
import sys
import threading
import time

import pytest
from harness.scripts import Script, said

from otree_ego import GPTThread, parse_number
from otree_ego.errors import BadRequest, KeyRejected, ModelUnknown, RunStopped, StoreError
from otree_ego.experiment import factorial
from otree_ego.stores import RunStore

MANY = factorial("{{ a }}", a=list(range(60)))


def gpt(**more):
    return GPTThread("gpt-6-luna", backoff=0.01, **more)


def echo(body):
    return body["messages"][-1]["content"]


def messages(run):
    store = RunStore()
    try:
        uids = [seat.thread.uid for seat in store.seats(run)]
        return [m for found in store.messages(uids).values() for m in found]
    finally:
        store.close()


# --- the service ---


def test_an_unknown_model_stops_at_once(openai):
    openai.models = ["gpt-6-luna"]
    with pytest.raises(ModelUnknown, match="gpt-5-typo"):
        MANY.run(lambda: GPTThread("gpt-5-typo"), None, concurrency=1)
    assert len(openai.requests) == 1
    store = RunStore()
    (run,) = store.runs()
    assert (run.status, run.holder) == ("failed", "") and "gpt-5-typo" in run.note
    store.close()


def test_an_unknown_model_costs_at_most_one_request_a_worker(openai):
    openai.models = ["gpt-6-luna"]
    with pytest.raises(ModelUnknown):
        MANY.run(lambda: GPTThread("gpt-5-typo"), None, concurrency=5)
    assert len(openai.requests) <= 5


def test_a_rejected_key_stops_at_once_and_a_good_one_goes_on(openai, monkeypatch):
    openai.key, openai.reply = "sk-another-key-123", "5"
    with pytest.raises(KeyRejected) as caught:
        MANY.run(gpt, int, concurrency=2)
    assert len(openai.requests) <= 2 and "sk-test" not in str(caught.value)
    monkeypatch.setenv("OPENAI_API_KEY", "sk-another-key-123")
    assert [row["result"] for row in MANY.run(gpt, int)] == [5] * 60


def test_an_empty_account_stops_and_what_came_is_kept(openai):
    answered = []

    def reply(body):
        answered.append(1)
        if len(answered) == 10:
            openai.fail(429, times=-1, message="You exceeded your current quota: insufficient_quota")
        return echo(body)

    openai.reply = reply
    with pytest.raises(RunStopped, match="no credit") as caught:
        MANY.run(gpt, int, concurrency=2)
    assert 10 <= len(openai.requests) <= 12
    store = RunStore()
    run = store.get(caught.value.run)
    assert (run.status, run.holder) == ("stopped", "") and "no credit" in run.note
    store.close()
    openai.heal()
    openai.clear()
    assert [row["result"] for row in MANY.run(gpt, int)] == list(range(60))
    assert len(openai.requests) == 50


def test_a_service_that_is_down_stops_the_run_early_and_it_goes_on_later(openai):
    openai.reply = echo
    openai.fail(503, times=-1)
    big = factorial("{{ a }}", a=list(range(300)))
    with pytest.raises(RunStopped, match=r"failed one after the other.*503") as caught:
        big.run(gpt, int, concurrency=4)
    down = len(openai.requests)
    assert down <= 3 * 30
    openai.heal()
    data = big.run(gpt, int)
    assert (data.run, data.failed) == (caught.value.run, 0)
    assert [row["result"] for row in data] == list(range(300))
    assert len(openai.requests) == down + 300


def test_a_service_that_cannot_be_reached_stops_the_run_early(openai):
    openai.stop()
    with pytest.raises(RunStopped, match="one after the other"):
        MANY.run(lambda: gpt(retries=0), int, concurrency=2)
    openai.start()
    openai.reply = echo
    assert [row["result"] for row in MANY.run(lambda: gpt(retries=0), int)] == list(range(60))


def test_a_service_that_fails_a_third_of_the_calls_and_recovers_gives_all_answers(openai):
    chance = random.Random(5)

    def reply(body):
        if chance.random() < 0.3:
            raise ConnectionError("a bad moment")
        return echo(body)

    openai.reply = reply
    data = MANY.run(gpt, int, concurrency=8)
    assert [row["result"] for row in data] == list(range(60))
    assert data.failed == 0
    assert sum(row["requests"] for row in data.wide) <= len(openai.requests)
    found = [m for m in messages(data.run) if m.role == "assistant"]
    assert sum(m.attempts for m in found) == len(openai.requests)
    troubles = [t for m in found for t in m.trouble]
    assert troubles and all(t["error"] == "Overloaded" for t in troubles)


def test_a_replication_whose_turns_fail_is_begun_anew_and_both_attempts_are_recorded(openai):
    openai.reply = "5"
    openai.fail(503, times=2)
    (row,) = factorial("{{ a }}", a=[1]).run(lambda: gpt(retries=0), int)
    assert row["result"] == 5
    store = RunStore()
    (run,) = store.runs()
    (replication,) = store.replications(run.uid)
    assert (replication.status, replication.attempt) == ("done", 3)
    assert [seat.attempt for seat in store.seats(run.uid)] == [1, 2, 3]
    store.close()
    failed = [m for m in messages(run.uid) if m.status == "failed"]
    assert [m.error for m in failed] == ["Overloaded"] * 2


def test_a_replication_that_fails_for_good_is_a_row_with_its_error(openai):
    openai.reply = "5"
    openai.fail(400, message="This prompt is not to our taste.")
    data = factorial("{{ a }}", a=[1, 2]).run(gpt, int, concurrency=1)
    assert (data.failed, data.invalid) == (1, 0)
    assert data[0]["result"] is None and BadRequest.__name__ in data[0]["error"] and "taste" in data[0]["error"]
    assert data.wide[0]["status"] == "failed" and data.wide[0]["prompt"] == "1"
    assert (data[1]["result"], data[1]["error"]) == (5, "")


@pytest.mark.parametrize("fault", ["drop_before", "drop_mid", "malformed", "empty", "length"])
def test_a_broken_reply_is_asked_for_again_and_never_taken_for_an_answer(openai, fault):
    openai.reply = "12 and more"
    openai.fault(fault)
    (row,) = factorial("{{ a }}", a=[1]).run(gpt, parse_number)
    if fault == "length":  # cut, kept and marked
        assert row["result"] in (12, None)
    else:
        assert (row["result"], len(openai.requests)) == (12, 2)


def test_a_refusal_is_in_the_record(openai):
    openai.fault("content_filter")
    (row,) = factorial("{{ a }}", a=[1]).run(gpt, None)
    assert row["error"] and row["result"] is None
    assert [m.error for m in messages(RunStore().runs()[0].uid) if m.role == "assistant"] == ["Refused"]


def test_rate_limits_slow_down_and_lose_nothing(openai):
    openai.reply = echo
    openai.fail(429, times=6, retry_after=0.2)
    data = MANY.run(gpt, int, concurrency=8)
    assert [row["result"] for row in data] == list(range(60))
    assert len(openai.requests) == 66
    assert sum(row["requests"] for row in data.wide) == 66


def test_a_failure_between_an_answer_and_the_next_keeps_the_answer_in_the_record(openai):
    openai.reply = "maybe"
    openai.fail(400, path="/never")
    openai.heal()

    def reply(body):
        if len(body["messages"]) > 1:
            raise ValueError("always")
        return "maybe"

    openai.reply = reply
    (row,) = factorial("{{ a }}", a=[1]).run(lambda: gpt(retries=0), int, retries=2)
    assert row["result"] is None and "Overloaded" in row["error"]
    texts = [m.text for m in messages(RunStore().runs()[0].uid) if m.status == "complete" and m.role == "assistant"]
    assert texts == ["maybe"] * 3
    assert "maybe" in said(openai.requests[1])


def test_a_fallback_reply_is_an_answer_that_says_so(openai):
    openai.fail(503, times=-1)
    (row,) = factorial("{{ a }}", a=[1]).run(lambda: gpt(retries=0, fallback_text="7"), int).wide
    assert (row["result"], row["finish_reason"], row["status"]) == (7, "fallback", "done")


# --- the disk ---

FILL = """
    def answer(request):
        return request.messages[-1][1] + " " + "x" * 3000

    design = factorial("{{ a }}", a=list(range(200)))
    try:
        data = design.run(lambda: ScriptedThread(answer), None, concurrency=4)
    except EgoError as error:
        print(type(error).__name__ + ": " + str(error))
        sys.exit(7)
    print(json.dumps([row["result"].split()[0] for row in data]))
"""


@pytest.fixture
def small_disk(tmp_path):
    """A file system of half a megabyte."""
    place = tmp_path / "small"
    place.mkdir()
    mounted = os.geteuid() == 0 and shutil.which("mount") and subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=512k", "tmpfs", str(place)], capture_output=True, check=False
    ).returncode == 0  # fmt: skip
    yield place if mounted else None
    if mounted:
        subprocess.run(["umount", "-l", str(place)], check=True)


def test_a_full_disk_is_told_in_words_and_after_room_was_made_it_goes_on(tmp_path, small_disk):
    script = Script(tmp_path, FILL)
    limit = {}
    if small_disk is not None:
        script.env["EGO_STORE"] = str(small_disk / "ego.sqlite3")
    else:
        limit["preexec_fn"] = lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (300_000, 300_000))
    ended = script.run(**limit)
    assert ended.code == 7, ended.err
    assert ended.out.startswith("StoreError: ") and "disk" in ended.out and "is safe" in ended.out
    assert "Traceback" not in ended.err
    if small_disk is not None:
        shutil.copy(small_disk / "ego.sqlite3", tmp_path / "copy.sqlite3")
        subprocess.run(["mount", "-o", "remount,size=20m", str(small_disk)], check=True)
    again = script.run()
    assert again.data == [str(a) for a in range(200)]
    store = RunStore(script.env.get("EGO_STORE", str(script.store)))
    (run,) = store.runs()
    assert run.status == "done"
    assert len(list(store.replications(run.uid))) == 200
    store.close()


def test_a_file_that_may_not_grow_is_told_in_words(tmp_path):
    script = Script(tmp_path, FILL)
    ended = script.run(preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (300_000, 300_000)))
    assert (ended.code, ended.out.partition(":")[0]) == (7, "StoreError")
    assert script.run().data == [str(a) for a in range(200)]


def test_a_store_that_is_away_for_good_stops_the_run_and_asks_no_further(openai):
    store = RunStore()

    def reply(body):
        if len(openai.requests) == 10:
            with sqlite3.connect("ego.sqlite3", timeout=30) as other:
                other.execute("drop table otree_ego_message")
        return echo(body)

    openai.reply, openai.delay = reply, 0.02
    with pytest.raises(StoreError, match="no such table"):
        factorial("{{ a }}", a=list(range(400))).run(gpt, None, concurrency=4)
    assert len(openai.requests) < 200
    store.close()


def test_another_program_that_holds_the_store_for_a_moment_is_waited_for(openai):
    openai.reply = echo
    RunStore().close()
    held = sqlite3.connect("ego.sqlite3", isolation_level=None, check_same_thread=False)
    held.execute("begin immediate")
    started = time.monotonic()
    threading.Timer(1.0, lambda: (held.execute("rollback"), held.close())).start()
    assert [row["result"] for row in factorial("{{ a }}", a=[1, 2]).run(gpt, int)] == [1, 2]
    assert time.monotonic() - started >= 0.9


# --- keys and prompts in the record ---


def test_no_key_is_ever_in_the_store(openai, folder):
    openai.reply, openai.key = "5", "sk-other"
    with pytest.raises(KeyRejected):
        factorial("{{ a }}", a=[1]).run(lambda: gpt(api_key="sk-secret-in-code-987"), None)
    openai.key = None
    factorial("{{ a }}", a=[1]).run(lambda: gpt(api_key="sk-secret-in-code-987"), None)
    kept = b"".join(file.read_bytes() for file in folder.glob("ego.sqlite3*"))
    assert b"sk-secret" not in kept and b"sk-test-key" not in kept


FROZEN = """
import gc
from otree_ego import ConstantThread, factorial

seen = []
parser = lambda text: seen.append(gc.get_freeze_count()) or int(text)
factorial("Say {{ a }}", a=[1, 2]).run(lambda: ConstantThread("5"), parser)
print(min(seen) > 0, gc.get_freeze_count())

kept = list(range(10_000)), [[] for _ in range(10_000)]
gc.freeze()
frozen = gc.get_freeze_count()
factorial("Say {{ b }}", b=[1, 2]).run(lambda: ConstantThread("5"), parser)
print(gc.get_freeze_count() > frozen // 2)
"""


def test_the_collector_leaves_alone_what_was_there_and_takes_it_up_again(tmp_path):
    command = [sys.executable, "-c", FROZEN]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=300)
    assert done.stdout == "True 0\nTrue\n", done.stdout + done.stderr
