"""What the pages show: the questions of the comprehension check, and tables."""

from __future__ import annotations

from typing import Any

from otree_ego import Partner, language_of, models_in_record

from .game import Member, contribution, game_of, hidden, label, members, revealed, texts_for, words_of
from .payoffs import earnings, share_of_each
from .texts import figure


def me(player: Any) -> Member:
    """The member of the group that a player is."""
    return Member(player.member, player)


def texts(player: Any) -> dict[str, str]:
    """The texts for a player's pages."""
    return texts_for(player.group, me(player))


def right_answers(player: Any) -> dict[str, int]:
    """The questions of the comprehension check, and what is right."""
    game = game_of(player.session)

    def if_all_contribute(points: int) -> int:
        return earnings([points] * game.size, game.endowment, game.multiplier)[0]

    right = {"check_none": if_all_contribute(0), "check_all": if_all_contribute(game.endowment)}
    if game.punishment:
        right["check_points"] = 2 * game.effect
    if game.ais and not hidden(me(player)):
        right["check_programs"] = game.ais
    return right


def explanations(player: Any) -> dict[str, str]:
    """What is to be said about answers that are wrong, by question."""
    say = texts(player)
    return {name: say[f"{name}_why"] for name in right_answers(player)}


def partners(player: Any) -> list[Partner]:
    """Who the debriefing tells of: the computer programs of the group, by their numbers."""
    models, words = models_in_record(player) or [""], words_of(player)
    names = [words["member"].format(number=one.number) for one in members(player.group) if one.ai]
    return [Partner(name, ", ".join(models)) for name in names]


def contributions_for(player: Any) -> list[dict[str, Any]]:
    """Rows of a table: what each member is called, and what they contributed."""
    group, words = player.group, words_of(player)
    return [
        dict(
            member=label(one, player.member, revealed(group), words),
            contribution=contribution(group, one),
            number=one.number,
        )
        for one in members(group)
    ]


def income_of(player: Any) -> dict[str, Any]:
    """How a player's income of a round came about."""
    group, game, say = player.group, game_of(player.session), texts(player)
    given = [contribution(group, one) for one in members(group)]
    earned = int(player.earned)
    return dict(
        kept=game.endowment - int(player.contribution),
        share=figure(share_of_each(given, game.multiplier), language_of(player)),
        earned=earned,
        punishment=game.punishment,
        received=say["received"].format(received=player.received),
        given=say["given"].format(given=player.given),
        taken=min(earned, game.effect * player.received),
        paid=game.cost * player.given,
        income=int(player.payoff),
    )
