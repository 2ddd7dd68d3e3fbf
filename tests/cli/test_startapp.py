"""`ego startapp`: an app is copied, and settings.py gets its session config without other harm."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

from otree_ego.cli import main
from otree_ego.cli.shared.games import session_configs
from otree_ego.cli.shared.settings_file import NotAdded, add_configs, config_lines
from otree_ego.paths import gallery

LEFT_BEHIND = {"__pycache__", "session_config.py"}
CONFIG = {"name": "new", "app_sequence": ["new"], "text": 'a "b" \\ \n ü', "number": 0.5, "flag": True}


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "settings.py").write_text('SESSION_CONFIGS = [dict(name="old", app_sequence=["old"])]\n')
    monkeypatch.chdir(tmp_path)
    return tmp_path


def configs(folder: Path) -> list[dict[str, object]]:
    found: dict[str, list[dict[str, object]]] = {}
    exec((folder / "settings.py").read_bytes(), found)
    return found["SESSION_CONFIGS"]


@pytest.mark.parametrize("name", ["chat", "ego_chat"])
def test_the_chat_is_copied_and_its_lines_are_shown(
    name: str, project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    before = (project / "settings.py").read_text()
    assert main(["startapp", name]) == 0
    copied = {file.name for file in (project / "ego_chat").iterdir()}
    assert copied == {file.name for file in gallery()["ego_chat"].iterdir()} - LEFT_BEHIND
    (config,) = session_configs(gallery()["ego_chat"])
    assert config_lines(config) in capsys.readouterr().out
    assert (project / "settings.py").read_text() == before


def test_under_another_name_it_has_another_address(project: Path) -> None:
    assert main(["startapp", "chat", "--as", "second", "--yes"]) == 0
    assert 'NAME_IN_URL = "second"' in (project / "second" / "__init__.py").read_text()
    assert [config["name"] for config in configs(project)] == ["old", "second"]
    assert configs(project)[1]["app_sequence"] == ["second"]


@pytest.mark.parametrize("name", sorted(gallery()))
def test_every_app_is_copied_with_all_its_settings(
    name: str, project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["startapp", name, "--as", "mine", "--yes"]) == 0
    copied = {file.name for file in (project / "mine").iterdir()}
    assert copied == {file.name for file in gallery()[name].iterdir()} - LEFT_BEHIND
    assert 'NAME_IN_URL = "mine"' in (project / "mine" / "__init__.py").read_text()
    (config,) = [each for each in configs(project) if each["name"] == "mine"]
    own, (row, *_) = f"{name}_", session_configs(gallery()[name])
    assert config["app_sequence"] == ["mine" if app == name else app for app in row["app_sequence"]]
    for each in configs(project):
        assert all((project / app / "__init__.py").is_file() for app in each["app_sequence"]) or each["name"] == "old"
    usual = {key: value for key, value in row.items() if key not in ("name", "app_sequence")}
    kept = {f"mine_{key.removeprefix(own)}" if key.startswith(own) else key: value for key, value in usual.items()}
    assert kept.items() <= config.items() and not any(key.startswith(own) for key in config)
    code = "".join(file.read_text() for file in (project / "mine").rglob("*.py"))
    assert [key for key in row if key.startswith(own) and re.search(rf"\b{key}\b", code)] == []
    assert f"{own}{{" not in code
    printed = capsys.readouterr().out
    assert [key for key in kept if f" {key}=" not in printed] == []


def test_other_words_that_begin_like_a_setting_stay(project: Path) -> None:
    assert main(["startapp", "dictator", "--as", "mine"]) == 0
    code = (project / "mine" / "__init__.py").read_text()
    assert "dictator_points = models.CurrencyField()" in code and "mine_points" not in code
    assert "mine_role (the participant's: recipient, dictator, or both)" in code


def test_the_old_settings_are_kept(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    before = (project / "settings.py").read_bytes()
    assert main(["startapp", "chat", "--yes"]) == 0
    assert main(["startapp", "chat", "--yes", "--as", "second"]) == 0
    assert (project / "settings.py.bak").read_bytes() == before
    assert len((project / "settings.py.bak1").read_bytes()) > len(before)
    assert "settings.py.bak1" in capsys.readouterr().out
    assert len(configs(project)) == 3


@pytest.mark.parametrize(
    ("line", "sentence"),
    [
        (["chatt"], "no app 'chatt' in the gallery. Did you mean chat"),
        (["zzz"], f"There are: {', '.join(sorted(['chat', *gallery()]))}."),
        (["chat", "--as", "old"], "already something named old"),
        (["chat", "--as", "two words"], "takes letters, digits and _"),
        (["chat", "--as", "class"], "takes letters, digits and _"),
        (["chat", "--as", "json"], "a module of this name"),
        (["chat", "--as", "settings"], "a module of this name"),
        (["chat", "--as", "sqlalchemy"], "an installed package"),
        (["trust", "--as", "ego_trust"], "settings that begin with ego_ are otree_ego's own"),
    ],
)
def test_what_cannot_be_copied_leaves_nothing(
    line: list[str], sentence: str, project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (project / "old").mkdir()
    before = sorted(project.rglob("*"))
    assert main(["startapp", *line]) in (1, 2)
    assert sentence in capsys.readouterr().err
    assert sorted(project.rglob("*")) == before


@pytest.mark.parametrize(
    "source",
    [
        "SESSION_CONFIGS = []",
        "SESSION_CONFIGS = [ # a ] comment\n]\n",
        'SESSION_CONFIGS = [dict(name="a")]',
        'SESSION_CONFIGS = [\n    dict(name="a"),  # one, two,\n    # three ]\n    {"name": "ü"}  # none\n]\nX = [1]\n',
        'SESSION_CONFIGS: list = [\r\n  dict(name="a"), ]\r\nY = 1\r\n',
        '\ufeffS = "ü]"; SESSION_CONFIGS = ["ü]", [1, [2]],]; Z = []\n',
        "A = [1]\nSESSION_CONFIGS = [*A, \\\n dict(a=1)]",
        "SESSION_CONFIGS = []\nSESSION_CONFIGS += [1]\n",
        'def f():\n\tSESSION_CONFIGS = 5\n\nSESSION_CONFIGS = [\n\tdict(\n\t\tname="a",\n\t),\n]\n',
    ],
)
def test_a_config_is_added_and_nothing_else_changes(source: str, tmp_path: Path) -> None:
    file = tmp_path / "settings.py"
    file.write_bytes(source.encode())
    file.chmod(0o640)
    before = {} if not source else _values(source)
    backup = add_configs(file, [CONFIG])
    assert backup.read_bytes() == source.encode()
    changed = file.read_bytes().decode()
    after = _values(changed)
    added = after["SESSION_CONFIGS"].index(CONFIG)
    del after["SESSION_CONFIGS"][added]
    assert after == before
    assert ("\r\n" in source) == ("\r\n" in changed)
    assert changed.count("\r") == (changed.count("\n") if "\r" in source else 0)
    assert changed.count("#") == source.count("#")
    assert changed.startswith("\ufeff") == source.startswith("\ufeff")
    assert file.stat().st_mode & 0o777 == 0o640
    assert sorted(path.name for path in tmp_path.iterdir()) == ["settings.py", "settings.py.bak"]


def _values(source: str) -> dict[str, list[object]]:
    found: dict[str, object] = {}
    exec(source.encode(), found)
    return {name: value for name, value in found.items() if isinstance(value, list)}


@pytest.mark.parametrize(
    ("source", "why"),
    [
        ("SESSION_CONFIGS = make()", "not one plain list"),
        ("SESSION_CONFIGS = [x for x in []]", "not one plain list"),
        ("SESSION_CONFIGS = []\nSESSION_CONFIGS = []", "not one plain list"),
        ("if True:\n    SESSION_CONFIGS = []", "not one plain list"),
        ("X = 1", "not one plain list"),
        ("SESSION_CONFIGS = [", "not Python"),
        ("S = 'ü'\nSESSION_CONFIGS = []", "not Python"),
        ('SESSION_CONFIGS = [{"x": 1, "name": "new"}]', "already has a config with the name 'new'"),
        ('SESSION_CONFIGS = [dict(name="new")]', "already has"),
    ],
)
def test_what_is_not_understood_stays_as_it_is(source: str, why: str, tmp_path: Path) -> None:
    file = tmp_path / "settings.py"
    content = source.encode("latin-1" if "ü" in source else "utf-8")
    file.write_bytes(content)
    with pytest.raises(NotAdded, match=why):
        add_configs(file, [CONFIG])
    assert file.read_bytes() == content
    assert list(tmp_path.iterdir()) == [file]


def test_a_server_gets_the_package_too(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (project / "requirements.txt").write_bytes(b"# mine\r\notree\r\n")
    assert main(["startapp", "chat", "--yes"]) == 0
    line = capsys.readouterr().out.partition("Added to requirements.txt: ")[2].splitlines()[0]
    assert line.startswith("./wheels/otree_ego-") and (project / line.partition("[")[0]).is_file()
    whole = (project / "requirements.txt").read_bytes()
    assert whole.startswith(b"# mine\r\notree\r\n") and whole.endswith(f"{line}\r\n".encode())
    assert main(["startapp", "trust", "--yes"]) == 0
    assert (project / "requirements.txt").read_bytes() == whole
    assert "Added to requirements.txt" not in capsys.readouterr().out


def test_requirements_that_cannot_be_read_are_said(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (project / "requirements.txt").write_bytes("otree".encode("utf-16"))
    assert main(["startapp", "chat", "--yes"]) == 0
    assert "is not in UTF-8" in capsys.readouterr().err
    assert (project / "ego_chat").is_dir() and len(configs(project)) == 2


def test_lines_that_cannot_be_added_are_shown(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (project / "settings.py").write_text("SESSION_CONFIGS = list()\n")
    assert main(["startapp", "chat", "--yes"]) == 1
    out, err = capsys.readouterr()
    assert ast.literal_eval(out[out.index("ego_model=") :].split(",")[0].partition("=")[2]) == "local/smollm2"
    assert err.startswith("ego: SESSION_CONFIGS in settings.py is not one plain list.")
    assert (project / "ego_chat").is_dir()
