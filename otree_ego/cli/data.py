"""Write the rows of a run to stdout: CSV, JSON lines or Parquet. How many there are goes to stderr."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from ..display import say
from ..errors import ConfigError
from .shared.output import Failure
from .shared.run_store import USUAL, add_otree, add_store, is_own, named, opened

HELP = "write a run's rows as CSV, JSON lines or Parquet"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """NAME, ID, --wide, --format, --excel, --store."""
    parser.add_argument(
        "names", nargs="+", metavar="[NAME] ID",
        help="the scenario, whose export(thread) makes the rows (may be left out), and the run's id or its beginning",
    )  # fmt: skip
    parser.add_argument("--wide", action="store_true", help="all that is known: prompts, answers, models, tokens, cost")
    parser.add_argument(
        "--visits",
        action="store_true",
        help="a row for each page that a player of ego play, or a session's AI, has seen",
    )
    parser.add_argument("--format", choices=("csv", "jsonl", "parquet"), default="csv", help="default: csv")
    parser.add_argument(
        "--excel", action="store_true", help="CSV for Excel: a text that begins as a formula does stays a text"
    )
    add_store(parser)
    add_otree(parser)


def run(options: argparse.Namespace) -> int:
    """Do it."""
    from ..experiment.exporting import columns_of, rows_of
    from ..experiment.player_runs import VISIT_COLUMNS, visit_rows

    *name, uid = options.names
    if len(name) > 1:
        raise Failure(f"ego data takes a scenario's name and a run's id, not {len(options.names)} words.", 2)
    if options.excel and options.format != "csv":
        raise Failure("--excel is for CSV; other formats have no formulas.", 2)
    if options.format == "parquet" and sys.stdout.isatty():
        raise Failure("Parquet is no text: send it to a file, e.g. ego data ID --format parquet > data.parquet", 2)
    with opened(options) as store:
        found = store.get(uid)
        if options.visits:
            return _write(options, list(visit_rows(store, found.uid)), VISIT_COLUMNS)
        module = _module(name[0] if name else "", found.source, found.kind, named(options) or USUAL)
        rows = list(rows_of(store, found, module, options.wide))
    return _write(options, rows, columns_of(rows, found.kind == "factorial"))


def _write(options: argparse.Namespace, rows: list[dict[str, Any]], columns: Sequence[str]) -> int:
    from ..experiment.exporting import write

    out: Any = _Shown()
    if not sys.stdout.isatty():
        out = sys.stdout
        if hasattr(out, "reconfigure"):
            out.reconfigure(encoding="utf-8", newline="")  # the same file on every machine
    write(rows, columns, "excel" if options.excel else options.format, out)
    sys.stdout.flush()
    print(f"Wrote {len(rows)} lines.", file=sys.stderr)
    return 0


class _Shown:
    """Stdout where a person reads it: files and pipes get rows to the letter, a terminal gets nothing that it obeys."""

    def write(self, text: str) -> None:
        """Print some of it."""
        say(text, end="")


def _module(name: str, source: Any, kind: str, store: str) -> Any:
    """The scenario's module, if its rows come from one."""
    from ..experiment.modules.scenario import find_scenario, load_scenario

    if name:
        try:
            file = find_scenario(name)
        except ConfigError:
            if kind in ("built", "factorial"):  # these make their rows without it
                return None
            raise
    else:
        file = Path(str(source.get("file", "")))
        if file.suffix == ".py" and not file.is_file():
            say(f"{file} is not there any more: these are the choices, not what its export() made.", sys.stderr)
        elif file.suffix == ".py" and not is_own(file, store):
            say(
                f"{file} is neither in this folder nor in the store's, and a store may come from anybody: these are "
                f"the choices, not what its export() made. If it is yours, name it: ego data {file} ID", sys.stderr,
            )  # fmt: skip
            return None
    return load_scenario(file) if file.suffix == ".py" and file.is_file() else None
