"""The text of one field of a JSON object that is still being written, as far as it has come."""

from __future__ import annotations

import json
import re

_BODY = r'(?:[^"\\]|\\u[0-9a-fA-F]{4}|\\[^u])*'
_STRING = re.compile(rf'"({_BODY})("?)', re.DOTALL)
_BETWEEN, _COLON = re.compile(r"[\s,]*"), re.compile(r"\s*:\s*")
_TOKEN = re.compile(rf'"{_BODY}"|[{{}}\[\],]|[^"{{}}\[\],]+', re.DOTALL)


def text_so_far(written: str, name: str) -> str:
    """The text under a name in an object of which only the beginning may be there; empty if it has not begun.

    What stands before the object (a fence, a word of welcome) is passed over. A character that is half written is
    left out.

    >>> text_so_far('{"mood": {"text": "no"}, "text": "Good mor', "text")
    'Good mor'
    >>> text_so_far('{"text": "caf\\\\u00', "text")
    'caf'
    """
    at = written.find("{") + 1
    while at > 0:
        between = _BETWEEN.match(written, at)
        key = _STRING.match(written, between.end() if between else at)
        colon = _COLON.match(written, key.end()) if key is not None and key[2] else None
        if key is None or colon is None:
            return ""
        at = colon.end()
        if _decoded(key[1]) == name:
            value = _STRING.match(written, at)
            return _decoded(value[1]) if value is not None else ""
        at = _after_value(written, at)
    return ""


def _after_value(written: str, at: int) -> int:
    """Where the value that begins here has ended; 0 if it has not, or the object with it."""
    depth = 0
    while (token := _TOKEN.match(written, at)) is not None:
        if token[0] in "{[":
            depth += 1
        elif token[0] in "}]":
            if depth == 0:
                return 0
            depth -= 1
        elif token[0] == "," and depth == 0:
            return at
        at = token.end()
    return 0


def _decoded(body: str) -> str:
    try:
        found = str(json.loads(f'"{body}"', strict=False))
    except ValueError:  # an escape that JSON does not have
        return body
    return found[:-1] if found and "\ud800" <= found[-1] <= "\udbff" else found
