"""Rows of `ego check` about this machine: Python, packages and the database."""

from __future__ import annotations

import os
import platform
import re
import sqlite3
import sys
from collections.abc import Iterator
from contextlib import closing
from importlib import metadata
from importlib.util import find_spec
from pathlib import Path
from urllib.parse import urlsplit

from ...projects import requirements
from .output import Row, version_of
from .project import Project

PYTHONS = ((3, 10), (3, 13))
OTREES = ((6, 0, 13), (6, 0, 15))
OTREE_FIX = 'pip install "otree>=6.0.13,<7"'
SECONDS = 5


def check_machine() -> Iterator[Row]:
    """Python, otree_ego and oTree."""
    low, high = PYTHONS
    tested = low <= sys.version_info[:2] <= high
    yield Row(
        "Python",
        "ok" if tested else "warning",
        platform.python_version() + ("" if tested else f", not tested (tested: {_dots(low)} to {_dots(high)})"),
    )
    yield Row("otree_ego", "ok", version_of("otree-ego"))
    yield _otree_row(version_of("otree"))


def _otree_row(version: str) -> Row:
    numbers = tuple(int(number) for number in re.findall(r"\d+", version)[:3])
    if not numbers:
        return Row("oTree", "failed", "not installed", OTREE_FIX)
    low, high = OTREES
    if numbers < low or numbers >= (7,):
        return Row("oTree", "failed", f"{version} does not go with this version of otree_ego", OTREE_FIX)
    if numbers > high:
        return Row("oTree", "warning", f"{version} is newer than what was tested ({_dots(high)})")
    return Row("oTree", "ok", version)


def check_packages() -> Iterator[Row]:
    """oTree's exact versions, and whatever else the packages below otree_ego ask of each other."""
    wrong = {
        f"oTree needs {name}=={wanted}, here is {_installed(name)}"
        for name, wanted in exactly_needed("otree")
        if _installed(name) != wanted
    }
    wrong |= set(requirements.unmet(["otree-ego", "otree"]))
    if wrong:
        fix = "pip install --upgrade otree-ego otree, or make a fresh virtual environment"
        yield Row("packages", "failed", "; ".join(sorted(wrong)), fix)
    else:
        yield Row("packages", "ok", f"as oTree pins them; openai {version_of('openai')}")


def check_database(project: Project) -> Iterator[Row]:
    """Where oTree keeps its data here, and whether it can be reached."""
    url = os.environ.get("DATABASE_URL", "")
    if url and not url.startswith("sqlite"):
        yield _server_row(url)
    elif project.found:
        yield _sqlite_row(Path(url.removeprefix("sqlite:///") if url else "db.sqlite3"))
    else:
        yield Row("database", "info", "none in this folder")


def _server_row(url: str) -> Row:
    try:
        parts = urlsplit(url)
        where = f"{parts.hostname}:{parts.port or 5432}{parts.path}"
    except ValueError:
        return Row("database", "failed", "DATABASE_URL is not an address", "postgresql://USER:PASSWORD@HOST:5432/NAME")
    if find_spec("psycopg2") is None:
        return Row("database", "failed", f"{where} needs the package psycopg2", 'pip install "otree-ego[postgres]"')
    from sqlalchemy import create_engine
    from sqlalchemy.exc import SQLAlchemyError

    try:
        # SQLAlchemy 1.4 and later no longer know the short name that Heroku gives.
        engine = create_engine(re.sub(r"^postgres://", "postgresql://", url), connect_args={"connect_timeout": SECONDS})
        with engine.connect():
            pass
        engine.dispose()
    except (SQLAlchemyError, ValueError) as error:
        why = str(getattr(error, "orig", None) or type(error).__name__).strip().splitlines()[0]
        if parts.password:
            why = why.replace(parts.password, "…")
        return Row("database", "failed", f"{where} cannot be reached: {why}", "see to DATABASE_URL and the server")
    return Row("database", "ok", f"PostgreSQL, {where}")


def _sqlite_row(file: Path) -> Row:
    name = f"SQLite, {file}"
    if not os.access(file.absolute().parent, os.W_OK) or (file.exists() and not os.access(file, os.W_OK)):
        return Row("database", "failed", f"{name}: not writable", "change its owner or the folder's permissions")
    if file.is_file() and file.stat().st_size:
        try:
            with closing(sqlite3.connect(f"{file.absolute().as_uri()}?mode=ro", uri=True)) as connection:
                connection.execute("SELECT count(*) FROM sqlite_master").fetchone()
        except sqlite3.Error as error:
            return Row("database", "failed", f"{name}: {error}", "move the file away; oTree makes a new one")
        return Row("database", "ok", name)
    return Row("database", "ok", f"{name}, made when oTree starts")


def exactly_needed(package: str) -> list[tuple[str, str]]:
    """The packages of which an installed one needs exactly one version, and that version."""
    try:
        lines = metadata.requires(package) or []
    except metadata.PackageNotFoundError:
        return []
    found = (re.fullmatch(r"([\w.-]+)==([\w.]+)", line.partition(";")[0].strip()) for line in lines)
    return [(match[1], match[2]) for match in found if match]


def _installed(package: str) -> str:
    try:
        return metadata.version(package)
    except metadata.PackageNotFoundError:
        return "none"


def _dots(numbers: tuple[int, ...]) -> str:
    return ".".join(map(str, numbers))
