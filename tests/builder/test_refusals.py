"""Nobody but the builder's own page is answered."""

from __future__ import annotations

import json
import socket
from typing import Any

import pytest

from otree_ego.builder.refusals import MOST_BYTES

PATHS = ["/../web_server.py", "/%2e%2e/x", "/LICENSE-htm.txt", "//etc/passwd", "/nothing.js", "/sub/main.js"]


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"X_Ego_Token": None}, 401),
        ({"X_Ego_Token": ""}, 401),
        ({"X_Ego_Token": "wrong"}, 403),
        ({"X_Ego_Token": "ä" * 43}, 403),
        ({"Cookie": "token=1", "X_Ego_Token": None}, 401),
        ({"Host": None}, 403),
        ({"Host": "127.0.0.1"}, 403),
        ({"Host": "127.0.0.1:1"}, 403),
        ({"Host": "evil.example"}, 403),
        ({"Origin": "https://evil.example"}, 403),
        ({"Origin": "null"}, 403),
        ({"Origin": "http://localhost:8000"}, 403),
        ({"Sec_Fetch_Site": "cross-site"}, 403),
        ({"Sec_Fetch_Site": "same-site"}, 403),
        ({"Content_Type": None}, 415),
        ({"Content_Type": "text/plain"}, 415),
        ({"Content_Type": "application/x-www-form-urlencoded"}, 415),
        ({"Content_Type": "application/json; boundary=x"}, 415),
        ({"Content_Length": None}, 411),
        ({"Content_Length": "-1"}, 411),
        ({"Content_Length": None, "Transfer_Encoding": "chunked"}, 411),
        ({"Content_Length": str(MOST_BYTES + 1)}, 413),
        ({"Content_Length": "9" * 5000}, 413),
    ],
)
def test_a_call_is_refused(workshop: Any, headers: dict[str, str | None], status: int) -> None:
    workshop.file.write_text('{"secret": 1}')
    found, answered, body = workshop.ask(**headers)
    assert found == status and b"secret" not in body
    assert json.loads(body)["error"].endswith(".")
    assert not [name for name in answered if name.lower().startswith("access-control")]


@pytest.mark.parametrize("method", ["GET", "HEAD", "OPTIONS", "PUT", "DELETE", "PATCH"])
def test_calls_are_made_by_post_only(workshop: Any, method: str) -> None:
    assert workshop.ask(method)[0] == 405


def test_its_own_page_is_answered(workshop: Any) -> None:
    own = {"Origin": f"http://{workshop.host}", "Sec_Fetch_Site": "same-origin"}
    assert workshop.ask(**own, Content_Type="application/json; charset=utf-8")[0] == 200
    by_name = f"localhost:{workshop.server.server_port}"
    assert workshop.ask(Host=by_name, Origin=f"http://{by_name}")[0] == 200
    assert workshop.ask(Host=by_name, Origin=f"http://{workshop.host}")[0] == 403
    assert workshop.ask(path="/api/nothing")[0] == 404
    assert workshop.ask(body=b"{")[0] == 400
    assert workshop.ask(body=b"[" * 100_000)[0] == 400


def test_the_page_has_no_secret_and_cannot_be_framed(workshop: Any) -> None:
    status, headers, body = workshop.ask("GET", "/", X_Ego_Token=None, Sec_Fetch_Site="cross-site")
    assert status == 200 and workshop.server.token.encode() not in body
    assert "frame-ancestors 'none'" in headers["Content-Security-Policy"]
    assert headers["Content-Security-Policy"].startswith("default-src 'none'")
    assert (headers["X-Frame-Options"], headers["X-Content-Type-Options"]) == ("DENY", "nosniff")
    assert workshop.ask("GET", "/", Sec_Fetch_Dest="iframe")[0] == 403
    assert workshop.ask("GET", "/", Host="evil.example")[0] == 403
    assert workshop.ask("POST", "/")[0] == 405


@pytest.mark.parametrize("path", PATHS)
def test_there_are_no_other_files(workshop: Any, path: str) -> None:
    assert workshop.ask("GET", path)[0] == 404


def test_files_are_for_its_own_page(workshop: Any) -> None:
    assert workshop.ask("GET", "/main.js", Sec_Fetch_Site="same-origin")[0] == 200
    assert workshop.ask("GET", "/main.js", Sec_Fetch_Site="cross-site")[0] == 403


def test_it_listens_on_this_machine_only(workshop: Any) -> None:
    assert workshop.server.server_address[0] == "127.0.0.1"
    assert workshop.server.address == f"http://{workshop.host}/#{workshop.server.token}"


def test_a_header_that_stands_twice_is_refused(workshop: Any) -> None:
    with socket.create_connection(("127.0.0.1", workshop.server.server_port), timeout=60) as line:
        line.sendall(f"GET / HTTP/1.1\r\nHost: {workshop.host}\r\nhost: {workshop.host}\r\n\r\n".encode())
        assert line.recv(1000).startswith(b"HTTP/1.1 400")
