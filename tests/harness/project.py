"""A complete oTree project in a folder of its own."""

from __future__ import annotations

import pprint
import re
import shutil
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

REPO = Path(__file__).resolve().parents[2]
MOST_ROUNDS = re.compile(r"^( *(?:MOST|NUM)_ROUNDS = )\d+$", re.MULTILINE)

SETTINGS = """\
from os import environ

SESSION_CONFIGS = {configs}
SESSION_CONFIG_DEFAULTS = dict(real_world_currency_per_point=1.00, participation_fee=0.00, doc="")
LANGUAGE_CODE = "en"
REAL_WORLD_CURRENCY_CODE = "EUR"
USE_POINTS = True
ADMIN_USERNAME = "admin"
ADMIN_PASSWORD = environ.get("OTREE_ADMIN_PASSWORD", "")
SECRET_KEY = "only for tests"
DEMO_PAGE_INTRO_HTML = ""
{extra}
"""


class Project:
    """Writes an oTree project.

    Args:
        folder: where the project is made; it need not exist.
        apps: name of an app to its files (name to text), or to a folder that is copied.
        repo_apps: apps of this repository (`ego_chat`, or one of `apps/`) to copy in.
        session_configs: as in `settings.py`; without it, each app gets one that bears its name.
        settings_extra: Python lines at the end of `settings.py`.
        played_rounds: the games have no more rounds than the session configs play (`<app>_rounds`). A bot takes about
            50 ms to walk over each round that is not played.
    """

    def __init__(
        self,
        folder: Path,
        apps: Mapping[str, Mapping[str, str] | Path] | None = None,
        repo_apps: Iterable[str] = (),
        session_configs: Sequence[Mapping[str, Any]] | None = None,
        settings_extra: str = "",
        played_rounds: bool = False,
    ) -> None:
        self.folder = folder
        self.apps = {**(apps or {}), **{name: _in_repo(name) for name in repo_apps}}
        if session_configs is None:
            session_configs = [{"name": app, "app_sequence": [app], "num_demo_participants": 1} for app in self.apps]
        self.session_configs = [dict(config) for config in session_configs]
        for sub in ("_static/global", "_templates/global"):
            (folder / sub).mkdir(parents=True, exist_ok=True)
        for name, source in self.apps.items():
            self._write_app(name, source)
            if played_rounds:
                self._shorten(name, max(config[f"{name}_rounds"] for config in self.session_configs))
        configs = pprint.pformat(self.session_configs, sort_dicts=False)
        self.write("settings.py", SETTINGS.format(configs=configs, extra=settings_extra))

    def write(self, path: str, text: str) -> Path:
        """Writes a file of the project, and the folders above it."""
        file = self.folder / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
        return file

    def _write_app(self, name: str, source: Mapping[str, str] | Path) -> None:
        if isinstance(source, Path):
            shutil.copytree(source, self.folder / name, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            for file, text in source.items():
                self.write(f"{name}/{file}", text)

    def _shorten(self, app: str, rounds: int) -> None:
        for file in (self.folder / app).glob("*.py"):
            shortened, found = MOST_ROUNDS.subn(rf"\g<1>{rounds}", file.read_text("utf-8"))
            if found:
                file.write_text(shortened, "utf-8")
                return
        raise LookupError(f"{app} does not say how many rounds it has.")


def _in_repo(name: str) -> Path:
    for folder in (REPO / name, REPO / "apps" / name):
        if (folder / "__init__.py").is_file():
            return folder
    raise FileNotFoundError(f"This repository has no oTree app {name!r}, neither at its top nor in apps/.")
