"""A group chat in two people's browsers: who said what, in whose colour, and who is writing."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import Any

import pytest
from harness import Browser, Server
from harness.browser import PHONE, Watch
from harness.chat_window import SETTINGS, Window, healthy
from playwright.sync_api import Page, expect

from otree_ego.testing import FakeService

CONFIG: dict[str, Any] = {
    "name": "group_chat",
    "app_sequence": ["group_chat"],
    **SETTINGS,
    "num_demo_participants": 2,
    "group_chat_size": 2,
    "group_chat_personas": "Ada: You are Ada. | Ben [addressed]: You are Ben.",
    "group_chat_speaks": "always",
    "group_chat_pace": "0",
    "group_chat_topic": "",
}


@pytest.fixture(scope="module")
def fake() -> Iterator[FakeService]:
    with FakeService() as running:
        yield running


@pytest.fixture
def model(fake: FakeService) -> FakeService:
    return healthy(fake)


@pytest.fixture(scope="module")
def server(server_factory: Callable[..., Server], fake: FakeService) -> Server:
    env = {"OPENAI_BASE_URL": fake.base_url, "OPENAI_API_KEY": "sk-fake"}
    return server_factory(repo_apps=["group_chat"], session_configs=[CONFIG], env=env)


def meet(server: Server, *pages: Page, **settings: Any) -> list[Window]:
    """So many people of one room at their chat; the first is called Kim, the second Lou."""
    session = server.create_session("group_chat", len(pages), group_chat_size=len(pages), **settings)
    people = [person.start() for person in session.participants()]
    for person, name in zip(people, ("Kim", "Lou"), strict=False):
        person.until("Introduction").submit(nickname=name)
    return [Window(page, session, person.until("Chat").url).open() for page, person in zip(pages, people, strict=True)]


@pytest.fixture
def two(server: Server, model: FakeService, browser_page: Page, browser: Browser) -> Iterator[list[Window]]:
    """Kim at a desk, Lou with a phone."""
    with ExitStack() as stack:
        page, watch = stack.enter_context(browser.tab(PHONE))
        yield meet(server, browser_page, page)
        assert not watch.unexpected


def colour(window: Window, text: str) -> str:
    author = window.page.locator(".ego-author", has_text=re.compile(f"^{text}$")).first
    return str(author.evaluate("element => getComputedStyle(element).color"))


def test_names_and_colours(two: list[Window], model: FakeService) -> None:
    kim, lou = two
    model.reply = ["Hello, **Kim**. What do you say, Ben?", "I doubt it."]
    expect(kim.page.locator(".ego-people")).to_have_text("Here: Kim (you), Lou, Ada, Ben")
    expect(lou.page.locator(".ego-people")).to_have_text("Here: Lou (you), Kim, Ada, Ben")
    kim.say("Good morning")
    texts = ("Good morning", "Hello, Kim. What do you say, Ben?", "I doubt it.")
    for window in two:
        window.shows(*texts)
        expect(window.stop).to_be_hidden()
    expect(lou.page.locator(".ego-author")).to_have_text(["Kim", "Ada", "Ben"])
    expect(kim.page.locator(".ego-author")).to_have_text(["Ada", "Ben"])
    expect(kim.messages.first).to_have_attribute("data-mine", "")
    seen = [colour(lou, name) for name in ("Kim", "Ada", "Ben")]
    assert len(set(seen)) == 3
    assert [colour(kim, name) for name in ("Ada", "Ben")] == seen[1:]
    model.reply = "You too."
    lou.say("And I?")
    kim.shows(*texts, "And I?", "You too.")
    lou.shows(*texts, "And I?", "You too.")
    order = "rows => rows.map(row => row.innerText)"
    assert kim.bodies.evaluate_all(order) == lou.bodies.evaluate_all(order)


def test_who_is_writing(two: list[Window], model: FakeService) -> None:
    kim, lou = two
    model.hold()
    kim.say("Good morning")
    for window in two:
        expect(window.page.locator(".ego-typing")).to_have_text("Ada is writing…")
        expect(window.stop).to_be_hidden()
        expect(window.page.locator(".ego-dots")).to_have_count(0)
    expect(lou.page.locator('[data-ego="live"]')).to_have_text(re.compile("Ada is writing|Kim: Good morning"))
    lou.page.reload()
    expect(lou.page.locator(".ego-typing")).to_have_text("Ada is writing…")
    lou.say("I am here, too")
    kim.shows("Good morning", "I am here, too")
    model.release()
    for window in two:
        window.shows("Good morning", "I am here, too", FakeService.DEFAULT_REPLY, FakeService.DEFAULT_REPLY)
        expect(window.page.locator(".ego-typing")).to_have_text("")
    expect(lou.page.locator('[data-ego="live"]')).to_have_text(f"Ada: {FakeService.DEFAULT_REPLY} ")


def test_the_list_does_not_move_when_somebody_writes(two: list[Window], model: FakeService) -> None:
    kim, lou = two
    before = [window.log.bounding_box() for window in two]
    model.hold()
    kim.say("Good morning")
    for window in two:
        expect(window.page.locator(".ego-typing")).to_have_text("Ada is writing…")
    assert [window.log.bounding_box() for window in two] == before
    width = lou.page.evaluate("[document.documentElement.scrollWidth, document.documentElement.clientWidth]")
    assert width[0] <= width[1]
    model.release()


def test_a_reply_that_fails_and_is_tried_again_by_the_other(two: list[Window], model: FakeService) -> None:
    kim, lou = two
    model.fail(400)
    kim.say("Good morning")
    for window in two:
        expect(window.messages.last).to_contain_text("Sorry, no reply came.")
    model.heal()
    lou.retry.click()
    for window in two:
        window.shows("Good morning", FakeService.DEFAULT_REPLY)


def test_names_are_text(server: Server, model: FakeService, browser_page: Page, watch: Watch) -> None:
    session = server.create_session("group_chat", 1, group_chat_size=1, ego_word_people="<b>{names}</b>")
    person = session.participant().start().submit(nickname="<img src=x>$&").until("Chat")
    window = Window(browser_page, session, person.url).open()
    expect(browser_page.locator(".ego-people")).to_have_text("<b><img src=x>$& (you), Ada, Ben</b>")
    window.say("Hello")
    window.shows("Hello", FakeService.DEFAULT_REPLY)
    assert browser_page.locator(".ego-people img").count() == 0


def test_alone_with_ais_one_may_stop(server: Server, model: FakeService, browser_page: Page) -> None:
    (kim,) = meet(server, browser_page, ego_language="de")
    model.reply = "eins zwei drei vier fünf sechs"
    model.hold()
    kim.say("Hallo")
    expect(browser_page.locator(".ego-typing")).to_have_text("Ada schreibt …")
    expect(browser_page.locator(".ego-people")).to_have_text("Hier sind: Kim (Sie), Ada, Ben")
    model.wait_until(lambda fake: fake.standing == 1)
    kim.stop.click()
    expect(kim.messages.last).to_contain_text(re.compile("Sie haben diese Antwort angehalten|Leider kam keine Antwort"))
    model.release()


def test_whose_turn_it_is(server: Server, model: FakeService, browser_page: Page, browser: Browser) -> None:
    with ExitStack() as stack:
        page, watch = stack.enter_context(browser.tab(PHONE))
        kim, lou = meet(server, browser_page, page, ego_turns="round", group_chat_personas="Ada: You are Ada.")
        expect(kim.note).to_have_text("It is your turn.")
        expect(lou.note).to_have_text("It is Kim’s turn.")
        expect(lou.box).to_be_disabled()
        kim.say("One")
        expect(kim.note).to_have_text("It is Lou’s turn.")
        expect(kim.box).to_be_disabled()
        expect(lou.note).to_have_text("It is your turn.")
        lou.ask("Two", FakeService.DEFAULT_REPLY)
        expect(kim.note).to_have_text("It is your turn.")
        kim.shows("One", "Two", FakeService.DEFAULT_REPLY)
        kim.say("Three")
        lou.shows("One", "Two", FakeService.DEFAULT_REPLY, "Three")
        assert not watch.unexpected


def test_reactions_are_seen_by_all(server: Server, model: FakeService, browser_page: Page, browser: Browser) -> None:
    with ExitStack() as stack:
        page, watch = stack.enter_context(browser.tab(PHONE))
        kim, lou = meet(server, browser_page, page, ego_reactions="👍 👎", group_chat_personas="Ada: You are Ada.")
        kim.ask("Hello", FakeService.DEFAULT_REPLY)
        lou.shows("Hello", FakeService.DEFAULT_REPLY)
        beside = [window.messages.last.locator(".ego-reaction") for window in (kim, lou)]
        expect(beside[0]).to_have_text(["+"])
        kim.messages.last.get_by_role("button", name="React to this message").click()
        expect(beside[0]).to_have_text(["👍", "👎", "+"])
        beside[0].nth(1).click()
        for each in beside:
            expect(each).to_have_text(["👎", "+"])
        expect(beside[1].first).to_have_attribute("title", "Kim")
        expect(beside[0].first).to_have_attribute("aria-pressed", "true")
        beside[1].first.tap()
        for each in beside:
            expect(each).to_have_text(["👎 2", "+"])
        browser_page.reload()
        expect(beside[0]).to_have_text(["👎 2", "+"])
        beside[0].first.click()
        for each in beside:
            expect(each).to_have_text(["👎", "+"])
        assert not watch.unexpected
