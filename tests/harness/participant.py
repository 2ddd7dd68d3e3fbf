"""A person at a browser, without the browser: walks through pages over HTTP."""

from __future__ import annotations

import html
import re
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import requests
from typing_extensions import Self

from .client import client
from .database import PATIENCE, attempts
from .sockets import Live

if TYPE_CHECKING:
    from .admin import Admin

ERRORS = re.compile(r'class="[^"]*(?:otree-form-errors|form-control-errors)[^"]*"[^>]*>(.*?)</', re.DOTALL)
SOCKET = re.compile(r'id="otree-live" data-socket-url="([^"]+)"')
PAGE = re.compile(r"/p/[^/]+/[^/]+/(?P<page>[^/]+)/\d+$")


class Refused(AssertionError):
    """The server kept the participant on the page; the message holds the form's errors."""


class Participant:
    """One participant of a session, with cookies of their own.

    After `start()`, `page` is the name of the page they are on ("" after the last one), `html` what it shows, and
    `url` where it is.
    """

    def __init__(self, server: Admin, code: str) -> None:
        self.server = server
        self.code = code
        self.page = ""
        self.html = ""
        self.url = f"{server.url}/InitializeParticipant/{code}"
        self.http = client()

    def start(self) -> Self:
        """Opens the start link, which leads to the page where the participant is."""
        return self._arrive(self.http.get(f"{self.server.url}/InitializeParticipant/{self.code}", timeout=PATIENCE))

    def reload(self) -> Self:
        """Loads the page again."""
        return self._arrive(self.http.get(self.url, timeout=PATIENCE))

    def submit(self, **fields: Any) -> Self:
        """Sends the page's form and follows to the next page; Refused if the form has errors."""
        before = self.url
        self._arrive(self.http.post(self.url, data=fields, timeout=PATIENCE))
        errors = [re.sub(r"<[^>]*>|\s+", " ", found).strip() for found in ERRORS.findall(self.html)]
        if self.url == before and any(errors):
            raise Refused(f"{self.page} did not take {fields}: {html.unescape('; '.join(filter(None, errors)))}")
        return self

    def until(
        self, page: str, timeout: float = PATIENCE, meanwhile: Callable[[], None] = lambda: None, **fields: Any
    ) -> Self:
        """Goes on to a page by its name, submitting each page before it with `fields`, waiting on wait pages.

        `meanwhile` is called each time before this one looks again.
        """
        for _ in attempts(timeout, pause=0.1):
            before = ""
            while self.url != before:  # who gets on does not wait for the next look
                if self.page == page:
                    return self
                if not self.page:
                    raise AssertionError(f"{self.code} reached the end without meeting {page}.")
                meanwhile()
                before = self.url
                if self.waiting:
                    self.reload()
                else:
                    self.submit(**fields)
        raise TimeoutError(f"{self.code} is still on {self.page} and not on {page}.")

    @property
    def waiting(self) -> bool:
        """Whether this is a wait page."""
        return "otree-wait-page" in self.html and "otree-form" not in self.html

    def live(self, timeout: float = PATIENCE) -> Live:
        """Opens the live connection of the page; each call is one more tab."""
        found = SOCKET.search(self.html)
        assert found, f"{self.page} is not a live page."
        address = self.server.socket_url + html.unescape(found[1])
        return Live(address, self.http.cookies.get_dict(), timeout)

    def _arrive(self, response: requests.Response) -> Self:
        assert response.status_code == 200, f"HTTP {response.status_code} at {response.url}: {response.text[:2000]}"
        self.url, self.html = response.url, response.text
        where = PAGE.search(self.url)
        self.page = where["page"] if where else ""
        return self
