"""What a fake service is told to do: its replies, its failures to come, and where it stands still."""

from __future__ import annotations

import asyncio
import threading
import time
from collections import deque
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from .exact import Exact, Part

Replies = str | Sequence[str] | Callable[[dict[str, Any]], str]
LineFault = int | str | tuple[int, str] | list[Any] | None
LineFaults = Mapping[str, LineFault] | Callable[[dict[str, Any]], LineFault]

FAULTS = ("drop_before", "drop_mid", "stall", "malformed", "empty", "length", "content_filter", "refusal")
WIRE_FAULTS = ("drop_before", "drop_mid", "stall", "malformed")
LINE_FAULTS = ("malformed", "missing", "twice", "stray", "timeout")
SETTINGS = (
    "reply", "delay", "pace", "refuse", "template", "reasoning_tokens", "key", "models", "listed", "answers_as",
    "context_tokens", "context_listed", "context_error",
)  # fmt: skip
BATCH_SETTINGS = ("batches", "batch_polls", "batch_fate", "batch_fail", "batch_shuffled")
FATES = ("completed", "expired", "failed", "cancelled")


@dataclass(frozen=True)
class Received:
    """One request that came in: path, headers (names in lower case), body (parsed JSON, None if there was none).

    `content` has the body's bytes.
    """

    path: str
    headers: dict[str, str]
    body: Any
    content: bytes = b""


@dataclass
class Trouble:
    """A planned failure: a status or a fault, and how often it is still to happen (-1: until healed)."""

    what: int | str | Exact
    times: int
    retry_after: float | None = None
    message: str = ""
    path: str = ""


class Controls:
    """The part of `FakeService` that tests and other processes use to say what it does."""

    DEFAULT_REPLY: ClassVar[str] = "Hello from the fake service."
    _SETTINGS: ClassVar = frozenset((*SETTINGS, *BATCH_SETTINGS))
    _METHODS: ClassVar = frozenset(("fail", "fault", "send", "heal", "hold", "release", "clear"))

    def __init__(self) -> None:
        self.delay = 0.0
        self.pace = 0.0
        self.refuse: Collection[str] = ()
        self.template = ""
        self.reasoning_tokens = 0
        self.key: str | None = None
        self.models: Collection[str] | None = None
        self.listed: Collection[str] | None = None
        self.endings: dict[str, str] = {}
        self.answers_as = ""
        self.context_tokens: int | None = None
        self.context_listed = False
        self.context_error = ""
        self.batches = True
        self.batch_polls = 0
        self.batch_fail: LineFaults = {}
        self.batch_shuffled = False
        self._batch_fate = "completed"
        self.requests: list[Received] = []
        self.hangups = 0
        self.standing = 0
        self._lock = threading.Lock()
        self._troubles: deque[Trouble] = deque()
        self.reply = self.DEFAULT_REPLY
        self._held = False
        self._healed = 0
        self._loop: asyncio.AbstractEventLoop | None = None
        self._turn: asyncio.Event | None = None

    @property
    def reply(self) -> Replies:
        """What is answered; setting a list starts it from the beginning."""
        return self._reply

    @reply.setter
    def reply(self, value: Replies) -> None:
        with self._lock:
            self._reply: Replies = value
            self._given = 0

    @property
    def batch_fate(self) -> str:
        """How batches end."""
        return self._batch_fate

    @batch_fate.setter
    def batch_fate(self, value: str) -> None:
        if value not in FATES:
            raise ValueError(f"No fate {value!r}; there are: {', '.join(FATES)}")
        self._batch_fate = value

    def fail(
        self, status: int, times: int = 1, retry_after: float | None = None, message: str = "", path: str = ""
    ) -> None:
        """Answer the next requests with an HTTP error (the list of models only if `path` names it, or always).

        Arguments:
            status: the HTTP status, e.g. 500.
            times: how many requests; -1: all until `heal`.
            retry_after: seconds, sent as the header ``Retry-After``.
            message: the error's text; empty: the usual one.
            path: only requests whose path ends so, e.g. ``/batches``; the others wait behind it.
        """
        with self._lock:
            self._troubles.append(Trouble(int(status), times, retry_after, message, path))

    def fault(self, kind: str, times: int = 1, path: str = "") -> None:
        """Break the next chat requests; requests for files and batches, too, where it is the connection that breaks.

        Arguments:
            kind: ``drop_before`` (connection reset before any byte), ``drop_mid`` (connection closed after half),
                ``stall`` (half, then nothing until `heal` or the client hangs up), ``malformed`` (broken JSON),
                ``empty`` (no text), ``length`` or ``content_filter`` (half, with this ``finish_reason``),
                ``refusal`` (the protocol's own field for a model that declines).
            times: how many requests; -1: all until `heal`.
            path: only requests whose path ends so, e.g. ``/content``.
        """
        if kind not in FAULTS:
            raise ValueError(f"No fault {kind!r}; there are: {', '.join(FAULTS)}")
        with self._lock:
            self._troubles.append(Trouble(kind, times, path=path))

    def send(
        self,
        *parts: Part,
        status: int = 200,
        headers: Mapping[str, str] | None = None,
        times: int = 1,
        path: str = "/chat/completions",
        hang_up: bool = False,
    ) -> None:
        """Answer the next requests with exactly these bytes.

        Arguments:
            parts: what is sent, in order: bytes, or text as UTF-8, each a chunk of its own; a number is a pause in
                seconds; ``...`` stands still until `heal`, or until the client hangs up.
            status: the HTTP status.
            headers: besides ``Content-Type: text/event-stream``, which they may replace. With a ``Content-Length`` the
                parts are not sent as chunks, but as they are.
            times: how many requests; -1: all until `heal`.
            path: only requests whose path ends so; the others wait behind it. Empty: all.
            hang_up: close the connection after the last part, before the answer is over.

        >>> from otree_ego.testing import FakeService
        >>> with FakeService() as service:
        ...     service.send('data: {"choices": [{"delta": {"content": "Hi"}}]}', 0.01, "\\n\\n", "data: [DONE]\\n\\n")
        """
        exact = Exact(parts, int(status), dict(headers or {}), hang_up)
        with self._lock:
            self._troubles.append(Trouble(exact, times, path=path))

    def heal(self) -> None:
        """Forget all planned failures; replies that stall go on."""
        with self._lock:
            self._troubles.clear()
            self._healed += 1
        self._wake()

    def hold(self) -> None:
        """Let every reply stop in the middle (after half of its words, at least one) until `release`."""
        self._held = True

    def release(self) -> None:
        """Let the replies that `hold` stopped go on."""
        self._held = False
        self._wake()

    def clear(self) -> None:
        """Forget the requests that came in."""
        self.requests.clear()

    def wait_until(self, condition: Callable[[Any], bool], timeout: float = 30.0) -> None:
        """Wait until something is true of the service, e.g. ``service.wait_until(lambda s: s.standing == 2)``.

        Arguments:
            condition: looked at a hundred times a second. Useful: ``requests``; ``standing`` (replies that stand still
                in their middle); ``hangups`` (clients that left before their reply was whole).
            timeout: seconds, then TimeoutError.
        """
        end = time.monotonic() + timeout
        while not condition(self):
            if time.monotonic() > end:
                raise TimeoutError(
                    f"Not true within {timeout} s: {len(self.requests)} requests, "
                    f"{self.standing} replies standing, {self.hangups} hangups"
                )
            time.sleep(0.01)

    def carry_out(self, order: Mapping[str, Any]) -> dict[str, Any]:
        """Do what an order from another process says, and give the service's state.

        Arguments:
            order: ``set`` (a dict of attributes), ``method`` with ``args`` and ``kwargs``, or nothing.

        Raises:
            ValueError, TypeError: there is no such attribute or method, or its arguments are wrong.
        """
        for name, value in order.get("set", {}).items():
            if name not in self._SETTINGS:
                raise ValueError(f"No setting {name!r}; there are: {', '.join(sorted(self._SETTINGS))}")
            setattr(self, name, value)
        if method := order.get("method"):
            if method not in self._METHODS:
                raise ValueError(f"No method {method!r}; there are: {', '.join(sorted(self._METHODS))}")
            getattr(self, method)(*order.get("args", ()), **order.get("kwargs", {}))
        counts = {"requests": len(self.requests), "standing": self.standing, "hangups": self.hangups}
        return {**counts, "bodies": [one.body for one in self.requests]}

    # For the service itself

    def _next_trouble(self, path: str, faults: Collection[str]) -> Trouble | None:
        with self._lock:
            if not self._troubles or not path.endswith(self._troubles[0].path):
                return None
            trouble = self._troubles[0]
            if isinstance(trouble.what, str) and trouble.what not in faults:
                return None
            # A server asks for the list when it likes: it must not take what is meant for the next question.
            if path == "/v1/models" and not trouble.path and trouble.times > 0:
                return None
            if trouble.times > 0:
                trouble.times -= 1
            if trouble.times == 0:
                self._troubles.popleft()
            return trouble

    def _next_reply(self, body: dict[str, Any]) -> str:
        with self._lock:
            reply, given = self._reply, self._given
            self._given += 1
        if callable(reply):
            return reply(body)
        return reply if isinstance(reply, str) else reply[min(given, len(reply) - 1)]

    async def _middle(self, fault: str) -> None:
        """Stand still while held, or while stalling and not healed."""
        healed = self._healed
        assert self._turn is not None
        if not self._held and fault != "stall":
            return
        self.standing += 1
        try:
            while self._held or (fault == "stall" and self._healed == healed):
                self._turn.clear()
                await self._turn.wait()
        finally:
            self.standing -= 1

    def _wake(self) -> None:
        if self._loop is not None and self._turn is not None:
            self._loop.call_soon_threadsafe(self._turn.set)
