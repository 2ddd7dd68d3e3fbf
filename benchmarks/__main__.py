"""All benchmarks, one after the other: `python -m benchmarks`; with `--slow` also those that take long."""

from __future__ import annotations

import argparse
import subprocess
import sys

from .common import REPO

SCRIPTS = (
    "imports",
    "provider_cpu",
    "client_ways",
    "turn_growth",
    "session_creation",
    "chat_load",
    "waiting_page",
    "hostile_service",
    "server_memory",
    "design_run",
    "engines",
    "players",
    "builder",
    "seats",
)
SLOW = ("peers", "design_run --calls 1000 10000", "paper_design")


def main() -> int:
    """Run them with their usual options; the exit code is not 0 if one of them could not run."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--slow", action="store_true", help="also the peers, larger designs, and a paper's")
    commands = [*SCRIPTS, *SLOW] if parser.parse_args().slow else SCRIPTS
    return max(_run(command.split()) for command in commands)


def _run(command: list[str]) -> int:
    name, *options = command
    return subprocess.run([sys.executable, "-m", f"benchmarks.{name}", *options], cwd=REPO).returncode


if __name__ == "__main__":
    sys.exit(main())
