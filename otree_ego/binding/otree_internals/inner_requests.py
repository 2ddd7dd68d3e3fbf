"""Requests of a participant that a model plays: oTree's pages and sockets, from inside the server, without a network.

What is relied on, each of which `tests/binding/otree_internals/test_inner_requests.py` says: oTree's app is plain ASGI;
a page's own functions run in a thread with the context of the request; each request needs a task of its own, which
nothing may cancel (oTree's sessions share one connection); it must not be awaited by whoever holds oTree's lock; its
`receive` must wait after the body; what fails in a page is raised out of the app after a page with status 500.
"""

from __future__ import annotations

import asyncio
import json
import time
from collections import OrderedDict
from collections.abc import Callable, Mapping
from contextlib import suppress
from contextvars import Context, ContextVar
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import otree.channels.utils as channels
from otree.common import ADMIN_SECRET_CODE
from otree.constants import admin_secret_code, timeout_happened
from otree.models import Participant
from sqlalchemy import event
from sqlalchemy.engine import Connection
from sqlalchemy.orm import object_session

from .page_traffic import Room
from .startup import server_loop

AT_ONCE = 1
"""How many of these requests stand in the line for oTree's lock: a person waits for so many of them at most."""
HEADERS = [(b"host", b"localhost"), (b"user-agent", b"otree_ego")]
FORM = (b"content-type", b"application/x-www-form-urlencoded")
KNOWN = 10_000
"""Groups of oTree's channel layer of which the last message is remembered."""


@dataclass
class Call:
    """One request.

    Fields:
        code: of the participant for whom it is made. on_move: done in its transaction, if it moves the participant.
        moved: whether it has moved the participant to another page.
    """

    code: str
    on_move: Callable[[Connection], None] | None = None
    moved: bool = False


@dataclass(frozen=True)
class Answer:
    """What came of a request; `location` is where it leads, empty if nowhere."""

    status: int
    headers: Mapping[str, str]
    text: str
    moved: bool = False

    @property
    def location(self) -> str:
        """Where a redirection leads."""
        return self.headers.get("location", "") if self.status in (301, 302, 303, 307, 308) else ""


room = Room()
_call: ContextVar[Call | None] = ContextVar("otree_ego_inner_call", default=None)
_turns: dict[asyncio.AbstractEventLoop, asyncio.Semaphore] = {}
_tasks: set[asyncio.Task[Any]] = set()
on_moved: list[Callable[[str, int], None]] = []
"""Told on the server's loop when a participant has come to another page, whoever did it: the code and the index."""


def is_inner() -> bool:
    """Whether the request that this code runs in is one of these, and no human's."""
    return _call.get() is not None


def as_timed_out() -> list[tuple[str, str]]:
    """The fields with which oTree's *Advance* submits a page for somebody."""
    return [(admin_secret_code, ADMIN_SECRET_CODE), (timeout_happened, "1")]


def in_background(work: Any) -> asyncio.Task[Any]:
    """A task of its own, with nothing of this code's context; it is kept until it is done."""
    task: asyncio.Task[Any] = Context().run(asyncio.get_running_loop().create_task, work)
    _tasks.add(task)
    task.add_done_callback(_tasks.discard)
    return task


async def page_request(method: str, address: str, body: bytes, call: Call) -> Answer:
    """One request to oTree. Whoever waits for it may be cancelled; it goes on to its end.

    Arguments:
        method, address, body: of the request; a form's body is encoded already.
    """
    answered: Answer = await asyncio.shield(in_background(_in_turn(method, address, body, call)))
    return answered


async def _in_turn(method: str, address: str, body: bytes, call: Call) -> Answer:
    turns = _turns.setdefault(asyncio.get_running_loop(), asyncio.Semaphore(AT_ONCE))
    async with turns:
        await room.leave()
        _call.set(call)
        begun = time.perf_counter()
        try:
            return await _request(method, address, body, call)
        finally:
            room.took(begun)
            await room.until_quiet()  # what is made of the answer takes the processor, too


async def _request(method: str, address: str, body: bytes, call: Call) -> Answer:
    parts = urlsplit(address)
    sent: list[dict[str, Any]] = []
    unread = [{"type": "http.request", "body": body, "more_body": False}]

    async def receive() -> dict[str, Any]:
        if not unread:
            await asyncio.get_running_loop().create_future()
        return unread.pop()

    async def send(message: dict[str, Any]) -> None:
        sent.append(message)

    scope = {
        **_scope("http", parts.path, parts.query),
        "method": method, "headers": [*HEADERS, *([FORM] * (method == "POST")), (b"content-length", b"%d" % len(body))],
    }  # fmt: skip
    try:
        await _app()(scope, receive, send)
    except Exception as error:
        raise PageFailed(address) from error
    start = next(each for each in sent if each["type"] == "http.response.start")
    text = b"".join(each.get("body", b"") for each in sent if each["type"] == "http.response.body")
    headers = {name.decode("latin-1").lower(): value.decode("latin-1") for name, value in start["headers"]}
    return Answer(start["status"], headers, text.decode("utf-8", "replace"), call.moved)


class PageFailed(Exception):
    """A page's own code, or its database, has failed: `__cause__` says how."""


def _scope(kind: str, path: str, query: str) -> dict[str, Any]:
    return {
        "type": kind, "asgi": {"version": "3.0"}, "http_version": "1.1", "path": path, "raw_path": path.encode(),
        "query_string": query.encode(), "root_path": "", "scheme": "http" if kind == "http" else "ws",
        "server": ("localhost", 80), "client": ("127.0.0.1", 0), "headers": list(HEADERS),
    }  # fmt: skip


def _app() -> Any:
    from otree.asgi import app  # it imports all of the project

    return app


# --- sockets --------------------------------------------------------------------------------------------------------


@dataclass
class InnerSocket:
    """A page's socket: oTree's own consumer serves it. See `otree_ego.players.transports.Socket`."""

    incoming: asyncio.Queue[dict[str, Any]] = field(default_factory=asyncio.Queue)
    outgoing: asyncio.Queue[Any] = field(default_factory=asyncio.Queue)
    closed: bool = False

    @classmethod
    async def to(cls, address: str) -> InnerSocket:
        """Open one.

        Raises:
            ConnectionError: oTree closes it at once.
        """
        made = cls()
        made.incoming.put_nowait({"type": "websocket.connect"})
        in_background(made._serve(address))
        first = await made.outgoing.get()
        if first is not _ACCEPTED:
            raise ConnectionError(f"{address}: oTree closed the connection.")
        return made

    async def _serve(self, address: str) -> None:
        parts = urlsplit(address)
        try:
            scope = {**_scope("websocket", parts.path, parts.query), "subprotocols": []}
            await _app()(scope, self.incoming.get, self._sent)
        # Whatever it was: oTree's log says it, and who has the socket learns that it is closed.
        except Exception:
            pass
        finally:
            self.closed = True
            self.outgoing.put_nowait(_CLOSED)

    async def _sent(self, message: dict[str, Any]) -> None:
        if message["type"] == "websocket.accept":
            self.outgoing.put_nowait(_ACCEPTED)
        elif message["type"] == "websocket.send":
            text = message.get("text")
            self.outgoing.put_nowait(json.loads(text if text is not None else message["bytes"]))
        elif message["type"] == "websocket.close":
            self.outgoing.put_nowait(_CLOSED)

    async def send(self, value: Any) -> None:
        """See `Socket`."""
        if self.closed:
            raise ConnectionError("The connection is closed.")
        self.incoming.put_nowait({"type": "websocket.receive", "text": json.dumps(value)})

    async def receive(self) -> Any:
        """See `Socket`."""
        found = await self.outgoing.get()
        if found is _CLOSED:
            self.outgoing.put_nowait(_CLOSED)
            raise ConnectionError("The connection was closed.")
        return found

    async def close(self) -> None:
        """See `Socket`."""
        self.incoming.put_nowait({"type": "websocket.disconnect", "code": 1000})


_ACCEPTED, _CLOSED = object(), object()


# --- wait pages -----------------------------------------------------------------------------------------------------


class Waiting:
    """Listens, as an open wait page does, for being told that it is over; without marking anybody as connected."""

    def __init__(self, group: str) -> None:
        self._group, self._loop = group, asyncio.get_running_loop()
        self.told = asyncio.Event()

    def __enter__(self) -> Waiting:
        channels.channel_layer.add(self._group, self)
        return self

    def __exit__(self, *error: object) -> None:
        channels.channel_layer.discard(self._group, self)

    async def send_text(self, _text: str) -> None:
        """oTree's channel layer calls this, from any thread."""
        with suppress(RuntimeError):  # the loop is closed
            self._loop.call_soon_threadsafe(self.told.set)


def waiting_group(address: str) -> str:
    """The group of oTree's channel layer to which a wait page's socket belongs; empty if it is none of oTree's."""
    parts = urlsplit(address)
    values = dict(parse_qsl(parts.query))
    try:
        place = (int(values["session_pk"]), int(values["page_index"]))
        if parts.path == "/wait_page":
            return str(channels.group_wait_page_name(*place, int(values["group_id"])))
        if parts.path == "/subsession_wait_page":
            return str(channels.subsession_wait_page_name(*place))
        return str(channels.gbat_group_name(*place)) if parts.path == "/group_by_arrival_time" else ""
    except (KeyError, ValueError):
        return ""


_sent: OrderedDict[str, int] = OrderedDict()
_count = [0]
_usual_send = channels.ChannelLayer.send


async def _send(layer: Any, group: str, data: Any) -> None:
    if "wait-page" in group or group.startswith("group_by_arrival_time"):
        _count[0] += 1
        _sent[group] = _count[0]
        if len(_sent) > KNOWN:
            _sent.popitem(last=False)
    await _usual_send(layer, group, data)


def news_so_far() -> int:
    """Changes whenever a wait page is told something; for `has_news`."""
    return _count[0]


def has_news(group: str, since: int) -> bool:
    """Whether a wait page was told something since then: before it could listen, perhaps."""
    return _sent.get(group, 0) > since


# --- participants that move -----------------------------------------------------------------------------------------

MOVED = "otree_ego_moved"


def _set(participant: Any, index: int, *_: Any) -> None:
    session, code, call = object_session(participant), participant.code, _call.get()
    if session is None:
        return
    if MOVED not in session.info:
        session.info[MOVED] = {}
        event.listen(session, "after_commit", _told)
        event.listen(session, "after_rollback", lambda s: s.info[MOVED].clear())
    session.info[MOVED][code] = index
    if call is not None and call.code == code and not call.moved:
        call.moved = True
        if (work := call.on_move) is not None:
            event.listen(session, "before_commit", lambda s: work(s.connection()), once=True)


def _told(session: Any) -> None:
    moved, loop = dict(session.info[MOVED]), server_loop()
    session.info[MOVED].clear()
    if moved and on_moved and loop is not None:
        loop.call_soon_threadsafe(_tell, moved, context=Context())


def _tell(moved: Mapping[str, int]) -> None:
    for code, index in moved.items():
        for work in on_moved:
            work(code, index)


def install() -> None:
    """Follow participants from page to page, and what wait pages are told."""
    event.listen(Participant._index_in_pages, "set", _set)
    channels.ChannelLayer.send = _send
