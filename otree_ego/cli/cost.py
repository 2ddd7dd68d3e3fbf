"""Show what experiments cost, by model: requests, tokens and US dollars, of failed and repeated attempts too."""

from __future__ import annotations

import argparse
from dataclasses import fields
from typing import TYPE_CHECKING

from .shared.run_store import USUAL, add_otree, add_store, dollars, nothing_yet, opened
from .shared.terminal import line, painted, plain, table

if TYPE_CHECKING:
    from ..stores import Cost, Run, RunStore

HELP = "show what experiments cost, by model"
HEADS = ("model", "requests", "unanswered", "tokens in", "out", "reasoning", "US dollars")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """ID…, --store."""
    text = "ids of experiments, or their beginnings, as ego runs shows them (default: all)"
    parser.add_argument("ids", metavar="ID", nargs="*", help=text)
    add_store(parser)
    add_otree(parser)


def run(options: argparse.Namespace) -> int:
    """Do it."""
    if nothing_yet(options) and not options.ids:
        print(f"There is no store here yet: the first experiment makes {USUAL}.")
        return 0
    with opened(options) as store:
        chosen = [store.get(each) for each in options.ids] if options.ids else store.runs()
        chosen = list({each.uid: each for each in chosen}.values())
        if not chosen:
            print(f"{plain(store.shown)} has no experiments yet.")
            return 0
        for each in chosen:
            _show_run(store, each)
            print()
        if len(chosen) > 1:
            _show_all(store, chosen)
            print()
    return 0


def _show_run(store: RunStore, each: Run) -> None:
    costs, totals = store.costs(each.uid), store.totals(each.uid)
    print(painted(f"{line(each.name)} ({each.uid[:8]})", "bold"))
    _show(costs)
    if totals.replications and costs:
        total = _sum(costs)
        mean = dollars(total.cost / totals.replications, total.unpriced)
        count = "1 replication" if totals.replications == 1 else f"{totals.replications} replications"
        print(f"{count}, {mean} each on average")


def _show_all(store: RunStore, chosen: list[Run]) -> None:
    by_model: dict[str, list[Cost]] = {}
    for each in chosen:
        for cost in store.costs(each.uid):
            by_model.setdefault(cost.model, []).append(cost)
    print(painted(f"all {len(chosen)} experiments", "bold"))
    _show([_sum(costs, model) for model, costs in sorted(by_model.items())])


def _show(costs: list[Cost]) -> None:
    if not costs:
        print("No requests have been sent.")
        return
    rows = [_row(cost) for cost in costs]
    if len(costs) > 1:
        rows.append(_row(_sum(costs)))
    for text in table(HEADS, rows, right=range(1, 7), drop=(5, 2), paint={"total": "bold"}):
        print(text)
    unpriced = sum(cost.unpriced for cost in costs)
    if unpriced:
        of = "1 reply has" if unpriced == 1 else f"{unpriced} replies have"
        models = ", ".join(line(cost.model) for cost in costs if cost.unpriced)
        print(painted(f"? {of} no known price ({models}) and counts as nothing here.", "yellow"))


def _row(cost: Cost) -> tuple[str, ...]:
    tokens = (cost.tokens_in, cost.tokens_out, cost.tokens_reasoning)
    counts = (f"{number:,}" for number in (cost.requests, cost.unanswered, *tokens))
    return (line(cost.model) or "-", *counts, dollars(cost.cost, cost.unpriced))


def _sum(costs: list[Cost], model: str = "total") -> Cost:
    from ..stores import Cost

    names = [field.name for field in fields(Cost) if field.name != "model"]
    return Cost(model, **{name: sum(getattr(cost, name) for cost in costs) for name in names})
