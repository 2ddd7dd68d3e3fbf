"""What is told of a run agrees with itself: statuses, requests and costs, after interruptions too."""

from __future__ import annotations

import json
import re
import socket
import subprocess
import sys
import time

import pytest

from otree_ego import GPTThread
from otree_ego.cli import main
from otree_ego.errors import KeyRejected
from otree_ego.experiment import factorial, replicate
from otree_ego.experiment.built.work import run_built
from otree_ego.messages import Message
from otree_ego.stores import Run, RunStore
from otree_ego.stores.run_search import is_left
from otree_ego.testing import FakeService


@pytest.fixture
def openai(tmp_path, monkeypatch, undrawn):
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("EGO_STORE", raising=False)
    with FakeService() as service:
        monkeypatch.setenv("OPENAI_BASE_URL", service.base_url)
        monkeypatch.setenv("OPENAI_API_KEY", "sk-test-key-123456")
        yield service


def gpt(**more):
    return GPTThread("gpt-6-luna", backoff=0.0, **more)


def listed(capsys):
    capsys.readouterr()
    assert main(["runs", "--json"]) == 0
    return json.loads(capsys.readouterr().out)


def page(capsys, uid):
    assert main(["report", uid, "-o", "page.html", "--force"]) == 0
    capsys.readouterr()
    with open("page.html", encoding="utf-8") as file:
        return file.read()


def requests_told(capsys, uid):
    """Requests by `ego cost`, and by the report."""
    capsys.readouterr()
    assert main(["cost", uid]) == 0
    table = capsys.readouterr().out
    row = next(line for line in table.splitlines() if line.startswith("gpt-6-luna"))
    said = re.search(r"([\d,]+) requests? (?:was|were) sent", page(capsys, uid))
    return int(row.split()[1]), int(said[1]) if said else None


# --- statuses ---


def test_a_run_without_an_answer_is_not_done(openai, capsys):
    openai.fail(400, times=-1)
    data = factorial("Say {{ a }}", a=[1, 2, 3]).run(gpt, None, times=2)
    (run,) = listed(capsys)
    assert (data.failed, run["status"], run["note"]) == (6, "failed", "none of 6 replications has an answer")
    openai.heal()
    openai.reply = "5"
    factorial("Say {{ a }}", a=[1, 2, 3]).run(gpt, None, times=2)
    assert listed(capsys)[0]["status"] == "done"


def test_a_run_that_holds_more_than_its_design_is_done_when_all_of_it_is(openai, capsys):
    openai.reply = "5"
    openai.fail(401)
    with pytest.raises(KeyRejected):
        factorial("Say {{ a }}", a=[1, 2, 3, 4]).run(gpt, None, concurrency=1)
    factorial("Say {{ a }}", a=[1]).run(gpt, None)
    assert listed(capsys)[0]["status"] == "stopped"
    factorial("Say {{ a }}", a=[4, 3, 2, 1]).run(gpt, None)
    assert listed(capsys)[0]["status"] == "done"


def test_a_killed_run_is_not_running(openai, capsys):
    gone = subprocess.Popen([sys.executable, "-c", ""])
    gone.wait()
    store = RunStore("ego.sqlite3")
    for name, pid in (("killed", gone.pid), ("alive", 1)):
        run = store.begin(Run(name, "factorial", name, planned=1))
        store.update(run.uid, holder=f"{socket.gethostname()}:{pid}:x", beat=time.time())
    runs = {run.name: run for run in store.runs()}
    assert (is_left(runs["killed"]), is_left(runs["alive"])) == (True, False)
    store.close()
    assert {run["name"]: run["status"] for run in listed(capsys)} == {"killed": "stopped", "alive": "running"}
    assert "This run has not ended" not in page(capsys, runs["killed"].uid)
    assert "its process was last seen" in page(capsys, runs["killed"].uid)


# --- requests and costs ---


def test_what_came_from_the_record_was_not_sent_again(openai, capsys):
    openai.reply = "5"
    broken = [True]

    def play(llm):
        said = [llm.submit("One"), llm.submit("Two")]
        if broken:
            broken.clear()
            raise RuntimeError("a mistake")
        return [*said, llm.submit("Three")]

    with pytest.raises(RuntimeError, match="a mistake"):
        replicate(play, gpt, 1)
    done = replicate(play, gpt, 1)
    assert done[0].result == ["5"] * 3
    assert requests_told(capsys, done.run) == (3, 3)
    assert len(openai.requests) == 3
    (run,) = listed(capsys)
    assert (run["replies"], run["unpriced"]) == (3, 0)


def test_what_was_never_sent_is_no_request(openai, capsys):
    openai.reply = "5"
    data = factorial("Say {{ a }}", a=[1]).run(gpt, None)
    store = RunStore("ego.sqlite3")
    journal = store.journal()
    waited = Message(
        "assistant", "", seq=9, status="failed", model="gpt-6-luna", author="gpt-6-luna", error="Interrupted"
    )
    (seat,) = store.seats(data.run)
    journal.put([("message", (seat.thread.uid, waited))]).result()
    journal.close()
    store.close()
    assert requests_told(capsys, data.run) == (1, 1)
    assert "Requests that failed" not in page(capsys, data.run)


# --- outcomes ---

BUILT = {
    "threads": [[1, ["GPTThread", "gpt-6-luna"]], [2, ["GPTThread", "gpt-6-luna"]]],
    "treatments": ["one"],
    "rounds": 1,
    "variables": {},
    "prompts": {"system": "", "user": "Which?"},
    "filters": [["exclusive_response", "ACCEPT;REJECT"], ["extract_number"]],
}
FILTERS = {
    "choice and number": ([["exclusive_response", "ACCEPT;REJECT"], ["extract_number"]], 1, "ACCEPT 5"),
    "text": ([["As is"], ["As is"]], 1, "Well, it depends on much."),
    "text of rounds": ([["As is"], ["As is"]], 3, "Well, it depends on much."),
    "JSON": ([["JSON"], ["JSON"]], 1, '{"offer": 5}'),
    "rounds": ([["extract_number"], ["extract_number"]], 2, "5"),
}


@pytest.mark.parametrize("filters", FILTERS)
def test_a_built_scenario_has_its_outcomes(openai, capsys, filters):
    which, rounds, openai.reply = FILTERS[filters]
    done = run_built(json.dumps({**BUILT, "filters": which, "rounds": rounds}), 3)
    text = page(capsys, done.run)
    assert "3 (100.0%)" in text
    assert "No replication has a valid outcome" not in text and "gave no result" not in text
    assert "Choices over rounds" in text or re.search(r"<h3>Outcome|<h3>(?:choice|offer|seat)", text), filters


def test_a_scenario_that_returns_nothing_is_not_called_invalid(openai, capsys):
    openai.reply = "5"
    done = replicate(lambda llm: llm.submit("Hello") and None, gpt, 2)
    text = page(capsys, done.run)
    assert "The valid replications gave no result" in text and "No replication has a valid outcome" not in text


def test_terminal_seats_stay_where_they_are(openai, capsys, monkeypatch):
    openai.reply = "5"
    monkeypatch.setattr("builtins.input", lambda *_: "7")
    built = {
        **BUILT,
        "threads": [[1, "CLIThread"], [2, ["GPTThread", "gpt-6-luna"]]],
        "filters": [["As is"], ["As is"]],
    }
    with open("game.json", "w", encoding="utf-8") as file:
        json.dump(built, file)
    assert main(["run", "game", "--model", "gpt-6-sol"]) == 0
    err = capsys.readouterr().err
    said = "--model: seat 1 of the file (CLIThread) stays a person's, at this terminal; gpt-6-sol takes the others."
    assert said in err
    assert [request.body["model"] for request in openai.requests] == ["gpt-6-sol"]


# --- code ---

LOOP = """
from otree_ego import GPTThread

WORDS = "Prompt A"

def run(times):
    for number in range(times):
        llm = GPTThread("gpt-6-luna", backoff=0.0)
        llm.submit(WORDS)
        llm.save()
        if number == 1:
            raise RuntimeError("a mistake")
"""


def test_a_module_that_has_changed_goes_on_only_if_that_is_said(openai, capsys):
    openai.reply = "5"

    def write(text):
        with open("haggle.py", "w", encoding="utf-8") as file:
            file.write(text)

    write(LOOP)
    assert main(["run", "haggle", "-n", "4"]) == 1
    (run,) = listed(capsys)
    assert (run["status"], len(openai.requests)) == ("failed", 2)
    write(LOOP.replace("Prompt A", "Prompt B").replace("number == 1", "number == 99"))
    assert main(["resume", run["id"]]) == 1
    err = capsys.readouterr().err
    assert "has changed since it was last played: run (run, WORDS)" in err and "--changed-code" in err
    assert len(openai.requests) == 2
    assert main(["resume", run["id"], "--changed-code", "deviation"]) == 0
    assert "is a deviation" in capsys.readouterr().err
    assert main(["show", run["id"]]) == 0
    assert "The code changed in the middle of the run: run (run, WORDS)." in " ".join(capsys.readouterr().out.split())
