"""With what a run was played: looked up, recorded once for each go, and shown."""

from __future__ import annotations

import hashlib
import subprocess
import sys
from collections.abc import Callable, Iterator
from importlib import metadata
from pathlib import Path
from typing import Any

import cloudpickle
import pytest
from harness.scripts import Script

from otree_ego import ConstantThread, factorial, recording
from otree_ego.cli.command import main
from otree_ego.experiment.runs import engine_workers
from otree_ego.providers.local.weights import SMOLLM2
from otree_ego.stores import RunStore, surroundings as module
from otree_ego.stores.surroundings import of_worker, packages, sources, surroundings, words


def git(folder: Path, *line: str) -> str:
    command = ["git", "-c", "user.name=a", "-c", "user.email=a@b", *line]
    return subprocess.run(command, cwd=folder, check=True, capture_output=True, text=True).stdout.strip()


@pytest.fixture(autouse=True)
def nothing_known() -> None:
    module._commit.cache_clear()


def test_packages_are_those_that_importlib_sees() -> None:
    seen = {
        each.metadata["Name"].lower().replace("_", "-").replace(".", "-"): each.version
        for each in metadata.distributions()
    }
    found = {name.replace(".", "-"): version for name, version in packages().items()}
    assert found["openai"] == metadata.version("openai")
    assert {name: version for name, version in found.items() if name in seen} == {
        name: version for name, version in seen.items() if name in found
    }
    assert len(seen.keys() - found.keys()) <= 2, seen.keys() - found.keys()


def test_commit_and_whether_it_is_dirty(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("HEROKU_SLUG_COMMIT", "SOURCE_VERSION"):
        monkeypatch.delenv(name, raising=False)
    assert "commit" not in surroundings(folder, [])
    git(folder, "init", "-q")
    (folder / "study.py").write_text("a = 1\n")
    git(folder, "add", ".")
    git(folder, "commit", "-qm", "first")
    module._commit.cache_clear()
    found = surroundings(folder, [])
    assert (found["commit"], found["dirty"]) == (git(folder, "rev-parse", "HEAD"), False)
    (folder / "data.csv").write_text("not tracked\n")
    (folder / "study.py").write_text("a = 2\n")
    module._commit.cache_clear()
    assert surroundings(folder, [])["dirty"] is True


def test_where_there_is_no_git_the_platform_may_tell(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")
    monkeypatch.setenv("HEROKU_SLUG_COMMIT", "abc")
    found = surroundings(folder, [])
    assert (found["commit"], found["dirty"]) == ("abc", None)


def test_a_digest_of_own_files_alone(folder: Path) -> None:
    for name in ("settings.py", "chat/__init__.py", "chat/Page.html", "prompt.txt"):
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_text(name)
    before = surroundings(folder, [])["sources"]
    assert sorted(before["files"]) == ["chat/Page.html", "chat/__init__.py", "prompt.txt", "settings.py"]
    for name in ("venv/pyvenv.cfg", "venv/lib.py", ".git/x.py", "node_modules/x.js", "__pycache__/x.py", "db.sqlite3"):
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_text("foreign")
    assert surroundings(folder, [])["sources"] == before
    (folder / "prompt.txt").write_text("changed")
    after = surroundings(folder, [])["sources"]
    assert after["digest"] != before["digest"]
    assert {name for name, digest in after["files"].items() if before["files"][name] != digest} == {"prompt.txt"}


def test_files_that_are_large_gone_or_elsewhere(folder: Path) -> None:
    (folder / "large.csv").write_bytes(b"x" * (module.MOST_BYTES + 1))
    (folder / "a.py").write_text("a")
    found = sources([folder / "large.csv", folder / "gone.py", folder / "a.py"], folder / "sub")
    assert found["files"] == {"a.py": hashlib.sha256(b"a").hexdigest()[:16]}
    assert sources([], folder) == {}


def test_weights_only_where_the_embedded_model_is_asked() -> None:
    assert "weights" not in surroundings(models=["gpt-6-luna", "ollama/llama3.2"])
    found = surroundings(models=["gpt-6-luna", "local/smollm2"])
    assert found["weights"] == {"file": SMOLLM2.name, "sha256": SMOLLM2.sha256}


def test_each_go_of_a_run_has_its_own(folder: Path, undrawn: None, capsys: pytest.CaptureFixture[str]) -> None:
    design = factorial("Say {{word}}", word=["a", "b"])
    design.run(lambda: ConstantThread("x"), None, times=1, progress=False)
    design.run(lambda: ConstantThread("x"), None, times=2, progress=False)
    design.run(lambda: ConstantThread("x"), None, times=2, progress=False)
    store = RunStore()
    (run,) = store.runs()
    goes = store.surroundings(run.uid)
    assert len(goes) == 2, "nothing was asked in the third"
    assert goes[0][1]["packages"]["openai"] == metadata.version("openai")
    changed = {**goes[1][1], "python": "3.99.0"}
    store.note_surroundings(run.uid, changed)
    store.close()
    assert main(["show", run.uid]) == 0
    out = capsys.readouterr().out
    assert out.count("genai-prices") >= 1 and "go 2" in out and "go 3" in out and "3.99.0" in out
    assert main(["report", run.uid, "-o", "r.html"]) == 0
    assert "3.99.0" in Path("r.html").read_text("utf-8")
    with recording("pilot") as pilot:
        ConstantThread("x").submit("1")
    store = RunStore()
    assert len(store.surroundings(pilot.id)) == 1
    store.remove(pilot.id)
    assert store.surroundings(pilot.id) == []
    store.close()


class Elsewhere:
    """An engine of which each worker has another package than this process, and is another machine."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.patch = monkeypatch

    def workers(self) -> int:
        return 2

    def reaches(self, url: str) -> bool:
        return False

    def dumps(self, chunk: Any) -> bytes:
        data: bytes = cloudpickle.dumps(chunk)
        return data

    def map(self, function: Callable[[bytes], Any], chunks: Iterator[bytes], workers: int) -> Iterator[Any]:
        here = of_worker()
        for number, chunk in enumerate(chunks):
            there = {**here, "worker": f"node{number}", "packages": {**here["packages"], "openai": "1.2.3"}}
            with self.patch.context() as patch:
                patch.setattr(engine_workers, "of_worker", lambda there=there: there)
                yield function(chunk)


def test_workers_of_an_engine_that_have_other_packages(
    folder: Path, undrawn: None, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    design = factorial("Say {{word}}", word=["a", "b", "c"])
    design.run(lambda: ConstantThread("x"), None, times=3, engine=Elsewhere(monkeypatch), concurrency=2, progress=False)
    store = RunStore()
    (run,) = store.runs()
    goes = [content for _, content in store.surroundings(run.uid)]
    assert [(one.get("worker"), one["packages"]["openai"]) for one in goes] == [
        (None, metadata.version("openai")), ("node0", "1.2.3")
    ]  # fmt: skip
    store.close()
    assert main(["show", run.uid]) == 0
    out = capsys.readouterr().out
    assert "worker node0" in out and "openai 1.2.3" in out and "go 2" not in out
    assert main(["report", run.uid, "-o", "r.html"]) == 0
    assert "worker node0: packages" in Path("r.html").read_text("utf-8")


SPREAD = """
from otree_ego import ConstantThread, factorial

design = factorial("Say {{word}}", word=["a", "b"])
design.run(lambda: ConstantThread("x"), None, times=2, engine="joblib", concurrency=2, progress=False)
"""


def test_workers_that_have_the_same_are_not_named(folder: Path) -> None:
    """In a process of its own: this one's workers, and what it knows of its packages, may be of another test."""
    pytest.importorskip("joblib")
    done = subprocess.run([sys.executable, "-c", SPREAD], capture_output=True, text=True, timeout=300, check=False)
    assert done.returncode == 0, done.stderr
    store = RunStore()
    assert len(store.surroundings(store.runs()[0].uid)) == 1
    store.close()


def test_old_and_foreign_rows_are_read() -> None:
    for content in (
        {"packages": "x", "sources": 3, "weights": [], "dirty": "?"},
        {"commit": 5, "packages": {1: 2}},
        {},
    ):
        assert list(words(content, full=True))


def test_a_script_and_its_modules_are_own_code(tmp_path: Path) -> None:
    (tmp_path / "helper.py").write_text("x = 1\n")
    body = """
    import helper
    from otree_ego.stores.surroundings import surroundings
    show(sorted(surroundings(models=[])["sources"]["files"]))
    """
    assert Script(tmp_path, body).run().data == ["helper.py", "study.py"]
