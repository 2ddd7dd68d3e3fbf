"""What is kept of a run: the run itself, its replications, who sat where, and what it came to."""

from __future__ import annotations

import json
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from ..messages import RECALLED, clean, new_id
from .column_types import check_types
from .journal import REPLICATIONS, RUNS
from .json_columns import from_json
from .rows import ThreadRow

FROM_RECORD = f'%"{RECALLED}": "%'
"""The params of a reply that was taken from the record are like this: nothing was sent for it."""


@dataclass(frozen=True)
class Run:
    """One execution of an experiment.

    Fields:
        uid: its id. name: as the experimenter calls it. kind: ``factorial``, ``scenario`` or ``built``.
        design: digest of what is run. status: ``running``, ``done``, ``stopped`` or ``failed``. note: why, in words.
        planned: how many replications. settings: what was asked for. source: how it was started.
        holder: the process that works on it. beat: when that was last seen. created, ended: seconds since 1970.
    """

    name: str
    kind: str
    design: str
    planned: int = 0
    settings: Mapping[str, Any] = field(default_factory=dict)
    source: Mapping[str, Any] = field(default_factory=dict)
    status: str = "running"
    note: str = ""
    holder: str = ""
    beat: float = 0.0
    created: float = field(default_factory=time.time)
    ended: float | None = None
    uid: str = field(default_factory=new_id)


@dataclass(frozen=True)
class Replication:
    """How one replication of a run ended.

    Fields:
        place: its number in the run, from 0. attempt: how often it was begun, from 1.
        status: ``done`` or ``failed`` (a service gave no reply). tainted: whether an answer was invalid.
        treatment: its name, if there are treatments. levels: the values of the design's variables.
        result: what came of it. answers: how many answers were asked for. error, error_text: what was wrong.
        cost: US dollars, None if unknown. started, ended: seconds since 1970.
    """

    run: str
    place: int
    attempt: int = 1
    status: str = "done"
    tainted: bool = False
    treatment: str = ""
    levels: Mapping[str, Any] = field(default_factory=dict)
    result: Any = None
    answers: int = 1
    error: str = ""
    error_text: str = ""
    cost: float | None = None
    started: float = 0.0
    ended: float = 0.0

    def row(self) -> dict[str, Any]:
        """Its values as they are kept."""
        kept = {name: getattr(self, name) for name in self.__dataclass_fields__}
        kept["levels"], kept["result"] = to_json(self.levels), to_json(self.result)
        kept["treatment"], kept["error"] = clean(self.treatment)[:300], self.error[:100]
        kept["error_text"] = clean(self.error_text)
        return kept


@dataclass(frozen=True)
class Seat:
    """A Thread of a run: which replication, which attempt at it, and which seat, from 1."""

    place: int
    attempt: int
    seat: int
    thread: ThreadRow


@dataclass(frozen=True)
class Totals:
    """What a run has cost so far: of all its requests, those of failed attempts included.

    Fields:
        replications, failed, tainted: how many. replies: requests answered. cost: US dollars, as far as known.
        unpriced: replies whose price is unknown. tokens_in, tokens_out: sums.
    """

    replications: int = 0
    failed: int = 0
    tainted: int = 0
    replies: int = 0
    cost: float = 0.0
    unpriced: int = 0
    tokens_in: int = 0
    tokens_out: int = 0


@dataclass(frozen=True)
class Cost:
    """What one model was asked and cost.

    Fields:
        model: its full name. requests: how many were sent. replies: how many of them were answered.
        tokens_in, tokens_out, tokens_reasoning: sums. cost: US dollars, as far as known.
        unpriced: replies whose price is unknown.
    """

    model: str
    requests: int = 0
    replies: int = 0
    tokens_in: int = 0
    tokens_out: int = 0
    tokens_reasoning: int = 0
    cost: float = 0.0
    unpriced: int = 0

    @property
    def unanswered(self) -> int:
        """Requests that came to nothing."""
        return self.requests - self.replies


_ENCODER = json.JSONEncoder(default=str, ensure_ascii=False)


def to_json(value: Any) -> str:
    """A value as JSON; what JSON cannot hold is written as its own text.

    >>> to_json({(1, 2): {3}})
    '{"(1, 2)": "{3}"}'
    """
    try:
        text = _ENCODER.encode(value)
    except (TypeError, ValueError, RecursionError):  # keys that are no texts, or a value that holds itself
        text = _ENCODER.encode(_named(value))
    return clean(text)


def _named(value: Any, depth: int = 20) -> Any:
    """A value whose keys are all texts."""
    if isinstance(value, Mapping):
        return {str(key): _named(held, depth - 1) for key, held in value.items()} if depth else "..."
    if isinstance(value, list | tuple):
        return [_named(held, depth - 1) for held in value] if depth else "..."
    return value


def run_of(row: Mapping[str, Any]) -> Run:
    """The run that a row holds."""
    check_types(row, RUNS)
    values = {name: row[name] for name in Run.__dataclass_fields__}
    values["settings"] = from_json(row["settings"], "settings of a run", dict)
    values["source"] = from_json(row["source"], "source of a run", dict)
    return Run(**values)


def replication_of(row: Mapping[str, Any]) -> Replication:
    """The replication that a row holds."""
    check_types(row, REPLICATIONS)
    values = {name: row[name] for name in Replication.__dataclass_fields__}
    values["levels"] = from_json(row["levels"], "levels of a replication", dict)
    values["result"] = from_json(row["result"], "result of a replication")
    return Replication(**values)
