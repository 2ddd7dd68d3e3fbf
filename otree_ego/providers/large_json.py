"""JSON that is large, read in short steps: Python's own reader would hold everybody up until it is done with it.

A list or object that fits into a window is read at once; a larger one value by value, with a pause between them.
"""

from __future__ import annotations

import json
import re
import time
from collections.abc import Callable
from typing import Any

from .size_limits import ITEMS

WINDOW = 32_768
"""Characters of JSON that are read in one step."""
_FIRST = 1_024
"""Characters of a first, cheaper try."""
_DEEPEST = 30
"""How deep large lists and objects may stand in one another."""
_OFTEN = 256
"""Values after which there is a pause."""
_KEPT = frozenset(
    (
        "choices", "message", "delta", "content", "text", "error", "errors", "detail", "details", "metadata",
        "thinking", "reasoning", "reasoning_details", "reasoning_content", "usage",
    )
)  # fmt: skip
"""Names whose values are kept also where they are large; of others (such as ``logprobs``) nobody reads anything."""
_decoder: Any = json.JSONDecoder()
_string: Callable[[str, int, bool], tuple[str, int]] = vars(json.decoder)["scanstring"]
_space = re.compile(r"[ \t\n\r]*").match


class TooManyItems(ValueError):
    """A list or object has more values than are taken."""


class Rest:
    """A pause for a thread that works for long: it sleeps as long as it has worked since the last one."""

    def __init__(self) -> None:
        self._since = time.thread_time()

    def __call__(self) -> None:
        used = time.thread_time() - self._since
        if used > 0.001:
            time.sleep(used)
            self._since = time.thread_time()


def no_rest() -> None:
    """No pause."""


def loads(text: str, pause: Callable[[], None] = no_rest) -> Any:
    """What a text of JSON holds; large values that nobody reads are None.

    Arguments:
        text: the JSON, without space around it.
        pause: called between two steps of a millisecond or less.

    Raises:
        ValueError: it is not JSON. RecursionError: it is nested too deeply. TooManyItems: it has too many values.

    >>> loads('{"model": "x", "choices": [{"text": "Hi"}]}')
    {'model': 'x', 'choices': [{'text': 'Hi'}]}
    """
    if len(text) <= WINDOW:
        return _decoder.decode(text)
    value, end = _value(text, _blank(text, 0), 0, True, pause)
    if _blank(text, end) != len(text):
        raise ValueError(f"something stands after the JSON, at {end}")
    return value


def _blank(text: str, at: int) -> int:
    found = _space(text, at)
    assert found is not None
    return found.end()


def _value(text: str, at: int, depth: int, keep: bool, pause: Callable[[], None]) -> tuple[Any, int]:
    opening = text[at : at + 1]
    if opening == '"':
        return _string(text, at + 1, True)
    if opening not in ("{", "["):
        return _at_once(text, at)
    for size in (_FIRST, WINDOW):
        part = text[at : at + size]
        try:
            value, end = _at_once(part, 0)
        except ValueError:
            if at + size >= len(text):  # it is all there is, so it is wrong
                raise
        else:
            return value, at + end
    pause()
    if depth == _DEEPEST:
        raise RecursionError
    if opening == "[":
        return _list(text, at + 1, depth + 1, keep, pause)
    return _object(text, at + 1, depth + 1, keep, pause)


def _at_once(text: str, at: int) -> tuple[Any, int]:
    try:
        value, end = _decoder.scan_once(text, at)
    except StopIteration:
        raise ValueError(f"no value at {at}") from None
    return value, end


def _list(text: str, at: int, depth: int, keep: bool, pause: Callable[[], None]) -> tuple[Any, int]:
    found: list[Any] = []
    number = 0
    while True:
        number += 1
        if number % _OFTEN == 0:
            pause()
        value, at = _value(text, _blank(text, at), depth, keep, pause)
        if keep:
            found.append(value)
            _bounded(len(found))
        at, over = _next(text, at, "]")
        if over:
            return found if keep else None, at


def _object(text: str, at: int, depth: int, keep: bool, pause: Callable[[], None]) -> tuple[Any, int]:
    found: dict[str, Any] = {}
    number = 0
    while True:
        number += 1
        if number % _OFTEN == 0:
            pause()
        at = _blank(text, at)
        if text[at : at + 1] != '"':
            raise ValueError(f"no name at {at}")
        name, at = _string(text, at + 1, True)
        at = _blank(text, at)
        if text[at : at + 1] != ":":
            raise ValueError(f"no colon at {at}")
        value, at = _value(text, _blank(text, at + 1), depth, keep and name in _KEPT, pause)
        if keep:
            found[name] = value
            _bounded(len(found))
        at, over = _next(text, at, "}")
        if over:
            return found if keep else None, at


def _bounded(size: int) -> None:
    if size > ITEMS:
        raise TooManyItems(f"a list or object in it has more than {ITEMS} values")


def _next(text: str, at: int, closing: str) -> tuple[int, bool]:
    at = _blank(text, at)
    char = text[at : at + 1]
    if char not in (",", closing) or not char:
        raise ValueError(f"neither a comma nor {closing} at {at}")
    return at + 1, char == closing
