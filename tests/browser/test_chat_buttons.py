"""A button of one's own in the chat: an element with data-ego-do, and a command of that name."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from harness import Server
from harness.chat import CHAT_PAGE, END_PAGE, TALK
from harness.chat_window import enter, healthy, serve
from playwright.sync_api import Page, expect

from otree_ego.testing import FakeService

GREET = TALK.replace('"talk"', '"greet"').replace(
    "class C(",
    """from otree_ego import Message
from otree_ego.binding.chats.commands import COMMANDS


async def greet(room, code, sent):
    await room.say(Message("user", "Good morning!", author=code), "")


COMMANDS["greet"] = greet


class C(""",
)
BUTTON = '<button type="button" id="greet" data-ego-do="greet" hidden>Greet</button>'
FILES = {
    "__init__.py": GREET,
    "Chat.html": CHAT_PAGE.replace("chat.html' }}", "chat.html' }}" + BUTTON),
    "End.html": END_PAGE,
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
    return serve(server_factory, fake, greet=FILES)


def test_a_button_sends_its_command(server: Server, model: FakeService, browser_page: Page) -> None:
    chat = enter(server, browser_page, "greet", ego_max_messages=2)
    button = browser_page.locator("#greet")
    expect(button).to_be_visible()
    expect(chat.stop).to_be_hidden()
    button.click()
    chat.shows("Good morning!", FakeService.DEFAULT_REPLY)
    expect(chat.messages.first).to_have_attribute("data-mine", "")
    expect(button).not_to_have_attribute("aria-disabled", "true")
    button.click()
    chat.shows("Good morning!", FakeService.DEFAULT_REPLY, "Good morning!", FakeService.DEFAULT_REPLY)
    expect(chat.note).to_have_text("You have used all your messages. Thank you!")
    expect(button).to_be_hidden()


def test_a_button_is_not_pressed_twice_before_the_server_has_answered(
    server: Server, model: FakeService, browser_page: Page
) -> None:
    chat = enter(server, browser_page, "greet")
    button = browser_page.locator("#greet")
    expect(button).to_be_visible()
    button.evaluate("button => { button.click(); button.click(); }")
    chat.shows("Good morning!", FakeService.DEFAULT_REPLY)
    chat.ask("And you?", FakeService.DEFAULT_REPLY)
    table = server.custom_export("greet", session=chat.session.code)
    assert [row["text"] for row in table if row["role"] == "user"] == ["Good morning!", "And you?"]
