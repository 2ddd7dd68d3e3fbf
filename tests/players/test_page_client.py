"""How a participant's pages are asked for: what stands in a request, and how an answer is read."""

from __future__ import annotations

import asyncio
import gzip
from collections.abc import Iterator
from typing import Any

import pytest
from harness.other_site import Web, other_site

from otree_ego.players.http_transport import HttpTransport, patiently
from otree_ego.players.page_client import Answer, PageClient
from otree_ego.players.transports import PlayerStopped

UTF8 = {"Content-Type": "text/html; charset=utf-8"}
PAGES: dict[str, tuple[dict[str, str], bytes]] = {
    "/utf8": (UTF8, "Grüße €5".encode()),
    "/utf8-capitals": ({"Content-Type": "text/html; Charset=UTF-8"}, "Grüße".encode()),
    "/damaged": (UTF8, b"a\xffb"),
    "/latin1": ({"Content-Type": "text/html; charset=iso-8859-1"}, "Grüße".encode("latin-1")),
    "/unnamed": ({"Content-Type": "text/html"}, "Grüße".encode()),
    "/untyped": ({}, "Grüße".encode()),
    "/packed": ({**UTF8, "Content-Encoding": "gzip"}, gzip.compress("Grüße".encode())),
    "/large": (UTF8, b"x" * 300_000),
    "/empty": (UTF8, b""),
    "/cookies": ({**UTF8, "Set-Cookie": "seat=7; Path=/; HttpOnly"}, b""),
    "/closes": ({**UTF8, "Connection": "close"}, b"bye"),
    "/InitializeParticipant/abc": ({"Location": "/p/abc/game/Offer/1?a=%C3%A4"}, b""),
    "/p/abc/game/Offer/1?a=%C3%A4": (UTF8, b"<form id=form>Offer</form>"),
}


@pytest.fixture
def web() -> Iterator[Web]:
    answers = {path: (302 if "Location" in headers else 200, headers, body) for path, (headers, body) in PAGES.items()}
    with other_site(answers) as made:
        yield made


def asked_for(web: Web, *paths: str) -> list[Answer]:
    """The answers to one client's requests."""

    async def ask() -> list[Answer]:
        client = PageClient()
        try:
            return [await client.request("GET", web.address + path) for path in paths]
        finally:
            await client.close()

    return asyncio.run(ask())


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("/utf8", "Grüße €5"),
        ("/utf8-capitals", "Grüße"),
        ("/damaged", "a\ufffdb"),
        ("/latin1", "Grüße"),
        ("/unnamed", "Grüße"),
        ("/untyped", "Grüße"),
        ("/packed", "Grüße"),
        ("/large", "x" * 300_000),
        ("/empty", ""),
    ],
)
def test_a_body_is_read_in_its_own_letters(web: Web, path: str, text: str) -> None:
    (answer,) = asked_for(web, path)
    assert (answer.text, answer.status_code, answer.address) == (text, 200, web.address + path)


def test_one_connection_and_its_cookies_serve_many_pages(web: Web) -> None:
    asked_for(web, "/cookies", "/utf8", "/latin1", "/packed", "/empty")
    assert len(web.connections) == 1
    assert [said.get("cookie") for _, _, said, _ in web.asked] == [None] + ["seat=7"] * 4
    assert [said["host"] for _, _, said, _ in web.asked] == [web.address.removeprefix("http://")] * 5
    assert all("gzip" in said["accept-encoding"] for _, _, said, _ in web.asked)


def test_a_connection_that_the_server_closes_is_replaced(web: Web) -> None:
    assert [each.text for each in asked_for(web, "/closes", "/utf8", "/closes")] == ["bye", "Grüße €5", "bye"]
    assert len(web.connections) == 2


def test_a_form_is_sent_as_browsers_send_it(web: Web) -> None:
    async def send() -> None:
        client = PageClient()
        await client.request("POST", f"{web.address}/utf8", [("a", "x y"), ("a", "ä\nb"), ("c", "\ud800")])
        await client.request("POST", f"{web.address}/utf8", [])
        await client.close()

    asyncio.run(send())
    (method, _, said, body), (_, _, empty, nothing) = web.asked
    assert (method, body, nothing) == ("POST", b"a=x+y&a=%C3%A4%0D%0Ab&c=%3F", b"")
    assert said["content-type"] == empty["content-type"] == "application/x-www-form-urlencoded"
    assert (said["content-length"], empty["content-length"]) == (str(len(body)), "0")


def test_a_name_and_a_password_in_a_link_are_said(web: Web) -> None:
    async def ask() -> None:
        client = PageClient()
        await client.request("GET", web.address.replace("//", "//ann:p%40ss@") + "/utf8")
        await client.close()

    asyncio.run(ask())
    assert web.asked[0][2]["authorization"] == "Basic YW5uOnBAc3M="  # ann:p@ss


def test_a_transport_follows_and_comes_back(web: Web) -> None:
    entered: list[tuple[str, str]] = []

    async def note(address: str, code: str) -> None:
        entered.append((address.removeprefix(web.address), code))

    async def play() -> list[Any]:
        transport = HttpTransport(f"{web.address}/InitializeParticipant/abc", entered=note)
        try:
            first = await transport.start()
            return [first, await transport.load()]
        finally:
            await transport.close()

    first, again = asyncio.run(play())
    assert first == again
    assert (first.address, first.source) == (f"{web.address}/p/abc/game/Offer/1?a=%C3%A4", "<form id=form>Offer</form>")
    assert entered == [("/InitializeParticipant/abc", "abc")]


@pytest.mark.parametrize("address", ["localhost:8000/join/x", "http://", "ftp://localhost/x", "http://[::1/"])
def test_what_is_no_link_is_named(address: str) -> None:
    async def ask() -> None:
        client = PageClient()
        try:
            await patiently(lambda: client.request("GET", address), 0.0, address)
        finally:
            await client.close()

    with pytest.raises(PlayerStopped) as stopped:
        asyncio.run(ask())
    assert str(stopped.value).startswith(address)
