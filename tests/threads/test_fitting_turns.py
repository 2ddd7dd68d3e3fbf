"""Which turns of a conversation are sent when not all of them fit."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import pytest
from hypothesis import given, strategies as st

from otree_ego.threads.fitting_turns import SizedTurn, fitting, last_turn

SIZES = st.integers(1, 60)


@st.composite
def conversations(draw: st.DrawFn) -> list[SizedTurn]:
    """Instructions, then questions with their replies, some with instructions between, some unanswered or refused."""
    turns = [SizedTurn("system", draw(SIZES), stays=True)] * draw(st.integers(0, 2))
    for _ in range(draw(st.integers(0, 12))):
        if draw(st.booleans()):
            turns.append(SizedTurn(draw(st.sampled_from(["system", "user"])), draw(SIZES), stays=True))
        kind = draw(st.sampled_from(["turn", "turn", "turn", "refused", "alone"]))
        turns.append(SizedTurn("user", draw(SIZES), refused=kind == "refused"))
        if kind == "turn":
            turns.append(SizedTurn("assistant", draw(SIZES)))
            if draw(st.booleans()):
                turns += [SizedTurn("user", draw(SIZES), continues=True), SizedTurn("assistant", draw(SIZES))]
    turns.append(SizedTurn("user", draw(SIZES)))
    if draw(st.booleans()):
        turns += [SizedTurn("assistant", draw(SIZES)), SizedTurn("user", draw(SIZES), continues=True)]
    return turns


@given(conversations(), st.integers(1, 400), st.integers(0, 100))
def test_never_more_than_fits_and_never_without_what_must_stay(turns: list[SizedTurn], most: int, step: int) -> None:
    tail = last_turn(turns)
    must = [at for at, turn in enumerate(turns) if turn.stays or at >= tail]
    kept = fitting(turns, most, step)
    if sum(turns[at].tokens for at in must) > most:
        assert kept is None
        return
    assert kept is not None and kept == sorted(kept) and set(must) <= set(kept)
    assert sum(turns[at].tokens for at in kept) <= most
    if sum(turn.tokens for turn in turns) <= most:
        assert kept == [*range(len(turns))]


@given(conversations(), st.integers(1, 400), st.integers(0, 100))
def test_whole_turns_are_left_out_the_oldest_first(turns: list[SizedTurn], most: int, step: int) -> None:
    kept = fitting(turns, most, step) or [*range(len(turns))]
    free = [at for at in range(last_turn(turns)) if not turns[at].stays and not turns[at].refused]
    stayed = [at for at in free if at in kept]
    assert stayed == free[len(free) - len(stayed) :]  # the newest
    if stayed and len(stayed) < len(free):  # it begins with a question, so that roles take turns
        assert turns[stayed[0]].role == "user"


@given(conversations(), st.integers(1, 400))
def test_no_turn_is_left_out_that_would_have_fit(turns: list[SizedTurn], most: int) -> None:
    kept = fitting(turns, most)
    gone = [at for at in range(len(turns)) if kept is not None and at not in kept and not turns[at].refused]
    if kept is None or not gone:
        return
    newest = [at for at in gone if at >= max(at for at in gone if turns[at].role == "user" or at == gone[0])]
    assert sum(turns[at].tokens for at in [*kept, *newest]) > most


@given(conversations(), st.integers(1, 400))
def test_refusing_leaves_out_nothing_but_what_was_refused(turns: list[SizedTurn], most: int) -> None:
    kept = fitting(turns, most, drop=False)
    if kept is not None:
        gone = [at for at in range(len(turns)) if at not in kept]
        assert all(turns[at].refused for at in gone)


def test_what_is_sent_begins_in_the_same_way_for_some_turns() -> None:
    turns = [SizedTurn("system", 10, stays=True)]
    starts = []
    for _ in range(40):
        turns.append(SizedTurn("user", 10))
        kept = fitting(turns, 400, 50)
        assert kept is not None
        starts.append(kept[1])
        turns.append(SizedTurn("assistant", 10))
    changes = sum(one != other for one, other in pairwise(starts))
    assert 5 <= changes <= 9  # and not with each of the twenty turns after it was full


@pytest.mark.parametrize("again", [1, 2, 3])
def test_a_typed_question_stays_with_all_tries_at_it(again: int) -> None:
    turns = [SizedTurn("user", 5), SizedTurn("assistant", 5), SizedTurn("user", 5)]
    turns += [SizedTurn("assistant", 5), SizedTurn("user", 5, continues=True)] * again
    assert last_turn(turns) == 2
    assert fitting(turns, 5 * (2 * again + 1)) == [*range(2, len(turns))]
    assert fitting(turns, 5 * (2 * again + 1) - 1) is None


def test_a_refused_question_goes_first_however_new_it_is() -> None:
    turns = [SizedTurn("user", 5), SizedTurn("assistant", 5), SizedTurn("user", 90, refused=True), SizedTurn("user", 5)]
    assert fitting(turns, 50) == [0, 1, 3]
    assert fitting(turns, 50, drop=False) == [0, 1, 3]
    assert fitting([*turns[:2], replace(turns[2], refused=False), turns[3]], 50) == [3]


def test_without_a_users_message_the_last_one_stays() -> None:
    turns = [SizedTurn("assistant", 5), SizedTurn("assistant", 5)]
    assert last_turn(turns) == 1 and fitting(turns, 5) == [1]
    assert fitting([], 5) == [] and last_turn([]) == 0
