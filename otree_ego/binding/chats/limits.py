"""How much may be said and spent: per participant from the record, per session from a running tally."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from math import ceil

from sqlalchemy import func, select
from sqlalchemy.engine import Connection

from ...chat_rules.exposure import Exposure, Held, counts_exposure, held_back
from ...chat_rules.settings import ChatSettings
from ...chat_rules.turn_taking import was_broken_off
from ...chat_rules.words import sentence
from ...errors import ContextExceeded
from ...messages import Message
from ...stores.rows import MESSAGES, THREADS
from ...threads.notices import has_ended
from .frames import Status


@dataclass
class Tally:
    """What has been used: messages and characters written by participants, US dollars spent on replies.

    Attributes:
        held: US dollars that replies under way have cost so far, or are expected to cost.
    """

    messages: int = 0
    characters: int = 0
    cost: float = 0.0
    held: float = 0.0
    _waiting: list[asyncio.Future[None]] = field(default_factory=list)

    def add(self, message: Message) -> None:
        """Count one more message or reply."""
        if message.role == "user" and message.author:
            self.messages += 1
            self.characters += len(message.text)
        elif message.role == "assistant":
            self.cost += message.cost or 0.0

    def take_back(self, message: Message) -> None:
        """A participant's message that was counted could not be recorded."""
        self.messages -= 1
        self.characters -= len(message.text)

    def hold(self, amount: float) -> None:
        """Hold money for a reply that is under way, or with a negative amount give it free."""
        self.held += amount
        if amount < 0:
            waiting, self._waiting = self._waiting, []
            for each in waiting:
                if not each.done():
                    each.set_result(None)

    def all_held(self, most: float | None) -> bool:
        """Whether replies under way may use up all that is left."""
        return most is not None and self.held > _NOTHING and self.cost + self.held >= most

    async def next_release(self, seconds: float | None) -> None:
        """Wait until money that was held is free again, at most so many seconds."""
        freed = asyncio.get_running_loop().create_future()
        self._waiting.append(freed)
        await asyncio.wait([freed], timeout=seconds)


_NOTHING = 1e-12
"""Sums of floats may be so far from nothing."""
_tallies: dict[str, Tally] = {}
_of_sessions: dict[int, Tally] = {}


def wants_tally(settings: ChatSettings) -> bool:
    """Whether a limit of the session's is set."""
    limits = (settings.max_messages_session, settings.max_characters_session, settings.max_cost_session)
    return any(limit is not None for limit in limits)


def tally_of(session_code: str, settings: ChatSettings) -> Tally | None:
    """The session's tally, where one is wanted."""
    return _tallies.get(session_code) if wants_tally(settings) else None


def load_tally(connection: Connection, session_code: str, session_id: int) -> None:
    """Count what a session has used, once per server start."""
    if session_code in _tallies:
        return
    query = (
        select([MESSAGES.c.role, func.count(), func.sum(func.length(MESSAGES.c.text)), func.sum(MESSAGES.c.cost)])
        .select_from(MESSAGES.join(THREADS, MESSAGES.c.thread == THREADS.c.uid))
        .where(THREADS.c.session_id == session_id)
        .where((MESSAGES.c.role == "assistant") | ((MESSAGES.c.role == "user") & (MESSAGES.c.author != "")))
        .group_by(MESSAGES.c.role)
    )
    tally = Tally()
    for role, count, characters, cost in connection.execute(query):
        if role == "user":
            tally.messages, tally.characters = int(count), int(characters or 0)
        else:
            tally.cost = float(cost or 0)
    _tallies[session_code] = _of_sessions[session_id] = tally


def count_elsewhere(session_id: int | None, message: Message) -> None:
    """A reply to an app's own code counts for its session, too."""
    tally = None if session_id is None else _of_sessions.get(session_id)
    if tally is not None and message.role == "assistant":
        tally.add(message)


def used_by(messages: Sequence[Message], code: str) -> Tally:
    """What one participant has used in one chat."""
    tally = Tally()
    for message in messages:
        if message.role == "assistant" or message.author == code:
            tally.add(message)
    return tally


def reached(used: Tally, settings: ChatSettings, tally: Tally | None) -> str:
    """The words' key of the first limit that is reached; empty if none is."""
    checks = [
        ("limit_messages", used.messages, settings.max_messages),
        ("limit_characters", used.characters, settings.max_characters),
        ("limit_cost", used.cost, settings.max_cost),
    ]
    if tally is not None:
        checks += [
            ("limit_messages_session", tally.messages, settings.max_messages_session),
            ("limit_characters_session", tally.characters, settings.max_characters_session),
            ("limit_cost_session", tally.cost, settings.max_cost_session),
        ]
    return next((why for why, now, most in checks if most is not None and now >= most), "")


def spent(messages: Sequence[Message], settings: ChatSettings, tally: Tally | None, attempts: float = 0.0) -> str:
    """The words' key of the money's limit that is reached; empty if none is. Asked before each request.

    Arguments:
        attempts: US dollars for failed attempts at the reply that is under way.
    """
    if settings.max_cost is not None and sum(m.cost or 0 for m in messages) + attempts >= settings.max_cost:
        return "limit_cost"
    most = settings.max_cost_session
    return "limit_cost_session" if tally is not None and most is not None and tally.cost + attempts >= most else ""


def may_try_again(messages: Sequence[Message], settings: ChatSettings) -> bool:
    """Whether the last message, if it is a reply that failed, may be tried again: each try counts, stopped ones too."""
    failed: list[Message] = []
    for message in reversed(messages):
        if message.role == "system" or message.hidden or was_broken_off(message):
            continue
        if message.role != "assistant" or message.status != "failed":
            break
        if message.error == ContextExceeded.__name__:
            return False  # it would be as long again
        if not failed or message.author == failed[0].author or message.model == failed[0].model:
            failed.append(message)
    return len(failed) <= settings.max_try_again


def is_too_long(messages: Sequence[Message]) -> bool:
    """Whether the last reply could not be had since the conversation is too long: that keeps nobody on the page."""
    shown = (m for m in reversed(messages) if m.role != "system" and not m.hidden)
    last = next((m for m in shown if m.role == "assistant"), None)
    return last is not None and last.status == "failed" and last.error == ContextExceeded.__name__


def status(
    messages: Sequence[Message],
    code: str,
    settings: ChatSettings,
    tally: Tally | None,
    exposure: Exposure | None = None,
    seen: Callable[[], Sequence[Message]] | None = None,
) -> Status:
    """Whether this participant may write, or leave; and if not, why.

    Arguments:
        exposure: what they have been shown, where that matters. seen: gives the messages that count for it, if not all.
    """
    used = used_by(messages, code)
    why = "closed" if has_ended(messages) else reached(used, settings, tally)
    missing = settings.min_messages - used.messages
    held = Held()
    if missing > 0 and not why and not is_too_long(messages):
        held = Held("next_hint", missing)
    elif exposure is not None and counts_exposure(settings) and not has_ended(messages):
        held = held_back(messages if seen is None else seen(), code, settings, exposure, bool(why))
    left = None if settings.max_messages is None else max(0, settings.max_messages - used.messages)
    return {
        "open": not why,
        "why": why,
        "note": settings.words[why] if why else "",
        "next": not held.why,
        "hint": sentence(settings.words, held.why, n=held.n) if held.why not in ("", "next_hint") else "",
        "wait": ceil(held.seconds * 1000),
        "missing": max(0, missing),
        "left": left,
        "again": may_try_again(messages, settings) and not spent(messages, settings, tally),
        "seconds_to_next": None,
        "seconds_left": None,
    }
