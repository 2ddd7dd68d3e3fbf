"""Go on with a run that was stopped or has failed replications: what is done is not asked (or paid) again."""

from __future__ import annotations

import argparse
import os
import runpy
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..display import say
from ..errors import ConfigError, StoreError
from .run import ended, is_done, start, stopped
from .shared.event_lines import event_lines
from .shared.output import Failure
from .shared.run_options import add_run_options, given_options
from .shared.run_store import USUAL, is_own, named, opened

if TYPE_CHECKING:
    from ..stores import Run

HELP = "go on with a run that was stopped"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """ID, and how to run."""
    parser.add_argument("id", metavar="ID", help="the run's id, or its beginning; `ego runs` lists them")
    add_run_options(parser)


def run(options: argparse.Namespace) -> int:
    """Do it."""
    with event_lines(options.events):
        return _run(options)


def _run(options: argparse.Namespace) -> int:
    from ..stores.runs import SCRIPT

    with opened(options) as store:
        found = store.get(options.id)
        totals = store.totals(found.uid)
    if found.kind == SCRIPT:
        raise Failure(
            f"The run {found.uid[:8]} ({found.name}) is what a script has saved or recorded, which follows no plan: "
            "there is nothing to resume. Run the script again; it makes a run of its own."
        )
    if found.status == "done" and not totals.failed and totals.replications >= found.planned:
        say(f"The run {found.uid[:8]} ({found.name}) has all its {found.planned} replications: nothing is left.")
        return 0
    source = dict(found.source)
    if found.kind == "built":  # as it was, whatever has become of the file
        source["built"] = found.settings["built"]
    where, folder = named(options) or USUAL, Path(str(source.get("folder", "")))
    _check_origin(found, source, where)
    # In another's folder there may be another's settings.py.
    if source.get("folder") and folder.is_dir() and folder != Path.cwd() and is_own(folder, where):
        options.store = where if "://" in where else str(Path(where).absolute())
        os.chdir(folder)
    if source.get("verb") == "run":
        if "built" not in source and not Path(source["file"]).is_file():
            raise Failure(f"The scenario {source['file']} is not there any more: put it back, then resume.")
        if options.retries is not None:
            raise Failure("--retries is a part of the experiment: it cannot change in the middle of a run.", 2)
        return start(source, options, found.uid)
    return _script(source, options, found.uid)


def _check_origin(found: Run, source: dict[str, Any], store: str) -> None:
    """See that what is run is the project's own: the store may come from somebody else.

    Raises:
        Failure: it is somewhere else; the message says how to resume it all the same.
    """
    name = str(source.get("file" if source.get("verb") == "run" else "script") or "")
    if not name or (found.kind == "built" and source.get("verb") == "run" and name.endswith(".json")):
        return  # a built file is data, and is taken as the store has it
    folder = str(source.get("folder") or "")
    if not is_own(Path(folder, name), store):
        raise Failure(
            f"The run {found.uid[:8]} was begun by {name}, which is neither in this folder nor in the store's: a store "
            f"may come from somebody else, so it is not run. If it is yours, resume it in its folder ({folder})."
        )


def _script(source: dict[str, Any], options: argparse.Namespace, uid: str) -> int:
    """Run the script again that began it, for this one run."""
    from ..experiment.runs.options import COMMAND_LINE, CommandLine

    script = Path(str(source.get("script", "")))
    if not script.is_file():
        raise Failure(
            "The run was begun in an interactive session, or its script is gone "
            f"({script if str(script) != '.' else 'no file'}): run the same code again, and it goes on by itself."
        )
    arguments = [str(each) for each in source.get("arguments") or ()]
    before, sys.argv = sys.argv, [str(script), *arguments]
    sys.path.insert(0, str(script.parent))
    token = COMMAND_LINE.set(CommandLine(given_options(options), resume=uid))
    store, began = named(options) or USUAL, time.time()
    try:
        runpy.run_path(str(script), run_name="__main__")
    except KeyboardInterrupt as stop:
        return stopped(stop)
    except ConfigError:
        if not is_done(store, uid, began):
            raise
        # The run is done, and the script has come to another one, which nobody asked for.
    except SystemExit as end:
        if end.code:
            raise
    finally:
        COMMAND_LINE.reset(token)
        sys.argv = before
        if str(script.parent) in sys.path:
            sys.path.remove(str(script.parent))
    if not is_done(store, uid, began):
        raise StoreError(f"The script ended, but the run {uid[:8]} did not: does it still begin this run?")
    return ended(store, [uid])
