"""How a decision is made: as a task of the server's, outside oTree's lock, once for each owner.

The row is the truth. A task reads it, asks, and writes what came of it in one piece with the fields of the player or
group. A server that starts takes up what the one before it has left.
"""

from __future__ import annotations

import asyncio
import inspect
import json
import logging
import random
import time
from collections.abc import Awaitable, Collection, Coroutine, Mapping
from contextvars import ContextVar
from dataclasses import dataclass
from functools import partial
from typing import Any

from sqlalchemy.engine import Connection
from sqlalchemy.exc import DBAPIError

from ...chat_rules.pacing import pace
from ...errors import ConfigError, EgoError, Interrupted, LinkError, TimedOut
from ..links.owners import parse_owner
from ..otree_internals.database import altered, let_go, models_on, own_session, short_section
from ..otree_internals.models import as_kept, load_owner, own_fields, own_pages
from ..otree_internals.startup import on_server_started, server_loop
from ..otree_internals.wait_pages import end_waiting, in_decision, tell_waiting, visit_for, waiting_place
from ..otree_internals.writer import writer
from .records import DONE, OPEN, close, error_facts, find, interrupted, note_answer, note_error, to_text

logger = logging.getLogger("otree_ego")
PATIENCE = 10.0
"""Seconds after which the page that follows is loaded for those who have left."""
GRACE = 2.0
"""Seconds for what `ask_ai` has to do when its deadline is over: to write down what came of a reply, say."""
visiting: ContextVar[bool] = ContextVar("otree_ego_visiting", default=False)
_making: dict[str, asyncio.Task[None]] = {}
_background: set[asyncio.Task[None]] = set()


@dataclass(frozen=True)
class Outcome:
    """What came of asking: values of fields, or why there are none.

    Fields:
        error: of the asking. problem: of the fallback that was to be taken for it.
    """

    status: str
    values: Mapping[str, Any]
    error: BaseException | None = None
    problem: BaseException | None = None

    @property
    def facts(self) -> dict[str, str]:
        found = error_facts(self.error)
        if self.problem is not None:
            trouble = error_facts(self.problem, f"The fallback failed: {type(self.problem).__name__}: ")
            found["error_text"] = f"{trouble['error_text'][:900]} First: {found['error_text'][:900]}"
        return found


def start(owner: str) -> None:
    """Let a decision be made, from any thread; nothing happens where no server runs."""
    loop = server_loop()
    if loop is not None:
        loop.call_soon_threadsafe(_start, owner)


def _start(owner: str) -> None:
    now = _making.get(owner)
    if now is not None and not now.done():  # it may be about to end, and have read the row already
        now.add_done_callback(lambda _: _start_once(owner))
        return
    _start_once(owner)


def _start_once(owner: str) -> None:
    now = _making.get(owner)
    if now is not None and not now.done():
        return
    task = asyncio.get_running_loop().create_task(make(owner))
    _making[owner] = task
    task.add_done_callback(partial(_ended, owner))


def _ended(owner: str, task: asyncio.Task[None]) -> None:
    if _making.get(owner) is task:
        del _making[owner]
    if not task.cancelled() and (error := task.exception()) is not None:
        logger.error("The decision %s could not be made.", owner, exc_info=error)
        _in_background(_give_up(owner, error))


def take_up() -> None:
    """Go on with the decisions that a server before this one has left unfinished."""
    with short_section() as connection:
        owners = interrupted(connection)
    for owner in owners:
        _start(owner)


on_server_started(take_up)


async def make(owner: str, patient: bool = True) -> None:
    """Make one decision, unless it is made.

    Arguments:
        owner: whose, and for which page. patient: whether to wait until the human-like delay is over.
    """
    async with writer().section():
        session = own_session()
        target: Any = None
        people: list[int] = []
        about = parse_owner(owner)
        try:
            row = find(session.connection(), owner)
            if row is not None and row["status"] in OPEN:
                target, people = load_owner(about["app"], about["of"], abs(row["place"]))
        except BaseException:
            let_go(session)
            raise
        session.commit()  # nothing of ours: it lets go of the connection
    try:
        if target is None:
            return
        page = page_named(about["app"], about["seat"])
        await _make(page, target, session, row, people, patient)
    finally:
        async with writer().section():
            let_go(session)


async def _make(page: Any, target: Any, session: Any, row: Any, people: list[int], patient: bool) -> None:
    owner, attempt = row["owner"], row["attempts"]
    if row["status"] == "answered":
        outcome, due = Outcome("stored", json.loads(row["answer"])), row["started"] + row["delay"]
        facts: dict[str, Any] = dict(outcome.facts)
    else:
        outcome, due = await _decided(page, target, session), 0.0
        facts = dict(outcome.facts)
        if outcome.status != "failed":
            try:
                speed, seconds = _delay(page, target, owner, outcome.values)
            # The experimenter's own function: a decision that is there is not lost for it.
            except Exception as error:
                logger.error("%s.delay failed for %s", _name(page), owner, exc_info=error)
                speed, seconds, facts = "", 0.0, error_facts(error, "delay: ")
            due = row["started"] + seconds
            facts |= dict(answer=to_text(outcome.values), answered=time.time(), pace=speed, delay=seconds)
    if patient and outcome.status in DONE and due > time.time():
        if row["status"] == "pending" and outcome.status == "stored":
            kept = {name: facts.pop(name) for name in ("answer", "answered", "pace", "delay")}
            if not await writer().run(partial(note_answer, owner=owner, attempt=attempt, **kept)):
                return
        await asyncio.sleep(due - time.time())
    await _end(page, target, owner, attempt, outcome, facts, people)


async def _end(
    page: Any, target: Any, owner: str, attempt: int, outcome: Outcome, facts: Mapping[str, Any], people: list[int]
) -> None:
    model, number = type(target), target.id

    def write(c: Connection) -> Any:
        row = close(c, owner, attempt, outcome.status, **facts)
        if row is None:
            return None
        if outcome.values:
            table = model.__table__
            c.execute(table.update().where(table.c.id == number).values(**outcome.values))
        if outcome.status in DONE and page.after_decision is not None:
            _afterwards(c, page, model, number, owner)
        if outcome.status in DONE and row["page_index"] is not None:
            end_waiting(c, row["session_id"], row["page_index"], row["place"])
        return row

    try:
        row = await writer().surely(write)
    except DBAPIError as error:
        if outcome.status not in DONE:
            raise
        # A value that the database does not take (too long, too large) is no decision: nobody may wait for ever.
        logger.error("%s: the decision for %s could not be stored", _name(page), owner, exc_info=error)
        outcome, facts = Outcome("failed", {}, error), error_facts(error)
        row = await writer().surely(write)
    if row is None or row["page_index"] is None:
        return
    _in_background(_tell(row))
    if outcome.status in DONE and server_loop() is not None:
        _in_background(_see_off(people, row["page_index"]))


def _in_background(work: Coroutine[Any, Any, None]) -> None:
    task = asyncio.get_running_loop().create_task(work)
    _background.add(task)
    task.add_done_callback(_background.discard)


def _afterwards(c: Connection, page: Any, model: Any, number: int, owner: str) -> None:
    try:
        with models_on(c) as session:
            page.after_decision(session.query(model).get(number))
    # The experimenter's own code: the decision stays, and what went wrong stands in the data.
    except (Exception, SystemExit) as error:
        logger.error("%s.after_decision failed for %s", _name(page), owner, exc_info=error)
        note_error(c, owner, error, "after_decision")


async def _give_up(owner: str, error: BaseException) -> None:
    """What went wrong outside of the asking leaves nobody waiting either: the page offers *Try again*."""

    def write(c: Connection) -> Any:
        row = find(c, owner)
        return row and close(c, owner, row["attempts"], "failed", **error_facts(error))

    row = await writer().surely(write)
    if row is not None and row["page_index"] is not None:
        await _tell(row)


async def _tell(row: Any) -> None:
    await tell_waiting(waiting_place(row["session_id"], row["page_index"], row["place"]))


async def _see_off(people: list[int], page_index: int) -> None:
    await asyncio.sleep(PATIENCE)
    async with writer().section():
        visiting.set(True)
        visit_for(people, page_index)


async def _decided(page: Any, target: Any, session: Any) -> Outcome:
    token = in_decision.set(True)
    try:
        try:
            values = await _in_time(page, page.ask_ai(target), "ask_ai", "no decision")
            _refuse(page, "ask_ai", altered(session))
            return Outcome("stored", checked(page, target, values))
        # The experimenter's own code may raise anything, and nobody may be locked out by it.
        except Exception as error:
            return await _instead(page, target, session, _told(page, error))
    finally:
        in_decision.reset(token)


async def _in_time(page: Any, work: Awaitable[Any], what: str, none: str) -> Any:
    """What the experimenter's code gives, if it does before the deadline.

    `asyncio.wait_for` would go on for ever with code that takes no notice of being cancelled (a bare ``except:`` in a
    loop), and what awaits something that was cancelled would look like the end of the server.
    """
    task = asyncio.ensure_future(_no_exit(page, work, what))
    try:
        await asyncio.wait({task}, timeout=page.deadline)
        if not task.done():
            raise TimedOut(f"{_name(page)}: {none} within {page.deadline:g} s.")
        if task.cancelled():
            raise Interrupted(f"{_name(page)}: something was cancelled in {what}, and it with it.")
        return task.result()
    finally:
        if not task.done():
            task.cancel()
            await asyncio.wait({task}, timeout=GRACE)
        if not task.done():
            logger.error("%s.%s goes on after its deadline: it takes no notice of being cancelled.", _name(page), what)
            _background.add(task)
            task.add_done_callback(_forget)


def _forget(task: asyncio.Task[Any]) -> None:
    _background.discard(task)
    if not task.cancelled():
        task.exception()  # nobody waits for it any more


async def _no_exit(page: Any, work: Awaitable[Any], what: str) -> Any:
    try:
        return await work
    except SystemExit as error:  # in a task it would stop the server
        raise LinkError(f"{_name(page)}.{what} ended with SystemExit({str(error)!r:.60}).") from error


def _refuse(page: Any, what: str, names: Collection[str]) -> None:
    if names:
        raise LinkError(
            f"{_name(page)}.{what} has set {', '.join(sorted(names))}, which is not kept: return the values instead, "
            "e.g. return dict(offer=…); set the rest in after_decision."
        )


def _told(page: Any, error: Exception) -> Exception:
    if isinstance(error, EgoError) and not isinstance(error, LinkError | ConfigError):
        logger.warning("%s: no decision: %s: %s", _name(page), type(error).__name__, error)
    else:
        logger.error("%s: no decision", _name(page), exc_info=error)
    return error


async def _instead(page: Any, target: Any, session: Any, error: Exception) -> Outcome:
    given = page.fallback
    try:
        if callable(given):
            before = altered(session)
            given = given(target, error)
            if inspect.isawaitable(given):
                given = await _in_time(page, given, "fallback", "the fallback gave nothing")
            _refuse(page, "fallback", set(altered(session)).difference(before))
        if given is None:
            return Outcome("failed", {}, error)
        return Outcome("fallback", checked(page, target, given), error)
    # So may the fallback, which is his own code, too.
    except (Exception, SystemExit) as problem:
        logger.error("%s: the fallback failed", _name(page), exc_info=problem)
        return Outcome("failed", {}, error, problem)


def checked(page: Any, target: Any, values: Any) -> dict[str, Any]:
    """What `ask_ai` returned, as it is written down: fields of the player or group, of the right type.

    Raises:
        LinkError: it is neither None nor a dict of such fields.
    """
    if values is None:
        return {}
    fields = own_fields(type(target))
    if not isinstance(values, Mapping):
        raise LinkError(f"{_name(page)}.ask_ai returns a dict of field values, or None; not {values!r:.80}.")
    for name in values:
        if name not in fields or (page.form_fields and name not in page.form_fields):
            known = ", ".join(page.form_fields or fields) or "no field"
            raise LinkError(f"{_name(page)}.ask_ai returned {name!r:.60}; it may return {known} of {page.form_model}.")
    try:
        return {name: as_kept(target, name, value) for name, value in values.items()}
    except (TypeError, ValueError) as error:
        raise LinkError(f"{_name(page)}.ask_ai: {error}") from None


def _delay(page: Any, target: Any, owner: str, values: Mapping[str, Any]) -> tuple[str, float]:
    given = page.delay(target) if callable(page.delay) else page.delay
    speed = pace(given)
    text = "".join(value for value in values.values() if isinstance(value, str))
    seconds = speed.seconds(text, random.Random(owner))
    return (speed.text, seconds) if seconds else ("", 0.0)


def page_named(app: str, name: str) -> Any:
    """The page of an app that has this name.

    Raises:
        LinkError: there is none (any more).
    """
    for page in own_pages(app):
        if page.__name__ == name:
            return page
    raise LinkError(f"{app} has no page {name} any more, and a decision was to be made for it.")


def _name(page: Any) -> str:
    return f"{page.__module__.partition('.')[0]}.{page.__name__}"
