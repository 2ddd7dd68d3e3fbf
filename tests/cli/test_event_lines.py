"""`ego run --events`: a run as JSON lines, with people and stops by JSON lines."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path
from typing import Any

import pytest
from harness import warm_python
from harness.verbs import EGO, REPO

from otree_ego.cli import main
from otree_ego.cli.run import in_seats
from otree_ego.cli.shared.output import Failure
from otree_ego.stores import RunStore

GAME = {
    "threads": [[1, ["ConstantThread", "7"]], [2, "CLIThread"]], "treatments": ["only"], "rounds": 2, "variables": {},
    "filters": [["extract_number"], ["As is"]], "prompts": {"system": "", "user": "Round {{ round }}?"},
}  # fmt: skip


class Told:
    """`ego` with --events."""

    def __init__(self, folder: Path, *line: str) -> None:
        self.process = warm_python.popen(
            [*EGO, *line, "--events"], cwd=folder, env={**os.environ, "PYTHONPATH": str(REPO)}, text=True,
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        )  # fmt: skip
        assert self.process.stdout is not None and self.process.stdin is not None
        self.lines, self.orders = self.process.stdout, self.process.stdin

    def until(self, wanted: Any) -> dict[str, Any]:
        for line in self.lines:
            event: dict[str, Any] = json.loads(line)
            if wanted(event):
                return event
        raise AssertionError(self.process.communicate()[1])

    def asked(self) -> dict[str, Any]:
        """The next place for a person's answer."""
        found = self.until(lambda e: e.get("message", {}).get("status") == "pending" and e["seat"] == 2)
        return dict(found["message"])

    def order(self, **order: Any) -> None:
        self.orders.write(json.dumps(order) + "\n")
        self.orders.flush()

    def end(self) -> tuple[int, str]:
        _, err = self.process.communicate(timeout=120)
        return self.process.returncode, err


@pytest.fixture
def game(tmp_path: Path) -> Path:
    (tmp_path / "game.json").write_text(json.dumps(GAME), "utf-8")
    return tmp_path


@pytest.mark.slow
def test_a_person_answers_by_lines_is_stopped_and_goes_on(game: Path) -> None:
    told = Told(game, "run", "game")
    first = told.asked()
    assert first["author"] == "terminal/Seat 2"
    told.order(do="answer", message="another", text="not this")
    told.order(do="nonsense")
    told.order(do="answer", message=first["id"], text="eins")
    told.asked()
    told.order(do="stop")
    stopped = told.until(lambda e: e["event"] == "ended")
    assert (stopped["status"], stopped["words"]) == ("stopped", "on request")
    code, err = told.end()
    assert code == 1 and "on request" in err
    again = Told(game, "resume", stopped["run"])
    assert again.asked()["seq"] == first["seq"], "its answer is taken from the record"
    second = again.asked()
    again.order(do="answer", message=second["id"], text="zwei")
    ended = again.until(lambda e: e["event"] == "replication")["replication"]
    assert ended["result"] == {"1": [7, 7], "2": ["eins", "zwei"]}
    code, err = again.end()
    assert code == 0 and f"Experiment {stopped['run']} OK" in err


@pytest.mark.slow
def test_it_stops_when_whoever_started_it_is_gone(game: Path) -> None:
    told = Told(game, "run", "game")
    told.order(do="stop at end")
    told.asked()
    told.orders.close()
    assert told.until(lambda e: e["event"] == "ended")["status"] == "stopped"
    told.process.wait(120)
    told.lines.close()
    assert told.process.stderr is not None
    told.process.stderr.close()


def test_lines_and_nothing_else_are_on_stdout(
    game: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(game)
    assert main(["run", "game.json", "-n", "2", "--seat", "2=constant/</script>", "--events"]) == 0
    out, err = capsys.readouterr()
    events = [json.loads(line) for line in out.splitlines()]
    assert (events[0]["event"], events[-1]["event"], events[-1]["progress"]["done"]) == ("begun", "ended", 2)
    assert any(e.get("message", {}).get("text") == "</script>" for e in events)
    assert "OK" in err


def test_another_sits_in_it(game: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.chdir(game)
    assert main(["run", "game", "--seat", "2=constant/8"]) == 0
    store = RunStore("ego.sqlite3", create=False)
    [run] = store.runs()
    [row] = store.replications(run.uid)
    store.close()
    assert row.result == {"1": [7, 7], "2": ["8", "8"]}
    assert (run.settings["seats"], run.source["seats"]) == ({"2": "constant/8"}, {"2": "constant/8"})
    assert main(["resume", run.uid]) == 0
    assert main(["run", "game", "--seat", "5=constant/8"]) == 1
    assert "There is no seat 5; there are 1, 2." in capsys.readouterr().err


@pytest.mark.parametrize("given", ["2", "=x", "two=x", "2="])
def test_a_seat_that_makes_no_sense(given: str) -> None:
    with pytest.raises(Failure, match="--seat"):
        in_seats([given])
