"""TextSynth's protocol, against a server on this machine that speaks it."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from typing import Any

import pytest
from harness.providers import RawServer, ask, collect
from harness.textsynth_service import KEY, Engines

from otree_ego import TextSynthThread
from otree_ego.errors import (
    BadReply,
    BadRequest,
    ConfigError,
    CutByLength,
    EmptyReply,
    KeyMissing,
    KeyRejected,
    ModelUnknown,
    Overloaded,
    ProviderError,
    RateLimited,
    TimedOut,
    Unreachable,
)
from otree_ego.messages import Request, Usage
from otree_ego.providers import check_model, declare_service, provider_for, services
from otree_ego.providers.textsynth import TextSynth

pytestmark = pytest.mark.usefixtures("clean_slate")


@pytest.fixture
def put(engines: Engines) -> Callable[..., Any]:
    def to(model: str = "textsynth/mistral_7B", **fields: Any) -> Any:
        return ask(model, base_url=engines.base_url, **fields)

    return to


def test_the_name_finds_the_provider_and_is_a_services() -> None:
    assert isinstance(provider_for("textsynth/mistral_7B"), TextSynth)
    assert services.services()["textsynth"].protocol == "textsynth"
    with pytest.raises(ConfigError, match="did you mean textsynth"):
        provider_for("textsynt/mistral_7B")
    with pytest.raises(ConfigError, match="names no model"):
        provider_for("textsynth")
    with pytest.raises(ConfigError, match="own"):
        declare_service("textsynth", "http://127.0.0.1:9/v1")


def test_a_reply_has_text_tokens_and_no_price(put: Callable[..., Any], engines: Engines) -> None:
    pieces, reply = put(text="né {{ x }} 🎲")
    assert pieces == [reply.text] == ["You said né {{ x }} 🎲"]
    assert reply.usage == Usage(7, 3) and reply.cost is None
    assert (reply.model, reply.finish_reason) == ("mistral_7B", "stop")
    assert engines.seen[0]["path"] == "/v1/engines/mistral_7B/chat"


def test_a_thread_talks_in_turns_and_sends_its_parameters(engines: Engines) -> None:
    llm = TextSynthThread("llama3.1_8B_instruct", 1.0, base_url=engines.base_url, max_tokens=500, extra={"top_k": 40})
    llm.system("Be brief.")
    assert llm.submit("One.") == "You said One."
    llm.system("Be kind.")
    assert llm.submit("Two.", seed=3, stop=["\n"]) == "You said Two."
    first, second = engines.seen
    assert first == {
        "path": "/v1/engines/llama3.1_8B_instruct/chat", "key": f"Bearer {KEY}", "messages": ["One."],
        "system": "Be brief.", "temperature": 1.0, "max_tokens": 500, "top_k": 40,
    }  # fmt: skip
    assert second["messages"] == ["One.", "You said One.", "Two."] and second["system"] == "Be brief.\n\nBe kind."
    assert (second["seed"], second["stop"]) == (3, ["\n"])
    assert llm.last_reply is not None and llm.last_reply.tokens_in == 7 and llm.cost() is None


@pytest.mark.parametrize(
    ("talk", "sent"),
    [
        ([("assistant", "Hello."), ("user", "Hi")], ["", "Hello.", "Hi"]),
        (
            [("user", "a"), ("user", "b"), ("assistant", "c"), ("assistant", "d"), ("user", "e")],
            ["a\n\nb", "c\n\nd", "e"],
        ),
        ([("system", "only this")], [""]),
        ([("user", "a"), ("assistant", "b")], ["a", "b", "…"]),
    ],
)  # fmt: skip
def test_texts_take_turns_whatever_the_record_holds(
    talk: list[tuple[str, str]], sent: list[str], engines: Engines
) -> None:
    asyncio.run(collect(Request("textsynth/mistral_7B", tuple(talk), base_url=engines.base_url)))
    assert engines.seen[0]["messages"] == sent


def test_people_stay_told_apart_and_the_data_say_what_was_sent(engines: Engines) -> None:
    llm = TextSynthThread("mistral_7B", base_url=engines.base_url)
    llm.memorize("user", "I do.", author="p1")
    llm.memorize("user", "I do not.", author="p2")
    llm.submit()
    assert engines.seen[0]["messages"] == ["Person 1: I do.\n\nPerson 2: I do not."]
    assert llm.last_reply is not None and llm.last_reply.params["message_shape"] == ["merged"]


def test_a_reply_that_is_cut_is_partial(engines: Engines) -> None:
    engines.reply = {"text": "Once upon", "finish_reason": "length"}
    llm = TextSynthThread("mistral_7B", base_url=engines.base_url)
    assert llm.submit("Tell.") == "Once upon"
    assert llm.last_reply is not None and llm.last_reply.status == "partial"


@pytest.mark.parametrize(
    ("reply", "kind"),
    [
        ({"text": " "}, EmptyReply),
        ({"text": "", "finish_reason": "length"}, CutByLength),
        ({"text": None}, BadReply),
        ({"text": ["a"]}, BadReply),
    ],
)
def test_a_reply_without_text_is_an_error(
    reply: dict[str, Any], kind: type[ProviderError], put: Callable[..., Any], engines: Engines
) -> None:
    engines.reply = reply
    with pytest.raises(kind):
        put()


@pytest.mark.parametrize(
    ("status", "said", "kind", "words"),
    [
        (400, "max_tokens: invalid value", BadRequest, "max_tokens: invalid value"),
        (400, "unknown engine", ModelUnknown, "no engine 'mistral_7B'"),
        (402, "no credits left", RateLimited, "no credit left"),
        (403, "not for you", KeyRejected, "TEXTSYNTH_API_KEY"),
        (429, "too many requests", RateLimited, "fewer requests"),
        (500, "internal error", Overloaded, "internal error"),
    ],
)
def test_errors_are_those_of_our_tree(
    status: int, said: str, kind: type[ProviderError], words: str, put: Callable[..., Any], engines: Engines
) -> None:
    engines.trouble = (status, {"Retry-After": "4"}, {"status": status, "error": said})
    with pytest.raises(kind, match=words) as caught:
        put()
    assert (caught.value.service, caught.value.status) == ("textsynth", status)
    assert caught.value.retry_after == (4.0 if status >= 429 else None)


def test_an_engine_that_is_not_there_is_named(put: Callable[..., Any]) -> None:
    with pytest.raises(ModelUnknown, match="no engine 'mistral_8B'"):
        put("textsynth/mistral_8B")


def test_a_name_cannot_leave_the_engines_address(put: Callable[..., Any], engines: Engines) -> None:
    with pytest.raises(ModelUnknown):
        put("textsynth/../../credits?x=1")
    assert engines.seen[0]["path"] == "/v1/engines/..%2F..%2Fcredits%3Fx%3D1/chat"


def test_a_wrong_key_is_not_shown(put: Callable[..., Any], engines: Engines, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TEXTSYNTH_API_KEY", "feedfacefeedface")
    with pytest.raises(KeyRejected) as caught:
        put()
    assert "feedface" not in str(caught.value)


def test_the_key_is_looked_for_in_three_places(
    engines: Engines, monkeypatch: pytest.MonkeyPatch, tmp_path: Any
) -> None:
    monkeypatch.delenv("TEXTSYNTH_API_KEY")
    with pytest.raises(KeyMissing, match=r"TEXTSYNTH_API_KEY.*TEXTSYNTH_KEY.*textsynth_key"):
        check_model("textsynth/mistral_7B")
    (tmp_path / "textsynth_key").write_text(f"{KEY}\n")
    assert ask("textsynth/mistral_7B", base_url=engines.base_url)[1].text == "You said Hi"
    monkeypatch.setenv("TEXTSYNTH_KEY", KEY)
    check_model("textsynth/mistral_7B")
    llm = TextSynthThread("mistral_7B", api_key="wrong", base_url=engines.base_url, retries=0)
    with pytest.raises(KeyRejected):
        llm.submit("Hi")


def test_a_deadline_ends_the_wait(put: Callable[..., Any], engines: Engines) -> None:
    engines.free.clear()
    with pytest.raises(TimedOut, match="deadline"):
        put(deadline=0.2)


def test_it_can_be_cancelled(engines: Engines) -> None:
    engines.free.clear()

    async def begin_and_stop() -> bool:
        request = Request("textsynth/mistral_7B", (("user", "Hi"),), base_url=engines.base_url)
        task = asyncio.create_task(collect(request))
        await asyncio.to_thread(engines.asked.wait, 20)
        task.cancel()
        await asyncio.wait([task])
        return task.cancelled()

    assert asyncio.run(begin_and_stop())
    assert len(engines.seen) == 1


def test_a_page_or_half_a_reply_or_nothing() -> None:
    raw = RawServer()
    address = raw.base_url
    try:
        raw.says(b"<html>Welcome</html>", kind="text/html")
        with pytest.raises(BadReply, match="not TextSynth's reply"):
            ask("textsynth/mistral_7B", base_url=raw.base_url)
        raw.says(b'{"text": "He', kind="application/json", headers="Content-Length: 40\r\n")
        with pytest.raises(Unreachable):
            ask("textsynth/mistral_7B", base_url=raw.base_url)
    finally:
        raw.close()
    with pytest.raises(Unreachable, match="gave no reply"):
        ask("textsynth/mistral_7B", base_url=address)


def test_many_at_once_overlap(engines: Engines) -> None:
    async def all_of_them() -> list[str]:
        asks = [
            collect(Request("textsynth/mistral_7B", (("user", str(i)),), base_url=engines.base_url)) for i in range(20)
        ]
        return [reply.text for _, reply in await asyncio.gather(*asks)]

    assert asyncio.run(all_of_them()) == [f"You said {i}" for i in range(20)]


def test_thoughts_keys_and_fields(monkeypatch: pytest.MonkeyPatch) -> None:
    key = "sk-textsynth-0123456789"
    monkeypatch.setenv("TEXTSYNTH_API_KEY", key)
    raw = RawServer()
    try:
        said = {"text": f"<think>\n{key}?\n</think>\n\nforty {key}", "input_tokens": 10**30, "finish_reason": "\ud83d"}
        raw.says(json.dumps(said).encode(), kind="application/json")
        _, reply = ask("textsynth/mistral_7B", base_url=raw.base_url)
        assert (reply.text, reply.thoughts, reply.usage.input) == ("forty [key]", "[key]?", None)
        raw.says(b'{"text": ' + b"[" * 100_000, kind="application/json")
        with pytest.raises(BadReply):
            ask("textsynth/mistral_7B", base_url=raw.base_url)
        raw.says(b'{"text": "' + b"x" * 9_000_000, kind="application/json")
        with pytest.raises(BadReply, match="more than"):
            ask("textsynth/mistral_7B", base_url=raw.base_url)
    finally:
        raw.close()
