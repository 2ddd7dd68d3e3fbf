"""Let models take part in a study that runs on an oTree server, through its pages, as participants do.

URL is a session-wide link (…/join/…), a room's (…/room/…), or participants' own links (…/InitializeParticipant/…). With
--config it is the server's address, and a session is made first. The same command goes on where the players stood.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import random
import signal
import sys
from collections.abc import Callable, Sequence
from functools import partial
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from ..display import say
from ..errors import EgoError
from .shared.output import Failure
from .shared.run_options import whole
from .shared.run_store import add_store, named

if TYPE_CHECKING:
    from ..experiment.player_runs import VisitRecord
    from ..experiment.recordings import recording
    from ..players.player import Player
    from ..players.study_links import Entry
    from ..players.visits import Visit
    from ..stores import RunStore
    from .shared.player_table import PlayerTable

HELP = "let models take part in a study, through its pages"
KEY = "OTREE_REST_KEY"
WRITTEN = 1.0
"""Seconds after which visits are written down at the latest."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """URL, -n, --model, who the players are, and where."""
    parser.add_argument("links", metavar="URL", nargs="+", help="the link into the study, or the server's address")
    parser.add_argument(
        "-n", "--players", type=whole, metavar="N", help="how many players (default: one a link or label)"
    )
    parser.add_argument("--model", metavar="M", help="who plays, e.g. gpt-6-luna, or local/smollm2")
    parser.add_argument("--config", metavar="NAME", help="make a session of this session config first; needs -n")
    parser.add_argument("--labels", metavar="FILE|A,B,…", help="the players' labels (default: ego1, ego2, …)")
    parser.add_argument("--personas", metavar="FILE", help="who the players are: a line each, dealt out evenly")
    parser.add_argument("--hooks", metavar="FILE", help="a Python file with ai_live(view, messages) or ai_page(page)")
    parser.add_argument("--reasons", action="store_true", help="ask for a reason before each answer")
    parser.add_argument("--ask", metavar="TEXT", default="", help="ask each player this when it is through")
    parser.add_argument("--temperature", type=float, metavar="T", help="of the model")
    parser.add_argument("--seed", type=int, metavar="S", help="of who gets which persona, and of the model")
    parser.add_argument(
        "--mine", action="store_true", help="the study is your own, though its server accepts any REST key"
    )
    add_store(parser)


def run(options: argparse.Namespace) -> int:
    """Do it."""
    from ..errors import ConfigError
    from ..experiment.recordings import recording
    from ..stores.runs import STORE
    from .shared.project import load_project

    load_project()  # services of its own that a project declares are known then
    hooks = _hooks(options.hooks)
    if not options.model and "ai_page" not in hooks:
        raise Failure("--model says who plays, e.g. --model gpt-6-luna.", 2)
    try:
        where, entries = asyncio.run(_entries(options))
    except ConfigError as error:
        raise Failure(str(error), 2) from error
    store = named(options) or STORE
    name = f"play {where}"
    with recording(name, store=store) as record:
        players = _players(options, entries, hooks)
        code = asyncio.run(_play(players, name, store, record))
    uid = record.id[:8]
    say(f"ego data {uid} --visits has a row for each page, ego show {uid} what was said.", sys.stderr)
    return code


async def _entries(options: argparse.Namespace) -> tuple[str, list[Entry]]:
    """What the study is called, and where each player enters."""
    from ..players.study_links import check_access, entries, kind_of, make_session, server_of

    links, key = list(options.links), os.environ.get(KEY, "").strip()
    labels = _labels(options.labels)
    for server in dict.fromkeys(map(server_of, links)):
        await check_access(server, key, options.mine)
    if options.config:
        number = options.players or len(labels)
        if len(links) != 1 or not number:
            raise Failure("--config makes a session: give the server's address, and with -n how many take part.", 2)
        code, link = await make_session(links[0], key, options.config, number, {})
        say(f"Session {code}. To go on with it later: ego play {link} -n {number}", sys.stderr)
        links = [link]
    elif kind_of(links[0]) == "server":
        raise Failure("Give a link into a study, or name a session config with --config.", 2)
    parts = urlsplit(links[0])
    return f"{parts.netloc}{parts.path}", entries(links, options.players, labels)


def _players(options: argparse.Namespace, entries: Sequence[Entry], hooks: dict[str, Any]) -> list[Player]:
    from ..players.http_transport import HttpTransport
    from ..players.player import Player
    from ..players.player_memory import new_memory

    personas = _personas(options.personas, len(entries), options.seed)
    settings = {name: getattr(options, name) for name in ("temperature", "seed") if getattr(options, name) is not None}
    made = []
    for entry, persona in zip(entries, personas, strict=True):
        memory = new_memory(options.model, persona, player=entry.label, **settings) if options.model else None
        made.append(
            Player(
                entry.label, HttpTransport(entry.link), memory, script=hooks.get("ai_page"), live=hooks.get("ai_live"),
                reasons=options.reasons, afterwards=options.ask,
            )
        )  # fmt: skip
    return made


async def _play(players: Sequence[Player], name: str, store: str, record: recording) -> int:
    from ..experiment.player_runs import VisitRecord
    from ..players.side_by_side import play_all
    from ..stores import RunStore
    from .shared.player_table import PlayerTable

    opened = RunStore(store)
    try:
        await _recall(players, name, opened)
        shown, visits = PlayerTable(players), VisitRecord(opened, record.begin())
        for player in players:
            player.on_visit = partial(_changed, shown, visits)
        task = asyncio.ensure_future(play_all(players))
        with _interrupts(task.cancel):
            try:
                while not task.done():
                    await asyncio.wait([task], timeout=WRITTEN)
                    visits.write()
                stopped = task.result()
            except asyncio.CancelledError:
                visits.write()
                shown.draw()
                say("\nego: Stopped. The same command goes on where the players stood.", sys.stderr)
                return 128 + signal.SIGINT
    finally:
        opened.close()
    return _ended(players, stopped, shown)


def _changed(shown: PlayerTable, visits: VisitRecord, visit: Visit) -> None:
    visits.changed(visit)
    shown.changed(visit)


def _ended(players: Sequence[Player], stopped: dict[str, EgoError], shown: PlayerTable) -> int:
    shown.draw()
    for name, error in stopped.items():
        say(f"ego: {name}: {error}", sys.stderr)
    say(f"{len(players) - len(stopped)} of {len(players)} players have finished the study.")
    return 1 if stopped else 0


async def _recall(players: Sequence[Player], name: str, store: RunStore) -> None:
    """Let players that were there before remember it."""
    from ..experiment.player_runs import recall, remembered

    for player in players:
        if player.memory is not None and (before := remembered(store, name, player.name)):
            await recall(player.memory, before)


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


def _labels(given: str | None) -> list[str]:
    """Labels from a file, one a line, or from the command line."""
    if not given:
        return []
    file = Path(given)
    texts = file.read_text("utf-8").splitlines() if file.is_file() else given.split(",")
    return [text.strip() for text in texts if text.strip()]


def _personas(file: str | None, number: int, seed: int | None) -> list[str]:
    """Who each player is: the lines of a file, dealt out in permuted blocks."""
    from ..blocks import permuted_blocks

    if not file:
        return [""] * number
    try:
        lines = [line.strip() for line in Path(file).read_text("utf-8").splitlines() if line.strip()]
    except OSError as error:
        raise Failure(f"--personas {file}: {error.strerror or error}.", 2) from None
    if not lines:
        raise Failure(f"--personas {file}: there is nobody in it.", 2)
    blocks = permuted_blocks(lines, random.Random(0 if seed is None else seed))
    return [next(blocks) for _ in range(number)]


def _hooks(file: str | None) -> dict[str, Any]:
    """The functions of a hook file."""
    if not file:
        return {}
    path = Path(file)
    spec = spec_from_file_location(path.stem, path) if path.is_file() else None
    if spec is None or spec.loader is None:
        raise Failure(f"--hooks {file}: there is no such Python file.", 2)
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    found = {name: getattr(module, name) for name in ("ai_live", "ai_page") if callable(getattr(module, name, None))}
    if not found:
        raise Failure(f"--hooks {file}: it has neither ai_live(view, messages) nor ai_page(page).", 2)
    return found
