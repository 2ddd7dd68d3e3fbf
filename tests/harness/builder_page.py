"""What a browser does on the builder's page."""

from __future__ import annotations

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
