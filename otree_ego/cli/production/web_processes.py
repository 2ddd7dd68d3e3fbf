"""How a platform starts the server, and how often: rows on Procfile, app.json and the compose file."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ..shared.output import Row
from .text_files import COMPOSE, read_text

WEB = "web: otree prodserver"
ONE = "one web process serves; the others answer 503 to everybody whom the platform sends to them"
_LINE = re.compile(r"([A-Za-z0-9_-]+)\s*:\s*(\S.*)")
_SERVERS = re.compile(
    r"\b(?:otree\s+(?:prodserver1of2|prodserver|devserver\w*|zipserver)(?![\w])|uvicorn|gunicorn|daphne|hypercorn)\b"
)
_PORT = re.compile(r"\botree\s+prodserver(?:1of2)?\s+(?:[\w.]+:)?(\d+)\b")
_DELETES = re.compile(r"\botree\s+resetdb\b")


@dataclass
class WebProcesses:
    """What the files say of the server's processes.

    Fields:
        size: of the platform's machines, as app.json names it. compose: the text of the compose file.
    """

    size: str = ""
    compose: str = ""
    rows: list[Row] = field(default_factory=list)


def read_processes() -> WebProcesses:
    """Read Procfile, app.json and the compose file of the project in the working directory."""
    found = WebProcesses()
    found.rows += _procfile_rows()
    found.rows += _app_json_rows(found)
    for name in COMPOSE:
        read = read_text(name)
        if read is not None and not read.problem:
            found.compose = read.text
            found.rows += _compose_rows(name, read.text)
            break
    if os.environ.get("WEB_CONCURRENCY", "1") not in ("", "1"):
        found.rows.append(Row("WEB_CONCURRENCY", "info", "set, and harmless: oTree does not read it"))
    return found


def procfile_commands(text: str) -> tuple[list[tuple[str, str]], list[int]]:
    """The commands of a Procfile by their process's name, and the numbers of the lines that are none.

    >>> procfile_commands("web: otree prodserver")
    ([('web', 'otree prodserver')], [])
    """
    commands, odd = [], []
    for number, line in enumerate(text.split("\n"), 1):
        if not line.strip() or line.lstrip().startswith("#"):
            continue
        match = _LINE.fullmatch(line.strip())
        if match is None:
            odd.append(number)
        else:
            commands.append((match[1], match[2].strip()))
    return commands, odd


def _procfile_rows() -> Iterator[Row]:
    name, read = "Procfile", read_text("Procfile")
    if read is None:
        if misnamed := next((each for each in ("Procfile.txt", "procfile") if Path(each).is_file()), ""):
            yield Row(name, "failed", f"it is called {misnamed}: no platform finds it", "rename it to Procfile")
        elif os.environ.get("DYNO") or read_text("app.json") is not None:
            yield Row(name, "failed", "there is none: the platform starts no server", f"make it, with the line {WEB}")
        else:
            yield Row(name, "info", "there is none; Heroku and oTree Hub need one", f"make it, with the line {WEB}")
        return
    if read.problem:
        return
    commands, odd = procfile_commands(read.text)
    if odd:
        numbers = ", ".join(map(str, odd[:5]))
        yield Row(name, "warning", f"line {numbers} is not of the form NAME: COMMAND", f"for example {WEB}")
    rows = [Row(name, *each) for each in _findings(commands)]
    yield from rows
    if not rows and not odd:
        yield Row(name, "ok", "starts one web process")


def _findings(commands: list[tuple[str, str]]) -> Iterator[tuple[str, str, str]]:
    """State, what was found, and what to do, of the commands by their processes' names."""
    web = [command for kind, command in commands if kind == "web"]
    servers = [(kind, server) for kind, command in commands for server in _SERVERS.findall(command)]
    if not web:
        yield "failed", "it has no line that begins with web: the platform starts no server", f"add {WEB}"
    elif len(web) > 1:
        yield "failed", f"it has {len(web)} lines for web: which one counts depends on the platform", f"keep {WEB}"
    elif not _SERVERS.search(web[0]):
        yield "warning", "its web line does not start otree prodserver, as far as can be seen", f"write {WEB}"
    for kind, server in servers:
        if not re.match(r"otree\s+prodserver", server):
            yield "failed", f"{kind} starts {server}, which is not made for a study with participants", f"write {WEB}"
    if len(servers) > max(1, len(web)):
        kinds = ", ".join(kind for kind, _ in servers)
        yield "failed", f"it starts {len(servers)} servers ({kinds}): {ONE}", f"keep {WEB} alone"
    for kind, command in commands:
        if _DELETES.search(command):
            when = "at each deployment" if kind == "release" else f"when {kind} starts"
            yield "failed", f"otree resetdb deletes all data {when}", "take it out; run it once, by hand"
        if port := _PORT.search(command):
            found = f"{kind} listens on port {port[1]}, and a platform chooses the port"
            yield "warning", found, "leave the port out: oTree reads PORT"


def _app_json_rows(found: WebProcesses) -> Iterator[Row]:
    name, read = "app.json", read_text("app.json")
    if read is None or read.problem:
        return
    try:
        app = json.loads(read.text)
    except (ValueError, RecursionError) as error:
        line = f" (line {error.lineno})" if isinstance(error, json.JSONDecodeError) else ""
        yield Row(name, "failed", f"it is no JSON{line}: Heroku refuses it", "correct it")
        return
    web = _inner(app, "formation", "web")
    quantity, found.size = str(web.get("quantity", 1)), str(web.get("size", ""))
    if re.fullmatch(r"\d{1,9}", quantity) and int(quantity) > 1:
        yield Row(name, "failed", f"formation asks for {quantity} web processes: {ONE}", 'write "quantity": 1')
    for variable, value in _inner(app, "env").items():
        given = value.get("value") if isinstance(value, dict) else value
        secret = re.search(r"KEY|PASSWORD|SECRET|TOKEN", str(variable)) is not None
        if secret and isinstance(given, str) and given.strip():
            found_text = f"the value of {variable} stands in it, and is packed with it"
            yield Row(name, "failed", found_text, f'write {{"generator": "secret"}} for it, or no value ({variable})')


def _inner(value: Any, *names: str) -> dict[str, Any]:
    for name in names:
        value = value.get(name) if isinstance(value, dict) else None
    return value if isinstance(value, dict) else {}


def _compose_rows(name: str, text: str) -> Iterator[Row]:
    servers = []
    for service, lines in compose_services(text).items():
        block = "\n".join(lines)
        if _SERVERS.search(block):
            servers.append(service)
        if not re.search(r"otree|prodserver|^\s*build\s*:|[{,]\s*build\s*:", block, re.MULTILINE):
            continue
        for key, number in re.findall(
            r"(?:^|[{,])\s*[\"']?(replicas|scale)[\"']?\s*:\s*[\"']?(\d{1,6})\b", block, re.M
        ):
            if int(number) > 1:
                yield Row(name, "failed", f"{service} has {key}: {number}: {ONE}", f"write {key}: 1")
    if len(servers) > 1:
        found = f"{', '.join(servers)} each start a server: {ONE}"
        yield Row(name, "failed", found, "keep one of them, if they have one database")


def compose_services(text: str) -> dict[str, list[str]]:
    """The services of a compose file with their lines, told by their indents; no more of YAML is read.

    >>> compose_services("services:\\n  web:\\n    image: otree\\nvolumes:\\n  data:")
    {'web': ['    image: otree']}
    """
    found: dict[str, list[str]] = {}
    inside, depth, current = False, 0, ""
    for line in text.expandtabs().split("\n"):
        plain = line.split(" #")[0].rstrip()
        bare = plain.lstrip()
        if not bare or bare.startswith("#"):
            continue
        indent = len(plain) - len(bare)
        if indent == 0:
            inside, depth, current = re.fullmatch(r"[\"']?services[\"']?\s*:", bare) is not None, 0, ""
        elif inside:
            depth = depth or indent
            if indent <= depth and (match := re.match(r"[\"']?([\w.-]+)[\"']?\s*:(.*)", bare)):
                current = match[1]
                found[current] = [match[2]] if match[2].strip() else []
            elif current:
                found[current].append(plain)
    return found
