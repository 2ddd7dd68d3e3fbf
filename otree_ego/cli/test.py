"""Let models, or scripts, play a project's sessions in this process, side by side; nothing is left in its database.

Run it in the project's folder. APP is a session config, or an app that only one of them has; without it, all session
configs are played, one after the other. What the apps' tests.py say counts: their PlayerBot, if it is one of
otree_ego.bots.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import sys
import time
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..display import say
from .shared.output import Failure
from .shared.playing import add_who_plays, check_player, hooks_of, played
from .shared.run_options import whole
from .shared.run_store import add_store, named

if TYPE_CHECKING:
    from ..binding.otree_internals.player_bots import PlayerBot
    from ..binding.otree_internals.study_in_memory import StudyBots
    from ..players.player import Player

HELP = "let models play a project's sessions here, side by side"
MODEL = "EGO_PLAYER_MODEL"
FILE = Path("db.sqlite3")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """APP, -n, --model, who the players are, and where."""
    parser.add_argument("app", metavar="APP", nargs="?", help="a session config, or an app (default: all configs)")
    parser.add_argument(
        "-n", "--players", type=whole, metavar="N", help="how many take part (default: num_demo_participants)"
    )
    add_who_plays(parser, "how long all players may wait before they are stuck", 300.0)
    parser.add_argument("--export", metavar="FOLDER", help="write oTree's data there, as `otree test --export` does")
    add_store(parser)


def run(options: argparse.Namespace) -> int:
    """Do it."""
    from .shared.project import load_project

    if not Path("settings.py").is_file():
        raise Failure("There is no settings.py here: run ego test in the folder of an oTree project.", 2)
    load_project()  # services of its own that a project declares are known then
    hooks = hooks_of(options.hooks)
    was_there = FILE.exists()
    prepare()
    try:
        return asyncio.run(_run(options, hooks))
    finally:
        if not was_there and FILE.is_file() and not FILE.stat().st_size:
            FILE.unlink()  # oTree makes it when it is imported, and nothing was written into it


def prepare() -> None:
    """Say that oTree is to keep its data in memory, in a server of this process; before it is imported."""
    os.environ["OTREE_IN_MEMORY"] = "1"
    for name in ("OTREE_AUTH_LEVEL", "OTREE_PRODUCTION"):
        os.environ.pop(name, None)
    sys.argv = ["otree", "devserver_inner"]
    if str(Path.cwd()) not in sys.path:
        sys.path.insert(0, str(Path.cwd()))


async def _run(options: argparse.Namespace, hooks: dict[str, Any]) -> int:
    from ..errors import ConfigError
    from ..experiment import recordings  # noqa: F401  (before the binding: what players say is recorded there)
    from ..binding.otree_internals import study_in_memory as study  # isort: skip

    try:
        study.load_project()
        configs = [study.config_of(options.app)] if options.app else study.config_names()
    except ConfigError as error:
        raise Failure(str(error), 2) from error
    code = 0
    async with study.StudyServer() as server:
        for config in configs:
            code = max(code, await _play_config(options, hooks, config, server.url))
            if code > 1:
                break
        if options.export:
            await study.in_database(lambda: study.export(Path(options.export)))
            say(f"oTree's data is in {options.export}.", sys.stderr)
    return code


async def _play_config(options: argparse.Namespace, hooks: dict[str, Any], config: str, server: str) -> int:
    from ..binding.otree_internals import study_in_memory as study
    from ..errors import ConfigError
    from ..experiment.recordings import recording
    from ..players.study_links import make_session
    from ..stores import RunStore
    from ..stores.runs import STORE

    number = options.players or study.participants_of(config)
    try:
        check_player(options.model or os.environ.get(MODEL, ""))
        session, _ = await make_session(server, "", config, number, {})
        bots = study.StudyBots.of(session, config)
        codes = await study.in_database(lambda: study.codes_of(session, _model(options, bots)))
        begun = time.monotonic()
        store = named(options) or STORE
        opened = RunStore(store)
        try:
            with recording(f"test {config}", store=store) as record:
                links = [f"{server}/InitializeParticipant/{each}" for each in codes]
                players = _players(options, hooks, links, bots, config)
                code = await played(players, opened, record, options.wait, alone=True)
        finally:
            opened.close()
    except ConfigError as error:
        raise Failure(str(error), 2) from error
    say(f"{config}: {_summary(players, time.monotonic() - begun)}")
    uid = record.id[:8]
    say(f"ego data {uid} --visits has a row for each page, ego show {uid} what was said.", sys.stderr)
    return code


def _players(
    options: argparse.Namespace, hooks: dict[str, Any], links: Sequence[str], bots: StudyBots, config: str
) -> list[Player]:
    from ..binding.otree_internals.player_bots import PlayerBot, own_personas
    from ..binding.otree_internals.study_in_memory import TestTransport
    from ..players.ai_marks import BOT
    from ..players.player import Player
    from ..players.player_limits import Limits
    from ..players.player_memory import new_memory
    from ..players.player_personas import personas_for

    first, model = next(iter(bots.apps.values()), PlayerBot), _model(options, bots)
    scripted = "ai_page" in hooks or any(each.script is not PlayerBot.script for each in bots.apps.values())
    if not model and not scripted:
        raise Failure(
            "--model says who plays, e.g. --model gpt-6-luna; or an app's tests.py has a PlayerBot of otree_ego.bots "
            "with a script(page).", 2,
        )  # fmt: skip
    given = {name: getattr(options, name) for name in ("temperature", "seed") if getattr(options, name) is not None}
    made: list[Player] = []
    names = [f"bot{place}" for place in range(1, len(links) + 1)]
    personas = personas_for(options.personas or own_personas(first), names, f"test {config}", options.seed)
    for name, link, persona in zip(names, links, personas, strict=True):
        settings = {**first.settings, **given}
        who = persona if persona.text else first.persona
        memory = new_memory(model, who, name, BOT, **settings) if model else None
        transport = TestTransport(link, bots)
        one = Player(
            name, transport, memory, reasons=options.reasons or first.reasons,
            afterwards=options.ask or first.question,
            limits=Limits(quiet=2.0, timer=0.0, errors=1),
        )  # fmt: skip
        transport.on_bot = partial(_follow, one, hooks)
        made.append(one)
    return made


def _model(options: argparse.Namespace, bots: StudyBots) -> str:
    """Who plays; empty if scripts do."""
    named = next((each.model for each in bots.apps.values()), "")
    return str(options.model or named or os.environ.get(MODEL, ""))


def _follow(player: Player, hooks: dict[str, Any], bot: PlayerBot | None) -> None:
    """Let a page be answered as the app's own bot says, or else as the hooks do."""
    from ..binding.otree_internals.study_in_memory import script_of

    player.script = script_of(bot, hooks.get("ai_page"))
    player.live = (bot.ai_live if bot is not None else None) or hooks.get("ai_live")


def _summary(players: Sequence[Player], seconds: float) -> str:
    """What was played, in one line."""
    visits = [visit for each in players for visit in each.visits]
    refused = sum(len(each.errors) for each in visits)
    tokens = sum(each.tokens_in + each.tokens_out for each in visits)
    costs = [each.cost for each in visits if each.cost is not None]
    parts = [f"{len(visits)} pages", f"{refused} answers refused" if refused != 1 else "1 answer refused"]
    parts += [f"{tokens:,} tokens"] * bool(tokens) + [f"${sum(costs):.4f}"] * bool(costs) + [f"{seconds:.1f} s"]
    return ", ".join(parts)
