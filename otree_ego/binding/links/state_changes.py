"""What somebody has changed on a Thread while it was open: kept beside what others have changed meanwhile."""

from __future__ import annotations

import pickle
from collections.abc import Mapping

from sqlalchemy import select
from sqlalchemy.engine import Connection

from ...stores import rows
from ...stores.rows import THREADS
from ...threads.state import load_state


def keep_changes(c: Connection, before: Mapping[str, bytes], after: Mapping[str, bytes]) -> None:
    """Write settings and attributes that have changed, by uid; what others have written meanwhile stays.

    Arguments:
        before: the states as they were when the Threads were opened. after: as they are now.
    """
    altered = {uid: state for uid, state in after.items() if state != before.get(uid)}
    there = dict(c.execute(select([THREADS.c.uid, THREADS.c.state]).where(THREADS.c.uid.in_(list(altered)))).fetchall())
    for uid, state in altered.items():
        now = there.get(uid)
        if now is not None and uid in before and now != before[uid]:
            altered[uid] = merged(before[uid], state, now)
    rows.update_states(c, altered)


def merged(before: bytes, after: bytes, now: bytes) -> bytes:
    """A state as others have left it, with one's own changes.

    >>> def state(**values):
    ...     return pickle.dumps(values)
    >>> load_state(merged(state(round=1), state(round=1, mine=2), state(round=1, theirs=3)))
    {'round': 1, 'theirs': 3, 'mine': 2}
    """
    old, new, found = load_state(before), load_state(after), load_state(now)
    same = {name for name in old if name in new and pickle.dumps(old[name]) == pickle.dumps(new[name])}
    found = {name: value for name, value in found.items() if name in new or name not in old}
    return pickle.dumps({**found, **{name: value for name, value in new.items() if name not in same}}, protocol=4)
