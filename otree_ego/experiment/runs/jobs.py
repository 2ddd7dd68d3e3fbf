"""What a run does: its plan, and one job for each replication."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from ...messages import Message
from .cell_places import Cell

if TYPE_CHECKING:
    from ...stores import Run, RunStore
    from ..code_digests import Code


@dataclass(frozen=True)
class Job:
    """One replication to be done.

    Fields:
        place: its number in the run, from 0. values: the levels of its cell. treatment: the one it is in.
        attempt: how often it has been begun, this time included. tries: the same, since the run was started or resumed.
        seed: the replication's own.
    """

    place: int
    values: Mapping[str, Any] = field(default_factory=dict)
    treatment: Any = None
    attempt: int = 1
    tries: int = 1
    seed: int | None = None


@dataclass
class ReplicationResult:
    """What a replication came to.

    Fields:
        value: its result, or None. answers: how many answers were asked for. error: why an answer was invalid.
        tainted: whether one was. treatment: the treatment's name.
    """

    value: Any = None
    answers: int = 1
    error: str = ""
    tainted: bool = False
    treatment: str = ""


Work = Callable[[Job], Awaitable[ReplicationResult]]
"""Does one job."""
ReadRecord = Callable[[Sequence[Message]], ReplicationResult | None]
"""What the recorded messages of a replication come to; None if more must be asked."""


ReadInvalid = Callable[["RunStore", "Run", Collection[int]], set[int]]
"""Which of some places of a run have an answer that is invalid and to be asked for again."""


@dataclass(frozen=True)
class Plan:
    """What is to be run.

    Fields:
        name, kind, settings, source: see `otree_ego.stores.run_rows.Run`.
        design: what makes it this experiment and no other; the run is found again by its digest.
        total: how many replications. job: the one of a number, from 0. work: does one.
        models: the models that are asked, as far as they are known.
        read_record: reads the record of a replication that was broken off.
        invalid: tells which answers are to be asked for again.
        former: as what earlier versions described the design.
        cells, times: the cells of a design that may grow, each to be asked so many times; the numbers of replications
            run through the cells, then through them again.
        places: where each replication stands in the run, by its number; empty if that is its number.
        code: the experimenter's code. fallbacks: models and texts that may stand in for the one that is asked.
        prepare: is called with the settings of the run that is resumed, or None, before the first job; returns more
            settings.
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
    read_record: ReadRecord | None = None
    prepare: Callable[[Mapping[str, Any] | None], Mapping[str, Any]] | None = None
    invalid: ReadInvalid | None = None
    former: Mapping[str, Any] | None = None
    cells: Sequence[Cell] = ()
    times: int = 1
    places: Sequence[int] = ()
    code: Code | None = None
    fallbacks: frozenset[str] = frozenset()

    def placed(self, places: Sequence[int]) -> Plan:
        """The plan as it stands in a run.

        Arguments:
            places: of its replications, by their numbers.
        """
        return replace(self, places=places)

    def jobs(self) -> Iterator[Job]:
        """All replications, by their numbers, each with its place."""
        for number in range(self.total):
            job = self.job(number)
            place = self.places[number] if self.places else number
            yield job if job.place == place else replace(job, place=place)

    def prepared(self, before: Mapping[str, Any] | None) -> dict[str, Any]:
        """The settings of a run, given those of the run that is resumed."""
        return {**self.settings, **(self.prepare(before) if self.prepare else {})}
