"""Where `Policy` was."""

from otree_ego.threads.turns import Policy as Policy
