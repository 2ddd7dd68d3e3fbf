"""What a room hears before it asks: what the page's own code has asked and written on the same Thread."""

from __future__ import annotations

from functools import partial

from sqlalchemy.engine import Connection
from sqlalchemy.exc import DBAPIError

from ...display import logger
from ...messages import Message
from ...stores import rows
from ...stores.rows import ThreadRow
from ...threads.base import internals
from ...threads.thread import Thread
from ...threads.under_way import ahead_of, begin, heard, unheard, up_to_date
from ..otree_internals import unwritten
from ..otree_internals.processes import works_on
from ..otree_internals.writer import pending_ids, writer


async def hear(thread: Thread, pending: Message, speaks_for: str | None, stale: bool) -> list[str]:
    """Wait for the replies before a place, and read what others have written; the ids of those that have not come.

    Arguments:
        speaks_for: the persona whose reply it is, None for none. stale: whether others have written.
    """
    mine, found = begin(thread.id, pending), internals(thread)
    ahead = ahead_of(thread.id, pending, speaks_for)
    if ahead:
        await heard(ahead, thread.policy.deadline)
    if stale or ahead:
        try:  # however long the database is away: what was paid for is heard
            read = await writer().run_surely(partial(unwritten.messages, uid=thread.id))
            found.messages = up_to_date(found.messages, read, thread.id)
        except DBAPIError as error:
            logger.warning("Thread %s: what others have written could not be read: %s", thread.id[:8], error)
    mine.asking = True
    return unheard(found.messages, pending, speaks_for)


def read_chat(owner: str, unsure: bool, c: Connection) -> tuple[ThreadRow | None, list[Message]]:
    """A chat as others have left it: its Thread's row, None if that is gone, and its messages.

    Arguments:
        unsure: whether there may be a place for a reply that nobody works on.
    """
    row = rows.find(c, owner)
    if row is not None and unsure:
        rows.interrupt(c, pending_ids | unwritten.replies.keys(), row.uid, works_on)
    return row, unwritten.messages(c, row.uid) if row else []
