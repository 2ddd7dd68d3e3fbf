"""A fixed order of turns, and whom a round waits for."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, strategies as st

from otree_ego.chat_rules.members import Members
from otree_ego.chat_rules.personas import Persona
from otree_ego.chat_rules.turn_order import Seat, order_of, still_to_write, whose_turn
from otree_ego.messages import Message

PEOPLE = {"k": "Kim", "l": "Lou"}
ADA = Persona("Ada")


def room(reveals: bool = True) -> Members:
    return Members.of([ADA, Persona("Mia")], list(PEOPLE), PEOPLE, "Participant", reveals)


def record(letters: str) -> list[Message]:
    """k and l are people, A and M AIs; a is Ada who failed, m Mia who passed, b Ada broken off, d Ada's decision."""
    made = {
        "k": Message("user", "…", author="k"),
        "l": Message("user", "…", author="l"),
        "A": Message("assistant", "…", author="Ada"),
        "M": Message("assistant", "…", author="Mia"),
        "a": Message("assistant", "", author="Ada", status="failed", error="ServerError", attempts=1),
        "m": Message("assistant", "PASS", author="Mia", hidden=True, finish_reason="pass"),
        "b": Message("assistant", "", author="Ada", status="failed", error="Interrupted"),
        "d": Message("assistant", "5", author="Ada", hidden=True, params={"only_for": "Ada"}),
        "s": Message("system", "Be kind."),
        "c": Message("assistant", "Half of the time is over."),
    }
    return [replace(made[letter], seq=place) for place, letter in enumerate(letters, 1)]


@pytest.mark.parametrize(
    ("said", "passed", "turn"),
    [
        ("", "", "Kim"), ("s", "", "Kim"), ("c", "", "Kim"), ("k", "", "Lou"), ("kl", "", "Ada"), ("klA", "", "Mia"),
        ("klAM", "", "Kim"), ("kla", "", "Mia"), ("klAm", "", "Kim"), ("klb", "", "Ada"), ("kls", "", "Ada"),
        ("k", "l", "Ada"), ("klAM", "kl", "Ada"), ("k", "kl", "Ada"), ("", "k", "Lou"),
    ],
)  # fmt: skip
def test_the_turn_goes_round(said: str, passed: str, turn: str) -> None:
    order = order_of(room())
    seats = [seat for seat in order if seat.code and seat.code in passed]
    found = whose_turn(record(said), order, lambda seat: True, seats)
    assert found is not None and found.name == turn


def test_whoever_cannot_write_is_no_turn() -> None:
    order = order_of(room())
    assert whose_turn(record("k"), order, lambda seat: not seat.code) == Seat("Ada", "")
    assert whose_turn(record("k"), order, lambda seat: False) is None
    only = [Seat("Kim", "k")]
    assert whose_turn([], only, lambda seat: True, only) == only[0]  # all were passed over: they come again


def test_where_ais_are_hidden_the_order_tells_nothing() -> None:
    assert [seat.name for seat in order_of(room(False))] == ["Ada", "Kim", "Lou", "Mia"]
    assert [seat.name for seat in order_of(room(True))] == ["Kim", "Lou", "Ada", "Mia"]


@given(st.text("klAMam", max_size=20), st.sets(st.sampled_from("kl")))
def test_nobody_has_two_turns_in_a_row_while_others_can_write(said: str, passed: set[str]) -> None:
    order = order_of(room())
    seats = [seat for seat in order if seat.code in passed and seat.code]
    found = whose_turn(record(said), order, lambda seat: True, seats)
    assert found is not None and found not in seats
    if said:
        last = {"a": "Ada", "m": "Mia", "A": "Ada", "M": "Mia", **PEOPLE}[said[-1]]
        assert found.name != last


@pytest.mark.parametrize(
    ("said", "missing"),
    [("", "kl"), ("k", "l"), ("kk", "l"), ("kl", ""), ("klA", "kl"), ("klM", ""), ("klAk", "l"), ("klb", "")],
)
def test_a_round_waits_for_all(said: str, missing: str) -> None:
    assert still_to_write(record(said), PEOPLE, ADA) == list(missing)


def test_a_round_begins_after_what_the_ai_knew() -> None:
    said = record("klA")
    said[2] = replace(said[2], params={"heard": 2})
    assert still_to_write(said, PEOPLE, ADA) == ["k", "l"]
    said[2] = replace(said[2], params={"heard": 1})  # Lou wrote while it was writing
    assert still_to_write(said, PEOPLE, ADA) == ["k"]
