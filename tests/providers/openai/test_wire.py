"""Bytes as services really send them: streams, whole replies, errors."""

from __future__ import annotations

import contextlib
import gc
import json
import socket
import threading
import time
from email.utils import formatdate
from typing import Any

import pytest
from harness.providers import ask

from otree_ego import Thread
from otree_ego.errors import (
    BadReply,
    BadRequest,
    KeyRejected,
    ModelUnknown,
    Overloaded,
    ProviderError,
    RateLimited,
    Refused,
    TimedOut,
    Unreachable,
)
from otree_ego.messages import Usage
from otree_ego.providers import declare_service
from otree_ego.providers.faults import masked, retry_after
from otree_ego.providers.openai import provider as openai
from otree_ego.providers.openai.network_settings import certificates
from otree_ego.providers.openai.sse import ErrorInside, Malformed, Reader
from otree_ego.providers.secret import Secret
from otree_ego.threads.base import internals

pytestmark = pytest.mark.usefixtures("clean_slate")
HI = b'{"choices":[{"index":0,"delta":{"content":"Hi"}}]}'
STOP = b'{"choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}'


def sse(*events: bytes, end: bytes = b"\n\n") -> bytes:
    return b"".join(b"data: " + event + end for event in events)


STREAMS: dict[str, tuple[bytes, str]] = {
    "plain": (sse(HI, STOP, b"[DONE]"), "Hi"),
    "crlf": (sse(HI, STOP, b"[DONE]", end=b"\r\n\r\n"), "Hi"),
    "no space": (b"data:" + HI + b"\n\ndata:[DONE]\n\n", "Hi"),
    "comments": (b": OPENROUTER PROCESSING\n\n: OPENROUTER PROCESSING\n\n" + sse(HI, STOP), "Hi"),
    "event and id lines": (b"event: message\nid: 7\nretry: 10\n" + sse(HI, b"[DONE]"), "Hi"),
    "no blank lines": (sse(HI, HI, STOP, end=b"\n"), "HiHi"),
    "one event in two lines": (b'data: {"choices":[{"delta":\ndata: {"content":"Hi"}}]}\n\ndata: [DONE]\n\n', "Hi"),
    "no done": (sse(HI, STOP), "Hi"),
    "no newline at the end": (sse(HI) + b"data: [DONE]", "Hi"),
    "byte order mark": (b"\xef\xbb\xbf" + sse(HI, STOP), "Hi"),
    "leading newlines": (b"\n\n" + sse(HI, STOP), "Hi"),
    "chunks without choices": (sse(b'{"choices":[]}', b'{"id":"x"}', HI, b'{"choices":null}', STOP), "Hi"),
    "empty data": (b"data:\n\n" + sse(HI, STOP), "Hi"),
    "null content": (sse(b'{"choices":[{"delta":{"content":null}}]}', HI, STOP), "Hi"),
    "null delta": (sse(b'{"choices":[{"delta":null}]}', HI, STOP), "Hi"),
    "parts": (
        sse(b'{"choices":[{"delta":{"content":[{"type":"text","text":"H"},{"type":"thinking"},{"text":"i"}]}}]}', STOP),
        "Hi",
    ),
    "reasoning is not text": (
        sse(b'{"choices":[{"delta":{"reasoning_content":"hm","reasoning":"hm"}}]}', HI, STOP),
        "Hi",
    ),
    "another choice": (sse(b'{"choices":[{"index":1,"delta":{"content":"No"}}]}', HI, STOP), "Hi"),
    "a lone surrogate": (sse(b'{"choices":[{"delta":{"content":"a\\ud83d"}}]}', STOP), "a\ufffd"),
    "whole": (b'{"choices":[{"message":{"role":"assistant","content":"Hi"},"finish_reason":"stop"}]}', "Hi"),
    "whole, spaced": (b'\n {"choices":\n[{"message":{"content":"Hi"}}]}\n', "Hi"),
}


@pytest.mark.parametrize("name", STREAMS)
@pytest.mark.parametrize("size", [1, 7, 100_000])
def test_streams(name: str, size: int) -> None:
    data, text = STREAMS[name]
    reader = Reader()
    pieces = [piece for at in range(0, len(data), size) for piece in reader.feed(data[at : at + size])]
    pieces += reader.end()
    assert "".join(pieces) == reader.text == text and reader.ended


@pytest.mark.parametrize("name", ["crlf", "comments", "whole", "no blank lines", "no newline at the end"])
def test_streams_over_http(name: str, raw: Any) -> None:
    data, text = STREAMS[name]
    raw.says(data, kind="application/json" if name == "whole" else "text/event-stream")
    assert ask("raw/m")[1].text == text


def test_usage_in_the_last_chunk() -> None:
    reader = Reader()
    usage = {
        "prompt_tokens": 9,
        "completion_tokens": 4,
        "cost": 0.5,
        "completion_tokens_details": {"reasoning_tokens": 2},
        "prompt_tokens_details": {"cached_tokens": 3},
    }
    reader.feed(sse(HI, STOP, json.dumps({"choices": [], "usage": usage}).encode(), b'{"usage":null}', b"[DONE]"))
    assert reader.usage == Usage(9, 4, 2) and reader.cached == 3 and reader.reported_cost == 0.5
    reader.feed(
        sse(b'{"usage":{"prompt_tokens":true,"completion_tokens":-1,"completion_tokens_details":7,"cost":"much"}}')
    )
    assert reader.usage == Usage() and reader.reported_cost is None


@pytest.mark.parametrize(
    ("reason", "ours"),
    [
        ("max_tokens", "length"),
        ("model_length", "length"),
        ("SAFETY", "content_filter"),
        ("stop", "stop"),
        ("eos", "eos"),
    ],
)
def test_words_for_the_end(reason: str, ours: str) -> None:
    reader = Reader()
    reader.feed(sse(json.dumps({"choices": [{"delta": {}, "finish_reason": reason}]}).encode()))
    assert reader.finish_reason == ours


@pytest.mark.parametrize(
    "data", [sse(b"{not json"), sse(b"[1, 2]"), sse(b'"text"'), b"<html>404</html>", b" \n<!doctype html>"]
)
def test_malformed_streams(data: bytes) -> None:
    with pytest.raises(Malformed):
        Reader().feed(data)


@pytest.mark.parametrize("data", [b'{"choices": [', b'{"detail": "x"}', b"[]", b"{}"])
def test_malformed_whole_replies(data: bytes) -> None:
    reader = Reader()
    reader.feed(data)
    with pytest.raises(Malformed):
        reader.end()


@pytest.mark.parametrize("data", [b"", b"\n", sse(HI), sse(HI) + b'data: {"cho'])
def test_a_stream_that_breaks_off_has_not_ended(data: bytes) -> None:
    reader = Reader()
    reader.feed(data)
    reader.end()
    assert not reader.ended


def test_an_error_inside() -> None:
    with pytest.raises(ErrorInside):
        Reader().feed(sse(b'{"error":{"message":"no"},"choices":[]}'))


@pytest.mark.parametrize(
    ("error", "kind"),
    [
        ({"code": 502, "message": "Provider disconnected"}, Overloaded),
        ({"code": "429", "message": "Too many"}, RateLimited),
        ({"code": 403, "message": "moderation: flagged"}, Refused),
        ({"type": "rate_limit_error", "message": "slow"}, RateLimited),
        ({"type": "server_error", "message": "oops"}, Overloaded),
        ({"type": "invalid_request_error", "message": "too long"}, BadRequest),
        ("overloaded", Overloaded),
    ],
)
def test_an_error_inside_of_a_stream_has_its_class(error: Any, kind: type[ProviderError], raw: Any) -> None:
    raw.says(sse(HI, json.dumps({"error": error}).encode()))
    with pytest.raises(kind) as caught:
        ask("raw/m")
    assert type(caught.value) is kind and caught.value.text == "Hi" and caught.value.status == 200


@pytest.mark.parametrize(
    ("data", "kind"),
    [
        (sse(HI), Unreachable),
        (b"", Unreachable),
        (sse(HI, b"{nonsense"), BadReply),
        (b"<html>Welcome</html>", BadReply),
        (sse(HI, b'{"choices":[{"delta":{},"finish_reason":"error"}]}'), Overloaded),
    ],
)
def test_broken_replies_over_http(data: bytes, kind: type[ProviderError], raw: Any) -> None:
    raw.says(data)
    with pytest.raises(kind) as caught:
        ask("raw/m")
    assert type(caught.value) is kind and caught.value.text == ("Hi" if HI in data else "")


def test_a_web_page_hints_at_the_address(raw: Any) -> None:
    raw.says(b"<html>Welcome</html>", kind="text/html")
    with pytest.raises(BadReply, match="base_url"):
        ask("raw/m")


@pytest.mark.parametrize(
    ("status", "body", "kind", "words"),
    [
        (400, {"error": {"code": "content_filter", "message": "filtered"}}, Refused, "content policy"),
        (400, {"error": {"message": "This violates our content policy"}}, Refused, "content policy"),
        (400, {"error": "just words"}, BadRequest, "just words"),
        (400, [{"error": {"code": 400, "message": "API key not valid"}}], KeyRejected, "not valid"),
        (422, {"detail": [{"loc": ["body", "messages"], "msg": "too many", "type": "x"}]}, BadRequest, "too many"),
        (422, {"detail": "plain"}, BadRequest, "plain"),
        (404, {"detail": "Not Found"}, ModelUnknown, "base_url"),
        (404, {"error": {"message": "model 'm' not found, try pulling it first"}}, ModelUnknown, "pulling"),
        (401, "Unauthorized", KeyRejected, "check the key"),
        (
            429,
            {"error": {"code": "insufficient_quota", "message": "You exceeded your current quota"}},
            RateLimited,
            "credit",
        ),
        (402, {"error": {"message": "Insufficient credits"}}, RateLimited, "credit"),
        (500, "<html>oops</html>", Overloaded, "HTTP 500"),
        (503, "", Overloaded, "HTTP 503"),
        (
            502,
            {"error": {"message": "Provider returned error", "metadata": {"raw": "upstream is on fire"}}},
            Overloaded,
            "fire",
        ),
        (400, {"error": {"message": "long " * 1000}}, BadRequest, "…"),
    ],
)
def test_errors_in_all_shapes(status: int, body: Any, kind: type[ProviderError], words: str, raw: Any) -> None:
    text = body if isinstance(body, str) else json.dumps(body)
    raw.says(text.encode(), f"{status} Error", "application/json")
    with pytest.raises(kind, match=words) as caught:
        ask("raw/m")
    error = caught.value
    assert type(error) is kind and error.status == status and len(str(error)) < 600
    assert error.retryable is (kind.retryable and "credit" not in words)


def test_nobody_there() -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    declare_service("gone", f"http://127.0.0.1:{port}/v1")
    with pytest.raises(Unreachable, match=f"127.0.0.1:{port}"):
        ask("gone/m")


def test_somebody_who_never_answers_is_late() -> None:
    with socket.create_server(("127.0.0.1", 0)) as mute:
        declare_service("mute", f"http://127.0.0.1:{mute.getsockname()[1]}/v1")
        with pytest.raises(TimedOut, match="did not finish within"):
            ask("mute/m", deadline=0.1)


# asyncio leaves the socket of a handshake that is cancelled to the garbage collector.
@pytest.mark.filterwarnings("ignore::ResourceWarning", "ignore::pytest.PytestUnraisableExceptionWarning")
@pytest.mark.parametrize("fallback", [False, True])
def test_a_tls_handshake_that_hangs_is_told_with_the_time_it_had(fallback: bool) -> None:
    openai.sdk()  # loading it takes time of its own, and so does reading the certificates
    certificates()
    with socket.create_server(("127.0.0.1", 0)) as mute:
        address = f"https://127.0.0.1:{mute.getsockname()[1]}/v1"
        declare_service("mute", address)
        llm = Thread("mute/m", deadline=1.5, retries=0, fallback_model="constant/spare" if fallback else "")
        with contextlib.nullcontext() if fallback else pytest.raises(TimedOut):
            assert llm.submit("Hi") == "spare"
    (text,) = (trouble["text"] for trouble in internals(llm).messages[-1].trouble)
    assert text.startswith(f"the TLS handshake with mute at {address} did not come to its end within ")
    told = ", its part of the deadline of 1.5 s:" if fallback else "within the deadline of 1.5 s:"
    assert told in text
    gc.collect()


def test_a_tls_handshake_that_fails_is_told_as_such() -> None:
    with socket.create_server(("127.0.0.1", 0)) as plain:

        def answer() -> None:
            connection, _ = plain.accept()
            with connection:
                connection.recv(65536)
                connection.sendall(b"HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n")

        work = threading.Thread(target=answer, daemon=True)
        work.start()
        declare_service("plain", f"https://127.0.0.1:{plain.getsockname()[1]}/v1")
        with pytest.raises(Unreachable, match=r"at 127\.0\.0\.1:\d+ does not speak TLS\..*write http://"):
            Thread("plain/m", retries=0).submit("Hi")
        work.join(20)


def test_a_stream_that_stands_still_is_late_without_a_deadline(uni: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(openai, "STILL", 0.1)
    uni.fault("stall")
    with pytest.raises(TimedOut, match="stood still") as caught:
        ask()
    assert caught.value.text == "Hello from "


def test_a_stream_that_goes_on_is_late_at_the_deadline(uni: Any) -> None:
    uni.reply, uni.pace = "word " * 1000, 0.01
    with pytest.raises(TimedOut, match="did not finish within") as caught:
        ask(deadline=0.6)
    assert caught.value.text.startswith("word word ")


def test_a_deadline_that_has_passed(uni: Any) -> None:
    uni.delay = 5
    with pytest.raises(TimedOut):
        ask(deadline=0.0)


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({}, None),
        ({"retry-after": "3"}, 3.0),
        ({"retry-after-ms": "250"}, 0.25),
        ({"retry-after": "soon"}, None),
        ({"retry-after": "-1"}, None),
    ],
)
def test_when_to_come_back(headers: dict[str, str], seconds: float | None) -> None:
    assert retry_after(headers) == seconds


def test_when_to_come_back_as_a_date() -> None:
    waits = retry_after({"retry-after": formatdate(time.time() + 60, usegmt=True)})
    assert waits is not None and 50 < waits <= 60
    assert retry_after({"retry-after": "Wed, 21 Oct 2015 07:28:00 GMT"}) == 0.0


@pytest.mark.parametrize(
    "text",
    [
        "Incorrect API key provided: sk-proj-abcdef123456.",
        "Incorrect API key provided: sk-pr******3456. You can find your key",
        "invalid key 'sk-proj-ab'",
        "key ending in 123456 is wrong",
        "Bearer sk-proj-abcdef123456",
        "other key: AIzaSyA-abcdefgh1234",
    ],
)
def test_masking(text: str) -> None:
    shown = masked(text, Secret("sk-proj-abcdef123456"))
    for part in ("abcdef", "123456", "3456", "proj-ab", "AIza"):
        assert part not in shown
    assert "key" in shown
