"""Where `AmbiguousAnswer` and `parse_json` were."""

from otree_ego.json_text import AmbiguousAnswer as AmbiguousAnswer, parse_json as parse_json
