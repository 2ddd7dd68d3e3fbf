"""Whether and when a participant is told that AIs take part: `ego_disclose`, or what `assign` gave."""

from __future__ import annotations

import json
from typing import Any

from sqlalchemy import select

from ...chat_rules.settings import SETTINGS
from ...errors import ConfigError
from ..links.owners import owner_key
from ..otree_internals.database import joined_section, request_notes
from ..otree_internals.models import BaseGroup, BasePlayer, Participant, participant_code, session_id_of, session_of
from ..otree_internals.tables import EgoAssignment
from .assignments import DISCLOSE, NOTES, assign, undisclosed

HIDING = ("after", "never")
_ROWS = EgoAssignment.__table__


def disclosure(instance: Any) -> str:
    """Whether and when somebody is told that AIs take part.

    It is what ``assign(…, ego_disclose=["before", "after"])`` gave the player's group or participant, else the session
    config's `ego_disclose`.

    Arguments:
        instance: a player, group, participant or session.

    Returns:
        ``"before"``, ``"after"`` or ``"never"``; empty if neither says it: then it is as the app's own texts have it.

    Raises:
        ConfigError: the setting, or an option of `assign`, is none of these.
    """
    known: dict[Any, str] = request_notes().setdefault(NOTES, {})
    key = type(instance), instance.id
    if key not in known:
        value = str(session_of(instance).config.get(DISCLOSE) or "")
        found = _assigned(instance) or value.split(",")[0].strip()
        if found:
            SETTINGS["disclose"].read(found)
        known[key] = found
    return known[key]


def hides_ais(instance: Any) -> bool:
    """Whether somebody is not to know yet who is an AI: what is shown must not tell.

    Arguments:
        instance: a player, group, participant or session.

    In an app: ``title = "The other player" if hides_ais(player) else "The AI"``
    """
    return disclosure(instance) in HIDING


def may_hide(participant: Any) -> bool:
    """Whether `hides_ais` can be true of one of the participant's players; quickly, mostly without the database."""
    return session_id_of(participant) not in undisclosed or bool(participant.session.config.get(DISCLOSE))


def _owners(instance: Any) -> list[str]:
    if isinstance(instance, BasePlayer):
        first = instance.in_round(1) if instance.round_number > 1 else instance
        groups = [each.group for each in (instance, first) if each.group is not None]
        return [*map(owner_key, groups), f"participant:{participant_code(instance)}"]
    if isinstance(instance, BaseGroup):
        return _owners(instance.get_players()[0]) if instance.get_players() else [owner_key(instance)]
    return [owner_key(instance)] if isinstance(instance, Participant) else []


def _assigned(instance: Any) -> str:
    session_id = session_id_of(instance)
    if session_id in undisclosed:
        return ""
    owners = _owners(instance)
    if not owners:
        return ""
    given = (_ROWS.c.session_id == session_id) & _ROWS.c.line.contains(DISCLOSE)
    mine = select([_ROWS.c.owner, _ROWS.c.levels]).where(given & _ROWS.c.owner.in_(owners))
    with joined_section() as connection:
        levels = {row["owner"]: json.loads(row["levels"]) for row in connection.execute(mine)}
        if not levels and connection.execute(select([_ROWS.c.id]).where(given).limit(1)).first() is None:
            undisclosed.add(session_id)
    return next((str(levels[owner][DISCLOSE]) for owner in owners if DISCLOSE in levels.get(owner, ())), "")


def draw(session: Any) -> None:
    """Draw it for each participant of a new session whose config names several."""
    values = [part.strip() for part in str(session.config.get(DISCLOSE) or "").split(",") if part.strip()]
    if len(values) < 2:
        return
    try:
        assign(session.get_participants(), ego_disclose=values)
    except ConfigError as error:
        raise ConfigError(f"{DISCLOSE} = {', '.join(values)!r:.60}: {error}") from None
