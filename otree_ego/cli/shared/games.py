"""The gallery's games: the rows that each brings for SESSION_CONFIGS, and what is renamed in a copy."""

from __future__ import annotations

import ast
import re
import runpy
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from ...errors import ConfigError

FILE = "session_config.py"


def session_configs(folder: Path) -> list[dict[str, Any]]:
    """The rows for SESSION_CONFIGS that a game brings in its `session_config.py`.

    Arguments:
        folder: the game's.

    Raises:
        ConfigError: the file is missing, cannot be run, or holds something else; the message says what it needs.
    """
    file, game = folder / FILE, folder.name
    row = f'dict(name="{game}", display_name="…", app_sequence=["{game}"], num_demo_participants=1)'
    needed = f"It needs SESSION_CONFIGS = [{row}], with the game's settings in the row."
    if not file.is_file():
        raise ConfigError(f"The game {game} has no {FILE} in {folder}. {needed}")
    try:
        rows = runpy.run_path(str(file)).get("SESSION_CONFIGS")
    # The file is a game's own code, and may raise anything.
    except (Exception, SystemExit) as error:
        raise ConfigError(f"The game {game}: {file} stops with {type(error).__name__}: {error}") from None
    problem = _problem(rows, game)
    if problem:
        raise ConfigError(f"The game {game}: in {file} {problem}. {needed}")
    return [dict(each) for each in rows or ()]


def _problem(rows: Any, game: str) -> str:
    """What is wrong with a game's rows; empty if nothing is."""
    if not isinstance(rows, list) or not rows or not all(isinstance(row, dict) for row in rows):
        return "SESSION_CONFIGS is not a list of dicts"
    for row in rows:
        for name in ("name", "app_sequence", "num_demo_participants"):
            if not row.get(name):
                return f"a session config lacks {name}"
        if game not in row["app_sequence"]:
            return f"the app_sequence of {row['name']!r} does not name the game"
        for name, value in row.items():
            if not _is_plain(value):
                return f"{name} = {value!r:.60} cannot be written into a settings.py as it stands"
    names = [row["name"] for row in rows]
    return "" if len(set(names)) == len(names) else "two session configs have one name"


def _is_plain(value: Any) -> bool:
    try:
        return bool(ast.literal_eval(repr(value)) == value)
    except (SyntaxError, ValueError):
        return False


def configs_of_copy(folder: Path, name: str) -> list[dict[str, Any]]:
    """A game's rows for a copy of it: its app, its settings and its rows bear the copy's name.

    Arguments:
        folder: the game's. name: the copy's; the game's own name changes nothing.
    """
    rows, game = session_configs(folder), folder.name
    if name == game:
        return rows
    own = own_settings(game, rows)
    copies = []
    for number, row in enumerate(rows):
        copy = {renamed(key, game, name, own): value for key, value in row.items()}
        copy["name"] = f"{name}_{row['name'].removeprefix(f'{game}_')}" if number else name
        copy["app_sequence"] = [name if app == game else app for app in row["app_sequence"]]
        copies.append(copy)
    return copies


def companions(folder: Path) -> list[str]:
    """The apps that a game needs besides itself: those that its first row names.

    Arguments:
        folder: the game's.
    """
    return [app for app in session_configs(folder)[0]["app_sequence"] if app != folder.name]


def own_settings(game: str, rows: Iterable[Mapping[str, Any]]) -> list[str]:
    """The endings of a game's own settings, e.g. ``role`` for ``ultimatum_role``."""
    prefix = f"{game}_"
    return sorted({key.removeprefix(prefix) for row in rows for key in row if key.startswith(prefix)})


def renamed(text: str, game: str, name: str, own: Iterable[str]) -> str:
    """A text with a game's settings under its copy's name; other words that begin like them stay.

    Arguments:
        text: code, or a setting's name. game: the game's name. name: the copy's. own: what `own_settings` gave.

    >>> renamed("ultimatum_role, ultimatum_rule", "ultimatum", "mine", ["role"])
    'mine_role, ultimatum_rule'
    """
    endings = "|".join(own)
    # "{": where the app puts a setting's name together, as in f"ultimatum_{name}"
    return re.sub(rf"\b{game}_(?=(?:{endings})\b|\{{)", f"{name}_", text) if endings else text
