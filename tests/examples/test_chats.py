"""The example chats, as they are: their project's settings, apps and languages, on a server."""

from __future__ import annotations

import runpy
import shutil
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from harness import Server
from harness.chat import Chat
from harness.database import attempts
from harness.project import REPO
from playwright.sync_api import Page, expect

from otree_ego.testing import FakeService

CHATS = REPO / "examples/chats"
APPS = {folder.name: folder for folder in sorted(CHATS.iterdir()) if (folder / "__init__.py").is_file()}


@pytest.fixture(scope="module")
def fake() -> Iterator[FakeService]:
    with FakeService() as running:
        yield running


@pytest.fixture
def model(fake: FakeService) -> FakeService:
    """The service that the chats ask, as new."""
    fake.clear()
    return fake


@pytest.fixture(scope="module")
def server(server_factory: Callable[..., Server], fake: FakeService) -> Server:
    settings = runpy.run_path(str(CHATS / "settings.py"))
    usual = {**settings["SESSION_CONFIG_DEFAULTS"], "ego_model": "gpt-6-luna"}
    configs = [{**usual, **row} for row in settings["SESSION_CONFIGS"]]
    env = {"OPENAI_BASE_URL": fake.base_url, "OPENAI_API_KEY": "sk-fake"}
    server = server_factory(apps=APPS, session_configs=configs, env=env)
    shutil.copytree(CHATS / "ego_words", server.project.folder / "ego_words")
    return server


def said(model: FakeService, number: int = -1) -> list[str]:
    """The texts of a request."""
    return [message["content"] for message in model.requests[number].body["messages"]]


def shown(tab: Chat) -> list[tuple[str, str]]:
    return [(message["author"], message["text"]) for message in tab.shown]


def test_every_app_has_a_row_and_a_line_in_the_readme() -> None:
    rows = runpy.run_path(str(CHATS / "settings.py"))["SESSION_CONFIGS"]
    readme = Path(CHATS / "README.md").read_text("utf-8")
    assert {app for row in rows for app in row["app_sequence"]} == set(APPS)
    assert all(f"[{app}]({app}/__init__.py)" in readme for app in APPS)


def test_a_debate_has_a_moderator_after_every_second_message(server: Server, model: FakeService) -> None:
    model.reply = "You differ on buses. Against, what about them?"
    people = [person.start() for person in server.create_session("debate", 2).participants()]
    with ExitStack() as stack:
        one, two = (stack.enter_context(Chat(person)) for person in people)
        one.say("Cars kill.")
        two.until(lambda told: told["t"] == "add")
        assert model.requests == []
        two.say("Ambulances are cars.")
        for tab in (one, two):
            tab.until(lambda told: told["t"] == "add" and told["message"]["text"] == model.reply)
    assert "For: Cars kill." in "\n".join(said(model)) and "Against: Ambulances are cars." in "\n".join(said(model))
    assert (
        [text for _, text in shown(one)]
        == ["Cars kill.", "Ambulances are cars.", model.reply]
        == [text for _, text in shown(two)]
    )
    assert people[0].submit().page == "Judge"


def test_a_helper_speaks_when_it_is_called(server: Server, model: FakeService) -> None:
    model.reply = "You press them."
    people = [person.start() for person in server.create_session("helper", 2).participants()]
    with ExitStack() as stack:
        one, two = (stack.enter_context(Chat(person)) for person in people)
        one.say("A piano?")
        two.until(lambda told: told["t"] == "add")
        assert model.requests == []
        two.say("Robin, is it a piano?")
        two.until(lambda told: told["t"] == "add" and told["message"]["text"] == model.reply)
        assert [text for _, text in shown(two)] == ["A piano?", "Robin, is it a piano?", "You press them."]


def test_a_chat_in_french(server: Server, model: FakeService) -> None:
    model.reply = "Avec plaisir."
    person = server.create_session("french").participant().start()
    assert '<html lang="fr" dir="ltr">' in person.html and "Parlez avec un modèle" in person.html
    with Chat(person) as tab:
        assert tab.words["send"] == "Envoyer"
        assert tab.ask("Bonjour")["text"] == "Avec plaisir."


def test_each_reply_is_rated(server: Server, model: FakeService) -> None:
    model.reply = "Because of Rayleigh scattering."
    session = server.create_session("rated")
    person = session.participant().start()
    with Chat(person) as tab:
        number = tab.ask("Why is the sky blue?")["seq"]
        for stars, mean in ((2, 2), (4, 4)):  # the second one replaces the first
            tab.live.send({"rate": number, "stars": stars})
            assert tab.live.receive() == {"mean": mean, "of": 1}
    rows = server.custom_export("rated", "custom_export_ratings", session=session.code)
    assert [(row["message_number"], row["stars"]) for row in rows] == [(str(number), "4")]


def test_a_reply_has_a_status(server: Server, model: FakeService) -> None:
    model.reply = '{"text": "A new one, please.", "satisfaction": 3}'
    session = server.create_session("status")
    person = session.participant().start()
    with Chat(person) as tab:
        assert tab.ask("How can I help you?")["text"] == "A new one, please."
    for _ in attempts():
        if server.app_export("status", session.code)[0]["player.satisfaction"] == "3":
            break
    assert server.app_export("status", session.code)[0]["player.satisfaction"] == "3"


def test_reactions_are_told_to_the_model(server: Server, model: FakeService) -> None:
    model.reply = "The library?"
    people = [person.start() for person in server.create_session("reactions", 2).participants()]
    with ExitStack() as stack:
        one, two = (stack.enter_context(Chat(person)) for person in people)
        one.say("At the harbour?")
        two.until(lambda told: told["t"] == "add")
        two.do(do="react", message=two.shown[0]["id"], reaction="👎")
        one.until(lambda told: told["t"] == "reactions")
        two.say("It rains.")
        one.until(lambda told: told["t"] == "add" and told["message"]["text"] == model.reply)
    assert "👎" in "\n".join(said(model))


def test_the_nearest_character_answers(server: Server, model: FakeService) -> None:
    model.reply = ["Fresh bread!", "Mind the sparks."]
    person = server.create_session("characters").participant().start()
    with Chat(person) as tab:
        for place, character, text in ((10, "Mira", "Fresh bread!"), (60, "Otto", "Mind the sparks.")):
            tab.live.send({"walk": place})
            tab.say("Hello!")
            told = tab.until(lambda told, text=text: told["t"] == "add" and told["message"]["text"] == text)
            assert told["message"]["author"] == character


def test_a_deal_ends_the_bargain(server: Server, model: FakeService) -> None:
    model.reply = "150 euros."
    person = server.create_session("bargain").participant().start()
    with Chat(person) as tab:
        assert tab.status["seconds_left"] <= 600
        tab.ask("How much?")
        tab.say("It is a deal.")
        tab.until(lambda told: not told.get("status", {"open": True})["open"])
        assert tab.status["note"] == "You have a deal. Thank you!"


def test_an_interview_opens_and_goes_on(server: Server, model: FakeService) -> None:
    model.reply = "With whom?"
    person = server.create_session("interview").participant().start()
    with Chat(person) as tab:
        assert [message["text"] for message in tab.quiet()] == ["Hello! How did you spend yesterday evening?"]
        tab.say("I read.")
        tab.until(lambda told: told["t"] in ("end", "add") and told["message"]["text"] == "With whom?")
        assert not tab.status["next"]
    assert said(model)[-1] == "Ask one question, in one sentence. Do not comment on answers."


def test_stars_stand_beside_each_reply_in_a_browser(server: Server, model: FakeService, browser_page: Page) -> None:
    model.reply = "Because of Rayleigh scattering."
    page = browser_page
    page.goto(server.create_session("rated").participant().url)
    for count in (1, 2):
        page.locator("#ego-box").fill("Why is the sky blue?")
        page.locator(".ego-send").click()
        expect(page.locator(".stars")).to_have_count(count)
        page.locator(".stars").last.get_by_role("button", name=f"{count + 2} of 5").click()
        expect(page.locator(".stars").last.locator(".on")).to_have_count(count + 2)
        expect(page.locator("#mean")).to_have_text(f"Mean: {[3, 3.5][count - 1]} ({count})")
    page.reload()
    expect(page.locator(".stars")).to_have_count(2)
