"""A forecast as people read it: tables that fit 80 columns, and on what they rest."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Iterable, Iterator, Sequence

from ..production.memory_needs import EMBEDDED_MB, MESSAGE_MB, PAGE_MB, SERVER_MB, SPARE, WORKER_MB
from ..shared.run_store import dollars
from ..shared.terminal import columns, line, painted, plain, table
from . import Forecast, ModelForecast, Need

WIDTH = 80
NAMES = (30, 24, 18, 12, 8)
"""Columns of a model's name: the most that leave the table narrow enough."""
_COLOUR = re.compile(r"\x1b\[[\d;]*m")
_TIMES = {60.0: "minute", 3600.0: "hour", 86_400.0: "day"}


def forecast_lines(found: Forecast) -> Iterator[str]:
    """The lines of one forecast."""
    people = "1 participant" if found.participants == 1 else f"{found.participants:,} participants"
    title = "" if found.title == found.config else f" ({found.title})"
    for text in _text(f"{found.config}{title}: {people}"):
        yield painted(text, "bold")
    if found.problem:
        yield from _text(found.problem)
        return
    if not found.models:
        yield from _text("No model is asked in this session, as far as its config and its apps tell.")
        return
    for number, sentence in enumerate(found.sentences):
        yield from _text(sentence, "- " if number and found.basis == "assumed" else "")
    yield ""
    yield from _costs(found)
    yield ""
    yield from _minute(found.models)
    yield ""
    yield from _memory(found)


def _costs(found: Forecast) -> Iterator[str]:
    heads = ("", "requests", "tokens in", "tokens out", "US dollars", "at most")
    shown = [*found.models, *[_total(found.models)] * (len(found.models) > 1)]
    yield from _fitted(heads, [(each.model, _row(each)) for each in shown], range(1, 6), {"all": "bold"})
    unpriced = [each.model for each in found.models if each.cost is None]
    if unpriced:
        yield from _text(f"? The price of {', '.join(unpriced)} is not known; EGO_SERVICES can give it.")
    if found.cap is not None:
        yield from _text(f"ego_max_cost and ego_max_cost_session let it cost {dollars(found.cap)} at most.")
    elif any(each.most is None and each.cost != 0 for each in found.models):
        text = "Nothing limits what it may cost: ego_max_messages and ego_max_tokens would, or ego_max_cost_session."
        yield from _text(text, "- ")
    if any(each.cost for each in found.models):
        yield "Prices are the usual ones: a service that caches prompts may ask for less."


def _total(models: list[ModelForecast]) -> ModelForecast:
    costs, most = [each.cost for each in models], [each.most for each in models]
    known = sum(cost for cost in costs if cost is not None)
    return ModelForecast(
        "all",
        sum(each.requests for each in models),
        sum(each.tokens_in for each in models),
        sum(each.tokens_out for each in models),
        None if None in costs else known,
        None if None in most else sum(each for each in most if each is not None),
    )


def _row(each: ModelForecast) -> tuple[str, ...]:
    cost = "?" if each.cost is None else dollars(each.cost)
    most = "-" if each.most is None else dollars(each.most)
    counts = (short(each.requests, 1e6), short(each.tokens_in), short(each.tokens_out))
    return (*counts, cost, most)


def _fitted(
    heads: Sequence[str], rows: Sequence[tuple[str, Sequence[str]]], right: Iterable[int], paint: dict[str, str]
) -> list[str]:
    """The lines of a table whose first column has models' names, which are cut as far as the table needs it."""
    numbers, lines = list(right), []
    for name in NAMES:
        lines = table(heads, [(line(model, name), *cells) for model, cells in rows], right=numbers, paint=paint)
        if max(columns(_COLOUR.sub("", text)) for text in lines) <= WIDTH:
            break
    return lines


def short(number: float, whole: float = 10_000) -> str:
    """A large number in few columns; below `whole` it is written out.

    >>> short(950), short(12_345), short(1_234_567)
    ('950', '12 k', '1.2 M')
    """
    if number < whole:
        return f"{number:,.0f}"
    return f"{number / 1e3:,.0f} k" if number < 1e6 else f"{number / 1e6:,.1f} M"


def _minute(models: list[ModelForecast]) -> Iterator[str]:
    yield "The busiest minute, if all participants act at once:"
    heads = ("", "", "needed", "limit told", "")
    rows: list[tuple[str, Sequence[str]]] = []
    for each in models:
        rows += [("" if number else each.model, _need(need, each)) for number, need in enumerate(each.needs)]
    yield from _fitted(heads, rows, (2, 3), {"enough": "green", "too few": "red"})
    over = [(each.model, need) for each in models for need in each.needs if need.over]
    for model, need in over:
        yield from _text(
            f"{model} allows {short(need.allowed or 0)} {need.kind} a {_time(need)}, and {need.over:.1f} times as many "
            "are needed if all participants act at once: let them begin in groups, ask the service for a higher limit, "
            "or divide them among models. Requests beyond a limit are repeated, and participants wait meanwhile.",
            "! ",
        )


def _need(need: Need, each: ModelForecast) -> tuple[str, str, str, str]:
    what = f"{need.kind} a {_time(need)}" if need.seconds != 60 else need.kind
    if need.allowed is None:
        said = "not told" if each.told else "no answer" if each.asked else "not asked"
        return what, short(need.needed), "unknown", said
    return what, short(need.needed), short(need.allowed), "too few" if need.over else "enough"


def _time(need: Need) -> str:
    return _TIMES.get(need.seconds, f"{need.seconds:,.0f} s")


def _memory(found: Forecast) -> Iterator[str]:
    local = any(each.model.startswith("local/") for each in found.models)
    parts = [f"{SERVER_MB} (web)", f"{WORKER_MB} (timeout worker)", *[f"{EMBEDDED_MB} (embedded model)"] * local]
    parts.append(f"{found.participants:,} participants × ({PAGE_MB} + {found.messages:.0f} messages × {MESSAGE_MB})")
    yield from _text(
        f"Memory of the server: about {found.memory:,.0f} MB = {' + '.join(parts)}. Measured with "
        f"benchmarks/server_memory; for exports have {SPARE - 1:.0%} more: {found.memory * SPARE:,.0f} MB."
    )
    if found.has is not None and found.has < found.memory:
        yield from _text(f"This machine has {found.has:,.0f} MB: it is too small.", "! ")


def _text(text: str, mark: str = "") -> Iterator[str]:
    yield from textwrap.wrap(
        plain(text), WIDTH, initial_indent=mark, subsequent_indent=" " * len(mark), break_long_words=False,
        break_on_hyphens=False,
    )  # fmt: skip
