"""A project's server in this process, its database in memory: what `ego test` plays on.

oTree decides when it is imported where its database is: see `prepare` in `cli/test.py`, which comes first.
"""

from __future__ import annotations

import asyncio
import importlib
import socket
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from importlib.util import find_spec
from pathlib import Path
from types import TracebackType
from typing import Any

import otree.database
from otree.common import get_admin_secret_code, get_bots_module, get_models_module
from otree.database import db
from otree.lookup import get_page_lookup
from otree.models import Participant
from otree.session import SESSION_CONFIGS_DICT

from ...errors import ConfigError
from ...players.ai_marks import BOT
from ...players.http_transport import HttpTransport
from ...players.otree_html import place_of
from ...players.player import TIMEOUT_HAPPENED
from ...players.player_limits import Script, Scripted, by_script
from ...players.served_page import Page, Served, read_page
from ..ai_participants import mark
from .database import lock2
from .player_bots import PlayerBot

NO_FILE = "(no database of ego test's)"
SECRET = "admin_secret_code"


def load_project() -> None:
    """Load the project in the working directory, with an empty database."""
    if not otree.database.IN_MEMORY:
        raise ConfigError("oTree was imported before, with its database on disk.")
    main: Any = importlib.import_module("otree.main")
    otree.database.DB_FILE = NO_FILE  # what a devserver has left is not read, and nothing is written into it
    otree.database._dumped = True
    main.setup()


def config_of(name: str) -> str:
    """The session config that is meant: by its name, or by that of an app which only one has.

    Raises:
        ConfigError: there is none, or there are several.
    """
    if name in SESSION_CONFIGS_DICT:
        return name
    having = [each for each, config in SESSION_CONFIGS_DICT.items() if name in config["app_sequence"]]
    if len(having) == 1:
        return str(having[0])
    known = ", ".join(SESSION_CONFIGS_DICT) or "(none)"
    if having:
        raise ConfigError(f"Several session configs have the app {name!r}: {', '.join(having)}. Name one of them.")
    raise ConfigError(f"There is no session config {name!r}, and no app of one. settings.py has: {known}.")


def config_names() -> list[str]:
    """All session configs, in their order."""
    return list(SESSION_CONFIGS_DICT)


def participants_of(config: str) -> int:
    """How many participants a demo session of a config has."""
    return int(SESSION_CONFIGS_DICT[config]["num_demo_participants"])


class StudyServer:
    """Serves the project on a free port of this machine, on the running loop; an asynchronous context manager.

    Attributes:
        url: its address.
    """

    def __init__(self) -> None:
        self.url = ""
        self._server: Any = None
        self._task: asyncio.Task[None] | None = None

    async def __aenter__(self) -> StudyServer:
        uvicorn: Any = importlib.import_module("uvicorn")
        app: Any = importlib.import_module("otree.asgi").app
        listening = socket.socket()
        listening.bind(("127.0.0.1", 0))
        config = uvicorn.Config(app, log_level="error", log_config=None, workers=1, ws="websockets", access_log=False)
        self._server = uvicorn.Server(config)
        self._server.install_signal_handlers = lambda: None  # Ctrl-C stops the players first
        self.url = f"http://127.0.0.1:{listening.getsockname()[1]}"
        self._task = asyncio.ensure_future(self._server.serve(sockets=[listening]))
        while not self._server.started:
            if self._task.done():
                self._task.result()
                raise ConfigError("The project's server did not start.")
            await asyncio.sleep(0.01)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.should_exit = self._server.force_exit = True
        assert self._task is not None
        with suppress(asyncio.CancelledError):
            await self._task


async def in_database(work: Callable[[], Any]) -> Any:
    """Do something with oTree's models, in a session of its own, while no page does."""
    async with lock2:
        db.new_session()
        try:
            found = work()
            db.commit()
            return found
        except BaseException:
            db.rollback()
            raise
        finally:
            db.close()


def codes_of(session: str, model: str = "") -> list[str]:
    """Mark a session's participants as bots, and give their codes, in their order; call it by `in_database`.

    Arguments:
        session: its code. model: who plays; empty for a script.
    """
    found = list(Participant.objects_filter(_session_code=session).order_by("id"))
    for each in found:
        mark(each, BOT, model)
    return [each.code for each in found]


@dataclass
class StudyBots:
    """What the apps' tests.py say of players: their `PlayerBot`, if it is one of `otree_ego.bots`.

    Fields:
        session: its code. apps: those whose bots are players.
    """

    session: str
    apps: dict[str, type[PlayerBot]] = field(default_factory=dict)

    @classmethod
    def of(cls, session: str, config: str) -> StudyBots:
        """Those of a session's apps."""
        found = {}
        for app in SESSION_CONFIGS_DICT[config]["app_sequence"]:
            if find_spec(f"{app}.tests") is not None:
                bot = getattr(get_bots_module(app), "PlayerBot", None)
                if isinstance(bot, type) and issubclass(bot, PlayerBot):
                    found[app] = bot
        return cls(session, found)

    def at(self, served: Served) -> PlayerBot | None:
        """The bot for a page that was served; call it by `in_database`."""
        code, _, _, index = place_of(served.address)
        lookup = get_page_lookup(self.session, index) if index else None
        bot_class = self.apps.get(lookup.app_name) if lookup is not None else None
        if lookup is None or bot_class is None:
            return None
        participant = Participant.objects_get(code=code)
        player_class = get_models_module(lookup.app_name).Player
        player = player_class.objects_get(participant=participant, round_number=lookup.round_number)
        made = bot_class(
            case_number=0, app_name=lookup.app_name, player_pk=player.id, subsession_pk=lookup.subsession_id,
            participant_code=code, session_pk=lookup.session_pk,
        )  # fmt: skip
        made.participant_bot = _Shown(served.source, served.address)
        return made


@dataclass
class _Shown:
    """What a bot sees as `self.html`."""

    html: str
    url: str


def _nobody(bot: PlayerBot | None) -> None:
    """Nobody wants to know."""


class TestTransport(HttpTransport):
    """Pages of `ego test`: the apps' own bots are told of each, and timers are over at once.

    Arguments:
        link: the participant's. bots: of the session.

    Attributes:
        on_bot: called with the bot of each page, or None.
    """

    __test__ = False

    def __init__(self, link: str, bots: StudyBots) -> None:
        super().__init__(link)
        self._bots = bots
        self.on_bot: Callable[[PlayerBot | None], None] = _nobody
        self._bot: PlayerBot | None = None
        self._served: Served | None = None

    async def start(self) -> Served:
        """See `Transport`."""
        return await self._arrived(await super().start())

    async def load(self) -> Served:
        """See `Transport`."""
        return await self._arrived(await super().load())

    async def send(self, page: Page, fields: list[tuple[str, str]]) -> Served:
        """See `Transport`."""
        if TIMEOUT_HAPPENED in fields:
            fields = [*fields, (SECRET, get_admin_secret_code())]
        return await self._arrived(await super().send(page, fields))

    async def _arrived(self, served: Served) -> Served:
        before, bot = self._served, self._bot
        if before is not None and bot is not None and place_of(before.address) != place_of(served.address):
            page = read_page(before)
            await in_database(lambda: bot.after_page(page))
        self._served = served
        self._bot = await in_database(lambda: self._bots.at(served)) if self._bots.apps else None
        self.on_bot(self._bot)
        return served


def export(folder: Path) -> None:
    """Write oTree's data as CSV files, as `otree test --export` does; call it by `in_database`."""
    tables: Any = importlib.import_module("otree.export")
    settings: Any = importlib.import_module("otree.settings")
    folder.mkdir(parents=True, exist_ok=True)
    for app in settings.OTREE_APPS:
        models = get_models_module(app)
        if models.Player.objects_exists():
            with (folder / f"{app}.csv").open("w", newline="", encoding="utf-8") as file:
                tables.export_app(app, file)
            if getattr(models, "custom_export", None):
                with (folder / f"{app}_custom.csv").open("w", newline="", encoding="utf-8") as file:
                    tables.custom_export_app(app, file)
    with (folder / "all_apps_wide.csv").open("w", newline="", encoding="utf-8") as file:
        tables.export_wide(file)


def script_of(bot: PlayerBot | None, other: Script | None) -> Script | None:
    """What answers a page in place of a model: the app's own bot, or else another script."""
    if bot is None or type(bot).script is PlayerBot.script:
        return other

    async def script(page: Page) -> Scripted:
        found = await in_database(lambda: bot.script(page))
        return found if found is not None else await by_script(other, page)

    return script
