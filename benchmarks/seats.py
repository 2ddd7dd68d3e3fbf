"""50 seats inside the server and one person beside them, against the same 50 players from outside.

Of both: pages a second, the server's CPU a page, and how long the person's page takes as a multiple of what it takes
on a server with nothing else to do.

python -m benchmarks.seats [--seats 50] [--rounds 10] [--repetitions 3] [--only inside]
"""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from harness import Participant, Project, Server
from harness.admin import Session

from otree_ego.players.http_transport import HttpTransport
from otree_ego.players.player import Player
from otree_ego.players.player_memory import new_memory
from otree_ego.players.side_by_side import play_all

from .common import median, parser, verdict
from .players import ANSWER, APP, FIELDS, TEMPLATE

MODEL = f"constant/{ANSWER}"
HUMAN_PAGES = 400
PAUSE = 0.05
"""Seconds that the person takes for a page, so as to be no load of its own."""


class Person:
    """Goes through pages in a thread, and notes how long each takes (the form and the page that comes).

    Also how much the server has worked meanwhile, which does not depend on what else the machine does.
    """

    def __init__(self, session: Session, pid: int) -> None:
        self.person: Participant = session.participant().start()
        self.times: list[float] = []
        self.work: list[float] = []
        self._pid = pid
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._walk)

    def __enter__(self) -> Person:
        self._thread.start()
        return self

    def __exit__(self, *error: object) -> None:
        self._stop.set()
        self._thread.join()

    def _walk(self) -> None:
        while not self._stop.wait(PAUSE) and self.person.page:
            start, before = time.perf_counter(), cpu_of(self._pid)
            self.person.submit(**FIELDS)
            self.times.append(time.perf_counter() - start)
            self.work.append(cpu_of(self._pid) - before)


def cpu_of(pid: int) -> float:
    """Seconds of CPU that a process has used."""
    used = 0
    for task in Path(f"/proc/{pid}/task").iterdir():
        with suppress(OSError):  # a thread that has just ended
            used += int((task / "schedstat").read_text().split()[0])
    return used / 1e9


def inside(server: Server, seats: int) -> None:
    """Seats, until they are through."""
    session = server.create_session("many", seats, ego_ai_seats=seats, ego_seat_model=MODEL)
    ended = (
        "SELECT count(*) AS n FROM otree_ego_ai_seat s JOIN otree_session o ON o.id = s.session_id "
        f"WHERE o.code = '{session.code}' AND s.status = 'ended'"
    )
    while server.database.query(ended)[0]["n"] < seats:
        time.sleep(0.1)


def outside(server: Server, seats: int) -> None:
    """The same players over HTTP."""
    session = server.create_session("many", seats)
    links = [f"{server.url}/InitializeParticipant/{code}" for code in session.codes]
    players = [Player(link, HttpTransport(link), new_memory(MODEL)) for link in links]
    assert asyncio.run(play_all(players)) == {}


SIDES: dict[str, Callable[[Server, int], None]] = {"inside": inside, "outside": outside}


def measure(
    seats: int, rounds: int, repetitions: int, sides: list[str]
) -> tuple[tuple[float, float], dict[str, tuple[Any, ...]]]:
    """The person's seconds a page when idle, and the server's work meanwhile; of each side the medians.

    These are pages a second, CPU ms a page, and the same of the person as when idle.
    """
    found: dict[str, list[Any]] = {name: [] for name in sides}
    idle: list[float] = []
    idle_work: list[float] = []
    with TemporaryDirectory(prefix="otree-ego-bench-") as folder:
        files = {"__init__.py": APP.format(rounds=rounds), "Decide.html": TEMPLATE}
        human = {"__init__.py": APP.format(rounds=HUMAN_PAGES).replace('"many"', '"human"'), "Decide.html": TEMPLATE}
        configs = [
            {"name": "many", "app_sequence": ["many"], "num_demo_participants": 1},
            {"name": "human", "app_sequence": ["human"], "num_demo_participants": 1},
        ]
        project = Project(Path(folder) / "project", {"many": files, "human": human}, session_configs=configs)
        project.write("project.py", "import otree_ego.binding")
        with Server(project, env={"PYTHONWARNINGS": "ignore"}) as running:
            for number in range(repetitions):
                with Person(running.create_session("human"), running.pid) as person:
                    while len(person.times) < 40:
                        time.sleep(0.1)
                idle += person.times
                idle_work += person.work
                for name in sides if number % 2 == 0 else sides[::-1]:
                    with Person(running.create_session("human"), running.pid) as person:
                        start, before = time.perf_counter(), cpu_of(running.pid)
                        SIDES[name](running, seats)
                        seconds, cpu = time.perf_counter() - start, cpu_of(running.pid) - before
                    pages = seats * rounds + len(person.times)
                    own = (median(person.times), median(person.work))
                    found[name].append((seats * rounds / seconds, cpu * 1000 / pages, *own))
    medians = {name: tuple(map(median, zip(*values, strict=True))) for name, values in found.items()}
    return (median(idle), median(idle_work)), medians


def main() -> None:
    args = parser(__doc__, 3)
    args.add_argument("--seats", type=int, default=50)
    args.add_argument("--rounds", type=int, default=10)
    args.add_argument("--only", choices=list(SIDES), help="one of the two sides")
    given = args.parse_args()
    sides = [given.only] if given.only else list(SIDES)
    (idle, idle_work), found = measure(given.seats, given.rounds, given.repetitions, sides)
    for name, (pages, cpu, person, work) in found.items():
        goal = verdict(person / idle, 1.5) if name == "inside" else ""
        others = found.get("outside", found[name])
        print(
            f"seats: {given.seats} {name}: {pages:.1f} pages/s (ratio {pages / others[0]:.2f}), "
            f"{cpu:.1f} ms of the server's CPU a page (ratio {cpu / others[1]:.2f}); the person's page "
            f"{person * 1000:.0f} ms, {person / idle:.2f} times idle, in which the server works {work * 1000:.0f} ms, "
            f"{work / idle_work:.2f} times idle{goal}", flush=True,
        )  # fmt: skip


if __name__ == "__main__":
    main()
