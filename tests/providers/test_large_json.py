"""Large JSON gives what Python's own reader gives, in short steps, without what nobody reads."""

from __future__ import annotations

import asyncio
import gzip
import json
import threading
from collections.abc import Callable
from typing import Any
from unittest.mock import patch

import pytest
from harness.any_json import ANY, CHUNK
from harness.providers import ask
from hypothesis import example, given, settings, strategies as st

from otree_ego.errors import BadReply, ProviderError
from otree_ego.messages import Reply, Request
from otree_ego.providers import large_json, provider_for, size_limits as limits
from otree_ego.providers.large_json import Rest, loads
from otree_ego.providers.openai import sse as wire
from otree_ego.providers.openai.sse import ErrorInside, Malformed, Reader

VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=5) | st.dictionaries(st.sampled_from(["text", "a", "é\n"]), inner),
    max_leaves=30,
)


class All(frozenset[str]):
    """Every name."""

    def __contains__(self, _: object) -> bool:
        return True


SMALL = {"WINDOW": 12, "_FIRST": 4, "_KEPT": All()}
"""All but the shortest values count as large."""


@given(VALUES, st.sampled_from([None, 1]))
@settings(max_examples=100, deadline=None)
def test_any_value_is_read_as_usual(value: Any, indent: int | None) -> None:
    for ascii_only in (True, False):
        text = json.dumps(value, indent=indent, ensure_ascii=ascii_only)
        with patch.multiple(large_json, **SMALL):
            assert loads(text) == value


@given(VALUES, st.data())
@settings(max_examples=100, deadline=None)
def test_what_is_not_json_is_refused_as_usual(value: Any, data: st.DataObject) -> None:
    text = json.dumps(value)
    at = data.draw(st.integers(0, len(text)))
    wrong = text[:at] + data.draw(st.sampled_from(['"', "[", "]", "{", "}", ",", ":", "\\", "x", ""])) + text[at + 1 :]
    usual, ours = (_tried(each, wrong.strip()) for each in (json.loads, loads))
    assert ours == usual


def _tried(how: Callable[[str], Any], text: str) -> Any:
    try:
        with patch.multiple(large_json, **SMALL):
            return repr(how(text))
    except ValueError:
        return ValueError


def test_large_values_that_nobody_reads_are_left_out() -> None:
    long = [{"token": "a", "logprob": -0.5}] * 5_000
    body = {"model": "m", "choices": [{"logprobs": {"content": long}, "message": {"content": "Hi"}}], "other": long}
    assert loads(json.dumps(body)) == {
        "model": "m", "choices": [{"logprobs": None, "message": {"content": "Hi"}}], "other": None
    }  # fmt: skip
    reader = Reader()
    reader.feed(json.dumps(body).encode())
    assert reader.end() == ["Hi"]


def test_deep_and_many(monkeypatch: pytest.MonkeyPatch) -> None:
    for text in ("[" * 100_000 + "]" * 100_000, '{"choices":' * 50_000 + "1" + "}" * 50_000):
        with pytest.raises(RecursionError):
            loads(text)
    with pytest.raises(ValueError, match="more than 100000"):
        loads("[" + "{}," * 200_000 + "{}]")
    assert loads('{"logprobs": [' + "{}," * 200_000 + "{}]}") == {"logprobs": None}


def test_there_are_pauses() -> None:
    pauses: list[int] = []
    loads('{"logprobs": [' + '{"a": 1}, ' * 50_000 + "1]}", lambda: pauses.append(1))
    assert len(pauses) > 100
    Rest()()


MANY = [{"token": "a", "logprob": -0.5, "bytes": [97]}] * 20_000
CHOICE = {"index": 0, "finish_reason": "stop"}


@pytest.mark.parametrize("kind", ["object", "event", "event in lines", "text"])
def test_long_work_is_not_done_on_the_event_loop(kind: str, uni: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    text = "It is a < long story. " * 20_000 if kind == "text" else "Hi"
    body = {"choices": [{**CHOICE, "message": {"content": text}, "logprobs": MANY}]}
    threads: set[str] = set()
    take = Reader._take

    def taken(reader: Reader, chunk: Any) -> list[str]:
        threads.add(threading.current_thread().name)
        return take(reader, chunk)

    monkeypatch.setattr(Reader, "_take", taken)
    if kind == "object":
        uni.send(json.dumps(body))
    elif kind == "event in lines":
        lines = "".join(f"data: {line}\n" for line in json.dumps(body, indent=0).split("\n"))
        uni.send(f"{lines}\n", "data: [DONE]\n\n")
    else:
        uni.send(f"data: {json.dumps(body)}\n\n", "data: [DONE]\n\n")
    pieces, reply = ask()
    assert "".join(pieces) == reply.text == text and threads == {"otree_ego-large-reply"}


@pytest.mark.parametrize("size", [1, 1000, wire.PART, wire.PART + 1, 50_000, 10**6])
def test_a_long_text_in_one_piece(size: int, uni: Any) -> None:
    text = ("<think>\nhm \U0001f600\n</think>\n\n" + "a < b \U0001f600\n" * 10_000)[:60_000]
    half = json.dumps(text)  # ASCII: letters beyond it as two halves
    uni.send(f'data: {{"choices": [{{"delta": {{"content": {half}, "reasoning": {half}}}}}]}}\n\n', STOP)
    pieces, reply = ask("uni/own")
    assert "".join(pieces) == reply.text == text.partition("</think>\n\n")[2]
    assert reply.thoughts == f"{text.strip()}\n\nhm \U0001f600"


STOP = f"data: {json.dumps({'choices': [{**CHOICE, 'delta': {}}]})}\n\n"


def test_more_events_than_are_taken(uni: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(wire, "EVENTS", 1000)
    uni.send("data: {}\n\n" * 2000, ...)
    with pytest.raises(BadReply, match="more than 1000 events"):
        ask()


@pytest.mark.parametrize("packed", ["br", "zstd", "gzip, gzip", "x-own"])
@pytest.mark.parametrize("status", [200, 400, 500])
def test_only_what_was_asked_for_is_unpacked(packed: str, status: int, uni: Any) -> None:
    uni.send(gzip.compress(b"{}"), status=status, headers={"Content-Encoding": packed})
    with pytest.raises(ProviderError) as caught:
        ask()
    assert packed in str(caught.value) and (status == 200 or caught.value.status == status)
    assert isinstance(caught.value, BadReply) or status != 200
    assert uni.requests[-1].headers["accept-encoding"] == "gzip, deflate"


# --- any JSON at all -----------------------------------------------------------------------------------------------


def read(reader: Reader, *parts: bytes) -> None:
    """As the provider reads it: what is no reply is one of these two."""
    try:
        for part in parts:
            reader.feed(part)
        reader.end()
    except (Malformed, ErrorInside):
        pass


@given(st.lists(CHUNK | ANY, max_size=4))
@settings(max_examples=100, deadline=None)
@example([{"choices": [{"delta": {"content": "\ud83d"}}]}, {"choices": [{"delta": {"content": [{"text": "\ude00"}]}}]}])
def test_any_json_is_read_or_refused(chunks: list[Any]) -> None:
    texts = [json.dumps(chunk, default=str).encode() for chunk in chunks]
    for parts in ([b"data: " + text + b"\n\n" for text in texts], texts[:1]):
        reader = Reader()
        read(reader, *parts)
        for said in (reader.text, reader.thoughts, reader.refusal, reader.model, reader.finish_reason):
            assert said.encode() is not None and "\x00" not in said
        assert len(reader.model) <= limits.NAME


async def _asked(model: str) -> Any:
    try:
        return [part async for part in provider_for(model).stream(Request(model, (("user", "Hi"),)))][-1]
    except ProviderError as error:
        return error


@pytest.mark.usefixtures("clean_slate")
@pytest.mark.parametrize("status", [200, 400, 429])
def test_any_json_gives_a_reply_or_an_error(status: int, uni: Any) -> None:
    @given(st.lists(CHUNK | ANY, min_size=1, max_size=2), st.booleans())
    @settings(max_examples=20, deadline=None)
    def asked(chunks: list[Any], stream: bool) -> None:
        texts = [json.dumps(chunk, default=str) for chunk in chunks]
        uni.heal()
        uni.send(*([f"data: {text}\n\n" for text in texts] if stream else texts[:1]), status=status)
        found = asyncio.run(_asked("uni/gpt-4o"))
        assert isinstance(found, Reply | ProviderError)
        assert str(found).encode() is not None

    asked()
