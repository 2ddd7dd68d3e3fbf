"""SECRET_KEY for development: random, one for each project on each machine, the same after a restart, never packed."""

from __future__ import annotations

import os
import runpy
import subprocess
import sys
from pathlib import Path

import pytest
from harness import Project, Server, warm_python
from harness.admin import TOKEN
from harness.database import PATIENCE

from otree_ego import secret_key
from otree_ego.cli import demo
from otree_ego.providers import signing_key

REPO = Path(__file__).resolve().parents[2]
SAY = [sys.executable, "-c", "from otree_ego import secret_key; print(secret_key())"]


@pytest.fixture(autouse=True)
def own_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.delenv("OTREE_SECRET_KEY", raising=False)
    monkeypatch.setenv("EGO_HOME", str(tmp_path / "home"))
    (tmp_path / "project").mkdir()
    monkeypatch.setattr(signing_key, "usual_home", lambda: tmp_path / "home")
    monkeypatch.chdir(tmp_path / "project")
    return tmp_path / "home"


def test_the_environment_comes_first(monkeypatch: pytest.MonkeyPatch, own_home: Path) -> None:
    monkeypatch.setenv("OTREE_SECRET_KEY", " given ")
    assert secret_key() == "given"
    assert not own_home.exists()
    monkeypatch.setenv("OTREE_SECRET_KEY", " ")
    assert len(secret_key()) == 64


def test_it_is_the_same_in_every_process_and_none_reads_half_of_it(own_home: Path) -> None:
    env = {**os.environ, "PYTHONPATH": str(REPO)}
    many = [warm_python.popen(SAY, env=env, stdout=subprocess.PIPE, text=True) for _ in range(6)]
    said = {process.communicate()[0].strip() for process in many}
    assert said == {secret_key()}
    assert [file.name for file in own_home.iterdir()] == ["secret_key"]
    if os.name == "posix":
        assert (own_home / "secret_key").stat().st_mode & 0o077 == 0


def test_each_project_and_each_machine_has_another_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    first, second = secret_key(), secret_key(tmp_path)
    kept = (tmp_path / "home" / "secret_key").read_text()
    assert len({first, second, kept}) == 3
    monkeypatch.setenv("EGO_HOME", str(tmp_path / "another"))
    assert secret_key() != first


def test_one_that_was_cut_short_is_made_again(own_home: Path) -> None:
    secret_key()
    for broken in (b"", b"abc", b"\xff\xfe\x00"):
        (own_home / "secret_key").write_bytes(broken)
        assert len(secret_key()) == 64
        assert secret_key() == secret_key()


def test_it_is_never_kept_in_the_project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("EGO_HOME", str(tmp_path / "project" / "weights"))
    monkeypatch.setattr(signing_key, "usual_home", lambda: tmp_path / "usual")
    assert len(secret_key()) == 64
    assert list((tmp_path / "project").iterdir()) == []
    assert (tmp_path / "usual" / "secret_key").is_file()


def test_where_nothing_can_be_kept_the_servers_processes_have_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("EGO_HOME", str(tmp_path / "file" / "home"))
    monkeypatch.setattr(signing_key, "usual_home", lambda: tmp_path / "file" / "usual")
    monkeypatch.setenv("OTREE_SECRET_KEY", "")  # undone after the test
    mine = secret_key()
    env = {**os.environ, "PYTHONPATH": str(REPO)}
    assert warm_python.run(SAY, env=env, text=True, check=True).stdout.strip() == mine


def test_this_repository_and_the_demo_have_no_public_key_or_password(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("OTREE_ADMIN_PASSWORD", raising=False)
    demo.make_project(tmp_path / "ego_demo")
    for file in (REPO / "settings.py", tmp_path / "ego_demo" / "settings.py"):
        found = runpy.run_path(str(file))
        assert found["SECRET_KEY"] == secret_key() and not found["ADMIN_PASSWORD"]
        assert found["SECRET_KEY"] not in file.read_text()
    monkeypatch.setenv("OTREE_ADMIN_PASSWORD", "from outside")
    monkeypatch.setenv("OTREE_SECRET_KEY", "also from outside")
    found = runpy.run_path(str(tmp_path / "ego_demo" / "settings.py"))
    assert (found["SECRET_KEY"], found["ADMIN_PASSWORD"]) == ("also from outside", "from outside")


@pytest.mark.server
def test_an_administrator_stays_logged_in_after_a_restart(tmp_path: Path, own_home: Path) -> None:
    own = "from otree_ego import secret_key\nSECRET_KEY = secret_key()"
    project = Project(tmp_path / "server", repo_apps=["ego_chat"], settings_extra=own)
    env = {"EGO_HOME": str(own_home), "OTREE_SECRET_KEY": ""}
    with Server(project, None, env, auth_level="STUDY") as running:
        running.get("/sessions")
        key = (own_home / "secret_key").read_text()
        running.stop()
        running.start()
        again = running.http.get(f"{running.url}/sessions", timeout=PATIENCE)
        assert again.status_code == 200 and not again.url.endswith("/login")
        running.http.cookies.clear()
        assert running.http.get(f"{running.url}/sessions", timeout=PATIENCE).url.endswith("/login")
    assert (own_home / "secret_key").read_text() == key
    assert not [file for file in project.folder.rglob("*") if file.is_file() and key.encode() in file.read_bytes()]


@pytest.mark.server
@pytest.mark.parametrize(("password", "entered"), [("", False), ('ADMIN_PASSWORD = ""', True)])
def test_nobody_logs_in_where_no_password_is_set(password: str, entered: bool, tmp_path: Path, own_home: Path) -> None:
    """An empty text lets everybody in, with no password at all: so ours have None, and `ego check` says it."""
    demo.make_project(tmp_path / "demo")
    lines = [line for line in (tmp_path / "demo" / "settings.py").read_text().splitlines() if "ADMIN_PASSWORD" in line]
    project = Project(tmp_path / "server", repo_apps=["ego_chat"], settings_extra="\n".join([*lines, password]))
    with Server(project, None, {"OTREE_AUTH_LEVEL": "STUDY", "EGO_HOME": str(own_home)}) as running:
        page = running.http.get(f"{running.url}/login", timeout=PATIENCE).text
        token = TOKEN.search(page)
        assert token is not None
        form = {"username": "admin", "password": "", token[1]: token[2]}
        assert running.http.post(f"{running.url}/login", data=form, timeout=PATIENCE).status_code == 200
        sessions = running.http.get(f"{running.url}/sessions", timeout=PATIENCE)
        assert sessions.url.endswith("/login") is not entered
