"""`pace`: what it takes, what it draws, what it refuses."""

from __future__ import annotations

import pickle
import random
from typing import Any

import pytest

from otree_ego import ConfigError, Pace, pace

FORMS: list[tuple[Any, tuple[float, float], tuple[float, float], str]] = [
    ("", (0, 0), (0, 0), "0"),
    ("  ", (0, 0), (0, 0), "0"),
    ("0", (0, 0), (0, 0), "0"),
    (0, (0, 0), (0, 0), "0"),
    (3, (3, 3), (0, 0), "3"),
    ("3", (3, 3), (0, 0), "3"),
    (0.25, (0.25, 0.25), (0, 0), "0.25"),
    ((2, 6), (2, 6), (0, 0), "2-6"),
    ([2, 6.5], (2, 6.5), (0, 0), "2-6.5"),
    ("2-6", (2, 6), (0, 0), "2-6"),
    (" 2 – 6 ", (2, 6), (0, 0), "2-6"),
    ("0.05/character", (0, 0), (0.05, 0.05), "0.05/character"),
    ("0.02-0.06 / character", (0, 0), (0.02, 0.06), "0.02-0.06/character"),
    ("1-3 + 0.04/character", (1, 3), (0.04, 0.04), "1-3 + 0.04/character"),
    ("0.04/character+1-3", (1, 3), (0.04, 0.04), "1-3 + 0.04/character"),
    (0.00001, (0.00001, 0.00001), (0, 0), "0.00001"),
    (3600, (3600, 3600), (0, 0), "3600"),
]


@pytest.mark.parametrize(("value", "base", "each", "text"), FORMS)
def test_all_forms_are_read_and_told_again(
    value: Any, base: tuple[float, float], each: tuple[float, float], text: str
) -> None:
    read = pace(value)
    assert (read.base, read.per_character, read.text) == (base, each, text)
    assert pace(read.text) == read
    assert pace(read) is read
    assert pickle.loads(pickle.dumps(read)) == read


@pytest.mark.parametrize(
    "value",
    [
        -1, "-1", (-2, 3), (6, 2), "6-2", float("nan"), (0, float("nan")), float("inf"), "nan", "inf", None, True,
        (True, 2), (1, 2, 3), (), ("1", "2"), "soon", "1 2", "1,5", "2-", "1 + 2", "0.1/character + 0.2/character",
        "0.1/word", "1 +", "+", 3601, "0-4000", {"low": 1}, "1e3", "3" * 5000, 10**400,
    ],
)  # fmt: skip
def test_what_is_no_pace_is_refused_with_the_forms(value: Any) -> None:
    with pytest.raises(
        ConfigError, match=r"A pace of .* cannot be\..* It takes a number of seconds \(3\), a range"
    ) as no:
        pace(value)
    assert '"1-3 + 0.04/character"' in str(no.value)
    assert len(str(no.value)) < 500


def test_the_message_says_which_of_the_two_is_wrong() -> None:
    with pytest.raises(ConfigError, match="the least, but 6 is more than 2"):
        pace((6, 2))
    with pytest.raises(ConfigError, match="NaN is no number"):
        pace((float("nan"), 2))


def test_a_pace_made_by_hand_is_checked_too() -> None:
    assert Pace((1, 2)).seconds("", random.Random(1)) == Pace((1, 2)).seconds("any text", random.Random(1))
    for base, each in (((0, 0), (-0.1, 0.1)), (3, (0, 0)), ((1, 2, 3), (0, 0)), ((0, 0), None), ("12", (0, 0))):
        with pytest.raises(ConfigError, match=r"A pace of .* cannot be\."):
            Pace(base, each)  # type: ignore[arg-type]
    with pytest.raises(AttributeError):
        pace(3).base = (1, 1)  # type: ignore[misc]


def test_seconds_are_drawn_uniformly_and_repeatably() -> None:
    drawn = [pace("2-6").seconds("text", random.Random(seed)) for seed in range(2000)]
    assert 2 <= min(drawn) < 2.1
    assert 5.9 < max(drawn) <= 6
    assert 3.9 < sum(drawn) / len(drawn) < 4.1
    assert drawn == [pace((2, 6)).seconds("other", random.Random(seed)) for seed in range(2000)]


def test_seconds_grow_with_the_text_up_to_an_hour() -> None:
    draw = random.Random(1)
    assert pace("0.05/character").seconds("x" * 100, draw) == pytest.approx(5)
    assert pace("1 + 0.05/character").seconds("ü" * 20, draw) == pytest.approx(2)
    assert pace("0.05/character").seconds("", draw) == 0
    assert pace("1-3 + 1/character").seconds("x" * 100_000, draw) == 3600
