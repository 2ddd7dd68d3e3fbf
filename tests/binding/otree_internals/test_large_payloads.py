"""Payloads that are too large for the live channel come over HTTP: from the page itself, while it is open, bounded."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
import requests
from harness import Server
from harness.chat import CHAT_PAGE, END_PAGE, TALK, Chat
from harness.participant import SOCKET, Participant

from otree_ego.testing import FakeService

OWN = TALK.replace('"talk"', '"drawing"').replace(
    "    live_method = chat\n",
    """    @staticmethod
    async def live_method(player, data):
        if "drawing" in data:
            if data["drawing"] == "fail":
                raise ValueError("no drawing")
            yield {player.id_in_group: dict(length=len(data["drawing"]))}
            return
        async for update in chat(player, data):
            yield update
""",
)


@pytest.fixture(scope="module")
def server(chat_server: Callable[..., Server], model: FakeService) -> Server:
    return chat_server(apps={"drawing": {"__init__.py": OWN, "Chat.html": CHAT_PAGE, "End.html": END_PAGE}})


def post(person: Participant, body: Any, own: bool = True, **headers: str) -> requests.Response:
    found = SOCKET.search(person.html)
    assert found
    query = found[1].partition("?")[2].replace("&amp;", "&")
    mine = {"X-Otree-Ego": "live", "Origin": person.server.url} if own else {}
    text = body if isinstance(body, str) else json.dumps(body)
    url = f"{person.server.url}/otree_ego/live?{query}"
    return person.http.post(url, data=text.encode(), headers={**mine, **headers})


def test_a_large_payload_reaches_the_live_method(server: Server, model: FakeService) -> None:
    person = server.create_session("drawing").participant().start()
    with Chat(person) as chat:
        assert post(person, {"drawing": "x" * 3_000_000}).status_code == 202
        assert chat.live.receive() == {"length": 3_000_000}
        assert chat.ask("Hello")["status"] == "complete"


def test_a_live_method_that_fails_is_told_as_ever(server: Server, model: FakeService) -> None:
    person = server.create_session("drawing").participant().start()
    with Chat(person) as chat:
        assert post(person, {"drawing": "fail"}).status_code == 202
        with pytest.raises(AssertionError, match="The live method failed"):
            chat.live.receive()
        assert chat.ask("Hello")["status"] == "complete"


def test_only_the_page_itself_is_heard_while_it_is_open(server: Server, model: FakeService) -> None:
    person = server.create_session("drawing").participant().start()
    assert post(person, {"drawing": "x"}).status_code == 409  # no tab is open
    with Chat(person) as chat:
        assert post(person, {"drawing": "x"}, own=False).status_code == 403
        assert post(person, {"drawing": "x"}, Origin="https://evil.example").status_code == 403
        assert post(person, {"drawing": "x"}, **{"Sec-Fetch-Site": "cross-site"}).status_code == 403
        assert post(person, "no json").status_code == 400
        assert post(person, "[" * 100_000).status_code == 400
        assert post(person, "x" * 20_000_001).status_code == 413
        stranger = person.http.get(f"{server.url}/otree_ego/live", headers={"X-Otree-Ego": "live"})
        assert stranger.status_code == 405
        chat.live.send({"drawing": "1234"})
        assert chat.live.receive() == {"length": 4}  # nothing else has come
