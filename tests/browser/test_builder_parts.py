"""The builder's parts: seats, the grid, the prompts' fields, problems, the preview, files."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest
from builder.conftest import Workshop
from harness.accessibility import violations
from harness.builder_page import imported, paste, problems, saved
from harness.scripts import until
from playwright.sync_api import expect

from otree_ego.experiment.built.problems import find_problems

GAME: dict[str, Any] = {
    "threads": [[1, ["ConstantThread", "3"]], [2, ["LocalThread", "smollm2"]]], "treatments": ["low", "high"],
    "rounds": 2, "variables": {"pot": {"low": 10, "high": 100}},
    "filters": [["extract_number"], ["exclusive_response", "ACCEPT;REJECT"]],
    "prompts": {"system": "", "user": "{{ pot }}? {% if i == 2 %}{{ other.choices[-1] }}: ACCEPT or REJECT{% endif %}"},
}  # fmt: skip


def kept(builder: Any) -> dict[str, Any]:
    data: dict[str, Any] = json.loads(builder.file.read_text("utf-8"))
    return data


def test_typed_answers_and_parameters_stay_with_their_seat(builder: Any, browser_page: Any) -> None:
    page = browser_page
    imported(page, json.dumps(GAME))
    first = page.get_by_role("group", name="Seat 1", exact=True)
    first.get_by_label("answer", exact=True).select_option("number")
    first.get_by_label("to", exact=True).fill("2")
    expect(problems(page).first).to_contain_text("3 is out of range")
    first.get_by_label("to", exact=True).fill("5")
    expect(page.locator("#messages")).to_contain_text("3: ACCEPT or REJECT")
    first.get_by_label("whole", exact=True).uncheck()
    first.get_by_label("decimals at most").fill("x")
    expect(problems(page).first).to_contain_text("found places")
    first.get_by_label("decimals at most").fill("2")
    expect(problems(page)).to_have_count(0)
    saved(page)
    assert kept(builder)["otree_ego"]["seats"][0]["answer"] == {"kind": "number", "low": 0, "high": 5, "places": 2}
    first.get_by_label("decimals at most").fill("")
    first.get_by_label("whole", exact=True).check()
    second = page.get_by_role("group", name="Seat 2", exact=True)
    second.get_by_label("answer", exact=True).select_option("choice")
    expect(second.get_by_label("options, one a line")).to_have_value("ACCEPT\nREJECT")
    second.get_by_text("Parameters").click()
    second.get_by_label("temperature").fill("0.5")
    second.get_by_label("temperature").blur()
    page.get_by_role("button", name="Move up: Seat 2").click()
    saved(page)
    assert kept(builder)["otree_ego"]["seats"] == [
        {
            "number": 2,
            "answer": {"kind": "choice", "options": ["ACCEPT", "REJECT"]},
            "parameters": {"temperature": 0.5},
        },
        {"number": 1, "answer": {"kind": "number", "low": 0, "high": 5, "integer": True}},
    ]
    page.get_by_role("button", name="Remove: Seat 2").click()
    saved(page)
    assert [each["number"] for each in kept(builder)["otree_ego"]["seats"]] == [1]
    page.locator("#prompt-user").fill("How much?")
    page.get_by_label("who plays").select_option("CLIThread")
    page.get_by_label("answer", exact=True).select_option("json")
    page.get_by_label("field's name").fill("keep")
    expect(problems(page).filter(has_text="never name the field keep")).to_have_count(1)
    saved(page)
    assert kept(builder)["filters"][0] == ["JSON"]


def test_seats_of_every_kind(builder: Any, browser_page: Any) -> None:
    page = browser_page
    imported(page, json.dumps(GAME))
    who = page.get_by_role("group", name="Seat 1", exact=True).get_by_label("who plays")
    model = page.locator("#model-0")
    expected = {
        "CLIThread": "CLIThread", "OllamaThread": ["OllamaThread", "llama3.2"],
        "Thread:groq": ["Thread", "groq/llama-3.3-70b-versatile"],
    }  # fmt: skip
    for kind, spec in expected.items():
        who.select_option(kind)
        saved(page)
        until(lambda spec=spec: kept(builder)["threads"][0][1] == spec)
    who.select_option("Thread:vllm")
    expect(problems(page)).not_to_have_count(0)
    model.fill("my/model")
    saved(page)
    until(lambda: kept(builder)["threads"][0][1] == ["Thread", "vllm/my/model"])
    page.reload()
    expect(model).to_have_value("my/model")
    assert page.locator("datalist option").count() > 0


def test_the_grid_is_a_spreadsheet(builder: Any, browser_page: Any) -> None:
    page, press = browser_page, browser_page.keyboard.press
    page.get_by_role("button", name="Empty").click()
    page.get_by_role("button", name="Add a variable").click()
    page.locator("#treatment-0").focus()
    paste(page, "low\thigh\n1\t0.05\n−3\t.5\nWORD\ttrue\n")
    expect(page.locator("#treatment-1")).to_have_value("high")
    expect(page.locator("#cell-2-1")).to_have_value("true")
    page.locator("#cell-0-0").focus()
    press("ArrowRight")
    expect(page.locator("#cell-0-1")).to_be_focused()
    press("Shift+ArrowDown")
    expect(page.locator("td.in")).to_have_count(2)
    press("Control+d")
    expect(page.locator("#cell-1-1")).to_have_value("0.05")
    press("Delete")
    expect(page.locator("#cell-0-1")).to_have_value("")
    press("Control+z")
    press("Control+z")
    expect(page.locator("#cell-1-1")).to_have_value(".5")
    page.locator("#cell-2-0").focus()
    press("Alt+ArrowUp")
    expect(page.locator("#cell-1-0")).to_have_value("WORD")
    expect(page.locator("#cell-1-0")).to_be_focused()
    press("Alt+ArrowRight")
    expect(page.locator("#treatment-0")).to_have_value("high")
    press("Control+Home")
    expect(page.get_by_label("kind", exact=True)).to_have_value("number")
    page.get_by_label("kind", exact=True).select_option("text")
    page.get_by_label("value", exact=True).fill("two\nlines")
    expect(page.locator("#cell-0-0")).to_have_value("two⏎lines")
    page.locator("#cell-0-0").press("End")
    page.keyboard.type("!")
    saved(page)
    values = {"high": "two\nlines!", "low": 1}
    assert kept(builder)["variables"] == {
        "variable1": values, "variable3": {"high": True, "low": "WORD"}, "variable2": {"high": 0.5, "low": -3},
    }  # fmt: skip
    assert page.locator("table.grid input[tabindex='0']").count() == 1, "one stop for Tab"


def test_names_are_completed_and_problems_stand_where_they_are(builder: Any, browser_page: Any) -> None:
    page = browser_page
    imported(page, json.dumps(GAME))
    field = page.locator("#prompt-system")
    field.click()
    page.keyboard.type("Of {{ p")
    expect(page.locator(".cm-tooltip-autocomplete")).to_contain_text("pot")
    expect(page.locator(".cm-tooltip-autocomplete")).to_contain_text("10 / 100")
    page.keyboard.press("Enter")
    expect(field).to_have_text("Of {{ pot}}")
    page.keyboard.type("|")
    page.keyboard.type("le")
    expect(page.locator(".cm-tooltip-autocomplete")).to_contain_text("length")
    page.keyboard.press("Escape")
    page.keyboard.press("Control+a")
    page.keyboard.type("{% if po")
    page.keyboard.press("Escape")
    expect(page.locator(".cm-lintRange-error")).not_to_have_count(0)
    expect(page.locator("#said-system")).to_contain_text("line 1")
    expect(page.locator(".j-word").first).to_have_text("if")
    expect(page.locator("#stale")).to_contain_text("how it read before")
    expect(page.locator("#messages article")).not_to_have_count(0)
    page.locator("#prompt-user").fill("{{ nobody }} {{ else_one }}")
    field.click()
    page.keyboard.press("Control+a")
    page.keyboard.press("Delete")
    expect(problems(page).nth(0)).to_contain_text("else_one")
    expect(problems(page).nth(1)).to_contain_text("nobody")
    expect(page.locator(".cm-lintRange")).to_have_count(2)
    for word in ("else_one", "nobody"):
        page.keyboard.press("F8")
        page.wait_for_function("word => document.getSelection().toString() === word", arg=word)
    expect(problems(page).nth(1)).to_have_attribute("aria-current", "true")
    page.keyboard.press("Shift+F8")
    page.wait_for_function("document.getSelection().toString() === 'else_one'")
    page.locator("#prompt-user").fill("{{ pot }}?")
    expect(page.locator("#prompt-user").locator("xpath=ancestor::section").locator(".said .error")).to_have_count(0)


def test_the_preview_has_rounds_seats_answers_and_differences(builder: Any, browser_page: Any) -> None:
    page = browser_page
    imported(page, json.dumps(GAME))
    messages = page.locator("#messages article")
    expect(messages).to_have_count(4)
    page.locator("aside").get_by_label("round", exact=True).select_option("2")
    expect(messages).to_have_count(2)
    page.locator("aside").get_by_label("Seat", exact=True).select_option("2")
    expect(messages).to_have_count(1)
    page.locator("aside").get_by_label("Seat", exact=True).select_option("")
    messages.first.get_by_label("answers").fill("4")
    expect(messages.nth(1)).to_contain_text("4: ACCEPT")
    expect(messages.first).to_contain_text("→ 4")
    page.locator("#preview-beside").select_option("high")
    expect(messages.first.locator("mark")).to_have_text("10")
    page.get_by_role("button", name="Forget my answers").click()
    expect(messages.nth(1)).to_contain_text("3: ACCEPT")
    expect(page.locator("#usage")).to_contain_text("they cost nothing")
    page.get_by_role("group", name="Seat 1", exact=True).get_by_label("who plays").select_option("GPTThread")
    expect(page.locator("#usage")).to_contain_text("$0.")
    page.locator("#prompt-user").fill("The same. ACCEPT or REJECT, and a number?")
    expect(page.locator("#alike")).to_contain_text("read the same")


def test_another_file_of_the_folder_is_opened_and_made(builder: Any, browser_page: Any) -> None:
    page = browser_page
    page.get_by_role("button", name="Trust").click()
    saved(page)
    page.get_by_role("button", name="Save as…").click()
    page.get_by_label("name", exact=True).fill("game")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.locator("dialog")).to_contain_text("is there already")
    page.get_by_label("name", exact=True).fill("second")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_role("heading", name="second.json")).to_be_visible()
    page.locator("#rounds").fill("7")
    saved(page)
    page.reload()
    expect(page.locator("#rounds")).to_have_value("7")
    page.get_by_role("button", name="Open…").click()
    page.get_by_role("button", name="game.json").click()
    expect(page.locator("#rounds")).to_have_value("1")
    assert json.loads((builder.file.parent / "second.json").read_text("utf-8"))["rounds"] == 7
    assert kept(builder)["rounds"] == 1


def test_a_newer_scenario_is_shown_and_left_alone(builder: Any, browser_page: Any) -> None:
    page = browser_page
    builder.file.write_text(json.dumps({**GAME, "otree_ego": {"version": 2, "new": [1]}}))
    page.reload()
    expect(page.locator("#newer")).to_contain_text("newer otree_ego")
    expect(page.locator("#rounds")).to_be_disabled()
    page.locator("#prompt-system").click()
    page.keyboard.type("x")
    page.get_by_role("button", name="Start from…").click()
    page.get_by_role("button", name="Trust").click()
    expect(page.locator("#newer")).to_have_count(0)
    page.keyboard.press("Control+z")
    expect(page.locator("#newer")).to_contain_text("newer otree_ego")


def test_a_file_that_changes_or_goes_is_noticed_while_nobody_types(builder: Any, browser_page: Any) -> None:
    page = browser_page
    page.get_by_role("button", name="Trust").click()
    saved(page)
    builder.file.write_text(builder.file.read_text("utf-8").replace('"rounds": 1', '"rounds": 4'), "utf-8")
    expect(page.locator("#conflict")).to_contain_text('-  "rounds": 4,')
    page.get_by_role("button", name="Take the file's").click()
    expect(page.locator("#rounds")).to_have_value("4")
    builder.file.unlink()
    expect(page.locator("#conflict")).to_contain_text("The file is gone")
    assert not builder.file.exists()
    page.get_by_role("button", name="Save mine").click()
    expect(page.locator("#conflict")).to_have_count(0)
    assert kept(builder)["rounds"] == 4


def test_a_full_disk_is_said_and_the_work_is_kept(
    builder: Any, browser_page: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = browser_page
    page.get_by_role("button", name="Trust").click()
    saved(page)
    before = builder.file.read_text("utf-8")
    with monkeypatch.context() as patch:

        def full(number: int) -> None:
            raise OSError(28, "No space left on device")

        patch.setattr(os, "fsync", full)
        page.locator("#rounds").fill("5")
        expect(page.locator("#trouble")).to_contain_text("No space left on device")
        assert builder.file.read_text("utf-8") == before
    page.locator("#rounds").fill("6")
    expect(page.locator("#trouble")).to_have_count(0)
    saved(page)
    assert kept(builder)["rounds"] == 6


def test_a_builder_that_was_started_again_is_gone_on_with_in_the_same_tab(
    builder: Any, browser_page: Any, watch: Any
) -> None:
    watch.allow("ERR_CONNECTION_REFUSED|Failed to load resource")
    page = browser_page
    page.get_by_role("button", name="Trust").click()
    saved(page)
    port = builder.server.server_port
    builder.close()
    page.locator("#rounds").fill("6")
    expect(page.locator("#trouble")).to_contain_text("does not answer")
    again = Workshop(builder.file, port)
    try:
        expect(page.locator("#trouble")).to_contain_text("started again")
        page.goto(again.server.address)
        expect(page.locator("#trouble")).to_have_count(0)
        saved(page)
        assert kept(builder)["rounds"] == 6
        assert again.server.token not in page.url
    finally:
        page.goto("about:blank")
        again.close()
        builder.close = lambda: None


def test_what_is_no_scenario_is_said_where_it_was_pasted(builder: Any, browser_page: Any) -> None:
    page = browser_page
    page.get_by_role("button", name="Import…").click()
    field = page.get_by_label("Paste a scenario's JSON, or drop a file here.")
    for text, words in [("{", "is not JSON"), ("[1]", "expected one JSON object"), ('{"a": 1}', "threads, treatments")]:
        field.fill(text)
        page.get_by_role("button", name="Import", exact=True).click()
        expect(page.locator("dialog [role=alert]")).to_contain_text(words)
    assert not builder.file.exists()
    builder.file.write_text("no JSON")
    page.reload()
    expect(page.locator("#trouble")).to_contain_text("is not JSON")
    page.get_by_role("button", name="Trust").click()
    expect(page.locator("#trouble, #conflict").first).to_be_visible()
    assert builder.file.read_text() == "no JSON"


def test_five_megabytes_are_pasted(builder: Any, browser_page: Any) -> None:
    page = browser_page
    long = json.dumps({**GAME, "note": "y" * 4_900_000})
    page.get_by_role("button", name="Import…").click()
    page.locator("dialog textarea").focus()
    paste(page, long)
    saved(page)
    assert kept(builder) == json.loads(long)
    page.get_by_role("button", name="Import…").click()
    page.locator("dialog textarea").focus()
    paste(page, "[" + " " * 6_000_000)
    expect(page.locator("dialog [role=alert]")).to_contain_text("characters")


def test_templates_that_never_end_get_a_sentence_and_the_page_goes_on(builder: Any, browser_page: Any) -> None:
    page = browser_page
    imported(page, json.dumps(GAME))
    page.locator("#prompt-user").fill("{% for a in range(99999) %}{% for b in range(99999) %}{% endfor %}{% endfor %}")
    expect(problems(page).first).to_contain_text("take longer than")
    page.locator("#prompt-user").fill("{{ ('a'*99999)|list|join('x'*99999) }}")
    expect(problems(page).first).to_contain_text("memory")
    page.locator("#prompt-user").fill("{{ pot }}: ACCEPT or REJECT, which number?")
    expect(problems(page)).to_have_count(0)
    expect(page.locator("#messages")).to_contain_text("10: ACCEPT")


WRONG: list[tuple[dict[str, Any], str]] = [
    ({"prompts": {"system": "{{ pott }}", "user": "?"}}, "den Namen 'pott' gibt es nicht; meinten Sie pot?"),
    ({"prompts": {"system": "{% if %}", "user": "?"}}, "die Vorlage ist in Zeile 1 nicht richtig geschrieben"),
    ({"prompts": {"system": "", "user": "ACCEPT?"}}, "die Prompts nennen REJECT nie, worauf der Filter wartet"),
    ({"prompts": {"system": "", "user": "ACCEPT REJECT"}}, "kein Prompt verwendet sie"),
    ({"prompts": {"system": "", "user": "ACCEPT REJECT"}}, "alle lesen dasselbe in low, high"),
    ({"variables": {"pot": {"low": 1}}}, "fehlt; nötig: ein Wert für jedes Treatment"),
    ({"threads": [[1, "CLIThread"], [1, "CLIThread"]]}, "1 ist schon die Nummer eines anderen Platzes"),
    ({"rounds": 0}, "gefunden 0, nötig eine ganze Zahl von 1 bis 100000"),
    ({"threads": [[1, ["ConstantThread", "x"]], [2, "CLIThread"]]}, "die Antwort 'x' kann nicht gelesen"),
    ({"note": 1}, "ist nicht bekannt und wird nicht verwendet"),
]  # fmt: skip


def test_problems_are_told_in_german(builder: Any, browser_page: Any) -> None:
    page = browser_page
    told = [[each.words for each in find_problems({**GAME, **change})] for change, _ in WRONG]
    german = page.evaluate(
        """async (told) => {
      const { inGerman } = await import("/problem_words.js");
      return told.map((each) => each.map(inGerman));
    }""",
        told,
    )
    for before, after, (_, words) in zip(told, german, WRONG, strict=True):
        assert any(words in each for each in after), after
        assert not set(before) & set(after), "each has a German sentence"
    page.get_by_role("button", name="Deutsch").click()
    builder.file.write_text(json.dumps({**GAME, **WRONG[0][0]}))
    page.reload()
    expect(problems(page).first).to_contain_text(WRONG[0][1])
    expect(page.locator("#said-system")).to_contain_text(WRONG[0][1])
    page.get_by_role("button", name="English").click()
    expect(problems(page).first).to_contain_text("did you mean pot?")


FOUR = [
    ("dark", "Deutsch"),
    *(pytest.param(*other, marks=pytest.mark.full) for other in
      (("light", "English"), ("dark", "English"), ("light", "Deutsch"))),
]  # fmt: skip


@pytest.mark.parametrize(("scheme", "language"), FOUR)
def test_nobody_stumbles(builder: Any, browser_page: Any, scheme: str, language: str) -> None:
    page = browser_page
    page.emulate_media(color_scheme=scheme)
    page.set_viewport_size({"width": 1024, "height": 768})
    if language == "Deutsch":
        page.get_by_role("button", name="Deutsch").click()
    assert violations(page) == []
    gallery = {"English": "Ultimatum", "Deutsch": "Ultimatum"}[language]
    page.get_by_role("button", name=gallery).click()
    expect(page.locator("#messages article")).not_to_have_count(0)
    page.locator("#filter-0").select_option("json")
    page.locator("details summary").first.click()
    page.locator("#prompt-system").fill("{{ nobody }} {# no #} {{ 'x' if pot > 3 else 5 }}")
    expect(problems(page)).not_to_have_count(0)
    assert violations(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= 1024
    page.keyboard.press("Control+z")
    page.locator("header button").nth(5).click()
    expect(page.locator("dialog")).to_be_visible()
    assert violations(page) == []


def test_alter_egos_scenarios_come_back_and_the_equal_treatments_show(
    builder: Any, browser_page: Any, tmp_path: Path
) -> None:
    page = browser_page
    frames = {"base": "base", "partner": "John", "competitor": "John"}
    game = {
        "threads": [[1, ["GPTThread", "gpt-6-luna"]], [2, "CLIThread"]], "treatments": list(frames), "rounds": 3,
        "variables": {"frame": frames, "points": dict.fromkeys(frames, 5)},
        "prompts": {
            "system": "You play for {{ points }} points.{% if frame == 'friend' %} The other is a friend.{% endif %}",
            "user": "Round {{ round }}. COOPERATE or DEFECT? {% if round > 1 %}{{ other.choices[-1] }}.{% endif %}",
        },
        "filters": [["exclusive_response", "COOPERATE;DEFECT"]] * 2,
    }  # fmt: skip
    imported(page, json.dumps(game))
    saved(page)
    assert kept(builder) == game
    expect(problems(page).filter(has_text="everybody reads the same")).to_have_count(1)
    with page.expect_download() as waiting:
        page.get_by_role("button", name="Download").click()
    assert json.loads(Path(waiting.value.path()).read_text("utf-8")) == game


def test_a_large_grid_is_painted_where_one_looks(builder: Any, browser_page: Any) -> None:
    page, press = browser_page, browser_page.keyboard.press
    names = [f"t{n}" for n in range(20)]
    values = {f"v{n}": {name: f"{name}/{n}" for name in names} for n in range(60)}
    used = "".join(f"{{{{ {name} }}}}" for name in values)
    imported(
        page, json.dumps({**GAME, "treatments": names, "variables": values, "prompts": {"system": "", "user": used}})
    )
    page.locator("#cell-0-0").focus()
    expect(page.locator("#cell-30-15")).to_have_count(0)
    assert page.locator("td input").count() < 600
    assert page.locator("#cell-0-0").evaluate("(field) => field.offsetWidth") > 60, "what is in it can be read"
    press("Control+End")
    expect(page.locator("#cell-59-19")).to_be_focused()
    page.keyboard.type("last")
    for _ in range(15):
        press("ArrowUp")
    page.locator("#cell-44-19").focus()
    press("ArrowLeft")
    expect(page.locator("#cell-44-18")).to_be_focused()
    press("Control+Home")
    expect(page.locator("#cell-0-0")).to_be_focused()
    saved(page)
    assert kept(builder)["variables"]["v59"]["t19"] == "last"
    page.locator("#prompt-user").fill("{{ v0 }}")
    problem = problems(page).filter(has_text="v59")
    problem.click()
    expect(page.locator("#variable-59")).to_be_focused()
