"""What a template names, and where in its text."""

from __future__ import annotations

import contextlib
import re
from bisect import bisect_left
from collections.abc import Iterator
from functools import lru_cache

from ...errors import PromptError
from ...prompts import template_tree

_OPENING = re.compile(r"\{[{%#]")
_TAG = re.compile(r"\{\{.*?\}\}|\{%.*?%\}")
MOST_TAGS, MOST_LOOKED = 40, 20_000
"""On a line, and characters from the template's start to its end: looking for a broken tag takes no time."""
_QUOTED = re.compile(r"'([^']+)'")


def name_places(template: str) -> dict[str, tuple[int, int]]:
    """The names in a template's tags, each with the line and the column where it stands first, from 1.

    >>> name_places("You own\\n {{ pot.size }}.")["pot"]
    (2, 5)
    """
    from jinja2 import Environment, TemplateSyntaxError

    found: dict[str, tuple[int, int]] = {}
    # Jinja tells lines only. What it gives stands in the text in this order; blanks may be left out between.
    text, at, before = re.sub(r"\r\n|\r", "\n", template), 0, ""
    line, counted = 1, 0
    with contextlib.suppress(TemplateSyntaxError):
        for _, kind, value in Environment(autoescape=False, keep_trailing_newline=True).lex(text):
            at = text.find(value, at)
            if at < 0:
                break
            if kind == "name" and value not in found and before not in (".", "|"):
                line, counted = line + text.count("\n", counted, at), at
                found[value] = line, at - text.rfind("\n", 0, at)
            if kind != "whitespace":
                before = value
            at += len(value)
    return found


def syntax_place(template: str, error: PromptError) -> tuple[int, int, int]:
    """Line, column and length of what is wrong in a broken template; zeros if that is not known."""
    from jinja2 import TemplateSyntaxError

    cause = error.__context__
    if not isinstance(cause, TemplateSyntaxError):
        return 0, 0, 0
    lines = re.split(r"\r\n|\r|\n", template)
    if not 1 <= cause.lineno <= len(lines):
        return cause.lineno, 1, 0
    line = lines[cause.lineno - 1]
    first, last = _broken_tag(lines, cause.lineno, str(cause.message))
    for word in reversed(_QUOTED.findall(str(cause.message))):
        # The brace that was not expected stands behind the one that opens the tag.
        if (at := line.find(word, first + 2, last)) >= 0 or (at := line.find(word, first, last)) >= 0:
            return cause.lineno, at + 1, len(word)
    openings = [match.start() for match in _OPENING.finditer(line, 0, last)]
    return cause.lineno, (openings[-1] if openings else 0) + 1, 0


def _broken_tag(lines: list[str], number: int, message: str) -> tuple[int, int]:
    """Where the tag of a line begins and ends at which Jinja stops; the whole line if that is not known."""
    from jinja2 import Environment, TemplateSyntaxError

    line, nowhere = lines[number - 1], (0, len(lines[number - 1]))
    looked = sum(map(len, lines[:number])) + number
    # What is never closed is looked for to the line's end, each time anew: that is known before a tag is sought.
    if looked > MOST_LOOKED or line.count("{{") + line.count("{%") > MOST_TAGS:
        return nowhere
    tags, before = list(_TAG.finditer(line)), "\n".join([*lines[: number - 1], ""])
    environment = Environment(autoescape=False)

    def broken(tag: re.Match[str]) -> bool:
        try:
            environment.parse(before + line[: tag.end()])
        except TemplateSyntaxError as error:
            return bool(error.message == message)
        return False

    # Jinja stops at the first one, so that it stops with all that follow, too.
    at = bisect_left(tags, True, key=broken) if len(tags) > 1 else len(tags)
    return tags[at].span() if at < len(tags) else nowhere


@lru_cache(maxsize=64)
def own_names(template: str) -> frozenset[str]:
    """Names that a template sets itself (perhaps in one branch only), or asks whether they are there."""
    return frozenset(_own_names(template))


def _own_names(template: str) -> Iterator[str]:
    from jinja2 import nodes

    tree = template_tree(template)
    for name in tree.find_all(nodes.Name):
        if name.ctx in ("store", "param"):
            yield name.name
    for test in tree.find_all((nodes.Test, nodes.Filter)):
        if test.name in ("defined", "undefined", "default", "d") and isinstance(test.node, nodes.Name):
            yield test.node.name


@lru_cache(maxsize=64)
def treatment_names(template: str) -> frozenset[str] | None:
    """What a template takes from `treatment`; None if that cannot be told, as with `treatment[name]`.

    >>> sorted(treatment_names("{{ treatment.pot }} in {{ treatment.name }}"))
    ['name', 'pot']
    """
    if "treatment" not in template:
        return frozenset()
    from jinja2 import nodes

    tree, taken, direct = template_tree(template), set(), 0
    for node in tree.find_all(nodes.Getattr):
        if isinstance(node.node, nodes.Name) and node.node.name == "treatment":
            taken.add(node.attr)
            direct += 1
    named = sum(name.name == "treatment" for name in tree.find_all(nodes.Name))
    return frozenset(taken) if named == direct and "as_dict" not in taken else None


def choice_names(template: str) -> list[str]:
    """What a template takes out of choices that are JSON objects, e.g. ``keep`` of ``other.choices[-1].keep``."""
    from jinja2 import nodes

    tree, found = template_tree(template), []
    called = {id(call.node) for call in tree.find_all(nodes.Call)}
    for node in tree.find_all((nodes.Getattr, nodes.Getitem)):
        name = node.attr if isinstance(node, nodes.Getattr) else getattr(node.arg, "value", None)
        of_ours = isinstance(node.node, nodes.Name) and node.node.name in _NO_CHOICES
        if isinstance(name, str) and id(node) not in called and not of_ours and name not in _OF_THREADS:
            found.append(name)
    return list(dict.fromkeys(found))


_NO_CHOICES = frozenset(("treatment", "loop", "convo", "self"))
_OF_THREADS = frozenset(("choices", "i", "round", "rounds", "treatment", "model", "tainted", "metadata", "name"))
