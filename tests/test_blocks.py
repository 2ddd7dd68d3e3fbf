"""The draw behind `assign`, without oTree: crossed, balanced at each place, weighted, repeatable; and bad input."""

from __future__ import annotations

import json
from collections import Counter
from enum import Enum
from itertools import product
from typing import Any

import pytest

from otree_ego import ConfigError, Experiment, Treatment, pace
from otree_ego.blocks import Design, seed_of

GAME = {"frame": ["give", "take"], "role": ["proposer", "responder"], "stake": [10, 100, 1000]}

DRAWN = ["take", "give", "split", "split", "give", "take", "take", "give", "split"]
SEED = 338425396
EXPERIMENT = "cabcabbca"


class Tone(Enum):
    KIND = 1
    STRICT = 2


class Ada:
    name = "Ada"


def drawn(design: Design, times: int, key: str = "7") -> list[tuple[Any, ...]]:
    return [tuple(json.dumps(v) for v in design.levels(place, key).values()) for place in range(times)]


@pytest.mark.parametrize("key", ["1", "2", "3/participant::frame"])
def test_cells_never_differ_by_more_than_one_at_any_place(key: str) -> None:
    line = drawn(Design(GAME), 60, key)
    cells = {tuple(map(json.dumps, cell)) for cell in product(*GAME.values())}
    for place in range(1, 61):
        counts = Counter(line[:place])
        assert max(counts.values()) - min(counts[cell] for cell in cells) <= 1
    assert set(line[:12]) == set(line[12:24]) == cells
    assert line[:12] != line[12:24]


def test_with_weights_each_block_has_its_share() -> None:
    design = Design({"frame": {"give": 2, "take": 1}, "role": ["a", "b"]})
    line = drawn(design, 36)
    for start in range(0, 36, 6):
        counts = Counter(line[start : start + 6])
        assert sorted(counts.values()) == [1, 1, 2, 2]
        assert all(count == (2 if frame == '"give"' else 1) for (frame, _), count in counts.items())


def test_places_can_be_asked_for_in_any_order_and_keys_differ() -> None:
    design = Design(GAME)
    backwards = {place: design.levels(place, "new key") for place in (40, 3, 0, 17)}
    assert backwards == {place: Design(GAME).levels(place, "new key") for place in (40, 3, 0, 17)}
    assert drawn(design, 40, "a") != drawn(design, 40, "b")
    assert drawn(design, 40, "a") == drawn(Design(dict(reversed(GAME.items()))), 40, "a")


def test_the_draw_stays_the_same_in_later_versions() -> None:
    """Data name the seed: who draws again, years later, must get what was assigned."""
    design = Design({"frame": ["give", "take", "split"]})
    assert [design.levels(n, "7/participant::frame")["frame"] for n in range(9)] == DRAWN
    assert seed_of("abcdefgh", "") == SEED
    assert [each.name for each in Experiment("a", "b", "c").assign(9, seed=7)] == list(EXPERIMENT)


def test_options_of_all_kinds_come_back_as_they_were_given() -> None:
    low, high = Treatment("low", reward=0), Treatment("high", reward=100)
    given = [low, high, "text", 3, 2.5, True, None, [1, "a", None], {"price": 4, "names": ("x", "y")}, Tone.KIND, Ada]
    design = Design({"what": given})
    stored = [option.stored for option in design.options["what"]]
    kept = ["low", "high", "text", 3, 2.5, True, None, [1, "a", None], {"price": 4, "names": ["x", "y"]}, "KIND", "Ada"]
    assert stored == kept
    assert json.loads(json.dumps(stored)) == stored
    for option, value in zip(given, stored, strict=True):
        assert design.given({"what": json.loads(json.dumps(value))})["what"] is option


def test_it_says_what_changed() -> None:
    before = Design({"frame": ["give", "take"], "role": ["a", "b"]}).text
    assert Design({"role": ["a", "b"], "frame": ["give", "take"]}).what_changed(before) == ""
    after = Design({"frame": {"give": 2, "take": 1}, "role": ["b", "a"]})
    assert after.what_changed(before) == (
        "frame was ['give', 'take'] and is {'give': 2, 'take': 1}; role was ['a', 'b'] and is ['b', 'a']"
    )


@pytest.mark.parametrize(
    ("factors", "says"),
    [
        ({}, "no factor"),
        ({"frame": []}, "no options"),
        ({"frame": {}}, "no options"),
        ({"frame": "give"}, r"frame='give'\): a factor takes a list of options, such as"),
        ({"frame": b"give"}, "takes a list"),
        ({"frame": 3}, "takes a list"),
        ({"frame": None}, "takes a list"),
        ({"frame": {"give", "take"}}, "takes a list"),
        ({"frame": (each for each in "ab")}, "takes a list"),
        ({"frame": ["give", "give"]}, "'give' is there twice"),
        ({"frame": [1, True]}, "True is there twice"),
        ({"frame": [Ada, "Ada"]}, "'Ada' is there twice"),
        ({"frame": {"give": 0, "take": 1}}, "weight of 'give' is 0; weights are whole numbers, 1 or more"),
        ({"frame": {"give": -1}}, "weight of 'give' is -1"),
        ({"frame": {"give": 1.0}}, "weight of 'give' is 1.0"),
        ({"frame": {"give": True}}, "weight of 'give' is True"),
        ({"frame": {"give": "2"}}, "weight of 'give' is '2'"),
        ({"frame": [float("nan")]}, r"nan \(float\) cannot be kept"),
        ({"frame": [b"x"]}, r"\(bytes\) cannot be kept in the data. Options are texts, numbers"),
        ({"frame": [{1: 2}]}, r"\(dict\) cannot be kept"),
        ({"frame": [[object()]]}, r"\(object\) cannot be kept"),
        ({"frame": [pace(3)]}, r"\(Pace\) cannot be kept"),
        ({"a frame": ["give"]}, "cannot be named 'a frame'"),
        ({"group": ["give"]}, r"none of the export's own columns \(session, participant"),
        ({"frame": {"give": 10**9}}, "blocks of 1,000,000,000"),
        ({f"f{n}": [*range(10)] for n in range(5)}, "f0, f1, f2, f3, f4 make blocks of 100,000 when they are crossed"),
    ],
)
def test_bad_factors_are_refused_by_name(factors: dict[str, Any], says: str) -> None:
    with pytest.raises(ConfigError, match=says) as refused:
        Design(factors)
    assert str(refused.value).startswith("assign(…")
