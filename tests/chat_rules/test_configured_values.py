"""What comes back from the *Configure session* form is the configured value, unless it was edited."""

from __future__ import annotations

import re
from typing import Any

import pytest
from hypothesis import example, given, strategies as st

from otree_ego.chat_rules.configured_values import Returned, as_otree_shows, in_a_field, read, show
from otree_ego.chat_rules.settings import SETTINGS, Setting, declare_setting
from otree_ego.errors import ConfigError

TEXTS = st.text(st.one_of(st.sampled_from("'\"<>&;#=\r\n\t aäß🥚\0\ud800"), st.characters()), max_size=60)


def sent(text: str) -> str:
    """What a browser sends for a field that holds a text: each line break as CR LF."""
    return in_a_field(text).replace("\n", "\r\n")


@given(TEXTS)
@example("'")
@example("\r")
@example("\n\n a\r\n")
def test_a_text_that_was_not_edited_is_the_configured_one(text: str) -> None:
    assert read(Returned("note", text, sent(text), whole=True)) == text
    assert read(Returned("note", text, as_otree_shows(text), whole=False)) == text
    assert read(Returned("note", text, text, whole=False)) == text


@given(TEXTS, TEXTS)
@example("It's", "It")
@example("a\nb", "ab")
@example("a", "")
def test_a_text_that_was_edited_in_a_whole_field_is_kept(configured: str, text: str) -> None:
    if in_a_field(text) != in_a_field(configured):
        kept = read(Returned("note", configured, sent(text), whole=True))
        assert in_a_field(kept) == in_a_field(text)


@pytest.mark.parametrize(
    ("configured", "breaks"), [("a\r\nb", "\r\n"), ("a\rb", "\r"), ("a\nb", "\n"), ("ab", "\n"), ("a\r\nb\nc", "\n")]
)
def test_edited_lines_end_as_the_configured_ones(configured: str, breaks: str) -> None:
    assert read(Returned("note", configured, "x\r\ny\r\n", whole=True)) == f"x{breaks}y{breaks}"


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("Don't", "Don"),
        ("'", ""),
        ('"a" <b>', '"a" <b>'),
        ("a\nb\r\nc\rd", "abcd"),
        ("&amp; &lt; &#39; &#x27 &eacute; &copy;", "& < ' ' é ©"),
        ("&copy &copy= &copyright &notit; &nothing; & &;", "© &copy= &copyright &notit; &nothing; & &;"),
        ("a&#10;b", "ab"),
        (" \t blanks ", " \t blanks "),
    ],
)
def test_what_otree_shows(text: str, shown: str) -> None:
    assert as_otree_shows(text) == shown


@pytest.mark.parametrize(
    ("name", "configured", "text", "value"),
    [
        ("count", 7, "7", 7),
        ("count", 7, "", 7),
        ("count", 7, " 8.0 ", 8),
        ("count", 7, "1e3", 1000),
        ("count", 2**70 + 1, str(2**70 + 1), 2**70 + 1),
        ("count", 7, str(2**70 + 1), 2**70 + 1),
        ("count", 7, "-3", -3),
        ("share", 0.1, "0.1", 0.1),
        ("share", 0.5, "1", 1.0),
        ("share", 0.5, str(2**53 + 1), float(2**53)),
        ("ego_temperature", 1, "0.7", 0.7),
        ("ego_deadline", 60, "0.5", 0.5),
        ("ego_retries", 2, "3.0", 3),
    ],
)
def test_numbers(name: str, configured: Any, text: str, value: Any) -> None:
    found = read(Returned(name, configured, text, whole=False))
    assert (type(found), found) == (type(value), value)


@pytest.mark.parametrize(
    ("name", "configured", "text", "says"),
    [
        ("count", 7, "7.5", "count = '7.5': this setting takes a whole number, such as 7."),
        ("count", 7, "many", "count = 'many': this setting takes a whole number"),
        ("count", 7, "9" * 5000, "this setting takes a whole number"),
        ("share", 0.5, "0,5", "share = '0,5': this setting takes a number, such as 0.5."),
        ("share", 0.5, "1e999", "this setting takes a number"),
        ("ego_retries", 2, "1.5", "ego_retries = 1.5: this setting takes a whole number, at least 0"),
        ("ego_temperature", 1, "hot", "ego_temperature = 'hot': this setting takes a number, at least 0"),
    ],
)
def test_wrong_numbers_are_refused(name: str, configured: Any, text: str, says: str) -> None:
    with pytest.raises(ConfigError, match=re.escape(says)):
        read(Returned(name, configured, text, whole=False))


@pytest.mark.parametrize(
    ("configured", "text", "says"),
    [
        ("Be nice. Don't tell.", "Be very nice. Don", "where the form has cut"),
        ("Be nice, always.\nNever say no.", "Be nice, always.Never say no. Or yes.", "has lost the line breaks"),
        ("Be nice, always.\r\n\r\nNever say no.", "Please: Be nice, always.Never say no.", "has lost the line breaks"),
    ],
)
def test_a_text_that_was_edited_in_otrees_field_is_refused(configured: str, text: str, says: str) -> None:
    with pytest.raises(ConfigError, match=says):
        read(Returned("note", configured, text, whole=False))
    assert read(Returned("note", configured, text, whole=True)) == text


@pytest.mark.parametrize(
    ("name", "value", "lines"),
    [
        ("ego_system_prompt", "", 4),
        ("ego_fallback_text", "", 1),
        ("ego_word_send", "Go", 1),
        ("game_personas", "a\nb\nc", 3),
        ("game_personas", "words " * 4000, 16),
        ("ego_model", "gpt-6-luna", 0),
        ("ego_temperature", "", 0),
        ("ego_language", "de", 0),
        ("ego_model", "gpt\n6", 1),
    ],
)
def test_how_high_a_field_is(name: str, value: str, lines: int) -> None:
    assert (show(name, value).lines > 0) == (lines > 0)
    assert show(name, value).lines >= lines


def test_each_setting_is_explained() -> None:
    assert show("ego_system_prompt", "").help == "Instruction to the model; participants never see it."
    assert show("ego_max_cost", 1.0).help.startswith(
        "What the replies to one participant may cost. A number of US doll"
    )
    assert show("ego_show_model", True).help == "Whether the page says which model answers."
    assert show("ego_word_send", "Go").help == "A text of the chat: button."
    assert [show(name, "").help for name in ("game_personas", "ego_word_sned", "ego_xyz")] == [""] * 3


def test_a_declared_setting_is_explained(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(SETTINGS, "mood", Setting("mood", str, "", ""))
    declare_setting(Setting("mood", str, "calm", "The model's mood.", options=("calm", "cross")))
    shown = show("ego_mood", "calm")
    assert (shown.help, shown.lines) == ("The model's mood. One of calm, cross.", 0)
