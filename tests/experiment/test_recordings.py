"""`save()` and `recording(…)`: what a script or a notebook says is in the store, and what is not is told."""

from __future__ import annotations

import asyncio
import gc
import signal
import subprocess
import sys
import textwrap
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from harness.scripts import Script

from otree_ego import ConstantThread, Conversation, ExternalThread, GPTThread, Thread, recording, replicate
from otree_ego.cli.command import main
from otree_ego.errors import ConfigError, ProviderError, StoreError
from otree_ego.experiment import exporting
from otree_ego.messages import Message
from otree_ego.stores import Run, RunStore
from otree_ego.threads import loose

Said = list[tuple[str, str, str]]


def runs(file: str | Path = "ego.sqlite3") -> list[Run]:
    store = RunStore(file, create=False)
    try:
        return store.runs()
    finally:
        store.close()


def recorded(run: str, file: str | Path = "ego.sqlite3") -> list[list[Message]]:
    """The records of a run's Threads, by place and seat."""
    store = RunStore(file, create=False)
    try:
        uids = [seat.thread.uid for seat in store.seats(run)]
        return list(store.messages(uids).values())
    finally:
        store.close()


def texts(run: str, file: str | Path = "ego.sqlite3") -> list[list[str]]:
    return [[message.text for message in record] for record in recorded(run, file)]


def rows(run: str) -> list[dict[str, Any]]:
    store = RunStore()
    try:
        return list(exporting.rows_of(store, store.get(run)))
    finally:
        store.close()


# --- save -------------------------------------------------------------------------------------------------------------


def test_save_writes_a_thread_and_later_saves_add(folder: Path) -> None:
    llm = ConstantThread("Fine", mood="calm")
    llm.system("Be kind")
    llm.submit("One")
    llm.save()
    (run,) = runs()
    assert (run.kind, run.status) == ("script", "done")
    assert texts(run.uid) == [["Be kind", "One", "Fine"]]
    llm.save()
    assert texts(run.uid) == [["Be kind", "One", "Fine"]], "to save twice is to save once"
    llm.submit("Two")
    llm.mood = "merry"
    llm.save("sub", "out", full_save=True)
    assert texts(run.uid) == [["Be kind", "One", "Fine", "Two", "Fine"]]
    store = RunStore()
    (seat,) = store.seats(run.uid)
    assert b"merry" in seat.thread.state
    assert store.totals(run.uid).replications == 1
    store.close()


def test_all_that_a_process_saves_is_one_run_and_each_conversation_a_replication(folder: Path) -> None:
    pairs = [Conversation(ann=ConstantThread("a"), bob=ConstantThread("b")) for _ in range(2)]
    for pair in pairs:
        pair.all.treatment = "low"
        pair.shared = 5
        for thread in pair:
            thread.choices.append(thread.submit("Choose."))
    alone = ConstantThread("c")
    alone.submit("Hm?")
    pairs[0].all.save("data")
    pairs[1].save()
    alone.save()
    (run,) = runs()
    found = rows(run.uid)
    assert [(row.get("answer"), row.get("text"), row["treatment"]) for row in found] == [
        ("a", None, "low"), ("b", None, "low"), ("a", None, "low"), ("b", None, "low"), (None, "c", ""),
    ]  # fmt: skip
    assert [row["group"] for row in found[:4]] == [pairs[0].id] * 2 + [pairs[1].id] * 2
    store = RunStore()
    assert [each.treatment for each in store.replications(run.uid)] == ["low", "low", ""]
    store.close()


def test_a_thread_saved_alone_sits_with_those_that_it_speaks_with_later(folder: Path) -> None:
    ann, bob = ConstantThread("a"), ConstantThread("b")
    ann.submit("1")
    ann.save()
    pair = Conversation(ann, bob)
    bob.submit("2")
    pair.all.save()
    store = RunStore()
    (run,) = store.runs()
    assert [(seat.place, seat.seat) for seat in store.seats(run.uid)] == [(0, 1), (0, 2)]
    store.close()


def test_another_store_is_another_run(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    llm = ConstantThread("a")
    llm.submit("1")
    monkeypatch.setenv("EGO_STORE", str(folder / "mine.sqlite3"))
    llm.save()
    monkeypatch.delenv("EGO_STORE")
    llm.submit("2")
    llm.save()
    assert not Path("ego.sqlite3").exists(), "a Thread stays where it was recorded"
    assert len(texts(runs("mine.sqlite3")[0].uid, "mine.sqlite3")[0]) == 4
    other = ConstantThread("b")
    other.submit("3")
    other.save()
    assert texts(runs()[0].uid) == [["3", "b"]]


def test_a_store_that_was_deleted_is_made_again(folder: Path) -> None:
    llm = ConstantThread("a")
    llm.submit("1")
    llm.save()
    Path("ego.sqlite3").unlink()
    llm.submit("2")
    llm.save()
    assert texts(runs()[0].uid) == [["1", "a", "2", "a"]]


def test_a_failed_reply_and_a_thread_that_says_nothing_are_saved(openai: Any) -> None:
    llm = GPTThread("gpt-6-luna", retries=0)
    openai.fail(401)
    with pytest.raises(ProviderError):
        llm.submit("1")
    llm.save()
    silent = Thread("constant/x", name="Ada")
    silent.save()
    (run,) = runs()
    first, second = recorded(run.uid)
    assert [message.status for message in first] == ["complete", "failed"]
    assert second == []


def test_saved_in_async_code(folder: Path) -> None:
    async def play() -> None:
        pair = Conversation(a=ConstantThread("x"), b=ConstantThread("y"))
        await asyncio.gather(*(thread.aio.submit("Go") for thread in pair.threads))
        pair.all.save()
        pair.a.aio.save()

    asyncio.run(play())
    assert texts(runs()[0].uid) == [["Go", "x"], ["Go", "y"]]


def test_in_an_experiment_save_is_the_experiments(folder: Path) -> None:
    def play(llm: Thread) -> None:
        llm.submit("Go")
        llm.save()

    replicate(play, lambda: ConstantThread("x"), times=2, progress=False)
    (run,) = runs()
    assert run.kind != "script"


# --- recording --------------------------------------------------------------------------------------------------------


def test_a_recording_has_what_was_said_inside(folder: Path) -> None:
    before = ConstantThread("b")
    before.system("S")
    before.submit("early")
    with recording("pilot") as pilot:
        before.submit("now")
        llm = ConstantThread("x")
        llm.submit("1")
        assert texts(pilot.id) == [["S", "early", "b", "now", "b"], ["1", "x"]], "as it happens"
        assert runs()[0].status == "running"
        noted = Thread("constant/x")
        noted.user("only noted")
    llm.submit("after")
    (run,) = runs()
    assert (run.name, run.kind, run.status, run.uid) == ("pilot", "script", "done", pilot.id)
    assert texts(pilot.id)[1:] == [["1", "x"], ["only noted"]]
    llm.save()
    assert texts(pilot.id)[1] == ["1", "x", "after", "x"], "save adds to the same run"
    assert len(runs()) == 1


def test_a_recording_of_nothing_is_no_run(folder: Path) -> None:
    with recording("empty") as empty:
        pass
    assert (empty.id, runs()) == ("", [])
    for name in ("", "  ", None):
        with pytest.raises(ConfigError):
            recording(name)  # type: ignore[arg-type]


def test_attributes_are_kept_at_the_end(folder: Path) -> None:
    with recording("pilot") as pilot:
        llm = ConstantThread("x")
        llm.submit("1")
        llm.choices.append("late")
        del llm
        gc.collect()
    assert [row["answer"] for row in rows(pilot.id)] == ["late"]


def test_conversations_are_replications(folder: Path) -> None:
    with recording("pilot") as pilot:
        ann, bob = ConstantThread("a"), ConstantThread("b")
        bob.system("You are Bob")
        Conversation(ann=ann, bob=bob)
        bob.submit("1")
        ann.submit("2")
    assert texts(pilot.id) == [["2", "a"], ["You are Bob", "1", "b"]]
    assert [row["seat"] for row in rows(pilot.id)] == ["ann", "bob"]


def test_an_error_inside_ends_the_run_and_loses_nothing(openai: Any) -> None:
    with pytest.raises(ZeroDivisionError), recording("pilot") as pilot:
        GPTThread("gpt-6-luna").submit("1")
        raise ZeroDivisionError("mine")
    (run,) = runs()
    assert (run.status, run.note) == ("failed", "ZeroDivisionError: mine")
    assert len(texts(pilot.id)[0]) == 2
    with pytest.raises(KeyboardInterrupt), recording("stopped") as stopped:
        ConstantThread("x").submit("1")
        raise KeyboardInterrupt
    assert [(each.status, each.note) for each in runs() if each.uid == stopped.id] == [("stopped", "Ctrl-C")]


def test_nested_and_again(folder: Path) -> None:
    outer, inner = recording("outer"), recording("inner")
    with outer:
        llm = ConstantThread("x")
        llm.submit("1")
        with inner:
            ConstantThread("y").submit("2")
            llm.submit("3")
            with pytest.raises(ConfigError):
                inner.__enter__()
        ConstantThread("z").submit("4")
    assert (texts(outer.id), texts(inner.id)) == ([["1", "x", "3", "x"], ["4", "z"]], [["2", "y"]])
    with inner:
        ConstantThread("w").submit("5")
    assert texts(inner.id) == [["5", "w"]]
    assert [run.name for run in runs()] == ["outer", "inner", "inner"]


def test_tasks_each_have_their_own_recording(folder: Path) -> None:
    async def play(name: str) -> str:
        async with recording(name) as mine:
            replies = (ConstantThread(name).aio.submit(str(n)) for n in range(3))
            await asyncio.gather(*replies)
            await both()
        return mine.id

    here = [0]
    done = asyncio.Event()

    async def both() -> None:
        here[0] += 1
        if here[0] == 2:
            done.set()
        await done.wait()

    async def outside() -> None:
        await ConstantThread("nobody").aio.submit("not recorded")

    async def all_of_them() -> tuple[Any, ...]:
        return await asyncio.gather(play("a"), play("b"), outside())

    a, b, _ = asyncio.run(all_of_them())
    assert sorted(texts(a)) == [["0", "a"], ["1", "a"], ["2", "a"]]
    assert sorted(texts(b)) == [["0", "b"], ["1", "b"], ["2", "b"]]
    assert len(runs()) == 2


def test_threads_that_are_started_inside_are_recorded(folder: Path) -> None:
    shared = ConstantThread("shared")
    with recording("pilot") as pilot:
        with ThreadPoolExecutor(4) as pool:
            list(pool.map(lambda n: ConstantThread(f"x{n}").submit("Go"), range(12)))
        worker = threading.Thread(target=lambda: shared.submit("Go"))
        worker.start()
        worker.join()
    assert sorted(texts(pilot.id)) == sorted([["Go", f"x{n}"] for n in range(12)] + [["Go", "shared"]])


def test_a_reply_that_is_cancelled_is_recorded(openai: Any) -> None:
    openai.hold()

    async def play() -> None:
        with recording("pilot"):
            task = asyncio.create_task(GPTThread("gpt-6-luna").aio.submit("1"))
            while not openai.requests:
                await asyncio.sleep(0.01)
            task.cancel()
            with pytest.raises(asyncio.CancelledError):
                await task

    try:
        asyncio.run(play())
    finally:
        openai.release()
    (run,) = runs()
    assert [(m.role, m.status) for m in recorded(run.uid)[0]] == [("user", "complete"), ("assistant", "failed")]


def test_designs_inside_have_runs_of_their_own(folder: Path) -> None:
    def play(llm: Thread) -> None:
        llm.submit("Go")

    with recording("pilot") as pilot:
        replicate(play, lambda: ConstantThread("x"), times=2, progress=False)
        ConstantThread("y").submit("Hm")
    assert texts(pilot.id) == [["Hm", "y"]]
    assert sorted(run.kind == "script" for run in runs()) == [False, True]


def test_a_store_that_cannot_be_made_is_said_before_anything_is_asked(openai: Any, tmp_path: Path) -> None:
    with pytest.raises(StoreError), recording("pilot", store=tmp_path / "nowhere" / "ego.sqlite3"):
        GPTThread("gpt-6-luna").submit("never")
    assert openai.requests == []


def test_what_could_not_be_written_is_written_by_the_next_save(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from otree_ego.stores import journal

    usual = journal.write_entries

    def full(connection: Any, entries: Any) -> None:
        raise StoreError("The disk is full.")

    with recording("pilot") as pilot:
        llm = ConstantThread("x")
        llm.submit("1")
        monkeypatch.setattr(journal, "write_entries", full)
        with pytest.raises(StoreError):
            llm.submit("2")
        with pytest.raises(StoreError):
            llm.save()
        monkeypatch.setattr(journal, "write_entries", usual)
        llm.submit("3")
    llm.save()
    assert texts(pilot.id) == [[message.text for message in llm.messages]]


def test_verbs_know_a_scripts_run(folder: Path, undrawn: None, capsys: pytest.CaptureFixture[str]) -> None:
    with recording("pilot") as pilot:
        ConstantThread("42").ask_number("How many?")
        ExternalThread().submit("And you?", response="Me too")
    for line in (["runs"], ["show", pilot.id], ["data", pilot.id], ["data", "--wide", pilot.id], ["cost", pilot.id]):
        assert main(line) == 0
    out = capsys.readouterr().out
    assert "pilot" in out and "How many?" in out and "Me too" in out
    assert main(["report", pilot.id, "-o", "report.html"]) == 0
    assert "a script" in Path("report.html").read_text("utf-8")
    assert main(["resume", pilot.id]) == 1
    assert "Run the script again" in capsys.readouterr().err
    assert [(row["prompt"], row["answer"]) for row in rows(pilot.id)] == [
        ("How many?\n\nAnswer only with one number.", 42),
        ("And you?", None),
    ]


HELD = """\
import gc, weakref
from otree_ego import ConstantThread

llm = ConstantThread("x")
llm.submit("1")
llm.save()
gone = weakref.ref(llm)
del llm
gc.collect()
print(gone())
"""


def test_save_holds_no_thread_that_is_not_needed_any_more(folder: Path) -> None:
    """In a process of its own: what ran before in this one may hold the last Thread that it saw."""
    done = subprocess.run([sys.executable, "-c", HELD], capture_output=True, text=True, timeout=120, check=False)
    assert done.stdout == "None\n", done.stdout + done.stderr


# --- processes --------------------------------------------------------------------------------------------------------

PAID = """
from otree_ego import recording, Thread
llm = gpt()
"""


def test_a_killed_script_has_what_was_complete(service: Any, tmp_path: Path) -> None:
    service.reply = "Fine"
    body = """
    with recording("pilot"):
        llm.submit("one")
        llm.submit("two")
        llm.submit("three", on_piece=lambda piece: os.kill(os.getpid(), signal.SIGKILL))
    """
    script = Script(tmp_path, PAID + textwrap.dedent(body), service)
    assert script.run().code == -signal.SIGKILL
    found = script.query("select text, status from otree_ego_message order by seq")
    assert found == [
        ("one", "complete"), ("Fine", "complete"), ("two", "complete"), ("Fine", "complete"), ("three", "complete"),
        ("", "pending"),
    ]  # fmt: skip
    assert script.query("select answers, cost > 0 from otree_ego_replication") == [(2, 1)]
    again = Script(
        tmp_path, 'from otree_ego import recording\nwith recording("x"):\n    ConstantThread("y").submit("z")'
    )
    assert again.run().code == 0
    states = script.query("select name, status, note from otree_ego_run order by id")
    assert states == [("pilot", "stopped", "its process ended"), ("x", "done", "")]
    assert script.query("select count(*) from otree_ego_message where status = 'pending'") == [(0,)]


@pytest.mark.parametrize(
    ("body", "told"),
    [
        ('llm.submit("a"); llm.submit("b")', "2 replies were paid for"),
        ('llm.submit("a"); llm.save(); llm.submit("b")', "1 reply was paid for"),
        ('llm.submit("a")\ndel llm\nraise SystemExit(3)', "1 reply was paid for"),
        ('llm.submit("a"); llm.save()', ""),
        ('with recording("x"):\n    llm.submit("a")', ""),
        ('llm.submit("a")\nwith recording("x"):\n    llm.submit("b")', ""),
        ('ConstantThread("x").submit("a"); ScriptedThread(["x"]).submit("a")', ""),
        ('import pytest\nllm.submit("a")', ""),
    ],
)
def test_a_process_that_ends_with_paid_unrecorded_replies_says_so_once(
    service: Any, tmp_path: Path, body: str, told: str
) -> None:
    service.reply = "Fine"
    ended = Script(tmp_path, PAID + body, service).run()
    assert ended.err.count("otree_ego: ") == bool(told), ended.err
    assert told in ended.err
    assert ended.out == ""


def test_copies_of_a_process_tell_of_their_own_and_record_in_runs_of_their_own(service: Any, tmp_path: Path) -> None:
    body = """
    llm = gpt()
    llm.submit("a")
    from otree_ego import recording
    with recording("pilot"):
        ConstantThread("parent").submit("1")
        if os.fork() == 0:
            ConstantThread("child").submit("2")
            os._exit(0)
        os.wait()
        ConstantThread("parent").submit("3")
    llm.save()
    """
    service.reply = "Fine"
    script = Script(tmp_path, body, service)
    ended = script.run()
    assert (ended.code, ended.err) == (0, "")
    found = script.query(
        "select r.name, m.text from otree_ego_message m join otree_ego_seat s on s.thread = m.thread "
        "join otree_ego_run r on r.uid = s.run where m.role = 'assistant' order by m.id"
    )
    assert [text for _, text in found if text != "Fine"][:3] == ["parent", "child", "parent"]
    assert script.query("select count(*) from otree_ego_run") == [(3,)]


def test_what_is_paid() -> None:
    paid = dict(status="complete", model="gpt-6-luna", model_answered="gpt-6-luna")
    rows: list[tuple[dict[str, Any], bool]] = [
        (dict(cost=0.1, **paid), True),
        (dict(cost=None, **paid), True),
        (dict(cost=0.0, **paid), False),
        (dict(status="failed", model="gpt-6-luna"), False),
        (dict(status="failed", model="gpt-6-luna", cost=0.2), True),
        (dict(status="complete", model="external/human", model_answered="external/human"), False),
    ]
    for values, wanted in rows:
        assert loose.is_paid(Message("assistant", "x", **values)) is wanted, values
    assert not loose.is_paid(Message("user", "x", cost=1.0))
