"""Where `Filter` was."""

from otree_ego.experiment.built.notation import Filter as Filter
