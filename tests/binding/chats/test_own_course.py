"""How a chat goes differs by participant, by round and by group: times, ends, openings, names, reminders, pace."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from harness import Refused, Server
from harness.chat import CHAT_PAGE, CONFIG, END_PAGE, Chat
from harness.group_rooms import Seat

from otree_ego.testing import FakeService

from .test_own_settings import MEETING, STEERED, TOLD, session
from .test_times import events, over

FIRST = {
    "opening": "Hello, first!", "partner_name": "Ada", "reminder": "Be brief.", "end_word": "[END]",
    "min_seconds": 3000, "show_countdown": True, "pace": "0.01",
}  # fmt: skip
SECOND = {"opening_prompt": "Greet.", "partner_name": "Ben", "max_seconds": 1, "word_time_over": "Schluss."}


@pytest.fixture(scope="module")
def steered(chat_server: Callable[..., Server]) -> Server:
    apps = {
        "steered": {"__init__.py": STEERED, "Chat.html": CHAT_PAGE},
        "meeting": {"__init__.py": MEETING, "Chat.html": CHAT_PAGE, "End.html": END_PAGE},
    }
    configs = [{"name": f"my_{app}", "app_sequence": [app], **CONFIG, **TOLD} for app in apps]
    return chat_server(apps=apps, configs=configs)


def first(chat: Chat) -> dict[str, Any]:
    """Waits until the first message is whole; that message."""
    while not chat.shown or chat.shown[0]["status"] == "pending":
        chat.next()
    return chat.shown[0]


def test_participants_differ(steered: Server, model: FakeService) -> None:
    model.reply = "Hi, second!"
    made = session(steered, 3, steer=[FIRST, SECOND, {}])
    one, two, three = (person.start() for person in made.participants())
    with Chat(one) as a, Chat(two) as b, Chat(three) as c:
        assert (first(a)["text"], first(a)["author"]) == ("Hello, first!", "Ada")
        assert (first(b)["text"], first(b)["author"]) == ("Hi, second!", "Ben")
        assert c.shown == [] and c.status["seconds_to_next"] is None
        assert over(b)["note"] == "Schluss."
        assert 0 < a.status["seconds_to_next"] <= 3000
        model.reply = "Bye. [END]"
        a.ask("Hi")
        assert model.requests[-1].body["messages"][-1]["content"] == "Be brief."
        assert over(a)["next"]  # an end counts more than the least time
        assert c.ask("Hi")["text"] == "Bye. [END]"
        assert c.status["open"]
    assert two.submit().page == "Chat"  # the next round has a time, and an opening, of its own
    with Chat(two) as b:
        assert b.status["open"] and first(b)["author"] == "Ben"
        assert over(b)["note"] == "Schluss."
    found = [(row["participant"], row["round"], row["event"]) for row in events(steered, made.code)]
    assert sorted(found) == sorted(
        [(one.code, "1", kind) for kind in ("chat opened", "chat ended")]
        + [(two.code, turn, kind) for turn in "12" for kind in ("chat opened", "chat ended")]
    )


def test_a_groups_chat_and_its_members(steered: Server, model: FakeService) -> None:
    made = session(
        steered,
        2,
        "my_meeting",
        steer=[{"min_seconds": 3000}, {}],
        given={"opening": "Hello, all!", "reminder": "Brief."},
    )
    one, two = (person.start() for person in made.participants())
    with Seat(one) as a, Seat(two) as b:
        for seat in (a, b):
            while not seat.shown:
                seat.next()
            assert [(m["author"], m["text"]) for m in seat.shown] == [("Ada", "Hello, all!")]
        assert (a.status["next"], b.status["next"]) == (False, True)
        b.say("Hi")
        b.until(lambda told: told["t"] == "add" and told["message"]["role"] == "assistant")
        assert model.requests[-1].body["messages"][-1]["content"] == "Brief."
        with pytest.raises(Refused):
            one.submit()
    assert two.submit().page == "End"


@pytest.mark.parametrize("name", ["max_seconds", "opening", "reminder", "end_word", "pace", "partner_name"])
def test_what_members_have_in_common(steered: Server, name: str) -> None:
    value = {"max_seconds": 5, "pace": "1"}.get(name, "Text")
    person = session(steered, 1, "my_meeting", steer=[{name: value}]).participant().start()
    with Chat(person) as chat:
        assert not chat.status["open"]
    assert f"ego_{name} holds for all who share a chat" in steered.log
