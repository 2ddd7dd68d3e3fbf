"""What it costs to have otree_ego: import time, modules loaded, and the start of a server.

python -m benchmarks.imports [--repetitions 11]
"""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path
from tempfile import TemporaryDirectory

from harness import Project, Server

from .common import HERE, REPO, median, parser, verdict

IMPORT = """
import sys, time
start = time.perf_counter()
import otree_ego
seconds = time.perf_counter() - start
print(seconds, *sorted({name.split(".")[0] for name in sys.modules} & {"otree", "openai", "sqlalchemy", "jinja2"}))
"""
NAMES = "from otree_ego import ai, chat, chat_error, custom_export  # noqa: F401\n"
SIDES = ("without", "with")


def import_time(repetitions: int) -> tuple[float, list[str]]:
    """Median seconds of a first import in a fresh process, and which of the heavy packages it loaded."""
    seconds, loaded = [], []
    for _ in range(repetitions):
        said = subprocess.run([sys.executable, "-c", IMPORT], cwd=REPO, capture_output=True, text=True, check=True)
        first, *loaded = said.stdout.split()
        seconds.append(float(first))
    return median(seconds), loaded


def start_times(repetitions: int) -> dict[str, float]:
    """Median seconds from the command to the first answer of a server, of the same app with and without the package."""
    app = {file.name: file.read_text() for file in (HERE / "apps" / "plain").glob("*.*")}
    times: dict[str, list[float]] = {side: [] for side in SIDES}
    with TemporaryDirectory(prefix="otree-ego-bench-") as folder:
        servers = {}
        for side in SIDES:
            source = {**app, "__init__.py": (NAMES if side == "with" else "") + app["__init__.py"]}
            project = Project(Path(folder) / side, {"plain": source})
            servers[side] = Server(project, None, {"PYTHONWARNINGS": "ignore"})
        for number in range(repetitions + 1):
            for side in SIDES if number % 2 == 0 else SIDES[::-1]:
                start = time.perf_counter()
                with servers[side]:
                    # the first start makes the database and is not counted
                    times[side] += [time.perf_counter() - start] if number else []
    return {side: median(times[side]) for side in SIDES}


def main() -> None:
    args = parser(__doc__, 11).parse_args()
    seconds, loaded = import_time(args.repetitions)
    told = " ".join(loaded) or "none of otree, openai, sqlalchemy, jinja2"
    milliseconds = seconds * 1000
    print(f"imports: import otree_ego: {milliseconds:.1f} ms{verdict(milliseconds, 50)}; loaded with it: {told}")
    assert not {"otree", "openai"} & set(loaded)
    found = start_times(args.repetitions)
    without, with_it = found["without"], found["with"]
    print(
        f"imports: server start: without {without:.2f} s, with {with_it:.2f} s, ratio {with_it / without:.2f}, "
        f"difference {with_it - without:+.2f} s{verdict(with_it - without, 0.3)}", flush=True,
    )  # fmt: skip


if __name__ == "__main__":
    main()
