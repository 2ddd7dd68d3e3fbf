"""`ego resume`: whatever began a run, and however it was stopped, the rest is played, and nothing twice."""

from __future__ import annotations

import json
import os
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from harness.scenes import LOOP, Place, uid_of, until
from harness.scripts import Process

from otree_ego.cli import main

pytestmark = pytest.mark.slow

REPLICATED = """
from otree_ego import ConstantThread, Conversation, Experiment, GPTThread, extract_number, replicate

EXPERIMENT = Experiment(dict(name="low", pot=10), dict(name="high", pot=100))
EXPERIMENT.param("name", ["Ann", "Bob", "Cem", "Dea"])

def pair():
    return Conversation(ann=GPTThread("gpt-6-sol", backoff=0.01), bob=ConstantThread("I take 3."))

def play(convo):
    convo.all.system(f"You are one of {sorted([convo.ann.name, convo.bob.name])}.")
    for thread in convo:
        asked = f"{thread.replication}: how much of {thread.treatment.pot}?"
        thread.choices.append(extract_number(thread.submit(asked)))
    return {"pot": convo.treatment.pot, "sum": convo.ann.choices[0] + convo.bob.choices[0], "names": convo.ann.name}
"""

MODULE = (
    REPLICATED
    + """
def run(times, seed=None):
    replicate(play, pair, times, experiment=EXPERIMENT, seed=seed, concurrency=1)
"""
)

SCRIPT = """
import os
import sys
import time
from otree_ego import GPTThread, extract_number, factorial
done = factorial("What is {{ a }} times {{ b }}?", a=[2, 3], b=[4, 5, 6]).run(
    lambda: GPTThread("gpt-6-sol", backoff=0.01), extract_number, times=int(sys.argv[1]), concurrency=1)
print(len(done), "rows")
"""


@pytest.fixture
def here(tmp_path: Path, service: Any) -> Place:
    service.reply = "I take 7."
    folder = tmp_path / "study"
    folder.mkdir()
    return Place(folder, service)


def killed(here: Place, service: Any, *line: str, after: int = 3) -> str:
    """Begin a run and kill it in the middle of a reply; its id."""
    return killed_in_a_reply(here, service, lambda: here.start(*line), after)


def killed_in_a_reply(here: Place, service: Any, start: Callable[[], Process], after: int = 3) -> str:
    said = service.reply

    def reply(_body: Any) -> Any:
        if here.done() >= after:  # the service itself holds: whoever looks from here may look too late
            service.hold()
        return said

    service.reply = reply
    running = start()
    until(lambda: service.standing)
    running.kill()
    service.reply = said
    service.release()
    (uid,), = here.query("select uid from otree_ego_run where status = 'running' and uid in "
                         "(select uid from otree_ego_run order by id desc limit 1)")  # fmt: skip
    assert after <= here.done()
    return str(uid)


def asked(service: Any) -> list[str]:
    return [str(one.body["messages"][-1]["content"]) for one in service.requests]


def results(here: Place, uid: str) -> list[Any]:
    rows = here.query(f"select treatment, result from otree_ego_replication where run = '{uid}' order by place")
    return [(treatment, json.loads(result or "null")) for treatment, result in rows]


# --- built files ---------------------------------------------------------------------------------------------------


def test_a_killed_built_run_goes_on_without_its_file(here: Place, service: Any, tmp_path: Path) -> None:
    file = here.built(threads=[[1, ["GPTThread", "gpt-6-sol"]], [2, ["ConstantThread", "ACCEPT"]]])
    uid = killed(here, service, "run", "game", "-n", "8", "--concurrency", "1")
    before = len(service.requests)
    done = here.done()
    file.write_text('{"changed": true}')
    assert uid_of(here.ego("resume", uid[:8], "--concurrency", "4")) == uid
    assert here.done() == 8
    ((recalled,),) = here.query("select count(*) from otree_ego_message where params like '%recalled%'")
    assert recalled <= 1 and len(service.requests) - before == 2 * (8 - done) - recalled
    file.unlink()
    rows = here.rows("game", uid)
    assert len(rows) == 32 and {row["answer"] for row in rows} == {"7", "ACCEPT"}
    ended = here.ego("resume", uid)
    assert ended.out == f"The run {uid[:8]} (game) has all its 8 replications: nothing is left.\n"


def test_failed_replications_are_asked_again(here: Place, service: Any) -> None:
    here.built(threads=[[1, ["GPTThread", "gpt-6-sol"]]], filters=[["extract_number"]], rounds=1)
    service.fail(400, times=2)
    ended = here.ego("run", "game", "-n", "5", "--concurrency", "1")
    uid = uid_of(ended)
    assert f"2 failed (no answer came; ego resume {uid[:8]} asks again)" in ended.err
    before = len(service.requests)
    ended = here.ego("resume", uid)
    assert (
        ended.err == f"Going on with run {uid[:8]}: 3 of 5 replications are in ego.sqlite3.\n" and uid_of(ended) == uid
    )
    assert len(service.requests) - before == 2
    assert here.query("select status, count(*) from otree_ego_replication group by status") == [("done", 5)]


def test_it_goes_on_from_another_folder(here: Place, service: Any, tmp_path: Path) -> None:
    here.write("scenarios/shared.py", MODULE)
    uid = killed(here, service, "run", "shared", "-n", "6")
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    store = here.folder / "ego.sqlite3"
    ended = here.ego("resume", uid, cwd=elsewhere, code=1)
    assert "There is no store at" in ended.err
    ended = here.ego("resume", uid, "--store", "../study/ego.sqlite3", cwd=elsewhere)
    assert uid_of(ended) == uid and store.exists()
    assert here.done() == 6
    assert list(elsewhere.iterdir()) == []


# --- modules -------------------------------------------------------------------------------------------------------


def test_a_killed_replicate_is_as_if_nothing_had_happened(here: Place, service: Any) -> None:
    here.write("scenarios/split.py", MODULE)
    whole = here.run("split", "-n", "8", "--seed", "5", "--store", "whole.db")
    undisturbed = here.query("select treatment, result from otree_ego_replication order by place", "whole.db")
    service.requests.clear()
    uid = killed(here, service, "run", "split", "-n", "8", "--seed", "5")
    begun = set(asked(service))
    service.requests.clear()
    assert uid_of(here.ego("resume", uid)) == uid != whole
    assert here.query("select treatment, result from otree_ego_replication order by place") == undisturbed
    assert len(begun & set(asked(service))) == 1, "only what was under way is asked again"


def test_a_run_without_a_seed_keeps_its_own(here: Place, service: Any) -> None:
    here.write("scenarios/seedless.py", MODULE)
    uid = killed(here, service, "run", "seedless", "-n", "12", after=5)
    first = results(here, uid)
    here.ego("resume", uid)
    assert results(here, uid)[: len(first)] == first
    treatments = [treatment for treatment, _ in results(here, uid)]
    assert all(set(treatments[n : n + 2]) == {"low", "high"} for n in range(0, 12, 2))
    settings = json.loads(here.query("select settings from otree_ego_run")[0][0])
    assert isinstance(settings["seed"], int)


def test_a_killed_loop_plays_what_is_missing(here: Place, service: Any) -> None:
    here.write("scenarios/looping.py", LOOP)
    uid = killed(here, service, "run", "looping", "-n", "7")
    done = here.done()
    service.requests.clear()
    ended = here.ego("resume", uid)
    assert ended.out.count(" is over") == 7 - done == len(service.requests)
    assert here.done() == 7
    assert here.query("select status, planned from otree_ego_run") == [("done", 7)]
    assert len(here.rows(uid)) == 14
    assert "nothing is left" in here.ego("resume", uid).out


def test_a_loop_that_makes_fewer_replications_than_times_is_whole(here: Place, service: Any) -> None:
    here.write(
        "once.py",
        "from otree_ego import ConstantThread\ndef run(times):\n    thread = ConstantThread('x')\n"
        "    for _ in range(times):\n        thread.submit('?')\n",
    )
    uid = here.run("once", "-n", "5")
    assert "has all its 1 replications: nothing is left" in here.ego("resume", uid).out


def test_a_module_that_is_gone_or_changed_is_told(here: Place, service: Any) -> None:
    file = here.write("fickle.py", MODULE)
    uid = killed(here, service, "run", "fickle", "-n", "6")
    done = here.done()
    service.requests.clear()
    kept = file.read_text()
    file.write_text(kept.replace("I take 3.", "I take 4."))
    os.utime(file, (time.time() + 9_999,) * 2)  # Python tells a compiled file of the same size by its seconds
    ended = here.ego("resume", uid, code=1)
    assert f"The run {uid[:8]} (fickle) was another experiment" in ended.err
    file.unlink()
    assert "fickle.py is not there any more: put it back, then resume" in here.ego("resume", uid, code=1).err
    assert service.requests == [] and here.done() == done
    assert len(here.query("select * from otree_ego_run")) == 1
    file.write_text(kept)
    here.ego("resume", uid)
    assert here.done() == 6


# --- scripts -------------------------------------------------------------------------------------------------------


def script(here: Place, *line: str) -> Process:
    """Run a script as its author does."""
    return Process([sys.executable, *line], here.folder, here.env, False)


def test_a_killed_script_goes_on(here: Place, service: Any, tmp_path: Path) -> None:
    here.write("study.py", SCRIPT + "if __name__ == '__main__':\n    sys.exit()\n")
    uid = killed_in_a_reply(here, service, lambda: script(here, "study.py", "2"))
    service.requests.clear()
    done = here.done()
    ended = here.ego("resume", uid, "--store", str(here.folder / "ego.sqlite3"), cwd=tmp_path)
    assert ended.out.splitlines() == ["12 rows", f"Experiment {uid} OK"]
    assert len(service.requests) == 12 - done
    assert here.done() == 12
    assert not (tmp_path / "ego.sqlite3").exists()


def test_only_the_run_that_was_named_is_resumed(here: Place, service: Any) -> None:
    second = "factorial('Second {{ a }}?', a=[1, 2]).run(lambda: GPTThread('gpt-6-sol'), None)\nprint('second')\n"
    here.write("two.py", SCRIPT + second)
    service.fail(400, times=1)
    assert script(here, "two.py", "1").end().out == "6 rows\nsecond\n"
    (first,), _ = here.query("select uid from otree_ego_run order by id")
    service.requests.clear()
    ended = here.ego("resume", first)
    assert ended.out.splitlines() == ["6 rows", "second", f"Experiment {first} OK"]
    assert len(service.requests) == 1
    here.write("two.py", SCRIPT + second + second.replace("Second", "Third"))
    service.requests.clear()
    service.fail(400, times=1)
    assert script(here, "two.py", "1").end().out == "6 rows\nsecond\nsecond\n"
    assert len(here.query("select uid from otree_ego_run")) == 3
    ((third,),) = here.query("select uid from otree_ego_run order by id desc limit 1")
    service.requests.clear()
    assert here.ego("resume", third).out.splitlines()[-1] == f"Experiment {third} OK"
    assert len(asked(service)) == 1 and asked(service)[0].startswith("Third ")


def test_a_script_that_goes_on_to_a_new_run_does_not_begin_it(here: Place, service: Any) -> None:
    here.write("grown.py", SCRIPT)
    service.fail(400, times=1)
    assert script(here, "grown.py", "1").end().code == 0
    ((uid,),) = here.query("select uid from otree_ego_run")
    here.write("grown.py", SCRIPT + "factorial('New {{ a }}?', a=[1]).run(lambda: GPTThread('gpt-6-sol'), None)\n")
    service.requests.clear()
    assert here.ego("resume", uid).out.splitlines()[-1] == f"Experiment {uid} OK"
    assert len(service.requests) == 1
    assert len(here.query("select uid from otree_ego_run")) == 1


def test_a_script_that_is_gone_or_changed_is_told(here: Place, service: Any) -> None:
    file = here.write("vary.py", SCRIPT)
    service.fail(400, times=1)
    assert script(here, "vary.py", "1").end().code == 0
    ((uid,),) = here.query("select uid from otree_ego_run")
    service.requests.clear()
    file.write_text(SCRIPT.replace("times {{ b }}", "plus {{ b }}"))
    assert "was another experiment: its prompt" in here.ego("resume", uid, code=1).err
    file.write_text("print('hello')\n")
    assert "The script ended, but the run" in here.ego("resume", uid, code=1).err
    file.unlink()
    assert "its script is gone" in here.ego("resume", uid, code=1).err
    assert service.requests == []


# --- what goes wrong -----------------------------------------------------------------------------------------------


def test_a_run_that_is_under_way_is_left_alone(here: Place, service: Any) -> None:
    here.write("busy.py", MODULE)
    service.hold()
    running = here.start("run", "busy", "-n", "3")
    until(lambda: service.standing)
    ((uid,),) = here.query("select uid from otree_ego_run")
    ended = here.ego("resume", uid, code=1)
    assert f"ego: The run {uid[:8]} (busy) is under way in another process" in ended.err
    service.release()
    assert running.end().code == 0
    assert here.query("select count(*) from otree_ego_message where status = 'failed'") == [(0,)]


def test_an_id_that_is_none_is_told(
    here: Place, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(here.folder)
    monkeypatch.delenv("EGO_STORE", raising=False)
    assert main(["resume", "abc"]) == 1
    assert "There is no store at" in capsys.readouterr().err
    here.built()
    assert main(["run", "game"]) == 0
    uid = capsys.readouterr().out.split()[1]
    assert main(["resume", "xyz"]) == 1
    assert f"There is no run 'xyz' in ego.sqlite3. The latest are {uid[:8]} (game)." in capsys.readouterr().err
