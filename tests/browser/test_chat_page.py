"""The chat in a real browser: writing, watching the reply come, leaving and coming back, and what goes wrong."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

import pytest
from harness import Server, Watch
from harness.chat_window import Line, Window, enter, healthy, serve
from playwright.sync_api import Page, expect

from otree_ego.testing import FakeService

REPLY = "one two three four five six"
PART = "one two three"


@pytest.fixture(scope="module")
def fake() -> Iterator[FakeService]:
    with FakeService() as running:
        yield running


@pytest.fixture(scope="module")
def server(server_factory: Callable[..., Server], fake: FakeService) -> Server:
    return serve(server_factory, fake)


@pytest.fixture
def model(fake: FakeService) -> FakeService:
    healthy(fake).reply = REPLY
    return fake


@pytest.fixture
def chat(server: Server, browser_page: Page, model: FakeService) -> Window:
    return enter(server, browser_page)


def test_from_the_name_to_the_end(server: Server, browser_page: Page, model: FakeService) -> None:
    session = server.create_session("ego_chat")
    browser_page.goto(session.participant().url)
    browser_page.get_by_label("What shall the model call you?").fill("Ada")
    browser_page.get_by_role("button", name="Next").click()
    chat = Window(browser_page, session, browser_page.url)
    expect(chat.log).to_have_text("Write a message to begin.")
    chat.box.press_sequentially("Hello")
    chat.box.press("Enter")
    chat.shows("Hello", REPLY)
    expect(browser_page.get_by_text("Write a message to begin.")).to_be_hidden()
    chat.next.click()
    expect(browser_page.get_by_text("Thank you, Ada.")).to_be_visible()
    expect(browser_page.get_by_text("Replies of the model: 1")).to_be_visible()
    sent = [(message["role"], message["content"]) for message in model.requests[0].body["messages"]]
    assert sent[1:] == [("user", "My name is Ada.\n\nHello")]


def test_own_message_at_once_and_the_reply_as_it_comes(chat: Window, model: FakeService) -> None:
    line = Line(chat.page)
    line.hold()
    model.hold()
    chat.say("Hello there")
    chat.shows("Hello there")
    expect(chat.messages).to_contain_text("Being sent")
    expect(chat.box).to_have_value("")
    expect(chat.box).to_be_focused()
    assert not model.requests
    line.release()
    chat.shows("Hello there", PART)
    expect(chat.messages.first).not_to_contain_text("Being sent")
    expect(chat.stop).to_be_visible()
    model.release()
    chat.shows("Hello there", REPLY)
    expect(chat.stop).to_be_hidden()


def test_shift_enter_begins_a_new_line(chat: Window, model: FakeService) -> None:
    low = chat.box.bounding_box()
    chat.box.press_sequentially("first")
    chat.box.press("Shift+Enter")
    chat.box.press_sequentially("second")
    expect(chat.box).to_have_value("first\nsecond")
    high = chat.box.bounding_box()
    assert low and high and high["height"] > low["height"]
    chat.send.click()
    expect(chat.bodies.first).to_have_text("first\nsecond", use_inner_text=True)
    chat.shows("first second", REPLY)
    assert chat.rows() == ["first\nsecond"]
    assert chat.box.bounding_box() == low


def test_empty_and_blank_are_not_sent(chat: Window, model: FakeService) -> None:
    for text in ("", "   ", "\n"):
        chat.say(text)
        expect(chat.send).to_be_disabled()
    chat.ask("Now", REPLY)
    assert chat.rows() == ["Now"]


def test_reload_in_the_middle_of_the_reply(chat: Window, model: FakeService) -> None:
    model.hold()
    chat.say("Tell me")
    chat.shows("Tell me", PART)
    chat.page.reload()
    chat.shows("Tell me", PART)
    expect(chat.stop).to_be_visible()
    model.release()
    chat.shows("Tell me", REPLY)
    expect(chat.stop).to_be_hidden()
    assert len(model.requests) == 1


def test_two_tabs_show_the_same(chat: Window, model: FakeService) -> None:
    model.hold()
    chat.say("From the left")
    chat.shows("From the left", PART)
    right = chat.tab()
    right.shows("From the left", PART)
    model.release()
    for tab in (chat, right):
        tab.shows("From the left", REPLY)
    right.say("From the right")
    for tab in (chat, right):
        tab.shows("From the left", REPLY, "From the right", REPLY)
        expect(tab.page.locator(".ego-message[data-mine]")).to_have_count(2)


def test_closing_the_tab_loses_nothing(chat: Window, model: FakeService) -> None:
    model.hold()
    chat.say("I am gone")
    chat.shows("I am gone", PART)
    context = chat.page.context
    chat.page.close()
    model.release()
    chat.recorded("complete")
    back = Window(context.new_page(), chat.session, chat.url).open()
    back.shows("I am gone", REPLY)
    assert len(model.requests) == 1


def test_fast_messages_are_answered_in_their_order(chat: Window, model: FakeService) -> None:
    model.reply = lambda body: "Re: " + body["messages"][-1]["content"].rpartition("\n")[2]
    model.hold()
    chat.say("first")
    chat.say("second")
    expect(chat.page.locator(".ego-message[data-mine] .ego-body")).to_have_text(["first", "second"])
    model.release()
    chat.shows("first", "Re: first", "second", "Re: second")
    chat.page.reload()
    chat.shows("first", "Re: first", "second", "Re: second")
    assert chat.rows() == ["first", "second"]


def test_stop_means_the_reply_under_way_alone(chat: Window, model: FakeService) -> None:
    model.hold()
    chat.say("first")
    chat.shows("first", PART)
    chat.say("second")
    expect(chat.bodies).to_have_count(4)
    chat.stop.evaluate("stop => { stop.click(); stop.click(); }")
    expect(chat.messages.nth(1)).to_contain_text("You stopped this reply.")
    model.release()
    chat.shows("first", PART, "second", REPLY)


@pytest.mark.parametrize("status", [400, 500])
def test_failure_and_try_again(chat: Window, model: FakeService, status: int) -> None:
    model.fail(status)
    chat.say("Are you there?")
    expect(chat.messages.last).to_contain_text("Sorry, no reply came.")
    expect(chat.stop).to_be_hidden()
    chat.page.reload()
    expect(chat.messages).to_have_count(2)
    chat.retry.click()
    chat.shows("Are you there?", REPLY)
    expect(chat.box).to_be_focused()
    expect(chat.page.get_by_text("Sorry, no reply came.")).to_be_hidden()
    expect(chat.retry).to_have_count(0)
    chat.ask("And now?", REPLY)
    chat.shows("Are you there?", REPLY, "And now?", REPLY)
    assert chat.rows() == ["Are you there?", "And now?"]
    texts = [message["content"] for message in model.requests[1].body["messages"]]
    assert "\n".join(texts).count("Are you there?") == 1


def test_try_again_may_fail_again_and_writing_goes_on(chat: Window, model: FakeService) -> None:
    model.fail(500, times=2)
    chat.say("Hello?")
    chat.retry.click()
    expect(chat.retry).to_be_enabled()
    expect(chat.messages).to_have_count(2)
    chat.ask("Hello again", REPLY)
    expect(chat.messages.nth(1)).to_contain_text("Sorry, no reply came.")
    expect(chat.retry).to_have_count(0)
    assert chat.rows() == ["Hello?", "Hello again"]


def test_a_connection_that_breaks_in_the_middle(chat: Window, model: FakeService) -> None:
    model.fault("drop_mid")
    chat.say("Hello?")
    expect(chat.retry).to_be_visible()
    chat.retry.click()
    chat.shows("Hello?", REPLY)


def test_stop_keeps_the_part(chat: Window, model: FakeService) -> None:
    model.hold()
    chat.say("Count")
    chat.shows("Count", PART)
    chat.stop.click()
    expect(chat.messages.last).to_contain_text("You stopped this reply.")
    expect(chat.stop).to_be_hidden()
    model.release()
    chat.shows("Count", PART)
    chat.page.reload()
    chat.shows("Count", PART)
    expect(chat.messages.last).to_contain_text("You stopped this reply.")
    chat.ask("Go on", REPLY)


def test_a_draft_survives_a_reload(chat: Window) -> None:
    chat.box.fill("half a thou")
    chat.page.reload()
    expect(chat.box).to_have_value("half a thou")
    chat.ask("a whole thought", REPLY)
    chat.page.reload()
    chat.shows("a whole thought", REPLY)
    expect(chat.box).to_have_value("")


def test_a_message_the_server_never_got_is_sent_after_a_reload(chat: Window) -> None:
    Line(chat.page).hold()
    chat.say("Into the void")
    chat.shows("Into the void")
    chat.page.reload()
    chat.shows("Into the void", REPLY)
    assert chat.rows() == ["Into the void"]


def test_a_message_whose_receipt_got_lost_is_not_doubled(chat: Window, model: FakeService) -> None:
    line = Line(chat.page)
    line.mute()
    chat.say("Once")
    model.wait_until(lambda fake: fake.requests)
    chat.shows("Once")
    line.cut()
    chat.shows("Once", REPLY)
    chat.ask("Twice", REPLY)
    chat.shows("Once", REPLY, "Twice", REPLY)
    assert chat.rows() == ["Once", "Twice"]


def test_server_killed_and_started_again(chat: Window, server: Server, model: FakeService, watch: Watch) -> None:
    watch.allow("WebSocket connection to .* failed")
    chat.ask("Before", REPLY)
    server.kill()
    expect(chat.offline).to_have_text(re.compile("^The connection is lost"))
    chat.say("In the dark")
    chat.box.fill("a draft")
    chat.shows("Before", REPLY, "In the dark")
    server.start()
    chat.shows("Before", REPLY, "In the dark", REPLY)
    expect(chat.offline).to_be_hidden()
    expect(chat.box).to_have_value("a draft")
    assert chat.rows() == ["Before", "In the dark"]
    assert len(model.requests) == 2
