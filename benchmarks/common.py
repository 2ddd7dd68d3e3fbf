"""What the benchmarks share: real oTree servers (the tests' harness), model mocks, and how figures are printed."""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from harness import PostgreSQL, Project, Server
from harness.database import free_port

HERE = Path(__file__).resolve().parent
REPO = HERE.parent
CACHE = Path(tempfile.gettempdir()) / "otree_ego_benchmarks"
REPLY = (
    "This is a fixed mock reply of about twenty tokens, so that a streamed answer "
    "arrives in several chunks rather than one."
)
DATABASES = ("sqlite", "postgres")
CONFIGS: list[dict[str, Any]] = [
    {"name": "ours", "app_sequence": ["ego_chat"], "num_demo_participants": 1, "ego_model": "gpt-6-luna"},
    {"name": "bare", "app_sequence": ["bare"], "num_demo_participants": 1},
    {"name": "plain", "app_sequence": ["plain"], "num_demo_participants": 1},
]


class Mock:
    """A model's service in a process of its own; `base_url` is its address."""

    def __init__(self, kind: str, delay: float, chunk: int = 20) -> None:
        self.kind, self.port = kind, free_port()
        self.base_url = f"http://127.0.0.1:{self.port}/v1"
        command = self._aimock(delay, chunk) if kind == "aimock" else self._ego(delay)
        self._process = subprocess.Popen(
            command, cwd=REPO, stdout=subprocess.DEVNULL, env={**os.environ, "PYTHONPATH": str(REPO)}
        )
        self.pid = self._process.pid
        self._wait()

    def _aimock(self, delay: float, chunk: int) -> list[str]:
        program = CACHE / "node_modules" / ".bin" / "llmock"
        if not program.exists():
            assert shutil.which("npm"), "aimock needs Node.js and npm; --mock ego does without."
            CACHE.mkdir(parents=True, exist_ok=True)
            print("Installing @copilotkit/aimock into", CACHE, file=sys.stderr)
            subprocess.run(
                ["npm", "install", "--prefix", str(CACHE), "--no-audit", "--no-fund", "@copilotkit/aimock"],
                check=True, stdout=subprocess.DEVNULL,
            )  # fmt: skip
        fixtures = CACHE / f"fixtures-{self.port}.json"
        fixtures.write_text(json.dumps({"fixtures": [{"match": {}, "response": {"content": REPLY}}]}))
        options = [
            "-p",
            self.port,
            "-f",
            fixtures,
            "-c",
            chunk,
            "--chaos-latency",
            int(delay * 1000),
            "--log-level",
            "warn",
        ]
        return ["node", str(program), *map(str, options)]

    def _ego(self, delay: float) -> list[str]:
        options = ["--port", str(self.port), "--delay", str(delay), "--reply", REPLY]
        return [sys.executable, "-m", "otree_ego.testing", *options]

    def _wait(self) -> None:
        end = time.monotonic() + 30
        while time.monotonic() < end:
            assert self._process.poll() is None, f"The mock {self.kind} ended with code {self._process.returncode}."
            with contextlib.suppress(urllib.error.HTTPError, OSError):
                urllib.request.urlopen(f"http://127.0.0.1:{self.port}/v1/models", timeout=5).read()
                return
            time.sleep(0.05)
        raise TimeoutError(f"The mock {self.kind} does not answer.")

    def __enter__(self) -> Mock:
        return self

    def __exit__(self, *_: object) -> None:
        self._process.terminate()
        self._process.wait(10)


@contextlib.contextmanager
def cluster(wanted: Sequence[str]) -> Iterator[PostgreSQL | None]:
    """A PostgreSQL, if one of the databases wanted is that."""
    if "postgres" not in wanted:
        yield None
        return
    with PostgreSQL(durable=True) as found:
        yield found


@contextlib.contextmanager
def server(
    base_url: str,
    database: PostgreSQL | None,
    configs: list[dict[str, Any]] | None = None,
    apps: dict[str, Path] | None = None,
    key: str = "sk-bench",
) -> Iterator[Server]:
    """An oTree server as in production, with our chat and the bare one (or other apps), talking to the mock."""
    with tempfile.TemporaryDirectory(prefix="otree-ego-bench-") as folder:
        usual = {name: HERE / "apps" / name for name in ("bare", "plain")}
        if not apps:  # the chat app of the copy that is measured
            usual["ego_chat"] = Path(os.environ.get("OTREE_EGO_BENCH_PATH") or HERE.parent) / "ego_chat"
        project = Project(Path(folder) / "project", apps or usual, [], configs or CONFIGS)
        env = {"OPENAI_BASE_URL": base_url, "OPENAI_API_KEY": key, "PYTHONWARNINGS": "ignore"}
        if "OTREE_EGO_BENCH_PATH" in os.environ:
            env["PYTHONPATH"] = os.environ["OTREE_EGO_BENCH_PATH"]
        with Server(project, database, env) as running:
            try:
                yield running
            except BaseException:
                print("The end of the server's log:", running.log[-3000:], sep="\n", file=sys.stderr)
                raise


def cpu_seconds(pid: int) -> float:
    """CPU time that a process has used so far."""
    values = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(values[11]) + int(values[12])) / os.sysconf("SC_CLK_TCK")


def p95(values: Sequence[float]) -> float:
    """The 95th percentile (nearest rank)."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, round(0.95 * (len(ordered) - 1)))]


def median(values: Sequence[float]) -> float:
    """The median."""
    return statistics.median(values)


def verdict(value: float, most: float | None = None, least: float | None = None) -> str:
    """Whether a figure keeps its target: it is at most so much, or at least."""
    if most is None and least is None:
        return ""
    kept = (most is None or value <= most) and (least is None or value >= least)
    target = f"{most:g}" if least is None else f"at least {least:g}"
    return f"  (target {target}: {'kept' if kept else 'MISSED'})"


def parser(doc: str | None, repetitions: int) -> argparse.ArgumentParser:
    """The options that most scripts have."""
    found = argparse.ArgumentParser(description=doc, formatter_class=argparse.RawDescriptionHelpFormatter)
    found.add_argument(
        "--repetitions", type=int, default=repetitions, help="interleaved repetitions; medians are printed"
    )
    return found


def add_databases(found: argparse.ArgumentParser) -> None:
    """The option that chooses databases."""
    found.add_argument("--databases", nargs="+", choices=DATABASES, default=list(DATABASES))
