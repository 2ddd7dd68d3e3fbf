"""What people see in a browser whose place an AI has taken, and their partners: told, heard, reached by keyboard."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from binding.takeover.conftest import AWAY, CONFIG, game, offer, wait_for
from harness import Server, Watch
from harness.accessibility import violations
from harness.admin import Session
from harness.chat import KEY
from playwright.sync_api import Page, expect

from otree_ego.testing import FakeService, fitting

TEXTS = {
    "en": {
        "title": "Welcome back", "text": "an AI (a computer program) has been playing in your place",
        "late": "Your answer came too late", "go_on": "Continue", "over": "The study is over for you",
        "partner": "One other participant in your group left early. From then on, an AI took over.",
    },
    "de": {
        "title": "Willkommen zurück", "text": "hat eine KI (ein Computerprogramm) an Ihrer Stelle gespielt",
        "late": "Ihre Antwort kam zu spät", "go_on": "Weiter", "over": "Die Studie ist für Sie beendet",
        "partner": "Ein anderes Mitglied Ihrer Gruppe ist vorzeitig gegangen.",
    },
}  # fmt: skip
LANGUAGES = ["en", "de"]
IN_BOTH = pytest.mark.parametrize("language", ["en", pytest.param("de", marks=pytest.mark.full)])
DEAF = "window.WebSocket = class extends EventTarget { readyState = 0; send() {} close() {} };"
"""A browser whose connections never come about, as behind some companies' firewalls."""


@pytest.fixture(scope="module")
def fake() -> Iterator[FakeService]:
    with FakeService() as running:
        yield running


@pytest.fixture
def model(fake: FakeService) -> Iterator[FakeService]:
    fake.clear()
    fake.reply = fitting
    fake.hold()
    yield fake
    fake.release()


@pytest.fixture(scope="module")
def server(server_factory: Callable[..., Server], fake: FakeService) -> Server:
    configs = [
        {**CONFIG, "name": f"pair_{language}", "app_sequence": ["pair"], "ego_language": language,
         "ego_takeover_after": AWAY, "ego_disclose": "after", "ego_completion_code_left": "CLEFT7XQ"}
        for language in LANGUAGES
    ]  # fmt: skip
    env = {"OPENAI_BASE_URL": fake.base_url, "OPENAI_API_KEY": KEY}
    apps = {"pair": game("pair", "Ask, Offer, Meet, Again")}
    return server_factory(apps=apps, session_configs=configs, env=env)


def opens(page: Page, session: Session, server: Server) -> None:
    page.goto(f"{server.url}/InitializeParticipant/{session.codes[0]}")


def leaves(page: Page, session: Session, server: Server) -> None:
    """Sends the first page, of which the app says that its person has gone; the tab stays open."""
    opens(page, session, server)
    page.locator("[name=answer]").fill("leave for Mainz")
    page.locator("button.otree-btn-next").click()


def well_made(page: Page) -> None:
    """A screen reader finds its way, and the contrast is enough."""
    assert violations(page) == []


@IN_BOTH
def test_who_comes_back_is_told_and_plays_on(
    server: Server, model: FakeService, browser_page: Page, language: str
) -> None:
    """Also the tab that was left open: nobody has to load it again."""
    session, texts = server.create_session(f"pair_{language}", 2), TEXTS[language]
    leaves(browser_page, session, server)
    expect(browser_page.get_by_role("heading", name=texts["title"])).to_be_visible()
    expect(browser_page.get_by_text(texts["text"])).to_be_visible()
    well_made(browser_page)
    button = browser_page.locator("#ego-return")
    expect(button).to_have_text(texts["go_on"])
    browser_page.keyboard.press("Tab")
    expect(button).to_be_focused()
    browser_page.keyboard.press("Enter")
    browser_page.locator("[name=offer]").fill("7")
    browser_page.locator("button.otree-btn-next").click()
    expect(browser_page.locator(".otree-wait-page")).to_be_visible()


@IN_BOTH
def test_a_tab_that_nobody_could_tell(
    server: Server, model: FakeService, browser_page: Page, watch: Watch, language: str
) -> None:
    session, texts = server.create_session(f"pair_{language}", 2), TEXTS[language]
    watch.allow("No valid WebSocket class")
    browser_page.add_init_script(DEAF)
    leaves(browser_page, session, server)
    expect(browser_page.locator("[name=offer]")).to_be_visible()
    model.wait_until(lambda service: service.standing == 1)
    model.release()
    wait_for(lambda: offer(session))  # it waits for the partner then, who comes later
    browser_page.locator("[name=offer]").fill("7")
    browser_page.locator("button.otree-btn-next").click()
    expect(browser_page.get_by_text(texts["late"])).to_be_visible()
    other = session.participant(1).start().submit(answer="stay").submit(offer=3).until("Again")
    well_made(browser_page)
    expect(browser_page.locator("#ego-return")).to_have_text(texts["go_on"])
    assert other.page == "Again"


@IN_BOTH
def test_who_stays_out_is_told(server: Server, model: FakeService, browser_page: Page, language: str) -> None:
    session = server.create_session(f"pair_{language}", 2, ego_takeover_return="stay out")
    leaves(browser_page, session, server)
    expect(browser_page.get_by_text(TEXTS[language]["over"])).to_be_visible()
    expect(browser_page.locator("#ego-code")).to_have_text("CLEFT7XQ")
    expect(browser_page.locator("#ego-return")).to_have_count(0)
    well_made(browser_page)


@IN_BOTH
def test_partners_are_told_at_the_end(server: Server, model: FakeService, browser_page: Page, language: str) -> None:
    model.release()
    session = server.create_session(f"pair_{language}", 2)
    gone = session.participant(1).start().submit(answer="leave for Mainz")
    opens(browser_page, session, server)
    browser_page.locator("[name=answer]").fill("stay")
    browser_page.locator("button.otree-btn-next").click()
    browser_page.locator("[name=offer]").fill("7")
    browser_page.locator("button.otree-btn-next").click()
    expect(browser_page.get_by_text("Here you are.")).to_be_visible()
    browser_page.locator("button.otree-btn-next").click()
    expect(browser_page.get_by_text(TEXTS[language]["partner"])).to_be_visible()
    well_made(browser_page)
    assert gone.page == "Offer"
