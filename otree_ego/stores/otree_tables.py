"""oTree's databases without oTree: opening one, and those of its tables to which our rows refer."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from sqlalchemy import MetaData, Table, create_engine, inspect, select
from sqlalchemy.engine import Connection, Engine
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.pool import StaticPool
from sqlalchemy.sql import sqltypes

from ..errors import StoreError
from . import migrations
from .addresses import file_of, shown, url_of
from .failures import BUSY, reason, store_errors
from .schema import DECISION, THREAD
from .versions import bring_up_to_date


def open_otree(database: str) -> Engine:
    """The engine of an oTree database, with one connection; our tables in it are brought up to date.

    Arguments:
        database: its URL, or the path of a SQLite file.

    Raises:
        StoreError: it is not there, cannot be opened, is not oTree's, or has none of our tables.
    """
    url = url_of(database)
    name = f"oTree's database {shown(url)}"
    file = file_of(url)
    if file is not None and not file.is_file():
        raise StoreError(
            f"There is no oTree database at {file.absolute()}: go to the project's folder, or name the database "
            "(--otree=PATH or --otree=URL)."
        )
    options: dict[str, Any] = {"connect_args": {"timeout": BUSY}} if file is not None else {}
    try:
        engine = create_engine(url, poolclass=StaticPool, **options)
        with store_errors(url), engine.connect() as connection:
            tables = set(inspect(connection).get_table_names())
            if "otree_participant" not in tables:
                raise StoreError(f"The database {shown(url)} is no oTree project's.")
            if THREAD not in tables:
                raise StoreError(f"{name} has no tables of otree_ego yet: the project's server makes them.")
            bring_up_to_date(connection, migrations.OTREE, name, unwritten=1)
    except (SQLAlchemyError, ImportError, ValueError) as error:
        raise StoreError(f"{name} cannot be opened: {reason(error)}.") from None
    return engine


@dataclass(frozen=True)
class Person:
    """A participant of oTree's.

    Fields:
        id, code, label, number: as oTree has them (`number` is id_in_session). alone: whether the session has no other.
    """

    id: int
    code: str
    label: str = ""
    number: int = 0
    alone: bool = False


def table_of(c: Connection, name: str) -> Table:
    """A table as the database has it; looked up once for each connection."""
    known: dict[str, Table] = c.info.setdefault("otree_ego_tables", {})
    if name not in known:
        known[name] = Table(name, MetaData(), autoload_with=c, resolve_fks=False)
    return known[name]


def decisions_table(c: Connection) -> Table:
    """The table of decisions."""
    return table_of(c, DECISION)


def player_tables(c: Connection, kind: str) -> dict[str, Table]:
    """The tables of all apps' players or groups, by app.

    Arguments:
        kind: ``player`` or ``group``.
    """
    if kind not in ("player", "group"):
        return {}
    needed = {"session_id", "participant_id" if kind == "player" else "id_in_subsession", "round_number"}
    ending = f"_{kind}"
    tables = [name for name in inspect(c).get_table_names() if name.endswith(ending)]
    found = {name.removesuffix(ending): table_of(c, name) for name in tables}
    return {app: table for app, table in found.items() if needed <= set(table.c.keys())}


OTREES = ("role", "id_in_group", "round_number")
"""Columns of players that are oTree's own."""


def player_columns(table: Table) -> list[str]:
    """The columns of a player's table that hold an app's texts."""
    return [
        column.name
        for column in table.c
        if isinstance(column.type, sqltypes.String) and not column.name.startswith("_") and column.name not in OTREES
    ]


def players_of(c: Connection, app: str, group: int) -> set[int]:
    """The participants, by their numbers in the database, who are in a group."""
    table = player_tables(c, "player").get(app)
    if table is None:
        return set()
    return {number for (number,) in c.execute(select([table.c.participant_id]).where(table.c.group_id == group))}


def group_numbers(c: Connection, session_id: int, apps: Collection[str]) -> dict[tuple[str, str], str]:
    """The numbers of a session's groups in their rounds, by app and the group's number in the database.

    Arguments:
        apps: of which apps; what has no tables any more is left out.
    """
    tables = player_tables(c, "group") if apps else {}
    found = {}
    for app in sorted(tables.keys() & set(apps)):
        t = tables[app].c
        query = select([t.id, t.id_in_subsession]).where(t.session_id == session_id)
        found.update({(app, str(row_id)): str(number) for row_id, number in c.execute(query)})
    return found


def seats_of(c: Connection, session_id: int) -> dict[tuple[str, str, str], tuple[str, str]]:
    """The group's number and id_in_group of a session's players, by app, round and the participant's code."""
    players = player_tables(c, "player")
    numbers = group_numbers(c, session_id, players)
    people = {person.id: person.code for person in people_of(c, session_id)}
    found = {}
    for app, table in players.items():
        t = table.c
        query = select([t.round_number, t.participant_id, t.group_id, t.id_in_group]).where(t.session_id == session_id)
        for round_number, person, group, place in c.execute(query):
            key = (app, str(round_number), people.get(person, ""))
            found[key] = (numbers.get((app, str(group)), ""), str(place))
    return found


def people_of(c: Connection, session_id: int) -> list[Person]:
    """A session's participants, in order."""
    table = table_of(c, "otree_participant")
    query = select([table.c.id, table.c.code, table.c.label, table.c.id_in_session])
    found = c.execute(query.where(table.c.session_id == session_id).order_by(table.c.id_in_session)).fetchall()
    return [Person(i, code, label or "", number or 0, len(found) == 1) for i, code, label, number in found]


def vars_of(c: Connection, session_id: int) -> dict[int, Any]:
    """What oTree has stored as `participant.vars` of a session's participants, by their numbers in the database."""
    table = table_of(c, "otree_participant")
    if "_vars" not in table.c:
        return {}
    return dict(c.execute(select([table.c.id, table.c._vars]).where(table.c.session_id == session_id)).fetchall())


def sessions_of(c: Connection) -> list[Any]:
    """All sessions, oldest first: rows with id, code, label and config (pickled)."""
    table = table_of(c, "otree_session")
    return list(c.execute(select([table]).order_by(table.c.id)))
