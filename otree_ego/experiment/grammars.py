"""Grammars (GBNF) that let the embedded model give only answers of a form: `extra={"grammar": …}`."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from ..errors import ConfigError


def choice_grammar(options: Sequence[str]) -> str:
    """A grammar for exactly one of some texts.

    >>> choice_grammar(["ACCEPT", "REJECT"])
    'root ::= "ACCEPT" | "REJECT"'
    """
    if not options or not all(options):
        raise ConfigError("A choice needs one text or more, none of them empty.")
    return "root ::= " + " | ".join(json.dumps(option) for option in options)


def number_grammar(low: int = 0, high: int = 100) -> str:
    """A grammar for exactly one whole number in a range of up to 10,001 numbers, both ends included.

    >>> number_grammar(8, 11)
    'root ::= "8" | "9" | "10" | "11"'
    """
    if not 0 <= high - low <= 10_000:
        raise ConfigError(f"A range has 1 to 10,001 whole numbers; {low} to {high} has not.")
    return "root ::= " + " | ".join(f'"{number}"' for number in range(low, high + 1))


def constrained(model: str, grammar: str) -> dict[str, Any]:
    """Arguments that keep the embedded model to a grammar; none for other models, which are asked freely.

    Arguments:
        model: who is asked. grammar: of the answer.

    >>> constrained("local/smollm2", choice_grammar(["YES", "NO"]))
    {'extra': {'grammar': 'root ::= "YES" | "NO"'}}
    >>> constrained("gpt-4o", choice_grammar(["YES", "NO"]))
    {}
    """
    return {"extra": {"grammar": grammar}} if model.startswith("local/") else {}
