"""Runs through a service's batch queue: handed in once, fetched whatever happens, failures handed in again."""

from __future__ import annotations

import asyncio
import contextlib
import json
import sqlite3
import threading
from collections import Counter
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import openai as sdk
import pytest
from harness.scripts import Script, until

from otree_ego import ConstantThread, Conversation, GPTThread, ScriptedThread, extract_number, factorial, replicate
from otree_ego.errors import BadRequest, ConfigError, EgoError, KeyRejected
from otree_ego.experiment.built.work import run_built
from otree_ego.stores import RunStore

DESIGN = factorial("What is {{ a }} times {{ b }}?", a=[2, 3], b=[4, 5, 6])


def gpt() -> GPTThread:
    return GPTThread("gpt-6-luna", backoff=0.01)


def handed_in(service: Any) -> list[list[str]]:
    """For each batch at the service, oldest first, what its lines ask."""
    with sdk.OpenAI(base_url=service.base_url, api_key="sk-test-key-123456", max_retries=0) as api:
        found = []
        for batch in api.batches.list():
            lines = api.files.content(batch.input_file_id).text.splitlines()
            found.append([json.loads(line)["body"]["messages"][-1]["content"] for line in lines])
    return found[::-1]


def live(service: Any) -> list[Any]:
    """Requests that were asked live, not through the queue."""
    return [one for one in service.requests if one.path.endswith("/chat/completions")]


def batches(folder: Path) -> list[dict[str, Any]]:
    store = RunStore(folder / "ego.sqlite3")
    try:
        return [batch for run in store.runs() for batch in store.batches(run.uid)]
    finally:
        store.close()


def multiply(body: Any) -> str:
    words = body["messages"][-1]["content"].rstrip("?").split()
    return f"It is {int(words[2]) * int(words[4])}."


def test_a_design_is_one_batch(openai: Any, folder: Path) -> None:
    openai.reply, openai.batch_polls, openai.batch_shuffled = multiply, 1, True
    data = DESIGN.run(gpt, extract_number, times=2, batch=True)
    assert [row["result"] for row in data] == [8, 10, 12, 12, 15, 18] * 2
    assert [len(lines) for lines in handed_in(openai)] == [12]
    assert live(openai) == []
    (batch,) = batches(folder)
    assert batch["status"] == "done" and len(batch["requests"]) == 12
    assert data.wide[0]["cost_usd"] > 0
    again = DESIGN.run(gpt, extract_number, times=2, batch=True)
    assert list(again) == list(data) and len(handed_in(openai)) == 1


def test_invalid_answers_are_a_further_batch(openai: Any) -> None:
    openai.reply = lambda body: "15." if len(body["messages"]) > 1 else ("None." if "times 5" in str(body) else "1.")
    data = DESIGN.run(gpt, extract_number, retries=1, batch=True)
    assert [row["attempts"] for row in data] == [1, 2, 1, 1, 2, 1]
    assert [row["result"] for row in data] == [1, 15, 1, 1, 15, 1]
    assert [len(lines) for lines in handed_in(openai)] == [6, 2]


@pytest.mark.parametrize("fate", ["expired", "cancelled"])
def test_what_was_not_got_to_is_handed_in_again(fate: str, openai: Any) -> None:
    openai.batch_fate = fate

    def reply(body: Any) -> str:
        openai.batch_fate = "completed"  # from the next batch on
        return multiply(body)

    openai.reply = reply
    data = DESIGN.run(gpt, extract_number, batch=True)
    assert [row["result"] for row in data] == [8, 10, 12, 12, 15, 18]
    assert [len(lines) for lines in handed_in(openai)] == [6, 3]
    assert Counter(text for lines in handed_in(openai) for text in lines)["What is 2 times 4?"] == 1


@pytest.mark.parametrize("fault", [500, "missing", "empty", "timeout", "malformed"])
def test_lines_that_failed_are_handed_in_again(fault: Any, openai: Any) -> None:
    openai.reply = multiply
    asked: Counter[str] = Counter()

    def fail(body: Any) -> Any:
        text = body["messages"][-1]["content"]
        asked[text] += 1
        return fault if "3 times 5" in text and asked[text] == 1 else None

    openai.batch_fail = fail
    data = DESIGN.run(gpt, extract_number, batch=True)
    assert [row["result"] for row in data] == [8, 10, 12, 12, 15, 18]
    assert [len(lines) for lines in handed_in(openai)] == [6, 1]


def test_a_refused_line_fails_its_replication_and_is_asked_again_later(openai: Any) -> None:
    openai.reply = multiply
    openai.batch_fail = lambda body: (400, "not that") if "3 times 5" in str(body) else None
    data = DESIGN.run(gpt, extract_number, batch=True)
    assert data.failed == 1 and [row["result"] for row in data][4] is None
    assert "not that" in data[4]["error"]
    openai.batch_fail = {}
    data = DESIGN.run(gpt, extract_number, batch=True)
    assert [row["result"] for row in data] == [8, 10, 12, 12, 15, 18]
    assert [len(lines) for lines in handed_in(openai)] == [6, 1]


def test_lines_that_never_get_an_answer_can_be_asked_again(openai: Any) -> None:
    openai.reply = multiply
    openai.batch_fail = lambda body: 500 if "3 times 5" in str(body) else None
    data = DESIGN.run(gpt, extract_number, batch=True)
    assert data.failed == 1
    tries = len(handed_in(openai)) - 1
    openai.batch_fail = {}
    data = DESIGN.run(gpt, extract_number, batch=True)
    assert data.failed == 0 and data[4]["result"] == 15
    assert [len(lines) for lines in handed_in(openai)][tries:] == [1, 1]


def test_a_full_queue_is_tried_again(openai: Any, folder: Path) -> None:
    openai.reply, openai.batch_fate = multiply, "failed"
    done: list[Any] = []
    work = threading.Thread(target=lambda: done.extend(DESIGN.run(gpt, extract_number, batch=True)), daemon=True)
    work.start()
    until(lambda: any(batch["status"] == "lost" for batch in batches(folder)))
    openai.batch_fate = "completed"
    work.join(30)
    assert [row["result"] for row in done] == [8, 10, 12, 12, 15, 18]
    assert [batch["status"] for batch in batches(folder)] == ["lost"] * (len(batches(folder)) - 1) + ["done"]


def test_a_busy_service_is_patiently_asked(openai: Any) -> None:
    openai.reply = multiply
    openai.fail(503, times=1, path="/files")
    openai.fault("drop_mid", times=1, path="/batches")
    openai.fail(429, times=1, retry_after=0.1)
    data = DESIGN.run(gpt, extract_number, batch=True)
    assert [row["result"] for row in data] == [8, 10, 12, 12, 15, 18]
    assert [len(lines) for lines in handed_in(openai)] == [6], "the batch that was made all the same is taken"


def test_a_service_without_a_queue_says_so(openai: Any, folder: Path) -> None:
    openai.batches = False
    with pytest.raises(BadRequest, match=r"has no batch queue at .*: run without it"):
        DESIGN.run(gpt, extract_number, batch=True)
    assert live(openai) == []
    openai.reply = multiply
    data = DESIGN.run(gpt, extract_number)
    assert data.failed == 0
    store = RunStore()
    assert [run.status for run in store.runs()] == ["done"]
    store.close()


def test_a_wrong_key_says_so(openai: Any) -> None:
    openai.key = "another"
    with pytest.raises(KeyRejected):
        DESIGN.run(gpt, extract_number, batch=True)
    openai.key, openai.reply = None, multiply
    assert DESIGN.run(gpt, extract_number, batch=True).failed == 0


def test_a_key_given_in_code_is_used(openai: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("OPENAI_API_KEY")
    openai.key, openai.reply = "sk-code-key-123456", multiply
    data = DESIGN.run(lambda: GPTThread("gpt-6-luna", api_key="sk-code-key-123456"), extract_number, batch=True)
    assert data.failed == 0


def test_an_engine_and_a_batch_are_two_things(openai: Any) -> None:
    with pytest.raises(ConfigError, match="there is no engine beside it"):
        DESIGN.run(gpt, extract_number, batch=True, engine="joblib")


BUILT: dict[str, Any] = {
    "threads": [
        [1, ["GPTThread", "gpt-6-luna"]], [2, ["ConstantThread", "ACCEPT"]], [3, ["GPTThread", "gpt-5.4-mini"]]
    ],
    "treatments": ["a", "b"], "rounds": 3, "variables": {}, "filters": [["extract_number"], ["As is"], ["As is"]],
    "prompts": {"system": "", "user": "Round {{ round }}, replication {{ replication }}, seat {{ i }}?"},
}  # fmt: skip


def test_a_scenario_of_several_rounds_goes_through_batches(openai: Any) -> None:
    openai.reply = lambda body: f"{len(body['messages'])}"
    done = run_built(BUILT, 5, batch=True)
    assert [each.status for each in done] == ["done"] * 5
    assert done[0].result == {"1": [1, 3, 5], "2": ["ACCEPT"] * 3, "3": ["1", "3", "5"]}
    found = handed_in(openai)
    assert [len(lines) for lines in found] == [5] * 6
    assert all(f"Round {n // 2 + 1}," in text for n, lines in enumerate(found) for text in lines)
    assert live(openai) == []


@pytest.mark.parametrize("kind", ["plain", "async"])
def test_plays_go_through_batches(kind: str, openai: Any) -> None:
    """Plain plays, too, however many: each waits on a thread of its own."""
    openai.reply = "7"

    def make() -> Conversation:
        return Conversation(a=gpt(), b=ConstantThread("1"), c=ScriptedThread(["2", "3"]))

    def plain(convo: Conversation) -> list[str]:
        return [thread.submit(f"{convo.replication}.{n}") for n in range(2) for thread in convo]

    async def asynchronous(convo: Conversation) -> list[str]:
        return [await thread.aio.submit(f"{convo.replication}.{n}") for n in range(2) for thread in convo]

    done = replicate(plain if kind == "plain" else asynchronous, make, 60, batch=True)
    assert [each.result for each in done] == [["7", "1", "2", "7", "1", "3"]] * 60
    assert [len(lines) for lines in handed_in(openai)] == [60, 60]


def test_nothing_is_handed_in_while_workers_still_begin(openai: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """However slowly they begin: a machine that is busy makes one batch, too."""
    openai.reply = "7"
    turn = asyncio.sleep

    async def slow(delay: float, result: Any = None) -> Any:
        return await turn(delay or 0.2, result)

    monkeypatch.setattr(
        "otree_ego.experiment.runs.process_workers.asyncio", SimpleNamespace(**{**vars(asyncio), "sleep": slow})
    )
    done = replicate(
        lambda convo: [thread.submit("Hi") for thread in convo], lambda: Conversation(gpt()), 30, batch=True
    )
    assert len(done) == 30
    assert [len(lines) for lines in handed_in(openai)] == [30]


def test_a_play_that_raises_ends_a_batched_run(openai: Any) -> None:
    def play(convo: Conversation) -> None:
        raise LookupError("no such thing")

    with pytest.raises(LookupError, match="no such thing"):
        replicate(play, lambda: Conversation(gpt()), 3, batch=True)
    assert handed_in(openai) == []


STUDY = """
def play(convo):
    return [thread.submit(f"{convo.replication} round {n}?") for n in (1, 2) for thread in convo]

def make():
    return Conversation(a=gpt(), b=ConstantThread("1"))

from otree_ego import Conversation, ConstantThread, replicate
done = replicate(play, make, 8, batch=True)
show([each.result for each in done])
"""


def batches_noted(study: Script) -> list[tuple[str, str]]:
    with contextlib.suppress(sqlite3.OperationalError):  # the tables are being made
        return study.query("select batch, status from otree_ego_batch order by id")
    return []


def test_killed_while_the_batch_is_at_the_service(tmp_path: Path, service: Any) -> None:
    service.reply, service.batch_polls = "7", -1
    study = Script(tmp_path, STUDY, service)
    running = study.start()
    until(lambda: [status for _, status in batches_noted(study)] == ["sent"])
    running.kill()
    assert study.query("select count(*) from otree_ego_replication") == [(0,)]
    service.batch_polls = 0
    assert study.run().data == [["7", "1", "7", "1"]] * 8
    found = handed_in(service)
    assert [len(lines) for lines in found] == [8, 8], "nothing is handed in twice"
    assert len({text for lines in found for text in lines}) == 16
    assert live(service) == []


def test_killed_in_the_second_round(tmp_path: Path, service: Any) -> None:
    service.reply = "7"
    study = Script(tmp_path, STUDY, service)
    service.fail(503, times=-1, path="/batches")
    running = study.start()
    service.wait_until(lambda s: any(one.path.endswith("/batches") for one in s.requests))
    service.heal()
    until(lambda: len(batches_noted(study)) == 2)
    running.kill()
    assert batches_noted(study)[0][1] == "done"
    assert study.run().data == [["7", "1", "7", "1"]] * 8
    assert [len(lines) for lines in handed_in(service)] == [8, 8]


def test_killed_before_the_id_was_noted(tmp_path: Path, service: Any) -> None:
    """The batch is found again by its label."""
    service.reply, service.batch_polls = "7", -1
    study = Script(tmp_path, STUDY, service)
    running = study.start()
    until(lambda: [status for _, status in batches_noted(study)] == ["sent"])
    running.kill()
    with contextlib.closing(sqlite3.connect(study.store)) as connection, connection:
        connection.execute("update otree_ego_batch set batch = '', status = 'new'")
    service.batch_polls = 0
    assert study.run().data == [["7", "1", "7", "1"]] * 8
    assert [len(lines) for lines in handed_in(service)] == [8, 8]


def test_a_batch_that_was_never_handed_in_is_so_now(tmp_path: Path, service: Any) -> None:
    service.reply = "7"
    study = Script(tmp_path, STUDY, service)
    service.fault("stall", times=-1, path="/files")
    service.fail(503, times=-1, path="/files")
    running = study.start()
    until(lambda: [status for _, status in batches_noted(study)] == ["new"])
    running.kill()
    service.heal()
    assert study.run().data == [["7", "1", "7", "1"]] * 8
    assert [status for _, status in batches_noted(study)] == ["lost", "done", "done"]
    assert [len(lines) for lines in handed_in(service)] == [8, 8]


def test_a_batch_that_the_service_has_forgotten_is_handed_in_again(tmp_path: Path, service: Any) -> None:
    service.reply, service.batch_polls = "7", -1
    study = Script(tmp_path, STUDY, service)
    running = study.start()
    until(lambda: [status for _, status in batches_noted(study)] == ["sent"])
    running.kill()
    service._batch_api._batches.clear()
    service.batch_polls = 0
    assert study.run().data == [["7", "1", "7", "1"]] * 8
    assert [status for _, status in batches_noted(study)] == ["lost", "done", "done"]


def test_ctrl_c_stops_waiting_and_not_the_batch(tmp_path: Path, service: Any) -> None:
    service.reply, service.batch_polls = "7", -1
    study = Script(tmp_path, STUDY, service)
    running = study.start(terminal=True)
    until(lambda: "Handed in 8 requests as the batch" in running.shown)
    running.interrupt()
    ended = running.end()
    assert "0 of 8 replications are in" in ended.err
    for word in ("never retrieved", "was destroyed", "Exception in thread", "Fatal"):
        assert word not in ended.err
    assert study.query("select status, note from otree_ego_run") == [("stopped", "Ctrl-C")]
    service.batch_polls = 0
    assert study.run().data == [["7", "1", "7", "1"]] * 8
    assert [len(lines) for lines in handed_in(service)] == [8, 8], study.query("select * from otree_ego_batch")


def test_the_command_remembers_that_it_was_a_batch(
    openai: Any, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    from otree_ego.cli import main

    Path("built.json").write_text(json.dumps({**BUILT, "rounds": 1}))
    openai.reply = "7"
    openai.batch_fail = lambda body: 400 if "replication 2, seat 1" in str(body) else None
    assert main(["run", "built", "-n", "4", "--batch"]) == 0
    uid = capsys.readouterr().out.split()[1]
    assert [len(lines) for lines in handed_in(openai)] == [4, 3]
    openai.batch_fail = {}
    assert main(["resume", uid]) == 0
    assert [len(lines) for lines in handed_in(openai)] == [4, 3, 1, 1]
    assert live(openai) == []
    assert capsys.readouterr().out == f"Experiment {uid} OK\n"


def test_a_budget_and_a_batch_are_refused_together(openai: Any) -> None:
    with pytest.raises(EgoError, match="budget"):
        DESIGN.run(gpt, extract_number, batch=True, budget=1)
    assert openai.requests == []
