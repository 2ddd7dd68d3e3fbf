"""Messages in a shape that a model's service accepts: merged as they are, and what refusals ask for."""

from __future__ import annotations

import json
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given, strategies as st

from otree_ego import Thread
from otree_ego.errors import BadRequest
from otree_ego.messages import Request
from otree_ego.providers.openai.dialect import build, sent_params
from otree_ego.providers.openai.learned import Learned
from otree_ego.providers.openai.shapes import (
    ALTERNATE,
    NO_SYSTEM,
    RULES,
    SYSTEM_FIRST,
    USER_FIRST,
    USER_LAST,
    asked_rules,
    learn_rules,
    shaped,
    words_of,
)
from otree_ego.providers.services import BUILT_IN

MUST_ALTERNATE = "Conversation roles must alternate user/assistant/user/assistant/..."

WORDINGS = [
    (MUST_ALTERNATE, {ALTERNATE, USER_FIRST}),
    ("After the optional system message, " + MUST_ALTERNATE.replace("C", "c", 1), {ALTERNATE, USER_FIRST}),
    ("After the optional system message, conversation roles must alternate user and assistant roles except for tool "
     "calls and results.", {ALTERNATE}),
    ("Template error: invalid operation: " + MUST_ALTERNATE + " (in <string>:1)", {ALTERNATE, USER_FIRST}),
    ('messages: roles must alternate between "user" and "assistant", but found multiple "user" roles in a row',
     {ALTERNATE}),
    ("Please ensure that multiturn requests alternate between user and model.", {ALTERNATE}),
    ("A conversation must alternate between user and assistant roles. Make sure the conversation alternates between "
     "user and assistant roles and try again.", {ALTERNATE}),
    ("After the (optional) system message(s), user or tool message(s) should alternate with assistant message(s).",
     {ALTERNATE}),
    ("deepseek-reasoner does not support successive user or assistant messages (messages[1] and messages[2] in your "
     "input). You should interleave the user/assistant messages in the message sequence.", {ALTERNATE}),
    ("Unexpected role 'user' after role 'user'", {ALTERNATE}),
    ("Unexpected role 'assistant' after role 'system'", {USER_FIRST}),
    ("messages: first message must use the \"user\" role", {USER_FIRST}),
    ("A conversation must start with a user message. Try again with a conversation that starts with a user message.",
     {USER_FIRST}),
    ("The first message (except the system message) of deepseek-reasoner must be a user message, but an assistant "
     "message detected.", {USER_FIRST}),
    ("Expected last role User or Tool (or Assistant with prefix True) for serving but got assistant", {USER_LAST}),
    ("Please ensure that multiturn requests ends with a user role or a function response.", {USER_LAST}),
    ("Please ensure that multi-turn requests end with a user role.", {USER_LAST}),
    ("This model does not support assistant message prefill. The conversation must end with a user message.",
     {USER_LAST}),
    ("Last message must have role `user` or `tool`.", {USER_LAST}),
    ("The last message of deepseek-reasoner must be a user message, or an assistant message with prefix mode on",
     {USER_LAST}),
    ("Cannot have 2 or more assistant messages at the end of the list.", {USER_LAST}),
    ("Assistant response prefill is incompatible with enable_thinking.", {USER_LAST}),
    ("Your API request included an `assistant` message in the final position, which would pre-fill the assistant "
     "response.", {USER_LAST}),
    ("No user query found in messages.", {USER_LAST}),
    ("messages: at least one message is required", {USER_LAST}),
    ("* GenerateContentRequest.contents: contents is not specified", {USER_LAST}),
    ("System role not supported", {NO_SYSTEM}),
    ("Template error: syntax error: System role not supported (in <string>:1)", {NO_SYSTEM}),
    ("System role is not supported.", {NO_SYSTEM}),
    ("Developer instruction is not enabled for models/gemma-3-1b-it", {NO_SYSTEM}),
    ("System instruction is not enabled for models/gemma-3-4b-it", {NO_SYSTEM}),
    ("This model doesn't support system messages. Try again without a system message or use a model that supports "
     "system messages.", {NO_SYSTEM}),
    ("Unsupported value: 'messages[0].role' does not support 'system' with this model.", {NO_SYSTEM}),
    ("Only user and assistant roles are supported!", {NO_SYSTEM}),
    ("Only user, assistant and tool roles are supported, got system.", {NO_SYSTEM}),
    ("Please use a valid role: user, model.", {NO_SYSTEM}),
    ("Input should be 'user' or 'assistant'", {NO_SYSTEM}),
    ("Input should be 'user', 'assistant' or 'tool'", {NO_SYSTEM}),
    ("<400> InternalError.Algo.InvalidParameter: Role must be in [user, assistant]", {NO_SYSTEM}),
    ("Invalid role: system", {NO_SYSTEM}),
    ("role 'system' is not allowed", {NO_SYSTEM}),
    ("System messages are not allowed for this model", {NO_SYSTEM}),
    ("System message must be at the beginning.", {SYSTEM_FIRST}),
    ("Unexpected role 'system' after role 'user'", {SYSTEM_FIRST}),
    ("System messages can only appear at the start of the conversation", {SYSTEM_FIRST}),
    ("multiple system messages are not supported", {SYSTEM_FIRST}),
    ("multiple non-consecutive system messages are not supported", {SYSTEM_FIRST}),
    ("messages with role 'system' must be the first", {SYSTEM_FIRST}),
    ("System messages are only allowed at the start", {SYSTEM_FIRST}),
    ("messages[1].role: unknown variant `system`, expected `user` or `assistant`", {NO_SYSTEM}),
    ("messages.1.role: value is not a valid enumeration member; permitted: 'user', 'assistant'", {NO_SYSTEM}),
    ("'system' is not one of ['user', 'assistant'] - 'messages.0.role'", {NO_SYSTEM}),
    ("Roles must be user->assistant->user", {ALTERNATE}),
    ("Got role 'assistant' for the first message but expected 'user'", {USER_FIRST}),
    ("Invalid 'messages': the last message cannot have role 'assistant'", {USER_LAST}),
    ("contents are required", {USER_LAST}),
]  # fmt: skip

ABOUT_OTHER_THINGS = [
    "Unsupported parameter: 'temperature' is not supported with this model.",
    "Unsupported value: 'reasoning_effort' does not support 'minimal' with this model.",
    "This model's maximum context length is 8192 tokens. However, your messages resulted in 9000 tokens.",
    "Please reduce the length of the messages or completion.",
    "Invalid schema for response_format 'number': 'minimum' is not permitted.",
    "The server had an error while processing your request. Sorry about that!",
    "The system is overloaded, please try again later",
    "The model `x` does not exist or you do not have access to it.",
    "Only user, system and assistant roles are supported!",
    "Input should be 'system', 'user', 'assistant' or 'tool'",
    "user is not allowed to use this model",
    "max_tokens must be at least 1",
    "You requested an alternative model",
    "",
]


@pytest.mark.parametrize(("words", "rules"), WORDINGS, ids=[words[:60] for words, _ in WORDINGS])
def test_a_refusal_says_which_shape_it_wants(words: str, rules: set[str]) -> None:
    assert asked_rules(words) == rules


@pytest.mark.parametrize("words", ABOUT_OTHER_THINGS)
def test_other_refusals_are_not_about_the_shape(words: str) -> None:
    assert asked_rules(words) == set()


def refused(known: set[str], words: str, messages: Any, authors: Any = ()) -> bool:
    return learn_rules(known, words, shaped(messages, known, authors), messages, authors)


def turns(text: str) -> list[tuple[str, str]]:
    names = {"s": "system", "u": "user", "a": "assistant"}
    return [(names[letter], f"{letter}{at}") for at, letter in enumerate(text)]


def compact(sent: list[dict[str, Any]]) -> str:
    return " ".join(f"{turn['role'][0]}:{turn['content'].replace(chr(10) * 2, '+')}" for turn in sent)


@pytest.mark.parametrize(
    ("asked", "rules", "sent", "words"),
    [
        ("sua", set(), "s:s0 u:u1 a:a2", []),
        ("suu", set(), "s:s0 u:u1+u2", ["merged"]),
        ("ssuaau", set(), "s:s0+s1 u:u2 a:a3+a4 u:u5", ["merged"]),
        ("usu", set(), "u:u0 s:s1 u:u2", []),
        ("su", {NO_SYSTEM}, "u:s0+u1", ["no_system", "merged"]),
        ("s", {NO_SYSTEM}, "u:s0", ["user_last"]),
        ("s", {USER_LAST}, "u:s0", ["user_last"]),
        ("ss", {USER_LAST}, "s:s0 u:s1", ["user_last"]),
        ("uas", {USER_LAST}, "u:u0 a:a1 u:s2", ["system_first"]),
        ("sau", {NO_SYSTEM}, "u:s0 a:a1 u:u2", ["no_system"]),
        ("sau", {USER_FIRST}, "s:s0 u:… a:a1 u:u2", ["user_first"]),
        ("au", {USER_FIRST, NO_SYSTEM}, "u:… a:a0 u:u1", ["user_first"]),
        ("usua", {SYSTEM_FIRST}, "u:u0+s1+u2 a:a3", ["system_first", "merged"]),
        ("susu", {SYSTEM_FIRST}, "s:s0 u:u1+s2+u3", ["system_first", "merged"]),
        ("sua", {USER_LAST}, "s:s0 u:u1 a:a2 u:…", ["user_last"]),
        ("a", {USER_FIRST, USER_LAST}, "u:… a:a0 u:…", ["user_first", "user_last"]),
        ("", set(RULES), "", []),
    ],
)
def test_turns_are_sent_in_the_shape_that_is_wanted(asked: str, rules: set[str], sent: str, words: list[str]) -> None:
    got = shaped(turns(asked), rules)
    assert compact(got) == sent
    assert words_of(turns(asked), got) == words


@given(
    st.lists(st.tuples(st.sampled_from(["system", "user", "assistant"]), st.text(min_size=1, max_size=5)), min_size=1),
    st.sets(st.sampled_from(RULES)),
)
def test_nothing_that_was_said_is_lost(messages: list[tuple[str, str]], rules: set[str]) -> None:
    sent = shaped(messages, rules)
    roles = [turn["role"] for turn in sent]
    assert all(one != other for one, other in pairwise(roles))
    whole = "".join(turn["content"] for turn in sent)
    place = 0
    for _, text in messages:
        kept = text.encode("utf-8", "replace").decode().replace("\x00", "").strip()
        if kept and "\ud800" not in text:
            place = whole.find(kept, place) + len(kept)
            assert place >= len(kept)
    if NO_SYSTEM in rules:
        assert "system" not in roles
    if SYSTEM_FIRST in rules:
        assert "system" not in roles[1:]
    if USER_FIRST in rules:
        assert next((role for role in roles if role != "system"), "user") == "user"
    if USER_LAST in rules:
        assert roles[-1] == "user"
    assert (
        words_of(messages, sent) or roles == [role for role, _ in messages] or not all(t.strip() for _, t in messages)
    )


def test_people_who_write_to_one_thread_stay_told_apart() -> None:
    said = [
        ("system", "S"),
        ("user", "Hi."),
        ("user", "Me too."),
        ("user", "And?"),
        ("assistant", "Yes."),
        ("user", "Oh"),
    ]
    authors = ("", "p1", "p1", "p2", "", "p1")
    assert compact(shaped(said, (), authors)) == "s:S u:Hi.+Me too. u:And? a:Yes. u:Oh"
    assert compact(shaped(said, {ALTERNATE}, authors)) == (
        "s:S u:Person 1: Hi.+Person 1: Me too.+Person 2: And? a:Yes. u:Person 1: Oh"
    )
    assert compact(shaped(said, {NO_SYSTEM, USER_LAST}, authors)) == "u:S u:Hi.+Me too. u:And? a:Yes. u:Oh"
    known: set[str] = set()
    assert refused(known, "Unexpected role 'user' after role 'user'", said, authors) and known == {ALTERNATE}


def test_a_refusal_that_repeats_what_is_kept_asks_for_the_next_thing() -> None:
    known: set[str] = set()
    assert refused(known, MUST_ALTERNATE, turns("su")) and NO_SYSTEM in known  # a template that counts it, too
    assert not refused(known, MUST_ALTERNATE, turns("su"))
    assert not refused(set(), "Unsupported parameter: 'temperature'", turns("sua"))


def test_what_another_request_has_learned_meanwhile_is_worth_another_try() -> None:
    sent = shaped(turns("su"))
    assert learn_rules({NO_SYSTEM}, "System role not supported", sent, turns("su"))
    assert not learn_rules({NO_SYSTEM}, "System role not supported", shaped(turns("su"), {NO_SYSTEM}), turns("su"))


def test_many_turns_are_merged_in_one_go() -> None:
    calls = 0

    class Text(str):
        def encode(self, *_: Any, **__: Any) -> bytes:
            nonlocal calls
            calls += 1
            return b""

    sent = shaped([("user", Text("é"))] * 20_000)
    assert len(sent) == 1 and len(sent[0]["content"]) == 20_000 * 3 - 2 and calls == 20_000


def test_what_was_learned_can_be_written_down() -> None:
    known = Learned({"max_tokens", "temperature@high"}, True, {"ab12"}, {NO_SYSTEM})
    again = Learned()
    again.add(known.words())
    assert again == known and known.copy() == known and Learned().words() == ()
    again.add(["~a_rule_of_later", "#cd34"])
    assert again.shape == {NO_SYSTEM} and again.schemas == {"ab12", "cd34"}


def test_the_body_and_the_row_have_it() -> None:
    request = Request("uni/m", tuple(turns("suu")), params={"temperature": 0.5})
    row = BUILT_IN["mistral"]
    plain = build(request, row, row.base_url, "m", Learned())
    assert compact(plain["messages"]) == "s:s0 u:u1+u2"
    assert sent_params(plain, request, row) == {"temperature": 0.5, "message_shape": ["merged"]}
    own = Request("uni/m", tuple(turns("suu")), extra={"messages": [{"role": "user", "content": "mine"}]})
    assert sent_params(build(own, row, row.base_url, "m", Learned()), own, row) is None


def stream(error: Any) -> str:
    return f"data: {json.dumps(error)}\n\n"


REFUSALS: list[tuple[int, Any]] = [
    (400, {"object": "error", "message": MUST_ALTERNATE, "type": "BadRequestError", "param": None, "code": 400}),
    (400, {"error": {"message": MUST_ALTERNATE, "type": "BadRequestError", "param": None, "code": 400}}),
    (422, {"error": f"Template error: invalid operation: {MUST_ALTERNATE}", "error_type": "template_error"}),
    (500, {"error": {"code": 500, "message": f"{MUST_ALTERNATE} at row 1:\n{{{{ raise", "type": "server_error"}}),
    (400, {"error": f'Error rendering prompt with jinja template: "{MUST_ALTERNATE}".'}),
    (400, [{"error": {"code": 400, "message": "Please ensure that multiturn requests alternate between user and model.",
                      "status": "INVALID_ARGUMENT"}}]),
    (400, {"object": "error", "message": {"detail": [{"msg": "Unexpected role 'user' after role 'user'"}]},
           "type": "invalid_request_message_order", "code": "3230"}),
    (400, {"detail": MUST_ALTERNATE}),
    (400, {"error": {"message": "Provider returned error", "code": 400,
                     "metadata": {"raw": json.dumps({"message": MUST_ALTERNATE}), "provider_name": "x"}}}),
    (200, {"error": {"message": MUST_ALTERNATE, "code": 400}}),
]  # fmt: skip


@pytest.mark.parametrize(("status", "body"), REFUSALS)
def test_a_refusal_is_understood_however_it_is_sent(uni: Any, status: int, body: Any) -> None:
    llm = Thread("uni/m", retries=0)
    for author in ("p1", "p2"):
        llm.memorize("user", f"I am {author}.", author=author)
    headers = {} if status == 200 else {"Content-Type": "application/json"}
    uni.send(stream(body) if status == 200 else json.dumps(body), status=status, headers=headers)
    assert llm.submit() == uni.DEFAULT_REPLY
    assert [len(one.body["messages"]) for one in uni.requests] == [2, 1]
    assert llm.last_reply.params["message_shape"] == ["merged"] and llm.last_reply.attempts == 1
    llm.memorize("user", "Again.", author="p1")
    llm.memorize("user", "And I.", author="p2")
    llm.submit()
    assert len(uni.requests) == 3 and len(llm.messages) == 6


def test_a_refusal_that_nothing_helps_is_the_error(uni: Any) -> None:
    refusal = {"error": {"message": MUST_ALTERNATE}}
    uni.send(json.dumps(refusal), status=400, headers={"Content-Type": "application/json"}, times=-1)
    with pytest.raises(BadRequest, match="must alternate"):
        Thread("uni/m", retries=2, system_prompt="Be brief.").submit("Hi")
    assert len(uni.requests) == 2  # once more without the system message


@pytest.mark.parametrize("template", ["gemma", "mistral", "qwen", "user_last"])
@pytest.mark.parametrize("talk", ["su", "uu", "au", "sau", "sua", "usu", "susasu", "s", "a", "ssaauu", "uasau"])
def test_each_template_gets_what_it_takes(uni: Any, template: str, talk: str) -> None:
    uni.template = template
    llm = Thread("uni/m", retries=0)
    for role, text in turns(talk):
        llm.memorize(role, text)
    assert llm.submit() == uni.DEFAULT_REPLY
    assert len(uni.requests) <= 4
    llm.submit("More.")
    count = len(uni.requests)
    llm.submit("More.")
    assert len(uni.requests) == count + 1
    assert [m.text for m in llm.messages][: len(talk)] == [text for _, text in turns(talk)]
