"""Marks that tell AI participants from people."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, strategies as st

from otree_ego.players.ai_marks import KINDS, MARK, marked, marks
from otree_ego.players.otree_html import code_of

ANYTHING = st.recursive(
    st.none() | st.integers() | st.text() | st.binary(), lambda inner: st.lists(inner), max_leaves=3
)


@pytest.mark.parametrize("kind", KINDS)
def test_a_mark_is_found_again(kind: str) -> None:
    assert marked(marks(kind, "gpt-6-luna"), "Ada", {"ego_ai_labels": ""}) == kind


def test_a_mark_of_an_unknown_kind_is_refused() -> None:
    with pytest.raises(ValueError, match="not 'robot'"):
        marks("robot")


@pytest.mark.parametrize(
    ("label", "patterns", "found"),
    [
        ("ego1", None, "player"),
        ("ego12", None, "player"),
        ("Ego1", None, ""),
        ("egon", None, ""),
        ("my-ego1", None, ""),
        ("ego1", "", ""),
        ("Ada", " Ada ,Bo", "player"),
        ("", "*", ""),
        (None, "*", ""),
        ("x", ",,", ""),
    ],
)
def test_labels(label: str | None, patterns: str | None, found: str) -> None:
    config = {} if patterns is None else {"ego_ai_labels": patterns}
    assert marked({}, label, config) == found


@given(kept=ANYTHING, label=st.none() | st.text(), patterns=ANYTHING)
def test_whatever_stands_there_it_is_one_word(kept: Any, label: str | None, patterns: Any) -> None:
    assert isinstance(marked({MARK: kept}, label, {"ego_ai_labels": patterns}), str)


@pytest.mark.parametrize(
    ("address", "code"),
    [
        ("http://h/InitializeParticipant/abc", "abc"),
        ("http://h/InitializeParticipant/abc/?participant_label=x", "abc"),
        ("http://h/p/abc/game/Offer/3", "abc"),
        ("http://h/join/abc", ""),
        ("http://h/room/InitializeParticipant", ""),
        ("http://h/OutOfRangeNotification/abc", "abc"),
    ],
)
def test_the_code_in_an_address(address: str, code: str) -> None:
    assert code_of(address) == code
