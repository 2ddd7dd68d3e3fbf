"""Each request of every ready-made app can be made again from the record, byte for byte."""

from __future__ import annotations

import json
from collections import Counter
from itertools import groupby
from pathlib import Path
from typing import Any

import pytest
from harness import Project
from harness.bots import otree_test
from harness.chat import KEY
from harness.project import REPO

from otree_ego.cli.shared.games import session_configs
from otree_ego.stores.rows import from_row
from otree_ego.testing import FakeService
from otree_ego.testing.fitting import fitting
from otree_ego.threads.sent_requests import SentRequests

APPS = ("ego_chat", *sorted(each.parent.name for each in (REPO / "apps").glob("*/session_config.py")))
DUMP = """
import atexit


def write_messages():
    import json

    import otree.database

    found = otree.database.engine.execute("select * from otree_ego_message order by thread, seq").fetchall()
    with open("messages.json", "w", encoding="utf-8") as file:
        json.dump([dict(row) for row in found], file)


atexit.register(write_messages)
"""
PROMPT = "Don't say more than you must.\n\nNow play."
OURS = {"ego_model": "gpt-6-luna", "ego_deadline": 60.0, "ego_system_prompt": PROMPT}


def config(app: str) -> dict[str, Any]:
    if app == "ego_chat":
        return {"name": app, "app_sequence": [app], "num_demo_participants": 1, **OURS}
    found = {**session_configs(REPO / "apps" / app)[0], **OURS}
    for name, value in found.items():
        if name.endswith("_rounds"):
            found[name] = min(value, 3)
        elif name.endswith(("_delay", "_timeout")):
            found[name] = type(value)(0)
    return found


@pytest.mark.full
def test_all_requests_of_all_apps(tmp_path: Path, service: FakeService) -> None:
    service.reply = fitting
    configs = [config(app) for app in APPS]
    made = Project(tmp_path / "project", repo_apps=APPS, session_configs=configs, settings_extra=DUMP)
    for row in configs:
        for app in APPS:
            if rounds := row.get(f"{app}_rounds"):
                made._shorten(app, rounds)
    done = otree_test(made, OPENAI_BASE_URL=service.base_url, OPENAI_API_KEY=KEY)
    assert done.returncode == 0, done.stdout + done.stderr
    rows = json.loads((made.folder / "messages.json").read_text("utf-8"))
    requests = Counter[bytes]()
    for _, found in groupby(rows, lambda row: row["thread"]):
        record = [from_row({**row, "hidden": bool(row["hidden"])}) for row in found]
        for sent in SentRequests(record):
            if sent.address:  # people's own words are in Threads, too
                assert sent.model == "gpt-6-luna" and sent.address == service.base_url and sent.response_id
                requests[sent.content] += sent.times
    assert requests == Counter(each.content for each in service.requests)
    assert len(service.requests) > 20 and KEY not in json.dumps(rows)
