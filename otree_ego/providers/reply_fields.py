"""A service's fields as ours: the one place where what it sends is cleaned and bounded.

Nothing here raises: what is not what it should be is unknown, or empty.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from ..messages import Usage, clean
from .secret import Secret
from .size_limits import COUNT, NAME

SHORTEST_KEY = 8
"""Characters of a key from which on it is looked for in a reply's text; shorter ones are words, like "none"."""
MASK = "[key]"


def word(value: Any, most: int = NAME) -> str:
    """A name or a code: clean, on one line, without control characters, no longer than `most`.

    >>> word("gpt\\ud83d\\n4o"), word(["x"])
    ('gpt\\ufffd 4o', '')
    """
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value) if abs(value) <= COUNT else ""
    if not isinstance(value, str):
        return ""
    line = " ".join(clean(value[: 2 * most]).split())
    return (line if line.isprintable() else "".join(each for each in line if each.isprintable()))[:most]


def count(value: Any) -> int | None:
    """A number of tokens, None if it is none."""
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return value if isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= COUNT else None


def amount(value: Any) -> float | None:
    """An amount of money: finite and not negative, None if it is none.

    >>> amount(0.5), amount(float("inf")), amount(10**400), amount("much")
    (0.5, None, None, None)
    """
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    try:
        found = float(value)
    except OverflowError:
        return None
    return found if math.isfinite(found) and found >= 0 else None


def moment(value: Any) -> float | None:
    """A time in seconds since 1970, None if it is none that a calendar has.

    >>> moment(1_900_000_000), moment(float("inf")), moment(10**400)
    (1900000000.0, None, None)
    """
    found = amount(value)
    return found if found is not None and found < 1e11 else None


def table(value: Any) -> Mapping[str, Any]:
    """An object; an empty one if it is none."""
    return value if isinstance(value, dict) else {}


def reports_error(body: Mapping[str, Any]) -> bool:
    """Whether an object without choices reports an error, although it has no field of that name.

    >>> reports_error({"object": "error", "message": "No such model."}), reports_error({"detail": "Not Found"})
    (True, False)
    """
    if body.get("object") == "error" or body.get("type") == "error":
        return True
    coded = any(body.get(name) for name in ("code", "type", "status"))
    return bool(isinstance(body.get("message"), str) and coded) or bool(isinstance(body.get("errors"), list))


def words(content: Any) -> str:
    """A text, which may come as a string, as nothing, or as a list of parts."""
    if isinstance(content, str):
        return content
    if isinstance(content, dict):
        content = [content]
    if not isinstance(content, list):
        return ""
    content = [{"text": part} if isinstance(part, str) else part for part in content]
    texts = [part for part in content if isinstance(part, dict) and part.get("type", "text") in ("text", "output_text")]
    return "".join(part["text"] for part in texts if isinstance(part.get("text"), str))


def thoughts(message: Mapping[str, Any]) -> str:
    """What a message has of a model's thoughts in fields of their own; services name them differently.

    >>> thoughts({"reasoning": None, "reasoning_details": [{"type": "reasoning.text", "text": "Hm."}]})
    'Hm.'
    """
    for name in ("reasoning_content", "reasoning", "thinking"):
        if found := _thought(message.get(name)):
            return found
    if found := _thought(message.get("reasoning_details")):
        return found
    content = message.get("content")
    if not isinstance(content, list):
        return ""
    return "".join(
        _thought(part.get("thinking")) or _thought(part.get("text"))
        for part in content
        if isinstance(part, dict) and part.get("type") in ("thinking", "reasoning")
    )


def _thought(value: Any) -> str:
    if isinstance(value, str):
        return value
    if isinstance(value, dict):
        value = [value]
    if not isinstance(value, list):
        return ""
    found: list[str] = []
    for part in value:
        texts = (part,) if isinstance(part, str) else [table(part).get(name) for name in ("text", "summary", "content")]
        found += [text for text in texts if isinstance(text, str)][:1]
    return "".join(found)


def usage_of(chunk: Mapping[str, Any]) -> Mapping[str, Any] | None:
    """Where a chunk has what was used: ``usage``, ``x_groq.usage`` or ``choices[0].usage``."""
    choices = chunk.get("choices")
    first = choices[0] if isinstance(choices, list) and choices else None
    for found in (chunk.get("usage"), table(chunk.get("x_groq")).get("usage"), table(first).get("usage")):
        if isinstance(found, dict) and found:
            return found
    return None


def usage(found: Mapping[str, Any]) -> tuple[Usage, int, float | None]:
    """Tokens, how many of those that went in came from a cache, and what the service says that it cost."""
    inputs = table(found.get("prompt_tokens_details"))
    outputs = table(found.get("completion_tokens_details"))
    tokens = Usage(
        count(found.get("prompt_tokens")), count(found.get("completion_tokens")), count(outputs.get("reasoning_tokens"))
    )
    return tokens, count(inputs.get("cached_tokens")) or 0, amount(found.get("cost"))


class KeyMask:
    """Takes a key out of text that comes in pieces, exactly and only the key.

    Arguments:
        key: the key; None, or too short a one, masks nothing.

    >>> mask = KeyMask(Secret("sk-0123456789"))
    >>> [mask.feed("I know sk-01"), mask.feed("23456789!"), mask.end()]
    ['I know ', '[key]!', '']
    """

    def __init__(self, key: Secret | None) -> None:
        value = key.reveal() if key else ""
        self._key = value if len(value) >= SHORTEST_KEY else ""
        self._first = self._key[:1]
        self._tail = ""

    def __bool__(self) -> bool:
        return bool(self._key)

    def feed(self, piece: str) -> str:
        """What of the text so far can be given out."""
        key = self._key
        if not key or (not self._tail and self._first not in piece):
            return piece
        text = self._tail + piece
        if key in text:
            text = text.replace(key, MASK)
        at = text.find(self._first, max(0, len(text) - len(key) + 1))
        while at >= 0 and not key.startswith(text[at:]):
            at = text.find(self._first, at + 1)
        self._tail, text = (text[at:], text[:at]) if at >= 0 else ("", text)
        return text

    def end(self) -> str:
        """The rest."""
        rest, self._tail = self._tail, ""
        return rest

    def holds(self, text: str) -> bool:
        """Whether the key stands in a text that is of no use without it, such as an id."""
        return bool(self._key) and self._key in text

    def whole(self, text: str) -> str:
        """A text that came whole."""
        return text.replace(self._key, MASK) if self._key and self._key in text else text


class CleanPieces:
    """Cleans a text that comes in pieces: half of a character waits for its other half, in the next piece."""

    __slots__ = ("kept",)

    def __init__(self) -> None:
        self.kept = ""

    def feed(self, piece: str) -> str:
        """What of the text so far can be given out."""
        piece, self.kept = self.kept + piece, ""
        if piece and "\ud800" <= piece[-1] <= "\udbff":
            piece, self.kept = piece[:-1], piece[-1]
        return clean(piece)

    def end(self) -> str:
        """The rest."""
        rest, self.kept = self.kept, ""
        return clean(rest)
