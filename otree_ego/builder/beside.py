"""The builder, from its file to its address: for `ego builder`, and beside `ego demo`."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from .page_calls import Calls
from .scenario_file import ScenarioFile
from .started_runs import StartedRuns
from .web_server import WebServer


@contextmanager
def builder_server(path: Path, store: str = "", port: int = 0) -> Iterator[WebServer]:
    """Its server, which does not answer yet; at the end it is closed, and a run that is under way is stopped.

    Arguments:
        path: the built file. store: of its runs; by default as for `ego run`. port: 0 for a free one.

    Raises:
        OSError: the port cannot be used.
    """
    with (
        closing(StartedRuns(path.absolute(), store)) as runs,
        WebServer(Calls(ScenarioFile(path), runs), port) as server,
    ):
        yield server


@contextmanager
def builder_beside(path: Path, store: str = "") -> Iterator[str]:
    """The builder in a thread beside another program; gives its address, empty if it cannot be served.

    Arguments:
        path, store: see `builder_server`.
    """
    try:
        manager = builder_server(path, store)
        server = manager.__enter__()
    except OSError:
        yield ""
        return
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.2}, name="otree_ego-builder")
    thread.start()
    try:
        yield server.address
    finally:
        server.shutdown()
        thread.join()
        manager.__exit__(None, None, None)
