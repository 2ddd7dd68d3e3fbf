"""Limits that services tell in their headers: read in every form, and asked with one short question."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone

import pytest
from harness.provider_fixtures import clean_slate as clean_slate, uni as uni
from hypothesis import given, settings, strategies as st

from otree_ego.providers.told_limits import DAY, MINUTE, ToldLimit, ask_limits, duration, read_limits
from otree_ego.testing import FakeService

FEW = settings(max_examples=40)
SOON = (datetime.now(timezone.utc) + timedelta(seconds=2)).isoformat().replace("+00:00", "Z")
HEADERS: dict[str, tuple[dict[str, str], str, list[tuple[str, float, float]]]] = {
    "OpenAI": (
        {
            "x-ratelimit-limit-requests": "500", "x-ratelimit-remaining-requests": "499",
            "x-ratelimit-reset-requests": "120ms", "x-ratelimit-limit-tokens": "200000",
            "x-ratelimit-remaining-tokens": "199980", "x-ratelimit-reset-tokens": "6ms",
        },
        "openai",
        [("requests", 500, MINUTE), ("tokens", 200_000, MINUTE)],
    ),
    "Groq, whose requests are a day's": (
        {
            "x-ratelimit-limit-requests": "14400", "x-ratelimit-remaining-requests": "14399",
            "x-ratelimit-reset-requests": "6s", "x-ratelimit-limit-tokens": "6000",
            "x-ratelimit-remaining-tokens": "5990", "x-ratelimit-reset-tokens": "100ms",
        },
        "groq",
        [("tokens", 6000, MINUTE), ("requests", 14_400, DAY)],
    ),
    "Groq, when nothing is used": ({"x-ratelimit-limit-requests": "1000"}, "groq", [("requests", 1000, DAY)]),
    "Anthropic": (
        {
            "anthropic-ratelimit-requests-limit": "50", "anthropic-ratelimit-requests-remaining": "49",
            "anthropic-ratelimit-requests-reset": SOON, "anthropic-ratelimit-input-tokens-limit": "30000",
            "anthropic-ratelimit-output-tokens-limit": "8000",
        },
        "anthropic",
        [("requests", 50, MINUTE), ("tokens", 30_000, MINUTE), ("tokens out", 8000, MINUTE)],
    ),
    "times in the names": (
        {"X-RateLimit-Limit-Minute": "30", "X-RateLimit-Limit-Day": "1000", "X-RateLimit-Remaining-Day": "3"},
        "",
        [("requests", 30, MINUTE), ("requests", 1000, DAY)],
    ),
    "the IETF's": ({"RateLimit-Limit": "100, 100;w=10"}, "", [("requests", 100, 10)]),
    "the strictest counts": (
        {"x-ratelimit-limit-tokens": "9000", "x-ratelimit-limit-tokens-minute": "8000"}, "", [("tokens", 8000, MINUTE)]
    ),
    "none": ({"content-type": "text/event-stream", "x-ratelimit-remaining-requests": "3", "x-limit": "5"}, "", []),
    "odd ones": (
        {"x-ratelimit-limit-requests": "unlimited", "x-ratelimit-limit-tokens": "-1", "ratelimit-limit": "0"}, "", []
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", HEADERS)
def test_headers(case: str) -> None:
    headers, service, limits = HEADERS[case]
    assert read_limits(headers.items(), service) == [ToldLimit(*each) for each in limits]


def test_what_a_minute_allows() -> None:
    assert ToldLimit("requests", 100, 10).a_minute == 600


@FEW
@given(
    st.dictionaries(
        st.sampled_from([name for headers, _, _ in HEADERS.values() for name in headers]) | st.text(max_size=40),
        st.text(max_size=30) | st.integers(-(10**20), 10**20).map(str),
    )
)
def test_any_headers_are_read(headers: dict[str, str]) -> None:
    for limit in read_limits(headers.items()):
        assert limit.amount > 0 and limit.seconds > 0 and limit.a_minute > 0
    for value in headers.values():
        duration(value)


@FEW
@given(st.integers(2, 10**6), st.integers(1, 50), st.sampled_from([MINUTE, 3600.0, DAY]))
def test_the_time_follows_from_how_fast_requests_are_given_back(amount: int, used: int, seconds: float) -> None:
    used = min(used, amount)
    headers = {
        "x-ratelimit-limit-requests": str(amount),
        "x-ratelimit-remaining-requests": str(amount - used),
        "x-ratelimit-reset-requests": f"{seconds * used / amount:.6f}s",
    }
    if seconds * used / amount > 0.0001:
        assert read_limits(headers.items()) == [ToldLimit("requests", amount, seconds)]


@pytest.mark.usefixtures("clean_slate")
def test_a_service_is_asked(uni: FakeService) -> None:
    headers = HEADERS["OpenAI"][0]
    uni.send('data: {"choices": [{"delta": {"content": "Yes"}}]}\n\n', "data: [DONE]\n\n", headers=headers)
    assert ask_limits("uni/m") == [ToldLimit("requests", 500, 60), ToldLimit("tokens", 200_000, 60)]
    assert len(uni.requests) == 1
    assert ask_limits("uni/m") == []  # it answers, and tells nothing
    uni.send("{}", status=429, headers={**headers, "Content-Type": "application/json"})
    assert ask_limits("uni/m") == [ToldLimit("requests", 500, 60), ToldLimit("tokens", 200_000, 60)]
    uni.fail(500)
    assert ask_limits("uni/m") is None


@pytest.mark.usefixtures("clean_slate")
def test_what_cannot_be_asked_tells_nothing() -> None:
    assert ask_limits("gpt-6-luna") is None  # no key
    assert ask_limits("constant/Hi") is None
    assert ask_limits("nowhere/m") is None
    assert ask_limits("textsynth/m") is None
