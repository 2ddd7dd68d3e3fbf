"""Fetch the embedded model's weights now instead of on first use, and print where they are."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable

from ..display import say

HELP = "fetch the embedded model's weights"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """This verb takes none."""


def run(options: argparse.Namespace) -> int:
    """Do it."""
    from ..providers.local.weights import fetch_weights

    print(fetch_weights(progress()))
    return 0


def progress() -> Callable[[int, int], None] | None:
    """How a fetch is shown: None (its own bar) on a terminal, else a line for each tenth."""
    if sys.stderr.isatty():
        return None
    last = -1

    def lines(done: int, total: int) -> None:
        nonlocal last
        if (tenth := done * 10 // total) > last:
            last = tenth
            what = f"Fetching the embedded model's weights: {tenth * 10} % of {total / 1e6:.0f} MB"
            say(what, sys.stderr)

    return lines
