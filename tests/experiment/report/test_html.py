"""A run's report: its numbers are right, it needs nothing but itself, and no text in it does anything."""

from __future__ import annotations

import base64
import csv
import io
import json
import math
import pickle
import re
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from harness import Browser, recorded
from harness.browser import DESKTOP, PHONE

from otree_ego.experiment.report.choices import read_state
from otree_ego.experiment.report.html import MARK, methods, report
from otree_ego.experiment.report.intervals import summary, t_quantile, wilson
from otree_ego.experiment.report.outcomes import read_outcomes
from otree_ego.experiment.report.usage import usage
from otree_ego.messages import Message
from otree_ego.stores import Replication, Run, RunStore
from otree_ego.stores.rows import ThreadRow

VOID = {"meta", "link", "br", "img", "input", "hr", "path", "use"}
EVIL = [
    "<script>alert(1)</script>", "{{7*7}}", "$\\alpha", "$5 or $10", "</svg><img src=x onerror=alert(2)>",
    "a\x1b[31m\x00b",
]  # fmt: skip


class Page(HTMLParser):
    """What a report consists of; fails on a tag that is not closed."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.open: list[str] = []
        self.texts: list[str] = []
        self.feed(text)
        self.close()
        assert not self.open, f"not closed: {self.open}"

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        if tag not in VOID:
            assert self.open.pop() == tag, f"</{tag}> closes something else"

    def handle_data(self, data: str) -> None:
        self.texts.append(data)

    @property
    def text(self) -> str:
        return " ".join(" ".join(self.texts).split())

    def tables(self) -> list[list[list[str]]]:
        """What the links to CSV files hold."""
        links = [attrs["href"] or "" for tag, attrs in self.tags if tag == "a"]
        files = [base64.b64decode(link.partition("base64,")[2]).decode() for link in links if link.startswith("data:")]
        return [list(csv.reader(io.StringIO(file))) for file in files]


@pytest.fixture
def store() -> Iterator[RunStore]:
    made = RunStore("sqlite://")
    yield made
    made.close()


@pytest.fixture(scope="module")
def reports() -> dict[str, str]:
    """Reports of both recorded runs, and what they did to matplotlib: drawing takes a second."""
    import matplotlib

    store = RunStore("sqlite://")
    before = json.dumps(dict(matplotlib.rcParams), default=str)
    made = {run.__name__: report(store, run(store)) for run in (recorded.factorial, recorded.built)}
    store.close()
    made["matplotlib"] = "changed" if json.dumps(dict(matplotlib.rcParams), default=str) != before else ""
    return made


def write(store: RunStore, run: Run, entries: list[Any]) -> Run:
    journal = store.journal()
    journal.put(entries).result()
    journal.close()
    store.end(run.uid, "done")
    return store.get(run.uid)


def asked(store: RunStore, levels: list[dict[str, Any]], results: list[Any], **settings: Any) -> Run:
    """A run whose replications have these levels and results; a result that is None is a failure, … is tainted."""
    run = store.begin(Run("a run", "factorial", "d", len(results), settings))
    entries: list[Any] = []
    for place, result in enumerate(results):
        uid = f"{run.uid[:20]}{place:012}"
        entries.append(("thread", ThreadRow(uid, f"run:{run.uid}:{place}.1/1", "Thread", pickle.dumps({}))))
        entries.append(("seat", dict(thread=uid, run=run.uid, place=place, attempt=1, seat=1)))
        reply = Message(
            "assistant", str(result), 2, model="gpt-6-sol", model_answered="gpt-6-x", tokens_in=5, tokens_out=2,
            cost=0.25, latency=1.0, attempts=1,
        )  # fmt: skip
        entries += [("message", (uid, Message("user", "How much?", 1))), ("message", (uid, reply))]
        ended = dict(status="failed", error="Overloaded") if result is None else {}
        ended |= dict(tainted=True, error="ParseError") if result is ... else {}
        value = None if result is ... else result
        row = Replication(run.uid, place, levels=levels[place % len(levels)], result=value, started=9e8, ended=9e8 + 60)
        entries.append(("replication", {**row.row(), **ended}))
    return write(store, run, entries)


# --- numbers -------------------------------------------------------------------------------------------------------


def test_the_interval_of_a_mean_is_students() -> None:
    # 62, 61, 63: mean 62, sd 1, t(0.975, 2) = 4.302653, half = 4.302653 / √3
    found = summary([61, 62, 63])
    assert (found.mean, found.sd, found.median) == (62, 1, 62)
    assert found.low == pytest.approx(62 - 4.302653 / math.sqrt(3), abs=1e-5)
    assert found.high == pytest.approx(62 + 4.302653 / math.sqrt(3), abs=1e-5)
    table = {1: 12.7062, 2: 4.30265, 4: 2.77645, 9: 2.26216, 29: 2.04523, 99: 1.98422, 9999: 1.96020}
    assert {n: round(t_quantile(n), 5) for n in table} == pytest.approx(table, abs=1e-5)


def test_the_interval_of_a_share_is_wilsons() -> None:
    z2 = 1.959964**2
    middle, half = (0.3 + z2 / 20) / (1 + z2 / 10), 1.959964 / (1 + z2 / 10) * math.sqrt(0.3 * 0.7 / 10 + z2 / 400)
    assert wilson(3, 10) == pytest.approx((middle - half, middle + half), abs=1e-6)
    assert wilson(0, 10)[0] == 0
    assert wilson(10, 10)[1] == 1


def test_the_factorial_runs_numbers_are_those_of_its_cells(store: RunStore) -> None:
    run = recorded.factorial(store)
    found = read_outcomes(store, run)
    assert found.factors == ["politician", "time"]
    assert [(c.key[0][:6], c.key[1], c.valid, c.tainted, c.failed, c.extra) for c in found.cells] == [
        ("George", "1st year", 3, 0, 0, 0),
        ("George", "8th year", 2, 0, 1, 1),
        ("Barack", "1st year", 3, 0, 0, 0),
        ("Barack", "8th year", 2, 1, 0, 0),
    ]
    # of 34 − 1, 34, 34 + 1 the middle one failed; of 51 − 1, 51, 51 + 1 the middle one is tainted
    assert list(found.variables[0].values.values()) == [[61, 62, 63], [33, 35], [56, 57, 58], [50, 52]]
    used = usage(store, run)
    # 13 Threads, two of them without a reply (3 requests each), one with two replies, one with a second request
    assert (used.requests, used.resent, used.replies) == (3 + 3 + 11 + 1 + 1, 2 + 2 + 1, 12)
    assert [(m.name, m.replies, m.failed, m.unpriced) for m in used.models.values()] == [
        ("gpt-6-sol-2026-03-17", 11, 0, 0),
        ("llama-3.3-70b-2026-03-17", 1, 0, 1),
        ("gpt-6-sol", 0, 2, 0),
    ]
    assert sum(m.cost for m in used.models.values()) == pytest.approx(11 * 0.0005)
    assert {error: n for error, _, n in used.errors} == {"Overloaded": 6, "RateLimited": 1}
    totals = store.totals(run.uid)
    assert (totals.replies, totals.unpriced) == (12, 1)


def test_the_page_has_the_numbers(reports: dict[str, str]) -> None:
    page = Page(reports["factorial"])
    first, *_ = page.tables()
    assert first[0] == ["politician", "time", "n", "valid", "tainted", "failed", "mean", "sd", "median"]
    assert first[2][:6] == ["George W. Bush", "8th year", "3", "2", "0", "1"]
    assert [float(value) for value in first[2][6:]] == [34, pytest.approx(math.sqrt(2)), 34]
    assert "12 replications of “approval”, a factorial design with politician (2 levels) × time (2 levels)" in page.text
    assert "Overloaded" in page.text
    assert "There is no number in the answer." in page.text
    assert recorded.PROMPT in page.text
    assert recorded.SYSTEM in page.text
    assert "$0.0055 + 1 unpriced" in page.text


def test_the_methods_paragraph_names_what_a_reader_asks_for(store: RunStore) -> None:
    run = recorded.factorial(store)
    text = methods(run, read_outcomes(store, run), usage(store, run))
    for part in (
        "at 2025-10-09 08:53 UTC", "gpt-6-sol and campus/llama-3.3-70b", "answered by gpt-6-sol-2026-03-17",
        "temperature 1.0", "10 (83.3%) were valid, 1 tainted", "1 failed", "1 question had to be put again",
        "19 requests were sent, 5 of them again",
    ):  # fmt: skip
        assert part in text


def test_choices_are_told_apart_by_seat_round_and_treatment(store: RunStore) -> None:
    run = recorded.built(store)
    found = read_outcomes(store, run)
    assert [c.key for c in found.cells] == [("gain",), ("loss",)]
    assert [(c.valid, c.tainted, c.extra) for c in found.cells] == [(2, 0, 0), (1, 1, 0)]
    one, two = found.series
    assert (one.seat, two.seat, one.most) == ("seat 1", "seat 2", 5)
    # coins = (place + 2 · seat + round) mod 11; places 0 and 2 gain, 1 loses, 3 is tainted and left out
    expected = {
        (treatment, round_): [float((place + 4 + round_) % 11) for place in places]
        for treatment, places in (("gain", (0, 2)), ("loss", (1,)))
        for round_ in range(1, 6)
    }
    assert {(key[0], round_): values for (key, round_), values in two.variable.values.items()} == expected
    means = {v.name: v.values for v in found.variables}
    # seat 1: place 0 chooses 3, 4, 5, 6, 7; place 2 chooses 5, 6, 7, 8, 9
    assert means["mean choice, seat 1"][("gain",)] == [5, 7]


def test_the_table_of_choices_has_each_round(reports: dict[str, str]) -> None:
    tables = Page(reports["built"]).tables()
    rounds = next(table for table in tables if "round" in table[0])
    assert rounds[0][:5] == ["treatment", "seat", "round", "n", "mean"]
    assert len(rounds) == 1 + 2 * 2 * 5
    assert rounds[1][:5] == ["gain", "seat 1", "1", "2", "4.0"]


def test_categories_are_counted(store: RunStore) -> None:
    run = asked(store, [{"frame": "a"}, {"frame": "b"}], ["yes", "no", "yes", "no", "no", "yes", None, ...])
    table = next(table for table in Page(report(store, run)).tables() if "answer" in table[0])
    assert [row[:4] for row in table[1:]] == [
        ["a", "yes", "2", "3"],
        ["a", "no", "1", "3"],
        ["b", "yes", "1", "3"],
        ["b", "no", "2", "3"],
    ]
    assert [float(cell) for cell in table[1][4:]] == pytest.approx([2 / 3, *wilson(2, 3)])


def test_each_field_of_a_dict_is_an_outcome(store: RunStore) -> None:
    results = [{"offer": n, "accept": n > 3, "why": f"because of {n}"} for n in range(10)]
    found = read_outcomes(store, asked(store, [{}], results))
    assert [(v.name, v.kind) for v in found.variables] == [("offer", "number"), ("accept", "category"), ("why", "text")]
    assert found.variables[1].every() == ["false"] * 4 + ["true"] * 6


def test_an_outcome_has_the_name_that_the_design_gave_it(store: RunStore) -> None:
    assert read_outcomes(store, asked(store, [{}], [1, 2], outcome="approval")).variables[0].name == "approval"


@pytest.mark.parametrize("value", [math.inf, math.nan, 10**400, 1e200, -(10**309)])
def test_numbers_beyond_all_measure_are_missing_and_said_to_be(store: RunStore, undrawn: None, value: float) -> None:
    run = asked(store, [{}], [1, 3, value])
    variable = read_outcomes(store, run).variables[0]
    assert (variable.every(), variable.missing) == ([1, 3], 1)
    assert "1 valid replication has no usable value." in Page(report(store, run)).text


def test_levels_are_in_the_designs_order_and_numbers_in_theirs(store: RunStore) -> None:
    levels = [{"stake": stake, "frame": frame} for stake in (100, 9, 20) for frame in ("low", "high")]
    found = read_outcomes(store, asked(store, levels, list(range(6))))
    assert found.levels == [["9", "20", "100"], ["low", "high"]]
    run = asked(store, levels, list(range(6)))
    store.update(run.uid, settings={"levels": {"stake": [20, 100, 9]}})
    hinted = read_outcomes(store, store.get(run.uid))
    assert hinted.levels[0] == ["20", "100", "9"]


# --- one file, that does nothing -----------------------------------------------------------------------------------


@pytest.fixture(params=["factorial", "built"])
def page(request: pytest.FixtureRequest, reports: dict[str, str]) -> str:
    return reports[request.param]


def test_the_file_refers_to_nothing_outside(page: str) -> None:
    parsed = Page(page)
    tags = {tag for tag, _ in parsed.tags}
    assert not tags & {"script", "iframe", "object", "embed", "form", "img", "base", "style:import"}
    for _, attributes in parsed.tags:
        assert not [name for name in attributes if name.startswith("on")]
        for name in ("href", "src", "xlink:href", "action", "data", "srcset", "poster"):
            if (target := attributes.get(name)) is not None:
                assert target.startswith(("data:", "#")), target
    assert "://" not in page
    assert not re.search(r"@import|url\((?!#)", page)
    policy = next(a["content"] for tag, a in parsed.tags if tag == "meta" and a.get("http-equiv"))
    assert policy == "default-src 'none'; img-src data:; style-src 'unsafe-inline'"


def test_ids_are_there_once_and_references_find_them(page: str) -> None:
    parsed = Page(page)
    ids = [a["id"] for _, a in parsed.tags if "id" in a]
    assert len(ids) == len(set(ids))
    wanted = set(re.findall(r'(?:xlink:href="#|url\(#)([^")]+)', page))
    assert wanted
    assert wanted <= set(ids)
    labels = {a["aria-labelledby"] for _, a in parsed.tags if "aria-labelledby" in a}
    assert labels <= set(ids)


def test_figures_have_captions_descriptions_and_tables(page: str) -> None:
    parsed = Page(page)
    figures = sum(tag == "figure" for tag, _ in parsed.tags)
    assert figures >= 3
    assert sum(tag == "figcaption" for tag, _ in parsed.tags) == figures
    described = [a for tag, a in parsed.tags if a.get("role") == "img"]
    assert len(described) == figures
    assert all(len(a["aria-label"] or "") > 20 for a in described)


def test_the_same_run_gives_the_same_file(store: RunStore, reports: dict[str, str]) -> None:
    assert report(store, recorded.factorial(store)) == reports["factorial"]


def test_texts_are_shown_and_never_obeyed(store: RunStore) -> None:
    levels = [{"{{7*7}}<b>": text} for text in EVIL]
    results = [{text: text, "number": n, "free": text * (n + 1)} for n in range(4) for text in EVIL]
    page = report(store, asked(store, levels, results, prompt="<script>alert(3)</script>", note=EVIL))
    parsed = Page(page)
    assert not {tag for tag, _ in parsed.tags} & {"script", "img", "b"}
    assert "{{7*7}}" in parsed.text
    assert "<script>alert(1)</script>" in parsed.text
    assert "$\\alpha" in parsed.text
    assert "$5 or $10" in parsed.text
    assert not re.search("[\x00-\x08\x0b-\x1f]", page)


def test_levels_that_look_alike_are_told_apart(store: RunStore) -> None:
    vignette = "You are about to decide between two options that will be explained to you in a moment. Your name is "
    levels = [{"vignette": vignette + name} for name in ("Ada", "Bob", "Cleo")]
    text = Page(report(store, asked(store, levels, list(range(9))))).text
    for number, name in enumerate(("Ada", "Bob", "Cleo"), 1):
        assert f"[{number}] You are about to decide" in text
        assert vignette + name in text


def test_a_state_from_somebody_else_runs_nothing(tmp_path: Path) -> None:
    class Trap:
        def __reduce__(self) -> tuple[Any, ...]:
            return Path.touch, (tmp_path / "sprung",)

    state = pickle.dumps({"choices": [1, 2], "more": Trap(), "path": tmp_path})
    assert read_state(state)["choices"] == [1, 2]
    assert not (tmp_path / "sprung").exists()
    pickle.loads(state)
    assert (tmp_path / "sprung").exists(), "the trap works where pickle is trusted"
    assert read_state(b"no pickle") == {}


def test_keys_and_folders_of_the_one_who_ran_it_stay_out(store: RunStore) -> None:
    source = {"script": "/home/ada/x/run.py", "folder": "/home/ada/x"}
    run = store.begin(Run("a run", "factorial", "d", 1, {"agent": {"api_key": "sk-hidden"}}, source))
    page = report(store, run)
    assert "sk-hidden" not in page
    assert "/home/ada" not in page
    assert "run.py" in page


# --- shapes --------------------------------------------------------------------------------------------------------


def numbers(n: int) -> list[int]:
    return [(7 * k) % 11 for k in range(n)]


SHAPES: dict[str, tuple[list[dict[str, Any]], list[Any]]] = {
    "nothing": ([{}], []),
    "one": ([{}], [5]),
    "failed": ([{"a": "x"}, {"a": "y"}], [None] * 6),
    "tainted": ([{"a": "x"}, {"a": "y"}], [...] * 6),
    "constant": ([{"a": "x"}, {"a": "y"}], [3] * 8),
    "eight": ([{"who": f"level number {n} of them"} for n in range(8)], numbers(80)),
    "twenty": ([{"frame": f"frame {f}", "stake": s} for f in range(5) for s in (1, 10, 100, 1000)], numbers(100)),
    "three factors": ([{"a": a, "b": b, "c": c} for a in "xy" for b in "uv" for c in "st"], numbers(32)),
    "300 cells": ([{"item": n, "side": side} for n in range(150) for side in "lr"], numbers(600)),
    "many answers": ([{"a": "x"}], [f"answer {k % 15}" for k in range(200)]),
    "mixed": ([{"a": "x"}], [1, "two", [3], True, {"four": 4}]),
    "unlike fields": ([{"a": "x"}], [{"a": 1}, {"b": "z"}, 5]),
    "empty texts": ([{"a": ""}, {"a": "  "}, {}], ["", " ", "x"]),
}
ALIKE = {"constant", "eight", "three factors", "twenty", "many answers"}
"""What other tests draw as well, but for its size."""


@pytest.mark.slow
@pytest.mark.parametrize(
    "shape", [pytest.param(name, marks=pytest.mark.full if name in ALIKE else ()) for name in SHAPES]
)
def test_every_shape_of_run_has_a_report(shape: str, store: RunStore) -> None:
    levels, results = SHAPES[shape]
    run = asked(store, levels, results)
    text = report(store, run)
    page = Page(text)
    assert MARK in text
    if not results:
        assert "Nothing of this run has ended yet" in page.text
    else:
        assert f"{len(results):,} / {len(results):,}" in page.text


@pytest.mark.slow
def test_ten_thousand_replications_make_a_small_file(store: RunStore) -> None:
    run = asked(store, [{"a": "x"}, {"a": "y"}], [(7919 * k) % 1009 for k in range(10_000)])
    page = report(store, run)
    assert len(page) < 400_000
    assert "an even sample of them" in page
    assert "10,000 / 10,000" in page


def test_reading_a_report_does_not_change_matplotlibs_settings(reports: dict[str, str]) -> None:
    assert reports["matplotlib"] == ""


# --- in a browser --------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory, reports: dict[str, str]) -> list[Path]:
    """Reports of both recorded runs, and of one whose texts are up to no good."""
    store, folder = RunStore("sqlite://"), tmp_path_factory.mktemp("reports")
    evil = report(store, asked(store, [{"{{7*7}}": text} for text in EVIL], numbers(60)))
    store.close()
    made = []
    for name, text in {"factorial": reports["factorial"], "built": reports["built"], "evil": evil}.items():
        made.append(folder / f"{name}.html")
        made[-1].write_text(text, encoding="utf-8")
    return made


@pytest.mark.parametrize(
    ("scheme", "device"),
    [
        pytest.param("light", DESKTOP, id="light-desktop"),
        pytest.param("light", PHONE, id="light-phone", marks=pytest.mark.full),
        pytest.param("dark", DESKTOP, id="dark-desktop", marks=pytest.mark.full),
        pytest.param("dark", PHONE, id="dark-phone"),
    ],
)
def test_it_opens_offline(device: dict[str, Any], scheme: str, browser: Browser, files: list[Path]) -> None:
    for file in files:
        with browser.tab({**device, "color_scheme": scheme, "offline": True}) as (tab, watch):
            requests: list[str] = []
            dialogs: list[str] = []
            tab.on("request", lambda request, seen=requests: seen.append(request.url))
            tab.on("dialog", lambda dialog, seen=dialogs: (seen.append(dialog.message), dialog.dismiss()))
            tab.goto(file.as_uri())
            drawn = tab.locator("figure svg:visible")
            assert drawn.count() == tab.locator("figure").count() >= 2
            for place in range(drawn.count()):
                box = drawn.nth(place).bounding_box()
                assert box and box["width"] > 250 and box["height"] > 40
            wide, there = tab.evaluate("[document.documentElement.scrollWidth, window.innerWidth]")
            assert wide <= there, "the page must not scroll sideways"
            paper = tab.evaluate("getComputedStyle(document.body).backgroundColor")
            ink = tab.locator("figure svg:visible text").first.evaluate("e => getComputedStyle(e).fill")
            assert (brightness(paper) < 100) == (scheme == "dark")
            assert (brightness(ink) > 150) == (scheme == "dark")
            tab.locator("figure summary").first.click()
            assert tab.locator("figure details[open] table:visible").count() == 1
            assert [error for error in watch.errors if file.as_uri() not in error] == []
            assert dialogs == []
            assert [url for url in requests if not url.startswith("data:")] == [file.as_uri()]


def brightness(colour: str) -> float:
    """Of a computed colour, from 0 to 255."""
    return sum(map(int, re.findall(r"\d+", colour)[:3])) / 3
