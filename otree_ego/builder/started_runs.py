"""Runs of the builder's file: begun as `ego run` begins them, in a process of their own, told to all pages."""

from __future__ import annotations

import os
import threading
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from ..errors import ConfigError
from ..experiment.asking import read
from ..experiment.built.reader import read_built
from ..experiment.runs.event_log import EventLog
from ..providers.people import PERSON
from ..stores.runs import STORE
from .run_process import RunProcess
from .run_views import built_of, cut, in_list, opened, run_view, runs_in

MOST_TIMES = 100_000
MOST_RUNS = 100
MOST_ANSWER = 100_000
"""Characters of a person's answer."""
MOST_NAME = 1_000
"""Characters of a model's name."""
KEPT = 1_000
"""Events that are kept for pages that come back."""
GOES = 1.3
"""Seconds that a run has to end when the builder ends, before it is broken off; and again before it is killed."""


class StartedRuns:
    """One run at a time of one file; earlier ones can be looked at, too.

    Arguments:
        path: the built file, where a call names no other. store: where runs are kept; by default as for `ego run`.

    Fields:
        feed: what happens in the run that is under way, for all pages.
    """

    def __init__(self, path: Path, store: str = "") -> None:
        self.path = path
        self.store = store or os.environ.get("EGO_STORE", "").strip() or STORE
        self.feed: EventLog[dict[str, Any]] = EventLog(KEPT)
        self._lock = threading.Lock()
        self._process: RunProcess | None = None
        self._uid = ""
        self._turns: dict[str, dict[str, Any]] = {}  # what people are asked just now, by message

    # --- for the page ---------------------------------------------------------------------------------------------

    def start(self, given: Mapping[str, Any]) -> dict[str, Any]:
        """Begin a run, or go on with one.

        Arguments:
            given: ``resume`` (a run's id), or ``times`` with ``path`` (from `Calls`, never from the page), ``model``,
                ``seats`` (who sits in some, by number), ``seed``, ``budget``, ``constrained`` and ``balanced``.

        Raises:
            ConfigError: one is under way, an option makes no sense, or the file cannot be played.
        """
        with self._lock:
            if self.active:
                raise ConfigError("A run is under way: wait for it, or stop it.")
            resume = given.get("resume")
            if resume and (not isinstance(resume, str) or resume not in {run.uid for run in runs_in(self.store)}):
                raise ConfigError(f"There is no run {resume!r:.80} in {self.store}.")
            command = ["resume", resume] if resume else self._command(given)
            self._uid = resume or ""
            self._turns.clear()
            self.feed.add({"event": "process", "active": True})
            try:
                self._process = RunProcess([*command, "--store", self.store], self._told, self._ended)
            except (OSError, ValueError) as error:  # too many processes, no memory, a NUL in a name
                self.feed.add({"event": "process", "active": False})
                raise ConfigError(f"The run cannot be started: {error}.") from None
        return {"active": True}

    def stop(self) -> dict[str, Any]:
        """Stop it: what is under way is finished; a second time breaks it off."""
        if self._process is not None and self.active:
            self._process.order(do="stop")
        return {"active": self.active}

    def answer(self, given: Mapping[str, Any]) -> dict[str, Any]:
        """A person's answer.

        Arguments:
            given: ``message`` (the id of its place), ``text``, and ``anyway``: whether one that does not fit is meant.

        Raises:
            ConfigError: nobody is asked that (any more), or it is empty or too long.
        """
        text, message = str(given.get("text", "")), str(given.get("message", ""))
        if not text.strip():
            raise ConfigError("The answer is empty.")
        if len(text) > MOST_ANSWER:
            raise ConfigError(f"The answer is too long: it has up to {MOST_ANSWER:,} characters.")
        turn = self._turns.get(message)
        if turn is None or not self.active:
            raise ConfigError("This was answered already, or the run has ended.")
        if not given.get("anyway") and (problem := self._unfit(turn, text)):
            return {"unfit": problem}
        if self._turns.pop(message, None) is None:
            raise ConfigError("This was answered already, or the run has ended.")
        assert self._process is not None
        self._process.order(do="answer", message=message, text=text)
        return {"taken": True}

    def watch(self, given: Mapping[str, Any]) -> dict[str, Any]:
        """How things are: by default with the run that was started last, here or of this file.

        Arguments:
            given: ``run`` (an id), ``place`` of the replication whose dialogue is wanted; by default that of
                the person whose turn it is, or the last that was begun.
        """
        last = self.feed.last  # before the store is read: what is told after it may be in there already
        process, runs = self._process, runs_in(self.store)
        uid = str(given.get("run") or "") or self._uid
        if not uid and process is None:  # this builder has started none: the last one of the file
            path = str(given.get("path") or self.path)
            uid = next((run.uid for run in runs if run.source.get("file") == path), "")
        found: dict[str, Any] = {
            "last": last, "active": self.active, "current": self._uid, "turns": list(self._turns.values()),
            "said": "" if process is None or self.active else process.said,
            "code": None if process is None or self.active else process.code,
            "run": None, "runs": [in_list(each) for each in runs[:MOST_RUNS]],
        }  # fmt: skip
        if uid and any(run.uid == uid for run in runs):
            place = given.get("place")
            if not isinstance(place, int) and uid == self._uid:
                place = next((turn["place"] for turn in list(self._turns.values())), None)
            with opened(self.store) as store:
                if store is not None:
                    found.update(run_view(store, uid, place if isinstance(place, int) else None))
        return found

    def close(self) -> None:
        """End the run that is under way; it can be resumed."""
        process = self._process
        for _ in range(2):
            if process is None or not process.active:
                break
            process.order(do="stop")
            process.wait(GOES)
        if process is not None and process.active:
            process.kill()
        self.feed.close()

    @property
    def active(self) -> bool:
        """Whether a run is under way."""
        return self._process is not None and self._process.active

    # --- of the process -------------------------------------------------------------------------------------------

    def _told(self, event: dict[str, Any]) -> None:
        self._uid = str(event.get("run") or self._uid)
        message = event.get("message") or {}
        if str(message.get("author", "")).startswith(PERSON):
            if message["status"] == "pending":
                turn = {name: event[name] for name in ("place", "seat", "thread")}
                self._turns[message["id"]] = {**turn, "message": message["id"]}
            else:
                self._turns.pop(message["id"], None)
        elif event.get("event") in ("replication", "ended"):
            gone = [
                key for key, turn in list(self._turns.items()) if turn["place"] == event.get("place", turn["place"])
            ]
            for key in gone:
                self._turns.pop(key, None)
        self.feed.add(cut(event))

    def _ended(self) -> None:
        self._turns.clear()
        process = self._process
        code, said = (None, "") if process is None else (process.code, process.said)
        self.feed.add({"event": "process", "active": False, "code": code, "said": said})

    def _unfit(self, turn: Mapping[str, Any], text: str) -> str:
        """Why an answer does not have the form that is asked for; empty if it has."""
        with opened(self.store) as store:
            built = None if store is None else built_of(store.get(self._uid))
        if built is None or not 0 < turn["seat"] <= len(built.seats):
            return ""
        return read(text, built.seats[turn["seat"] - 1].filter)[1]

    def _command(self, given: Mapping[str, Any]) -> list[str]:
        path = Path(str(given.get("path") or self.path))
        there = {str(seat.number) for seat in read_built(path).seats}
        times = str(given.get("times") or "1").strip()
        if not times.isdecimal() or not 1 <= int(times[:9]) <= MOST_TIMES:
            raise ConfigError(
                f"The number of replications is a whole number from 1 to {MOST_TIMES:,}, not {times!r:.40}."
            )
        line = ["run", str(path), "-n", times]
        for name in ("model", "seed", "budget"):
            if said := str(given.get(name) or "").strip()[:MOST_NAME]:
                line.append(f"--{name}={said}")
        seats = given.get("seats")
        for number, who in (seats if isinstance(seats, dict) else {}).items():
            if number not in there:
                raise ConfigError(f"There is no seat {number:.40}.")
            if who := str(who or "").strip()[:MOST_NAME]:
                line.append(f"--seat={number}={who}")
        return line + [f"--{name}" for name in ("constrained", "balanced") if given.get(name)]
