"""Grammars (GBNF) that let the embedded model give only answers of a form: `extra={"grammar": …}`."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any

from .errors import ConfigError

ENUMERATED = 20
"""Ranges of so many numbers are written out, larger ones by their digits."""
DIGITS = 9
"""Digits of a number that has no bound on that side."""
ROOM, SHORT = 600, 40
"""Characters of all texts of an object together, and of each at least."""
REASONING = 400
"""Characters of reasoning, at most."""
_CHARACTER = r"[^\x00-\x1f\x7f]"
_FIRST = r"[^\x00-\x20\x7f]"
_IN_JSON = r'[^"\\\x00-\x1f\x7f]'
_FIRST_IN_JSON = r'[^"\\\x00-\x20\x7f]'


def literal(text: str) -> str:
    r"""A text as it stands in a grammar.

    >>> print(literal('say "ä"'))
    "say \"ä\""
    """
    return json.dumps(text, ensure_ascii=False)


def choice_grammar(options: Sequence[str]) -> str:
    """A grammar for exactly one of some texts.

    >>> choice_grammar(["ACCEPT", "REJECT"])
    'root ::= "ACCEPT" | "REJECT"'
    """
    if not options or not all(options):
        raise ConfigError("A choice needs one text or more, none of them empty.")
    return "root ::= " + " | ".join(literal(option) for option in options)


def number_grammar(low: float | None = 0, high: float | None = 100, places: int = 0) -> str:
    """A grammar for exactly one number in a range, both ends included.

    Arguments:
        low, high: the range; None for no bound (then the number has nine digits at most).
        places: decimals that the number may have; 0 for whole numbers.

    >>> number_grammar(8, 11)
    'root ::= "8" | "9" | "10" | "11"'
    >>> number_grammar(0, 250)
    'root ::= [0-9] | [1-9] [0-9] | "1" [0-9]{2} | "2" [0-4] [0-9] | "250"'
    >>> number_grammar(-30, -1)
    'root ::= "-" [1-9] | "-" [1-2] [0-9] | "-30"'
    >>> number_grammar(0, 1, places=1)
    'root ::= "0" | "1" | "0." [0-9] | "1.0"'
    """
    return "root ::= " + number_rule(low, high, places)


@lru_cache(maxsize=1024, typed=True)
def number_rule(low: float | None, high: float | None, places: int = 0) -> str:
    """The alternatives of `number_grammar`, without its name.

    Raises:
        ConfigError: no number is in the range.
    """
    least = -(10**DIGITS - 1) if low is None else low
    most = 10**DIGITS - 1 if high is None else high
    found = _signed(math.ceil(least), math.floor(most), 0)
    if places:
        scale = 10**places
        found += _signed(math.ceil(round(least * scale, 6)), math.floor(round(most * scale, 6)), places)
    if not found:
        raise ConfigError(f"A range has at least one number; {low} to {high} has none.")
    return " | ".join(dict.fromkeys(found))


def text_grammar(least: int, most: int) -> str:
    """A grammar for one line of text, not blank.

    Arguments:
        least, most: its length in characters.

    >>> text_grammar(1, 3)
    'root ::= [^\\\\x00-\\\\x20\\\\x7f] [^\\\\x00-\\\\x1f\\\\x7f]{0,2}'
    """
    return f"root ::= {_text(least, most, _FIRST, _CHARACTER)}"


def string_rule(least: int, most: int) -> str:
    r"""A text of so many characters in JSON's quotes.

    >>> print(string_rule(1, 9))
    "\"" [^"\\\x00-\x20\x7f] [^"\\\x00-\x1f\x7f]{0,8} "\""
    """
    return rf'"\"" {_text(least, most, _FIRST_IN_JSON, _IN_JSON)} "\""'


def object_grammar(answer: str) -> str:
    r"""A grammar for ``{"reasoning": …, "answer": …}``.

    Arguments:
        answer: the answer's alternatives.

    >>> print(object_grammar('"1" | "2"').rpartition("\n")[0])
    root ::= "{\"reasoning\": " reasoning ", \"answer\": " answer "}"
    answer ::= "1" | "2"
    """
    root = r'root ::= "{\"reasoning\": " reasoning ", \"answer\": " answer "}"'
    return "\n".join([root, f"answer ::= {answer}", f"reasoning ::= {string_rule(1, REASONING)}"])


def fields_grammar(fields: Mapping[str, str], reasoning: bool = False) -> str:
    r"""A grammar for a JSON object with exactly these fields, in their order.

    Arguments:
        fields: the alternatives of each one's value, by its name. reasoning: whether it stands in
            ``{"reasoning": …, "answer": …}``.

    >>> print(fields_grammar({"keep": '"0" | "1"', "sure": '"true" | "false"'}))
    root ::= "{\"keep\": " f0 ", \"sure\": " f1 "}"
    f0 ::= "0" | "1"
    f1 ::= "true" | "false"
    """
    names = [json.dumps(name, ensure_ascii=False) for name in fields]
    items = [f"{literal((', ' if number else '{') + name + ': ')} f{number}" for number, name in enumerate(names)]
    lines = [f"f{number} ::= {rule}" for number, rule in enumerate(fields.values())]
    whole = f'{" ".join(items)} "}}"'
    if not reasoning:
        return "\n".join([f"root ::= {whole}", *lines])
    start = literal('{"reasoning": ') + " reasoning " + literal(', "answer": ')
    return "\n".join([f'root ::= {start} {whole} "}}"', *lines, f"reasoning ::= {string_rule(1, REASONING)}"])


def constrained(model: str, grammar: str) -> dict[str, Any]:
    """Arguments that keep the embedded model to a grammar; none for other models, which are asked freely.

    Arguments:
        model: who is asked. grammar: of the answer.

    >>> constrained("local/smollm2", choice_grammar(["YES", "NO"]))
    {'extra': {'grammar': 'root ::= "YES" | "NO"'}}
    >>> constrained("gpt-6-luna", choice_grammar(["YES", "NO"]))
    {}
    """
    return {"extra": {"grammar": grammar}} if model.startswith("local/") else {}


def _text(least: int, most: int, first: str, other: str) -> str:
    return f"{first} {other}{{{max(0, least - 1)},{max(0, least - 1, most - 1)}}}"


def _signed(low: int, high: int, places: int) -> list[str]:
    """Alternatives for whole numbers, or for numbers with decimals, given without their point."""
    if not places and 0 <= high - low < ENUMERATED:
        return [f'"{number}"' for number in range(low, high + 1)]
    found = []
    if low < 0 and high >= low:
        found += _alternatives(max(1, -high), -low, places, "-")
    if high >= max(0, low):
        found += _alternatives(max(0, low), high, places, "")
    return found


def _alternatives(low: int, high: int, places: int, sign: str) -> list[str]:
    found: list[str] = []
    width = max(places + 1, len(str(low)))
    while low <= high:
        top = min(high, 10**width - 1)
        found += [_written(each, places, sign) for each in _ranges(str(low).zfill(width), str(top).zfill(width))]
        low, width = top + 1, width + 1
    return found


def _ranges(low: str, high: str) -> list[list[tuple[str, str]]]:
    """Lists of ranges of digits that together are the numbers between two of equal length."""
    if not low:
        return [[]]
    rest = len(low) - 1
    if low[0] == high[0]:
        return [[(low[0], low[0]), *each] for each in _ranges(low[1:], high[1:])]
    found: list[list[tuple[str, str]]] = []
    first, last = int(low[0]), int(high[0])
    if low[1:] != "0" * rest:
        found += [[(low[0], low[0]), *each] for each in _ranges(low[1:], "9" * rest)]
        first += 1
    tail: list[list[tuple[str, str]]] = []
    if high[1:] != "9" * rest:
        tail = [[(high[0], high[0]), *each] for each in _ranges("0" * rest, high[1:])]
        last -= 1
    if first <= last:
        found.append([(str(first), str(last)), *[("0", "9")] * rest])
    return found + tail


def _written(digits: Sequence[tuple[str, str]], places: int, sign: str) -> str:
    """Ranges of digits as a grammar writes them: what is fixed is one text, what repeats is counted."""
    parts: list[list[Any]] = [["text", sign, 1]] if sign else []
    for place, (first, last) in enumerate(digits):
        if places and place == len(digits) - places:
            _join(parts, "text", ".")
        _join(parts, "text" if first == last else "range", first if first == last else f"[{first}-{last}]")
    return " ".join(
        f'"{text}"' if kind == "text" else text + (f"{{{times}}}" if times > 1 else "") for kind, text, times in parts
    )


def _join(parts: list[list[Any]], kind: str, text: str) -> None:
    if parts and parts[-1][0] == kind == "text":
        parts[-1][1] += text
    elif parts and parts[-1][:2] == [kind, text]:
        parts[-1][2] += 1
    else:
        parts.append([kind, text, 1])
