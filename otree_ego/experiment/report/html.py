"""One file that shows what came of a run: figures, tables, and a paragraph for the methods section.

The file needs nothing but itself: no network, no script. Texts of models and of levels are shown, never obeyed.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from ...display import when
from ...messages import Message
from ...stores import Run, RunStore
from ...stores.run_search import is_left
from ...stores.runs import SCRIPT
from ...stores.surroundings import words
from ...version import __version__
from ..runs.code_changes import DEVIATIONS, in_words, shown_settings
from ..runs.snapshots import changes_in
from . import sections
from .outcomes import Outcomes, read_outcomes
from .parts import Figure, Labels, Table
from .player_sections import players_part
from .positions import position_table
from .rounds_figure import over_rounds
from .seats_played import played_tables
from .svg import check_drawing
from .usage import MOST_SYSTEMS, Usage, usage
from .values import plain, short

MARK = '<meta name="generator" content="otree_ego report">'
"""By this line a report is known again."""
LONGEST = 6000
"""Characters of one text that are shown."""
MOST_SAID = 60
_SECRET = re.compile(r"api_?key|password|secret|authorization|^token$", re.IGNORECASE)


def report(store: RunStore, run: Run, people: str | None = None) -> str:
    """A run's report as the text of one HTML file.

    Arguments:
        store: where the run is.
        run: which; it need not have ended.
        people: of a run of players, oTree's table as CSV with the decisions of people.

    Raises:
        ConfigError: matplotlib is not installed, or the table of people cannot be read.
        StoreError: the store cannot be read.

    >>> store = RunStore("sqlite://")
    >>> page = report(store, store.begin(Run("approval", "factorial", "d1", planned=4)))
    >>> "Nothing of this run has ended yet" in page
    True
    """
    check_drawing()
    if is_left(run):
        run = replace(run, status="stopped", note=f"its process was last seen on {_when(run.beat)}")
    outcomes, used = read_outcomes(store, run), usage(store, run)
    labels = Labels(outcomes)
    figures = list(_outcome_figures(outcomes, labels))
    example, left_out = _example(used)
    players = players_part(store, run, people)
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    # The loader's folder is this package's; every value is escaped unless it is one of our own drawings.
    folder = Path(__file__).with_name("templates")
    environment = Environment(
        loader=FileSystemLoader(str(folder)), autoescape=True, undefined=StrictUndefined, trim_blocks=True,
        lstrip_blocks=True,
    )  # fmt: skip
    environment.filters.update(shown=_shown, exact=_exact, count=_count)
    page: str = environment.get_template("report.html").render(
        run=run, name=short(run.name, 120) or "A run", mark=MARK, version=__version__, outcomes=outcomes,
        used=used, sent=_sent(used), facts=_facts(run, outcomes, used),
        methods=methods(run, outcomes, used, players.number),
        labels=labels, deviations=[*in_words(run.settings.get(DEVIATIONS)), *changes_in(store, run.uid)],
        endings=sections.endings(outcomes, labels), overview=sections.overview(outcomes, labels), figures=figures,
        texts=[v for v in outcomes.variables if v.kind == "text"], services=sections.services(used),
        positions=position_table(used.positions), players=players, played=played_tables(store, run),
        kinds=_kinds_table(outcomes), errors=_errors_table(used), settings=_flat(shown_settings(run.settings)),
        source=[*_source(run), *_surroundings(store, run)],
        prompts=_prompts(run), systems=used.systems.most_common(MOST_SYSTEMS), example=example, left_out=left_out,
        note=plain(run.note), begun=_when(run.created), ended=_when(run.ended), shortened=LONGEST,
        samples={v.name: [short(t, 200) for t in v.every()[:5]] for v in outcomes.variables if v.kind == "text"},
    )  # fmt: skip
    return page


def choice_figures(store: RunStore, run: Run) -> list[Figure]:
    """The figures of a run's report: how its replications ended, and what was chosen, by treatment and round.

    Arguments:
        store, run: which run; it need not have ended.

    Raises:
        ConfigError: matplotlib is not installed.

    >>> store = RunStore("sqlite://")
    >>> choice_figures(store, store.begin(Run("approval", "factorial", "d1", planned=4)))
    []
    """
    check_drawing()
    outcomes = read_outcomes(store, run)
    labels = Labels(outcomes)
    ended = sections.endings(outcomes, labels)
    return [*([ended] if ended is not None else []), *_outcome_figures(outcomes, labels)]


def methods(run: Run, outcomes: Outcomes, used: Usage, players: int = 0) -> str:
    """A paragraph for the methods section: what was run, when, with which models and parameters, and what came.

    Arguments:
        run, outcomes, used: what was run, and what came of it. players: how many models went through a study's pages.
    """
    ended = outcomes.total("ended")
    if not ended:
        return f"Nothing of this run has ended yet; {_plural(run.planned, 'replication')} are planned."
    kinds = {"factorial": "a factorial design", "built": "a turn-based scenario", "script": "a script"}
    kind = kinds.get(run.kind, "a scenario")
    shape = " × ".join(
        f"{short(name, 40)} ({_plural(len(levels), 'level')})"
        for name, levels in zip(outcomes.factors, outcomes.levels, strict=True)
    )
    asked = list(dict.fromkeys(name for m in used.models.values() for name in m.asked if name))
    answered = [m.name for m in used.models.values() if m.replies and m.name not in asked]
    if players and run.kind == SCRIPT:
        study = short(run.name.partition(" ")[2] or run.name, 120)  # after "play" or "test"
        text = f"{_plural(players, 'player')} went through the pages of “{study}”"
        text += f" {_span(outcomes.started, outcomes.ended)}"
    else:
        text = f"{_plural(ended, 'replication')} of “{short(run.name, 120)}”, {kind}"
        text += f" with {shape}," if shape else ","
        text += f" {'was' if ended == 1 else 'were'} run {_span(outcomes.started, outcomes.ended)}"
    if asked:
        text += f" with {_listed(asked)}"
    if answered:
        text += f" (answered by {_listed(answered)})"
    if used.temperatures:
        text += f" at temperature {_listed(list(used.temperatures))}"
    if used.seeds:
        more = "…" if used.seeded > len(used.seeds) else ""
        text += f", with seeds ({', '.join(map(str, used.seeds))}{', ' + more if more else ''})"
    valid, tainted, failed = (outcomes.total(name) for name in ("valid", "tainted", "failed"))
    text += f", using otree_ego {_made_with(run)}."
    if players and run.kind == SCRIPT:
        return f"{text} In all, {_sent(used)}"
    text += f" Of these, {valid:,} ({valid / ended:.1%}) were valid"
    text += f", {tainted:,} tainted (an answer stayed invalid) and {failed:,} failed (a service gave no reply)"
    text += "; only valid replications enter the results." if tainted or failed else "."
    if extra := outcomes.total("extra"):
        text += f" {_plural(extra, 'question')} had to be put again after an invalid answer."
    return f"{text} In all, {_sent(used)}"


def _outcome_figures(outcomes: Outcomes, labels: Labels) -> Iterator[Figure]:
    for place, variable in enumerate(outcomes.variables):
        yield from sections.outcome(variable, labels, place)
    for place, name in enumerate(dict.fromkeys(each.variable.name for each in outcomes.series)):
        series = [each for each in outcomes.series if each.variable.name == name]
        made = over_rounds(series, outcomes, labels, place)
        if made is not None:
            yield made


def _facts(run: Run, outcomes: Outcomes, used: Usage) -> list[tuple[str, str]]:
    ended = outcomes.total("ended")
    models = list(used.models.values())
    cost, unpriced = sum(m.cost for m in models), sum(m.unpriced for m in models)
    price = _dollars(cost) + (f" + {unpriced:,} unpriced" if unpriced else "")
    return [
        ("ended of planned", f"{ended:,} / {max(run.planned, ended):,}"),
        ("valid", _share(outcomes.total("valid"), ended)),
        ("tainted", _share(outcomes.total("tainted"), ended)),
        ("failed", _share(outcomes.total("failed"), ended)),
        ("tokens in / out", f"{sum(sum(m.tokens_in) for m in models):,} / {sum(sum(m.tokens_out) for m in models):,}"),
        ("cost", price if cost or not unpriced else f"unknown ({unpriced:,} replies)"),
    ]


def _dollars(cost: float) -> str:
    """US dollars, with as many places as small prices need.

    >>> _dollars(1234.5), _dollars(0.5), _dollars(0.0108), _dollars(0.00000123), _dollars(0)
    ('$1,234.50', '$0.50', '$0.0108', '$0.0000012', '$0')
    """
    if not 0 < cost < 0.1:
        return f"${cost:,.2f}" if cost else "$0"
    places = 1 - math.floor(math.log10(cost))
    return f"${cost:.{max(4, places)}f}".rstrip("0")


def _share(part: int, of: int) -> str:
    return f"{part:,}" + (f" ({part / of:.1%})" if of else "")


def _kinds_table(outcomes: Outcomes) -> Table | None:
    rows = [[ended, error, n, example] for ended, error, example, n in outcomes.kinds]
    header = ["replication", "error", "replications", "for example"]
    return Table("Replications without a valid outcome", header, rows) if rows else None


def _errors_table(used: Usage) -> Table | None:
    rows = [[error, n, example] for error, example, n in used.errors]
    note = "Each request that failed, those that were followed by a good reply included."
    return Table("Requests that failed", ["error", "requests", "for example"], rows, note) if rows else None


def _example(used: Usage) -> tuple[list[tuple[str, list[Message]]], int]:
    """The first replication's messages by seat, and how many are left out."""
    found, left_out = [], 0
    for place, seat, messages in used.example[:6]:
        found.append((f"Replication {place + 1}, seat {seat}", messages[:MOST_SAID]))
        left_out += len(messages[MOST_SAID:])
    return found, left_out + sum(len(messages) for *_, messages in used.example[6:])


def _prompts(run: Run) -> list[tuple[str, str]]:
    """The templates that the run's settings have."""
    found: list[tuple[str, str]] = []
    for name in ("system", "system_prompt", "prompt", "prompts"):
        value = run.settings.get(name)
        for label, text in value.items() if isinstance(value, Mapping) else [(name, value)]:
            if isinstance(text, str) and text.strip():
                found.append((short(str(label), 60), text))
    return found


def _surroundings(store: RunStore, run: Run) -> list[tuple[str, str]]:
    """What each go of the run was played with."""
    goes = store.surroundings(run.uid)
    several = len(goes) > 1
    found, number = [], 0
    for began, content in goes:
        worker = str(content.get("worker") or "")[:60]
        number += not worker
        who = f"worker {worker}" if worker else f"go {number}, {_when(began)}"
        found += [(f"{who}: {name}" if several else name, text) for name, text in words(content, full=True)]
    return found


def _source(run: Run) -> list[tuple[str, str]]:
    """How the run was started, without the folders of the one who started it."""
    private = ("folder", "cwd", "arguments", "params")
    kept = {key: value for key, value in run.source.items() if key not in (*private, *run.settings)}
    for key, value in kept.items():
        if isinstance(value, str) and ("/" in value or "\\" in value):
            kept[key] = re.split(r"[/\\]", value.rstrip("/\\"))[-1]
    return _flat(kept)


def _flat(values: Mapping[str, Any], before: str = "") -> list[tuple[str, str]]:
    """Settings as pairs of a dotted name and a text; what may be a key is not shown."""
    found: list[tuple[str, str]] = []
    for key, value in values.items():
        name = before + plain(str(key))
        if _SECRET.search(str(key)) and value:
            found.append((name, "(not shown)"))
        elif isinstance(value, Mapping) and value:
            found += _flat(value, f"{name}.")
        elif value not in (None, "", [], {}):
            found.append((name, value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)))
    return found[:300]


def _made_with(run: Run) -> str:
    versions = run.source.get("versions")
    found = versions.get("otree_ego") if isinstance(versions, Mapping) else None
    return short(str(found or run.source.get("version") or __version__), 40)


def _span(first: float | None, last: float | None) -> str:
    begun, ended = _when(first), _when(last)
    return f"between {begun} and {ended}" if begun != ended else f"at {begun}"


def _sent(used: Usage) -> str:
    """What was sent and what became of it, in words."""
    text = f"{_plural(used.requests, 'request')} {'was' if used.requests == 1 else 'were'} sent"
    text += f", {used.resent:,} of them again after a failure." if used.resent else "."
    if used.fallbacks:
        text += f" {_plural(used.fallbacks, 'answer')} came from the failure policy, not from a model."
    return text + (f" {_plural(used.pending, 'answer')} had not come yet." if used.pending else "")


def _listed(names: list[str], most: int = 8) -> str:
    names = [short(name, 80) for name in names]
    if len(names) > most:
        names = [*names[: most - 1], f"{len(names) - most + 1} more"]
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"


def _plural(n: int, word: str) -> str:
    return f"{n:,} {word}{'' if n == 1 else 's'}"


# --- how the page shows values ------------------------------------------------------------------------------------


def _shown(value: Any) -> str:
    """A table's value: a number with four digits, a count with its thousands, a text on one line.

    >>> _shown(0.123456), _shown(12345), _shown(None), _shown("a\\nb"), _shown(-1234567.8)
    ('0.1235', '12,345', '–', 'a b', '−1,234,568')
    """
    if value is None:
        return "–"
    if isinstance(value, int):
        return f"{value:,}".replace("-", "−")
    if isinstance(value, float):
        return (f"{value:,.0f}" if 1000 <= abs(value) < 1e15 else f"{value:.4g}").replace("-", "−")
    return short(str(value), 240)


def _exact(text: str) -> str:
    """A long text as it is, cut where it is too long."""
    kept = plain(text[: LONGEST + 1])
    return kept if len(text) <= LONGEST else f"{kept[:LONGEST]}\n… ({len(text) - LONGEST:,} more characters)"


def _count(n: int) -> str:
    return f"{n:,}"


def _when(time: float | None) -> str:
    return "" if time is None else when(time, "UTC")
