"""The members of all groups as a table: people and computer programs in rows of the same form."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from otree_ego import played_by

from .game import MOST_MEMBERS, Game, Member, game_of, members, persona_of, points_given

COLUMNS = (
    "session", "round", "group", "member_number", "member_type", "seat", "participant", "participant_ai", "persona",
    "ais_revealed",
    "endowment", "multiplier", "group_size", "contribution", "punishment", "punishment_cost", "punishment_effect",
    "points_given", "points_received",
    *(f"points_to_{number}" for number in range(1, MOST_MEMBERS + 1)), "payoff", "dropout",
)  # fmt: skip


def custom_export_members(players: Sequence[Any]) -> Iterator[list[Any]]:
    """A row for each member of each group in each round; what has not been decided is empty.

    `member_number` is the number that all call the member by, `seat` the program's seat or the person's `id_in_group`,
    and `points_to_3` the deduction points for member 3.
    """
    yield list(COLUMNS)
    for group in {player.group.id: player.group for player in players}.values():
        game = game_of(group.session)
        if group.round_number <= game.rounds:
            yield from rows_of(group, game)


def rows_of(group: Any, game: Game) -> Iterator[list[Any]]:
    """The rows of one group in one round."""
    everyone = members(group)
    given = {one.number: points_given(group, one) for one in everyone}
    for one in everyone:
        mine, received = given[one.number], sum(points.get(one.number, 0) for points in given.values())
        decided: dict[str, Any] = decisions(group, one)
        columns: list[Any] = [None] * (MOST_MEMBERS + 2)
        if game.punishment and decided["payoff"] is not None:
            others = [n <= game.size and n != one.number for n in range(1, MOST_MEMBERS + 1)]
            to_each = [mine.get(n, 0) if other else None for n, other in enumerate(others, 1)]
            columns = [sum(mine.values()), received, *to_each]
        person = one.player
        yield [
            group.session.code, group.round_number, group.id_in_subsession, one.number,
            "person" if person else "program", person.id_in_group if person else one.ai,
            person.participant.code if person else "", played_by(person) if person else "",
            persona_of(game, one.ai) if one.ai else "", group.reveal,
            game.endowment, game.multiplier, game.size, decided["contribution"], game.punishment, game.cost,
            game.effect, *columns, decided["payoff"], person.dropout if person else None,
        ]  # fmt: skip


def decisions(group: Any, member: Member) -> dict[str, Any]:
    """What a member contributed and earned, None where the round has not come so far."""
    if member.ai:
        names = ("contribution", "payoff")
        return {name: group.field_maybe_none(f"ai_{member.ai}_{name}") for name in names}
    over = member.player.field_maybe_none("given") is not None
    return {
        "contribution": member.player.field_maybe_none("contribution"),
        "payoff": member.player.payoff if over else None,
    }
