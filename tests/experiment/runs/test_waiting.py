"""Waiting in a run: it is said, a stop ends it, patience limits it, and what was asked is not asked again."""

from __future__ import annotations

import logging
import re
import threading
import time
from pathlib import Path
from typing import Any

import pytest
from harness.scripts import Script, until

from otree_ego import GPTThread, factorial, replicate
from otree_ego.errors import ConfigError, RunStopped
from otree_ego.experiment.runs.waiting import Reason, Waits
from otree_ego.stores import RunStore

DESIGN = factorial("{{ a }}?", a=[1, 2, 3])


def gpt(**more: Any) -> GPTThread:
    return GPTThread("gpt-6-luna", backoff=0.01, **more)


def last_run(folder: Path) -> Any:
    store = RunStore(folder / "ego.sqlite3")
    try:
        return store.runs()[-1]
    finally:
        store.close()


STUDIES = {
    "design": """
        show([row["result"] for row in factorial("{{ a }}?", a=[1, 2, 3]).run(gpt, int, concurrency=2)])
        """,
    "without a deadline": """
        def agent():
            return GPTThread("gpt-6-luna", deadline=None)
        show([row["result"] for row in factorial("{{ a }}?", a=[1, 2, 3]).run(agent, int, concurrency=2)])
        """,
    "plain plays": """
        from otree_ego import replicate
        def play(llm):
            return int(llm.submit("?"))
        make = lambda: GPTThread("gpt-6-luna", deadline=None)
        show([each.result for each in replicate(play, make, 3, concurrency=2)])
        """,
    "plays that catch everything": """
        from otree_ego import replicate
        async def play(llm):
            while True:
                try:
                    return int(await llm.aio.submit("?"))
                except Exception:
                    pass
        make = lambda: GPTThread("gpt-6-luna", deadline=None)
        show([each.result for each in replicate(play, make, 3, concurrency=2)])
        """,
    "batch": """
        show([row["result"] for row in factorial("{{ a }}?", a=[1, 2, 3]).run(gpt, int, batch=True)])
        """,
    "joblib": """
        show([row["result"] for row in factorial("{{ a }}?", a=[1, 2, 3]).run(
            gpt, int, concurrency=2, engine="joblib")])
        """,
    "own pace": """
        show([row["result"] for row in factorial("{{ a }}?", a=[1, 2, 3]).run(
            gpt, int, concurrency=2, requests_per_minute=0.1)])
        """,
}


@pytest.mark.parametrize(
    "kind",
    [pytest.param(kind, marks=pytest.mark.full if kind in ("joblib", "plain plays") else ()) for kind in STUDIES],
)
def test_a_wait_is_shown_and_the_first_ctrl_c_ends_it(tmp_path: Path, service: Any, kind: str) -> None:
    service.reply = "7"
    if kind != "own pace":
        service.fail(429, times=-1, retry_after=3600)
    script = Script(tmp_path, STUDIES[kind], service)
    running = script.start(terminal=True)
    until(lambda: script.store.exists() and "wait" in running.shown)
    until(lambda: "wait" in str(script.query("select note from otree_ego_run")))
    ((status, note),) = script.query("select status, note from otree_ego_run")
    assert status == "running"
    if kind == "own pace":
        assert "requests_per_minute" in note
    else:
        assert "openai" in note and "3600 s (1 h)" in note and re.search(r"until .*\d\d:\d\d:\d\d", note)
        until(lambda: re.search(r"waiting (1:)?\d\d:\d\d", running.shown) or kind == "batch")
    running.interrupt()
    ended = running.end()
    assert "replications are in" in ended.out and "again to go on" in ended.out
    for word in ("never retrieved", "was destroyed", "Exception in thread", "Fatal"):
        assert word not in ended.out
    assert script.query("select status, note, holder from otree_ego_run") == [("stopped", "Ctrl-C", "")]
    assert script.query("select count(*) from otree_ego_message where status = 'pending'") == [(0,)]
    service.heal()
    if kind != "own pace":
        assert script.run().data == [7, 7, 7]


def test_requests_under_way_are_finished_and_those_that_wait_are_not_sent(tmp_path: Path, service: Any) -> None:
    body = """
        from otree_ego import replicate
        def play(llm):
            return [llm.submit("first"), llm.submit("second")]
        show([each.result for each in replicate(play, gpt, 2, concurrency=2)])
    """
    service.hold()
    service.reply = "7"
    script = Script(tmp_path, body, service)
    running = script.start(terminal=True)
    service.wait_until(lambda s: s.standing == 2)
    running.interrupt()
    until(lambda: "finishing the 2 under way" in running.shown)
    service.release()
    ended = running.end()
    assert "0 of 2 replications are in" in ended.out
    assert len(service.requests) == 2, "the second questions were not sent"
    assert script.query("select text, count(*) from otree_ego_message where status = 'complete' and role = 'assistant'"
                        " group by text") == [("7", 2)]  # fmt: skip
    assert script.query("select sum(attempts) from otree_ego_message where status = 'failed'") == [(0,)]
    assert script.run().data == [["7", "7"]] * 2
    assert len(service.requests) == 4, "what was answered is not asked again"


@pytest.mark.parametrize("how", [{}, pytest.param({"engine": "joblib"}, marks=pytest.mark.slow), {"batch": True}])
def test_a_wait_beyond_patience_stops_the_run_and_it_goes_on_later(openai: Any, folder: Path, how: Any) -> None:
    openai.reply = "7"
    openai.fail(429, times=-1, retry_after=3600)
    with pytest.raises(RunStopped, match=r"openai .*asks for a pause of 3600 s \(1 h\).*patience is 60 s") as caught:
        DESIGN.run(gpt, int, patience=60, concurrency=2, **how)
    run = last_run(folder)
    assert (run.uid, run.status, run.holder) == (caught.value.run, "stopped", "") and "patience" in run.note
    openai.heal()
    data = DESIGN.run(gpt, int, patience=60, **how)
    assert (data.run, [row["result"] for row in data]) == (run.uid, [7, 7, 7])


def test_patience_limits_the_wait_for_a_batch(openai: Any) -> None:
    openai.reply, openai.batch_polls = "7", -1
    with pytest.raises(RunStopped, match=r"the batch .* is under way at the service, and patience is 0.2 s"):
        DESIGN.run(gpt, int, patience=0.2, batch=True)
    openai.batch_polls = 0
    assert [row["result"] for row in DESIGN.run(gpt, int, batch=True)] == [7, 7, 7]


def test_a_wait_within_patience_is_waited_for_and_the_own_pace_is_not_limited(openai: Any) -> None:
    openai.reply = "7"
    openai.fail(429, retry_after=0.2)
    data = DESIGN.run(gpt, int, patience=0.3, requests_per_minute=60, concurrency=1)
    assert [row["result"] for row in data] == [7, 7, 7]


def test_a_wait_of_a_turns_own_is_limited_too(openai: Any) -> None:
    openai.fail(503, times=-1, retry_after=500)
    with pytest.raises(RunStopped, match=r"HTTP 503\) and asks for a pause of 500 s .*patience is 100 s"):
        replicate(lambda llm: llm.submit("?"), lambda: gpt(deadline=None), 2, patience=100)


@pytest.mark.full
def test_without_a_terminal_the_log_says_who_waits(openai: Any, folder: Path, caplog: pytest.LogCaptureFixture) -> None:
    openai.reply = "7"
    openai.fail(429, times=1, retry_after=3600)
    problem: list[BaseException] = []

    def run() -> None:
        try:
            DESIGN.run(gpt, int, concurrency=1, name="study")
        except BaseException as error:
            problem.append(error)

    with caplog.at_level(logging.WARNING, "otree_ego"):
        work = threading.Thread(target=run, daemon=True)
        work.start()
        until(lambda: "wait" in caplog.text)
    (record,) = [each for each in caplog.records if "wait" in each.getMessage()]
    assert re.match(
        r"Run \w{8} \(study\): 1 replication waits until .*: openai asks for a pause of 3600 s", record.getMessage()
    )
    until(lambda: "1 replication waits until" in last_run(folder).note)
    store = RunStore()
    with store.transaction() as c:  # another process takes it up: this one ends
        c.execute("update otree_ego_run set holder = 'elsewhere:1:x'")
    store.close()
    work.join(60)
    assert problem and "elsewhere" in str(problem[0])


@pytest.mark.parametrize("wrong", [-1, True, "60", float("nan")])
def test_patience_is_seconds(wrong: Any) -> None:
    with pytest.raises(ConfigError, match="patience must be seconds"):
        DESIGN.run(gpt, int, patience=wrong, store=None)


def test_a_wrong_key_is_told_at_once_although_others_wait(openai: Any) -> None:
    openai.reply = "7"
    openai.fail(429, retry_after=3600)
    openai.fail(401)
    started = time.monotonic()
    with pytest.raises(Exception, match="rejected the key"):
        replicate(lambda llm: llm.submit("?"), lambda: gpt(deadline=None), 2, concurrency=2)
    assert time.monotonic() - started < 600


def test_the_longest_wait_for_a_service_is_the_one_that_is_told() -> None:
    waits, pace, asked = Waits(), Reason("the pace", pace=True), Reason("asks", 90.0)
    assert (waits.words, waits.longest) == ("", None)
    with waits.noted(pace, 500), waits.noted(asked, 90), waits.noted(asked, 20):
        assert re.fullmatch(r"3 replications wait until .*\d\d:\d\d: asks", waits.words)
        assert waits.longest is not None and 80 < waits.longest.left <= 90
    assert waits.words == ""
