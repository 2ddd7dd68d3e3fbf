"""What `otree_ego/players/otree_html.py` relies on stands in pages that oTree has served."""

from __future__ import annotations

import pytest
from harness.served_pages import PAGES
from selectolax.lexbor import LexborHTMLParser

from otree_ego.players import otree_html


@pytest.mark.parametrize("name", sorted(file.stem for file in PAGES.glob("*.html")))
def test_every_page_has_a_title_and_one_form(name: str) -> None:
    tree = LexborHTMLParser((PAGES / f"{name}.html").read_text("utf-8"))
    assert tree.css_first(otree_html.TITLE) is not None
    assert len(tree.css(otree_html.FORM)) == 1
