"""Memory that a large reply took goes back to the system: the C library keeps it otherwise, where it is glibc's."""

from __future__ import annotations

import asyncio
import ctypes
import sys
import threading
import time

LARGE = 1_000_000
"""Bytes of a reply after which memory is given back."""
SOON = 1.0
"""Seconds after it."""
_due = 0.0


def give_back_soon() -> None:
    """Give free memory back in a second, on a thread of its own; once for all replies that end until then."""
    global _due
    now = time.monotonic()
    if sys.platform != "linux" or now < _due:
        return
    _due = now + SOON
    asyncio.get_running_loop().call_later(
        SOON, threading.Thread(target=_give_back, name="otree_ego-memory", daemon=True).start
    )


def _give_back() -> None:
    trim = getattr(ctypes.CDLL(None), "malloc_trim", None)
    if trim is not None:
        trim(0)
