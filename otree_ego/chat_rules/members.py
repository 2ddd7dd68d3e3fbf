"""Who is in a group chat: names and colours by which everybody can be told apart."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace

from .personas import LONGEST_NAME, NOT_IN_NAMES, Persona, colours_for, with_colours


@dataclass(frozen=True)
class Members:
    """The participants and the AIs of one group chat.

    Attributes:
        personas: the AIs, each with a colour.
        names: the participants' names, by their codes.
        colours: the participants' colours, by their codes.
        reveal_ais: whether people see who is an AI.
    """

    personas: tuple[Persona, ...] = ()
    names: Mapping[str, str] = field(default_factory=dict)
    colours: Mapping[str, str] = field(default_factory=dict)
    reveal_ais: bool = True

    @staticmethod
    def of(
        personas: Sequence[Persona], people: Sequence[str], names: Mapping[str, str], usual: str, reveal_ais: bool
    ) -> Members:
        """Names and colours for all who are there.

        Arguments:
            personas: the AIs.
            people: the participants' codes.
            names: what some of them are called, by code.
            usual: what the others are called, with a number.
            reveal_ais: whether people see who is an AI; else all get their colours by the order of their names.

        Raises:
            ConfigError: two personas have the same name.

        >>> Members.of([Persona("Ada")], ["abc", "def"], {"abc": "Ada"}, "Participant", True).names
        {'abc': 'Ada 2', 'def': 'Participant 2'}
        """
        personas = with_colours(personas)
        wanted = {code: str(names.get(code) or f"{usual} {place}") for place, code in enumerate(people, 1)}
        called = distinct(wanted, [one.name for one in personas])
        if reveal_ais:
            free = colours_for(len(people), [one.colour for one in personas])
            return Members(personas, called, dict(zip(people, free, strict=True)), reveal_ais)
        everyone = in_order([*called.values(), *(one.name for one in personas)])
        by_name = dict(zip(everyone, colours_for(len(everyone)), strict=True))
        personas = tuple(replace(one, colour=by_name[one.name]) for one in personas)
        return Members(personas, called, {code: by_name[name] for code, name in called.items()}, reveal_ais)

    def persona(self, name: str) -> Persona | None:
        """The AI of this name; None if there is none."""
        return next((one for one in self.personas if one.name == name), None)

    def listed(self) -> list[tuple[str, str, str]]:
        """Name, colour and code (empty for an AI) of each, as a page lists them."""
        people = [(name, self.colours[code], code) for code, name in self.names.items()]
        people += [(one.name, one.colour, "") for one in self.personas]
        if not self.reveal_ais:
            order = in_order([name for name, _, _ in people])
            people.sort(key=lambda one: order.index(one[0]))
        return people


def in_order(names: Collection[str]) -> list[str]:
    """Names in an order that tells nothing of who bears them; numbers in them count as numbers.

    >>> in_order(["Member 10", "member 9", "Adaline", "Ben"])
    ['Adaline', 'Ben', 'member 9', 'Member 10']
    """
    return sorted(names, key=lambda name: [_sortable(part) for part in re.split(r"(\d+)", name.casefold())])


def _sortable(part: str) -> str:
    return part.zfill(20) if part.isdecimal() else part


def distinct(wanted: Mapping[str, str], taken: Collection[str]) -> dict[str, str]:
    """Participants' names as the room shows them: one line each, and no two alike, nor like a persona's.

    >>> distinct({"a": "Kim", "b": "kim", "c": "Ada"}, ["Ada"])
    {'a': 'Kim', 'b': 'kim 2', 'c': 'Ada 2'}
    """
    used = {name.casefold() for name in taken}
    shown = {}
    for key, name in wanted.items():
        plain = " ".join(NOT_IN_NAMES.sub(" ", name).split())[:LONGEST_NAME].strip() or "?"
        name, number = plain, 1
        while name.casefold() in used:
            number += 1
            name = f"{plain} {number}"
        used.add(name.casefold())
        shown[key] = name
    return shown
