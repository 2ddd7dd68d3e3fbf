"""An app's own settings in a session config, read and checked in one place."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any

from ..errors import ConfigError
from .internals import SessionRefused, session_of


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
        read: makes something of the value, e.g. `pace`; the ConfigError that it raises is said with the setting's name.

    Returns:
        the value; with `several` a list of them, in the config's order.

    Raises:
        ConfigError: the value is something else; the sentence names the setting and what it takes.

    Example::

        roles = session_setting(player.session, "ultimatum_role", "responder", ["proposer", "responder"], several=True)
    """
    value = session_of(instance).config.get(name, default)
    try:
        if several:
            parts = [part.strip() for part in str(value).split(",") if part.strip()]
            found = [_converted(part, default, options, low, high) for part in parts]
            if not found or len(set(found)) < len(found):
                raise ValueError
            return found
        converted = _converted(value, default, options, low, high)
        return converted if read is None else read(converted)
    except ConfigError as error:
        raise SessionRefused(f"{name} = {value!r:.60}: {error}") from None
    except (TypeError, ValueError):
        takes = _takes(default, options, several, low, high)
        raise SessionRefused(f"{name} = {value!r:.60}: this setting takes {takes}.") from None


def _converted(value: Any, default: Any, options: Sequence[Any] | None, low: float, high: float) -> Any:
    if isinstance(default, str):
        if not isinstance(value, str):
            raise TypeError
        found: Any = value.strip()
    elif isinstance(default, bool):
        if value not in (0, 1, True, False):
            raise ValueError
        found = bool(value)
    else:
        if isinstance(value, bool) or value is None:
            raise TypeError
        number = float(value)
        if not low <= number <= high or not math.isfinite(number):
            raise ValueError
        if isinstance(default, int) and number != int(number):
            raise ValueError
        found = int(number) if isinstance(default, int) else number
    if options is not None and found not in options:
        raise ValueError
    return found


def _takes(default: Any, options: Sequence[Any] | None, several: bool, low: float, high: float) -> str:
    if options is not None:
        listed = ", ".join(str(option) or '""' for option in options)
        return f"one or more of {listed}, separated by commas" if several else f"one of {listed}"
    if isinstance(default, str):
        return "a text"
    if isinstance(default, bool):
        return "True or False"
    kind = "a whole number" if isinstance(default, int) else "a number"
    ends = [f"at least {low:g}"] * (low > -math.inf) + [f"at most {high:g}"] * (high < math.inf)
    return f"{kind} of {' and '.join(ends)}" if ends else kind
