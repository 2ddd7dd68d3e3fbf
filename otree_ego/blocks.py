"""Who gets which treatment: factors that are crossed, and drawn in permuted blocks from a seed. Knows no oTree."""

from __future__ import annotations

import json
import math
import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from functools import lru_cache
from itertools import chain, product, repeat
from typing import Any, TypeVar

from .errors import ConfigError

T = TypeVar("T")
ABOUT = (
    "session", "participant", "participant_label", "participant_ai", "id_in_session", "round", "group",
    "assignment", "assignment_place", "assignment_seed",
)  # fmt: skip
"""What the export says of an assignment; a factor has another name."""
_LARGEST = 10_000
_OPTIONS = "texts, numbers, True, False, None, lists or dicts of these, or objects with a `name` (a Treatment)"


def permuted_blocks(cells: Sequence[T], draw: random.Random) -> Iterator[T]:
    """The cells in blocks without end: each block has every cell once, in an order drawn anew.

    So no two cells ever differ by more than one, and what comes later never changes what came before.

    >>> from itertools import islice
    >>> sorted(islice(permuted_blocks(["a", "b", "c"], random.Random(1)), 6))
    ['a', 'a', 'b', 'b', 'c', 'c']
    """
    while True:
        block = list(cells)
        draw.shuffle(block)
        yield from block


@dataclass(frozen=True)
class Option:
    """One of a factor's options: as it was given, as it is stored, and how often it comes in a block."""

    given: Any
    stored: Any
    weight: int


class Design:
    """Some factors, each with its options, crossed.

    Arguments:
        factors: each factor's options: a list, or a mapping of options to weights (whole numbers).

    Raises:
        ConfigError: there is none, or one has no options, two that are the same, or one that cannot be stored.

    >>> Design({"frame": ["give", "take"], "role": ["proposer", "responder"]}).levels(0, "7")
    {'frame': 'take', 'role': 'proposer'}
    """

    def __init__(self, factors: Mapping[str, Any]) -> None:
        if not factors:
            raise ConfigError("assign(…) was given no factor; name one or more: frame=['give', 'take'].")
        self.names = tuple(factors)
        # sorted: the order of the keywords in a call makes no difference
        self.options = {name: _options(name, factors[name]) for name in sorted(factors)}
        self.text = json.dumps({name: [[o.stored, o.weight] for o in each] for name, each in self.options.items()})
        """All of it, as it is recorded with each assignment."""
        size = math.prod(sum(option.weight for option in options) for options in self.options.values())
        if size > _LARGEST:
            raise ConfigError(
                f"assign(…): {', '.join(self.names)} make blocks of {size:,} when they are crossed; "
                f"at most {_LARGEST:,} can be. Take fewer options, smaller weights, or several calls."
            )

    def levels(self, place: int, key: str) -> dict[str, Any]:
        """What the one at a place (from 0) gets, as it is stored, by factor.

        Arguments:
            place: the place in the line.
            key: what the line is drawn from: the same key gives the same line.
        """
        weights = tuple(tuple(option.weight for option in each) for each in self.options.values())
        chosen = _line(key, weights)[place]
        return {name: each[n].stored for (name, each), n in zip(self.options.items(), chosen, strict=True)}

    def given(self, levels: Mapping[str, Any]) -> dict[str, Any]:
        """The options that were stored under these levels, in the order of the call."""
        return {name: next(o.given for o in self.options[name] if o.stored == levels[name]) for name in self.names}

    def what_changed(self, before: str) -> str:
        """In words, which factors are not as an earlier design (its `text`) had them; empty if all are."""
        if before == self.text:
            return ""
        old, new = json.loads(before), json.loads(self.text)
        changed = [name for name in new if old[name] != new[name]]
        return "; ".join(f"{name} was {_described(old[name])} and is {_described(new[name])}" for name in changed)


def seed_of(code: str, name: str) -> int:
    """The seed of a line for which none was given: drawn from the session's code and the line's name."""
    return random.Random(f"{code}/{name}").randrange(2**31)


class _Line:
    """An endless sequence of cells, drawn as far as it was asked for."""

    def __init__(self, key: str, weights: tuple[tuple[int, ...], ...]) -> None:
        counted = [chain.from_iterable(repeat(n, weight) for n, weight in enumerate(each)) for each in weights]
        self._coming = permuted_blocks(list(product(*counted)), random.Random(key))
        self._drawn: list[tuple[int, ...]] = []

    def __getitem__(self, place: int) -> tuple[int, ...]:
        while len(self._drawn) <= place:
            self._drawn.append(next(self._coming))
        return self._drawn[place]


# What is kept is made of its arguments alone: nothing that happens to the database can make it wrong.
_line = lru_cache(maxsize=64)(_Line)


def _options(factor: str, given: Any) -> list[Option]:
    if not (factor.isascii() and factor.isidentifier()) or factor in ABOUT:
        raise ConfigError(
            f"assign(…): a factor cannot be named {factor!r}: take a word of letters, digits and _ that is none of the "
            f"export's own columns ({', '.join(ABOUT)})."
        )
    if isinstance(given, str | bytes) or not isinstance(given, Mapping | Sequence):
        raise ConfigError(
            f"assign(…, {factor}={given!r:.60}): a factor takes a list of options, such as ['give', 'take'], or "
            "options with weights, such as {'give': 2, 'take': 1}."
        )
    weights = given.items() if isinstance(given, Mapping) else zip(given, repeat(1), strict=False)
    options: list[Option] = []
    for option, weight in weights:
        if isinstance(weight, bool) or not isinstance(weight, int) or weight < 1:
            raise ConfigError(
                f"assign(…, {factor}=…): the weight of {option!r:.60} is {weight!r:.40}; weights are whole numbers, "
                "1 or more: how often the option comes in a block."
            )
        stored = _stored(factor, option)
        if any(stored == other.stored for other in options):
            raise ConfigError(
                f"assign(…, {factor}=…): {option!r:.60} is there twice. Options are different in the data; an option "
                "that shall come more often has a weight: {'give': 2, 'take': 1}."
            )
        options.append(Option(option, stored, weight))
    if not options:
        raise ConfigError(f"assign(…, {factor}={given!r:.20}): there are no options; a factor takes one or more.")
    return options


def _stored(factor: str, value: Any) -> Any:
    if isinstance(value, Enum):
        return value.name
    if value is None or isinstance(value, bool | int) or (isinstance(value, float) and math.isfinite(value)):
        return value
    if isinstance(value, str):
        return str(value)
    if isinstance(value, list | tuple):
        return [_stored(factor, item) for item in value]
    if isinstance(value, Mapping) and all(isinstance(key, str) for key in value):
        return {str(key): _stored(factor, item) for key, item in value.items()}
    name = getattr(value, "name", "") or (value.__name__ if isinstance(value, type) else "")
    if isinstance(name, str) and name:
        return name
    raise ConfigError(
        f"assign(…, {factor}=…): {value!r:.60} ({type(value).__name__}) cannot be kept in the data. Options are "
        f"{_OPTIONS}."
    )


def _described(options: Sequence[Sequence[Any]]) -> str:
    if all(weight == 1 for _, weight in options):
        return repr([option for option, _ in options])
    return "{" + ", ".join(f"{option!r}: {weight}" for option, weight in options) + "}"
