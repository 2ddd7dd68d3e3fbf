"""The frames that the server sends to a chat's page. PROTOCOL.md explains them; these types hold the code to it."""

from __future__ import annotations

from typing import Literal, TypedDict


class Reaction(TypedDict):
    """How participants have reacted to a message in one way, as one of them may see it."""

    reaction: str
    n: int
    mine: bool
    names: str


class MessageView(TypedDict):
    """A message as one participant may see it."""

    id: str
    seq: int
    role: str
    author: str
    text: str
    status: str
    why: str
    mine: bool
    reactions: list[Reaction]


class GroupMessageView(MessageView):
    """The same in a group chat."""

    colour: str


def named(view: MessageView, author: str, colour: str) -> GroupMessageView:
    """A message with its author's name."""
    return {**view, "author": author, "colour": colour}


class Status(TypedDict):
    """Whether a participant may write, or leave; and if not, why."""

    open: bool
    why: str
    note: str
    next: bool
    hint: str
    wait: int
    missing: int
    left: int | None
    again: bool
    seconds_to_next: int | None
    seconds_left: int | None


class Activity(TypedDict):
    """What most frames say besides their news."""

    busy: bool
    status: Status


class GroupActivity(Activity):
    """The same in a group chat."""

    typing: str


class Person(TypedDict):
    """Somebody in a group chat."""

    name: str
    colour: str
    me: bool


class State(TypedDict):
    """All that a page shows."""

    t: Literal["state"]
    messages: list[MessageView]
    busy: bool
    status: Status
    model: str
    words: dict[str, str]
    max_length: int
    stop: bool
    pictures: dict[str, str]
    reactions: list[str]


class GroupState(State):
    """All that the page of a group chat shows."""

    group: bool
    people: list[Person]
    typing: str


class Add(TypedDict):
    """A message is new."""

    t: Literal["add"]
    client_id: str
    message: MessageView
    busy: bool
    status: Status


class AddWithReply(Add):
    """A message is new, and a reply to it is to come."""

    reply: MessageView


class GroupAdd(Add):
    """A message of a group chat is new."""

    typing: str


class Text(TypedDict):
    """More text of a reply, from a place in it on."""

    t: Literal["text"]
    id: str
    at: int
    text: str


class Typing(TypedDict):
    """Who is writing in a group chat."""

    t: Literal["typing"]
    typing: str
    busy: bool


class StatusNow(TypedDict):
    """Whether a participant may write, or leave, has changed by itself."""

    t: Literal["status"]
    status: Status


class End(TypedDict):
    """A reply is final."""

    t: Literal["end"]
    message: MessageView
    busy: bool
    status: Status


class Reactions(TypedDict):
    """Somebody has reacted to a message, or taken that back."""

    t: Literal["reactions"]
    id: str
    reactions: list[Reaction]


class No(TypedDict):
    """What the page has sent is refused."""

    t: Literal["no"]
    client_id: str
    why: str
    text: str
    status: Status


class Pong(TypedDict):
    """The connection carries, and the page is the participant's current one."""

    t: Literal["pong"]


class Over(TypedDict):
    """The participant has gone on to another page."""

    t: Literal["over"]


Frame = Pong | Over | State | Add | Text | Typing | StatusNow | End | Reactions | No
