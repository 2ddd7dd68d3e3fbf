"""One replication of a built scenario: its seats speak in turn, and an invalid answer ends it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from inspect import isawaitable
from typing import TYPE_CHECKING, Any

from ...errors import ConfigError, PromptError
from ...seeds import seed_for
from ...threads.conversation import Conversation
from ...threads.thread import Thread
from ..asking import Asked, ask
from .rendering import rendered

if TYPE_CHECKING:
    from .reader import Built

Submit = Callable[[Thread, str], Awaitable[str]]
SHOWN = 200


def new_conversation(
    built: Built,
    treatment: Any,
    i: int = 1,
    *,
    model: str = "",
    seats: Mapping[int, str] | None = None,
    thread_options: Mapping[str, Any] | None = None,
    **options: Any,
) -> Conversation:
    """The Conversation of one replication.

    Arguments:
        built: the scenario. treatment: a treatment of it, or its name. i: the replication's number.
        model: asked at each seat that is not a human's, instead of the seat's own model.
        seats: who sits in some seats, by their numbers, whoever sits there in the file; ``terminal/Name`` is a person.
        thread_options, options: of all models, see `Thread`; they come before the seats' own parameters, and these
            before the file's. The temperature is 1 where nobody says another; None leaves it to the services.

    Raises:
        ConfigError: there is no such treatment, or no such seat.
    """
    given, placed = {**(thread_options or {}), **options}, seats or {}
    there = [seat.number for seat in built.seats]
    if missing := [number for number in placed if number not in there]:
        raise ConfigError(f"There is no seat {missing[0]}; there are {', '.join(map(str, there))}.")
    usual = dict(built.settings)
    threads = (
        seat.thread(model, instead=placed.get(seat.number, ""), **{**usual, **dict(seat.parameters), **given})
        for seat in built.seats
    )
    convo = Conversation(*threads)
    convo.all.treatment = built.treatment(treatment)
    convo.all.replication = i
    _begin(built, convo)
    return convo


def _begin(built: Built, convo: Conversation) -> None:
    if len(convo) != len(built.seats):
        raise ConfigError(f"The scenario has {len(built.seats)} seats, and the Conversation {len(convo)} Threads.")
    convo.all.rounds = built.rounds
    convo.all.round = 1
    for thread, seat in zip(convo.threads, built.seats, strict=True):
        thread.i = seat.number


async def play(
    built: Built,
    convo: Conversation,
    *,
    retries: int = 0,
    submit: Submit | None = None,
    on_round: Callable[[Conversation], Any] | None = None,
) -> None:
    """Play one replication: the system prompt to all, then rounds in which each seat is asked once.

    Choices are collected in each Thread's `choices`. An answer that the seat's filter cannot read is None there; it
    ends the replication, all Threads are then `tainted`, and their `taint_reason` says why.

    Arguments:
        built: the scenario. convo: from `new_conversation`.
        retries: how often an invalid answer is asked for again.
        submit: asks a Thread in another way than `Thread.submit`. on_round: called after each round.

    Raises:
        ProviderError: a model did not answer; nothing is tainted.
        PromptError: a prompt cannot be filled, though nobody has answered yet.

    >>> import asyncio
    >>> from otree_ego.experiment.built import read_built
    >>> pair = read_built({
    ...     "threads": [[1, ["ConstantThread", "3"]], [2, ["ConstantThread", "5, I think."]]], "treatments": ["only"],
    ...     "rounds": 2, "variables": {}, "filters": [["extract_number"], ["extract_number"]],
    ...     "prompts": {"system": "You are player {{ i }}.", "user": "Round {{ round }}: how much?"},
    ... })
    >>> convo = new_conversation(pair, "only")
    >>> asyncio.run(play(pair, convo))
    >>> [thread.choices for thread in convo]
    [[3, 3], [5, 5]]
    """
    _begin(built, convo)
    values = built.values(convo.treatment)
    if built.prompt_system.template:
        for thread in convo:
            await thread.aio.system(await filled(built, "system", thread, values))
    for number in range(1, built.rounds + 1):
        convo.all.round = number
        for thread, seat in zip(convo, built.seats, strict=True):
            try:
                text = await filled(built, "user", thread, values)
            except PromptError as error:
                if not any(each.choices for each in convo.threads):
                    raise
                # An answer went through its filter, but has not what the next prompt takes from it.
                _taint(convo, f"Seat {seat.number}, round {number}: the prompt cannot be filled: {error}")
                return
            # The same draw in each round would make the rounds alike.
            seeded: dict[str, Any] = {} if thread.seed is None else {"seed": seed_for(thread.seed, number)}
            asked = await ask(thread, text, seat.filter, retries, submit=submit, **seeded)
            thread.choices.append(asked.value)
            if asked.error:
                _taint(convo, f"Seat {seat.number}, round {number}: {_reason(asked)}")
                return
        if on_round is not None and isawaitable(waiting := on_round(convo)):
            await waiting


async def filled(built: Built, which: str, thread: Thread, values: Mapping[str, Any]) -> str:
    """A prompt's text for a Thread; variables come before the Thread's attributes of the same name.

    Arguments:
        built: the scenario. which: ``system`` or ``user``. thread: who is told it. values: the variables'.

    Raises:
        PromptError: it cannot be filled; the message has the file, the prompt and the seat.
    """
    try:
        return await rendered(built.prompt(which), {**thread.public(), **values})
    except PromptError as error:
        seat = f"for thread {thread.i}" + (f" in round {thread.round}" if which == "user" else "")
        raise PromptError(f"{built.where}: prompts.{which} {seat}: {error}") from error.__cause__


def _reason(asked: Asked) -> str:
    answer = asked.text if len(asked.text) <= SHOWN else asked.text[:SHOWN] + "…"
    times = f" (asked {asked.attempts} times)" if asked.attempts > 1 else ""
    return f"{asked.error} The answer{times}: {answer!r}"


def _taint(convo: Conversation, reason: str) -> None:
    convo.all.tainted = True
    convo.all.taint_reason = reason
