"""A page that was shown again because an answer was refused: what is asked for now, and what is new on it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from .otree_html import UNNAMED
from .page_fields import SEVERAL, TEXT, TICK, Field, PageForm
from .served_page import Page

OF_SCRIPTS = "the page's own script fills this in; the participant's answer, as the page describes it"
_HELD = re.compile(r"\[(q\d+): [^\]\n]*\]")


def asked_again(page: Page, values: Mapping[str, Any]) -> Page:
    """A refused page with the fields that are asked for now.

    What was left empty must be filled in if the page complains of it, or of something that it does not name, and so
    must fields that only a script of the page fills in: nobody has run it, so a required one is empty. What the app
    says of the form as a whole ("must add up to 100") needs no field that may be empty.

    Arguments:
        page: as it is shown again. values: what was answered, by the fields' names.
    """
    errors = page.errors
    named = {name for name in errors if name}
    unnamed = not named and errors.get("", UNNAMED[0]) in UNNAMED
    complained = {each.name for each in page.form.fields if each.shown and each.name in named}
    fields = tuple(
        replace(each, required=True)
        if each.kind not in (TICK, SEVERAL) and values.get(each.name) is None and (each.name in named or unnamed)
        else each
        for each in page.form.fields
    )
    fields_of_page = {each.name for each in page.form.fields}
    hidden_empty = [name for name, value in page.form.hidden if not value and name not in fields_of_page]
    empty = [name for name in hidden_empty if name in named or not complained]
    hidden = [each.name for each in page.form.fields if not each.shown and each.name in named]
    if not empty and not hidden:
        return replace(page, form=replace(page.form, fields=fields))
    fields = tuple(replace(each, shown=True, required=True) if each.name in hidden else each for each in fields)
    keys = dict(page.keys)
    for name in [*empty, *hidden]:
        keys.setdefault(name, f"q{len(keys) + 1}")
    added = tuple(Field(name, TEXT, label=name, help=OF_SCRIPTS, required=True) for name in dict.fromkeys(empty))
    left = tuple(pair for pair in page.form.hidden if pair[0] not in empty)
    return replace(page, keys=keys, form=replace(page.form, fields=(*fields, *added), hidden=left))


def new_lines(page: Page, before: Page) -> str:
    """What a page says that it did not say before; what its fields hold does not count.

    >>> from otree_ego.players.served_page import Served, read_page
    >>> first, then = (read_page(Served("", f"<form id=form><p>Guess.<p>{hint}</form>")) for hint in ("", "Too high."))
    >>> new_lines(then, first)
    'Too high.'
    """
    known = set(_HELD.sub(r"[\1]", before.text).split("\n"))
    lines = [line for line in page.text.split("\n") if _HELD.sub(r"[\1]", line) not in known]
    return "\n".join(lines).strip("\n")


class ToldLengths:
    """How long the texts of one page may be, as its server says when it refuses one: oTree says it nowhere else."""

    def __init__(self) -> None:
        self._most: dict[str, int] = {}

    def hear(self, form: PageForm, errors: Mapping[str, str], answers: Mapping[str, Any]) -> PageForm:
        """A form that has refused an answer, with the lengths that are known of its texts.

        An error tells one if it names just one number, and the text is longer than that: so in any language.

        Arguments:
            form: as it came back. errors: by field. answers: that were refused.
        """
        for each in form.fields:
            numbers = re.findall(r"\d{1,9}", errors.get(each.name, ""))
            given = answers.get(each.name)
            if each.kind == TEXT and isinstance(given, str) and len(numbers) == 1 and 0 < int(numbers[0]) < len(given):
                self._most[each.name] = int(numbers[0])
        return replace(form, fields=tuple(map(self._bounded, form.fields))) if self._most else form

    def _bounded(self, each: Field) -> Field:
        told = self._most.get(each.name)
        return each if told is None else replace(each, most=min(told, each.most or told))
