"""A clock that nobody has to wait for."""

from __future__ import annotations

import selectors
import time
from collections.abc import Iterator
from typing import Any

import pytest


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Time passes only when an event loop has nothing to do but to wait, and then at once.

    For tests of what waits on `time.monotonic` and `asyncio.sleep` in one thread: they are exact on any machine.
    """
    now = 1000.0
    look = selectors.DefaultSelector.select

    def select(self: Any, timeout: float | None = None) -> Any:
        nonlocal now
        if timeout is None:  # what is waited for comes from outside
            return look(self)
        found = look(self, 0)
        if not found:
            now += max(0.0, timeout)
        return found

    monkeypatch.setattr(selectors.DefaultSelector, "select", select)
    monkeypatch.setattr(time, "monotonic", lambda: now)
    yield
