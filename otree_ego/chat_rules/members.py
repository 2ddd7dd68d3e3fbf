"""Who is in a group chat: names and colours by which everybody can be told apart."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property

from ..messages import Message
from .nicknames import LONGEST_NAME, looks, plain_name
from .personas import Persona, colours_for, with_colours
from .pictures import picture_address
from .speakers import as_own_words, one_kind_of_lines, shortened


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
        own = {code: name for code in people if (name := plain_name(str(names.get(code) or "")))}
        wanted = {code: own.get(code) or f"{usual} {place}" for place, code in enumerate(people, 1)}
        # Those without a name come first: nobody can take the one that another gets.
        found = distinct(dict(sorted(wanted.items(), key=lambda one: one[0] in own)), [one.name for one in personas])
        called = {code: found[code] for code in people}
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

    def shown(self, text: str, author: str, longest: int | None = None) -> str:
        """What people, and models, are shown of a text under its author's name; the record has all of it.

        Nobody speaks for somebody else. Where people do not see who is an AI, all texts are of one kind: no longer than
        a participant's, without space around them, with the line ends that a browser sends.

        Arguments:
            text: as it was written. author: the name of who wrote it. longest: the most characters of a message.

        >>> Members((Persona("Ada"),), {"abc": "Kim"}).shown("Ada: Yes.\\nKim: No!", "Ada")
        'Yes.\\n@Kim: No!'
        """
        text = as_own_words(text, author, tuple(name for name in self.everyone if name != author))
        if self.reveal_ais:
            return text
        text = one_kind_of_lines(text)
        return text if longest is None else shortened(text, longest)

    @cached_property
    def everyone(self) -> tuple[str, ...]:
        """The names of all who are there."""
        return (*self.names.values(), *(one.name for one in self.personas))

    @cached_property
    def pictures(self) -> dict[str, str]:
        """The addresses of the AIs' pictures, by their names; none where people do not see who is an AI."""
        return {one.name: picture_address(one.picture) for one in self.personas if one.picture and self.reveal_ais}

    def author(self, message: Message) -> tuple[str, str]:
        """Name and colour of a message's author; empty where there is none, or nobody who may be told from others.

        Whoever is not there any more keeps a name only where people see who is an AI.
        """
        if message.role != "assistant":
            return self.names.get(message.author, ""), self.colours.get(message.author, "")
        name = author_of(message)
        persona = self.persona(name)
        return name if persona or self.reveal_ais else "", persona.colour if persona else ""

    def listed(self) -> list[tuple[str, str, str]]:
        """Name, colour and code (empty for an AI) of each, as a page lists them."""
        people = [(name, self.colours[code], code) for code, name in self.names.items()]
        people += [(one.name, one.colour, "") for one in self.personas]
        if not self.reveal_ais:
            order = in_order([name for name, _, _ in people])
            people.sort(key=lambda one: order.index(one[0]))
        return people


def author_of(message: Message) -> str:
    """Who a reply is from; empty where no persona gave it but a model, or the experimenter's code."""
    return "" if message.author in (message.model, message.model_answered) else message.author


def in_order(names: Collection[str]) -> list[str]:
    """Names in an order that tells nothing of who bears them; numbers in them count as numbers.

    >>> in_order(["Member 10", "member 9", "Adaline", "Ben"])
    ['Adaline', 'Ben', 'member 9', 'Member 10']
    """
    return sorted(names, key=lambda name: [_sortable(part) for part in re.split(r"(\d+)", name.casefold())])


def _sortable(part: str) -> str:
    return part.zfill(20) if part.isdecimal() else part


def distinct(wanted: Mapping[str, str], taken: Collection[str]) -> dict[str, str]:
    """Participants' names as the room shows them: one line each, and no two that look alike, nor like a persona's.

    >>> distinct({"a": "Kim", "b": "kim", "c": "Ada"}, ["Ada"])
    {'a': 'Kim', 'b': 'kim 2', 'c': 'Ada 2'}
    """
    used = {look for name in taken for look in looks(name)}
    shown = {}
    for key, name in wanted.items():
        plain = plain_name(name) or "?"
        name, number = plain, 1
        while not used.isdisjoint(looks(name)):
            number += 1
            name = f"{plain[: LONGEST_NAME - len(str(number)) - 1].rstrip()} {number}"
        used.update(looks(name))
        shown[key] = name
    return shown
