"""Giving participants to models, and taking them back: the one place where it is written who is played by whom."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Sequence
from contextvars import Context
from functools import partial
from typing import Any

from sqlalchemy.engine import Connection

from ...display import logger
from ...players.ai_marks import SEAT
from ...stores import rows
from ...stores.seat_tables import (
    OPEN,
    PLAYING,
    RELEASED,
    SEATS,
    add_seats,
    change_seat,
    last_number,
    open_seat,
    open_seats,
)
from ..ai_participants import mark
from ..chats.limits import load_tally, tally_of, wants_tally
from ..otree_internals.database import after_commit, joined_section, models_on, short_section
from ..otree_internals.inner_requests import in_background
from ..otree_internals.last_page import is_at_the_end
from ..otree_internals.models import session_id_of
from ..otree_internals.startup import server_loop
from ..otree_internals.writer import writer
from ..setup.chat_settings import settings_of
from .seat_marks import occupy, participant_of
from .seat_memory import Begun, Seen, begin_memory, model_of_seat, owner_of, persona_of_seat
from .seat_player import SeatPlayer

on_taken: list[Callable[[str, str], None]] = []
"""Told on the server's loop when a model begins to play a participant: the code, and why."""
on_released: list[Callable[[str, str], None]] = []
"""Told when it has stopped to: the code, and the note."""
_playing: dict[str, tuple[str, asyncio.Task[None], SeatPlayer | None]] = {}
_ending: list[bool] = []


def played_by_model(code: str) -> str:
    """Why a model plays a participant now; empty if none does. From memory, in any thread."""
    found = _playing.get(code)
    return found[0] if found is not None else ""


# --- giving ---------------------------------------------------------------------------------------------------------


def give(participants: Sequence[Any], why: str = SEAT, *, label: str = "", personas: Sequence[str] = ()) -> None:
    """Give participants to models, in the transaction of the request that this is called in.

    Arguments:
        participants: oTree's. why: one of `WHYS`. label: of each, with {n} for a number.
        personas: who each is; empty for what the settings say.
    """
    new = []
    for number, participant in enumerate(participants, 1):
        occupy(participant, label.replace("{n}", str(number)))
        mark(participant, why)
        persona = personas[number - 1] if personas else ""
        place = dict(from_index=max(1, participant._index_in_pages))
        new.append(dict(participant=participant.code, why=why, persona=persona, **place))
    if new:
        with joined_section() as connection:
            add_seats(connection, session_id_of(participants[0]), new)


def begin_after_commit(codes: Sequence[str]) -> None:
    """Let the models of participants that were given begin when the request is committed."""
    if codes:
        after_commit(partial(_begin_soon, list(codes)))


def _begin_soon(codes: Sequence[str]) -> None:
    loop = server_loop()
    if loop is not None:
        loop.call_soon_threadsafe(_begin_all, codes, context=Context())


def _begin_all(codes: Sequence[str]) -> None:
    for code in codes:
        begin(code)


def resume() -> None:
    """Go on with the seats that the server before this one has left."""
    with short_section() as connection:
        left = {row["participant"]: row["why"] for row in open_seats(connection)}
    if left:
        logger.info("Models go on to play %s participant%s.", len(left), "s" * (len(left) != 1))
    _ending.clear()
    for code, why in left.items():
        begin(code, why)


async def take(
    code: str, why: str = SEAT, *, model: str = "", persona: str = "", label: str = "", seen: Sequence[Seen] = ()
) -> bool:
    """Give a participant to a model, from the page where it is now; on the server's loop.

    Arguments:
        code: of the participant. why: one of `WHYS`.
        model, persona: who plays; empty for what the settings say. label: that it gets, if it has none.
        seen: what the participant saw before and answered, which the model will remember.

    Returns:
        whether it is the model's now; not if a model plays it already, it is at the end, or its session was deleted.
    """
    if _ending or code in _playing:
        return False

    def write(c: Connection) -> bool:
        since = time.time()  # before what it learns is written
        with models_on(c) as session:
            participant = participant_of(session, code)
            if participant is None or open_seat(c, code) is not None or is_at_the_end(participant):
                return False
            settings, session_id = settings_of(participant), participant.session_id
            who, index = model or model_of_seat(settings), max(1, participant._index_in_pages)
            occupy(participant, label)
            mark(participant, why, who)
        is_one = persona or persona_of_seat(settings, code)
        thread = begin_memory(c, code, session_id, settings, why, who, is_one, seen)
        new = dict(participant=code, why=why, from_index=index, model=who, persona=is_one, thread=thread.uid)
        add_seats(c, session_id, [{**new, "since": since}])
        return True

    if not await writer().run(write):
        return False
    begin(code, why)
    return True


# --- playing --------------------------------------------------------------------------------------------------------


def begin(code: str, why: str = SEAT) -> None:
    """Let the model of a participant play, unless it does; on the server's loop."""
    if code not in _playing and not _ending:
        _playing[code] = (why, in_background(_play(code)), None)


async def _play(code: str) -> None:
    try:
        again = True
        while again and (begun := await writer().run_surely(partial(_read, code=code))) is not None:
            player = await SeatPlayer.begin(begun)
            _playing[code] = (begun.row["why"], _playing[code][1], player)
            for tell in on_taken:
                tell(code, begun.row["why"])
            again = await player.play_on()
    # Whatever it is: one seat's fault is not the others'.
    except Exception as error:
        logger.error("The seat %s has stopped.", code, exc_info=error)
    finally:
        if (now := _playing.get(code)) is not None and now[1] is asyncio.current_task():
            del _playing[code]


def _read(c: Connection, code: str) -> Begun | None:
    """What a seat needs to play. At its first beginning its Thread is made, and it is noted which model plays."""
    row = open_seat(c, code)
    if row is None:
        return None
    with models_on(c) as session:
        participant = participant_of(session, code)
        settings, session_code = settings_of(participant), participant._session_code
        if not row["thread"]:
            model = row["model"] or model_of_seat(settings)
            mark(participant, row["why"], model)
    if not row["thread"]:
        persona = row["persona"] or persona_of_seat(settings, code)
        thread = begin_memory(c, code, row["session_id"], settings, row["why"], model, persona, ())
        change_seat(c, row["id"], thread=thread.uid, model=model, persona=persona)
        row = open_seat(c, code)
    found = rows.find(c, owner_of(code))
    if found is None:  # its texts were forgotten, and what it remembers with them
        found = begin_memory(c, code, row["session_id"], settings, row["why"], row["model"], row["persona"], ())
    if row["status"] != PLAYING:
        change_seat(c, row["id"], status=PLAYING)
    if wants_tally(settings):
        load_tally(c, session_code, row["session_id"])
    visits = last_number(c, row["session_id"], code)
    return Begun(row, found, settings, session_code, visits, tally_of(session_code, settings))


# --- taking back ----------------------------------------------------------------------------------------------------


async def release(code: str, note: str = "") -> int | None:
    """Let no model play a participant any more; on the server's loop.

    When it returns the model sends nothing any more: what it was sending was sent to its end.

    Arguments:
        code: of the participant. note: why, for the data.

    Returns:
        the place of the first page that is not the model's; None if no model played the participant.
    """
    found = _playing.get(code)
    if found is not None:
        _, task, player = found
        task.cancel()
        await asyncio.wait([task])
        if player is not None:
            await player.server.quiet()

    def write(c: Connection) -> int | None:
        row = open_seat(c, code)
        if row is None:
            return None
        with models_on(c) as session:
            index = int(participant_of(session, code)._index_in_pages)
        change_seat(c, row["id"], status=RELEASED, until_index=index, note=note, ended=time.time())
        return index

    until: int | None = await writer().run_surely(write)
    if until is not None:
        for tell in on_released:
            tell(code, note)
    return until


def stop_all() -> None:
    """This process serves no more: the next one goes on with all seats."""
    _ending[:] = [True]
    for _, task, _ in _playing.values():
        task.cancel()


async def finish() -> None:
    """The same, before the server gives the database up: requests that are under way come to their end."""
    players = [player for _, _, player in _playing.values() if player is not None]
    stop_all()
    await asyncio.gather(*(player.server.quiet() for player in players))


def seats_open(c: Connection, session_id: int) -> list[str]:
    """The codes of the participants of a session whom models play now."""
    mine = (SEATS.c.session_id == session_id) & SEATS.c.status.in_(OPEN)
    return [code for (code,) in c.execute(SEATS.select().with_only_columns([SEATS.c.participant]).where(mine))]
