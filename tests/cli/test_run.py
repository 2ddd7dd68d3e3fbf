"""`ego run`: built files, modules that loop by themselves, people at the terminal, and what goes wrong."""

from __future__ import annotations

import json
import os
import sqlite3
import time
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from harness.scenes import LOOP, Place, uid_of, until

from otree_ego.cli import main
from otree_ego.stores import Run, RunStore


@pytest.fixture
def here(tmp_path: Path) -> Place:
    return Place(tmp_path)


@pytest.fixture
def served(tmp_path: Path, service: Any) -> Place:
    service.reply = "I take 7."
    return Place(tmp_path, service)


@pytest.fixture
def inside(here: Place, monkeypatch: pytest.MonkeyPatch) -> Place:
    """The folder as this process's own, for command lines that are typed in it."""
    monkeypatch.chdir(here.folder)
    for name in ("EGO_STORE", "EGO_DEBUG", "BUILT_FILE"):
        monkeypatch.delenv(name, raising=False)
    return here


# --- built files ---------------------------------------------------------------------------------------------------


def test_a_built_file_is_played_and_ends_with_its_id(here: Place) -> None:
    here.built()
    ended = here.ego("run", "game", "-n", "4", "--seed", "1", "--balanced")
    uid = uid_of(ended)
    assert ended.out.splitlines() == [f"Experiment {uid} OK"]
    assert ended.err == ""
    assert here.query("select status, planned, kind, name from otree_ego_run") == [("done", 4, "built", "game")]
    treatments = here.query("select treatment, count(*) from otree_ego_replication group by treatment")
    assert treatments == [("give", 2), ("take", 2)]
    said = here.query("select text from otree_ego_message where role = 'system' order by id")
    assert ("Player 1: one gives.",) in said


@pytest.mark.parametrize("name", ["game.json", "./game.json", "game"])
def test_a_built_file_has_many_names(name: str, inside: Place, capsys: pytest.CaptureFixture[str]) -> None:
    inside.built()
    assert main(["run", name]) == 0
    assert capsys.readouterr().out.startswith("Experiment ")


def test_built_is_what_the_environment_names(
    inside: Place, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    inside.built("built.json", rounds=1)
    inside.built("other/mine.json", rounds=3)
    assert main(["run", "built"]) == 0
    monkeypatch.setenv("BUILT_FILE", "other/mine.json")
    assert main(["run", "built"]) == 0
    rounds = inside.query("select count(*) from otree_ego_message where role = 'user' group by thread order by min(id)")
    assert rounds == [(1,), (1,), (3,), (3,)]
    monkeypatch.setenv("BUILT_FILE", "gone.json")
    assert main(["run", "built"]) == 1
    assert "There is no scenario 'gone.json'" in capsys.readouterr().err


def test_a_model_on_the_line_takes_every_seat(served: Place, service: Any) -> None:
    served.built(filters=[["extract_number"], ["extract_number"]], rounds=1)
    served.run("game", "-n", "3", "--model", "gpt-6-sol")
    assert len(service.requests) == 6
    assert {one.body["model"] for one in service.requests} == {"gpt-6-sol"}


def test_tainted_and_failed_replications_are_told(served: Place, service: Any) -> None:
    served.built("mixed.json", threads=[[1, ["GPTThread", "gpt-6-sol"]]], filters=[["extract_number"]], rounds=1)
    service.reply = ["7", "seven"]
    ended = served.ego("run", "mixed", "-n", "3", "--concurrency", "1")
    uid = uid_of(ended)
    assert ended.err == f"3 replications: 2 tainted (an answer was invalid); ego show {uid[:8]} says why.\n"
    service.reply = "7"
    service.fail(400, times=1)
    ended = served.ego("run", "mixed", "-n", "3", "--concurrency", "1")
    assert "3 replications: 1 failed (no answer came; ego resume " in ended.err


def test_retries_ask_again(served: Place, service: Any) -> None:
    served.built(threads=[[1, ["GPTThread", "gpt-6-sol"]]], filters=[["extract_number"]], rounds=1)
    service.reply = ["seven", "7"]
    ended = served.ego("run", "game", "--retries", "1")
    assert ended.err == ""
    assert len(service.requests) == 2


def test_a_broken_file_is_told_in_a_sentence(inside: Place, capsys: pytest.CaptureFixture[str]) -> None:
    inside.built("broken.json", rounds=0)
    assert main(["run", "broken"]) == 1
    err = capsys.readouterr().err
    assert err.startswith("ego: ") and "rounds" in err and err.count("\n") == 1
    assert not (inside.folder / "ego.sqlite3").exists()


# --- modules that loop by themselves -------------------------------------------------------------------------------


def test_a_module_that_loops_by_itself_is_recorded(served: Place, service: Any) -> None:
    served.write("scenarios/haggle.py", LOOP)
    ended = served.ego("run", "haggle", "-n", "3", "-p", "rounds", "2")
    assert ended.out.splitlines()[:3] == ["game 1 is over", "game 2 is over", "game 3 is over"]
    uid = uid_of(ended)
    assert served.query("select status, planned, kind, name, holder from otree_ego_run") == [
        ("done", 3, "scenario", "haggle", "")
    ]
    ended_at = served.query("select place, status, tainted, answers from otree_ego_replication order by place")
    assert ended_at == [(0, "done", 0, 4), (1, "done", 0, 4), (2, "done", 0, 4)]
    assert len(service.requests) == 6
    rows = served.rows("haggle", uid)
    assert list(rows[0]) == sorted(rows[0])
    assert len(rows) == 12
    assert rows[0]["choice"] == "7" and rows[0]["other"] == "3" and rows[0]["turns"] == "5"
    assert {row["treatment"] for row in rows} <= {"low", "high"}
    assert all(row["pot"] == {"low": "10", "high": "100"}[row["treatment"]] for row in rows)
    assert rows[0]["session"] == uid and len({row["thread"] for row in rows}) == 6


def test_each_replication_has_its_own_time(served: Place, service: Any) -> None:
    served.write("slow.py", LOOP)
    service.delay = 0.15
    served.run("slow", "-n", "3")
    times = [when for (when,) in served.query("select ended from otree_ego_replication order by place")]
    assert times[0] + 0.14 < times[1] < times[2] - 0.14


def test_threads_in_all_kinds_of_places_are_recorded(served: Place) -> None:
    served.write(
        "odd.py",
        """
        from otree_ego import ConstantThread, Conversation, GPTThread
        MODERATOR = GPTThread("gpt-6-sol")
        MODERATOR.system("You moderate.")
        UNUSED = GPTThread("gpt-6-sol")

        async def run(times):
            for i in range(times):
                first, second = GPTThread("gpt-6-sol"), ConstantThread("3")
                first.system("You are first.")     # said before it is known who sits together
                second.system("You are second.")
                convo = Conversation(first=first, second=second)
                convo.stake = 5
                for thread in convo:
                    thread.choices.append(await thread.aio.submit("How much?"))
                first.tainted = i == 1
            alone = GPTThread("gpt-6-sol")
            alone.choices.append(alone.submit("And you?"))
            MODERATOR.choices.append(MODERATOR.submit("Sum up."))

        def export(thread):
            said = " | ".join(m["content"] for m in thread.history)
            convo = getattr(thread, "convo", None)
            return dict(said=said, stake=convo.stake if convo else "", seat=thread.metadata.get("seat", ""))
        """,
    )
    uid = served.run("odd", "-n", "2")
    assert served.query("select status, planned from otree_ego_run") == [("done", 4)]
    rows = served.rows("odd", uid)
    assert [row["said"] for row in rows] == [
        "You are first. | How much? | I take 7.",
        "You are second. | How much? | 3",
        "You are first. | How much? | I take 7.",
        "You are second. | How much? | 3",
        "And you? | I take 7.",
        "You moderate. | Sum up. | I take 7.",
    ]
    assert [row["stake"] for row in rows] == ["5"] * 4 + ["", ""]
    assert [row["seat"] for row in rows] == ["first", "second"] * 2 + ["", ""]
    assert served.query("select tainted from otree_ego_replication order by place") == [(0,), (1,), (0,), (0,)]
    seqs = served.query("select group_concat(seq) from otree_ego_message group by thread order by min(id)")
    assert set(seqs) == {("1,2,3",), ("1,2",)}


def test_a_scenario_that_raises_keeps_what_was_saved(served: Place) -> None:
    served.write("bumpy.py", LOOP.replace('print("game"', 'assert i < 1, "the second game\\nwent wrong"; print("game"'))
    ended = served.ego("run", "bumpy", "-n", "3", code=1)
    assert ended.out == "game 1 is over\n"
    assert ended.err == ("ego: Unexpected AssertionError: the second game went wrong (EGO_DEBUG=1 shows where).\n")
    status, note = served.query("select status, note from otree_ego_run")[0]
    assert status == "failed" and "AssertionError: the second game" in note
    assert served.done() == 2
    served.env["EGO_DEBUG"] = "1"
    ended = served.ego("run", "bumpy", "-n", "3", code=1)
    assert "Traceback" in ended.err and "bumpy.py" in ended.err


def test_ctrl_c_keeps_what_was_saved_and_says_how_to_go_on(served: Place, service: Any) -> None:
    served.write("patient.py", LOOP)

    def reply(_body: Any) -> str:
        if len(service.requests) > 3:
            service.hold()
        return "I take 7."

    service.reply = reply
    running = served.start("run", "patient", "-n", "50")
    until(lambda: service.standing)
    running.interrupt()
    ended = running.end()
    service.release()
    assert ended.code == 130
    ((uid, status, note),) = served.query("select uid, status, note from otree_ego_run")
    assert (status, note) == ("stopped", "Ctrl-C")
    assert f"ego: Stopped: Ctrl-C. ego resume {uid[:8]} goes on." in ended.err
    assert "Traceback" not in ended.err
    assert 2 <= served.done() < 50


@pytest.mark.parametrize("kind", ["loop", "built"])
def test_patience_ends_a_wait_and_the_run_can_be_resumed(served: Place, service: Any, kind: str) -> None:
    if kind == "loop":
        asks = "GPTThread('gpt-6-luna', deadline=None).submit('?')"
        served.write(
            "game.py", f"from otree_ego import GPTThread\ndef run(times):\n    for _ in range(times):\n        {asks}\n"
        )
    else:
        served.built(threads=[[1, ["GPTThread", "gpt-6-luna"]], [2, ["ConstantThread", "ACCEPT"]]])
    service.fail(429, times=-1, retry_after=3600)
    ended = served.ego("run", "game", "-n", "2", "--patience", "60", code=1)
    ((uid, status),) = served.query("select uid, status from otree_ego_run")
    assert status == "stopped" and f"ego resume {uid[:8]} goes on." in ended.err
    assert "asks for a pause of 3600 s (1 h)" in ended.err and "patience is 60 s" in ended.err
    service.heal()
    served.ego("resume", uid, "--patience", "60")
    assert served.done() == 2


def test_a_scenario_that_says_nothing_is_told(inside: Place, capsys: pytest.CaptureFixture[str]) -> None:
    inside.write("mute.py", "from otree_ego import GPTThread\ndef run(times):\n    GPTThread('gpt-6-sol')\n")
    assert main(["run", "mute"]) == 1
    assert "ran, but no Thread said anything in it" in capsys.readouterr().err


def test_the_budget_stops_a_loop(served: Place, service: Any) -> None:
    served.write("dear.py", LOOP)
    ended = served.ego("run", "dear", "-n", "200", "--budget", "0.0005", code=1)
    assert "the budget of 0.0005 US dollars is reached" in ended.err
    assert served.query("select status from otree_ego_run") == [("stopped",)]
    assert 1 <= served.done() < 20


def test_a_loop_takes_no_batch(served: Place, service: Any) -> None:
    served.write("batchless.py", LOOP)
    ended = served.ego("run", "batchless", "--batch", code=1)
    assert "loops by itself: batches and engines are for those that call replicate(…)" in ended.err
    assert service.requests == []


def test_the_line_limits_a_loop(served: Place, service: Any) -> None:
    served.write("paced.py", LOOP)
    begun = time.monotonic()
    served.run("paced", "-n", "4", "--rpm", "120")
    assert time.monotonic() - begun > 1.5


# --- names and arguments -------------------------------------------------------------------------------------------


def test_what_is_not_there_is_told_with_what_is(inside: Place, capsys: pytest.CaptureFixture[str]) -> None:
    inside.write("scenarios/haggling.py", LOOP)

    def said(*line: str, code: int = 1) -> str:
        assert main(["run", *line]) == code
        return capsys.readouterr().err

    assert "Did you mean haggling?" in said("hagling")
    assert "There is no scenario '/nowhere/x.py'" in said("/nowhere/x.py")
    assert "There is no scenario '../x'" in said("../x")
    assert "takes no 'stakes'; its run() takes times, rounds" in said("haggling", "-p", "stakes", "5")
    assert "takes no 'model'" in said("haggling", "--model", "gpt-6-sol")
    assert "it takes a name and a value" in said("haggling", "-p", "rounds", code=2)
    assert "is no int" in said("haggling", "-p", "rounds", "five", "int", code=2)
    assert "how often is said by -n" in said("haggling", "-p", "times", "5", code=2)
    assert "--retries is for built files" in said("haggling", "--retries", "2", code=2)
    assert "it takes a whole number from 1, not '0'" in said("haggling", "-n", "0", code=2)
    assert not (inside.folder / "ego.sqlite3").exists()


def test_a_file_that_is_no_scenario_is_told(inside: Place, capsys: pytest.CaptureFixture[str]) -> None:
    def said(name: str) -> str:
        assert main(["run", name]) == 1
        return capsys.readouterr().err

    inside.write("typo.py", "def run(times):\n    return (\n")
    assert "typo.py is not Python: line 2" in said("typo")
    inside.write("empty.py", "x = 1\n")
    assert "has no run(times, …): it is no scenario" in said("empty")
    inside.write("old.py", "import alter_ego.agents\n")
    assert "is written for alter_ego: `ego migrate`" in said("old")
    inside.write("wants.py", "def run(times, stake):\n    pass\n")
    assert "wants stake: give -p stake VALUE" in said("wants")


def test_arguments_reach_the_scenario_as_values(inside: Place, capsys: pytest.CaptureFixture[str]) -> None:
    inside.write(
        "seeded.py",
        "from otree_ego import ConstantThread\n"
        "def run(times, **more):\n    print(times, more)\n    ConstantThread('x').submit('?')\n",
    )
    line = "-p a 5 -p b -0.5 -p c=true -p d 007 -p e null -p f 2 str"
    assert main(["run", "seeded", "-n", "2", *line.split()]) == 0
    assert capsys.readouterr().out.startswith(
        "2 {'a': 5, 'b': -0.5, 'c': True, 'd': '007', 'e': None, 'f': '2'}\nExperiment "
    )


def test_a_scenario_finds_its_neighbours_and_its_classes(served: Place) -> None:
    served.write("scenarios/helpers.py", "STAKE = 5\n")
    served.write("common.py", "PEOPLE = 2\n")
    served.write(
        "scenarios/own.py",
        """
        from helpers import STAKE
        from common import PEOPLE
        from otree_ego import GPTThread

        class Careful(GPTThread):
            pass

        class Frame:
            def __init__(self, name): self.name = name

        def run(times):
            for _ in range(times):
                thread = Careful("gpt-6-sol")
                thread.frame = Frame("loss")
                thread.treatment = "loss"
                thread.submit(f"{PEOPLE} share {STAKE}.")

        def export(thread):
            return dict(kind=type(thread).__name__, frame=thread.frame.name)
        """,
    )
    uid = served.run("own")
    (row,) = served.rows("own", uid)
    assert (row["kind"], row["frame"]) == ("Careful", "loss")
    assert served.query("select treatment from otree_ego_replication") == [("loss",)]


# --- a person at the terminal --------------------------------------------------------------------------------------


def talk(process: Any, *lines: tuple[str, str]) -> None:
    """Type each line as soon as the terminal shows what it answers."""
    seen = 0
    for shown, typed in lines:
        until(lambda shown=shown, seen=seen: shown in process.shown[seen:])
        seen = len(process.shown)
        os.write(process.master, typed.encode() + b"\n")


def test_a_person_plays_at_the_terminal(served: Place) -> None:
    served.built(threads=[[1, "CLIThread"], [2, ["ConstantThread", "ACCEPT"]]], rounds=2)
    playing = served.start("run", "game", terminal=True)
    talk(playing, ("Seat 1> ", "I propose 5"), ("Seat 1> ", "6"))
    ended = playing.end(20)
    assert ended.code == 0
    shown = ended.out.replace("\r\n", "\n")
    assert shown.startswith("[system] Player 1: one ")
    assert "[user] Round 1 of 2. Your offer?\nSeat 1> " in shown
    assert "[user] Round 2 of 2. Your offer?\nSeat 1> " in shown
    assert shown.splitlines()[-1].startswith("Experiment ")
    assert "it/s" not in shown and "%|" not in shown
    assert [json.loads(choice) for (choice,) in served.query("select result from otree_ego_replication")] == [
        {"1": [5, 6], "2": ["ACCEPT", "ACCEPT"]}
    ]


def test_ctrl_c_at_the_prompt_ends_at_once(served: Place) -> None:
    served.built(threads=[[1, "CLIThread"], [2, ["ConstantThread", "ACCEPT"]]])
    playing = served.start("run", "game", "-n", "3", terminal=True)
    until(lambda: "Seat 1> " in playing.shown)
    playing.interrupt()
    ended = playing.end()
    assert ended.code == 130
    ((uid,),) = served.query("select uid from otree_ego_run where status = 'stopped'")
    assert f"ego: Stopped: Ctrl-C. 0 of 3 replications are in ego.sqlite3. ego resume {uid[:8]} goes on." in ended.out
    for word in ("Traceback", "Fatal", "never retrieved", "was destroyed"):
        assert word not in ended.out
    playing = served.start("resume", uid, terminal=True)
    talk(playing, *[("Seat 1> ", "4")] * 6)
    assert playing.end(20).code == 0
    assert served.done() == 3


def test_ctrl_c_at_a_prompt_of_a_loop_ends_at_once(here: Place) -> None:
    here.write(
        "ask.py",
        "from otree_ego import CLIThread\n"
        "def run(times):\n    for _ in range(times):\n        CLIThread('Ada').submit('Yes?')\n",
    )
    playing = here.start("run", "ask", "-n", "2", terminal=True)
    talk(playing, ("Ada> ", "no"))
    until(lambda: playing.shown.count("Ada> ") == 2)
    playing.interrupt()
    ended = playing.end(10)
    assert ended.code == 130
    assert "ego: Stopped: Ctrl-C. ego resume" in ended.out
    assert "Traceback" not in ended.out and "Fatal" not in ended.out


def test_without_anybody_there_the_run_says_so(here: Place) -> None:
    here.built(threads=[[1, "CLIThread"]], filters=[["extract_number"]])
    ended = here.ego("run", "game", code=1)
    assert "1 failed" in ended.err and "has no answer at all" in ended.err and "OK" not in ended.out
    ((text,),) = here.query("select error_text from otree_ego_replication")
    assert "run this where someone can type" in text


# --- several at once, and stores -----------------------------------------------------------------------------------


def test_the_store_of_the_line_is_used(inside: Place, capsys: pytest.CaptureFixture[str]) -> None:
    inside.built()
    inside.write(
        "alone.py", "from otree_ego import ConstantThread\ndef run(times):\n    ConstantThread('x').submit('?')\n"
    )
    for name in ("game", "alone"):
        assert main(["run", name, "--store", f"{name}.db"]) == 0
        assert inside.query("select name from otree_ego_run", f"{name}.db") == [(name,)]
    assert not (inside.folder / "ego.sqlite3").exists()
    assert capsys.readouterr().err == ""


@pytest.mark.parametrize("name", ["game", "alone"])
def test_a_store_that_cannot_be_written_is_one_sentence(
    name: str, inside: Place, capsys: pytest.CaptureFixture[str]
) -> None:
    inside.built()
    inside.write(
        "alone.py", "from otree_ego import ConstantThread\ndef run(times):\n    ConstantThread('x').submit('?')\n"
    )
    inside.write("notes.txt", "my notes " * 200)
    assert main(["run", name, "--store", "notes.txt"]) == 1
    err = capsys.readouterr().err
    assert err.startswith("ego: ") and err.count("\n") == 1
    assert "is no SQLite database" in err
    RunStore("broken.db").close()
    with closing(sqlite3.connect("broken.db")) as connection, connection:
        connection.execute(
            "create trigger full before insert on otree_ego_message begin select raise(abort, 'full'); end"
        )
    assert main(["run", name, "--store", "broken.db"]) == 1
    err = capsys.readouterr().err
    assert err.startswith("ego: ") and err.count("\n") == 1 and "full" in err


def test_a_run_that_is_under_way_is_not_run_twice(inside: Place, capsys: pytest.CaptureFixture[str]) -> None:
    store = RunStore("ego.sqlite3")
    source = {"verb": "run", "file": "x.py", "folder": str(inside.folder)}
    run = store.begin(Run("x", "scenario", "d", planned=3, source=source))
    store.update(run.uid, holder=f"elsewhere:{os.getpid()}:abc")
    store.close()
    inside.write("x.py", LOOP)
    store = RunStore("ego.sqlite3")
    store.update(run.uid, source={**source, "loops": True, "times": 3, "params": {}})
    store.close()
    assert main(["resume", run.uid]) == 1
    assert "is under way in another process" in capsys.readouterr().err


def test_an_effort_reaches_the_service_and_the_record(tmp_path: Path, service: Any) -> None:
    place = Place(tmp_path, service)
    place.built(threads=[[1, ["GPTThread", "gpt-6-sol"]]], rounds=1, filters=[["As is"]], reasoning_effort="low",
                treatments=["a"], variables={}, prompts={"system": "", "user": "Your number?"})  # fmt: skip
    place.run("game.json")
    assert service.requests[-1].body["reasoning_effort"] == "low"
    uid = place.run("game.json", "--reasoning-effort", "high", "--verbosity", "low")
    body = service.requests[-1].body
    assert (body["reasoning_effort"], body["verbosity"]) == ("high", "low")
    with closing(sqlite3.connect(tmp_path / "ego.sqlite3")) as store:
        rows = store.execute("select params from otree_ego_message where role = 'assistant' order by id").fetchall()
    assert [json.loads(params).get("reasoning_effort") for (params,) in rows] == ["low", "high"]
    assert "reasoning_effort" in place.ego("show", uid, "--full").out
