"""The name and the picture of the AI in a chat with one AI, and the personas' in a group chat."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from harness import Server
from harness.chat import CONFIG, Chat
from harness.group_rooms import ROOM_FILES, Seat, room_field

from otree_ego import ConfigError, Persona
from otree_ego.chat_rules.pictures import picture_address
from otree_ego.testing import FakeService

NAMED = dict(ego_partner_name="Ada", ego_partner_picture="my partners/ada.png")
ADDRESS = "/static/my%20partners/ada.png"


@pytest.fixture(scope="module")
def chats(chat_server: Callable[..., Server]) -> Server:
    config = {"name": "salon", "app_sequence": ["room"], **CONFIG, "room": ""}
    return chat_server(apps={"room": ROOM_FILES}, configs=[config])


def test_the_ai_has_a_name_and_a_picture(chats: Server, model: FakeService) -> None:
    with Chat(chats.create_session("talk", **NAMED).participant().start()) as chat:
        assert chat.ask("Hello")["author"] == "Ada"
        told = chat.open()
        assert told["pictures"] == {"Ada": ADDRESS}
        assert [(m["author"], m["mine"]) for m in told["messages"]] == [("", True), ("Ada", False)]


def test_without_a_name(chats: Server, model: FakeService) -> None:
    session = chats.create_session("talk", ego_partner_picture="https://example.edu/a.png")
    with Chat(session.participant().start()) as chat:
        assert chat.ask("Hello")["author"] == ""
        assert chat.open()["pictures"] == {"": "https://example.edu/a.png"}


def test_where_nobody_is_to_know_yet(chats: Server, model: FakeService) -> None:
    with Chat(chats.create_session("talk", **NAMED, ego_disclose="after").participant().start()) as chat:
        chat.say("Hello")
        told = chat.until(lambda told: told["t"] == "add" and not told["message"]["mine"])
        assert (told["message"]["author"], told["message"]["role"]) == ("Ada", "user")
        assert chat.words["other"] == "Ada" and chat.open()["pictures"] == {"Ada": ADDRESS}


def test_nobody_who_shares_a_chat_takes_its_name(chats: Server, model: FakeService) -> None:
    session = chats.create_session("table", 2, ego_partner_name="Participant 1")
    one, two = (Chat(person.start()) for person in session.participants())
    one.say("Hello")
    told = two.until(lambda told: told["t"] == "add")
    assert (told["message"]["author"], told["reply"]["author"]) == ("Participant 1 2", "Participant 1")
    one.live.close()
    two.live.close()


@pytest.mark.parametrize("reveal", [True, False])
def test_personas_have_pictures(chats: Server, model: FakeService, reveal: bool) -> None:
    told = room_field({"name": "Ada", "picture": "ada.png"}, {"name": "Ben"}, more={"reveal_ais": reveal})
    with Seat(chats.create_session("salon", room=told).participant().start()) as seat:
        assert seat.open()["pictures"] == ({"Ada": "/static/ada.png"} if reveal else {})


@pytest.mark.parametrize(
    "wrong",
    ["javascript:alert(1)", "../db.sqlite3", "a/../../b", "//example.org/x.png", "data:text/html;base64,xx", "a\nb"],
)
def test_what_is_no_picture(wrong: str) -> None:
    with pytest.raises(ConfigError, match="is no picture"):
        picture_address(wrong)
    with pytest.raises(ConfigError, match=r"Persona 'Ada': .* is no picture"):
        Persona("Ada", picture=wrong)


@pytest.mark.parametrize(
    ("setting", "why"),
    [
        (dict(ego_partner_name="A: B"), "ego_partner_name: Persona"),
        (dict(ego_partner_picture="x:y"), "ego_partner_picture: 'x:y'"),
    ],
)
def test_wrong_settings_are_refused(chats: Server, setting: dict[str, str], why: str) -> None:
    with pytest.raises(AssertionError, match=why):
        chats.create_session("talk", **setting)
