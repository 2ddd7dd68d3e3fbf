"""A chat as a browser's tab shows it, held to the protocol: every payload must fit what is on the screen."""

from __future__ import annotations

import itertools
import os
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack, contextmanager
from types import TracebackType
from typing import Any

from typing_extensions import Self

from otree_ego.stores.rows import from_row
from otree_ego.testing import FakeService
from otree_ego.threads.sent_requests import SentRequests

from .admin import Admin
from .database import PATIENCE
from .participant import Participant

Message = dict[str, Any]
_numbers = itertools.count(1)
_RUN = os.urandom(4).hex()  # old databases have messages of earlier runs

TALK = """\
from otree.api import *

from otree_ego import ai, chat, chat_error, custom_export


class C(BaseConstants):
    NAME_IN_URL = "talk"
    PLAYERS_PER_GROUP = None
    NUM_ROUNDS = 1


class Subsession(BaseSubsession):
    pass


class Group(BaseGroup):
    pass


class Player(BasePlayer):
    pass


def creating_session(subsession):
    for player in subsession.get_players():
        ai(player).from_config()


class Chat(Page):
    live_method = chat

    @staticmethod
    def error_message(player, values):
        return chat_error(player)


class End(Page):
    pass


page_sequence = [Chat, End]
"""
CHAT_PAGE = "{{ block content }}{{ include 'otree_ego/chat.html' }}{{ next_button }}{{ endblock }}"
LIVE_PAGE = (
    "{{ block content }}%s{{ next_button }}{{ endblock }}"
    "{{ block scripts }}<script>function liveRecv(x) {}</script>{{ endblock }}"
)
END_PAGE = "{{ block content }}<p>The end.</p>{{ endblock }}"
TALK_FILES = {"__init__.py": TALK, "Chat.html": CHAT_PAGE, "End.html": END_PAGE}

KEY = "sk-fake-0123456789abcdefghij"
SECRET_PROMPT = "You are Marvin, and the secret word is quokka-7351."
CONFIG: dict[str, Any] = {
    "num_demo_participants": 1,
    "ego_model": "gpt-6-luna",
    "ego_temperature": 0.5,
    "ego_system_prompt": SECRET_PROMPT,
    "ego_max_tokens": "",
    "ego_deadline": 20.0,
    "ego_retries": 0,
    "ego_fallback_model": "",
    "ego_fallback_text": "",
    "ego_min_messages": 0,
    "ego_max_messages": "",
    "ego_max_messages_session": "",
    "ego_max_length": 4000,
    "ego_max_characters": "",
    "ego_max_characters_session": "",
    "ego_max_cost": "",
    "ego_max_cost_session": "",
    "ego_show_model": True,
    "ego_language": "en",
}
TABLE = (
    TALK.replace('"talk"', '"table"')
    .replace("chat_error(player)", "chat_error(player, ai(player.group))")
    .replace(
        "    live_method = chat\n",
        "    @staticmethod\n    async def live_method(player, data):\n"
        "        async for update in chat(player, data, link=ai(player.group)):\n            yield update\n",
    )
    .replace("for player in subsession.get_players():", "for group in subsession.get_groups():")
    .replace("ai(player).from_config()", "ai(group).from_config()")
)


def rows(server: Admin, code: str, app: str = "talk") -> list[dict[str, str]]:
    """The messages of one session, as the analyst gets them."""
    return server.custom_export(app, session=code)


def requests_of_broken_replies(server: Admin) -> list[bytes]:
    """What was sent for each reply that has not come, as the record of all sessions says it."""
    found = server.database.query("SELECT * FROM otree_ego_message ORDER BY thread, seq")
    sent: list[bytes] = []
    for _, thread in itertools.groupby(found, lambda row: row["thread"]):
        record = [from_row({**row, "hidden": bool(row["hidden"])}) for row in thread]
        broken = [m for m in record if m.status == "pending" or m.error == "Interrupted"]
        sent += [each.content for m in broken for each in SentRequests(record).of(m) for _ in range(each.times)]
    return sent


@contextmanager
def replies_begun(
    people: Iterable[Participant], model: FakeService, text: str = "Are you there?"
) -> Iterator[list[Chat]]:
    """A tab for each person, in which the beginning of a reply is shown; the model holds the rest back."""
    with ExitStack() as stack:
        tabs = [stack.enter_context(Chat(person)) for person in people]
        model.hold()
        for tab in tabs:
            tab.say(text)
        for tab in tabs:
            tab.until(lambda told: told["t"] == "text")
        yield tabs


class Chat:
    """One tab: `messages` is what it shows, by id; `status`, `busy`, `words` and `model` as last told."""

    def __init__(self, person: Participant, timeout: float = PATIENCE) -> None:
        self.live = person.live(timeout)
        self.messages: dict[str, Message] = {}
        self.status: dict[str, Any] = {}
        self.words: dict[str, str] = {}
        self.model = ""
        self.busy = False
        self.open()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, tb: TracebackType | None) -> None:
        self.live.close()

    # --- what a browser does ------------------------------------------------------------------------------------------

    def do(self, **told: Any) -> None:
        """Sends a payload of the chat's."""
        self.live.send({"ego": told})

    def open(self) -> dict[str, Any]:
        """Asks for the whole truth, and shows it."""
        self.do(do="open")
        return self.until(lambda told: told["t"] == "state")

    def say(self, text: str, client_id: str = "") -> str:
        """Sends a message; its id in the browser."""
        client_id = client_id or f"tab-{_RUN}-{next(_numbers)}"
        self.do(do="say", text=text, id=client_id)
        return client_id

    def ask(self, text: str) -> Message:
        """Says something and waits until its reply is final; that reply."""
        client_id = self.say(text)
        told = self.until(lambda told: told["t"] in ("add", "no") and told.get("client_id") == client_id)
        assert told["t"] == "add", f"Not taken: {told}"
        return self.ended(told["reply"]["id"])

    def refused(self, text: str) -> dict[str, Any]:
        """Says something that must not be taken; the refusal."""
        client_id = self.say(text)
        told = self.until(lambda told: told["t"] in ("add", "no") and told.get("client_id") == client_id)
        assert told["t"] == "no", f"It was taken: {told}"
        return told

    def ended(self, uid: str) -> Message:
        """Waits until a reply is final."""
        while self.messages[uid]["status"] == "pending":
            self.next()
        return self.messages[uid]

    def quiet(self) -> list[Message]:
        """Waits until nothing is under way; what is shown then."""
        while self.busy:
            self.next()
        return self.shown

    @property
    def shown(self) -> list[Message]:
        """The messages in the order of their places."""
        return sorted(self.messages.values(), key=lambda message: int(message["seq"]))

    @property
    def texts(self) -> list[tuple[str, str]]:
        """Role and text of what is shown."""
        return [(message["role"], message["text"]) for message in self.shown]

    # --- what a browser hears -----------------------------------------------------------------------------------------

    def until(self, wanted: Callable[[dict[str, Any]], Any]) -> dict[str, Any]:
        """Shows what comes, up to the first payload that is wanted."""
        while True:
            told = self.next()
            if wanted(told):
                return told

    def next(self) -> dict[str, Any]:
        """Shows the next payload."""
        told: dict[str, Any] = self.live.receive()["ego"]
        if told["t"] == "state":
            self.messages = {message["id"]: message for message in told["messages"]}
            assert [m["seq"] for m in told["messages"]] == sorted({m["seq"] for m in told["messages"]}), told
            self.words, self.model = told["words"], told["model"]
        elif told["t"] == "add":
            self._show(told["message"])
            if told.get("reply"):
                self._show(told["reply"])
        elif told["t"] == "text":
            message = self.messages[told["id"]]
            assert told["at"] in (0, len(message["text"])), f"{told} does not go on from {message}"
            message["text"] = message["text"][: told["at"]] + told["text"]
        elif told["t"] == "end":
            assert told["message"]["status"] != "pending", told
            self._show(told["message"])
        elif told["t"] == "reactions":
            self.messages[told["id"]]["reactions"] = told["reactions"]
        else:
            assert told["t"] in ("typing", "status") or (told["t"] == "no" and told["text"]), told
        self.status, self.busy = told.get("status", self.status), told.get("busy", self.busy)
        return told

    def _show(self, message: Message) -> None:
        self.messages[message["id"]] = message
