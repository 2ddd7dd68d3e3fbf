"""What is declared in a script is known in the worker processes of an engine, as far as it can be sent."""

from __future__ import annotations

import json
import os
import pickle
import sys
from pathlib import Path
from typing import Any

import pytest
from harness import warm_python
from harness.project import REPO

from otree_ego.errors import ConfigError
from otree_ego.providers import declarations as tables, declare_provider, provider_for, worker_copies
from otree_ego.providers.worker_copies import copy_declarations, declare_copies

pytestmark = pytest.mark.usefixtures("clean_slate")
SCRIPT = """
import json, os, threading
from otree_ego import Reply, Thread, declare_provider, declare_service, factorial
from otree_ego.experiment.engines import Joblib

class Mine:
    def __init__(self, model):
        self.model, self.asked = model, 0
    async def stream(self, request):
        self.asked += 1
        yield Reply(f"{self.model} {os.getpid()} {self.asked}", model=self.model)

class Acme(Mine):
    def __init__(self, service):
        super().__init__(service.base_url)

class Locked(Mine):
    def __init__(self, model, lock):
        super().__init__(model)

lock = threading.Lock()
declare_provider("mine", Mine)
declare_provider("acme", Acme, protocol=True)
declare_provider("locked", lambda model: Locked(model, lock))
declare_service("acme", "https://acme.example", protocol="acme")

def run(model):
    try:
        design = factorial("{{ a }}", a=list(range(24)))
        return [row["result"] for row in design.run(lambda: Thread(model), None, engine=Joblib(2), concurrency=2)]
    except Exception as error:
        return f"{type(error).__name__}: {error}"

if __name__ == "__main__":
    print(json.dumps({"here": os.getpid(), **{model: run(model) for model in ("mine/x", "acme/y", "locked/z")}}))
"""


def test_workers_know_what_a_script_declares(tmp_path: Path) -> None:
    (tmp_path / "script.py").write_text(SCRIPT)
    done = warm_python.run(
        [sys.executable, "script.py"], cwd=tmp_path, text=True, timeout=300,
        env={**os.environ, "PYTHONPATH": str(REPO)},
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    said = json.loads(done.stdout)
    for model, name in (("mine/x", "x"), ("acme/y", "https://acme.example")):
        rows = [row.split() for row in said[model]]
        assert [row[0] for row in rows] == [name] * 24
        assert str(said["here"]) not in {row[1] for row in rows}, "it was asked in this process"
        # a share has five of them: what a worker has made is kept from one share to the next
        assert max(int(row[2]) for row in rows) > 5
    assert said["locked/z"].startswith("ConfigError: the provider 'locked' cannot be used in a worker process (TypeErr")


class Kept:
    """A factory that can be pickled."""

    def __init__(self, model: str) -> None:
        self.model = model

    def stream(self, request: Any) -> Any: ...


def in_a_worker(monkeypatch: pytest.MonkeyPatch, copies: Any) -> None:
    """As if this process had only been started now, elsewhere."""
    monkeypatch.setattr(worker_copies, "_PROCESS", "another")
    monkeypatch.setattr(worker_copies, "_known", {})
    tables.declared_providers.clear()
    declare_copies(pickle.loads(pickle.dumps(copies)))


def test_what_is_not_on_the_workers_machine_is_told_when_it_is_used(monkeypatch: pytest.MonkeyPatch) -> None:
    declare_provider("mine", Kept)
    declare_provider("gone", Kept)
    copies = copy_declarations(pickle.dumps)
    copies.factories["gone", False] = b"cnowhere_at_all\nLlama\n."  # type: ignore[index]
    in_a_worker(monkeypatch, copies)
    assert isinstance(provider_for("mine/x"), Kept)
    with pytest.raises(ConfigError, match="'gone' cannot be used in a worker process \\(ModuleNotFoundError"):
        provider_for("gone/x")


def test_in_the_same_process_nothing_is_declared_anew() -> None:
    declare_provider("mine", Kept)
    before = provider_for("mine/x")
    declare_copies(copy_declarations(pickle.dumps))
    assert provider_for("mine/x") is before
