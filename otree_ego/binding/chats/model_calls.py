"""Asking a model for the reply that is under way in a room."""

from __future__ import annotations

import asyncio
from contextlib import suppress

from ...errors import EgoError
from ...messages import Request
from ...threads.base import find_provider
from ...threads.driving import StreamedText, fetch_reply
from ...threads.thread import Thread
from ...threads.turns import Policy, Stopped, TimedReply
from .read_messages import ReadMessages
from .reply_text import ReplyText
from .spending import Spending
from .structured import FormedReply, ReplyForm


class Asking(ReadMessages):
    """One request at a time, which a participant can stop.

    Attributes:
        form: in which the replies come; None for plain text.
    """

    thread: Thread
    _text: ReplyText
    _spending: Spending
    _request: asyncio.Future[TimedReply] | None
    _stopping: bool
    _stopped: asyncio.Event
    form: ReplyForm | None = None
    _formed: FormedReply | None = None

    def _begin_in_form(self) -> Policy:
        """A reply is to be asked for, in a form if the page has one; under which policy."""
        policy, form = self.thread.policy, self.form
        self._formed = None if form is None else FormedReply(form, policy)
        self._text.part = "" if form is None else form.show
        return policy if self._formed is None else self._formed.policy

    def _in_form(self, request: Request) -> Request:
        return request if self.form is None else self.form.asked(request)

    async def _pause(self, seconds: float) -> None:
        with suppress(asyncio.TimeoutError):
            await asyncio.wait_for(self._stopped.wait(), seconds)

    async def _ask(self, request: Request) -> TimedReply:
        if self._stopping:
            raise Stopped("The participant stopped the reply.")
        self._request = asyncio.ensure_future(self._fetch(request, self._text.attempt(request)))
        try:
            return await self._request
        except asyncio.CancelledError:
            if self._stopping:
                raise Stopped("The participant stopped the reply.", text=self._text.received) from None
            raise
        finally:
            self._request = None

    async def _fetch(self, request: Request, streamed: StreamedText) -> TimedReply:
        provider = find_provider(self.thread, request.model)
        request = await self._spending.admit(request, provider, self.messages)
        try:
            if self._formed is None:
                return await fetch_reply(provider, request, streamed)
            return await self._formed.fetch(provider, request, streamed)
        except EgoError as error:
            self._spending.failed(request, error)
            self._text.failed(error)
            raise
