"""A run in a process of its own: `ego run --events`, its events read and its orders written."""

from __future__ import annotations

import contextlib
import json
import subprocess
import sys
import threading
from collections import deque
from collections.abc import Callable, Sequence
from typing import Any

MOST_SAID = 200
"""Lines that are kept of what it says beside its events."""


class RunProcess:
    """A process that plays; it stops by itself if this one is gone.

    Arguments:
        arguments: what stands after `ego`.
        on_event: is called with each event, on a thread of its own. on_end: is called when the process has ended.
    """

    def __init__(
        self, arguments: Sequence[str], on_event: Callable[[dict[str, Any]], None], on_end: Callable[[], None]
    ) -> None:
        # A group of its own: Ctrl-C at the terminal is the builder's, which ends it in order.
        self._process = subprocess.Popen(
            [sys.executable, "-m", "otree_ego.cli", *arguments, "--events"],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, start_new_session=True,
        )  # fmt: skip
        self._said: deque[str] = deque(maxlen=MOST_SAID)
        self._writing = threading.Lock()
        self._on_event, self._on_end = on_event, on_end
        self._listener = threading.Thread(target=self._listen, name="otree_ego-said", daemon=True)
        self._listener.start()
        self._reader = threading.Thread(target=self._read, name="otree_ego-events", daemon=True)
        self._reader.start()
        self.order(do="stop at end")

    def order(self, **order: str) -> None:
        """Tell it what to do; one that has ended does not hear it."""
        with self._writing, contextlib.suppress(OSError, ValueError):
            assert self._process.stdin is not None
            self._process.stdin.write(json.dumps(order).encode() + b"\n")
            self._process.stdin.flush()

    @property
    def active(self) -> bool:
        """Whether it works still, or has said something that is not read yet."""
        return self._reader.is_alive()

    @property
    def code(self) -> int | None:
        """The exit code; None before its end."""
        return self._process.poll()

    @property
    def said(self) -> str:
        """What it has said beside its events."""
        return "".join(self._said).strip()

    def wait(self, seconds: float) -> bool:
        """Wait for its end; returns whether it has ended."""
        self._reader.join(seconds)
        return not self.active

    def kill(self) -> None:
        """End it at once."""
        self._process.kill()
        self._reader.join()

    def _read(self) -> None:
        assert self._process.stdout is not None
        for line in self._process.stdout:
            with contextlib.suppress(ValueError, RecursionError):
                found = json.loads(line)
                if isinstance(found, dict):
                    self._on_event(found)
        self._process.wait()
        self._listener.join()
        with self._writing, contextlib.suppress(OSError):
            assert self._process.stdin is not None
            self._process.stdin.close()
        self._process.stdout.close()
        self._on_end()

    def _listen(self) -> None:
        assert self._process.stderr is not None
        with self._process.stderr as lines:
            for line in lines:
                self._said.append(line.decode("utf-8", "replace"))
