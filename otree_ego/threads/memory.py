"""What a model remembers of a record: the record holds every attempt at a question, the memory the answer that counted.

A reply that stands for others says so in its params: `INSTEAD_OF` has their ids. It is sent where the first of them
was, right after the question, and they are not sent any more.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from ..messages import Message
from .notices import NOTICE, is_heard

AGAIN = "Your answer could not be used: "
"""How a message begins that asks for another answer, in English."""
REMEMBERED = "remembered"
"""Under this name the params of a message have the text that later requests carry in place of its own."""
SHOWN = "shown"
"""Under this name the params of a message have the text that pages show in place of its own; empty to show none."""
INSTEAD_OF = "instead_of"
"""Under this name the params of a reply have the ids of the messages for which it stands in later requests."""


def remembered(messages: Sequence[Message]) -> Sequence[Message]:
    """The messages of a record that later requests are made of, in the order in which they are sent.

    Arguments:
        messages: the record, or its beginning, oldest first.

    >>> question = Message("user", "How much?")
    >>> wrong, again = Message("assistant", "Hm."), Message("user", "Answer again.")
    >>> counted = Message("assistant", "5", params={INSTEAD_OF: [wrong.id, again.id]})
    >>> [message.text for message in remembered([question, wrong, again, counted])]
    ['How much?', '5']
    """
    if _MARKS.isdisjoint(_names(messages)):
        return messages
    messages = _as_remembered([message for message in messages if is_heard(message)])
    earlier: set[str] = set()
    in_place_of: dict[str, Message] = {}
    for message in messages:
        given = message.params.get(INSTEAD_OF)
        if isinstance(given, list | tuple) and message.sendable:
            in_place_of.update({each: message for each in given if isinstance(each, str) and each in earlier})
        earlier.add(message.id)
    found, sent = [], set()
    for message in messages:
        standing = message
        while standing.id in in_place_of:  # the one in its place is a later one: this ends
            standing = in_place_of[standing.id]
        if standing.id not in sent:
            sent.add(standing.id)
            found.append(standing)
    return found


_MARKS = {INSTEAD_OF, NOTICE, REMEMBERED, SHOWN}


def _names(messages: Sequence[Message]) -> set[str]:
    """The names of all that stands in the params of messages: found at once, since each turn looks at all of them."""
    return set().union(*[message.params for message in messages if message.params])


def have_own_texts(messages: Sequence[Message]) -> bool:
    """Whether what is sent of some messages may not be their text."""
    return not {REMEMBERED, SHOWN}.isdisjoint(_names(messages))


def shown_text(message: Message) -> str:
    """The text that pages show; empty if they do not show the message."""
    text = message.params.get(SHOWN)
    return text if isinstance(text, str) else message.text


def _as_remembered(messages: Sequence[Message]) -> list[Message]:
    """Messages with the texts that later requests carry: a question that was answered goes without its form."""
    found, answered = [], False
    for message in reversed(messages):
        text = message.params.get(REMEMBERED)
        if message.role == "assistant" and message.sendable:
            answered = answered or "value" in (message.params.get("question") or {})
        elif message.role == "user" and answered and message.params.get(SHOWN):
            text = message.params[SHOWN]
        found.append(replace(message, text=text) if isinstance(text, str) and text else message)
    return found[::-1]


def to_send(messages: Sequence[Message], before: int | None = None) -> list[Message]:
    """The messages that a request carries: whole and cut ones, up to a place, as the model remembers them."""
    return [m for m in remembered([m for m in messages if before is None or m.seq < before]) if m.sendable]


def payload(messages: Sequence[Message], before: int | None = None) -> tuple[tuple[str, str], ...]:
    """What a request carries, as pairs of role and text; see `to_send`."""
    return tuple((m.role, m.text) for m in to_send(messages, before))


def authors_of(messages: Sequence[Message], sent: Sequence[Message]) -> tuple[str, ...]:
    """Who wrote each message that is sent; empty unless several people wrote in the record."""
    if len({m.author for m in messages if m.role == "user" and m.author}) < 2:
        return ()
    return tuple(m.author if m.role == "user" else "" for m in sent)
