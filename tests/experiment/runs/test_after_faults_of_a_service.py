"""After each fault of a service: the run goes on with the next good answer, and the record says what happened."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from harness import PostgreSQL
from harness.database import PATIENCE
from harness.faults import FAULTS, MARK

from otree_ego import GPTThread
from otree_ego.errors import EgoError
from otree_ego.experiment import factorial
from otree_ego.messages import Message
from otree_ego.stores import RunStore
from otree_ego.testing import FakeService

STOPS = {"401": "check the key", "429": "patience"}
"""Faults with which no other call would succeed, either, and what the run says of them."""
SOON = 1.0
"""Seconds of the deadline while a service stands still. What comes after it has as long as any test waits."""


def replies(store: Any, run: str) -> dict[int, list[Message]]:
    """The replies at each place, in the order of their attempts."""
    with_store = RunStore(store)
    try:
        seats = list(with_store.seats(run))
        found = with_store.messages([seat.thread.uid for seat in seats])
        places: dict[int, list[Message]] = {}
        for seat in seats:
            places.setdefault(seat.place, []).extend(m for m in found[seat.thread.uid] if m.role == "assistant")
        return places
    finally:
        with_store.close()


@pytest.mark.any_database
@pytest.mark.parametrize("name", FAULTS)
def test_a_design(openai: FakeService, database: PostgreSQL | None, folder: Path, name: str) -> None:
    fault, store = FAULTS[name], folder / "ego.sqlite3" if database is None else database.database().env["DATABASE_URL"]
    levels = [1] if name == "stall" else [1, 2]  # three requests stand still for each
    design = factorial("Say {{ a }}.", a=levels)
    options: dict[str, Any] = dict(concurrency=1, store=store, patience=0.5)
    seconds = {"deadline": SOON if name == "stall" else PATIENCE}

    def agent() -> GPTThread:
        return GPTThread("gpt-6-luna", retries=0, **seconds)

    openai.reply = lambda body: body["messages"][-1]["content"][4:-1]
    GPTThread("gpt-6-luna").submit("Say 0.")  # what is loaded for the first request has its time
    openai.clear()
    fault.plan(openai)
    try:
        data = design.run(agent, int, **options)
        assert name not in STOPS and data.failed == len(levels)
    except EgoError as error:
        assert STOPS[name] in str(error)
    openai.heal()
    seconds["deadline"] = PATIENCE
    data = design.run(agent, int, **options)
    assert [row["result"] for row in data] == levels
    assert MARK not in json.dumps([request.body for request in openai.requests])
    found = replies(store, data.run)
    first = found[0][0]
    assert (first.status, first.error, first.text) == ("failed", fault.error, fault.kept)
    assert fault.says in first.error_text
    assert (MARK in str(first.params)) is (name == "thoughts never closed")
    assert [(last.status, last.text, last.error) for *_, last in found.values()] == [
        ("complete", str(level), "") for level in levels
    ]
