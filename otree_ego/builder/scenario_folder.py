"""The folder of the file on the command line: other scenarios in it are opened and made by their names."""

from __future__ import annotations

import re
from typing import Any

from ..errors import ConfigError
from .scenario_file import ScenarioFile

MOST = 500
"""Names that are listed."""
_NAME = re.compile(r"\w[\w .()+-]{0,90}\.json")


class ScenarioFolder:
    """The files that the page may name: those that lie beside the first one, and no others.

    Arguments:
        first: the file of the command line, which may be anywhere.
    """

    def __init__(self, first: ScenarioFile) -> None:
        self.first = first
        self._files = {first.path.name: first}

    def file(self, name: Any) -> ScenarioFile:
        """The file of this name; the first one if there is none.

        Raises:
            ConfigError: it is no name of a scenario in this folder.
        """
        if name in (None, "", self.first.path.name):
            return self.first
        checked = _checked(name)
        path = self.first.path.parent / checked
        if path.is_symlink():
            raise ConfigError(f"{checked} is a link to another place: open it with ego builder {checked}.")
        # One object for each file: it has the lock that keeps two tabs from writing at the same time.
        return self._files.setdefault(checked, ScenarioFile(path))

    def new_file(self, name: Any) -> ScenarioFile:
        """A file of this name, which is not there yet.

        Raises:
            ConfigError: it is there, or this is no name for one.
        """
        wanted = str(name or "").strip()
        file = self.file(_checked(wanted if wanted.lower().endswith(".json") else f"{wanted}.json"))
        if file.path.exists():
            raise ConfigError(f"{file.path.name} is there already: choose another name.")
        return file

    def names(self) -> list[str]:
        """The names that can be opened."""
        try:
            found = [each.name for each in self.first.path.parent.glob("*.json") if each.is_file()]
        except OSError as error:
            raise ConfigError(f"{self.first.path.parent} cannot be read: {error.strerror}.") from None
        return sorted(name for name in found if _NAME.fullmatch(name) or name == self.first.path.name)[:MOST]


def _checked(name: Any) -> str:
    if not isinstance(name, str) or not _NAME.fullmatch(name):
        raise ConfigError(f"{name!r:.80} is no name for a scenario: use letters, digits, - and _, as in game.json.")
    return name
