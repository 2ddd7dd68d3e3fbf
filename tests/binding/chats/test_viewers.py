"""Somebody who does not read what they are sent holds nobody up for long, and the frames of all stay in their order."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path

from harness import Project, warm_python
from harness.chat import TALK_FILES
from harness.project import REPO

SCRIPT = """\
import asyncio, json, sys
sys.argv[1:] = ["shell"]
sys.path.insert(0, "")
import otree.main
otree.main.setup()
from otree_ego.binding.chats import viewers as module

arrived = {"dead": [], "slow": [], "reads": []}
reads = asyncio.Event()


async def send_live(session_code, page, code, payload):
    arrived[code].append(payload["ego"]["n"])  # a frame is written when its sending begins
    if code == "dead":
        await asyncio.Event().wait()
    elif code == "slow":
        await reads.wait()


async def main():
    module.send_live, module.READS = send_live, 0.05
    viewers = module.Viewers("session")
    await viewers.send_each(lambda code: {"n": "nobody is there"})
    viewers.pages = dict.fromkeys(arrived, 1)
    viewers.send_soon({"n": 1})
    viewers.send_soon({"n": 2})
    await viewers.all_sent()
    await viewers.send_each(lambda code: {"n": f"end for {code}"})
    held = len(viewers._sending)
    reads.set()
    module.READS = 30
    del viewers.pages["dead"]
    await viewers.send_each(lambda code: {"n": 4})
    print(json.dumps([arrived, held, len(viewers._sending)]))


asyncio.run(main())
"""


def test_a_viewer_who_does_not_read(tmp_path: Path) -> None:
    project = Project(tmp_path / "project", apps={"talk": TALK_FILES}, session_configs=[])
    env = {**os.environ, "PYTHONPATH": str(REPO)}
    done = warm_python.run([sys.executable, "-c", SCRIPT], cwd=project.folder, env=env, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
    arrived, held, left = json.loads(done.stdout.splitlines()[-1])
    assert arrived == {
        "dead": [1, 2, "end for dead"],
        "slow": [1, 2, "end for slow", 4],
        "reads": [1, 2, "end for reads", 4],
    }
    assert (held, left) == (6, 3)
