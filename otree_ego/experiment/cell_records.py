"""What a cell of a design asks: the request before a service's dialect, or anything learned from it, is in it."""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence
from typing import Any

from ..errors import EgoError
from ..messages import Message
from ..prompts import Prompt
from ..threads.base import PARAMS, POLICY
from .runs.cell_places import Cell
from .runs.origin import digest

OF_REQUESTS = ("model", "extra", "base_url", "thoughts_in_text", "context", "context_tokens", "replies")
"""Settings of a Thread that its requests or its answers depend on, beside the parameters."""


def asked_of(described: Mapping[str, Any]) -> dict[str, Any]:
    """What of a Thread's description is in its requests; how long it waits for them, and how often, is not.

    A class of the experimenter's own may use any attribute.

    Arguments:
        described: see `cells.description`.
    """
    kind, settings = str(described.get("kind", "")), dict(described.get("settings") or {})
    if ":" not in kind:  # a class of ours
        kept = {name: held for name, held in settings.items() if name in OF_REQUESTS or name in PARAMS}
        kind = "scripted" if "replies" in kept else ""
    else:
        kept = {name: held for name, held in settings.items() if name not in POLICY}
    return {"kind": kind, "settings": kept, "messages": described.get("messages") or {}}


def cell_of(asked: Mapping[str, Any], text: Any, levels: Mapping[str, Any], options: Mapping[str, Any]) -> Cell:
    """A cell of a design.

    Arguments:
        asked: see `asked_of`. text: the prompt that is sent, or what it is made of. levels: of the cell.
        options: of the requests, and ``seed``, that of the first replication.
    """
    settings = {**asked["settings"]}
    extra = {**(settings.pop("extra", None) or {}), **(options.get("extra") or {})}
    settings.update({name: held for name, held in options.items() if name != "extra" and held is not None})
    if extra:
        settings["extra"] = extra
    request = digest({**asked, "settings": settings, "text": text})
    return Cell(request[:24], digest(levels)[:12])


def cells_of_record(settings: Mapping[str, Any], said: Sequence[Message]) -> list[Cell]:
    """The cells of a run that was begun by an earlier version, from its settings; none if they do not tell.

    Arguments:
        settings: the run's. said: the messages of one of its Threads.
    """
    levels, agent, template = (settings.get(name) for name in ("levels", "agent", "prompt"))
    if not (isinstance(levels, dict) and isinstance(agent, dict) and isinstance(template, str)):
        return []
    if not all(isinstance(values, list) for values in levels.values()):
        return []
    if not _tells(agent, settings, said):
        return []
    variables = settings.get("variables") or {}
    options = {**(settings.get("options") or {}), "seed": settings.get("seed")}
    own = {name: held for name, held in (agent.get("settings") or {}).items() if name not in POLICY}
    found = []
    for each in itertools.product(*levels.values()):
        cell = dict(zip(levels, each, strict=True))
        try:
            text = Prompt(template).render(**{**own, **variables, **cell})
        except EgoError:
            return []
        found.append(cell_of(asked_of(agent), text, cell, options))
    return found


def _tells(agent: Mapping[str, Any], settings: Mapping[str, Any], said: Sequence[Message]) -> bool:
    """Whether an agent was all that a run's settings have of it: what it drew at random is not there."""
    start = list(itertools.takewhile(lambda m: m.role != "assistant" or not m.attempts, said))
    first = next((m for m in said if m.role == "assistant" and m.attempts), None)
    known = {**(agent.get("settings") or {}), **(settings.get("options") or {})}
    if first is None or any(name in first.params and name not in known for name in ("temperature", "top_p")):
        return False
    return [[m.role, m.text] for m in start[:-1]] == [*(agent.get("messages") or {}).values()]
