from __future__ import annotations

import re
from pathlib import Path

import pytest

from otree_ego.chat_rules.words import MEANINGS, WORDS, sentence, words
from otree_ego.errors import ConfigError
from otree_ego.paths import templates_dir

STATIC = Path(__file__).parents[2] / "_static" / "otree_ego"
HELD = {"next_replies", "next_coming", "next_reading", "next_failed", "next_stopped"}
"""Why Next is kept back, as the server says it."""
REASONS = [
    "too_long",
    "too_long_left",
    "empty",
    "closed",
    "time_over",
    "ended",
    "bad_message",
    "bad_reaction",
    "too_fast",
    "limit_try_again",
    "failed",
    "partial",
    "interrupted",
    "context",
    "stopped",
    "limit_messages",
    "limit_messages_session",
    "limit_characters",
    "limit_characters_session",
    "limit_cost",
    "limit_cost_session",
    "turn",
    "turn_mine",
    "wait_mine",
    "wait_others",
]


def slots(text: str) -> set[str]:
    return set(re.findall(r"{\w*}", text))


@pytest.mark.parametrize("language", WORDS)
def test_every_language_has_every_word_in_the_table_s_order(language: str) -> None:
    assert list(WORDS[language]) == list(MEANINGS)
    assert all(text.strip() == text and text for text in WORDS[language].values())


@pytest.mark.parametrize("key", MEANINGS)
def test_translations_have_the_same_slots(key: str) -> None:
    assert {frozenset(slots(texts[key])) for texts in WORDS.values()} == {frozenset(slots(WORDS["en"][key]))}
    assert slots(MEANINGS[key]) <= slots(WORDS["en"][key]) or key.endswith("_one")


@pytest.mark.parametrize("key", REASONS)
def test_every_reason_has_a_sentence(key: str) -> None:
    assert WORDS["en"][key] != WORDS["de"][key]
    assert WORDS["en"][key][-1] in ".!"


@pytest.mark.parametrize("code", ["de", "de-AT", "de_DE", "DE"])
def test_regional_codes_find_their_language(code: str) -> None:
    assert words(code)["send"] == "Senden"


@pytest.mark.parametrize("code", ["", "en", "en-GB", "tlh", "zh_Hans"])
def test_english_where_there_is_no_translation(code: str) -> None:
    assert words(code) == WORDS["en"]


def test_overrides_replace_one_word_and_leave_the_table_alone() -> None:
    assert words("en", {"send": "Go {n} {{ x }}"})["send"] == "Go {n} {{ x }}"
    assert WORDS["en"]["send"] == words("en")["send"] == "Send"


def test_an_override_for_many_is_used_for_one() -> None:
    assert words("en", {"left": "{n} à écrire"})["left_one"] == "{n} à écrire"
    both = words("en", {"left_one": "un", "left": "{n} à écrire"})
    assert (both["left"], both["left_one"]) == ("{n} à écrire", "un")


def test_an_unknown_word_names_the_nearest() -> None:
    with pytest.raises(ConfigError, match=r"'placehodler'; did you mean 'placeholder'\?"):
        words("en", {"placehodler": "…"})
    with pytest.raises(ConfigError, match=r"'qqqqqqq'; the keys are: lang, noscript"):
        words("en", {"qqqqqqq": "…"})


@pytest.mark.parametrize("value", [None, 3, ["Send"]])
def test_a_word_that_is_not_text_is_refused(value: object) -> None:
    with pytest.raises(ConfigError, match="'send' must be a text"):
        words("en", {"send": value})  # type: ignore[dict-item]


@pytest.mark.parametrize(("n", "text"), [(0, "0 messages left"), (1, "1 message left"), (2, "2 messages left")])
def test_sentence_counts(n: int, text: str) -> None:
    assert sentence(words("en"), "left", n=n) == text


def test_sentence_touches_nothing_but_its_slot() -> None:
    assert sentence(words("en", {"too_long": "{{ n }} {n} {0} {"}), "too_long", n=5) == "{{ n }} 5 {0} {"
    assert sentence(words("en"), "closed") == WORDS["en"]["closed"]


def test_the_page_uses_only_words_that_exist_and_all_that_are_its_own() -> None:
    script = (STATIC / "chat.js").read_text("utf-8")
    template = (templates_dir() / "otree_ego" / "chat.html").read_text("utf-8")
    in_template = re.findall(r"""(?:data-ego-word="|ego_word\(')(\w+)""", template)
    used = {*re.findall(r"\bword\('(\w+)'", script), *in_template}
    assert used and used <= set(MEANINGS)
    served = {"noscript", "connecting", "next", "next_hint_time", "next_hint_wait", *REASONS, *HELD}
    assert {key for key in MEANINGS if not key.endswith("_one")} - used <= served
