"""How much memory a server needs: measured figures, and what they come to."""

from __future__ import annotations

import contextlib
import os
import sys
from collections.abc import Mapping
from pathlib import Path

SERVER_MB, WORKER_MB, EMBEDDED_MB = 98, 61, 271
"""Resident memory after start, on oTree 6.0.15 and Python 3.12: the web process, the timeout worker that it starts, the
embedded model with one slot."""
PAGE_MB, MESSAGE_MB = 0.1, 0.03
"""For each participant, and for each message in a chat that is open: benchmarks/server_memory has 0.3 MB a participant
after 10 messages."""
SPARE = 1.25
"""What a server takes beyond that while exports and long texts are read."""
DYNOS: Mapping[str, int] = {
    "eco": 512, "basic": 512, "standard-1x": 512, "standard-2x": 1024, "performance-m": 2560, "performance-l": 14336,
}  # fmt: skip
_LIMITS = ("/sys/fs/cgroup/memory.max", "/sys/fs/cgroup/memory/memory.limit_in_bytes")


def server_mb(participants: int, embedded: bool, messages: float = 0) -> float:
    """MB that a server needs.

    Arguments:
        participants: who have a page open at a time. embedded: whether the embedded model runs beside it.
        messages: that each of them has written in a chat.

    >>> server_mb(0, False), server_mb(100, True, 20)
    (159.0, 500.0)
    """
    chats = participants * (PAGE_MB + messages * MESSAGE_MB)
    return SERVER_MB + WORKER_MB + chats + (EMBEDDED_MB if embedded else 0)


def memory_limit() -> float | None:
    """MB that this machine, or its container, has; None where that is not known."""
    found = [value for file in _LIMITS if (value := _number(Path(file))) is not None]
    if sys.platform != "win32" and "SC_PHYS_PAGES" in os.sysconf_names:
        with contextlib.suppress(OSError, ValueError):
            found.append(os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE"))
    likely = [value for value in found if 0 < value < 1 << 50]
    return min(likely) / 1e6 if likely else None


def _number(file: Path) -> int | None:
    try:
        return int(file.read_text())
    except (OSError, ValueError):  # "max"
        return None
