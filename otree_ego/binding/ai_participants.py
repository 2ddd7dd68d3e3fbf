"""Participants that a model plays: marking them in `participant.vars`, and telling them from people."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from ..players.ai_marks import TAKEOVER, mark_at, marked, marks
from ..stores.human_visits import places_sent
from ..stores.seat_tables import stretches_of
from .otree_internals.database import joined_section
from .otree_internals.models import places_of


def played_by(target: Any) -> str:
    """How an AI takes part as a participant; empty if it is a person.

    It is the column `participant_ai` of all exports, and of use in an app's own export or payments.

    Arguments:
        target: a player or a participant.

    Returns:
        ``player`` (it came by `ego play`), ``bot`` (in `otree test`), ``seat`` (the server plays it from the start),
        ``fill`` (since too few people came), ``takeover`` (a person began), or an empty text. A participant is a
        ``takeover`` from then on; a player is one if the model has sent a page of its round, and else a person.

    In an app::

        def custom_export(players):
            yield ["participant", "ai", "offer"]
            for player in players:
                yield [player.participant.code, played_by(player), player.field_maybe_none("offer")]
    """
    participant = getattr(target, "participant", target)
    # `vars` would be written back
    found = marked(participant._vars, participant.label, participant.session.config)
    if found == TAKEOVER and target is not participant and not _model_played(target, participant):
        return ""
    return found


def _model_played(player: Any, participant: Any) -> bool:
    """Whether the model that took over has sent a page of a player; also if nothing is known of when it did."""
    with joined_section() as c:
        stretches = stretches_of(c, [participant.session_id], TAKEOVER).get(participant.code, [])
        by_person = places_sent(c, participant.session_id, participant.code) if stretches else set()
    mine = [index for index in places_of(player) if index not in by_person]
    here = participant._index_in_pages
    ends = [here if each["until_index"] is None else each["until_index"] for each in stretches]
    had = any(each["from_index"] <= i < end for each, end in zip(stretches, ends, strict=True) for i in mine)
    return had or not stretches


class MarksInTime:
    """How AIs took part as participants, at the times of an export's rows.

    Arguments:
        people: oTree's participants.
    """

    def __init__(self, people: Iterable[Any]) -> None:
        by_code = {each.code: each for each in people}
        self._marks = {code: played_by(each) for code, each in by_code.items()}
        sessions = {by_code[code].session_id for code, mark in self._marks.items() if mark == TAKEOVER}
        self._stretches: dict[str, list[Any]] = {}
        if sessions:
            with joined_section() as connection:
                self._stretches = stretches_of(connection, sessions, TAKEOVER)

    def at(self, code: str, moment: float) -> str:
        """How an AI took part as a participant at a moment; empty if a person did, or nobody has this code.

        Arguments:
            moment: seconds since 1970.
        """
        return mark_at(self._marks.get(code, ""), self._stretches.get(code, ()), moment)

    def of_page(self, code: str, by_model: bool) -> str:
        """How an AI took part where a page was shown to a model, or to a person."""
        found = self._marks.get(code, "")
        return "" if found == TAKEOVER and not by_model and code in self._stretches else found


def mark(participant: Any, kind: str, model: str = "") -> None:
    """Mark a participant as played by an AI, in `participant.vars`; whoever calls it commits.

    Arguments:
        participant: oTree's. kind: one of `otree_ego.players.ai_marks.KINDS`. model: who plays.
    """
    new = marks(kind, model)
    if any(participant._vars.get(name) != value for name, value in new.items()):
        participant.vars.update(new)
