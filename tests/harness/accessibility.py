"""What axe-core finds on a page."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

from playwright.sync_api import Page

AXE = Path(__file__).with_name("axe") / "axe.min.js"
_ASK = """async () => (await axe.run(document, { resultTypes: ["violations"] })).violations.map((found) => ({
  id: found.id, help: found.help, where: found.nodes.slice(0, 5).map((node) => node.html.slice(0, 200)),
}))"""


@cache
def _axe() -> str:
    return AXE.read_text("utf-8")


def violations(page: Page) -> list[dict[str, Any]]:
    """Each with its rule, and where it is broken; empty if all is well."""
    if not page.evaluate("typeof axe === 'object'"):
        page.evaluate(_axe())  # by the debugger: a page's policy does not forbid it
    found: list[dict[str, Any]] = page.evaluate(_ASK)
    return found
