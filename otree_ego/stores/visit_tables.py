"""The tables of players' visits: a row for each visit of a page, and each page's text once for a run."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from sqlalchemy import Column, Float, ForeignKey, Index, Integer, MetaData, String, Table, Text, and_, select
from sqlalchemy.engine import Connection

from ..messages import clean
from . import rows
from .json_columns import from_json

VISIT, PAGE_TEXT = "otree_ego_visit", "otree_ego_page_text"
IN_JSON = ("fields", "answers", "errors", "said", "left_out")
"""What of a visit is kept as JSON."""
PLACE, TEXTS = ("player", "app", "page"), ("note", "reason", "question", "answer")
"""Columns that hold names, and those that hold texts."""


def visit_table(metadata: MetaData) -> Table:
    """The table of visits.

    `player` is a label, `number` counts its visits, and `digest` names the page's text in the other table. `fields`,
    `answers`, `errors` and `said` are JSON: what was asked for, what was sent each time, what the server refused each
    time, and what was written in a chat. `outcome` says how the visit ended, `note` why, `reason` is the player's.
    `question` and `answer` are what was asked after the study. `left_out` is JSON: what the model was not sent.
    """
    run = Column("run", String(32), ForeignKey("otree_ego_run.uid", ondelete="CASCADE"), nullable=False)
    index = Index("ix_otree_ego_visit_run", "run", "player", "number")
    person = Column("participant", String(50), nullable=False, server_default="")
    return Table(VISIT, metadata, Column("id", Integer, primary_key=True), run, person, *visit_columns(), index)


def visit_columns() -> list[Column[Any]]:
    """The columns of a visit, besides whose it is."""
    return [
        Column("player", String(100), nullable=False),
        Column("number", Integer, nullable=False),
        Column("app", String(100), nullable=False),
        Column("page", String(100), nullable=False),
        Column("page_index", Integer, nullable=False),
        Column("digest", String(32), nullable=False),
        Column("fields", Text, nullable=False),
        Column("answers", Text, nullable=False),
        Column("errors", Text, nullable=False),
        Column("said", Text, nullable=False),
        Column("outcome", String(20), nullable=False),
        Column("note", Text, nullable=False),
        Column("reason", Text, nullable=False),
        Column("replies", Integer, nullable=False),
        Column("tokens_in", Integer, nullable=False),
        Column("tokens_out", Integer, nullable=False),
        Column("cost", Float),
        Column("begun", Float, nullable=False),
        Column("ended", Float),
        Column("question", Text, nullable=False, server_default=""),
        Column("answer", Text, nullable=False, server_default=""),
        Column("left_out", Text, nullable=False, server_default="{}"),
    ]


def page_text_table(metadata: MetaData) -> Table:
    """The table of pages' texts: title and text as a player has read them, once for each run."""
    return Table(
        PAGE_TEXT,
        metadata,
        Column("id", Integer, primary_key=True),
        Column("run", String(32), ForeignKey("otree_ego_run.uid", ondelete="CASCADE"), nullable=False),
        Column("digest", String(32), nullable=False),
        Column("title", Text, nullable=False),
        Column("text", Text, nullable=False),
        Index("ix_otree_ego_page_text_run", "run", "digest", unique=True),
    )


_SHARED = [column.name for column in visit_columns()]
VISITS, PAGE_TEXTS = visit_table(rows.THREADS.metadata), page_text_table(rows.THREADS.metadata)


def add_visits(c: Connection, run: str, visits: Iterable[Mapping[str, Any]], known: set[str]) -> None:
    """Write visits that have ended.

    Arguments:
        run: its id. visits: as `Visit.row` gives them. known: digests of texts that this process has written; they
            are added.
    """
    listed = list(visits)
    for each in listed:
        if each["digest"] in known:
            continue
        query = select([PAGE_TEXTS.c.id]).where(and_(PAGE_TEXTS.c.run == run, PAGE_TEXTS.c.digest == each["digest"]))
        if c.execute(query).first() is None:
            title, text = clean(each["title"]), clean(each["text"])
            c.execute(PAGE_TEXTS.insert().values(run=run, digest=each["digest"], title=title, text=text))
        known.add(each["digest"])
    if listed:
        c.execute(VISITS.insert(), [_row(run, each) for each in listed])


def visits_of(c: Connection, run: str) -> Iterator[dict[str, Any]]:
    """The visits of a run: players in the order of their labels, each one's pages in theirs."""
    texts = PAGE_TEXTS.c
    same = and_(texts.run == VISITS.c.run, texts.digest == VISITS.c.digest)
    query = select([VISITS, texts.title, texts.text]).select_from(VISITS.outerjoin(PAGE_TEXTS, same))
    for row in c.execute(query.where(VISITS.c.run == run).order_by(VISITS.c.player, VISITS.c.id)):
        found: dict[str, Any] = {str(name): value for name, value in dict(row).items() if name != "id"}
        yield {**found, **{name: from_json(found[name], f"{name} of a visit") for name in IN_JSON}}


def visit_values(visit: Mapping[str, Any]) -> dict[str, Any]:
    """What the columns have that the visits of runs and of sessions share (`visit_columns`).

    Arguments:
        visit: as `Visit.row` gives it.
    """
    found: dict[str, Any] = {name: visit.get(name) for name in _SHARED}
    found |= {name: json.dumps(visit[name], ensure_ascii=False, default=str) for name in IN_JSON}
    found |= {name: clean(str(found[name])) for name in (*PLACE, *TEXTS, *IN_JSON)}
    found |= {name: found[name][:100] for name in PLACE}
    return {**found, "page_index": visit["index"]}


def _row(run: str, visit: Mapping[str, Any]) -> dict[str, Any]:
    return {**visit_values(visit), "run": run, "participant": clean(visit["participant"])[:50]}
