"""What several files of browser tests open."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from builder.conftest import Workshop
from playwright.sync_api import expect


@pytest.fixture
def builder(tmp_path: Path, browser_page: Any) -> Iterator[Workshop]:
    """The page, open on a new file."""
    made = Workshop(tmp_path / "game.json")
    browser_page.goto(made.server.address)
    expect(browser_page.get_by_role("heading", name="game.json")).to_be_visible()
    yield made
    browser_page.goto("about:blank")
    made.close()
