"""What is put into a sentence: ``{n}``, ``%(value)s``. A translation must have the same."""

from __future__ import annotations

import re
from collections.abc import Iterable
from string import Formatter

_PLACEHOLDER = re.compile(r"\{\w*\}|%\(\w+\)[sd]")
_MARKUP = re.compile(r"<[A-Za-z/!?]|&(?:#\w+|\w+);")


def placeholders(text: str) -> set[str]:
    """Those in a text.

    >>> sorted(placeholders('{n} of {most}, {"not": this}'))
    ['{most}', '{n}']
    """
    return set(_PLACEHOLDER.findall(text))


def what_is_wrong(key: str, text: str, ours: Iterable[str], *, plain: bool, formatted: bool) -> str:
    """Why a translation cannot stand for a text of ours; empty if it can.

    Arguments:
        key: the text's. ours: the text in each language that we have.
        plain: whether a page reads the text as HTML, so that it may have none.
        formatted: whether Python's ``format`` fills it in, so that no other brace may stand in it.

    >>> what_is_wrong("left", "あと{m}件", ["{n} messages left"], plain=False, formatted=False)
    'it has {m}, which nothing is put in for; it lacks {n}'
    """
    known = [placeholders(each) for each in ours]
    allowed, needed = set().union(*known), set.intersection(*known) if known else set()
    if key.endswith("_one"):
        needed = needed - {"{n}"}
    mine, said = placeholders(text), []
    if mine - allowed:
        said.append(f"it has {', '.join(sorted(mine - allowed))}, which nothing is put in for")
    if needed - mine:
        said.append(f"it lacks {', '.join(sorted(needed - mine))}")
    if not said and formatted and not _fills_in(text, allowed):
        said.append("it has a brace that belongs to no placeholder: write ( or [ instead")
    if plain and _MARKUP.search(text):
        said.append("it has HTML, which a page would carry out: write plain text")
    return "; ".join(said)


def _fills_in(text: str, allowed: set[str]) -> bool:
    try:
        fields = [(name, spec, how) for _, name, spec, how in Formatter().parse(text) if name is not None]
    except ValueError:
        return False
    return all("{" + name + "}" in allowed and not spec and not how for name, spec, how in fields)
