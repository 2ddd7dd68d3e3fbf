"""What somebody has written in the builder is not lost: on leaving the page, with a file changed outside, in undo."""

from __future__ import annotations

import json
from typing import Any

from harness.builder_page import problems, saved
from playwright.sync_api import expect


def asked_on_leaving(page: Any) -> bool:
    """Whether the browser asks before this page goes."""
    asked: bool = page.evaluate("() => !dispatchEvent(new Event('beforeunload', { cancelable: true }))")
    return asked


def trust(page: Any) -> None:
    page.get_by_role("button", name="Trust").click()
    saved(page)


def stopped(builder: Any, page: Any) -> None:
    builder.close()
    builder.close = lambda: None
    page.locator("#rounds").fill("6")
    expect(page.locator("#trouble")).to_contain_text("does not answer")


def changed_outside(builder: Any, page: Any) -> None:
    builder.file.write_text(builder.file.read_text("utf-8").replace('"rounds": 1', '"rounds": 4'), "utf-8")
    page.locator("#prompt-system").fill("Mine.")
    expect(page.locator("#conflict")).to_be_visible()


def gone(builder: Any, page: Any) -> None:
    builder.file.unlink()
    expect(page.locator("#conflict")).to_contain_text("is gone")


def two_of_one_name(builder: Any, page: Any) -> None:
    name = page.locator("#variable-0").input_value()
    page.locator("#variable-1").fill(name)
    expect(problems(page).first).to_contain_text("Nothing is saved until then")
    expect(page.locator("#state")).to_have_text("Not saved yet")


def no_number(builder: Any, page: Any) -> None:
    page.locator("#rounds").fill("")
    expect(problems(page).first).to_contain_text("A number is missing")


def test_the_browser_asks_before_work_is_lost(builder: Any, browser_page: Any, watch: Any) -> None:
    watch.allow("ERR_CONNECTION_REFUSED|Failed to load resource")
    page = browser_page
    trust(page)
    assert not asked_on_leaving(page)
    page.locator("#prompt-user").fill("Typed, and sent when the page goes.")
    assert not asked_on_leaving(page)
    two_of_one_name(builder, page)
    assert asked_on_leaving(page)
    with page.expect_event("dialog") as dialog:
        page.once("dialog", lambda each: each.dismiss())
        page.evaluate("setTimeout(() => location.reload())")
    assert dialog.value.type == "beforeunload"
    page.locator("#variable-1").fill("another")
    saved(page)
    for trouble, mended in (
        (no_number, lambda: page.locator("#rounds").fill("1")),
        (changed_outside, lambda: page.get_by_role("button", name="Take the file's").click()),
        (gone, lambda: page.get_by_role("button", name="Save mine").click()),
    ):
        trouble(builder, page)
        assert asked_on_leaving(page)
        mended()
        expect(page.locator("#conflict")).to_have_count(0)
        saved(page)
        assert not asked_on_leaving(page)
    stopped(builder, page)
    assert asked_on_leaving(page)


def test_the_version_of_the_file_is_a_step_that_can_be_undone(builder: Any, browser_page: Any) -> None:
    page = browser_page
    trust(page)
    page.locator("#rounds").fill("2")
    saved(page)
    page.locator("#prompt-system").fill("Mine.")
    saved(page)
    builder.file.write_text(builder.file.read_text("utf-8").replace('"rounds": 2', '"rounds": 4'), "utf-8")
    page.locator("#prompt-system").fill("Mine, and more.")
    expect(page.locator("#conflict")).to_be_visible()
    page.get_by_role("button", name="Take the file's").click()
    expect(page.locator("#rounds")).to_have_value("4")
    expect(page.locator("#prompt-system")).to_have_text("Mine.")
    page.keyboard.press("Control+z")
    expect(page.locator("#prompt-system")).to_have_text("Mine, and more.")
    expect(page.locator("#rounds")).to_have_value("2")
    saved(page)
    assert json.loads(builder.file.read_text("utf-8"))["prompts"]["system"] == "Mine, and more."
    page.keyboard.press("Control+y")
    expect(page.locator("#rounds")).to_have_value("4")
    saved(page)
    assert json.loads(builder.file.read_text("utf-8"))["rounds"] == 4
    for _ in range(3):
        page.keyboard.press("Control+z")
    expect(page.locator("#rounds")).to_have_value("1")


def test_what_cannot_be_taken_takes_nothing_away(builder: Any, browser_page: Any) -> None:
    page = browser_page
    trust(page)
    page.locator("#rounds").fill("5")
    saved(page)
    builder.file.write_text("{ broken", "utf-8")
    expect(page.locator("#conflict")).to_be_visible()
    page.get_by_role("button", name="Take the file's").click()
    expect(page.locator("#trouble")).to_contain_text("is not JSON")
    expect(page.locator("#conflict")).to_be_visible()
    expect(page.locator("#rounds")).to_have_value("5")
    builder.file.unlink()
    page.get_by_role("button", name="Take the file's").click()
    expect(page.locator("#conflict")).to_contain_text("The file is gone")
    expect(page.get_by_role("button", name="Take the file's")).to_have_count(0)
    page.get_by_role("button", name="Save mine").click()
    saved(page)
    page.get_by_role("button", name="Undo").click()
    expect(page.locator("#rounds")).to_have_value("1")


def test_undo_in_a_field_beside_the_scenario_is_that_fields_own(builder: Any, browser_page: Any) -> None:
    page = browser_page
    trust(page)
    page.locator("#rounds").fill("7")
    saved(page)

    def typed_and_undone(field: Any) -> None:
        field.click()
        page.keyboard.type("abc")
        expect(field).to_have_value("abc")
        for _ in "abcd":  # one step, or several when they were typed slowly
            page.keyboard.press("Control+z")
        expect(field).to_have_value("")
        for _ in "abcd":
            page.keyboard.press("Control+y")
        expect(field).to_have_value("abc")
        page.keyboard.press("Control+y")
        expect(page.locator("#rounds")).to_have_value("7")

    typed_and_undone(page.locator("#messages").get_by_label("answers").first)
    page.get_by_role("button", name="Run", exact=True).click()
    typed_and_undone(page.get_by_label("seed"))
    page.get_by_role("button", name="Import…").click()
    typed_and_undone(page.locator("dialog textarea"))
    page.get_by_role("button", name="Close").focus()
    page.keyboard.press("Control+z")
    expect(page.locator("#rounds")).to_have_value("7")
    page.get_by_role("button", name="Close").click()
    page.locator("#cell-0-0").focus()
    page.keyboard.press("Control+z")
    expect(page.locator("#rounds")).to_have_value("1")


def test_what_cannot_be_saved_is_said_where_one_starts_or_opens(builder: Any, browser_page: Any) -> None:
    page = browser_page
    trust(page)
    two_of_one_name(builder, page)
    page.get_by_role("button", name="Run", exact=True).click()
    page.get_by_role("button", name="Start", exact=True).click()
    expect(page.locator("#run-trouble")).to_contain_text("Two variables are called")
    page.get_by_role("button", name="Open…").click()
    page.get_by_role("button", name="game.json").click()
    expect(page.locator("dialog [role=alert]")).to_contain_text("Two variables are called")
    page.get_by_role("button", name="Close").click()
    page.get_by_role("button", name="Deutsch").click()
    page.get_by_role("button", name="Starten", exact=True).click()
    expect(page.locator("#run-trouble")).to_contain_text("konnte nicht gespeichert werden. Zwei Variablen heißen")
    page.get_by_role("button", name="English").click()
    page.locator("#variable-1").fill("another")
    saved(page)
    changed_outside(builder, page)
    page.get_by_role("button", name="Start", exact=True).click()
    expect(page.locator("#run-trouble")).to_contain_text("First choose on the left which version stays")
    page.get_by_role("button", name="Save as…").click()
    page.get_by_label("name", exact=True).fill("mine")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_role("heading", name="mine.json")).to_be_visible()
    assert json.loads(builder.file.read_text("utf-8"))["rounds"] == 4
    assert json.loads(builder.file.with_name("mine.json").read_text("utf-8"))["prompts"]["system"] == "Mine."
