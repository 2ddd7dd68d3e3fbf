"""Pages that oTree has served, kept in tests/players/pages by `make_pages`, and pages of a few tags."""

from __future__ import annotations

import dataclasses
from pathlib import Path

from otree_ego.players.page_fields import Field
from otree_ego.players.served_page import Page, Served, read_page

PAGES = Path(__file__).parents[1] / "players" / "pages"
PLAIN = {each.name: each.default for each in dataclasses.fields(Field)}


def served(name: str) -> Page:
    """One of the pages that make_pages.py has kept."""
    source = (PAGES / f"{name}.html").read_text("utf-8")
    return read_page(Served(f"http://localhost/p/abcdefgh/fields/{name.title()}/3", source))


def fragment(source: str) -> Page:
    """A page with this form."""
    return read_page(Served("http://localhost/p/abcdefgh/fields/Page/3", f"<form id='form'>{source}</form>"))


def described(page: Page) -> str:
    """All that is read of a page, as the files beside it have it."""
    lines = [f"title: {page.title}", *([f"error: {page.error}"] if page.error else []), "", page.text, ""]
    for each in page.form.fields:
        known = {name: value for name, value in vars(each).items() if value != PLAIN[name] and name != "options"}
        options = ", ".join(f"{option.text}={option.value}" for option in each.options)
        lines.append(f"{page.keys.get(each.name)}: {known}" + (f" [{options}]" if options else ""))
    lines += [f"button: {each.text!r} {each.name}={each.value}" for each in page.form.buttons]
    return "\n".join([*lines, f"sent along: {page.form.hidden}", f"without effect: {page.form.dead}", ""])
