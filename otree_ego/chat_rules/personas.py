"""Persona: an AI of a group chat, its name, its part, and when it speaks."""

import inspect
import json
import re
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field as field_of, fields, replace
from importlib import import_module
from typing import Any

from ..errors import ConfigError
from ..messages import Message
from ..public import LATER, public
from .nicknames import LONGEST_NAME, NOT_IN_NAMES, looks, plain_name
from .pacing import pace as read_pace
from .pictures import picture_address

COLOURS = ("#0b5fa5", "#a63d00", "#00694b", "#8a2a6b", "#6a5200", "#4a3fb0", "#a3262e", "#3c4f5c")
"""Told apart with any kind of colour vision, and readable as text on white and on the chat's grey."""

_RULE = re.compile(r"(always|addressed|moderator)|every (\d+)|after (\d+(?:\.\d+)?) ?(?:s|seconds?)")
_RULES = '"always", "every 3", "addressed", "after 20 s", "moderator", or several of them with commas'
FUNCTION = "function"
"""The kind of the rule that is a function of one's own."""
_COLOUR = re.compile(r"#(?:[0-9a-fA-F]{3}|[0-9a-fA-F]{6})\Z")
_PERSONA = re.compile(r"\s*([^:\[\]]*?)\s*(?:\[([^\]]*)\]\s*)?:\s*(.*?)\s*\Z", re.DOTALL)


@public
@dataclass(frozen=True)
class Rule:
    """One reason to speak: `kind` is always, every, addressed, after, moderator or function; `n` its number."""

    kind: str
    n: float = 0

    def __str__(self) -> str:
        return {"every": f"every {self.n:g}", "after": f"after {self.n:g} s"}.get(self.kind, self.kind)


@public
@dataclass(frozen=True)
class Persona:
    """An AI of a group chat.

    Arguments:
        name: what it is called: everyone sees it, and it is addressed by it.
        instructions: its part, as a system message; participants never see it.
        model: who speaks for it; empty for the session's model.
        colour: of its name, ``"#0b5fa5"``; empty for one that nobody else in the room has.
        speaks: ``"always"`` (after each message of a human), ``"every 3"`` (after each third one), ``"addressed"``
            (when its name is in a message of a human or of another AI), ``"after 20 s"`` (when nobody has written for
            so long), ``"moderator"`` (it is asked after each message of a human whether it has something to say; if it
            has not, nobody sees that it was asked), or several of them with commas. Or a function of the record: it is
            called after each message with all that was said up to it, a tuple of `Message` (``author`` is a
            participant's code or an AI's name), and says whether the AI is to speak. If it stops with an error, the log
            says so, and the AI says nothing to that message.
        at_most: how many messages it writes in all; None for no limit.
        temperature: instead of the session's.
        opening: its first message, word for word, when the chat is first opened; empty for none.
        picture: beside its messages: a file in the project's ``_static`` folder, or an address; empty for none.
        pace: seconds until its message is shown, as `pace` takes them: ``3``, ``(2, 6)``, ``"1-3 + 0.04/character"``.

    Raises:
        ConfigError: a value is wrong; the message names the persona and what is taken.

    >>> Persona("Ada", "You are curious.", speaks="every 2, addressed").rules
    (Rule(kind='every', n=2.0), Rule(kind='addressed', n=0))
    >>> Persona("Mo", speaks=lambda said: len(said) % 6 == 0).rules
    (Rule(kind='function', n=0),)
    """

    name: str
    instructions: str = ""
    model: str = ""
    colour: str = ""
    speaks: str | Callable[[Sequence[Message]], Any] = "always"
    at_most: int | None = None
    temperature: float | None = None
    pace: Any = 0
    opening: str = field_of(default="", metadata={LATER: True})
    picture: str = field_of(default="", metadata={LATER: True})

    def __post_init__(self) -> None:
        for field in ("name", "instructions", "model", "colour", "opening", "picture"):
            if not isinstance(getattr(self, field), str):
                raise ConfigError(f"Persona({field}={getattr(self, field)!r:.60}): this takes a text.")
        name = self.name.strip()
        if not 0 < len(name) <= LONGEST_NAME or NOT_IN_NAMES.search(name) or not plain_name(name):
            raise ConfigError(
                f"Persona(name={self.name!r:.60}): a name has 1 to {LONGEST_NAME} characters that can be seen, none of "
                "them : @ | [ ] or a line break."
            )
        object.__setattr__(self, "name", name)
        if self.colour and not _COLOUR.match(self.colour):
            raise self._wrong("colour", "a colour such as #0b5fa5")
        if self.at_most is not None and not (_is_number(self.at_most, int) and self.at_most >= 0):
            raise self._wrong("at_most", "a whole number from 0, or None for no limit")
        if self.temperature is not None and not (_is_number(self.temperature) and 0 <= self.temperature <= 2):
            raise self._wrong("temperature", "a number from 0 to 2, or None for the session's")
        try:
            object.__setattr__(self, "pace", read_pace(self.pace))
            picture_address(self.picture)
        except ConfigError as error:
            raise ConfigError(f"Persona {name!r}: {error}") from None
        object.__setattr__(self, "_rules", self._read_rules())

    @property
    def rules(self) -> tuple[Rule, ...]:
        """`speaks`, read."""
        rules: tuple[Rule, ...] = self.__dict__["_rules"]
        return rules

    @property
    def may_pass(self) -> bool:
        """Whether it decides itself if it says something when it is asked."""
        return any(rule.kind == "moderator" for rule in self.rules)

    def _read_rules(self) -> tuple[Rule, ...]:
        if isinstance(self.speaks, str):
            return tuple(self._rule(part) for part in self.speaks.split(","))
        if not callable(self.speaks) or inspect.iscoroutinefunction(self.speaks):
            raise self._wrong("speaks", f"{_RULES}, or a function of the record that is not async")
        return (Rule(FUNCTION),)

    def _rule(self, text: str) -> Rule:
        found = _RULE.fullmatch(" ".join(text.split()).lower())
        if found is None:
            raise self._wrong("speaks", _RULES)
        plain, every, after = found.groups()
        if plain:
            return Rule(plain)
        number = float(every or after)
        if not 1 <= number <= 86_400:
            raise self._wrong("speaks", f"{_RULES}; its number is at least 1")
        return Rule("every" if every else "after", number)

    def _wrong(self, field: str, takes: str) -> ConfigError:
        return ConfigError(f"Persona {self.name!r}: {field} = {getattr(self, field)!r:.60}; it takes {takes}.")


@public
def personas_from_text(text: str, *, models: bool = False, **usual: Any) -> list[Persona]:
    """The personas that a session config names in one text.

    Arguments:
        text: ``"Ada: You are curious. | Ben [every 2; at_most=5]: You doubt everything."``: one persona after the
            other, between them ``|`` or a line break; in brackets, where it is not the usual, when it speaks, and any
            of ``model=… colour=… at_most=… temperature=… pace=… opening=… picture=…``, with semicolons. Or a
            JSON list of objects with the names of `Persona`'s arguments. An empty text names nobody.
        models: whether to see that their models can be asked (their services known, their keys there).
        **usual: what holds for a persona that does not say otherwise.

    Raises:
        ConfigError: the text cannot be read so, or a value is wrong.

    >>> [one.name for one in personas_from_text("Ada: Be brief. | Ben [addressed]: Be kind.")]
    ['Ada', 'Ben']
    """
    if text.lstrip().startswith("["):
        found = [_from_object(one, usual) for one in _json(text)]
    else:
        found = [_from_part(part, usual) for part in re.split(r"[|\n]", text) if part.strip()]
    for one in found if models else ():
        if one.model:
            try:
                import_module("otree_ego.providers").check_model(one.model)
            except ConfigError as error:
                raise ConfigError(f"Persona {one.name!r}: model = {one.model!r}: {error}") from None
    return list(with_colours(found))


def _json(text: str) -> list[Any]:
    try:
        found = json.loads(text)
    except ValueError as error:
        raise ConfigError(f"The personas are no JSON list: {error}.") from None
    return list(found)


def _from_object(one: Any, usual: Mapping[str, Any]) -> Persona:
    known = [field.name for field in fields(Persona)]
    if not isinstance(one, dict) or "name" not in one or not set(one) <= set(known):
        raise ConfigError(f"A persona in JSON is an object with a name and any of {', '.join(known[1:])}: {one!r:.80}")
    values = {**usual, **one}
    if isinstance(values.get("pace"), list):
        values["pace"] = tuple(values["pace"])
    return Persona(**values)


def _from_part(part: str, usual: Mapping[str, Any]) -> Persona:
    found = _PERSONA.match(part)
    if found is None:
        raise ConfigError(
            f"A persona is written as  Ada: her part  or  Ada [every 3]: her part, not {part.strip()!r:.80}"
        )
    name, options, instructions = found.groups()
    values: dict[str, Any] = dict(usual)
    for option in filter(None, (one.strip() for one in (options or "").split(";"))):
        key, equals, value = (part.strip() for part in option.partition("="))
        if not equals:
            values["speaks"] = key
        elif key in ("speaks", "model", "colour", "pace", "opening", "picture"):
            values[key] = value
        elif key in ("at_most", "temperature"):
            values[key] = _number(name, key, value)
        else:
            raise ConfigError(
                f"Persona {name!r}: there is no {key!r}; known are speaks, model, colour, at_most, temperature, pace, "
                "opening, picture."
            )
    return Persona(name, instructions, **values)


def _number(name: str, key: str, value: str) -> float | int:
    try:
        return int(value) if key == "at_most" else float(value)
    except ValueError:
        raise ConfigError(f"Persona {name!r}: {key} = {value!r:.60} is no number.") from None


def with_colours(personas: Sequence[Persona]) -> tuple[Persona, ...]:
    """The personas of one room, each with a colour; those that none was given for get one that is free.

    Raises:
        ConfigError: there is something else among them, or two have the same name.

    >>> [one.colour for one in with_colours([Persona("Ada"), Persona("Ben", colour="#333")])]
    ['#0b5fa5', '#333']
    """
    listed = isinstance(personas, Sequence) and not isinstance(personas, str)
    if not listed or not all(isinstance(one, Persona) for one in personas):
        raise ConfigError("personas=… takes a list of Persona(…); personas_from_text(…) makes one from a text.")
    for place, one in enumerate(personas):
        other = next((each for each in personas[:place] if not looks(each.name).isdisjoint(looks(one.name))), None)
        if other is not None:
            like = "" if other.name == one.name else f", or one that looks like it ({other.name!r})"
            raise ConfigError(f"Two personas have the name {one.name!r}{like}: nobody could tell them apart.")
    free = iter(colours_for(len(personas), [one.colour for one in personas]))
    return tuple(one if one.colour else replace(one, colour=next(free)) for one in personas)


def colours_for(count: int, taken: Collection[str] = ()) -> list[str]:
    """So many colours, those that are not taken first."""
    free = [colour for colour in COLOURS if colour not in taken] or list(COLOURS)
    return [free[n % len(free)] for n in range(count)]


def _is_number(value: Any, kind: Any = (int, float)) -> bool:
    return isinstance(value, kind) and not isinstance(value, bool)
