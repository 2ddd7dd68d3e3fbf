"""How an app's own functions are run: in time, whatever they raise, and what they return is written into fields."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Collection, Mapping
from typing import Any

from ..display import logger
from ..errors import Interrupted, LinkError, TimedOut
from .otree_internals.models import as_kept, own_fields
from .otree_internals.writer import writer

GRACE = 2.0
"""Seconds for what `ask_ai` has to do when its deadline is over: to write down what came of a reply, say."""
_late: set[asyncio.Task[Any]] = set()


async def in_time(work: Awaitable[Any], deadline: float | None, name: str, none: str) -> Any:
    """What the experimenter's code gives, if it does before the deadline.

    `asyncio.wait_for` would go on for ever with code that takes no notice of being cancelled (a bare ``except:`` in a
    loop), and what awaits something that was cancelled would look like the end of the server.

    Arguments:
        deadline: in seconds. name: app, page and function. none: what it means if nothing comes.
    """
    task = asyncio.ensure_future(_no_exit(work, name))
    try:
        await _wait(task, deadline)
        page, _, function = name.rpartition(".")
        if not task.done():
            raise TimedOut(f"{page}: {none} within {deadline:g} s.")
        if task.cancelled():
            raise Interrupted(f"{page}: something was cancelled in {function}, and it with it.")
        return task.result()
    finally:
        if not task.done():
            task.cancel()
            await asyncio.wait({task}, timeout=GRACE)
        if not task.done():
            logger.error("%s goes on after its deadline: it takes no notice of being cancelled.", name)
            _late.add(task)
            task.add_done_callback(_forget)


async def _wait(task: asyncio.Task[Any], seconds: float | None) -> None:
    """Wait for a task; time for which the database could not be written does not count."""
    while seconds is None or seconds > 0:
        before = writer().outage.seconds
        await asyncio.wait({task}, timeout=seconds)
        seconds = writer().outage.seconds - before
        if task.done():
            return


def _forget(task: asyncio.Task[Any]) -> None:
    _late.discard(task)
    if not task.cancelled():
        task.exception()  # nobody waits for it any more


async def _no_exit(work: Awaitable[Any], name: str) -> Any:
    try:
        return await work
    except SystemExit as error:  # in a task it would stop the server
        raise LinkError(f"{name} ended with SystemExit({str(error)!r:.60}).") from error


def field_values(
    target: Any, values: Any, name: str, allowed: Collection[str] = (), kind: str = "player"
) -> dict[str, Any]:
    """What an app's function returned, as it is written into the fields of a player or group.

    Arguments:
        target: the player or group. values: what was returned. name: app, page and function.
        allowed: the fields that may be written; none for all. kind: of the target, in words.

    Raises:
        LinkError: it is neither None nor a dict of such fields, each of its type.
    """
    if values is None:
        return {}
    fields = own_fields(type(target))
    if not isinstance(values, Mapping):
        raise LinkError(f"{name} returns a dict of field values, or None; not {values!r:.80}.")
    for each in values:
        if each not in fields or (allowed and each not in allowed):
            known = ", ".join(allowed or fields) or "no field"
            raise LinkError(f"{name} returned {each!r:.60}; it may return {known} of {kind}.")
    try:
        return {each: as_kept(target, each, value) for each, value in values.items()}
    except (TypeError, ValueError) as error:
        raise LinkError(f"{name}: {error}") from None
