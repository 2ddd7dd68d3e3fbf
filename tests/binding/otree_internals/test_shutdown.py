"""A server that is told to end does so within seconds, with exit code 0, whatever pages are open."""

from __future__ import annotations

import os
import signal
import socket
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from harness import Project, Server, SocketClosed
from harness.chat import CONFIG, KEY, LIVE_PAGE, TALK_FILES, Chat
from harness.database import attempts
from harness.pythons import python_params
from harness.waiting import BEFORE_PAGE, Tab, waits

from otree_ego.testing import FakeService

PAGES = """\
import asyncio
import os

from otree.api import *

%s


class C(BaseConstants):
    NAME_IN_URL = "pages"
    PLAYERS_PER_GROUP = None
    NUM_ROUNDS = 1


class Subsession(BaseSubsession):
    pass


class Group(BaseGroup):
    pass


class Player(BasePlayer):
    saved = models.StringField(initial="")


class Echo(Page):
    @staticmethod
    def live_method(player, data):
        return {player.id_in_group: data}


class Endless(Page):
    @staticmethod
    async def live_method(player, data):
        yield {player.id_in_group: "x" * data}
        await asyncio.Event().wait()


class Slow(Page):
    @staticmethod
    def before_next_page(player, timeout_happened):
        print("A PAGE FUNCTION WAITS")
        player.saved = open("gate").read()


class Meet(WaitPage):
    pass


class End(Page):
    pass


page_sequence = [Echo, Endless, Slow, Meet, End]
"""
FILES = {
    "__init__.py": PAGES % "from otree_ego import ai",
    "Echo.html": LIVE_PAGE % "",
    "Endless.html": LIVE_PAGE % "",
    "Slow.html": BEFORE_PAGE,
    "End.html": BEFORE_PAGE,
}
AS_312 = """\
import asyncio.base_events
import sys

if sys.version_info < (3, 12, 1):  # let every Python wait for its connections as later ones do

    async def wait_closed(self):
        while self._active_count:
            await asyncio.sleep(0.01)

    asyncio.base_events.Server.wait_closed = wait_closed
"""
Start = Callable[..., Server]


@pytest.fixture(params=python_params())
def start(request: pytest.FixtureRequest, tmp_path: Path, model: FakeService) -> Iterator[Start]:
    """Starts a server on one of the Pythons."""
    with ExitStack() as stack:

        def started(**apps: Any) -> Server:
            configs = [{"name": app, "app_sequence": [app], **CONFIG} for app in apps]
            project = Project(tmp_path / "project", apps, session_configs=configs, settings_extra=AS_312)
            env = {"OPENAI_BASE_URL": model.base_url, "OPENAI_API_KEY": KEY}
            return stack.enter_context(Server(project, env=env, python=request.param))

        yield started


def until(condition: Callable[[], bool], server: Server) -> None:
    for _ in attempts(60):
        if condition():
            return
    raise TimeoutError(f"It did not come to that:\n{server.log[-3000:]}")


def told_to_end(server: Server) -> None:
    """SIGTERM to the web server; waits until it listens no more."""
    os.kill(server.pid, signal.SIGTERM)
    until(partial(refuses, server.port), server)


def refuses(port: int) -> bool:
    try:
        socket.create_connection(("127.0.0.1", port), 30).close()
    except ConnectionRefusedError:
        return True
    return False


def raw(server: Server, text: str) -> socket.socket:
    """A connection over which some bytes were sent."""
    connection = socket.create_connection(("127.0.0.1", server.port), 30)
    connection.sendall(text.encode())
    return connection


def test_with_pages_of_all_kinds_open(start: Start, model: FakeService) -> None:
    server = start(pages=FILES, talk=TALK_FILES, partner=waits("partner"))
    echo, endless, meet = (person.start() for person in server.create_session("pages", 3).participants())
    chatting = server.create_session("talk").participant().start()
    partner = server.create_session("partner").participant().start()
    (server.project.folder / "gate").write_text("open")
    model.reply = "7"
    model.hold()
    with ExitStack() as stack:
        live = stack.enter_context(echo.live())
        live.send("heard")
        assert live.receive() == "heard"
        working = stack.enter_context(endless.until("Endless").live())
        working.send(1)
        assert working.receive() == "x"
        stack.enter_context(Tab(meet.until("Meet")))
        stack.enter_context(Tab(partner.submit()))
        chat = stack.enter_context(Chat(chatting))
        chat.say("Do not lose this")
        chat.until(lambda told: told["t"] == "text")
        host = f"Host: 127.0.0.1:{server.port}\r\n"
        stack.enter_context(raw(server, ""))
        stack.enter_context(raw(server, f"GET / HTTP/1.1\r\n{host}"))
        stack.enter_context(raw(server, f"POST / HTTP/1.1\r\n{host}Content-Length: 100\r\n\r\nhalf"))
        idle = stack.enter_context(raw(server, f"GET /login HTTP/1.1\r\n{host}\r\n"))
        assert idle.recv(12) == b"HTTP/1.1 200"
        assert server.stop() == 0
        with pytest.raises(SocketClosed):
            live.receive()
    model.release()
    server.start()
    with Chat(chatting.reload()) as chat:
        assert chat.quiet()[-1]["text"] == "7"
        assert [text for role, text in chat.texts if role == "user"] == ["Do not lose this"]
    partner.until("After")
    assert "Task was destroyed" not in server.log and "Traceback" not in server.log


def test_somebody_who_does_not_read(start: Start) -> None:
    server = start(pages=FILES)
    person = server.create_session("pages").participant().start().until("Endless")
    address = person.live()
    address.close()
    path = address.url.removeprefix(server.socket_url)
    keys = "Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: " + "A" * 22
    with raw(server, f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\n{keys}==\r\n\r\n") as connection:
        assert connection.recv(12) == b"HTTP/1.1 101"
        number = b"50000000"
        connection.sendall(bytes([0x81, 0x80 + len(number), 0, 0, 0, 0]) + number)
        assert connection.recv(1000)
        assert server.stop() == 0


def test_a_page_that_is_being_submitted_is_saved(start: Start) -> None:
    server = start(pages=FILES)
    person = server.create_session("pages", 2).participant().start().until("Slow")
    os.mkfifo(server.project.folder / "gate")
    with ThreadPoolExecutor() as pool:
        submission = pool.submit(person.http.post, person.url, allow_redirects=False)
        until(lambda: "A PAGE FUNCTION WAITS" in server.log, server)
        told_to_end(server)
        (server.project.folder / "gate").write_text("in time")
        assert submission.result(60).status_code == 302
    assert server.stop() == 0
    saved = server.database.query("SELECT saved FROM pages_player ORDER BY id")
    assert [row["saved"] for row in saved] == ["in time", ""]


def test_a_page_function_that_waits_for_a_service_ends_with_its_fallback(start: Start, model: FakeService) -> None:
    asks = PAGES % "from otree_ego import GPTThread, ai"
    asks = asks.replace(
        'open("gate").read()', 'GPTThread("gpt-6-luna", deadline=None, fallback_text="in time").submit("?")'
    )
    model.fail(429, -1, retry_after=3600)
    server = start(pages={**FILES, "__init__.py": asks})
    person = server.create_session("pages", 2).participant().start().until("Slow")
    with ThreadPoolExecutor() as pool:
        submission = pool.submit(person.http.post, person.url, allow_redirects=False)
        until(lambda: "and asks for a pause of 3600 s (1 h)" in server.log, server)
        os.kill(server.pid, signal.SIGTERM)
        assert submission.result(60).status_code == 302
    assert server.stop() == 0
    saved = server.database.query("SELECT saved FROM pages_player ORDER BY id")
    assert [row["saved"] for row in saved] == ["in time", ""]


def test_without_us_it_waits_until_everybody_has_left(start: Start) -> None:
    """If this fails, oTree (or uvicorn) closes its connections by itself: shutdown.py can go."""
    server = start(pages={**FILES, "__init__.py": PAGES % ""})
    with server.create_session("pages").participant().start().live() as live:
        told_to_end(server)
        live.send("still there?")
        assert live.receive() == "still there?"
    assert server.stop() == 0
