"""botex as the peer of `benchmarks.players`: its environment, Debian's driver of Chromium, its CPU and its answers."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import time
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from otree_ego.testing import FakeService

from .common import CACHE
from .envs import environment, side, version

PACKAGE = "botex==0.2.0"
BROWSER = "/usr/bin/chromium"
LONGEST = 1800.0
"""Seconds after which botex is stopped."""
_TICKS = os.sysconf("SC_CLK_TCK")


def botex_python() -> str:
    """The Python of its environment; empty, with a sentence, if it cannot run here."""
    if not Path(BROWSER).exists():
        print(f"players: botex left out, there is no {BROWSER}", flush=True)
        return ""
    if not driver():
        print("players: botex left out, there is no chromedriver: apt-get install chromium-driver", flush=True)
        return ""
    python = environment("botex", PACKAGE)
    if python:
        print(f"players: botex is {version(python, 'botex')}, selenium {version(python, 'selenium')}", flush=True)
    return python


def driver() -> str:
    """The program that drives Chromium: installed, or unpacked from Debian's package; empty if neither works."""
    if found := shutil.which("chromedriver"):
        return found
    folder = CACHE / "chromium-driver"
    program = folder / "usr" / "bin" / "chromedriver"
    if not program.exists() and shutil.which("apt-get"):
        folder.mkdir(parents=True, exist_ok=True)
        try:
            if not list(folder.glob("*.deb")):
                subprocess.run(["apt-get", "download", "chromium-driver"], cwd=folder, check=True, capture_output=True)
            for package in folder.glob("*.deb"):
                subprocess.run(["dpkg", "-x", str(package), str(folder)], check=True, capture_output=True)
        except (OSError, subprocess.CalledProcessError):
            return ""
    return str(program) if program.exists() else ""


def reply(body: dict[str, Any]) -> str:
    """What botex's model says: it has understood, and gives each field what is asked for."""
    schema = ((body.get("response_format") or {}).get("json_schema") or {}).get("schema") or {}
    names = schema.get("properties") or {}
    if "understood" in names:
        return json.dumps({"task": "To take part.", "understood": True})
    if "remarks" in names:
        return json.dumps({"remarks": "None.", "confused": False})
    found: dict[str, Any] = {"summary": "I give 4 points.", "confused": False}
    if "answers" in names:
        text = str(body["messages"][-1]["content"])
        given = {"id_offer": 4, "id_agree": "Agree", "id_why": "It is fair.", "id_colour": "red"}
        asked = set(re.findall(r"id_\w+", text))
        found["answers"] = {
            name: {"reason": "It is fair.", "answer": value} for name, value in given.items() if name in asked
        }
    return json.dumps(found)


def run(python: str, links: Sequence[str]) -> tuple[float, float]:
    """Let botex's bots play; seconds, and seconds of CPU of its process, the driver and all browsers.

    Raises:
        RuntimeError: it fails, or takes too long.
    """
    with TemporaryDirectory(prefix="otree-ego-botex-") as folder, FakeService() as model:
        model.reply = reply
        path = os.pathsep.join([str(Path(driver()).parent), os.environ.get("PATH", "")])
        env = {**os.environ, "PATH": path, "SE_OFFLINE": "true", "HOME": folder, "NO_PROXY": "*"}
        env.pop("PYTHONPATH", None)
        command = [python, str(side("with_botex")), model.base_url, f"{folder}/botex.sqlite3", *links]
        start, log = time.perf_counter(), Path(folder) / "log.txt"
        with log.open("w") as out:
            process = subprocess.Popen(command, stdout=out, stderr=out, env=env, cwd=folder)
            used: dict[int, float] = {}
            while process.poll() is None:
                _count(process.pid, used)
                if time.perf_counter() - start > LONGEST:
                    process.kill()
                time.sleep(0.1)
        if process.returncode:
            raise RuntimeError(log.read_text("utf-8", "replace")[-600:] or f"exit code {process.returncode}")
        return time.perf_counter() - start, sum(used.values())


def _count(parent: int, used: dict[int, float]) -> None:
    """Note the CPU of a process and all that it has started, as far as each has come."""
    parents, spent = {}, {}
    for folder in Path("/proc").iterdir():
        if folder.name.isdigit():
            try:
                fields = (folder / "stat").read_text().rpartition(")")[2].split()
            except OSError:
                continue
            parents[int(folder.name)] = int(fields[1])
            spent[int(folder.name)] = (int(fields[11]) + int(fields[12])) / _TICKS
    for pid in parents:
        at = pid
        while at in parents and at != parent:
            at = parents[at]
        if at == parent:
            used[pid] = spent[pid]
