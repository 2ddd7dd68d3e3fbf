"""The game of one group: its numbers as the session config has them, its members, and what has happened so far."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from otree_ego import ConfigError, Pace, app_texts, hides_ais, language_of, pace, session_setting

from .payoffs import earnings, incomes, share_of_each
from .texts import NEUTRAL, PERSONAS, TEXTS, amount, figure, together

MOST_AIS = 5
MOST_MEMBERS = 10
MOST_ROUNDS = 10
MOST_POINTS = 10
REVEAL = ["who", "number"]


@dataclass(frozen=True)
class Game:
    """The settings of a session, checked."""

    humans: int
    ais: int
    endowment: int
    multiplier: float
    rounds: int
    punishment: bool
    cost: int
    effect: int
    talk: int
    personas: tuple[str, ...]
    reveal: tuple[str, ...]
    delay: Pace
    timeout: int
    default: int
    reasoning: bool

    @property
    def size(self) -> int:
        """How many members a group has."""
        return self.humans + self.ais


def game_of(session: Any) -> Game:
    """The game of an oTree session; a wrong setting is refused with a sentence that names it."""

    def number(name: str, default: Any, low: float, high: float) -> Any:
        return session_setting(session, f"public_goods_{name}", default, low=low, high=high)

    humans = number("humans", 1, 1, MOST_MEMBERS)
    ais = number("ais", 3, max(0, 2 - humans), min(MOST_AIS, MOST_MEMBERS - humans))
    endowment = number("endowment", 20, 1, 10_000)
    return Game(
        humans=humans,
        ais=ais,
        endowment=endowment,
        multiplier=number("multiplier", 1.6, 0.1, 100),
        rounds=rounds_of(session),
        punishment=session_setting(session, "public_goods_punishment", False),
        cost=number("punishment_cost", 1, 0, 1000),
        effect=number("punishment_effect", 3, 0, 1000),
        talk=number("talk", 0, 0, 3600),
        personas=session_setting(session, "public_goods_personas", "", read=lambda text: personas_in(text, ais)),
        reveal=tuple(session_setting(session, "public_goods_reveal", "who", REVEAL, several=True)),
        delay=session_setting(session, "public_goods_delay", "0", read=pace),
        timeout=number("timeout", 0, 0, 86_400),
        default=number("default", 0, 0, endowment),
        reasoning=session_setting(session, "public_goods_reasoning", False),
    )


def rounds_of(session: Any) -> int:
    """How many rounds a session plays."""
    return int(session_setting(session, "public_goods_rounds", 3, low=1, high=MOST_ROUNDS))


def personas_in(text: str, ais: int) -> tuple[str, ...]:
    """The personas that a setting names, in the order of the seats.

    >>> personas_in("free rider, altruist, free rider", 3)
    ('free rider', 'altruist', 'free rider')
    """
    names = tuple(part.strip() for part in text.split(",") if part.strip())
    if set(names) - set(PERSONAS) or len(names) > ais:
        raise ConfigError(
            f"this setting takes the personas of the {ais} computer programs of a group, separated by commas, in the "
            f"order of their seats (fewer are repeated): {', '.join(PERSONAS)}."
        )
    return names


def playing(player: Any) -> bool:
    """Whether a round is one of those that are played."""
    return bool(player.round_number <= game_of(player.session).rounds)


@dataclass(frozen=True)
class Member:
    """A member of a group: `number` is what all call them by; `ai` is a computer program's seat, 0 for a person."""

    number: int
    player: Any = None
    ai: int = 0


def members(group: Any) -> list[Member]:
    """All members of a group in the order of their numbers."""
    numbers = [int(number) for number in group.ai_members.split(",") if number]
    people = [Member(player.member, player) for player in group.get_players()]
    return sorted([*people, *(Member(n, ai=seat) for seat, n in enumerate(numbers, 1))], key=lambda one: one.number)


def contribution(group: Any, member: Member) -> int:
    """What a member has contributed in this round."""
    return int(getattr(group, f"ai_{member.ai}_contribution") if member.ai else member.player.contribution)


def decided(group: Any) -> bool:
    """Whether all members have contributed: the experimenter can move a group on past a program that never answers."""
    people = [one.player.field_maybe_none("contribution") for one in members(group) if one.player]
    programs = [group.field_maybe_none(f"ai_{one.ai}_contribution") for one in members(group) if one.ai]
    return None not in [*people, *programs]


def revealed(group: Any) -> str:
    """How the members of a group are called; where all are people, it is not said of each."""
    return str(group.reveal) if group.ai_members else "number"


def label(member: Member, viewer: int, reveal: str, words: dict[str, str]) -> str:
    """What a member is called on a page, or towards a computer program, that belongs to the member `viewer`."""
    if member.number == viewer:
        key = "you_are"
    else:
        key = {"who": "member_program" if member.ai else "member_person"}.get(reveal, "member")
    return words[key].format(number=member.number)


def words_of(owner: Any) -> dict[str, str]:
    """The texts in the language of a session."""
    return app_texts(owner, TEXTS, __package__)


def texts_for(group: Any, viewer: Member) -> dict[str, str]:
    """The texts with the numbers of the game in them, as the member `viewer` is told them.

    What is told of one moment only (`{contribution}`, …) stays open.
    """
    game, words, language = game_of(group.session), words_of(group), language_of(group)
    if hidden(viewer):
        words = {**words, **app_texts(group, NEUTRAL, f"{__package__}.neutral")}
    values = Open(
        size=game.size,
        company=company(game, viewer, words),
        number=viewer.number,
        name=words["member"].format(number=viewer.number),
        rounds=game.rounds,
        round=group.round_number,
        endowment=game.endowment,
        multiplier=figure(game.multiplier, language),
        mpcr=figure(game.multiplier / game.size, language),
        most=MOST_POINTS,
        talk=game.talk,
        timeout=game.timeout,
        cost_points=amount(game.cost, words),
        effect_points=amount(game.effect, words),
        default_points=amount(game.default, words),
    )
    return {key: text.format_map(values) for key, text in words.items()}


class Open(dict[str, Any]):
    """Values for a text; a name that is not among them stays as it is."""

    def __missing__(self, name: str) -> str:
        return f"{{{name}}}"


def hidden(viewer: Member) -> bool:
    """Whether this person is not to know yet who is a computer program."""
    return viewer.player is not None and bool(hides_ais(viewer.player))


def company(game: Game, viewer: Member, words: dict[str, str]) -> str:
    """Who is in the group: "you, 1 other person and 2 computer programs"."""

    def counted(n: int, one: str, many: str) -> list[str]:
        return [words[one if n == 1 else many].format(n=n)] if n else []

    if hidden(viewer):
        others = counted(game.size - 1, "other_member", "other_members")
    elif viewer.ai:
        others = [
            *counted(game.humans, "person", "persons"),
            *counted(game.ais - 1, "other_program", "other_programs"),
        ]
    else:
        others = [
            *counted(game.humans - 1, "other_person", "other_persons"),
            *counted(game.ais, "program", "programs"),
        ]
    return together([words["you"], *others], words["and"])


def rules(group: Any, viewer: Member) -> list[str]:
    """The rules, a sentence or two for each point, as the member `viewer` is told them."""
    game, say = game_of(group.session), texts_for(group, viewer)
    keys = ["company"]
    if game.ais and not hidden(viewer):
        keys += ["what_programs"] if not viewer.ai else []
        keys += ["told_who" if group.reveal == "who" else "not_told_who"] if game.humans > 1 else []
    keys += ["rounds" if game.rounds > 1 else "one_round", "decision", "project", "income", "same_time"]
    if game.punishment:
        keys += ["deduction", "deduction_limit"]
    if game.talk:
        keys += ["talk"]
    sentences = [say[key] for key in keys]
    if game.timeout and not viewer.ai:
        sentences.append(" ".join([say["timeout"], *([say["timeout_deduction"]] if game.punishment else [])]))
    return sentences


def persona_of(game: Game, seat: int) -> str:
    """The persona of a computer program's seat: they are dealt out in the order of the seats, again and again."""
    return game.personas[(seat - 1) % len(game.personas)] if game.personas else ""


def contributions_in_words(group: Any, viewer: Member) -> tuple[str, str]:
    """The contributions of a round as a sentence's part, and what the project gave to each member."""
    words, game = words_of(group), game_of(group.session)
    all_members = members(group)
    given = [contribution(group, one) for one in all_members]
    did = [
        words["did"].format(member=label(one, viewer.number, revealed(group), words), contribution=points)
        for one, points in zip(all_members, given, strict=True)
    ]
    return "; ".join(did), figure(share_of_each(given, game.multiplier), language_of(group))


def points_given(group: Any, member: Member) -> dict[int, int]:
    """How many deduction points a member gives to whom, by number; those who give none are not in it."""
    if member.ai:
        stored = group.field_maybe_none(f"ai_{member.ai}_points")
        given = {int(number): points for number, points in json.loads(stored or "{}").items()}
    else:
        given = {number: member.player.field_maybe_none(f"points_{number}") for number in range(1, MOST_MEMBERS + 1)}
    return {number: points for number, points in given.items() if points}


@dataclass(frozen=True)
class RoundResult:
    """What a round brought to one member: deduction points given, received, points earned before them, and income."""

    given: int
    received: int
    earned: int
    income: int


def round_results(group: Any) -> dict[int, RoundResult]:
    """What a round brought to each member, by number, from what all have decided so far."""
    game, everyone = game_of(group.session), members(group)
    earned = earnings([contribution(group, one) for one in everyone], game.endowment, game.multiplier)
    given = [points_given(group, one) for one in everyone]
    points = [[row.get(one.number, 0) for one in everyone] for row in given]
    income = incomes(earned, points, game.cost, game.effect)
    received = [sum(column) for column in zip(*points, strict=True)]
    return {
        one.number: RoundResult(sum(points[n]), received[n], earned[n], income[n]) for n, one in enumerate(everyone)
    }
