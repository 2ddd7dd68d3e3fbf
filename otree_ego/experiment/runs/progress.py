"""How far a run is: a bar on a terminal, nothing elsewhere."""

from __future__ import annotations

import sys
from typing import Any

from ...display import on_one_line, say
from ...stores import Replication


class Progress:
    """Counts replications that have ended.

    Arguments:
        total: how many there are. done: how many had ended before.
        name: what stands before the bar.
        show: True and False force it; None shows it where stderr is a terminal.
    """

    def __init__(self, total: int, done: int = 0, name: str = "", show: bool | None = None) -> None:
        self.total, self.begun_with, self.name = total, done, name
        self.failed = self.tainted = 0
        self.cost = 0.0
        self.unpriced = 0
        self.shown = show if show is not None else bool(sys.stderr is not None and sys.stderr.isatty())
        self._bar: Any = None
        self._waiting = ""

    def __enter__(self) -> Progress:
        if self.shown:
            from tqdm import tqdm

            self._bar = tqdm(
                total=self.total, initial=self.begun_with, desc=on_one_line(self.name)[:30] or None, unit="",
                smoothing=0.1, dynamic_ncols=True, leave=True,
            )  # fmt: skip
        return self

    def __exit__(self, *_: object) -> None:
        if self._bar is not None:
            self._bar.close()

    def ended(self, replication: Replication) -> None:
        """Count one."""
        self.failed += replication.status == "failed"
        self.tainted += replication.tainted
        self.cost += replication.cost or 0.0
        self.unpriced += replication.cost is None
        if self._bar is not None:
            self._bar.set_postfix_str(self.words, refresh=False)
            self._bar.update(1)

    def waiting(self, words: str) -> None:
        """Show what is waited for behind the bar; empty for nothing."""
        if self._bar is not None and words != self._waiting:
            self._waiting = words
            self._bar.set_postfix_str(self.words)

    @property
    def words(self) -> str:
        """What stands behind the bar."""
        parts = [self._waiting] if self._waiting else []
        parts += [f"{self.failed} failed"] if self.failed else []
        parts += [f"{self.tainted} invalid"] if self.tainted else []
        parts.append(f"${self.cost:.4f}" if self.cost and self.cost < 1 else f"${self.cost:.2f}")
        return ", ".join(parts) + ("+?" if self.unpriced else "")

    def say(self, sentence: str) -> None:
        """A sentence on stderr, where the bar is shown."""
        if not self.shown:
            return
        if self._bar is not None:
            self._bar.clear()
            say(sentence, sys.stderr)
            self._bar.refresh()
        else:
            say(sentence, sys.stderr)
