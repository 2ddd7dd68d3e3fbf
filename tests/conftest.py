"""Fixtures for all tests: real servers on both databases, a browser, a fake service, and no way out to the network.

Which tests run:

- ``pytest --quick`` (``make quick``): those that need neither oTree running, nor a browser, PostgreSQL, the embedded
  model or an index of packages, and run no programs.
- ``pytest`` (``make test``): all but those marked ``full``.
- ``pytest --full`` (``make test-all``): all.

What a test needs is found by what its code and its fixtures lead to (`harness.needs`), or by a parameter that is called
``postgres`` or ``postgresql``, and is put on it as a marker: ``server``, ``browser``, ``postgres``, ``model``,
``index``, ``slow``. Where it is not found, because a process of the test's own starts the thing, the test has the
marker in its file. A test that starts what it is not marked with fails.

``full`` is for the product of things that are each tested in ``make test`` as well: every game on the embedded model,
every Python, and what does not depend on the database on PostgreSQL, too. For that last there is a marker,
``any_database``: the test's half on PostgreSQL is ``full``.

A test that is named on the command line (``file.py::name``) runs in any case.
"""

from __future__ import annotations

import gc
import os
import shutil
import signal
import sys
from collections import Counter
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
# The tests start hundreds of processes. Each of them would compile the package, if none may keep what it has compiled.
sys.dont_write_bytecode = False
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)

from harness import Browser, PostgreSQL, Project, Server, Watch, needs  # noqa: E402
from harness.browser import DESKTOP, PHONE, picture  # noqa: E402
from harness.server import PRIVATE  # noqa: E402

# Hypothesis without its clock: a busy machine must not fail a test. A test that does not say how many examples it has
# gets a hundred; fewer with --quick, more with --full.
settings.register_profile("untimed", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.register_profile("quick", settings.get_profile("untimed"), max_examples=25)
settings.register_profile("full", settings.get_profile("untimed"), max_examples=300)
settings.load_profile("untimed")
ARTIFACTS = HERE / ".artifacts"
REPORT = pytest.StashKey[pytest.TestReport]()
SERVERS: list[Server] = []
POSTGRES = {"postgres", "postgresql"}
# oTree commits many times for each page. A commit to a disk takes up to 20 ms, one to memory takes 0.1 ms.
MEMORY = Path("/dev/shm")
MEMORY_FREE = 2 * 1024**3
# About how many seconds a test takes that needs this, to begin with the files that take longest.
SECONDS = {"server": 1.0, "browser": 2.0, "postgres": 0.2, "model": 4.0, "index": 40.0, "slow": 1.0}


def pytest_addoption(parser: pytest.Parser) -> None:
    group = parser.getgroup("otree_ego", "which tests run (tests/conftest.py)")
    group.addoption("--quick", action="store_true", help="only tests that need nothing besides Python")
    group.addoption("--full", action="store_true", help="all tests, also the full products, as before a release")


def pytest_configure(config: pytest.Config) -> None:
    for name, meaning in needs.NEEDS.items():
        config.addinivalue_line("markers", f"{name}: {meaning} (found by itself, see harness/needs.py)")
    config.addinivalue_line("markers", "full: runs with --full only")
    config.addinivalue_line("markers", "any_database: does not depend on the database: on PostgreSQL with --full only")
    if MEMORY.is_dir() and shutil.disk_usage(MEMORY).free > MEMORY_FREE:
        os.environ.setdefault("PYTEST_DEBUG_TEMPROOT", str(MEMORY))
    if config.option.quick or config.option.full:
        settings.load_profile("quick" if config.option.quick else "full")
    if config.pluginmanager.hasplugin("xdist"):
        config.option.loadscopereorder = False  # the order is that of `pytest_collection_modifyitems`
    sys.addaudithook(_sees_programs)
    for name in filter(PRIVATE.fullmatch, list(os.environ)):
        del os.environ[name]
    # a CI that gives up sends SIGTERM: let fixtures end their servers as after Ctrl-C
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        # a shell's background job ignores Ctrl-C, and so would every program that the tests start and interrupt
        signal.signal(signal.SIGINT, signal.default_int_handler)


def pytest_xdist_auto_num_workers() -> int:
    """Two more than there are processors: a third of the time the tests wait for pages, replies and timers."""
    return min(6, (os.cpu_count() or 1) + 2)


@pytest.hookimpl(wrapper=True)
def pytest_collection(session: pytest.Session) -> Iterator[None]:
    """Without Python's collector, which would look through all tests that are already there again and again."""
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()
        gc.enable()


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    weights = Counter[Path]()
    wanted, others = [], []
    known: dict[tuple[Any, ...], set[str]] = {}  # a test with many parameters is many items
    for item in items:
        if isinstance(item, pytest.Function):
            code = item.module, getattr(item.function, "__code__", item.function), *item.fixturenames
            if code not in known:
                known[code] = needs.needed(item.function, item.module, item.fixturenames)
            found = set(known[code])
            if hasattr(item, "callspec") and POSTGRES & set(map(str, item.callspec.params.values())):
                found.add("postgres")
            for name in sorted(found):
                item.add_marker(name)
            if item.get_closest_marker("postgres") and item.get_closest_marker("any_database"):
                item.add_marker("full")
        weights[item.path] += 0.05 + sum(SECONDS[name] for name in marked(item))
        (wanted if named(config, item) or runs(config, item) else others).append(item)
    config.hook.pytest_deselected(items=others)
    items[:] = sorted(wanted, key=lambda item: -weights[item.path])  # stable: the order within a file stays


def marked(item: pytest.Item) -> set[str]:
    """What the test needs."""
    return needs.NEEDS.keys() & {mark.name for mark in item.iter_markers()}


def runs(config: pytest.Config, item: pytest.Item) -> bool:
    """Whether the test belongs to what was asked for."""
    if config.option.quick:
        return not marked(item) and not item.get_closest_marker("full")
    return bool(config.option.full or not item.get_closest_marker("full"))


def named(config: pytest.Config, item: pytest.Item) -> bool:
    """Whether the command line has this very test."""
    return any("::" in word and item.nodeid.startswith(word.removeprefix("./")) for word in config.args)


def _sees_programs(event: str, arguments: tuple[Any, ...]) -> None:
    if event == "subprocess.Popen":
        if "otree_ego.providers.local.server" in arguments[1]:
            needs.claim("model")
        needs.claim_program(*arguments[:2])


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item: pytest.Item) -> Iterator[None]:
    needs.running(item.nodeid, frozenset(marked(item)))
    try:
        return (yield)
    finally:
        needs.running()


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


@pytest.fixture(autouse=True, scope="session")
def _new_stores() -> Iterator[None]:
    from harness.new_stores import made_at_once

    with made_at_once():
        yield


@pytest.fixture
def service() -> Iterator[Any]:
    """A service that speaks OpenAI's protocol, on this machine (`otree_ego.testing.FakeService`)."""
    from otree_ego.testing import FakeService

    with FakeService() as fake:
        yield fake


@pytest.fixture
def undrawn(monkeypatch: pytest.MonkeyPatch) -> None:
    """Reports of runs come without their pictures, which take a second: for tests that look for a text in one."""
    from otree_ego.experiment.report import compared_figures, parts, rounds_figure, sections

    def figure(title: str, caption: str, alt: str, tables: Any, *_: Any, **__: Any) -> parts.Figure:
        return parts.Figure(title, caption, alt, "", "", tables)

    for module in (compared_figures, rounds_figure, sections):
        monkeypatch.setattr(module, "figure", figure)


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

    Arguments of Project and of Server, by name. Each server's log must be free of complaints at the end. Where
    nobody has a browser, pages time out only with `page_timeouts`.
    """
    mine: list[Server] = []

    def start(
        *, database: PostgreSQL | None = None, env: dict[str, str] | None = None, production: bool = True,
        auth_level: Any = "", command: str = "prodserver", page_timeouts: bool = False, **project: Any,
    ) -> Server:  # fmt: skip
        made = Project(tmp_path_factory.mktemp("otree") / "project", **project)
        server = Server(made, database, env, production, auth_level, page_timeouts=page_timeouts)
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


def _page(request: pytest.FixtureRequest, chromium: Browser, options: dict[str, Any]) -> Iterator[tuple[Any, Watch]]:
    with chromium.tab(options) as (page, watch):
        yield page, watch
        report = request.node.stash.get(REPORT, None)
        if watch.unexpected or (report and report.failed):
            for number, tab in enumerate(page.context.pages):
                picture(tab, ARTIFACTS, f"{request.node.nodeid}-{number}")
        assert not watch.unexpected, "The browser's console has errors:\n" + "\n".join(watch.unexpected)


@pytest.fixture
def _desktop(request: pytest.FixtureRequest, browser: Browser) -> Iterator[tuple[Any, Watch]]:
    yield from _page(request, browser, DESKTOP)


@pytest.fixture
def _phone(request: pytest.FixtureRequest, browser: Browser) -> Iterator[tuple[Any, Watch]]:
    yield from _page(request, browser, PHONE)


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
