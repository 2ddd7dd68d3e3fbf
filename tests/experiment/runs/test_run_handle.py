"""A handle to a run: what it tells, when, and how it stops."""

from __future__ import annotations

from concurrent.futures import Future
from pathlib import Path
from typing import Any

import pytest
from harness.scripts import until

from otree_ego import ConstantThread, Conversation, GPTThread, ScriptedThread, replicate
from otree_ego.errors import ConfigError, RunError, RunStopped
from otree_ego.experiment import RunEvent, start_run
from otree_ego.experiment.built.work import run_built
from otree_ego.experiment.runs.event_log import EventLog
from otree_ego.experiment.runs.watched_journal import WatchedJournal
from otree_ego.stores import RunStore

PAIR = {
    "threads": [[1, ["ConstantThread", "7"]], [2, ["ConstantThread", "Perhaps."]]], "treatments": ["low", "high"],
    "rounds": 2, "variables": {}, "filters": [["extract_number"], ["As is"]],
    "prompts": {"system": "You are player {{ i }}.", "user": "Round {{ round }}?"},
}  # fmt: skip
NOT_KEPT: Any = {"store": None, "progress": False}


def ask(thread: Any) -> str:
    return str(thread.submit("Which number?"))


def test_every_message_is_told_when_it_is_in_the_store(folder: Path) -> None:
    there: list[bool] = []

    def look(event: RunEvent) -> None:
        if event.kind == "message" and event.message is not None:
            store = RunStore("ego.sqlite3", create=False)
            found = [m for each in store.messages([event.thread]).values() for m in each if m.id == event.message.id]
            there.append([(m.text, m.status) for m in found] == [(event.message.text, event.message.status)])
            store.close()

    handle = start_run(run_built, PAIR, 1, seed=1, on_event=look)
    events = list(handle.events())
    assert [row.tainted for row in handle.result()] == [False]
    assert len(there) == 14 and all(there), "two told, and in each of two rounds two questions, two places, two answers"
    assert [event.kind for event in events][:1] == ["begun"] and events[-1].kind == "ended"
    said = [(e.place, e.seat, e.message.role, e.message.status) for e in events if e.message is not None]
    assert said[2:8] == [
        (0, 1, "user", "complete"), (0, 1, "assistant", "pending"), (0, 1, "assistant", "complete"),
        (0, 2, "user", "complete"), (0, 2, "assistant", "pending"), (0, 2, "assistant", "complete"),
    ]  # fmt: skip
    assert {e.run for e in events} == {handle.run} and handle.status == "done"
    assert {e.treatment for e in events if e.message} == {handle.result()[0].treatment}


def test_progress_counts_what_has_ended_before_too(folder: Path) -> None:
    start_run(run_built, PAIR, 2, seed=1, progress=False).result()
    handle = start_run(run_built, {**PAIR, "rounds": 2}, 5, seed=1, progress=False)
    begun = next(handle.events())
    assert begun.progress is not None and (begun.progress.planned, begun.progress.done) == (5, 2)
    handle.result()
    assert (handle.progress.done, handle.progress.tainted, handle.progress.failed) == (5, 0, 0)
    again = start_run(run_built, PAIR, 5, seed=1, progress=False)
    assert [event.kind for event in again.events()] == ["begun", "ended"], "nothing was left to ask"
    assert again.status == "done"


def test_tainted_and_failed_ones_are_told_with_the_reason(openai: Any) -> None:
    tainted = start_run(run_built, {**PAIR, "filters": [["extract_number"], ["extract_number"]]}, 1, **NOT_KEPT)
    [ended] = [event.replication for event in tainted.events() if event.replication]
    assert ended.tainted and "Perhaps." in ended.error_text and tainted.progress.tainted == 1
    openai.fail(400, times=50)
    failed = start_run(replicate, ask, lambda: GPTThread("gpt-6-luna"), 1, **NOT_KEPT)
    [ended] = [event.replication for event in failed.events() if event.replication]
    assert (ended.status, ended.error) == ("failed", "BadRequest") and failed.progress.failed == 1


def test_a_run_is_stopped_in_the_middle_and_goes_on(openai: Any) -> None:
    openai.reply = "7"
    openai.hold()
    handle = start_run(replicate, ask, lambda: GPTThread("gpt-6-luna"), 6, concurrency=2, progress=False)
    waiting = [event for event in _until(handle, lambda e: e.message and e.message.status == "pending", 2)]
    assert {event.place for event in waiting} == {0, 1}
    until(lambda: len(openai.requests) >= 2)
    handle.stop()
    openai.release()
    with pytest.raises(RunStopped, match="on request"):
        handle.result()
    assert (handle.status, handle.progress.done, handle.stopping) == ("stopped", 2, True)
    again = start_run(replicate, ask, lambda: GPTThread("gpt-6-luna"), 6, progress=False)
    assert len(again.result()) == 6 and again.run == handle.run
    assert len(openai.requests) == 6, "nothing was asked twice"


def test_stopped_twice_it_breaks_off(openai: Any) -> None:
    openai.hold()
    handle = start_run(replicate, ask, lambda: GPTThread("gpt-6-luna"), 3, concurrency=1, progress=False)
    until(lambda: len(openai.requests) >= 1)
    handle.stop()
    assert not handle.wait(0.0)
    handle.stop()
    with pytest.raises(RunStopped):
        handle.result()
    assert (handle.status, handle.progress.done) == ("stopped", 0)
    openai.release()


def test_the_end_of_a_block_stops_it(openai: Any) -> None:
    openai.hold()
    with (
        pytest.raises(KeyboardInterrupt),
        start_run(replicate, ask, lambda: GPTThread("gpt-6-luna"), 3, concurrency=1, progress=False) as handle,
    ):
        until(lambda: len(openai.requests) >= 1)
        openai.release()
        raise KeyboardInterrupt
    assert handle.status in ("stopped", "done") and handle.wait(0)


def test_stopped_before_it_begins(folder: Path) -> None:
    def late(**options: Any) -> Any:
        handles[0].stop()
        return run_built(PAIR, 3, **options)

    handles: list[Any] = []
    gate: Future[None] = Future()

    def held(**options: Any) -> Any:
        gate.result()
        return late(**options)

    handles.append(start_run(held, **NOT_KEPT))
    gate.set_result(None)
    with pytest.raises(RunStopped):
        handles[0].result()
    assert handles[0].progress.done == 0


def test_what_is_wrong_is_raised_by_result(folder: Path) -> None:
    handle = start_run(run_built, {**PAIR, "rounds": 0}, 1)
    with pytest.raises(ConfigError, match="rounds"):
        handle.result()
    assert (handle.status, handle.run, list(handle.events())) == ("failed", "", [])


def test_an_observer_that_raises_ends_nothing(folder: Path, caplog: pytest.LogCaptureFixture) -> None:
    def broken(event: RunEvent) -> None:
        raise ZeroDivisionError(event.kind)

    assert len(start_run(run_built, PAIR, 2, on_event=broken, **NOT_KEPT).result()) == 2
    assert "raised an error" in caplog.text


def test_runs_do_not_start_runs_inside(folder: Path) -> None:
    def play(thread: Any) -> str:
        start_run(replicate, ask, lambda: ConstantThread("7"), 1)
        return ask(thread)

    with pytest.raises(RunError, match="inside a run"):
        start_run(replicate, play, lambda: ConstantThread("7"), 1, **NOT_KEPT).result()


def test_plain_code_is_watched_too(folder: Path) -> None:
    def play(convo: Any) -> int:
        return sum(int(thread.submit("?")) for thread in convo)

    def pair() -> Conversation:
        return Conversation(ann=ScriptedThread(["3"]), bob=ConstantThread("5"))

    handle = start_run(replicate, play, pair, 3, **NOT_KEPT)
    replies = [e for e in handle.events() if e.message is not None and e.message.role == "assistant"]
    assert [e.message.text for e in replies if e.message and e.message.status == "complete"].count("5") == 3
    assert [row.result for row in handle.result()] == [8, 8, 8]


def test_what_was_not_written_is_not_told() -> None:
    class Broken:
        def put(self, entries: Any) -> Future[None]:
            done: Future[None] = Future()
            done.set_exception(OSError("full"))
            return done

    told: list[RunEvent] = []
    watched = WatchedJournal(Broken(), "r", told.append)  # type: ignore[arg-type]
    watched.put([("seat", {"thread": "t", "run": "r", "place": 0, "attempt": 1, "seat": 1})])
    assert not told and not watched._seats


def test_a_slow_reader_is_told_what_it_missed() -> None:
    log: EventLog[int] = EventLog(kept=3)
    for number in range(1, 8):
        log.add(number)
    assert log.after(2) == [(5, 5), (6, 6), (7, 7)] and log.after(6) == [(7, 7)] and log.after(7) == []
    assert (log.first, log.last) == (5, 7) and log.after(99) == []
    log.close()
    log.add(8)
    assert log.after(7, 60) == [], "who waits is told that nothing comes any more"


def _until(handle: Any, wanted: Any, times: int) -> list[RunEvent]:
    found = []
    for event in handle.events():
        if wanted(event):
            found.append(event)
            if len(found) == times:
                break
    return found
