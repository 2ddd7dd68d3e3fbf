"""What all verbs share: help, versions, exit codes, and failures in one sentence."""

from __future__ import annotations

import os
import platform
import signal
import subprocess
import sys
from importlib import import_module
from pathlib import Path

import pytest

from otree_ego import __version__
from otree_ego.cli import main, startapp
from otree_ego.cli.command import VERBS, parser

EGO = [sys.executable, "-m", "otree_ego.cli"]


def test_the_version_names_all_three(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--version"]) == 0
    assert capsys.readouterr().out == f"otree_ego {__version__}, oTree 6.0.15, Python {platform.python_version()}\n"


def test_every_verb_has_help(capsys: pytest.CaptureFixture[str]) -> None:
    text = " ".join(parser().format_help().split())
    for verb in VERBS:
        assert main([verb, "--help"]) == 0
        assert f"usage: ego {verb}" in capsys.readouterr().out
        assert f"{verb} {import_module(f'otree_ego.cli.{verb}').HELP}" in text


def test_only_the_verb_that_is_asked_for_is_loaded() -> None:
    code = "import sys; from otree_ego.cli import main; main(['runs', '--help']); print(*sys.modules)"
    loaded = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.split()
    assert "otree_ego.cli.runs" in loaded
    assert {f"otree_ego.cli.{verb}" for verb in VERBS if verb != "runs"}.isdisjoint(loaded)
    assert {"otree", "openai", "sqlalchemy.orm"}.isdisjoint(loaded)


@pytest.mark.parametrize("line", [[], ["nonsense"], ["startapp"], ["check", "--nonsense"], ["demo", "--port", "70000"]])
def test_a_wrong_command_line_gives_2(line: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(line) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert "usage: ego" in err


def test_a_failure_is_one_sentence(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("EGO_DEBUG", raising=False)
    assert main(["startapp", "chat"]) == 1
    assert capsys.readouterr() == (
        "", f"ego: There is no settings.py in {tmp_path}: change to your oTree project's folder first.\n"
    )  # fmt: skip
    monkeypatch.setenv("EGO_DEBUG", "1")
    with pytest.raises(startapp.Failure):
        main(["startapp", "chat"])


def test_what_nobody_expected_is_one_sentence_too(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def broken(_: object) -> int:
        raise ZeroDivisionError("by\nzero")

    monkeypatch.setattr(startapp, "run", broken)
    assert main(["startapp", "chat"]) == 1
    assert capsys.readouterr().err == "ego: Unexpected ZeroDivisionError: by zero (EGO_DEBUG=1 shows where).\n"


def test_ctrl_c_is_quiet(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    def interrupted(_: object) -> int:
        raise KeyboardInterrupt

    monkeypatch.setattr(startapp, "run", interrupted)
    assert main(["startapp", "chat"]) == 128 + signal.SIGINT
    assert capsys.readouterr() == ("", "")


@pytest.mark.slow
def test_a_reader_that_goes_away_is_no_error(tmp_path: Path) -> None:
    read, write = os.pipe()
    os.close(read)
    env = {**os.environ, "PYTHONPATH": str(Path(__file__).resolve().parents[2])}
    with open(write, "wb") as pipe:
        done = subprocess.run(
            [*EGO, "--version"], cwd=tmp_path, env=env, stdout=pipe, stderr=subprocess.PIPE, check=False
        )
    assert (done.returncode, done.stderr) == (1, b"")
