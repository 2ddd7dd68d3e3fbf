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
