"""Rewrite scripts, scenarios and oTree apps that were written for alter_ego.

What would change is shown first, and each file that is written keeps a backup beside it.
"""

from __future__ import annotations

import argparse
import difflib
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

from ..display import say
from ..migrating import KEY, Change, NotMoved, Plan, plan, write
from .shared.output import Failure, agreed
from .shared.terminal import painted, plain, width, wrapped

HELP = "move scripts and apps over from alter_ego"
COLOURS = {"+": "green", "-": "red", "@": "cyan"}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """PATH, --yes."""
    parser.add_argument(
        "paths", metavar="PATH", nargs="+", type=Path, help="a file, or a folder with all that is in it"
    )
    parser.add_argument("--yes", action="store_true", help="write without asking")


def run(options: argparse.Namespace) -> int:
    """Do it."""
    try:
        made = plan(options.paths)
    except NotMoved as problem:
        raise Failure(str(problem)) from None
    for change in made.changes:
        for line in _diff(change):
            print(line)
    failed = _write(made, options.yes)
    _tell(made)
    return 1 if failed or made.left else 0


def _write(made: Plan, sure: bool) -> bool:
    """Write what was shown, if that is wanted; whether something went wrong."""
    number = len(made.changes)
    if not number:
        print(f"Nothing to change in {_count(made.seen, 'file')}.")
        return False
    if not sure and not agreed(f"\nWrite {_count(number, 'file')}?"):
        print(f"\nNothing was written. To write {_count(number, 'file')}, run it again with --yes.")
        return False
    print()
    failed = False
    for change in made.changes:
        try:
            backup = write(change.file, change.before, change.after)
        except NotMoved as problem:
            say(f"ego: {problem}", sys.stderr)
            failed = True
        else:
            print(f"Wrote {plain(str(change.file))}; as it was, it is {plain(backup.name)}.")
    return failed


def _tell(made: Plan) -> None:
    for note in made.left:
        print(f"Left alone: {plain(str(note))}")
    if made.notes:
        print(f"\n{painted('Look at these yourself:', 'bold')}")
        for note in made.notes:
            print("\n    ".join(wrapped(f"  {note}", width() - 4)))
    if made.changes or made.notes:
        print("\nA scenario's built.json needs no change: otree_ego reads it as it is.")


def _diff(change: Change) -> Iterator[str]:
    before, after = (data.decode(change.encoding, "replace").splitlines() for data in (change.before, change.after))
    name = str(change.file)
    for line in difflib.unified_diff(_clean(before), _clean(after), name, name, lineterm=""):
        head = line.startswith(("---", "+++"))
        yield painted(line, "bold" if head else COLOURS[line[0]]) if head or line[0] in COLOURS else line


def _clean(lines: Sequence[str]) -> list[str]:
    """Lines as a terminal may have them, without keys."""
    return [plain(KEY.sub("[key]", line)) for line in lines]


def _count(number: int, what: str) -> str:
    return f"{number} {what}" + ("" if number == 1 else "s")
