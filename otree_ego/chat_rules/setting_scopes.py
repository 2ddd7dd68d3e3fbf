"""Which settings may differ between participants of a session, and between those who share a chat."""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from typing import Any

from ..errors import ConfigError
from ..recruiting.completion import COMPLETION
from .settings import OWN, PREFIX, QUESTION_WORDS, SETTINGS, WORD
from .takeover_settings import TAKEOVER
from .words import MEANINGS

OF_THE_SESSION = frozenset(("max_messages_session", "max_characters_session", "max_cost_session"))
"""Limits of all together: they hold for nobody in particular."""
OF_ALL_SEATS = frozenset(("ai_seats", "seat_choice", "seat_label"))
"""Who is played by a model is settled when the session is created."""
PER_MEMBER = frozenset((
    "show_model", "language", "min_messages", "max_messages", "max_length", "max_characters",
    "min_seconds", "show_countdown", "min_replies", "read_last", "reading_speed", "failed_reply", "stopped_reply",
))  # fmt: skip
"""What may differ between those who share a chat, beside words: what one reads, and how much one may write."""
DISCLOSE = "ego_disclose"
OF_THE_THREAD = frozenset(("system_prompt",))


def named(given: Mapping[str, Any], where: str) -> dict[str, Any]:
    """Settings by their whole names, which may be given without ``ego_``.

    Arguments:
        given: settings of one participant or group. where: who says so, for an error's sentence.

    Raises:
        ConfigError: a name is no setting, or one of the whole session's.

    >>> named({"show_model": False, "ego_word_send": "Go"}, "ego_settings")
    {'ego_show_model': False, 'ego_word_send': 'Go'}
    """
    found = {}
    for name, value in given.items():
        whole = name if str(name).startswith(PREFIX) else f"{PREFIX}{name}"
        if not is_setting(whole):
            near = difflib.get_close_matches(whole, [f"{PREFIX}{each}" for each in SETTINGS], n=1)
            hint = f" Did you mean '{near[0]}'?" if near else " docs/settings.md lists them."
            raise ConfigError(f"{where}: there is no setting '{name!s:.60}'.{hint}")
        if whole[len(PREFIX) :] in OF_THE_SESSION:
            raise ConfigError(
                f"{where}: {whole} is a limit of the whole session and cannot differ within it. Set it in the session "
                f"config; {whole.removesuffix('_session')} limits one participant."
            )
        if whole[len(PREFIX) :] in OF_ALL_SEATS:
            raise ConfigError(
                f"{where}: {whole} says who is played by a model, and cannot differ within a session. Set it in the "
                "session config."
            )
        if whole[len(PREFIX) :] in TAKEOVER:
            raise ConfigError(
                f"{where}: {whole} is about participants who leave or do not come, and cannot differ within a session. "
                "Set it in the session config."
            )
        if whole == DISCLOSE and not where.startswith("assign("):
            raise ConfigError(
                f"{where}: {DISCLOSE} holds from the first page on. Set it in the session config, or call "
                f"assign(subsession, {DISCLOSE}=[…]) in creating_session."
            )
        if whole[len(PREFIX) :] in COMPLETION:
            raise ConfigError(
                f"{where}: {whole} is about the end of the study and cannot differ within a session. Set it in the "
                "session config; end_study(player, …) says how the study ends for one participant."
            )
        found[whole] = value
    return found


def is_setting(name: str) -> bool:
    """Whether a whole name is that of a setting or of a word."""
    if name.startswith(WORD):
        key = name[len(WORD) :]
        return key in MEANINGS or key in QUESTION_WORDS
    return name.startswith(PREFIX) and name[len(PREFIX) :] in SETTINGS


def split(attributes: Mapping[str, Any], where: str) -> tuple[dict[str, Any], dict[str, Any]]:
    """What a chat takes of keywords for a new Thread, by whole names, and what the Thread takes.

    Raises:
        ConfigError: see `named`.

    >>> split({"show_model": False, "temperature": 0, "ego_seed": 1, "mood": "calm"}, "from_config")
    ({'ego_show_model': False}, {'temperature': 0, 'seed': 1, 'mood': 'calm'})
    """
    chat, thread = {}, {}
    for name, value in attributes.items():
        whole = name if name.startswith(PREFIX) else f"{PREFIX}{name}"
        if not is_setting(whole) and whole != name:
            thread[name] = value
        elif (key := next(iter(named({name: value}, where)))[len(PREFIX) :]) in OF_THE_THREAD or (
            key in SETTINGS and SETTINGS[key].for_thread
        ):
            thread[key] = value
        else:
            chat[whole] = value
            if not whole.startswith(WORD) and key not in OWN and whole != name:  # an attribute of a setting's name
                thread[name] = value
    return chat, thread


def of_a_member(given: Mapping[str, Any], where: str) -> dict[str, Any]:
    """The same settings, if each of them may differ between those who share a chat.

    Arguments:
        given: by whole names.

    Raises:
        ConfigError: one may not.
    """
    for name in given:
        if not may_differ(name):
            known = ", ".join(f"{PREFIX}{each}" for each in sorted(PER_MEMBER))
            raise ConfigError(
                f"{where}: {name} holds for all who share a chat. These may differ between its members: {known} "
                f"and {WORD}…. Return {name} from ego_group_settings(group), or give it to "
                "ai(group).from_config(…)."
            )
    return dict(given)


def may_differ(name: str) -> bool:
    """Whether a setting, by its whole name, may differ between those who share a chat."""
    return name.startswith(WORD) or name[len(PREFIX) :] in PER_MEMBER
