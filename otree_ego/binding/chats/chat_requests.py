"""What a model is asked for a reply in a chat."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from ...chat_rules.members import Members
from ...chat_rules.openings import MODEL, OPENING, opening_of
from ...chat_rules.settings import ChatSettings
from ...chat_rules.shared_chats import shared_talk
from ...messages import Message, Request
from ...threads.message_turns import request_for
from ...threads.thread import Thread


def chat_request(
    thread: Thread, pending: Message, record: Sequence[Message], people: Members, settings: ChatSettings
) -> Request:
    """The request for a reply in a chat with one AI.

    Arguments:
        pending: the reply's place. record: the chat's messages. people: those who share it; nobody if it is one's.
    """
    request = request_for(thread, pending, record=record)
    if people.names:
        talk = shared_talk([m for m in record if m.seq < pending.seq], people.names, settings.words["lang"])
        request = replace(request, places=(), **talk._asdict())
    return with_opening(request, pending, record, settings)


def with_opening(request: Request, pending: Message, record: Sequence[Message], settings: ChatSettings) -> Request:
    """A request with what the model is told to open the chat with, if it does, and with the reminder."""
    opens = pending.params.get(OPENING) == MODEL or pending.params.get("speaks") in (OPENING, "retry")
    if opens and opening_of(settings, [m for m in record if m.seq < pending.seq]) == MODEL:
        request = with_last(request, "user", settings.opening_prompt)
    return with_reminder(request, settings.reminder)


def with_reminder(request: Request, reminder: str) -> Request:
    """A request with the instruction that goes out with every turn, after all that was said."""
    return with_last(request, "system", reminder) if reminder.strip() else request


def with_last(request: Request, role: str, text: str) -> Request:
    """A request with one more message at its end, which is in no record but that of the request."""
    return replace(
        request,
        messages=(*request.messages, (role, text)),
        authors=(*request.authors, "") if request.authors else (),
        origins=(*request.origins, 0) if request.origins else (),
        places=(),
    )
