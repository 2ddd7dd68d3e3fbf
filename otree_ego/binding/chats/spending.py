"""What the reply that is under way costs so far, and the money that is held for it until its cost is known."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import replace

from ...chat_rules.settings import PREFIX, ChatSettings
from ...errors import LimitReached
from ...messages import Message, Request, Usage
from ...ports import Provider
from ...threads.estimates import prompt_tokens, used_by
from ..otree_internals.startup import is_server
from .limits import Tally, spent

USUAL_TOKENS = 1000
"""Tokens that a reply is expected to have where `ego_max_tokens` does not say it."""
MOST_TOKENS = 4000
"""As many are expected at most: few replies use up a large `ego_max_tokens`."""


class Spending:
    """One reply's requests, against the limits of money.

    Arguments:
        settings: with the limits. tally: of the session, if one of its limits is set.
        max_cost: the name of the setting that is the limit of this one, without the prefix.
    """

    def __init__(self, settings: ChatSettings, tally: Tally | None, max_cost: str = "max_cost") -> None:
        self._settings, self._tally, self._max_cost = settings, tally, max_cost
        self._attempts = 0.0
        self._held = 0.0

    async def admit(self, request: Request, provider: Provider, messages: Sequence[Message]) -> Request:
        """Hold what a request may cost, once the limits leave something; with less time left if that took some.

        Where requests under way may use up the rest of the session's money, it waits for what they really cost.

        Raises:
            LimitReached: nothing is left.
        """
        started, has_waited = time.perf_counter(), False
        while True:
            why = spent(messages, self._settings, self._tally, self._attempts)
            waited = time.perf_counter() - started
            left = None if request.deadline is None else request.deadline - waited
            if why or (left is not None and left <= 0):
                why = why or "limit_cost_session"
                name = self._max_cost if why == "limit_cost" else why.replace("limit_", "max_")
                raise LimitReached(f"The setting {PREFIX}{name} allows no more replies.")
            tally = self._tally
            # a bot has a loop of its own, in which no other participant's reply ends
            if tally is None or not is_server() or not tally.all_held(self._settings.max_cost_session):
                break
            await tally.next_release(left)
            has_waited = True
        if tally is not None:
            self._hold(_expected(request, provider))
        return replace(request, deadline=left) if has_waited else request

    def failed(self, request: Request, error: BaseException) -> None:
        """An attempt came to an error: what it used is spent, and the next one is held money for anew."""
        used = used_by(request, error)
        self._attempts += (used.cost if used is not None else None) or 0.0
        self._hold(0.0)

    def end(self) -> None:
        """The reply has ended: its cost is counted elsewhere."""
        self._attempts = 0.0
        self._hold(0.0)

    def _hold(self, amount: float) -> None:
        if self._tally is None:
            return
        before, self._held = self._held, self._attempts + amount
        self._tally.hold(self._held - before)


def _expected(request: Request, provider: Provider) -> float:
    """US dollars that a request is expected to cost."""
    price = getattr(provider, "price", None)
    if price is None:
        return 0.0
    most = request.params.get("max_tokens")
    tokens = min(most, MOST_TOKENS) if isinstance(most, int) else USUAL_TOKENS
    return price(request.model, Usage(prompt_tokens(request), tokens)) or 0.0
