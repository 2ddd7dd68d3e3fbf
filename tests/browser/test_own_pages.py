"""The page of one's own on docs/chats.md, as it stands there, in a browser."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

import pytest
from harness import Server
from harness.chat import END_PAGE
from harness.chat_window import healthy, serve
from harness.project import REPO
from playwright.sync_api import Page, expect

from otree_ego.testing import FakeService

PAGE = (REPO / "docs" / "chats.md").read_text("utf-8")


def part(kind: str) -> str:
    found = re.search(rf"^<!-- otree {kind}: Rate -->\n```\w+\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)
    assert found
    return found[1]


@pytest.fixture(scope="module")
def fake() -> Iterator[FakeService]:
    with FakeService() as running:
        yield running


@pytest.fixture
def model(fake: FakeService) -> FakeService:
    return healthy(fake)


@pytest.fixture(scope="module")
def server(server_factory: Callable[..., Server], fake: FakeService) -> Server:
    files = {"__init__.py": part("app"), "Rate.html": part("template"), "Results.html": END_PAGE}
    return serve(server_factory, fake, judged=files)


def test_next_waits_and_what_is_stored_is_what_was_shown(
    server: Server, model: FakeService, browser_page: Page
) -> None:
    session = server.create_session("judged")
    browser_page.goto(session.participant().start().url)
    rating, ask, following = (browser_page.locator(name) for name in ("#rating", "#ask", ".otree-btn-next"))
    model.reply = "7"
    browser_page.locator("#text").fill("Thank you so much!")
    ask.click()
    expect(rating).to_have_text("7")
    model.hold()
    model.reply = "3"
    browser_page.locator("#text").fill("Well.")
    ask.click()
    expect(rating).to_have_text("…")
    model.wait_until(lambda service: service.standing == 1)
    following.click()
    expect(browser_page.get_by_text("One moment, please: the rating is on its way.")).to_be_visible()
    expect(rating).to_have_text("…")  # the page was loaded anew, and knows it
    expect(ask).to_be_disabled()
    model.release()
    expect(rating).to_have_text("7, 3")
    following.click()
    expect(browser_page.get_by_text("The end.")).to_be_visible()
    (row,) = server.app_export("judged", session.code)
    assert row["player.rating"] == "3"


def test_a_failure_can_be_tried_again_and_doubles_nothing(
    server: Server, model: FakeService, browser_page: Page
) -> None:
    session = server.create_session("judged")
    browser_page.goto(session.participant().start().url)
    model.fail(500)
    browser_page.locator("#text").fill("Thank you so much!")
    browser_page.locator("#ask").click()
    expect(browser_page.locator("#rating")).to_have_text("No rating came.")
    expect(browser_page.locator("#ask")).to_have_text("Try again")
    model.reply = "9"
    browser_page.locator("#ask").click()
    expect(browser_page.locator("#rating")).to_have_text("9")
    table = server.custom_export("judged", session=session.code)
    assert sum(row["role"] == "user" for row in table) == 1
    assert {row["thread_name"] for row in table} == {"judge"}
