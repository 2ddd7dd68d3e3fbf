"""Replications of a scenario: a function that plays one, run so many times, recorded, resumable."""

from __future__ import annotations

import inspect
import random
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import reduce
from typing import Any

from typing_extensions import Unpack

from ..errors import ConfigError, ParseError
from ..loops import in_thread
from ..public import public
from ..seeds import seed_for
from ..stores import Replication
from ..threads.base import PARAMS, POLICY
from ..threads.conversation import Conversation
from ..threads.recording import RECORDER
from ..threads.thread import Thread
from .cell_records import OF_REQUESTS
from .cells import description, in_common, sampled
from .code_digests import Code, code_of
from .runs.execution import execute
from .runs.jobs import Job, Plan, ReplicationResult
from .runs.options import RunOptions, settle_options
from .runs.replication_recorder import ReplicationRecorder
from .treatments import Experiment, attributes_by_name, name_of

ConversationOrThread = Conversation | Thread
Play = Callable[[Any], Any]
NOT_NEW = (
    "make must make new Threads each time it is called; it gave one that was there before. Write "
    "lambda: Conversation(GPTThread(…), GPTThread(…)), not a variable that holds a Conversation or a Thread."
)


@public
class Replications(list[Replication]):
    """How the replications of a run ended, by place; `run` is the run's id, `store` where it is recorded."""

    def __init__(self, rows: list[Replication], run: str, store: str) -> None:
        super().__init__(rows)
        self.run, self.store = run, store


@dataclass(frozen=True)
class ScenarioWork:
    """Plays one replication; can be sent to another process."""

    experiment: Experiment | None
    make: Callable[[], ConversationOrThread]
    play: Play
    seeded: bool = False

    async def __call__(self, job: Job) -> ReplicationResult:
        """Make the Threads, put them into their treatment, and play."""
        made = self.make()
        threads = threads_of(made)
        recorder = RECORDER.get()
        if isinstance(recorder, ReplicationRecorder) and not all(recorder.has(thread) for thread in threads):
            raise ConfigError(NOT_NEW)
        if isinstance(made, Conversation):
            made.all.replication = job.place + 1
            if self.experiment is not None:
                self.experiment.link(made, job.treatment, draw=random.Random(job.seed))
        else:
            made.replication = job.place + 1
            if self.experiment is not None:
                made.treatment, made.experiment = job.treatment, self.experiment.id
        if self.seeded:
            for number, thread in enumerate(threads, 1):
                thread.seed = seed_for(job.seed, number) if thread.seed is None else thread.seed
        result = None
        try:
            result = await call_play(self.play, made)
        except ParseError as error:  # the play has not caught it: an invalid answer is data, not the end of the run
            for thread in threads:
                thread.tainted, thread.taint_reason = True, str(error)
        answers = sum(m.attempts > 0 for t in threads for m in t.messages if m.role == "assistant")
        tainted = any(thread.tainted for thread in threads)
        reason = next((str(t.taint_reason) for t in threads if getattr(t, "taint_reason", "")), "")
        return ReplicationResult(result, answers, reason, tainted, name_of(job.treatment))


async def call_play(play: Play, made: ConversationOrThread) -> Any:
    """Call a function that plays, async or plain; a plain one runs on a thread of its own."""
    if inspect.iscoroutinefunction(play):
        return await play(made)
    found = await in_thread(lambda: play(made))
    return await found if isinstance(found, Awaitable) else found


def threads_of(made: Any) -> tuple[Thread, ...]:
    """The Threads of a Conversation, or the one that it is.

    Raises:
        ConfigError: it is neither.
    """
    if isinstance(made, Conversation):
        return made.threads
    if isinstance(made, Thread):
        return (made,)
    raise ConfigError(f"A replication is played by a Conversation or a Thread, not by {made!r:.80}.")


@public
def replicate(
    play: Play,
    make: Callable[[], ConversationOrThread],
    times: int = 1,
    *,
    experiment: Experiment | None = None,
    balanced: bool = True,
    seed: int | None = None,
    **run_options: Unpack[RunOptions],
) -> Replications:
    """Play a scenario so many times; what is done already is not played (or paid) again.

    Arguments:
        play: a function, async or plain, that plays one replication with what `make` made. What it returns is kept as
            the result; setting `tainted` on a Thread marks the replication, and so does a `ParseError` (an
            `InvalidAnswer`, too) that it raises: its result is then None.
        make: makes the Conversation (or the Thread) of one replication.
        times: how many replications.
        experiment: its treatments are assigned to the replications, in balanced blocks, or drawn one by one if
            `balanced` is False.
        seed: of all that is drawn: the assignment, the parameters, and (if it is given) each Thread's requests: every
            Thread gets a seed of its own that follows from it. By default one is drawn when the run begins, and kept.
        **run_options: how it is run, see `otree_ego.experiment.runs.options.RunOptions`.

    Raises:
        TypeError: there is no such argument.
        the same as `Factorial.run`.

    >>> from otree_ego import ConstantThread, extract_number
    >>> def play(convo):
    ...     return sum(extract_number(thread.submit("How much?")) for thread in convo)
    >>> def pair():
    ...     return Conversation(ann=ConstantThread("3"), bob=ConstantThread("5"))
    >>> done = replicate(play, pair, 4, experiment=Experiment("low", "high"), seed=1, store=None)
    >>> [(each.treatment, each.result) for each in done]
    [('high', 8), ('low', 8), ('high', 8), ('low', 8)]
    """
    if isinstance(times, bool) or not isinstance(times, int) or times < 1:
        raise ConfigError(f"times must be a whole number from 1, not {times!r}.")
    options = settle_options(run_options, replicate)
    seats = seat_descriptions(make)
    title = options["name"] or getattr(play, "__module__", "") or getattr(play, "__name__", "scenario")
    treatments = list(experiment.treatments) if experiment is not None else []
    code = code_of({"play"}, play=play, make=make)
    former = dict(
        play=f"{getattr(play, '__module__', '')}.{getattr(play, '__qualname__', type(play).__qualname__)}",
        seats=seats, treatments=treatments, balanced=balanced, given_seed=seed,
    )  # fmt: skip
    design = {**former, "seats": [_as_played(each, code) for each in seats]}
    assignment = Assignment(experiment, times, balanced, seed)
    plan = Plan(
        title, "scenario", design, times, assignment.job, ScenarioWork(experiment, make, play, seed is not None),
        {"times": times, "treatments": attributes_by_name(treatments), "balanced": balanced},
        models=tuple(each.get("model", "") for each in seats),
        prepare=assignment.prepare, former=former, code=code, fallbacks=fallbacks_in(seats),
    )  # fmt: skip
    return run_plan(plan, options)


def _as_played(seat: Mapping[str, Any], code: Code) -> dict[str, Any]:
    """What makes a seat this one: neither how long its replies are waited for, nor what the play does not use."""
    settings = dict(seat.get("settings") or {})
    kept = {name: held for name, held in settings.items() if name in OF_REQUESTS or name in PARAMS}
    for name, held in settings.items():
        if name not in kept and name not in POLICY and (":" in seat["kind"] or code.names(name)):
            kept[name] = held
    return {**seat, "settings": kept}


def fallbacks_in(seats: Sequence[Mapping[str, Any]]) -> frozenset[str]:
    """Models and texts that may stand in for the answers of those who are asked."""
    declared = (dict(each.get("settings") or {}) for each in seats)
    return frozenset(
        text for each in declared for text in (each.get("fallback_model"), each.get("fallback_text")) if text
    )


def run_plan(plan: Plan, options: RunOptions) -> Replications:
    """Run a plan; returns how its replications ended.

    Arguments:
        plan, options: what is run, and how; all options, see `settle_options`.
    """
    with execute(plan, options) as (run, store, _, _):
        return Replications([r for r in store.replications(run.uid) if r.place < plan.total], run.uid, store.shown)


class Assignment:
    """Which replication gets which treatment, from a seed that is kept with the run."""

    def __init__(
        self, experiment: Experiment | None, times: int, balanced: bool, seed: int | None, only: Any = None
    ) -> None:
        self.experiment, self.times, self.balanced, self.seed, self.only = experiment, times, balanced, seed, only
        self._treatments: list[Any] = []
        self._settled = 0

    def prepare(self, before: Mapping[str, Any] | None) -> dict[str, Any]:
        """Settle the seed: that of the run as it was begun, or the one given, or a new one; returns it as a setting."""
        kept = (before or {}).get("seed")
        given = self.seed if self.seed is not None else random.SystemRandom().getrandbits(31)
        seed = kept if kept is not None else given
        self._settled = int(seed)
        if self.experiment is not None:
            self._treatments = self.experiment.assign(self.times, seed, self.balanced)
        return {"seed": seed}

    def job(self, place: int) -> Job:
        """The replication at a place."""
        treatment = self._treatments[place] if self._treatments else self.only
        return Job(place, treatment=treatment, seed=(self._settled + place) % 2**31)


def seat_descriptions(make: Callable[[], ConversationOrThread]) -> list[dict[str, Any]]:
    """What the Threads of a replication are, for telling one design from another; what is drawn of it is left out.

    Raises:
        ConfigError: `make` makes no Threads, or gives the same ones twice; a model or its key is not there.
    """
    if not callable(make):
        raise ConfigError(f"make must be a function that makes the Conversation of one replication, not {make!r:.80}.")
    samples = sampled(lambda: threads_of(make()))
    first, second = samples[:2]
    if {id(thread) for thread in first} & {id(thread) for thread in second}:
        raise ConfigError(NOT_NEW)
    if odd := [len(each) for each in samples if len(each) != len(first)]:
        raise ConfigError(f"make must make as many Threads each time; it made {len(first)}, then {odd[0]}.")
    from ..providers import check_model

    for thread in first:
        if not thread.base_url and not thread.model.startswith("scripted/"):
            check_model(thread.model, thread.id)
    described = [[{"model": each.model, **description(each)} for each in threads] for threads in samples]
    return [reduce(in_common, same) for same in zip(*described, strict=True)]
