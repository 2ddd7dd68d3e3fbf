"""What a seat's model remembers: a Thread of its participant, which outlives the server."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import aclosing
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

from sqlalchemy.engine import Connection

from ...chat_rules.seat_settings import dealt_personas
from ...chat_rules.settings import SETTINGS, ChatSettings
from ...errors import EgoError
from ...messages import Message, Reply, Request, Withdrawn, new_id
from ...players.player_memory import new_memory, page_as_text
from ...players.served_page import Page
from ...ports import Provider
from ...stores import rows
from ...stores.rows import ThreadRow
from ...stores.seat_forgetting import SUFFIX
from ...threads.base import internals, wrap_provider
from ...threads.state import load_state
from ...threads.thread import Thread
from ..chats.limits import Tally
from ..chats.spending import Spending
from ..links.thread_stores import AwaitOnlyStore, WriterStore
from ..otree_internals import unwritten
from ..otree_internals.writer import writer

NOT_FOR_SEATS = frozenset(("model", "max_tokens", "context", "fallback_text"))
"""Settings of the session's chats that are nothing for a seat: its answers have the form that a page asks for."""


@dataclass(frozen=True)
class Seen:
    """A page that a participant saw before a model plays on for it.

    Fields:
        page: what was served. answers: what the participant has sent, by the fields' names; None for nothing.
    """

    page: Page
    answers: Mapping[str, Any] | None = None


@dataclass(frozen=True)
class Begun:
    """What a seat needs to play.

    Fields:
        row: the seat's. thread: its Thread's row. settings: that hold for the participant. session_code: of oTree's.
        visits: how many are written. tally: what the session has spent, where that is limited.
    """

    row: Any
    thread: ThreadRow
    settings: ChatSettings
    session_code: str
    visits: int
    tally: Tally | None


def owner_of(code: str) -> str:
    """The owner's key of a seat's Thread."""
    return f"participant:{code}#{SUFFIX}"


def model_of_seat(settings: ChatSettings) -> str:
    """Who plays a seat, as the settings have it."""
    return str(settings.declared["seat_model"]) or settings.model


def persona_of_seat(settings: ChatSettings, code: str) -> str:
    """Who a seat is for which nobody was dealt out: one of those that the settings name."""
    return dealt_personas(str(settings.declared["seat_persona"]), 1, code)[0]


def begin_memory(
    c: Connection,
    code: str,
    session_id: int,
    settings: ChatSettings,
    why: str,
    model: str,
    persona: str,
    seen: Sequence[Seen],
) -> ThreadRow:
    """Make a seat's Thread, unless the participant has one from before; it learns what the participant saw meanwhile.

    Arguments:
        settings: that hold for the participant. why: a model plays it. model, persona: who plays.
    """
    usual = {n: v for n, v in settings.values.items() if SETTINGS[n].for_thread and n not in NOT_FOR_SEATS}
    thread = new_memory(model, persona, code, why, **usual)
    row = ThreadRow(thread.id, owner_of(code), thread.kind, thread.pickled(), session_id)
    there = rows.attach_if_none(c, row, thread.messages)
    if new := [message for each in seen for message in _as_messages(each)]:
        rows.append(c, [(there.uid, new)])
    return there


def _as_messages(seen: Seen) -> list[Message]:
    """A page and what was answered to it, as a player remembers them."""
    page, answers = seen.page, seen.answers
    found = [Message("user", page_as_text(page), id=new_id(), hidden=bool(answers))] if page.text or page.title else []
    if answers:
        text = json.dumps({page.keys.get(n, n): value for n, value in answers.items()}, ensure_ascii=False, default=str)
        found.append(Message("assistant", text, id=new_id(), hidden=True))
    return found


async def revived(row: ThreadRow, settings: ChatSettings, tally: Tally | None) -> Thread:
    """A seat's Thread, with all that it remembers.

    Arguments:
        settings: that hold for the participant; `seat_max_cost` limits what the Thread may cost. tally: the session's.
    """
    thread = Thread.revive(row.kind, row.uid, load_state(row.state), AwaitOnlyStore())
    inside = internals(thread)
    inside.async_store = WriterStore(row)
    inside.phrases = lambda: settings.phrases
    read = partial(unwritten.messages, uid=row.uid)
    inside.load_later(_never, partial(writer().run_surely, read))
    await inside.loaded()
    limits = replace(settings, max_cost=settings.declared["seat_max_cost"])
    if limits.max_cost is not None or tally is not None:
        spending = Spending(limits, tally, "seat_max_cost")
        wrap_provider(thread, lambda find: lambda model: LimitedProvider(find(model), spending, thread))
    return thread


def _never() -> list[Message]:
    raise AssertionError("A seat's Thread is read in async code.")


class LimitedProvider:
    """What answers a seat, as long as money is left."""

    def __init__(self, provider: Provider, spending: Spending, thread: Thread) -> None:
        self._provider, self._spending, self._thread = provider, spending, thread

    def __getattr__(self, name: str) -> Any:
        return getattr(self._provider, name)  # what some providers can besides: `price`, `draft`, `context_tokens`

    async def stream(self, request: Request) -> AsyncIterator[str | Withdrawn | Reply]:
        """See `Provider`."""
        request = await self._spending.admit(request, self._provider, internals(self._thread).messages)
        try:
            stream: Any = self._provider.stream(request)
            async with aclosing(stream):
                async for each in stream:
                    yield each
        except EgoError as error:
            self._spending.failed(request, error)
            raise
        finally:
            self._spending.end()
