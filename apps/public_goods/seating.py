"""Under which number everyone sits in a group."""

from __future__ import annotations

import random
from typing import Any

from otree_ego import assign, hides_ais

from .game import Game


def deal(subsession: Any, game: Game) -> None:
    """Give each member of each group a number, which tells nothing of who they are, and each group its treatment.

    Both are the same in all rounds.
    """
    for group in subsession.get_groups():
        numbers = list(range(1, game.size + 1))
        random.Random(f"{group.session.code} {group.id_in_subsession}").shuffle(numbers)
        for player, number in zip(group.get_players(), numbers[: game.humans], strict=True):
            player.member = number
        group.ai_members = ",".join(map(str, numbers[game.humans :]))
        if any(map(hides_ais, group.get_players())):
            group.reveal = "number"
        elif subsession.round_number > 1:
            group.reveal = group.in_round(1).reveal
        elif len(game.reveal) > 1:
            assign(group, reveal=list(game.reveal))
        else:
            group.reveal = game.reveal[0]
