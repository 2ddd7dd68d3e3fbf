"""When the web process begins to serve, and when it ends: as long as it holds the lease."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable

import otree.database
from sqlalchemy.exc import SQLAlchemyError

from ...display import logger
from ...stores import rows
from ...stores.lease_rows import Lease
from .lease import BEAT, LEASE, WAITING, clock, holding
from .processes import SERVER, TOOL, name_of_this

LOOK = 0.5
"""Seconds between two looks of a process that waits for the lease."""
REMIND = 300.0
"""Seconds after which the log tells once more why this process does not serve."""
_begun: list[Callable[[], None]] = []
_ended: list[Callable[[], None]] = []
_waiting: list[asyncio.Task[None]] = []


def is_shared() -> bool:
    """Whether other processes see this process's database: a devserver's and a bot run's is in its memory."""
    return not otree.database.IN_MEMORY


def on_begin(work: Callable[[], None]) -> None:
    """Do something on the server's event loop when this process begins to serve: nobody else does."""
    _begun.append(work)


def on_end(work: Callable[[], None]) -> None:
    """Do something on the server's event loop when this process serves no more: it writes nothing from now on."""
    _ended.append(work)


async def begin(on_lost: Callable[[], None]) -> None:
    """Begin to serve, now or as soon as the lease is free (a task of the running loop waits for it).

    Arguments:
        on_lost: called when another process has taken the lease while this one stood still.
    """

    def lost(other: Lease) -> None:
        logger.error(
            "Another web process (%s) serves on this database now: this one had not answered for more than %g s. What "
            "it had under way is not written. It ends.", other.place or other.holder, LEASE,
        )  # fmt: skip
        _end_work()
        on_lost()

    rows.work_as(name_of_this(SERVER))
    holding.on_lost = lost
    if not is_shared():
        _begin_work()
        return
    other = await holding.take()
    if other is None:
        _begin_work()
        return
    holding.state = WAITING
    _tell(other)
    _waiting.append(asyncio.get_running_loop().create_task(_wait()))


async def end() -> None:
    """Serve no more, and let the next process have the lease at once."""
    for task in _waiting:
        task.cancel()
    if holding.close():
        _end_work()
        await asyncio.get_running_loop().run_in_executor(None, holding.release)


def _begin_work() -> None:
    for work in _begun:
        work()


async def _begin_patiently() -> None:
    for work in _begun:
        while True:
            try:
                work()
                break
            except SQLAlchemyError as error:
                logger.warning("What the server before this one has left could not be taken up yet: %s", error)
                await asyncio.sleep(BEAT)


def _end_work() -> None:
    for work in _ended:
        work()


async def _wait() -> None:
    told = clock()
    while True:
        await asyncio.sleep(LOOK)
        try:
            other = await holding.take()
        except SQLAlchemyError as error:
            logger.warning("Whether this process may serve could not be read from the database: %s", error)
            await asyncio.sleep(BEAT)
            continue
        if other is None:
            logger.info("The lease on the database is free: this process serves now.")
            await _begin_patiently()
            return
        if clock() - told > REMIND:
            told = clock()
            _tell(other)


def _tell(other: Lease) -> None:
    since = time.strftime("%Y-%m-%d %H:%M:%S UTC", time.gmtime(other.since))
    logger.warning(
        "This process does not serve yet: it answers 503. Another web process (%s) has served on this database since "
        "%s, and oTree can only have one at a time. This one goes on when that one ends (%g s later, if it crashes). "
        "Run one web process only (on Heroku: ps:scale web=1).", other.place, since, LEASE,
    )  # fmt: skip


def install() -> None:
    """Let replies tell whose they are; a server's, from its start."""
    rows.work_as(name_of_this(TOOL))
