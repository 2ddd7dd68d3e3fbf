"""`--events`: a run told as JSON lines on stdout, with answers of people and stops as JSON lines from stdin."""

from __future__ import annotations

import contextlib
import json
import os
import sys
import threading
from collections.abc import Iterator
from typing import Any

from ...experiment.runs.run_events import RunEvent
from ...experiment.runs.run_handle import RunHandle, watched
from ...providers.people import PeopleElsewhere, asked_elsewhere
from ...stores.run_rows import to_json


@contextlib.contextmanager
def event_lines(wanted: bool) -> Iterator[None]:
    """While this is open, runs are told on stdout, and all else that is printed goes to stderr.

    Arguments:
        wanted: whether `--events` was given; if not, nothing changes.
    """
    if not wanted:
        yield
        return
    out, lock, people = sys.stdout, threading.Lock(), PeopleElsewhere()

    def told(event: RunEvent) -> None:
        message = event.message
        if message is not None and message.role == "assistant":
            people.note(event.thread, message)
        with lock:
            out.write(to_json(event.plain()) + "\n")
            out.flush()

    handle = RunHandle(told)
    reader = threading.Thread(target=_obey, args=(handle, people), name="otree_ego-stdin", daemon=True)
    reader.start()
    with contextlib.redirect_stdout(sys.stderr), watched(handle), asked_elsewhere(people):
        yield


def _obey(handle: RunHandle, people: PeopleElsewhere) -> None:
    """Do what stdin says, line by line, until it ends."""
    stop_at_end = False
    for line in _lines():
        order = _order(line)
        what = order.get("do")
        if what == "stop":
            handle.stop()
        elif what == "answer":
            people.answer(str(order.get("message", "")), str(order.get("text", "")))
        elif what == "stop at end":
            stop_at_end = True
    if stop_at_end:  # whoever started this is gone
        handle.stop()


def _lines() -> Iterator[bytes]:
    """The lines of stdin. Python's own reader has a lock, on which its end would fail while a thread waits in it."""
    rest = b""
    with contextlib.suppress(OSError):
        while piece := os.read(0, 65_536):
            *lines, rest = (rest + piece).split(b"\n")
            yield from lines
    yield rest


def _order(line: bytes) -> dict[str, Any]:
    try:
        found = json.loads(line)
    except (ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}
