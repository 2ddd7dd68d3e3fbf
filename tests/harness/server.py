"""An oTree server as in production: a child process that can be stopped, killed and started again."""

from __future__ import annotations

import contextlib
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from types import TracebackType
from typing import Literal

import requests
from typing_extensions import Self

from . import needs, warm_python
from .admin import Admin
from .database import PATIENCE, Database, PostgreSQL, SQLite, attempts, free_port, stored
from .participant import Participant
from .project import REPO, Project

# What a developer's shell may hold and a server under test must not see.
PRIVATE = re.compile(
    r"(OTREE|OPENAI|OPENROUTER|TEXTSYNTH|OLLAMA|SENTRY)_.*|DATABASE_URL|.*_(API_)?KEY|(.*_)?PROXY", re.IGNORECASE
)
# What a server may not write to its log, whatever a test does to it.
COMPLAINTS = re.compile(
    rf"^.*(was never awaited|never retrieved|Task was destroyed|Exception ignored in"
    rf"|{re.escape(str(REPO))}/(?:otree_ego|ego_chat)\S*:\d+: \w*Warning).*$",
    re.MULTILINE,
)


WITHOUT_PAGE_TIMEOUTS = Path(__file__).with_name("without_page_timeouts")
QUICK_PAGE_TIMEOUTS = Path(__file__).with_name("quick_page_timeouts")


class ServerDied(AssertionError):
    """The server's process ended by itself; the message holds the end of its log."""


@needs.starts("server")
class Server(Admin):
    """Runs `otree prodserver` (or another `command`) on a project; a context manager that starts and stops it.

    Args:
        project: what to serve.
        database: SQLite in the project's folder, or a fresh database of this PostgreSQL.
        env: more environment, such as keys of a fake service.
        production: `OTREE_PRODUCTION`; without it errors are shown on pages.
        auth_level: "DEMO" or "STUDY" sets a password and a REST key, and the administrator logs in with them.
        python: of another environment that has oTree; the running one if not given.
        page_timeouts: whether oTree's own process runs that sees to pages whose time is up.
    """

    def __init__(
        self,
        project: Project,
        database: PostgreSQL | None = None,
        env: Mapping[str, str] | None = None,
        production: bool = True,
        auth_level: Literal["", "DEMO", "STUDY"] = "",
        python: Path | None = None,
        page_timeouts: bool = True,
    ) -> None:
        self.page_timeouts = page_timeouts
        self.python = python or Path(sys.executable)
        self.project = project
        self.database: Database = database.database() if database else SQLite(project.folder)
        self.port = free_port()
        super().__init__(f"http://127.0.0.1:{self.port}", auth_level)
        self.log_file = project.folder.with_name(f"{project.folder.name}-{self.port}.log")
        self.env = self._environment(dict(env or {}), production)
        self.command = "prodserver"
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, tb: TracebackType | None) -> None:
        self.stop()

    def start(self) -> Self:
        """Starts the server on the data it had, and waits until it answers."""
        assert not self.running, "The server runs already."
        needs.claim("server")
        otree = self.python.with_name("otree")
        assert otree.is_file(), f"oTree is not installed beside {self.python}: pip install otree"
        with self.log_file.open("ab") as log:
            self._process = warm_python.popen(
                self._command_line(), cwd=self.project.folder, env=self.env, stdin=subprocess.DEVNULL,
                stdout=log, stderr=subprocess.STDOUT, start_new_session=True,
            )  # fmt: skip
        return self.wait_ready()

    def wait_ready(self, timeout: float = PATIENCE) -> Self:
        """Waits until the server answers a request."""
        for _ in attempts(timeout):
            if not self.running:
                raise ServerDied(f"oTree ended with code {self.returncode}:\n{self.log[-5000:]}")
            with contextlib.suppress(requests.ConnectionError):
                self.http.get(f"{self.url}/api/otree_version", timeout=timeout)
                return self
        raise TimeoutError(f"oTree did not answer:\n{self.log[-5000:]}")

    def stop(self, timeout: float = 30) -> int | None:
        """Ends the server as a platform does at a new deployment (SIGTERM to all its processes); its exit code.

        What has not ended in time is killed, and the code is then -9.
        """
        if self._process is None:
            return None
        self._signal_group(signal.SIGTERM)
        try:
            self._process.wait(timeout)
        except subprocess.TimeoutExpired:
            self._process.kill()
        return self._end()

    def kill(self) -> int | None:
        """SIGKILL to the server and to oTree's helper process, as a crash of the machine would do.

        Other children are left to notice by themselves: see `members()`.
        """
        assert self._process, "The server does not run."
        self._process.kill()
        code = self._process.wait(30)
        _wait_until(lambda: not self._kill_helpers())
        return code

    def _kill_helpers(self) -> bool:
        """Kills oTree's helper process, and what stands in for it (`without_page_timeouts`); whether there was one."""
        members = self.members().items()
        helpers = [pid for pid, command in members if "timeoutsubprocess" in command or command.startswith("sleep")]
        for pid in helpers:
            _signal(pid, signal.SIGKILL)
        return bool(helpers)

    def interrupt(self) -> None:
        """Ctrl-C in the server's terminal; does not wait."""
        self._signal_group(signal.SIGINT)

    @property
    def running(self) -> bool:
        """Whether the server's process is there."""
        return self._process is not None and self._process.poll() is None

    @property
    def returncode(self) -> int | None:
        """The exit code, None while it runs."""
        return self._process.poll() if self._process else None

    @property
    def pid(self) -> int:
        """The process id of the server itself."""
        assert self._process, "The server does not run."
        return self._process.pid

    def members(self) -> dict[int, str]:
        """Process id to command line of all living processes of the server's group, itself and children."""
        group = self._process.pid if self._process else -1
        found = {}
        for folder in Path("/proc").glob("[0-9]*"):
            with contextlib.suppress(OSError):
                state, _, pgrp = (folder / "stat").read_text().rpartition(")")[2].split()[:3]
                if int(pgrp) == group and state != "Z":
                    found[int(folder.name)] = (folder / "cmdline").read_text().replace("\0", " ").strip()
        return found

    def time_is_over(self, *people: Participant) -> None:
        """Lets the time pass for people who have closed the browser.

        oTree's own process, which looks every 0.3 s in tests, then sends the pages whose time was limited, and opens
        the pages after a wait page.
        """
        assert self.page_timeouts, "This server was started without page timeouts."
        now = int(time.time())  # not before: what is a minute late is thrown away when that process starts
        for code in (person.code for person in people):
            self.database.execute(
                f"UPDATE otree_participant SET _timeout_expiration_time = {now} "
                f"WHERE code = '{code}' AND _timeout_expiration_time IS NOT NULL"
            )
            self.database.execute(
                f"UPDATE otree_taskqueuemessage SET epoch_time = {now} WHERE epoch_time > {now} "
                f"AND (method = 'ensure_pages_visited' OR kwargs_json LIKE '%\"{code}\"%')"
            )

    @property
    def log(self) -> str:
        """All that the server has printed so far, over all its starts."""
        return self.log_file.read_text("utf-8", "replace") if self.log_file.exists() else ""

    def complaints(self) -> list[str]:
        """Lines of the log that no test may cause: forgotten tasks, warnings out of our own code."""
        return [found.group() for found in COMPLAINTS.finditer(self.log)]

    def stored(self) -> bytes:
        """All data at rest, to search for what must not be there."""
        return stored(self.database)

    def _command_line(self) -> list[str]:
        return [str(self.python.with_name("otree")), self.command, f"127.0.0.1:{self.port}"]

    def _environment(self, more: dict[str, str], production: bool) -> dict[str, str]:
        env = {name: value for name, value in os.environ.items() if not PRIVATE.fullmatch(name)}
        first = QUICK_PAGE_TIMEOUTS if self.page_timeouts else WITHOUT_PAGE_TIMEOUTS
        env["PATH"] = os.pathsep.join([str(first), str(self.python.parent), env.get("PATH", os.defpath)])
        env["HARNESS_OTREE"] = str(self.python.with_name("otree"))
        env["PYTHONPATH"] = str(REPO)
        env["PYTHONUNBUFFERED"] = "1"
        env["PYTHONWARNINGS"] = "default"
        env |= {"OTREE_PRODUCTION": "1"} if production else {}
        return env | self.auth_env | self.database.env | more

    def _signal_group(self, number: signal.Signals) -> None:
        if self._process:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self._process.pid, number)

    def _end(self) -> int:
        assert self._process
        code = self._process.wait(30)
        _wait_until(lambda: not self.members(), 15)
        self._signal_group(signal.SIGKILL)
        self._process = None
        return code


def _wait_until(done: Callable[[], bool], seconds: float = PATIENCE) -> None:
    for _ in attempts(seconds, pause=0.02):
        if done():
            return


def _signal(pid: int, number: signal.Signals) -> None:
    with contextlib.suppress(ProcessLookupError):
        os.kill(pid, number)
