"""A page's own functions that a chat calls: `on_message` when somebody has written, `on_reply` when a reply is there.

They run beside the chat, one after the other. Whatever they raise is told in the log: no message and no reply is lost
for it, and nobody is kept waiting for longer than `PATIENCE`.
"""

from __future__ import annotations

import asyncio
import inspect
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from sqlalchemy.engine import Connection

from ...display import logger
from ...errors import ConfigError, LinkError
from ...messages import Message
from ...stores.failures import is_outage
from ..app_functions import field_values, in_time
from ..links.unattached import Asker, asker
from ..otree_internals.database import altered, end_session, models_on, own_session
from ..otree_internals.lease import LeaseLost
from ..otree_internals.models import app_of, load_owner, own_fields, page_class_of, participant_code, session_id_of
from ..otree_internals.wait_pages import in_decision
from ..otree_internals.writer import writer

OwnFunction = Callable[[Any, Message], Any]
"""Given the player and the message; returns values of the player's (or the group's) fields by name, or None. It may be
``async``."""
NAMES = ("on_message", "on_reply")
DEADLINE = 60.0
"""Seconds for one call of an async function."""
PATIENCE = 2.5
"""Seconds that the next message waits for what is still running. A page shows after three that one is not confirmed."""


@dataclass(frozen=True)
class PageCode:
    """The functions of the page on which a participant has the chat open.

    Fields:
        place: app and page. app, player: whose they are. functions: by their names.
    """

    place: str
    app: str
    player: int
    owner: str
    session_id: int
    functions: Mapping[str, OwnFunction]


def page_code(player: Any, owner: str, **given: OwnFunction | None) -> PageCode:
    """The functions of a player's page; those that were given to the chat come before the page's own.

    Arguments:
        owner: the key of the chat's Thread.

    Raises:
        ConfigError: one of them is no function.
    """
    page = page_class_of(player)
    functions = {name: given.get(name) or getattr(page, name, None) for name in NAMES}
    for name, function in functions.items():
        if function is not None and not callable(function):
            raise ConfigError(f"{name}={function!r:.60}: this takes a function of the player and the message.")
    found = {name: function for name, function in functions.items() if function is not None}
    app = app_of(player)
    return PageCode(f"{app}.{page.__name__}", app, player.id, owner, session_id_of(player), found)


class OwnCode:
    """What a chat calls of its pages' own code.

    Attributes:
        pages: by participant code, what the page has.
    """

    def __init__(self) -> None:
        self.pages: dict[str, PageCode] = {}
        self._last: asyncio.Task[None] | None = None

    def set(self, code: str, page: PageCode) -> None:
        """A participant has this page open."""
        if page.functions:
            self.pages[code] = page
        else:
            self.pages.pop(code, None)

    async def came(self, code: str, message: Message) -> bool:
        """Somebody has written: call the page's function, and wait for it a little. Whether there is one."""
        page = self.pages.get(code)
        if page is None or "on_message" not in page.functions:
            return False
        self._begin(page, "on_message", message)
        await self.settled()
        return True

    def replied(self, reply: Message, record: list[Message]) -> None:
        """A reply is there: call the function of the page whose participant wrote last."""
        if not self.pages or reply.hidden or not reply.sendable:
            return
        asked = (
            m.author for m in reversed(record) if m.seq < reply.seq and m.role == "user" and m.author in self.pages
        )
        page = self.pages[next(asked, next(iter(self.pages)))]
        if "on_reply" in page.functions:
            self._begin(page, "on_reply", reply)

    async def settled(self, seconds: float | None = PATIENCE) -> None:
        """Wait until what was called has come to its end, for so many seconds at most."""
        here = asyncio.get_running_loop()
        if self._last is not None and not self._last.done() and self._last.get_loop() is here:
            await asyncio.wait([self._last], timeout=seconds)

    def end(self) -> None:
        """This process serves no more."""
        if self._last is not None:
            self._last.cancel()

    def _begin(self, page: PageCode, name: str, message: Message) -> None:
        before = self._last
        self._last = asyncio.get_running_loop().create_task(self._run(before, page, name, message))

    async def _run(self, before: asyncio.Task[None] | None, page: PageCode, name: str, message: Message) -> None:
        if before is not None and not before.done() and before.get_loop() is asyncio.get_running_loop():
            await asyncio.wait([before])
        function, whole = page.functions[name], f"{page.place}.{name}"
        try:
            if inspect.iscoroutinefunction(inspect.unwrap(getattr(function, "func", function))):
                await _run_async(page, function, whole, message)
            else:
                await _run_plain(page, function, whole, message)
        except LeaseLost:  # the next server's log has it
            return
        # The experimenter's own code may raise anything; the chat goes on.
        except Exception as error:
            logger.error("%s failed; the chat goes on.", whole, exc_info=error)


async def _run_async(page: PageCode, function: OwnFunction, name: str, message: Message) -> None:
    """Call an async function outside of oTree's lock, as `ask_ai` is, and write what it returned."""
    async with writer().section():
        session = own_session()
        player, _ = load_owner(page.app, "player", page.player)
        session.commit()  # nothing of ours: it lets go of the connection
    try:
        if player is None:
            return
        asker.set(Asker(page.owner, page.session_id, name))
        in_decision.set(True)  # of this task: plain calls of a model would stop the server
        values = await in_time(function(player, message), DEADLINE, name, "it did not end")
        if changed := altered(session):
            raise LinkError(
                f"{name} has set {', '.join(sorted(changed))}, which is not kept: return the values instead, e.g. "
                "return dict(mood=…); or write it as a plain function, without async."
            )
        mine, ours = _sorted(player, values)
        kept = [(player, field_values(player, mine, name))]
        if ours:
            kept.append((player.group, field_values(player.group, ours, name, kind="group")))
    finally:
        async with writer().section():
            end_session(session)
    rows = [(type(each).__table__, each.id, found) for each, found in kept if found]
    if rows:
        await writer().run_surely(partial(_write, rows))


def _sorted(player: Any, values: Any) -> tuple[Any, dict[str, Any]]:
    """Values for the player, and those for fields that the group alone has."""
    if not isinstance(values, Mapping):
        return values, {}
    mine, ours = own_fields(type(player)), {}
    if any(name not in mine for name in values):
        fields = own_fields(type(player.group))
        ours = {name: value for name, value in values.items() if name not in mine and name in fields}
    return {name: value for name, value in values.items() if name not in ours}, ours


def _write(rows: Sequence[tuple[Any, int, Mapping[str, Any]]], c: Connection) -> None:
    for table, number, values in rows:
        c.execute(table.update().where(table.c.id == number).values(**values))


async def _run_plain(page: PageCode, function: OwnFunction, name: str, message: Message) -> None:
    """Call a plain function in a transaction of its own, as `after_decision` is: what it sets is written with it."""
    failed: list[BaseException] = []

    def work(c: Connection) -> None:
        failed.clear()
        try:
            with models_on(c):
                player, _ = load_owner(page.app, "player", page.player)
                if player is None:
                    return
                mine, ours = _sorted(player, function(player, message))
                field_values(player, mine, name)  # sets them
                if ours:
                    field_values(player.group, ours, name, kind="group")
        # The experimenter's own code: what others write in this commit is not lost for it.
        except (Exception, SystemExit) as error:
            if is_outage(error):
                raise
            failed.append(error)

    await writer().run(work)
    if failed:
        raise LinkError(f"{name} raised {type(failed[0]).__name__}.") from failed[0]


def noted(room_code: OwnCode, player: Any, owner: str, **given: OwnFunction | None) -> None:
    """Let a room know the functions of a player's page."""
    room_code.set(participant_code(player), page_code(player, owner, **given))
