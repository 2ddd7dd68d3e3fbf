"""Asking a model for the reply that is under way in a room."""

from __future__ import annotations

import asyncio
from contextlib import suppress

from ...errors import EgoError
from ...messages import Request
from ...threads.base import find_provider
from ...threads.driving import StreamedText, fetch_reply
from ...threads.thread import Thread
from ...threads.turns import Stopped, TimedReply
from .read_messages import ReadMessages
from .reply_text import ReplyText
from .spending import Spending


class Asking(ReadMessages):
    """One request at a time, which a participant can stop."""

    thread: Thread
    _text: ReplyText
    _spending: Spending
    _request: asyncio.Future[TimedReply] | None
    _stopping: bool
    _stopped: asyncio.Event

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
            return await fetch_reply(provider, request, streamed)
        except EgoError as error:
            self._spending.failed(request, error)
            self._text.failed(error)
            raise
