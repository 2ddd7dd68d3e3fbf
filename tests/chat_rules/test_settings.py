"""A setting is one row: its type, its check and its documentation come from it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from otree_ego.chat_rules.settings import OWN, SETTINGS, Setting, declare_setting, read_settings
from otree_ego.chat_rules.settings_page import settings_page
from otree_ego.errors import ConfigError

MOOD = Setting("mood", str, "calm", "The mood that the model is told to be in.", options=("calm", "cross"))


@pytest.fixture
def mood() -> Iterator[Setting]:
    declare_setting(MOOD)
    yield MOOD
    del SETTINGS["mood"]


def test_a_declared_setting_is_read_checked_and_documented(mood: Setting) -> None:
    assert read_settings({"ego_model": "constant/x"}).declared["mood"] == "calm"
    assert read_settings({"ego_model": "constant/x", "ego_mood": "cross"}).declared["mood"] == "cross"
    with pytest.raises(ConfigError, match="ego_mood = 'merry': this setting takes one of calm, cross"):
        read_settings({"ego_model": "constant/x", "ego_mood": "merry"})
    with pytest.raises(ConfigError, match=r"There is no setting 'ego_moood'\. Did you mean 'ego_mood'\?"):
        read_settings({"ego_moood": "calm"})
    assert f"| `ego_mood` | one of calm, cross | `'calm'` | {mood.meaning} |" in settings_page()


def test_only_declared_settings_are_known() -> None:
    assert "mood" not in SETTINGS and set(OWN) <= set(SETTINGS)
    with pytest.raises(ConfigError, match="There is no setting 'ego_mood'"):
        read_settings({"ego_mood": "calm"})


def test_a_declared_model_is_checked_and_a_declared_part_of_a_thread_reaches_it() -> None:
    declare_setting(Setting("judge", str, "", "Who judges.", names_model=True, for_thread=True))
    try:
        assert read_settings({"ego_model": "constant/x", "ego_judge": "constant/y"}).thread().judge == "constant/y"
        with pytest.raises(ConfigError, match=r"ego_judge = 'nowhere/x': .*'nowhere' that is not known"):
            read_settings({"ego_model": "constant/x", "ego_judge": "nowhere/x"})
    finally:
        del SETTINGS["judge"]


@pytest.mark.parametrize(
    ("row", "says"),
    [
        (Setting("model", str, "", "Mine."), "ego_model cannot be declared: otree_ego has this name"),
        (Setting("word_send", str, "", "Mine."), "ego_word_send cannot be declared"),
        (Setting("two words", str, "", "Mine."), "or it is not a name"),
        (Setting("many", list, "", "Mine."), "its kind must be one of str, int, float, bool"),
        (Setting("share", float, 2, "Mine.", 0, 1), "ego_share = 2: this setting takes a number, at least 0 and"),
    ],
)
def test_a_row_that_is_wrong_is_not_declared(row: Setting, says: str) -> None:
    before = dict(SETTINGS)
    with pytest.raises(ConfigError, match=says):
        declare_setting(row)
    assert before == SETTINGS


@pytest.mark.parametrize("row", OWN.values(), ids=lambda row: row.name)
def test_every_row_says_what_it_takes(row: Setting) -> None:
    assert row.meaning.endswith(".")
    wrong: Any = 5 if row.kind is str else "nonsense"
    with pytest.raises(ConfigError, match=f"ego_{row.name} = {wrong!r}: this setting takes .+"):
        row.read(wrong)
    assert row.default == "" or row.read(row.default) == row.default


@pytest.mark.parametrize(
    ("model", "effort", "temperature", "refused"),
    [
        ("gpt-6-luna", "high", 0.7, True), ("gpt-6-luna", "none", 0.7, False), ("gpt-6-luna", "high", "", False),
        ("gpt-6-luna", "", 0.7, False), ("openrouter/openai/gpt-6-luna", "low", 1.0, True),
        ("anthropic/claude-sonnet-5", "low", 0.7, True), ("anthropic/claude-sonnet-5", "low", 1.0, False),
        ("ollama/llama3.2", "low", 0.7, False), ("constant/x", "low", 0.7, False),
    ],
)  # fmt: skip
def test_a_temperature_beside_reasoning_is_refused_where_the_model_is_known_not_to_take_it(
    monkeypatch: pytest.MonkeyPatch, model: str, effort: str, temperature: object, refused: bool
) -> None:
    for name in ("OPENAI_API_KEY", "OPENROUTER_API_KEY", "ANTHROPIC_API_KEY"):
        monkeypatch.setenv(name, "sk-test-key-123456")
    config = {"ego_model": model, "ego_reasoning_effort": effort, "ego_temperature": temperature}
    if refused:
        with pytest.raises(ConfigError, match=r"ego_temperature = .* does not take this temperature while it reasons"):
            read_settings(config)
    else:
        assert read_settings(config).reasoning_effort == effort


def test_an_effort_that_the_service_has_no_word_for_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GEMINI_API_KEY", "AIza-test-key-123456")
    with pytest.raises(ConfigError, match=r"ego_reasoning_effort = 'xhigh': gemini knows none, minimal, low"):
        read_settings({"ego_model": "gemini/gemini-3.8-flash", "ego_reasoning_effort": "xhigh"})


def test_efforts_and_the_prompt_reach_the_thread() -> None:
    settings = read_settings({"ego_model": "constant/x", "ego_reasoning_effort": "low", "ego_verbosity": "high"})
    thread = settings.thread()
    assert (thread.reasoning_effort, thread.verbosity) == ("low", "high")
    unset = read_settings({"ego_model": "constant/x"}).thread()
    assert unset.reasoning_effort is None and "reasoning_effort" not in unset.state()


def test_a_prompt_that_is_given_takes_the_place_of_the_configs() -> None:
    settings = read_settings({"ego_model": "constant/x", "ego_system_prompt": "CONFIG"})
    assert [m.text for m in settings.thread(system_prompt="PERSUADE").messages] == ["PERSUADE"]
    assert [m.text for m in settings.thread().messages] == ["CONFIG"]
    assert settings.thread(system_prompt="").messages == ()


@pytest.mark.parametrize("name", ["show_model", "max_messages", "max_cost", "language", "min_messages"])
def test_settings_of_the_chat_are_refused_for_one_thread(name: str) -> None:
    with pytest.raises(ConfigError, match=f"ego_{name}"):
        read_settings({"ego_model": "constant/x"}).thread(**{name: 1})


def test_times_that_contradict_each_other_are_refused() -> None:
    with pytest.raises(ConfigError, match=r"ego_min_seconds = 61 is more than ego_max_seconds = 60: "):
        read_settings({"ego_model": "constant/Hi", "ego_min_seconds": 61, "ego_max_seconds": 60})
    assert read_settings({"ego_model": "constant/Hi", "ego_min_seconds": 60, "ego_max_seconds": 60}).max_seconds == 60
