"""`ego demo`: a real project, a real oTree, stopped in order however it is stopped."""

from __future__ import annotations

import os
import re
import shutil
import signal
import socket
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import requests
from harness import warm_python
from harness.database import attempts, free_port

from otree_ego.cli import demo, main
from otree_ego.cli.shared.games import session_configs
from otree_ego.cli.shared.output import Failure
from otree_ego.paths import gallery

REPO = Path(__file__).resolve().parents[2]


class Demo:
    """One `ego demo` in a folder."""

    def __init__(self, folder: Path, *line: str) -> None:
        self.log = folder / "log.txt"
        # Another project's database and mode must not reach the demo's.
        foreign = {"DATABASE_URL": "postgresql://127.0.0.1:1/x", "OTREE_AUTH_LEVEL": "STUDY"}
        env = {**os.environ, "PYTHONPATH": str(REPO), **foreign}
        command = [sys.executable, "-m", "otree_ego.cli", "demo", "--no-browser", *line]
        with self.log.open("wb") as log:
            self.process = warm_python.popen(
                command, cwd=folder, env=env, stdout=log, stderr=log, start_new_session=True
            )

    @property
    def text(self) -> str:
        return self.log.read_text("utf-8", errors="replace")

    def address(self) -> str:
        for _ in attempts(120):
            if found := re.search(r"^Open (http://localhost:\d+/demo) ", self.text, re.MULTILINE):
                return found[1]
            assert self.process.poll() is None, self.text
        raise TimeoutError(self.text)

    def stop(self, kind: signal.Signals) -> int:
        self.process.send_signal(kind)
        return self.process.wait(60)


@pytest.fixture
def start(tmp_path: Path) -> Iterator[object]:
    demos: list[Demo] = []

    def run(*line: str) -> Demo:
        demos.append(Demo(tmp_path, *line))
        return demos[-1]

    yield run
    for each in demos:
        if each.process.poll() is None:
            each.stop(signal.SIGTERM)


def refused(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) != 0


@pytest.mark.server
@pytest.mark.parametrize("kind", [signal.SIGINT, signal.SIGTERM, pytest.param(signal.SIGHUP, marks=pytest.mark.full)])
def test_the_demo_runs_and_stops(kind: signal.Signals, start, tmp_path: Path) -> None:
    port = free_port()
    running = start("--port", str(port))
    page = requests.get(running.address().replace("localhost", "127.0.0.1"), timeout=30)
    assert "Chat with a language model" in page.text
    (builder,) = re.findall(r'<a href="(http://127.0.0.1:[0-9]+/)#[\w-]{30,}"', page.text)
    assert "The builder, for scenarios of your own: " + builder in running.text
    assert "main.js" in requests.get(builder, timeout=30).text
    project = tmp_path / "ego_demo"
    assert {file.parent.name for file in project.glob("*/__init__.py")} == set(gallery())
    assert running.stop(kind) == 0
    assert running.text.endswith("\nStopped.\n")
    # On a busy machine oTree's own reloader loses patience with its server, after two seconds, and says so.
    assert "Traceback" not in running.text or "proc.wait(2)" in running.text
    assert (project / "db.sqlite3").is_file()
    assert refused(port)


@pytest.mark.server
def test_a_project_is_kept_and_a_taken_port_is_passed_over(start, tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            taken.bind(("127.0.0.1", demo.PORT))
            taken.listen()
        except OSError:
            pass  # somebody else has it: as good
        assert demo.make_project(tmp_path / "ego_demo")
        (tmp_path / "ego_demo" / "ego_chat" / "End.html").write_text("mine")
        running = start()
        address = running.address()
    assert f":{demo.PORT}/" not in address
    assert f"Port {demo.PORT} is taken; using {address.split(':')[2].partition('/')[0]}." in running.text
    assert f"Using the demo project in {tmp_path / 'ego_demo'}." in running.text
    assert (tmp_path / "ego_demo" / "ego_chat" / "End.html").read_text() == "mine"


def test_an_older_demo_gets_the_new_apps(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = tmp_path / "ego_demo"
    demo.make_project(folder)
    whole = (folder / "settings.py").read_text()
    shutil.rmtree(folder / "trust")
    found: dict[str, list[dict[str, object]]] = {}
    exec(whole, found)
    older = [config for config in found["SESSION_CONFIGS"] if config["name"] != "trust"]
    (folder / "settings.py").write_text(f"SESSION_CONFIGS = {older!r}\n")
    (folder / "ego_chat" / "End.html").write_text("mine")
    assert not demo.make_project(folder)
    assert "Added the app trust, which is new." in capsys.readouterr().out
    exec((folder / "settings.py").read_text(), found)
    assert sorted(str(config["name"]) for config in found["SESSION_CONFIGS"]) == sorted(
        str(row["name"]) for game in gallery().values() for row in session_configs(game)
    )
    assert (folder / "trust" / "__init__.py").is_file()
    assert (folder / "ego_chat" / "End.html").read_text() == "mine"
    (folder / "settings.py").write_text("SESSION_CONFIGS = list()\n")
    shutil.rmtree(folder / "trust")
    assert not demo.make_project(folder)
    assert "The app trust is new and was left out" in capsys.readouterr().err
    assert not (folder / "trust").exists()


@pytest.mark.server
def test_a_server_that_cannot_start_is_said(start, tmp_path: Path) -> None:
    demo.make_project(tmp_path / "ego_demo")
    (tmp_path / "ego_demo" / "settings.py").write_text("SESSION_CONFIGS = [")
    broken = start("--port", str(free_port()))
    assert broken.process.wait(60) == 1
    assert re.search(r"^ego: The server ended with code \d+ before it answered", broken.text, re.MULTILINE)


def test_a_folder_of_somebody_elses_is_left_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "ego_demo").mkdir()
    (tmp_path / "ego_demo" / "mine.txt").write_text("mine")
    assert main(["demo", "--no-browser"]) == 1
    assert "was not made by ego demo: name another folder with --dir." in capsys.readouterr().err
    assert [file.name for file in (tmp_path / "ego_demo").iterdir()] == ["mine.txt"]
    (tmp_path / "file").write_text("")
    with pytest.raises(Failure, match="not made by ego demo"):
        demo.make_project(tmp_path / "file")


def test_a_port_that_was_asked_for_is_not_changed() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        with pytest.raises(Failure, match="is taken: choose another one"):
            demo.free_port(taken.getsockname()[1])
