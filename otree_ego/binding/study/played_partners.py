"""Which other participants of somebody's groups a model has played: told afterwards, where `ego_disclose` is after."""

from __future__ import annotations

import json
import time
from collections.abc import Mapping
from typing import Any

from sqlalchemy import and_, select
from sqlalchemy.engine import Connection

from ...chat_rules.study_words import Partner, debriefing
from ...stores.otree_tables import player_tables
from ...stores.seat_tables import RELEASED, seats_of_session
from ..otree_internals.database import joined_section
from ..otree_internals.models import BasePlayer
from ..otree_internals.tables import EgoEvent
from ..otree_internals.whereabouts import PageRange, together_in, whereabouts
from ..setup.disclosures import disclosure
from .disclosed import DEBRIEFED
from .study_texts import study_texts

KINDS = ("seat", "left", "away")
"""From the start, from some page on, and for some pages: a participant counts once, as the first of these."""
_EVENTS = EgoEvent.__table__


def played_partners(who: Any) -> list[Partner]:
    """A sentence for each way in which models have played others of a participant's groups; none if they have not.

    Arguments:
        who: the participant, or a player.
    """
    participant = who.participant if isinstance(who, BasePlayer) else who
    with joined_section() as connection:
        kinds = list(_kinds(connection, participant).values())
    words = study_texts(who)
    said = []
    for kind in KINDS:
        number = kinds.count(kind)
        if number:
            key = f"partner_{kind}_{'one' if number == 1 else 'some'}"
            said.append(Partner(said=words[key].replace("{n}", str(number))))
    return said


def _kinds(c: Connection, participant: Any) -> dict[str, str]:
    """How others were played, by their codes."""
    seats = [row for row in seats_of_session(c, participant.session_id) if row["participant"] != participant.code]
    if not seats:
        return {}
    met = _met(c, participant, {row["participant"] for row in seats})
    found: dict[str, str] = {}
    for row in seats:
        pages = range(row["from_index"], 10**9 if row["until_index"] is None else row["until_index"])
        if not any(pages.start <= each.last and each.first < pages.stop for each in met.get(row["participant"], ())):
            continue
        kind = "seat" if row["why"] != "takeover" else "away" if row["status"] == RELEASED else "left"
        found[row["participant"]] = min(kind, found.get(row["participant"], "away"), key=KINDS.index)
    return found


def _met(c: Connection, participant: Any, codes: set[str]) -> Mapping[str, list[PageRange]]:
    """The rounds in which a participant was in one group with others, as ranges of pages, by the others' codes."""
    found: dict[str, list[PageRange]] = {}
    pages = together_in(participant)
    people = {each.id: each.code for each in participant.session.get_participants()}
    tables = player_tables(c, "player")
    for (app, number), where in pages.items():
        if app not in tables:
            continue
        t = tables[app].c
        mine = select([t.group_id]).where(and_(t.participant_id == participant.id, t.round_number == number))
        group = c.execute(mine).scalar()
        if group is None:
            continue
        for (other,) in c.execute(select([t.participant_id]).where(t.group_id == group)):
            if people.get(other) in codes:
                found.setdefault(people[other], []).append(where)
    return found


def told_at_the_end(participant: Any) -> list[str]:
    """What is added to the last page of a study, for a participant whom no page has told of it before."""
    if disclosure(participant) != "after":
        return []
    partners = played_partners(participant)
    if not partners:
        return []
    where = whereabouts(participant)
    mine = and_(_EVENTS.c.participant == participant.code, _EVENTS.c.kind == DEBRIEFED)
    with joined_section() as connection:
        told = list(connection.execute(select([_EVENTS]).where(mine)))
        if any(row["page_index"] != where.index for row in told):
            return []
        sentences = debriefing(study_texts(participant), partners, False)
        if not told:
            about = {"disclose": "after", "text": " ".join(sentences)}
            row = dict(
                session_id=participant.session_id, participant=participant.code,
                app=where.app, round=where.round_number or 1, kind=DEBRIEFED,
                page=where.page, page_index=where.index, about=json.dumps(about, ensure_ascii=False), time=time.time(),
            )  # fmt: skip
            connection.execute(_EVENTS.insert().values(**row))
    return sentences
