"""How a decision is made: as a task of the server's, outside oTree's lock, once for each owner.

The row is the truth. A task reads it, asks, and writes what came of it in one piece with the fields of the player or
group. A server that starts takes up what the one before it has left.
"""

from __future__ import annotations

import asyncio
import hashlib
import json
import random
import time
from collections.abc import Coroutine, Mapping
from contextvars import ContextVar
from functools import partial
from typing import Any

from sqlalchemy.engine import Connection
from sqlalchemy.exc import DBAPIError

from ...chat_rules.pacing import pace
from ...display import logger
from ...errors import LinkError
from ...stores.failures import is_outage
from ...stores.spool import decision_entry
from ..links.owners import parse_owner
from ..links.unattached import Asker, asker
from ..otree_internals.database import end_session, models_on, own_session, short_section
from ..otree_internals.lease import LeaseLost
from ..otree_internals.models import load_owner, own_pages
from ..otree_internals.startup import server_loop
from ..otree_internals.unwritten import counted
from ..otree_internals.wait_pages import end_waiting, notify_waiting, visit_for, waiting_place
from ..otree_internals.waiting_writes import Entry
from ..otree_internals.writer import writer
from .ask_ai import Decision, page_name, run_ask_ai
from .counted import let_count
from .records import (
    DONE,
    OPEN,
    close,
    closed,
    error_facts,
    find,
    forget_answer,
    interrupted,
    note_answer,
    note_error,
    to_text,
)

PATIENCE = 10.0
"""Seconds after which the page that follows is loaded for those who have left."""
visiting: ContextVar[bool] = ContextVar("otree_ego_visiting", default=False)
_making: dict[str, asyncio.Task[None]] = {}
_background: set[asyncio.Task[None]] = set()


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
    if not task.cancelled() and (error := task.exception()) is not None and not isinstance(error, LeaseLost):
        logger.error("The decision %s could not be made.", owner, exc_info=error)
        _in_background(_give_up(owner, error))


def resume_open() -> None:
    """Go on with the decisions that a server before this one has left unfinished."""
    with short_section() as connection:
        owners = interrupted(connection)
    if owners:
        logger.warning(
            "The server before this one left %s unfinished: going on.", counted(len(owners), "decision", "decisions")
        )
    for owner in owners:
        _start(owner)


def stop_all() -> None:
    """Stop all tasks: this process serves no more, and the next one takes up what is unfinished."""
    for task in (*_making.values(), *_background):
        task.cancel()


async def make(owner: str, patient: bool = True) -> None:
    """Make one decision, unless it is made.

    Arguments:
        owner: whose, and for which page. patient: whether to wait until the human-like delay is over.
    """
    about = parse_owner(owner)
    while True:
        try:
            session, row, target, people = await _read(owner, about)
            break
        except Exception as error:
            if not is_outage(error):
                raise
        await writer().until_writable()
    try:
        if target is None:
            return
        page = page_named(about["app"], about["seat"])
        await _make(page, target, session, row, people, patient)
    finally:
        async with writer().section():
            end_session(session)


async def _read(owner: str, about: Mapping[str, str]) -> tuple[Any, Any, Any, list[int]]:
    """A session of its own; a decision's row; whose it is, if it is open; and who takes part."""
    async with writer().section():
        session = own_session()
        target: Any = None
        people: list[int] = []
        try:
            row = find(session.connection(), owner)
            if row is not None and row["status"] in OPEN:
                target, people = load_owner(about["app"], about["of"], abs(row["place"]))
            session.commit()  # nothing of ours: it lets go of the connection
        except BaseException:
            end_session(session)
            raise
    return session, row, target, people


async def _make(page: Any, target: Any, session: Any, row: Any, people: list[int], patient: bool) -> None:
    owner, attempt = row["owner"], row["attempts"]
    if row["status"] == "answered":
        decision, due = Decision("stored", json.loads(row["answer"])), row["started"] + row["delay"]
        facts: dict[str, Any] = dict(decision.facts)
    else:
        asker.set(Asker(owner.partition("/")[0], row["session_id"], f"{page_name(page)}.ask_ai"))
        decision, due = await run_ask_ai(page, target, session), 0.0
        facts = dict(decision.facts)
        if decision.status != "failed":
            try:
                speed, seconds = _delay(page, target, owner, decision.values)
            # The experimenter's own function: a decision that is there is not lost for it.
            except Exception as error:
                logger.error("%s.delay failed for %s", page_name(page), owner, exc_info=error)
                speed, seconds, facts = "", 0.0, error_facts(error, "delay: ")
            due = row["started"] + seconds
            facts |= dict(answer=to_text(decision.values), answered=time.time(), pace=speed, delay=seconds)
    if patient and decision.status in DONE and due > time.time():
        if row["status"] == "pending" and decision.status == "stored":
            kept = {name: facts.pop(name) for name in ("answer", "answered", "pace", "delay")}
            note = partial(note_answer, owner=owner, attempt=attempt, **kept)
            if not await writer().run_surely(note, _entry(owner, attempt, decision, kept)):
                return
        await asyncio.sleep(due - time.time())
    await _end(page, target, owner, attempt, decision, facts, people)


async def _end(
    page: Any, target: Any, owner: str, attempt: int, decision: Decision, facts: Mapping[str, Any], people: list[int]
) -> None:
    model, number = type(target), target.id

    def write(c: Connection) -> Any:
        row = close(c, owner, attempt, decision.status, **facts)
        if row is None:
            return closed(c, owner, attempt, decision.status)
        values = decision.values
        if row["forgotten"] is not None:  # while it was being made: its words are not kept
            values = {name: value for name, value in values.items() if not isinstance(value, str)}
            forget_answer(c, owner, values)
        if values:
            table = model.__table__
            c.execute(table.update().where(table.c.id == number).values(**values))
        if decision.status == "fallback":
            let_count(c, decision.asked, target, values)
        if decision.status in DONE and page.after_decision is not None:
            _afterwards(c, page, model, number, owner)
        if decision.status in DONE and row["page_index"] is not None:
            end_waiting(c, row["session_id"], row["page_index"], row["place"])
        return row

    try:
        row = await writer().run_surely(write, _entry(owner, attempt, decision, facts))
    except DBAPIError as error:
        if decision.status not in DONE:
            raise
        # A value that the database does not take (too long, too large) is no decision: nobody may wait for ever.
        logger.error("%s: the decision for %s could not be stored", page_name(page), owner, exc_info=error)
        decision, facts = Decision("failed", {}, error), error_facts(error)
        row = await writer().run_surely(write)
    if row is None or row["page_index"] is None:
        return
    _in_background(_notify(row))
    if decision.status in DONE and server_loop() is not None:
        _in_background(_load_next_page(people, row["page_index"]))


def _entry(owner: str, attempt: int, decision: Decision, facts: Mapping[str, Any]) -> Entry | None:
    """For the spool: a decision of the model's, which is not to be paid for again when this server ends."""
    if decision.status != "stored":
        return None
    facts = {"answer": to_text(decision.values), "answered": time.time(), "pace": "", "delay": 0.0, **facts}
    return f"decision-{hashlib.sha256(owner.encode()).hexdigest()[:32]}", partial(decision_entry, owner, attempt, facts)


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
        if is_outage(error):  # that is not its own: it is done again, with the decision
            raise
        logger.error("%s.after_decision failed for %s", page_name(page), owner, exc_info=error)
        note_error(c, owner, error, "after_decision")


async def _give_up(owner: str, error: BaseException) -> None:
    """What went wrong outside of the asking leaves nobody waiting either: the page offers *Try again*."""

    def write(c: Connection) -> Any:
        row = find(c, owner)
        return row and close(c, owner, row["attempts"], "failed", **error_facts(error))

    row = await writer().run_surely(write)
    if row is not None and row["page_index"] is not None:
        await _notify(row)


async def _notify(row: Any) -> None:
    await notify_waiting(waiting_place(row["session_id"], row["page_index"], row["place"]))


async def _load_next_page(people: list[int], page_index: int) -> None:
    await asyncio.sleep(PATIENCE)
    async with writer().section():
        visiting.set(True)
        visit_for(people, page_index)


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
