"""One contract for every store that a Thread's messages are kept in."""

from __future__ import annotations

import asyncio
import json
import os
import pickle
import sys
from pathlib import Path
from typing import Any

import pytest
from harness import Project, store_contract, warm_python
from harness.chat import TALK_FILES
from harness.project import REPO
from harness.server import PRIVATE
from harness.store_contract import CHECKS, Answers, Check, Records, declare, held, make, plain, waited

from otree_ego import Conversation, Message, Request, replicate
from otree_ego.cli import main
from otree_ego.experiment.engines import Joblib
from otree_ego.ports import MemoryStore, SyncInAsync
from otree_ego.stores import RunStore

pytestmark = pytest.mark.usefixtures("_declared")


@pytest.fixture
def _declared(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("EGO_STORE", raising=False)
    declare()


@pytest.fixture(params=["sqlite", "postgresql"])
def place(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """Where runs are recorded."""
    return str(request.getfixturevalue("pg_url")) if request.param == "postgresql" else str(tmp_path / "ego.sqlite3")


def stored(place: str, convo: Conversation) -> Records:
    """What a store of runs has of the Threads, read by a connection of its own."""
    store = RunStore(place, create=False)
    found = store.messages([thread.id for thread in convo.threads])
    store.close()
    return [found[thread.id] for thread in convo.threads]


# --- in memory --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("check", CHECKS.values(), ids=CHECKS)
def test_memory(check: Check) -> None:
    plain(check, make())
    asyncio.run(waited(check, make()))


def test_memory_gives_places_and_settles_anything() -> None:
    store = MemoryStore()
    one, two = store.append("t", [Message("user", "a"), Message("assistant", "", status="pending")])
    assert (one.seq, two.seq, one.text) == (1, 2, "a")
    assert store.append("t", []) == ()
    store.settle("t", two)
    behind = SyncInAsync(store)
    (three,) = asyncio.run(behind.append("t", [Message("user", "b")]))
    asyncio.run(behind.settle("t", three))
    assert three.seq == 3


# --- where experiments record -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("check", CHECKS.values(), ids=CHECKS)
def test_a_replication_in_plain_code(check: Check, place: str) -> None:
    seen: list[Any] = []

    def play(convo: Conversation) -> None:
        seen.append((plain(check, convo), stored(place, convo)))

    replicate(play, make, 1, store=place)
    held(*seen[0])


@pytest.mark.parametrize("check", CHECKS.values(), ids=CHECKS)
def test_a_replication_in_async_code(check: Check, place: str) -> None:
    seen: list[Any] = []

    async def play(convo: Conversation) -> None:
        seen.append((await waited(check, convo), await asyncio.to_thread(stored, place, convo)))

    replicate(play, make, 1, store=place)
    held(*seen[0])


@pytest.mark.parametrize("check", CHECKS.values(), ids=CHECKS)
def test_a_replication_whose_worker_does_not_reach_the_store(check: Check, place: str) -> None:
    """What it notes in a Notebook is written by its parent, when the share is done."""
    file = Path("remembered")

    def play(convo: Conversation) -> None:
        file.write_bytes(
            pickle.dumps({thread.id: said for thread, said in zip(convo, plain(check, convo), strict=True)})
        )

    replicate(play, make, 1, store=place, engine=Far(1))
    remembered = pickle.loads(file.read_bytes())
    store = RunStore(place, create=False)
    held(list(remembered.values()), list(store.messages(list(remembered)).values()))
    store.close()


class Far(Joblib):
    """Workers that reach no store."""

    def reaches(self, url: str) -> bool:
        return False


LOOPS = """
from harness import store_contract

def run(times):
    store_contract.LOOP()
"""


@pytest.mark.any_database
@pytest.mark.parametrize("wait", [False, True], ids=["plain", "async"])
@pytest.mark.parametrize("check", CHECKS.values(), ids=CHECKS)
def test_a_scenario_that_loops_by_itself(
    check: Check, wait: bool, place: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[Any] = []

    def loop() -> None:
        convo = make()
        remembered = asyncio.run(waited(check, convo)) if wait else plain(check, convo)
        seen.append((remembered, stored(place, convo)))

    (tmp_path / "loops.py").write_text(LOOPS)
    monkeypatch.setattr(store_contract, "LOOP", loop, raising=False)
    assert main(["run", "loops.py", "-n", "1", "--store", place]) == 0
    held(*seen[0])


def test_what_is_under_way_is_in_the_store(place: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """While a model thinks, the question and the place for its reply are safe."""
    seen: list[tuple[str, str, str]] = []

    def look(_: Request) -> None:
        store = RunStore(place, create=False)
        (run,) = store.runs()
        for seat in store.seats(run.uid):
            seen.extend((m.role, m.text, m.status) for m in store.messages([seat.thread.uid])[seat.thread.uid])
        store.close()

    monkeypatch.setattr(Answers, "look", staticmethod(look))
    replicate(lambda convo: convo.ann.submit("Hello"), make, 1, store=place)
    assert seen == [("user", "Hello", "complete"), ("assistant", "", "pending")]


# --- in oTree's database ----------------------------------------------------------------------------------------------

IN_OTREE = """
import asyncio, json, sys, traceback
sys.argv[1:] = ["shell"]
sys.path.insert(0, "")
import otree.main
otree.main.setup()
import otree.session
from otree.database import db
from otree_ego import ai
from harness.store_contract import CHECKS, declare, held, make, plain, waited
from talk import Player

declare()
otree.session.create_session("talk", num_participants=1)
db.commit()
player = Player.objects_first()


def again(suffix):
    with ai(player, suffix) as convo:
        return [thread.messages for thread in convo.threads]


def in_a_page(check, suffix):
    with ai(player, suffix) as convo:
        remembered = plain(check, convo)
    db.commit()
    held(remembered, again(suffix))


async def in_a_live_method(check, suffix):
    async with ai(player, suffix) as convo:
        remembered = await waited(check, convo)
    held(remembered, again(suffix))


found = {}
for name, check in CHECKS.items():
    for kind in ("page", "live_method"):
        suffix = f"{kind}-{name}"
        try:
            ai(player, suffix).set(make())
            db.commit()
            if kind == "page":
                in_a_page(check, suffix)
            else:
                asyncio.run(in_a_live_method(check, suffix))
            found[suffix] = ""
        except Exception:
            found[suffix] = traceback.format_exc()
            db.rollback()
print("FOUND" + json.dumps(found))
"""


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def in_otree(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """For each check what went wrong with it on the stores of a page and of a live method, empty if nothing did."""
    project = Project(tmp_path_factory.mktemp("contract") / "project", apps={"talk": TALK_FILES})
    project.write("contract.py", IN_OTREE)
    env = {name: value for name, value in os.environ.items() if not PRIVATE.fullmatch(name)}
    if request.param == "postgresql":
        env |= request.getfixturevalue("pg").database().env
    done = warm_python.run(
        [sys.executable, "contract.py"], cwd=project.folder, text=True, timeout=300,
        env={**env, "PYTHONPATH": os.pathsep.join([str(REPO), str(REPO / "tests")])},
    )  # fmt: skip
    line = next((line for line in done.stdout.splitlines() if line.startswith("FOUND")), "")
    assert line, done.stdout + done.stderr
    found: dict[str, str] = json.loads(line.removeprefix("FOUND"))
    return found


@pytest.mark.any_database
@pytest.mark.parametrize("kind", ["page", "live_method"])
@pytest.mark.parametrize("check", CHECKS)
def test_attached_in_otree(in_otree: dict[str, str], kind: str, check: str) -> None:
    assert in_otree[f"{kind}-{check}"] == ""
