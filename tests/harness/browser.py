"""A real browser, and someone who watches its console."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import Any
from urllib.parse import urlsplit

from playwright.sync_api import (
    Browser as Chromium,
    BrowserContext,
    ConsoleMessage,
    Page,
    Request,
    WebSocket,
    expect,
    sync_playwright,
)

from . import needs
from .database import PATIENCE

expect.set_options(timeout=PATIENCE * 1000)

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
ARGUMENTS = [
    "--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking", "--disable-component-update",
    "--disable-sync", "--disable-dev-shm-usage", "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
]  # fmt: skip
DESKTOP: dict[str, Any] = {"viewport": {"width": 1280, "height": 800}}
PHONE: dict[str, Any] = {
    "viewport": {"width": 360, "height": 640},
    "has_touch": True,
    "is_mobile": True,
    "device_scale_factor": 2,
}


class Watch:
    """Collects what goes wrong in all tabs of one browser window, and all that its WebSockets carry.

    `allow(pattern)` names an error that the test causes on purpose.
    """

    def __init__(self, context: BrowserContext) -> None:
        self.errors: list[str] = []
        self.frames: list[str] = []
        self._allowed: list[str] = []
        context.on("console", self._console)
        context.on("weberror", lambda error: self.errors.append(f"uncaught: {error.error}"))
        context.on("request", self._request)
        context.on("page", self._page)

    def allow(self, pattern: str) -> None:
        """Errors that match this regular expression are expected."""
        self._allowed.append(pattern)

    @property
    def unexpected(self) -> list[str]:
        """The errors that nobody has allowed."""
        return [error for error in self.errors if not any(re.search(pattern, error) for pattern in self._allowed)]

    def _console(self, message: ConsoleMessage) -> None:
        icon = message.location.get("url", "").endswith("/favicon.ico")  # Chromium asks for it whenever it likes
        if message.type == "error" and not icon:
            self.errors.append(f"console: {message.text} ({message.location.get('url', '')})")

    def _request(self, request: Request) -> None:
        address = urlsplit(request.url)
        if address.scheme not in ("data", "blob", "about") and address.hostname != "127.0.0.1":
            self.errors.append(f"request to a foreign host: {request.url}")

    def _page(self, page: Page) -> None:
        page.on("websocket", self._socket)

    def _socket(self, socket: WebSocket) -> None:
        socket.on("framereceived", lambda frame: self.frames.append(_text(frame)))


@needs.starts("browser")
class Browser:
    """Headless Chromium; `tab()` opens a window of its own, with cookies of its own.

    While it is open, `asyncio.run` cannot be used in the same thread: that is how Playwright's synchronous API works.
    """

    def __init__(self) -> None:
        self._playwright = sync_playwright()
        self._chromium: Chromium | None = None

    def __enter__(self) -> Browser:
        needs.claim("browser")
        path = next(filter(None, map(shutil.which, NAMES)), None)
        if path is None:
            raise FileNotFoundError("The tests need a browser: apt-get install chromium")
        playwright = self._playwright.start()
        self._stop = playwright.stop
        self._chromium = playwright.chromium.launch(executable_path=path, args=ARGUMENTS)
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, tb: TracebackType | None) -> None:
        if self._chromium:
            self._chromium.close()
        self._stop()

    @contextmanager
    def tab(self, options: dict[str, Any] = DESKTOP) -> Iterator[tuple[Page, Watch]]:
        """A page in a fresh window, and the watch on that window."""
        assert self._chromium, "The browser is not open."
        context = self._chromium.new_context(**options)
        context.set_default_timeout(PATIENCE * 1000)
        watch = Watch(context)
        try:
            yield context.new_page(), watch
        finally:
            context.close()


def picture(page: Page, folder: Path, name: str) -> Path:
    """Takes a screenshot of the whole page, named after the test."""
    folder.mkdir(parents=True, exist_ok=True)
    file = folder / (re.sub(r"[^\w.-]+", "_", name)[-120:] + ".png")
    page.screenshot(path=file, full_page=True)
    return file


def _text(frame: str | bytes) -> str:
    return frame if isinstance(frame, str) else frame.decode("utf-8", "replace")
