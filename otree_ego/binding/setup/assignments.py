"""`assign`: treatments, roles, models or personas for participants and groups, in balance and in the data."""

from __future__ import annotations

import inspect
import json
import re
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, partial
from typing import Any

from sqlalchemy import bindparam, select
from sqlalchemy.engine import Connection
from sqlalchemy.sql import sqltypes
from sqlalchemy.types import TypeDecorator

from ...blocks import ABOUT, Design, seed_of
from ...chat_rules.setting_scopes import named
from ...chat_rules.settings import PREFIX, SETTINGS, read_settings
from ...errors import ConfigError, LinkError
from ...stores.rows import many, prepared
from ..export import OwnerColumns, Verbatim
from ..links.owners import owner_key, parse_owner
from ..otree_internals.database import joined_section, request_notes
from ..otree_internals.models import (
    BaseGroup,
    BasePlayer,
    BaseSubsession,
    Participant,
    app_of,
    own_fields,
    participant_code,
    session_id_of,
    session_of,
)
from ..otree_internals.startup import refusing
from ..otree_internals.tables import EgoAssignment
from .own_settings import assignments_changed

DISCLOSE = "ego_disclose"
"""A factor that is a setting, too: see `disclosures`."""
NOTES = "otree_ego_assigned"
"""Where a request notes what somebody was assigned to."""
undisclosed: set[int] = set()
"""Sessions of which it is known that nobody was given `ego_disclose`, by their ids: no page has to ask for it."""
_NAME = re.compile(r"[\w. -]{0,80}")
_ROWS = EgoAssignment.__table__
_ADD = _ROWS.insert()
_LINE = (_ROWS.c.session_id == bindparam("session")) & (_ROWS.c.line == bindparam("line"))
_ALL = select([_ROWS.c.owner, _ROWS.c.levels, _ROWS.c.seed, _ROWS.c.design]).where(_LINE)
_ONE = _ALL.where(_ROWS.c.owner == bindparam("owner"))
_LAST = select([_ROWS.c.place, _ROWS.c.seed, _ROWS.c.design]).where(_LINE).order_by(_ROWS.c.place.desc()).limit(1)
# Async code of these runs plain page functions and live methods under oTree's lock; all other async code does not.
_LOCKED = ("otree", "starlette")


def assign(target: Any, /, *, seed: int | None = None, name: str = "", **factors: Any) -> Any:
    """Give treatments, roles, models or personas to participants or groups: crossed, balanced, and in the data.

    Each session has a line of its own: the first gets the first cell of a seeded sequence of permuted blocks, the next
    the next one, so that cells never differ by more than one, also when people arrive one by one. Those who never
    arrive take no place. Asked again for the same participant (in any round or app) or group, it returns the same.

    Arguments:
        target: a subsession or a list of players, participants or groups (all at once, in ``creating_session``), or one
            of these (as they arrive). A player's assignment belongs to the participant.
        seed: makes the line repeatable; by default it is drawn from the session's code and the name. It is in the data.
        name: tells lines with the same factors apart.
        **factors: each factor's options: a list, or a dict of options and weights (how often one comes in a block).
            A factor that is a setting, such as ``ego_show_model=[True, False]``, holds for the chat of the participant
            or the group.

    Returns:
        a dict of one option for each factor; for a subsession or a list, a list of these. Fields of the player or the
        group that bear a factor's name are set, too.

    Raises:
        ConfigError: a factor, the seed, the name or the target is wrong, or the line began with other ones.
        LinkError: it is called in async code, where oTree's lock is not held.

    In an app::

        def creating_session(subsession):
            assign(subsession, frame=["give", "take"], role=["proposer", "responder"])

        class Welcome(Page):
            @staticmethod
            def before_next_page(player, timeout_happened):
                assign(player, persona={"kind": 2, "strict": 1})
    """
    if _in_async_code():
        raise LinkError(
            "assign(…) is called in async code, where two participants could get the same place. Call it in a page "
            "function (before_next_page, vars_for_template), in creating_session or after_all_players_arrive."
        )
    design = Design(factors)
    _check(seed, name)
    _check_disclosure(design)
    of_settings = _check_settings(design)
    targets = _targets(target)
    several = isinstance(target, BaseSubsession | list | tuple)
    if not targets:
        return []
    _check_fields(targets, design)
    line = _line_of(targets, seed, name, design)
    people = [owner_key(each) if isinstance(each, BaseGroup) else f"participant:{_code(each)}" for each in targets]
    forget = partial(assignments_changed, line.session_id) if of_settings else None
    with joined_section(forget) as connection:
        levels = line.places(connection, people)
    if forget is not None:
        forget()
    given = [design.given(levels[owner]) for owner in people]
    request_notes().pop(NOTES, None)
    undisclosed.discard(session_id_of(targets[0]))
    for each, owner in zip(targets, people, strict=True):
        _set_fields(each, levels[owner])
    return given if several else given[0]


# --- the line -------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Line:
    """All that get their assignments from one sequence."""

    session_id: int
    key: str
    seed: int
    design: Design

    def places(self, connection: Connection, owners: Sequence[str]) -> dict[str, dict[str, Any]]:
        """The levels of each of these; who has none yet takes the next place."""
        connection = prepared(connection)
        mine = {"session": self.session_id, "line": self.key}
        one = len(owners) == 1
        found = connection.execute(_ONE if one else _ALL, {**mine, "owner": owners[0]} if one else mine)
        there = {row["owner"]: row for row in found}
        for row in list(there.values())[:1]:
            self._unchanged(row)
        levels = {owner: json.loads(there[owner]["levels"]) for owner in owners if owner in there}
        new = [owner for owner in dict.fromkeys(owners) if owner not in levels]
        if new:
            last = connection.execute(_LAST, mine).first()
            if last is not None:
                self._unchanged(last)
            levels.update(self._take(connection, new, 0 if last is None else last["place"]))
        return levels

    def _take(self, connection: Connection, owners: Sequence[str], taken: int) -> dict[str, dict[str, Any]]:
        key = f"{self.seed}/{self.key}"  # with the line's key: two lines with one seed are not the same draw
        levels = {owner: self.design.levels(taken + n, key) for n, owner in enumerate(owners)}
        same = {"session_id": self.session_id, "line": self.key, "seed": str(self.seed), "design": self.design.text}
        same["created"] = time.time()
        places = enumerate(levels.items(), taken + 1)
        many(connection, _ADD, [{**same, "owner": o, "place": n, "levels": json.dumps(v)} for n, (o, v) in places])
        return levels

    def _unchanged(self, row: Mapping[str, Any]) -> None:
        changed = self.design.what_changed(row["design"])
        if row["seed"] != str(self.seed):
            changed = "; ".join(filter(None, [changed, f"the seed was {row['seed']} and is {self.seed}"]))
        if changed:
            raise ConfigError(
                f"assign(…): this session's assignments began otherwise: {changed}. A line stays as it began; "
                "create a new session, or begin another line: assign(…, name='second')."
            )


def _line_of(targets: Sequence[Any], seed: int | None, name: str, design: Design) -> _Line:
    sessions = {each.session_id for each in targets}
    if len(sessions) > 1:
        raise ConfigError("assign(…): these belong to different sessions; call it once for each session.")
    kinds = {"group" if isinstance(each, BaseGroup) else "participant" for each in targets}
    if len(kinds) > 1:
        raise ConfigError("assign(…): a list of groups and others; call it once for the groups, once for the others.")
    key = f"{kinds.pop()}:{name}:{','.join(design.options)}"
    if len(key) > _ROWS.c.line.type.length:
        raise ConfigError(f"assign(…): the factors' names are too long together: {', '.join(design.names)!s:.200}.")
    return _Line(sessions.pop(), key, seed_of(session_of(targets[0]).code, name) if seed is None else seed, design)


def _check(seed: Any, name: Any) -> None:
    if seed is not None and (isinstance(seed, bool) or not isinstance(seed, int) or abs(seed) >= 2**63):
        raise ConfigError(f"assign(…, seed={seed!r:.60}): a seed is a whole number, or None to draw one.")
    if not (isinstance(name, str) and _NAME.fullmatch(name)):
        raise ConfigError(
            f"assign(…, name={name!r:.60}): a name is a text of letters, digits or any of _ . - and space, at most 80."
        )


def _check_disclosure(design: Design) -> None:
    allowed = SETTINGS["disclose"].options
    for option in design.options.get(DISCLOSE, ()):
        if option.stored not in allowed:
            raise ConfigError(f"assign(…, {DISCLOSE}=…): {option.stored!r:.60} is none of {', '.join(allowed)}.")


def _check_settings(design: Design) -> bool:
    """Whether factors are settings, ``ego_model`` say; their options must be such as the setting takes."""
    names = [name for name in design.options if name.startswith(PREFIX)]
    for name in names:
        for option in design.options[name]:
            with refusing():
                own = named({name: option.stored}, f"assign(…, {name}=…)")
                read_settings({f"{PREFIX}model": "constant/-", **own}, models=False)
    return bool(names)


def _targets(target: Any) -> list[Any]:
    if isinstance(target, BaseSubsession):
        return list(target.get_players())
    targets = list(target) if isinstance(target, list | tuple) else [target]
    for each in targets:
        if not isinstance(each, BasePlayer | BaseGroup | Participant):
            raise ConfigError(
                "assign(…) takes a subsession, a player, a group, a participant, or a list of players, groups or "
                f"participants, not {type(each).__name__}. For all of a session: session.get_participants()."
            )
    return targets


def _code(instance: Any) -> str:
    return str(instance.code) if isinstance(instance, Participant) else participant_code(instance)


def _in_async_code() -> bool:
    """Whether the nearest async function that we are called from is neither oTree's nor its web server's."""
    frame = inspect.currentframe()
    while frame is not None:
        if frame.f_code.co_flags & (inspect.CO_COROUTINE | inspect.CO_ASYNC_GENERATOR):
            return str(frame.f_globals.get("__name__", "")).split(".")[0] not in _LOCKED
        frame = frame.f_back
    return False


# --- fields of that name --------------------------------------------------------------------------------------------


@cache
def _field_types(model: Any) -> dict[str, Any]:
    """The fields that the app itself gives to its model, with their types."""
    return {name: column.type for name, column in own_fields(model).items()}


def _check_fields(targets: Sequence[Any], design: Design) -> None:
    models: set[Any] = {type(each) for each in targets}
    for model in models:
        types = _field_types(model)
        for factor in design.options.keys() & types.keys():
            for option in design.options[factor]:
                wanted = _wanted(types[factor], option.stored)
                if wanted:
                    raise ConfigError(
                        f"assign(…, {factor}=…): {option.stored!r:.60} does not fit the field "
                        f"{model.__name__}.{factor}, which takes {wanted}. "
                        "Change the field or the option, or give the factor another name."
                    )


def _wanted(kind: Any, value: Any) -> str:
    """What a field takes, if this value is not of that kind; empty if it fits."""
    number = isinstance(value, int | float) and not isinstance(value, bool)
    if value is None:
        return ""
    if isinstance(kind, sqltypes.Boolean):
        return "" if isinstance(value, bool) or (number and value in (0, 1)) else "True or False"
    if isinstance(kind, sqltypes.Integer):
        return "" if number and isinstance(value, int) and abs(value) < 2**31 else "a whole number"
    if isinstance(kind, TypeDecorator | sqltypes.Numeric):  # money, too
        return "" if number else "a number"
    length = kind.length
    if isinstance(value, str) and (length is None or len(value) <= length):
        return ""
    return "a text" + (f" of at most {length} characters" if isinstance(value, str) else "")


def _set_fields(instance: Any, levels: Mapping[str, Any]) -> None:
    model: Any = type(instance)
    types = _field_types(model)
    for factor in levels.keys() & types.keys():
        value, kind = levels[factor], types[factor]
        if isinstance(kind, TypeDecorator):  # money, as the database would give it back
            value = kind.process_result_value(value, None)
        if instance.field_maybe_none(factor) != value:
            setattr(instance, factor, value)


# --- the export -----------------------------------------------------------------------------------------------------


def custom_export_assignments(players: Sequence[Any]) -> Iterator[list[Any]]:
    """A row for each assignment in these players' sessions: ``from otree_ego import custom_export_assignments``.

    Arguments:
        players: as oTree hands them to a custom export.

    Columns: who (a participant, or a group of this app and its round), the assignment's name, the place in its order
    and its seed, and one column for each factor; lists and dicts are JSON. Rows of the name *chat settings* say which
    settings were in force for a participant in a chat, where they were not the session's. docs/data.md describes them.
    """
    found = _recorded(sorted({p.session_id for p in players}))
    apps = {app_of(p) for p in players}
    rows = [(parse_owner(row["owner"]), row, json.loads(row["levels"])) for row in found]
    rows = [entry for entry in rows if _chat_of(entry[1], entry[0])["app"] in ("", *apps)]
    factors = sorted({factor for _, _, levels in rows for factor in levels})
    yield [*ABOUT, *factors]
    owners = OwnerColumns(players)
    for about, row, levels in rows:
        *who, _, _, _ = owners.of(row["session_id"], about, row["created"])
        *_, round_number, group, _ = owners.of(row["session_id"], _chat_of(row, about), row["created"])
        head = [*who, round_number, group]
        head += [row["line"].split(":")[1], row["place"], row["seed"]]
        yield [*head, *(_cell(levels.get(factor)) for factor in factors)]


def _chat_of(row: Any, about: Any) -> Any:
    """The owner of the chat in which settings were in force; of an assignment, whose it is."""
    return parse_owner(row["design"].partition(" ")[2]) if row["line"].startswith("settings:") else about


def _recorded(sessions: Sequence[int]) -> list[Any]:
    if not sessions:
        return []
    order = (_ROWS.c.session_id, _ROWS.c.line, _ROWS.c.place)
    with joined_section() as connection:
        found = list(connection.execute(select([_ROWS]).where(_ROWS.c.session_id.in_(sessions)).order_by(*order)))
    return sorted(found, key=lambda row: (row["session_id"], row["id"] if row["line"].startswith("settings:") else 0))


def _cell(value: Any) -> Any:
    if isinstance(value, list | dict):
        return Verbatim(json.dumps(value, ensure_ascii=False))
    return Verbatim(value) if isinstance(value, str) else value
