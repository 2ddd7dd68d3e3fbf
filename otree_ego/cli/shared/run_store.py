"""What the verbs share that read a store of experiments: which one, opening it, and words for times and money."""

from __future__ import annotations

import argparse
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from .output import Failure

if TYPE_CHECKING:
    from ...stores import Run, RunStore, Totals

USUAL = "ego.sqlite3"
OTREES = "db.sqlite3"
UNITS = ((31_557_600, "year"), (2_629_800, "month"), (86_400, "day"), (3_600, "hour"), (60, "minute"))


def add_store(parser: argparse.ArgumentParser) -> None:
    """--store, for every verb that reads one."""
    text = f"a SQLite file or a database URL (default: the environment variable EGO_STORE, else {USUAL} in this folder)"
    parser.add_argument("--store", metavar="PATH|URL", help=text)


def add_otree(parser: argparse.ArgumentParser, also: bool = True) -> None:
    """--otree, for verbs that read an oTree database as well, or (`also` is False) nothing else."""
    text = "the sessions of an oTree database" if also else "the oTree database"
    text += f": its URL or its file (default: the environment variable DATABASE_URL, else {OTREES} in this folder)"
    usual = None if also else ""
    parser.add_argument("--otree", metavar="PATH|URL", nargs="?", const="", default=usual, help=text)


def otree_database(options: argparse.Namespace) -> str:
    """The oTree database that the command line or the environment names, else the file in this folder.

    Raises:
        Failure: what stands after --otree is no database, but perhaps a session.
    """
    from ...stores.addresses import file_of, url_of

    name = (options.otree or "").strip()
    where = name or os.environ.get("DATABASE_URL", "").strip() or OTREES
    file = file_of(url_of(where))
    if name and file is not None and not file.exists() and file.suffix == "":
        raise Failure(
            f"There is no oTree database {name}. If that is a session, write it before --otree: "
            f"ego {options.verb} {name} --otree", 2,
        )  # fmt: skip
    return where


def named(options: argparse.Namespace) -> str:
    """The store that the command line or the environment names, empty if none does."""
    return (options.store or os.environ.get("EGO_STORE", "")).strip()


@contextmanager
def opened(options: argparse.Namespace) -> Iterator[RunStore]:
    """The store, to be read; that is enough if nothing may be written.

    Raises:
        StoreError: it is not there, cannot be opened, or was made by a newer otree_ego.
        Failure: it is a database of something else; it is left as it is.
    """
    from ...stores import RunStore
    from ...stores.addresses import url_of

    if getattr(options, "otree", None) is not None:
        from ...experiment.otree_sessions import OTreeStore

        sessions = OTreeStore(otree_database(options))
        try:
            yield sessions
        finally:
            sessions.close()
        return
    where = named(options) or USUAL
    _refuse_others(url_of(where))
    store = RunStore(where, create=False, reading=True)
    try:
        yield store
    finally:
        store.close()


def is_own(file: Path, store: str) -> bool:
    """Whether a script that a store names is part of the project: in this folder, or in the store's.

    A store may come from somebody else, and must not choose what is run on this machine.

    Arguments:
        file: an absolute path; any other is nobody's. store: its file or URL.
    """
    from ...stores.addresses import file_of, url_of

    at = file_of(url_of(store))
    homes = [Path.cwd(), *([at.absolute().parent] if at is not None else [])]
    try:
        return file.is_absolute() and any(file.resolve().is_relative_to(home.resolve()) for home in homes)
    except (OSError, ValueError, RuntimeError):
        return False


def nothing_yet(options: argparse.Namespace) -> bool:
    """Whether there is just no store in this folder, and none was named."""
    return getattr(options, "otree", None) is None and not named(options) and not Path(USUAL).exists()


def ago(seconds: float, now: float | None = None) -> str:
    """How long ago a time is.

    >>> ago(1000, 1030), ago(1000, 1000 + 7300), ago(1000, 1000 + 60)
    ('just now', '2 hours ago', '1 minute ago')
    """
    passed = (time.time() if now is None else now) - seconds
    for size, unit in UNITS:
        if passed >= size:
            number = int(passed // size)
            return f"{number} {unit}{'s' if number > 1 else ''} ago"
    return "just now"


def dollars(cost: float, unpriced: int = 0) -> str:
    """US dollars; ``+?`` where a price is unknown.

    >>> dollars(0.0055), dollars(12.5, 3), dollars(0), dollars(0, 2), dollars(0.00000012)
    ('$0.0055', '$12.50+?', '$0', '?', '$0.00000012')
    """
    if not cost:
        return "?" if unpriced else "$0"
    if cost < 0.001:
        text = f"{cost:.8f}".rstrip("0").rstrip(".")
        text = "<0.00000001" if text == "0" else text
    else:
        text = f"{cost:.4f}" if cost < 1 else f"{cost:,.2f}"
    return f"${text}" + ("+?" if unpriced else "")


def state_of(run: Run) -> tuple[str, str]:
    """A run's status and its note; one that nobody works on any more is stopped, whatever it says of itself."""
    from ...stores.run_search import is_left
    from ...stores.runs import SCRIPT

    if is_left(run):
        again = "" if run.kind == SCRIPT else "; run it again to go on"
        return "stopped", f"its process was last seen {ago(run.beat)}{again}"
    return run.status, run.note


def progress_of(run: Run, totals: Totals) -> str:
    """How many replications have an answer, of how many."""
    done = totals.replications - totals.failed
    return f"{done}/{run.planned}" if run.planned else str(done)


def _refuse_others(url: str) -> None:
    """See that a database is a store before it is opened as one: opening makes what tables it lacks."""
    from sqlalchemy import create_engine, inspect
    from sqlalchemy.exc import SQLAlchemyError

    from ...stores.addresses import shown
    from ...stores.reading import may_be_written

    file = Path(url.partition("?")[0].removeprefix("sqlite:///")) if url.startswith("sqlite:///") else None
    if file is not None and not file.is_file():
        if file.is_dir():
            raise Failure(f"A store is a file, and {file} is a folder: name the file in it.")
        return
    if not may_be_written(url):
        return  # nothing is made in it
    try:
        engine = create_engine(url)
        try:
            tables = set(inspect(engine).get_table_names())
        finally:
            engine.dispose()
    # whatever it is, opening it as a store says it in words
    except (SQLAlchemyError, ImportError, ValueError):
        return
    if "otree_ego_schema" not in tables:
        what = "it is an oTree project's" if "otree_participant" in tables else "it is something else's"
        what = what if tables else "it is empty"
        raise Failure(f"The database {shown(url)} is no store of experiments ({what}): name one with --store PATH.")
