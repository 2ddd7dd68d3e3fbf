"""What was sent in a run can be made again from its store: live, through a batch queue, and in workers."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from otree_ego import GPTThread, extract_number, factorial
from otree_ego.experiment.report.usage import usage
from otree_ego.stores import RunStore
from otree_ego.testing import FakeService
from otree_ego.threads.sent_requests import SentRequest, SentRequests


@pytest.fixture
def model(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[FakeService]:
    monkeypatch.chdir(tmp_path)
    with FakeService() as service:
        monkeypatch.setenv("OPENAI_BASE_URL", service.base_url)
        monkeypatch.setenv("OPENAI_API_KEY", "sk-test-key-123456")
        service.reply = "5"
        yield service


def agent() -> GPTThread:
    return GPTThread(model="gpt-6-luna", temperature=1.0, extra={"top_k": 3}, system_prompt="Be brief.", retries=0)


def run(**options: Any) -> None:
    factorial("How much is {{ a }}?", a=["1", "2"]).run(
        agent, extract_number, name="sums", store="e.sqlite3", **options
    )


def sent_in_run() -> list[SentRequest]:
    store = RunStore("e.sqlite3")
    found = []
    for seat in store.seats(store.runs()[-1].uid):
        found += SentRequests(store.messages([seat.thread.uid])[seat.thread.uid])
    store.close()
    return found


JOBLIB = pytest.param({"engine": "joblib", "concurrency": 2}, id="joblib", marks=[pytest.mark.full, pytest.mark.slow])


@pytest.mark.parametrize("options", [pytest.param({}, id="live"), JOBLIB])
def test_live_and_in_workers(model: FakeService, options: dict[str, Any]) -> None:
    if options:
        pytest.importorskip("joblib")
    run(**options)
    assert sorted(each.content for each in sent_in_run()) == sorted(each.content for each in model.requests)


def test_through_a_batch_queue(model: FakeService) -> None:
    run(batch=True)
    (upload,) = [each.content for each in model.requests if each.path == "/v1/files"]
    lines = [json.loads(line) for line in upload.splitlines() if line.startswith(b'{"custom_id"')]
    assert [each.body for each in sent_in_run()] == [line["body"] for line in lines]
    assert all(each.response_id for each in sent_in_run())


def test_the_report_has_extra_among_the_parameters_as_sent(model: FakeService) -> None:
    run()
    store = RunStore("e.sqlite3")
    assert usage(store, store.runs()[0]).params == {'{"temperature": 1.0, "top_k": 3}': 2}
    store.close()
