"""A page that was shown again because an answer was refused: what is asked for now, and what is new on it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from .page_fields import SEVERAL, TEXT, TICK, Field
from .served_page import Page

OF_SCRIPTS = "the page's own script fills this in; the participant's answer, as the page describes it"
_HELD = re.compile(r"\[(q\d+): [^\]\n]*\]")


def asked_again(page: Page, values: Mapping[str, Any]) -> Page:
    """A refused page with the fields that are asked for now.

    What was left empty must be filled in if the page complains of it, and so must fields that only a script of the page
    fills in: nobody has run it, so a required one is empty.

    Arguments:
        page: as it is shown again. values: what was answered, by the fields' names.
    """
    errors = page.errors
    named = {name for name in errors if name}
    complained = {each.name for each in page.form.fields if each.shown and each.name in named}
    fields = tuple(
        replace(each, required=True)
        if each.kind not in (TICK, SEVERAL) and values.get(each.name) is None and (each.name in named or not named)
        else each
        for each in page.form.fields
    )
    empty = [name for name, value in page.form.hidden if not value and (name in named or not complained)]
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
