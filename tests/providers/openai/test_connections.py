"""A kept connection that its server closes in the moment in which it is used again."""

from __future__ import annotations

import asyncio
import json
import socket
import threading
from collections.abc import Iterator
from typing import Any

import pytest
from harness.providers import collect

from otree_ego import Thread
from otree_ego.errors import Unreachable
from otree_ego.messages import Reply, Request
from otree_ego.providers import declare_service

pytestmark = pytest.mark.usefixtures("clean_slate")
ANSWER = json.dumps({"choices": [{"message": {"content": "Fine."}, "finish_reason": "stop"}]}).encode()
HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n" % len(ANSWER)


class Closing:
    """Answers one request on each connection, keeps it open, and closes it when the next request comes.

    Fields:
        answered, dropped: how many requests it has answered, and how many it has closed a connection on.
    """

    def __init__(self) -> None:
        self.answered = self.dropped = 0
        self.socket = socket.create_server(("127.0.0.1", 0))
        self.thread = threading.Thread(target=self._serve)
        self.thread.start()

    @property
    def base_url(self) -> str:
        return f"http://127.0.0.1:{self.socket.getsockname()[1]}/v1"

    def _serve(self) -> None:
        peers = []
        while True:
            try:
                peer, _ = self.socket.accept()
            except OSError:
                break
            peers.append(threading.Thread(target=self._talk, args=(peer,)))
            peers[-1].start()
        for each in peers:
            each.join()

    def _talk(self, peer: socket.socket) -> None:
        with peer:
            if not _read(peer):
                return
            self.answered += 1
            peer.sendall(HEAD + ANSWER)
            self.dropped += _read(peer)

    def close(self) -> None:
        self.socket.shutdown(socket.SHUT_RDWR)
        self.socket.close()
        self.thread.join()


def _read(peer: socket.socket) -> bool:
    """Read one request; False if there is none."""
    data = b""
    while b"\r\n\r\n" not in data:
        if not (more := peer.recv(65536)):
            return False
        data += more
    head, _, body = data.partition(b"\r\n\r\n")
    length = next(int(line[15:]) for line in head.lower().split(b"\r\n") if line.startswith(b"content-length:"))
    while len(body) < length:
        body += peer.recv(65536)
    return True


@pytest.fixture
def server() -> Iterator[Closing]:
    server = Closing()
    yield server
    server.close()


def twice(model: str) -> list[Reply]:
    """Ask one thing after the other, on one loop, so that the connection is kept in between."""

    async def ask() -> list[Reply]:
        request = Request(model, (("user", "Hi"),), stream=False)
        return [(await collect(request))[1] for _ in range(2)]

    return asyncio.run(ask())


def test_where_replies_are_free_the_request_is_sent_again(server: Closing) -> None:
    declare_service("mine", server.base_url, free=True)
    assert [reply.text for reply in twice("mine/m")] == ["Fine.", "Fine."]
    assert (server.answered, server.dropped) == (2, 1)


def test_what_may_have_been_paid_is_not_sent_twice(server: Closing) -> None:
    declare_service("paid", server.base_url)
    with pytest.raises(Unreachable, match="Server disconnected"):
        twice("paid/m")
    assert (server.answered, server.dropped) == (1, 1)


def test_the_failure_policy_repeats_it_where_it_was_asked_to(server: Closing) -> None:
    declare_service("paid", server.base_url)
    llm = Thread("paid/m", retries=1, backoff=0.0)

    async def talk() -> None:
        assert [await llm.aio.submit(text) for text in ("Hi", "And?")] == ["Fine.", "Fine."]

    asyncio.run(talk())
    assert [m.attempts for m in llm.messages if m.role == "assistant"] == [1, 2]


def test_a_new_connection_that_is_closed_is_a_failure_at_once(raw: Any) -> None:
    declare_service("mine", raw.base_url, free=True)  # it hangs up without a word
    with pytest.raises(Unreachable):
        twice("mine/m")
    assert len(raw.heads) == 1
