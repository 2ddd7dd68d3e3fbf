"""50 players side by side on a study of many pages, against a walker that loads and posts: pages a second, own CPU.

python -m benchmarks.players [--players 50] [--rounds 10] [--repetitions 3] [--botex 5]

botex, which drives a browser for each bot, plays the same app on the same server in the same run, with few bots, beside
as many of ours; both have a model that answers at once.
"""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Awaitable, Callable
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from harness import Project, Server

from otree_ego import ScriptedThread
from otree_ego.messages import Request
from otree_ego.players.http_transport import HttpTransport, new_client
from otree_ego.players.player import Player
from otree_ego.players.player_memory import instructions_stay, rules
from otree_ego.players.side_by_side import play_all

from . import botex_side
from .botex_side import botex_python
from .common import median, parser, verdict

FIELDS = {"offer": "4", "agree": "1", "why": "It is fair.", "colour": "red"}
ANSWER = json.dumps({"q1": 4, "q2": "Agree", "q3": "It is fair.", "q4": "red"})
APP = """\
from otree.api import *


class C(BaseConstants):
    NAME_IN_URL = "many"
    PLAYERS_PER_GROUP = None
    NUM_ROUNDS = {rounds}


class Subsession(BaseSubsession):
    pass


class Group(BaseGroup):
    pass


class Player(BasePlayer):
    offer = models.IntegerField(label="How many of 10 points do you give?", min=0, max=10)
    agree = models.IntegerField(choices=[[1, "Agree"], [2, "Disagree"]], widget=widgets.RadioSelect)
    why = models.LongStringField(label="Why?")
    colour = models.StringField(choices=["red", "green", "blue"])


class Decide(Page):
    form_model = "player"
    form_fields = ["offer", "agree", "why", "colour"]


page_sequence = [Decide]
"""
TEMPLATE = """\
{{ block title }}Your decision{{ endblock }}
{{ block content }}
<p>You have 10 points, and another participant has none. You may give any of them away.</p>
<table class="table"><tr><th></th><th>You keep</th><th>The other gets</th></tr>
<tr><td>You give 0</td><td>10</td><td>0</td></tr><tr><td>You give 10</td><td>0</td><td>10</td></tr></table>
{{ formfields }}
{{ next_button }}
{{ endblock }}
"""


async def walk(links: list[str], rounds: int) -> None:
    """Load and post, and read nothing."""

    async def one(link: str) -> None:
        client = new_client()
        try:
            answer = await client.get(link, follow_redirects=True)
            for _ in range(rounds):
                answer = await client.post(str(answer.url), data=FIELDS, follow_redirects=True)
            assert "/OutOfRangeNotification/" in str(answer.url), answer.url
        finally:
            await client.aclose()

    await asyncio.gather(*map(one, links))


def answer(request: Request) -> str:
    """What the model says."""
    return ANSWER


async def play(links: list[str], rounds: int) -> None:
    """Players with a scripted model, each with its memory."""
    players = []
    for number, link in enumerate(links):
        memory = ScriptedThread(answer, system_prompt=rules(), context=instructions_stay)
        players.append(Player(f"bot{number}", HttpTransport(link), memory))
    assert await play_all(players) == {}


async def script(links: list[str], rounds: int) -> None:
    """Players with a function in place of a model."""
    players = [Player(link, HttpTransport(link), script=lambda page: FIELDS) for link in links]
    assert await play_all(players) == {}


SIDES: dict[str, Callable[[list[str], int], Awaitable[None]]] = {"walker": walk, "script": script, "model": play}


def measure(players: int, rounds: int, repetitions: int, bots: int) -> dict[str, tuple[float, float]]:
    """Of each side the medians: pages a second, and ms of this process's CPU a page."""
    python = botex_python() if bots else ""
    found: dict[str, list[Any]] = {name: [] for name in SIDES}
    with TemporaryDirectory(prefix="otree-ego-bench-") as folder:
        files = {"__init__.py": APP.format(rounds=rounds), "Decide.html": TEMPLATE}
        project = Project(Path(folder) / "project", {"many": files})
        with Server(project, env={"PYTHONWARNINGS": "ignore"}) as running:
            for number in range(repetitions):
                for name in list(SIDES) if number % 2 == 0 else list(SIDES)[::-1]:
                    session = running.create_session("many", players)
                    links = [f"{running.url}/InitializeParticipant/{code}" for code in session.codes]
                    start, before = time.perf_counter(), time.process_time()
                    asyncio.run(SIDES[name](links, rounds))
                    pages = players * rounds
                    cpu = (time.process_time() - before) * 1000 / pages
                    found[name].append((pages / (time.perf_counter() - start), cpu))
            if python:
                beside_botex(running, python, bots, rounds)
    return {name: tuple(map(median, zip(*values, strict=True))) for name, values in found.items()}  # type: ignore[misc]


def beside_botex(running: Server, python: str, bots: int, rounds: int) -> None:
    """Let botex play, and as many players with a model, and print both."""

    def links() -> tuple[Any, list[str]]:
        session = running.create_session("many", bots)
        return session, [f"{running.url}/InitializeParticipant/{code}" for code in session.codes]

    session, theirs = links()
    try:
        seconds, used = botex_side.run(python, theirs)
    except RuntimeError as error:
        print(f"players: botex left out, it does not run here: {str(error).splitlines()[-1][:300]}", flush=True)
        return
    rows = running.wide_export(session.code)
    decided = [name for row in rows for name in row if name.endswith(".player.offer") and row[name]]
    if not decided:
        print("players: botex left out, its bots have decided on no page", flush=True)
        return
    speed, cost = len(decided) / seconds, used * 1000 / len(decided)
    session, ours = links()
    start, before = time.perf_counter(), time.process_time()
    asyncio.run(play(ours, rounds))
    pages = bots * rounds
    own_speed, own = pages / (time.perf_counter() - start), (time.process_time() - before) * 1000 / pages
    print(
        f"players: {bots} side by side, botex: {speed:.2f} pages/s, {cost:.0f} ms of its own CPU a page, browsers "
        f"and start included ({len(decided)} of {pages} pages decided)", flush=True,
    )  # fmt: skip
    print(
        f"players: {bots} side by side, ours beside it: {own_speed:.1f} pages/s, {own_speed / speed:.0f} x botex's"
        f"{verdict(own_speed / speed, least=20)}; {own:.1f} ms of its own CPU a page, 1/{cost / own:.0f} of botex's"
        f"{verdict(cost / own, least=100)}", flush=True,
    )  # fmt: skip


def main() -> None:
    args = parser(__doc__, 3)
    args.add_argument("--players", type=int, default=50)
    args.add_argument("--rounds", type=int, default=10)
    args.add_argument("--botex", type=int, default=5, help="bots of botex; 0 leaves it out")
    given = args.parse_args()
    found = measure(given.players, given.rounds, given.repetitions, given.botex)
    speed, cost = found["walker"]
    for name, (pages, cpu) in found.items():
        print(
            f"players: {given.players} side by side, {name}: {pages:.1f} pages/s, ratio {pages / speed:.2f}"
            f"{verdict(pages / speed, least=0.9)}, "
            f"{cpu:.1f} ms of its own CPU a page, ratio {cpu / cost:.2f}{verdict(cpu / cost, 1.5)}", flush=True,
        )  # fmt: skip


if __name__ == "__main__":
    main()
