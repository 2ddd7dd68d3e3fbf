"""The package as somebody has changed it who added a column: in a copy, as they would do it."""

from __future__ import annotations

import shutil
from pathlib import Path

from .project import REPO

COLUMN = '        Column("colour", String(20), nullable=False, server_default="none"),\n'
STEP = '''\
def colours(connection: Connection) -> None:
    """A Thread has a colour."""
    add_column(
        connection, "otree_ego_thread", Column("colour", String(20), nullable=False, server_default="none")
    )


'''


def next_version(folder: Path) -> Path:
    """Copies the package into a folder, with one more column in the table of Threads and a step that adds it.

    Returns the folder, to be put on PYTHONPATH.
    """
    ignored = shutil.ignore_patterns("__pycache__")
    for name in ("otree_ego", "_static", "apps", "ego_chat"):
        shutil.copytree(REPO / name, folder / name, ignore=ignored)
    stores = folder / "otree_ego" / "stores"
    table, rest = '    """The table of Threads', '        Column("created", Float, nullable=False),\n'
    _insert(stores / "schema.py", COLUMN, after=(table, rest))
    migrations = stores / "migrations.py"
    _insert(migrations, STEP, before="STORE: tuple[Step, ...] = (")
    text = migrations.read_text("utf-8")
    for name in ("STORE", "OTREE"):
        head, _, tail = text.partition(f"{name}: tuple[Step, ...] = (")
        steps, _, tail = tail.partition(")\n")
        text = f"{head}{name}: tuple[Step, ...] = ({steps.rstrip().rstrip(',')}, colours)\n{tail}"
    migrations.write_text(text, "utf-8")
    return folder


def _insert(file: Path, words: str, after: tuple[str, str] = ("", ""), before: str = "") -> None:
    text = file.read_text("utf-8")
    place = text.index(before) if before else text.index(after[1], text.index(after[0])) + len(after[1])
    file.write_text(text[:place] + words + text[place:], "utf-8")
