"""What a page sends to its live method and is too large for its WebSocket: over HTTP, to the same live method.

The library closes a connection on which a message of more than a megabyte comes, and oTree's page connects again: what
was sent is gone, and nobody is told. `_static/otree_ego/large_payloads.js` sends such a message here instead. The
address is the live channel's own, with the participant's code in it. Only that participant's page is heard, while it is
open, from the same origin, one payload at a time, and no more than `MOST` bytes. It is answered on the live channel.
"""

from __future__ import annotations

import asyncio
import json
from typing import Any
from urllib.parse import urlsplit

import otree.channels.utils as channels
from otree.channels.consumers import LiveConsumer
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse

from ...display import logger
from . import lease
from .live_channel import has_open

PATH = "/otree_ego/live"
MOST = 20_000_000
"""Bytes of one payload."""
MOST_AT_ONCE = 100_000_000
"""Bytes of all payloads that are under way."""
PATIENCE = 120.0
"""Seconds for one payload to come."""
_app: Any = Starlette
_under_way: dict[str, int] = {}
_tasks: set[asyncio.Task[None]] = set()


class _Refused(Exception):
    """A payload is not taken: the HTTP status and why."""


class _Page:
    """A page's live connection, as far as `LiveConsumer` needs one: what is sent goes to all of its tabs."""

    def __init__(self, group: str) -> None:
        self._group = group

    async def send_json(self, data: Any) -> None:
        await channels.group_send(group=self._group, data=data)


async def _call(app: Any, scope: Any, receive: Any, send: Any) -> None:
    # Before oTree's own layers: those hold its lock, for which the live method would wait for ever.
    if scope["type"] != "http" or scope["path"] != PATH or not lease.serves():
        await _usual_call(app, scope, receive, send)
        return
    request = Request(scope, receive)
    code = request.query_params.get("participant_code", "")
    try:
        data = await _payload(request, code)
    except _Refused as refused:
        status, why = refused.args
        await JSONResponse({"taken": False, "why": why}, status)(scope, receive, send)
        return
    task = asyncio.get_running_loop().create_task(_hand_on(scope, code, data))
    _tasks.add(task)
    task.add_done_callback(_tasks.discard)
    await JSONResponse({"taken": True}, 202)(scope, receive, send)


async def _payload(request: Request, code: str) -> Any:
    """What the page has sent.

    Raises:
        _Refused: it is not taken.
    """
    query, length = request.query_params, request.headers.get("content-length", "")
    if request.method != "POST":
        raise _Refused(405, "POST alone is taken here.")
    if request.headers.get("x-otree-ego") != "live" or not _same_origin(request):
        raise _Refused(403, "It does not come from the page itself.")
    if not length.isdigit() or int(length) > MOST:
        raise _Refused(413, f"A payload may have {MOST} bytes, and must say how many it has.")
    index = query.get("page_index", "")
    if not index.isdigit() or not has_open(query.get("session_code", ""), int(index), code):
        raise _Refused(409, "The page is not open.")
    if code in _under_way or sum(_under_way.values()) + int(length) > MOST_AT_ONCE:
        raise _Refused(429, "Another payload is under way.")
    _under_way[code] = int(length)
    try:
        return json.loads(await asyncio.wait_for(_body(request, int(length)), PATIENCE))
    except (ValueError, RecursionError):
        raise _Refused(400, "It is no JSON.") from None
    except (asyncio.TimeoutError, TimeoutError):
        raise _Refused(408, "It did not come in time.") from None
    finally:
        del _under_way[code]


async def _body(request: Request, length: int) -> bytes:
    parts, size = [], 0
    async for part in request.stream():
        size += len(part)
        if size > length:
            raise _Refused(413, "It is longer than it says.")
        parts.append(part)
    return b"".join(parts)


def _same_origin(request: Request) -> bool:
    """Whether a browser sends it from a page of this server. (No other page may set our header either.)"""
    site, origin = request.headers.get("sec-fetch-site"), request.headers.get("origin")
    if site not in (None, "same-origin"):
        return False
    return origin is None or urlsplit(origin).netloc.lower() == request.headers.get("host", "").lower()


async def _hand_on(scope: Any, code: str, data: Any) -> None:
    consumer = LiveConsumer({**scope, "type": "websocket", "path_params": {}}, None, None)
    [group] = consumer.groups
    try:
        await consumer.on_receive(_Page(group), data)
    # The page's own code, as on the live channel: the page is told, and the log.
    except Exception as error:
        logger.error("%s: a large payload: %r", code, error, exc_info=error)
        await _Page(group).send_json({"otree_success": False, "live_method_payload": None})


def install() -> None:
    """Take large payloads."""
    global _usual_call
    _usual_call = _app.__call__
    _app.__call__ = _call


_usual_call: Any = _app.__call__
