"""Settings of who leaves and who does not come."""

from __future__ import annotations

from typing import Any

import pytest

from otree_ego.chat_rules.setting_scopes import named
from otree_ego.chat_rules.settings import check_config, read_settings
from otree_ego.chat_rules.study_words import STUDY_WORDS
from otree_ego.chat_rules.takeover_settings import TAKEOVER, check_places, check_waits, names_in, takeover_settings
from otree_ego.errors import ConfigError

PAGES = {"recruit": ("Consent",), "trust": ("Send", "Results")}


@pytest.mark.parametrize(
    "name,value,told",
    [
        ("ego_takeover_after", 0, "a number of seconds, at least 1"),
        ("ego_takeover_after", "two minutes", "a number of seconds"),
        ("ego_takeover_after", True, "a number of seconds"),
        ("ego_takeover_return", "yes", "one of back, stay out"),
        ("ego_takeover_return", "", "one of back, stay out"),
        ("ego_takeover_not", ["Consent"], "a text"),
        ("ego_takeover_model", "unheard/of", "unheard"),
        ("ego_fill_after", -5, "at least 1"),
        ("ego_fill_how", "AIs", "one of ai, end"),
        ("ego_takeover_afer", 120, "Did you mean 'ego_takeover_after'"),
    ],
)
def test_bad_values_are_named(name: str, value: Any, told: str) -> None:
    with pytest.raises(ConfigError, match=told) as error:
        check_config({name: value})
    assert name in str(error.value)


def test_nothing_happens_without_the_settings() -> None:
    assert not takeover_settings({"ego_model": "constant/Hi", "ego_takeover_return": "stay out"}).wants_anything
    found = takeover_settings({"ego_takeover_after": "120", "ego_fill_after": None, "ego_fill_how": "end"})
    assert (found.after, found.comes_back, found.fill_after, found.fill_ends) == (120, True, None, True)
    assert read_settings({"ego_model": "constant/-", "ego_takeover_after": 60}).declared["takeover_after"] == 60


@pytest.mark.parametrize("good", ["", "Send", "trust.Send", "trust", " recruit ,trust.Results,", "Send,Send"])
def test_pages_and_apps_can_be_named(good: str) -> None:
    check_places(names_in(good), PAGES)


@pytest.mark.parametrize("bad", ["send", "trust.Consent", "dictator", "Send Results", "trust."])
def test_what_is_no_page_is_named(bad: str) -> None:
    with pytest.raises(ConfigError, match="neither a page nor an app") as error:
        check_places(names_in(f"Send, {bad}"), PAGES)
    assert repr(bad) in str(error.value) and "trust: Send, Results" in str(error.value)


@pytest.mark.parametrize("name", TAKEOVER)
def test_they_hold_for_the_whole_session(name: str) -> None:
    with pytest.raises(ConfigError, match="cannot differ within a session"):
        named({name: 120}, "ego_settings")


def test_the_words_stand_in_both_languages() -> None:
    for key, english in STUDY_WORDS["en"].items():
        assert english.count("{n}") == STUDY_WORDS["de"][key].count("{n}"), key


WRONG = [
    ("ego_takeover_after", 0), ("ego_takeover_after", "soon"), ("ego_takeover_after", True), ("ego_takeover_after", -5),
    ("ego_takeover_after", "inf"), ("ego_takeover_after", [120]), ("ego_fill_after", 0.5), ("ego_fill_after", "nan"),
    ("ego_fill_how", "maybe"), ("ego_takeover_return", True), ("ego_takeover_not", ["Survey"]),
    ("ego_takeover_model", "nowhere/x"),
]  # fmt: skip


@pytest.mark.parametrize("setting, value", WRONG)
def test_what_the_settings_refuse_in_a_sentence(setting: str, value: object) -> None:
    with pytest.raises(ConfigError, match=f"^{setting} = .*: "):
        check_config({setting: value})


def test_groups_are_filled_only_where_somebody_waits() -> None:
    mine = {"ego_fill_after": 60}
    with pytest.raises(ConfigError, match="ego_fill_after = 60: no page of this session waits"):
        check_waits(mine, False, {})
    check_waits(mine, True, {})
    check_waits(mine, False, {"ego_fill_after": 60})  # it holds for all configs, and others have such pages
    check_waits({"ego_fill_after": ""}, False, {})
    check_waits({}, False, {})
