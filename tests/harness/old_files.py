"""The files in former_data/data, as an earlier version of otree_ego left them, restored for tests."""

from __future__ import annotations

import re
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

DATA = Path(__file__).resolve().parents[1] / "former_data" / "data"
Row = dict[str, Any]


class File:
    """A SQLite database in a file."""

    def __init__(self, file: Path) -> None:
        self.file = file
        self.url = str(file)

    def query(self, sql: str) -> list[Row]:
        with closing(sqlite3.connect(self.file, timeout=30)) as connection:
            connection.row_factory = sqlite3.Row
            return [dict(row) for row in connection.execute(sql)]


def restore(database: Any, path: str, **names: str) -> None:
    """Fill an empty database from a file of data/.

    Arguments:
        database: a `File`, or a database of the harness.
        path: e.g. ``"stores/first"``; without a name the one that fits the database: ``"otree"``.
        names: what stands in the file for folders of the machine where it was made: ``study="/tmp/…"`` for ``/study``.
    """
    cluster = getattr(database, "cluster", None)
    if "/" not in path:
        path += "/postgres" if cluster else "/sqlite"
    sql = (DATA / f"{path}.sql").read_text("utf-8")
    for name, folder in names.items():
        sql = re.sub(rf"(?<=\")/{name}(?=[/\"])", folder.replace("\\", r"\\"), sql)
    if cluster:
        cluster.execute(sql, database.name)
        return
    with closing(sqlite3.connect(database.file)) as connection:
        connection.executescript(sql)
