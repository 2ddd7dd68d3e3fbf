"""oTree's sessions as runs: what reads a store of runs reads the database of an oTree project as well.

A session is a run, and each participant, group, subsession or the session itself that has a Thread is a replication of
it, whose Threads are its seats. The tables that oTree's database does not have are made beside it for as long as it is
open, in the connection's own temporary ones, so that every reader works as on a store.
"""

from __future__ import annotations

import base64
import binascii
import json
import time
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Column, MetaData, Table, and_, create_engine, func, select
from sqlalchemy.engine import Connection
from sqlalchemy.pool import NullPool

from ..messages import clean
from ..players.ai_marks import COLUMN, MARK, TAKEOVER, marked
from ..stores.addresses import shown, url_of
from ..stores.failures import store_errors
from ..stores.journal import BATCHES, REPLICATIONS, RUNS, SEATS
from ..stores.json_columns import from_json
from ..stores.otree_tables import Person, group_numbers, open_otree, people_of, seats_of, sessions_of, table_of, vars_of
from ..stores.owner_keys import parse_owner
from ..stores.rows import MESSAGES, THREADS, many
from ..stores.run_rows import Replication, to_json
from ..stores.runs import RunStore
from ..stores.schema import ASSIGNMENT, EVENT, SURROUNDINGS
from ..stores.seat_tables import stretches_of
from ..stores.table_cells import utc
from .results import with_details
from .thread_states import read_state

SESSION = "session"
"""The kind of such a run."""
OF_OTREE = ("participant", "participant_label", COLUMN, "app", "round", "group")
"""What a replication's levels say of its owner, besides what it was assigned to."""
TOLD = {"told before": "told_before_utc", "debriefed": "debriefed_utc"}
"""When a participant was told of AIs: what `binding.study` calls it, and the level of a replication."""


class OTreeStore(RunStore):
    """An oTree database, to be read as a store of runs.

    Arguments:
        database: its URL, or the path of a SQLite file.

    Raises:
        StoreError: it cannot be opened, is not oTree's, or has none of our tables.
    """

    def __init__(self, database: str) -> None:
        self.url, self.holder = url_of(database), ""
        self.engine = open_otree(database)
        with store_errors(self.url):
            self._connection = self.engine.connect()
            if self._connection.dialect.name != "sqlite":
                self._connection = self._connection.execution_options(isolation_level="AUTOCOMMIT")
            with self._connection.begin():
                _make_tables(self._connection)
                for session in sessions_of(self._connection):
                    _Session(self._connection, session).write()

    @contextmanager
    def transaction(self) -> Iterator[Connection]:
        """The connection; nothing is written to it."""
        with store_errors(self.url):
            yield self._connection

    def players_places(self, code: str) -> Mapping[tuple[str, str, str], tuple[str, str]]:
        """Where a session's players are: group's number and id_in_group, by app, round and the participant's code."""
        with self.transaction() as c:
            (session_id,) = [each["id"] for each in sessions_of(c) if each["code"] == code]
            return seats_of(c, session_id)

    def marks(self, code: str) -> Mapping[str, str]:
        """How an AI takes part as each participant of a session, by the participant's code; empty for people."""
        with self.transaction() as c:
            (session,) = [each for each in sessions_of(c) if each["code"] == code]
            config, kept = _unpacked(session["config"]), vars_of(c, session["id"])
            people = people_of(c, session["id"])
        return {each.code: marked(_marks(kept.get(each.id)), each.label, config) for each in people}

    def stretches(self, code: str) -> Mapping[str, Sequence[Any]]:
        """From when to when models had the places of people who had left a session, by the participant's code."""
        with self.transaction() as c:
            return stretches_of(c, [self.session_id(code)], TAKEOVER)

    def surroundings(self, uid: str) -> list[tuple[float, dict[str, Any]]]:
        """What a session is played with."""
        sessions, found = table_of(self._connection, "otree_session"), table_of(self._connection, SURROUNDINGS)
        mine = and_(found.c.session_id == sessions.c.id, sessions.c.code == uid)
        with self.transaction() as c:
            rows = c.execute(select([found.c.time, found.c.content]).where(mine).order_by(found.c.id)).fetchall()
        return [(time, from_json(content, "surroundings of a session", dict)) for time, content in rows]

    @contextmanager
    def as_it_is(self) -> Iterator[Connection]:
        """The database without the tables that are made beside it: one of them has the name of a table of seats."""
        with store_errors(self.url), create_engine(self.url, poolclass=NullPool).connect() as connection:
            yield connection

    def session_id(self, code: str) -> int:
        """The number of a session in the database, by its code."""
        with self.transaction() as c:
            return next(int(each["id"]) for each in sessions_of(c) if each["code"] == code)

    @property
    def shown(self) -> str:
        """The database's address without its password."""
        return shown(self.url)

    def close(self) -> None:
        """Let the database go."""
        self._connection.close()
        self.engine.dispose()


def _make_tables(c: Connection) -> None:
    for table in (RUNS, REPLICATIONS, SEATS, BATCHES):
        columns = [Column(each.name, each.type, primary_key=each.primary_key) for each in table.c]
        Table(table.name, MetaData(), *columns, prefixes=["TEMPORARY"]).create(c)


class _Session:
    """One session's rows."""

    def __init__(self, c: Connection, row: Any) -> None:
        self.c, self.row = c, row
        self.people = people_of(c, row["id"])
        self.config = _unpacked(row["config"])
        self.kept = {number: _marks(kept) for number, kept in vars_of(c, row["id"]).items()}
        columns = [THREADS.c.uid, THREADS.c.owner, THREADS.c.created]
        self.threads = c.execute(
            select(columns).where(THREADS.c.session_id == row["id"]).order_by(THREADS.c.id)
        ).fetchall()
        self.assigned = self._assignments()
        self.told = self._told()
        owners = [parse_owner(owner) for owner in (*(each["owner"] for each in self.threads), *self.assigned)]
        self.groups = group_numbers(c, row["id"], {about["app"] for about in owners if about["group"]})

    def write(self) -> None:
        """Write the session as a run, if anything of ours happened in it."""
        if not (self.threads or self.assigned or any(map(self._mark, self.people))):
            return
        uid, places = self.row["code"], self._places()
        name = str(self.config.get("name") or "session")
        started = min((each["created"] for each in self.threads), default=0.0)
        settings = {n: v for n, v in self.config.items() if isinstance(v, str | int | float | bool) and n != "name"}
        status = "done" if self._all_through() else "open"
        source = {"label": self.row["label"] or "", "participants": len(self.people)}
        run = dict(
            uid=uid, name=clean(name)[:300], kind=SESSION, design="", status=status, note="", planned=len(places),
            settings=to_json(settings), source=to_json(source), holder="", beat=time.time(), created=started,
            ended=None,
        )  # fmt: skip
        self.c.execute(RUNS.insert().values(**run))
        known, tainted = self._costs(), self._tainted()
        replications, seats = [], []
        for place, (owner, threads) in enumerate(places.items()):
            uids = [each["uid"] for each in threads]
            costs = [known[each] for each in uids if each in known]
            times = [time for cost in costs for time in cost[2:] if time is not None]
            paid = [cost for cost, *_ in costs if cost is not None]
            levels = self._levels(owner)
            replications.append(
                Replication(
                    uid, place, tainted=bool(tainted & set(uids)), levels=levels, cost=sum(paid) if paid else None,
                    answers=sum(number for _, number, *_ in costs), started=min(times, default=started),
                    ended=max(times, default=started),
                ).row()
            )  # fmt: skip
            common = dict(run=uid, place=place, attempt=1)
            seats += [dict(thread=thread, seat=number, **common) for number, thread in enumerate(uids, 1)]
        many(self.c, REPLICATIONS.insert(), replications)
        many(self.c, SEATS.insert(), seats)

    def _places(self) -> dict[str, list[Any]]:
        """The Threads by whose they are: participants in their order, then groups, subsessions, the session."""
        found: dict[str, list[Any]] = {f"participant:{person.code}": [] for person in self.people}
        others: defaultdict[str, list[Any]] = defaultdict(list)
        for thread in self.threads:
            about = parse_owner(thread["owner"])
            own = f"participant:{about['participant']}" if about["participant"] else ""
            key = thread["owner"].partition("/")[0].partition("~")[0].partition("#")[0]
            (found[own] if own in found else others[key]).append(thread)
        return {owner: threads for owner, threads in {**found, **others}.items() if threads or owner in self.assigned}

    def _mark(self, person: Person) -> str:
        """How an AI takes part as somebody; empty for a person."""
        return marked(self.kept.get(person.id, {}), person.label, self.config)

    def _levels(self, owner: str) -> dict[str, Any]:
        about = parse_owner(owner)
        person = next((each for each in self.people if each.code == about["participant"]), None)
        where = {**about, "participant_label": person.label if person else ""}
        where[COLUMN] = self._mark(person) if person else ""
        where["group"] = self.groups.get((about["app"], about["group"]), about["group"])
        given = {**self.assigned.get(owner, {}), **self.told.get(about["participant"], {})}
        return with_details({name: where[name] for name in OF_OTREE}, given, "assigned")

    def _assignments(self) -> dict[str, dict[str, Any]]:
        table = table_of(self.c, ASSIGNMENT)
        # what was in force in a chat stands in oTree's own export
        mine = (table.c.session_id == self.row["id"]) & ~table.c.line.like("settings:%")
        query = select([table.c.owner, table.c.levels]).where(mine).order_by(table.c.id)
        found: defaultdict[str, dict[str, Any]] = defaultdict(dict)
        for owner, levels in self.c.execute(query).fetchall():
            found[owner].update(_plain(levels))
        return dict(found)

    def _told(self) -> dict[str, dict[str, Any]]:
        """When each participant was told of AIs, the first time; where anybody was, it is a column for all."""
        table = table_of(self.c, EVENT)
        query = select([table.c.participant, table.c.kind, table.c.time]).where(
            (table.c.session_id == self.row["id"]) & table.c.kind.in_(list(TOLD))
        )
        rows = self.c.execute(query.order_by(table.c.id.desc())).fetchall()
        names = {TOLD[row["kind"]]: "" for row in rows}
        found = {person.code: dict(names) for person in self.people} if names else {}
        for row in rows:
            found.setdefault(row["participant"], dict(names))[TOLD[row["kind"]]] = utc(row["time"])
        return found

    def _costs(self) -> dict[str, tuple[Any, ...]]:
        """For each Thread what its replies cost, how many there are, and when it began and ended."""
        m = MESSAGES.c
        mine = and_(m.thread == THREADS.c.uid, THREADS.c.session_id == self.row["id"])
        replies = and_(mine, m.role == "assistant", m.attempts > 0)
        query = select([m.thread, func.sum(m.cost), func.count(), func.min(m.time), func.max(m.time)])
        return {uid: tuple(rest) for uid, *rest in self.c.execute(query.where(replies).group_by(m.thread))}

    def _tainted(self) -> set[str]:
        """The Threads in which an answer was not valid."""
        m = MESSAGES.c
        mine = and_(m.thread == THREADS.c.uid, THREADS.c.session_id == self.row["id"], m.params.like('%"invalid": "%'))
        return {uid for (uid,) in self.c.execute(select([m.thread]).where(mine).distinct())}

    def _all_through(self) -> bool:
        table = table_of(self.c, "otree_participant")
        if not {"_index_in_pages", "_max_page_index"} <= set(table.c.keys()):
            return False
        on_pages = table.c._index_in_pages <= table.c._max_page_index
        query = select([func.count()]).where(and_(table.c.session_id == self.row["id"], on_pages))
        return not self.c.execute(query).scalar()


def _marks(kept: Any) -> Mapping[str, Any]:
    """What a participant's `vars` say of an AI; most have nothing, and are not unpacked."""
    try:
        there = MARK.encode() in base64.b64decode(kept or "")
    except (binascii.Error, TypeError, ValueError):
        return {}
    return _unpacked(kept) if there else {}


def _unpacked(kept: Any) -> Mapping[str, Any]:
    """A session's config or what is in `vars`, as far as it is plain values."""
    try:
        return read_state(base64.b64decode(kept or ""))
    except (binascii.Error, TypeError, ValueError):
        return {}


def _plain(levels: str) -> dict[str, Any]:
    found = json.loads(levels)
    return found if isinstance(found, dict) else {}


def owner_name(owner: str) -> str:
    """What a Thread of oTree's is called beside others of the same participant or group.

    >>> owner_name("player:ultimatum:2:abc#advisor"), owner_name("group:market:1:x:7~12ab/buyer")
    ('ultimatum 2 advisor', 'market 1 buyer (replaced)')
    """
    about = parse_owner(owner)
    words = [about["app"], about["round"], about["suffix"], about["seat"]]
    name = " ".join(word for word in words if word) or about["of"]
    return f"{name} (replaced)" if "~" in owner.replace("~+", "", 1) else name


def replies_of(messages: Sequence[Any]) -> Iterator[list[Any]]:
    """A Thread's replies, each with the instructions before it and what it answers.

    Arguments:
        messages: the record, oldest first.
    """
    for number, message in enumerate(messages):
        if message.role != "assistant" or not message.attempts:
            continue
        before = messages[:number]
        asked = next((each for each in reversed(before) if each.role == "user"), None)
        yield [*(each for each in before if each.role == "system"), *([asked] if asked else []), message]
