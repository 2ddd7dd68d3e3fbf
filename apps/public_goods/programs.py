"""What the computer programs of a group are told and asked. Each remembers over rounds.

Where the group talks, they decide as those who have talked, on the Thread of its chat; else each has its own Thread.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Any

from otree_ego import Persona, ai, app_texts

from .game import (
    MOST_POINTS,
    Member,
    contributions_in_words,
    decided,
    game_of,
    label,
    members,
    persona_of,
    revealed,
    round_results,
    rules,
    texts_for,
    words_of,
)
from .texts import PERSONAS

MOST_REPLIES = 10
"""How often a program speaks in the chat."""


@dataclass(frozen=True)
class Question:
    """What one program is asked: `name` is what its answer is kept under, `ask` how it is asked."""

    name: str
    lines: Sequence[str]
    ask: Callable[[Any, str], Awaitable[Any]]


@dataclass(frozen=True)
class Seat:
    """A computer program in a group: its Thread (of the group of round 1), what it is called, and what it is told.

    Where the Thread is that of the group's chat, it is told by its persona there.
    """

    member: Member
    link: Any
    name: str
    instructions: str


def seats(group: Any) -> list[Seat]:
    """The computer programs of a group."""
    home, words = group.in_round(1), words_of(group)
    room = chat_room(home) if game_of(group.session).talk else None
    found = []
    for one in programs(group):
        name = label(one, 0, group.reveal, words)
        link = ai(home).as_persona(name, **room) if room else ai(home, f"ai{one.ai}")
        found.append(Seat(one, link, name, "" if room else instructions(group, one)))
    return found


def programs(group: Any) -> list[Member]:
    """The computer programs among the members of a group, in the order of their seats."""
    return sorted((one for one in members(group) if one.ai), key=lambda one: one.ai)


def chat_room(group: Any) -> dict[str, Any]:
    """Who is in a group's chat, and whether all see who is a program."""
    names = chat_names(group)
    return dict(personas=talkers(group), names=names, reveal_ais=group.reveal == "who" or len(names) == 1)


async def contributions(group: Any) -> dict[str, int]:
    """Ask all programs of a group how much they contribute; fields of the group."""
    game = game_of(group.session)

    async def ask(llm: Any, text: str) -> Any:
        return await llm.ask_number(text, low=0, high=game.endowment, integer=True, reasoning=game.reasoning)

    questions = []
    for seat in seats(group):
        lines = [*so_far(group, seat.member), texts_for(group, seat.member)["ai_contribute"]]
        questions.append((seat, Question(f"contribution {group.round_number}", lines, ask)))
    found = await ask_each(questions)
    return {f"ai_{seat}_contribution": amount for seat, amount in found.items()}


async def deduction_points(group: Any) -> dict[str, str]:
    """Ask all programs of a group for their deduction points; fields of the group, JSON by the members' numbers."""
    questions = [(seat, points_question(group, seat.member)) for seat in seats(group)]
    found = await ask_each(questions)
    return {f"ai_{seat}_points": json.dumps(points) for seat, points in found.items()}


def points_question(group: Any, member: Member) -> Question:
    """A program's question for a number of points for each other member, in one JSON object."""
    reasoning = game_of(group.session).reasoning
    say, (did, share) = texts_for(group, member), contributions_in_words(group, member)
    names = {one.number: f"member_{one.number}" for one in members(group) if one.number != member.number}
    points = {"type": "integer", "minimum": 0, "maximum": MOST_POINTS}
    schema = {
        "type": "object",
        "properties": {name: points for name in names.values()},
        "required": list(names.values()),
        "additionalProperties": False,
    }

    async def ask(llm: Any, text: str) -> Any:
        answer = await llm.ask_json(text, schema, reasoning=reasoning)
        return {str(number): answer[name] for number, name in names.items()}

    line = say["ai_punish"].format(contributions=did, share=share)
    return Question(f"points {group.round_number}", [line], ask)


async def ask_each(questions: Sequence[tuple[Seat, Question]]) -> dict[int, Any]:
    """Ask all at the same time, each in its own Thread; what they answered, by seat."""
    found = await asyncio.gather(*(answer(*one) for one in questions), return_exceptions=True)
    for each in found:
        if isinstance(each, BaseException):
            raise each
    return {seat.member.ai: each for (seat, _), each in zip(questions, found, strict=True)}


async def answer(seat: Seat, question: Question) -> Any:
    """One program's answer. One that has answered is not asked again when another one of its group has failed."""
    kept = f"answers_{seat.member.ai}"  # the programs of a chat share its Thread
    async with seat.link as llm:
        answers = getattr(llm, kept, {})
        if question.name not in answers:
            if seat.instructions:
                await llm.system(seat.instructions, once=True)
            answers = {**answers, question.name: await question.ask(llm, "\n".join(question.lines))}
            setattr(llm, kept, answers)
        return answers[question.name]


def instructions(group: Any, viewer: Member) -> str:
    """What a computer program is told before all: the rules, who the members are, and its persona."""
    game, say = game_of(group.session), texts_for(group, viewer)
    lines = [say["ai_intro"], *rules(group, viewer)]
    if group.reveal == "who":
        names = [label(one, viewer.number, "who", words_of(group)) for one in members(group)]
        lines.append(say["ai_members"].format(members=", ".join(names)))
    persona = persona_of(game, viewer.ai)
    if persona:
        lines.append(app_texts(group, PERSONAS, f"{__package__}.personas")[persona])
    return "\n".join(lines)


def so_far(group: Any, member: Member) -> list[str]:
    """What a program is told of the round before; what it was told with the deduction points is left out."""
    if group.round_number == 1:
        return []
    before = group.in_round(group.round_number - 1)
    if not decided(before):
        return [texts_for(before, member)["ai_not_counted"]]
    say, mine = texts_for(before, member), round_results(before)[member.number]
    if game_of(group.session).punishment:
        line = say["ai_deducted"].format(received=mine.received, given=mine.given)
    else:
        did, share = contributions_in_words(before, member)
        line = say["ai_results"].format(contributions=did, share=share)
    return [line, say["ai_income"].format(income=mine.income)]


def chat_names(group: Any) -> dict[str, str]:
    """What the people of a group are called in its chat, by their participants' codes."""
    words = words_of(group)
    return {one.player.participant.code: label(one, 0, revealed(group), words) for one in members(group) if one.player}


def talkers(group: Any) -> list[Any]:
    """The computer programs of a group as they talk in its chat."""
    return [
        Persona(
            name=label(one, 0, group.reveal, words_of(group)),
            instructions=f"{instructions(group, one)}\n{texts_for(group, one)['ai_chat']}",
            at_most=MOST_REPLIES,
            pace=game_of(group.session).delay,
        )
        for one in programs(group)
    ]
