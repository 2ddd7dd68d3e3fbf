"""oTree's models: players, groups, sessions, participants, their pages and form fields."""

from __future__ import annotations

import pickle
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import otree.common
import otree.constants
import otree.database
from otree.currency import Currency as Currency
from otree.database import db
from otree.lookup import get_min_idx_for_app, get_page_lookup
from otree.models import (
    BaseGroup as BaseGroup,
    BasePlayer as BasePlayer,
    BaseSubsession as BaseSubsession,
    Participant as Participant,
    Session as Session,
)
from sqlalchemy.ext.baked import bakery
from sqlalchemy.sql import sqltypes as st

from ...messages import clean
from ...players.presence import Standing
from .database import request_notes


def participant_code(player: Any) -> str:
    """A player's participant's code. Whoever asks for many (`creating_session`) gets all of them in one query."""
    notes = request_notes().setdefault("otree_ego_codes", {"asked": 0})
    if player.participant_id not in notes:
        notes["asked"] += 1
        if notes["asked"] < 4:
            return str(player.participant.code)
        query = db.query(Participant).filter_by(session_id=player.session_id)
        notes.update(dict(query.with_entities(Participant.id, Participant.code)))
    return str(notes[player.participant_id])


def session_of(instance: Any) -> Any:
    """The oTree session that a player, group, subsession or participant belongs to (or the session itself)."""
    return instance if isinstance(instance, Session) else instance.session


def session_id_of(instance: Any) -> int:
    """The number of the oTree session that an object belongs to."""
    return int(instance.id if isinstance(instance, Session) else instance.session_id)


def app_of(instance: Any) -> str:
    """The app that a player, group or subsession belongs to."""
    return str(type(instance).get_folder_name())


def page_of(player: Any) -> tuple[str, int, str]:
    """Where a player's participant is: code, page index, session code."""
    participant = player.participant
    return participant.code, participant._index_in_pages, participant._session_code


def page_class_of(player: Any) -> Any:
    """The class of the page that a player's participant is on."""
    _, index, session_code = page_of(player)
    return get_page_lookup(session_code, index).page_class


_bakery = bakery(size=500)


def page_name_of(player: Any) -> str:
    """The name of the page that a player's participant is on."""
    return str(player.participant._current_page_name or "")


def places_of(player: Any) -> range:
    """The places in the session of the pages of a player: of its app, in its round."""
    number = len(own_pages(app_of(player)))
    first = get_min_idx_for_app(player.participant._session_code, app_of(player)) + (player.round_number - 1) * number
    return range(first, first + number)


def apps_of(session: Any) -> list[str]:
    """The apps of a session, in order."""
    return list(session.config["app_sequence"])


def participants_of(session: Any) -> list[Any]:
    """A session's participants, in order."""
    return list(session.pp_set.order_by("id_in_session"))


def player_in(participant: Any, app: str) -> Any:
    """A participant's player in the last round of an app."""
    model = otree.common.get_models_module(app).Player
    return model.objects_filter(participant=participant).order_by("round_number").all()[-1]


def load_owner(app: str, kind: str, number: int) -> tuple[Any, list[int]]:
    """A player or a group, with its session and participants read in.

    Arguments:
        app: whose. kind: ``player`` or ``group``. number: its own in the database.

    Returns:
        it, and the numbers of the participants who wait for its decision; None and an empty list if it is gone.
    """
    model = getattr(otree.common.get_models_module(app), kind.capitalize())
    found = _bakery(lambda session: session.query(model), app, kind)(db._db).get(number)
    if found is None:
        return None, []
    people = [found.participant] if kind == "player" else [each.participant for each in found.get_players()]
    # oTree's `vars` count as changed as soon as they are looked at: what they were tells whether they are
    db._db.info["otree_ego_vars"] = {each: pickle.dumps(dict(each._vars)) for each in (*people, found.session)}
    _ = found.session.config
    return found, [each.id for each in people]


def new_group(subsession: Any, number: int) -> Any:
    """One more group of a subsession."""
    group = otree.common.get_models_module(app_of(subsession)).Group
    fields = dict(session=subsession.session, subsession=subsession, round_number=subsession.round_number)
    return group.objects_create(**fields, id_in_subsession=number)


def own_pages(app: str) -> list[Any]:
    """The pages of an app, in order."""
    return list(otree.common.get_pages_module(app).page_sequence)


def own_fields(model: Any) -> dict[str, Any]:
    """The fields that an app has declared on a Player or a Group, by name."""
    return {c.name: c for c in model.__table__.columns if isinstance(c, otree.database.OTreeColumn)}


def as_kept(target: Any, name: str, value: Any) -> Any:
    """A field's value as its column takes it; oTree's own TypeError if it is of another type."""
    if isinstance(value, str):
        value = clean(value)
    setattr(target, name, value)
    kind = type(target).__table__.columns[name].type
    return Currency(value) if value is not None and isinstance(kind, otree.database.CurrencyType) else value


OWN_FIELDS = frozenset({otree.constants.timeout_happened, otree.constants.admin_secret_code})
"""What oTree itself posts to pages."""


@dataclass(frozen=True)
class FormField:
    """What oTree knows of a form field.

    Fields:
        kind: ``number``, ``bool`` or ``text``. props: label, help_text, choices, min, max, … as they were given.
        convert: makes what the field takes of a plain value.
        places: decimals of a number, None for any. length: of a text, None for any.
    """

    kind: str
    props: Mapping[str, Any]
    convert: Callable[[Any], Any]
    places: int | None = None
    length: int | None = None


def form_field(instance: Any, name: str) -> FormField | None:
    """What oTree knows of a player's or group's form field; None if there is none of this name."""
    column = own_fields(type(instance)).get(name)
    if column is None:
        return None
    kind, props = column.type, column.form_props
    if isinstance(kind, otree.database.BaseCurrencyType):
        return FormField("number", props, kind.MONEY_CLASS, kind.MONEY_CLASS.get_num_decimal_places())
    if isinstance(kind, otree.database.DecimalFieldType):
        return FormField("number", props, kind.unit, kind.unit.input_places)
    if isinstance(kind, st.Boolean):
        return FormField("bool", props, bool)
    if isinstance(kind, st.Integer):
        return FormField("number", props, int, 0)
    if isinstance(kind, st.Float):
        return FormField("number", props, float)
    return FormField("text", props, str, length=props.get("max_length") or kind.length)


def user_function(instance: Any, name: str) -> Any:
    """A function of the app that goes with a field (`offer_max`), or None."""
    return getattr(instance.get_user_defined_target(), name, None)


def standing_at(session_code: str, index: int) -> Standing:
    """What says whether a model may play on at a page, by its place in a session, for somebody who has sent one."""
    place = get_page_lookup(session_code, index)
    people_only = bool(getattr(place.page_class, "people_only", False))
    return Standing(place.app_name, place.page_class.__name__, submitted=1, people_only=people_only)


def live_hook(session_code: str, index: int) -> Any:
    """The function `ai_live` of the app to which the page at this place of a session belongs; None if it has none."""
    found = getattr(otree.common.get_models_module(get_page_lookup(session_code, index).app_name), "ai_live", None)
    return found if callable(found) else None
