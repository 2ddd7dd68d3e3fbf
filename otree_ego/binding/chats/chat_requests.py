"""What a model is asked for a reply in a chat."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from ...chat_rules.members import Members
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
    if not people.names:
        return request
    talk = shared_talk([m for m in record if m.seq < pending.seq], people.names, settings.words["lang"])
    return replace(request, places=(), **talk._asdict())
