"""Connections that die without a word, in a real browser: what a participant wrote arrives, once, and the page says so.

The browser's clock is the test's: nobody waits for the seconds of the page's timers.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from harness import Server, Watch
from harness.broken_writes import CODE, fail
from harness.chat import TALK, TALK_FILES
from harness.chat_window import SETTINGS, Window, enter, healthy
from harness.database import attempts
from harness.wire import Way, Wire
from playwright.sync_api import Page, expect

from otree_ego.testing import FakeService

REPLY = "one two three four five six"
DELAYED = "Not delivered yet. We keep trying."
OVER = "This page is over. You have already gone on, perhaps in another window or tab."
ROOM: dict[str, Any] = {
    "group_chat_size": 1,
    "group_chat_personas": "Ada: You are Ada.",
    "group_chat_speaks": "always",
    "group_chat_pace": "0",
    "group_chat_topic": "",
}


@pytest.fixture(scope="module")
def fake() -> Iterator[FakeService]:
    with FakeService() as running:
        yield running


@pytest.fixture(scope="module")
def server(server_factory: Callable[..., Server], fake: FakeService) -> Server:
    names = ("ego_chat", "group_chat", "broken")
    configs: list[dict[str, Any]] = [{"name": name, "app_sequence": [name], **SETTINGS, **ROOM} for name in names]
    env = {"OPENAI_BASE_URL": fake.base_url, "OPENAI_API_KEY": "sk-fake"}
    apps = {"broken": {**TALK_FILES, "__init__.py": TALK.replace('"talk"', '"broken"') + CODE}}
    return server_factory(repo_apps=["ego_chat", "group_chat"], apps=apps, session_configs=configs, env=env)


@pytest.fixture
def model(fake: FakeService) -> FakeService:
    healthy(fake).reply = REPLY
    return fake


@pytest.fixture
def wire(server: Server) -> Iterator[Wire]:
    with Wire(server.port) as wire:
        yield wire


@pytest.fixture
def chat(server: Server, browser_page: Page, watch: Watch, wire: Wire, model: FakeService) -> Window:
    watch.allow("WebSocket connection to .* failed")
    browser_page.clock.install()
    window = enter(server, browser_page)
    browser_page.goto(wire.url(window.url))
    expect(window.box).to_be_visible()
    return Window(browser_page, window.session, browser_page.url)


def pongs(watch: Watch) -> int:
    """How often the server has said that the connection carries."""
    return sum('"pong"' in frame for frame in watch.frames)


def answered(chat: Window, watch: Watch, times: int) -> None:
    """Wait until the server has said so so often."""
    for _ in attempts():
        chat.page.evaluate("0")  # lets the browser tell of its frames
        if pongs(watch) >= times:
            return
    raise AssertionError(f"{pongs(watch)} of {times}: {watch.frames[-3:]}")


def seconds(chat: Window, n: int) -> None:
    """So many seconds pass for the page."""
    chat.page.clock.run_for(n * 1000)


def test_an_idle_page_asks_now_and_then_and_keeps_its_connection(chat: Window, watch: Watch, wire: Wire) -> None:
    chat.ask("Hello", REPLY)
    connections = wire.made
    chat.page.evaluate("""() => {
        window.asked = [];
        const usual = liveSocket.send.bind(liveSocket);
        liveSocket.send = (frame) => { if (frame.includes('ping')) asked.push(Date.now()); usual(frame); };
    }""")
    for times in (1, 2):
        while chat.page.evaluate("asked.length") < times:
            seconds(chat, 1)
        answered(chat, watch, times)
    first, second = chat.page.evaluate("asked")
    assert second - first >= 20_000
    chat.ask("Still there?", REPLY)
    expect(chat.page.get_by_text(DELAYED)).to_have_count(0)
    expect(chat.offline).to_be_hidden()
    assert wire.made == connections


@pytest.mark.parametrize("way", ["both", *(pytest.param(way, marks=pytest.mark.full) for way in ("up", "down"))])
def test_a_message_into_a_dead_connection(chat: Window, server: Server, wire: Wire, way: Way) -> None:
    chat.ask("Before", REPLY)
    wire.lose(way)
    chat.say("Into the dark")
    chat.say("and one more")
    seconds(chat, 4)
    expect(chat.messages.get_by_text(DELAYED)).to_have_count(2)
    expect(chat.page.locator('[data-ego="live"]')).to_have_text(DELAYED)
    seconds(chat, 6)
    chat.shows("Before", REPLY, "Into the dark", REPLY, "and one more", REPLY)
    expect(chat.offline).to_be_hidden()
    assert chat.rows() == ["Before", "Into the dark", "and one more"]
    assert "Traceback" not in server.log, server.log


def test_many_are_sent_in_their_order_when_the_network_is_back(chat: Window, server: Server, wire: Wire) -> None:
    wire.down()
    for text in ("first", "second", "third"):
        chat.say(text)
    seconds(chat, 9)
    expect(chat.messages.get_by_text(DELAYED)).to_have_count(3)
    seconds(chat, 4)
    expect(chat.offline).to_have_text(re.compile("^The connection is lost"))
    wire.up()
    seconds(chat, 5)
    chat.shows("first", REPLY, "second", REPLY, "third", REPLY)
    expect(chat.offline).to_be_hidden()
    assert chat.rows() == ["first", "second", "third"]
    assert "Traceback" not in server.log, server.log


def test_a_laptop_that_slept_for_hours(chat: Window, watch: Watch, wire: Wire) -> None:
    chat.ask("Before", REPLY)
    wire.lose()
    chat.page.clock.fast_forward("05:00:00")
    seconds(chat, 7)
    expect(chat.offline).to_be_hidden()
    chat.ask("After", REPLY)
    assert chat.rows() == ["Before", "After"]
    connections, times = wire.made, pongs(watch)
    chat.page.clock.fast_forward("05:00:00")  # and one whose connection has lived on
    answered(chat, watch, times + 1)
    seconds(chat, 7)
    chat.ask("Later", REPLY)
    assert wire.made == connections


def test_a_page_in_the_background_whose_timers_come_once_a_minute(chat: Window, wire: Wire) -> None:
    wire.lose()
    before = wire.made
    for _ in range(4):
        chat.page.clock.fast_forward(60_000)
    for _ in attempts():
        if wire.made > before:
            break
    chat.ask("Again", REPLY)


@pytest.mark.parametrize(
    "event", ["online", *(pytest.param(e, marks=pytest.mark.full) for e in ("offline", "visibilitychange"))]
)
def test_what_the_browser_tells_of_the_network(chat: Window, wire: Wire, event: str) -> None:
    chat.ask("Before", REPLY)
    wire.lose()
    target = "document" if event == "visibilitychange" else "window"
    chat.page.evaluate(f"{target}.dispatchEvent(new Event('{event}'))")
    before = wire.made
    seconds(chat, 6)
    for _ in attempts():
        if wire.made > before:
            break
    chat.ask("After", REPLY)


def test_a_page_that_is_over_says_so_and_leads_on(
    chat: Window, server: Server, browser_page: Page, watch: Watch, model: FakeService
) -> None:
    other = browser_page.context.new_page()
    other.clock.install()
    second = Window(other, chat.session, chat.url).open()
    second.box.fill("a draft")
    chat.ask("Hello", REPLY)
    chat.next.click()
    expect(chat.page.get_by_text("Thank you, Ada.")).to_be_visible()
    second.say("Nobody reads this")
    expect(other.locator(".ego-over")).to_contain_text(OVER)
    expect(second.messages.last).to_contain_text("Not sent")
    expect(second.send).to_be_hidden()
    assert chat.rows() == ["Hello"]
    other.get_by_role("link", name="Go to the current page").click()
    expect(other.get_by_text("Thank you, Ada.")).to_be_visible()
    assert "Ignoring" not in server.log


def test_a_tab_that_is_looked_at_again_finds_that_it_is_over(chat: Window, browser_page: Page) -> None:
    second = Window(browser_page.context.new_page(), chat.session, chat.url).open()
    second.box.fill("a draft")
    chat.next.click()
    expect(chat.page.get_by_text("Thank you, Ada.")).to_be_visible()
    second.page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    expect(second.page.locator(".ego-over")).to_contain_text(OVER)
    expect(second.box).to_have_value("a draft")
    expect(second.box).to_have_attribute("readonly", "")


def test_a_group_chat_through_a_dead_connection_in_german(
    server: Server, browser_page: Page, watch: Watch, wire: Wire, model: FakeService
) -> None:
    watch.allow("WebSocket connection to .* failed")
    browser_page.clock.install()
    session = server.create_session("group_chat", ego_language="de")
    person = session.participant().start().submit(nickname="Kim").until("Chat")
    chat = Window(browser_page, session, wire.url(person.url)).open()
    wire.lose()
    chat.say("Guten Morgen")
    seconds(chat, 4)
    expect(chat.messages.get_by_text("Noch nicht zugestellt. Wir versuchen es weiter.")).to_be_visible()
    seconds(chat, 6)
    chat.shows("Guten Morgen", REPLY)
    wire.lose()
    person.submit()
    chat.say("Noch da?")
    seconds(chat, 10)
    expect(browser_page.locator(".ego-over")).to_contain_text("Diese Seite ist beendet.")
    expect(chat.messages.last).to_contain_text("Nicht gesendet")
    expect(browser_page.get_by_role("link", name="Zur aktuellen Seite")).to_be_visible()


def test_a_database_that_is_away_for_a_while(
    server: Server, browser_page: Page, watch: Watch, model: FakeService
) -> None:
    watch.allow("Error occurred on the server")
    browser_page.clock.install()
    chat = enter(server, browser_page, "broken")
    fail(server, "away")
    try:
        chat.say("first")
        chat.say("second")
        expect(chat.alert).to_contain_text("We are trying again; nothing that you wrote gets lost.")
        seconds(chat, 4)
        expect(chat.messages.get_by_text(DELAYED)).to_have_count(2)
    finally:
        fail(server, "")
    seconds(chat, 12)
    chat.shows("first", REPLY, "second", REPLY)
    expect(chat.page.locator(".ego-alert").first).to_have_text("")
    table = server.custom_export("broken", session=chat.session.code)
    assert [row["text"] for row in table if row["role"] == "user"] == ["first", "second"]
    assert "Traceback" not in server.log
