"""Which settings hold in a chat: for all who share it, and for each of them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ...chat_rules.setting_scopes import may_differ, of_a_member
from ...chat_rules.settings import ChatSettings
from ...stores.rows import ThreadRow
from ...threads.state import load_state
from ..links.link import Link
from ..otree_internals.models import BasePlayer, Participant, app_of
from ..setup.chat_settings import settings_of
from ..setup.own_settings import FUNCTION, assigned_settings, own_settings, settings_of_app

GIVEN = "chat_settings"
"""The attribute of a Thread that has the settings given with it."""


class SettingsHere:
    """The settings of a chat.

    Attributes:
        settings: for all who share it, and for the replies. own: of those for whom others hold, by participant code.
    """

    settings: ChatSettings
    own: dict[str, ChatSettings]

    def settings_for(self, code: str) -> ChatSettings:
        """What holds for one of them."""
        return self.own.get(code, self.settings)


def given_with(row: ThreadRow | None) -> dict[str, Any]:
    """The settings that were given with a Thread, as `from_config` kept them."""
    return {} if row is None else dict(load_state(row.state, lenient=True).get(GIVEN) or {})


def settings_here(player: Any, link: Link, given: Mapping[str, Any]) -> tuple[ChatSettings, ChatSettings]:
    """The settings of a chat, and those for one participant in it.

    Arguments:
        player: whose page it is. link: whose Thread the chat is. given: what was given with the Thread.

    Raises:
        ConfigError: a setting is wrong, or differs between members and must not.
    """
    ours, member = settings_of(link.instance, given), member_settings(player, link)
    return ours, settings_of(link.instance, {**given, **member}) if member else ours


def member_settings(player: Any, link: Link) -> dict[str, Any]:
    """What holds for one of those who share a chat, and not for all of them.

    What was assigned to a participant and cannot differ here is for chats of their own.
    """
    if isinstance(link.instance, BasePlayer | Participant):
        return {}
    said = of_a_member(settings_of_app(player), f"{FUNCTION} of the app {app_of(player)}")
    return {**{name: value for name, value in assigned_settings(player).items() if may_differ(name)}, **said}


def in_force(player: Any, link: Link, given: Mapping[str, Any]) -> dict[str, Any]:
    """What differs from the session's settings for a participant in a chat, by the settings' whole names."""
    return {**own_settings(link.instance), **given, **member_settings(player, link)}
