"""Which process is meant: a name for each, and whether it is still there, as far as that can be known from here."""

from __future__ import annotations

import hashlib
import os
import socket
import time
import uuid
from contextlib import suppress
from functools import cache
from pathlib import Path

SERVER, TOOL = "server", "tool"
"""A web server; any other process (a shell, a script, the creation of a session on the command line)."""
PATIENCE = 600.0
"""Seconds for which a tool on another machine is believed to work on a reply."""
_BOOT, _NAMESPACE = Path("/proc/sys/kernel/random/boot_id"), Path("/proc/self/ns/pid")


@cache
def name_of_this(role: str) -> str:
    """This process's name: its role, number, start and machine. No other process, now or later, has the same.

    Arguments:
        role: `SERVER` or `TOOL`.
    """
    return f"{role}:{_this()}"


@cache
def _this() -> str:
    number = os.getpid()
    start = _start(number)
    return f"{number}.{time.time_ns() if start is None else start}.{_machine()}"


def still_runs(name: str) -> bool | None:
    """Whether the process with this name is there; None if that cannot be known here (it is another machine's)."""
    number, start, machine = [*name.partition(":")[2].split("."), "", "", ""][:3]
    if not machine or machine != _machine() or _start(os.getpid()) is None:
        return None
    return number.isdigit() and str(_start(int(number))) == start


def works_on(name: str | None, since: float) -> bool:
    """Whether a tool's process still works on a reply that it has begun.

    A server's never does: servers hold the lease, one at a time, and whoever asks here holds it.

    Arguments:
        name: of the process that wrote the reply's row. since: when, in seconds since 1970.
    """
    if not name or not name.startswith(TOOL) or name == name_of_this(TOOL):
        return False
    there = still_runs(name)
    return time.time() - since < PATIENCE if there is None else there


@cache
def _machine() -> str:
    """The machine since its last start, or the container: where the numbers of processes mean the same as here."""
    with suppress(OSError):
        about = f"{socket.gethostname()} {_BOOT.read_text()} {os.readlink(_NAMESPACE)}"
        return hashlib.sha256(about.encode()).hexdigest()[:12]
    return uuid.uuid4().hex[:12]


def _start(number: int) -> int | None:
    """When a process was started, in ticks since the machine was; None if it is not there, or has ended."""
    try:
        fields = Path(f"/proc/{number}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return None
    return None if fields[0] in "ZX" else int(fields[19])
