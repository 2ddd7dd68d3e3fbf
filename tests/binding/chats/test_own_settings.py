"""Settings per participant, treatment, round and group: by each door, on the page, on the server and in the data."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from harness import PostgreSQL, Server
from harness.chat import CHAT_PAGE, CONFIG, END_PAGE, TALK, Chat
from harness.participant import Refused

from otree_ego.testing import FakeService

pytestmark = pytest.mark.any_database

STEERED = (
    TALK.replace('"talk"', '"steered"')
    .replace("NUM_ROUNDS = 1", "NUM_ROUNDS = 2")
    .replace("import ai, chat", "import assign, custom_export_assignments, ai, chat, language_of, thread_from_config")
    .replace("class Subsession", "import json\n\n\nclass Subsession")
    .partition("def creating_session")[0]
    + """\
def told(session, name):
    return json.loads(session.config[name] or "null")


def ego_settings(player):
    told_me = told(player.session, "steer")
    if told_me == "broken":
        raise ValueError("no treatment yet")
    if isinstance(told_me, list):
        return {**told_me[(player.id_in_group - 1) % len(told_me)], "word_start": language_of(player)}
    return told_me


def creating_session(subsession):
    levels = told(subsession.session, "levels")
    if levels:
        assign(subsession, **levels)
    for player, given in zip(subsession.get_players(), told(subsession.session, "given") or []):
        if player.id_in_group == 2:
            ai(player).set(thread_from_config(player, **given))
        else:
            ai(player).from_config(**given)


class Chat(Page):
    live_method = chat

    @staticmethod
    def error_message(player, values):
        return chat_error(player)


page_sequence = [Chat]
"""
)
MEETING = (
    TALK.replace('"talk"', '"meeting"')
    .replace("import ai, chat", "import Persona, custom_export_assignments, group_chat, ai, chat")
    .partition("def creating_session")[0]
    + """\
import json


def ego_settings(player):
    told = json.loads(player.session.config["steer"] or "[{}]")
    return told[(player.id_in_group - 1) % len(told)]


def ego_group_settings(group):
    return json.loads(group.session.config["given"] or "null")


class Chat(Page):
    @staticmethod
    async def live_method(player, data):
        async for update in group_chat(player, data, personas=[Persona("Ada", speaks="always")]):
            yield update

    @staticmethod
    def error_message(player, values):
        return chat_error(player, ai(player.group))


class End(Page):
    pass


page_sequence = [Chat, End]
"""
)
TOLD: dict[str, Any] = {"steer": "", "levels": "", "given": ""}


@pytest.fixture(scope="module")
def steered(chat_server: Callable[..., Server], database: PostgreSQL | None) -> Server:
    apps = {
        "steered": {"__init__.py": STEERED, "Chat.html": CHAT_PAGE},
        "meeting": {"__init__.py": MEETING, "Chat.html": CHAT_PAGE, "End.html": END_PAGE},
    }
    configs = [{"name": f"my_{app}", "app_sequence": [app], **CONFIG, **TOLD} for app in apps]
    return chat_server(apps=apps, configs=configs, database=database)


def session(server: Server, people: int, app: str = "my_steered", **told: Any) -> Any:
    own = {name: json.dumps(told.pop(name)) for name in TOLD if name in told}
    return server.create_session(app, people, **own, **told)


def recorded(server: Server, code: str, app: str = "steered") -> list[dict[str, str]]:
    rows = server.custom_export(app, "custom_export_assignments", session=code)
    return [row for row in rows if row["assignment"] == "chat settings"]


def test_the_apps_function(steered: Server, model: FakeService) -> None:
    steer = [
        {"show_model": False, "max_messages": 1, "ego_word_send": "Go <b>", "language": "de", "temperature": 0.25},
        {"max_length": 3, "min_messages": 2, "model": "gpt-5.4-mini", "system_prompt": "You are Eve."},
        {},
    ]
    made = session(steered, 3, steer=steer)
    one, two, three = (person.start() for person in made.participants())
    assert "Weiter" in one.html and '<html lang="de" dir="ltr">' in one.html and "Next" in two.html  # oTree's, too
    with Chat(one) as chat:
        assert (chat.model, chat.words["send"], chat.words["stop"]) == ("", "Go <b>", "Anhalten")
        assert chat.words["start"] == "en"  # while it is asked, the language is the session's
        chat.ask("Hello")
        assert model.requests[-1].body["temperature"] == 0.25
        assert chat.refused("More")["why"] == "limit_messages"
        assert chat.status["note"] == "Sie haben alle Ihre Nachrichten verwendet. Vielen Dank!"
    with Chat(two) as chat:
        assert (chat.model, chat.words["send"]) == ("gpt-5.4-mini", "Send")
        assert chat.refused("Hello")["why"] == "too_long"
        chat.ask("Hi")
        assert model.requests[-1].body["model"] == "gpt-5.4-mini"
        assert model.requests[-1].body["messages"][0]["content"] == "You are Eve."
        with pytest.raises(Refused):
            two.submit()
    with Chat(three) as chat:
        assert chat.model == "gpt-6-luna" and chat.open()["max_length"] == 4000
    assert three.submit().page == "Chat"  # the next round
    found = {row["participant"]: row for row in recorded(steered, made.code)}
    assert found[one.code]["ego_show_model"] in ("False", "0") and found[one.code]["ego_max_messages"] == "1"
    assert {row["round"] for row in found.values()} == {"1"}
    assert found[two.code]["ego_model"] == "gpt-5.4-mini" and "Eve" not in json.dumps(recorded(steered, made.code))


def test_assign(steered: Server, model: FakeService) -> None:
    made = session(steered, 2, levels={"ego_show_model": [True, False], "ego_max_messages": [1, 2]})
    rows = steered.custom_export("steered", "custom_export_assignments", session=made.code)
    for person, row in zip((p.start() for p in made.participants()), rows, strict=True):
        assert row["participant"] == person.code
        with Chat(person) as chat:
            assert bool(chat.model) == (row["ego_show_model"] in ("True", "1"))
            assert chat.status["left"] == int(row["ego_max_messages"])


def test_given_with_a_thread(steered: Server, model: FakeService) -> None:
    given = [
        {"show_model": False, "max_messages": 1, "mood": "calm", "ego_seed": 5},
        {"show_model": False, "min_messages": 1},
    ]
    made = session(steered, 2, given=given)
    one, two = (person.start() for person in made.participants())
    with Chat(one) as chat:
        assert chat.model == "" and chat.status["left"] == 1
        chat.ask("Hello")
        assert model.requests[-1].body["seed"] == 5
    with Chat(two) as chat:
        assert chat.model == ""
        with pytest.raises(Refused):
            two.submit()
    steered.stop()
    steered.start()
    with pytest.raises(Refused):
        two.submit()
    with Chat(one.reload()) as chat:
        assert chat.model == "" and chat.refused("More")["why"] == "limit_messages"


@pytest.mark.parametrize(
    ("told", "why"),
    [
        (
            {"levels": {"ego_show_modell": [True]}},
            "there is no setting 'ego_show_modell'. Did you mean 'ego_show_model'?",
        ),
        ({"levels": {"ego_show_model": ["no"]}}, "ego_show_model = 'no': this setting takes True or False."),
        ({"levels": {"ego_max_cost_session": [1]}}, "is a limit of the whole session"),
        ({"given": [{"max_messages": -1}]}, "ego_max_messages = -1: this setting takes a whole number"),
        ({"given": [{"max_messages_session": 5}]}, "is a limit of the whole session"),
        ({"given": [{"completion_platform": "sona"}]}, "ego_completion_platform is about the end of the study"),
        ({"given": [{"ego_show_modell": True}]}, "there is no setting 'ego_show_modell'"),
    ],
)
def test_wrong_settings_are_refused_with_the_session(steered: Server, told: dict[str, Any], why: str) -> None:
    with pytest.raises(AssertionError) as refused:
        session(steered, 2, **told)
    assert why in str(refused.value) or why in steered.log


@pytest.mark.parametrize(
    ("steer", "why"),
    [
        ([{"show_modell": True}], "ego_settings of the app steered: there is no setting 'show_modell'."),
        ([{"max_messages": "many"}], "ego_max_messages = 'many': this setting takes"),
        (5, "ego_settings of the app steered must return a dict of settings, not int."),
    ],
)
def test_a_wrong_function_refuses_the_session(steered: Server, steer: Any, why: str) -> None:
    with pytest.raises(AssertionError) as refused:
        session(steered, 1, steer=steer)
    assert "HTTP 400" in str(refused.value) and why in str(refused.value)


def test_a_function_that_stops_is_said_and_the_page_stands(steered: Server) -> None:
    person = session(steered, 1, steer="broken").participant().start()
    with Chat(person) as chat:
        assert not chat.status["open"] and chat.status["next"]
    assert "ego_settings of the app steered stopped with ValueError: no treatment yet" in steered.log


def test_members_of_a_group(steered: Server, model: FakeService) -> None:
    steer = [{"max_messages": 1, "language": "de"}, {"max_length": 3, "min_messages": 1}]
    made = session(steered, 2, "my_meeting", steer=steer, given={"temperature": 0.75, "max_messages": 5})
    one, two = (person.start() for person in made.participants())
    with Chat(one) as first, Chat(two) as second:
        assert (first.words["send"], second.words["send"]) == ("Senden", "Send")
        assert (first.status["left"], second.status["left"]) == (1, 5)
        first.say("Hallo zusammen")
        second.until(lambda told: told["t"] == "add" and told["message"]["role"] == "assistant")
        assert model.requests[-1].body["temperature"] == 0.75
        assert first.refused("Mehr")["text"] == "Sie haben alle Ihre Nachrichten verwendet. Vielen Dank!"
        assert second.refused("Hello")["why"] == "too_long"
        with pytest.raises(Refused):
            two.submit()
        second.say("Hi")
        second.until(lambda told: told["t"] == "add" and told["message"]["role"] == "assistant")
    assert two.submit().page == "End"
    rows = {row["participant"]: row for row in recorded(steered, made.code, "meeting")}
    assert (rows[one.code]["ego_max_messages"], rows[two.code]["ego_max_messages"]) == ("1", "5")


def test_what_members_must_have_in_common(steered: Server, model: FakeService) -> None:
    person = session(steered, 1, "my_meeting", steer=[{"model": "gpt-5.4-mini"}]).participant().start()
    with Chat(person) as chat:
        assert not chat.status["open"] and chat.status["next"]
    assert "ego_model holds for all who share a chat. These may differ between its members:" in steered.log
