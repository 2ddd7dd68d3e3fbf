"""What the operator has set, what a phone shows, and the chat without a mouse or without eyes."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

import pytest
from harness import Server
from harness.chat_window import enter, healthy, serve
from playwright.sync_api import Page, expect

from otree_ego.testing import FakeService

REPLY = "one two three four five six"
PART = "one two three"
SMALL = """elements => elements.filter(element => element.checkVisibility()).map(element => {
    const { width, height } = element.getBoundingClientRect();
    return [element.className, width, height];
}).filter(([name, width, height]) => width < 44 || height < 44)"""
SCROLL_UP = """log => new Promise(done => {
    log.addEventListener('scroll', () => done(), { once: true });
    log.scrollTop = 0;
})"""
FOCUS = """() => {
    const { dataset, className } = document.activeElement;
    return dataset.ego || dataset.egoDo || className;
}"""
LISTEN = """() => {
    window.spoken = [];
    const live = document.querySelector('[aria-live=polite]');
    new MutationObserver(() => spoken.push(live.textContent)).observe(live, { childList: true, characterData: true });
}"""


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


def test_next_waits_for_the_least_messages(server: Server, browser_page: Page, model: FakeService) -> None:
    chat = enter(server, browser_page, ego_min_messages=2)
    hint = browser_page.locator(".ego-next-hint")
    expect(hint).to_have_text("Please write at least 2 more messages before you go on.")
    expect(chat.next).to_be_disabled()
    chat.ask("one", REPLY)
    expect(hint).to_have_text("Please write at least 1 more message before you go on.")
    expect(chat.next).to_be_disabled()
    browser_page.reload()
    expect(hint).to_be_visible()
    expect(chat.next).to_be_disabled()
    chat.ask("two", REPLY)
    expect(hint).to_be_hidden()
    chat.next.click()
    expect(browser_page.get_by_text("The conversation has ended")).to_be_visible()


def test_next_waits_until_replies_were_shown_and_read(server: Server, browser_page: Page, model: FakeService) -> None:
    told = dict(ego_min_messages=3, ego_min_replies=3, ego_read_last=True, ego_reading_speed=20)
    chat = enter(server, browser_page, **told)
    hint = browser_page.locator(".ego-next-hint")
    model.hold()
    for text in ("one", "two", "three"):
        chat.say(text)
    expect(hint).to_have_text("Please read 3 more replies before you go on.")
    expect(chat.next).to_be_disabled()
    model.release()
    chat.shows("one", REPLY, "two", REPLY, "three", REPLY)
    expect(hint).to_be_hidden()  # it opens by itself, after a second
    chat.next.click()
    expect(browser_page.get_by_text("The conversation has ended")).to_be_visible()


def test_a_stopped_reply_asks_for_another_one(server: Server, browser_page: Page, model: FakeService) -> None:
    chat = enter(server, browser_page, ego_read_last=True)
    hint = browser_page.locator(".ego-next-hint")
    model.hold()
    chat.say("one")
    expect(hint).to_have_text("Please wait for the reply before you go on.")
    chat.shows("one", PART)
    chat.stop.click()
    expect(hint).to_contain_text("You stopped the last reply.")
    model.release()
    chat.ask("two", REPLY)
    expect(hint).to_be_hidden()
    chat.next.click()
    expect(browser_page.get_by_text("The conversation has ended")).to_be_visible()


@pytest.mark.parametrize(
    ("language", "says"),
    [
        ("en", "This conversation has become too long for another reply. You can go on without one."),
        ("de", "Für eine weitere Antwort ist dieses Gespräch zu lang geworden. Sie können ohne sie weitermachen."),
    ],
)
def test_a_chat_that_is_too_long_says_so_and_lets_go(
    server: Server, browser_page: Page, model: FakeService, language: str, says: str
) -> None:
    limits = dict(ego_context="refuse", ego_context_tokens=200, ego_min_messages=5)
    chat = enter(server, browser_page, ego_language=language, **limits)
    chat.say("word " * 300)
    expect(browser_page.get_by_role("log").get_by_text(says)).to_be_visible()
    expect(browser_page.locator(".ego-retry")).to_have_count(0)
    expect(chat.next).to_be_enabled()
    chat.ask("one", REPLY)
    expect(chat.next).to_be_disabled()
    chat.say("word " * 300)
    expect(browser_page.get_by_role("log").get_by_text(says)).to_have_count(2)
    browser_page.reload()
    expect(browser_page.get_by_role("log").get_by_text(says)).to_have_count(2)
    chat.next.click()
    expect(chat.next).to_have_count(0)


def test_the_last_message_closes_the_box(server: Server, browser_page: Page, model: FakeService) -> None:
    chat = enter(server, browser_page, ego_max_messages=2, ego_min_messages=2)
    expect(browser_page.get_by_text("2 messages left")).to_be_visible()
    chat.ask("one", REPLY)
    expect(browser_page.get_by_text("1 message left")).to_be_visible()
    model.hold()
    chat.say("two")
    chat.shows("one", REPLY, "two", PART)
    expect(chat.box).to_be_disabled()
    expect(chat.send).to_be_disabled()
    expect(chat.note).to_have_text("You have used all your messages. Thank you!")
    model.release()
    chat.shows("one", REPLY, "two", REPLY)
    browser_page.reload()
    chat.shows("one", REPLY, "two", REPLY)
    expect(chat.note).to_have_text("You have used all your messages. Thank you!")
    expect(chat.box).to_be_disabled()
    expect(browser_page.get_by_text("Enter sends")).to_be_hidden()
    chat.next.click()
    expect(browser_page.get_by_text("The conversation has ended")).to_be_visible()


def test_a_message_that_is_too_long_stays_in_the_box(server: Server, browser_page: Page, model: FakeService) -> None:
    chat = enter(server, browser_page, ego_max_length=10)
    chat.say("🥚" * 12)
    expect(browser_page.get_by_text("2 characters too many")).to_be_visible()
    expect(chat.send).to_be_disabled()
    expect(chat.box).to_have_value("🥚" * 12)
    expect(chat.messages).to_have_count(0)
    chat.box.fill("🥚" * 9)
    expect(browser_page.get_by_text("1 character left")).to_be_visible()
    chat.ask("🥚" * 10, REPLY)
    assert chat.rows() == ["🥚" * 10]


def test_a_message_that_the_server_refuses_comes_back(server: Server, browser_page: Page, model: FakeService) -> None:
    chat = enter(server, browser_page, ego_max_characters=10)
    chat.say("more than ten characters")
    expect(chat.alert).to_have_text("You may write 10 more characters. Please shorten your message.")
    expect(chat.box).to_have_value("more than ten characters")
    expect(chat.messages).to_have_count(0)
    expect(browser_page.get_by_text("Write a message to begin.")).to_be_visible()
    chat.ask("just ten..", REPLY)
    expect(chat.alert).to_be_hidden()
    assert chat.rows() == ["just ten.."]


def test_the_model_is_named_or_not(server: Server, browser_page: Page, model: FakeService) -> None:
    enter(server, browser_page)
    expect(browser_page.get_by_text("Replies come from gpt-6-luna")).to_be_visible()
    chat = enter(server, browser_page, ego_show_model=False)
    chat.ask("Who are you?", REPLY)
    assert "gpt-6-luna" not in browser_page.content()


def test_german(server: Server, browser_page: Page, model: FakeService) -> None:
    chat = enter(server, browser_page, ego_language="de", ego_max_messages=3, ego_min_messages=3)
    expect(browser_page.get_by_role("region", name="Chat")).to_have_attribute("lang", "de")
    expect(browser_page.get_by_text("Schreiben Sie eine Nachricht, um zu beginnen.")).to_be_visible()
    expect(browser_page.get_by_text("Die Antworten kommen von gpt-6-luna")).to_be_visible()
    expect(browser_page.get_by_text("Enter sendet, Umschalt+Enter beginnt eine neue Zeile.")).to_be_visible()
    box = browser_page.get_by_role("textbox", name="Ihre Nachricht")
    expect(box).to_have_attribute("placeholder", "Nachricht schreiben …")
    model.fail(400)
    box.fill("Hallo")
    browser_page.get_by_role("button", name="Senden").click()
    expect(chat.messages.last).to_contain_text("Leider kam keine Antwort.")
    model.hold()
    browser_page.get_by_role("button", name="Noch einmal versuchen").click()
    browser_page.get_by_role("button", name="Anhalten").click()
    expect(chat.messages.last).to_contain_text("Sie haben diese Antwort angehalten.")
    model.release()
    expect(browser_page.locator(".ego-next-hint")).to_have_text(
        "Bitte schreiben Sie noch mindestens 2 Nachrichten, bevor Sie weitergehen."
    )
    chat.ask("Und jetzt?", REPLY)
    chat.ask("Danke", REPLY)
    expect(chat.note).to_have_text("Sie haben alle Ihre Nachrichten verwendet. Vielen Dank!")


def assert_fits(page: Page) -> None:
    assert page.evaluate("document.scrollingElement.scrollWidth") <= 360
    assert page.locator("button, textarea, .btn").evaluate_all(SMALL) == []
    # not 1: where a scroll ends is a fraction of a pixel
    expect(page.locator("#ego-box")).to_be_in_viewport(ratio=0.98)


def test_phone(server: Server, phone_page: Page, model: FakeService) -> None:
    chat = enter(server, phone_page, ego_max_messages=5)
    assert_fits(phone_page)
    expect(phone_page.get_by_text("Enter sends")).to_be_hidden()
    model.reply = "W" * 400 + "\n\n```\n" + "code " * 60 + "\n```\n\n|" + " cell |" * 12 + "\n|" + "---|" * 12
    model.hold()
    chat.box.tap()
    chat.box.fill("i" * 300)
    chat.send.tap()
    expect(chat.reply).to_contain_text("WWW")
    expect(phone_page.get_by_role("button", name="Stop")).to_be_visible()
    assert_fits(phone_page)
    model.release()
    expect(chat.reply.locator("th")).to_have_count(12)
    expect(chat.stop).to_be_hidden()
    assert_fits(phone_page)
    model.fail(400)
    chat.say("Again")
    expect(chat.retry).to_be_visible()
    assert_fits(phone_page)
    phone_page.set_viewport_size({"width": 360, "height": 300})
    chat.box.tap()
    assert_fits(phone_page)


def test_who_reads_above_is_not_pulled_down(server: Server, phone_page: Page, model: FakeService) -> None:
    chat = enter(server, phone_page)
    model.reply = "word\n\n" * 40 + "the end"
    chat.say("A long one")
    expect(chat.reply.get_by_text("the end")).to_be_in_viewport()
    model.hold()
    chat.say("Another")
    expect(chat.bodies).to_have_count(4)
    expect(chat.reply).to_contain_text("word")
    chat.log.evaluate(SCROLL_UP)
    model.release()
    more = phone_page.get_by_role("button", name="New messages")
    expect(more).to_be_visible()
    assert_fits(phone_page)
    expect(chat.stop).to_be_hidden()
    assert chat.log.evaluate("log => log.scrollTop") == 0
    more.tap()
    expect(chat.reply.get_by_text("the end")).to_be_in_viewport()
    expect(more).to_be_hidden()


def test_keyboard_alone(server: Server, browser_page: Page, model: FakeService) -> None:
    chat = enter(server, browser_page, ego_max_messages=2)
    keys = browser_page.keyboard

    def tab(key: str = "Tab") -> str:
        keys.press(key)
        return str(browser_page.evaluate(FOCUS))

    assert [tab(), tab()] == ["log", "box"]
    keys.type("Hello")
    assert tab() == "send"
    model.hold()
    keys.press("Enter")
    expect(chat.box).to_be_focused()
    chat.shows("Hello", PART)
    assert tab() == "stop"
    keys.press("Space")
    expect(chat.messages.last).to_contain_text("You stopped this reply.")
    expect(chat.box).to_be_focused()
    model.release()
    model.fail(400)
    keys.type("Hello again")
    keys.press("Enter")
    expect(chat.retry).to_be_visible()
    assert [tab(), tab("Shift+Tab")] == ["otree-btn-next btn btn-primary", "ego-retry btn btn-outline-danger"]
    keys.press("Enter")
    chat.shows("Hello", PART, "Hello again", REPLY)
    expect(chat.box).to_be_disabled()
    assert "otree-btn-next" in tab()
    keys.press("Enter")
    expect(browser_page.get_by_text("The conversation has ended")).to_be_visible()


def test_what_a_screen_reader_finds_and_says(server: Server, browser_page: Page, model: FakeService) -> None:
    chat = enter(server, browser_page)
    expect(browser_page.get_by_role("log", name="Messages")).to_have_attribute("aria-live", "off")
    expect(browser_page.get_by_role("textbox", name="Your message")).to_have_accessible_description(
        "Enter sends, Shift+Enter starts a new line."
    )
    browser_page.evaluate(LISTEN)
    model.hold()
    chat.say("Hello")
    chat.shows("Hello", PART)
    expect(chat.log).to_have_attribute("aria-busy", "true")
    model.release()
    chat.shows("Hello", REPLY)
    expect(chat.log).to_have_attribute("aria-busy", "false")
    expect(chat.messages.first).to_contain_text("You")
    expect(chat.messages.last).to_contain_text("Reply")
    browser_page.wait_for_function("spoken.length > 1")
    model.fail(400)
    chat.say("Hello again")
    browser_page.wait_for_function("spoken.length > 3")
    written = "A reply is being written"
    failed = "Reply: Sorry, no reply came. Try again"
    spoken = [" ".join(text.split()) for text in browser_page.evaluate("spoken")]
    assert spoken == [written, f"Reply: {REPLY}", written, failed]
    browser_page.reload()
    browser_page.evaluate(LISTEN)
    chat.shows("Hello", REPLY, "Hello again")
    assert browser_page.evaluate("spoken") == []


def test_try_again_is_offered_as_often_as_it_may_be_pressed(
    server: Server, browser_page: Page, model: FakeService
) -> None:
    chat = enter(server, browser_page, ego_max_try_again=1)
    model.fail(400, -1)
    chat.say("Hello")
    expect(chat.retry).to_be_visible()
    chat.retry.click()
    model.wait_until(lambda fake: len(fake.requests) == 2)
    expect(chat.box).to_be_enabled()
    expect(chat.messages.last).to_contain_text("Sorry, no reply came.")
    expect(chat.retry).to_have_count(0)
    browser_page.reload()
    expect(chat.messages.last).to_contain_text("Sorry, no reply came.")
    expect(chat.retry).to_have_count(0)
    model.heal()
    chat.say("Hello again")
    expect(chat.messages.last).to_contain_text(REPLY)


def test_the_times_of_a_page(server: Server, browser_page: Page, model: FakeService) -> None:
    chat = enter(server, browser_page, ego_min_seconds=3, ego_max_seconds=4, ego_show_countdown=True)
    expect(browser_page.get_by_role("timer")).to_have_text(re.compile(r"^Time left: 0:0[1-4]$"))
    expect(browser_page.locator(".ego-next-hint")).to_have_text(re.compile(r"^You can go on in 0:0[1-3]\.$"))
    expect(chat.next).to_be_disabled()
    chat.box.fill("not sent yet")
    expect(chat.note).to_have_text("The time for this chat is up. Thank you!")
    expect(chat.box).to_be_disabled()
    expect(chat.box).to_have_value("not sent yet")
    expect(browser_page.get_by_role("timer")).to_be_hidden()
    browser_page.reload()
    expect(chat.note).to_have_text("The time for this chat is up. Thank you!")
    chat.next.click()
    expect(chat.next).to_have_count(0)
