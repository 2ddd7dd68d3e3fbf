"""The builder's server, in this process."""

from __future__ import annotations

import http.client
import json
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from otree_ego.builder.page_calls import Calls
from otree_ego.builder.scenario_file import ScenarioFile
from otree_ego.builder.started_runs import StartedRuns
from otree_ego.builder.web_server import WebServer


class Workshop:
    """A builder that runs, and what can be asked of it."""

    def __init__(self, file: Path, port: int = 0) -> None:
        self.file = file
        self.runs = StartedRuns(file, str(file.with_name("ego.sqlite3")))
        self.server = WebServer(Calls(ScenarioFile(file), self.runs), port)
        self._thread = threading.Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.02})
        self._thread.start()

    @property
    def host(self) -> str:
        return f"127.0.0.1:{self.server.server_port}"

    def ask(
        self, method: str = "POST", path: str = "/api/open", body: bytes = b"{}", **headers: str | None
    ) -> tuple[int, dict[str, str], bytes]:
        """One request. A header's underscores are hyphens; None leaves one of the usual ones out."""
        usual: dict[str, str | None] = {
            "Host": self.host, "X-Ego-Token": self.server.token, "Content-Type": "application/json",
            "Content-Length": str(len(body)),
        }  # fmt: skip
        usual.update({name.replace("_", "-"): value for name, value in headers.items()})
        line = http.client.HTTPConnection("127.0.0.1", self.server.server_port, timeout=60)
        try:
            line.putrequest(method, path, skip_host=True, skip_accept_encoding=True)
            for name, value in usual.items():
                if value is not None:
                    line.putheader(name, value)
            line.endheaders(body if method == "POST" else None)
            answer = line.getresponse()
            return answer.status, dict(answer.getheaders()), answer.read()
        finally:
            line.close()

    def call(self, which: str, /, **given: Any) -> dict[str, Any]:
        """What the page would get."""
        status, _, body = self.ask(path=f"/api/{which}", body=json.dumps(given).encode())
        assert status == 200, body
        found: dict[str, Any] = json.loads(body)
        return found

    def close(self) -> None:
        self.server.shutdown()
        self._thread.join()
        self.server.server_close()
        self.runs.close()


@pytest.fixture
def workshop(tmp_path: Path) -> Iterator[Workshop]:
    made = Workshop(tmp_path / "game.json")
    yield made
    made.close()
