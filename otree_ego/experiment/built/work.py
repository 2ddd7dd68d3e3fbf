"""Running a built file: its replications, its treatments, its seats."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from typing_extensions import Unpack

from ...grammars import choice_grammar, number_grammar
from ...seeds import seed_for
from ...threads.base import POLICY
from ...threads.conversation import Conversation
from ...threads.recording import RECORDER
from ..replications import Assignment, Replications, fallbacks_in, run_plan
from ..runs.jobs import Job, Plan, ReplicationResult
from ..runs.options import RunOptions, settle_options
from ..treatments import Experiment, name_of
from .play import new_conversation, play
from .reader import Built, Filter, read_built
from .seat_answers import answer_grammar


@dataclass(frozen=True)
class BuiltWork:
    """Plays one replication of a built file; can be sent to another process."""

    built: Built
    model: str = ""
    retries: int = 0
    options: Mapping[str, Any] = field(default_factory=dict)
    constrained: bool = False
    seeded: bool = False
    seats: Mapping[int, str] = field(default_factory=dict)

    def conversation(self, treatment: Any, number: int, seed: int | None = None) -> Conversation:
        """The seats of one replication; where that is wanted and can be had, they answer only in the right form."""
        convo = new_conversation(
            self.built, treatment, number, model=self.model, seats=self.seats, thread_options=self.options
        )
        for thread, seat in zip(convo.threads, self.built.seats, strict=True):
            if self.seeded and thread.seed is None:
                thread.seed = seed_for(seed, seat.number)
            grammar = _grammar(seat.filter) if self.constrained and thread.model.startswith("local/") else ""
            if grammar:
                thread.extra = {**(thread.extra or {}), "grammar": grammar}
        return convo

    async def __call__(self, job: Job) -> ReplicationResult:
        """Make the seats, and play."""
        convo = self.conversation(job.treatment, job.place + 1, job.seed)
        convo.all.experiment = str(getattr(RECORDER.get(), "run", ""))
        await play(self.built, convo, retries=self.retries)
        answers = sum(m.attempts > 0 for thread in convo for m in thread.messages if m.role == "assistant")
        reason = next((str(t.taint_reason) for t in convo if getattr(t, "taint_reason", "")), "")
        choices = {name: list(thread.choices) for name, thread in zip(convo.names, convo, strict=True)}
        return ReplicationResult(choices, answers, reason, convo.tainted, name_of(job.treatment))


def run_built(
    built: Built | Path | str | Mapping[str, Any],
    times: int = 1,
    *,
    model: str = "",
    seed: int | None = None,
    balanced: bool = False,
    retries: int = 0,
    constrained: bool = False,
    seats: Mapping[int, str] | None = None,
    options: Mapping[str, Any] | None = None,
    **run_options: Unpack[RunOptions],
) -> Replications:
    """Run a scenario that was built: a JSON file, its text, or what `read_built` gave.

    Arguments:
        built: the scenario. times: replications, each in a treatment drawn at random.
        model: who sits in every seat that a model takes, instead of the file's.
        seed: of the assignment, and of the models' requests, each with a seed of its own that follows from it.
        balanced: as many replications in each treatment, in permuted blocks.
        retries: how often an invalid answer is asked for again; 0, as in alter_ego, taints the replication at once.
        constrained: let models that can give only answers of the form that a seat's filter wants.
        seats: who sits in some seats, by their numbers, whoever sits there in the file: a model, or ``terminal/Name``
            for a person, e.g. ``{2: "terminal/Ann"}``.
        options: further settings of the seats' Threads, e.g. ``{"temperature": 0.5}``; they come before the file's.
        **run_options: how it is run, see `otree_ego.experiment.runs.options.RunOptions`.

    Raises:
        TypeError: there is no such argument.
        ConfigError: the file does not fit; the message has the place in it, and what was expected.
        the same as `Factorial.run`.
    """
    how = settle_options(run_options, run_built)
    scenario = built if isinstance(built, Built) else read_built(built)
    settings, placed = dict(options or {}), dict(seats or {})
    work = BuiltWork(scenario, model, retries, settings, constrained, seed is not None, placed)
    treatments = list(scenario.treatments)
    experiment = Experiment(*treatments) if len(treatments) > 1 else None
    assignment = Assignment(experiment, times, balanced, seed, treatments[0] if treatments else None)
    models = _models(work, treatments[0] if treatments else None)
    design = dict(
        built=json.loads(scenario.source), model=model, retries=retries, options=settings, constrained=constrained,
        balanced=balanced, given_seed=seed,
    )  # fmt: skip
    if placed:  # a run of before has no such entry, and is found again without it
        design["seats"] = {str(number): who for number, who in placed.items()}
    lasting = {name: held for name, held in settings.items() if name not in POLICY}
    plan = Plan(
        how["name"] or "built", "built", {**design, "options": lasting}, times, assignment.job, work,
        {**design, "times": times}, models=models, prepare=assignment.prepare, former=design,
        fallbacks=fallbacks_in([{"settings": {**dict(scenario.settings), **settings}}]),
    )  # fmt: skip
    return run_plan(plan, how)


def _models(work: BuiltWork, treatment: Any) -> tuple[str, ...]:
    """The models of the seats, seen to be there and to have their keys."""
    from ...providers import check_model

    token = RECORDER.set(None)
    try:
        convo = work.conversation(treatment, 1)
    finally:
        RECORDER.reset(token)
    for thread in convo:
        if not thread.base_url:
            check_model(thread.model, thread.id)
    return tuple(thread.model for thread in convo)


def _grammar(reader: Filter) -> str:
    """The grammar of the answers that a filter wants, if there is one for it."""
    if reader.answer:
        return answer_grammar(reader.answer)
    if reader.name == "exclusive_response":
        return choice_grammar(reader.tokens)
    return number_grammar() if reader.name == "extract_number" else ""
