"""The wheel of otree_ego that a project carries: as pip makes it, from a checkout and from what was installed."""

from __future__ import annotations

import base64
import hashlib
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
from harness.project import REPO

from otree_ego import __version__
from otree_ego.projects.own_wheel import from_index, own_wheel

REBUILD = """\
import pathlib, sys
from otree_ego.projects.own_wheel import own_wheel
wheel = own_wheel()
pathlib.Path(sys.argv[1], wheel.name).write_bytes(wheel.content)
"""


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = own_wheel()
    file = tmp_path_factory.mktemp("wheel") / made.name
    file.write_bytes(made.content)
    return file


def test_it_is_whole_and_the_same_each_time(wheel: Path) -> None:
    own_wheel.cache_clear()
    again = own_wheel()
    assert (again.name, again.content) == (wheel.name, wheel.read_bytes())
    assert wheel.name.startswith(f"otree_ego-{__version__}+c") and from_index() == ""
    with zipfile.ZipFile(wheel) as archive:
        names = archive.namelist()
        record = next(name for name in names if name.endswith("RECORD"))
        rows = [line.split(",") for line in archive.read(record).decode().splitlines()]
        assert [row[0] for row in rows] == names
        for name, digest, size in rows[:-1]:
            content = archive.read(name)
            found = base64.urlsafe_b64encode(hashlib.sha256(content).digest()).rstrip(b"=").decode()
            assert (digest, int(size)) == (f"sha256={found}", len(content))
    assert len(set(names)) == len(names) and not [
        name for name in names if "__pycache__" in name or name.endswith("_key")
    ]
    assert {"otree_ego/_gallery/ego_chat/__init__.py", "otree_ego/_static/otree_ego/chat.js"} <= set(names)


def test_pip_installs_it_and_what_was_installed_gives_it_again(wheel: Path, tmp_path: Path) -> None:
    site = tmp_path / "site"
    pip = [
        sys.executable,
        "-m",
        "pip",
        "install",
        "--quiet",
        "--no-deps",
        "--no-index",
        "--target",
        site,
        f"{wheel}[local]",
    ]
    subprocess.run(pip, check=True, capture_output=True)
    (tmp_path / "again").mkdir()
    code = [sys.executable, "-c", f"import sys; sys.path.insert(0, {str(site)!r})\n{REBUILD}", tmp_path / "again"]
    subprocess.run(code, cwd=tmp_path, env={"PATH": ""}, check=True)
    (again,) = (tmp_path / "again").iterdir()
    assert (again.name, again.read_bytes()) == (wheel.name, wheel.read_bytes())


def test_a_folder_without_a_record_is_said(wheel: Path, tmp_path: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(tmp_path, [name for name in archive.namelist() if name.startswith("otree_ego/")])
    code = [sys.executable, "-c", f"import sys; sys.path.insert(0, {str(tmp_path)!r})\n{REBUILD}", tmp_path]
    done = subprocess.run(code, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert "has no record of its installation: install it again" in done.stderr


def test_a_version_from_an_index_is_named(wheel: Path, tmp_path: Path) -> None:
    site = tmp_path / "site"
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(site)
    (info,) = site.glob("*.dist-info")
    (info / "INSTALLER").write_text("pip\n")
    code = "from otree_ego.projects.requirements import project_requirements as p; print(p(['local'])[0], p()[1])"
    released = f"from otree_ego.projects import own_wheel; own_wheel.ON_INDEX = True; {code}"
    insert = f"import sys; sys.path.insert(0, {str(site)!r})"
    run = [sys.executable, "-c", f"{insert}\n{released}"]
    shown = subprocess.run(run, cwd=tmp_path, capture_output=True, text=True, check=True).stdout.splitlines()
    assert f"otree-ego[local]=={__version__}" in shown and shown[-1] == " None"
    now = [sys.executable, "-c", f"{insert}\n{code}"]
    shown = subprocess.run(now, cwd=tmp_path, capture_output=True, text=True, check=True).stdout.splitlines()
    assert f"./wheels/{wheel.name}[local]" in shown
    (info / "direct_url.json").write_text('{"url": "file:///x.whl", "archive_info": {}}')
    shown = subprocess.run(run, cwd=tmp_path, capture_output=True, text=True, check=True).stdout.splitlines()
    assert f"./wheels/{wheel.name}[local]" in shown


def test_the_checkout_stays_as_it_was() -> None:
    before = {file for file in REPO.glob("*")}
    own_wheel.cache_clear()
    own_wheel()
    assert {file for file in REPO.glob("*")} == before
