"""How fast requests may go out: so many a minute, so many tokens a minute, and never against a service's word."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Awaitable, Callable

from ...errors import ConfigError, EgoError, RateLimited
from ...messages import Reply, Request
from ...threads.turns import spoken
from .waiting import Reason

USUAL_ANSWER = 64
"""Tokens that an answer is taken to have until some have come."""
LONGEST_PAUSE = 60.0
LONGEST_ASKED = 3600.0
"""Seconds after which a service is asked again, if it asks for a longer pause."""
PACE = Reason("requests_per_minute or tokens_per_minute allows no more", pace=True)
Sleep = Callable[[float, Reason], Awaitable[None]]
"""Lets some seconds pass, for a reason."""


async def _sleep(seconds: float, reason: Reason) -> None:
    await asyncio.sleep(seconds)


class RateLimiter:
    """Lets requests out at an even pace, in the order in which they come.

    The pace is even rather than bursty, so that no minute, wherever it begins, has more than the limit. When a service
    says that there were too many (HTTP 429), everybody waits for as long as it says, or one second, doubled each time
    in a row.

    Arguments:
        requests_per_minute: None for no limit.
        tokens_per_minute: in and out together; None for no limit. A request is estimated before it is sent (four
            characters a token, and answers as long as those before) and put right when its reply has come.

    >>> limiter = RateLimiter(requests_per_minute=600)
    >>> asyncio.run(limiter.admit(Request("constant/x", (("user", "Hello"),))))
    """

    def __init__(self, requests_per_minute: float | None = None, tokens_per_minute: float | None = None) -> None:
        for name, value in (("requests_per_minute", requests_per_minute), ("tokens_per_minute", tokens_per_minute)):
            if value is not None and (isinstance(value, bool) or not isinstance(value, int | float) or not value > 0):
                raise ConfigError(f"{name} must be a number above 0, or None for no limit, not {value!r}.")
        self._per_request = 60 / requests_per_minute if requests_per_minute else 0.0
        self._per_token = 60 / tokens_per_minute if tokens_per_minute else 0.0
        self._lock = threading.Lock()
        self._free = 0.0  # when the next request may go, on the clock of time.monotonic
        self._tokens_free = 0.0
        self._shift = 0.0  # seconds by which a service's pauses have moved all reservations
        self._paused_until = 0.0
        self._pause = PACE  # why
        self._refusals = 0
        self._answer = float(USUAL_ANSWER)
        self._estimates: dict[int, float] = {}

    async def admit(self, request: Request, sleep: Sleep = _sleep) -> None:
        """Wait until this request may go out.

        Arguments:
            request: what is to be sent. sleep: is awaited to let time pass, with the seconds and why.
        """
        with self._lock:
            due, shift = self._reserve(request), self._shift
        while True:
            with self._lock:
                now = time.monotonic()
                wait = max(due + self._shift - shift, self._paused_until) - now
                reason = self._pause if self._paused_until > now else PACE
            if wait <= 0:
                return
            try:
                await sleep(wait, reason)
            except BaseException:
                self._estimates.pop(id(request.messages), None)
                raise

    @property
    def pause(self) -> tuple[float, Reason]:
        """Seconds that are left of a pause that a service asked for, and why; 0 if there is none."""
        with self._lock:
            return max(0.0, self._paused_until - time.monotonic()), self._pause

    def hold(self, seconds: float, reason: Reason) -> None:
        """Send nothing for some seconds."""
        with self._lock:
            self._hold(time.monotonic(), seconds, reason)

    async def wait_until_free(self, sleep: Sleep = _sleep) -> None:
        """Wait until another request could go out."""
        with self._lock:
            now = time.monotonic()
            free = max(self._free, self._tokens_free, self._paused_until)
            reason = self._pause if self._paused_until > now else PACE
        if free > now:
            await sleep(free - now, reason)

    def _reserve(self, request: Request) -> float:
        now = time.monotonic()
        due = max(now, self._free, self._tokens_free)
        self._free = due + self._per_request
        if self._per_token:
            estimate = sum(len(text) for _, text in request.messages) / 4 + self._expected(request)
            self._estimates[id(request.messages)] = estimate
            self._tokens_free = due + estimate * self._per_token
        return due

    def _expected(self, request: Request) -> float:
        most = request.params.get("max_tokens")
        return min(self._answer, most) if isinstance(most, int) else self._answer

    def note(self, request: Request, came: Reply | EgoError) -> None:
        """Learn from what came of a request."""
        with self._lock:
            estimate = self._estimates.pop(id(request.messages), 0.0)
            if isinstance(came, Reply):
                self._refusals = 0
                out = came.usage.output
                if out is not None:
                    self._answer += (out - self._answer) / 10
                if self._per_token and out is not None and came.usage.input is not None:
                    self._tokens_free += (came.usage.input + out - estimate) * self._per_token
            elif isinstance(came, RateLimited) and came.retryable:
                self._refused(came.service or request.model, came.retry_after)

    def _refused(self, service: str, seconds: float | None) -> None:
        now = time.monotonic()
        if now < self._paused_until:  # sent before the pause began: it says nothing new
            return
        if seconds is None:
            pause = min(LONGEST_PAUSE, 2.0**self._refusals)
            reason = Reason(f"{service} asks for fewer requests (HTTP 429)")
        else:
            pause = min(seconds, LONGEST_ASKED)
            reason = Reason(f"{service} asks for a pause of {spoken(seconds)} (HTTP 429)", seconds)
        self._refusals += 1
        self._hold(now, pause, reason)

    def _hold(self, now: float, pause: float, reason: Reason) -> None:
        self._paused_until, self._pause = now + pause, reason
        self._shift += pause
        self._free = max(self._free, now) + pause
        self._tokens_free = max(self._tokens_free, now) + pause

    def portion(self, workers: int) -> dict[str, float | None]:
        """The limits for one of so many workers, as arguments of a RateLimiter of its own."""
        return {
            "requests_per_minute": 60 / self._per_request / workers if self._per_request else None,
            "tokens_per_minute": 60 / self._per_token / workers if self._per_token else None,
        }
