"""A batch queue hands requests over, finds them again, and treats their answers as live ones."""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import Coroutine
from typing import Any

import openai
import pytest

from otree_ego.errors import (
    BadReply,
    BadRequest,
    ConfigError,
    CutByLength,
    EmptyReply,
    Interrupted,
    KeyMissing,
    KeyRejected,
    ModelUnknown,
    Overloaded,
    ProviderError,
    RateLimited,
    Refused,
    TimedOut,
    Unreachable,
)
from otree_ego.messages import Reply, Request, Usage
from otree_ego.providers import declare_service, keys
from otree_ego.providers.batch import calls as batch_calls, files as batch_files
from otree_ego.providers.batch.files import batch_cost
from otree_ego.providers.batch.queue import BatchQueue, BatchState
from otree_ego.providers.openai import dialect
from otree_ego.providers.prices import cost

pytestmark = pytest.mark.usefixtures("clean_slate")
MODEL = "uni/llama3.3"
KEY = "sk-verysecret-0123456789"
Asked = list[tuple[str, Request]]


@pytest.fixture
def queue(uni: Any, monkeypatch: pytest.MonkeyPatch) -> BatchQueue:
    """A queue at the fake service, with a key."""
    declare_service("uni", uni.base_url, key_env="UNI_KEY")
    monkeypatch.setenv("UNI_KEY", KEY)
    return BatchQueue(MODEL)


def asked(*names: str, model: str = MODEL, **fields: Any) -> Asked:
    names = names or ("q0", "q1", "q2", "q3")
    return [(name, Request(model, (("system", "Be brief."), ("user", f"I am {name}")), **fields)) for name in names]


def run(work: Coroutine[Any, Any, Any]) -> Any:
    return asyncio.run(work)


def says(service: Any, answer: Any) -> None:
    """Let the service answer everything about files and batches with this."""
    data = answer if isinstance(answer, bytes) else json.dumps(answer).encode()
    service._batch_api.respond = lambda call: (200, data, "application/json")


def kept(service: Any) -> list[str]:
    """The files at the service."""
    with openai.OpenAI(base_url=service.base_url, api_key=KEY) as api:
        return [file.id for file in api.files.list()]


async def answers(queue: BatchQueue, batch: str, requests: Asked | None = None) -> list[tuple[str, Any]]:
    return [answer async for answer in queue.collect(batch, requests)]


async def through(queue: BatchQueue, requests: Asked, blind: bool = False) -> dict[str, Any]:
    """Submit, and collect what comes of it; each custom_id must come once."""
    batch = await queue.submit(requests, "run-1")
    assert (await queue.state(batch)).status == "done"
    listed = await answers(queue, batch, None if blind else requests)
    assert len(dict(listed)) == len(listed)
    return dict(listed)


def test_answers_are_replies_as_live_ones(service: Any, queue: BatchQueue) -> None:
    service.reply = lambda body: f"You said {body['messages'][-1]['content']}"
    service.answers_as, service.batch_shuffled = "gpt-5.4-mini-2026-03-17", True
    got = run(through(queue, asked(params={"temperature": 0.5, "max_tokens": 50})))
    assert {name: reply.text for name, reply in got.items()} == {f"q{at}": f"You said I am q{at}" for at in range(4)}
    assert list(got) != sorted(got)
    assert got["q0"] == Reply("You said I am q0", "gpt-5.4-mini-2026-03-17", Usage(5, 5, 0), "stop", None, None)


def test_what_is_sent_is_the_live_request_without_streaming(service: Any, queue: BatchQueue) -> None:
    sent: list[Any] = []
    service.reply = lambda body: sent.append(body) or "Yes."
    extra = {"response_format": {"type": "text"}, "stream": True, "stream_options": {}}
    run(through(queue, asked("a", params={"max_tokens": 9, "seed": None}, extra=extra, stream=True)))
    assert sent == [
        {
            "model": "llama3.3",
            "messages": [{"role": "system", "content": "Be brief."}, {"role": "user", "content": "I am a"}],
            "max_tokens": 9,
            "response_format": {"type": "text"},
        }
    ]


@pytest.mark.parametrize("text", ["caf\u00e9\u2028\u2029\r\n\x85 🙂", "half \ud83d of one"])
def test_any_text_comes_back(service: Any, queue: BatchQueue, text: str) -> None:
    service.reply = lambda body: body["messages"][0]["content"]
    got = run(through(queue, [("a", Request(MODEL, (("user", text),)))]))
    assert got["a"].text == text.replace("\ud83d", "\ufffd")


def test_the_state_tells_how_far_it_is(service: Any, queue: BatchQueue) -> None:
    async def watch() -> list[BatchState]:
        batch = await queue.submit(asked(), "run-1")
        return [await queue.state(batch) for _ in range(4)]

    service.batch_polls = 3
    states = run(watch())
    assert [state.status for state in states] == ["queued", "running", "running", "done"]
    assert [(state.total, state.completed, state.failed) for state in states[1:]] == [(4, 1, 0), (4, 2, 0), (4, 4, 0)]
    assert states[0].id.startswith("batch_") and states[0].expires_at and not states[3].error


def test_what_is_not_done_cannot_be_collected(service: Any, queue: BatchQueue) -> None:
    service.batch_polls = -1
    batch = run(queue.submit(asked(), "run-1"))
    with pytest.raises(BadRequest, match="not done yet"):
        run(answers(queue, batch, asked()))


def test_a_batch_is_found_by_its_label_among_hundreds(queue: BatchQueue) -> None:
    async def look() -> None:
        first = await queue.submit(asked("a"), "mine")
        for at in range(101):
            await queue.submit(asked("a"), f"other {at}")
        assert await queue.find("mine") == first
        assert await queue.find("nobody's") is None
        again = await queue.submit(asked("a"), "mine")
        assert await queue.find("mine") == again

    run(look())


def test_a_service_that_gives_the_same_page_for_ever_is_asked_twice(service: Any, queue: BatchQueue) -> None:
    says(service, {"data": [{"id": "b1", "metadata": None}, "odd"], "has_more": True})
    assert run(queue.find("x")) is None
    assert len(service.requests) == 2


def test_a_batch_whose_reply_was_lost_is_found(service: Any, queue: BatchQueue) -> None:
    async def lose() -> None:
        service.fault("drop_mid", path="/batches")
        with pytest.raises(Unreachable) as caught:
            await queue.submit(asked(), "run-1")
        assert caught.value.retryable
        found = await queue.find("run-1")
        assert found and (await queue.state(found)).status == "done"
        assert len(await answers(queue, found, asked())) == 4

    run(lose())


def test_a_key_is_needed(service: Any) -> None:
    with pytest.raises(KeyMissing, match="OPENAI_API_KEY"):
        BatchQueue("gpt-6-luna")
    keys.keep_key("thread-1", KEY, "openai")
    assert BatchQueue("gpt-6-luna", thread_id="thread-1").model == "gpt-6-luna"


def test_a_wrong_key_is_told_and_not_shown(service: Any, queue: BatchQueue) -> None:
    service.key = "sk-another"
    with pytest.raises(KeyRejected, match="UNI_KEY") as caught:
        run(queue.submit(asked(), "run-1"))
    assert KEY not in str(caught.value) and caught.value.status == 401


@pytest.mark.parametrize("model", ["constant/Hello", "local/smollm2", "external/x"])
def test_only_services_have_a_queue(model: str) -> None:
    with pytest.raises(ConfigError, match="no batch queue"):
        BatchQueue(model)


def test_an_unknown_service_is_told() -> None:
    with pytest.raises(ConfigError, match="not known"):
        BatchQueue("nobody/x")


def test_a_service_without_a_queue_is_told(service: Any, queue: BatchQueue) -> None:
    service.batches = False
    for work in (queue.submit(asked(), "run-1"), queue.find("run-1")):
        with pytest.raises(BadRequest, match="uni has no batch queue at") as caught:
            run(work)
        assert caught.value.status == 404 and not caught.value.retryable


def test_a_batch_that_is_gone_is_told_by_its_id(queue: BatchQueue) -> None:
    for work in (queue.state("batch_1"), queue.cancel("batch_1"), queue.forget("batch_1"), answers(queue, "batch_1")):
        with pytest.raises(BadRequest, match=r"nothing .* 'batch_1'"):
            run(work)


def test_misuse_is_refused_before_anything_is_sent(service: Any, queue: BatchQueue) -> None:
    for requests, label, words in [
        ([], "x", "at least one"),
        (asked("a", "b", "a"), "x", "'a'"),
        (asked("a", ""), "x", "custom_id"),
        (asked("a", model="uni/gpt-5"), "x", "'uni/gpt-5'"),
        (asked("a", base_url="http://127.0.0.1:9/v1"), "x", "127.0.0.1:9"),
        (asked("a"), "", "label"),
        (asked("a"), "x" * 513, "label"),
    ]:
        with pytest.raises(ConfigError, match=words):
            run(queue.submit(requests, label))
    for value in (object(), float("nan")):
        with pytest.raises(BadRequest, match="'a' for uni is not JSON"):
            run(queue.submit(asked("a", params={"top_p": value}), "x"))
    assert service.requests == []


def test_requests_are_split_by_number_and_by_size(
    service: Any, queue: BatchQueue, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(batch_files, "MAX_REQUESTS", 3)
    parts = queue.split(asked(*(f"q{at}" for at in range(7))))
    assert [[name for name, _ in part] for part in parts] == [["q0", "q1", "q2"], ["q3", "q4", "q5"], ["q6"]]
    with pytest.raises(ConfigError, match="split"):
        run(queue.submit(asked(), "run-1"))
    monkeypatch.setattr(batch_files, "MAX_BYTES", 500)
    assert [len(part) for part in queue.split(asked())] == [2, 2]
    for part in queue.split(asked()):
        assert len(run(through(queue, part))) == 2
    monkeypatch.setattr(batch_files, "MAX_BYTES", 100)
    with pytest.raises(BadRequest, match=r"'q0' .* shorten"):
        queue.split(asked())


def test_a_file_that_is_not_valid_fails_with_its_lines(service: Any, queue: BatchQueue) -> None:
    # A queue sends no such file, so it comes from elsewhere.
    with openai.OpenAI(base_url=service.base_url, api_key=KEY) as api:
        source = api.files.create(file=("in.jsonl", b"{}\n" * 5), purpose="batch").id
        endpoint: Any = batch_files.ENDPOINT
        batch = api.batches.create(input_file_id=source, endpoint=endpoint, completion_window="24h").id
    state = run(queue.state(batch))
    assert state.status == "failed" and not state.retryable
    assert "line 1: This line is not parseable" in state.error and "line 3: " in state.error
    assert "line 4: " not in state.error and "(and 2 more)" in state.error
    with pytest.raises(BadRequest, match="line 2: ") as caught:
        run(answers(queue, batch, asked()))
    assert not caught.value.retryable


def test_a_queue_that_is_full_may_be_tried_later(service: Any, queue: BatchQueue) -> None:
    async def fail() -> None:
        service.batch_fate = "failed"
        batch = await queue.submit(asked(), "run-1")
        state = await queue.state(batch)
        assert (state.status, state.retryable) == ("failed", True)
        with pytest.raises(RateLimited, match="token limit") as caught:
            await answers(queue, batch)
        assert caught.value.retryable

    run(fail())


@pytest.mark.parametrize(("fate", "kind"), [("expired", TimedOut), ("cancelled", Interrupted)])
@pytest.mark.parametrize("blind", [True, False])
def test_what_was_not_reached_is_worth_another_try(
    service: Any, queue: BatchQueue, fate: str, kind: type[ProviderError], blind: bool
) -> None:
    async def part() -> None:
        batch = await queue.submit(asked(), "run-1")
        state = await queue.state(batch)
        assert state.status == "done" and fate in state.error and "2 of 4" in state.error
        got = dict(await answers(queue, batch, None if blind else asked()))
        assert [type(got[name]) for name in sorted(got)] == [Reply, Reply, kind, kind]
        assert got["q3"].retryable and got["q3"].model == "llama3.3"

    service.batch_fate = fate
    run(part())


@pytest.mark.parametrize(("fate", "kind"), [("expired", TimedOut), ("cancelled", Interrupted), ("completed", BadReply)])
def test_what_the_service_does_not_mention_is_told_to_be_missing(
    service: Any, queue: BatchQueue, fate: str, kind: type[ProviderError]
) -> None:
    service.batch_fate, service.batch_fail = fate, {"q0": "missing"}
    got = run(through(queue, asked()))
    assert type(got["q0"]) is kind and got["q0"].retryable and isinstance(got["q1"], Reply)
    assert "q0" not in run(through(queue, asked(), blind=True))


@pytest.mark.parametrize(
    ("fault", "kind", "retryable", "words"),
    [
        (429, RateLimited, True, "fewer requests"),
        ((429, "You exceeded your current quota."), RateLimited, False, "no credit"),
        (500, Overloaded, True, "on its side"),
        (400, BadRequest, False, "HTTP 400"),
        ((400, "This violates our content policy."), Refused, False, "content policy"),
        (404, ModelUnknown, False, "no model 'llama3.3'"),
        (401, KeyRejected, False, "rejected the key"),
        ("timeout", TimedOut, True, "in time"),
        ("empty", EmptyReply, True, "without text"),
        ("refusal", Refused, False, "declined"),
        ("content_filter", Refused, False, "content filter"),
        ("malformed", BadReply, True, "no readable answer"),
        ("stray", BadReply, True, "no readable answer"),
    ],
)
def test_errors_of_lines_are_those_of_live_replies(
    service: Any, queue: BatchQueue, fault: Any, kind: type[ProviderError], retryable: bool, words: str
) -> None:
    service.batch_fail = {"q1": fault}
    got = run(through(queue, asked()))
    problem = got.pop("q1")
    assert type(problem) is kind and problem.retryable is retryable and words in str(problem)
    assert (problem.service, problem.model) == ("uni", "llama3.3")
    assert len(got) == 3 and all(isinstance(reply, Reply) for reply in got.values())


def test_a_text_that_was_cut_is_kept_and_marked(service: Any, queue: BatchQueue) -> None:
    reply = run(through(queue, asked("a", params={"max_tokens": 2})))["a"]
    assert (reply.text, reply.finish_reason) == ("Hello from ", "length")


def test_a_budget_that_went_into_thinking_teaches_the_next_batch(service: Any, queue: BatchQueue) -> None:
    service.reasoning_tokens = 100
    requests = asked("a", params={"max_tokens": 50})
    first = run(through(queue, requests))["a"]
    assert isinstance(first, CutByLength) and first.retryable
    second = run(through(queue, requests))["a"]
    assert second.text and second.params == {"max_tokens": dialect.ROOM}


def test_a_refused_parameter_teaches_the_next_batch_even_in_another_process(service: Any, queue: BatchQueue) -> None:
    async def again() -> Any:
        batch = await queue.submit(requests, "run-2")
        await queue.state(batch)
        dialect.forget()
        return dict(await answers(BatchQueue(MODEL), batch, requests))["a"]

    service.refuse = ("seed",)
    requests = asked("a", params={"seed": 7, "temperature": 0.3})
    first = run(through(queue, requests))["a"]
    assert isinstance(first, BadRequest) and first.retryable and first.status == 400
    second = run(again())
    assert second.text and second.params == {"temperature": 0.3, "not_in_force": {"seed": 7}}
    assert run(through(BatchQueue(MODEL), requests, blind=True))["a"].retryable is False


def test_lines_that_say_something_twice_or_to_nobody_are_told_of(
    service: Any, queue: BatchQueue, caplog: pytest.LogCaptureFixture
) -> None:
    service.reply = ["first", "second", "third"]
    service.batch_fail = {"q0": "twice", "q1": "stray", "q2": "malformed"}
    with caplog.at_level(logging.WARNING, "otree_ego"):
        got = run(through(queue, asked("q0", "q1", "q2")))
    assert got["q0"].text == "first" and set(got) == {"q0", "q1", "q2"}
    for words in ("1 × not a line", "1 × a custom_id that was not asked", "1 × a custom_id that was answered already"):
        assert words in caplog.text


def test_a_reply_beats_an_error_for_the_same_request(queue: BatchQueue) -> None:
    read = batch_files.Answers(queue._endpoint, dialect.Learned(), dialect.Learned())
    body = {"choices": [{"message": {"content": "Yes."}, "finish_reason": "stop"}]}
    assert read.take(json.dumps({"custom_id": "a", "error": {"code": "batch_expired"}}).encode()) is None
    answer = read.take(json.dumps({"custom_id": "a", "response": {"status_code": 200, "body": body}}).encode())
    assert answer and answer[1].text == "Yes." and list(read.rest("completed")) == []


@pytest.mark.parametrize(
    ("value", "kind"),
    [
        ({"response": None, "error": None}, BadReply),
        ({"response": {"status_code": 200, "body": None}}, BadReply),
        ({"response": {"status_code": 200, "body": {"error": {"message": "no", "code": 503}}}}, Overloaded),
        ({"response": {"body": {"choices": []}}}, EmptyReply),
        ({"response": {"status_code": 503, "body": None}}, Overloaded),
        ({"error": "rate_limit"}, RateLimited),
        ({"error": {"code": "strange", "message": "What?"}}, Overloaded),
    ],
)
def test_lines_of_strange_form_are_errors(queue: BatchQueue, value: Any, kind: type[ProviderError]) -> None:
    read = batch_files.Answers(queue._endpoint, dialect.Learned(), dialect.Learned())
    assert read.take(json.dumps({"custom_id": "a", **value}).encode()) is None
    assert [(name, type(problem)) for name, problem in read.rest("completed")] == [("a", kind)]


@pytest.mark.parametrize("kind", ["drop_before", "drop_mid"])
@pytest.mark.parametrize("path", ["/files", "/batches", "/content", ""])
def test_a_connection_that_breaks_is_worth_another_try(service: Any, queue: BatchQueue, kind: str, path: str) -> None:
    async def work() -> None:
        batch = await queue.submit(asked(), "run-1")
        await queue.state(batch)
        service.fault(kind, path=path or batch)
        with pytest.raises(Unreachable) as caught:
            await queue.submit(asked(), "run-2") if path in ("/files", "/batches") else await answers(queue, batch)
        assert caught.value.retryable and caught.value.service == "uni"
        assert len(await answers(queue, batch)) == 4

    run(work())


def test_a_service_that_is_not_there_is_unreachable(service: Any, queue: BatchQueue) -> None:
    service.stop()
    with pytest.raises(Unreachable, match="Check that the service runs"):
        run(queue.submit(asked(), "run-1"))


def test_a_service_that_stands_still_is_given_up(
    service: Any, queue: BatchQueue, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(batch_calls, "STILL", 0.2)
    service.fault("stall", path="/files")
    with pytest.raises((TimedOut, Unreachable)) as caught:
        run(queue.submit(asked(), "run-1"))
    assert caught.value.retryable


@pytest.mark.parametrize("path", ["/files", "/batches"])
def test_http_errors_are_those_of_live_replies(service: Any, queue: BatchQueue, path: str) -> None:
    for status, kind in [(429, RateLimited), (503, Overloaded), (400, BadRequest), (403, KeyRejected)]:
        service.fail(status, retry_after=3, path=path)
        with pytest.raises(kind) as caught:
            run(queue.submit(asked(), "run-1"))
        assert caught.value.status == status and caught.value.retry_after == (3 if status >= 429 else None)


def test_an_upload_for_a_batch_that_was_refused_is_deleted(service: Any, queue: BatchQueue) -> None:
    service.fail(400, path="/batches")
    with pytest.raises(BadRequest):
        run(queue.submit(asked(), "run-1"))
    assert kept(service) == []


@pytest.mark.parametrize("answer", [b"<html>", b"[]", b"{}", b'{"id": 7}', b""])
def test_answers_that_are_not_the_protocol_are_told(service: Any, queue: BatchQueue, answer: bytes) -> None:
    says(service, answer)
    for work in (queue.submit(asked("a"), "x"), queue.state("b")):
        with pytest.raises(BadReply, match="uni") as caught:
            run(work)
        assert caught.value.retryable


@pytest.mark.parametrize(
    ("row", "status", "error"),
    [
        ({"status": "IN_PROGRESS", "request_counts": None}, "running", ""),
        ({"status": "canceled", "errors": "odd"}, "done", "cancelled"),
        ({"status": "failed", "errors": None, "expires_at": "soon"}, "failed", "does not say why"),
        ({"status": "cancelling", "request_counts": {"total": "many"}}, "running", ""),
        ({"status": "newly invented"}, "running", ""),
    ],
)
def test_states_in_other_services_words_are_understood(
    service: Any, queue: BatchQueue, row: Any, status: str, error: str
) -> None:
    says(service, {"id": "b", **row})
    state = run(queue.state("b"))
    assert state.status == status and error in state.error and bool(error) == bool(state.error)
    assert (state.total, state.expires_at) == (0, None)


def test_cancelling_stops_a_batch_and_leaves_one_that_has_ended(service: Any, queue: BatchQueue) -> None:
    async def work() -> None:
        service.batch_polls = -1
        batch = await queue.submit(asked(), "run-1")
        await queue.cancel(batch)
        assert (await queue.state(batch)).status == "done"
        await queue.cancel(batch)
        assert len([one for _, one in await answers(queue, batch) if isinstance(one, Reply)]) == 2
        other = await queue.submit(asked(), "run-2")
        service.fail(400, path="/cancel")
        with pytest.raises(BadRequest):
            await queue.cancel(other)

    run(work())


def test_what_is_forgotten_is_gone_from_the_service(service: Any, queue: BatchQueue) -> None:
    async def work() -> None:
        service.batch_fate = "expired"
        batch = await queue.submit(asked(), "run-1")
        await queue.state(batch)
        assert len(kept(service)) == 3
        await queue.forget(batch)
        await queue.forget(batch)
        assert kept(service) == []
        with pytest.raises(BadRequest, match=batch):
            await answers(queue, batch)
        other = await queue.submit(asked(), "run-2")
        service.fail(500, path=kept(service)[0])
        with pytest.raises(Overloaded):
            await queue.forget(other)

    run(work())


def test_a_batch_at_openai_costs_half(service: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", KEY)
    monkeypatch.setenv("OPENAI_BASE_URL", service.base_url)
    got = run(through(BatchQueue("gpt-6-luna"), asked("a", model="gpt-6-luna")))
    live = cost("openai", "gpt-6-luna", got["a"].usage)
    assert live and got["a"].cost == pytest.approx(live / 2)


def test_prices_of_batches_come_from_the_data_and_are_not_guessed() -> None:
    usage = Usage(1000, 200)
    live = cost("openai", "gpt-3.5-turbo", usage)
    assert live and batch_cost("openai", "gpt-3.5-turbo", usage) == pytest.approx(live / 2)
    assert batch_cost("openai", "no-such-model", usage) is None
    assert batch_cost("ollama", "llama3", usage) == 0.0
    assert cost("deepseek", "deepseek-chat", usage) and batch_cost("deepseek", "deepseek-chat", usage) is None


def test_data_of_prices_that_knows_no_batches_gives_half_at_openai(monkeypatch: pytest.MonkeyPatch) -> None:
    import genai_prices as prices

    calculate = prices.calc_price
    monkeypatch.setattr(
        prices, "calc_price", lambda usage, model, provider_id: calculate(usage, model, provider_id=provider_id)
    )
    usage = Usage(1000, 200)
    live = cost("openai", "gpt-6-luna", usage)
    assert live and batch_cost("openai", "gpt-6-luna", usage) == live / 2
    assert cost("groq", "llama-3.3-70b-versatile", usage)
    assert batch_cost("groq", "llama-3.3-70b-versatile", usage) is None


@pytest.mark.parametrize("name", [f"batch_{KEY}", "batch\n1", "x" * 1000, "\ud83d", "", 7])
def test_an_id_that_holds_the_key_or_is_none(name: Any, queue: BatchQueue, uni: Any) -> None:
    says(uni, {"id": name, "status": "completed", "metadata": {"otree_ego": "first"}, "data": [
        {"id": name, "status": "completed", "metadata": {"otree_ego": "first"}}]})  # fmt: skip
    for work in (lambda: queue.submit(asked(), "first"), lambda: queue.find("first")):
        with pytest.raises(BadReply, match="no id") as caught:
            run(work())
        assert KEY not in str(caught.value)


def test_what_a_state_says_is_bounded(queue: BatchQueue, uni: Any) -> None:
    wrong = {"message": None, "code": {"a": KEY}, "line": 3}
    says(
        uni,
        {"id": "b", "status": "failed", "expires_at": float("inf"), "errors": [wrong, {"message": KEY, "code": KEY}],
         "request_counts": {"total": 10**30, "completed": -1, "failed": True}},
    )  # fmt: skip
    state = run(queue.state("b"))
    assert (state.total, state.completed, state.failed, state.expires_at) == (0, 0, 0, None)
    assert KEY not in repr(state) and "[key]" in state.error


def test_a_line_that_echoes_the_key(queue: BatchQueue, uni: Any) -> None:
    reply = {
        "choices": [{"message": {"content": f"It is {KEY}.", "reasoning": KEY}, "finish_reason": "stop"}],
        "model": KEY,
    }
    uni.reply = "Hi"
    batch = run(queue.submit(asked("a"), "first"))
    lines = [{"custom_id": name, "response": {"status_code": 200, "body": reply}} for name in ("a", KEY)]
    data = "\n".join(map(json.dumps, lines)).encode()
    uni.send(data, path="/content", headers={"Content-Type": "application/jsonl"})
    found = run(answers(queue, batch))
    assert [name for name, _ in found] == ["a"] and found[0][1].text == "It is [key]." and KEY not in repr(found)
