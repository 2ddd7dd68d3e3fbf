"""`ego migrate`: shows what would change, asks, writes with a backup, and says what is left to a person."""

from __future__ import annotations

import os
import pty
import subprocess
import sys
from pathlib import Path

import pytest

from otree_ego.cli import main

REPO = Path(__file__).parents[2]
SCRIPT = 'from alter_ego.structure import Thread\n\nt = Thread("constant/Hi")\nt.submit("{{a}}", a=1)\n'
AFTER = 'from otree_ego import Thread, Prompt\n\nt = Thread("constant/Hi")\nt.submit(Prompt("{{a}}"), a=1)\n'


@pytest.fixture
def script(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "study.py").write_text(SCRIPT)
    return tmp_path / "study.py"


def test_without_a_terminal_it_only_shows(script: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["migrate", "."]) == 0
    shown = capsys.readouterr().out
    assert '+t.submit(Prompt("{{a}}"), a=1)' in shown and '-t.submit("{{a}}", a=1)' in shown
    assert "Nothing was written" in shown and "--yes" in shown and "\x1b" not in shown
    assert script.read_text() == SCRIPT and os.listdir() == ["study.py"]


def test_with_yes_it_writes_and_a_second_time_there_is_nothing_to_do(
    script: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["migrate", "study.py", "--yes"]) == 0
    assert script.read_text() == AFTER and Path("study.py.bak").read_text() == SCRIPT
    shown = capsys.readouterr().out
    assert "Wrote study.py; as it was, it is study.py.bak." in shown and "built.json needs no change" in shown
    assert main(["migrate", "study.py", "--yes"]) == 0
    assert "Nothing to change in 1 file." in capsys.readouterr().out
    assert sorted(os.listdir()) == ["study.py", "study.py.bak"] and script.read_text() == AFTER


@pytest.mark.parametrize(("typed", "text"), [("y", AFTER), ("n", SCRIPT), ("", SCRIPT)])
def test_on_a_terminal_it_is_coloured_and_asks(script: Path, typed: str, text: str) -> None:
    ours, theirs = pty.openpty()
    env = {**os.environ, "PYTHONPATH": str(REPO), "TERM": "xterm"}
    env.pop("NO_COLOR", None)
    with subprocess.Popen(
        [sys.executable, "-m", "otree_ego.cli", "migrate", "study.py"], stdin=theirs, stdout=theirs, stderr=theirs,
        cwd=script.parent, env=env, close_fds=True,
    ) as child:  # fmt: skip
        os.close(theirs)
        shown = b""
        while b"[y/N]" not in shown:
            shown += os.read(ours, 4096)
        os.write(ours, typed.encode() + b"\n")
        try:
            while more := os.read(ours, 4096):
                shown += more
        except OSError:  # the terminal's other end is closed
            pass
        assert child.wait() == 0
    os.close(ours)
    assert b"\x1b[32m+t.submit(Prompt" in shown and b"\x1b[31m-t.submit(" in shown
    assert script.read_text() == text


def test_what_is_left_to_a_person_has_file_and_line(script: Path, capsys: pytest.CaptureFixture[str]) -> None:
    script.write_text(SCRIPT + "t.history_hooks.add(print)\n")
    assert main(["migrate", "study.py"]) == 0
    shown = capsys.readouterr().out
    assert "Look at these yourself:" in shown and "study.py:5: there are no hooks" in shown


def test_a_key_is_not_shown(script: Path, capsys: pytest.CaptureFixture[str]) -> None:
    script.write_text(SCRIPT + 't = Thread("gpt-6-luna", api_key="sk-proj-abcdefghijklmnop")\n')
    assert main(["migrate", "study.py"]) == 0
    shown = capsys.readouterr().out
    assert "abcdefgh" not in shown and "[key]" in shown and "study.py:5: a key stands in the source" in shown


@pytest.mark.parametrize(("path", "words"), [("nowhere", "There is no nowhere"), ("loop", "loop cannot be read")])
def test_a_path_that_is_none(script: Path, path: str, words: str, capsys: pytest.CaptureFixture[str]) -> None:
    Path("loop").symlink_to("loop")
    assert main(["migrate", "study.py", path, "--yes"]) == 1
    assert words in capsys.readouterr().err and script.read_text() == SCRIPT


def test_an_empty_folder_and_one_without_alter_ego(
    tmp_path: Path, script: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    Path("empty").mkdir()
    script.write_text('t.submit("{{a}}")\n')
    assert main(["migrate", "empty"]) == 0 and main(["migrate", "study.py"]) == 0
    assert capsys.readouterr().out.splitlines() == ["Nothing to change in 0 files.", "Nothing to change in 1 file."]


def test_a_broken_file_and_a_read_only_one_are_left_and_the_rest_is_done(
    script: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    Path("broken.py").write_text("import alter_ego.agents\nprint 'x'\n")
    Path("kept.py").write_text(SCRIPT)
    Path("kept.py").chmod(0o444)
    assert main(["migrate", ".", "--yes"]) == 1
    told = capsys.readouterr()
    assert "Left alone: broken.py: it is not Python (line 2" in told.out and "kept.py is read-only" in told.err
    assert script.read_text() == AFTER and Path("kept.py").read_text() == SCRIPT
    assert Path("broken.py").read_text().startswith("import alter_ego")


def test_windows_line_ends_and_a_mark_at_the_beginning_stay(script: Path) -> None:
    script.write_bytes(b"\xef\xbb\xbf" + SCRIPT.replace("\n", "\r\n").encode())
    assert main(["migrate", "study.py", "--yes"]) == 0
    assert script.read_bytes() == b"\xef\xbb\xbf" + AFTER.replace("\n", "\r\n").encode()


def test_without_a_path_the_command_line_is_wrong(script: Path) -> None:
    assert main(["migrate"]) == 2
