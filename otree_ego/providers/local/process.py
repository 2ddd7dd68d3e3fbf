"""The embedded model's process as its parent sees it: started once, on first need, and ended with this process."""

from __future__ import annotations

import atexit
import contextlib
import http.client
import json
import os
import secrets
import subprocess
import sys
import threading
from collections import deque
from concurrent.futures import Future
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from ...errors import ConfigError, Overloaded
from .apart import apart
from .pulse import Pulse
from .weights import fetch_weights

START = 120.0
"""Seconds for the weights to be loaded."""
LAST_LINES = 30.0
"""Seconds for a process that ends to write the rest of its log: on a busy machine, one was too few."""
PARTING = 2.0
"""Seconds for the process to end by itself: it has nothing to lose."""
CONTEXT = 4096
"""Tokens of a conversation and its reply together; less if the weights were trained with less."""
INSTALL = 'pip install "otree-ego[local]"'


class Child:
    """A running server process; making one blocks until the weights are loaded.

    Arguments:
        weights: the GGUF file.
        slots: replies at once.
        threads: of the processor, for all slots together.

    Raises:
        ConfigError: the weights cannot be loaded, or xllamacpp is missing.
        Overloaded: the process ended before it could answer.
    """

    def __init__(self, weights: Path, slots: int, threads: int) -> None:
        self.key = secrets.token_hex(16)
        self._lines: deque[str] = deque(maxlen=12)
        self._counts: dict[int, int] = {}
        command = [sys.executable, "-m", "otree_ego.providers.local.server", "--weights", str(weights)]
        command += ["--slots", str(slots), "--threads", str(threads), "--context", str(CONTEXT)]
        root = str(Path(__file__).resolve().parents[3])
        path = os.pathsep.join(filter(None, [root, os.environ.get("PYTHONPATH")]))
        self.process = subprocess.Popen(
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            # Not the project's folder, whose modules would come before the library's.
            cwd=weights.parent,
            env={**os.environ, "PYTHONPATH": path},
            text=True,
            errors="replace",
            **apart(),
        )
        self._reader = threading.Thread(target=self._read_log, name="otree_ego-local-log", daemon=True)
        self._reader.start()
        self.pulse = Pulse(self.process, self._answers)
        try:
            self.address = self._handshake(weights)
            self.context = int(self.ask("GET", "/props")["default_generation_settings"]["n_ctx"])
        except BaseException:
            self.close()
            raise

    def _handshake(self, weights: Path) -> str:
        assert self.process.stdin is not None and self.process.stdout is not None
        timer = threading.Timer(START, self.process.kill)
        timer.start()
        try:
            with contextlib.suppress(BrokenPipeError):
                self.process.stdin.write(self.key + "\n")
                self.process.stdin.flush()
            line = self.process.stdout.readline()
        finally:
            timer.cancel()
        answer: dict[str, str] = json.loads(line) if line.startswith("{") else {}
        if "address" in answer:
            return answer["address"]
        if "error" not in answer:
            raise Overloaded(self.end_report(), service="local")
        if "xllamacpp" in answer["error"]:
            raise ConfigError(f"The embedded model cannot run: {answer['error']}. Install it: {INSTALL}")
        self._reader.join(LAST_LINES)
        raise ConfigError(f"The embedded model cannot run: xllamacpp cannot load {weights}. {self._log_tail()}")

    def _answers(self, seconds: float) -> bool:
        try:
            self.ask("GET", "/health", timeout=seconds)
        except (OSError, http.client.HTTPException, ValueError):
            return False
        return True

    def ask(self, method: str, path: str, body: Any = None, timeout: float = START) -> Any:
        """One small request to the server besides the chat; blocks.

        Raises:
            OSError, HTTPException: it is not there any more.
        """
        parts = urlsplit(self.address)
        connection = http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=timeout)
        try:
            headers = {"Authorization": f"Bearer {self.key}", "Content-Type": "application/json"}
            connection.request(method, path, None if body is None else json.dumps(body), headers)
            return json.loads(connection.getresponse().read())
        finally:
            connection.close()

    def tokens(self, text: str) -> int:
        """How many tokens a text is; blocks. What was counted once is remembered."""
        key = hash(text)
        if key not in self._counts:
            if len(self._counts) > 20_000:
                self._counts.clear()
            self._counts[key] = len(self.ask("POST", "/tokenize", {"content": text})["tokens"])
        return self._counts[key]

    def ended(self, wait: float = 0.0) -> bool:
        """Whether the process is gone, at once or after some seconds of waiting."""
        try:
            self.process.wait(wait)
        except subprocess.TimeoutExpired:
            return False
        return True

    def end_report(self) -> str:
        """The sentence for a process that has ended: how, and the last that it logged."""
        self._reader.join(LAST_LINES)
        status = self.process.poll()
        end = "did not answer any more and was ended" if self.pulse.hung else f"ended (exit status {status})"
        how = f"The embedded model's process {end}; the next request starts it again."
        return f"{how} {self._log_tail()}"

    def _log_tail(self) -> str:
        return f"The last that it logged: {' | '.join(self._lines)}" if self._lines else "It logged nothing."

    def close(self) -> None:
        """End the process and wait for its end."""
        process = self.process
        with contextlib.suppress(OSError):
            if process.stdin is not None:
                process.stdin.close()
        if not self.ended(PARTING):
            process.kill()
            process.wait()
        self._reader.join(1.0)
        for pipe in (process.stdout, process.stderr):
            if pipe is not None:
                pipe.close()

    def let_go(self) -> None:
        """In a forked copy of the parent: close the input, so that the process ends with the real parent."""
        # The other two pipes stay: the parent's reading thread may hold their locks, here for ever.
        if self.process.stdin is not None:
            self.process.stdin.close()
        self.process.returncode = 0

    def _read_log(self) -> None:
        assert self.process.stderr is not None
        with contextlib.suppress(ValueError):
            for line in self.process.stderr:
                if line.strip():
                    self._lines.append(line.strip()[:300])


class Launcher:
    """Has one Child at a time, starts it on first need and again when it died."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._starting: Future[Child] | None = None
        self._parents_child: Child | None = None

    def get(self) -> Future[Child]:
        """The running Child, or a Future of it: whoever asks while it starts gets the same one."""
        with self._lock:
            future = self._starting
            if future is not None and (not future.done() or (not future.exception() and not future.result().ended())):
                return future
            before = future.result() if future is not None and not future.exception() else None
            future = self._starting = Future()
            # From here on no waiter's cancellation can cancel it for the others.
            future.set_running_or_notify_cancel()
        threading.Thread(target=_start, args=(future, before), name="otree_ego-local-start", daemon=True).start()
        return future

    def close(self) -> None:
        """End the Child, if there is one; one that is just starting ends as soon as it has started."""
        with self._lock:
            future, self._starting = self._starting, None
        if future is not None:
            # At Python's end nobody waits for a download: a process that starts then sees its input closed.
            future.add_done_callback(_close)

    def forked(self) -> None:
        """In a forked copy of this process: forget the Child without ending it."""
        future, self._starting, self._lock = self._starting, None, threading.Lock()
        if future is not None and future.done() and not future.exception():
            self._parents_child = future.result()
            self._parents_child.let_go()


def _start(future: Future[Child], before: Child | None) -> None:
    try:
        if before is not None:
            before.close()
        slots, threads = _number("EGO_LOCAL_SLOTS"), _number("EGO_LOCAL_THREADS")
        future.set_result(Child(fetch_weights(), slots, threads))
    except BaseException as problem:  # Whatever it is belongs to those who wait, not to this thread.
        future.set_exception(problem)


def _close(started: Future[Child]) -> None:
    if not started.exception():
        started.result().close()


def _number(name: str) -> int:
    text = os.environ.get(name, "1").strip()
    if not text.isdecimal() or not 1 <= int(text) <= 64:
        raise ConfigError(f"{name} takes a whole number from 1 to 64, not {text!r}")
    return int(text)


launcher = Launcher()
atexit.register(launcher.close)
if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=launcher.forked)
