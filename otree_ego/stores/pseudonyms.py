"""Putting something else where names are."""

from __future__ import annotations

import json
import pickle
import re
from collections.abc import Callable, Collection
from typing import Any

from ..errors import StateError
from ..threads.pickles import read_pickle


def replacing(names: Collection[str], by: str) -> Callable[[Any], Any]:
    """A function that puts something else in the place of names, wherever they stand as words of their own.

    >>> change = replacing({"Ada", "Ada L"}, "P1")
    >>> change("Ada L. and ada, not Adam or Canada")
    'P1. and P1, not Adam or Canada'
    """
    if not names:
        return lambda text: text
    longest_first = sorted({form for name in names for form in (name, _in_json(name))}, key=len, reverse=True)
    pattern = re.compile(r"(?<!\w)(?:" + "|".join(map(re.escape, longest_first)) + r")(?!\w)", re.IGNORECASE)
    return lambda text: pattern.sub(lambda _: by, text) if isinstance(text, str) else text


def _in_json(name: str) -> str:
    return json.dumps(name)[1:-1]


def renamed_state(state: bytes, change: Callable[[Any], Any]) -> bytes:
    """A Thread's attributes with other names in their texts; objects of classes stay as they are."""
    try:
        found = read_pickle(state, foreign=True)
    except StateError:
        return state
    if not _is_all_plain(found):
        return state
    renamed = _renamed(found, change)
    return state if renamed == found else pickle.dumps(renamed, protocol=4)


def _is_all_plain(value: Any) -> bool:
    if isinstance(value, dict):
        return all(_is_all_plain(each) for each in (*value, *value.values()))
    if type(value) in (list, tuple, set, frozenset):
        return all(map(_is_all_plain, value))
    return value is None or type(value) in (bool, int, float, str, bytes)


def _renamed(value: Any, change: Callable[[Any], Any]) -> Any:
    if isinstance(value, dict):
        return {_renamed(key, change): _renamed(held, change) for key, held in value.items()}
    if type(value) in (list, tuple, set, frozenset):
        return type(value)(_renamed(held, change) for held in value)
    return change(value)
