"""The cells of a design, each with what is asked in it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import reduce
from typing import Any

from ..prompts import Prompt
from ..threads.thread import Thread
from .cell_records import asked_of, cell_of
from .cells import FactorialWork, description, in_common
from .code_digests import Code, code_of
from .runs.cell_places import Cell


def cells_of(
    work: FactorialWork, cells: Sequence[Mapping[str, Any]], samples: Sequence[Thread], texts: Sequence[str]
) -> list[Cell]:
    """The cells of a design.

    Arguments:
        work: asks them. cells: their levels. samples: Threads as its agent makes them. texts: the prompt for each
            cell, as it is for the first of these Threads.
    """
    described = [description(each) for each in samples]
    asked = asked_of(reduce(in_common, described))
    if odd := sorted({name for each in described for name in _names(asked_of(each))} - _names(asked)):
        asked["drawn"] = odd  # it is no agent that has none of it
    if work.form is not None:
        asked["form"] = work.form.as_data()
    options = {**work.options, "seed": work.seed}
    drawn = _drawn(samples)
    found = []
    for levels, text in zip(cells, texts, strict=True):
        prompts = [work.prompt, *(each for each in levels.values() if isinstance(each, Prompt))]
        names = {name for prompt in prompts for name in prompt.names}
        said: Any = text
        if not drawn.isdisjoint(names - {*levels, *work.variables}):
            # What the agent draws at random stands in the text: only what it is made of is always the same.
            own = {name: held for name, held in samples[0].public_own().items() if name not in drawn}
            known = {**own, **work.variables, **levels}
            said = {"prompt": work.prompt.template, "names": {n: _plain(known[n]) for n in sorted(names & {*known})}}
        found.append(cell_of(asked, said, levels, options))
    return found


def _names(asked: Mapping[str, Any]) -> set[str]:
    return {*asked["settings"], *(f"message {n}" for n in asked["messages"])}


def code_of_cells(work: FactorialWork, samples: Sequence[Thread]) -> Code:
    """The experimenter's code in a design.

    The agent's shows in its requests; where it draws at random, or is of a class of the experimenter's own, it may ask
    something else without showing it.

    Arguments:
        work: asks the cells. samples: Threads as its agent makes them.
    """
    hidden = bool(_drawn(samples)) or any(":" in each.kind for each in samples)
    parser = getattr(work.parser, "parser", work.parser)
    return code_of({"make"} if hidden else (), make=work.make, parser=parser)


def fallbacks_of(samples: Iterable[Thread]) -> frozenset[str]:
    """Models and texts that may stand in for the answer of the one that is asked."""
    return frozenset(text for each in samples for text in (each.fallback_model, each.fallback_text) if text)


def _drawn(samples: Sequence[Thread]) -> set[str]:
    """Attributes that the agent draws at random."""
    first = samples[0].public_own()
    others = [each.public_own() for each in samples[1:]]
    names = {*first, *(name for each in others for name in each)}
    return {
        name for name in names if any(name not in each or repr(each[name]) != repr(first.get(name)) for each in others)
    }


def _plain(value: Any) -> Any:
    return value.template if isinstance(value, Prompt) else value
