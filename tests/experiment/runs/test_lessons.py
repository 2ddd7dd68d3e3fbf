"""What models refuse is learned once in a run, and written down with it: a process that resumes it is not refused."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from otree_ego import GPTThread, extract_number, factorial
from otree_ego.experiment.engines import Joblib
from otree_ego.experiment.runs import replication_recorder
from otree_ego.providers.openai import dialect
from otree_ego.providers.openai.learned import lessons
from otree_ego.stores import RunStore
from otree_ego.testing import FakeService
from otree_ego.testing.templates import refusal

DESIGN = factorial("What is {{ a }}?", a=[1, 2, 3])


def agent() -> GPTThread:
    return GPTThread("gpt-6-luna", backoff=0.01, system_prompt="Be brief.")


def refused(service: FakeService) -> int:
    bodies = [one.body for one in service.requests if one.path.endswith("/chat/completions")]
    return sum(bool(refusal("gemma", [message["role"] for message in body["messages"]])) for body in bodies)


def another_process() -> None:
    dialect.forget()
    replication_recorder._noted.clear()


@pytest.fixture
def gemma(openai: Any) -> Any:
    openai.template, openai.reply = "gemma", "7"
    return openai


@pytest.mark.parametrize("batch", [False, True])
def test_a_run_that_is_resumed_does_not_learn_again(gemma: Any, folder: Path, batch: bool) -> None:
    data = DESIGN.run(agent, extract_number, concurrency=1, batch=batch)
    assert [row["result"] for row in data] == [7, 7, 7]
    if not batch:
        assert refused(gemma) == 1
    store = RunStore(folder / "ego.sqlite3")
    (run,) = store.runs()
    (row,) = store.learned(run.uid)
    assert (row["service"], row["model"], row["words"]) == ("openai", "gpt-6-luna", ["~no_system"])
    reply = next(m for each in store.messages(list(store.first_threads(run.uid).values())).values() for m in each[::-1])
    assert reply.params["message_shape"] == ["no_system", "merged"]
    gemma.clear()
    another_process()
    data = DESIGN.run(agent, extract_number, times=3, concurrency=1, batch=False)
    assert len(data) == 9 and refused(gemma) == 0
    assert len(store.learned(run.uid)) == 1
    assert store.learned("another run") == []
    store.close()


def test_a_second_run_of_the_process_has_it_too(gemma: Any, folder: Path) -> None:
    DESIGN.run(agent, extract_number)
    other = factorial("And what is {{ a }}?", a=[4, 5])
    other.run(agent, extract_number, concurrency=1)
    gemma.clear()
    another_process()
    other.run(agent, extract_number, times=2, concurrency=1)
    assert refused(gemma) == 0 and len(gemma.requests) == 2


class InTurn(Joblib):
    """An engine that does one chunk after the other, in this process, as if each were a process of its own."""

    def map(self, function: Any, chunks: Any, workers: int) -> Any:
        for chunk in chunks:
            another_process()
            yield function(chunk)

    def workers(self) -> int:
        return 1

    def reaches(self, url: str) -> bool:
        return self.near


@pytest.mark.parametrize("near", [True, False])
def test_workers_of_an_engine_learn_from_each_other(gemma: Any, folder: Path, near: bool) -> None:
    engine = InTurn()
    engine.near = near
    DESIGN.run(agent, extract_number, times=5, concurrency=1, engine=engine)
    assert refused(gemma) == 1 and lessons()
    store = RunStore(folder / "ego.sqlite3")
    (run,) = store.runs()
    assert {tuple(row["words"]) for row in store.learned(run.uid)} == {("~no_system",)}
    store.close()


def test_other_lessons_are_written_down_too(openai: Any, folder: Path) -> None:
    openai.refuse, openai.reply = ["temperature"], "7"

    def warm() -> GPTThread:
        return GPTThread("gpt-6-luna", temperature=0.3)

    DESIGN.run(warm, extract_number, concurrency=1)
    assert len(openai.requests) == 4
    another_process()
    DESIGN.run(warm, extract_number, times=2, concurrency=1)
    assert len(openai.requests) == 7
