"""Typed questions in the session's language: what stands below them, and what asks for another answer."""

from __future__ import annotations

import asyncio
import string
from typing import Any

import pytest

from otree_ego import ConfigError, ScriptedThread, Thread
from otree_ego.chat_rules.settings import read_settings
from otree_ego.questions import Checked, Choice, Json, Number, Text, YesNo
from otree_ego.questions.phrases import MEANINGS, PHRASES, phrases
from otree_ego.threads.base import internals

GERMAN = PHRASES["de"]
BOTH = tuple(PHRASES.values())


def german(replies: list[str], **overrides: str) -> Thread:
    llm = ScriptedThread(replies)
    internals(llm).phrases = lambda: phrases("de", overrides)
    return llm


def asked(llm: Thread) -> list[str]:
    return [m.text for m in llm.messages if m.role == "user"]


def test_each_language_has_each_phrase_with_the_same_places() -> None:
    for language, texts in PHRASES.items():
        assert list(texts) == list(MEANINGS), language
    for key in set(MEANINGS) - {"again", "decimals_one", "reasoning"}:
        fields = [{name for _, name, _, _ in string.Formatter().parse(texts[key]) if name} for texts in BOTH]
        assert fields[0] == fields[1], key


@pytest.mark.parametrize("way", ["plain", "async"])
def test_yes_and_no_in_german(way: str) -> None:
    llm = german(["Vielleicht.", "Ja."])
    if way == "plain":
        assert llm.ask_yes_no("Nimmst du an?") is True
    else:
        assert asyncio.run(llm.aio.ask_yes_no("Nimmst du an?")) is True
    assert asked(llm) == [
        "Nimmst du an?\n\nAntworten Sie nur mit ja oder nein.",
        "Ihre Antwort konnte nicht verwendet werden. Bitte antworten Sie noch einmal, und zwar nur mit ja oder nein.",
    ]


def test_words_that_are_given_stay() -> None:
    assert german(["jo"]).ask_yes_no("Nimmst du an?", yes="jo", no="nö") is True


def test_a_number_and_a_choice_in_german() -> None:
    llm = german(["Acht.", "Ich gebe 8.", "links, bitte"])
    assert llm.ask_number("Wie viel?", low=0, high=10, integer=True) == 8
    assert llm.ask_choice("Wohin?", ["links", "rechts"]) == "links"
    assert asked(llm)[0].endswith("\n\nAntworten Sie nur mit einer ganzen Zahl von 0 bis 10.")
    assert asked(llm)[1].endswith("nur mit einer ganzen Zahl von 0 bis 10.")
    assert asked(llm)[2].endswith("nur mit einer dieser Möglichkeiten, Wort für Wort:\n- links\n- rechts")


@pytest.mark.parametrize(
    ("question", "instruction"),
    [
        (Number(0), "Antworten Sie nur mit einer Zahl, die mindestens 0 ist."),
        (Number(None, 5, places=2), "Antworten Sie nur mit einer Zahl, die höchstens 5 ist, mit höchstens 2 "
         "Nachkommastellen."),
        (Text(2, 90), "Antworten Sie nur mit einem Text von mindestens 2 und höchstens 90 Zeichen."),
        (Text(), "Antworten Sie nur mit einem Text."),
        (Json({"type": "object"}), 'Antworten Sie nur mit JSON, das zu diesem JSON-Schema passt: {"type": "object"}'),
        (Checked(YesNo()), "Antworten Sie nur mit ja oder nein."),
        (Choice(("a",), reasoning=True), GERMAN["reasoning"] + "einer dieser Möglichkeiten, Wort für Wort:\n- a"),
    ],
)  # fmt: skip
def test_what_stands_below_a_question_in_german(question: Any, instruction: str) -> None:
    assert question.spoken(GERMAN).instruction == instruction


@pytest.mark.parametrize(
    "question",
    [Number(0, 10, places=1), Number(None, 2.5, places=3), Number(integer=True), Text(2, 9), Text(), Choice(("a", "b")),
     YesNo(("sure", "never")), Json({"type": "object"}), Number(1, 2, reasoning=True)],
)  # fmt: skip
def test_in_english_nothing_changes(question: Any) -> None:
    assert question.spoken(PHRASES["en"]).instruction == question.instruction
    if not isinstance(question, Choice | Json):
        assert question.description == f"{question.expected}."


def test_an_apps_own_check_is_told_in_its_own_words() -> None:
    llm = german(["7", "6"])
    odd = Checked(Number(0, 9), check=lambda value: "Das ist zu viel." if value > 6 else "")
    assert llm.ask(odd, "Wie viel?") == 6
    assert asked(llm)[1] == (
        "Ihre Antwort konnte nicht verwendet werden. Das ist zu viel. Bitte antworten Sie noch einmal, und zwar nur "
        "mit einer Zahl von 0 bis 9."
    )


def test_after_a_restart_the_question_goes_on_where_it_was() -> None:
    llm = german(["Hm.", "Hm.", "3"])
    with pytest.raises(Exception, match="no answer"):
        llm.ask_number("Wie viel?", tries=1)
    assert llm.ask_number("Wie viel?", tries=3) == 3
    assert len([text for text in asked(llm) if text.startswith("Wie viel?")]) == 1


def test_a_session_config_says_the_language_and_replaces_words() -> None:
    settings = read_settings({"ego_model": "constant/Ja", "ego_language": "de", "ego_word_question_only": "Nur: "})
    llm = settings.thread()
    assert llm.ask_yes_no("Nimmst du an?") is True
    assert asked(llm) == ["Nimmst du an?\n\nNur: ja oder nein."]
    english = read_settings({"ego_model": "constant/yes"}).thread()
    assert english.ask_yes_no("Do you accept?") is True
    with pytest.raises(ConfigError, match="Did you mean 'ego_word_question_only'"):
        read_settings({"ego_word_question_onyl": "x"})
    with pytest.raises(ConfigError, match="takes a text"):
        read_settings({"ego_word_question_only": 1})


def test_words_that_were_replaced_in_english_ask_again_with_them() -> None:
    settings = read_settings({"ego_model": "constant/x", "ego_word_question_again": "No: {why} Once more: {answer}"})
    llm = settings.thread()
    with pytest.raises(Exception, match="no answer"):
        llm.ask_yes_no("Do you?", tries=2)
    assert asked(llm)[1].startswith("No: 'x' is not exactly one of") and asked(llm)[1].endswith("Once more: yes or no.")
