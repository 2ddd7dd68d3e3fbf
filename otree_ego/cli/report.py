"""Write what came of a run into one HTML file: figures, tables, prompts, costs. It opens without a network."""

from __future__ import annotations

import argparse
import os
import re
import sys
import tempfile
from pathlib import Path

from ..display import on_one_line, say
from .shared.output import Failure
from .shared.run_store import add_otree, add_store, opened

HELP = "write a run's figures and tables into one HTML file"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """ID, --people, --output, --force, --open, --store."""
    parser.add_argument("id", metavar="ID", help="the run's id, or its beginning; `ego runs` lists them")
    parser.add_argument(
        "-o", "--output", metavar="FILE", help="the file to write (default: report-NAME-ID.html here); - for stdout"
    )
    parser.add_argument(
        "--people", metavar="CSV", help="of a run of ego play: oTree's table with decisions of people, to compare them"
    )
    parser.add_argument("--force", action="store_true", help="overwrite FILE even if it is no report")
    parser.add_argument("--open", action="store_true", help="show the report in the browser")
    add_store(parser)
    add_otree(parser)


def run(options: argparse.Namespace) -> int:
    """Do it."""
    from ..experiment.report.html import report
    from ..experiment.report.svg import check_drawing

    check_drawing()
    with opened(options) as store:
        found = store.get(options.id)
        file = None if options.output == "-" else Path(options.output or _usual(found.name, found.uid))
        if file is not None:
            _check(file, options.force)
        elif options.open:
            raise Failure("There is no file to open if the report goes to stdout: leave out --open or -o -.", 2)
        page = report(store, found, options.people)
    if file is None:
        sys.stdout.buffer.write(page.encode())
        return 0
    _write(file, page)
    say(f"Wrote the report of {found.uid[:8]} ({on_one_line(found.name)[:80]}) to {file}.")
    if options.open:
        import webbrowser

        if not webbrowser.open(file.absolute().as_uri()):
            raise Failure(f"No browser could be started: open {file} yourself.")
    return 0


def _usual(name: str, uid: str) -> str:
    """A file name for a run.

    >>> _usual("What? A run/of mine", "0123456789abcdef")
    'report-what-a-run-of-mine-01234567.html'
    """
    words = re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")[:60].rstrip("-")
    return "-".join(filter(None, ("report", words, uid[:8]))) + ".html"


def _check(file: Path, force: bool) -> None:
    """See that the report may be written there, before the work is done."""
    from ..experiment.report.html import MARK

    if file.is_dir():
        raise Failure(f"There is a folder at {file}: name a file in it with -o.")
    if not file.parent.is_dir():
        raise Failure(f"There is no folder {file.parent.absolute()}: make it first, or name another file with -o.")
    if force or not file.exists():
        return
    try:
        with file.open("rb") as there:
            if MARK.encode() in there.read(1000):
                return
    except OSError as error:
        raise Failure(f"The file {file} cannot be read: {error.strerror or error}.") from None
    raise Failure(f"The file {file} is there already and is no report of otree_ego: name another file, or add --force.")


def _write(file: Path, page: str) -> None:
    """Write all of it or nothing: what was there before stays until the new file is whole."""
    if file.exists() and not file.is_file():  # /dev/stdout and the like cannot be replaced
        file.write_text(page, encoding="utf-8")
        return
    whole = file.resolve()
    try:
        handle, name = tempfile.mkstemp(".html", ".report-", whole.parent)
        try:
            with os.fdopen(handle, "w", encoding="utf-8", newline="\n") as made:
                made.write(page)
            os.chmod(name, whole.stat().st_mode & 0o777 if whole.exists() else 0o666 & ~_umask())
            os.replace(name, whole)
        except BaseException:
            Path(name).unlink(missing_ok=True)
            raise
    except OSError as error:
        reason = error.strerror or error
        raise Failure(f"The file {file} cannot be written: {reason}. Name a file in another folder with -o.") from None


def _umask() -> int:
    """How private new files are; it can only be read by setting it."""
    mask = os.umask(0o077)
    os.umask(mask)
    return mask
