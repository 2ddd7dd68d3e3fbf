"""Where `Persona` and `Rule` were."""

from otree_ego.chat_rules.personas import Persona as Persona, Rule as Rule, personas_from_text as personas_from_text
