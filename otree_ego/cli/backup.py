"""Copy an oTree database into one file: sessions, participants, what pages asked for, and all conversations.

`otree resetdb` deletes all of that. `ego restore` brings it back.
"""

from __future__ import annotations

import argparse
from pathlib import Path

from .shared.output import Failure
from .shared.run_store import add_otree, otree_database

HELP = "copy an oTree database into one file"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """FILE, --otree."""
    parser.add_argument("file", metavar="FILE", type=Path, help="the file to make; it must not be there yet")
    add_otree(parser, also=False)


def run(options: argparse.Namespace) -> int:
    """Do it."""
    from ..stores.database_copies import back_up

    file: Path = options.file
    if file.exists():
        raise Failure(f"{file} is there already: name a new file.")
    if not file.parent.is_dir():
        raise Failure(f"There is no folder {file.parent.absolute()}: make it first.")
    try:
        count = back_up(otree_database(options), file)
    except BaseException:
        file.unlink(missing_ok=True)
        raise
    print(f"Wrote {count} rows to {file}. It holds what participants said: keep it as safe as the database.")
    return 0
