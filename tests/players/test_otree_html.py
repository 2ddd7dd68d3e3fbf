"""What `otree_ego/players/otree_html.py` relies on stands in pages that oTree has served."""

from __future__ import annotations

import re
from pathlib import Path

import otree
import pytest
from harness.served_pages import PAGES
from selectolax.lexbor import LexborHTMLParser

from otree_ego.players import otree_html


@pytest.mark.parametrize("name", sorted(file.stem for file in PAGES.glob("*.html")))
def test_every_page_has_a_title_and_one_form(name: str) -> None:
    tree = LexborHTMLParser((PAGES / f"{name}.html").read_text("utf-8"))
    assert tree.css_first(otree_html.TITLE) is not None
    assert len(tree.css(otree_html.FORM)) == 1


def test_what_otree_says_of_a_form_with_errors_is_known_in_all_of_its_languages() -> None:
    folder = Path(otree.__file__).parent
    assert otree_html.UNNAMED[0] in (folder / "templates/otree/Page.html").read_text("utf-8")
    said = rf'msgid "{re.escape(otree_html.UNNAMED[0])}"\nmsgstr "(.+)"'
    found = [re.search(said, file.read_text("utf-8")) for file in folder.glob("locale/*/LC_MESSAGES/django.po")]
    assert {each[1] for each in found if each} == {*otree_html.UNNAMED[1:]} and len(found) > 15
