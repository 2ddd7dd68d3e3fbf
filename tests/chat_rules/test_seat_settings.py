"""How many seats there are, which they are, and what the settings refuse."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, strategies as st

from otree_ego.chat_rules.seat_settings import SeatNumber, chosen_seats, dealt_personas, seat_number
from otree_ego.chat_rules.settings import check_config, read_settings
from otree_ego.errors import ConfigError

READ: list[tuple[Any, SeatNumber]] = [
    ("", SeatNumber()), (0, SeatNumber()), ("0", SeatNumber()), (3, SeatNumber(3)), (" 3 ", SeatNumber(3)),
    (0.5, SeatNumber(share=0.5)), ("0.5", SeatNumber(share=0.5)), ("50 %", SeatNumber(share=0.5)),
    ("12.5%", SeatNumber(share=0.125)), ("100 %", SeatNumber(share=1.0)), ("0 %", SeatNumber(share=0.0)),
    ("2 of 3", SeatNumber(2, 3)), ("2/3", SeatNumber(2, 3)), ("2 OF 3", SeatNumber(2, 3)), ("0 of 2", SeatNumber(0, 2)),
]  # fmt: skip


@pytest.mark.parametrize("value, found", READ)
def test_numbers_shares_and_seats_of_groups(value: Any, found: SeatNumber) -> None:
    assert seat_number(value) == found
    assert read_settings({"ego_model": "constant/x", "ego_ai_seats": value}).declared["ai_seats"] is not None


@pytest.mark.parametrize(
    "value",
    [-1, "-1", "2 of", "2 of three", "-1 of 3", "4 of 3", False, {"a": 1}, "1 of 2 %",
     1.5, "1.5", 1.0, "1.0", "many", "101 %", "-5 %", "3 of 2", "1 of 0", "of 3", "nan", "inf", "1e9", True,
     None, [2], "2 of 3 of 4", "½"],
)  # fmt: skip
def test_what_is_refused_in_a_sentence(value: Any) -> None:
    with pytest.raises(ConfigError, match="ego_ai_seats") as refused:
        check_config({"ego_ai_seats": value})
    assert str(refused.value).count("ego_ai_seats") == 1


@pytest.mark.parametrize(
    "setting, value",
    [("ego_seat_choice", "middle"), ("ego_seat_pace", "slow"), ("ego_seat_gives_up", "cry"), ("ego_seat_max_cost", -1),
     ("ego_seat_model", "nowhere/x"), ("ego_seat_reasons", "maybe"), ("ego_seat_label", "x" * 95)],
)  # fmt: skip
def test_other_settings_of_seats_are_checked(setting: str, value: Any) -> None:
    with pytest.raises(ConfigError, match=setting):
        check_config({setting: value})


@given(
    seats=st.one_of(st.integers(0, 12), st.floats(0.01, 0.99), st.tuples(st.integers(0, 4), st.integers(1, 4))),
    groups=st.integers(1, 6), choice=st.sampled_from(["first", "last", "random"]), seed=st.text(max_size=5),
)  # fmt: skip
def test_which_participants_are_seats(seats: Any, groups: int, choice: str, seed: str) -> None:
    size = seats[1] if isinstance(seats, tuple) else 1
    text = f"{min(seats)} of {seats[1]}" if isinstance(seats, tuple) else seats
    people, number = groups * size, seat_number(text)
    if number.in_all(people) > people:
        with pytest.raises(ConfigError, match="participant"):
            chosen_seats(number, people, choice, seed)
        return
    if number.share is not None and number.in_all(people) == people:
        with pytest.raises(ConfigError, match="everybody"):
            chosen_seats(number, people, choice, seed)
        return
    if number.share is not None and number.in_all(people) == 0:
        with pytest.raises(ConfigError, match="nobody"):
            chosen_seats(number, people, choice, seed)
        return
    found = chosen_seats(number, people, choice, seed)
    assert found == sorted(set(found)) and set(found) <= set(range(1, people + 1))
    assert len(found) == number.in_all(people)
    assert found == chosen_seats(number, people, choice, seed)
    if number.of:
        for start in range(1, people + 1, size):
            assert sum(start <= each < start + size for each in found) == number.number
    if choice == "last" and not number.of:
        assert found == list(range(people - len(found) + 1, people + 1))


@pytest.mark.parametrize("share, people", [(0.1, 3), ("10 %", 4), ("0.4", 1), ("0.01%", 999)])
def test_a_share_that_makes_no_seat(share: Any, people: int) -> None:
    with pytest.raises(
        ConfigError, match=r"ego_ai_seats = 0\.\d+: of .* is nobody, and no model would play.*write 0\."
    ):
        chosen_seats(seat_number(share), people, "last", "")


@pytest.mark.parametrize("nothing", [0, "", "0 %", "0.0", "0 of 3"])
def test_no_seats_can_be_said(nothing: Any) -> None:
    assert chosen_seats(seat_number(nothing), 3, "last", "") == []


@pytest.mark.parametrize("share, people", [(0.9, 4), ("90 %", 2), ("0.5", 1)])
def test_a_share_that_leaves_nobody(share: Any, people: int) -> None:
    with pytest.raises(ConfigError, match=r"ego_ai_seats = 0\.\d: .*no place is left for a person"):
        chosen_seats(seat_number(share), people, "last", "")
    assert len(chosen_seats(seat_number("100 %"), people, "last", "")) == people


def test_groups_that_do_not_come_out_even() -> None:
    with pytest.raises(ConfigError, match=r"make no whole groups of 3.*multiple of 3"):
        chosen_seats(seat_number("1 of 3"), 4, "last", "")


def test_personas_are_dealt_out() -> None:
    assert dealt_personas("", 2, "x") == ["", ""]
    assert dealt_personas(" You are shy. ", 2, "x") == ["You are shy."] * 2
    assert sorted(dealt_personas("A|B||C", 6, "x")) == ["A", "A", "B", "B", "C", "C"]
    assert dealt_personas("A|B", 9, "1") == dealt_personas("A|B", 9, "1")
