"""Whether the embedded model's process still answers, looked at as long as somebody waits for it."""

from __future__ import annotations

import subprocess
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

PULSE = 3.0
"""Seconds between two looks."""
PROBE = 5.0
"""Seconds in which it must answer the smallest question, or at least have used the processor."""


class Pulse:
    """Ends a process that hangs, so that it is replaced like one that died.

    Arguments:
        process: which.
        answers: asks it something small; whether it answers within some seconds.
    """

    def __init__(self, process: subprocess.Popen[str], answers: Callable[[float], bool]) -> None:
        self.hung = False
        self._process, self._answers = process, answers
        self._waiting = 0
        self._watched = False
        self._lock = threading.Lock()

    @contextmanager
    def waiting(self) -> Iterator[None]:
        """Somebody waits for the process in here."""
        with self._lock:
            self._waiting += 1
            if not self._watched:
                self._watched = True
                threading.Thread(target=self._watch, name="otree_ego-local-pulse", daemon=True).start()
        try:
            yield
        finally:
            with self._lock:
                self._waiting -= 1

    def _watch(self) -> None:
        while True:
            try:
                self._process.wait(PULSE)
                return
            except subprocess.TimeoutExpired:
                pass
            if not self._sound():
                self.hung = True
                self._process.kill()
                return
            with self._lock:  # it has answered: whoever gave up meanwhile did so for reasons of their own
                if not self._waiting:
                    self._watched = False
                    return

    def _sound(self) -> bool:
        before = _processor_time(self._process.pid)
        if self._answers(PROBE):
            return True
        # With many replies under way nobody is left in there for small questions, but it works.
        return before is not None and _processor_time(self._process.pid) != before


def _processor_time(pid: int) -> int | None:
    """What a process has used of the processor, in the system's ticks; None where that cannot be known."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        return int(fields[11]) + int(fields[12])
    except (OSError, IndexError, ValueError):
        return None
