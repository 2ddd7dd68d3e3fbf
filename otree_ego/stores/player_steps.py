"""Steps from version to version (see `migrations`): tables of players, and of seats that models play."""

from __future__ import annotations

from sqlalchemy import Boolean, Column, Float, ForeignKey, Index, Integer, MetaData, String, Table, Text
from sqlalchemy.engine import Connection


def visits_of_players(connection: Connection) -> None:
    """Stores, version 12: what players have seen and done."""
    metadata = MetaData()
    Table("otree_ego_run", metadata, Column("uid", String(32), unique=True))
    visit = Table(
        "otree_ego_visit",
        metadata,
        Column("id", Integer, primary_key=True),
        Column("run", String(32), ForeignKey("otree_ego_run.uid", ondelete="CASCADE"), nullable=False),
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
        Index("ix_otree_ego_visit_run", "run", "player", "number"),
    )
    text = Table(
        "otree_ego_page_text",
        metadata,
        Column("id", Integer, primary_key=True),
        Column("run", String(32), ForeignKey("otree_ego_run.uid", ondelete="CASCADE"), nullable=False),
        Column("digest", String(32), nullable=False),
        Column("title", Text, nullable=False),
        Column("text", Text, nullable=False),
        Index("ix_otree_ego_page_text_run", "run", "digest", unique=True),
    )
    metadata.create_all(connection, [visit, text])


def seats(connection: Connection) -> None:
    """oTree's databases, version 13: which participants models play, and what those have seen and done."""
    metadata = MetaData()
    Table("otree_session", metadata, Column("id", Integer, primary_key=True))
    seat = Table(
        "otree_ego_ai_seat",
        metadata,
        Column("id", Integer, primary_key=True),
        Column("session_id", Integer, ForeignKey("otree_session.id", ondelete="CASCADE"), nullable=False, index=True),
        Column("participant", String(50), nullable=False, index=True),
        Column("why", String(20), nullable=False),
        Column("status", String(20), nullable=False, index=True),
        Column("model", String(300), nullable=False),
        Column("persona", Text, nullable=False),
        Column("thread", String(32), nullable=False),
        Column("from_index", Integer, nullable=False),
        Column("until_index", Integer),
        Column("note", Text, nullable=False),
        Column("since", Float, nullable=False),
        Column("ended", Float),
    )
    visit = Table(
        "otree_ego_visit",
        metadata,
        Column("id", Integer, primary_key=True),
        Column("session_id", Integer, ForeignKey("otree_session.id", ondelete="CASCADE"), nullable=False),
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
        Column("forgotten", Float),
        Index("ix_otree_ego_visit_session", "session_id", "player", "number"),
    )
    text = Table(
        "otree_ego_page_text",
        metadata,
        Column("id", Integer, primary_key=True),
        Column("session_id", Integer, ForeignKey("otree_session.id", ondelete="CASCADE"), nullable=False),
        Column("digest", String(32), nullable=False),
        Column("title", Text, nullable=False),
        Column("text", Text, nullable=False),
        Index("ix_otree_ego_page_text_session", "session_id", "digest", unique=True),
    )
    metadata.create_all(connection, [seat, visit, text])


def human_visits(connection: Connection) -> None:
    """oTree's databases, version 14: what people were shown and have sent, where a model may play on for them."""
    metadata = MetaData()
    Table("otree_session", metadata, Column("id", Integer, primary_key=True))
    visit = Table(
        "otree_ego_human_visit",
        metadata,
        Column("id", Integer, primary_key=True),
        Column("session_id", Integer, ForeignKey("otree_session.id", ondelete="CASCADE"), nullable=False),
        Column("participant", String(50), nullable=False),
        Column("app", String(100), nullable=False),
        Column("page", String(100), nullable=False),
        Column("page_index", Integer, nullable=False),
        Column("digest", String(32), nullable=False),
        Column("field_keys", Text, nullable=False),
        Column("answers", Text, nullable=False),
        Column("outcome", String(20), nullable=False),
        Column("connects", Boolean, nullable=False),
        Column("time", Float, nullable=False),
        Column("ended", Float),
        Column("forgotten", Float),
        Index("ix_otree_ego_human_visit_place", "session_id", "participant", "page_index"),
    )
    metadata.create_all(connection, [visit])
