"""The pictures and tables of a report, made from a run's numbers."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from typing import Any

from . import figures
from .figure_rows import Row
from .figures import Panel
from .intervals import MEAN_INTERVAL, SHARE_INTERVAL, Summary, quantile, summary, wilson
from .outcomes import Key, Outcomes
from .parts import MOST_ROWS, Figure, Labels, Table, by_factor, figure, figure_lines, full_name
from .usage import Model, Usage
from .values import OTHER, Variable, short


def endings(outcomes: Outcomes, labels: Labels) -> Figure | None:
    """How the replications ended, by cell; None if all were valid at once."""
    parts = ("valid at once", "valid when asked again", "tainted", "failed")
    by_cell = {c.key: (c.valid - c.again, c.again, c.tainted, c.failed) for c in outcomes.cells}
    total = [sum(row[n] for row in by_cell.values()) for n in range(4)]
    if not any(total[1:]):
        return None
    keys, label = figure_lines(list(by_cell), labels)
    sums = {key: [sum(by_cell[cell][n] for cell in cells) for n in range(4)] for key, cells in keys.items()}
    drawn = [label(key, parts=sums[key]) for key in keys]
    table = Table(
        "How the replications ended",
        [*outcomes.factors, "ended", *parts, "questions asked again"],
        [[*labels.of(c.key), c.ended, *by_cell[c.key], c.extra] for c in outcomes.cells],
    )
    alt = f"{sum(total)} replications: " + ", ".join(f"{n} {part}" for n, part in zip(total, parts, strict=True)) + "."
    caption = (
        "Asked again: a question was put once more after an invalid answer. Tainted: an answer stayed invalid. Failed: "
        f"a service gave no reply. Tainted and failed ones are left out of all outcomes.{by_factor(keys, labels)}"
    )
    return figure("How the replications ended", caption, alt, [table], figures.counts, "ended", drawn, parts)


def overview(outcomes: Outcomes, labels: Labels) -> Table:
    """What there is in each cell: how many replications, and the middle and spread of the numeric outcomes."""
    numeric = [v for v in outcomes.variables if v.kind == "number"][:3]
    before = [f"{short(v.name, 40)}: " if len(numeric) > 1 else "" for v in numeric]
    rows = []
    for cell in outcomes.cells:
        found = [summary(variable.values.get(cell.key, [])) for variable in numeric]
        measures = [value for s in found for value in (s.mean, s.sd, s.median)]
        rows.append([*labels.of(cell.key), cell.ended, cell.valid, cell.tainted, cell.failed, *measures])
    header = [*labels.factors, "n", "valid", "tainted", "failed"]
    header += [f"{name}{measure}" for name in before for measure in ("mean", "sd", "median")]
    return Table("Summary by cell", header, rows)


def outcome(variable: Variable, labels: Labels, place: int) -> list[Figure]:
    """One outcome by cell: a distribution, or shares; two factors as a field of colours as well."""
    if variable.kind == "text":
        return []
    name = short(variable.name, 60)
    lack = f"{variable.missing} valid replication{' has' if variable.missing == 1 else 's have'} no usable value"
    missing = f" {lack}." if variable.missing else ""
    keys, label = figure_lines(list(variable.values), labels)
    if variable.kind == "category":
        return [_shares(variable, name, labels, keys, label, missing, place)]
    found = {key: summary(values) for key, values in variable.values.items()}
    pooled = {key: [v for cell in cells for v in variable.values[cell]] for key, cells in keys.items()}
    described = {key: summary(values) for key, values in pooled.items()}
    drawn = [label(key, values=pooled[key], middle=s.mean, low=s.low, high=s.high) for key, s in described.items()]
    sampled = max(map(len, pooled.values())) > max(1, figures.MOST_POINTS // len(drawn))
    caption = (
        f"Points: single replications{', an even sample of them' if sampled else ''}. Marks: means. "
        f"Lines: {MEAN_INTERVAL}; they end where the figure does.{by_factor(keys, labels)}{missing}"
    )
    means = [f"{full_name(r)}: mean {_brief(r.middle)}, from {_brief(r.low)} to {_brief(r.high)}" for r in drawn]
    table = Table(name, [*labels.factors, *MEASURES], [[*labels.of(k), *measures(s)] for k, s in found.items()])
    panel = Panel("", drawn, axis=name)
    made = [
        figure(f"Outcome: {name}", caption, "; ".join(means), [table], figures.estimates, f"outcome{place}", [panel])
    ]
    return made + _field(name, found, labels, place)


MEASURES = ("n", "mean", "sd", "median", "smallest", "largest", "95 % from", "95 % to")


def measures(s: Summary) -> list[Any]:
    return [s.n, s.mean, s.sd, s.median, s.smallest, s.largest, s.low, s.high]


def _field(name: str, found: dict[Key, Summary], labels: Labels, place: int) -> list[Figure]:
    if len(labels.names) != 2 or min(map(len, labels.names)) < 2 or not 6 <= len(found) <= 400:
        return []
    down, across = (list(names) for names in labels.names)
    if max(len(down), len(across)) > MOST_ROWS or len(across) > 12 >= len(down):
        down, across = across, down
    if len(across) > 12 or not any(s.mean is not None for s in found.values()):
        return []
    turned = down == list(labels.names[1])
    empty = Summary(0)
    values = [[found.get((b, a) if turned else (a, b), empty).mean for b in across] for a in down]
    names = list(reversed(labels.names)) if turned else labels.names
    factors = list(reversed(labels.factors)) if turned else labels.factors
    title = f"{short(factors[0], 40)} (down) by {short(factors[1], 40)} (across)"
    made = [[names[0][level] for level in down], [names[1][level] for level in across]]
    table = Table(title, ["", *made[1]], [[made[0][n], *line] for n, line in enumerate(values)])
    caption = "Means of the cells; grey cells have no valid replication."
    known = [value for line in values for value in line if value is not None]
    alt = f"A field of {len(down)} by {len(across)} means, from {_brief(min(known))} to {_brief(max(known))}."
    heading = f"{name}: both factors"
    return [figure(heading, caption, alt, [table], figures.grid, f"field{place}", values, *made, title)]


def _shares(variable: Variable, name: str, labels: Labels, keys: dict[Any, list[Key]], label: Any, missing: str,
            place: int) -> Figure:  # fmt: skip
    categories = variable.categories()
    counted = {key: _counted(values, categories) for key, values in variable.values.items()}
    panels, said = [], []
    for category in categories:
        rows = []
        for key, cells in keys.items():
            count, n = (sum(counted[cell][c] for cell in cells for c in cs) for cs in ([category], categories))
            low, high = wilson(count, n)
            rows.append(label(key, middle=count / n, low=low, high=high))
            said.append(f"{full_name(rows[-1])}, {short(category, 40)}: {count} of {n}")
        panels.append(Panel(short(category, 60), rows, axis="share"))
    caption = f"Marks: shares of the answers. Lines: {SHARE_INTERVAL}.{by_factor(keys, labels)}{missing}"
    lines = []
    for key, counts in counted.items():
        n = sum(counts.values())
        for category in categories:
            share = counts[category] / n
            interval = wilson(counts[category], n)
            lines.append([*labels.of(key), short(category, 200), counts[category], n, share, *interval])
    table = Table(name, [*labels.factors, "answer", "count", "n", "share", "95 % from", "95 % to"], lines)
    return figure(
        f"Outcome: {name}", caption, "; ".join(said), [table], figures.estimates, f"outcome{place}", panels,
        percent=True,
    )  # fmt: skip


def _counted(values: Sequence[str], categories: Sequence[str]) -> Counter[str]:
    return Counter(value if value in categories else OTHER for value in values)


def services(usage: Usage) -> Figure | None:
    """Tokens, cost and latency by model."""
    models = [model for model in usage.models.values() if model.replies][:MOST_ROWS]
    if not models:
        return None
    measured: list[tuple[str, str, Callable[[Model], Sequence[float]]]] = [
        ("Tokens in, per reply", "tokens", lambda model: model.tokens_in),
        ("Tokens out, per reply", "tokens", lambda model: model.tokens_out),
        ("Latency", "seconds", lambda model: model.latencies),
    ]
    panels = [
        Panel(title, [Row(m.name, values=_five(values(m))) for m in models], axis=axis)
        for title, axis, values in measured
    ]
    priced = [Row(m.name, middle=m.cost if m.cost or not m.unpriced else None) for m in models]
    panels.append(Panel("Cost in all", priced, axis="US dollars"))
    caption = "Boxes: the middle half of all replies, with the median; lines reach from the 5th to the 95th percentile."
    alt = "; ".join(
        f"{m.name}: {m.replies} replies, median latency {_brief(_middle(m.latencies))} s, cost {_brief(m.cost)} $"
        for m in models
    )
    title = "Tokens, cost and latency by model"
    return figure(title, caption, alt, [model_table(usage)], figures.ranges, "models", panels)


def model_table(usage: Usage) -> Table:
    """What each model has done."""
    return Table(
        "Models",
        ["model that answered", "asked for as", "replies", "cut by length", "failed turns", "tokens in", "tokens out",
         "of these reasoning", "cost in US dollars", "price unknown", "median latency in s", "95th percentile in s"],
        [
            [m.name, ", ".join(m.asked), m.replies, m.partial, m.failed, _sum(m.tokens_in), _sum(m.tokens_out),
             _sum(m.tokens_reasoning), m.cost if m.cost or not m.unpriced else None, m.unpriced, _middle(m.latencies),
             quantile(sorted(m.latencies), 0.95) if m.latencies else None]
            for m in usage.models.values()
        ],
        "Failed attempts are included. Price unknown: replies whose price is not known; their cost is not in the sum.",
    )  # fmt: skip


# --- small things --------------------------------------------------------------------------------------------------


def _brief(value: float | None) -> str:
    return "unknown" if value is None else figures.brief(value)


def _five(values: Sequence[float]) -> list[float]:
    ordered = sorted(values)
    return [quantile(ordered, share) for share in (0.05, 0.25, 0.5, 0.75, 0.95)] if ordered else []


def _middle(values: Sequence[float]) -> float | None:
    return quantile(sorted(values), 0.5) if values else None


def _sum(values: Sequence[int]) -> int | None:
    return sum(values) if values else None
