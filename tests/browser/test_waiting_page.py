"""The waiting page in a real browser: it moves on by itself, in every tab, through a restart, and offers Try again."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from harness import Server, Watch
from harness.chat_window import SETTINGS, healthy
from harness.waiting import waits
from harness.wire import Wire
from playwright.sync_api import Page, expect

from otree_ego.testing import FakeService

SERVER_GONE = r"WebSocket|ERR_CONNECTION_REFUSED|Failed to load resource"


@pytest.fixture(scope="module")
def fake() -> Iterator[FakeService]:
    with FakeService() as running:
        yield running


@pytest.fixture(scope="module")
def server(server_factory: Callable[..., Server], fake: FakeService) -> Server:
    apps = {"solo": waits("solo"), "duo": waits("duo", model="group", size=2)}
    languages = {"solo": "en", "duo": "en", "solo_de": "de"}
    configs: list[dict[str, Any]] = [
        {**SETTINGS, "name": name, "app_sequence": [name.removesuffix("_de")], "ego_language": language}
        for name, language in languages.items()
    ]
    env = {"OPENAI_BASE_URL": fake.base_url, "OPENAI_API_KEY": "sk-fake"}
    return server_factory(apps=apps, session_configs=configs, env=env)


@pytest.fixture
def model(fake: FakeService) -> FakeService:
    healthy(fake).reply = "42"
    return fake


def at_the_partner(server: Server, page: Page, config: str, index: int = 0, session: Any = None) -> Any:
    session = session or server.create_session(config, 2 if config == "duo" else 1)
    page.goto(session.participant(index).url)
    page.locator(".otree-btn-next").click()
    return session


def test_it_waits_and_moves_on(server: Server, browser_page: Page, model: FakeService) -> None:
    model.hold()
    at_the_partner(server, browser_page, "solo")
    expect(browser_page.get_by_role("status")).to_have_text("Your partner is deciding…")
    expect(browser_page.get_by_role("heading")).to_have_text("Please wait")
    model.release()
    expect(browser_page.get_by_text("Answer: 42.")).to_be_visible()


def test_two_tabs_and_two_people_move_on_together(server: Server, browser_page: Page, model: FakeService) -> None:
    model.hold()
    session = at_the_partner(server, browser_page, "duo")
    second = browser_page.context.new_page()
    second.goto(browser_page.url)
    other = browser_page.context.new_page()
    at_the_partner(server, other, "duo", 1, session)
    for page in (browser_page, second, other):
        expect(page.get_by_text("Your partner is deciding…")).to_be_visible()
    model.release()
    for page in (browser_page, second, other):
        expect(page.get_by_text("Answer: 42.")).to_be_visible()
    assert len([r for r in model.requests if session.code in str(r.body["messages"])]) == 1


def test_try_again_on_a_phone_in_german(server: Server, phone_page: Page, model: FakeService) -> None:
    model.reply = "keine Ahnung"
    at_the_partner(server, phone_page, "solo_de")
    expect(phone_page.get_by_role("alert")).to_contain_text("Es kam keine Entscheidung.")
    again = phone_page.get_by_role("link", name="Noch einmal versuchen")
    box = again.bounding_box()
    assert box and box["height"] >= 36 and box["x"] >= 0 and box["x"] + box["width"] <= 360
    assert phone_page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    phone_page.reload()
    expect(again).to_be_visible()
    assert len(model.requests) == 1  # loading the page again does not ask again
    model.reply = "7"
    again.tap()
    expect(phone_page.get_by_text("Answer: 7.")).to_be_visible()


def test_the_server_is_killed_while_the_page_waits(
    server: Server, browser_page: Page, watch: Watch, model: FakeService
) -> None:
    watch.allow(SERVER_GONE)
    model.hold()
    at_the_partner(server, browser_page, "solo")
    model.wait_until(lambda service: service.standing == 1)
    server.kill()
    model.release()
    server.start()
    expect(browser_page.get_by_text("Answer: 42.")).to_be_visible(timeout=60_000)


@pytest.fixture
def wire(server: Server) -> Iterator[Wire]:
    with Wire(server.port) as wire:
        yield wire


def by_wire(server: Server, wire: Wire, page: Page, config: str = "solo") -> str:
    """A participant who waits, behind a network that is the test's, with a clock that is, too; the session's code."""
    page.clock.install()
    code: str = at_the_partner(server, page, config).code
    page.goto(wire.url(page.url))
    expect(page.locator("#ego-waiting")).to_be_attached()
    return code


def test_a_connection_that_died_without_a_word(
    server: Server, browser_page: Page, watch: Watch, model: FakeService, wire: Wire
) -> None:
    watch.allow(SERVER_GONE)
    model.hold()
    code = by_wire(server, wire, browser_page)
    browser_page.evaluate("window.seen = true")
    with browser_page.expect_response(browser_page.url):  # nothing has changed: the page stays as it is
        browser_page.clock.run_for(31_000)
    expect(browser_page.get_by_text("Your partner is deciding…")).to_be_visible()
    assert browser_page.evaluate("window.seen")
    wire.lose()
    model.release()
    browser_page.clock.run_for(31_000)
    expect(browser_page.get_by_text("Answer: 42.")).to_be_visible()
    assert len([request for request in model.requests if code in str(request.body["messages"])]) == 1


@pytest.mark.parametrize(
    ("config", "text"),
    [
        ("solo", "The connection is lost."),
        pytest.param("solo_de", "Die Verbindung ist unterbrochen", marks=pytest.mark.full),
    ],
)
def test_a_network_that_is_away_is_said_and_waited_for(
    server: Server, browser_page: Page, watch: Watch, model: FakeService, wire: Wire, config: str, text: str
) -> None:
    watch.allow(SERVER_GONE)
    model.hold()
    by_wire(server, wire, browser_page, config)
    wire.down()
    browser_page.evaluate("window.dispatchEvent(new Event('offline'))")
    browser_page.clock.run_for(16_000)
    expect(browser_page.locator("#ego-waiting")).to_contain_text(text)
    model.release()
    wire.up()
    browser_page.evaluate("window.dispatchEvent(new Event('online'))")
    browser_page.clock.fast_forward(16_000)  # the connection that was tried without a network is given up
    expect(browser_page.get_by_text("Answer: 42.")).to_be_visible()


@pytest.mark.full
def test_a_laptop_that_slept_while_it_waited(
    server: Server, browser_page: Page, watch: Watch, model: FakeService, wire: Wire
) -> None:
    watch.allow(SERVER_GONE)
    model.hold()
    by_wire(server, wire, browser_page)
    wire.lose()
    model.release()
    browser_page.clock.fast_forward("05:00:00")
    expect(browser_page.get_by_text("Answer: 42.")).to_be_visible()
