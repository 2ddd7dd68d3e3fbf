"""A server as Heroku runs it: an archive in an empty folder, a bare environment, and the web line of the Procfile."""

from __future__ import annotations

import re
import shutil
import tarfile
from collections.abc import Mapping
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from typing_extensions import Self

from . import needs
from .database import PostgreSQL
from .server import Server


@needs.starts("server")
class Dyno(Server):
    """One dyno with a database of its own, and the operator who logs in with a password.

    Args:
        archive: what `otree zip` made. It is unpacked anew at each start: what a server wrote to its files is gone.
        folder: where; it need not exist.
        python: of the environment, which has `otree` beside it.
        cluster: PostgreSQL, which outlives the dyno.
        config: the config vars.
        search: a folder of packages that are not in the environment.
    """

    def __init__(
        self, archive: Path, folder: Path, python: Path, cluster: PostgreSQL, config: Mapping[str, str],
        search: Path | None = None,
    ) -> None:  # fmt: skip
        self.archive = archive
        self.search = search
        place: Any = SimpleNamespace(folder=folder)
        super().__init__(place, cluster, config, auth_level="STUDY", python=python)

    def start(self) -> Self:
        """Starts it on an empty file system."""
        shutil.rmtree(self.project.folder, ignore_errors=True)
        with tarfile.open(self.archive) as tar:
            tar.extractall(self.project.folder, filter="data")
        return super().start()

    def _command_line(self) -> list[str]:
        procfile = (self.project.folder / "Procfile").read_bytes().decode()
        (line,) = re.findall(r"(?m)^web: (.*)$", procfile)
        return ["sh", "-c", f"exec {line}"]

    def _environment(self, more: dict[str, str], production: bool) -> dict[str, str]:
        bare = {
            "PATH": f"{self.python.parent}:/usr/bin:/bin", "HOME": str(self.project.folder), "LANG": "C.UTF-8",
            "PORT": str(self.port), "DYNO": "web.1", "PYTHONUNBUFFERED": "1", "OTREE_PRODUCTION": "1",
        }  # fmt: skip
        bare |= {"PYTHONPATH": str(self.search)} if self.search else {}
        return bare | self.auth_env | self.database.env | more
