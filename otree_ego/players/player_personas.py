"""Who players are: personas from a list, a CSV file or a function, one for each player, dealt out in balance.

A list is dealt out in permuted blocks from a seed, as `assign` does: each persona as often as any other. What a player
was given stands in its Thread's attributes, and from there in the data.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from ..blocks import Design, seed_of
from ..errors import ConfigError
from .own_modules import NoPythonFile, own_module

TEXT, WEIGHT, LABEL = "persona", "weight", "label"
"""Columns of a CSV file that have a meaning; all others are facts about the persona."""
PersonaFunction = Callable[[int, str], Any]
"""Who a player is: called with its number, from 1, and its label; gives a text, or facts as a dict."""
MOST = 20_000
"""Characters of one persona."""


@dataclass(frozen=True)
class PlayerPersona:
    """Who a player is.

    Fields:
        text: what its model is told. facts: what is known of it besides, by name; a CSV file's other columns.
        place: in the balanced order, from 1; None if the persona was not drawn. seed: from which the order was drawn.
    """

    text: str = ""
    facts: Mapping[str, Any] = field(default_factory=dict)
    place: int | None = None
    seed: int | None = None

    def attributes(self) -> dict[str, Any]:
        """What a player's Thread keeps of it."""
        found: dict[str, Any] = {"persona": self.text, "persona_facts": dict(self.facts)}
        return {**found, "assignment_place": self.place, "assignment_seed": self.seed}


def kept_persona(attributes: Mapping[str, Any]) -> PlayerPersona:
    """A persona as a player's Thread has kept it."""
    facts, place, seed = (attributes.get(name) for name in ("persona_facts", "assignment_place", "assignment_seed"))
    return PlayerPersona(
        str(attributes.get("persona") or ""), facts if isinstance(facts, Mapping) else {},
        place if isinstance(place, int) else None, seed if isinstance(seed, int) else None,
    )  # fmt: skip


@dataclass(frozen=True)
class Personas:
    """Personas that are dealt out, or that say whose they are, or a function that makes them.

    Fields:
        name: what errors call them. options: those that are dealt out, by what the data call each of them.
        weights: how often each comes in a block. by_label: those that say whose they are. function: or what makes them.
    """

    name: str
    options: Mapping[str, PlayerPersona] = field(default_factory=dict)
    weights: Mapping[str, int] = field(default_factory=dict)
    by_label: Mapping[str, PlayerPersona] = field(default_factory=dict)
    function: PersonaFunction | None = None

    def of(self, number: int, label: str) -> PlayerPersona:
        """Who one player is, where personas are not dealt out.

        Arguments:
            number: of the player, from 1. label: its label.

        Raises:
            ConfigError: there is nobody for it, or the function fails.
        """
        if self.function is None:
            if label not in self.by_label:
                raise ConfigError(f"{self.name}: there is no persona with the label {label!r}.")
            return self.by_label[label]
        try:
            given = self.function(number, label)
        # It is the experimenter's own: whatever it raises is named with it.
        except Exception as error:
            raise ConfigError(
                f"{self.name} stopped for player {label!r} with {type(error).__name__}: {error}"
            ) from error
        return _row(given, f"{self.name}, player {label!r}").persona


def read_personas(source: Any) -> Personas:
    """Read personas.

    Arguments:
        source: a list of texts or dicts, a function (see `PersonaFunction`), the path of a CSV file, of a file with a
            persona on each line, or ``FILE.py:NAME`` of a list or a function.

    Raises:
        ConfigError: the source is not there, is empty, or says what cannot be used.

    >>> dict(read_personas(["a baker", "a nurse", "a nurse"]).weights)
    {'a baker': 1, 'a nurse': 2}
    """
    name = f"Personas in {source}" if isinstance(source, str | Path) else "Personas"
    found = _from_file(str(source), name) if isinstance(source, str | Path) else source
    if callable(found):
        return Personas(name, function=found)
    if isinstance(found, str | bytes) or not isinstance(found, Sequence):
        raise ConfigError(f"{name}: personas are a list of texts or dicts, or a function, not {found!r:.60}.")
    rows = [_row(each, f"{name}, persona {number}") for number, each in enumerate(found, 1)]
    if not rows:
        raise ConfigError(f"{name}: there is nobody in it.")
    if any(row.label for row in rows):
        known = {row.label: row.persona for row in rows}
        if len(known) < len(rows) or "" in known:
            raise ConfigError(
                f"{name}: a label is missing or stands twice. Each persona needs its own, or none has one."
            )
        return Personas(name, by_label=known)
    weights: dict[str, int] = {}
    for row in rows:
        weights[row.key] = weights.get(row.key, 0) + row.weight
    return Personas(name, {row.key: row.persona for row in rows}, weights)


def personas_for(source: Any, labels: Sequence[str], study: str, seed: int | None = None) -> list[PlayerPersona]:
    """Who each player is.

    Arguments:
        source: see `read_personas`; None or an empty text for nobody.
        labels: of the players. study: where they play: it gives the seed if none is given.

    Raises:
        ConfigError: see `read_personas`, and `Personas.of`.

    >>> [each.text for each in personas_for(["a baker", "a nurse"], ["ego1", "ego2"], "lab", seed=1)]
    ['a nurse', 'a baker']
    >>> personas_for(lambda number, label: {"persona": f"number {number}", "age": 30}, ["ego1"], "lab")[0].facts
    {'age': 30}
    """
    if source is None or source == "":
        return [PlayerPersona()] * len(labels)
    found = read_personas(source)
    if not found.options:
        return [found.of(number, label) for number, label in enumerate(labels, 1)]
    drawn = seed_of(study, TEXT) if seed is None else seed
    design = Design({TEXT: found.weights})
    keys = [design.levels(place, f"{drawn}/{TEXT}")[TEXT] for place in range(len(labels))]
    return [replace(found.options[key], place=place, seed=drawn) for place, key in enumerate(keys, 1)]


# --- one persona ----------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Row:
    persona: PlayerPersona
    weight: int = 1
    label: str = ""

    @property
    def key(self) -> str:
        """What the data call it: its text, and where it has facts, all of it as JSON."""
        facts = self.persona.facts
        return json.dumps({TEXT: self.persona.text, **facts}, ensure_ascii=False) if facts else self.persona.text


def _row(given: Any, where: str) -> _Row:
    """A persona as somebody has written it."""
    if isinstance(given, Mapping):
        facts = {str(name): value for name, value in given.items() if name not in (TEXT, WEIGHT, LABEL)}
        facts = {name: value for name, value in facts.items() if value not in (None, "")}
        text = str(given.get(TEXT) or "").strip() or "; ".join(f"{name}: {value}" for name, value in facts.items())
        label = str(given.get(LABEL) or "").strip()
        row = _Row(PlayerPersona(text, facts), _weight(given.get(WEIGHT), where), label)
    elif isinstance(given, str):
        row = _Row(PlayerPersona(given.strip()))
    else:
        raise ConfigError(f"{where}: a persona is a text or a dict, not {given!r:.60}.")
    if not row.persona.text:
        raise ConfigError(f"{where}: it says nothing.")
    if len(row.persona.text) > MOST:
        raise ConfigError(f"{where}: it has {len(row.persona.text):,} characters; at most {MOST:,} can be.")
    try:
        json.dumps(row.persona.facts, allow_nan=False)
    except (TypeError, ValueError):
        raise ConfigError(f"{where}: facts are texts, numbers, True, False, or lists of these.") from None
    return row


def _weight(given: Any, where: str) -> int:
    if given in (None, ""):
        return 1
    text = str(given).strip()
    if isinstance(given, bool) or not (text.isascii() and text.isdecimal()) or not 1 <= int(text) <= 1000:
        raise ConfigError(f"{where}: a weight is a whole number from 1 to 1000, not {given!r:.40}.")
    return int(text)


# --- files ----------------------------------------------------------------------------------------------------------


def _from_file(text: str, where: str) -> Any:
    """What a file or ``FILE.py:NAME`` has; `where` begins errors."""
    file, _, name = text.rpartition(":")
    if name.isidentifier() and file.endswith(".py"):
        return _from_module(Path(file), name, where)
    path = Path(text)
    if path.suffix == ".py":
        raise ConfigError(f"{where}: name the list or the function in it, as {text}:personas.")
    try:
        said = path.read_text("utf-8-sig")
    except OSError as error:
        raise ConfigError(f"{where}: {error.strerror or error}.") from None
    except UnicodeDecodeError:
        raise ConfigError(f"{where}: the file is not in UTF-8. Save it as “CSV UTF-8”.") from None
    if path.suffix.lower() != ".csv":
        return [line for line in said.splitlines() if line.strip()]
    return _from_csv(said, where)


def _from_csv(said: str, where: str) -> list[dict[str, Any]]:
    """The rows of a CSV file, whether commas, semicolons or tabs stand between its cells."""
    head = said.partition("\n")[0]
    between = max(",;\t", key=head.count)
    try:
        rows = list(csv.reader(io.StringIO(said, newline=""), delimiter=between, strict=True))
    except csv.Error as error:
        raise ConfigError(f"{where}: this is no CSV file: {error}.") from None
    filled = [row for row in rows if any(cell.strip() for cell in row)]
    if not filled:
        raise ConfigError(f"{where}: there is nobody in it.")
    names = [cell.strip() for cell in filled[0]]
    if "" in names or len(set(names)) < len(names):
        raise ConfigError(f"{where}: each column needs a name of its own in the first line: {', '.join(names)!r:.200}.")
    for number, row in enumerate(filled[1:], 2):
        if len(row) != len(names):
            raise ConfigError(f"{where}, row {number}: it has {len(row)} cells, and the first line has {len(names)}.")
    return [{name: cell.strip() for name, cell in zip(names, row, strict=True)} for row in filled[1:]]


def _from_module(file: Path, name: str, where: str) -> Any:
    """What a Python file calls by a name."""
    try:
        module = own_module(file, where)
    except NoPythonFile:
        raise
    # It is the experimenter's own: whatever it raises is named with it.
    except Exception as error:
        raise ConfigError(f"{where}: {file.name} stopped with {type(error).__name__}: {error}") from error
    if not hasattr(module, name):
        raise ConfigError(f"{where}: the file has no {name!r}.")
    return getattr(module, name)
