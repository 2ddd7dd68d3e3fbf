"""The row of the lease: one holder, whoever is faster, and beats that only the holder writes."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import create_engine
from sqlalchemy.engine import Engine
from sqlalchemy.exc import DBAPIError

from otree_ego.stores import lease_rows
from otree_ego.stores.lease_rows import LEASE, Lease

ANN, BOB = Lease("server:1", 0, "here, process 1", 5.0), Lease("server:2", 0, "there, process 2", 6.0)


@pytest.fixture(params=["sqlite", "postgresql"])
def engine(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Engine]:
    url = f"sqlite:///{tmp_path}/some.sqlite3"
    if request.param == "postgresql":
        url = request.getfixturevalue("pg_url")
    engine = create_engine(url)
    LEASE.create(engine)
    yield engine
    engine.dispose()


def taken(engine: Engine, ours: Lease) -> bool:
    """Looks, and takes what it sees."""
    with engine.begin() as c:
        return lease_rows.take(c, ours, lease_rows.look(c))


def test_it_is_taken_beaten_and_given_up(engine: Engine) -> None:
    with engine.begin() as c:
        assert lease_rows.look(c) is None
    assert taken(engine, ANN)
    with engine.begin() as c:
        assert lease_rows.look(c) == replace(ANN, beat=1)
        assert lease_rows.beat(c, ANN) is None
        assert lease_rows.look(c) == replace(ANN, beat=2)
        assert lease_rows.holder_now(c) == ANN.holder
        lease_rows.give_up(c, BOB.holder)
        assert lease_rows.holder_now(c) == ANN.holder, "nobody gives up what another one holds"
        lease_rows.give_up(c, ANN.holder)
        assert lease_rows.holder_now(c) == ""


def test_who_has_not_seen_the_last_beat_takes_nothing(engine: Engine) -> None:
    taken(engine, ANN)
    with engine.begin() as c:
        seen = lease_rows.look(c)
        lease_rows.beat(c, ANN)
    with engine.begin() as c:
        assert not lease_rows.take(c, BOB, seen)
    assert taken(engine, BOB)
    with engine.begin() as c:
        assert lease_rows.beat(c, ANN) == replace(BOB, beat=3), "the one of before learns who has it"
        assert lease_rows.beat(c, BOB) is None


@pytest.mark.parametrize("lost", ["row", "holder"])
def test_what_nobody_holds_is_the_holders_again(engine: Engine, lost: str) -> None:
    taken(engine, ANN)
    engine.execute(LEASE.delete() if lost == "row" else LEASE.update().values(holder=""))
    with engine.begin() as c:
        assert lease_rows.beat(c, ANN) is None
        assert lease_rows.holder_now(c) == ANN.holder


@pytest.mark.parametrize("first", ["no row", "given up", "held"])
def test_of_many_at_once_one_takes_it(engine: Engine, first: str) -> None:
    if first != "no row":
        taken(engine, ANN)
    if first == "given up":
        with engine.begin() as c:
            lease_rows.give_up(c, ANN.holder)
    with engine.begin() as c:
        seen = lease_rows.look(c)
    together, won = threading.Barrier(6), []

    def try_it(number: int) -> None:
        ours = Lease(f"server:{10 + number}", 0)
        together.wait(60)
        try:
            with engine.begin() as c:
                if lease_rows.take(c, ours, seen):
                    won.append(ours.holder)
        except DBAPIError:
            return

    threads = [threading.Thread(target=try_it, args=(number,)) for number in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    with engine.begin() as c:
        assert [lease_rows.holder_now(c)] == won[-1:] and len(won) == 1
