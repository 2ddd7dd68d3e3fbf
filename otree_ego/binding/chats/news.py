"""What others write to a chat's Thread (a page function, a timer, another page's code): open pages show it at once."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Coroutine, Sequence
from functools import partial
from typing import Any

from sqlalchemy.exc import DBAPIError, SQLAlchemyError

from ...display import logger
from ...messages import Message
from ...stores import Gone
from ...stores.rows import ThreadRow
from ...threads.base import internals
from ...threads.notices import ENDS
from ...threads.thread import Thread
from ...threads.under_way import up_to_date
from ..otree_internals import unwritten
from ..otree_internals.lease import LeaseLost
from ..otree_internals.writer import writer
from .courses import Courses
from .frames import Activity, Add, End, MessageView
from .hearing import read_chat
from .hidden_ais import says_something
from .read_messages import ReadMessages
from .viewers import Viewers


class NewsOfOthers(ReadMessages):
    """The part of a room that sees what others write.

    Attributes:
        stale: whether somebody else has written to the Thread. gone: whether its row is no longer there.
        unsure: whether a write has failed, and may be there nevertheless.
    """

    owner: str
    thread: Thread
    viewers: Viewers
    courses: Courses
    arriving: set[str]
    placing: bool
    stale = gone = unsure = False
    _looking: asyncio.Task[None] | None = None
    _look_again = False
    _reading = 0

    busy: Any
    state: Any
    read_reactions: Callable[[], Coroutine[Any, Any, None]]
    _load: Callable[[ThreadRow, list[Message]], None]
    _place: Callable[[Sequence[Message]], None]
    view: Callable[[Message, str], MessageView]
    activity: Callable[[str], Activity]
    _record: Callable[[Message | None], Awaitable[tuple[Message, ...]]]
    under_way: Callable[[], set[str]]

    async def refresh(self) -> None:
        """Read the rows anew if somebody else has written, and nothing is under way."""
        if not (self.stale or self._reading) or self.busy:
            return
        self.stale = False  # before it is read: what is written meanwhile is read again
        self._reading += 1  # whoever asks meanwhile reads, too: what this room has is not up to date yet
        try:
            row, messages = await writer().run(partial(read_chat, self.owner, self.unsure))
        except BaseException:
            self.stale = True
            raise
        finally:
            self._reading -= 1
        if row is None:
            self.gone = True
            raise Gone("The conversation is not in the database any more.")
        if self.busy:  # this room has written meanwhile, and what was read may lack it
            self.stale = True
            return
        before, thread_id = self.messages, self.thread.id
        self._load(row, messages)
        await self.read_reactions()
        self.unsure = False
        await self.tell_news(before, thread_id)

    async def _append(self, user: Message | None) -> tuple[Message, ...]:
        try:
            return await self._record(user)
        except Gone:
            self.gone = True
            raise
        except DBAPIError:
            self.stale = self.unsure = True
            raise

    def look_soon(self) -> None:
        """Somebody else has written: read it, and show it to whoever has the page open."""
        self._look_again = True
        if self._looking is None or self._looking.done():
            self._looking = asyncio.get_running_loop().create_task(self._look())

    async def _look(self) -> None:
        try:
            while self._look_again and not self.gone:
                self._look_again = False
                await self._catch_up()
        except LeaseLost:  # the next server's pages read it
            return
        except (Gone, SQLAlchemyError) as error:  # the next thing that a page asks for tells it
            logger.warning("%s: the pages could not be shown what was written: %s", self.owner, error)

    async def _catch_up(self) -> None:
        if not self.busy:
            return await self.refresh()
        if self.arriving or self.placing:  # it looks again when that is recorded
            return None
        thread_id = self.thread.id
        read = await writer().run(partial(unwritten.messages, uid=thread_id))
        if self.arriving or self.placing or self.thread.id != thread_id:
            return None
        before = list(self.messages)
        internals(self.thread).messages = up_to_date(before, read, thread_id)
        self._place(())
        return await self.tell_news(before, thread_id)

    async def tell_news(self, before: Sequence[Message], thread_id: str) -> None:
        """Send the pages what differs from a record that they have been shown.

        Arguments:
            before: the record. thread_id: of its Thread.
        """
        ours, known = self.under_way() | self.arriving, {m.id: m for m in before}
        new, ended, others = [], [], thread_id != self.thread.id
        for message in self.messages:
            old = known.pop(message.id, None)
            if message.id in ours or (old is not None and _shown_of(old) == _shown_of(message)):
                continue
            if old is None:
                new.append(message)
                others = others or (ENDS in message.params and not self._seen(message))
            elif old.status == "pending" and _shown_of(old)[:4] == _shown_of(message)[:4] and self._kept(old, message):
                ended.append(message)
            else:
                others = others or self._seen(old) or self._seen(message)
        if others or any(map(self._seen, known.values())):
            await self.viewers.send_each(self.state)
            return
        for message in filter(self._seen, new):
            self.courses.judge(message)
            await self._send_new(message)
        for message in filter(self._seen, ended):
            await self._send_end(message)

    async def _send_end(self, message: Message) -> None:
        """Show that a reply is final."""

        def ended(code: str) -> End | Add:
            if self.hidden.get(code):
                return {"t": "add", "client_id": "", "message": self.view(message, code), **self.activity(code)}
            return {"t": "end", "message": self.view(message, code), **self.activity(code)}

        await self.viewers.send_each(ended, lambda code: not self.hidden.get(code) or says_something(message))

    async def _send_new(self, message: Message) -> None:
        """Show a message that this room has not written."""

        def added(code: str) -> Add:
            return {"t": "add", "client_id": "", "message": self.view(message, code), **self.activity(code)}

        await self.viewers.send_each(added, lambda code: self._visible(message, code))

    def _kept(self, old: Message, new: Message) -> bool:
        """Whether who was shown that a reply is to come is shown the reply."""
        return all(self._visible(new, code) for code in self.viewers.pages if self._visible(old, code))

    def _seen(self, message: Message) -> bool:
        """Whether somebody's page shows a message."""
        return any(self._visible(message, code) for code in self.viewers.pages)


def _shown_of(message: Message) -> tuple[Any, ...]:
    """What of a message a page may show; of a reply that is to come, text, author and status are still open."""
    kept = message.role, message.hidden, message.forgotten, message.seq
    return (*kept, message.status, *(("", "") if message.status == "pending" else (message.text, message.author)))
