"""The partner as the page shows it: who opens the chat, its name and picture, and how it writes."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from harness import Server
from harness.chat_window import enter, healthy, serve
from playwright.sync_api import Page, expect

from otree_ego.testing import FakeService

PICTURE = "data:image/gif;base64,R0lGODlhAQABAAAAACH5BAEKAAEALAAAAAABAAEAAAICTAEAOw=="


@pytest.fixture(scope="module")
def fake() -> Iterator[FakeService]:
    with FakeService() as running:
        yield running


@pytest.fixture(scope="module")
def server(server_factory: Callable[..., Server], fake: FakeService) -> Server:
    return serve(server_factory, fake)


@pytest.fixture
def model(fake: FakeService) -> FakeService:
    return healthy(fake)


def test_a_named_partner_opens_the_chat_and_writes_as_people_do(
    server: Server, browser_page: Page, model: FakeService
) -> None:
    model.reply = "one two three"
    named = dict(ego_partner_name="Ada", ego_partner_picture=PICTURE, ego_show_model=False)
    chat = enter(server, browser_page, **named, ego_opening="Hello, *you*!", ego_pace="0.2")
    chat.shows("Hello, you!")
    expect(browser_page.get_by_text("Write a message to begin.")).to_be_hidden()
    expect(browser_page.locator(".ego-author:visible")).to_have_text(["Ada"])
    expect(browser_page.locator(".ego-picture:visible")).to_have_count(1)
    assert browser_page.locator(".ego-picture:visible").evaluate("image => image.naturalWidth") == 1
    model.hold()
    chat.say("Hi")
    expect(browser_page.locator(".ego-dots")).to_be_visible()
    expect(chat.stop).to_be_hidden()
    model.release()
    chat.shows("Hello, you!", "Hi", "one two three")
    expect(browser_page.locator(".ego-author:visible")).to_have_text(["Ada", "Ada"])
    browser_page.reload()
    chat.shows("Hello, you!", "Hi", "one two three")
    expect(browser_page.locator(".ego-picture:visible")).to_have_count(2)


def test_the_end_is_told_at_once_in_all_tabs(server: Server, browser_page: Page, model: FakeService) -> None:
    model.reply = "Goodbye! [END]"
    chat = enter(server, browser_page, ego_end_word="[END]", ego_min_messages=5, ego_word_ended="That was it.")
    tab = chat.tab()
    chat.say("Hi")
    for each in (chat, tab):
        expect(each.note).to_have_text("That was it.")
        each.shows("Hi", "Goodbye!")
        expect(each.box).to_be_disabled()
    tab.next.click()
    expect(tab.next).to_have_count(0)
