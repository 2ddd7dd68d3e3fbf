"""Where `Pace` and `pace` were."""

from otree_ego.chat_rules.pacing import Pace as Pace, pace as pace
