"""How oTree starts: its settings, folders, templates, tables and its event loop; and the check of each new session."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import otree.database
import otree.settings
from otree.common2 import static_files_app
from otree.database import AnyModel
from otree.models import (
    Session,
)
from otree.session import CreateSessionInvalidArgs
from otree.templating.context import builtins as template_names
from otree.templating.filters import filtermap as template_filters
from otree.templating.loader import ibis_loader
from sqlalchemy import event
from sqlalchemy.engine import Connection
from starlette.routing import Router

from ...errors import ConfigError
from .database import short_section

SERVERS = ("prodserver", "prodserver1of2", "runprodserver", "runprodserver1of2", "webandworkers", "devserver_inner")


def project_settings() -> Any:
    """The project's settings module, with oTree's defaults filled in."""
    return otree.settings


def is_server() -> bool:
    """Whether this process is the server itself, not a bot run, a shell or the timeout worker."""
    return len(sys.argv) > 1 and sys.argv[1] in SERVERS


def add_folders(templates: Path, static: Path) -> None:
    """Let `{{ include 'otree_ego/chat.html' }}` and `{{ static 'otree_ego/…' }}` find the package's own files, last."""
    if templates not in ibis_loader.dirs:
        ibis_loader.dirs = (*ibis_loader.dirs, templates)
    if str(static) not in map(str, static_files_app.all_directories):
        static_files_app.all_directories.append(str(static))


def add_template_name(name: str, value: Any) -> None:
    """Let every template of the project use a name."""
    template_names.setdefault(name, value)


def add_template_filter(name: str, function: Callable[..., Any]) -> None:
    """Let every template of the project write `{{ value|name }}`."""
    template_filters.setdefault(name, function)


def on_tables_created(work: Callable[[Connection], None]) -> None:
    """Run something each time oTree has made sure that its tables exist (when a server starts)."""
    event.listen(AnyModel.metadata, "after_create", lambda _target, connection, **_: work(connection))
    load = otree.database.load_in_memory_db

    def load_and_work() -> None:  # devserver: the rows of before the restart come after the tables
        load()
        with short_section() as connection:
            work(connection)

    otree.database.load_in_memory_db = load_and_work


class SessionRefused(ConfigError, CreateSessionInvalidArgs):  # type: ignore[misc]
    """A session's config is wrong. oTree's REST tells the text of an error of its own class only (HTTP 400)."""


def on_new_session(check: Callable[[Mapping[str, Any]], None]) -> None:
    """Look at the config of each session before anything of it is written; a ConfigError refuses the session."""

    def look(_session: Any, _args: Any, values: dict[str, Any]) -> None:
        try:
            check(values.get("config") or {})
        except ConfigError as error:
            raise SessionRefused(str(error)) from None

    event.listen(Session, "init", look)


_started: list[Callable[[], None]] = []
_loop: list[asyncio.AbstractEventLoop] = []
_router: Any = Router
_usual_startup = _router.startup


async def _startup(router: Any) -> None:
    await _usual_startup(router)
    _loop[:] = [asyncio.get_running_loop()]
    for work in _started:
        work()


def install() -> None:
    """Learn when the server begins to run, and which event loop is its own."""
    _router.startup = _startup


def on_server_started(work: Callable[[], None]) -> None:
    """Run something on the server's event loop when it has begun to run."""
    _started.append(work)


def server_loop() -> asyncio.AbstractEventLoop | None:
    """The server's event loop; None in a bot run, a shell or the timeout worker."""
    return _loop[0] if _loop and not _loop[0].is_closed() else None
