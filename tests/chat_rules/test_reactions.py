"""Which reactions there can be, and what a model is told of them."""

from __future__ import annotations

from typing import Any

import pytest

from otree_ego.chat_rules.reactions import TEXTS, reactions_from, told_of
from otree_ego.chat_rules.settings import read_settings
from otree_ego.errors import ConfigError
from otree_ego.messages import Message


@pytest.mark.parametrize(
    ("value", "found"),
    [
        ("", ()), ("  ", ()), ([], ()), ("👍", ("👍",)), ("👍 👎\t❤️", ("👍", "👎", "❤️")),
        (["so-so", " 👍 "], ("so-so", "👍")), ("<b>x</b>", ("<b>x</b>",)),
        (" ".join(map(str, range(12))), tuple(map(str, range(12)))),
    ],
)  # fmt: skip
def test_a_set_of_reactions(value: Any, found: tuple[str, ...]) -> None:
    assert reactions_from(value, "here") == found


@pytest.mark.parametrize(
    "value",
    [
        "👍 👍", ["👍", "👍"], [""], ["so so"], ["x" * 21], "x" * 21, list("abcdefghijklm"), 5, None, [5], {"a": 1},
        ["\0"], ["\ud83d"],
    ],
)  # fmt: skip
def test_what_is_no_set_of_reactions_is_refused(value: Any) -> None:
    with pytest.raises(ConfigError, match=r"^here = .*: this takes up to 12 different signs or words"):
        reactions_from(value, "here")


def test_the_setting_is_checked() -> None:
    with pytest.raises(ConfigError, match="ego_reactions = "):
        read_settings({"ego_model": "constant/Hi", "ego_reactions": "a a"})


def test_reactions_are_told_behind_their_messages() -> None:
    said = [Message("user", "Hello", id="u", seq=1, author="k"), Message("assistant", "Hi", id="a", seq=2)]
    failed = Message("assistant", "", id="f", seq=3, status="failed")
    standing = {"a": {"k": "👍", "l": "{name}"}, "f": {"k": "👎"}, "other": {"k": "👎"}}
    told = told_of([*said, failed], standing, {"k": "Kim"}, "de")
    assert [(m.role, m.text, m.seq) for m in told] == [
        ("user", "Hello", 1), ("assistant", "Hi", 2), ("user", "(Kim hat auf diese Nachricht so reagiert: 👍)", 2),
        ("user", "(? hat auf diese Nachricht so reagiert: {name})", 2), ("assistant", "", 3),
    ]  # fmt: skip
    assert told_of(said, {"a": {"k": "👍"}}, {}, "en")[-1].text == "(The participant reacted to this message with 👍)"
    assert told_of(said, {}, {}, "en") is said
    assert TEXTS["en"].keys() == TEXTS["de"].keys()
