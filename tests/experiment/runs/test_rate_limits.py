"""Limits per minute: the pace that the service sees, in any window, also after it asked for a pause."""

import asyncio
import threading
import time
from itertools import pairwise

import pytest

from otree_ego import GPTThread
from otree_ego.errors import ConfigError, Overloaded, RateLimited
from otree_ego.experiment import factorial
from otree_ego.experiment.runs.rate_limits import RateLimiter
from otree_ego.messages import Reply, Request, Usage
from otree_ego.providers.openai.provider import sdk

# Arrivals are a little later than departures, by how much the machine is busy.
BUSY = 0.15


def request(text="Hello", **params):
    return Request("gpt-6-luna", (("user", text),), params)


async def through(limiter, number, text="Hello", times=None, tokens=None):
    """Send so many at once; returns when each was let out."""
    times = [] if times is None else times

    async def one():
        mine = request(text)
        await limiter.admit(mine)
        times.append(time.monotonic())
        if tokens:
            limiter.note(mine, Reply("x", usage=Usage(tokens, 0)))

    await asyncio.gather(*(one() for _ in range(number)))
    return times


def most_in(times, seconds):
    """How many at most in any window of so many seconds."""
    times = sorted(times)
    return max(sum(start <= t < start + seconds for t in times) for start in times)


@pytest.fixture
def late():
    """How late the machine woke somebody at worst, so far: whom it has kept from running leave in a bunch."""
    worst, over = [0.0], threading.Event()

    def sleep():
        while not over.is_set():
            started = time.monotonic()
            time.sleep(0.005)
            worst[0] = max(worst[0], time.monotonic() - started - 0.005)

    sleeper = threading.Thread(target=sleep, daemon=True)
    sleeper.start()
    yield lambda: worst[0]
    over.set()
    sleeper.join()


@pytest.fixture(autouse=True)
def _exact(request):
    """Where nobody is asked and one loop is enough, no machine is too slow for a limit."""
    if "openai" not in request.fixturenames and "several_loops" not in request.node.name:
        request.getfixturevalue("clock")


def gpt(**more):
    return GPTThread("gpt-6-luna", backoff=0.01, **more)


@pytest.mark.parametrize("wrong", [0, -1, True, "10", float("nan"), None.__class__])
def test_a_limit_is_a_number_above_zero(wrong):
    with pytest.raises(ConfigError, match="requests_per_minute"):
        RateLimiter(requests_per_minute=wrong)
    with pytest.raises(ConfigError, match="tokens_per_minute"):
        RateLimiter(tokens_per_minute=wrong)


def test_without_limits_nobody_waits():
    started = time.monotonic()
    asyncio.run(through(RateLimiter(), 500))
    assert time.monotonic() - started < 30


def test_requests_leave_at_an_even_pace(late):
    times = asyncio.run(through(RateLimiter(requests_per_minute=1200), 21))
    assert times[-1] - times[0] >= 20 * 0.05 - 0.01
    assert times[-1] - times[0] < 20 * 0.05 + 1
    assert most_in(times, 0.5) <= 11 + 20 * late()


def test_a_rest_saves_nothing_up():
    limiter = RateLimiter(requests_per_minute=1200)

    async def twice():
        first = await through(limiter, 3)
        await asyncio.sleep(0.4)
        return first + await through(limiter, 10)

    assert most_in(asyncio.run(twice()), 0.45) <= 10


def test_a_pause_that_the_service_asks_for_holds_everybody_and_the_pace_is_kept_after_it(late):
    limiter = RateLimiter(requests_per_minute=1200)

    async def play():
        times = []
        waiting = asyncio.ensure_future(through(limiter, 20, times=times))
        while len(times) < 5:
            await asyncio.sleep(0.01)
        asked = time.monotonic()
        limiter.note(request(), RateLimited("slow", retry_after=0.6))
        limiter.note(request(), RateLimited("slow", retry_after=0.6))  # of the same crowd: says nothing new
        await asyncio.gather(waiting, through(limiter, 10, times=times))
        return asked, times

    asked, times = asyncio.run(play())
    assert not [t for t in times if asked + 0.01 < t < asked + 0.58]
    later = sorted(t for t in times if t >= asked + 0.58)
    assert len(later) >= 24
    assert most_in(later, 0.5) <= 11 + 20 * late()
    assert later[0] < asked + 0.6 + 0.3 + late()


def test_without_the_services_word_the_pause_doubles_and_a_reply_ends_it():
    limiter = RateLimiter()
    pauses = []
    for _ in range(3):
        limiter._paused_until = 0.0
        limiter.note(request(), RateLimited("slow"))
        pauses.append(round(limiter._paused_until - time.monotonic()))
    limiter.note(request(), Reply("x"))
    limiter._paused_until = 0.0
    limiter.note(request(), RateLimited("slow"))
    pauses.append(round(limiter._paused_until - time.monotonic()))
    assert pauses == [1, 2, 4, 1]


def test_other_errors_and_an_empty_account_hold_nobody():
    limiter = RateLimiter()
    limiter.note(request(), Overloaded("x"))
    limiter.note(request(), RateLimited("no credit", retryable=False, retry_after=9.0))
    started = time.monotonic()
    asyncio.run(through(limiter, 5))
    assert time.monotonic() - started < 8


def test_tokens_are_counted_as_the_service_counts_them():
    limiter = RateLimiter(tokens_per_minute=60_000)  # a thousand a second

    async def play():
        times = []
        for _ in range(8):
            await through(limiter, 1, times=times, tokens=200)
        return times

    times = asyncio.run(play())
    assert times[-1] - times[1] >= 6 * 0.2 - 0.05
    assert times[-1] - times[0] < 7 * 0.2 + 0.6


def test_a_limiter_can_be_used_from_several_loops_at_once():
    limiter, times = RateLimiter(requests_per_minute=1200), []
    threads = [threading.Thread(target=lambda: asyncio.run(through(limiter, 7, times=times))) for _ in range(3)]
    [thread.start() for thread in threads]
    [thread.join() for thread in threads]
    assert max(times) - min(times) >= 20 * 0.05 - 0.01


def test_whoever_gives_up_waiting_leaves_nothing_behind():
    limiter = RateLimiter(tokens_per_minute=60_000)

    async def play():
        await limiter.admit(request("x" * 4000))
        waiting = [asyncio.ensure_future(limiter.admit(request())) for _ in range(3)]
        await asyncio.sleep(0.01)
        [each.cancel() for each in waiting]
        await asyncio.gather(*waiting, return_exceptions=True)

    asyncio.run(play())
    assert len(limiter._estimates) == 1


def test_the_portions_of_some_workers_are_the_limits_of_all():
    assert RateLimiter(600, 9000).portion(3) == {
        "requests_per_minute": pytest.approx(200), "tokens_per_minute": pytest.approx(3000)
    }  # fmt: skip
    assert RateLimiter().portion(3) == {"requests_per_minute": None, "tokens_per_minute": None}


# --- as the service sees it ---


@pytest.fixture(autouse=True)
def _ready():
    """Loading the SDK would hold the first requests back after they were let out."""
    sdk()


@pytest.fixture
def openai(openai):
    """The service, asked before: so would the first of all connections."""
    openai.reply = "5"
    factorial("{{ b }}", b=[1, 2]).run(gpt, int, concurrency=2)
    openai.requests.clear()
    openai.requests.times.clear()
    return openai


def test_the_service_sees_the_limit_of_requests_in_every_window(openai, late):
    openai.reply = "5"
    factorial("{{ a }}", a=list(range(25))).run(gpt, int, requests_per_minute=900, concurrency=12)
    times = openai.requests.times
    assert times[-1] - times[0] >= 24 * 60 / 900 - BUSY - 2 * late()
    assert most_in(times, 0.5) <= 0.5 * 15 + 1 + 15 * (BUSY + 2 * late())


def test_the_service_sees_the_limit_after_a_pause_too(openai, late):
    openai.reply = "5"
    openai.fail(429, times=3, retry_after=0.8)
    data = factorial("After it: {{ a }}", a=list(range(20))).run(gpt, int, requests_per_minute=900, concurrency=12)
    assert [row["result"] for row in data] == [5] * 20
    times = openai.requests.times
    pauses = [later - earlier for earlier, later in pairwise(times)]
    assert max(pauses) >= 0.7
    after = [t for t in times if t > times[pauses.index(max(pauses))]]
    assert most_in(after, 0.5) <= 0.5 * 15 + 1 + 15 * (BUSY + 2 * late())
    assert data.wide[0]["requests"] + sum(row["requests"] for row in data.wide[1:]) == len(times)


def test_a_request_that_is_repeated_counts_as_one_more(openai, late):
    openai.reply = "5"
    openai.fail(503, times=10)
    factorial("Twice: {{ a }}", a=list(range(10))).run(gpt, int, requests_per_minute=900, concurrency=10)
    times = openai.requests.times
    assert len(times) == 20
    assert times[-1] - times[0] >= 19 * 60 / 900 - BUSY - 2 * late()


def test_the_service_sees_the_limit_of_tokens(openai, late):
    openai.reply = "word " * 99 + "end"
    tokens = 100 + 1
    factorial("{{ a }}", a=list(range(24))).run(gpt, None, tokens_per_minute=60 * 1500, concurrency=3)
    times = openai.requests.times
    # The first answers are longer than was expected; from then on it holds.
    assert (len(times) - 4) * tokens / (times[-1] - times[4] + 2 * late()) <= 1500 * 1.2
