"""Scripts, scenarios and oTree apps that were written for alter_ego, rewritten for otree_ego."""

from .files import NotMoved, write
from .notes import KEY
from .plan import Change, Plan, plan
from .source import Note

__all__ = ["KEY", "Change", "NotMoved", "Note", "Plan", "plan", "write"]
