"""A session's `ego_…` settings, for code that has an oTree object in its hands."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from typing import Any

from ...chat_rules.language_check import check_language
from ...chat_rules.setting_scopes import split
from ...chat_rules.settings import SETTINGS, ChatSettings, read_settings
from ...chat_rules.words import words
from ...errors import ConfigError
from ...languages.app_tables import flat_table, nested
from ...languages.packs import base_of, code_of, texts_in
from ...public import public
from ...questions.phrases import phrases
from ...threads.thread import Thread
from ..links.unattached import made_for
from ..otree_internals.database import request_notes
from ..otree_internals.models import session_id_of, session_of
from ..otree_internals.startup import project_settings, refusing
from .own_settings import FunctionStopped, own_settings

NOTHING: Mapping[str, Any] = {}
MOST_SESSIONS = 1000
"""Sessions whose language is remembered."""


def settings_of(instance: Any, given: Mapping[str, Any] = NOTHING) -> ChatSettings:
    """The settings that hold for an object: its session's, with its own in their place.

    Arguments:
        instance: a player, group, subsession, participant or session.
        given: what was given with a Thread, which counts before all else; by the settings' whole names.

    Raises:
        ConfigError: a setting is wrong; the message names it and what it takes.
    """
    return _settings(instance, {**own_settings(instance), **given})


def check_own_settings(instance: Any) -> None:
    """See that what an app's function says for a player or a group is right, if it can say anything yet.

    Raises:
        ConfigError: it names what is no setting, or a value that the setting does not take.
    """
    with suppress(FunctionStopped):
        settings_of(instance)


def _settings(instance: Any, own: Mapping[str, Any]) -> ChatSettings:
    known: dict[Any, ChatSettings] = request_notes().setdefault("otree_ego_settings", {})
    key = (session_id_of(instance), repr(sorted(own.items())) if own else "")
    if key not in known:
        language = getattr(project_settings(), "LANGUAGE_CODE", "en")
        # a key that went missing since the session was created is the failure of a reply, not of the whole chat
        config = {**session_of(instance).config, **own} if own else session_of(instance).config
        known[key] = read_settings(config, language, models=False, running=True)
    return known[key]


def phrases_of(instance: Any) -> Mapping[str, str]:
    """The sentences with which typed questions are asked in a session."""
    try:
        return settings_of(instance).phrases
    except ConfigError:  # whoever opens a Thread of its own need not mind the settings of a chat
        return phrases(language_code(instance))


def thread_from_config(instance: Any, **attributes: Any) -> Thread:
    """A new Thread as the session config names it (`ego_model`, …), attached to nothing: for a Conversation, say.

    What it is asked is recorded with the object's session all the same.

    Arguments:
        instance: a player, group, subsession, participant or session.
        attributes: of the Thread, instead of the config's; and any setting of the chat, such as ``show_model=False``,
            which holds where this Thread is attached.

    Raises:
        ConfigError: a setting is wrong; the message names it and what it takes.

    Example::

        ai(participant).set(Conversation(human=ExternalThread(), model=thread_from_config(player)))
    """
    return made_for(new_thread(instance, attributes), instance)


def models_of(instance: Any, attributes: Mapping[str, Any]) -> dict[str, Any]:
    """The models of a new Thread with these attributes, by the names of their settings."""
    with refusing():
        own = split(attributes, "These keywords")[1]
        return {name: own.get(name, model) for name, model in settings_of(instance).models.items()}


def new_thread(instance: Any, attributes: Mapping[str, Any]) -> Thread:
    """A Thread as an object's settings name it, with these attributes; settings of the chat among them go with it."""
    with refusing():
        given, own = split(attributes, "These keywords")
        settings = settings_of(instance, given)
    thread = settings.thread(**own)
    if given:
        thread.chat_settings = given
    return thread


def language_of(instance: Any) -> str:
    """The language of a session's participants, for an app's own texts: `ego_language`, else the project's.

    Arguments:
        instance: a player, group, subsession, participant or session.

    Returns:
        its code without a region, e.g. ``"de"``.
    """
    return base_of(language_code(instance))


def language_code(instance: Any) -> str:
    """The same with its region or script, as the file of a project's own language is called: ``zh-hans``."""
    return _code_of(_own_language(instance) or session_of(instance).config.get("ego_language"))


_of_sessions: dict[str, Any] = {}


def page_language(player: Any, session_code: str) -> str:
    """The same for each page of a player: the session is not read from the database for it again and again."""
    own = _own_language(player)
    if own:
        return _code_of(own)
    if session_code not in _of_sessions:
        if len(_of_sessions) > MOST_SESSIONS:
            _of_sessions.clear()
        _of_sessions[session_code] = session_of(player).config.get("ego_language")
    return _code_of(_of_sessions[session_code])


def _own_language(instance: Any) -> Any:
    try:
        return own_settings(instance).get("ego_language")
    except ConfigError:  # whoever opens the chat is told
        return None


def _code_of(language: Any) -> str:
    project = str(getattr(project_settings(), "LANGUAGE_CODE", "en"))
    if isinstance(language, str) and language.strip() and language.strip() in SETTINGS["language"].options:
        return code_of(language)
    return code_of(project)


def check_language_of(config: Mapping[str, Any]) -> None:
    """Refuse a new session whose language's file cannot be used; see `check_language`."""
    project = str(getattr(project_settings(), "LANGUAGE_CODE", "en"))
    check_language(str(config.get("ego_language") or project), [str(app) for app in config.get("app_sequence") or ()])


def texts_of(instance: Any, section: str, ours: Mapping[str, Mapping[str, str]]) -> dict[str, str]:
    """The words of a section in the language of an object's session; see `texts_in`."""
    return texts_in(section, ours, language_code(instance))


@public
def app_texts(instance: Any, texts: Mapping[str, Any], app: str) -> Any:
    """An app's own texts in the language of its participants: the app's, or those of the project's own language.

    Texts that ``ego_words/ja.toml`` has in its section ``[app.NAME]`` are used where `ego_language` is ``"ja"``; what
    is missing there is in English. A language that the app knows itself needs no such section.

    Arguments:
        instance: a player, group, subsession, participant or session.
        texts: the app's table, ``{"en": {"title": "Welcome"}, "de": {…}}``; texts may stand in dicts or lists in it.
        app: the app's name, ``__package__`` in its own modules; with a point and a name for a second table.

    Example, in an app::

        TEXTS = dict(en=dict(title="Welcome"), de=dict(title="Willkommen"))

        class Introduction(Page):
            @staticmethod
            def vars_for_template(player):
                return dict(texts=app_texts(player, TEXTS, __package__))
    """
    return nested(texts_in(f"app.{app}", flat_table(texts), language_code(instance)))


def word_of(session: Any, key: str) -> str:
    """One of the chat's words in a session's language, for templates; oTree's own words follow the project's.

    Arguments:
        session: oTree's.
        key: of the words.
    """
    try:
        return settings_of(session).words[key]
    except ConfigError:  # the chat itself says that it cannot be opened, and the log why
        return words(language_code(session), {})[key]


def next_word(session: Any) -> str:
    """What the button of `otree_ego/next.html` says."""
    return word_of(session, "next")
