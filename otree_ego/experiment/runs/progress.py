"""How far a run is: a bar on a terminal, in Jupyter and in Spyder, nothing elsewhere."""

from __future__ import annotations

import contextlib
import sys
from importlib import import_module
from typing import Any

from ...display import on_one_line, say
from ...stores import Replication


class Progress:
    """Counts replications that have ended.

    Arguments:
        total: how many there are. done: how many had ended before.
        name: what stands before the bar.
        show: True and False force it; None shows it on a terminal and in a notebook.
    """

    def __init__(self, total: int, done: int = 0, name: str = "", show: bool | None = None) -> None:
        self.total, self.begun_with, self.name = total, done, name
        self.failed = self.tainted = 0
        self.cost = 0.0
        self.unpriced = 0
        self.shown = show if show is not None else _is_watched()
        self._quiet = show is False
        self._bar: Any = None
        self._waiting = ""

    def __enter__(self) -> Progress:
        if self.shown:
            self._bar = _bar_class()(
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

    def tell(self, sentence: str) -> None:
        """A sentence that everybody is told, terminal or not, but those who want to see nothing."""
        if self._quiet:
            return
        self._say(sentence)

    def say(self, sentence: str) -> None:
        """A sentence on stderr, where the bar is shown."""
        if self.shown:
            self._say(sentence)

    def _say(self, sentence: str) -> None:
        if self._bar is not None:
            self._bar.clear()
            say(sentence, sys.stderr)
            self._bar.refresh()
        else:
            say(sentence, sys.stderr)


def _is_watched() -> bool:
    """Whether somebody sees what stderr gets: at a terminal, or in front of a kernel's output."""
    return _in_kernel() or bool(sys.stderr is not None and sys.stderr.isatty())


def _in_kernel() -> bool:
    """Whether this is a kernel of Jupyter's or Spyder's, whose stderr is no terminal."""
    shell = getattr(sys.modules.get("IPython"), "get_ipython", lambda: None)()
    return shell is not None and getattr(shell, "kernel", None) is not None


def _bar_class() -> Any:
    """Tqdm's bar for a notebook where there is one that can draw it; Spyder's console shows text."""
    if _in_kernel() and "spyder_kernels" not in sys.modules:
        with contextlib.suppress(ImportError):
            import_module("ipywidgets")  # without it, tqdm's bar cannot be made
            from tqdm.notebook import tqdm as notebook

            return notebook
    from tqdm import tqdm

    return tqdm
