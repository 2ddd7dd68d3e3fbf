"""All requests that models were sent, on oTree's Data page: ``from otree_ego import custom_export_requests``."""

from __future__ import annotations

import itertools
import json
from collections.abc import Iterator, Sequence
from typing import Any

from sqlalchemy import and_, select

from ..display import utc
from ..stores import rows
from ..stores.rows import MESSAGES, THREADS
from ..threads.sent_requests import SentRequests
from .export import OwnerColumns, Verbatim
from .links.owners import parse_owner
from .otree_internals.database import joined_section
from .otree_internals.models import app_of

COLUMNS = (
    "session", "participant", "label", "id_in_session", "app", "round", "group", "id_in_group", "thread", "message",
    "time_utc", "request",
)  # fmt: skip


def custom_export_requests(players: Sequence[Any]) -> Iterator[list[Any]]:
    """A row for each request that models were sent in these players' sessions; the last column is a line of JSON.

    Arguments:
        players: as oTree hands them to a custom export.

    Columns: whose it is, as in `custom_export`; `thread` and `message` are the ids of the Thread and of the reply, and
    `request` is `SentRequest.as_json`: the body as it was sent, address, protocol, failure policy, what it came to, and
    the service's names for its answer.
    """
    yield list(COLUMNS)
    if not players:
        return
    app, owners = app_of(players[0]), OwnerColumns(players)
    query = select([THREADS.c.owner, THREADS.c.session_id, MESSAGES]).where(
        and_(MESSAGES.c.thread == THREADS.c.uid, THREADS.c.session_id.in_(list(owners.sessions)))
    )
    query = query.order_by(THREADS.c.session_id, THREADS.c.id, MESSAGES.c.seq)
    with joined_section() as connection:
        for thread, found in itertools.groupby(connection.execute(query), lambda row: row["thread"]):
            said = list(found)
            about = parse_owner(said[0]["owner"])
            if about["app"] not in ("", app):
                continue
            session, code, label, number, round_number, group, place = owners.of(said[0]["session_id"], about)
            head = [session, code, label, number, about["app"], round_number, group, place, thread]
            times = {row["uid"]: row["time"] for row in said}
            for sent in SentRequests([rows.from_row(row) for row in said]):
                line = Verbatim(json.dumps(sent.as_json(), ensure_ascii=False))
                yield [*head, sent.reply, utc(times[sent.reply]), line]
