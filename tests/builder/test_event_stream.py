"""What happens in a run, as server-sent events."""

from __future__ import annotations

import json
import socket
from typing import Any

import pytest
from harness.scripts import until

from otree_ego.builder.event_stream import EventStream
from otree_ego.experiment.runs.event_log import EventLog


def events(written: list[bytes]) -> list[dict[str, Any]]:
    frames = b"".join(written).decode().split("\n\n")
    return [json.loads(frame.partition("data: ")[2]) for frame in frames if "data: " in frame]


@pytest.fixture
def feed() -> EventLog[dict[str, Any]]:
    return EventLog(kept=4)


def read(stream: EventStream, last_id: str, until_is: str) -> list[dict[str, Any]]:
    """What a page gets up to an event with these words."""
    written: list[bytes] = []

    def write(data: bytes) -> None:
        written.append(data)
        if until_is.encode() in data:
            raise BrokenPipeError

    with pytest.raises(BrokenPipeError):
        stream.write_to(write, last_id)
    return events(written)


def test_a_page_begins_with_how_things_are_then_hears_what_happens(feed: EventLog[dict[str, Any]]) -> None:
    feed.add({"event": "before"})
    stream = EventStream(feed, 60)
    written: list[bytes] = []

    def write(data: bytes) -> None:
        written.append(data)
        feed.add({"event": "now", "text": "</script>\n\ndata: {}"}) if len(written) == 1 else feed.close()

    stream.write_to(write)
    assert [(each["event"], each["number"]) for each in events(written)] == [("reset", 1), ("now", 2)]
    assert events(written)[1]["text"] == "</script>\n\ndata: {}"


def test_a_page_that_comes_back_gets_what_it_missed(feed: EventLog[dict[str, Any]]) -> None:
    for number in range(1, 8):
        feed.add({"event": f"e{number}"})
    stream = EventStream(feed, 60)
    assert [each["event"] for each in read(stream, f"{stream.name}-5", "e7")] == ["e6", "e7"]
    assert [each["event"] for each in read(stream, f"{stream.name}-3", "e7")] == ["e4", "e5", "e6", "e7"]


@pytest.mark.parametrize("last_id", ["", "x", "00000000-3", "{name}-1", "{name}-99", "{name}--1", "{name}-", "3"])
def test_a_page_that_has_missed_too_much_begins_anew(feed: EventLog[dict[str, Any]], last_id: str) -> None:
    for number in range(1, 8):
        feed.add({"event": f"e{number}"})
    stream = EventStream(feed, 60)
    assert read(stream, last_id.format(name=stream.name), "reset") == [{"event": "reset", "number": 7}]


def test_signs_of_life(feed: EventLog[dict[str, Any]]) -> None:
    written: list[bytes] = []

    def write(data: bytes) -> None:
        written.append(data)
        if len(written) == 3:
            feed.close()

    EventStream(feed, 0.001).write_to(write)
    assert written[1:] == [b": here\n\n"] * 2, "and it ends with the feed"


def stream_of(workshop: Any, **headers: str) -> tuple[socket.socket, Any]:
    line = socket.create_connection(("127.0.0.1", workshop.server.server_port), timeout=60)
    given = {
        "Host": workshop.host, "X-Ego-Token": workshop.server.token, "Content-Type": "application/json",
        "Content-Length": "2", **headers,
    }  # fmt: skip
    head = "".join(f"{name}: {value}\r\n" for name, value in given.items())
    line.sendall(f"POST /api/events HTTP/1.1\r\n{head}\r\n{{}}".encode())
    return line, line.makefile("rb")


def test_the_server_streams_to_many_and_ends_with_all_open(workshop: Any) -> None:
    opened = [stream_of(workshop) for _ in range(9)]
    for _, answer in opened:
        assert b"200" in answer.readline()
        while answer.readline() != b"\r\n":
            pass
        assert b"id: " in answer.readline() and b'"reset"' in answer.readline()
    workshop.runs.feed.add({"event": "message", "text": "</script>"})
    for _, answer in opened:
        answer.readline()
        answer.readline()
        assert json.loads(answer.readline().partition(b": ")[2])["text"] == "</script>"
    assert workshop.call("watch")["active"] is False, "calls are answered beside them"
    workshop.close()
    for line, answer in opened:
        assert b'"event"' not in answer.read()
        answer.close()
        line.close()
    workshop.close = lambda: None


@pytest.mark.parametrize(
    ("name", "value", "status"),
    [
        ("X-Ego-Token", "wrong", b"403"),
        ("Origin", "http://example.org", b"403"),
        ("Content-Type", "text/plain", b"415"),
    ],
)
def test_nobody_else_may_listen(workshop: Any, name: str, value: str, status: bytes) -> None:
    line, answer = stream_of(workshop, **{name: value})
    assert status in answer.readline()
    answer.close()
    line.close()


def test_a_page_that_goes_is_forgotten(workshop: Any) -> None:
    line, answer = stream_of(workshop)
    answer.readline()
    answer.close()
    line.close()

    def gone() -> bool:
        workshop.runs.feed.add({"event": "waiting", "words": "x" * 100_000})
        return not workshop.server.lines

    until(gone)
