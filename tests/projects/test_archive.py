"""`ego zip`, and what `otree zip` makes of a project of ours: no key in either archive."""

from __future__ import annotations

import os
import subprocess
import sys
import tarfile
from pathlib import Path

import pytest
from hypothesis import given, strategies as st

from otree_ego.cli import main
from otree_ego.projects import IGNORED, holds_key

KEY = "sk-proj-0123456789abcdef"
KEY_FILES = (
    "openai_key", "api_key", "openrouter_key", "my.key", ".env.local", "prod.env", "id_rsa", "server.pem",
    "api_key.txt", "OPENAI_KEY", "secrets.toml", "sub/openai_key", "sub/.env", "textsynth_key",
)  # fmt: skip
KEPT = ("answer_key.html", "keys.py", ".env.example", "sub/key_page.py", "monkey.txt", "environment.csv")


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    for name in ("OTREE_SECRET_KEY", "OTREE_ADMIN_PASSWORD", "POSTGRES_PASSWORD", "OPENAI_API_KEY"):
        monkeypatch.setenv(name, "")
        monkeypatch.delenv(name)
    assert main(["startproject", "my_study", "--model", "gpt-6-luna"]) == 0
    folder = tmp_path / "my_study"
    monkeypatch.chdir(folder)
    with (folder / ".env").open("a") as file:
        file.write(f"OPENAI_API_KEY={KEY}\n")
    return folder


def contents(archive: Path) -> dict[str, bytes]:
    with tarfile.open(archive) as tar:
        return {entry.name: tar.extractfile(entry).read() for entry in tar if entry.isfile()}  # type: ignore[union-attr]


def otree_zip(folder: Path, **env: str) -> dict[str, bytes]:
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
    subprocess.run(
        ["otree", "zip"], cwd=folder, env={**os.environ, "PATH": path, **env}, check=True, capture_output=True
    )
    return contents(folder / f"{folder.name}.otreezip")


def secrets_of(folder: Path) -> list[bytes]:
    lines = (folder / ".env").read_text().splitlines()
    return [line.partition("=")[2].encode() for line in lines if not line.startswith("#")]


@pytest.mark.parametrize("tool", ["otree zip", "ego zip"])
def test_no_key_in_the_archive(tool: str, project: Path) -> None:
    before = {file.relative_to(project).as_posix(): file.read_bytes() for file in project.rglob("*") if file.is_file()}
    if tool == "ego zip":
        assert main(["zip"]) == 0
        packed = contents(project / "my_study.otreezip")
    else:
        packed = otree_zip(project, OTREE_NO_RUNTIME_TXT="1")
    assert packed == {name: content for name, content in before.items() if name != ".env"}
    assert not [name for name, content in packed.items() for secret in secrets_of(project) if secret in content]
    after = {name: (project / name).read_bytes() for name in before}
    assert after == before


def test_what_otree_does_to_the_python_version(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """If this fails, oTree keeps the file: `ego zip` and the project's README need not speak of it."""
    mine = (project / ".python-version").read_bytes()
    assert otree_zip(project)[".python-version"] == b"3.12"
    assert not (project / ".python-version").exists()
    assert main(["zip"]) == 0
    assert contents(project / "my_study.otreezip")[".python-version"] == mine
    assert "MB)" in capsys.readouterr().out


def test_files_that_people_keep_keys_in(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with (project / "settings.py").open("a") as file:
        file.write('EGO_SERVICES = {"mine": {"base_url": "http://127.0.0.1:1/v1", "key_files": ["schluessel"]}}\n')
    (project / "sub").mkdir()
    for name in (*KEY_FILES, "schluessel"):
        (project / name).write_text(KEY)
    for name in (*KEPT, "db.sqlite3", "old.otreezip", "__temp_x", "sub/x.pyc"):
        (project / name).write_text("kept")
    assert main(["zip"]) == 0
    packed = contents(project / "my_study.otreezip")
    assert not [name for name, content in packed.items() if KEY.encode() in content]
    assert set(KEPT) <= packed.keys() and not {"db.sqlite3", "old.otreezip", "__temp_x", "sub/x.pyc"} & packed.keys()
    said = capsys.readouterr().out
    assert [name for name in (*KEY_FILES, "schluessel") if name not in said] == []


@pytest.mark.parametrize("name", ["settings.py", "ego_chat/__init__.py", "notes.txt", "deep/er/x.csv"])
def test_a_key_in_another_file_is_refused(name: str, project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = project / name
    file.parent.mkdir(parents=True, exist_ok=True)
    lines = file.read_text() if file.exists() else ""
    file.write_text(f'{lines}# a line\nKEY = "{KEY}"\n')
    assert main(["zip"]) == 1
    error = capsys.readouterr().err
    assert f"A key or a password stands in {name}, line {lines.count(chr(10)) + 2}: keep it in .env" in error
    assert KEY not in error and not (project / "my_study.otreezip").exists()


def test_windows_line_ends_become_those_of_servers(project: Path) -> None:
    for name in ("Procfile", "requirements.txt", ".python-version"):
        (project / name).write_bytes((project / name).read_bytes().replace(b"\n", b"\r\n"))
    assert main(["zip"]) == 0
    packed = contents(project / "my_study.otreezip")
    assert packed["Procfile"] == b"web: otree prodserver\n"
    assert b"\r" not in packed["requirements.txt"] + packed[".python-version"]
    assert (project / "Procfile").read_bytes() == b"web: otree prodserver\r\n"


def test_git_takes_no_key_either(project: Path) -> None:
    (project / "answer_key").mkdir()
    (project / "answer_key" / "__init__.py").write_text("")
    (project / "sub").mkdir()
    for name in (*KEY_FILES, *KEPT):
        (project / name).write_text("x")
    git = ["git", "-c", "init.defaultBranch=main", "-c", "core.excludesFile="]
    subprocess.run([*git, "init", "-q"], cwd=project, check=True)
    shown = subprocess.run(
        [*git, "status", "--porcelain", "-uall"], cwd=project, check=True, capture_output=True, text=True
    )
    new = {line[3:] for line in shown.stdout.splitlines()}
    assert not {*KEY_FILES} & new and {*KEPT, "answer_key/__init__.py", "settings.py", ".python-version"} <= new


def test_otree_unpacks_what_ego_packs(project: Path, tmp_path: Path) -> None:
    assert main(["zip"]) == 0
    (tmp_path / "there").mkdir()
    (project / "my_study.otreezip").rename(tmp_path / "there" / "my_study.otreezip")
    subprocess.run(
        [Path(sys.executable).with_name("otree"), "unzip", "my_study.otreezip"], cwd=tmp_path / "there", check=True,
        capture_output=True,
    )  # fmt: skip
    assert (tmp_path / "there" / "my_study" / "ego_chat" / "__init__.py").is_file()


def test_a_project_that_otree_made(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """`otree zip` keeps otree_ego in requirements.txt, and `ego zip` gives it line ends that a shell understands."""
    otree = Path(sys.executable).with_name("otree")
    subprocess.run([otree, "startproject", "theirs", "--noinput"], cwd=tmp_path, check=True, capture_output=True)
    monkeypatch.chdir(tmp_path / "theirs")
    assert main(["startapp", "chat", "--yes"]) == 0
    needed = (tmp_path / "theirs" / "requirements.txt").read_bytes()
    packed = otree_zip(tmp_path / "theirs")
    assert packed["requirements.txt"] == needed and b"./wheels/otree_ego-" in needed and b"psycopg2" in needed
    assert any(name.startswith("wheels/otree_ego-") for name in packed) and "ego_chat/__init__.py" in packed
    assert b"\r" in packed["Procfile"], "oTree has mended its template: docs/deploying.md says otherwise"
    assert main(["zip"]) == 0
    again = contents(tmp_path / "theirs" / "theirs.otreezip")
    assert b"\r" not in again["Procfile"] + again["requirements.txt"] and again.keys() >= packed.keys() - {".gitignore"}


def test_an_older_project_is_made_ready(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    assert main(["zip"]) == 1
    assert "There is no settings.py" in capsys.readouterr().err
    (tmp_path / "settings.py").write_text("SESSION_CONFIGS = []\n")
    (tmp_path / "requirements.txt").write_text("otree\n")
    assert main(["zip"]) == 0
    out, err = capsys.readouterr()
    assert "Added to requirements.txt: ./wheels/otree_ego-" in out and "does not name psycopg2-binary" in err
    packed = contents(tmp_path / f"{tmp_path.name}.otreezip")
    assert {"settings.py", "requirements.txt", ".python-version"} < packed.keys()


@given(st.sampled_from(IGNORED), st.text("abc_.-", min_size=1, max_size=8))
def test_all_that_git_leaves_out_counts_as_a_key(pattern: str, text: str) -> None:
    name = pattern.replace("*", text)
    assert holds_key(f"folder/{name}") or name.endswith((".py", ".md", ".js"))
