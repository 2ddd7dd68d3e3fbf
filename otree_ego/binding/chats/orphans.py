"""Replies that no server works on any more: they failed, and what their requests may have cost is booked."""

from __future__ import annotations

from collections.abc import Collection
from contextlib import suppress
from dataclasses import replace

from sqlalchemy import func, select
from sqlalchemy.engine import Connection

from ...errors import EgoError
from ...messages import Meter, Request
from ...providers import provider_for
from ...stores import rows
from ...stores.rows import MESSAGES
from ...threads.estimates import used_by
from ...threads.turns import payload
from ..otree_internals.processes import works_on


def end_orphans(connection: Connection, alive: Collection[str]) -> tuple[int, int]:
    """Mark pending replies as failed, except those that are still to come.

    A reply that a tool's process works on (a shell, a script) is still to come, too.

    Of each Thread's pending replies the first one was under way: its prompt is booked, and what has come of it. The
    others were waiting.

    Arguments:
        alive: the ids of replies that are still to come.

    Returns:
        how many were marked, and of how many nothing had come that was kept.
    """
    left = set(rows.orphans(connection, alive, works_on))
    first = select([MESSAGES.c.thread, func.min(MESSAGES.c.seq)]).where(MESSAGES.c.status == "pending")
    for thread, place in connection.execute(first.group_by(MESSAGES.c.thread)).fetchall():
        record = rows.messages(connection, thread)
        pending = next((m for m in record if m.seq == place), None)
        if pending is None or pending.id not in left or pending.cost is not None:
            continue
        request = Request(pending.model, payload(record, before=place))
        with suppress(EgoError):  # a model that is not there any more
            price = getattr(provider_for(pending.model), "price", None)
            used = used_by(replace(request, meter=Meter(asked=True, price=price, text=lambda: pending.text)))  # noqa: B023
            if used is not None:
                booked = replace(pending, cost=used.cost, params=used.mark(pending.params))
                rows.settle(connection, [replace(booked, attempts=pending.attempts or 1)])
    empty = select([MESSAGES.c.uid]).where((MESSAGES.c.status == "pending") & (MESSAGES.c.text == ""))
    lost = sum(uid in left for (uid,) in connection.execute(empty).fetchall())
    return rows.interrupt(connection, alive, works_on=works_on), lost
