"""Makes the pictures of docs/builder.md: `PYTHONPATH=.:tests python -m harness.make_builder_pictures`"""

from __future__ import annotations

import tempfile
from pathlib import Path

from builder.conftest import Workshop

from .browser import Browser
from .builder_page import runs, tutorial

DOCS = Path(__file__).parents[2] / "docs"
WINDOW = {"viewport": {"width": 1180, "height": 700}}


def main() -> None:
    """Go through the tutorial, and run what came of it."""
    with tempfile.TemporaryDirectory() as folder, Browser() as browser, browser.tab(WINDOW) as (page, _):
        workshop = Workshop(Path(folder, "game.json"))
        try:
            page.goto(workshop.server.address)
            text = (DOCS / "builder.md").read_text("utf-8")
            tutorial(page, text, lambda name: page.screenshot(path=DOCS / f"builder-{name}.png", animations="disabled"))
            page.locator("#preview-treatment").select_option("give")
            page.locator("#rounds").scroll_into_view_if_needed()
            page.screenshot(path=DOCS / "builder.png", animations="disabled")
            runs(page, lambda name: page.screenshot(path=DOCS / f"builder-{name}.png", animations="disabled"))
            page.goto("about:blank")
        finally:
            workshop.close()


if __name__ == "__main__":
    main()
