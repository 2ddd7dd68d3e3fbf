"""`ego builder`: a server on this machine that ends at Ctrl-C."""

from __future__ import annotations

import http.client
import json
import os
import signal
import socket
import subprocess
import urllib.request
from pathlib import Path
from typing import Any

import pytest
from harness import warm_python
from harness.scripts import until
from harness.verbs import EGO, REPO

from otree_ego.builder.started_runs import GOES
from otree_ego.cli import main
from otree_ego.stores import RunStore
from otree_ego.testing import FakeService


def started(folder: Path, *line: str) -> tuple[subprocess.Popen[str], str]:
    """The process, and the address that it prints."""
    env = {**os.environ, "PYTHONPATH": str(REPO)}
    process = warm_python.popen(
        [*EGO, "builder", "--no-browser", *line], cwd=folder, env=env, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        text=True,
    )  # fmt: skip
    assert process.stdout is not None
    first, second = process.stdout.readline(), process.stdout.readline()
    assert first == f"Editing {folder / 'game.json'}.\n"
    return process, second.split()[1]


@pytest.mark.slow
@pytest.mark.parametrize("name", ["game", "game.json"])
def test_it_serves_until_ctrl_c(tmp_path: Path, name: str) -> None:
    process, address = started(tmp_path, name)
    try:
        page, token = address.split("#")
        assert page.startswith("http://127.0.0.1:") and len(token) > 30
        with urllib.request.build_opener(urllib.request.ProxyHandler({})).open(page) as answer:
            assert b"main.js" in answer.read()
            process.send_signal(signal.SIGINT)
            out, err = process.communicate(timeout=60)
    finally:
        process.kill()
    assert (process.returncode, out, err) == (0, "\nEnded. What you wrote is in the file.\n", "")
    assert list(tmp_path.iterdir()) == [], "nothing is made before something is written"


@pytest.mark.slow
def test_ctrl_c_ends_it_with_a_stream_and_a_run_open(
    tmp_path: Path, service: FakeService, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "sk-fake")
    monkeypatch.setenv("OPENAI_BASE_URL", service.base_url)
    service.hold()  # a reply that never comes: it must be broken off
    game = {
        "threads": [[1, ["GPTThread", "gpt-6-luna"]]], "treatments": ["only"], "rounds": 1, "variables": {},
        "filters": [["As is"]], "prompts": {"system": "", "user": "?"},
    }  # fmt: skip
    (tmp_path / "game.json").write_text(json.dumps(game), "utf-8")
    process, address = started(tmp_path, "game.json")
    page, token = address.split("#")
    line = http.client.HTTPConnection(page.removeprefix("http://").rstrip("/"), timeout=60)
    events = http.client.HTTPConnection(page.removeprefix("http://").rstrip("/"), timeout=60)
    headers = {"X-Ego-Token": token, "Content-Type": "application/json"}
    try:
        events.request("POST", "/api/events", b"{}", headers)
        stream = events.getresponse()
        line.request("POST", "/api/run", b'{"times": "3"}', headers)
        assert json.loads(line.getresponse().read()) == {"active": True}
        until(lambda: service.requests)
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=60)
        assert b'"pending"' in stream.read(), "the stream ends"
    finally:
        process.kill()
        line.close()
        events.close()
        service.release()
    assert (process.returncode, out.strip(), err) == (0, "Ended. What you wrote is in the file.", "")
    # How long it takes is measured in benchmarks/builder.py; nobody waits for a run longer than this.
    assert 2 * GOES < 3
    store = RunStore(tmp_path / "ego.sqlite3", create=False)
    [run] = store.runs()
    store.close()
    assert run.status == "stopped", "it can be resumed"


def test_what_cannot_be_opened_is_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)

    def said(*line: str) -> tuple[int, str]:
        return main(["builder", "--no-browser", *line]), capsys.readouterr().err

    assert said("game.py") == (2, "ego: A built file has a name that ends with .json, not game.py.\n")
    assert said("none/game.json") == (1, f"ego: There is no folder {tmp_path / 'none'}.\n")
    assert said("game.json", "--port", "70000")[0] == 2
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        code, words = said("game.json", "--port", str(taken.getsockname()[1]))
        assert code == 1 and "cannot be used" in words and "choose another one" in words


def test_a_browser_is_opened_where_there_is_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from otree_ego.builder.web_server import WebServer
    from otree_ego.cli import builder

    opened: list[Any] = []
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(builder, "has_display", lambda: True)
    monkeypatch.setattr(builder.webbrowser, "open", opened.append)
    monkeypatch.setattr(WebServer, "serve_forever", lambda *_, **__: None)
    assert main(["builder"]) == 0
    assert [address.partition("#")[0].startswith("http://127.0.0.1:") for address in opened] == [True]
