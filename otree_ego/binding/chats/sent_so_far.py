"""What was sent so far for a reply that is under way, to be written down with what has come of it."""

from __future__ import annotations

from ...messages import Message, Request
from ...threads.base import internals
from ...threads.thread import Thread


class SentSoFar:
    """The requests for one reply.

    Arguments:
        thread: which asks. pending: the reply's place; its row has what was about to be sent.
    """

    def __init__(self, thread: Thread, pending: Message) -> None:
        self._thread, self._pending = thread, pending
        self._attempts: list[tuple[Request, BaseException | None]] = []
        self._number = 0  # of the requests in the text
        self._text = pending.request

    def begin(self, request: Request) -> None:
        """A request is about to be sent."""
        self._attempts.append((request, None))

    def failed(self, error: BaseException) -> None:
        """The last request came to an error."""
        if self._attempts:
            self._attempts[-1] = self._attempts[-1][0], error

    @property
    def attempts(self) -> int:
        """How many requests there were, as the failure policy counts them."""
        return len(self._attempts)

    @property
    def news(self) -> str | None:
        """What was sent, for the reply's row; None if the row says it."""
        number = sum(len(request.meter.sent) for request, _ in self._attempts if request.meter is not None)
        if number != self._number:
            found, self._number = internals(self._thread), number
            policy = vars(self._thread.policy)
            self._text = found.requests.so_far(self._pending, found.messages, self._attempts, policy)
        return None if self._text == self._pending.request else self._text
