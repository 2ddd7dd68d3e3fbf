"""Links that are none of oTree's: what a player says of them, and that it ends."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from typing import Any

import pytest
from harness.other_site import other_site

from otree_ego.players.http_transport import HttpTransport
from otree_ego.players.player import Player
from otree_ego.players.transports import PlayerStopped

PAGES: dict[str, tuple[int, dict[str, str], bytes]] = {
    "/join/elsewhere": (302, {"Location": "http://other.example.org/welcome"}, b""),
    "/join/circle": (302, {"Location": "/join/circle"}, b""),
    "/join/news": (200, {"Content-Type": "text/html"}, b"<html><body><h1>News</h1><p>It rains.</p></body></html>"),
    "/join/search": (200, {"Content-Type": "text/html"}, b"<form><input name=q><button>Search</button></form>"),
    "/join/picture": (200, {"Content-Type": "image/png"}, b"\x89PNG\r\n\x1a\n\x00\xff\xfe" * 50),
    "/join/nothing": (200, {"Content-Type": "text/html"}, b""),
    "/join/json": (200, {"Content-Type": "application/json"}, b'{"detail": "ok"}'),
    "/join/forbidden": (403, {"Content-Type": "text/html"}, b"No."),
}


@pytest.fixture(scope="module")
def web() -> Iterator[str]:
    """A web server that is not oTree."""
    with other_site(PAGES) as made:
        yield made.address


@pytest.mark.parametrize(
    ("path", "said"),
    [
        ("elsewhere", "it leads to http://other.example.org/welcome. This is no link into a study."),
        ("circle", "leads in a circle"),
        ("news", "no page of oTree's"),
        ("search", "no page of oTree's"),
        ("picture", "no page of oTree's"),
        ("nothing", "no page of oTree's"),
        ("json", "no page of oTree's"),
        ("forbidden", "answers with an error (403)"),
    ],
)
def test_what_is_not_otree_is_named(web: str, path: str, said: str) -> None:
    asked: list[Any] = []

    def script(page: Any) -> dict[str, Any]:
        asked.append(page)
        return {}

    async def play() -> None:
        transport = HttpTransport(f"{web}/join/{path}")
        try:
            await Player("bot", transport, script=script).play()
        finally:
            await transport.close()

    with pytest.raises(PlayerStopped) as stopped:
        asyncio.run(play())
    assert said in str(stopped.value)
    assert str(stopped.value).startswith(f"{web}/join/{path}: ") or path == "circle"
    assert not asked, "nothing is sent to a site that is not oTree's"
