"""From a platform's link to the code in a real browser: phone and desktop, both languages, each ready-made app.

On the way, all that the browser is sent is searched for the codes: pages, scripts, answers, frames of WebSockets, and
oTree's table of variables (the server runs in debug mode).
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from harness import Server
from harness.browser import Watch
from harness.project import REPO
from playwright.sync_api import Page, expect

from otree_ego.cli.shared.games import session_configs
from otree_ego.testing import FakeService, fitting

CODES = {
    "completed": "CDONE1XQ",
    "no_consent": "CNONE2XQ",
    "screened_out": "COUT3XQ",
    "failed_check": "CFAIL4XQ",
    "full": "CFULL5XQ",
}
PROLIFIC = "https://app.prolific.com/submissions/complete"
STUDIES = ("dictator", "group_chat", "prisoner", "public_goods", "trust", "ultimatum")
CHANGES: dict[str, dict[str, Any]] = {
    "group_chat": {"group_chat_size": 1, "group_chat_pace": "0", "ego_min_messages": 1},
    "prisoner": {"prisoner_rounds": 2},
    "public_goods": {"public_goods_rounds": 1},
}
# What is right in comprehension checks whose hints do not say it; fields of other games get what the hint ends with.
RIGHT = {
    "public_goods": {"check_none": "20", "check_all": "32", "check_programs": "3"},
    "trust": {"check1": "15", "check2": "12", "check3": "8"},
}


def config(game: str) -> dict[str, Any]:
    (recruit, _) = session_configs(REPO / "apps" / "recruit")
    (row, *_) = session_configs(REPO / "apps" / game)
    codes = {f"ego_completion_code_{outcome}": code for outcome, code in CODES.items()}
    return {
        **recruit, **row, **CHANGES.get(game, {}), **codes,
        "name": game, "app_sequence": ["recruit", game, "recruit_end"], "num_demo_participants": 1,
        "ego_completion_platform": "prolific", "ego_model": "gpt-6-luna", "ego_retries": 0, "ego_language": "en",
    }  # fmt: skip


@pytest.fixture(scope="module")
def model() -> Any:
    with FakeService() as fake:
        fake.reply = fitting
        yield fake


@pytest.fixture(scope="module")
def server(server_factory: Callable[..., Server], model: FakeService) -> Server:
    env = {"OPENAI_BASE_URL": model.base_url, "OPENAI_API_KEY": "sk-fake"}
    rooms = "ROOMS = [dict(name='study', display_name='Study')]"
    return server_factory(
        repo_apps=["recruit", "recruit_end", *STUDIES], session_configs=[config(game) for game in STUDIES],
        settings_extra=rooms, env=env, production=False,
    )  # fmt: skip


class Visitor:
    """Somebody at a browser, and all that the browser is sent."""

    def __init__(self, server: Server, page: Page, watch: Watch) -> None:
        self.server, self.page, self.watch = server, page, watch
        self.sent: dict[str, str] = {}

    def look(self) -> None:
        """Keeps what the page has been sent, and its scripts, as they came."""
        scripts = self.page.eval_on_selector_all("script[src]", "all => all.map(each => each.src)")
        for url in {self.page.url, *scripts} - self.sent.keys():
            if url.startswith(self.server.url):
                self.sent[url] = self.page.context.request.get(url).text()
        self.sent[f"{self.page.url} as it stands"] = self.page.content()

    def enter(self, game: str, language: str) -> None:
        """Comes by Prolific's link into the room, and presses Start."""
        session = {"session_config_name": game, "num_participants": 1, "room_name": "study"}
        session["modified_session_config_fields"] = {"ego_language": language}
        answer = self.server.http.post(f"{self.server.url}/api/sessions", json=session)
        assert answer.status_code == 200, answer.text
        self.page.goto(f"{self.server.url}/room/study?PROLIFIC_PID=p{answer.json()['code']}&STUDY_ID=s&SESSION_ID=1")
        self.page.get_by_role("button", name="Start").click()
        expect(self.page.locator("button[name=consent]").first).to_be_visible()

    def consent(self, yes: bool = True) -> None:
        """Presses one of the two buttons."""
        self.look()
        self.page.locator(f"button[name=consent][value={yes}]").click()

    def screen(self, age: int = 30) -> None:
        """Answers the screening questions."""
        self.page.locator("[name=age]").wait_for()
        self.look()
        self.page.locator("[name=age]").fill(str(age))
        self.page.locator("[name=fluent]").first.check()
        self.page.locator(".otree-btn-next").click()

    def check(self, first: str = "any_time") -> None:
        """Answers the comprehension check."""
        self.page.locator("[name=check1]").first.wait_for()
        self.look()
        self.page.locator(f"[name=check1][value={first}]").check()
        self.page.locator("[name=check2][value=research]").check()
        self.page.locator(".otree-btn-next").click()

    def walk(self) -> None:
        """Goes through the pages of a game, whatever they ask, to the last page of all."""
        form = "form#form:has(.otree-btn-next), #ego-code, .otree-wait-page"
        for _ in range(60):
            self.page.locator(form).first.wait_for()
            if self.page.locator("#ego-code").count():
                return
            if self.page.locator("form#form .otree-btn-next").count():
                self.look()
                self._fill()
                self.page.locator("form#form .otree-btn-next").click()
                self.page.wait_for_load_state()
            else:  # a wait page goes on by itself
                self.page.locator(form.rpartition(",")[0]).first.wait_for()
        raise AssertionError(f"no end after {self.page.url}")

    def _fill(self) -> None:
        page = self.page
        if page.locator("#ego-box").count() and not page.get_by_role("log").get_by_text("Hello there").count():
            page.locator("#ego-box").fill("Hello there")
            page.locator(".ego-send").click()
            expect(page.get_by_role("log").get_by_text("Hello there").first).to_be_visible()
        names = page.eval_on_selector_all("form#form input[type=radio]", "all => [...new Set(all.map(i => i.name))]")
        for name in names:
            options = page.locator(f"[name='{name}']")
            chosen = [number for number in range(options.count()) if options.nth(number).is_checked()]
            wrong = page.locator("._formfield", has=options).locator(".form-control-errors").count()
            options.nth(chosen[0] + bool(wrong) if chosen else 0).check()
        boxes = page.locator("form#form input:not([type=radio]):not([type=hidden]):visible, form#form select:visible")
        for number in range(boxes.count()):
            box = boxes.nth(number)
            if box.evaluate("it => it.tagName") == "SELECT":
                box.select_option(index=1)
            elif box.get_attribute("type") in ("text", "number"):
                name = box.get_attribute("name") or ""
                around = page.locator("._formfield", has=page.locator(f"[name='{name}']"))
                hint = around.locator(".form-control-errors").all_inner_texts()
                known = RIGHT.get(page.url.split("/")[-3], {}).get(name)
                box.fill(known or (re.findall(r"\d+", " ".join(hint)) or ["5"])[-1])  # a check says what would be right

    def seen_codes(self) -> list[str]:
        """Outcomes whose codes are in anything that the browser was sent on the way."""
        everything = "\n".join([*self.sent.values(), *self.watch.frames])
        assert any("vars_for_template" in text for text in self.sent.values()), "the tables of variables are there"
        assert any(url.endswith(".js") for url in self.sent)
        return [outcome for outcome, code in CODES.items() if code in everything]


def ends_with(visitor: Visitor, outcome: str) -> None:
    """The last page has the code of this outcome only, fits the window, and its buttons work."""
    page = visitor.page
    expect(page.locator("#ego-code")).to_have_text(CODES[outcome])
    assert visitor.seen_codes() == []
    assert [each for each, code in CODES.items() if code in page.content()] == [outcome]
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.locator("#ego-copy").click()
    expect(page.locator("#ego-copied")).not_to_be_empty()
    assert page.evaluate("navigator.clipboard.readText()") == CODES[outcome]
    came: list[Any] = []

    def platform(route: Any) -> None:
        came.append(route.request)
        route.fulfill(status=200, content_type="text/html", body="<p>Prolific</p>")

    visitor.watch.allow("app.prolific.com")
    page.route(f"{PROLIFIC}**", platform)
    page.locator("#ego-return").click()
    expect(page.get_by_text("Prolific")).to_be_visible()
    assert came[0].url == f"{PROLIFIC}?cc={CODES[outcome]}"
    assert "referer" not in came[0].headers, "our address has the participant's code"


def through(visitor: Visitor, game: str, language: str) -> None:
    visitor.enter(game, language)
    visitor.consent()
    visitor.screen()
    visitor.check()
    visitor.walk()
    ends_with(visitor, "completed")


def test_from_the_link_to_the_code_at_a_desk(server: Server, browser_page: Page, watch: Watch) -> None:
    through(Visitor(server, browser_page, watch), "ultimatum", "en")


def test_from_the_link_to_the_code_on_a_phone_in_german(server: Server, phone_page: Page, phone_watch: Watch) -> None:
    visitor = Visitor(server, phone_page, phone_watch)
    visitor.enter("ultimatum", "de")
    expect(phone_page.get_by_text("Möchten Sie teilnehmen?", exact=True)).to_be_visible()
    assert phone_page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    visitor.consent(False)
    expect(phone_page.locator("#form")).to_contain_text(
        "Sie haben sich entschieden, nicht an dieser Studie teilzunehmen."
    )
    expect(phone_page.get_by_role("link", name="Zurück zu Prolific")).to_be_visible()
    ends_with(visitor, "no_consent")


@pytest.mark.full
def test_screened_out_and_failed(server: Server, browser_page: Page, watch: Watch) -> None:
    visitor = Visitor(server, browser_page, watch)
    visitor.enter("ultimatum", "en")
    visitor.consent()
    visitor.screen(age=16)
    ends_with(visitor, "screened_out")
    visitor = Visitor(server, browser_page, watch)
    visitor.enter("ultimatum", "de")
    visitor.consent()
    visitor.screen()
    visitor.check("never")
    expect(browser_page.locator("#form")).to_contain_text("Sie haben noch einen Versuch.")
    visitor.check("never")
    ends_with(visitor, "failed_check")


@pytest.mark.full
@pytest.mark.parametrize("game", STUDIES)
@pytest.mark.parametrize("language", ["en", "de"])
def test_each_app_at_a_desk(server: Server, browser_page: Page, watch: Watch, game: str, language: str) -> None:
    through(Visitor(server, browser_page, watch), game, language)


@pytest.mark.full
@pytest.mark.parametrize("game", STUDIES)
@pytest.mark.parametrize("language", ["en", "de"])
def test_each_app_on_a_phone(server: Server, phone_page: Page, phone_watch: Watch, game: str, language: str) -> None:
    through(Visitor(server, phone_page, phone_watch), game, language)
