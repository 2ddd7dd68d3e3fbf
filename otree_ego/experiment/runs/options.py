"""How a run is done: the options of every run, their defaults, and what the command line says of them."""

from __future__ import annotations

import difflib
import os
from collections.abc import Callable, Mapping
from contextvars import ContextVar
from dataclasses import dataclass, field
from inspect import signature
from pathlib import Path
from typing import Any, Literal, TypedDict, cast

from ...errors import ConfigError
from ...stores.run_rows import Run
from ...stores.runs import STORE
from ..engines import Engine, EngineName, engine_of
from .rate_limits import RateLimiter

ChangedCode = Literal["stop", "deviation", "new"]
WAYS = ("stop", "deviation", "new")
"""What `changed_code` may be."""
SERVICE_CONCURRENCY = 20
"""Replications at a time where a service answers them."""


class RunOptions(TypedDict, total=False):
    """How a run is done; none of it changes what comes out.

    `Factorial.run`, `replicate` and `run_built` accept these as keyword arguments.

    Arguments:
        name: what the run is called in `ego runs`.
        concurrency: how many replications at a time. By default 20 where a service answers, one for people at the
            terminal, and as many as the model on this machine can do.
        requests_per_minute, tokens_per_minute: the service's limits; None for none.
        patience: seconds that the run may wait at a time for a service that asks for a pause, or for a batch; a longer
            wait stops the run, which can be resumed later. None for no limit.
        budget: US dollars. When they are spent, no more is asked. A model without a known price is refused.
        store: a SQLite file's path or a database URL. By default what the environment variable EGO_STORE names, or
            `ego.sqlite3` in the working directory. None keeps nothing.
        fresh: begin a new run even if this design was run before.
        progress: whether to show a bar; by default on a terminal only.
        engine: ``"joblib"`` or ``"ray"`` to spread the run over processes or machines, or an engine of your own; see
            `otree_ego.experiment.engines`.
        batch: whether to hand all requests to the service's own batch queue (at OpenAI half the price, within a day).
        changed_code: what to do if `play`, or what it calls in its files, has changed since the run was last played:
            ``"stop"`` raises an error before anything is asked; ``"deviation"`` goes on, and the run's record and its
            report say from where on the code was another; ``"new"`` begins a new run, or goes on with that of the same
            code.
    """

    name: str
    concurrency: int | None
    requests_per_minute: float | None
    tokens_per_minute: float | None
    patience: float | None
    budget: float | None
    store: str | Path | None
    fresh: bool
    progress: bool | None
    engine: Engine | EngineName | None
    batch: bool
    changed_code: ChangedCode


RUN_OPTIONS = tuple(RunOptions.__annotations__)
"""Their names."""


def default_options() -> RunOptions:
    """Every option as it is if nobody says anything."""
    return RunOptions(
        name="", concurrency=None, requests_per_minute=None, tokens_per_minute=None, patience=None,
        budget=None, store=os.environ.get("EGO_STORE", "").strip() or STORE, fresh=False, progress=None, engine=None,
        batch=False, changed_code="stop",
    )  # fmt: skip


@dataclass(frozen=True)
class CommandLine:
    """What a verb such as `ego run` says of the runs that a script or a scenario begins.

    Fields:
        options: come before those in the code. name: comes before the run's own name; empty for none.
        resume: the id of the run that is to be resumed; empty for none.
        source: how a new run was started, for the record. on_run: called with each run that begins or is resumed.
    """

    options: RunOptions = field(default_factory=RunOptions)
    name: str = ""
    resume: str = ""
    source: Mapping[str, Any] = field(default_factory=dict)
    on_run: Callable[[Run], None] | None = None


COMMAND_LINE: ContextVar[CommandLine | None] = ContextVar("otree_ego_command_line", default=None)
"""Set while a verb runs somebody's code."""


def settle_options(given: RunOptions, function: Callable[..., Any] | None = None) -> RunOptions:
    """Every option of a run: what the command line says, else what the call says, else the default.

    Arguments:
        given: the options of the call. function: what was called, for errors.

    Raises:
        TypeError: there is no such option; the message names the one that was probably meant.
        ConfigError: a value makes no sense; the message names it.

    >>> settle_options({"concurrency": 5})["concurrency"]
    5
    >>> from otree_ego import replicate
    >>> settle_options({"concurency": 5}, replicate)
    Traceback (most recent call last):
    TypeError: replicate() has no argument 'concurency'. Did you mean 'concurrency'?
    """
    for name in given:
        if name not in RUN_OPTIONS:
            raise unknown_argument(function or settle_options, name)
    said = COMMAND_LINE.get() or CommandLine()
    settled = cast(RunOptions, {**default_options(), **given, **said.options})
    _check(settled)
    return settled


def unknown_argument(function: Callable[..., Any], name: str, also: str = "") -> TypeError:
    """The error for a keyword argument that a function with `**run_options` does not have.

    Arguments:
        function, name: what was called, and with which name. also: what else is wrong.
    """
    own = [each.name for each in signature(function).parameters.values() if each.kind is not each.VAR_KEYWORD]
    known = [*own, *RUN_OPTIONS]
    near = difflib.get_close_matches(name, known, 1)
    hint = f"Did you mean {near[0]!r}?" if near else f"Its arguments are {', '.join(known)}."
    return TypeError(f"{function.__name__}() has no argument {name!r}{', ' * bool(also)}{also}. {hint}")


def _check(options: RunOptions) -> None:
    n, budget = options["concurrency"], options["budget"]
    if n is not None and (isinstance(n, bool) or not isinstance(n, int) or n < 1):
        raise ConfigError(f"concurrency must be a whole number from 1, not {n!r}.")
    if budget is not None and (isinstance(budget, bool) or not isinstance(budget, int | float) or not budget > 0):
        raise ConfigError(f"budget must be US dollars above 0, or None for no limit, not {budget!r}.")
    patience = options["patience"]
    number = isinstance(patience, int | float) and not isinstance(patience, bool)
    if patience is not None and not (number and patience >= 0):
        raise ConfigError(f"patience must be seconds from 0, or None for no limit, not {patience!r}.")
    if options["changed_code"] not in WAYS:
        raise ConfigError(f"changed_code must be one of {', '.join(WAYS)}, not {options['changed_code']!r:.60}.")
    rate_limiter(options)
    if options["engine"] is not None:
        engine_of(options["engine"])
    if options["batch"] and budget is not None:
        raise ConfigError(
            "A budget cannot be kept in batches, where all is handed in at once: leave it out, and set a limit at "
            "the service."
        )
    if options["batch"] and options["engine"] is not None:
        raise ConfigError("batch=True hands all requests to the service's own queue; there is no engine beside it.")


def rate_limiter(options: RunOptions) -> RateLimiter:
    """What lets the requests of a run out, within its limits.

    Raises:
        ConfigError: a limit makes no sense.
    """
    return RateLimiter(options["requests_per_minute"], options["tokens_per_minute"])


def usual_concurrency(models: tuple[str, ...]) -> int:
    """How many replications at a time are sensible for these models.

    >>> usual_concurrency(("gpt-6-luna",)), usual_concurrency(("terminal/Ada", "gpt-6-luna"))
    (20, 1)
    """
    services = service_names(models)
    if "terminal" in services:
        return 1
    if "local" in services:
        slots = os.environ.get("EGO_LOCAL_SLOTS", "1").strip()
        return int(slots) if slots.isdecimal() and int(slots) else 1
    return SERVICE_CONCURRENCY


def service_names(models: tuple[str, ...]) -> set[str]:
    """The services that full names of models begin with."""
    return {model.partition("/")[0] for model in models if "/" in model}
