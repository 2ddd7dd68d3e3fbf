"""The session config's `ego_…` settings: each is one row, from which its check, its type and its documentation come."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, fields
from functools import cached_property
from importlib import import_module
from typing import Any, get_args, get_type_hints

from ..errors import ConfigError
from ..languages.packs import Languages, code_of, file_of, tell
from ..messages import EFFORTS, VERBOSITIES, Message
from ..players.ai_marks import USUAL_LABELS
from ..questions import phrases
from ..questions.phrases import PHRASES
from ..recruiting.completion import COMPLETION
from ..threads.base import internals
from ..threads.context_policy import DROP, LEAST, MOST, POLICIES
from ..threads.thread import Thread
from .cost_limits import check_prices
from .pacing import Pace, pace
from .seat_settings import SEATS
from .setting_checks import check_together
from .setting_rows import (
    PREFIX as PREFIX,
    SETTING_KINDS as SETTING_KINDS,
    Setting as Setting,
    check_whole as check_whole,
    row as _row,
)
from .study_words import MEANINGS as STUDY_MEANINGS, study_words
from .takeover_settings import TAKEOVER
from .words import MEANINGS, WORDS, words

_warmed: set[str] = set()
WORD = "ego_word_"
QUESTION_WORDS = {f"{phrases.PREFIX}{key}": meaning for key, meaning in phrases.MEANINGS.items()}
"""The words of typed questions, which are replaced like the chat's, and what each is for."""


@dataclass(frozen=True, kw_only=True)
class ChatSettings:
    """A session's settings, read and checked. A field is a row: a new setting needs one line here, and its effect.

    The fields that are no settings: `words`, the chat's texts; `phrases`, those of typed questions; `study`, those
    of `study_words`; `declared`, the values of `declare_setting`'s rows.
    """

    model: str = _row(
        "local/smollm2", "Who answers, e.g. gpt-6-luna, openrouter/…, ollama/llama3.2, local/smollm2.",
        names_model=True, for_thread=True,
    )  # fmt: skip
    temperature: float | None = _row("", "How varied the replies are.", 0, 2, for_thread=True)
    max_tokens: int | None = _row("", "The longest reply.", 1, 1_000_000, "of tokens", for_thread=True)
    context: str = _row(
        DROP, "What happens when a chat is too long for its model: its oldest turns are not sent, or it gets no reply.",
        options=list(POLICIES), for_thread=True,
    )  # fmt: skip
    context_tokens: int | None = _row(
        "", "How long a chat and its reply may be; empty: what is known of the model.", LEAST, MOST, "of tokens",
        for_thread=True,
    )  # fmt: skip
    seed: int | None = _row(
        "", "Makes replies repeatable where the service allows it.", 0, 2**31 - 1, for_thread=True
    )  # fmt: skip
    reasoning_effort: str = _row(
        "", "How much the model is to reason, in its service's own form.", options=list(EFFORTS), for_thread=True
    )
    verbosity: str = _row(
        "", "How much the model is to say, where its service can be told.", options=list(VERBOSITIES), for_thread=True
    )
    system_prompt: str = _row("", "Instruction to the model; participants never see it.", verbatim=True)
    opening: str = _row(
        "", "The AI's first message of a chat, word for word; in a group chat the first persona's.", verbatim=True
    )  # fmt: skip
    opening_prompt: str = _row(
        "", "Or what its model is told to open the chat with; participants never see it.", verbatim=True
    )  # fmt: skip
    reminder: str = _row(
        "", "Instruction that goes to the model with every turn of a chat, after all that was said; never shown.",
        verbatim=True,
    )  # fmt: skip
    pace: str = _row(
        "", "In a chat with one AI: seconds until a reply is shown, as a person's, such as 1-3 + 0.04/character."
    )  # fmt: skip
    deadline: float = _row(
        60, "How long one reply may take, all attempts together.", 0.1, 3600, "of seconds", for_thread=True
    )
    retries: int = _row(
        2, "How often a request is repeated after an overload or a lost connection.", 0, 20, for_thread=True
    )
    fallback_model: str = _row("", "Asked when the first model did not answer.", names_model=True, for_thread=True)
    fallback_text: str = _row(
        "", "The reply when no model answered; empty: an error and Try again.", for_thread=True
    )  # fmt: skip
    thoughts_in_text: bool = _row(
        False, "Whether thoughts that a model writes into its reply stay there; else only the data have them.",
        for_thread=True,
    )  # fmt: skip
    min_messages: int = _row(0, "How many messages a participant must write before Next.", 0, 10_000)
    min_replies: int = _row(
        0, "How many replies must have been shown to a participant, whole, before Next.", 0, 10_000
    )  # fmt: skip
    read_last: bool = _row(False, "Whether Next waits until the last reply was shown to the participant, whole.")
    reading_speed: float | None = _row(
        "", "How fast the last reply can be read: with ego_read_last, Next waits for as long as that takes.", 1, 1000,
        "of characters a second",
    )  # fmt: skip
    failed_reply: str = _row(
        "go on", "What a reply that failed is to ego_min_replies and ego_read_last: it counts as if it had been shown, "
        "or only once ego_max_try_again is used up.", options=["go on", "try again"],
    )  # fmt: skip
    stopped_reply: str = _row(
        "another", "The same of a reply that the participant stopped: it counts as if it had been shown, or another "
        "one is needed.", options=["go on", "another"],
    )  # fmt: skip
    max_messages: int | None = _row("", "How many messages a participant may write.", 1, 1_000_000)
    max_messages_session: int | None = _row("", "How many messages all participants may write.", 1, 100_000_000)
    max_try_again: int = _row(
        3, "How often a participant may press Try again after one message.", 0, 1000, "of times"
    )  # fmt: skip
    max_length: int = _row(4000, "The longest single message.", 1, 200_000, "of characters")
    max_characters: int | None = _row("", "How many characters a participant may write in all.", 1, 100_000_000)
    max_characters_session: int | None = _row("", "How many characters all participants may write in all.", 1, 10**10)
    max_cost: float | None = _row("", "What the replies to one participant may cost.", 0, 1e6, "of US dollars")
    max_cost_session: float | None = _row(
        "", "What the replies to the whole session may cost.", 0, 1e6, "of US dollars"
    )
    min_seconds: float = _row(0, "How long a participant must stay on the chat's page.", 0, 86_400, "of seconds")
    max_seconds: float | None = _row(
        "", "How long the chat of a page lasts, from when the first participant has opened it.", 1, 86_400, "of seconds"
    )  # fmt: skip
    show_countdown: bool = _row(False, "Whether the page shows how much of these times is left.")
    partner_name: str = _row("", "What the AI is called in a chat with one AI; empty: it has no name.")
    partner_picture: str = _row("", "A picture of it: a file in the project's _static folder, or an address.")
    end_word: str = _row(
        "", "With this word in a reply the model ends the chat; participants never see it. The prompt has to tell when."
    )  # fmt: skip
    reactions: str = _row(
        "",
        "Reactions that participants can choose from beside messages, with spaces between them; empty: none.",
    )
    tell_reactions: bool = _row(False, "Whether the model is told of reactions.")
    turns: str = _row(
        "free", "Who may write in a group chat: everybody at any time, or one after the other in a fixed order, AIs "
        "too.", options=["free", "round"],
    )  # fmt: skip
    wait_for_all: bool = _row(
        False, "Whether the AIs of a group chat answer only when every participant has written since they last did."
    )
    turn_seconds: float | None = _row(
        "", "How long the others in a group chat wait for the message of a participant; empty: without end.", 1,
        86_400, "of seconds",
    )  # fmt: skip
    gone_seconds: float = _row(30, "The same for a participant whose page is closed.", 1, 86_400, "of seconds")
    show_model: bool = _row(True, "Whether the page says which model answers.")
    language: str = _row(
        "",
        "Language of all words; empty: the project's LANGUAGE_CODE. docs/languages.md has how to add one.",
        options=Languages(WORDS),
    )
    disclose: str = _row(
        "", "Whether and when participants are told that AIs take part; several values are drawn in balance, one for "
        "each participant. Empty: as the apps' own texts say it.",
        options=["before", "after", "never"], several=True,
    )  # fmt: skip
    disclose_models: bool = _row(False, "Whether the debriefing names the models, too.")
    ai_labels: str = _row(
        USUAL_LABELS, "Labels of AIs that `ego play` could not mark, with commas between them; * is any text."
    )  # fmt: skip
    check_tries: int | None = _row(
        "", "How often a comprehension check may be tried; empty: until all is right.", 1, 1000, "of times"
    )  # fmt: skip
    check_failed: str = _row(
        "flag", "What happens to who has used all tries: goes on and is marked in the data, or is screened out.",
        options=["flag", "screen out"],
    )  # fmt: skip
    words: dict[str, str]
    declared: Mapping[str, Any] = field(default_factory=dict)
    phrases: Mapping[str, str] = field(default_factory=dict)
    study: Mapping[str, str] = field(default_factory=dict)

    @cached_property
    def values(self) -> dict[str, Any]:
        """All settings by name, those of declared rows included."""
        return {**{name: getattr(self, name) for name in OWN}, **self.declared}

    def thread(self, **attributes: Any) -> Thread:
        """A new Thread as the settings want it, the system prompt included."""
        if self.model not in _warmed:
            _warmed.add(self.model)
            import_module("otree_ego.providers").warm(self.model)
        own = {name: value for name, value in self.values.items() if SETTINGS[name].for_thread}
        prompt = self.system_prompt if self.system_prompt.strip() else ""
        made = Thread(**{**own, "system_prompt": prompt, **attributes})
        internals(made).phrases = lambda: self.phrases or PHRASES["en"]
        return made

    @cached_property
    def human_pace(self) -> Pace:
        """`pace`, read."""
        return pace(self.pace)

    @cached_property
    def usual(self) -> tuple[str, bytes, tuple[Message, ...]]:
        """What `thread` gives, as it is kept: the class's name, the state, the messages; made once for a session."""
        thread = self.thread()
        return thread.kind, thread.pickled(), thread.messages

    @cached_property
    def models(self) -> dict[str, str]:
        """The models' names, by the names of their settings."""
        return {name: value for name, value in self.values.items() if SETTINGS[name].names_model}


def _rows() -> dict[str, Setting]:
    hints = get_type_hints(ChatSettings)
    kinds = {name: next(iter(get_args(hint)), hint) for name, hint in hints.items()}  # int of int | None
    rows = [(each.name, each.metadata) for each in fields(ChatSettings) if each.metadata]
    return {name: Setting(name, kinds[name], **row) for name, row in rows}


OWN: Mapping[str, Setting] = _rows()
BESIDE: Mapping[str, Setting] = {**COMPLETION, **SEATS, **TAKEOVER}
"""Rows of ours that are no fields of `ChatSettings`: those of the study's ends, of seats and of takeovers."""
SETTINGS: dict[str, Setting] = {**OWN, **BESIDE}
"""All rows by name, those declared outside of the package included."""


def declare_setting(row: Setting) -> None:
    """Make a setting of one's own known, as ``ego_…``, in settings.py or in an app's module.

    It is checked when a session is created, is in oTree's *Configure session* form like any other, and its value is in
    ``ChatSettings.declared``. With `for_thread` each new Thread gets it: one that Thread knows (``top_p``) goes to the
    model with each request, another one is an attribute, which a Prompt can use.

    Raises:
        ConfigError: the package has a setting of this name, or the row is not well-formed.

    >>> declare_setting(Setting("top_p", float, "", "The share of likely words to draw from.", 0, 1, for_thread=True))
    >>> read_settings({"ego_model": "constant/Hi", "ego_top_p": 0.5}).thread().top_p
    0.5
    """
    if row.name in OWN or row.name in BESIDE or f"{PREFIX}{row.name}".startswith(WORD) or not row.name.isidentifier():
        raise ConfigError(f"{PREFIX}{row.name} cannot be declared: otree_ego has this name, or it is not a name.")
    if row.kind not in SETTING_KINDS:
        kinds = ", ".join(kind.__name__ for kind in SETTING_KINDS)
        raise ConfigError(f"{PREFIX}{row.name} cannot be declared: its kind must be one of {kinds}.")
    if row.default != "":
        row.read(row.default)
    SETTINGS[row.name] = row


def read_settings(
    config: Mapping[str, Any], language_code: str = "en", models: bool = True, running: bool = False
) -> ChatSettings:
    """A session config's settings.

    Arguments:
        config: a session config; only names that begin with `ego_` are read.
        language_code: the project's, used when `ego_language` is empty.
        models: whether to see that the models can be asked (their services known, their keys there, their prices
            known where money is limited).
        running: whether the session has begun: then a language whose file has gone keeps nobody out; the project's is
            taken.

    Raises:
        ConfigError: a value or a name is wrong; the message names the setting and what it takes.

    >>> read_settings({"ego_model": "ollama/llama3.2", "ego_temperature": 0.5}).temperature
    0.5
    """
    values: dict[str, Any] = {}
    overrides: dict[str, str] = {}
    own_phrases: dict[str, str] = {}
    of_the_study: dict[str, str] = {}
    for name, value in config.items():
        if name.startswith(WORD):
            if not isinstance(value, str):
                raise ConfigError(f"{name} = {value!r:.60}: this setting takes a text.")
            key = name[len(WORD) :]
            if key not in MEANINGS and key not in QUESTION_WORDS and key not in STUDY_MEANINGS:
                known = (WORD + each for each in (*MEANINGS, *QUESTION_WORDS, *STUDY_MEANINGS))
                raise ConfigError(f"There is no setting '{name}'.{_nearest(name, known)}")
            try:
                check_whole(value)
            except ConfigError as error:
                raise ConfigError(f"{name} = {value!r:.60}: {error}") from None
            if key in QUESTION_WORDS:
                own_phrases[key.removeprefix(phrases.PREFIX)] = value
            elif key in STUDY_MEANINGS:
                of_the_study[key] = value
            else:
                overrides[key] = value
        elif name.startswith(PREFIX):
            setting = SETTINGS.get(name[len(PREFIX) :])
            if setting is None:
                raise ConfigError(
                    f"There is no setting '{name}'.{_nearest(name, (PREFIX + known for known in SETTINGS))}"
                )
            if running and setting.name == "language" and _has_gone(value, setting):
                tell(f"{PREFIX}language = {value!r:.60}: there is no {file_of(code_of(value))} any more.")
                continue
            values[setting.name] = setting.read(value)
    for name, setting in SETTINGS.items():
        values.setdefault(name, setting.value_if_missing)
    check_together(values)
    own = {name: values.pop(name) for name in OWN}
    language = own["language"] or language_code
    asked = phrases.phrases(language, own_phrases)
    chat, study = words(language, overrides), study_words(language, of_the_study)
    settings = ChatSettings(**own, words=chat, declared=values, phrases=asked, study=study)
    if models:
        check_models(settings.models)
        check_reasoning(settings.values)
        check_prices(settings, {f"{PREFIX}{name}": model for name, model in settings.models.items()})
    return settings


def _has_gone(language: Any, row: Setting) -> bool:
    return isinstance(language, str) and bool(language.strip()) and language.strip() not in row.options


def check_config(config: Mapping[str, Any]) -> None:
    """Refuse a session config with a wrong `ego_` setting; one that has none is not ours.

    Raises:
        ConfigError: see `read_settings`.
    """
    if any(name.startswith(PREFIX) for name in config):
        # a project that names no model attaches Threads of its own: the default need not be there
        read_settings({f"{PREFIX}model": "constant/-", **config})


def check_models(models: Mapping[str, str]) -> None:
    """See that models can be asked; ConfigError names the setting.

    Arguments:
        models: the models' names, by the names of their settings.
    """
    check_model = import_module("otree_ego.providers").check_model
    for name, model in models.items():
        if model:
            try:
                check_model(model)
            except ConfigError as error:
                raise ConfigError(f"{PREFIX}{name} = {model!r}: {error}") from None


def check_reasoning(values: Mapping[str, Any]) -> None:
    """See that each model can be asked with the effort that the settings want, and takes the temperature beside it.

    Raises:
        ConfigError: it cannot, as far as that is known without asking; the message names the settings.
    """
    effort, temperature = values["reasoning_effort"], values["temperature"]
    if not effort:
        return
    openai = import_module("otree_ego.providers.openai")
    find_service = import_module("otree_ego.providers.services").find_service
    for name in ("model", "fallback_model"):
        model = values[name]
        service = find_service(model.partition("/")[0] if "/" in model else "openai") if model else None
        if service is None:
            continue
        try:
            openai.check_effort(effort, service.reasoning, service.name)
        except ConfigError as error:
            raise ConfigError(f"{PREFIX}{error} ({PREFIX}{name} = {model!r})") from None
        if temperature is not None and not openai.takes_temperature(model, effort, temperature):
            raise ConfigError(
                f"{PREFIX}temperature = {temperature:g} and {PREFIX}reasoning_effort = {effort!r}: {model} does not "
                "take this temperature while it reasons. Leave one of them empty, or set "
                f"{PREFIX}reasoning_effort to 'none'."
            )


def _nearest(name: str, names: Iterable[str]) -> str:
    known = list(names)
    near = difflib.get_close_matches(name, known, 1)
    return f" Did you mean '{near[0]}'?" if near else f" Known are {', '.join(known)}."
