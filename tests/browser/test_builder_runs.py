"""Runs in the builder's page: watched, stopped, gone on with, played by a person, looked at afterwards."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from builder.conftest import Workshop
from harness.accessibility import violations
from harness.database import PATIENCE
from harness.scripts import until
from playwright.sync_api import expect

from otree_ego.stores import RunStore

pytestmark = pytest.mark.slow
EVIL = "</script><img src=x onerror=alert(1)>"
PATIENT: Any = {"timeout": 2 * PATIENCE * 1000}
GAME: dict[str, Any] = {
    "threads": [[1, ["ConstantThread", "7"]], [2, ["ConstantThread", f"Perhaps. {EVIL}"]]],
    "treatments": ["low", "high"], "rounds": 1, "variables": {"pot": {"low": 10, "high": 100}},
    "filters": [["extract_number"], ["exclusive_response", "ACCEPT;REJECT"]],
    "prompts": {
        "system": "You are player {{ i }}.",
        "user": "{{ pot }}? {% if i == 2 %}{{ other.choices[-1] }}: ACCEPT or REJECT{% endif %}",
    },
}  # fmt: skip


@pytest.fixture
def builder(tmp_path: Path, browser_page: Any) -> Any:
    """A builder, and what opens it on a scenario in the run pane."""
    made = Workshop(tmp_path / "game.json")
    yield made
    browser_page.goto("about:blank")
    made.close()


def opened(builder: Any, page: Any, game: dict[str, Any] | None = None, times: str = "2") -> None:
    """The run pane, with a scenario in the file."""
    if game is not None:
        builder.file.write_text(json.dumps(game), "utf-8")
    page.goto(builder.server.address)
    page.get_by_role("button", name="Run", exact=True).click()
    page.get_by_label("replications", exact=True).fill(times)


def start(page: Any) -> None:
    page.get_by_role("button", name="Start", exact=True).click()


def state(page: Any) -> Any:
    return page.locator("#run-state")


def test_a_run_is_watched_then_looked_through(builder: Any, browser_page: Any) -> None:
    page = browser_page
    opened(builder, page, {**GAME, "threads": [[1, ["ConstantThread", "I offer 7."]], GAME["threads"][1]]})
    start(page)
    expect(state(page)).to_contain_text("done: 2 of 2 replications, 0 failed, 2 invalid", **PATIENT)
    expect(page.locator("#replications tbody tr")).to_have_count(2)
    expect(page.locator("#replications")).to_contain_text("invalid answer")
    page.get_by_role("button", name="Replication 1", exact=True).click()
    expect(page.locator("#dialogue")).to_contain_text("Perhaps.")
    expect(page.locator("#dialogue article h3").last).to_have_text(f"Seat 2, constant/Perhaps. {EVIL}")
    assert page.locator("#run-pane img").count() == 0
    page.set_viewport_size({"width": 1024, "height": 768})
    assert violations(page) == []
    page.get_by_label("search").fill("high")
    expect(page.locator("#replications tbody tr")).to_have_count(1)
    page.get_by_label("search").fill(" OFFER ")
    expect(page.locator("#replications tbody tr")).to_have_count(2)
    page.get_by_label("search").fill("offered")
    expect(page.locator("#replications tbody tr")).to_have_count(0)
    page.get_by_label("search").fill("")
    page.get_by_label("show", exact=True).select_option("valid")
    expect(page.locator("#replications tbody tr")).to_have_count(0)
    page.get_by_role("button", name="Results", exact=True).click()
    expect(page.locator("#results figure img").first).to_be_visible(**PATIENT)
    assert page.evaluate("[...document.images].every((image) => image.naturalWidth > 100)")
    expect(page.locator("#results tbody tr")).to_have_count(4)
    page.get_by_role("button", name="Deutsch").click()
    expect(page.get_by_role("heading", name="Bilder")).to_be_visible()
    assert violations(page) == [] and page.evaluate("document.documentElement.scrollWidth") <= 1024
    page.get_by_role("button", name="English").click()
    for name, word in (("CSV", "answer,group"), ("JSON lines", '"answer"'), ("Report (HTML)", "<!DOCTYPE html>")):
        with page.expect_download() as waiting:
            page.get_by_role("button", name=name, exact=True).click()
        assert Path(waiting.value.path()).read_text("utf-8").startswith(word) or word in ('"answer"',)
        assert waiting.value.suggested_filename.startswith("game-")
    store = RunStore(str(builder.file.with_name("ego.sqlite3")), create=False)
    [run] = store.runs()
    store.close()
    assert (run.source["verb"], run.source["file"], run.kind) == ("run", str(builder.file), "built")


@pytest.mark.full
@pytest.mark.model
def test_on_the_embedded_model(builder: Any, browser_page: Any) -> None:
    page = browser_page
    page.goto(builder.server.address)
    page.get_by_role("button", name="Ultimatum").click()
    page.get_by_role("button", name="Run", exact=True).click()
    start(page)
    expect(page.locator("#dialogue")).to_contain_text("local/smollm2", **PATIENT)
    expect(state(page)).to_contain_text("done: 3 of 3 replications, 0 failed, 0 invalid", **PATIENT)
    assert {row.split("\t")[1] for row in page.locator("#replications tbody tr").all_inner_texts()} == {
        "give", "take", "split",
    }  # fmt: skip


def test_stopped_in_the_middle_then_gone_on_with(
    builder: Any, browser_page: Any, service: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "sk-fake")
    monkeypatch.setenv("OPENAI_BASE_URL", service.base_url)
    service.reply = "8"
    service.hold()
    page = browser_page
    opened(
        builder, page, {**GAME, "threads": [[1, ["GPTThread", "gpt-6-luna"]], [2, ["ConstantThread", "REJECT"]]]}, "25"
    )
    start(page)
    expect(page.locator("#replications tbody tr")).to_have_count(20, **PATIENT)
    expect(page.locator("#dialogue")).to_contain_text("is writing…")
    until(lambda: len(service.requests) == 20)
    page.get_by_role("button", name="Stop", exact=True).click()
    expect(page.get_by_role("button", name="Break off")).to_be_visible()
    service.release()
    expect(state(page)).to_contain_text("stopped: 0 of 25", **PATIENT)
    expect(page.locator("#dialogue article.assistant").first).to_contain_text("8")
    page.get_by_role("button", name="Go on").click()
    expect(state(page)).to_contain_text("done: 25 of 25 replications, 0 failed, 0 invalid", **PATIENT)
    assert len(service.requests) == 25, "nothing was asked twice"


def test_a_person_plays_over_a_reload_and_a_new_start(builder: Any, browser_page: Any, watch: Any) -> None:
    watch.allow("ERR_CONNECTION_REFUSED|Failed to load resource|ERR_INCOMPLETE|ERR_EMPTY")
    page = browser_page
    opened(
        builder,
        page,
        {**GAME, "threads": [[1, ["ConstantThread", "7"]], [2, ["ConstantThread", "x"]]], "rounds": 2},
        "1",
    )
    page.get_by_text("Who sits where, in this run").click()
    page.get_by_label("Who sits where, in this run: Seat 2").select_option("me")
    start(page)
    expect(page.locator("#turn")).to_contain_text("you are in seat 2", **PATIENT)
    expect(page.locator("#dialogue")).to_contain_text("7: ACCEPT or REJECT")
    expect(page.locator("#dialogue")).not_to_contain_text("You are player 1.")
    assert violations(page) == []
    page.get_by_label("Your answer").fill("Never")
    page.reload()
    page.get_by_role("button", name="Run", exact=True).click()
    expect(page.get_by_label("Your answer")).to_have_value("Never")
    page.get_by_role("button", name="Send", exact=True).click()
    expect(page.locator("#turn")).to_contain_text("does not fit")
    page.get_by_role("button", name="ACCEPT", exact=True).click()
    expect(page.locator("#dialogue article")).to_have_count(4)
    expect(page.locator("#turn")).to_be_visible()
    builder.close()
    expect(page.locator("#run-lost")).to_be_visible(**PATIENT)
    again = Workshop(builder.file, builder.server.server_port)
    again.server.token = builder.server.token
    builder.close = lambda: None
    try:
        expect(page.locator("#run-lost")).to_have_count(0, **PATIENT)
        expect(state(page)).to_contain_text("stopped: 0 of 1")
        page.get_by_role("button", name="Go on").click()
        expect(page.locator("#turn")).to_be_visible(**PATIENT)
        page.get_by_role("button", name="REJECT", exact=True).click()
        expect(state(page)).to_contain_text("done: 1 of 1 replications, 0 failed, 0 invalid", **PATIENT)
        expect(page.locator("#replications")).to_contain_text("1: 7, 7; 2: ACCEPT, REJECT")
        expect(page.locator("#dialogue")).to_contain_text("You are player 1.")
    finally:
        page.goto("about:blank")
        again.close()


def test_seven_tabs_hear_what_happens_over_one_stream(builder: Any, browser_page: Any) -> None:
    page = browser_page
    opened(builder, page, {**GAME, "threads": [[1, "CLIThread"], [2, ["ConstantThread", EVIL]]]}, "1")
    tabs = [page, *(page.context.new_page() for _ in range(6))]
    for tab in tabs[1:]:
        tab.goto(builder.server.address)
        tab.get_by_role("button", name="Run", exact=True).click()
        tab.get_by_label("replications", exact=True).fill("1")
    start(tabs[6])
    for tab in tabs:
        expect(tab.locator("#turn")).to_be_visible(**PATIENT)
    tabs[0].goto("about:blank")  # it was first, and told the others
    tabs[3].get_by_label("Your answer").fill("9")
    tabs[3].get_by_role("button", name="Send", exact=True).click()
    for tab in tabs[1:]:
        expect(tab.locator("#dialogue")).to_contain_text(EVIL, **PATIENT)
        expect(tab.locator("#replications")).to_contain_text(EVIL)
        expect(state(tab)).to_contain_text("done: 1 of 1 replications, 0 failed, 1 invalid", **PATIENT)
        assert tab.locator("#run-pane img").count() == 0


def test_what_cannot_be_run_is_said_in_the_pane(builder: Any, browser_page: Any) -> None:
    page = browser_page
    opened(builder, page, GAME, "0")
    start(page)
    expect(page.locator("#run-trouble")).to_contain_text("whole number from 1")
    page.get_by_label("replications", exact=True).fill("1")
    page.get_by_label("seed").fill("x")
    start(page)
    expect(page.locator("#said")).to_contain_text("--seed", **PATIENT)
