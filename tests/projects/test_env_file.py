"""`.env`: keys of this machine come into the environment, and a secret for cookies is always there."""

from __future__ import annotations

import logging
import os
import stat
from collections.abc import Iterator
from pathlib import Path
from unittest import mock

import pytest

from otree_ego.errors import ConfigError
from otree_ego.projects import env_values, read_env

SECRET = "OTREE_SECRET_KEY"


@pytest.fixture(autouse=True)
def _environment() -> Iterator[None]:
    with mock.patch.dict(os.environ):
        for name in (SECRET, "OTREE_PRODUCTION", "A_KEY"):
            os.environ.pop(name, None)
        yield


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("", {}),
        ("A_KEY=sk-1\n", {"A_KEY": "sk-1"}),
        ("\ufeffA_KEY = sk-1 \r\n\r\n# B=2\r\n  # C\r\nexport D=4", {"A_KEY": "sk-1", "D": "4"}),
        ("A='x y'\nB=\"#\"\nC='\nD='a\"", {"A": "x y", "B": "#", "C": "'", "D": "'a\""}),
        ("E=''\nF=a=b # c", {"E": "", "F": "a=b # c"}),
        ("A=1\nA=2\nÜ", None),
        ("A=ü\u2028B", {"A": "ü\u2028B"}),
        ("sk-not-shown", None),
        ("=1", None),
        ("1A=1", None),
        ("A=\0", None),
    ],
)  # fmt: skip
def test_lines(text: str, values: dict[str, str] | None, tmp_path: Path) -> None:
    (tmp_path / ".env").write_bytes(text.encode())
    if values is None:
        with pytest.raises(ConfigError, match=r"\.env, line \d, is not NAME=value") as error:
            env_values(tmp_path)
        assert "sk-not-shown" not in str(error.value)
    else:
        found = env_values(tmp_path)
        assert values.items() <= found.items()


def test_the_environment_comes_first(tmp_path: Path) -> None:
    (tmp_path / ".env").write_text(f"A_KEY=of the file\n{SECRET}=s\nPATH=/nowhere\n")
    path = os.environ["PATH"]
    read_env(tmp_path / "settings.py")
    assert (os.environ["A_KEY"], os.environ[SECRET], os.environ["PATH"]) == ("of the file", "s", path)
    os.environ["A_KEY"] = "of the environment"
    read_env(str(tmp_path / "settings.py"))
    assert os.environ["A_KEY"] == "of the environment"


@pytest.mark.parametrize("before", [None, "", "A_KEY=1", "A_KEY=1\n", f"{SECRET}=\n", f"{SECRET}=  \n"])
def test_a_developers_secret_is_made_once_and_kept(before: str | None, tmp_path: Path) -> None:
    file = tmp_path / ".env"
    if before is not None:
        file.write_text(before)
    read_env(tmp_path / "settings.py")
    made = os.environ.pop(SECRET)
    assert (
        len(made) == 64
        and file.read_text()
        == f"{before or ''}{'' if not before or before[-1] == chr(10) else chr(10)}{SECRET}={made}\n"
    )
    if before is None:
        assert stat.S_IMODE(file.stat().st_mode) == 0o600
    read_env(tmp_path / "settings.py")
    assert os.environ[SECRET] == made


@pytest.fixture
def log(caplog: pytest.LogCaptureFixture) -> Iterator[pytest.LogCaptureFixture]:
    logging.getLogger("otree_ego").addHandler(caplog.handler)
    yield caplog
    logging.getLogger("otree_ego").removeHandler(caplog.handler)


def test_key_files_that_otree_zip_packs_are_named(tmp_path: Path, log: pytest.LogCaptureFixture) -> None:
    (tmp_path / ".env").write_text("A=1")
    (tmp_path / "answer_key").mkdir()
    read_env(tmp_path / "settings.py")
    assert log.text == ""
    for name in ("openai_key", "my.key", "prod.env"):
        (tmp_path / name).write_text("sk-1")
    read_env(tmp_path / "settings.py")
    assert "`otree zip` would pack my.key, openai_key with your project" in log.text and "sk-1" not in log.text
    log.clear()
    os.environ["OTREE_PRODUCTION"] = "1"
    read_env(tmp_path / "settings.py")
    assert log.text == ""


def test_in_production_nothing_is_written(tmp_path: Path, log: pytest.LogCaptureFixture) -> None:
    os.environ["OTREE_PRODUCTION"] = "1"
    read_env(tmp_path / "settings.py")
    assert len(os.environ[SECRET]) == 64 and list(tmp_path.iterdir()) == []
    assert "OTREE_SECRET_KEY is not set" in log.text and os.environ[SECRET] not in log.text


def test_a_folder_that_cannot_be_written_to(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise PermissionError

    monkeypatch.setattr("otree_ego.projects.env_file.write_private", refuse)
    read_env(tmp_path / "settings.py")
    assert len(os.environ[SECRET]) == 64


def test_what_is_no_text_is_said(tmp_path: Path) -> None:
    (tmp_path / ".env").write_bytes(b"\xff\xfeA\0=\0")
    with pytest.raises(ConfigError, match="UnicodeDecodeError"):
        env_values(tmp_path)
    (tmp_path / "folder" / ".env").mkdir(parents=True)
    with pytest.raises(ConfigError, match="IsADirectoryError"):
        env_values(tmp_path / "folder")
