"""The rows of SESSION_CONFIGS that otree_ego reads: name, type, default, meaning. Docs and checks come from them."""

from __future__ import annotations

import difflib
import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from importlib import import_module
from typing import Any

from ..errors import ConfigError
from ..messages import Message
from ..threads.thread import Thread
from .words import MEANINGS, WORDS, words

_warmed: set[str] = set()
PREFIX = "ego_"
WORD = "ego_word_"


@dataclass(frozen=True)
class Setting:
    """One row: `kind` is str, int, float or bool; `low` and `high` bound a number; empty text means "not set"."""

    name: str
    kind: type
    default: Any
    meaning: str
    low: float = -math.inf
    high: float = math.inf
    unit: str = ""

    @property
    def takes(self) -> str:
        """In words, what the setting takes."""
        if self.kind is bool:
            return "True or False"
        if self.kind is str:
            return "a text"
        what = "a whole number" if self.kind is int else "a number"
        bounds = [f"at least {self.low:,.10g}"] * (self.low > -math.inf) + [f"at most {self.high:,.10g}"] * (
            self.high < math.inf
        )
        empty = "" if self.default != "" else ', or "" for none'
        return " ".join([what, self.unit]).strip() + (f", {' and '.join(bounds)}" if bounds else "") + empty

    def read(self, value: Any) -> Any:
        """The value as it is used; ConfigError names the setting and what it takes."""
        try:
            return self.converted(value)
        except (TypeError, ValueError):
            raise ConfigError(f"{PREFIX}{self.name} = {value!r:.60}: this setting takes {self.takes}.") from None

    def converted(self, value: Any) -> Any:
        """The value as it is used; TypeError or ValueError if it is none."""
        if self.kind is str:
            if not isinstance(value, str):
                raise TypeError
            return value.strip() if self.name != "system_prompt" else value
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


SETTINGS: tuple[Setting, ...] = (
    Setting("model", str, "local/smollm2", "Who answers, e.g. gpt-4o, openrouter/…, ollama/llama3.2, local/smollm2."),
    Setting("temperature", float, "", "How varied the replies are.", 0, 2),
    Setting("max_tokens", int, "", "The longest reply.", 1, 1_000_000, "of tokens"),
    Setting("seed", int, "", "Makes replies repeatable where the service allows it.", 0, 2**31 - 1),
    Setting("system_prompt", str, "", "Instruction to the model; participants never see it."),
    Setting("deadline", float, 60, "How long one reply may take, all attempts together.", 0.1, 3600, "of seconds"),
    Setting("retries", int, 2, "How often a request is repeated after an overload or a lost connection.", 0, 20),
    Setting("fallback_model", str, "", "Asked when the first model did not answer."),
    Setting("fallback_text", str, "", "The reply when no model answered; empty: an error and Try again."),
    Setting("min_messages", int, 0, "How many messages a participant must write before Next.", 0, 10_000),
    Setting("max_messages", int, "", "How many messages a participant may write.", 1, 1_000_000),
    Setting("max_messages_session", int, "", "How many messages all participants may write.", 1, 100_000_000),
    Setting("max_length", int, 4000, "The longest single message.", 1, 200_000, "of characters"),
    Setting("max_characters", int, "", "How many characters a participant may write in all.", 1, 100_000_000),
    Setting("max_characters_session", int, "", "How many characters all participants may write in all.", 1, 10**10),
    Setting("max_cost", float, "", "What the replies to one participant may cost.", 0, 1e6, "of US dollars"),
    Setting("max_cost_session", float, "", "What the replies to the whole session may cost.", 0, 1e6, "of US dollars"),
    Setting("show_model", bool, True, "Whether the page says which model answers."),
    Setting("language", str, "", "Language of the chat's own words: en or de; empty: the project's LANGUAGE_CODE."),
)  # fmt: skip
BY_NAME = {setting.name: setting for setting in SETTINGS}


@dataclass(frozen=True)
class ChatSettings:
    """A session's settings, read and checked. Fields as in `SETTINGS`; `words` are the chat's texts."""

    model: str
    temperature: float | None
    max_tokens: int | None
    seed: int | None
    system_prompt: str
    deadline: float
    retries: int
    fallback_model: str
    fallback_text: str
    min_messages: int
    max_messages: int | None
    max_messages_session: int | None
    max_length: int
    max_characters: int | None
    max_characters_session: int | None
    max_cost: float | None
    max_cost_session: float | None
    show_model: bool
    language: str
    words: dict[str, str]

    def thread(self, **attributes: Any) -> Thread:
        """A new Thread as the settings want it, the system prompt included."""
        names = ("temperature", "max_tokens", "seed", "deadline", "retries", "fallback_model", "fallback_text")
        if self.model not in _warmed:
            _warmed.add(self.model)
            import_module("otree_ego.providers").warm(self.model)
        thread = Thread(**{"model": self.model, **{name: getattr(self, name) for name in names}, **attributes})
        if self.system_prompt.strip():
            thread.system(self.system_prompt)
        return thread

    @cached_property
    def usual(self) -> tuple[str, bytes, tuple[Message, ...]]:
        """What `thread` gives, as it is kept: the class's name, the state, the messages; made once for a session."""
        thread = self.thread()
        return thread.kind, thread.pickled(), thread.messages


def read_settings(config: Mapping[str, Any], language_code: str = "en", models: bool = True) -> ChatSettings:
    """A session config's settings.

    Arguments:
        config: a session config; only names that begin with `ego_` are read.
        language_code: the project's, used when `ego_language` is empty.
        models: whether to see that the models can be asked (their services known, their keys there).

    Raises:
        ConfigError: a value or a name is wrong; the message names the setting and what it takes.

    >>> read_settings({"ego_model": "ollama/llama3.2", "ego_temperature": 0.5}).temperature
    0.5
    """
    values: dict[str, Any] = {}
    overrides: dict[str, str] = {}
    for name, value in config.items():
        if name.startswith(WORD):
            if not isinstance(value, str):
                raise ConfigError(f"{name} = {value!r:.60}: this setting takes a text.")
            if name[len(WORD) :] not in MEANINGS:
                raise ConfigError(f"There is no setting '{name}'.{_nearest(name, (WORD + key for key in MEANINGS))}")
            overrides[name[len(WORD) :]] = value
        elif name.startswith(PREFIX):
            setting = BY_NAME.get(name[len(PREFIX) :])
            if setting is None:
                raise ConfigError(
                    f"There is no setting '{name}'.{_nearest(name, (PREFIX + known for known in BY_NAME))}"
                )
            values[setting.name] = setting.read(value)
    for setting in SETTINGS:
        values.setdefault(setting.name, None if setting.default == "" and setting.kind is not str else setting.default)
    _check(values)
    if models:
        check_models(values)
    language = values["language"] or language_code[:2]
    return ChatSettings(**values, words=words(language, overrides))


def settings_page() -> str:
    """docs/settings.md, made from the rows."""
    lines = ["# Settings", "", _INTRO, "", "| setting | takes | default | meaning |", "|---|---|---|---|"]
    for row in SETTINGS:
        default = '""' if row.default == "" else repr(row.default)
        lines.append(f"| `{PREFIX}{row.name}` | {row.takes} | `{default}` | {row.meaning} |")
    lines += ["", "## Words", "", _WORDS, "", "| word | what it is for | English |", "|---|---|---|"]
    lines += [f"| `{WORD}{name}` | {meaning} | {WORDS['en'][name]} |" for name, meaning in MEANINGS.items()]
    return "\n".join(lines) + "\n"


_INTRO = (
    "Rows of a session config, or of `SESSION_CONFIG_DEFAULTS`. Those that stand there can be changed for one session "
    "in oTree's *Configure session* form (which takes an emptied field for an unchanged one: to clear a text there, "
    "type a space). They are checked when the session is created."
)
_WORDS = (
    f"Every text that the chat shows to participants can be replaced by a session config's `{WORD}…`; `{{n}}` and "
    "`{model}` stand for what the table says."
)


def check_config(config: Mapping[str, Any]) -> None:
    """Refuse a session config with a wrong `ego_` setting; one that has none is not ours.

    Raises:
        ConfigError: see `read_settings`.
    """
    if any(name.startswith(PREFIX) for name in config):
        # a project that names no model attaches Threads of its own: the default need not be there
        read_settings({f"{PREFIX}model": "constant/-", **config})


def check_models(values: Mapping[str, Any]) -> None:
    """See that the models named by settings can be asked; ConfigError names the setting."""
    check_model = import_module("otree_ego.providers").check_model
    for name in ("model", "fallback_model"):
        if values[name]:
            try:
                check_model(values[name])
            except ConfigError as error:
                raise ConfigError(f"{PREFIX}{name} = {values[name]!r}: {error}") from None


def _check(values: Mapping[str, Any]) -> None:
    if not values["model"]:
        raise ConfigError(
            f"{PREFIX}model is empty: this setting takes the name of a model, e.g. gpt-4o or local/smollm2."
        )
    if values["language"] and values["language"] not in WORDS:
        raise ConfigError(
            f"{PREFIX}language = {values['language']!r}: this setting takes one of {', '.join(sorted(WORDS))}."
        )
    low, high = values["min_messages"], values["max_messages"]
    if high is not None and low > high:
        raise ConfigError(
            f"{PREFIX}min_messages = {low} is more than {PREFIX}max_messages = {high}: nobody could go on."
        )


def _nearest(name: str, names: Iterable[str]) -> str:
    known = list(names)
    near = difflib.get_close_matches(name, known, 1)
    return f" Did you mean '{near[0]}'?" if near else f" Known are {', '.join(known)}."
