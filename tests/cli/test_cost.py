"""`ego cost`: every request counts, by model; an unknown price is not a price of nothing."""

from __future__ import annotations

from pathlib import Path

import pytest
from harness import PostgreSQL, recorded

from otree_ego.cli import main
from otree_ego.messages import Message
from otree_ego.stores import RunStore


def rows(text: str) -> list[list[str]]:
    return [line.split() for line in text.splitlines()]


@pytest.fixture(params=["sqlite", "postgres"])
def where(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("COLUMNS", raising=False)
    if request.param == "sqlite":
        return "ego.sqlite3"
    cluster: PostgreSQL = request.getfixturevalue("pg")
    return cluster.database().env["DATABASE_URL"]


def test_costs_are_told_by_model(where: str, capsys: pytest.CaptureFixture[str]) -> None:
    store = RunStore(where)
    recorded.factorial(store)
    recorded.built(store)
    store.close()
    assert main(["cost", "fac7", "--store", where]) == 0
    assert rows(capsys.readouterr().out) == [
        ["approval", "(fac70000)"],
        ["model", "requests", "unanswered", "tokens", "in", "out", "reasoning", "US", "dollars"],
        ["campus/llama-3.3-70b", "1", "0", "40", "1", "0", "?"],
        # 10 answers, one of them asked twice; 2 x 3 requests and one more that came to nothing
        ["gpt-6-sol", "18", "7", "440", "17", "0", "$0.0055"],
        ["total", "19", "7", "480", "18", "0", "$0.0055+?"],
        [
            "?",
            "1",
            "reply",
            "has",
            "no",
            "known",
            "price",
            "(campus/llama-3.3-70b)",
            "and",
            "counts",
            "as",
            "nothing",
            "here.",
        ],
        ["12", "replications,", "$0.00045833+?", "each", "on", "average"],
        [],
    ]
    assert main(["cost", "--store", where]) == 0
    out = capsys.readouterr().out
    assert "dictator (b1110000)" in out
    assert "4 replications, $0.0027 each on average" in out
    everything = rows(out[out.index("all 2 experiments") :])
    assert everything[4][:3] == ["gpt-6-sol", "36", "7"]
    assert everything[5] == ["total", "55", "7", "1,920", "196", "0", "$0.0163+?"]
    # the whole id, its beginning, and both
    assert main(["cost", "fac7", "fac7" + "0" * 28, "--store", where]) == 0
    assert capsys.readouterr().out.count("approval (fac70000)") == 1


def test_a_fallback_is_counted_where_it_answered(where: str, capsys: pytest.CaptureFixture[str]) -> None:
    store = RunStore(where)
    fallen = Message(
        "assistant", "5", author="local/smollm2", model="gpt-6-sol", model_answered="smollm2", cost=0.0, attempts=1,
        tokens_in=1200, tokens_out=3, tokens_reasoning=2,
    )  # fmt: skip
    recorded.single(store, [Message("assistant", "not asked for"), fallen], result=5, cost=0.0)
    store.close()
    assert main(["cost", "--store", where]) == 0
    assert rows(capsys.readouterr().out)[2:4] == [
        ["local/smollm2", "1", "0", "1,200", "3", "2", "$0"],
        ["1", "replication,", "$0", "each", "on", "average"],
    ]


def test_a_run_that_has_asked_nothing_costs_nothing(where: str, capsys: pytest.CaptureFixture[str]) -> None:
    store = RunStore(where)
    recorded.single(store, [Message("user", "Hello?")])
    store.close()
    assert main(["cost", "51", "--store", where]) == 0
    assert capsys.readouterr().out == "single (51000000)\nNo requests have been sent.\n\n"
