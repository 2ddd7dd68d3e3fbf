"""A session config's values in oTree's *Configure session* form: shown whole, and read back as they were meant."""

from __future__ import annotations

import itertools
import math
import re
from dataclasses import dataclass
from html import unescape
from html.entities import html5
from typing import Any

from ..errors import ConfigError
from .settings import PREFIX, SETTINGS, Setting
from .settings_page import sentence

MOST_LINES = 16
WIDTH = 90
EDGE = 8
"""So many characters tell where a text was cut, or joined."""
_REFERENCE = re.compile(r"&(?:#(?:\d+|[xX][\da-fA-F]+);?|[a-zA-Z][a-zA-Z\d]*(?:;|(?![=a-zA-Z\d])))")
_BREAK = re.compile(r"\r\n|\r|\n")
_NOT_IN_HTML = re.compile("[\0\ud800-\udfff]")


@dataclass(frozen=True)
class Shown:
    """How the form shows a value.

    Fields:
        text: what the field holds, if the value is a text.
        lines: how high its field is; 0 for a field that takes one line only.
        help: a line below the field.
    """

    text: str = ""
    lines: int = 0
    help: str = ""


@dataclass(frozen=True)
class Returned:
    """What a form says of a value of the session config.

    Fields:
        name: the setting's.
        configured: its value in the session config.
        text: what was sent.
        whole: whether the field held all of the configured text: it was one of ours, not oTree's.
    """

    name: str
    configured: Any
    text: str
    whole: bool


def show(name: str, value: Any) -> Shown:
    """How a setting is shown: what can be a longer text in a field of several lines, and what the setting is for."""
    row = _row(name)
    if not isinstance(value, str):
        return Shown(help=sentence(name))
    text = in_a_field(value)
    several = "\n" in text or row is None or (row.kind is str and not row.options and not row.names_model)
    lines = sum(1 + len(line) // WIDTH for line in text.split("\n"))
    least = 4 if row is not None and row.verbatim else 1
    return Shown(text, max(least, min(lines, MOST_LINES)) if several else 0, sentence(name))


def read(returned: Returned) -> Any:
    """The value that a setting has when a form was sent: the configured one, if it was not edited.

    Raises:
        ConfigError: the text is what is left of the configured one, or a number is none.
    """
    if isinstance(returned.configured, str):
        return _text(returned)
    return _number(returned)


def in_a_field(text: str) -> str:
    """A text as a browser's field holds it: line breaks of one kind, and without what a page cannot have."""
    return _NOT_IN_HTML.sub("\ufffd", _BREAK.sub("\n", text))


def as_otree_shows(text: str) -> str:
    """What a browser makes of the field that oTree writes for a text: ``<input type='text' value='{}'>``, unescaped.

    >>> as_otree_shows("Ask &amp; answer.\\nDon't reveal it.")
    'Ask & answer.Don'
    """
    return _BREAK.sub("", _attribute(text))


def _attribute(text: str) -> str:
    """What a browser reads between the first two apostrophes of ``value='{}'``."""
    return _REFERENCE.sub(_character, in_a_field(text.partition("'")[0]))


def _character(found: re.Match[str]) -> str:
    reference = found[0]
    return unescape(reference) if reference[1] == "#" else html5.get(reference[1:], reference)


def _text(returned: Returned) -> str:
    configured: str = returned.configured
    text = in_a_field(returned.text)
    if text == in_a_field(configured):
        return configured
    if not returned.whole:
        if returned.text in ("", as_otree_shows(configured)):
            return configured
        _not_of_a_part(returned)
    # A browser sends each line break as CR LF.
    kinds = set(_BREAK.findall(configured))
    return _BREAK.sub(kinds.pop() if len(kinds) == 1 else "\n", returned.text)


def _not_of_a_part(returned: Returned) -> None:
    """Refuse what was edited in a field that held a part of the text only: the rest cannot be known."""
    configured: str = returned.configured
    end = as_otree_shows(configured)[-EDGE:]
    if "'" in configured and len(end) == EDGE and returned.text.endswith(end):
        what = f"ends at “{end}”, where the form has cut the text of settings.py: at its first apostrophe"
    elif any(joined in returned.text for joined in _joints(_attribute(configured))):
        what = "has lost the line breaks of the text in settings.py"
    else:
        return
    raise ConfigError(
        f"{returned.name} {what}. Load the page again and write the whole text, or change it in settings.py."
    )


def _joints(text: str) -> list[str]:
    """What stands around the line breaks of a text, without them."""
    lines = [line for line in text.split("\n") if line]
    joined = [left[-EDGE:] + right[:EDGE] for left, right in itertools.pairwise(lines)]
    return [joint for joint in joined if len(joint) >= EDGE]


def _number(returned: Returned) -> Any:
    """As oTree reads it, but exact, and without cutting 0.7 to 0 where the session config has a whole number."""
    configured: int | float = returned.configured
    text = returned.text.strip()
    if text in ("", str(configured)):
        return configured
    kind = type(configured)
    value = _number_in(text)
    if value is not None and (kind is float or int(value) == value):
        return kind(value)
    row = _row(returned.name)
    if row is not None:
        return row.read(text if value is None else value)
    number = "a whole number" if kind is int else "a number"
    raise ConfigError(f"{returned.name} = {text!r:.60}: this setting takes {number}, such as {configured}.")


def _number_in(text: str) -> int | float | None:
    """The number that a text is, None if it is none."""
    for kind in (int, float):
        try:
            value = kind(text)
            return value if math.isfinite(value) else None
        except (ValueError, OverflowError):
            continue
    return None


def _row(name: str) -> Setting | None:
    return SETTINGS.get(name.removeprefix(PREFIX)) if name.startswith(PREFIX) else None
