"""Thoughts are kept beside the text, whole; never in it, in a piece of it, in a value, or in a later request."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import pytest
from harness.providers import ask
from hypothesis import given, settings, strategies as st

from otree_ego.agents import GPTThread
from otree_ego.errors import CutByLength, EmptyReply
from otree_ego.messages import Request, Withdrawn
from otree_ego.providers import declarations as config, provider_for
from otree_ego.providers.thoughts import PAIRS, Splitter, sends_apart
from otree_ego.testing import FakeService
from otree_ego.threads.thread import Thread

pytestmark = pytest.mark.usefixtures("clean_slate")
SIZES = (1, 2, 3, 5, 7, 11, 100_000)

TOLD: dict[str, tuple[str, str, str]] = {
    "think": ("<think>\nIf I say yes I get 10.\n</think>\n\nI reject it.", "I reject it.", "If I say yes I get 10."),
    "thinking": ("<thinking>a</thinking>b", "b", "a"),
    "thought, in capitals": ("<THOUGHT>a</THOUGHT> b", "b", "a"),
    "twice": ("<think>a</think>\n<think>c</think>\nb", "b", "a\n\nc"),
    "empty": ("<think>\n\n</think>\n\nb", "b", ""),
    "only the closing one": ("The range is up to 100.\n</think>\n\nforty", "forty", "The range is up to 100."),
    "only the closing one, in the line": ("Up to 100.</think>forty", "forty", "Up to 100."),
    "only the closing one, first": ("</think>\n\nforty", "forty", ""),
    "further down": ("Let me see.\n<think>\n100?\n</think>\nforty", "Let me see.\nforty", "100?"),
    "quoted within": ("<think>it writes `</think>` then</think>Yes", "Yes", "it writes `</think>` then"),
    "channels": (
        "<|channel|>analysis<|message|>Yes is 10.<|end|><|start|>assistant<|channel|>final<|message|>No.<|return|>",
        "No.", "Yes is 10.",
    ),
    "channels without messages": ("<|channel|>analysis Yes is 10. <|channel|>final No.", "No.", "Yes is 10."),
    "channels after a start": ("<|start|>assistant<|channel|>final<|message|>No.", "No.", ""),
    "channels without their marks": ("analysisThe user says 100.assistantfinalforty", "forty", "The user says 100."),
    "Magistral": ("[THINK]a[/THINK]b", "b", "a"),
    "Kimi": ("◁think▷a◁/think▷b", "b", "a"),
    "Gemma": ("<|channel>thought\na<channel|>b", "b", "a"),
    "MedGemma": ("<unused94>thought\na<unused95>b", "b", "a"),
    "reasoning": ("<reasoning>\na\n</reasoning>\n\nb", "b", "a"),
    "scratchpad": ("<scratchpad>a</scratchpad>b", "b", "a"),
    "with an attribute": ('<think type="x">a</think>b', "b", "a"),
    "with space in the marks": ("<think >a</think >b", "b", "a"),
    "closed by another": ("<thinking>a</think>b", "b", "a"),
    "nested": ("<think>a<think>b</think>c</think>d", "d", "a<think>b\n\nc"),
    "nested, others": ("<think>a <thinking>b</thinking> c</think>d", "d", "a <thinking>b</thinking> c"),
    "only the closing one, Kimi": ("a◁/think▷b", "b", "a"),
    "only the closing one, Magistral": ("a[/THINK]b", "b", "a"),
    "in words": ("<chain_of_thought>a</chain_of_thought>b", "b", "a"),
    "closed with a space": ("<think>a</ think>b", "b", "a"),
    "closed with another stroke": ("<think>a<\\/think>b", "b", "a"),
    "closed by another of its kind": ("<|thinking|>a<|end_thinking|>b", "b", "a"),
    "only the closing one, of channels": (
        "We need 100.<|end|><|start|>assistant<|channel|>final<|message|>40", "40", "We need 100.",
    ),
    "only the closing one, Cohere": ("a<|END_THINKING|>b", "b", "a"),
    "only the closing one, Gemma": ("a<channel|>b", "b", "a"),
    "only the closing one, after a quotation": ('Do they say "yes"?\nPerhaps "no"</think>forty', "forty",
        'Do they say "yes"?\nPerhaps "no"'),
    "only the closing one, after a bracket": ("(100?)\nNo (</think>forty", "forty", "(100?)\nNo ("),
    "further down, Magistral": ("y\n[THINK]\nz\n[/THINK]\nw", "y\nw", "z"),
    "after a sentence": ("Sure. <think>\nIf yes 100\n</think>\nNo", "Sure. No", "If yes 100"),
    "after what stands for no letter": ("\u200e\u00a0\u3000<think>a</think>b", "b", "a"),
    "channels in small letters": ("analysiswe need 100.assistantfinal40", "40", "we need 100."),
    "a channel whose mark was dropped": (
        "analysis<|message|>We need 1.<|end|><|start|>assistant<|channel|>final<|message|>No", "No",
        "analysisWe need 1.",
    ),
    "after what cannot be seen": ("\ufeff\u200b<think>a</think>b", "b", "a"),
    "further down, in one line": ("Yes.\n\n<think>a</think>\nNo.", "Yes.\n\nNo.", "a"),
    "channels without their marks, with space": ("analysis We need 1. assistantfinal No", "No", "We need 1."),
    "a channel with a form": ('<|channel|>final <|constrain|>json<|message|>{"a": 1}', '{"a": 1}', ""),
    "three channels": (
        "<|channel|>analysis<|message|>a<|end|><|start|>assistant<|channel|>commentary<|message|>c<|end|>"
        "<|start|>assistant<|channel|>final<|message|>b", "b", "ac",
    ),
}  # fmt: skip
TALK = (
    "Write `<think>` before and `</think>` after it.",
    "Use it so:\n```\n<think>\nsteps\n</think>\n```\nThat is all.",
    "It ends with </think> and then answers.",
    'The mark "</think>" ends it.',
    "<think> is a mark that models use.",
    "Some write <think>, others <thinking>.",
    "First:\n<think>\nis a mark that is never closed here.",
    "analysis of variance",
    "analysisParalysis",
    "a < b, <b>bold</b> and <",
    "<think/> is empty",
    "<think about it> and so on",
    "<think of a number",
    "a [THINK] b [link](x) [/",
    "It ends with [/THINK] and ◁/think▷ here.",
    "The answer: <think>steps</think> go before 5",
    "```\n<think>a</think>\n```\nb",
    "&lt;think&gt;a&lt;/think&gt;",
    "  with space around  ",
    "Write <think>\nand then your steps.",
    "It is (</think>) here, and `<|channel|>final` there.",
    "Use [THINK] and ◁think▷.\nThey end with [/THINK].",
)


def split(text: str, size: int, cut: bool = False, **how: bool) -> tuple[str, Splitter]:
    """What a splitter gave out, as whoever listens has it in the end."""
    splitter = Splitter(**how)
    heard: list[str] = []
    for at in range(0, len(text), size):
        before = splitter.withdrawn
        piece = splitter.feed(text[at : at + size])
        if splitter.withdrawn and not before:
            heard.clear()
        heard.append(piece)
    heard.append(splitter.end(cut))
    assert "".join(heard) == splitter.text
    return splitter.text, splitter


@pytest.mark.parametrize("waits", [False, True])
@pytest.mark.parametrize("name", TOLD)
def test_told_apart(name: str, waits: bool) -> None:
    said, text, thoughts = TOLD[name]
    for size in SIZES:
        found, splitter = split(said, size, waits=waits)
        assert (found, splitter.thoughts, splitter.unfinished) == (text, thoughts, False), f"in pieces of {size}"
        assert splitter.withdrawn is False or not waits, f"in pieces of {size}"


@pytest.mark.parametrize("waits", [False, True])
@pytest.mark.parametrize("text", TALK)
def test_talk_of_marks_stays(text: str, waits: bool) -> None:
    for size in SIZES:
        found, splitter = split(text, size, waits=waits)
        assert (found, splitter.thoughts) == (text, ""), f"in pieces of {size}"


@pytest.mark.parametrize("opening", [*PAIRS, "<|channel|>analysis<|message|>", "<|channel|>analysis "])
def test_never_closed(opening: str) -> None:
    for size in SIZES:
        found, splitter = split(f"{opening}\n100 or so", size, cut=True)
        told = (found, splitter.unfinished, splitter.thoughts)
        assert told == ("", True, "100 or so"), f"in pieces of {size}"
        assert split(f"{opening}\n100 or so", size)[0] == "", f"in pieces of {size}"


@given(st.text(alphabet="<>/thinkg|chael`\n a[]◁▷=", max_size=60), st.booleans(), st.booleans())
@settings(max_examples=400, deadline=None)
def test_pieces_make_no_difference(text: str, waits: bool, cut: bool) -> None:
    found = {
        (split(text, size, cut, waits=waits)[0], split(text, size, cut, waits=waits)[1].thoughts) for size in SIZES
    }
    assert len(found) == 1


@given(st.text(alphabet=st.characters(blacklist_characters="<[◁"), max_size=80))
@settings(max_examples=200, deadline=None)
def test_text_without_marks_is_never_changed(text: str) -> None:
    assert split(text, 3)[0] == text or text.lstrip().startswith("analysis")


def test_plain_text_does_not_wait() -> None:
    splitter = Splitter()
    assert [splitter.feed(word) for word in ("Hello ", "there, ", "friend.")] == ["Hello ", "there, ", "friend."]


def test_names_of_models_that_keep_them_apart() -> None:
    assert all(sends_apart(name) for name in ("gpt-6-luna", "o9-mini", "anthropic/claude-sonnet-5", "grok-9"))
    assert [sends_apart(name) for name in ("gpt-oss-120b", "deepseek-r1", "llama-3.3-70b", "qwq-32b")] == [False] * 4


# --- through the provider ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", TOLD)
@pytest.mark.parametrize("stream", [True, False])
def test_no_piece_has_a_thought(name: str, stream: bool, uni: Any) -> None:
    uni.reply, text, thoughts = TOLD[name]
    for _ in range(2):  # also once the model's ways are known
        pieces, reply = ask("uni/own-model", stream=stream)
        assert ("".join(pieces), reply.text, reply.thoughts) == (text, text, thoughts)


async def _parts(model: str) -> list[Any]:
    return [part async for part in provider_for(model).stream(Request(model, (("user", "Hi"),)))]


def test_what_was_taken_for_text_is_withdrawn_once(uni: Any) -> None:
    uni.reply = "Up to 100. So:\n</think>\n\nforty"
    parts = asyncio.run(_parts("uni/gpt-6-luna"))  # a name that is not known to do this
    at = next(place for place, part in enumerate(parts) if isinstance(part, Withdrawn))
    assert "".join(parts[at + 1 : -1]) == parts[-1].text == "forty"
    again, reply = ask("uni/gpt-6-luna")
    assert "".join(again) == reply.text == "forty"


def test_a_model_that_was_heard_is_streamed_at_once(uni: Any) -> None:
    ask("uni/own-model")
    uni.hold()

    async def first() -> None:
        stream: Any = provider_for("uni/own-model").stream(Request("uni/own-model", (("user", "Hi"),)))
        assert await anext(stream) == "Hello "
        await stream.aclose()

    asyncio.run(first())


@pytest.mark.parametrize(
    ("fields", "thoughts"),
    [
        ({"reasoning_content": "Hm."}, "Hm."),
        ({"reasoning": "Hm."}, "Hm."),
        ({"reasoning_content": "Hm.", "reasoning": "Hm."}, "Hm."),
        ({"reasoning": "Hm.", "reasoning_details": [{"type": "reasoning.text", "text": "Hm."}]}, "Hm."),
        ({"reasoning_details": [{"type": "reasoning.summary", "summary": "Hm."}, {"data": "x"}]}, "Hm."),
        ({"content": [{"type": "thinking", "thinking": [{"type": "text", "text": "Hm."}]}]}, "Hm."),
        ({"reasoning": 7, "reasoning_details": [None, 5, {"text": 5}]}, ""),
    ],
)
@pytest.mark.parametrize("stream", [True, False])
def test_fields_of_their_own(fields: dict[str, Any], thoughts: str, stream: bool, uni: Any) -> None:
    if stream:
        events = [{"delta": fields}, {"delta": {"content": "No."}}, {"delta": {}, "finish_reason": "stop"}]
        uni.send(*(f"data: {json.dumps({'choices': [event]})}\n\n" for event in events), "data: [DONE]\n\n")
    else:
        text = fields.get("content", [])
        message = {**fields, "content": [*text, {"type": "text", "text": "No."}]}
        uni.send(json.dumps({"choices": [{"message": message, "finish_reason": "stop"}]}))
    _, reply = ask("uni/own-model", stream=stream)
    assert (reply.text, reply.thoughts) == ("No.", thoughts)


def test_a_thought_that_was_cut_gets_room(uni: Any) -> None:
    def reply(body: dict[str, Any]) -> str:
        return "<think>\n" + "hm " * 50 + "</think>\n\nforty"

    uni.reply = reply
    pieces, found = ask("uni/own-model", params={"max_tokens": 20})
    assert "".join(pieces) == found.text == "forty"
    assert [request.body["max_tokens"] for request in uni.requests] == [20, 4096]


def test_a_thought_without_a_limit_that_was_cut(uni: Any) -> None:
    uni.reply = "<think>\n1 2 3 4"
    uni.fault("length")
    with pytest.raises(CutByLength) as caught:
        ask("uni/own-model")
    assert caught.value.text == "" and caught.value.thoughts.startswith("1")
    with pytest.raises(EmptyReply) as empty:
        ask("uni/own-model")
    assert empty.value.thoughts == "1 2 3 4"


def test_the_setting_leaves_them_in_the_text(uni: Any) -> None:
    uni.reply = TOLD["think"][0]
    pieces, reply = ask("uni/own-model", thoughts_in_text=True)
    assert "".join(pieces) == reply.text == uni.reply and reply.thoughts == ""
    config.declare_service("raw", uni.base_url, thoughts_in_text=True)
    assert ask("raw/own-model")[1].text == uni.reply


# --- through a Thread ----------------------------------------------------------------------------------------------


@pytest.fixture
def llm(uni: FakeService) -> Thread:
    return GPTThread(model="uni/own-model", retries=0)


def test_values_come_from_the_answer(llm: Thread, uni: Any) -> None:
    uni.reply = "<think>\nIf I say yes I get 10.\n</think>\n\nno"
    assert llm.ask_yes_no("Do you accept?") is False
    uni.reply = ["<think>\nThe range is up to 100.\n</think>\n\nforty", "The range is up to 100.\n</think>\n\n40"]
    assert llm.ask_number("How many?", low=0, high=100) == 40
    assert not any("up to 100" in json.dumps(request.body) for request in uni.requests)


@pytest.mark.parametrize("size", [1, 3, 100])
def test_a_closing_mark_at_the_very_end_takes_back_what_was_given(size: int, uni: Any) -> None:
    said = "The range is up to 100.\n</think>"
    pieces = (said[at : at + size] for at in range(0, len(said), size))
    uni.send(
        *(f"data: {json.dumps({'choices': [{'delta': {'content': piece}}]})}\n\n" for piece in pieces),
        'data: {"choices": [{"delta": {}, "finish_reason": "stop"}]}\n\ndata: [DONE]\n\n',
    )
    llm = GPTThread(model="uni/gpt-4o", retries=0)
    with pytest.raises(EmptyReply):
        llm.submit("Well?")
    assert llm.last_reply is not None
    assert (llm.last_reply.text, llm.last_reply.params["thoughts"]) == ("", "The range is up to 100.")


def test_in_the_record_and_in_no_later_request(llm: Thread, uni: Any) -> None:
    uni.reply = TOLD["think"][0]
    heard: list[str] = []
    assert llm.submit("Do you accept?", on_piece=heard.append) == "".join(heard) == "I reject it."
    assert llm.last_reply is not None and llm.last_reply.params["thoughts"] == "If I say yes I get 10."
    llm.submit("Why?")
    sent = uni.requests[-1].body["messages"]
    assert [message["content"] for message in sent] == ["Do you accept?", "I reject it.", "Why?"]


def test_a_failed_reply_keeps_its_thoughts(llm: Thread, uni: Any) -> None:
    uni.reply = "<think>\nI never end"
    with pytest.raises(EmptyReply):
        llm.submit("Well?")
    assert llm.last_reply is not None
    assert (llm.last_reply.text, llm.last_reply.params["thoughts"]) == ("", "I never end")


def test_a_thread_of_ones_own_keeps_them_in_the_text(uni: Any) -> None:
    uni.reply = TOLD["think"][0]
    assert GPTThread(model="uni/own-model", thoughts_in_text=True).submit("Well?") == uni.reply
