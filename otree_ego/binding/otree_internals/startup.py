"""How oTree starts: its settings, folders, templates and its event loop; and the check of each new session."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import otree.session
import otree.settings
from otree.common2 import static_files_app
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

from ...display import logger
from ...errors import ConfigError
from . import serving, shutdown

SERVERS = ("prodserver", "prodserver1of2", "runprodserver", "runprodserver1of2", "webandworkers", "devserver_inner")


def project_settings() -> Any:
    """The project's settings module, with oTree's defaults filled in."""
    return otree.settings


def is_server() -> bool:
    """Whether this process is the server itself, not a bot run, a shell or the timeout worker."""
    return len(sys.argv) > 1 and sys.argv[1] in SERVERS


def warn_if_late() -> None:
    """Say that otree_ego was imported when the server was running: oTree has made its tables without ours."""
    if hasattr(sys.modules.get("otree.asgi"), "app"):  # all of oTree is there
        logger.error(
            "otree_ego was imported when the server was running already, in a function perhaps: chats, AIs and their "
            "data do not work. Import it at the top of the app's __init__.py, and start the server again."
        )


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


class SessionRefused(ConfigError, CreateSessionInvalidArgs):  # type: ignore[misc]
    """A session's config is wrong. oTree's REST tells the text of an error of its own class only (HTTP 400)."""


@contextmanager
def refusing() -> Iterator[None]:
    """Let a ConfigError refuse the session that is being created, in oTree's REST interface, too."""
    try:
        yield
    except ConfigError as error:
        raise SessionRefused(str(error)) from None


def on_new_session(check: Callable[[Mapping[str, Any]], None]) -> None:
    """Look at the config of each session before anything of it is written; a ConfigError refuses the session."""

    def look(_session: Any, _args: Any, values: dict[str, Any]) -> None:
        with refusing():
            check(values.get("config") or {})

    event.listen(Session, "init", look)


def on_session_made(work: Callable[[Connection, int], None]) -> None:
    """Do something in the transaction in which a session is made, with its number."""
    event.listen(Session, "after_insert", lambda _mapper, connection, session: work(connection, session.id))


def on_participants_made(work: Callable[[Any], None]) -> None:
    """Do something with each new session when its participants are there, before the apps' `creating_session`."""
    usual = otree.session.run_creating_session_functions

    def run(session: Any, *args: Any) -> None:
        work(session)
        usual(session, *args)

    otree.session.run_creating_session_functions = run


_loop: list[asyncio.AbstractEventLoop] = []
_router: Any = Router
_usual_startup = _router.startup
_usual_shutdown = _router.shutdown


async def _startup(router: Any) -> None:
    await _usual_startup(router)
    _loop[:] = [asyncio.get_running_loop()]
    await serving.begin(shutdown.end_by_ourselves)


async def _shutdown(router: Any) -> None:
    await serving.end()  # a server that could not listen; one that has served has done it
    await _usual_shutdown(router)


def install() -> None:
    """Learn which event loop is the server's own, and let it serve when no other server does."""
    _router.startup, _router.shutdown = _startup, _shutdown


def server_loop() -> asyncio.AbstractEventLoop | None:
    """The server's event loop; None in a bot run, a shell or the timeout worker."""
    return _loop[0] if _loop and not _loop[0].is_closed() else None
