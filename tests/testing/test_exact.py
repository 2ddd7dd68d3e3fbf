"""Answers of exact bytes: as they were given, chunk by chunk, with pauses, and broken off where that is wanted."""

from __future__ import annotations

import http.client
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from typing import Any

import pytest


@pytest.fixture
def post(service: Any) -> Iterator[Callable[..., http.client.HTTPResponse]]:
    """Asks the service, on a connection of its own."""
    with ExitStack() as stack:

        def ask(path: str = "/v1/chat/completions") -> http.client.HTTPResponse:
            connection = stack.enter_context(closing(http.client.HTTPConnection("127.0.0.1", service.port, timeout=30)))
            connection.request("POST", path, b'{"model": "m", "messages": []}')
            return stack.enter_context(connection.getresponse())

        yield ask


def test_bytes_status_and_headers(service: Any, post: Any) -> None:
    service.send(b"\xff\x00", "é", 0.01, b"!", status=418, headers={"content-type": "text/plain", "X-One": "1"})
    answer = post()
    assert (answer.status, answer.headers["Content-Type"], answer.headers["X-One"]) == (418, "text/plain", "1")
    assert answer.read() == b"\xff\x00\xc3\xa9!"


def test_how_often_and_for_which_path(service: Any, post: Any) -> None:
    service.send("one", times=2)
    service.send("two", path="/models")
    assert [post().read(), post().read(), post("/v1/models").read()] == [b"one", b"one", b"two"]


def test_as_it_is_with_a_length(service: Any, post: Any) -> None:
    service.send("half", headers={"Content-Length": "8"}, hang_up=True)
    with pytest.raises(http.client.IncompleteRead):
        post().read()


def test_standing_still_until_healed(service: Any, post: Any) -> None:
    service.send("one", ..., "two")
    answer = post()
    assert answer.read(3) == b"one"
    service.wait_until(lambda fake: fake.standing == 1)
    threading.Timer(0, service.heal).start()
    assert answer.read() == b"two"


def test_from_another_process(service: Any, post: Any) -> None:
    service.carry_out({"method": "send", "args": ["data: [DONE]\n\n"], "kwargs": {"status": 200}})
    assert post().read() == b"data: [DONE]\n\n"
