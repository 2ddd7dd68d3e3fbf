"""The texts about a study, as a session has them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ...chat_rules.study_words import study_words
from ...errors import ConfigError
from ..setup.chat_settings import language_code, settings_of


def study_texts(instance: Any) -> Mapping[str, str]:
    """What participants read about AIs, checks and pay, in a session's language and with its own words."""
    try:
        return settings_of(instance).study
    except ConfigError:  # whoever ends a game need not mind the settings of a chat
        return study_words(language_code(instance))
