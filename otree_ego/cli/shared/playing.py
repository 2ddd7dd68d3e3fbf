"""What `ego play` and `ego test` share: players play while their table is shown and their visits are written down."""

from __future__ import annotations

import argparse
import asyncio
import signal
import sys
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ...display import say
from .output import Failure
from .run_options import seconds

if TYPE_CHECKING:
    from ...errors import EgoError
    from ...experiment.player_runs import VisitRecord
    from ...experiment.recordings import recording
    from ...players.player import Player
    from ...players.visits import Visit
    from ...stores import RunStore
    from .player_table import PlayerTable

AGAIN = "The same command goes on where the players stood."
WRITTEN = 1.0
"""Seconds after which visits are written down at the latest."""


def add_who_plays(parser: argparse.ArgumentParser, wait: str, usual: float) -> None:
    """--model, who the players are, and for how long they wait for each other.

    Arguments:
        wait: what --wait means. usual: its default, in seconds.
    """
    parser.add_argument("--model", metavar="M", help="who plays, e.g. gpt-6-luna, or local/smollm2")
    parser.add_argument(
        "--personas", metavar="FILE|FILE.py:NAME",
        help="who the players are: a CSV file, a file with one on each line, or a list or function of Python",
    )  # fmt: skip
    parser.add_argument("--hooks", metavar="FILE", help="a Python file with ai_live(view, messages) or ai_page(page)")
    parser.add_argument("--reasons", action="store_true", help="ask for a reason before each answer")
    parser.add_argument("--ask", metavar="TEXT", default="", help="ask each player this when it is through")
    parser.add_argument("--temperature", type=float, metavar="T", help="of the model")
    parser.add_argument("--seed", type=int, metavar="S", help="of who gets which persona, and of the model")
    parser.add_argument(
        "--wait", type=seconds, metavar="SECONDS", default=usual, help=f"{wait} (default: {usual:g} seconds)"
    )


async def played(
    players: Sequence[Player], store: RunStore, record: recording, wait: float, alone: bool = False, again: str = ""
) -> int:
    """Let players play side by side; the exit code.

    Arguments:
        store, record: where their visits are written down.
        wait, alone: see `play_all`. again: how to go on after a stop, a sentence.
    """
    from ...experiment.player_runs import VisitRecord
    from ...players.side_by_side import play_all
    from .player_table import PlayerTable

    shown, visits = PlayerTable(players), VisitRecord(store, record.begin())
    for player in players:
        player.on_visit = partial(_changed, shown, visits)
    task = asyncio.ensure_future(play_all(players, wait, alone))
    with _interrupts(task.cancel):
        try:
            while not task.done():
                await asyncio.wait([task], timeout=WRITTEN)
                visits.write()
            stopped = task.result()
        except asyncio.CancelledError:
            visits.write()
            shown.draw()
            say(f"\nego: Stopped. {again}".rstrip(), sys.stderr)
            return 128 + signal.SIGINT
    return _ended(players, stopped, shown)


def check_player(model: str) -> None:
    """See that a model can be asked, before anybody is led into a study.

    Raises:
        ConfigError: its name is wrong, or its service's key is missing.
    """
    from ...providers import check_model

    if model:
        check_model(model)


def hooks_of(file: str | None) -> dict[str, Any]:
    """The functions of a hook file, by name.

    Raises:
        Failure: it has none, or cannot be loaded.
    """
    if not file:
        return {}
    from ...players.own_modules import NoPythonFile, own_module

    try:
        module = own_module(Path(file), f"--hooks {file}")
    except NoPythonFile as error:
        raise Failure(str(error), 2) from error
    # It is somebody's own code, and may raise anything.
    except Exception as error:
        place = f", line {error.lineno}" if isinstance(error, SyntaxError) else ""
        raise Failure(f"--hooks {file}{place}: it cannot be loaded: {type(error).__name__}: {error}.", 2) from error
    found = {name: getattr(module, name) for name in ("ai_live", "ai_page") if callable(getattr(module, name, None))}
    if not found:
        raise Failure(f"--hooks {file}: it has neither ai_live(view, messages) nor ai_page(page).", 2)
    return found


def _changed(shown: PlayerTable, visits: VisitRecord, visit: Visit) -> None:
    visits.changed(visit)
    shown.changed(visit)


def _ended(players: Sequence[Player], stopped: dict[str, EgoError], shown: PlayerTable) -> int:
    shown.draw()
    for name, error in stopped.items():
        say(f"ego: {name}: {error}", sys.stderr)
    say(f"{len(players) - len(stopped)} of {len(players)} players have finished the study.")
    return 1 if stopped else 0


class _interrupts:
    """While it is open, Ctrl-C calls a function."""

    def __init__(self, call: Callable[[], Any]) -> None:
        self._call = call
        self._before: Any = None

    def __enter__(self) -> None:
        loop = asyncio.get_running_loop()
        self._before = signal.signal(signal.SIGINT, lambda *_: loop.call_soon_threadsafe(self._call))

    def __exit__(self, *error: object) -> None:
        signal.signal(signal.SIGINT, self._before)
