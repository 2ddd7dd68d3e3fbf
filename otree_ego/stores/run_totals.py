"""What a run has come to so far, and what each model was asked in it."""

from __future__ import annotations

from sqlalchemy import and_, case, func, or_, select
from sqlalchemy.engine import Connection

from ..errors import StoreError
from ..messages import ESTIMATED
from .journal import REPLICATIONS, SEATS
from .rows import MESSAGES
from .run_rows import FROM_RECORD, Cost, Totals


def totals_of(c: Connection, uid: str) -> Totals:
    """See `RunStore.totals`."""
    r, m = REPLICATIONS.c, MESSAGES.c
    counts = select([r.status, r.tainted, func.count()]).where(r.run == uid).group_by(r.status, r.tainted)
    mine = and_(m.thread == SEATS.c.thread, SEATS.c.run == uid, m.role == "assistant", m.params.notlike(FROM_RECORD))
    answered = m.model_answered != ""
    replies = func.coalesce(func.sum(case([(answered, 1)], else_=0)), 0)
    priced = func.coalesce(func.sum(case([(and_(answered, m.cost.isnot(None)), 1)], else_=0)), 0)
    sums = select([replies, func.sum(m.cost), priced, func.sum(m.tokens_in), func.sum(m.tokens_out)])
    groups = c.execute(counts).fetchall()
    replies, cost, priced, tokens_in, tokens_out = c.execute(sums.where(mine)).first()
    return Totals(
        replications=sum(n for _, _, n in groups),
        failed=sum(n for status, _, n in groups if status == "failed"),
        tainted=sum(n for _, tainted, n in groups if tainted),
        replies=replies,
        cost=cost or 0.0,
        unpriced=replies - priced,
        tokens_in=tokens_in or 0,
        tokens_out=tokens_out or 0,
    )


def costs_of(c: Connection, uid: str) -> list[Cost]:
    """See `RunStore.costs`."""
    m = MESSAGES.c
    model = func.coalesce(func.nullif(m.author, ""), m.model).label("asked")
    answered = case([(m.model_answered != "", 1)], else_=0)
    open_price = or_(m.model_answered != "", m.params.like(f'%"{ESTIMATED}": %'))
    unpriced = case([(and_(open_price, m.cost.is_(None)), 1)], else_=0)
    counts = (m.attempts, answered, m.tokens_in, m.tokens_out, m.tokens_reasoning, m.cost, unpriced)
    query = (
        select([model, *(func.coalesce(func.sum(count), 0) for count in counts)])
        .where(and_(m.thread == SEATS.c.thread, SEATS.c.run == uid, m.role == "assistant", m.attempts > 0))
        .where(m.params.notlike(FROM_RECORD))
    )
    found = c.execute(query.group_by(model).order_by(model)).fetchall()
    for name, *_ in found:
        if not isinstance(name, str):
            raise StoreError(f"The store is damaged: a model's name in {MESSAGES.name} is not text ({name!r:.60}).")
    return [Cost(*row) for row in found]
