"""Participants that a model plays: marking them in `participant.vars`, and telling them from people."""

from __future__ import annotations

from typing import Any

from ..players.ai_marks import marked, marks


def played_by(target: Any) -> str:
    """How an AI takes part as a participant; empty if it is a person.

    It is the column `participant_ai` of all exports, and of use in an app's own export or payments.

    Arguments:
        target: a player or a participant.

    Returns:
        ``player`` (it came by `ego play`), ``bot`` (in `otree test`), ``seat`` (the server plays it from the start),
        ``fill`` (since too few people came), ``takeover`` (a person began), or an empty text.

    In an app::

        def custom_export(players):
            yield ["participant", "ai", "offer"]
            for player in players:
                yield [player.participant.code, played_by(player), player.field_maybe_none("offer")]
    """
    participant = getattr(target, "participant", target)
    # `vars` would be written back
    return marked(participant._vars, participant.label, participant.session.config)


def mark(participant: Any, kind: str, model: str = "") -> None:
    """Mark a participant as played by an AI, in `participant.vars`; whoever calls it commits.

    Arguments:
        participant: oTree's. kind: one of `otree_ego.players.ai_marks.KINDS`. model: who plays.
    """
    new = marks(kind, model)
    if any(participant._vars.get(name) != value for name, value in new.items()):
        participant.vars.update(new)
