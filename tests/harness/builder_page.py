"""What a browser does on the builder's page."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from playwright.sync_api import Page, expect

from .database import PATIENCE

expect.set_options(timeout=PATIENCE * 1000)

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


def runs(page: Page, take: Callable[[str], None] = lambda name: None) -> None:
    """The rest of docs/builder.md: three replications on the embedded model, one with a person, and the results.

    Arguments:
        page: as `tutorial` leaves it. take: takes a picture.
    """
    patience = 2 * PATIENCE * 1000
    page.get_by_role("button", name="Run", exact=True).click()
    page.get_by_role("button", name="Start", exact=True).click()
    expect(page.locator("#run-state")).to_contain_text("done: 3 of 3 replications", timeout=patience)
    expect(page.get_by_role("button", name="Start", exact=True)).to_be_enabled(timeout=patience)
    page.get_by_role("button", name="Replication 1", exact=True).click()
    expect(page.locator("#dialogue article")).to_have_count(6)
    page.locator("#run-state").scroll_into_view_if_needed()
    take("run")
    page.get_by_role("button", name="Results", exact=True).click()
    expect(page.locator("#results figure img")).to_have_count(2, timeout=patience)
    page.locator("#results").evaluate("(results) => results.scrollIntoView()")
    take("results")
    page.locator(".pane").last.evaluate("(pane) => pane.scrollTo(0, 0)")
    page.get_by_role("button", name="Replications", exact=True).click()
    page.get_by_label("replications", exact=True).fill("1")
    page.get_by_text("Who sits where, in this run").click()
    page.get_by_label("Who sits where, in this run: Seat 2").select_option("me")
    page.get_by_role("button", name="Start", exact=True).click()
    expect(page.locator("#turn")).to_be_visible(timeout=patience)
    page.locator("#turn").scroll_into_view_if_needed()
    take("turn")
    page.locator("#turn").get_by_role("button", name="ACCEPT").click()
    expect(page.locator("#run-state")).to_contain_text("done: 1 of 1 replications", timeout=patience)
