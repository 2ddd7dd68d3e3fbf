"""Groups of one size, made quickly: oTree's own `set_group_matrix` takes minutes for a thousand groups of one."""

from __future__ import annotations

from typing import Any

from ..otree_internals.models import new_group
from ..otree_internals.startup import SessionRefused


def form_groups(subsession: Any, size: int) -> None:
    """Put the players of a subsession into groups of one size, in order of their participants; in ``creating_session``.

    For apps in which the size depends on the session config (``PLAYERS_PER_GROUP = None`` in the constants). Called in
    each round that is played, the groups are the same in all of them.

    Arguments:
        subsession: whose players. size: humans in a group, 1 or more.

    Raises:
        ConfigError: the participants cannot be divided by it; the session is refused with the sentence.

    Example::

        def creating_session(subsession):
            form_groups(subsession, 1)  # each human with an AI
    """
    players = subsession.get_players()
    if size < 1 or len(players) % size:
        raise SessionRefused(
            f"{len(players)} participants cannot be put into groups of {size}: take a multiple of {size} participants."
        )
    group = players[0].group
    for number, player in enumerate(players):
        if number and number % size == 0:
            group = new_group(subsession, number // size + 1)
        if player.group is not group:
            player.group = group
        player.id_in_group = number % size + 1
