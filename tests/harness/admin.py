"""What the operator of a server does: sessions, exports and oTree's admin pages."""

from __future__ import annotations

import csv
import io
import re
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

import requests

from .client import client
from .database import PATIENCE
from .participant import Participant
from .sockets import Socket

PASSWORD = "correct horse"
REST_KEY = "rest key of the tests"
TABLE_ROW = re.compile(r"<tr[^>]*>(.*?)</tr>", re.DOTALL)
TABLE_CELL = re.compile(r"<t[dh][^>]*>(.*?)</t[dh]>", re.DOTALL)
CHECKED = re.compile(r"<input name='([^']+)'[^>]*type='checkbox'[^>]* checked")
TOKEN = re.compile(r'name="([^"]*csrf[^"]*)" value="([^"]+)"', re.I)

Row = dict[str, str]
csv.field_size_limit(10_000_000)


@dataclass(frozen=True)
class Session:
    """A session on a server; `codes` are its participants' codes in their order."""

    server: Admin
    code: str
    codes: tuple[str, ...]

    def participant(self, index: int = 0) -> Participant:
        """The participant at this place, counted from 0."""
        return self.server.participant(self.codes[index])

    def participants(self) -> list[Participant]:
        """All participants."""
        return [self.server.participant(code) for code in self.codes]


class Admin:
    """The server as its operator sees it: every method asserts that the server answered well."""

    def __init__(self, url: str, auth_level: str = "") -> None:
        self.url = url
        self.socket_url = url.replace("http", "ws", 1)
        self.auth_level = auth_level
        self.http = client(**{"otree-rest-key": REST_KEY} if auth_level else {})

    @property
    def auth_env(self) -> dict[str, str]:
        """The environment that makes oTree ask for the password and the REST key."""
        if not self.auth_level:
            return {}
        return {
            "OTREE_AUTH_LEVEL": self.auth_level,
            "OTREE_ADMIN_PASSWORD": PASSWORD,
            "OTREE_REST_KEY": REST_KEY,
        }

    def get(self, path: str, **query: str) -> requests.Response:
        """GETs a page as the administrator; asserts HTTP 200 and that it is not the login page."""
        response = self.http.get(self._address(path, query), timeout=PATIENCE)
        if self.auth_level and response.url.endswith("/login"):
            self._login()
            response = self.http.get(self._address(path, query), timeout=PATIENCE)
        return _good(response)

    def create_session(self, config: str, participants: int = 1, **fields: Any) -> Session:
        """Creates a session over the REST API; `fields` change the session config for it alone."""
        body: dict[str, Any] = {"session_config_name": config, "num_participants": participants}
        if fields:
            body["modified_session_config_fields"] = fields
        answer = _good(self.http.post(f"{self.url}/api/sessions", json=body, timeout=PATIENCE)).json()
        return self.session(answer["code"])

    def create_session_by_form(self, config: str, participants: int = 1, **fields: Any) -> Session:
        """Creates a session as the *Create session* page does; AssertionError with the page's words if it refuses."""
        answer = self.submit_session_form(config, participants, **fields)
        assert "session_url" in answer, f"The session was refused: {answer}"
        return self.session(answer["session_url"].rsplit("/", 1)[1])

    def submit_session_form(self, config: str, participants: int = 1, **fields: Any) -> dict[str, Any]:
        """Sends the *Create session* form; the answer has `session_url`, `validation_errors` or `error`."""
        page = self.get("/create_session").text
        form = {name: "on" for name in CHECKED.findall(page) if name.startswith(f"{config}.")}
        form |= {"session_config": config, "num_participants": str(participants), "room_name": ""}
        for name, value in fields.items():
            key = f"{config}.{name}"
            if value is False:
                form.pop(key, None)
            else:
                form[key] = "on" if value is True else str(value)
        answer = self._exchange("/create_session", form, lambda message: "progress" not in message)
        assert isinstance(answer, dict), answer
        return answer

    def session(self, code: str) -> Session:
        """An existing session."""
        people = sorted(self.get_session(code)["participants"], key=lambda one: one["id_in_session"])
        return Session(self, code, tuple(one["code"] for one in people))

    def participant(self, code: str) -> Participant:
        """The participant with this code."""
        return Participant(self, code)

    def get_session(self, code: str) -> dict[str, Any]:
        """oTree's REST view of a session: config, labels, payoffs, participants."""
        answer: dict[str, Any] = _good(
            self.http.post(f"{self.url}/api/get_session/{code}", json={}, timeout=PATIENCE)
        ).json()
        return answer

    def delete_session(self, code: str) -> None:
        """Deletes a session as the *Sessions* page does."""
        assert self._exchange("/delete_sessions", [code]) == "ok"

    def advance_slowest(self, code: str) -> None:
        """Moves the slowest participants on, as the button of the *Monitor* page does."""
        token = TOKEN.search(self.get(f"/SessionMonitor/{code}").text)
        assert token, "The Monitor page has no token."
        form = {"advancemode": "all", token[1]: token[2]}
        _good(self.http.post(f"{self.url}/AdvanceSession/{code}", data=form, timeout=PATIENCE))

    def wide_export(self, session: str = "") -> list[Row]:
        """The table *All apps*, of all sessions or of one."""
        return self._csv("/api/export_wide", session)

    def app_export(self, app: str, session: str = "") -> list[Row]:
        """The table of one app."""
        return self._csv("/api/export_app", session, app=app)

    def custom_export(self, app: str, function: str = "custom_export", session: str = "") -> list[Row]:
        """The table of an app's own export function."""
        return self._csv("/api/export_app_custom", session, app=app, function_name=function)

    def page_times(self) -> list[Row]:
        """When who left which page."""
        return self._csv("/api/export_page_times", "")

    def payments(self, code: str) -> list[Row]:
        """The participants on the *Payments* page."""
        page = self.get(f"/SessionPayments/{code}").text
        table = [[_plain(cell) for cell in TABLE_CELL.findall(row)] for row in TABLE_ROW.findall(page)]
        head = next(index for index, row in enumerate(table) if row[:1] == ["Code"])
        width = len(table[head])
        return [dict(zip(table[head], row, strict=True)) for row in table[head + 1 :] if len(row) == width]

    def data(self, code: str) -> list[list[list[Any]]]:
        """The session's *Data* page: the page itself must load; returns its tables of rows, one a round."""
        self.get(f"/SessionData/{code}")
        tables: list[list[list[Any]]] = self.get(f"/session_data/{code}").json()
        return tables

    def monitor(self, code: str) -> list[dict[str, Any]]:
        """The rows of the *Monitor* page: everyone who has opened their link."""
        self.get(f"/SessionMonitor/{code}")
        with self._socket(f"/session_monitor/{code}") as socket:
            rows: list[dict[str, Any]] = socket.receive()["rows"]
            return rows

    def _csv(self, path: str, session: str, **query: str) -> list[Row]:
        text = self.get(path, **query, **({"session_code": session} if session else {})).content.decode("utf-8")
        return list(csv.DictReader(io.StringIO(text, newline="")))

    def _exchange(self, path: str, message: Any, wanted: Any = lambda message: True) -> Any:
        with self._socket(path) as socket:
            socket.send(message)
            return socket.until(wanted, 120)

    def _socket(self, path: str) -> Socket:
        if self.auth_level and not self.http.cookies:
            self._login()
        return Socket(self.socket_url + path, self.http.cookies.get_dict())

    def _login(self) -> None:
        page = _good(self.http.get(f"{self.url}/login", timeout=PATIENCE)).text
        token = TOKEN.search(page)
        assert token, "The login page has no token."
        form = {"username": "admin", "password": PASSWORD, token[1]: token[2]}
        answer = _good(self.http.post(f"{self.url}/login", data=form, timeout=PATIENCE))
        assert not answer.url.endswith("/login"), "The login was refused."

    def _address(self, path: str, query: dict[str, str]) -> str:
        return f"{self.url}{path}" + (f"?{urlencode(query)}" if query else "")


def _good(response: requests.Response) -> requests.Response:
    where = f"{response.request.method} {response.url}"
    assert response.status_code == 200, f"{where}: HTTP {response.status_code}: {response.text[:3000]}"
    return response


def _plain(cell: str) -> str:
    return re.sub(r"<[^>]*>", "", cell).strip()
