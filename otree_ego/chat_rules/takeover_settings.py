"""Settings of what happens when participants leave, and when too few come."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ..errors import ConfigError
from .setting_rows import PREFIX, Setting

BACK, STAYS_OUT = "back", "stay out"
"""`ego_takeover_return`: who comes back plays on, or does not."""
AI, END = "ai", "end"
"""`ego_fill_how`: AIs take the missing places, or the study ends for those who wait."""
LEFT, NO_GROUP = "left", "no_group"
"""How a study has ended for somebody whose place an AI took to the end, and for whom no group was formed."""


def _rows() -> dict[str, Setting]:
    rows = [
        Setting(
            "takeover_after", float, "",
            "After how long without a request and without an open tab a participant counts as gone, so that a model "
            "plays on in their place; empty: never.", 1, 86_400, "of seconds",
        ),
        Setting(
            "takeover_return", str, BACK,
            "What happens when they come back: they play on themselves, or stay out and the AI plays to the end.",
            options=(BACK, STAYS_OUT),
        ),
        Setting(
            "takeover_not", str, "",
            "Where no model ever takes over: pages or apps, such as Survey, trust.Send, recruit, with commas between "
            "them.",
        ),
        Setting(
            "takeover_model", str, "", "Who plays on for participants who have gone; empty: ego_seat_model.",
            names_model=True,
        ),
        Setting(
            "fill_after", float, "",
            "How long a participant waits for a group whose other members have not come; empty: without end.",
            1, 86_400, "of seconds",
        ),
        Setting(
            "fill_how", str, AI,
            "What happens then: AIs take the missing places, or the study ends for the participant who has waited.",
            options=(AI, END),
        ),
    ]  # fmt: skip
    return {row.name: row for row in rows}


TAKEOVER: Mapping[str, Setting] = _rows()
"""The rows of these settings, by name."""


@dataclass(frozen=True)
class TakeoverSettings:
    """What a session wants.

    Fields:
        after: `ego_takeover_after`; None for never. comes_back: whether who comes back plays on.
        never_on: names of pages and apps. model: who plays on. fill_after: `ego_fill_after`; None for never.
        fill_ends: whether the study ends for who has waited.
    """

    after: float | None = None
    comes_back: bool = True
    never_on: tuple[str, ...] = ()
    model: str = ""
    fill_after: float | None = None
    fill_ends: bool = False

    @property
    def wants_anything(self) -> bool:
        """Whether a session wants any of it."""
        return self.after is not None or self.fill_after is not None


def takeover_settings(config: Mapping[str, Any]) -> TakeoverSettings:
    """What a session config says.

    Raises:
        ConfigError: a value is wrong; the sentence names the setting and what it takes.

    >>> takeover_settings({"ego_takeover_after": 120, "ego_takeover_not": "Survey, trust.Send"}).never_on
    ('Survey', 'trust.Send')
    >>> takeover_settings({}).wants_anything
    False
    """
    names = {name: config.get(f"{PREFIX}{name}", row.default) for name, row in TAKEOVER.items()}
    values = {name: TAKEOVER[name].read(value) for name, value in names.items()}
    return TakeoverSettings(
        values["takeover_after"],
        values["takeover_return"] == BACK,
        names_in(values["takeover_not"]),
        values["takeover_model"],
        values["fill_after"],
        values["fill_how"] == END,
    )


def check_waits(config: Mapping[str, Any], waits: bool, usual: Mapping[str, Any]) -> None:
    """See that somebody can wait for a group, where a config of its own says what happens then.

    Arguments:
        waits: whether the session has a page on which people wait for others. usual: the settings of all configs.

    Raises:
        ConfigError: nobody can.
    """
    name = f"{PREFIX}fill_after"
    if takeover_settings(config).fill_after is not None and not waits and config[name] != usual.get(name):
        raise ConfigError(
            f"{name} = {config[name]!r:.60}: no page of this session waits for other participants, so nobody ever "
            "waits for a group. Leave the setting out, or add an app with a wait page."
        )


def names_in(text: str) -> tuple[str, ...]:
    """The names in `ego_takeover_not`, each once."""
    return tuple(dict.fromkeys(name for part in text.split(",") if (name := part.strip())))


def check_places(names: tuple[str, ...], pages: Mapping[str, tuple[str, ...]]) -> None:
    """See that each name in `ego_takeover_not` is that of a page or an app of a session.

    Arguments:
        names: as `names_in` gives them. pages: the names of each app's pages.

    Raises:
        ConfigError: one is not.
    """
    known = {*pages, *(page for each in pages.values() for page in each)}
    known |= {f"{app}.{page}" for app, each in pages.items() for page in each}
    for name in names:
        if name not in known:
            raise ConfigError(
                f"{PREFIX}takeover_not has {name!r:.60}, which is neither a page nor an app of this session. It has "
                f"{'; '.join(f'{app}: ' + ', '.join(each) for app, each in pages.items())}."
            )
