"""What players have seen and done as a diary, page after page: for `ego show` and for reports."""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import and_, inspect, select

from ..display import clock
from ..stores import RunStore
from ..stores.json_columns import from_json
from ..stores.otree_tables import sessions_of, table_of
from ..stores.visit_tables import IN_JSON, PAGE_TEXT, VISIT, visits_of
from .otree_sessions import OTreeStore

SERVED, ASKED, ANSWERED, REFUSED, SAID, WHY, LEFT_OUT, NOTE, QUESTION, ANSWER = (
    "served", "asked", "answered", "refused", "said", "why", "left out", "note", "question", "answer",
)  # fmt: skip
"""What a line of a diary is about."""
CHAT = "chat"


@dataclass(frozen=True)
class DiaryPage:
    """A visit of a page.

    Fields:
        heading: which page. facts: when, how long, how it ended, and what the model took.
        lines: what was served, asked, answered, refused, … and the text of each, in order.
    """

    heading: str
    facts: str
    lines: Sequence[tuple[str, str]]


def visits_in(store: RunStore, run: str) -> dict[str, list[dict[str, Any]]]:
    """The visits of a run's players, or of an oTree session's, each player's in order, by label (or the code).

    Arguments:
        store: of runs, or an oTree database. run: the run's id, or the session's code.
    """
    with store.transaction() as c:
        rows = _of_session(c, run) if isinstance(store, OTreeStore) else list(visits_of(c, run))
    found: dict[str, list[dict[str, Any]]] = {}
    for row in rows:
        found.setdefault(str(row["player"]), []).append(row)
    return dict(sorted(found.items(), key=lambda item: _natural(item[0])))


def _of_session(c: Any, code: str) -> list[dict[str, Any]]:
    """The visits of a session; none where its database has no tables of them."""
    if not {VISIT, PAGE_TEXT} <= set(inspect(c).get_table_names()):
        return []
    session = next((each["id"] for each in sessions_of(c) if each["code"] == code), None)
    visits, texts = table_of(c, VISIT), table_of(c, PAGE_TEXT)
    same = and_(texts.c.session_id == visits.c.session_id, texts.c.digest == visits.c.digest)
    query = select([visits, texts.c.title, texts.c.text]).select_from(visits.outerjoin(texts, same))
    rows = c.execute(query.where(visits.c.session_id == session).order_by(visits.c.player, visits.c.id)).fetchall()
    plain = [
        {str(name): value for name, value in dict(row).items() if name not in ("id", "session_id")} for row in rows
    ]
    return [{**row, **{name: from_json(row[name], f"{name} of a visit") for name in IN_JSON}} for row in plain]


def _natural(label: str) -> tuple[str, int, str]:
    """So that ego10 comes after ego9."""
    stem = label.rstrip("0123456789")
    number = label[len(stem) :]
    return stem, int(number[:15] or 0), label


def diary(visits: Iterable[Mapping[str, Any]], full: bool = False, zone: str = "") -> list[DiaryPage]:
    """One player's visits as a diary.

    Arguments:
        visits: as `visits_in` gives them. full: with the text of a page each time; else the second time it is named.
        zone: ``UTC``, or empty for the local time.

    >>> visit = dict(number=1, app="game", page="Offer", page_index=3, title="Offer", text="How much? [q1]", digest="d")
    >>> visit |= dict(fields={"q1": {"name": "offer", "label": "How much?"}}, answers=[{"offer": 12}, {"offer": 5}])
    >>> visit |= dict(errors=[{"offer": "At most 9."}], outcome="sent", begun=0.0, ended=2.5, replies=2)
    >>> for kind, text in diary([visit])[0].lines:
    ...     print(f"{kind}: {text}")
    served: # Offer
    <BLANKLINE>
    How much? [q1]
    asked: q1 offer: How much?
    answered: offer = 12
    refused: offer: At most 9.
    answered: offer = 5
    """
    seen: dict[str, Any] = {}
    found = []
    for visit in visits:
        digest, number = str(visit.get("digest") or ""), visit.get("number")
        title, text = str(visit.get("title") or ""), str(visit.get("text") or "")
        served = "\n\n".join(filter(None, [f"# {title}" if title else "", text]))
        if digest in seen and not full:
            served = f"(as on visit {seen[digest]})" if served else ""
        seen.setdefault(digest, number)
        lines = [(SERVED, served)] if served else []
        lines += [(ASKED, _asked(key, field)) for key, field in _mapping(visit.get("fields")).items()]
        found.append(DiaryPage(_heading(visit), _facts(visit, zone), [*lines, *_done(visit), *_afterwards(visit)]))
    return found


def _heading(visit: Mapping[str, Any]) -> str:
    name = " ".join(filter(None, [visit.get("app"), visit.get("page")])) or "a page that is not oTree's"
    index = visit.get("page_index") or 0
    return f"{visit.get('number')}. {name}" + (f" (page {index})" if index else "")


def _facts(visit: Mapping[str, Any], zone: str) -> str:
    begun, ended = _number(visit.get("begun")), _number(visit.get("ended"))
    facts = [] if begun is None else [clock(begun, zone)]
    facts += [] if begun is None or ended is None else [f"{ended - begun:.1f} s"]
    facts += [str(visit.get("outcome") or "under way")]
    if replies := _number(visit.get("replies")):
        facts.append(f"{replies:.0f} repl{'y' if replies == 1 else 'ies'}")
        read, written = (_number(visit.get(name)) or 0 for name in ("tokens_in", "tokens_out"))
        facts.append(f"{read:,.0f} tokens in, {written:,.0f} out")
        cost = _number(visit.get("cost"))
        facts.append("price unknown" if cost is None else f"${cost:.6f}".rstrip("0").rstrip("."))
    return ", ".join(facts)


def _number(value: Any) -> float | None:
    return float(value) if isinstance(value, int | float) and math.isfinite(value) else None


def _mapping(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


def _asked(key: str, asked: Any) -> str:
    name, label = (str(_mapping(asked).get(each) or "") for each in ("name", "label"))
    return f"{key} {name}" + (f": {label}" if label else "")


def _done(visit: Mapping[str, Any]) -> list[tuple[str, str]]:
    """What was said, answered and refused, in the order in which it happened as far as that is known."""
    errors = [each for each in _list(visit.get("errors")) if isinstance(each, Mapping)]
    refused = [each for each in errors if set(each) != {CHAT}]
    lines = [(SAID, _plain(text)) for text in _list(visit.get("said"))]
    lines += [(REFUSED, f"in the chat: {_plain(each[CHAT])}") for each in errors if set(each) == {CHAT}]
    for number, answer in enumerate(_list(visit.get("answers"))):
        lines.append((ANSWERED, _pairs(answer, " = ") or "(nothing: the page was only sent)"))
        lines += [(REFUSED, _pairs(each, ": ") or "(it does not say why)") for each in refused[number : number + 1]]
    lines += [(WHY, str(visit["reason"]))] if visit.get("reason") else []
    if left := _mapping(visit.get("left_out")):
        pages = ", ".join(map(str, _list(left.get("visits"))))
        lines.append((LEFT_OUT, f"{left.get('messages')} earlier messages" + (f", of visits {pages}" if pages else "")))
    return lines + ([(NOTE, str(visit["note"]))] if visit.get("note") else [])


def _afterwards(visit: Mapping[str, Any]) -> list[tuple[str, str]]:
    if not visit.get("question"):
        return []
    return [(QUESTION, str(visit["question"])), (ANSWER, str(visit.get("answer") or "(no answer)"))]


def _pairs(values: Any, between: str) -> str:
    if not isinstance(values, Mapping):
        return _plain(values)
    return "; ".join(f"{name}{between}{_plain(value)}" if name else _plain(value) for name, value in values.items())


def _plain(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, default=str)
