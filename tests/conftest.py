"""Fixtures for all tests: real servers on both databases, a browser, a fake service, and no way out to the network."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, settings

HERE = Path(__file__).resolve().parent
for folder in (HERE, HERE.parent):
    if str(folder) not in sys.path:
        sys.path.insert(0, str(folder))
pytest.register_assert_rewrite("harness")

from harness import Browser, PostgreSQL, Project, Server, Watch  # noqa: E402
from harness.browser import DESKTOP, PHONE, picture  # noqa: E402
from harness.server import PRIVATE  # noqa: E402

# Hypothesis without its clock: a busy machine must not fail a test.
settings.register_profile("untimed", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("untimed")
ARTIFACTS = HERE / ".artifacts"
REPORT = pytest.StashKey[pytest.TestReport]()
SERVERS: list[Server] = []


def pytest_configure(config: pytest.Config) -> None:
    for name in filter(PRIVATE.fullmatch, list(os.environ)):
        del os.environ[name]
    # a CI that gives up sends SIGTERM: let fixtures end their servers as after Ctrl-C
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        # a shell's background job ignores Ctrl-C, and so would every program that the tests start and interrupt
        signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Iterator[None]:
    report: pytest.TestReport = yield  # type: ignore[assignment]
    if report.when == "call":
        item.stash[REPORT] = report
    if report.failed:
        for server in SERVERS:
            report.sections.append((f"end of the log of {server.project.folder.name}", server.log[-6000:]))
    return report  # type: ignore[return-value]


@pytest.fixture(autouse=True)
def _no_network() -> Iterator[None]:
    from otree_ego.testing import no_network

    with no_network():
        yield


@pytest.fixture
def service() -> Iterator[Any]:
    """A service that speaks OpenAI's protocol, on this machine (`otree_ego.testing.FakeService`)."""
    from otree_ego.testing import FakeService

    with FakeService() as fake:
        yield fake


@pytest.fixture(scope="session")
def pg() -> Iterator[PostgreSQL]:
    """A PostgreSQL of the tests' own."""
    with PostgreSQL() as cluster:
        yield cluster


@pytest.fixture(scope="module", params=["sqlite", "postgres"])
def database(request: pytest.FixtureRequest) -> PostgreSQL | None:
    """Runs the tests that use it on both databases; to be handed to `server_factory`."""
    cluster: PostgreSQL | None = request.getfixturevalue("pg") if request.param == "postgres" else None
    return cluster


@pytest.fixture(scope="module")
def server_factory(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[..., Server]]:
    """Starts servers that live until the end of the module: `server_factory(apps=…, database=…, env=…)`.

    Arguments of Project and of Server, by name. Each server's log must be free of complaints at the end.
    """
    mine: list[Server] = []

    def start(
        *, database: PostgreSQL | None = None, env: dict[str, str] | None = None, production: bool = True,
        auth_level: Any = "", command: str = "prodserver", **project: Any,
    ) -> Server:  # fmt: skip
        made = Project(tmp_path_factory.mktemp("otree") / "project", **project)
        server = Server(made, database, env, production, auth_level)
        server.command = command
        mine.append(server)
        SERVERS.append(server)
        return server.start()

    yield start
    complaints: list[str] = []
    for server in mine:
        server.stop()
        SERVERS.remove(server)
        complaints += server.complaints()
    assert not complaints, "A server complained:\n" + "\n".join(complaints)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Chromium, for the tests of one module: its Playwright blocks `asyncio.run` as long as it is open."""
    with Browser() as chromium:
        yield chromium


def _page(request: pytest.FixtureRequest, options: dict[str, Any]) -> Iterator[tuple[Any, Watch]]:
    chromium: Browser = request.getfixturevalue("browser")
    with chromium.tab(options) as (page, watch):
        yield page, watch
        report = request.node.stash.get(REPORT, None)
        if watch.unexpected or (report and report.failed):
            for number, tab in enumerate(page.context.pages):
                picture(tab, ARTIFACTS, f"{request.node.nodeid}-{number}")
        assert not watch.unexpected, "The browser's console has errors:\n" + "\n".join(watch.unexpected)


@pytest.fixture
def _desktop(request: pytest.FixtureRequest) -> Iterator[tuple[Any, Watch]]:
    yield from _page(request, DESKTOP)


@pytest.fixture
def _phone(request: pytest.FixtureRequest) -> Iterator[tuple[Any, Watch]]:
    yield from _page(request, PHONE)


@pytest.fixture
def browser_page(_desktop: tuple[Any, Watch]) -> Any:
    """A tab of a desktop browser; the test fails on any error in its console."""
    return _desktop[0]


@pytest.fixture
def watch(_desktop: tuple[Any, Watch]) -> Watch:
    """The watch on `browser_page`: its errors, its WebSocket frames, and `allow()`."""
    return _desktop[1]


@pytest.fixture
def phone_page(_phone: tuple[Any, Watch]) -> Any:
    """A tab of a phone's browser, 360 by 640, with touch."""
    return _phone[0]


@pytest.fixture
def phone_watch(_phone: tuple[Any, Watch]) -> Watch:
    """The watch on `phone_page`."""
    return _phone[1]
