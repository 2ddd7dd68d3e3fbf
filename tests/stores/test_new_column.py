"""A column with its migration: added to a copy of the package as somebody would add it, and met by every kind of store.

oTree's databases meet the same one in tests/binding/otree_internals/test_tables.py.
"""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from harness.next_version import next_version
from harness.old_databases import load, unpack

from otree_ego.errors import StoreError
from otree_ego.stores import Run, RunStore
from otree_ego.stores.migrations import STORE

NOW = len(STORE)
SCRIPT = """
import json, sys
from otree_ego import ConstantThread, factorial
from otree_ego.stores import RunStore, rows

store = RunStore(sys.argv[1])
before = [run.name for run in store.runs()]
store.close()
data = factorial("{{ a }}", a=[1, 2]).run(lambda: ConstantThread("5"), None, name="new", store=sys.argv[1])
store = RunStore(sys.argv[1])
with store.transaction() as c:
    found = {
        "before": before, "rows": len(data), "names": [run.name for run in store.runs()],
        "version": [row[0] for row in c.execute("select version from otree_ego_schema")],
        "colours": [row[0] for row in c.execute("select colour from otree_ego_thread")],
        "in schema": "colour" in rows.THREADS.c,
    }
store.close()
print(json.dumps(found))
"""


@pytest.fixture(scope="module")
def changed(tmp_path_factory: pytest.TempPathFactory) -> str:
    """A copy of the package with one more column, for PYTHONPATH."""
    return str(next_version(tmp_path_factory.mktemp("next")))


@pytest.fixture(params=["sqlite", "postgresql"])
def place(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """Where nothing is yet."""
    if request.param == "postgresql":
        return str(request.getfixturevalue("pg_url"))
    return str(tmp_path / "ego.sqlite3")


def opened(place: str, changed: str) -> dict[str, Any]:
    """What the changed package finds and does in a store."""
    command = [sys.executable, "-c", SCRIPT, place]
    done = subprocess.run(
        command, cwd=changed, env={"PYTHONPATH": changed}, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    assert found["in schema"] and found["rows"] == 2
    assert found["version"] == [NOW + 1] and set(found["colours"]) == {"none"}
    return found


def test_a_new_store_has_it(place: str, changed: str) -> None:
    found = opened(place, changed)
    assert (found["before"], found["names"], len(found["colours"])) == ([], ["new"], 2)


def test_a_store_of_today_gets_it_and_is_then_too_new(place: str, changed: str) -> None:
    store = RunStore(place)
    store.begin(Run("kept", "factorial", "d"))
    store.close()
    assert opened(place, changed)["names"] == ["kept", "new"]
    with pytest.raises(StoreError, match=rf"newer otree_ego \(version {NOW + 1} of its tables; this one knows {NOW}\)"):
        RunStore(place)
    assert opened(place, changed)["names"] == ["kept", "new"]  # what is done already is not asked again


def test_a_store_of_version_one_gets_it(tmp_path: Path, changed: str) -> None:
    found = opened(str(unpack("store-1", tmp_path / "ego.sqlite3")), changed)
    assert (found["before"], found["names"], len(found["colours"])) == ([], ["new"], 3)


def test_a_store_of_version_two_gets_it(place: str, changed: str, request: pytest.FixtureRequest) -> None:
    if place.startswith("postgresql"):
        load("store-2", request.getfixturevalue("_lasting"))
    else:
        unpack("store-2", Path(place))
    found = opened(place, changed)
    assert (found["before"], found["names"]) == (["times", "dilemma"], ["times", "dilemma", "new"])
    assert len(found["colours"]) == 18
