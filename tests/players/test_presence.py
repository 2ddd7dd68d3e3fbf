"""Who is gone, by cases."""

from __future__ import annotations

import pytest
from hypothesis import given, strategies as st

from otree_ego.players.presence import Signs, Standing, gone_from, is_gone, may_be_played_on

CASES = [
    ("came and is silent", Signs(0), 120),
    ("asked for a page and is silent", Signs(0, last_request=30), 150),
    ("closed the tab later", Signs(0, last_request=30, tab_closed=90), 210),
    ("has a tab open", Signs(0, last_request=30, open_tabs=1), None),
    ("closed one of two tabs", Signs(0, last_request=30, tab_closed=40, open_tabs=1), None),
    ("reads a page that keeps no connection", Signs(0, last_request=30, page_connects=False), None),
    ("the server was restarted", Signs(1000), 1120),
    ("the app says so, with a tab open", Signs(0, last_request=30, open_tabs=2, dropped_out=50), 50),
    ("the app says so, of a page without a connection", Signs(0, page_connects=False, dropped_out=50), 50),
    ("the app says so, and the open tab goes on", Signs(0, last_request=60, open_tabs=1, dropped_out=50), 50),
]  # fmt: skip


@pytest.mark.parametrize("signs,moment", [case[1:] for case in CASES], ids=[case[0] for case in CASES])
def test_from_when_somebody_is_gone(signs: Signs, moment: float | None) -> None:
    assert gone_from(signs, 120) == moment
    if moment is not None:
        assert is_gone(signs, 120, moment) and not is_gone(signs, 120, moment - 1)
    else:
        assert not is_gone(signs, 120, 1e9)


times = st.none() | st.integers(0, 10_000)


@given(times, times, st.integers(0, 3), st.booleans(), st.integers(1, 1000), st.integers(10_000, 11_000))
def test_nobody_is_gone_who_was_there_a_moment_ago(
    request: int | None, closed: int | None, tabs: int, connects: bool, patience: int, now: int
) -> None:
    signs = Signs(10_000, request, tabs, closed, connects)
    if is_gone(signs, patience, now):
        assert not tabs and connects and now - 10_000 >= patience, "a server's start counts as a sign"
    assert not is_gone(Signs(0, now, tabs, closed, connects), patience, now)


@pytest.mark.parametrize(
    "standing,never_on,may",
    [
        (Standing("trust", "Send", 1), [], True),
        (Standing("trust", "Send", 0), [], False),
        (Standing("trust", "Send", 3, over=True), [], False),
        (Standing("trust", "Send", 3, ended=True), [], False),
        (Standing("recruit", "Consent", 3, is_end=True), [], False),
        (Standing("consent", "Check", 3, people_only=True), [], False),
        (Standing("trust", "Send", 3), ["Send"], False),
        (Standing("trust", "Send", 3), ["trust.Send"], False),
        (Standing("trust", "Send", 3), ["trust"], False),
        (Standing("trust", "Send", 3), ["dictator.Send", "Return", "send"], True),
    ],
)
def test_where_a_model_may_play_on(standing: Standing, never_on: list[str], may: bool) -> None:
    assert may_be_played_on(standing, never_on) is may
