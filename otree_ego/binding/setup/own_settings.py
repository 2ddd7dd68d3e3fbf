"""Settings of one participant or one group, beside the session's: from `assign`, and from the app's own function."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Mapping
from contextvars import ContextVar
from typing import Any

from sqlalchemy import select

from ...chat_rules.setting_scopes import named
from ...errors import ConfigError, EgoError
from ..links.owners import owner_key
from ..otree_internals.database import joined_section
from ..otree_internals.models import BaseGroup, BasePlayer, Participant, app_of, participant_code, session_id_of
from ..otree_internals.tables import EgoAssignment, made


class FunctionStopped(ConfigError):
    """An app's function has raised something: fields that it reads are not set yet, perhaps."""


FUNCTION, GROUP_FUNCTION = "ego_settings", "ego_group_settings"
ELSEWHERE = ("ego_disclose",)
"""Settings that are assigned and are no chat's: see `disclosures`."""
_ROWS = EgoAssignment.__table__
_assigned: dict[int, dict[str, dict[str, Any]]] = {}
_asking: ContextVar[bool] = ContextVar("otree_ego_asking_for_settings", default=False)


def own_settings(instance: Any) -> dict[str, Any]:
    """What holds for an object instead of the session's settings, by the settings' whole names.

    Arguments:
        instance: a player, a group or a participant; others have none of their own.

    Raises:
        ConfigError: the app's function fails, or names what is no setting.
    """
    if not isinstance(instance, BasePlayer | BaseGroup | Participant) or _asking.get():
        return {}
    return {**assigned_settings(instance), **settings_of_app(instance)}


def settings_of_app(instance: Any) -> dict[str, Any]:
    """What the app's own function says: ``ego_settings(player)``, or ``ego_group_settings(group)``."""
    if isinstance(instance, Participant):
        return {}
    name = FUNCTION if isinstance(instance, BasePlayer) else GROUP_FUNCTION
    function = _function(instance, name)
    if function is None:
        return {}
    where = f"{name} of the app {app_of(instance)}"
    token = _asking.set(True)  # it may ask for the language, say, which would ask it again
    try:
        given = function(instance)
    except EgoError:
        raise
    # The experimenter's own function: whatever it raises is named with it.
    except Exception as error:
        raise FunctionStopped(f"{where} stopped with {type(error).__name__}: {error}") from error
    finally:
        _asking.reset(token)
    if given is None:
        return {}
    if not isinstance(given, Mapping):
        raise ConfigError(f"{where} must return a dict of settings, not {type(given).__name__}.")
    return named(given, where)


def _function(instance: Any, name: str) -> Callable[[Any], Any] | None:
    found = getattr(sys.modules.get(type(instance).__module__), name, None)
    return found if callable(found) else None


def assigned_settings(instance: Any) -> dict[str, Any]:
    """The settings among what `assign` gave to an object; a player's group first, then the participant."""
    if not made[0]:
        return {}
    session_id = session_id_of(instance)
    if session_id not in _assigned:
        _assigned[session_id] = _load(session_id)
    given = _assigned[session_id]
    if not given:
        return {}
    if isinstance(instance, BaseGroup):
        return given.get(owner_key(instance), {})
    group = given.get(owner_key(instance.group), {}) if isinstance(instance, BasePlayer) and instance.group else {}
    code = instance.code if isinstance(instance, Participant) else participant_code(instance)
    return {**group, **given.get(f"participant:{code}", {})}


def _load(session_id: int) -> dict[str, dict[str, Any]]:
    found: dict[str, dict[str, Any]] = {}
    mine = (_ROWS.c.session_id == session_id) & ~_ROWS.c.line.like("settings:%")  # what was in force is no assignment
    query = select([_ROWS.c.owner, _ROWS.c.levels]).where(mine).order_by(_ROWS.c.created)
    with joined_section() as connection:
        rows = list(connection.execute(query.where(_ROWS.c.levels.like('%"ego\\_%', escape="\\"))))
    for row in rows:
        levels = json.loads(row["levels"])
        own = {name: level for name, level in levels.items() if name.startswith("ego_") and name not in ELSEWHERE}
        found.setdefault(row["owner"], {}).update(own)
    return found


def assignments_changed(session_id: int) -> None:
    """Somebody was assigned to settings: what is in memory of this session is read again."""
    _assigned.pop(session_id, None)
