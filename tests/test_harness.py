"""The harness itself, on an oTree app that knows nothing of otree_ego."""

from __future__ import annotations

import asyncio
import gc
import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import harness
import pytest
from harness import (
    LiveMethodFailed,
    PostgreSQL,
    Project,
    Refused,
    Server,
    SocketClosed,
    Watch,
    bots,
    needs,
    warm_python,
)
from harness.clock import clock
from harness.database import PATIENCE, attempts, free_port
from harness.project import REPO
from harness.scripts import Script
from harness.wire import Wire
from playwright.sync_api import Page, expect

__all__ = ["clock"]

SOURCE = """\
import asyncio

from otree.api import *


class C(BaseConstants):
    NAME_IN_URL = "talk"
    PLAYERS_PER_GROUP = None
    NUM_ROUNDS = 1


class Subsession(BaseSubsession):
    pass


class Group(BaseGroup):
    pass


class Player(BasePlayer):
    nick = models.StringField()
    said = models.LongStringField(initial="")


def custom_export(players):
    yield ["code", "said"]
    for player in players:
        yield [player.participant.code, player.said]


class Name(Page):
    form_model = "player"
    form_fields = ["nick"]


class Sync(Page):
    @staticmethod
    def live_method(player, data):
        player.said += data["text"]
        player.payoff += 1
        player.participant.vars["secret"] = "kept in a pickle"
        return {player.id_in_group: {"heard": data["text"] * player.session.config["times"]}}


class Together(WaitPage):
    pass


class Stream(Page):
    @staticmethod
    async def live_method(player, data):
        me = player.id_in_group
        for word in data["text"].split():
            yield {me: {"word": word}}
            await asyncio.sleep(0)
        yield {me: {"done": True}}


page_sequence = [Name, Sync, Together, Stream]
"""
NAME = "{{ block content }}{{ formfields }}{{ next_button }}{{ endblock }}"
LIVE = """\
{{ block content }}<p id="heard"></p>{{ next_button }}{{ endblock }}
{{ block scripts }}<script>
function liveRecv(data) { document.getElementById("heard").append(data.heard || data.word || "!"); }
</script>{{ endblock }}
"""


@pytest.fixture(scope="module")
def server(server_factory: Callable[..., Server], database: PostgreSQL | None) -> Server:
    files = {"__init__.py": SOURCE, "Name.html": NAME, "Sync.html": LIVE, "Stream.html": LIVE}
    config = {"name": "talk", "app_sequence": ["talk"], "num_demo_participants": 2, "times": 2, "loud": True}
    return server_factory(apps={"talk": files}, session_configs=[config], database=database)


def test_walk_through_sync_and_streaming_live_pages(server: Server) -> None:
    session = server.create_session("talk", 2, times=3)
    first, second = session.participants()
    with pytest.raises(Refused, match="field is required"):
        first.start().submit()
    assert first.page == "Name"
    first.submit(nick="Ann")
    assert first.page == "Sync"
    with first.live() as live:
        live.send({"text": "a"})
        assert live.receive() == {"heard": "aaa"}
        live.send(["not what the page sends"])
        with pytest.raises(LiveMethodFailed):
            live.receive()
        assert [frame.way for frame in live.frames] == ["sent", "received"] * 2
    first.submit()
    assert first.waiting
    second.start().until("Sync", nick="Bob").submit()
    first.until("Stream")
    with first.live() as live, first.live() as tab:
        live.send({"text": "word by word"})
        assert live.until(lambda payload: "done" in payload)
        assert tab.receive() == {"word": "word"}
        assert "by" in live.text
    first.submit()
    assert first.page == ""
    assert first.start().page == ""


def test_operator(server: Server) -> None:
    session = server.create_session_by_form("talk", 2, times=4, loud=False)
    config = server.get_session(session.code)["config"]
    assert (config["times"], config["loud"]) == (4, False)
    assert "validation_errors" in server.submit_session_form("talk", 0)
    person = session.participant(1).start().submit(nick='Ä, "quoted"\nand more')
    with person.live() as live:
        live.send({"text": "hi"})
        live.receive()
    code = session.codes[1]
    assert [row["participant.code"] for row in server.wide_export(session.code)] == list(session.codes)
    assert len(server.app_export("talk", session.code)) == 2
    assert {"code": code, "said": "hi"} in server.custom_export("talk", session=session.code)
    assert [row["Code"] for row in server.payments(session.code)] == list(session.codes)
    assert server.payments(session.code)[1]["Total"] == "€1.00"
    assert len(server.data(session.code)[0]) == 2
    assert [row["code"] for row in server.monitor(session.code)] == [code]
    assert server.page_times()
    assert b"kept in a pickle" in server.stored()
    server.delete_session(session.code)
    assert session.code not in {row["session.code"] for row in server.wide_export()}


def test_killed_server_comes_back_with_its_data(server: Server) -> None:
    session = server.create_session("talk")
    person = session.participant().start().submit(nick="Ann")
    live = person.live()
    live.send({"text": "kept"})
    live.receive()
    dropped = person.live()
    dropped.drop()
    with pytest.raises(SocketClosed):
        dropped.receive()
    assert server.kill() == -9
    assert not server.members()
    with pytest.raises(SocketClosed):
        live.receive()
    server.start()
    assert person.reload().page == "Sync"
    assert server.database.query("SELECT said FROM talk_player WHERE nick = 'Ann' AND said <> 'a'") == [
        {"said": "kept"}
    ]
    assert server.stop() is not None
    assert not server.running
    server.start()
    assert session.participant().start().page == "Sync"


@pytest.mark.filterwarnings("error::pytest.PytestUnraisableExceptionWarning")
@pytest.mark.parametrize("state", ["accepted just now", "dead", "nobody answers"])
def test_a_wire_leaves_nothing_open_when_it_ends(state: str) -> None:
    with socket.create_server(("127.0.0.1", 0), backlog=0 if state == "nobody answers" else 64) as target:
        for _ in range(5):
            with Wire(target.getsockname()[1]) as wire:
                browsers = [socket.create_connection(("127.0.0.1", wire.port)) for _ in range(10)]
                if state == "dead":
                    wire.down()
            for browser in browsers:
                browser.close()
            del wire, browser, browsers
            gc.collect()  # whatever is open says so now, in this test


def test_browser(server: Server, browser_page: Page, watch: Watch) -> None:
    person = server.create_session("talk").participant()
    browser_page.goto(person.url)
    browser_page.get_by_label("nick").fill("Ann")
    browser_page.get_by_role("button", name="Next").click()
    expect(browser_page).to_have_url(f"{server.url}/p/{person.code}/talk/Sync/2")
    browser_page.wait_for_function("window.liveSend && liveSocket.readyState === 1")
    browser_page.evaluate("liveSend({text: 'ho'})")
    expect(browser_page.locator("#heard")).to_have_text("hoho")
    assert any("hoho" in frame for frame in watch.frames)
    assert person.start().page == "Sync"
    browser_page.evaluate("setTimeout(() => { throw Error('on purpose') }); console.error('said aloud')")
    for _ in attempts():
        browser_page.wait_for_timeout(10)
        if len(watch.errors) == 2:
            break
    assert [error.split()[0] for error in watch.unexpected] == ["console:", "uncaught:"]
    watch.allow("on purpose|said aloud")


def test_phone(server: Server, phone_page: Page) -> None:
    phone_page.goto(server.create_session("talk").participant().url)
    assert phone_page.evaluate("[innerWidth, navigator.maxTouchPoints > 0]") == [360, True]


def test_login(server_factory: Callable[..., Server]) -> None:
    guarded = server_factory(apps={"talk": {"__init__.py": SOURCE}}, auth_level="STUDY")
    session = guarded.create_session_by_form("talk", 1)
    assert guarded.payments(session.code)[0]["Code"] == session.codes[0]


def test_server_that_cannot_start_says_why(server_factory: Callable[..., Any]) -> None:
    with pytest.raises(AssertionError, match=r"ended with code 1(.|\n)*No module named 'no_such_module'"):
        server_factory(apps={"bad": {"__init__.py": "import no_such_module"}})


# --- what tests need --------------------------------------------------------------------------------------------------


class Bots:
    """As the harness's own classes: its methods lead to what starts something."""

    def play(self, made: Project) -> None:
        bots.otree_test(made)


def played(made: Project) -> None:
    Bots().play(made)


@pytest.mark.parametrize(
    ("test", "fixtures", "found"),
    [
        (lambda: played(Project(Path())), [], {"server"}),
        (lambda: [Bots for _ in range(2)], ["tmp_path"], {"server"}),
        (lambda server: server, ["server", "server_factory"], {"server"}),
        (lambda browser_page: browser_page, ["browser"], {"browser"}),
        (lambda: Script, ["pg"], {"slow", "postgres"}),
        (lambda: Project(Path()), ["tmp_path"], set()),
    ],
)
def test_what_a_test_needs_is_found(test: Callable[..., Any], fixtures: list[str], found: set[str]) -> None:
    assert needs.needed(test, sys.modules[__name__], fixtures) == found


def test_a_test_that_starts_what_it_is_not_marked_with_fails(tmp_path: Path) -> None:
    hidden = vars(harness)  # what is found by its name alone is not found
    starts = {
        "server": lambda: vars(bots)["otree_test"](Project(tmp_path)),
        "browser": lambda: hidden["Browser"]().__enter__(),
        "postgres": lambda: hidden["PostgreSQL"]().__enter__(),
    }
    for what, start in starts.items():
        with pytest.raises(AssertionError, match=f"is_not_marked_with_fails .*: mark it with @pytest.mark.{what}"):
            start()


def test_ports_are_given_once() -> None:
    code = "from harness.database import free_port; print(*(free_port() for _ in range(50)), flush=True); input()"
    path = os.pathsep.join(filter(None, sys.path))
    running = [
        subprocess.Popen(
            [sys.executable, "-c", code], env={**os.environ, "PYTHONPATH": path}, text=True,
            stdin=subprocess.PIPE, stdout=subprocess.PIPE,
        )
        for _ in range(3)
    ]  # fmt: skip
    given = [str(free_port()) for _ in range(50)]
    for process in running:
        assert process.stdout is not None
        given += process.stdout.readline().split()
    for process in running:
        process.communicate("\n")
    assert len(set(given)) == len(given) == 200
    assert max(map(int, given)) < 32_768


def test_a_clock_that_nobody_waits_for(clock: None) -> None:
    woken = []

    async def wake(after: float) -> None:
        await asyncio.sleep(after)
        woken.append((after, time.monotonic()))

    async def all_of_them() -> float:
        began = time.monotonic()
        await asyncio.gather(*map(wake, (3600, 1, 60)))
        return began

    with ThreadPoolExecutor(1) as pool:  # in this thread the loop of an open browser may run
        began = pool.submit(asyncio.run, all_of_them()).result()
    assert woken == [(after, pytest.approx(began + after)) for after in (1, 60, 3600)]


TELL = """
import json, os, signal, sys, warnings
told = dict(
    argv=sys.argv, all=sys.orig_argv, path=sys.path, cwd=os.getcwd(), name=__name__, file=globals().get("__file__"),
    env=os.environ.get("TOLD"), options=sys.warnoptions, filters=[str(one[:3]) for one in warnings.filters[:4]],
    said=sys.stdin.read(), python=sys.executable, tty=sys.stdout.isatty(), warnings=len(warnings.filters),
    interrupt=signal.getsignal(signal.SIGINT) is signal.default_int_handler,
    child=str(signal.getsignal(signal.SIGCHLD)),
    files=sorted(os.listdir("/proc/self/fd"))[:4], session=os.getsid(0) == os.getpid(),
)
print(json.dumps(told), flush=True)
print("heard", file=sys.stderr)
if sys.argv[1:] == ["wait"]:
    signal.pause()
sys.exit(3)
"""


@pytest.mark.slow
@pytest.mark.skipif(sys.platform != "linux", reason="programs are copies on Linux only")
@pytest.mark.parametrize(
    ("started", "warnings"),
    [
        (["tell.py"], "default"),
        (["tell.py"], "default,ignore:some"),
        (["-c", TELL], ""),
        (["-W", "error", "-W", "ignore:x", "-c", TELL], "default"),
        (["-m", "tell"], ""),
    ],
    ids=["a script", "with two options", "-c", "-W", "-m"],
)
def test_a_program_that_starts_from_a_warm_python_is_as_any_other(
    tmp_path: Path, started: list[str], warnings: str
) -> None:
    script = tmp_path / "tell.py"
    script.write_text(TELL)
    command = [sys.executable, *started, "one", "two words"]
    places = os.pathsep.join([str(REPO), str(tmp_path), str(REPO)])
    env = {**os.environ, "TOLD": "ä", "PYTHONUNBUFFERED": "1", "PYTHONPATH": places}
    env |= {"PYTHONWARNINGS": warnings} if warnings else {}
    pipe = subprocess.PIPE

    def told(start: Callable[..., Any]) -> tuple[Any, ...]:
        process = start(command, cwd=tmp_path, env=env, stdin=pipe, stdout=pipe, stderr=pipe, start_new_session=True)
        out, err = process.communicate(b"read this", timeout=PATIENCE)
        return json.loads(out), err, process.returncode

    usual = told(subprocess.Popen)
    assert usual[0]["said"] == "read this" and usual[2] == 3
    warm = [told(warm_python.popen) for _ in range(3)]
    assert warm == [usual] * 3, "the first of all has no copy yet"
    process = warm_python.popen(
        [sys.executable, str(script), "wait"], cwd=tmp_path, env=env, stdin=subprocess.DEVNULL, stdout=pipe
    )
    assert isinstance(process, warm_python.Copy)
    assert process.stdout is not None and b"argv" in process.stdout.readline()
    assert process.poll() is None
    assert Path(f"/proc/{process.pid}/cmdline").read_bytes().split(b"\0")[:3] == [
        sys.executable.encode(), str(script).encode(), b"wait"
    ]  # fmt: skip
    process.terminate()
    assert process.wait(PATIENCE) == process.poll() == -signal.SIGTERM
    process.stdout.close()
