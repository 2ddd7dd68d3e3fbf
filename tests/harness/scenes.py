"""What the tests of `ego run`, `resume` and `data` share: a folder with scenarios, and the command as it is typed."""

from __future__ import annotations

import contextlib
import csv
import io
import json
import os
import re
import sqlite3
import textwrap
from pathlib import Path
from typing import Any

from harness import needs
from harness.scripts import Ended, Process, until
from harness.verbs import EGO, REPO
from otree_ego.testing import FakeService

__all__ = ["LOOP", "Place", "uid_of", "until"]

ULTIMATUM: dict[str, Any] = {
    "threads": [[1, ["ConstantThread", "I offer 4."]], [2, ["ConstantThread", "ACCEPT"]]],
    "treatments": ["give", "take"],
    "rounds": 2,
    "variables": {"verb": {"give": "gives", "take": "takes"}},
    "prompts": {
        "system": "Player {{ i }}: one {{ verb }}.",
        "user": "Round {{ round }} of {{ rounds }}. {% if i == 1 %}Your offer?{% else %}ACCEPT or REJECT?{% endif %}",
    },
    "filters": [["extract_number"], ["exclusive_response", "ACCEPT;REJECT"]],
}

BUILT_EXAMPLE = re.search(r"```json\n(.*?)```", (REPO / "docs" / "built.md").read_text("utf-8"), re.DOTALL)[1]
"""The example of docs/built.md."""
LOOP = """

from otree_ego import ConstantThread, Conversation, GPTThread, Prompt, extract_number
from otree_ego.experiment import Experiment

def run(times, rounds=1):
    experiment = Experiment(dict(name="low", pot=10), dict(name="high", pot=100))
    for i in range(times):
        ann = GPTThread("gpt-6-sol", temperature=1.0, backoff=0.01)
        convo = Conversation(ann=ann, bob=ConstantThread("I take 3."))
        experiment.link(convo)
        convo.all.i = i + 1
        convo.all.system(Prompt("There are {{ treatment.pot }}."))
        for r in range(1, rounds + 1):
            convo.all.round = r
            for thread in convo:
                thread.choices.append(extract_number(thread.submit(f"Game {i + 1}, round {r}: how much?")))
        convo.all.save(f"game-{i}", outdir="out", full_save=True)
        print("game", i + 1, "is over", flush=True)

def export(thread):
    return [{"i": thread.i, "round": n, "choice": choice, "treatment": thread.treatment.name,
             "other": thread.other.choices[n - 1], "turns": len(thread.history), "pot": thread.convo.treatment.pot,
             "convo": thread.convo.id, "tainted": thread.tainted} for n, choice in enumerate(thread.choices, 1)]
"""


@needs.starts("slow")
class Place:
    """A folder of one's own, in which scenarios lie and `ego` is typed.

    Arguments:
        folder: the folder. service: what answers as OpenAI. env: further variables.
    """

    def __init__(self, folder: Path, service: FakeService | None = None, **env: str) -> None:
        self.folder = folder
        self.env = {name: value for name, value in os.environ.items() if not name.startswith(("OPENAI_", "EGO_"))}
        self.env.update(PYTHONPATH=str(REPO), TERM="xterm", NO_COLOR="1")
        if service is not None:
            self.env.update(OPENAI_API_KEY="sk-test-key-123456", OPENAI_BASE_URL=service.base_url)
        self.env.update(env)

    def write(self, name: str, text: str) -> Path:
        """A file of it."""
        file = self.folder / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(textwrap.dedent(text), encoding="utf-8")
        return file

    def built(self, name: str = "game.json", **changes: Any) -> Path:
        """A built file, the ultimatum game where nothing else is said."""
        return self.write(name, json.dumps({**ULTIMATUM, **changes}))

    def start(self, *line: str, terminal: bool = False, cwd: Path | None = None) -> Process:
        """Type `ego …`; does not wait for its end."""
        return Process([*EGO, *line], cwd or self.folder, self.env, terminal)

    def ego(self, *line: str, cwd: Path | None = None, code: int = 0) -> Ended:
        """Type `ego …`, and see that it ends with this exit code."""
        ended = self.start(*line, cwd=cwd).end()
        assert ended.code == code, f"exit code {ended.code}: {ended.out}{ended.err}"
        return ended

    def run(self, *line: str) -> str:
        """`ego run …`; the id that it ends with."""
        return uid_of(self.ego("run", *line))

    def rows(self, *line: str) -> list[dict[str, str]]:
        """The rows of `ego data …`."""
        ended = self.ego("data", *line)
        found = list(csv.DictReader(io.StringIO(ended.out)))
        assert ended.err.splitlines()[-1] == f"Wrote {len(found)} lines."
        return found

    def query(self, sql: str, store: str = "ego.sqlite3") -> list[tuple[Any, ...]]:
        """Rows of the store, read by a connection of its own."""
        if not (self.folder / store).exists():
            return []
        with contextlib.closing(sqlite3.connect(self.folder / store, timeout=30)) as connection:
            return list(connection.execute(sql))

    def done(self) -> int:
        """How many replications have ended."""
        with contextlib.suppress(sqlite3.OperationalError):  # the tables are being made
            return int((self.query("select count(*) from otree_ego_replication") or [(0,)])[0][0])
        return 0


def uid_of(ended: Ended) -> str:
    """The id of the experiment in the last line that a run printed."""
    found = re.fullmatch(r"Experiment ([0-9a-f]{32}) OK", ended.out.splitlines()[-1])
    assert found, ended.out
    return found[1]
