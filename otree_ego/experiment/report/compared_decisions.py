"""What people and AIs have decided, field by field: of an oTree session, or of players beside a table of people.

The decisions are those in oTree's own data; of a run of `ego play`, those of the AIs are in the record of their visits.
"""

from __future__ import annotations

import base64
import csv
import io
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sqlalchemy import inspect, select

from ...errors import ConfigError, StateError
from ...players.ai_marks import LABELS, MARK, TAKEOVER, marked
from ...stores import RunStore
from ...stores.human_visits import HUMAN_VISIT
from ...stores.json_columns import from_json
from ...stores.otree_tables import people_of, player_tables, sessions_of, table_of
from ...stores.visit_tables import VISIT
from ...threads.pickles import read_pickle
from ..otree_sessions import OTreeStore
from ..player_diary import visits_in
from .values import plain, short

PEOPLE, AIS = "people", "AI"
OTREES = frozenset(
    ("id", "session_id", "subsession_id", "participant_id", "group_id", "round_number", "id_in_group", "role", "payoff")
)
"""Columns of players that are no decisions."""
_COLUMN = re.compile(r"^(?:(?P<app>[^.]+)\.\d+\.)?player\.(?P<name>[A-Za-z]\w*)$")
_NUMBER = re.compile(r"^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$")
Field = tuple[str, str]
"""An app, and a field's name; the app is empty where it is not known."""


@dataclass
class Decisions:
    """What was decided in one form field.

    Fields:
        app, name: of the field. label: as its page shows it. values: by who decided, `PEOPLE` or `AIS`.
        deciders: how many of them there are.
    """

    app: str
    name: str
    label: str = ""
    values: dict[str, list[Any]] = field(default_factory=lambda: {PEOPLE: [], AIS: []})
    deciders: dict[str, set[str]] = field(default_factory=lambda: {PEOPLE: set(), AIS: set()})

    def add(self, who: str, decider: str, value: Any) -> None:
        """Take a decision in; none was made if there is no value."""
        if value not in (None, ""):
            self.values[who].append(value)
            self.deciders[who].add(decider)


@dataclass
class Compared:
    """All decisions of a run or a session.

    Fields:
        fields: in the order in which they come. left_out: participants of whom it is not known who decided what.
    """

    fields: list[Decisions] = field(default_factory=list)
    left_out: int = 0


def compared_decisions(store: RunStore, run: str, people: str | Path | None = None) -> Compared:
    """What people and AIs have decided.

    Arguments:
        store: of runs, or an oTree database. run: the run's id, or the session's code.
        people: of a run of players, oTree's table (*All apps* or *Per-app*, as CSV) with the decisions of people.

    Raises:
        ConfigError: the table cannot be read.
    """
    if isinstance(store, OTreeStore):
        if people is not None:
            raise ConfigError("--people is for a run of ego play; a session of oTree's has its people's decisions.")
        return _of_session(store, run)
    visits = visits_in(store, run)
    found = {each: decisions for each, decisions in _of_visits(visits).items()}
    if people is not None:
        _add_people(found, _table(Path(people)), visits)
    return Compared([_same_kind(each) for each in found.values()])


# --- an oTree session -----------------------------------------------------------------------------------------------


def _of_session(store: OTreeStore, code: str) -> Compared:
    asked, marks = _asked(visits_in(store, code)), store.marks(code)
    who = {each: AIS if mark else PEOPLE for each, mark in marks.items() if mark != TAKEOVER}
    if not any(marks.values()):
        return Compared()
    found: dict[Field, Decisions] = {}
    with store.transaction() as c:
        session = next(each for each in sessions_of(c) if each["code"] == code)
        codes = {each.id: each.code for each in people_of(c, session["id"])}
        for app, table in _in_order(player_tables(c, "player"), _unpacked(session["config"])).items():
            names = [name for name in map(str, table.c.keys()) if name not in OTREES and not name.startswith("_")]
            names = [name for name in names if not asked or name in asked]
            for row in c.execute(select([table]).where(table.c.session_id == session["id"]).order_by(table.c.id)):
                participant = codes.get(row["participant_id"], "")
                for name in names if participant in who else ():
                    made = found.setdefault((app, name), Decisions(app, name, asked.get(name, "")))
                    made.add(who[participant], participant, row[name])
        taken_over = _taken_over(c, session["id"], set(marks) - set(who))
    left_out = set(marks) - set(who) - _add_pages(found, taken_over)
    return Compared([_same_kind(each) for each in found.values()], len(left_out))


def _taken_over(c: Any, session_id: int, participants: set[str]) -> dict[str, list[tuple[str, str, Any]]]:
    """What people have sent before a model went on for them, and what the model has: page by page, by participant."""
    found: dict[str, list[tuple[str, str, Any]]] = {each: [] for each in participants}
    for who, name, column in ((PEOPLE, HUMAN_VISIT, "participant"), (AIS, VISIT, "player")):
        if not participants or name not in inspect(c).get_table_names():
            continue
        table = table_of(c, name)
        sent = table.c.outcome.in_(["sent", "timed out"]) & (table.c.session_id == session_id)
        for row in c.execute(select([table]).where(sent).order_by(table.c.id)):
            if row[column] in found:
                answers = from_json(row["answers"] or "null", "answers of a page")
                answers = answers[-1] if isinstance(answers, list) and answers else answers
                found[row[column]].append((who, str(row["app"]), answers))
    return found


def _add_pages(found: Mapping[Field, Decisions], pages: Mapping[str, list[tuple[str, str, Any]]]) -> set[str]:
    """Add the decisions of participants whom a model has taken over, as far as it is known who decided what.

    Returns:
        of whom it is known.
    """
    by_name: dict[str, list[Decisions]] = {}
    for decisions in found.values():
        by_name.setdefault(decisions.name, []).append(decisions)
    for participant, several in pages.items():
        for who, app, answers in several:
            for name, value in answers.items() if isinstance(answers, Mapping) else ():
                same = by_name.get(name, [])
                made = found.get((app, name)) or (same[0] if len(same) == 1 else None)
                if made is not None:
                    made.add(who, participant, value)
    return {participant for participant, several in pages.items() if several}


def _unpacked(kept: Any) -> Mapping[str, Any]:
    try:
        found = read_pickle(base64.b64decode(kept or ""), foreign=True)
    except (StateError, TypeError, ValueError):
        return {}
    return found if isinstance(found, Mapping) else {}


def _in_order(tables: Mapping[str, Any], config: Mapping[str, Any]) -> dict[str, Any]:
    """The apps' tables in the order in which the session has the apps."""
    order = config.get("app_sequence")
    known = [app for app in order if app in tables] if isinstance(order, list) else []
    return {app: tables[app] for app in (*known, *sorted(tables.keys() - set(known)))}


def _asked(visits: Mapping[str, Sequence[Mapping[str, Any]]]) -> dict[str, str]:
    """The fields that AIs were asked for, and their labels."""
    found: dict[str, str] = {}
    for each in (one for several in visits.values() for one in several):
        asked = each.get("fields")
        for about in asked.values() if isinstance(asked, Mapping) else ():
            if isinstance(about, Mapping):
                found.setdefault(str(about.get("name")), str(about.get("label") or ""))
    return found


# --- a run of players -----------------------------------------------------------------------------------------------


def _of_visits(visits: Mapping[str, Sequence[Mapping[str, Any]]]) -> dict[Field, Decisions]:
    """What players have decided, by their last answers to each page."""
    labels = _asked(visits)
    found: dict[Field, Decisions] = {}
    for player, several in visits.items():
        for visit in several:
            answers, refused = visit.get("answers"), visit.get("errors")
            if not isinstance(answers, list) or not answers or visit.get("outcome") not in ("sent", "timed out"):
                continue
            if isinstance(refused, list) and len(refused) >= len(answers):
                continue
            app = str(visit.get("app") or "")
            for name, value in answers[-1].items() if isinstance(answers[-1], Mapping) else ():
                if name in labels:
                    made = found.setdefault((app, name), Decisions(app, name, labels[name]))
                    made.add(AIS, player, value)
    return found


def _table(file: Path) -> list[dict[str, str]]:
    """oTree's table of people."""
    try:
        text = file.read_text("utf-8-sig")
    except OSError as error:
        raise ConfigError(f"--people {file}: {error.strerror or error}.") from None
    except UnicodeDecodeError:
        raise ConfigError(f"--people {file} is not in UTF-8.") from None
    try:
        rows = list(csv.DictReader(io.StringIO(text, newline=""), strict=True))
    except csv.Error as error:
        raise ConfigError(f"--people {file} is no CSV file: {error}.") from None
    if not rows or not any(_COLUMN.match(name or "") for name in rows[0]):
        raise ConfigError(
            f"--people {file} has no columns such as player.offer: save *All apps* or one app's table of oTree's "
            "Data page as CSV."
        )
    return rows


def _add_people(
    found: dict[Field, Decisions], rows: Iterable[Mapping[str, str]], visits: Mapping[str, Sequence[Mapping[str, Any]]]
) -> None:
    """Take the decisions of people in, of the fields in which AIs have decided, too."""
    players = {str(one.get("participant")) for several in visits.values() for one in several} - {""}
    by_name: dict[str, list[Decisions]] = {}
    for decisions in found.values():
        by_name.setdefault(decisions.name, []).append(decisions)
    listed = list(rows)
    exact = {name for app, name in map(_place, listed[0]) if (app, name) in found}
    for number, row in enumerate(listed):
        code = row.get("participant.code") or ""
        config = {LABELS: row["session.config.ego_ai_labels"]} if row.get("session.config.ego_ai_labels") else {}
        kept = {MARK: row.get(f"participant.{MARK}") or ""}
        if code in players or marked(kept, row.get("participant.label"), config):
            continue
        for column, value in row.items():
            app, name = _place(column)
            same = by_name.get(name, [])
            made = found.get((app, name)) or (same[0] if len(same) == 1 and name not in exact else None)
            if made is not None and isinstance(value, str):
                made.add(PEOPLE, code or str(number), _read(value))


def _place(column: str | None) -> Field:
    """The app and the field that a column of oTree's is of; both are empty if it is none of a player's."""
    found = _COLUMN.match(column or "")
    return (found["app"] or "", found["name"]) if found else ("", "")


def _read(text: str) -> Any:
    """A cell as a number, if it is one."""
    text = text.strip()
    if not _NUMBER.match(text):
        return text
    return int(text) if text.lstrip("+-").isdecimal() else float(text)


# --- values ---------------------------------------------------------------------------------------------------------


def _same_kind(decisions: Decisions) -> Decisions:
    """The same values in one form, whoever has decided: forms give texts, tables numbers, yes is True or 1."""
    every = [value for values in decisions.values.values() for value in values]
    if any((value in (True, False) and isinstance(value, bool)) or value in ("True", "False") for value in every):
        made: Callable[[Any], Any] = _yes_or_no
    elif every and all(_as_number(value) is not None for value in every):
        made = _as_number
    else:
        made = _as_text
    for who, values in decisions.values.items():
        decisions.values[who] = [made(value) for value in values]
    return decisions


def _yes_or_no(value: Any) -> str:
    return {"True": "yes", "1": "yes", "1.0": "yes", "False": "no", "0": "no", "0.0": "no"}.get(
        str(value), _as_text(value)
    )


def _as_number(value: Any) -> float | None:
    if isinstance(value, bool):
        return None
    if isinstance(value, str):
        value = _read(value)
    try:
        found = None if isinstance(value, str | list | Mapping) else float(value)
    except (TypeError, ValueError, OverflowError):
        return None
    return found if found is not None and abs(found) <= 1e100 else None


def _as_text(value: Any) -> str:
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return plain(", ".join(map(str, value)) if isinstance(value, list) else str(value))


def title_of(decisions: Decisions) -> str:
    """What a figure calls a field.

    >>> title_of(Decisions("bargain", "offer", "How much do you offer?"))
    'How much do you offer? (bargain: offer)'
    """
    where = f"{short(decisions.app, 40)}: {short(decisions.name, 40)}" if decisions.app else short(decisions.name, 40)
    label = short(decisions.label, 80)
    return f"{label} ({where})" if label and label != decisions.name else where
