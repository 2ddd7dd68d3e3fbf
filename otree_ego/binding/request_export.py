"""All requests that models were sent, on oTree's Data page: ``from otree_ego import custom_export_requests``."""

from __future__ import annotations

import itertools
import json
from collections.abc import Iterator, Sequence
from typing import Any

from sqlalchemy import and_, select

from ..stores import rows
from ..stores.rows import MESSAGES, THREADS
from ..stores.table_cells import milliseconds, utc
from ..threads.sent_requests import SentRequests
from .export import ABOUT, OwnerColumns, Verbatim, thread_columns
from .links.owners import parse_owner
from .otree_internals import unwritten
from .otree_internals.database import joined_section
from .otree_internals.models import app_of

COLUMNS = (*ABOUT, "message_id", "time_utc", "time_ms", "model", "requests", "error_type", "request")


def custom_export_requests(players: Sequence[Any]) -> Iterator[list[Any]]:
    """A row for each request that models were sent in these players' sessions; the last column is a line of JSON.

    Arguments:
        players: as oTree hands them to a custom export.

    Columns: `COLUMNS`, which docs/data.md describes.
    """
    yield list(COLUMNS)
    if not players:
        return
    app, owners = app_of(players[0]), OwnerColumns(players)
    mine = THREADS.c.session_id.in_(list(owners.sessions))
    record = select([MESSAGES]).where(and_(MESSAGES.c.thread == THREADS.c.uid, mine))
    record = record.order_by(THREADS.c.session_id, THREADS.c.id, MESSAGES.c.seq)
    with joined_section() as connection:
        threads = {row["uid"]: row for row in connection.execute(select([THREADS]).where(mine))}
        for uid, found in itertools.groupby(connection.execute(record), lambda row: row["thread"]):
            about = parse_owner(threads[uid]["owner"])
            if about["app"] not in ("", app):
                continue
            head = thread_columns(owners, threads[uid], about)
            messages = unwritten.as_ended([rows.from_row(row) for row in found])
            times = {message.id: message.time for message in messages}
            for sent in SentRequests(messages):
                line = Verbatim(json.dumps(sent.as_json(), ensure_ascii=False))
                when = [utc(times[sent.reply]), milliseconds(times[sent.reply])]
                row = owners.at(head, about, times[sent.reply])
                yield [*row, sent.reply, *when, sent.model, sent.times, sent.error, line]
