"""Which files are found, and that writing them does no harm."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from harness.old_scripts import REQUIREMENTS, TEMPLATE

from otree_ego.migrating import Change, NotMoved, plan, write
from otree_ego.migrating.files import find, requirements

OLD = "from alter_ego.structure import Thread\n"


def put(folder: Path, *names: str, text: str = OLD) -> None:
    for name in names:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text)


def changed(folder: Path) -> list[str]:
    return [change.file.relative_to(folder).as_posix() for change in plan([folder]).changes]


def test_folders_are_walked_without_what_is_not_the_projects(tmp_path: Path) -> None:
    put(tmp_path, "a.py", "app/__init__.py", "deep/er/b.py")
    put(tmp_path, "out/x.py", ".ego_output/x.py", ".git/x.py", "__pycache__/x.py", "venv/x.py", "mine/x.py")
    put(tmp_path, "mine/pyvenv.cfg", "notes.txt", text="alter_ego")
    assert changed(tmp_path) == ["a.py", "app/__init__.py", "deep/er/b.py"]


def test_a_file_is_read_once_and_a_link_is_not_followed(tmp_path: Path) -> None:
    put(tmp_path, "a.py", "elsewhere/b.py")
    (tmp_path / "again.py").symlink_to("a.py")
    (tmp_path / "round").symlink_to(tmp_path)
    (tmp_path / "loop.py").symlink_to("loop.py")
    assert [file.name for file in find([tmp_path, tmp_path / "a.py"])] == ["a.py", "b.py"]


def test_a_path_that_is_not_there_or_goes_in_circles(tmp_path: Path) -> None:
    with pytest.raises(NotMoved, match="There is no"):
        plan([tmp_path / "nothing.py"])
    (tmp_path / "loop").symlink_to("loop")
    with pytest.raises(NotMoved, match="cannot be read"):
        plan([tmp_path / "loop"])
    assert plan([tmp_path]).changes == []


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (b"import alter_ego.agents\nprint 'x'\n", "it is not Python (line 2"),
        (b"# alter_ego \xe4\n", "encoding"),
        (b"# coding: no-such\nimport alter_ego\n", "it is not Python"),
        (b"import alter_ego\x00", "it is not Python"),
        (b"import alter_ego\n" + b"(" * 5000, "it is not Python"),
        (b"import alter_ego\nif 1:\n\tx = 1\n        y = 2\n", "it is not Python (line 4"),
    ],
)
def test_what_is_not_python_is_left_alone_and_said_so(data: bytes, why: str, tmp_path: Path) -> None:
    (tmp_path / "broken.py").write_bytes(data)
    put(tmp_path, "fine.py")
    made = plan([tmp_path])
    assert [change.file.name for change in made.changes] == ["fine.py"]
    assert len(made.left) == 1 and why in str(made.left[0]) and "broken.py" in str(made.left[0])


def test_other_python_is_not_even_parsed(tmp_path: Path) -> None:
    (tmp_path / "other.py").write_bytes(b"print 'no alter ego'\n")
    assert plan([tmp_path]).left == [] and plan([tmp_path]).changes == []


def test_helpers_of_a_script_are_moved_with_it_and_only_then(tmp_path: Path) -> None:
    helper = 'import os\n\n\ndef play(convo):\n    convo.all.system("{{a}}")\n    os.system("{{b}}")\n'
    put(tmp_path, "games/pd.py", text=helper)
    assert plan([tmp_path]).changes == []
    put(tmp_path, "main.py")
    found = {change.file.name: change.after.decode() for change in plan([tmp_path]).changes}
    assert found["pd.py"] == (
        'import os\nfrom otree_ego import Prompt\n\n\ndef play(convo):\n    convo.all.system(Prompt("{{a}}"))\n'
        '    os.system("{{b}}")\n'
    )


def test_writing_keeps_a_backup_and_the_permissions(tmp_path: Path) -> None:
    put(tmp_path, "a.py")
    file = tmp_path / "a.py"
    file.chmod(0o750)
    (change,) = plan([tmp_path]).changes
    assert write(file, change.before, change.after).name == "a.py.bak"
    assert file.read_text() == "from otree_ego import Thread\n" and file.stat().st_mode & 0o777 == 0o750
    assert (tmp_path / "a.py.bak").read_text() == OLD
    assert write(file, change.after, change.before).name == "a.py.bak1"
    assert sorted(each.name for each in tmp_path.iterdir()) == ["a.py", "a.py.bak", "a.py.bak1"]


def test_a_link_that_was_named_stays_a_link(tmp_path: Path) -> None:
    put(tmp_path, "real/a.py")
    (tmp_path / "a.py").symlink_to("real/a.py")
    (change,) = plan([tmp_path / "a.py"]).changes
    write(change.file, change.before, change.after)
    assert (tmp_path / "a.py").is_symlink() and "otree_ego" in (tmp_path / "real" / "a.py").read_text()


def test_a_read_only_file_and_one_that_changed_are_left(tmp_path: Path) -> None:
    put(tmp_path, "a.py")
    file = tmp_path / "a.py"
    change = Change(file, OLD.encode(), b"x = 1\n")
    file.chmod(0o444)
    with pytest.raises(NotMoved, match="read-only"):
        write(file, change.before, change.after)
    file.chmod(0o644)
    file.write_text("changed = 1\n")
    with pytest.raises(NotMoved, match="in the meantime"):
        write(file, change.before, change.after)
    assert file.read_text() == "changed = 1\n" and os.listdir(tmp_path) == ["a.py"]


def test_requirements() -> None:
    after, notes = requirements(REQUIREMENTS)
    assert after == REQUIREMENTS.replace("alter_ego_llm==1.6.0  #", "otree-ego  #")
    assert [line for line, _ in notes] == [2, 4]
    assert "oTree 6" in notes[0][1] and "openai" in notes[1][1]


@pytest.mark.parametrize(
    ("line", "after"),
    [
        ("alter_ego_llm\n", "otree-ego\n"),
        ("Alter-Ego-LLM >= 1.2, <2\r\n", "otree-ego\r\n"),
        ("alter_ego_llm[all]~=1.0 ; python_version > '3.9'", "otree-ego ; python_version > '3.9'"),
        ("otree-ego\nalter_ego_llm\n", "otree-ego\n"),
        ("# alter_ego_llm==1\n", "# alter_ego_llm==1\n"),
        ("alter_ego_llm_extras==1\n", "alter_ego_llm_extras==1\n"),
        ("alter_ego_llm==1 \\\n  --hash=sha256:ab\n", "alter_ego_llm==1 \\\n  --hash=sha256:ab\n"),
        ("alter_ego_llm @ git+https://example.org/x\n", "alter_ego_llm @ git+https://example.org/x\n"),
        ("", ""),
    ],
)
def test_lines_of_requirements(line: str, after: str) -> None:
    assert requirements(line)[0] == after
    assert requirements(after)[0] == after


def test_project_files_templates_and_pickles_are_named(tmp_path: Path) -> None:
    put(tmp_path, "pyproject.toml", text='dependencies = ["alter_ego_llm==1.6"]\n')
    put(tmp_path, "app/Chat.html", text=TEMPLATE)
    put(tmp_path, "out/ab/cd.pkl", "out/ab/ef.pkl", text="\x80")
    made = plan([tmp_path])
    lines = [str(note).removeprefix(f"{tmp_path}{os.sep}") for note in made.notes]
    assert made.changes == [] and len(lines) == 3
    assert lines[0].startswith(f"app{os.sep}Chat.html:3: there is no html_history")
    assert lines[1].startswith("out: pickles of Threads (2) are not read") and "can run code" in lines[1]
    assert lines[2].startswith("pyproject.toml:1: write otree-ego here")
