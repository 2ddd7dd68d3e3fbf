"""Which replies a participant has been shown whole, and what keeps Next back until then: read from the record."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import NamedTuple

from ..errors import ContextExceeded
from ..messages import Message
from .members import author_of
from .settings import ChatSettings
from .turn_taking import is_human, is_opening, was_broken_off

GO_ON = "go on"


@dataclass(frozen=True)
class Exposure:
    """What one participant has been shown of a chat.

    Fields:
        shown: when each message was on an open page of theirs, whole: Unix seconds by id. now: Unix seconds.
        coming: whether a reply is about to come that has no place in the record yet. ended: whether nobody answers
            any more. everyone: whether messages of other people count, too: where nobody is to see who is an AI.
    """

    shown: Mapping[str, float] = field(default_factory=dict)
    now: float = 0.0
    coming: bool = False
    ended: bool = False
    everyone: bool = False


class Held(NamedTuple):
    """Why Next is kept back: a key of the chat's words, the number in it, and seconds until it opens by itself."""

    why: str = ""
    n: int = 0
    seconds: float = 0.0


def counts_exposure(settings: ChatSettings) -> bool:
    """Whether it matters what a participant has been shown."""
    return settings.min_replies > 0 or settings.read_last


def held_back(messages: Sequence[Message], code: str, settings: ChatSettings, exposure: Exposure, closed: bool) -> Held:
    """What a participant has to wait for, or to do, before Next; all empty if nothing.

    Whatever cannot come any more holds nobody back.

    Arguments:
        messages: the record, or what of it this participant may see. code: the participant's.
        closed: whether this participant may write no more.

    >>> from otree_ego.chat_rules.settings import read_settings
    >>> settings = read_settings({"ego_model": "constant/Hi", "ego_min_replies": 1})
    >>> record = [Message("user", "Hello", author="abc"), Message("assistant", "Hi", id="m")]
    >>> [held_back(record, "abc", settings, Exposure(shown), False).n for shown in ({}, {"m": 0.0})]
    [1, 0]
    """
    turns = replies(messages, code, exposure.everyone)
    if settings.min_replies:
        had = sum(_was_had(turn, settings, exposure) for turn in turns)
        may_come = sum(not _was_had(turn, settings, exposure) and _may_still(turn) for turn in turns)
        needed = settings.min_replies
        if closed or exposure.ended:
            needed = min(needed, had + may_come + exposure.coming)
        if had < needed:
            return Held("next_replies", needed - had)
    if not settings.read_last:
        return Held()
    if exposure.coming:
        return Held("next_coming")
    return _held_by(turns[-1], settings, exposure, closed) if turns else Held()


class Turn(NamedTuple):
    """One reply that was to come, as it stands; `tries` is how often it has failed."""

    reply: Message
    tries: int


def replies(messages: Sequence[Message], code: str, everyone: bool = False) -> list[Turn]:
    """The replies of a record; one that failed and was tried again is one.

    >>> failed = Message("assistant", "", status="failed", attempts=1)
    >>> [turn.tries for turn in replies([failed, failed, Message("assistant", "Hi")], "abc")]
    [2]
    """
    turns: list[Turn] = []
    goes_on = False  # whether nobody has written since the last of them
    for message in messages:
        if message.role == "system" or message.hidden or message.forgotten is not None or is_opening(message):
            continue
        if message.role == "user":
            goes_on = False
            if everyone and is_human(message) and message.author != code:
                turns.append(Turn(message, 0))
            continue
        if was_broken_off(message):
            if message is not messages[-1]:
                continue
            message = replace(message, status="pending")  # it is asked for again as soon as a page is open
        last = turns[-1] if goes_on and turns else None
        again = last is not None and _has_failed(last.reply) and author_of(last.reply) == author_of(message)
        tries = last.tries if again and last is not None else 0
        if again:
            turns.pop()
        turns.append(Turn(message, tries + _has_failed(message)))
        goes_on = True
    return turns


def was_stopped(message: Message) -> bool:
    """Whether a participant stopped the reply."""
    return message.finish_reason == "stopped"


def is_whole(message: Message) -> bool:
    """Whether it is as long as it will ever be, and nobody and nothing broke it off; its model may have cut it."""
    return message.status == "complete" or (
        message.status == "partial" and not was_stopped(message) and message.error != "Interrupted"
    )


def _has_failed(message: Message) -> bool:
    return message.status != "pending" and not is_whole(message)


def _may_still(turn: Turn) -> bool:
    """Whether it may be shown yet, without anybody's doing."""
    return turn.reply.status == "pending" or is_whole(turn.reply)


def _is_excused(turn: Turn, settings: ChatSettings) -> bool:
    """Whether a reply that has not come holds nobody back."""
    reply = turn.reply
    if not _has_failed(reply):
        return False
    if was_stopped(reply):
        return settings.stopped_reply == GO_ON
    tried_up = turn.tries > settings.max_try_again
    return settings.failed_reply == GO_ON or tried_up or reply.error == ContextExceeded.__name__


def _was_had(turn: Turn, settings: ChatSettings, exposure: Exposure) -> bool:
    return (is_whole(turn.reply) and turn.reply.id in exposure.shown) or _is_excused(turn, settings)


def _held_by(turn: Turn, settings: ChatSettings, exposure: Exposure, closed: bool) -> Held:
    """How the last reply holds a participant back."""
    reply = turn.reply
    if _is_excused(turn, settings):
        return Held()
    if _has_failed(reply):
        over = closed and (was_stopped(reply) or turn.tries > settings.max_try_again)
        return Held() if over or exposure.ended else Held("next_stopped" if was_stopped(reply) else "next_failed")
    if reply.id not in exposure.shown or reply.status == "pending":
        return Held("next_coming")
    if settings.reading_speed is None:
        return Held()
    left = exposure.shown[reply.id] + len(reply.text) / settings.reading_speed - exposure.now
    return Held("next_reading", seconds=left) if left > 0 else Held()
