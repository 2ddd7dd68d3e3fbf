"""Each ready-made app in a real browser from its first page to its last: both languages, phone and desktop."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from harness import Server, Watch
from harness.walks import ANSWERS, APPS, HIDDEN_ANSWERS, SPOKEN, configs, some, spoken
from playwright.sync_api import Page, expect

from otree_ego.chat_rules.study_words import STUDY_WORDS
from otree_ego.testing import FakeService

FIELDS: dict[str, dict[str, Any]] = {
    "Respond": {"accepted": "True"},
    "Send": {"sent": 5},
    "Decide": {"human_move": "X", "choice": "X"},
    "Contribute": {"contribution": 10},
    "Name": {"nickname": "Kim"},
    "Introduction": {"nickname": "Kim"},
    "Feedback": {"liked": "4"},
}
WAITING = {
    "AIDecides", "AIResponds", "AISend", "AIReturn", "AIFirst", "Others", "Together", "Meet", "WaitForReturned"
}  # fmt: skip
MOST_PAGES = 20


@pytest.fixture(scope="module")
def fake() -> Iterator[FakeService]:
    with FakeService() as running:
        yield running


@pytest.fixture(autouse=True)
def _answers(fake: FakeService) -> None:
    fake.reply = spoken


@pytest.fixture(scope="module")
def server(server_factory: Callable[..., Server], fake: FakeService) -> Server:
    env = {"OPENAI_BASE_URL": fake.base_url, "OPENAI_API_KEY": "sk-fake"}
    return server_factory(repo_apps=list(APPS), session_configs=configs(participation_fee=1.0), env=env)


def fill(page: Page, fields: dict[str, Any]) -> None:
    """Put values into the form, as far as it has the fields."""
    for name, value in fields.items():
        field = page.locator(f"[name='{name}']")
        if not field.count():
            continue
        if field.first.get_attribute("type") == "radio":
            page.locator(f"[name='{name}'][value='{value}']").check()
        else:
            field.fill(str(value))


def play(page: Page, app: str, hidden: bool) -> list[str]:
    """Go through the app with a mouse or a finger; the names of its pages."""
    seen: list[str] = []
    for _ in range(MOST_PAGES):
        where = page.url
        name = where.rsplit("/", 2)[1]
        seen.append(name)
        if name.startswith("Wait") or name in WAITING:
            expect(page).not_to_have_url(where)
            continue
        expect(page.locator("#form")).to_be_visible()
        fits_the_screen(page)
        following = page.locator(".otree-btn-next")
        if name == "Chat":
            page.locator("#ego-box").fill("Hello!")
            page.locator(".ego-send").click()
            expect(page.get_by_role("log")).to_contain_text(SPOKEN)
        elif name == "Check":
            fill(page, (HIDDEN_ANSWERS if hidden else ANSWERS)[app])
        else:
            fill(page, FIELDS.get(name, {}))
        if not following.count():
            return seen
        following.click()
        expect(page).not_to_have_url(where)
    raise AssertionError(f"{app} does not end: {seen}")


def fits_the_screen(page: Page) -> None:
    """Nothing of the page lies beside the screen."""
    wide, screen = page.evaluate("[document.documentElement.scrollWidth, document.documentElement.clientWidth]")
    assert wide <= screen, f"{page.url} is {wide} pixels wide on a screen of {screen}"


def told(page: Page, server: Server, app: str, language: str, disclose: str) -> None:
    hidden = disclose in ("after", "never")
    session = server.create_session(app, 1, ego_language=language, ego_disclose=disclose)
    page.goto(session.participant().url)
    seen = play(page, app, hidden)
    assert seen[-1] == "End" and ("Debriefing" in seen) == (disclose == "after")
    expect(page.locator(".ego-pay")).to_contain_text(STUDY_WORDS[language]["pay_total"])
    page.reload()
    assert page.url.rsplit("/", 2)[1] == "End"


@pytest.mark.parametrize("app", some("public_goods", "group_chat"))
def test_on_a_desktop(server: Server, browser_page: Page, watch: Watch, app: str) -> None:
    told(browser_page, server, app, "en", "after")


@pytest.mark.parametrize("app", some("prisoner", "ego_chat"))
def test_on_a_phone_in_german(server: Server, phone_page: Page, app: str) -> None:
    told(phone_page, server, app, "de", "before")


@pytest.mark.full
@pytest.mark.parametrize("app", APPS)
@pytest.mark.parametrize("language", ["en", "de"])
@pytest.mark.parametrize("disclose", ["", "never", "after"])
def test_all_of_them(server: Server, phone_page: Page, app: str, language: str, disclose: str) -> None:
    told(phone_page, server, app, language, disclose)


def test_a_hidden_reply_is_a_message_like_any_other(server: Server, browser_page: Page, watch: Watch) -> None:
    session = server.create_session("ego_chat", 1, ego_disclose="after")
    browser_page.goto(session.participant().url)
    fill(browser_page, {"nickname": "Kim"})
    browser_page.locator(".otree-btn-next").click()
    browser_page.locator("#ego-box").fill("Hello!")
    browser_page.locator(".ego-send").click()
    expect(browser_page.get_by_role("log")).to_contain_text(SPOKEN)
    expect(browser_page.get_by_role("log")).to_contain_text("The other side")
    frames = "\n".join(watch.frames)
    assert SPOKEN in frames and '"assistant"' not in frames and "gpt-" not in frames and '"t": "text"' not in frames
