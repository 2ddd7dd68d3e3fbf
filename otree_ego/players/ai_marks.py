"""How participants that are no people are told apart: a mark in `participant.vars`, or their label."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fnmatch import fnmatchcase
from typing import Any

MARK = "ego_ai"
"""The entry of `participant.vars` that says how an AI takes part: one of the words below. People have none."""
MARK_MODEL = "ego_ai_model"
"""The entry beside it: the model's name."""
PLAYER, BOT, SEAT, FILL, TAKEOVER = "player", "bot", "seat", "fill", "takeover"
KINDS = (PLAYER, BOT, SEAT, FILL, TAKEOVER)
"""`player`: from outside, by ``ego play``; `bot`: in ``otree test``; `seat`: the server plays from the start;
`fill`: the server plays since too few people came; `takeover`: a person began, and a model went on."""
COLUMN = "participant_ai"
"""The column of exports that has it; empty for people."""
LABEL = "player"
"""The attribute of a player's Thread that has its label; COLUMN is an attribute of it, too."""
LABELS = "ego_ai_labels"
"""The setting with the labels of those that could not be marked."""
USUAL_LABELS = "ego[0-9]*"


def marks(kind: str, model: str = "") -> dict[str, str]:
    """What goes into `participant.vars` of an AI participant.

    Arguments:
        kind: one of `KINDS`. model: who plays; empty if nobody in particular, a script say.

    >>> marks(SEAT, "gpt-6-luna")
    {'ego_ai': 'seat', 'ego_ai_model': 'gpt-6-luna'}
    """
    if kind not in KINDS:
        raise ValueError(f"An AI participant is one of {', '.join(KINDS)}, not {kind!r:.40}.")
    return {MARK: kind, MARK_MODEL: model} if model else {MARK: kind}


def marked(kept: Mapping[str, Any], label: str | None, config: Mapping[str, Any]) -> str:
    """How an AI takes part as this participant; empty if it is a person.

    Arguments:
        kept: `participant.vars`. label: the participant's. config: the session's.

    >>> marked({"ego_ai": "seat"}, None, {}), marked({}, "ego12", {}), marked({}, "egon", {})
    ('seat', 'player', '')
    >>> marked({}, "robot-3", {"ego_ai_labels": "robot-*, Ada"})
    'player'
    """
    found = kept.get(MARK)
    if isinstance(found, str) and found:
        return found[:100]
    patterns = config.get(LABELS)
    patterns = patterns if isinstance(patterns, str) else USUAL_LABELS
    listed = [each.strip() for each in patterns.split(",")]
    return PLAYER if label and any(each and fnmatchcase(label, each) for each in listed) else ""


def mark_at(mark: str, stretches: Sequence[Mapping[str, Any]], moment: float) -> str:
    """How an AI took part at a moment: where a person began, only while the model had the place.

    Arguments:
        mark: how an AI takes part, as `marked` says. stretches: from when (`since`) to when (`ended`; None: it has it
            still) a model had the place of the person; if nothing is known of that, the mark holds for all moments.
        moment: seconds since 1970.

    >>> [mark_at("takeover", [{"since": 20, "ended": 30}], moment) for moment in (10, 20, 30)]
    ['', 'takeover', '']
    """
    if mark != TAKEOVER or not stretches:
        return mark
    had = any(each["since"] <= moment and (each["ended"] is None or moment < each["ended"]) for each in stretches)
    return mark if had else ""
