"""The builder's page in a browser: a scenario made by hand, checked, previewed, undone and saved."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from builder.conftest import Workshop
from harness.builder_page import imported, paste, saved, tutorial
from harness.scripts import until
from playwright.sync_api import expect

from otree_ego.experiment.built import read_built
from otree_ego.experiment.built.preview import preview


def test_an_ultimatum_by_hand_from_empty(builder: Any, browser_page: Any) -> None:
    page = browser_page
    page.get_by_role("button", name="Empty").click()
    page.get_by_role("button", name="Add a seat").click()
    page.get_by_label("answer", exact=True).nth(0).select_option("extract_number")
    page.get_by_label("answer", exact=True).nth(1).select_option("exclusive_response")
    page.get_by_label("words, with ; between").fill("ACCEPT;REJECT")
    page.get_by_label("Treatment 1").fill("give")
    page.get_by_role("button", name="Add a treatment").click()
    page.get_by_label("Treatment 2").fill("take")
    page.get_by_role("button", name="Add a variable").click()
    page.get_by_label("Variable 1", exact=True).fill("pot")
    page.locator("#cell-0-0").fill("10")
    page.keyboard.press("ArrowRight")
    page.keyboard.type("0.05")
    page.locator("#prompt-system").fill("You are player {{ i }}. The pot is {{ pott }}.")
    problem = page.locator("#problems button").filter(has_text="pott")
    expect(problem).to_contain_text("line 1, column 39")
    problem.click()
    page.wait_for_function("document.getSelection().toString() === 'pott'")
    page.keyboard.type("pot")
    page.locator("#prompt-user").fill(
        "{% if i == 1 %}Which number?{% else %}They offer {{ other.choices[-1] }}. ACCEPT or REJECT?{% endif %}"
    )
    expect(page.locator("#messages")).to_contain_text("They offer 10. ACCEPT or REJECT?")
    expect(page.locator("#problems button")).to_have_count(0)
    page.locator("#messages").get_by_label("answers").first.fill("7")
    expect(page.locator("#messages")).to_contain_text("They offer 7.")
    page.locator("#preview-beside").select_option("take")
    expect(page.locator("#messages mark").first).to_have_text("10")
    saved(page)
    built = read_built(builder.file)
    assert built.variables == {"pot": {"give": 10, "take": 0.05}}
    shown = [each.text for each in preview(built, "give").messages]
    assert shown[0] == "You are player 1. The pot is 10." and "They offer 10" in shown[-1]


def test_the_tutorial_leads_to_the_framed_ultimatum(builder: Any, browser_page: Any) -> None:
    page = browser_page
    tutorial(page, (Path(__file__).parents[2] / "docs" / "builder.md").read_text("utf-8"))
    made = json.loads(builder.file.read_text("utf-8"))
    assert made["treatments"] == ["give", "take", "split"] and list(made["variables"]) == [
        "pot",
        "story",
        "question",
        "verb",
    ]
    built = read_built(builder.file)
    for treatment, verb in made["variables"]["verb"].items():
        shown = preview(built, treatment, answers={1: ["33"]}).messages
        assert [each.choice for each in shown if each.round] == [33, "ACCEPT"]
        assert shown[-1].text.startswith(f"Player 1 {verb} 33 of 100 points.")
    with page.expect_download() as waiting:
        page.get_by_role("button", name="Download").click()
    exported = Path(waiting.value.path()).read_text("utf-8")
    page.get_by_role("button", name="Start from…").click()
    page.get_by_role("button", name="Trust").click()
    expect(page.locator("#treatment-0")).not_to_have_value("give")
    imported(page, exported)
    expect(page.locator("#treatment-0")).to_have_value("give")
    until(lambda: json.loads(builder.file.read_text("utf-8")) == made)


def test_everything_can_be_undone_and_done_again(builder: Any, browser_page: Any) -> None:
    page = browser_page
    page.get_by_role("button", name="Ultimatum").click()
    saved(page)
    before = builder.file.read_text("utf-8")
    page.get_by_role("button", name="Remove: give").click()
    page.get_by_role("button", name="Remove: Seat 1").click()
    page.locator("#prompt-system").fill("Something else.")
    for _ in range(3):
        page.keyboard.press("Control+z")
    expect(page.locator("#treatment-2")).to_have_value("split")
    saved(page)
    assert builder.file.read_text("utf-8") == before
    for _ in range(3):
        page.keyboard.press("Control+Shift+z")
    expect(page.locator("#prompt-system")).to_have_text("Something else.")
    saved(page)
    after = json.loads(builder.file.read_text("utf-8"))
    assert after["treatments"] == ["take", "split"] and after["variables"]["taking"] == {"take": True, "split": False}
    assert (after["threads"], after["filters"]) == (
        [[2, ["LocalThread", "smollm2"]]], [["exclusive_response", "ACCEPT;REJECT"]]
    ), "the seat that stays keeps its filter"  # fmt: skip


def test_a_table_is_pasted_and_what_was_typed_is_kept(builder: Any, browser_page: Any) -> None:
    page = browser_page
    page.get_by_role("button", name="Ultimatum").click()
    page.locator("#cell-0-0").focus()
    paste(page, "0\t1.05\t-3\r\n007\t12345678901234567890\t1e5\r\n")
    expect(page.locator("#cell-1-2")).to_have_value("1e5")
    page.locator("#cell-0-1").press("Alt+t")
    expect(page.get_by_role("button", name="pot, take: a text")).to_be_visible()
    saved(page)
    text = builder.file.read_text("utf-8")
    assert '"pot": {"give": 0, "take": "1.05", "split": -3}' in text
    assert '"story": {"give": "007", "take": 12345678901234567890, "split": 1e5}' in text


def test_a_change_from_outside_is_shown_and_not_overwritten(builder: Any, browser_page: Any) -> None:
    page = browser_page
    page.get_by_role("button", name="Trust").click()
    saved(page)
    builder.file.write_text(builder.file.read_text("utf-8").replace('"rounds": 1', '"rounds": 4'), "utf-8")
    page.locator("#prompt-system").fill("Mine.")
    expect(page.locator("#conflict")).to_contain_text('-  "rounds": 4,')
    assert json.loads(builder.file.read_text("utf-8"))["rounds"] == 4
    page.get_by_role("button", name="Take the file's").click()
    expect(page.locator("#rounds")).to_have_value("4")
    builder.file.write_text(builder.file.read_text("utf-8").replace('"rounds": 4', '"rounds": 5'), "utf-8")
    page.locator("#prompt-system").fill("Mine.")
    page.get_by_role("button", name="Save mine").click()
    expect(page.locator("#conflict")).to_have_count(0)
    saved(page)
    assert json.loads(builder.file.read_text("utf-8"))["prompts"]["system"] == "Mine."


def test_a_server_that_stops_is_said_and_the_work_is_saved_when_it_is_back(
    builder: Any, browser_page: Any, watch: Any
) -> None:
    watch.allow("ERR_CONNECTION_REFUSED|Failed to load resource")
    page = browser_page
    page.get_by_role("button", name="Trust").click()
    saved(page)
    port, token = builder.server.server_port, builder.server.token
    builder.close()
    page.locator("#prompt-system").fill("Kept here.")
    expect(page.locator("#trouble")).to_contain_text("does not answer")
    again = Workshop(builder.file, port)
    again.server.token = token
    try:
        expect(page.locator("#trouble")).to_have_count(0)
        saved(page)
        assert json.loads(builder.file.read_text("utf-8"))["prompts"]["system"] == "Kept here."
    finally:
        page.goto("about:blank")
        again.close()
        builder.close = lambda: None


def test_what_is_imported_shows_its_problems_and_runs_nothing(builder: Any, browser_page: Any) -> None:
    page = browser_page
    evil = "</script><img src=x onerror=alert(1)>"
    game = {
        "threads": [[1, ["GPTThread", evil]]], "treatments": [evil], "rounds": 1, "variables": {evil: {evil: evil}},
        "filters": [["As is"]], "prompts": {"system": evil, "user": "{% if"}, evil: evil,
    }  # fmt: skip
    page.get_by_role("button", name="Import…").click()
    page.get_by_label("Paste a scenario's JSON, or drop a file here.").fill(json.dumps(game))
    page.get_by_role("button", name="Import", exact=True).click()
    expect(page.locator("#problems")).to_contain_text("broken in line 1")
    assert page.locator("img").count() == 0
    saved(page)
    assert json.loads(builder.file.read_text("utf-8")) == game
    page.get_by_role("button", name="Deutsch").click()
    expect(page.get_by_role("heading", name="Plätze")).to_be_visible()


def test_without_the_token_nothing_is_shown(builder: Any, browser_page: Any, watch: Any) -> None:
    watch.allow("401")
    assert builder.server.token not in browser_page.url, "it is taken out of the bar"
    browser_page.evaluate("sessionStorage.clear()")
    browser_page.reload()
    expect(browser_page.locator("#trouble")).to_contain_text("has no valid token")


def test_every_text_is_there_in_both_languages(builder: Any, browser_page: Any) -> None:
    keys = """async () => {
      const { LANGUAGES } = await import("/texts.js");
      const names = (texts, before = "") => Object.entries(texts).flatMap(([name, text]) =>
        typeof text === "object" && !Array.isArray(text) ? names(text, `${before}${name}.`) : [before + name]);
      return Object.values(LANGUAGES).map((texts) => names(texts).sort());
    }"""
    english, german = browser_page.evaluate(keys)
    assert english == german and len(english) > 60


def test_what_was_typed_last_is_saved_when_the_tab_closes(builder: Any, browser_page: Any) -> None:
    page = browser_page
    page.get_by_role("button", name="Trust").click()
    saved(page)
    page.locator("#prompt-system").fill("The last words.")
    page.goto("about:blank")
    until(lambda: json.loads(builder.file.read_text("utf-8"))["prompts"]["system"] == "The last words.")


def test_thirty_undos_at_once(builder: Any, browser_page: Any) -> None:
    page = browser_page
    page.get_by_role("button", name="Trust").click()
    for _ in range(30):
        page.get_by_role("button", name="Add a variable").click()
    expect(page.locator("#variable-32")).to_be_visible()
    page.evaluate(
        "for (let n = 0; n < 30; n += 1) dispatchEvent(new KeyboardEvent('keydown', { key: 'z', ctrlKey: true }))"
    )
    expect(page.locator("#variable-3")).to_have_count(0)
    expect(page.locator("#variable-2")).to_be_visible()
    saved(page)
    assert len(read_built(builder.file).variables) == 3


def test_what_is_typed_here_and_there_is_kept_and_undone(builder: Any, browser_page: Any) -> None:
    page = browser_page
    page.get_by_role("button", name="Ultimatum").click()
    saved(page)
    before = builder.file.read_text("utf-8")
    page.locator("#prompt-system").press("Control+End")
    page.keyboard.type(" quick brown foxes")
    expect(page.locator("#messages article").first).to_contain_text("quick brown foxes")
    here_and_there = {"#cell-0-0": "55", "#model-0": "other", "#cell-0-1": "66", "#rounds": "2", "#cell-0-2": "7"}
    for place, typed in here_and_there.items():
        page.locator(place).fill(typed)
        page.locator("#prompt-system").press("Control+End")
        page.keyboard.type(".")
    page.locator("#treatment-0").fill("gift")
    saved(page)
    made = json.loads(builder.file.read_text("utf-8"))
    assert made["prompts"]["system"].endswith("quick brown foxes.....")
    assert made["variables"]["pot"] == {"gift": 55, "take": 66, "split": 7} and made["rounds"] == 2
    assert made["threads"][0] == [1, ["LocalThread", "other"]]
    for _ in range(40):
        page.keyboard.press("Control+z")
    saved(page)
    assert builder.file.read_text("utf-8") == before
