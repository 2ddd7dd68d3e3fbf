"""`ego play`: models take part in a study on a running server, and the same command goes on where they stood."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from harness import PostgreSQL, Server, warm_python
from harness.chat import KEY
from harness.database import PATIENCE
from harness.project import REPO

from otree_ego.cli import main
from otree_ego.cli.play import _labels
from otree_ego.cli.shared.output import Failure
from otree_ego.cli.shared.playing import hooks_of
from otree_ego.errors import ConfigError
from otree_ego.players import study_links
from otree_ego.stores import RunStore
from otree_ego.testing import FakeService, fitting

pytestmark = pytest.mark.any_database
APP = REPO / "tests" / "harness" / "player_apps" / "fields"

HOOK = """
def ai_page(page):
    if page.name == "Fields":
        return dict(share=0.25, points=3, age=20, name="Bo", agree="True", colour="red", side="1", country="Chile")
"""


@pytest.fixture(scope="module")
def model() -> Iterator[FakeService]:
    with FakeService() as fake:
        yield fake


@pytest.fixture(scope="module")
def server(
    server_factory: Callable[..., Server], database: PostgreSQL | None, tmp_path_factory: pytest.TempPathFactory
) -> Server:
    few = tmp_path_factory.mktemp("rooms") / "few.txt"
    few.write_text("Anna\n")
    rooms = [
        dict(name="lab", display_name="Lab"),
        dict(name="few", display_name="Few", participant_label_file=str(few)),
    ]
    return server_factory(apps={"fields": APP}, settings_extra=f"ROOMS = {rooms!r}", database=database)


@pytest.fixture(scope="module")
def locked(server_factory: Callable[..., Server]) -> Server:
    """A server that wants its REST key."""
    return server_factory(apps={"fields": APP}, auth_level="STUDY")


@pytest.fixture(autouse=True)
def _here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, model: FakeService) -> None:
    model.release()
    model.clear()
    model.reply = answer
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("OPENAI_BASE_URL", model.base_url)
    monkeypatch.setenv("OPENAI_API_KEY", KEY)


def answer(body: Any) -> str:
    """What fits, but for the one page that wants the right answer."""
    asked = str(body["messages"][-1]["content"])
    if "What is the answer?" in asked or "did not accept" in asked:
        return '{"q1": "42", "q2": 30}'
    found = fitting(body)
    by_hand = {"q5": "2026-05-31", "q6": "a@b.c", "q7": "ABC"}
    return json.dumps({**json.loads(found), **by_hand}) if "The code" in asked else found


def shared_link(server: Server, participants: int) -> str:
    """The session-wide link of a new session."""
    body = {"session_config_name": "fields", "num_participants": participants}
    found = server.http.post(f"{server.url}/api/sessions", json=body, timeout=60).json()
    return str(found["session_wide_url"])


def code_of(server: Server, link: str) -> str:
    """The code of the session with this session-wide link."""
    sessions = server.http.get(f"{server.url}/api/sessions", timeout=60).json()
    return next(str(each["code"]) for each in sessions if each["session_wide_url"] == link)


def session_of(server: Server, link: str) -> dict[str, Any]:
    """oTree's REST view of a session."""
    return server.get_session(code_of(server, link))


def labels(server: Server, link: str) -> list[str]:
    """The labels of the participants of a session."""
    return [str(one["label"]) for one in session_of(server, link)["participants"]]


def marks(server: Server, link: str) -> list[tuple[str, str]]:
    """What stands in `participant.vars` of the participants of a session: that they are AIs, and which."""
    wanted = {"participant_vars": ["ego_ai", "ego_ai_model"]}
    found = server.http.post(f"{server.url}/api/get_session/{code_of(server, link)}", json=wanted, timeout=60).json()
    return [(one.get("ego_ai", ""), one.get("ego_ai_model", "")) for one in found["participants"]]


def test_players_go_through_a_session_side_by_side(server: Server, capsys: pytest.CaptureFixture[str]) -> None:
    link = shared_link(server, 3)
    assert main(["play", link, "-n", "3", "--model", "gpt-6-luna", "--ask", "Why?"]) == 0
    out, err = capsys.readouterr()
    assert out == "3 of 3 players have finished the study.\n"
    assert "ego2" in err and '"points": 0' in err and "finished" in err
    assert sorted(labels(server, link)) == ["ego1", "ego2", "ego3"]
    assert marks(server, link) == [("player", "gpt-6-luna")] * 3
    store = RunStore("ego.sqlite3")
    (run,) = store.runs()
    (first, *_), *_ = store.messages([seat.thread.uid for seat in store.seats(run.uid)]).values()
    store.close()
    assert run.name.startswith("play 127.0.0.1") and "participants" in first.text
    assert main(["show", run.uid[:8]]) == 0
    assert "Why?" in capsys.readouterr().out
    assert main(["data", run.uid[:8], "--format", "jsonl"]) == 0
    replies = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert {(row["participant_label"], row["participant_ai"]) for row in replies} == {
        (f"ego{n}", "player") for n in (1, 2, 3)
    }
    assert main(["data", run.uid[:8], "--visits", "--format", "jsonl"]) == 0
    rows = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [(row["player"], row["page"]) for row in rows][:3] == [
        ("ego1", "Instructions"), ("ego1", "Fields"), ("ego1", "Handwritten"),
    ]  # fmt: skip
    assert rows[0]["text"].startswith("You and another participant") and rows[0]["digest"] == rows[6]["digest"]
    strict = next(row for row in rows if row["page"] == "Strict")
    assert (strict["answers"], strict["replies"], strict["outcome"]) == ([{"answer": "42", "age": 30}], 1, "sent")
    assert rows[-1]["outcome"] == "end" and rows[-1]["question"] == "Why?" and rows[-1]["answer"]
    assert {row["participant"] for row in rows} == {one["code"] for one in session_of(server, link)["participants"]}


def test_personas_are_dealt_out_and_stay(
    server: Server, tmp_path: Path, model: FakeService, capsys: pytest.CaptureFixture[str]
) -> None:
    people = tmp_path / "people.csv"
    people.write_text("persona;age\na baker;40\na nurse;50\n", "utf-8")
    link = shared_link(server, 3)
    play = ["play", link, "--model", "gpt-6-luna", "--personas", str(people)]
    assert main([*play, "-n", "2"]) == 0

    def rows() -> dict[str, Any]:
        capsys.readouterr()
        assert main(["runs", "--json"]) == 0
        run = json.loads(capsys.readouterr().out)[0]["id"]
        assert main(["data", run, "--visits", "--format", "jsonl"]) == 0
        found = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
        keys = ("persona", "persona_facts", "assignment_place", "assignment_seed")
        return {row["player"]: [row[key] for key in keys] for row in found}

    first = rows()
    assert sorted(first[label][0] for label in first) == ["a baker", "a nurse"]
    assert {one[2] for one in first.values()} == {1, 2} and len({one[3] for one in first.values()}) == 1
    assert [one[1]["age"] for one in first.values()] == ["40" if "baker" in one[0] else "50" for one in first.values()]
    people.write_text("persona\na judge\n", "utf-8")
    assert main([*play, "-n", "3"]) == 2
    assert "ego1 began as 'a " in (err := capsys.readouterr().err) and "not as 'a judge'" in err
    assert sorted(labels(server, link)) == ["None", "ego1", "ego2"]
    model.clear()
    assert main(["play", link, "--model", "gpt-6-luna", "-n", "2", "--ask", "Who are you?"]) == 0
    assert rows() == first
    asked = [str(request.body["messages"]) for request in model.requests]
    assert len(asked) == 2 and all("Who are you?" in each and "This is who you are: a " in each for each in asked)
    for words, said in {
        "none.csv": "Personas in none.csv: No such file", f"{tmp_path}/x.py:persona": "no such Python file",
    }.items():  # fmt: skip
        assert main(["play", server.url, "--config", "fields", "-n", "1", "--model", "m", "--personas", words]) == 2
        assert said in capsys.readouterr().err


def test_a_session_is_made_and_a_room_is_entered(server: Server, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["play", server.url, "--config", "fields", "-n", "2", "--model", "gpt-6-luna"]) == 0
    (again,) = re.findall(r"To go on with it later: ego (play http://127.0.0.1.*)", capsys.readouterr().err)
    assert again.endswith(" -n 2 --model gpt-6-luna") and main(again.split()) == 0, "the command is whole"
    body = {"session_config_name": "fields", "num_participants": 2, "room_name": "lab"}
    server.http.post(f"{server.url}/api/sessions", json=body, timeout=60)
    assert main(["play", f"{server.url}/room/lab", "--labels", "Anna,Ben", "--model", "gpt-6-luna"]) == 0
    assert main(["play", f"{server.url}/room/lab", "--labels", "Carl", "--model", "gpt-6-luna"]) == 1
    assert "ego: Carl: " in (err := capsys.readouterr().err) and "the server says 'Session is full.'" in err
    assert main(["play", f"{server.url}/room/lab?participant_label=Anna", "--model", "gpt-6-luna"]) == 0
    assert main(["play", f"{server.url}/room/few?participant_label=Eve", "--model", "gpt-6-luna"]) == 1
    assert "was not found" in capsys.readouterr().err


def test_a_hook_answers_pages_of_its_own(server: Server, tmp_path: Path) -> None:
    hooks = tmp_path / "mine.py"
    hooks.write_text(HOOK)
    link = shared_link(server, 1)
    assert main(["play", link, "--model", "gpt-6-luna", "--hooks", str(hooks)]) == 0
    assert labels(server, link) == ["ego1"]
    assert [row["fields.1.player.share"] for row in server.wide_export()][-1] == "0.25"


def test_ctrl_c_stops_and_the_same_command_goes_on(
    server: Server, model: FakeService, capsys: pytest.CaptureFixture[str]
) -> None:
    link = shared_link(server, 2)
    model.hold()
    command = [sys.executable, "-m", "otree_ego.cli", "play", link, "-n", "2", "--model", "gpt-6-luna"]
    env = {**os.environ, "PYTHONPATH": str(REPO)}
    process = warm_python.popen(command, stderr=subprocess.PIPE, text=True, env=env)
    try:
        model.wait_until(lambda fake: len(fake.requests) >= 2, PATIENCE)
        process.send_signal(signal.SIGINT)
        _, err = process.communicate(timeout=PATIENCE)
    finally:
        process.kill()
        process.communicate()
    assert process.returncode == 130 and "The same command goes on where the players stood." in err
    model.release()
    model.clear()
    assert main(command[3:]) == 0
    said = capsys.readouterr().err
    assert main(["runs", "--json"]) == 0
    earlier = json.loads(capsys.readouterr().out)[0]["id"]
    assert f"went through before are in the data of: {earlier[:8]}." in said
    first = model.requests[0].body["messages"]
    assert any("Your task" in str(each["content"]) for each in first), "it remembers the instructions"
    assert sum("All fields" in str(each["content"]) for each in first) == 1, "and is asked once"


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["play", "http://study.example.org/join/x", "--model", "m"], "set OTREE_REST_KEY"),
        (["play", "http://localhost:1/about/us", "--model", "m"], "no link into a study"),
        (["play", "http://localhost:1", "--model", "m"], "--config"),
        (["play", "http://localhost:1/join/x"], "--model says who plays"),
        (["play", "http://localhost:1", "--config", "c", "--model", "m"], "with -n how many"),
        (["play", "http://localhost:1/join/x", "--labels", "a,a", "--model", "m"], "stands twice"),
        (["play", "http://localhost:1/join/x", "--hooks", "none.py", "--model", "m"], "no such Python file"),
        (["play", "nonsense://x", "--model", "m"], "no address"),
        (["play", "http://localhost:1/join/x", "--model", "nowhere/m"], "a service 'nowhere' that is not known"),
        (["play", "http://localhost:1/join/x", "--model", "groq/m"], "No key for the service 'groq'"),
        (["play", "http://localhost:1", "--config", "c", "-n", "2", "--model", "groq/m"], "No key"),
        (["test", "--model", "groq/m"], "no settings.py"),
        (["play", "http://localhost:1/join/x", "--labels", "labls.txt", "--model", "m"], "there is no such file"),
        (["play", "http://localhost:1/join/x", "--labels", "lists/a", "--model", "m"], "there is no such file"),
        (["play", "http://localhost:1/join/x?participant_label=A", "--labels", "B", "--model", "m"], "labels already"),
    ],
)
def test_what_cannot_be_played_is_said_at_once(
    words: list[str], said: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("OTREE_REST_KEY", raising=False)
    assert main(words) == 2
    assert said in capsys.readouterr().err


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("def ai_live(", ", line 1: it cannot be loaded: SyntaxError"),
        ("1/0", "ZeroDivisionError"),
        ("x = 1", "neither"),
    ],
)
def test_hooks_that_cannot_be_loaded_are_named(
    content: str, said: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "mine.py").write_text(content)
    assert main(["play", "http://localhost:1/join/x", "--hooks", "mine.py", "--model", "m"]) == 2
    assert "--hooks mine.py" in (err := capsys.readouterr().err) and said in err


def test_hooks_may_be_any_module(tmp_path: Path) -> None:
    (tmp_path / "mine.py").write_text(
        "from __future__ import annotations\nfrom dataclasses import dataclass\n"
        "@dataclass\nclass Plan:\n    share: float = 0.5\ndef ai_page(page): return {'share': Plan().share}\n"
    )
    assert hooks_of(str(tmp_path / "mine.py"))["ai_page"](None) == {"share": 0.5}


@pytest.mark.parametrize(
    ("content", "found"),
    [(b"\xef\xbb\xbfAnna\r\nBen\r\n\r\n", ["Anna", "Ben"]), ("Zoë, Ann\n".encode(), ["Zoë, Ann"])],
)
def test_labels_are_read_from_a_file(content: bytes, found: list[str]) -> None:
    Path("people.txt").write_bytes(content)
    assert _labels("people.txt") == found
    assert _labels("A, B,") == ["A", "B"] and _labels(None) == []


@pytest.mark.parametrize("given", [b"Zo\xeb\n", "x" * 5000])
def test_labels_that_cannot_be_read_are_named(given: bytes | str) -> None:
    if isinstance(given, bytes):
        Path("people.txt").write_bytes(given)
        with pytest.raises(Failure, match="not UTF-8"):
            _labels("people.txt")
    else:
        assert _labels(f"{given},b") == [given, "b"]
        with pytest.raises(Failure, match="--labels"):
            _labels(f"{given}.txt")


def test_links_with_labels_are_one_participant_each() -> None:
    links = ["localhost/room/lab?participant_label=Anna&hash=abc", "http://localhost/join/x?participant_label=Ben%20B"]
    first, second = study_links.entries(links, None, [])
    assert (first.label, second.label) == ("Anna", "Ben B")
    assert first.link == "http://localhost/room/lab?hash=abc&participant_label=Anna&welcome_page_ok=1"
    assert second.link == "http://localhost/join/x?participant_label=Ben+B"
    for wrong in ([links[0]] * 2, [links[0], "localhost/join/x"]):
        with pytest.raises(ConfigError):
            study_links.entries(wrong, None, [])


def test_another_machine_needs_its_key(
    server: Server, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Its own address counts as another machine's here."""
    monkeypatch.setattr(study_links, "is_this_machine", lambda link: False)
    link = shared_link(server, 1)
    monkeypatch.setenv("OTREE_REST_KEY", "some key")
    assert main(["play", link, "--model", "gpt-6-luna"]) == 2
    assert "accepts any REST key" in capsys.readouterr().err and labels(server, link) == ["None"]
    assert main(["play", link, "--model", "gpt-6-luna", "--mine"]) == 0


def test_who_cannot_be_marked_is_named(
    locked: Server, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """On this machine players need no REST key, but marking them does."""
    monkeypatch.delenv("OTREE_REST_KEY", raising=False)
    assert main(["play", shared_link(locked, 2), "-n", "2", "--model", "gpt-6-luna"]) == 0
    assert (
        "2 participants could not be marked as AI in participant.vars: the server wants its" in capsys.readouterr().err
    )


def test_a_wrong_key_is_refused(
    locked: Server, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(study_links, "is_this_machine", lambda link: False)
    link = shared_link(locked, 1)
    monkeypatch.setenv("OTREE_REST_KEY", "wrong")
    assert main(["play", link, "--model", "gpt-6-luna"]) == 2
    assert "does not accept the REST key" in capsys.readouterr().err
    monkeypatch.setenv("OTREE_REST_KEY", locked.env["OTREE_REST_KEY"])
    assert main(["play", link, "--model", "gpt-6-luna"]) == 0
