"""Runs experiments as their authors do: as script files, in processes of their own, with or without a terminal."""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
import pty
import signal
import sqlite3
import struct
import subprocess
import sys
import termios
import textwrap
import threading
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from otree_ego.testing import FakeService

from . import needs, warm_python
from .database import PATIENCE

HEAD = """
import json, os, random, signal, sys, time
from otree_ego import ConstantThread, GPTThread, ScriptedThread, extract_number
from otree_ego.errors import EgoError, RunStopped
from otree_ego.experiment import factorial

def gpt():
    return GPTThread("gpt-6-luna", backoff=0.01)

def show(data):
    print(json.dumps(data))
"""


class Arrivals(list[Any]):
    """Requests as `FakeService.requests`, with the time of each arrival in `times`."""

    def __init__(self) -> None:
        super().__init__()
        self.times: list[float] = []

    def append(self, request: Any) -> None:
        self.times.append(time.monotonic())
        super().append(request)


@dataclass(frozen=True)
class Ended:
    """How a script ended."""

    code: int
    out: str
    err: str

    @property
    def data(self) -> Any:
        """What it printed, as JSON."""
        assert self.code == 0, self.err
        return json.loads(self.out)


class Process:
    """A script that runs."""

    def __init__(self, command: list[str], folder: Path, env: dict[str, str], terminal: bool, **more: Any) -> None:
        self.master = None
        pipes: dict[str, Any] = dict(stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        if terminal:
            self.master, slave = pty.openpty()
            fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 120, 0, 0))
            pipes = dict(stdin=slave, stdout=slave, stderr=slave)
        self.process = warm_python.popen(command, cwd=folder, env=env, start_new_session=True, **pipes, **more)
        self.shown = ""
        if terminal:
            os.close(slave)
            self._reader = threading.Thread(target=self._read, daemon=True)
            self._reader.start()

    def _read(self) -> None:
        assert self.master is not None
        with contextlib.suppress(OSError):
            while piece := os.read(self.master, 65536):
                self.shown += piece.decode(errors="replace")

    def interrupt(self) -> None:
        """Ctrl-C."""
        self.process.send_signal(signal.SIGINT)

    def kill(self) -> None:
        """End it without a warning."""
        self.process.kill()
        self.end()

    def end(self, timeout: float = PATIENCE) -> Ended:
        """Wait for its end."""
        try:
            out, err = self.process.communicate(timeout=timeout)
        except subprocess.TimeoutExpired:
            self.process.kill()
            out, err = self.process.communicate()
            raise AssertionError(f"The script did not end: {self.shown}{out!r}{err!r}") from None
        if self.master is not None:
            self._reader.join(5)
            os.close(self.master)
            return Ended(self.process.returncode, self.shown, self.shown)
        return Ended(self.process.returncode, out.decode(), err.decode())


@needs.starts("slow")
class Script:
    """A script file in a folder of its own.

    Arguments:
        folder: where it lies and runs; its store is made there.
        body: what follows the usual imports. service: what answers as OpenAI. env: further variables.
    """

    def __init__(self, folder: Path, body: str, service: FakeService | None = None, **env: str) -> None:
        self.folder, self.file = folder, folder / "study.py"
        self.file.write_text(HEAD + textwrap.dedent(body), encoding="utf-8")
        self.env = {name: value for name, value in os.environ.items() if not name.startswith(("OPENAI_", "EGO_"))}
        if service is not None:
            self.env.update(OPENAI_API_KEY="sk-test-key-123456", OPENAI_BASE_URL=service.base_url)
        self.env.update(env)

    @property
    def store(self) -> Path:
        """Its store."""
        return self.folder / "ego.sqlite3"

    def start(self, *args: str, terminal: bool = False, **more: Any) -> Process:
        """Run it; does not wait for its end."""
        return Process([sys.executable, str(self.file), *args], self.folder, self.env, terminal, **more)

    def run(self, *args: str, terminal: bool = False, **more: Any) -> Ended:
        """Run it to its end."""
        return self.start(*args, terminal=terminal, **more).end()

    def query(self, sql: str) -> list[tuple[Any, ...]]:
        """Rows of its store, read by a connection of its own."""
        with contextlib.closing(sqlite3.connect(self.store, timeout=30)) as connection:
            return list(connection.execute(sql))


def until(condition: Any, timeout: float = PATIENCE) -> None:
    """Wait until something is true."""
    end = time.monotonic() + timeout
    while not condition():
        assert time.monotonic() < end, "This did not come true in time."
        time.sleep(0.01)


def said(request: Any) -> str:
    """The last message of a request that came to the service."""
    return str(request.body["messages"][-1]["content"])
