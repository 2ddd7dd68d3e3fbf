"""With which links participants have come: noted in a table and in `participant.vars`, and exported."""

from __future__ import annotations

import hashlib
import json
import time
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from sqlalchemy import select
from sqlalchemy.engine import Connection

from ...recruiting.entry_links import EntryLink, is_placeholder
from ...stores.entry_rows import ENTRY_NAMES, ENTRY_PARAMETERS
from ...stores.table_cells import utc
from ..ai_participants import MarksInTime
from ..export import Verbatim
from ..otree_internals.database import joined_section
from ..otree_internals.last_page import noted_end
from ..otree_internals.tables import EgoEntry

MOST_IN_VARS = 50
LONGEST_IN_VARS = 1000
"""Parameters, and characters of each, that `participant.vars` takes; the table takes all."""
MOST_ENTRIES = 100
"""Links of one participant that are noted."""
COLUMNS = (
    "session", "participant", "participant_label", "participant_ai", "id_in_session", "link", "platform", "person",
    "parameters", "duplicate", "entered_utc", "outcome", "ended_utc", "ended_on", "forgotten_utc",
)  # fmt: skip
OUTCOME = "ego_outcome"
"""The entry of `participant.vars` that says how the study has ended for somebody."""
_ROWS = EgoEntry.__table__


def note(participant: Any, link: EntryLink, kind: str) -> None:
    """Note a link with which a participant has come; the same one again is no news.

    Arguments:
        participant: oTree's. link: what it says. kind: ``session``, ``room`` or ``participant``.
    """
    _note_in_vars(participant, link)
    key = _key(link.person)
    said = json.dumps(dict(link.parameters), ensure_ascii=False)
    with joined_section() as c:
        mine = (_ROWS.c.session_id == participant.session_id) & (_ROWS.c.participant == participant.code)
        before = c.execute(select([_ROWS]).where(mine).order_by(_ROWS.c.id)).fetchall()
        known = any(row["person_key"] == key and _has_all(row["parameters"], link) for row in before)
        if known or len(before) >= MOST_ENTRIES:
            return
        duplicate = _duplicate(c, participant, key, before)
        row = dict(session_id=participant.session_id, participant=participant.code, link=kind, platform=link.platform)
        row |= dict(person=link.person, person_key=key, parameters=said, duplicate=duplicate, time=time.time())
        c.execute(_ROWS.insert().values(**row))


def _has_all(parameters: str, link: EntryLink) -> bool:
    """Whether an earlier link has said all that this one says."""
    earlier = json.loads(parameters)
    return all(name in earlier and earlier[name] == value for name, value in link.parameters.items())


def known_of(participant: Any) -> dict[str, str]:
    """What the links of a participant have said: by the names that were sent, and by those that platforms use."""
    return usable({**(participant._vars.get(ENTRY_PARAMETERS) or {}), **_noted(participant)})


def usable(parameters: Mapping[str, Any]) -> dict[str, str]:
    """Parameters without those that say nothing, or several things."""
    return {name: value for name, value in parameters.items() if isinstance(value, str) and not is_placeholder(value)}


def _key(person: str) -> str:
    """By which a person is found again, however the id was written; empty if it is not known who came."""
    same = unicodedata.normalize("NFKC", person).casefold().strip()
    return hashlib.sha256(same.encode()).hexdigest() if same else ""


def _duplicate(c: Connection, participant: Any, key: str, before: Sequence[Any]) -> str:
    """In words, where the same person has come before with another link; empty if nowhere."""
    found = ["same participant"] * bool(before)
    if key:
        others = c.execute(
            select([_ROWS.c.session_id])
            .where((_ROWS.c.person_key == key) & (_ROWS.c.participant != participant.code))
            .distinct()
        ).fetchall()
        sessions = {session for (session,) in others}
        found += ["other participant"] * (participant.session_id in sessions)
        found += ["other session"] * bool(sessions - {participant.session_id})
    return ", ".join(found)


# --- participant.vars -----------------------------------------------------------------------------------------------


def _noted(participant: Any) -> dict[str, Any]:
    """What links have set in `participant.vars`."""
    noted = participant._vars.get(ENTRY_NAMES)
    return dict(noted) if isinstance(noted, dict) else {}


def _note_in_vars(participant: Any, link: EntryLink) -> None:
    """Set what the link says, but nothing that an app, or oTree's REST, has set."""
    kept, noted = participant._vars, _noted(participant)
    free = {name for name in link.known if name not in kept or (name in noted and kept[name] == noted[name])}
    ours = {name: _short(link.known[name]) for name in free}
    sent = {name: _short(value) for name, value in list(link.parameters.items())[:MOST_IN_VARS]}
    new = {**ours, **({ENTRY_PARAMETERS: sent} if sent else {})}
    if any(kept.get(name) != value for name, value in new.items()):
        participant.vars.update({**new, ENTRY_NAMES: {**noted, **ours}})


def _short(value: Any) -> Any:
    return [_short(each) for each in value[:MOST_IN_VARS]] if isinstance(value, list) else value[:LONGEST_IN_VARS]


# --- the export -----------------------------------------------------------------------------------------------------


def custom_export_entries(players: Sequence[Any]) -> Iterator[list[Any]]:
    """A row for each link with which a participant has come, and one for each who came by a link that says nothing.

    Arguments:
        players: as oTree hands them to a custom export.

    Columns: `COLUMNS`, which docs/data.md describes: what the link said, whether the same person had come before, and
    how the study has ended for the participant.
    """
    yield list(COLUMNS)
    people = {player.participant.code: player.participant for player in players}
    entries: dict[str, list[Any]] = {}
    for row in _recorded({player.session_id for player in players}):
        entries.setdefault(row["participant"], []).append(row)
    sessions, marks = {player.session_id: player.session.code for player in players}, MarksInTime(people.values())
    for code, person in people.items():
        if person.visited:
            for row in entries.get(code) or [None]:
                # without a row it is not known when they came: before any model took over
                ai = marks.at(code, row["time"] if row is not None else 0.0)
                yield _cells(sessions[person.session_id], person, ai, row)


def _recorded(sessions: set[int]) -> list[Any]:
    if not sessions:
        return []
    with joined_section() as c:
        query = select([_ROWS]).where(_ROWS.c.session_id.in_(sorted(sessions))).order_by(_ROWS.c.id)
        return list(c.execute(query).fetchall())


def _cells(session: str, person: Any, ai: str, row: Mapping[str, Any] | None) -> list[Any]:
    ended = noted_end(person) or {}
    outcome = str(person._vars.get(OUTCOME) or "")
    said: list[Any] = [""] * 7
    if row is not None:
        said = [row["link"], row["platform"], Verbatim(row["person"]), Verbatim(row["parameters"]), row["duplicate"]]
        said += [utc(row["time"]), utc(row["forgotten"])]
    end = [outcome, utc(ended.get("time")), str(ended.get("page", ""))]
    who = [session, person.code, person.label, ai, person.id_in_session]
    return [*who, *said[:6], *end, said[6]]
