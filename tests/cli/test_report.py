"""`ego report`: one file, written whole, over nothing but an earlier report."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest
from harness import recorded, warm_python

from otree_ego.cli import main
from otree_ego.experiment.report.html import MARK
from otree_ego.stores import Run, RunStore


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("EGO_STORE", raising=False)
    store = RunStore(tmp_path / "ego.sqlite3")
    recorded.factorial(store)
    store.begin(Run("empty / run", "scenario", "e", planned=3, uid="e" * 32))
    store.close()
    return tmp_path


def pages(folder: Path) -> list[str]:
    return sorted(file.name for file in folder.iterdir() if "sqlite3" not in file.name)


def test_it_is_named_after_the_run(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["report", "fac7"]) == 0
    assert pages(folder) == ["report-approval-fac70000.html"]
    assert "Wrote the report of fac70000 (approval) to report-approval-fac70000.html." in capsys.readouterr().out
    text = (folder / "report-approval-fac70000.html").read_text(encoding="utf-8")
    assert MARK in text
    assert text.rstrip().endswith("</html>")


def test_an_earlier_report_is_overwritten(folder: Path, undrawn: None) -> None:
    assert main(["report", "fac7", "-o", "a.html"]) == 0
    assert main(["report", "eeee", "-o", "a.html"]) == 0
    assert "Nothing of this run has ended yet" in (folder / "a.html").read_text(encoding="utf-8")
    assert pages(folder) == ["a.html"]


def test_another_file_is_not_overwritten_without_force(
    folder: Path, undrawn: None, capsys: pytest.CaptureFixture[str]
) -> None:
    (folder / "mine.html").write_text("<p>my thesis</p>")
    assert main(["report", "fac7", "-o", "mine.html"]) == 1
    assert "The file mine.html is there already and is no report of otree_ego" in capsys.readouterr().err
    assert (folder / "mine.html").read_text() == "<p>my thesis</p>"
    assert main(["report", "fac7", "-o", "mine.html", "--force"]) == 0
    assert MARK in (folder / "mine.html").read_text(encoding="utf-8")


def test_a_file_that_only_ends_like_a_report_is_none(folder: Path, undrawn: None) -> None:
    (folder / "mine.html").write_text("x" * 5000 + MARK)
    assert main(["report", "fac7", "-o", "mine.html"]) == 1


@pytest.mark.parametrize(
    ("line", "sentence"),
    [
        (["report", "beef"], "There is no run 'beef'"),
        (["report", "fac7", "-o", "no/such/a.html"], "There is no folder"),
        (["report", "fac7", "-o", "."], "There is a folder at .: name a file in it"),
        (["report", "fac7", "--store", "other.sqlite3"], "There is no store at"),
        (["report", "fac7", "-o", "/proc/a.html"], "The file /proc/a.html cannot be written"),
    ],
)
def test_what_cannot_be_done_is_said_in_a_sentence(
    line: list[str], sentence: str, folder: Path, undrawn: None, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(line) == 1
    written = capsys.readouterr()
    assert sentence in written.err
    assert len(written.err.splitlines()) == 1
    assert written.out == ""
    assert pages(folder) == []


def test_it_goes_to_stdout_when_asked(folder: Path) -> None:
    done = warm_python.run([sys.executable, "-m", "otree_ego.cli", "report", "fac7", "-o", "-"])
    assert (done.returncode, done.stderr) == (0, b"")
    assert done.stdout.startswith(b"<!DOCTYPE html>")
    assert pages(folder) == []


def test_a_browser_cannot_open_stdout(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["report", "fac7", "-o", "-", "--open"]) == 2
    assert "leave out --open or -o -" in capsys.readouterr().err


def test_it_is_shown_in_the_browser(folder: Path) -> None:
    browser = folder / "browser"
    browser.write_text(f'#!{sys.executable}\nimport sys\nopen("opened", "w").write(sys.argv[1])\n')
    browser.chmod(0o755)
    line = [sys.executable, "-m", "otree_ego.cli", "report", "fac7", "-o", "a.html", "--open"]
    done = warm_python.run(line, env={**os.environ, "BROWSER": f"{browser} %s"})
    assert (done.returncode, done.stderr) == (0, b"")
    assert (folder / "opened").read_text() == (folder / "a.html").as_uri()


def test_a_link_to_a_report_stays_a_link(folder: Path, undrawn: None) -> None:
    assert main(["report", "fac7", "-o", "real.html"]) == 0
    (folder / "link.html").symlink_to("real.html")
    assert main(["report", "eeee", "-o", "link.html"]) == 0
    assert (folder / "link.html").is_symlink()
    assert "Nothing of this run has ended yet" in (folder / "real.html").read_text(encoding="utf-8")


def test_without_matplotlib_it_says_how_to_get_it(folder: Path) -> None:
    code = (
        "import sys\n"
        "sys.modules['matplotlib'] = None\n"
        "from otree_ego.cli import main\n"
        "raise SystemExit(main(['report', 'fac7']))"
    )
    done = warm_python.run([sys.executable, "-c", code], text=True)
    assert done.returncode == 1
    assert done.stderr == 'ego: A report needs matplotlib for its figures: pip install "otree-ego[report]".\n'
    assert pages(folder) == []
