"""An app with a group chat, a tab in it, and its record."""

from __future__ import annotations

import json
from typing import Any

from .admin import Admin, Session
from .chat import CHAT_PAGE, END_PAGE, Chat, rows
from .database import attempts

ROOM = """\
import json

from otree.api import *

from otree_ego import Persona, ai, chat_error, custom_export, group_chat


ADA_ALONE = '{"personas": [{"name": "Ada"}], "names": [], "more": {}}'


class C(BaseConstants):
    NAME_IN_URL = "room"
    PLAYERS_PER_GROUP = None
    NUM_ROUNDS = 1


class Subsession(BaseSubsession):
    pass


class Group(BaseGroup):
    pass


class Player(BasePlayer):
    pass


class Chat(Page):
    @staticmethod
    async def live_method(player, data):
        told = json.loads(player.session.config.get("room") or ADA_ALONE)
        personas = [Persona(**one) for one in told["personas"]]
        people = sorted(player.group.get_players(), key=lambda each: each.id_in_group)
        names = {each.participant.code: name for each, name in zip(people, told["names"])}
        more = dict(reveal_ais=player.id_in_group not in told.get("hidden_from", [])) | told["more"]
        async for update in group_chat(player, data, personas=personas, names=names, **more):
            yield update

    @staticmethod
    def error_message(player, values):
        return chat_error(player, link=ai(player.group))


class End(Page):
    pass


page_sequence = [Chat, End]
"""
ROOM_FILES = {"__init__.py": ROOM, "Chat.html": CHAT_PAGE, "End.html": END_PAGE}
"""One AI, Ada, is in the room, unless the session's field `room` says otherwise (`room_field`)."""


def room_field(*personas: dict[str, Any], names: Any = (), more: Any = None, hidden_from: Any = ()) -> str:
    """A session's field `room`.

    Arguments:
        personas: the AIs. names: what participants are called, in their order. more: other arguments of the chat.
        hidden_from: numbers of those whose pages do not show who is an AI.
    """
    told = {"personas": list(personas), "names": list(names), "more": more or {}, "hidden_from": list(hidden_from)}
    return json.dumps(told)


class Once:
    """A connection that gives one payload which has come already."""

    def __init__(self, payload: Any) -> None:
        self.payload = payload

    def receive(self) -> Any:
        return self.payload


class Seat(Chat):
    """A tab in a group's room: it also hears who is writing."""

    typing = ""
    state: dict[str, Any]

    def next(self) -> dict[str, Any]:
        payload = self.live.receive()
        told: dict[str, Any] = payload["ego"]
        if told["t"] != "typing":
            line, self.live = self.live, Once(payload)  # type: ignore[assignment]
            try:
                super().next()
            finally:
                self.live = line
        self.typing = told.get("typing", self.typing)
        if told["t"] == "state":
            self.state = told
        return told

    def said(self, *texts: str) -> list[tuple[str, str]]:
        """Waits until just these messages are shown, in this order; author and text of each."""
        while [m["text"] for m in self.shown] != list(texts):
            assert len(self.shown) <= len(texts), f"{self.shown} instead of {texts}"
            self.next()
        return [("me" if m["mine"] else m["author"], m["text"]) for m in self.shown]


def record(server: Admin, session: Session) -> list[dict[str, str]]:
    """What was said in a session's room."""
    return [row for row in rows(server, session.code, "room") if row["role"] != "system"]


def settled(server: Admin, session: Session, count: int) -> list[dict[str, str]]:
    """The record, when it has so many messages and none is under way."""
    for _ in attempts(pause=0.05):
        found = record(server, session)
        if len(found) >= count and all(row["status"] != "pending" for row in found):
            return found
    raise AssertionError(f"Not {count} messages: {found}")
