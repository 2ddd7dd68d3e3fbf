"""The filters of a scenario as the page edits them, each with its seat; what belongs to no seat is kept beside them."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from ..experiment.built.seat_answers import simple_filter
from .json_texts import Literal, plain
from .seat_form import answer_data

_NUMBER = re.compile(r"-?(0|[1-9]\d*)")


def filters_form(given: Any, numbers: Sequence[str]) -> tuple[list[Any], dict[str, list[Any]]]:
    """Each seat's filter, None where it has none; and what is left.

    Arguments:
        given: the filters of a file. numbers: the seats', as they are written.

    >>> filters_form({"1": ["JSON"], "7": ["As is"]}, ["1", "2"])
    ([['JSON'], None], {'spare_filters': [], 'numbered_filters': [['7', ['As is']]]})
    """
    entries = _numbered(given)
    if entries is None:
        found = [plain(each) for each in given]
        own = found[: len(numbers)]
        left = {"spare_filters": found[len(numbers) :], "numbered_filters": list[Any]()}
        return [*own, *[None] * (len(numbers) - len(own))], left
    last = {number: place for place, (number, _) in enumerate(entries)}
    spare = [[n, plain(by)] for place, (n, by) in enumerate(entries) if n not in numbers or last[n] != place]
    seats = [plain(entries[last[number]][1]) if number in last else None for number in numbers]
    return seats, {"spare_filters": [], "numbered_filters": spare}


def filters_data(form: Mapping[str, Any], numbers: Sequence[Literal]) -> Any:
    """What a file gets: a list in the seats' order, and with numbers where that alone would not say whose each is.

    Arguments:
        form: from the page. numbers: the seats'.
    """
    own = [_filter(each) for each in form["threads"]]
    spare, numbered = list(form.get("spare_filters", [])), [(str(n), by) for n, by in form.get("numbered_filters", [])]
    while own and own[-1] is None and not spare:
        own.pop()
    if spare or not (numbered or None in own):
        return [*own, *spare]
    seats = [(number, by) for number, by in zip(numbers, own, strict=False) if by is not None]
    # Where a number stands twice, the last one is read.
    taken = [each for each in numbered if each[0] in numbers]
    entries = [*taken, *seats, *(each for each in numbered if each not in taken)]
    if all(_NUMBER.fullmatch(number) for number, _ in entries):
        return [[Literal(number), by] for number, by in entries]
    return dict(entries)


def _numbered(given: Any) -> list[tuple[str, Any]] | None:
    """The filters with their seats' numbers; None if they have none."""
    if isinstance(given, dict):
        return list(given.items())
    pairs = [each for each in given if isinstance(each, list) and len(each) == 2 and isinstance(each[0], Literal)]
    return [(str(number), by) for number, by in pairs] if pairs and len(pairs) == len(given) else None


def _filter(seat: Mapping[str, Any]) -> Any:
    """The filter of a seat; beside a typed answer the nearest one that alter_ego has."""
    if seat.get("answer") and not seat.get("filter"):
        return simple_filter(answer_data(seat["answer"]))
    return seat["filter"]
