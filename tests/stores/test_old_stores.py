"""Stores that earlier versions have made open, are read, and go on."""

from __future__ import annotations

import pickle
from pathlib import Path
from typing import Any

import pytest
from harness.old_databases import load, unpack
from sqlalchemy import create_engine

from otree_ego import ConstantThread, Conversation, Experiment, Message, extract_number, factorial, replicate
from otree_ego.stores import RunStore, rows
from otree_ego.stores.migrations import STORE
from otree_ego.stores.versions import version_of
from otree_ego.threads.thread import Thread


def version(url: str) -> int | None:
    engine = create_engine(url)
    with engine.connect() as connection:
        found = version_of(connection)
    engine.dispose()
    return found


@pytest.fixture(params=["sqlite", "postgresql"])
def second(request: pytest.FixtureRequest, tmp_path: Path, pg: Any) -> str:
    """A store of version 2."""
    if request.param == "sqlite":
        return f"sqlite:///{unpack('store-2', tmp_path / 'ego.sqlite3')}"
    database = pg.database()
    load("store-2", database)
    return str(database.env["DATABASE_URL"])


def test_the_first_version_is_brought_up_to_date_and_its_threads_go_on(tmp_path: Path) -> None:
    file = unpack("store-1", tmp_path / "ego.sqlite3")
    assert version(f"sqlite:///{file}") is None
    store = RunStore(file)
    assert store.runs() == [] and version(store.url) == len(STORE)
    with store.transaction() as c:
        row = rows.find(c, "demo")
        assert row is not None
        said = rows.messages(c, row.uid)
        rows.append(c, [(row.uid, [Message("user", "and on")])])
    assert [(m.seq, m.role, m.text) for m in said] == [
        (1, "system", "Be brief."), (2, "user", "How are you?"), (3, "assistant", "Fine."),
    ]  # fmt: skip
    llm = Thread.revive(row.kind, row.uid, pickle.loads(row.state))
    assert (llm.mood, llm.submit("And you?")) == ("good", "Fine.")
    assert [m.seq for m in store.messages([row.uid])[row.uid]] == [1, 2, 3, 4]
    store.close()


def test_what_the_second_version_holds_is_read(second: str) -> None:
    assert version(second) == 2
    store = RunStore(second)
    times, dilemma = store.runs()
    assert [(run.name, run.status, run.planned) for run in (times, dilemma)] == [
        ("times", "done", 8), ("dilemma", "done", 4),
    ]  # fmt: skip
    assert [ended.result for ended in store.replications(times.uid)] == [12] * 8
    assert [(ended.treatment, ended.result) for ended in store.replications(dilemma.uid)] == [
        ("high", 8), ("low", 8), ("high", 8), ("low", 8),
    ]  # fmt: skip
    seats = list(store.seats(dilemma.uid))
    assert [(seat.place, seat.seat) for seat in seats] == [(place, seat) for place in range(4) for seat in (1, 2)]
    assert {seat.thread.kind for seat in seats} == {"ConstantThread"}
    assert pickle.loads(seats[0].thread.state)["model"] == "constant/3"
    assert [m.text for m in store.messages([seats[0].thread.uid])[seats[0].thread.uid]] == [
        "Keep or give?", "How much?", "3",
    ]  # fmt: skip
    store.close()
    assert version(second) == len(STORE)


def test_its_runs_go_on_where_they_were(second: str) -> None:
    data = factorial("What is {{ a }} times {{ b }}?", a=[2, 3], b=[4, 5]).run(
        lambda: ConstantThread("It is 12."), extract_number, times=3, seed=7, name="times", store=second
    )
    assert len(data) == 12 and [row["result"] for row in data] == [12] * 12
    done = replicate(_played, _pair, 5, experiment=Experiment("low", "high"), seed=1, name="dilemma", store=second)
    assert [each.result for each in done] == [8] * 5
    store = RunStore(second)
    assert [(run.name, run.planned) for run in store.runs()] == [("times", 12), ("dilemma", 5)], "a second run was made"
    assert sum(m.role == "assistant" for m in _all(store)) == 12 + 5 * 2, "nothing was asked twice"
    store.close()


def _pair() -> Conversation:
    return Conversation(ann=ConstantThread("3"), bob=ConstantThread("5"))


def _played(convo: Conversation) -> float:
    convo.all.system("Keep or give?")
    return sum(extract_number(thread.submit("How much?")) for thread in convo)


# A run is known by the function that plays it: this is the one of the script that has made the old stores.
_played.__module__, _played.__qualname__ = "__main__", "play"


def _all(store: RunStore) -> list[Message]:
    uids = [seat.thread.uid for run in store.runs() for seat in store.seats(run.uid)]
    return [message for record in store.messages(uids).values() for message in record]
