"""What would go wrong on a server, before participants find it: the rows of `ego check --production`."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import partial

from ..shared.masking import masked
from ..shared.output import Row
from ..shared.project import Project
from .access import check_access
from .models_in_code import models_in_code
from .packages import check_server_packages
from .packed_files import check_history, check_packed
from .server_machine import check_memory, check_proxy, check_server_database, check_time_zone
from .text_files import check_texts
from .web_processes import WebProcesses, read_processes

__all__ = ["check_production", "check_server_database", "guarded", "models_in_code"]


def check_production(project: Project, models: Sequence[str]) -> Iterator[Row]:
    """The rows, in their order.

    Arguments:
        project: in the working directory. models: that are used there.
    """
    if not project.found:
        fix = "run ego check --production in your project's folder, best on the server itself"
        yield Row("project", "failed", "there is no settings.py in this folder, so that much cannot be checked", fix)
    processes = WebProcesses()

    def of_processes() -> Iterator[Row]:
        nonlocal processes
        processes = read_processes()
        yield from processes.rows

    checks: list[tuple[str, Callable[[], Iterator[Row]]]] = [
        ("access", partial(check_access, project)),
        ("key files", check_packed),
        ("git", check_history),
        ("files", check_texts),
        ("web processes", of_processes),
        ("packages of the server", partial(check_server_packages, models)),
        ("proxy", lambda: check_proxy(processes)),
        ("time zone", partial(check_time_zone, project)),
        ("memory", lambda: check_memory(models, processes)),
    ]
    for name, check in checks:
        yield from guarded(name, check)


def guarded(name: str, check: Callable[[], Iterator[Row]]) -> Iterator[Row]:
    """The rows of a check; if it stops, one that says so, and the other checks go on."""
    try:
        yield from check()
    # Whatever stands in a project's files must not keep the rest from being checked.
    except Exception as error:
        found = masked(f"it could not be checked: {type(error).__name__}: {error}")
        yield Row(name, "failed", found, "please report this; EGO_DEBUG=1 ego check shows more of other errors")
