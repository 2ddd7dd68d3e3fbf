"""The chat in a browser's tab, and the line between that tab and the server."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from playwright.sync_api import Page, expect

from harness import Server
from harness.admin import Session
from harness.database import attempts
from otree_ego.testing import FakeService

SETTINGS: dict[str, Any] = {
    "num_demo_participants": 1,
    "ego_model": "gpt-6-luna",
    "ego_temperature": "",
    "ego_seed": "",
    "ego_max_tokens": "",
    "ego_system_prompt": "You are a friendly machine.",
    "ego_deadline": 60.0,
    "ego_retries": 0,
    "ego_min_messages": 0,
    "ego_max_messages": "",
    "ego_max_characters": "",
    "ego_max_length": 4000,
    "ego_show_model": True,
    "ego_language": "en",
}


def serve(factory: Callable[..., Server], service: FakeService, **apps: dict[str, str]) -> Server:
    """A server with ego_chat and other apps, whose models are the service."""
    configs = [{"name": app, "app_sequence": [app], **SETTINGS} for app in ("ego_chat", *apps)]
    env = {"OPENAI_BASE_URL": service.base_url, "OPENAI_API_KEY": "sk-fake"}
    return factory(repo_apps=["ego_chat"], apps=apps, session_configs=configs, env=env)


def healthy(service: FakeService) -> FakeService:
    """The service as it was when it started."""
    service.heal()
    service.release()
    service.clear()
    service.reply = FakeService.DEFAULT_REPLY
    return service


class Window:
    """One tab, at the chat of one participant."""

    def __init__(self, page: Page, session: Session, url: str) -> None:
        self.page = page
        self.session = session
        self.url = url
        self.log = page.get_by_role("log")
        self.box = page.locator("#ego-box")
        self.send = page.locator(".ego-send")
        self.stop = page.locator(".ego-stop")
        self.retry = page.locator(".ego-retry")
        self.next = page.locator(".otree-btn-next")
        self.messages = page.locator(".ego-message:visible")
        self.bodies = page.locator(".ego-message:visible .ego-body:visible")
        self.reply = self.bodies.last
        self.alert = page.get_by_role("alert")
        self.note = page.locator(".ego-note")
        self.offline = page.locator(".ego-offline")

    def open(self) -> Window:
        """Loads the page and waits until the chat is there."""
        self.page.goto(self.url)
        expect(self.box).to_be_visible()
        return self

    def tab(self) -> Window:
        """The same participant in one more tab of the same browser."""
        return Window(self.page.context.new_page(), self.session, self.url).open()

    def say(self, text: str) -> None:
        """Writes a message and sends it with Enter."""
        self.box.fill(text)
        self.box.press("Enter")

    def ask(self, text: str, reply: str) -> None:
        """Says something and waits until this reply is whole."""
        self.say(text)
        expect(self.reply).to_have_text(reply)
        expect(self.stop).to_be_hidden()

    def shows(self, *texts: str) -> None:
        """Waits until exactly these messages are on the page."""
        expect(self.bodies).to_have_text(list(texts))

    def rows(self, role: str = "user") -> list[str]:
        """What the analyst finds: the texts of one role, without what participants never see."""
        table = self.session.server.custom_export("ego_chat", session=self.session.code)
        return [row["text"] for row in table if row["role"] == role and row["text"] != "My name is Ada."]

    def recorded(self, status: str) -> None:
        """Waits until the last reply of the record has this status."""
        for _ in attempts(pause=0.05):
            table = self.session.server.custom_export("ego_chat", session=self.session.code)
            if table[-1]["status"] == status:
                return
        raise AssertionError(f"The last row is {table[-1]}")


def enter(server: Server, page: Page, app: str = "ego_chat", **settings: Any) -> Window:
    """A new session's first participant at their chat."""
    session = server.create_session(app, **settings)
    person = session.participant().start()
    if app == "ego_chat":
        person.submit(nickname="Ada")
    return Window(page, session, person.url).open()


class Line:
    """A page's live connection, with a test's hands on it."""

    def __init__(self, page: Page) -> None:
        self.page = page

    def hold(self) -> None:
        """From now on what the page sends does not go out."""
        self.page.evaluate("window.kept = []; liveSocket.send = (frame) => { kept.push(frame); }")

    def release(self) -> None:
        """What was held goes out, and all that follows."""
        self.page.evaluate("delete liveSocket.send; kept.forEach((frame) => liveSocket.send(frame))")

    def mute(self) -> None:
        """From now on what the server sends does not come in."""
        self.page.evaluate("window.heard = liveSocket.onmessage; liveSocket.onmessage = () => {}")

    def cut(self) -> None:
        """The connection ends, and a new one that works takes its place."""
        self.page.evaluate("liveSocket.onmessage = heard; liveSocket.reconnect()")


__all__ = ["SETTINGS", "Line", "Window", "enter", "healthy", "serve"]
