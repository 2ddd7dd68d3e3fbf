"""A game is a folder: what its session_config.py brings, for itself and for a copy."""

from __future__ import annotations

from pathlib import Path

import pytest

from otree_ego import paths
from otree_ego.chat_rules.settings import check_config
from otree_ego.cli import demo, main
from otree_ego.cli.shared.games import configs_of_copy, session_configs
from otree_ego.cli.shared.settings_file import add_configs
from otree_ego.errors import ConfigError
from otree_ego.paths import gallery

TWO = """
SESSION_CONFIGS = [
    dict(name="coin", app_sequence=["coin", "survey"], num_demo_participants=1, coin_side="heads", ego_model="x"),
    dict(name="coin_fast", app_sequence=["coin"], num_demo_participants=2, coin_side="tails"),
]
"""
APP = """
class C:
    NAME_IN_URL = "coin"

side, sides = "coin_side", "coin_sides"
"""


def game(folder: Path, source: str | None = TWO) -> Path:
    made = folder / "coin"
    made.mkdir(parents=True)
    (made / "__init__.py").write_text(APP)
    if source is not None:
        (made / "session_config.py").write_text(source)
    return made


@pytest.fixture
def shelf(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A gallery of this test's own, and a project in the working directory."""
    monkeypatch.setattr(paths, "_PACKAGE", tmp_path / "package")
    monkeypatch.chdir(tmp_path)
    (tmp_path / "settings.py").write_text("SESSION_CONFIGS = []\n")
    return tmp_path / "package" / "_gallery"


@pytest.mark.parametrize("folder", gallery().values(), ids=lambda folder: folder.name)
def test_every_game_brings_its_rows(folder: Path) -> None:
    for row in session_configs(folder):
        assert row["display_name"]
        check_config(row)


def test_no_two_games_have_one_name() -> None:
    names = [row["name"] for folder in gallery().values() for row in session_configs(folder)]
    assert sorted(names) == sorted(set(names))


def test_a_copy_has_rows_of_its_own(tmp_path: Path) -> None:
    folder = game(tmp_path)
    assert configs_of_copy(folder, "coin") == session_configs(folder)
    first, second = configs_of_copy(folder, "penny")
    assert (first["name"], first["app_sequence"], first["penny_side"]) == ("penny", ["penny", "survey"], "heads")
    assert (second["name"], second["app_sequence"], second["penny_side"]) == ("penny_fast", ["penny"], "tails")
    assert first["ego_model"] == "x" and "coin_side" not in first


def test_a_game_with_several_rows_is_offered_copied_and_added(shelf: Path, capsys: pytest.CaptureFixture[str]) -> None:
    game(shelf)
    assert main(["startapp", "--help"]) == 0
    assert "chat, coin" in capsys.readouterr().out
    assert main(["startapp", "coin", "--as", "penny", "--yes"]) == 0
    assert "Its session configs, for SESSION_CONFIGS in settings.py:" in capsys.readouterr().out
    code = Path("penny/__init__.py").read_text()
    assert 'NAME_IN_URL = "penny"' in code and 'side, sides = "penny_side", "coin_sides"' in code
    assert not Path("penny/session_config.py").exists()
    found: dict[str, list[dict[str, object]]] = {}
    exec(Path("settings.py").read_text(), found)
    assert [config["name"] for config in found["SESSION_CONFIGS"]] == ["penny", "penny_fast"]
    assert demo.make_project(Path("demo").absolute())
    exec(Path("demo/settings.py").read_text(), found)
    assert [config["name"] for config in found["SESSION_CONFIGS"]] == ["coin", "coin_fast"]


def test_none_of_several_rows_is_added_if_one_cannot_be(tmp_path: Path) -> None:
    file = tmp_path / "settings.py"
    file.write_text("SESSION_CONFIGS = [dict(name='coin_fast')]\n")
    with pytest.raises(Exception, match="already has a config with the name 'coin_fast'"):
        add_configs(file, session_configs(game(tmp_path)))
    assert file.read_text() == "SESSION_CONFIGS = [dict(name='coin_fast')]\n"


ROW = "dict(name='coin', app_sequence=['coin'], num_demo_participants=1"


@pytest.mark.parametrize(
    ("source", "says"),
    [
        (None, "The game coin has no session_config.py in"),
        ("SESSION_CONFIGS = [", "session_config.py stops with SyntaxError"),
        ("raise SystemExit(3)", "stops with SystemExit: 3"),
        ("", "SESSION_CONFIGS is not a list of dicts"),
        ("SESSION_CONFIGS = []", "SESSION_CONFIGS is not a list of dicts"),
        ("SESSION_CONFIGS = dict(name='coin')", "SESSION_CONFIGS is not a list of dicts"),
        (
            "SESSION_CONFIGS = [dict(name='coin', app_sequence=['coin'])]",
            "a session config lacks num_demo_participants",
        ),
        (f"SESSION_CONFIGS = [{ROW}), {ROW})]", "two session configs have one name"),
        (f"SESSION_CONFIGS = [{ROW}, when=len)]", "when = <built-in function len> cannot be written"),
        (f"SESSION_CONFIGS = [{ROW.replace(repr('coin') + ']', repr('dice') + ']')})]", "does not name the game"),
    ],
)
def test_a_game_that_is_not_complete_says_what_it_needs(
    source: str | None, says: str, shelf: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = game(shelf, source)
    with pytest.raises(ConfigError) as error:
        session_configs(folder)
    assert says in str(error.value)
    assert str(folder) in str(error.value)
    assert main(["startapp", "coin"]) == 1
    sentence = capsys.readouterr().err
    assert says in sentence and "Traceback" not in sentence
    with pytest.raises(ConfigError):
        demo.make_project(Path("demo").absolute())
    assert not Path("coin").exists() and not Path("demo").exists()
    if "stops with" not in says:
        assert 'It needs SESSION_CONFIGS = [dict(name="coin"' in sentence
