"""Cells of the builder's grid: what they are, and what is copied and pasted between it and spreadsheets."""

from __future__ import annotations

import json
from typing import Any

from harness.builder_page import paste, saved
from playwright.sync_api import expect

KINDS = """async (texts) => {
  const { kindOf } = await import("/values.js");
  return texts.map(kindOf);
}"""
CELLS = """async (texts) => {
  const { cellsOf } = await import("/ranges.js");
  return texts.map(cellsOf);
}"""
ROUND = """async (lines) => {
  const { copied, cellsOf, pastedLines } = await import("/ranges.js");
  const form = { variables: lines.map((cells) => ({ cells })) };
  const data = new DataTransfer(), text = new DataTransfer();
  copied(form, { rows: [0, lines.length - 1], columns: [0, lines[0].length - 1] }, data);
  text.setData("text/plain", data.getData("text/plain"));
  const words = data.getData("text/plain");
  return [pastedLines(data, true), cellsOf(words), words, pastedLines(text, true)];
}"""
COPY = """(type) => {
  const data = new DataTransfer(), how = { clipboardData: data, bubbles: true, cancelable: true };
  document.activeElement.dispatchEvent(new ClipboardEvent(type, how));
  globalThis.clip = data;
  return data.getData("text/plain");
}"""
PASTE_COPIED = """() => document.activeElement.dispatchEvent(
  new ClipboardEvent("paste", { clipboardData: globalThis.clip, bubbles: true, cancelable: true }))"""


def cell(kind: str, typed: str) -> dict[str, str]:
    return {"kind": kind, "typed": typed}


def test_what_is_typed_has_a_kind_and_texts_of_spreadsheets_have_cells(builder: Any, browser_page: Any) -> None:
    page = browser_page
    kinds = {
        "TRUE": "truth", "FALSE": "truth", "True": "truth", "false": "truth", "tRUE": "truth", " FALSE ": "truth",
        "truely": "text", "not true": "text", "TRUE FALSE": "text", "007": "text", "1,000": "text", "": "text",
        "0": "number", "-3": "number", "−3": "number", ".5": "number", "1e5": "number", " 7 ": "number",
    }  # fmt: skip
    assert page.evaluate(KINDS, list(kinds)) == list(kinds.values())
    texts = {
        '"First line.\nSecond ""line""."\tplain': [['First line.\nSecond "line".', "plain"]],
        '"First line.\r\nSecond."\tplain\r\nx\ty\r\n': [["First line.\nSecond.", "plain"], ["x", "y"]],
        '"a\tb"\tc': [["a\tb", "c"]],
        '"a"\t""\t""""': [["a", "", '"']],
        'say "hi"\t5" pipe': [['say "hi"', '5" pipe']],
        '"hello" he said\tb': [['"hello" he said', "b"]],
        '"never ends\tb\nc\td': [['"never ends', "b"], ["c", "d"]],
        '"\n"\n': [["\n"]],
        "a\n\nb": [["a"], [""], ["b"]],
        "\t\n\t": [["", ""], ["", ""]],
        "": [[""]],
        "a\rb": [["a"], ["b"]],
    }
    assert page.evaluate(CELLS, list(texts)) == list(texts.values())
    assert page.evaluate(CELLS, ['"\t""' * 200_000])[0][0], "long ones, too, in no time"
    lines = [
        [cell("json", "[1, 2]"), cell("text", "1.05"), cell("text", "two\nlines"), cell("missing", "")],
        [cell("truth", "TRUE"), cell("number", "−3"), cell("text", '"quoted"'), cell("text", "a\tb ⏎")],
    ]
    own, theirs, text, _ = page.evaluate(ROUND, lines)
    assert own == lines
    assert theirs == [[each["typed"] for each in line] for line in lines]
    assert text == '[1, 2]\t1.05\t"two\nlines"\t\nTRUE\t−3\t"""quoted"""\t"a\tb ⏎"'
    for alone in ("plain", '"quoted"'):
        own, _, text, native = page.evaluate(ROUND, [[cell("text", alone)]])
        assert (own, text, native) == ([[cell("text", alone)]], alone, None)
    _, _, _, theirs = page.evaluate(ROUND, [[cell("text", 'a\n"b"')]])
    assert theirs == [['a\n"b"']]


def test_cells_are_copied_cut_and_pasted_as_they_are(builder: Any, browser_page: Any) -> None:
    page, press = browser_page, browser_page.keyboard.press
    page.get_by_role("button", name="Trust").click()
    values = {"a": {"low": [1, 2], "high": "1.05"}, "b": {"low": "two\nlines", "high": False}}
    text = {
        "threads": [[1, "CLIThread"]], "treatments": ["low", "high"], "rounds": 1,
        "variables": {**values, "c": {"low": 0, "high": 0}},
        "filters": [["As is"]], "prompts": {"system": "", "user": "{{ a }}{{ b }}{{ c }}"},
    }  # fmt: skip
    builder.file.write_text(json.dumps(text), "utf-8")
    page.reload()

    def variables() -> Any:
        saved(page)
        return json.loads(builder.file.read_text("utf-8"))["variables"]

    page.locator("#cell-0-0").focus()
    press("Control+Home")
    press("Shift+ArrowRight")
    press("Shift+ArrowDown")
    assert page.evaluate(COPY, "copy") == '[1, 2]\t1.05\n"two\nlines"\tfalse'
    page.locator("#cell-1-0").focus()
    page.evaluate(PASTE_COPIED)
    expect(page.locator("#cell-2-0")).to_have_value("two⏎lines")
    assert variables() == {"a": values["a"], "b": values["a"], "c": values["b"]}
    press("Control+z")
    page.locator("#cell-1-0").click()
    press("Control+a")
    assert page.evaluate(COPY, "cut") == '"two\nlines"'
    expect(page.locator("#cell-1-0")).to_have_value("")
    page.locator("#cell-2-1").click()
    press("Control+a")
    page.evaluate(PASTE_COPIED)
    assert variables()["c"] == {"low": 0, "high": "two\nlines"}
    page.locator("#cell-2-1").evaluate("(field) => field.setSelectionRange(2, 6)")
    assert page.evaluate(COPY, "copy") == "o\nli"
    page.locator("#cell-0-0").focus()
    paste(page, '"First line.\r\nSecond ""line""."\tFALSE\r\n')
    expect(page.locator("#cell-0-1")).to_have_value("FALSE")
    assert variables()["a"] == {"low": 'First line.\nSecond "line".', "high": False}


def test_a_kind_that_was_chosen_for_an_empty_cell_stays(builder: Any, browser_page: Any) -> None:
    page = browser_page
    page.get_by_role("button", name="Empty").click()
    page.get_by_role("button", name="Add a variable").click()
    kind, value = page.get_by_label("kind", exact=True), page.locator("#cell-0-0")
    value.focus()
    expect(kind.locator("option:checked")).to_have_text("as it is typed")
    kind.select_option("text")
    expect(kind).to_have_value("text")
    value.fill("5")
    expect(kind).to_have_value("text")
    value.fill("")
    value.fill("TRUE")
    expect(kind).to_have_value("text")
    value.fill("")
    paste(page, "7\t8\n")
    expect(page.locator("#cell-0-1")).to_have_value("8")
    saved(page)
    [row] = json.loads(builder.file.read_text("utf-8"))["variables"].values()
    assert list(row.values()) == ["7", 8]
    value.press("Control+Home")
    page.keyboard.press("Shift+ArrowRight")
    page.keyboard.press("Delete")
    expect(kind).to_have_value("")  # of the second cell, which was a number
    expect(page.locator("#cell-0-1")).to_have_value("")
    value.click()
    expect(kind).to_have_value("text")
    kind.select_option(label="as it is typed")
    value.fill("5")
    expect(kind).to_have_value("number")
    page.locator("#cell-0-1").fill("True")
    expect(kind).to_have_value("truth")
    saved(page)
    [row] = json.loads(builder.file.read_text("utf-8"))["variables"].values()
    assert list(row.values()) == [5, True]
