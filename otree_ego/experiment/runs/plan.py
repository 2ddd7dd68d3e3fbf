"""What a run does (a Plan), and how (concurrency, limits, store): none of the latter changes what comes out."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from contextvars import ContextVar
from dataclasses import dataclass, field, fields
from pathlib import Path
from types import MappingProxyType
from typing import Any

from ...errors import ConfigError
from ...stores.runs import STORE
from .leftovers import Read
from .rate_limits import Gate
from .workers import Job, Work

UNSET: Any = object()
"""An argument that was not given."""
USUAL = 20
"""Replications at a time where a service answers them."""


@dataclass(frozen=True)
class Plan:
    """What is to be run.

    Fields:
        name, kind, settings, source: see `otree_ego.stores.runs.Run`.
        design: what makes it this experiment and no other; the run is found again by its digest.
        total: how many replications. job: the one at a place. work: does one.
        models: who is asked, as far as known. left: reads the record of a replication that was broken off.
        prepare: told the settings of the run that is taken up, or None, before the first job; returns more settings.
    """

    name: str
    kind: str
    design: Mapping[str, Any]
    total: int
    job: Callable[[int], Job]
    work: Work
    settings: Mapping[str, Any] = field(default_factory=dict)
    source: Mapping[str, Any] = field(default_factory=dict)
    models: tuple[str, ...] = ()
    left: Read | None = None
    prepare: Callable[[Mapping[str, Any] | None], Mapping[str, Any]] | None = None

    def prepared(self, before: Mapping[str, Any] | None) -> dict[str, Any]:
        """The settings of a run, given those of the run that is taken up."""
        return {**self.settings, **(self.prepare(before) if self.prepare else {})}


@dataclass(frozen=True)
class How:
    """How a run is done; none of it changes what comes out.

    Fields:
        concurrency: replications at a time; None for 20, or what the model on this machine can do.
        requests_per_minute, tokens_per_minute: limits; None for none.
        budget: US dollars that this run may cost; None for no limit.
        store: path of a SQLite file, database URL, or None to keep nothing.
        fresh: begin anew, even if this design was run before.
        progress: whether to show a bar; None shows it on a terminal.
        engine, batch: see `Factorial.run`.
    """

    concurrency: int | None = None
    requests_per_minute: float | None = None
    tokens_per_minute: float | None = None
    budget: float | None = None
    store: str | Path | None = field(default_factory=lambda: os.environ.get("EGO_STORE", "").strip() or STORE)
    fresh: bool = False
    progress: bool | None = None
    engine: Any = None
    batch: bool = False

    def checked(self) -> How:
        """This, if its values make sense.

        Raises:
            ConfigError: one does not; it is named.
        """
        n = self.concurrency
        if n is not None and (isinstance(n, bool) or not isinstance(n, int) or n < 1):
            raise ConfigError(f"concurrency takes a whole number from 1, not {n!r}.")
        b = self.budget
        if b is not None and (isinstance(b, bool) or not isinstance(b, int | float) or not b > 0):
            raise ConfigError(f"budget takes US dollars above 0, or None for no limit, not {b!r}.")
        Gate(self.requests_per_minute, self.tokens_per_minute)
        if self.engine is not None:
            from ..engines import engine_of

            engine_of(self.engine)
        if self.batch and b is not None:
            raise ConfigError(
                "A budget cannot be kept in batches, where all is handed in at once: leave it out, and set a limit at "
                "the service."
            )
        if self.batch and self.engine is not None:
            raise ConfigError("batch=True hands all requests to the service's own queue; there is no engine beside it.")
        return self


GIVEN: ContextVar[Mapping[str, Any]] = ContextVar("otree_ego_given", default=MappingProxyType({}))
"""What the command line wants of runs that a script starts: fields of How, and callbacks."""


def how(**wanted: Any) -> How:
    """How to run, from a call's arguments; what the command line says comes before them.

    Raises:
        ConfigError: a value makes no sense.
    """
    given = {name: value for name, value in GIVEN.get().items() if value is not None}
    known = {each.name for each in fields(How)}
    wanted = {name: value for name, value in wanted.items() if value is not UNSET}
    return How(**{**wanted, **{name: value for name, value in given.items() if name in known}}).checked()


def usual_concurrency(models: tuple[str, ...]) -> int:
    """How many replications at a time are sensible for these models.

    >>> usual_concurrency(("gpt-4o",)), usual_concurrency(("terminal/Ada", "gpt-4o"))
    (20, 1)
    """
    services = _services(models)
    if "terminal" in services:
        return 1
    if "local" in services:
        slots = os.environ.get("EGO_LOCAL_SLOTS", "1").strip()
        return int(slots) if slots.isdecimal() and int(slots) else 1
    return USUAL


def _services(models: tuple[str, ...]) -> set[str]:
    return {model.partition("/")[0] for model in models if "/" in model}
