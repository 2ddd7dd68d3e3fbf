"""Forgetting one participant, or a whole session, of an oTree database: texts are deleted, or names in them replaced.

Times, tokens, costs, models and numbers stay, and each row says when it was done. Nothing of oTree's is imported here:
it works on the tables, in a server's own transaction or on a database without a server.
"""

from __future__ import annotations

import json
import pickle
import re
import time
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Table, select
from sqlalchemy.engine import Connection
from sqlalchemy.sql import sqltypes

from ..threads.sent_requests import BREAK, MARK, with_other_words
from . import rows
from .entry_rows import forget_entries
from .event_rows import change_endings, forget_endings, forget_reactions
from .human_visits import change_human_visits, forget_human_visits
from .json_columns import from_json
from .otree_tables import Person, decisions_table, player_columns, player_tables, players_of, table_of
from .owner_keys import parse_owner
from .pseudonyms import renamed_state, replacing
from .rows import MESSAGES, THREADS, WORDS
from .seat_forgetting import change_visits, forget_visits, in_json, is_seats, without, written_by

_NO_STATE = pickle.dumps({}, protocol=4)
_SAID_IN_PARAMS = ("thoughts", "question")
_AT_ONCE = 400


@dataclass
class Forgotten:
    """What was forgotten.

    Fields:
        threads, messages, decisions, fields: how many of each. shared: messages of others, in Threads which the
            participant shared with them, that stay. entries: entry links. unread: how many `participant.vars` could
            not be read, and still hold what entry links have said. pages: pages that they were shown, and sent, where a
        model may play on for them. owners: of all Threads that have changed.
    """

    threads: int = 0
    messages: int = 0
    decisions: int = 0
    fields: int = 0
    shared: int = 0
    entries: int = 0
    unread: int = 0
    pages: int = 0
    owners: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Extent:
    """How far it goes.

    Fields:
        shared: whether all that was said in Threads that the participant shared with others goes, too.
        fields: whether all texts that the participant's pages have written into oTree's fields go, not only names.
        label: whether oTree's participant label goes. names: what the participant was called, besides what is known.
    """

    shared: bool = False
    fields: bool = False
    label: bool = True
    names: Sequence[str] = ()


def forget_session(c: Connection, session_id: int, people: Sequence[Person], extent: Extent = Extent()) -> Forgotten:
    """Delete all texts of a session: of its Threads, its decisions, and names and labels of its participants."""
    done, now = Forgotten(), time.time()
    threads = _threads(c, session_id)
    _forget_threads(c, done, threads, now)
    done.pages += forget_human_visits(c, session_id, now)
    forget_visits(c, session_id, now)
    forget_endings(c, session_id)
    for row in _decisions(c, session_id):
        _forget_decision(c, done, row, now)
    for person in people:
        _forget_fields(c, done, person, extent)
    return done


def forget_owner(c: Connection, session_id: int, owner: str) -> Forgotten:
    """Delete the texts of what is, or was, attached to one owner."""
    done = Forgotten()
    mine = [row for row in _threads(c, session_id) if row["owner"].partition("/")[0].partition("~")[0] == owner]
    _forget_threads(c, done, mine, time.time())
    forget_endings(c, session_id, owner=owner)
    return done


def forget_participant(c: Connection, session_id: int, person: Person, extent: Extent = Extent()) -> Forgotten:
    """Delete what one participant has said, what was said to this participant alone, and all copies of it.

    In Threads that are shared with others, the participant's own messages go, thoughts and errors of models, which may
    quote them, and the participant's name; what others and models said stays, unless `extent` says otherwise.
    """
    done, now = Forgotten(), time.time()
    own, shared = _own_and_shared(c, session_id, person)
    said = without(written_by(c, session_id, person))
    _forget_threads(c, done, [*own, *shared] if extent.shared else own, now)
    forget_endings(c, session_id, person.code)
    done.pages += forget_human_visits(c, session_id, now, person.code)
    names = _names_of(c, person, extent)
    if not extent.shared:
        for row in shared:
            _forget_in_shared(c, done, row, person, names, now)
    _forget_in_seats(c, done, session_id, person, lambda text: replacing(names, MARK)(said(text)), now)
    for row in _decisions(c, session_id):
        if _is_own(c, row["owner"], person):
            _forget_decision(c, done, row, now)
    _forget_fields(c, done, person, extent)
    return done


def pseudonymise(
    c: Connection, session_id: int, person: Person, pseudonym: str, extent: Extent = Extent()
) -> Forgotten:
    """Put a pseudonym where a participant's label and names are: in all texts of the session, and in oTree's fields."""
    done, now = Forgotten(), time.time()
    change = replacing(_names_of(c, person, extent), pseudonym)
    for thread in _threads(c, session_id):
        found = 0
        for row in _messages(c, thread["uid"]):
            values = {name: change(row[name]) for name in (*WORDS, "author")}
            values["request"] = with_other_words(row["request"], change)
            found += _change_message(c, row, values, pseudonymised=now)
        state = renamed_state(thread["state"], change)
        if state != thread["state"]:
            rows.update_states(c, {thread["uid"]: state})
        if found or state != thread["state"]:
            done.threads, done.messages = done.threads + 1, done.messages + found
            done.owners.append(thread["owner"])
    change_endings(c, session_id, change)
    change_visits(c, session_id, change)
    done.pages += change_human_visits(c, session_id, change)
    table = decisions_table(c)
    for row in _decisions(c, session_id):
        changed = {name: change(row[name]) for name in ("answer", "error_text")}
        if any(changed[name] != row[name] for name in changed):
            c.execute(table.update().where(table.c.id == row["id"]).values(**changed, pseudonymised=now))
            done.decisions += 1
    done.fields += _change_fields(c, person, lambda _, value: change(value), pseudonym if extent.label else None)
    if extent.label:
        entries, read = forget_entries(c, person)
        done.entries, done.unread = done.entries + entries, done.unread + (not read)
    return done


# --- Threads --------------------------------------------------------------------------------------------------------


def _threads(c: Connection, session_id: int) -> list[Any]:
    return list(c.execute(select([THREADS]).where(THREADS.c.session_id == session_id).order_by(THREADS.c.id)))


def _messages(c: Connection, uid: str) -> list[Any]:
    return list(c.execute(select([MESSAGES]).where(MESSAGES.c.thread == uid)))


def _own_and_shared(c: Connection, session_id: int, person: Person) -> tuple[list[Any], list[Any]]:
    """The Threads that belong to one participant alone, and those that may hold something of this participant's."""
    own, shared = [], []
    for row in _threads(c, session_id):
        if _is_own(c, row["owner"], person):
            own.append(row)
        elif parse_owner(row["owner"])["of"] not in ("player", "participant") or _wrote_in(c, row["uid"], person.code):
            shared.append(row)
    return own, shared


def _wrote_in(c: Connection, uid: str, code: str) -> bool:
    wrote = (MESSAGES.c.thread == uid) & (MESSAGES.c.author == code)
    return c.execute(select([MESSAGES.c.id]).where(wrote).limit(1)).first() is not None


def _is_own(c: Connection, owner: str, person: Person) -> bool:
    """Whether what belongs to this owner belongs to one participant alone, as a group does that has no other."""
    about = parse_owner(owner)
    if about["of"] in ("player", "participant"):
        return about["participant"] == person.code
    if about["of"] == "group":
        return players_of(c, about["app"], int(about["group"])) == {person.id}
    return person.alone


def _forget_threads(c: Connection, done: Forgotten, threads: Sequence[Any], now: float) -> None:
    """Delete all that was said in some Threads, and close them, so that what comes begins a new one."""
    for row in threads:
        if row["closed"] is None and "/" not in row["owner"]:
            rows.close(c, row["owner"])
    for row in threads:
        forget_reactions(c, row["session_id"], row["uid"])
        here = c.execute(select([THREADS.c.uid]).where(THREADS.c.uid == row["uid"])).first()
        done.threads += 1
        done.owners.append(row["owner"])
        if here is None:  # nothing had been said in it
            continue
        c.execute(THREADS.update().where(THREADS.c.uid == row["uid"]).values(state=_NO_STATE, forgotten=now))
        for message in _messages(c, row["uid"]):
            if message["forgotten"] is None:
                values = {**dict.fromkeys(WORDS, ""), "params": _without_words(message["params"]), "forgotten": now}
                c.execute(MESSAGES.update().where(MESSAGES.c.id == message["id"]).values(**values))
                done.messages += 1


def _forget_in_shared(
    c: Connection, done: Forgotten, thread: Any, person: Person, names: Collection[str], now: float
) -> None:
    change, changed = replacing(names, MARK), 0
    forget_reactions(c, thread["session_id"], thread["uid"], person.code)
    record = _messages(c, thread["uid"])
    unsaid = _without_texts({row["text"] for row in record if row["author"] == person.code})
    for row in record:
        if row["author"] == person.code:
            if row["forgotten"] is None:
                values = {**dict.fromkeys(WORDS, ""), "params": _without_words(row["params"])}
                done.messages += _change_message(c, row, values, always=True, forgotten=now)
                changed += 1
            continue
        copies = {"error_text": "", "trouble": "", "params": _without_thoughts(row["params"])}
        copies["request"] = with_other_words(row["request"], lambda text: change(unsaid(text)))
        changed += _change_message(c, row, {"text": change(row["text"]), **copies}, pseudonymised=now)
        done.shared += bool(row["text"] and row["role"] != "system")
    if changed:
        done.owners.append(thread["owner"])


def _forget_in_seats(
    c: Connection, done: Forgotten, session_id: int, person: Person, change: Callable[[str], str], now: float
) -> None:
    """What models that play others have seen of this participant; and all that a model saw that played for this one."""
    for thread in (each for each in _threads(c, session_id) if is_seats(each["owner"]) and each["forgotten"] is None):
        changed = 0
        for row in _messages(c, thread["uid"]):
            new = {"text": change(row["text"]), "request": with_other_words(row["request"], change)}
            changed += _change_message(
                c, row, {**new, "params": in_json(_without_thoughts(row["params"]), change)}, pseudonymised=now
            )
        if changed:
            done.owners.append(thread["owner"])
    forget_visits(c, session_id, now, person.code)
    change_visits(c, session_id, change)
    change_human_visits(c, session_id, change)


def _without_texts(said: Collection[str]) -> Callable[[str], str]:
    """A function that takes what somebody has said out of a text: a paragraph of its own, or a longer text anywhere.

    >>> _without_texts({"yes", "I live in Mainz."})("Say yes.\\n\\nAda: yes\\n\\nBen: I live in Mainz. Really?")
    'Say yes.\\n\\n[forgotten]\\n\\nBen: [forgotten] Really?'
    """
    long = sorted((text for text in said if len(text) > 12), key=len, reverse=True)

    def changed(text: str) -> str:
        for each in long:
            text = text.replace(each, MARK)
        parts = text.split(BREAK)
        return BREAK.join(MARK if part in said or part.partition(": ")[2] in said else part for part in parts)

    said = {text for text in said if text}
    return changed


def _change_message(c: Connection, row: Any, values: Mapping[str, Any], always: bool = False, **when: float) -> bool:
    """Write some columns of a message, if they change; whether they have."""
    new = {name: value for name, value in values.items() if value != row[name]}
    if not (new or always):
        return False
    c.execute(MESSAGES.update().where(MESSAGES.c.id == row["id"]).values(**new, **when))
    return True


def _without_words(params: str) -> str:
    """A message's params without what anybody said: numbers and switches stay, and what kind of question it was.

    >>> _without_words('{"temperature": 1.0, "stop": ["Ada"], "question": {"kind": "number", "reasoning": "I"}}')
    '{"temperature": 1.0, "question": {"kind": "number"}}'
    """
    found = _read(params)
    kept = {name: value for name, value in found.items() if _is_plain(value) and name not in _SAID_IN_PARAMS}
    question = found.get("question")
    if isinstance(question, dict):
        kept["question"] = {n: v for n, v in question.items() if _is_plain(v) or n == "kind"}
    return json.dumps(kept) if kept else ""


def _without_thoughts(params: str) -> str:
    """Params without what a model thought: beside its answer, and before a typed one.

    >>> _without_thoughts('{"thoughts": "Ada says", "question": {"value": 5, "reasoning": "Ada wants 5"}}')
    '{"question": {"value": 5}}'
    """
    found = _read(params)
    question = found.get("question")
    if isinstance(question, dict):
        found["question"] = {name: value for name, value in question.items() if name not in ("reasoning", "invalid")}
    kept = {name: value for name, value in found.items() if name != "thoughts"}
    return params if kept == _read(params) else json.dumps(kept) if kept else ""


def _read(params: str) -> dict[str, Any]:
    found = from_json(params, "params of a message") if params else {}
    return found if isinstance(found, dict) else {}


def _is_plain(value: Any) -> bool:
    return value is None or isinstance(value, bool | int | float)


# --- decisions and oTree's fields -----------------------------------------------------------------------------------


def _decisions(c: Connection, session_id: int) -> list[Any]:
    table = decisions_table(c)
    return list(c.execute(select([table]).where(table.c.session_id == session_id).order_by(table.c.id)))


def _forget_decision(c: Connection, done: Forgotten, row: Any, now: float) -> None:
    """Delete the texts of a decision, and those that it wrote into the fields of a player or a group."""
    if row["forgotten"] is not None:
        return
    values = _read(row["answer"])
    texts = [name for name, value in values.items() if isinstance(value, str)]
    kept = json.dumps({name: "" if name in texts else value for name, value in values.items()}) if values else ""
    table = decisions_table(c)
    c.execute(table.update().where(table.c.id == row["id"]).values(answer=kept, error_text="", forgotten=now))
    done.decisions += 1
    about = parse_owner(row["owner"])
    theirs = player_tables(c, about["of"]).get(about["app"])
    if theirs is not None:
        fields = [name for name in texts if name in theirs.c and isinstance(theirs.c[name].type, sqltypes.String)]
        if fields:
            c.execute(theirs.update().where(theirs.c.id == abs(row["place"])).values(dict.fromkeys(fields)))
            done.fields += len(fields)


def _forget_fields(c: Connection, done: Forgotten, person: Person, extent: Extent) -> None:
    def forgotten(name: str, value: str) -> str | None:
        return None if extent.fields or is_name(name) else value

    done.fields += _change_fields(c, person, forgotten, "" if extent.label else None)
    if extent.label:
        entries, read = forget_entries(c, person)
        done.entries, done.unread = done.entries + entries, done.unread + (not read)


def _change_fields(c: Connection, person: Person, change: Callable[[str, str], str | None], label: str | None) -> int:
    """Change the texts in the fields of all of a participant's players, and the label; how many were changed."""
    count = 0
    for table, columns in _texts_of(c):
        for row in c.execute(select([table]).where(table.c.participant_id == person.id)).fetchall():
            new = {name: change(name, row[name]) for name in columns if row[name]}
            new = {name: value for name, value in new.items() if value != row[name]}
            if new:
                c.execute(table.update().where(table.c.id == row["id"]).values(new))
                count += len(new)
    if label is not None and person.label:
        people = table_of(c, "otree_participant")
        c.execute(people.update().where(people.c.id == person.id).values(label=label or None))
        count += 1
    return count


def _texts_of(c: Connection) -> Iterator[tuple[Table, list[str]]]:
    for table in player_tables(c, "player").values():
        yield table, player_columns(table)


# --- names ----------------------------------------------------------------------------------------------------------


def is_name(field_name: str) -> bool:
    """Whether a field holds what somebody is called.

    >>> [name for name in ("nickname", "name", "your_name", "renamed", "age") if is_name(name)]
    ['nickname', 'name', 'your_name']
    """
    return re.search(r"(?:^|_|nick|user|first|last|sur)names?(?:$|_)", field_name) is not None


def _names_of(c: Connection, person: Person, extent: Extent) -> set[str]:
    """What a participant is called: the label, names in fields, and what the experimenter adds."""
    found = {person.label, *extent.names}
    for table, columns in _texts_of(c):
        wanted = [table.c[name] for name in columns if is_name(name)]
        if wanted:
            for row in c.execute(select(wanted).where(table.c.participant_id == person.id)):
                found.update(row)
    return {name.strip() for name in found if name and name.strip()}
