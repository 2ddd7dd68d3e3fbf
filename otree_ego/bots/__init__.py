"""Bots for an app's tests.py in which a model plays: `from otree_ego.bots import PlayerBot`."""

from ..binding.otree_internals.player_bots import PlayerBot, make_tables

__all__ = ["PlayerBot"]

make_tables()
