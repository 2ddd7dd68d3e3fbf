"""How the web server ends: within seconds, also with live pages and wait pages open.

On SIGTERM uvicorn 0.13.4 stops listening, waits until its listening sockets are closed, and only then closes its
connections. Since Python 3.12.1 a listening socket counts as closed when its connections are: one open page keeps the
server from ending until it is killed, and meanwhile nobody reaches it.
"""

from __future__ import annotations

import asyncio
import sys
import time
from collections.abc import Awaitable, Callable
from typing import Any

from uvicorn.protocols.websockets.websockets_impl import WebSocketProtocol
from uvicorn.server import Server

from ...display import logger
from ...threads.driving import end_pauses
from . import serving

last_works: list[Callable[[], Awaitable[None]]] = []
"""What is done when pages have been closed, before this process gives up the database."""
LEAVE = 1.0
"""Seconds for live methods that are under way, and for connections to close."""
CANCELLED = 1.0
"""Seconds for what a live method still has to do after it was cancelled."""
REQUESTS = 20.0
"""Seconds for page requests that are being worked on: what a participant submits is kept (Heroku kills after 30)."""
ABORTED = 0.2
PAUSE = 0.02


async def _shutdown(server: Any, sockets: Any = None) -> None:
    end_pauses()  # a page function that waits before it asks a model again
    for listener in server.servers:
        listener.close()
    await _close_connections(server)
    for work in last_works:
        await work()
    await serving.end()
    await _usual_shutdown(server, sockets)


async def _close_connections(server: Any) -> None:
    state = server.server_state

    def all_left() -> bool:
        return not (state.connections or state.tasks)

    def no_requests() -> bool:
        return not _page_requests(server)

    if await _until(server, all_left, LEAVE):
        return
    for connection in list(state.connections):
        if _stands_still(connection):
            connection.transport.abort()
    if not await _until(server, no_requests, ABORTED):
        if not await _until(server, no_requests, REQUESTS):
            logger.warning("The server ends although a page request has taken more than %g s.", REQUESTS)
        await _until(server, all_left, LEAVE)
    for task in set(state.tasks) - _page_requests(server):
        task.cancel()
    for connection in list(state.connections):
        connection.transport.abort()
    if not await _until(server, all_left, CANCELLED):
        server.force_exit = True  # uvicorn would wait for ever


async def _until(server: Any, done: Callable[[], bool], seconds: float) -> bool:
    """Wait for something. Meanwhile each connection is closed as soon as it is idle, or has become a WebSocket."""
    end = time.monotonic() + seconds
    while not server.force_exit:
        for connection in list(server.server_state.connections):
            if not connection.transport.is_closing():
                connection.shutdown()
        if done():
            return True
        if time.monotonic() > end:
            return False
        await asyncio.sleep(PAUSE)
    return True


def _page_requests(server: Any) -> set[asyncio.Task[Any]]:
    """The tasks that are not a WebSocket's: those end when its connection is closed and its live method has ended."""
    return {task for task in server.server_state.tasks if _function(task) != WebSocketProtocol.run_asgi.__qualname__}


def _function(task: asyncio.Task[Any]) -> str:
    return getattr(task.get_coro(), "__qualname__", "")


def _stands_still(connection: Any) -> bool:
    """Whether a page request waits for the other side: to send the rest of it, or to read the answer."""
    cycle = getattr(connection, "cycle", None)
    return cycle is not None and (cycle.more_body or cycle.response_started)


_server: Any = Server
_usual_startup, _usual_shutdown, _usual_run = _server.startup, _server.shutdown, _server.run
_running: list[Any] = []
_by_ourselves: list[bool] = []


async def _startup(server: Any, sockets: Any = None) -> None:
    _running[:] = [server]
    await _usual_startup(server, sockets)


def _run(server: Any, sockets: Any = None) -> None:
    _usual_run(server, sockets)
    if _by_ourselves:
        sys.exit(1)  # whoever watches over processes starts another


def end_by_ourselves() -> None:
    """End the server as on SIGTERM, but with an exit code that tells of a failure."""
    _by_ourselves.append(True)
    for server in _running:
        server.should_exit = True


def install() -> None:
    """Let oTree's web server end in this way."""
    _server.startup, _server.shutdown, _server.run = _startup, _shutdown, _run
