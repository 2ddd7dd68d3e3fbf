"""Put a file of `ego backup` into an oTree database that has no sessions, of the same project on any database."""

from __future__ import annotations

import argparse
from pathlib import Path

from .shared.output import Failure
from .shared.run_store import add_otree, otree_database

HELP = "put a backup into an empty oTree database"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """FILE, --otree."""
    parser.add_argument("file", metavar="FILE", type=Path, help="what ego backup has written")
    add_otree(parser, also=False)


def run(options: argparse.Namespace) -> int:
    """Do it."""
    from ..stores.database_copies import restore

    if not options.file.is_file():
        raise Failure(f"There is no file {options.file}.")
    count = restore(options.file, otree_database(options))
    print(f"Restored {count} rows. Start the server now.")
    return 0
