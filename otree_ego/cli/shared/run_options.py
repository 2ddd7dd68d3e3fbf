"""Options of the command line that change how a run is done, and nothing of what comes out."""

from __future__ import annotations

import argparse
import math
from typing import TYPE_CHECKING, cast

from .run_store import add_store, named

if TYPE_CHECKING:
    from ...experiment.runs.options import RunOptions


def add_run_options(parser: argparse.ArgumentParser) -> None:
    """--concurrency, --rpm, --tpm, --patience, --budget, --batch, --engine and --store, by their `RunOptions` names.

    And --retries and --events.
    """
    parser.add_argument("--concurrency", type=whole, metavar="N", help="replications at a time")
    parser.add_argument(
        "--rpm", dest="requests_per_minute", type=positive, metavar="N", help="requests a minute, at most"
    )
    parser.add_argument("--tpm", dest="tokens_per_minute", type=positive, metavar="N", help="tokens a minute, at most")
    parser.add_argument(
        "--patience", type=seconds, metavar="SECONDS",
        help="stop rather than wait longer than this for a service or a batch; ego resume goes on (default: no limit)",
    )  # fmt: skip
    parser.add_argument("--budget", type=positive, metavar="USD", help="stop when this is spent")
    parser.add_argument("--retries", type=natural, metavar="N", help="built files: ask again for an invalid answer")
    parser.add_argument("--batch", action="store_true", default=None, help="use the service's own batch queue")
    parser.add_argument(
        "--changed-code", choices=("stop", "deviation", "new"),
        help="where the code that plays has changed: stop, go on and record it, or begin a new run (default: stop)",
    )  # fmt: skip
    parser.add_argument("--engine", metavar="NAME", help="spread it over processes (joblib) or machines (ray)")
    parser.add_argument(
        "--events", action="store_true",
        help="tell the run as JSON lines on stdout; stops and people's answers are JSON lines from stdin",
    )  # fmt: skip
    add_store(parser)


def given_options(options: argparse.Namespace) -> RunOptions:
    """Those of a run's options that the command line or the environment says something of."""
    from ...experiment.runs.options import RUN_OPTIONS

    said = {**vars(options), "store": named(options) or None}
    return cast("RunOptions", {name: said[name] for name in RUN_OPTIONS if said.get(name) is not None})


def whole(text: str) -> int:
    """A number of replications."""
    number = int(text) if text.isdecimal() else 0
    if number < 1:
        raise argparse.ArgumentTypeError(f"it takes a whole number from 1, not {text!r}")
    return number


def natural(text: str) -> int:
    """A number of further attempts."""
    if not text.isdecimal():
        raise argparse.ArgumentTypeError(f"it takes a whole number from 0, not {text!r}")
    return int(text)


def seconds(text: str) -> float:
    """A length of time; 0 is one, too."""
    return 0.0 if text.strip() == "0" else positive(text)


def positive(text: str) -> float:
    """A number above 0."""
    try:
        number = float(text)
    except ValueError:
        number = 0.0
    if not 0 < number < math.inf:
        raise argparse.ArgumentTypeError(f"it takes a number above 0, not {text!r}")
    return number
