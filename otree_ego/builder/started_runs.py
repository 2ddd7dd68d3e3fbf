"""Runs of the builder's file: begun as `ego run` begins them, in a process of their own, and read from the store."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator, Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

from ..errors import ConfigError, StoreError
from ..experiment.built.reader import read_built
from ..stores import Run, RunStore
from ..stores.runs import STORE

MOST_TIMES = 100_000
MOST_ROWS = 2_000
"""Replications that the page gets."""
MOST_RUNS = 100
IN_LIST = ("uid", "name", "status", "created")
GOES = 1.4
"""Seconds that a run has to end when the builder ends, before it is broken off; and again before it is killed."""


class StartedRuns:
    """One run at a time of one file; earlier ones can be looked at, too.

    Arguments:
        path: the built file. store: where runs are kept; by default as for `ego run`.
    """

    def __init__(self, path: Path, store: str = "") -> None:
        self.path = path
        self.store = store or os.environ.get("EGO_STORE", "").strip() or STORE
        self._lock = threading.Lock()
        self._process: subprocess.Popen[bytes] | None = None
        self._said = tempfile.TemporaryFile()  # noqa: SIM115 (closed by `close`)
        self._before: set[str] = set()
        self._uid = ""

    def start(self, given: Mapping[str, Any]) -> dict[str, Any]:
        """Begin a run, or go on with one.

        Arguments:
            given: ``resume`` (a run's id), or ``times`` with ``model``, ``seed``, ``budget``, ``constrained`` and
                ``balanced``.

        Raises:
            ConfigError: one is under way, an option makes no sense, or the file cannot be played here.
        """
        with self._lock:
            if self.active:
                raise ConfigError("A run is under way: wait for it, or stop it.")
            known, resume = {run.uid for run in self._runs()}, given.get("resume")
            if resume and (not isinstance(resume, str) or resume not in known):
                raise ConfigError(f"There is no run {resume!r:.80} in {self.store}.")
            command = ["resume", resume] if resume else self._command(given)
            self._before, self._uid = known, resume or ""
            self._said.seek(0)
            self._said.truncate()
            # Ctrl-C at the terminal is ours: we end it in order.
            self._process = subprocess.Popen(
                [sys.executable, "-m", "otree_ego.cli", *command, "--store", self.store],
                stdin=subprocess.DEVNULL, stdout=self._said, stderr=self._said, start_new_session=os.name != "nt",
            )  # fmt: skip
        return {"active": True}

    def stop(self) -> dict[str, Any]:
        """Stop it as Ctrl-C does: what is under way is finished; a second time breaks it off."""
        if self.active and self._process is not None:
            with contextlib.suppress(OSError):
                self._process.send_signal(signal.SIGINT if os.name != "nt" else signal.SIGTERM)
        return {"active": self.active}

    def watch(self, given: Mapping[str, Any]) -> dict[str, Any]:
        """How far a run is: by default the one that was started last.

        Arguments:
            given: ``run`` (an id), ``place`` of the replication whose dialogue is wanted.
        """
        active = self.active
        uid = str(given.get("run") or "") or self._newest()
        runs = self._runs()
        found: dict[str, Any] = {
            "active": active, "said": "" if active else self._words(), "run": None,
            "runs": [{name: getattr(each, name) for name in IN_LIST} for each in runs[:MOST_RUNS]],
        }  # fmt: skip
        if uid and any(run.uid == uid for run in runs):
            with self._opened() as store:
                found.update(_of_run(store, uid, given.get("place")))
        return found

    def close(self) -> None:
        """End the run that is under way; it can be resumed."""
        process = self._process
        for _ in range(2):
            if process is None or process.poll() is not None:
                break
            self.stop()
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(GOES)
        if process is not None and process.poll() is None:
            process.kill()
            process.wait()
        self._said.close()

    @property
    def active(self) -> bool:
        """Whether a run is under way."""
        return self._process is not None and self._process.poll() is None

    def _command(self, given: Mapping[str, Any]) -> list[str]:
        built = read_built(self.path)
        people = [seat.number for seat in built.seats if seat.kind == "cli"]
        if people:
            raise ConfigError(
                f"Seat {people[0]} is a person at the terminal: give it to a model, or type ego run {self.path.name}."
            )
        times = str(given.get("times") or "1").strip()
        if not times.isdecimal() or not 1 <= int(times[:9]) <= MOST_TIMES:
            raise ConfigError(
                f"The number of replications is a whole number from 1 to {MOST_TIMES:,}, not {times!r:.40}."
            )
        line = ["run", str(self.path), "-n", times]
        for name in ("model", "seed", "budget"):
            if said := str(given.get(name) or "").strip():
                line.append(f"--{name}={said}")
        return line + [f"--{name}" for name in ("constrained", "balanced") if given.get(name)]

    def _newest(self) -> str:
        """The run that our process has begun."""
        if not self._uid and self._process is not None:
            ours = str(self.path)
            new = [r for r in self._runs() if r.uid not in self._before and r.source.get("file") == ours]
            self._uid = new[0].uid if new else ""
        return self._uid

    def _runs(self) -> list[Run]:
        """All that are in the store, the newest first."""
        if "://" not in self.store and not Path(self.store).exists():
            return []
        try:
            with self._opened() as store:
                return sorted(store.runs(), key=lambda run: -run.created)
        except StoreError:  # the run that is begun says what is wrong, or makes it
            return []

    @contextlib.contextmanager
    def _opened(self) -> Iterator[RunStore]:
        store = RunStore(self.store, create=False)
        try:
            yield store
        finally:
            store.close()

    def _words(self) -> str:
        """What the process said; it goes on writing at the file's end."""
        text = os.pread(self._said.fileno(), 20_000, 0) if hasattr(os, "pread") else b""
        return text.decode("utf-8", "replace").strip()


def _of_run(store: RunStore, uid: str, place: Any) -> dict[str, Any]:
    run, totals = store.get(uid), store.totals(uid)
    ended = {each.place: each for each in store.replications(uid)}
    begun = store.first_threads(uid)
    rows = [
        {
            "place": number, "status": each.status if (each := ended.get(number)) else "running",
            "tainted": bool(each and each.tainted), "treatment": each.treatment if each else "",
            "result": each.result if each else None, "why": each.error_text if each else "",
        }
        for number in sorted({*begun, *ended})[:MOST_ROWS]
    ]  # fmt: skip
    dialogue: list[dict[str, Any]] = []
    if isinstance(place, int) and place in begun:
        seats = list(store.seats(uid, place, last=True))
        said = store.messages([seat.thread.uid for seat in seats])
        for seat in seats:
            dialogue += [
                {"seat": seat.seat, "role": m.role, "text": m.text, "status": m.status, "time": m.time}
                for m in said[seat.thread.uid]
            ]
    dialogue.sort(key=lambda each: each["time"])
    shown = {"uid": run.uid, "name": run.name, "status": run.status, "note": run.note, "planned": run.planned}
    return {"run": shown, "totals": asdict(totals), "replications": rows, "dialogue": dialogue}
