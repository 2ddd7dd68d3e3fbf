"""requirements.txt: exact versions, otree_ego once, and what is there stays."""

from __future__ import annotations

import re
from importlib import metadata
from pathlib import Path

import pytest
from harness.project import REPO

from otree_ego.projects.requirements import (
    OVERWRITE,
    TOKEN,
    NotListed,
    add_requirement,
    pins,
    repository_requirements,
    unmet,
)

OTREES_OWN = (
    f"# {OVERWRITE}\r\n# IF YOU MODIFY THIS FILE, remove this comment.\r\notree>=5.0.0a21\r\npsycopg2>=2.8.4\r\n"
)


@pytest.mark.parametrize(
    "before",
    [
        "", "otree==6.0.15\n", "otree", f"# {TOKEN}\notree\n\n", OTREES_OWN, "# otree-ego\notree\n",
        "\ufeffotree  # not otree-ego\n", "otree-ego-tools==1\n", "otree_egoist\n", "#otree-ego==1\n",
    ],
)  # fmt: skip
def test_it_is_added_once(before: str, tmp_path: Path) -> None:
    file = tmp_path / "requirements.txt"
    file.write_bytes(before.encode())
    file.chmod(0o640)
    line = add_requirement(tmp_path)
    after = file.read_bytes().decode()
    end = "\r\n" if "\r\n" in before else "\n"
    assert after.endswith(f"{line}{end}") and after.count(line) == 1
    assert after.startswith(before.replace(OVERWRITE, TOKEN)) and TOKEN in after and OVERWRITE not in after
    assert after.count("\r") == (after.count("\n") if "\r" in before else 0)
    assert file.stat().st_mode & 0o777 == 0o640
    (wheel,) = (tmp_path / "wheels").iterdir()
    assert line == f"./wheels/{wheel.name}"
    assert add_requirement(tmp_path) == "" and file.read_bytes().decode() == after
    assert sorted(each.name for each in tmp_path.iterdir()) == ["requirements.txt", "wheels"]


@pytest.mark.parametrize(
    "line",
    [
        "otree-ego==1.0", "otree_ego", "Otree.Ego[local]>=0.1", "  ./wheels/otree_ego-0.1.0+ca-py3-none-any.whl[local]",
        "-e ../otree_ego", "git+https://example.org/otree_ego.git", "x @ git+https://example.org/x.git#egg=otree-ego",
        "otree-ego @ file:///x.whl", "otree-ego-0.1.0.tar.gz",
    ],
)  # fmt: skip
def test_what_is_there_stays(line: str, tmp_path: Path) -> None:
    file = tmp_path / "requirements.txt"
    file.write_text(f"otree\n{line}\n")
    assert add_requirement(tmp_path) == ""
    assert file.read_text() == f"otree\n{line}\n" and [each.name for each in tmp_path.iterdir()] == [file.name]
    file.write_text("-r requirements_base.txt\n")
    (tmp_path / "requirements_base.txt").write_text(f"{line}\n")
    assert add_requirement(tmp_path) == ""


def test_a_newer_wheel_takes_the_place_of_an_older_one(tmp_path: Path) -> None:
    (tmp_path / "wheels").mkdir()
    for name in ("otree_ego-0.0.1+c0-py3-none-any.whl", "other-1-py3-none-any.whl"):
        (tmp_path / "wheels" / name).write_text("")
    (tmp_path / "requirements.txt").write_text("otree\n")
    line = add_requirement(tmp_path)
    assert {f"./wheels/{each.name}" for each in (tmp_path / "wheels").iterdir()} == {
        line,
        "./wheels/other-1-py3-none-any.whl",
    }


def test_a_project_without_one_gets_a_whole_one(tmp_path: Path) -> None:
    line = add_requirement(tmp_path, ["local"])
    assert line.endswith(".whl[local]")
    text = (tmp_path / "requirements.txt").read_text()
    assert text.startswith(f"# {TOKEN}\n") and {"otree", "psycopg2-binary"} <= {
        each.partition("==")[0] for each in text.split()
    }


def test_a_file_that_cannot_be_used_is_left_alone(tmp_path: Path) -> None:
    file = tmp_path / "requirements.txt"
    file.write_bytes("otree\n".encode("utf-16"))
    with pytest.raises(NotListed, match="is not in UTF-8: save it as UTF-8"):
        add_requirement(tmp_path)
    assert file.read_bytes() == "otree\n".encode("utf-16")
    file.unlink()
    file.mkdir()
    with pytest.raises(NotListed, match="cannot be changed: Is a directory"):
        add_requirement(tmp_path)


def test_pins_follow_names_extras_and_what_is_here() -> None:
    assert pins(["no-such-package-anywhere>=1"]) == []
    found = dict(line.split("==") for line in pins(["OTree>=6", "jinja2 >=2"]))
    assert found["otree"] == metadata.version("otree") and found["markupsafe"] == "1.1.1"
    assert {"wtforms-sqlalchemy", "starlette", "click"} <= found.keys() and "boto3" not in found
    assert "ray" not in dict(line.split("==") for line in pins(["otree-ego"]))
    assert "joblib" in dict(line.split("==") for line in pins(["otree-ego[joblib]"]))


def installed(home: Path, name: str, version: str, needs: list[str]) -> None:
    """Make a folder look as if a package were installed in it."""
    folder = home / f"{name.replace('-', '_')}-{version}.dist-info"
    folder.mkdir()
    lines = [f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n", *(f"Requires-Dist: {n}\n" for n in needs)]
    (folder / "METADATA").write_text("".join(lines))


def test_a_server_runs_linux_whatever_is_installed_here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A package that only Windows needs may be here for another one's sake."""
    needs = {
        "thing": ["only-windows; sys_platform == 'win32'", "only-linux; platform_system == 'Linux'", "much>=1"],
        "much": ["old-python; python_version < '3'", "for-tests; extra == 'test'", "thing"],
    }
    for name in ("thing", "much", "only-windows", "only-linux", "old-python", "for-tests"):
        installed(tmp_path, name, "1", needs.get(name, []))
    monkeypatch.syspath_prepend(str(tmp_path))
    assert pins(["thing"]) == ["much==1", "only-linux==1", "thing==1"]
    assert pins(["much[test]; os_name != 'nt'"]) == ["for-tests==1", "much==1", "only-linux==1", "thing==1"]


def test_what_packages_ask_of_each_other_and_do_not_find(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    installed(
        tmp_path, "a", "1.0", ["B_b>=2", "missing", "nowhere; extra == 'test'", "older; python_version < '3'", "c"]
    )
    installed(tmp_path, "b-b", "1.9", ["c<3,>=1", "odd>=1"])
    installed(tmp_path, "c", "2.5.dev1", ["a ==1.*"])
    installed(tmp_path, "odd", "our-own-numbers", [])
    installed(tmp_path, "apart", "1", ["missing"])
    monkeypatch.syspath_prepend(str(tmp_path))
    assert unmet(["a"]) == [
        "a 1.0 has requirement B_b>=2, but you have B_b 1.9.",
        "a 1.0 requires missing, which is not installed.",
    ]
    assert unmet(["apart", "c"])[-1] == "apart 1 requires missing, which is not installed."
    assert unmet(["otree-ego", "otree"]) == [], "pip check finds nothing here"


def test_this_repository_deploys_with_what_runs_it() -> None:
    """The file is made by `python -m otree_ego.projects`; other versions here than there are no fault."""
    there = (REPO / "requirements.txt").read_text("utf-8")
    names = re.compile(r"==.*$", re.MULTILINE)
    assert names.sub("", there) == names.sub("", repository_requirements())
    assert (REPO / "Procfile").read_bytes() == b"web: otree prodserver\n"
    assert re.fullmatch(rb"3\.1[1-4]\n", (REPO / ".python-version").read_bytes())
    assert b"\r" not in (REPO / "requirements.txt").read_bytes() + (REPO / "app.json").read_bytes()
    assert add_requirement(REPO) == ""
