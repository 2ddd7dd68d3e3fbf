"""Groups by arrival: each gets the seats that it is to have, nobody waits in vain, and seats do not pair off."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, strategies as st

from otree_ego.chat_rules.seat_arrivals import Arrivals, per_group, wanted
from otree_ego.chat_rules.seat_settings import seat_number


def at(**found: Any) -> Arrivals:
    usual = dict(humans_here=0, humans_to_come=9, seats_here=0, seats=4, people=13, group_size=2)
    return Arrivals(**{**usual, **found})


@pytest.mark.parametrize(
    "found, number",
    [
        (at(), 0),  # nobody is there: seats do not pair off
        (at(humans_here=1), 1),
        (at(humans_here=2), 2),
        (at(humans_here=1, group_size=3), 0),  # about one seat for two people
        (at(humans_here=2, group_size=3), 1),
        (at(humans_here=1, group_size=3, per_group=2), 2),
        (at(humans_here=3, group_size=3, per_group=2), 6),
        (at(humans_here=1, humans_to_come=0, group_size=3), 2),  # nobody else comes
        (at(humans_here=2, humans_to_come=0, group_size=2), 0),
        (at(humans_to_come=0), 4),  # only seats are left
        (at(humans_here=1, group_size=0), 1),  # the app has rules of its own
        (at(humans_here=3, group_size=0), 2),
        (at(humans_here=1, humans_to_come=0, group_size=0), 4),
    ],
)
def test_how_many_seats_are_wanted(found: Arrivals, number: int) -> None:
    assert wanted(found) == number


@given(people=st.integers(1, 12), seats=st.integers(1, 12), size=st.integers(2, 5), of=st.integers(0, 4))
def test_everybody_gets_a_group_in_the_end(people: int, seats: int, size: int, of: int) -> None:
    """People come one after the other; whoever is left at the end could have been grouped with nobody."""
    left, humans, groups = seats, 0, []
    for coming in reversed(range(people)):
        humans += 1
        here = 0
        while True:
            own = min(of, size - 1)
            found = Arrivals(humans, coming, here, left + here, people + seats, size, own)
            here_now = min(left + here, max(here, wanted(found)))
            left, here = left - (here_now - here), here_now
            if humans + here < size:
                break
            taken = min(humans, size)  # oTree takes those who came first
            groups.append((taken, size - taken))
            humans, here = humans - taken, here - (size - taken)
        left += here
    assert humans < size and all(sum(group) == size for group in groups)
    assert not (humans and left >= size - humans), "somebody waits, and there are seats for a group"


def test_seats_of_each_group() -> None:
    assert per_group(seat_number("2 of 3"), 3) == 2
    assert (
        per_group(seat_number("2 of 4"), 2) == per_group(seat_number("3 of 3"), 3) == per_group(seat_number(2), 3) == 0
    )
