"""A session's `ego_…` settings, for code that has an oTree object in its hands."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ...chat_rules.settings import ChatSettings, read_settings
from ...chat_rules.words import words
from ...errors import ConfigError
from ...questions.phrases import phrases
from ...threads.thread import Thread
from ..links.unattached import made_for
from ..otree_internals.database import request_notes
from ..otree_internals.models import session_id_of, session_of
from ..otree_internals.startup import project_settings


def settings_of(instance: Any) -> ChatSettings:
    """The settings of the oTree session that an object belongs to, read once per request."""
    known: dict[int, ChatSettings] = request_notes().setdefault("otree_ego_settings", {})
    session_id = session_id_of(instance)
    if session_id not in known:
        language = getattr(project_settings(), "LANGUAGE_CODE", "en")
        # a key that went missing since the session was created is the failure of a reply, not of the whole chat
        known[session_id] = read_settings(session_of(instance).config, language, models=False)
    return known[session_id]


def phrases_of(instance: Any) -> Mapping[str, str]:
    """The sentences with which typed questions are asked in a session."""
    try:
        return settings_of(instance).phrases
    except ConfigError:  # whoever opens a Thread of its own need not mind the settings of a chat
        return phrases(language_of(instance))


def thread_from_config(instance: Any, **attributes: Any) -> Thread:
    """A new Thread as the session config names it (`ego_model`, …), attached to nothing: for a Conversation, say.

    What it is asked is recorded with the object's session all the same.

    Arguments:
        instance: a player, group, subsession, participant or session.
        attributes: of the Thread, instead of the config's.

    Raises:
        ConfigError: a setting is wrong; the message names it and what it takes.

    Example::

        ai(participant).set(Conversation(human=ExternalThread(), model=thread_from_config(player)))
    """
    return made_for(settings_of(instance).thread(**attributes), instance)


def language_of(instance: Any) -> str:
    """The language of a session's participants, for an app's own texts: `ego_language`, else the project's.

    Arguments:
        instance: a player, group, subsession, participant or session.

    Returns:
        two letters, e.g. ``"de"``.
    """
    project = str(getattr(project_settings(), "LANGUAGE_CODE", "en"))
    return str(session_of(instance).config.get("ego_language") or project)[:2].lower()


def word_of(session: Any, key: str) -> str:
    """One of the chat's words in a session's language, for templates; oTree's own words follow the project's.

    Arguments:
        session: oTree's.
        key: of the words.
    """
    try:
        return settings_of(session).words[key]
    except ConfigError:  # the chat itself says that it cannot be opened, and the log why
        return words(language_of(session), {})[key]


def next_word(session: Any) -> str:
    """What the button of `otree_ego/next.html` says."""
    return word_of(session, "next")
