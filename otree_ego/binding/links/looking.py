"""Looking at what belongs to an oTree object without opening it: nobody is waited for."""

from __future__ import annotations

from ...messages import Message
from ...stores import rows
from ..otree_internals import unwritten
from ..otree_internals.database import joined_section
from ..otree_internals.startup import server_loop
from .owner_lock import is_held


class Looking:
    """The part of a Link that looks."""

    owner: str

    def __bool__(self) -> bool:
        """Whether something is attached."""
        with joined_section() as connection:
            return rows.find(connection, self.owner) is not None

    @property
    def messages(self) -> tuple[Message, ...]:
        """The whole record so far, failed replies and those under way included, without opening the Thread.

        ``async with ai(player) as llm`` waits until a reply that is under way has come; this does not. Empty if nothing
        is attached.
        """
        with joined_section() as connection:
            row = rows.find(connection, self.owner)
            return () if row is None else tuple(unwritten.messages(connection, row.uid))

    @property
    def busy(self) -> bool:
        """Whether a reply is under way, or async code has the Thread open: hold *Next* back meanwhile."""
        return is_held(self.owner, server_loop()) or any(m.status == "pending" for m in self.messages)
