"""The fake service's Batch API, as the real SDK sees it."""

from __future__ import annotations

import http.client
import json
from collections.abc import Iterator
from typing import Any

import openai
import pytest

from otree_ego.testing import FakeService

ENDPOINT: Any = "/v1/chat/completions"


@pytest.fixture
def api(service: FakeService) -> Iterator[openai.OpenAI]:
    with openai.OpenAI(base_url=service.base_url, api_key="sk-test", max_retries=0) as client:
        yield client


def line(name: str, text: str = "Hi", model: str = "gpt-6-luna", url: str = ENDPOINT, **more: Any) -> dict[str, Any]:
    body = {"model": model, "messages": [{"role": "user", "content": text}], **more}
    return {"custom_id": name, "method": "POST", "url": url, "body": body}


def upload(api: openai.OpenAI, *lines: Any) -> Any:
    data = "".join((one if isinstance(one, str) else json.dumps(one)) + "\n" for one in lines).encode()
    return api.files.create(file=("in.jsonl", data), purpose="batch")


def create(api: openai.OpenAI, *lines: Any, **metadata: str) -> Any:
    source = upload(api, *(lines or [line(f"q{at}") for at in range(4)]))
    return api.batches.create(
        input_file_id=source.id, endpoint=ENDPOINT, completion_window="24h", metadata=metadata or None
    )


def read(api: openai.OpenAI, name: str | None) -> list[Any]:
    return [json.loads(text) for text in api.files.content(name).text.splitlines()] if name else []


def test_a_file_is_kept_and_deleted(api: openai.OpenAI) -> None:
    data = b'{"custom_id": "caf\xc3\xa9"}\r\n--\n\n'
    made = api.files.create(file=("in.jsonl", data), purpose="batch")
    assert (made.bytes, made.filename, made.purpose, made.object) == (len(data), "in.jsonl", "batch", "file")
    assert api.files.content(made.id).content == data
    assert api.files.retrieve(made.id) == made and [one.id for one in api.files.list()] == [made.id]
    assert api.files.delete(made.id).deleted
    with pytest.raises(openai.NotFoundError, match=made.id):
        api.files.retrieve(made.id)


@pytest.mark.parametrize(("name", "purpose"), [("in.txt", "batch"), ("in.jsonl", "vision")])
def test_other_files_are_refused(api: openai.OpenAI, name: str, purpose: Any) -> None:
    with pytest.raises(openai.BadRequestError):
        api.files.create(file=(name, b"{}"), purpose=purpose)


def test_a_batch_goes_its_way(service: FakeService, api: openai.OpenAI) -> None:
    service.batch_polls = 3
    service.reply = lambda body: f"You said {body['messages'][-1]['content']}"
    made = create(api, line("a", "x"), line("b", "y"), study="one")
    assert (made.status, made.metadata, made.object, made.errors) == ("validating", {"study": "one"}, "batch", None)
    looks = [api.batches.retrieve(made.id) for _ in range(5)]
    assert [look.status for look in looks] == ["validating", "in_progress", "finalizing", "completed", "completed"]
    counts = looks[-1].request_counts
    assert counts is not None and (counts.total, counts.completed, counts.failed) == (2, 2, 0)
    assert looks[-1].error_file_id is None and looks[-1].completed_at and made.expires_at == made.created_at + 86400
    lines = read(api, looks[-1].output_file_id)
    assert [one["custom_id"] for one in lines] == ["a", "b"]
    assert lines[0]["response"]["status_code"] == 200 and lines[0]["error"] is None
    assert lines[0]["response"]["body"]["choices"][0]["message"]["content"] == "You said x"


def test_it_is_done_at_the_first_look_unless_told_otherwise(service: FakeService, api: openai.OpenAI) -> None:
    assert api.batches.retrieve(create(api).id).status == "completed"
    service.batch_polls = -1
    made = create(api)
    assert {api.batches.retrieve(made.id).status for _ in range(5)} == {"in_progress"}
    service.batch_polls = 0
    assert api.batches.retrieve(made.id).status == "completed"


def test_lists_are_replies_in_the_order_of_the_lines(service: FakeService, api: openai.OpenAI) -> None:
    service.reply, service.batch_shuffled = ["0", "1", "2", "3"], True
    lines = read(api, api.batches.retrieve(create(api).id).output_file_id)
    texts = {one["custom_id"]: one["response"]["body"]["choices"][0]["message"]["content"] for one in lines}
    assert texts == {"q0": "0", "q1": "1", "q2": "2", "q3": "3"} and list(texts) != sorted(texts)


def test_batches_are_listed_newest_first_in_pages(api: openai.OpenAI) -> None:
    made = [create(api).id for _ in range(5)]
    page = api.batches.list(limit=2)
    assert [one.id for one in page.data] == made[:2:-1] and page.has_more
    assert [one.id for one in api.batches.list(limit=2)] == made[::-1]


@pytest.mark.parametrize(("fate", "code"), [("expired", "batch_expired"), ("cancelled", "batch_cancelled")])
def test_half_is_answered(service: FakeService, api: openai.OpenAI, fate: str, code: str) -> None:
    service.batch_fate = fate
    batch = api.batches.retrieve(create(api).id)
    assert batch.status == fate
    assert [one["custom_id"] for one in read(api, batch.output_file_id)] == ["q0", "q1"]
    undone = read(api, batch.error_file_id)
    assert [one["custom_id"] for one in undone] == ["q2", "q3"]
    assert {(one["response"], one["error"]["code"]) for one in undone} == {(None, code)}


def test_it_fails_as_when_the_queue_is_full(service: FakeService, api: openai.OpenAI) -> None:
    service.batch_fate = "failed"
    batch = api.batches.retrieve(create(api).id)
    assert batch.status == "failed" and batch.output_file_id is None
    assert batch.errors and batch.errors.data and batch.errors.data[0].code == "token_limit_exceeded"


@pytest.mark.parametrize(
    ("lines", "code", "number"),
    [
        (['{"custom_id": '], "invalid_json_line", 1),
        ([line("a"), "[]"], "invalid_json_line", 2),
        ([{**line("a"), "custom_id": 7}], "missing_required_parameter", 1),
        ([line("a"), line("b"), line("a")], "duplicate_custom_id", 3),
        ([line("a", url="/v1/embeddings")], "invalid_url", 1),
        ([line("a"), line("b", model="gpt-6-sol")], "mismatched_model", 2),
        ([""], "invalid_json_line", 1),
    ],
)
def test_files_are_validated(api: openai.OpenAI, lines: list[Any], code: str, number: int) -> None:
    batch = api.batches.retrieve(create(api, *lines).id)
    assert batch.status == "failed" and batch.errors and batch.errors.data
    assert (batch.errors.data[0].code, batch.errors.data[0].line) == (code, number)


def test_an_empty_file_fails(api: openai.OpenAI) -> None:
    source = api.files.create(file=("in.jsonl", b""), purpose="batch")
    made = api.batches.create(input_file_id=source.id, endpoint=ENDPOINT, completion_window="24h")
    errors = api.batches.retrieve(made.id).errors
    assert errors and errors.data and errors.data[0].code == "empty_file"


@pytest.mark.parametrize(
    "wrong", [{"input_file_id": "file-no"}, {"endpoint": "/v1/embeddings"}, {"completion_window": "1h"}]
)
def test_a_wrong_batch_is_refused(api: openai.OpenAI, wrong: Any) -> None:
    right = {"input_file_id": upload(api, line("a")).id, "endpoint": ENDPOINT, "completion_window": "24h"}
    with pytest.raises(openai.BadRequestError):
        api.batches.create(**{**right, **wrong})


def test_lines_fail_one_by_one(service: FakeService, api: openai.OpenAI) -> None:
    service.refuse = ("seed",)
    service.batch_fail = {"b": 429, "c": (400, "Against our content policy."), "d": "timeout", "e": "missing"}
    service.batch_fail |= {"f": "twice", "g": "stray", "h": "empty", "i": "refusal", "k": "nonsense"}
    made = create(api, *(line(name) for name in "abcdefghik"), line("l", seed=1))
    batch = api.batches.retrieve(made.id)
    good = [(one["custom_id"], one["response"]["body"]["choices"][0]) for one in read(api, batch.output_file_id)]
    assert [name for name, _ in good] == ["a", "f", "f", "nobody's", "h", "i"]
    assert dict(good)["h"]["message"]["content"] == "" and dict(good)["i"]["message"]["refusal"]
    bad = {one["custom_id"]: one for one in read(api, batch.error_file_id)}
    assert {name: one["response"] and one["response"]["status_code"] for name, one in bad.items()} == {
        "b": 429,
        "c": 400,
        "d": None,
        "k": 500,
        "l": 400,
    }
    assert "policy" in bad["c"]["response"]["body"]["error"]["message"]
    assert bad["d"]["error"]["code"] == "request_timeout"


def test_lines_fail_by_a_function_and_break(service: FakeService, api: openai.OpenAI) -> None:
    service.batch_fail = lambda body: "malformed" if body["messages"][0]["content"] == "torn" else None
    batch = api.batches.retrieve(create(api, line("a", "torn"), line("b")).id)
    torn, whole = api.files.content(batch.output_file_id or "").text.splitlines()
    assert json.loads(whole)["custom_id"] == "b"
    with pytest.raises(json.JSONDecodeError):
        json.loads(torn)


def test_a_batch_is_cancelled(service: FakeService, api: openai.OpenAI) -> None:
    service.batch_polls = -1
    made = create(api)
    assert api.batches.cancel(made.id).status == "cancelling"
    assert api.batches.retrieve(made.id).status == "cancelled"
    with pytest.raises(openai.ConflictError, match="cancelled"):
        api.batches.cancel(made.id)


def test_errors_and_drops_hit_the_path_they_are_meant_for(service: FakeService, api: openai.OpenAI) -> None:
    service.fail(500, path="/batches")
    with pytest.raises(openai.InternalServerError):
        create(api)
    assert [one.path for one in service.requests] == ["/v1/files", "/v1/batches"]
    service.fault("drop_before", path="/files")
    with pytest.raises(openai.APIConnectionError):
        create(api)
    assert create(api).status == "validating"


def test_faults_of_chats_wait_for_a_chat(service: FakeService, api: openai.OpenAI) -> None:
    service.fault("empty")
    assert api.batches.retrieve(create(api).id).status == "completed"
    asked: Any = [{"role": "user", "content": "Hi"}]
    assert api.chat.completions.create(model="gpt-6-luna", messages=asked).choices[0].message.content == ""


def test_a_service_without_batches_and_one_with_a_key(service: FakeService, api: openai.OpenAI) -> None:
    service.batches = False
    with pytest.raises(openai.NotFoundError, match="Invalid URL"):
        create(api)
    service.batches, service.key = True, "sk-other"
    with pytest.raises(openai.AuthenticationError):
        create(api)


@pytest.mark.parametrize("path", ["/v1/filesystem", "/v1/batches/no", "/v1/files/no/content/more", "/v1/batches//x"])
def test_other_paths_are_not_found(service: FakeService, path: str) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", service.port)
    connection.request("GET", path)
    assert connection.getresponse().status == 404
    connection.close()


def test_another_process_steers_batches(service: FakeService, api: openai.OpenAI) -> None:
    def control(order: Any) -> int:
        connection = http.client.HTTPConnection("127.0.0.1", service.port)
        connection.request("POST", "/control", json.dumps(order))
        status = connection.getresponse().status
        connection.close()
        return status

    settings = {"batch_polls": 1, "batch_fate": "expired", "batch_fail": {"q0": [503, "Busy."]}, "batch_shuffled": True}
    assert control({"set": settings}) == 200
    assert control({"set": {"batch_fate": "lost"}}) == 400
    made = create(api)
    assert [api.batches.retrieve(made.id).status for _ in range(2)] == ["in_progress", "expired"]
    errors = read(api, api.batches.retrieve(made.id).error_file_id)
    assert errors[0]["response"]["body"]["error"]["message"] == "Busy."
