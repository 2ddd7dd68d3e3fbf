"""What a browser does on the builder's page."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from playwright.sync_api import Page, expect

_PASTE = """(text) => {
  const data = new DataTransfer();
  data.setData("text/plain", text);
  const paste = new ClipboardEvent("paste", { clipboardData: data, bubbles: true, cancelable: true });
  document.activeElement.dispatchEvent(paste);
}"""


def paste(page: Page, text: str) -> None:
    """Paste a text where the cursor is."""
    page.evaluate(_PASTE, text)


def saved(page: Page) -> None:
    """Wait until the file has what the page has."""
    expect(page.locator("#state")).to_have_text("Saved")


def imported(page: Page, text: str) -> None:
    """Bring a scenario in as JSON."""
    page.get_by_role("button", name="Import…").click()
    page.get_by_label("Paste a scenario's JSON, or drop a file here.").fill(text)
    page.get_by_role("button", name="Import", exact=True).click()
    expect(page.locator("dialog")).to_have_count(0)


def problems(page: Page) -> Any:
    """The buttons of the list of problems."""
    return page.locator("#problems button")


def tutorial(page: Page, text: str, take: Callable[[str], None] = lambda name: None) -> None:
    """The steps of docs/builder.md, up to the run.

    Arguments:
        text: that page, whose blocks are pasted and typed. take: takes a picture.
    """
    block = re.findall(r"```text\n(.*?)```", text, re.DOTALL)
    table, system, user = (each.rstrip("\n") for each in block[:3])
    take("start")
    page.get_by_role("button", name="Empty").click()
    page.get_by_role("button", name="Add a seat").click()
    page.get_by_role("button", name="Add a variable").click()
    page.locator("#treatment-0").focus()
    paste(page, table.partition("\n")[0])
    page.locator("#variable-0").focus()
    paste(page, table.partition("\n")[2])
    expect(page.locator("#cell-3-2")).to_have_value("wants you to get")
    page.locator("#cell-1-1").focus()
    page.locator("#variables").evaluate("(heading) => heading.scrollIntoView()")
    take("grid")
    page.locator("#prompt-system").fill(system.replace("story", "storry"))
    problem = problems(page).filter(has_text="did you mean story?")
    expect(problem).to_contain_text("prompts.system, line 1")
    page.locator("#prompt-system").scroll_into_view_if_needed()
    page.keyboard.press("F8")
    take("problem")
    page.keyboard.type("story")
    page.keyboard.press("Escape")
    expect(problem).to_have_count(0)
    page.locator("#prompt-user").fill(user)
    expect(page.locator("#messages")).to_contain_text("An answer. of 100 points")
    page.get_by_role("group", name="Seat 1", exact=True).get_by_label("answer", exact=True).select_option("number")
    page.get_by_role("group", name="Seat 2", exact=True).get_by_label("answer", exact=True).select_option("choice")
    expect(problems(page)).to_have_count(0)
    page.locator("#seat-0").scroll_into_view_if_needed()
    take("seats")
    first = page.locator("#messages").get_by_label("answers").first
    first.fill("133")
    expect(page.locator("#messages")).to_contain_text("133 is out of range")
    first.fill("33")
    expect(page.locator("#messages")).to_contain_text("33 of 100 points")
    page.locator("#preview-treatment").select_option("take")
    page.locator("#preview-beside").select_option("give")
    expect(page.locator("#messages mark").first).to_be_visible()
    take("preview")
    saved(page)
