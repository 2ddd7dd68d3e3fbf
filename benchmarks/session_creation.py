"""Creating a session of 1,000 participants: our apps against the same apps without a model.

python -m benchmarks.session_creation [--apps ego_chat ultimatum] [--databases sqlite postgres] [--participants 1000]
    [--repetitions 5]
"""

from __future__ import annotations

import time
from pathlib import Path
from tempfile import TemporaryDirectory

from harness import PostgreSQL, Project, Server

from otree_ego.cli.shared.games import session_configs

from .common import REPO, add_databases, cluster, cpu_seconds, median, parser, verdict

SIDES = ("without", "ours")
ROOM = {"ego_chat": REPO / "ego_chat", "ultimatum": REPO / "apps" / "ultimatum"}
MOST = {"ego_chat": 1.3, "ultimatum": 1.5}
CUTS = {
    # It walks through its players (which alone makes oTree a bit faster) and attaches nothing.
    "ego_chat": ("__init__.py", "ai(player).from_config()", "pass"),
    # Roles and frames in turn, by hand; Threads are attached when a model is first asked.
    "ultimatum": (
        "conditions.py",
        "assign(groups, **treatment) if play.human else assign(players, seat=play.roles, **treatment)",
        "[{name: each[n % len(each)] for name, each in dict(treatment, seat=play.roles).items()} for n, _ in enumerate("
        "players)]",
    ),
}


def without(app: str) -> dict[str, str]:
    """The files of an app whose sessions are created without a model."""
    files = {file.name: file.read_text() for file in ROOM[app].iterdir() if file.is_file()}
    name, line, instead = CUTS[app]
    assert files[name].count(line) == 1, f"{app}/{name} does not have the line that is cut here as it used to."
    files[name] = files[name].replace(line, instead)
    files["__init__.py"] = files["__init__.py"].replace(f'"{app}"', '"without"')
    return files


def measure(app: str, postgres: PostgreSQL | None, people: int, repetitions: int) -> tuple[list[float], list[float]]:
    """Medians of seconds and of the server's CPU seconds: without a model, and with."""
    times: dict[str, list[list[float]]] = {side: [] for side in SIDES}
    config = {**session_configs(ROOM[app])[0], "name": "ours", "ego_model": "gpt-6-luna"}
    configs = [config, {**config, "name": "without", "app_sequence": ["without"]}]
    with TemporaryDirectory(prefix="otree-ego-bench-") as folder:
        project = Project(Path(folder) / "project", {"without": without(app)}, [app], configs)
        with Server(project, postgres, {"OPENAI_API_KEY": "sk-bench", "PYTHONWARNINGS": "ignore"}) as running:
            for side in SIDES:
                running.create_session(side, 10)
            for number in range(repetitions):
                for side in SIDES if number % 2 == 0 else SIDES[::-1]:
                    body = {"session_config_name": side, "num_participants": people}
                    start, before = time.perf_counter(), cpu_seconds(running.pid)
                    answer = running.http.post(f"{running.url}/api/sessions", json=body, timeout=300)
                    times[side].append([time.perf_counter() - start, cpu_seconds(running.pid) - before])
                    assert answer.status_code == 200, answer.text[:500]
    bare, ours = ([median(column) for column in zip(*times[side], strict=True)] for side in SIDES)
    return bare, ours


def main() -> None:
    found = parser(__doc__, 5)
    add_databases(found)
    found.add_argument("--apps", nargs="+", choices=list(ROOM), default=list(ROOM))
    found.add_argument("--participants", type=int, default=1000)
    args = found.parse_args()
    with cluster(args.databases) as postgres:
        for app in args.apps:
            for name in args.databases:
                base = postgres if name == "postgres" else None
                bare, ours = measure(app, base, args.participants, args.repetitions)
                for unit, w, o, most in zip(("s", "CPU s"), bare, ours, (MOST[app], None), strict=True):
                    print(
                        f"session_creation: {name}, {args.participants} participants: {app} without a model "
                        f"{w:.2f} {unit}, with {o:.2f} {unit}, ratio {o / w:.2f}{verdict(o / w, most)}", flush=True,
                    )  # fmt: skip


if __name__ == "__main__":
    main()
