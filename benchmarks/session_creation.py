"""Creating a session of 1,000 participants: ego_chat against the same app without a Thread.

python -m benchmarks.session_creation [--databases sqlite postgres] [--participants 1000] [--repetitions 5]
"""

from __future__ import annotations

import re
import time
from pathlib import Path
from tempfile import TemporaryDirectory

from harness import PostgreSQL, Project, Server

from .common import CONFIGS, REPO, add_databases, cluster, cpu_seconds, median, parser, verdict

SIDES = ("without", "ours")


def without_thread() -> dict[str, str]:
    """ego_chat that walks through its players (which alone makes oTree a bit faster) and attaches nothing."""
    files = {file.name: file.read_text() for file in (REPO / "ego_chat").glob("*.html")}
    source = (REPO / "ego_chat" / "__init__.py").read_text()
    source, cut = re.subn(r"ai\(player\)\.from_config\(\)", "pass", source)
    assert cut == 1, "ego_chat's creating_session does not attach a Thread as it used to."
    return {**files, "__init__.py": source.replace('"ego_chat"', '"without"')}


def measure(postgres: PostgreSQL | None, participants: int, repetitions: int) -> tuple[list[float], list[float]]:
    """Medians of seconds and of the server's CPU seconds: without Threads, and with."""
    times: dict[str, list[list[float]]] = {side: [] for side in SIDES}
    configs = [CONFIGS[0], {**CONFIGS[0], "name": "without", "app_sequence": ["without"]}]
    with TemporaryDirectory(prefix="otree-ego-bench-") as folder:
        project = Project(Path(folder) / "project", {"without": without_thread()}, ["ego_chat"], configs)
        with Server(project, postgres, {"OPENAI_API_KEY": "sk-bench", "PYTHONWARNINGS": "ignore"}) as running:
            for side in SIDES:
                running.create_session(side, 10)
            for number in range(repetitions):
                for side in SIDES if number % 2 == 0 else SIDES[::-1]:
                    body = {"session_config_name": side, "num_participants": participants}
                    start, before = time.perf_counter(), cpu_seconds(running.pid)
                    answer = running.http.post(f"{running.url}/api/sessions", json=body, timeout=300)
                    times[side].append([time.perf_counter() - start, cpu_seconds(running.pid) - before])
                    assert answer.status_code == 200, answer.text[:500]
    without, ours = ([median(column) for column in zip(*times[side], strict=True)] for side in SIDES)
    return without, ours


def main() -> None:
    found = parser(__doc__, 5)
    add_databases(found)
    found.add_argument("--participants", type=int, default=1000)
    args = found.parse_args()
    with cluster(args.databases) as postgres:
        for name in args.databases:
            without, ours = measure(postgres if name == "postgres" else None, args.participants, args.repetitions)
            for unit, w, o, most in zip(("s", "CPU s"), without, ours, (1.3, None), strict=True):
                print(
                    f"session_creation: {name}, {args.participants} participants: without a Thread {w:.2f} {unit}, "
                    f"ego_chat {o:.2f} {unit}, ratio {o / w:.2f}{verdict(o / w, most)}", flush=True,
                )  # fmt: skip


if __name__ == "__main__":
    main()
