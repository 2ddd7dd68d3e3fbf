"""One setting of a session config as a row: its type, default, meaning and bounds, and how a value is read."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from ..errors import ConfigError
from ..messages import clean

PREFIX = "ego_"
SETTING_KINDS = (str, int, float, bool)


@dataclass(frozen=True)
class Setting:
    """One row: a setting of a session config.

    Arguments:
        name: without the prefix.
        kind: str, int, float or bool.
        default: its value where the config does not name it; ``""`` for a number that need not be given.
        meaning: a sentence for the documentation.
        low, high: the range of a number, both ends included.
        unit: of a number, e.g. ``"of seconds"``.
        options: what a text may be; empty for any text.
        several: whether a text may be several of them, separated by commas.
        verbatim: whether a text keeps the spaces around it.
        names_model: whether its value is a model's name, which is checked when a session is created.
        for_thread: whether a new Thread gets the value, under the same name.
    """

    name: str
    kind: type
    default: Any
    meaning: str
    low: float = -math.inf
    high: float = math.inf
    unit: str = ""
    options: Sequence[str] = ()
    several: bool = False
    verbatim: bool = False
    names_model: bool = False
    for_thread: bool = False

    @property
    def range(self) -> str:
        """In words, the range of a number; empty if there is none."""
        low = [f"at least {self.low:,.10g}"] * (self.low > -math.inf)
        return " and ".join(low + [f"at most {self.high:,.10g}"] * (self.high < math.inf))

    @property
    def takes(self) -> str:
        """In words, what the setting takes."""
        if self.kind is bool:
            return "True or False"
        empty = "" if self.default != "" else ', or "" for none'
        if self.options and self.several:
            return f"one or more of {', '.join(self.options)}, separated by commas{empty}"
        if self.options:
            return f"one of {', '.join(self.options)}{empty}"
        if self.kind is str:
            return "a text"
        what = "a whole number" if self.kind is int else "a number"
        return f"{what} {self.unit}".strip() + (f", {self.range}" if self.range else "") + empty

    def read(self, value: Any) -> Any:
        """The value as it is used; ConfigError names the setting and what it takes."""
        try:
            return self.converted(value)
        except ConfigError as error:
            raise ConfigError(f"{PREFIX}{self.name} = {value!r:.60}: {error}") from None
        except (TypeError, ValueError):
            raise ConfigError(f"{PREFIX}{self.name} = {value!r:.60}: this setting takes {self.takes}.") from None

    def converted(self, value: Any) -> Any:
        """The value as it is used; TypeError or ValueError if it is none, ConfigError if a text cannot be sent."""
        if self.kind is str:
            return self._text(value)
        if value is None or (isinstance(value, str) and not value.strip()):
            if self.default not in ("", None):
                raise ValueError
            return None
        if self.kind is bool:
            if not isinstance(value, bool | int) or value not in (0, 1):
                raise ValueError
            return bool(value)
        if isinstance(value, bool):
            raise TypeError
        number = float(value)
        if not (self.low <= number <= self.high) or not math.isfinite(number):
            raise ValueError
        if self.kind is int:
            if number != int(number):
                raise ValueError
            return int(number)
        return number

    def _text(self, value: Any) -> str:
        if not isinstance(value, str):
            raise TypeError
        check_whole(value)
        text = value if self.verbatim else value.strip()
        if not self.options or not (text or self.default):
            return text
        parts = [part.strip() for part in text.split(",")] if self.several else [text]
        if not all(part in self.options for part in parts) or len(set(parts)) < len(parts):
            raise ValueError
        return ", ".join(parts)

    @property
    def value_if_missing(self) -> Any:
        """The value as it is used where a config does not name the setting."""
        return None if self.default == "" and self.kind is not str else self.default


def row(default: Any, meaning: str, low: float = -math.inf, high: float = math.inf, unit: str = "", **more: Any) -> Any:
    """A field of `ChatSettings` with the rest of its row; its name and its kind are the field's own."""
    return field(metadata=dict(default=default, meaning=meaning, low=low, high=high, unit=unit, **more))


def check_whole(text: str) -> None:
    """See that a text can be stored, shown and sent as it is; else ConfigError."""
    if clean(text) != text:
        raise ConfigError(
            "this text has a character that can neither be stored nor sent: NUL, or half of a pair that stands for one "
            "sign (half an emoji). Remove it."
        )
