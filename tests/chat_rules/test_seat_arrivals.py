"""Groups by arrival: each gets the seats that it is to have, nobody waits in vain, and seats do not pair off."""

from __future__ import annotations

from dataclasses import dataclass, field
from random import Random
from typing import Any

import pytest
from hypothesis import given, strategies as st

from otree_ego.chat_rules.seat_arrivals import PATIENCE, Arrivals, Waiter, new_group, per_group, wanted
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
        per_group(seat_number("1 of 2"), 4),
        per_group(seat_number("2 of 3"), 6),
        per_group(seat_number("1 of 2"), 3),
        per_group(seat_number("0 of 2"), 2),
    ) == (2, 4, 0, 0)
    assert (
        per_group(seat_number("2 of 4"), 2) == per_group(seat_number("3 of 3"), 3) == per_group(seat_number(2), 3) == 0
    )


# --- groups with a number of seats each -----------------------------------------------------------------------------


@dataclass
class Arrival:
    """A page that makes groups, with people and seats: as `group_arrivals` counts them, without a server."""

    size: int
    own: int
    humans: int
    seats: int
    groups: list[list[str]] = field(default_factory=list)
    here: dict[str, float] = field(default_factory=dict)
    away: set[str] = field(default_factory=set)
    now: float = 0.0

    def __post_init__(self) -> None:
        self.people = self.humans + self.seats
        self.to_come = [f"human {number}" for number in range(self.humans)]
        self.held = [f"seat {number}" for number in range(self.seats)]

    @property
    def found(self) -> Arrivals:
        seats = sum(each.startswith("seat") for each in self.here)
        return Arrivals(
            humans_here=len(self.here) - seats, humans_to_come=len(self.to_come), seats_here=seats, seats=self.seats,
            people=self.people, group_size=self.size, per_group=self.own, seats_to_come=len(self.held),
            humans_away=len(self.away),
        )  # fmt: skip

    def loads(self, who: str) -> None:
        """Somebody loads the page."""
        for place in (self.to_come, self.held):
            if who in place:
                place.remove(who)
        self.away.discard(who)
        self.here.setdefault(who, self.now)
        line = sorted(self.here)
        waiting = [Waiter(each.startswith("seat"), self.now - self.here[each]) for each in line]
        if chosen := [line[at] for at in new_group(self.found, waiting)]:
            self.groups.append(chosen)
            for each in chosen:
                del self.here[each]

    def leaves(self, who: str) -> None:
        if self.here.pop(who, None) is not None:
            self.away.add(who)

    def seats_come(self) -> None:
        while self.held and len([each for each in self.here if each.startswith("seat")]) < wanted(self.found):
            self.loads(self.held[0])

    def settles(self) -> None:
        """Everybody loads the page again, now and after a long time."""
        for _ in range(self.people):
            self.seats_come()
            for who in sorted(self.here):
                if who in self.here:
                    self.loads(who)
            self.now += PATIENCE

    def seats_of(self, group: list[str]) -> int:
        return sum(each.startswith("seat") for each in group)


SHARES = [(2, 1), (3, 1), (3, 2), (4, 1), (4, 3), (5, 2)]


@pytest.mark.parametrize("size, own", SHARES)
@given(seed=st.integers(0, 10_000), groups=st.integers(1, 5))
def test_whoever_comes_when_each_group_has_its_seats(size: int, own: int, groups: int, seed: int) -> None:
    page, draw = Arrival(size, own, groups * (size - own), groups * own), Random(seed)
    while page.to_come:
        page.loads(draw.choice(page.to_come))  # several in the same moment, before a seat is there
        if draw.random() < 0.4:
            page.seats_come()
    page.settles()
    assert [page.seats_of(group) for group in page.groups] == [own] * groups
    assert not page.here


@pytest.mark.parametrize("size, own", SHARES)
@given(seed=st.integers(0, 10_000), groups=st.integers(1, 4), lost=st.integers(0, 12), absent=st.integers(0, 12))
def test_nobody_is_locked_out(size: int, own: int, groups: int, lost: int, absent: int, seed: int) -> None:
    """People leave and come back, do not come at all, and seats are lost: no group that could be formed is missing."""
    page, draw = Arrival(size, own, groups * (size - own), groups * own), Random(seed)
    expected = page.to_come[: max(0, len(page.to_come) - absent)]
    for _ in range(60):
        step = draw.random()
        if step < 0.4 and expected:
            page.loads(expected.pop(draw.randrange(len(expected))))
        elif step < 0.5 and page.here:
            humans = [each for each in sorted(page.here) if each.startswith("human")]
            page.leaves(draw.choice(humans) if humans else "")
        elif step < 0.6 and page.away:
            page.loads(draw.choice(sorted(page.away)))
        elif step < 0.65 and lost and page.held:
            page.held.pop()
            lost -= 1
        else:
            page.seats_come()
            page.now += draw.choice([0.0, 5.0, PATIENCE])
    for who in [*expected, *sorted(page.away)]:
        page.loads(who)
    page.settles()
    humans = len([each for each in page.here if each.startswith("human")])
    assert all(len(group) == size for group in page.groups)
    if page.to_come:  # links that nobody opens: as in any study, whoever is alone waits for the others
        assert humans < size - own or not page.held
    else:
        assert not humans or len(page.here) + len(page.held) < size
    assert humans < size
    if not page.away and not page.to_come and not humans:
        assert len(page.here) + len(page.held) < size, "the seats that are left are grouped among themselves"


def test_when_a_group_goes_without_its_seats() -> None:
    two, old = [Waiter(False, 0.0)] * 2, [Waiter(False, PATIENCE)] * 2
    usual: dict[str, Any] = dict(seats=2, people=4, per_group=1, seats_to_come=2, humans_here=2)
    assert new_group(at(**usual), two) == []
    assert new_group(at(**usual), old) == [0, 1], "no seat has come for a long time"
    assert new_group(at(**usual), [*old[:1], *two[:1]]) == [], "the second has just come"
    assert new_group(at(**{**usual, "seats_to_come": 0}), two) == [0, 1], "no seat is left"
    assert new_group(at(**{**usual, "seats_to_come": 1, "humans_to_come": 0}), two) == [0, 1], "one would be left alone"
    assert new_group(at(**{**usual, "humans_here": 0, "humans_away": 1}), [Waiter(True, 99.0)] * 2) == []


def test_seats_are_kept_for_people_whose_tab_is_hidden() -> None:
    gone: dict[str, Any] = dict(humans_to_come=0, seats=6, people=9, group_size=3, per_group=2, seats_to_come=6)
    assert wanted(at(**gone, humans_away=1)) == 4
    assert wanted(at(**gone, humans_away=3)) == 0
    assert wanted(at(**gone)) == 6
    assert wanted(at(**{**gone, "group_size": 0, "per_group": 0}, humans_away=1)) == 0
