"""A text that somebody else wrote, made harmless: for a terminal, where it is read, and for a log, where it is a line.

A terminal obeys control characters: they can clear the screen, change its title or paste a command. Marks that turn
the direction, and characters of no width, show a text as something that it is not. What is written to files or sent
through pipes stays as it is.
"""

from __future__ import annotations

import re
import sys
from typing import TextIO

from ..messages import clean

CONTROLS = "\x00-\x08\x0b-\x1f\x7f-\x9f"
"""Control characters, without line feed and tab, as a part of a regular expression's set."""
UNSEEN = (
    "\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\u3164\ufeff"
    "\uffa0\ufff0-\ufffb\ufffe\uffff\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e0fff"
)
"""Marks that turn the direction of a text, and characters without any width, in the same way."""
_JOINED = "\u0590-\u109f\u1780-\u18af\u2190-\u2bff\ufb50-\ufdff\ufe0f\ufe70-\ufefc\U0001f000-\U0001faff"
_CONTROL = re.compile(f"[{CONTROLS}]")
# Joiners belong to Arabic, Persian, Indian scripts and emoji; between other characters they only hide.
_UNSEEN = re.compile(f"[{UNSEEN}]|(?<![{_JOINED}])[\u200c\u200d]|[\u200c\u200d](?![{_JOINED}])")
_BREAKS = re.compile("[\r\u2028\u2029]")
_LINE_OF_LOG = re.compile(r"[\s\u2028\u2029]+")


def for_terminal(text: object) -> str:
    """A text as a terminal may have it: control characters as pictures, nothing unseen; line breaks stay.

    >>> for_terminal("a\\x1b[31mb\\u202ec\\u200bd")
    'a␛[31mbcd'
    """
    shown = clean_text(text)
    if shown.isascii() and shown.isprintable():
        return shown
    shown = _BREAKS.sub("\n", shown.replace("\r\n", "\n")).expandtabs(4)
    return _UNSEEN.sub("", _CONTROL.sub(_picture, shown))


def on_one_line(text: object) -> str:
    """The same on one line.

    >>> on_one_line("one\\n two   three")
    'one two three'
    """
    return " ".join(for_terminal(text).split())


def for_log(text: object) -> str:
    """A text as one line of a log; what is not printable is escaped, so that it can be told what came.

    >>> for_log("fine\\nERROR: \\x1b[2J\\u202e")
    'fine ERROR: \\\\x1b[2J\\\\u202e'
    """
    line = _LINE_OF_LOG.sub(" ", _CONTROL_OR_BREAK.sub(_kept, clean_text(text))).strip()
    if line.isprintable():
        return line
    return "".join(each if each.isprintable() else each.encode("unicode_escape").decode("ascii") for each in line)


def say(text: object, to: TextIO | None = None, end: str = "\n") -> None:
    """Print a sentence for a person to read, made harmless; what the stream's encoding lacks is a question mark.

    Arguments:
        text: what is said. to: stdout by default. end: what stands behind it.

    >>> say("Sent to \\x9b2J nobody.")
    Sent to \ufffd2J nobody.
    """
    stream = sys.stdout if to is None else to
    if stream is None:  # a program without a console
        return
    shown = for_terminal(text)
    encoding = getattr(stream, "encoding", None) or "utf-8"
    print(shown.encode(encoding, "replace").decode(encoding, "replace"), file=stream, end=end, flush=True)


def clean_text(text: object) -> str:
    """Any object's text, without lone surrogates and NUL; an object whose text fails has its type's name."""
    try:
        return clean(text if isinstance(text, str) else str(text))
    except Exception:  # an error of somebody's may have a broken __str__
        return f"<{type(text).__name__}>"


def _picture(found: re.Match[str]) -> str:
    code = ord(found[0])
    return chr(0x2400 + code) if code < 0x20 else "␡" if code == 0x7F else "\ufffd"


_CONTROL_OR_BREAK = re.compile("[\x0b\x0c\x1c-\x1f\x85]")
"""What Python takes for blanks although it is a control character."""


def _kept(found: re.Match[str]) -> str:
    return f"\\x{ord(found[0]):02x}"
