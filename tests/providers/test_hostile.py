"""Whatever a service sends: it becomes a reply that can be kept, or a BadReply that follows the failure policy."""

from __future__ import annotations

import asyncio
import gzip
import json
from types import SimpleNamespace
from typing import Any

import pytest
from harness.providers import ask
from hypothesis import given, settings, strategies as st

from otree_ego.agents import GPTThread
from otree_ego.errors import BadReply, ProviderError, TimedOut
from otree_ego.messages import Message, Reply, Request, Usage
from otree_ego.providers import keys, provider_for, size_limits as limits
from otree_ego.providers.openai import provider as openai, sse as wire
from otree_ego.providers.openai.sse import ErrorInside, Malformed, Reader
from otree_ego.providers.reply_fields import KeyMask, amount, count, word
from otree_ego.providers.secret import Secret
from otree_ego.stores.rows import from_row, to_row

pytestmark = pytest.mark.usefixtures("clean_slate")
KEY = "sk-proj-abcdef123456"
JSON = {"Content-Type": "application/json"}
DONE = "data: [DONE]\n\n"


def event(content: Any = None, **more: Any) -> str:
    """One event of a stream, as text."""
    choice = {"index": 0, "delta": {} if content is None else {"content": content}}
    return f"data: {json.dumps({**more, 'choices': [{**choice, **more.pop('choice', {})}]})}\n\n"


STOP = event(choice={"finish_reason": "stop"})

# --- fields --------------------------------------------------------------------------------------------------------

FIELDS: list[dict[str, Any]] = [
    {"model": "\ud83d"},
    {"model": "a\x00b\u202e\n" + "x" * 10_000},
    {"model": ["x"]},
    {"model": 7},
    {"choice": {"finish_reason": "\ud83d\ude00\udc00\x00" * 100}},
    {"choice": {"finish_reason": {"a": 1}}},
    {"choice": {"finish_reason": 5}},
    {"usage": {"prompt_tokens": 10**30, "completion_tokens": -1, "cost": float("inf")}},
    {"usage": {"prompt_tokens": 2**40, "completion_tokens": 1.5, "cost": float("nan")}},
    {"usage": {"prompt_tokens": "7", "completion_tokens_details": {"reasoning_tokens": 1e400}, "cost": -1}},
    {"usage": {"completion_tokens_details": [], "prompt_tokens_details": {"cached_tokens": 10**30}, "cost": 10**400}},
    {"usage": [1], "x_groq": 5},
    {"id": {"a": "\ud83d"}, "created": "never"},
]


def kept(reply: Reply) -> Message:
    """The row of a reply, written and read again as the database does."""
    message = Message("assistant", reply.text, model_answered=reply.model, finish_reason=reply.finish_reason)
    row = to_row(message)
    for value in row.values():
        assert not isinstance(value, str) or value.encode() is not None
    return from_row(row)


@pytest.mark.parametrize("fields", FIELDS)
@pytest.mark.parametrize("stream", [True, False])
def test_fields_are_cleaned_and_bounded(fields: dict[str, Any], stream: bool, uni: Any) -> None:
    if stream:
        uni.send(event("Hi", **fields), STOP, DONE)
    else:
        more = {name: value for name, value in fields.items() if name != "choice"}
        choice = {"message": {"content": "Hi"}, "finish_reason": "stop", **fields.get("choice", {})}
        uni.send(json.dumps({**more, "choices": [choice]}), headers=JSON)
    _, reply = ask(stream=stream)
    assert reply.text == "Hi" and kept(reply).text == "Hi"
    assert len(reply.model) <= limits.NAME and reply.model.isprintable() and len(reply.finish_reason) <= limits.REASON
    for number in (reply.usage.input, reply.usage.output, reply.usage.reasoning):
        assert number is None or 0 <= number <= limits.COUNT
    assert reply.cost is None or 0 <= reply.cost < float("inf")


@given(st.one_of(st.integers(), st.floats(), st.text(), st.none(), st.booleans(), st.lists(st.none())))
def test_numbers_and_names(value: Any) -> None:
    assert count(value) is None or 0 <= int(count(value) or 0) <= limits.COUNT
    assert amount(value) is None or 0 <= float(amount(value) or 0.0) < float("inf")
    name = word(value)
    assert name.encode() is not None and len(name) <= limits.NAME and "\x00" not in name


@pytest.mark.parametrize(
    "more",
    [
        {"usage": {"prompt_tokens": 9, "completion_tokens": 4}},
        {"x_groq": {"id": "x", "usage": {"prompt_tokens": 9, "completion_tokens": 4}}},
        {"choice": {"usage": {"prompt_tokens": 9, "completion_tokens": 4}, "finish_reason": "stop"}},
    ],
)
def test_where_usage_stands(more: dict[str, Any], uni: Any) -> None:
    uni.send(event("Hi"), STOP, event(**more), DONE)
    assert ask()[1].usage == Usage(9, 4, None)


@pytest.mark.parametrize("waits", ["uni/gpt-4o", "uni/own"])
def test_an_emoji_in_two_pieces(waits: str, uni: Any) -> None:
    uni.send(event("Hi \ud83d"), event("\ude00!"), event("\ud83d"), STOP, DONE)
    pieces, reply = ask(waits)
    assert "".join(pieces) == reply.text == "Hi 😀!\ufffd"


@given(st.text(max_size=40), st.integers(1, 5))
@settings(max_examples=100, deadline=None)
def test_pieces_of_half_characters(text: str, size: int) -> None:
    units = text.encode("utf-16-le", "surrogatepass")
    halves = units.decode("utf-16-le", "replace")
    codes = [units[at : at + 2].decode("utf-16-le", "surrogatepass") for at in range(0, len(units), 2)]
    reader = Reader()
    pieces = [piece for at in range(0, len(codes), size) for piece in reader._text("".join(codes[at : at + size]))]
    assert "".join(pieces + reader._last()) == halves.replace("\x00", "") == reader.text


# --- parsing -------------------------------------------------------------------------------------------------------

DEEP = "[" * 200_000
WRONG = {
    "deep": f"data: {DEEP}\n\n",
    "deep, closed": f"data: {DEEP}{']' * 200_000}\n\n",
    "deep and whole": f'{{"choices": {DEEP}',
    "a number of many digits": f'data: {{"usage": {{"prompt_tokens": {"9" * 10_000}}}}}\n\n',
    "an error, deep": f'data: {{"error": {DEEP}}}\n\n',
    "no choices": '{"choices": 5}',
    "not text": b"\xff\xfe\x00" * 10,
    "half a character": b'data: {"choices":[{"delta":{"content":"\xf0\x9f"}}]}\n\n',
}


@pytest.mark.parametrize("name", WRONG)
def test_what_cannot_be_parsed_is_a_bad_reply(name: str, uni: Any) -> None:
    uni.send(WRONG[name])
    with pytest.raises(ProviderError) as caught:
        ask()
    assert caught.value.retryable
    uni.send(WRONG[name])
    assert GPTThread(model="uni/gpt-4o", retries=1, backoff=0.0).submit("Hi") == uni.DEFAULT_REPLY


@pytest.mark.parametrize(
    "body", [DEEP, '{"error": ' * 50_000, f'{{"error": {{"message": {"[" * 900}{"]" * 900}}}}}', "\ud83d"]
)
def test_an_error_that_cannot_be_parsed(body: str, uni: Any) -> None:
    uni.send(body.encode("utf-8", "surrogatepass"), status=500, headers=JSON)
    with pytest.raises(ProviderError) as caught:
        ask()
    assert caught.value.status == 500 and len(str(caught.value)) < 800


@given(st.binary(max_size=200), st.integers(1, 50))
@settings(max_examples=300, deadline=None)
def test_any_bytes_are_read_or_refused(data: bytes, size: int) -> None:
    for start in (b"", b"data: ", b'{"choices": '):
        reader = Reader()
        try:
            for at in range(0, len(start + data), size):
                reader.feed((start + data)[at : at + size])
            reader.end()
        except (Malformed, ErrorInside):
            pass


# --- keys that come back -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("size", [1, 3, 7, 1000])
@pytest.mark.parametrize("model", ["uni/gpt-4o", "uni/own"])
def test_a_key_that_is_echoed(size: int, model: str, uni: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    keys.keep_key("t1", KEY, "uni")
    said = f"Your key is {KEY}, sk-proj, {KEY}{KEY}. So sk-proj-abc"
    pieces = [said[at : at + size] for at in range(0, len(said), size)]
    uni.send(
        event(model=f"m-{KEY}", choice={"delta": {"reasoning_content": f"It is {KEY}."}}),
        *map(event, pieces), event(choice={"finish_reason": f"stop {KEY}"}), DONE,
    )  # fmt: skip
    found, reply = ask(model, thread_id="t1")
    assert "".join(found) == reply.text == said.replace(KEY, "[key]")
    assert (reply.model, reply.finish_reason, reply.thoughts) == ("m-[key]", "stop [key]", "It is [key].")
    assert KEY not in repr(reply) + repr(found)


def test_a_key_in_a_refusal(uni: Any) -> None:
    keys.keep_key("t1", KEY, "uni")
    uni.send(event(choice={"delta": {"refusal": f"No: {KEY}"}}), STOP, DONE)
    with pytest.raises(ProviderError) as caught:
        ask(thread_id="t1")
    assert KEY not in str(caught.value) + caught.value.text and "[key]" in caught.value.text


@given(st.text(alphabet="sk-1", max_size=40), st.integers(1, 9))
def test_only_the_key_is_masked(text: str, size: int) -> None:
    mask = KeyMask(Secret("sk-1s-k1sk"))
    pieces = [mask.feed(text[at : at + size]) for at in range(0, len(text), size)]
    assert "".join([*pieces, mask.end()]) == text.replace("sk-1s-k1sk", "[key]")
    assert KeyMask(Secret("none")).whole("none") == "none"


# --- the end of a reply --------------------------------------------------------------------------------------------

HEARTBEATS = [part for _ in range(400) for part in (": keep-alive\n\n", 0.02)]


@pytest.mark.parametrize("after", [[...], HEARTBEATS, ["data: {}\n\n", 0.02] * 400])
@pytest.mark.parametrize("deadline", [None, 1.0])
def test_a_reply_that_is_complete_is_complete(
    after: list[Any], deadline: float | None, uni: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(openai, "TAIL", 0.1)
    uni.send(event("Hi "), event("there."), STOP, *after)
    assert ask(deadline=deadline)[1].text == "Hi there."
    uni.send(event("Hi "), event("there."), STOP, *after)
    assert GPTThread(model="uni/gpt-4o", retries=0, deadline=deadline).submit("Well?") == "Hi there."


def test_a_reply_that_ends_at_the_last_moment_counts(uni: Any) -> None:
    uni.send(event("Hi there."), 0.5, STOP, ...)
    assert GPTThread(model="uni/gpt-4o", retries=0, deadline=0.9).submit("Well?") == "Hi there."


@pytest.mark.parametrize("size", [1, 2, 3, 1000])
@pytest.mark.parametrize("end", ["\r", "\r\n", "\n"])
def test_line_ends(end: str, size: int) -> None:
    text = f"{event('Hi')}: comment\n\n{event(' there')}{STOP}".replace("\n", end).encode()
    reader = Reader()
    pieces = [piece for at in range(0, len(text), size) for piece in reader.feed(text[at : at + size])]
    assert "".join(pieces + reader.end()) == "Hi there" and reader.ended


def test_lone_returns_over_http(uni: Any) -> None:
    uni.send(*(part.replace("\n", "\r") for part in (event("Hi"), STOP, DONE)))
    assert ask()[1].text == "Hi"


@pytest.mark.parametrize("drip", [HEARTBEATS, [part for _ in range(400) for part in ("x", 0.02)]])
def test_neither_heartbeats_nor_a_drip_stretch_the_time(
    drip: list[Any], uni: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(openai, "STILL", 0.2)
    uni.send(event("Hi"), *drip)
    with pytest.raises(TimedOut, match="stood still"):
        ask()
    uni.send(event("Hi"), *drip)
    with pytest.raises(TimedOut):
        ask(deadline=0.1)


# --- size ----------------------------------------------------------------------------------------------------------


def test_an_event_in_many_lines_is_read_once(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[int] = []
    decode = wire._decode
    monkeypatch.setattr(wire, "_decode", lambda text: asked.append(len(text)) or decode(text))
    lines = [
        f"data: {line}\n" for line in json.dumps({"choices": [{"delta": {"content": "Hi"}}]}, indent=0).split("\n")
    ]
    blank = ["data: \n"]
    padding = [f'data: "x{n}": {n},\n' for n in range(5_000)]
    reader = Reader()
    assert reader.feed("".join([lines[0], *padding, *lines[1:], *blank, "\n"]).encode()) == ["Hi"]
    assert len(asked) <= wire.TRIES + 1


@pytest.mark.parametrize(
    ("name", "most", "parts"),
    [
        ("TEXT", 100, [event("word " * 10)] * 5),
        ("TEXT", 100, [event(choice={"delta": {"reasoning": "word " * 10}})] * 5),
        ("EVENT_BYTES", 1000, ["data: " + "x" * 600, "x" * 600]),
        ("EVENT_BYTES", 1000, ["data: [\n" * 10] * 60),
        ("EVENT_BYTES", 1000, ['{"choices": [' + " " * 600, " " * 600]),
        ("REPLY_BYTES", 1000, [": x" + "x" * 100 + "\n\n"] * 20),
    ],
)
def test_more_than_is_taken(name: str, most: int, parts: list[str], uni: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(wire, name, most)
    uni.send(*parts, ...)
    with pytest.raises(BadReply, match="more than 100") as caught:
        ask()
    assert not caught.value.retryable and len(caught.value.text) <= 200
    uni.wait_until(lambda service: service.hangups == 1)


def packed(size: int, what: bytes = b" ") -> bytes:
    """Gzip that unpacks to so many bytes."""
    return gzip.compress(what * size, compresslevel=9)


GZIP = {"Content-Encoding": "gzip"}


@pytest.mark.parametrize("stream", [True, pytest.param(False, marks=pytest.mark.full)])
def test_much_that_comes_packed_is_not_unpacked(stream: bool, uni: Any) -> None:
    uni.send(packed(1_000_000, b'{"choices": '), headers={**JSON, **GZIP})
    with pytest.raises(BadReply, match="more than"):
        ask(stream=stream)


@pytest.mark.parametrize("status", [400, 429, 500])
def test_of_an_error_only_the_beginning_is_unpacked(status: int, uni: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    uni.send(packed(1_000_000, b"no "), status=status, headers=GZIP)
    with pytest.raises(ProviderError) as caught:
        ask()
    assert caught.value.status == status and len(str(caught.value)) < 800 and "no no" in str(caught.value)
    uni.send(packed(1000, b"no ")[:30], status=status, headers=GZIP)
    with pytest.raises(ProviderError) as caught:
        ask()
    assert caught.value.status == status


def test_what_comes_packed_is_read(uni: Any) -> None:
    uni.send(gzip.compress((event("Hi") + STOP + DONE).encode()), headers=GZIP)
    assert ask()[1].text == "Hi"
    uni.send(gzip.compress(json.dumps({"error": {"message": "no", "code": "insufficient_quota"}}).encode()),
             status=429, headers=GZIP)  # fmt: skip
    with pytest.raises(ProviderError, match="credit"):
        ask()


CHANNELS = f"<|channel|>analysis<|message|>{KEY[:9]}<|end|><|start|>assistant<|channel|>final<|message|>"


@pytest.mark.parametrize("size", [1, 5, 1000])
@pytest.mark.parametrize("model", ["uni/gpt-4o", "uni/own"])
def test_a_key_with_marks_of_thoughts_within_it(size: int, model: str, uni: Any) -> None:
    keys.keep_key("t1", KEY, "uni")
    for said, text in (
        (f"{CHANNELS}It is {KEY[:9]}<|end|>{KEY[9:]}.", "It is [key]."),
        (f"<think>{KEY}</think>\n{KEY}", "[key]"),
        (f"I have {KEY}, so\n</think>\n\nNo {KEY[:-1]}", f"No {KEY[:-1]}"),
    ):
        uni.send(*(event(said[at : at + size]) for at in range(0, len(said), size)), STOP, DONE)
        *_, reply = asyncio.run(_parts(model))
        assert reply.text == text and KEY not in repr(reply)


async def _parts(model: str) -> list[Any]:
    return [part async for part in provider_for(model).stream(Request(model, (("user", "Hi"),), thread_id="t1"))]


def test_a_key_that_marks_tear_is_whole_in_no_piece(uni: Any) -> None:
    keys.keep_key("t1", KEY, "uni")
    said = f"{CHANNELS}{KEY[:5]}<|end|>{KEY[5:]}!"
    uni.send(*map(event, said), STOP, DONE)
    found, _ = ask("uni/own", thread_id="t1")
    assert "".join(found) == "[key]!"


# --- what comes after the end, and ends without their last letter -----------------------------------------------------

WHOLE = json.dumps({"choices": [{"message": {"content": "Hi"}, "finish_reason": "stop"}]})
ENDED: dict[str, tuple[Any, ...]] = {
    "no end of the line": (event("Hi"), STOP.rstrip(), ...),
    "no end of the line, in one piece": ((event("Hi") + STOP).rstrip(), ...),
    "lone carriage returns, no end of the line": ((event("Hi") + STOP).replace("\n\n", "\r").rstrip(), ...),
    "DONE without its line's end": (event("Hi"), DONE.rstrip(), ...),
    "one object, and the connection stays": (WHOLE, ...),
    "one object with space after it": (f"{WHOLE}\r\n", ...),
    "an error after the reason": (event("Hi"), STOP, 'data: {"error": {"code": 500}}\n\n'),
    "no JSON after the reason": (event("Hi"), STOP, 'data: {"cho\n\n'),
    "no JSON after DONE": (event("Hi"), STOP, DONE, "data: garbage\n\n"),
    "a list after DONE": (event("Hi"), STOP, DONE, "data: [1]\n\n"),
    "an index as text": ('data: {"choices": [{"index": "0", "delta": {"content": "Hi"}}]}\n\n', STOP),
    "a part that is an object": ('data: {"choices": [{"delta": {"content": {"text": "Hi"}}}]}\n\n', STOP),
    "parts that are texts": ('data: {"choices": [{"delta": {"content": ["H", "i"]}}]}\n\n', STOP),
}


@pytest.mark.parametrize("name", ENDED)
def test_a_complete_reply_is_complete(name: str, uni: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(openai, "TAIL", 0.1)
    uni.send(*ENDED[name])
    assert ask()[1].text == "Hi"


def test_what_only_looks_complete_is_waited_for() -> None:
    reader = Reader()
    reader.feed(b'data: {"choices": [{"delta": {"content": "}')
    assert not reader.complete()
    reader.feed(b'"}}]}')
    assert not reader.complete()  # no reason of its end
    for _ in range(1000):
        reader.feed(b"}")
        assert not reader.complete()


@pytest.mark.parametrize(
    "body",
    [
        {"object": "error", "message": "The model is loading", "code": 503},
        {"message": "The model is loading", "code": 503},
        {"errors": [{"message": "The model is loading", "code": 503}]},
        {"type": "error", "message": "The model is loading"},
    ],
)
@pytest.mark.parametrize("start", ["", "data: ", "event: error\ndata: "])
def test_an_error_without_the_name(body: dict[str, Any], start: str, uni: Any) -> None:
    uni.send(f"{start}{json.dumps(body)}\n\n")
    with pytest.raises(ProviderError, match="The model is loading") as caught:
        ask()
    assert caught.value.retryable and not isinstance(caught.value, BadReply)


def test_pauses_of_a_packed_reply_are_as_long_as_its_reading(uni: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    clock = [0.0]

    async def sleep(seconds: float) -> None:
        clock[0] += seconds
        await asyncio.sleep(0)

    monkeypatch.setattr(openai, "time", SimpleNamespace(perf_counter=lambda: clock[0]))
    monkeypatch.setattr(openai, "asyncio", SimpleNamespace(**{**vars(asyncio), "sleep": sleep}))
    text = "word " * 300_000
    uni.send(gzip.compress((event(text) + STOP + DONE).encode(), 1), headers={"Content-Encoding": "gzip"})
    assert ask()[1].text == text
    assert 0 < clock[0] < 0.1, "a pause counted as reading, for which there was a longer pause"
