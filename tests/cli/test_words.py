"""`ego words` and the rows of `ego check` about a project's own language."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from harness.own_language import JAPANESE, own_language

from otree_ego.cli import main
from otree_ego.languages.packs import read_anew
from otree_ego.languages.toml_text import read_toml

SETTINGS = """
SESSION_CONFIG_DEFAULTS = dict(ego_model="constant/Hi", participation_fee=0)
SESSION_CONFIGS = [dict(name="a", app_sequence=["garden"], ego_language={language!r})]
"""
TEXTS = 'TEXTS = dict(en=dict(hi="Hi, {name}!", bye="Bye"), de=dict(hi="Hallo, {name}!", bye="Tschüss"))\n'


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    monkeypatch.chdir(tmp_path)
    before = list(sys.path)
    read_anew()
    (tmp_path / "garden").mkdir()
    (tmp_path / "garden" / "texts.py").write_text(TEXTS, "utf-8")
    (tmp_path / "settings.py").write_text(SETTINGS.format(language="ja"), "utf-8")
    yield tmp_path
    sys.path[:] = before
    read_anew()


def test_a_file_is_begun_filled_in_and_gone_on_with(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["words", "JA", "--write"]) == 0
    file = project / "ego_words" / "ja.toml"
    rows = read_toml(file.read_text("utf-8"))
    assert rows["chat"]["send"] == "" and rows["app.garden"] == {"hi": "", "bye": ""}
    file.write_text(file.read_text("utf-8").replace('hi = ""', 'hi = "やあ、{name}"'), "utf-8")
    read_anew()
    assert main(["words", "ja", "--write"]) == 0
    assert read_toml(file.read_text("utf-8"))["app.garden"] == {"hi": "やあ、{name}", "bye": ""}
    capsys.readouterr()
    assert main(["words", "ja", "--missing"]) == 0
    assert "ego_words/ja.toml: [app.garden] lacks bye: these are in English." in capsys.readouterr().out


def test_printed(project: Path, capfdbinary: pytest.CaptureFixture[bytes]) -> None:
    assert main(["words", "de"]) == 0
    printed = capfdbinary.readouterr().out.decode()
    assert 'send = "Senden"' in printed and 'bye = "Tschüss"' in printed and '# in English: "Bye"' in printed


@pytest.mark.parametrize(
    ("line", "why"), [(["klingon!"], "is no code of a language"), (["sw", "--missing"], "There is no")]
)
def test_slips(project: Path, capsys: pytest.CaptureFixture[str], line: list[str], why: str) -> None:
    assert main(["words", *line]) > 0
    assert why in capsys.readouterr().err


def test_check(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = project / "ego_words"
    folder.mkdir()
    (folder / "ja.toml").write_text(own_language(JAPANESE, ["garden"]), "utf-8")
    (folder / "sw.toml").write_text('[chat]\nleft = "{m}"\nsennd = ""\n', "utf-8")
    assert main(["check", "--no-network"]) == 1
    said = " ".join(capsys.readouterr().out.split())
    assert "language ja ok ego_words/ja.toml has all words" in said
    assert "language sw failed ego_words/sw.toml: [chat] left: it has {m}, which nothing is put in for" in said
    assert "language sw warning ego_words/sw.toml: [chat] has no text 'sennd'; did you mean send?" in said
    assert "config a failed" not in said
    (folder / "ja.toml").unlink()
    read_anew()
    assert main(["check", "--no-network"]) == 1
    assert "ego_language = 'ja': this setting takes one of de, en, sw" in " ".join(capsys.readouterr().out.split())


def test_texts_that_cannot_be_read_are_said(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (project / "garden" / "texts.py").write_text("from . import nothing\n", "utf-8")
    assert main(["words", "ja", "--write"]) == 0
    assert "app.garden" not in (project / "ego_words" / "ja.toml").read_text("utf-8")
