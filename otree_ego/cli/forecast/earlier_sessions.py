"""What earlier sessions of a config have asked of models, as oTree's database has recorded it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from sqlalchemy import and_, func, select
from sqlalchemy.engine import Connection

from ...experiment.otree_sessions import OTreeStore
from ...stores.journal import SEATS
from ...stores.otree_tables import sessions_of, table_of
from ...stores.rows import MESSAGES
from .assumptions import Demand

WINDOW = 60.0
MOST_REPLIES, MOST_SESSIONS = 300_000, 20


@dataclass
class Recorded:
    """What was recorded of a config's sessions.

    Fields:
        sessions: their codes. participants: who took part in them. demands: by model, of one participant on average;
        the peaks are those of the busiest minute of a session. messages: replies for each participant.
    """

    sessions: list[str] = field(default_factory=list)
    participants: int = 0
    demands: dict[str, Demand] = field(default_factory=dict)
    messages: float = 0.0


@dataclass(frozen=True)
class _Reply:
    model: str
    requests: int
    tokens_in: int
    tokens_out: int
    at: float


def earlier_sessions(database: str, config: str) -> Recorded:
    """The last sessions of a config in which a model was asked.

    Arguments:
        database: oTree's: a URL, or the path of a SQLite file. config: the session config's name.

    Raises:
        StoreError: it cannot be opened, is not oTree's, or has none of our tables.
    """
    found = Recorded()
    store = OTreeStore(database)
    try:
        runs = [run for run in store.runs() if run.name == config][-MOST_SESSIONS:]
        with store.transaction() as connection:
            numbers = {row["code"]: row["id"] for row in sessions_of(connection)}
            for run in runs:
                replies = _replies(connection, run.uid)
                people = _people(connection, numbers.get(run.uid, -1))
                if replies and people:
                    _add(found, run.uid, replies, people)
    finally:
        store.close()
    for demand in found.demands.values():
        demand.requests /= found.participants
        demand.tokens_in /= found.participants
        demand.tokens_out /= found.participants
        demand.most_in = demand.most_out = None
    found.messages = sum(demand.requests for demand in found.demands.values())
    return found


def _add(found: Recorded, code: str, replies: Sequence[_Reply], people: int) -> None:
    found.sessions.append(code)
    found.participants += people
    for model in dict.fromkeys(reply.model for reply in replies):
        mine = [reply for reply in replies if reply.model == model]
        demand = found.demands.setdefault(model, Demand())
        demand.requests += sum(reply.requests for reply in mine)
        demand.tokens_in += sum(reply.tokens_in for reply in mine)
        demand.tokens_out += sum(reply.tokens_out for reply in mine)
        for name, weights in (
            ("peak_requests", [reply.requests for reply in mine]),
            ("peak_tokens", [reply.tokens_in + reply.tokens_out for reply in mine]),
            ("peak_out", [reply.tokens_out for reply in mine]),
        ):
            peak = busiest([reply.at for reply in mine], weights) / people
            setattr(demand, name, max(getattr(demand, name), peak))


def busiest(times: Sequence[float], weights: Sequence[int]) -> int:
    """The sum of the weights in the busiest minute, wherever it begins; the times are in order.

    >>> busiest([0, 10, 59, 61, 200], [1, 1, 1, 1, 1])
    3
    """
    best = total = first = 0
    for last, time in enumerate(times):
        total += weights[last]
        while times[first] <= time - WINDOW:
            total -= weights[first]
            first += 1
        best = max(best, total)
    return best


def _replies(c: Connection, run: str) -> list[_Reply]:
    m = MESSAGES.c
    at = func.coalesce(m.asked, m.time)
    mine = and_(m.thread == SEATS.c.thread, SEATS.c.run == run, m.role == "assistant", m.attempts > 0)
    query = select([m.model, m.attempts, m.tokens_in, m.tokens_out, at]).where(mine).order_by(at).limit(MOST_REPLIES)
    return [
        _Reply(str(model), int(requests), int(into or 0), int(out or 0), float(when or 0))
        for model, requests, into, out, when in c.execute(query).fetchall()
    ]


def _people(c: Connection, session: int) -> int:
    """Who has opened a page of a session."""
    table = table_of(c, "otree_participant")
    mine = table.c.session_id == session
    if "visited" in table.c:
        mine = and_(mine, table.c.visited)
    return int(c.execute(select([func.count()]).where(mine)).scalar() or 0)
