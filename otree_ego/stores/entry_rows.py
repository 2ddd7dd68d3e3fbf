"""What the entry links of oTree's participants have said, where it is to be forgotten."""

from __future__ import annotations

import binascii
import pickle
import time

from sqlalchemy import select
from sqlalchemy.engine import Connection

from ..errors import StateError
from ..threads.pickles import read_pickle
from .otree_tables import Person, table_of
from .schema import ENTRY

ENTRY_PARAMETERS, ENTRY_NAMES = "entry_parameters", "entry_names"
"""The entries of `participant.vars` that hold what an entry link said, and what else was set from it, by name."""


def forget_entries(c: Connection, person: Person) -> tuple[int, bool]:
    """Delete what a participant's entry links have said: in their table, and in `participant.vars`.

    Returns:
        how many links, and whether `participant.vars` could be read.
    """
    table = table_of(c, ENTRY)
    mine = (table.c.participant == person.code) & table.c.forgotten.is_(None)
    gone = dict(person="", person_key="", parameters="{}", forgotten=time.time())
    count = c.execute(table.update().where(mine).values(**gone)).rowcount
    people = table_of(c, "otree_participant")
    kept = c.execute(select([people.c._vars]).where(people.c.id == person.id)).scalar()
    try:
        found = read_pickle(binascii.a2b_base64(kept)) if kept else {}
    except (StateError, ValueError):  # it holds an object of the app's, and the app is not loaded
        return count, False
    said = found.get(ENTRY_NAMES) or {}
    names = {ENTRY_NAMES, ENTRY_PARAMETERS, *(name for name, value in said.items() if found.get(name) == value)}
    if names & found.keys():
        rest = pickle.dumps({name: value for name, value in found.items() if name not in names})
        c.execute(people.update().where(people.c.id == person.id).values(_vars=binascii.b2a_base64(rest).decode()))
    return count, True
