"""The app `group_chat`: run through by bots, and walked through by people, as a lab would use it."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from harness import Project, Refused, Server
from harness.bots import otree_test
from harness.chat import TALK_FILES, Chat
from harness.database import attempts
from harness.participant import Participant

from otree_ego.testing import FakeService

PERSONAS = "Ada: You are curious. | Ben [addressed; at_most=1]: You doubt everything."
CONFIG: dict[str, Any] = {
    "name": "group_chat",
    "app_sequence": ["group_chat"],
    "num_demo_participants": 2,
    "group_chat_size": 2,
    "group_chat_wait": 0,
    "group_chat_personas": PERSONAS,
    "group_chat_speaks": "always",
    "group_chat_pace": "0",
    "group_chat_in_a_row": 3,
    "group_chat_topic": "Is a <hot dog> a sandwich?",
    "group_chat_seconds": 0,
    "ego_model": "gpt-6-luna",
    "ego_retries": 0,
    "ego_min_messages": 1,
    "ego_language": "en",
}


def bots(folder: Path, people: int, env: dict[str, str] | None = None, **settings: Any) -> str:
    """Runs `otree test` on a project with the app; what it printed."""
    made = Project(folder / "project", repo_apps=["group_chat"], session_configs=[{**CONFIG, **settings}])
    done = otree_test(made, "group_chat", str(people), **(env or {}))
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-5000:]
    return done.stdout + done.stderr


def answering(service: FakeService) -> dict[str, str]:
    return {"OPENAI_BASE_URL": service.base_url, "OPENAI_API_KEY": "sk-fake"}


@pytest.mark.parametrize(
    ("people", "settings"),
    [
        pytest.param(4, {}, marks=pytest.mark.full),
        pytest.param(3, {"group_chat_size": 1, "ego_language": "de"}, marks=pytest.mark.full),
        (4, {"group_chat_speaks": "always, addressed, every 2, after 5 s, moderator"}),
        pytest.param(2, {"group_chat_personas": " ", "group_chat_topic": " "}, marks=pytest.mark.full),
        pytest.param(2, {"group_chat_pace": "30-40"}, marks=pytest.mark.full),
    ],
)
def test_bots_go_through(tmp_path: Path, service: FakeService, people: int, settings: dict[str, Any]) -> None:
    service.reply = lambda body: "PASS" if "PASS" in body["messages"][0]["content"] else "I see."
    bots(tmp_path, people, answering(service), **settings)
    if settings.get("group_chat_personas", PERSONAS).strip():
        assert service.requests
    else:
        assert not service.requests


@pytest.mark.full
@pytest.mark.model
def test_bots_go_through_with_the_embedded_model(tmp_path: Path) -> None:
    bots(tmp_path, 2, ego_model="local/smollm2", ego_max_tokens=12, ego_deadline=120.0)


@pytest.fixture(scope="module")
def server(server_factory: Callable[..., Server], model: FakeService) -> Server:
    return server_factory(repo_apps=["group_chat"], session_configs=[CONFIG], env=answering(model))


def until_said(tab: Chat, text: str) -> dict[str, Any]:
    """Waits until this is the last message; it."""
    while True:
        told = tab.live.receive()["ego"]
        if told["t"] == "add" and told["message"]["text"] == text:
            return told["message"]  # type: ignore[no-any-return]


def test_two_people_meet_and_talk_with_two_ais(server: Server, model: FakeService) -> None:
    model.clear()
    model.reply = ["What do you say, Ben?", "No."]
    session = server.create_session("group_chat", 3)
    ann, bob, _ = session.participants()
    ann.start()
    assert ann.waiting
    bob.start()
    ann.reload()
    assert "Is a &lt;hot dog&gt; a sandwich?" in ann.html
    assert "One other participant" in ann.html and "Ada and Ben will be there, too: AIs" in ann.html
    with pytest.raises(Refused, match="looks like one that is taken"):
        ann.submit(nickname="ada")
    ann.submit(nickname="{{ Ann }}")
    bob.submit(nickname="Bob")
    assert [ann.page, bob.page] == ["Chat", "Chat"]
    with pytest.raises(Refused, match="at least 1 more message"):
        bob.submit()
    with Chat(ann) as hers, Chat(bob) as his:
        hers.say("It is not")
        seen = until_said(his, "It is not")
        assert (seen["author"], seen["mine"]) == ("{{ Ann }}", False)
        assert until_said(his, "No.")["author"] == "Ben"
        his.say("I think it is")
        until_said(hers, "I think it is")
        assert until_said(hers, "No.")["author"] == "Ada"
    for person in (ann, bob):
        person.submit()
        with pytest.raises(Refused):
            person.submit(liked="6")
        person.submit(liked="4", comment="Fun!")
        assert (person.page, "Messages that you wrote: 1" in person.html) == ("End", True)
    assert "Messages of all: 5" in ann.html
    instructions = model.requests[1].body["messages"][0]["content"]
    about = "The conversation is about this: Is a <hot dog> a sandwich?"
    assert instructions.startswith(f"You doubt everything.\n\n{about}\n\nYou are Ben in a group chat.")
    assert "Also in it: {{ Ann }}, Bob, Ada." in instructions
    record = server.custom_export("group_chat", session=session.code)
    assert [row["author"] for row in record] == [ann.code, "Ada", "Ben", bob.code, "Ada"]


def test_who_names_themselves_later_is_named_on_pages_that_are_open(server: Server, model: FakeService) -> None:
    session = server.create_session("group_chat", 2)
    ann, bob = session.participants()
    ann.start()
    bob.start()
    ann.reload().submit(nickname="Ann")

    def people(told: dict[str, Any]) -> list[str]:
        return [one["name"] for one in told.get("people", ())]

    with Chat(ann) as hers:
        assert people(hers.open()) == ["Ann", "Participant 2", "Ada", "Ben"]
        bob.submit(nickname="Bob")
        with Chat(bob) as his:
            assert people(his.open()) == ["Ann", "Bob", "Ada", "Ben"]
            while people(hers.live.receive()["ego"]) != ["Ann", "Bob", "Ada", "Ben"]:
                continue


def test_a_room_begins_with_fewer_after_the_wait(server: Server, model: FakeService) -> None:
    session = server.create_session("group_chat", 4, group_chat_wait=1)
    alone = session.participant().start()
    assert alone.waiting
    assert "No other participant will be there." in alone.until("Introduction", timeout=90).html
    assert alone.submit(nickname="Ann").page == "Chat"


def test_another_app_can_follow(server_factory: Callable[..., Server], model: FakeService) -> None:
    alone = {**CONFIG, "group_chat_size": 1, "ego_min_messages": 0}
    configs = [{**alone, "name": "last"}, {**alone, "name": "first", "app_sequence": ["group_chat", "talk"]}]
    server = server_factory(
        repo_apps=["group_chat"], apps={"talk": TALK_FILES}, session_configs=configs, env=answering(model)
    )
    for name in ("last", "first"):
        person = server.create_session(name, 1).participant().start().submit(nickname="Ann").submit().submit(liked="4")
        assert (person.page, "You can close this page" in person.html) == ("End", name == "last")
        assert ("otree-btn-next" in person.html) is (name == "first")
    assert "/talk/Chat/" in person.submit().url


def test_an_ai_that_nobody_has_described_is_told_in_the_session_s_language(
    server_factory: Callable[..., Server], model: FakeService
) -> None:
    usual = {key: value for key, value in CONFIG.items() if key != "group_chat_personas"}
    configs = [{**usual, "group_chat_size": 1, "ego_language": "de"}]
    server = server_factory(repo_apps=["group_chat"], session_configs=configs, env=answering(model))
    person = server.create_session("group_chat", 1).participant().start().submit(nickname="Ann").until("Chat")
    model.clear()
    with Chat(person) as tab:
        tab.say("Hallo")
        model.wait_until(lambda fake: fake.requests)
    assert model.requests[0].body["messages"][0]["content"].startswith("Sie sind freundlich und neugierig.")


def test_treatments_are_assigned_to_rooms_in_balance(server: Server, model: FakeService) -> None:
    session = server.create_session("group_chat", 4, group_chat_size=1, group_chat_speaks="always, addressed")
    for person in session.participants():
        person.start().submit(nickname="Kim").until("Chat")
    rooms = server.database.query("SELECT speaks FROM group_chat_group WHERE speaks IS NOT NULL ORDER BY id DESC")
    assert sorted(row["speaks"] for row in rooms[:4]) == ["addressed", "addressed", "always", "always"]


def test_the_time_of_the_chat(server: Server, model: FakeService) -> None:
    def at_the_chat(seconds: int) -> Participant:
        session = server.create_session("group_chat", 1, group_chat_size=1, group_chat_seconds=seconds)
        return session.participant().start().submit(nickname="Ann").until("Chat")

    assert "otree-timer" not in at_the_chat(0).html
    with pytest.raises(Refused, match="at least 1 more message"):
        at_the_chat(600).submit(timeout_happened="1")
    person = at_the_chat(1)
    assert "otree-timer" in person.html
    for _ in attempts(pause=0.1):
        if person.page == "Feedback":
            return
        with contextlib.suppress(Refused):
            person.submit(timeout_happened="1")
    raise AssertionError("The chat goes on.")


@pytest.mark.parametrize(
    ("setting", "says"),
    [
        ({"group_chat_size": 0}, "group_chat_size = 0: this setting takes a whole number of at least 1"),
        ({"group_chat_speaks": "always, sometimes"}, "group_chat_speaks = 'always, sometimes'"),
        ({"group_chat_personas": "Ada: A. | ada: B."}, "Two personas have the name"),
        ({"group_chat_personas": "Ada [model=gtp/none]: A."}, "gtp"),
        ({"group_chat_pace": "soon"}, "group_chat_pace = 'soon'"),
    ],
)
def test_a_wrong_setting_refuses_the_session(server: Server, setting: dict[str, Any], says: str) -> None:
    with pytest.raises(AssertionError, match="400") as refused:
        server.create_session("group_chat", 2, **setting)
    assert says in json.dumps(str(refused.value)).replace("\\\\", "")
