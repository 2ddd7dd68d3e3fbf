"""An app's own settings in a session config, read and checked in one place."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any

from ...chat_rules.settings import PREFIX, Setting
from ...errors import ConfigError
from ..otree_internals.models import session_of
from ..otree_internals.startup import SessionRefused
from .chat_settings import settings_of
from .own_settings import own_settings
from .persona_prices import check_personas, personas_in


def session_setting(
    instance: Any,
    name: str,
    default: Any,
    options: Sequence[Any] | None = None,
    *,
    several: bool = False,
    low: float = -math.inf,
    high: float = math.inf,
    read: Callable[[Any], Any] | None = None,
) -> Any:
    """A setting of the session config, checked. Called in ``creating_session`` it refuses a session that is wrong.

    Arguments:
        instance: a session, or a player, group, subsession or participant of it.
        name: the setting's, e.g. ``"ultimatum_role"``.
        default: its value where the config does not name it; the setting is of its type (str, int, float, bool).
        options: what it may be, if that is a few things. several: whether it may be some of them, separated by commas.
        low, high: the range of a number, both ends included.
        read: makes something of the value (with `several` of each), e.g. `pace`; the ConfigError that it raises is said
            with the setting's name.

    Returns:
        the value; with `several` a list of them, in the config's order.

    Raises:
        ConfigError: the value is something else; the sentence names the setting and what it takes.

    Example::

        roles = session_setting(player.session, "ultimatum_role", "responder", ["proposer", "responder"], several=True)
    """
    config = session_of(instance).config
    own = own_settings(instance) if name.startswith(PREFIX) else {}
    value = own.get(name, config.get(name, default))
    setting = Setting(name, type(default), default, "", low, high)
    try:
        if several:
            parts = [part.strip() for part in str(value).split(",") if part.strip()]
            found = [_one_of(options, setting.converted(part)) for part in parts]
            if not found or len(set(found)) < len(found):
                raise ValueError
            return found if read is None else [read(each) for each in found]
        converted = _one_of(options, setting.converted(value))
        found = converted if read is None else read(converted)
        if personas := list(personas_in(found)):
            check_personas(settings_of(instance), personas)
        return found
    except ConfigError as error:
        raise SessionRefused(f"{name} = {value!r:.60}: {error}") from None
    except (TypeError, ValueError):
        takes = _takes(setting, options, several)
        raise SessionRefused(f"{name} = {value!r:.60}: this setting takes {takes}.") from None


def _one_of(options: Sequence[Any] | None, value: Any) -> Any:
    if options is not None and value not in options:
        raise ValueError
    return value


def _takes(setting: Setting, options: Sequence[Any] | None, several: bool) -> str:
    if options is not None:
        listed = ", ".join(str(option) or '""' for option in options)
        return f"one or more of {listed}, separated by commas" if several else f"one of {listed}"
    if setting.kind in (str, bool):
        return setting.takes
    kind = "a whole number" if setting.kind is int else "a number"
    return f"{kind} of {setting.range}" if setting.range else kind
