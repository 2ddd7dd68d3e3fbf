"""Which settings were in force for whom: rows beside the assignments, whenever they differ from the session's."""

from __future__ import annotations

import json
import time
from collections import OrderedDict
from collections.abc import Mapping
from functools import partial
from hashlib import blake2s
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.engine import Connection

from ...chat_rules.settings import PREFIX, SETTINGS
from ..links.link import Link
from ..otree_internals.models import participant_code, session_id_of
from ..otree_internals.tables import EgoAssignment
from ..otree_internals.writer import writer
from .member_settings import GIVEN, in_force, settings_here
from .room import Room

LINE = "settings:chat settings"
"""How the lines of these rows begin; the part behind the colon is the assignment's name in the export."""
MOST = 20_000
"""Pages of which we remember what was written down."""
_ROWS = EgoAssignment.__table__
_noted: OrderedDict[tuple[str, str], str] = OrderedDict()


async def renew_settings(room: Room, player: Any, link: Link) -> None:
    """Let a chat have the settings that hold now, and write down which they are if they are not the session's.

    Arguments:
        room: the chat's. player: whose page it is. link: whose Thread the chat is.
    """
    given, code = given_to(room), participant_code(player)
    room.settings, mine = settings_here(player, link, given)
    if mine is not room.settings:
        room.own[code] = mine
    else:
        room.own.pop(code, None)
    kept = {name: _kept(name, value) for name, value in in_force(player, link, given).items()}
    text = json.dumps(kept, ensure_ascii=False, sort_keys=True) if kept else ""
    if _noted.get((room.owner, code), "") == text:
        return
    await writer().run(partial(_write, session_id=session_id_of(player), owner=room.owner, code=code, levels=text))
    _noted[room.owner, code] = text
    while len(_noted) > MOST:
        _noted.popitem(last=False)


def given_to(room: Room) -> Mapping[str, Any]:
    """The settings that were given with a chat's Thread."""
    return dict(vars(room.thread).get(GIVEN) or {})


def _kept(name: str, value: Any) -> Any:
    """A value as it is written down: of a text, which may have somebody's name in it, only which one it is."""
    row = SETTINGS.get(name[len(PREFIX) :])
    if not isinstance(value, str) or (row is not None and (row.options or row.names_model)):
        return value
    return f"{len(value)} characters, {blake2s(value.encode('utf-8', 'replace'), digest_size=6).hexdigest()}"


def _write(connection: Connection, session_id: int, owner: str, code: str, levels: str) -> None:
    who, chat = f"participant:{code}", blake2s(owner.encode(), digest_size=12).hexdigest()
    mine = (_ROWS.c.session_id == session_id) & (_ROWS.c.owner == who) & _ROWS.c.design.like(f"{chat} %")
    last = connection.execute(select([_ROWS.c.levels]).where(mine).order_by(_ROWS.c.id.desc()).limit(1)).scalar()
    if (last or "{}") == (levels or "{}"):
        return
    times = connection.execute(select([func.count()]).where(mine)).scalar()
    line = f"{LINE}:{times + 1}:{chat}"
    there = (_ROWS.c.session_id == session_id) & (_ROWS.c.line == line)
    place = (connection.execute(select([func.max(_ROWS.c.place)]).where(there)).scalar() or 0) + 1
    row = {"session_id": session_id, "line": line, "owner": who, "place": place, "seed": "", "levels": levels or "{}"}
    connection.execute(_ROWS.insert().values(**row, design=f"{chat} {owner}", created=time.time()))
