"""Which replies are under way in this process, so that the next turn on the same Thread can wait for them.

A Thread has one turn at a time, across pages and tabs. Who asks records the question and the place of its reply, waits
until the replies before it have come, and only then makes the request.

Plain code inside oTree holds oTree's lock while it waits, and whatever wants to write stands behind it. So it waits
only for a reply that a model is being asked for now: that comes without the lock, and is handed on before it is
written.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, wait
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, replace
from threading import Lock

from ..messages import Message, changed
from .persona_view import known_to

UNHEARD = "unheard"
"""Under this name the params of a reply have the ids of the replies before it that its request lacks."""


@dataclass(eq=False)
class ReplyUnderWay:
    """A reply that somebody works on.

    Fields:
        pending: its place in the record. loop: the event loop that works on it, None for plain code.
        asking: whether a model is being asked for it now: then it comes without any write.
        result: the reply as it ended, as soon as it has, before that is written.
    """

    thread_id: str
    pending: Message
    loop: asyncio.AbstractEventLoop | None
    asking: bool = False
    result: Message | None = None
    _ended: bool = False
    _came: Future[Message | None] | None = None  # made when somebody waits, which is rare

    def end(self, reply: Message | None = None) -> None:
        """The reply has ended; None if nobody works on it any more."""
        with _ending:
            if self._ended:
                return
            self.result, self._ended = reply, True
            waited_for = self._came
        if waited_for is not None:
            waited_for.set_result(reply)

    @property
    def came(self) -> Future[Message | None]:
        """Is given the reply as it ends, before that is written; None if nobody works on it any more."""
        with _ending:
            if self._came is None:
                self._came = Future()
                if self._ended:
                    self._came.set_result(self.result)
            return self._came


_ending = Lock()
_under_way: dict[str, dict[str, ReplyUnderWay]] = {}
_inside: ContextVar[tuple[str, ...]] = ContextVar("otree_ego_inside_turns", default=())


def begin(thread_id: str, pending: Message) -> ReplyUnderWay:
    """Somebody works on this reply, until `forget` is called; once it is recorded, again with its place."""
    known = _under_way.setdefault(thread_id, {})
    reply = known.setdefault(pending.id, ReplyUnderWay(thread_id, pending, _running_loop()))
    reply.pending = pending
    return reply


def forget(thread_id: str, uid: str) -> None:
    """A reply is written, or nobody works on it any more."""
    known = _under_way.get(thread_id, {})
    reply = known.pop(uid, None)
    if reply is not None:
        reply.end()
    if not known:
        _under_way.pop(thread_id, None)


@contextmanager
def announced(thread_id: str, messages: Sequence[Message]) -> Iterator[None]:
    """Places for replies are being recorded: others may see them in the database before this code goes on."""
    coming = [m for m in messages if m.status == "pending"]
    for message in coming:
        # its place is not known before it is recorded
        begin(thread_id, changed(message, seq=0) if message.seq else message)
    try:
        yield
    except BaseException:
        for message in coming:
            forget(thread_id, message.id)
        raise


@contextmanager
def working_on(thread_id: str, pending: Message) -> Iterator[ReplyUnderWay]:
    """This code works on a reply; what it calls meanwhile (a provider, say) does not wait for it."""
    reply, before = begin(thread_id, pending), _inside.get()
    _inside.set((*before[-16:], pending.id))
    try:
        yield reply
    finally:
        _inside.set(before)
        forget(thread_id, pending.id)


def ahead_of(thread_id: str, pending: Message | None = None, only_for: str | None = None) -> tuple[ReplyUnderWay, ...]:
    """The replies under way that somebody should hear.

    Arguments:
        pending: the place of their own reply: what comes after it is not for them; None if it has none yet.
        only_for: the persona that asks, None if none does.
    """
    known = _under_way.get(thread_id)
    if not known:
        return ()
    inside = _inside.get()
    return tuple(
        reply
        for uid, reply in list(known.items())
        if uid not in inside
        and (pending is None or (uid != pending.id and 0 < reply.pending.seq < pending.seq))
        and known_to(reply.pending, only_for)
        and not (reply.loop is not None and reply.loop.is_closed())
    )


def among(thread_id: str, ids: Sequence[str]) -> tuple[ReplyUnderWay, ...]:
    """Those of some replies that are under way, by their ids."""
    known, inside = _under_way.get(thread_id, {}), _inside.get()
    return tuple(known[uid] for uid in ids if uid in known and uid not in inside)


async def heard(replies: Sequence[ReplyUnderWay], seconds: float | None) -> None:
    """In async code: wait until they have come, but for no more than so many seconds."""
    await asyncio.wait([asyncio.wrap_future(each.came) for each in replies], timeout=seconds)


def heard_plainly(replies: Sequence[ReplyUnderWay], seconds: float | None) -> None:
    """In plain code: wait for those of them that come without a write, and not on this thread's own event loop."""
    here = _running_loop()
    wait([each.came for each in replies if each.asking and (here is None or each.loop is not here)], timeout=seconds)


def up_to_date(record: Sequence[Message], read: Sequence[Message], thread_id: str) -> list[Message]:
    """A record as it was read anew, with what is known here of replies that are not written yet.

    Arguments:
        record: as it is in memory. read: as it is in the store.
    """
    settled = {m.id: m for m in record if m.role == "assistant" and m.status != "pending"}
    for uid, reply in list(_under_way.get(thread_id, {}).items()):
        if reply.result is not None:
            settled[uid] = reply.result
    found = [
        replace(settled[m.id], seq=m.seq) if m.status == "pending" and m.id in settled and m.forgotten is None else m
        for m in read
    ]
    there = {m.id for m in found}
    return [*found, *(m for m in record if m.id not in there)]


def unheard(record: Sequence[Message], pending: Message, only_for: str | None = None) -> list[str]:
    """The ids of the replies before a place that have not come."""
    return [
        m.id
        for m in record
        if m.status == "pending" and m.role == "assistant" and m.seq < pending.seq and known_to(m, only_for)
    ]


def note_unheard(reply: Message, ids: Sequence[str]) -> Message:
    """A reply with what its request lacked in its params."""
    return replace(reply, params={**reply.params, UNHEARD: list(ids)}) if ids else reply


def _running_loop() -> asyncio.AbstractEventLoop | None:
    try:
        return asyncio.get_running_loop()
    except RuntimeError:
        return None
