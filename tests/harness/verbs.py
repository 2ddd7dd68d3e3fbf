"""What the tests of the reading verbs share: a store with two runs, and a terminal."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from harness import needs, recorded, warm_python
from harness.database import PATIENCE
from otree_ego.stores import RunStore

EGO = [sys.executable, "-m", "otree_ego.cli"]
REPO = Path(__file__).resolve().parents[2]


def fill(file: Path) -> None:
    """Make a store that has both recorded runs."""
    store = RunStore(file)
    recorded.factorial(store)
    recorded.built(store)
    store.close()


def environment(**more: str) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if name not in ("NO_COLOR", "PAGER", "LESS", "COLUMNS")}
    return {**kept, "PYTHONPATH": str(REPO), "TERM": "xterm", "TZ": "UTC", **more}


@needs.starts("slow")
def ego(*line: str, cwd: Path, **env: str) -> subprocess.CompletedProcess[bytes]:
    """The command in a process of its own, its output through pipes."""
    return warm_python.run([*EGO, *line], cwd=cwd, env=environment(**env), timeout=PATIENCE)


@needs.starts("slow")
def on_terminal(*line: str, cwd: Path, **env: str) -> tuple[int, str]:
    """The command on a terminal of 24 lines and 80 columns; its exit code and all that the terminal got."""
    mine, its = os.openpty()
    env = {"LINES": "24", "COLUMNS": "80", **env}
    process = warm_python.popen(
        [*EGO, *line], cwd=cwd, env=environment(**env), stdin=its, stdout=its, stderr=its, start_new_session=True
    )
    os.close(its)
    got = b""
    while True:
        try:
            piece = os.read(mine, 65536)
        except OSError:  # the other side is closed
            break
        if not piece:
            break
        got += piece
    os.close(mine)
    return process.wait(60), got.decode().replace("\r\n", "\n")
