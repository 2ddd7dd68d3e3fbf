"""Decisions that pages wait for, as they are kept: a row each, written to once when it is made."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Any

from sqlalchemy import bindparam, select
from sqlalchemy.engine import Connection

from ...messages import clean
from ...stores.rows import prepared
from ...stores.table_cells import milliseconds, utc
from ..export import FORGOTTEN, OwnerColumns, Verbatim, forgotten_times
from ..links.owners import parse_owner
from ..otree_internals.database import joined_section
from ..otree_internals.models import app_of
from ..otree_internals.tables import EgoDecision

TABLE = EgoDecision.__table__
OPEN = ("pending", "answered")
"""``pending``: the model is being asked; ``answered``: it has decided, and its time has not come."""
DONE = ("stored", "fallback", "skipped")
"""Whoever waits goes on: with the model's values, with those of the fallback, with none. Neither open nor done is
``failed``: it can be asked again."""
COLUMNS = (
    "session", "participant", "participant_label", "participant_ai", "id_in_session", "app", "round", "group",
    "id_in_group",
    "page", "decision_for", "status", "answer", "asked_ahead", "times_started", "started_utc", "started_ms",
    "model_seconds", "pace", "delay_seconds", "total_seconds", "error_type", "error",
    *FORGOTTEN,
)  # fmt: skip


_FIND = select([TABLE]).where(TABLE.c.owner == bindparam("b_owner"))
_NEW = TABLE.insert()


def find(c: Connection, owner: str) -> Any:
    """The row of a decision; None if there is none."""
    return prepared(c).execute(_FIND, b_owner=owner).first()


def begin(c: Connection, owner: str, session_id: int, place: int, page_index: int | None = None) -> Any:
    """See that there is a row; it, as it is then. `page_index` is where somebody waits for it."""
    row = find(c, owner)
    if row is None:
        values = dict(
            owner=owner, session_id=session_id, status="pending", ahead=page_index is None, page_index=page_index,
            place=place, attempts=1, answer="", started=time.time(), pace="", error="", error_text="",
        )  # fmt: skip
        prepared(c).execute(_NEW, **values)
        return values
    if page_index is not None and row["page_index"] != page_index:
        c.execute(TABLE.update().where(TABLE.c.owner == owner).values(page_index=page_index))
    return row


def reopen(c: Connection, owner: str) -> bool:
    """Let a decision that failed be made once more; whether it had failed."""
    again = dict(status="pending", attempts=TABLE.c.attempts + 1, error="", error_text="", started=time.time())
    return bool(c.execute(_if(owner, ("failed",)).values(**again)).rowcount)


def skip(c: Connection, owner: str) -> None:
    """Go on without a decision that failed."""
    c.execute(_if(owner, ("failed",)).values(status="skipped", ended=time.time()))


def interrupted(c: Connection) -> list[str]:
    """The owners of decisions that a server before this one has left unfinished."""
    c.execute(TABLE.update().where(TABLE.c.status == "pending").values(attempts=TABLE.c.attempts + 1))
    return [owner for (owner,) in c.execute(select([TABLE.c.owner]).where(TABLE.c.status.in_(OPEN)))]


def note_answer(c: Connection, owner: str, attempt: int, **facts: Any) -> bool:
    """Keep what was decided until its time comes; False if the decision is not open any more."""
    return bool(c.execute(_if(owner, OPEN, attempt).values(status="answered", **facts)).rowcount)


def close(c: Connection, owner: str, attempt: int, status: str, **facts: Any) -> Any:
    """End a decision; its row as it is then, None if it is not open any more (made already, or its session deleted)."""
    done = c.execute(_if(owner, OPEN, attempt).values(status=status, ended=time.time(), **facts)).rowcount
    return find(c, owner) if done else None


def closed(c: Connection, owner: str, attempt: int, status: str) -> Any:
    """The row of a decision that has ended so: the answer to that commit was lost. None if it has not."""
    row = find(c, owner)
    return row if row is not None and (row["attempts"], row["status"]) == (attempt, status) else None


def forget_answer(c: Connection, owner: str, kept: Mapping[str, Any]) -> None:
    """Keep of a decision only these values: the participant was forgotten while it was being made."""
    c.execute(TABLE.update().where(TABLE.c.owner == owner).values(answer=to_text(kept), error_text=""))


def note_error(c: Connection, owner: str, error: BaseException, where: str) -> None:
    """Write down what went wrong besides the decision."""
    c.execute(TABLE.update().where(TABLE.c.owner == owner).values(**error_facts(error, f"{where}: ")))


def error_facts(error: BaseException | None, where: str = "") -> dict[str, str]:
    """An error as its columns hold it; empty if there was none."""
    if error is None:
        return {"error": "", "error_text": ""}
    return {"error": type(error).__name__[:100], "error_text": clean(f"{where}{error}")[:2000]}


def _if(owner: str, statuses: Sequence[str], attempt: int | None = None) -> Any:
    update = TABLE.update().where(TABLE.c.owner == owner).where(TABLE.c.status.in_(statuses))
    return update if attempt is None else update.where(TABLE.c.attempts == attempt)


def to_text(values: Mapping[str, Any]) -> str:
    """Values of fields as JSON; amounts of money as texts, so that no digit is lost."""
    plain = {name: str(Decimal(value)) if isinstance(value, Decimal) else value for name, value in values.items()}
    return clean(json.dumps(plain, ensure_ascii=False))


def custom_export_decisions(players: Sequence[Any]) -> Iterator[list[Any]]:
    """A row for each decision that a page of these players' app has waited for (see `AIWaitPage`).

    Arguments:
        players: as oTree hands them to a custom export.

    Columns: `COLUMNS`, which docs/data.md describes.
    """
    yield list(COLUMNS)
    if not players:
        return
    app = app_of(players[0])
    owners = OwnerColumns(players)
    with joined_section() as connection:
        query = select([TABLE]).where(TABLE.c.session_id.in_(list(owners.sessions)))
        query = query.order_by(TABLE.c.session_id, TABLE.c.id)
        for row in connection.execute(query).fetchall():
            about = parse_owner(row["owner"])
            if about["app"] != app:
                continue
            session, code, label, ai, number, round_number, group, place = owners.of(
                row["session_id"], about, row["started"]
            )
            head = [session, code, label, ai, number, app, round_number, group, place]
            yield [*head, about["seat"], about["of"], *_values(row)]


def _values(row: Any) -> list[Any]:
    seconds = None if row["answered"] is None else round(row["answered"] - row["started"], 3)
    waited = None if row["ended"] is None else round(row["ended"] - row["started"], 3)
    delay = None if row["delay"] is None else round(row["delay"], 3)
    return [
        row["status"], Verbatim(row["answer"]), int(row["ahead"]), row["attempts"], utc(row["started"]),
        milliseconds(row["started"]), seconds, row["pace"], delay, waited, row["error"], Verbatim(row["error_text"]),
        *forgotten_times(row),
    ]  # fmt: skip
