"""A model plays on for a participant who has gone, and gives the place back."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from contextvars import Context
from typing import Any

from sqlalchemy.engine import Connection

from ...display import logger
from ...players.ai_marks import TAKEOVER
from ...players.presence import RECRUITING, Standing, may_be_played_on
from ..otree_internals.database import models_on
from ..otree_internals.page_requests import tell_tabs
from ..otree_internals.whereabouts import Whereabouts, participant_of, whereabouts
from ..otree_internals.writer import writer
from ..seats.giving import played_by_model, release, take
from ..seats.seat_memory import Seen
from .happenings import CAME_BACK, TAKEN_OVER, add_event, mark_left
from .persons import Person, clock, forget, person, take_word_back
from .remembered import seen_by

IN_THEIR_PLACE = (
    "a participant of this study who takes the place of another one, who has left. You know the pages that they have "
    "seen, and what they have answered. Go on for them as they would have, in line with what they did."
)
COMES_BACK = "the participant came back"
_beginning: set[str] = set()
_returning: set[str] = set()
_tasks: set[asyncio.Task[None]] = set()


def is_taken_over(code: str) -> bool:
    """Whether a model plays on for a participant who has gone, and does not give the place back just now."""
    return played_by_model(code) == TAKEOVER and code not in _returning


def is_returning(code: str) -> bool:
    """Whether a participant's place is being given back."""
    return code in _returning


def start(code: str) -> None:
    """Let a model play on for a participant who has gone, unless it does already. On the server's loop."""
    if code not in _beginning and not played_by_model(code):
        _beginning.add(code)
        in_background(lambda: _take_over(code), "A model could not play on for participant %s.", code)


async def _take_over(code: str) -> None:
    try:
        found = person(code)
        if found is None or (gone := found.gone_since(clock())) is None:
            return
        where, seen = await writer().run(lambda c: _look(c, found))
        if where is None or where.over or where.ended:
            forget(code)
            return
        if not may_be_played_on(_standing(where, found), (*found.settings.never_on, *RECRUITING)):
            found.not_at = where.index
            return
        if not await take(code, TAKEOVER, model=found.settings.model, persona=IN_THEIR_PLACE, seen=seen):
            found.not_at = where.index
            return
        await writer().run_surely(lambda c: _begun(c, code, clock() - gone))
        found.taken_from = where.index
        if found.gone_since(clock()) is None:  # they came back in this moment
            await give_back(code)
            return
        await tell_tabs(code)
    finally:
        _beginning.discard(code)


def _look(c: Connection, found: Person) -> tuple[Whereabouts | None, list[Seen]]:
    with models_on(c):
        participant = participant_of(found.code)
        return (None, []) if participant is None else (whereabouts(participant), seen_by(c, participant))


def _standing(where: Whereabouts, found: Person) -> Standing:
    flags = (where.over, where.ended, where.is_end, where.people_only)
    return Standing(where.app, where.page, found.submitted, *flags)


def _begun(c: Connection, code: str, gone: float) -> None:
    with models_on(c):
        participant = participant_of(code)
        if participant is not None:
            mark_left(participant, True)
            add_event(c, whereabouts(participant), TAKEN_OVER, {"seconds_gone": round(gone, 1)})


# --- giving back ----------------------------------------------------------------------------------------------------


def start_giving_back(code: str) -> None:
    """Let a participant who is back play again. On the server's loop, from a request too: it does not wait for it."""
    if code not in _returning:
        _returning.add(code)
        in_background(lambda: give_back(code), "Participant %s could not be given the place back.", code)


async def give_back(code: str) -> None:
    """Let a participant who is back play again: when this returns, the model sends nothing any more."""
    _returning.add(code)
    try:
        found = person(code)
        if found is not None:
            found.last_request, found.dropped_out = clock(), None
        index = await release(code, COMES_BACK)
        if index is not None:
            await writer().run_surely(lambda c: _came_back(c, code))
    finally:
        _returning.discard(code)


def _came_back(c: Connection, code: str) -> None:
    with models_on(c):
        participant = participant_of(code)
        if participant is not None:
            where = whereabouts(participant)
            if not where.ended:
                mark_left(participant, False)
                take_word_back(participant)
            add_event(c, where, CAME_BACK, {})


def on_moved(code: str, index: int) -> None:
    """A participant has come to another page: of one who is played on, the tabs that are still open are told."""
    if played_by_model(code) == TAKEOVER:
        in_background(lambda: tell_tabs(code), "The tabs of participant %s could not be told.", code)


def in_background(work: Callable[[], Coroutine[Any, Any, None]], failed: str, code: str) -> None:
    """Do something on the server's loop for which nobody waits; the log says what goes wrong.

    Arguments:
        failed: the log's sentence, with ``%s`` for the participant's code.
    """

    async def done() -> None:
        try:
            await work()
        except asyncio.CancelledError:
            raise
        # Nobody waits for it: the log says what it was.
        except Exception:
            logger.exception(failed, code)

    task = Context().run(asyncio.get_running_loop().create_task, done())  # a request's database session is its own
    _tasks.add(task)
    task.add_done_callback(_tasks.discard)


def stop_all() -> None:
    """This process serves no more."""
    for task in list(_tasks):
        task.cancel()
