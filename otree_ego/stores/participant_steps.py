"""Steps of oTree's databases from version to version (see `migrations`): tables of what happens to participants."""

from __future__ import annotations

from sqlalchemy import Column, Float, ForeignKey, Index, Integer, MetaData, String, Table, Text
from sqlalchemy.engine import Connection


def entries(connection: Connection) -> None:
    """oTree's databases, version 11: with which links participants have come."""
    metadata = MetaData()
    Table("otree_session", metadata, Column("id", Integer, primary_key=True))
    session = ForeignKey("otree_session.id", ondelete="CASCADE")
    table = Table(
        "otree_ego_entry",
        metadata,
        Column("id", Integer, primary_key=True),
        Column("session_id", Integer, session, nullable=False),
        Column("participant", String(50), nullable=False),
        Column("link", String(50), nullable=False),
        Column("platform", String(50), nullable=False),
        Column("person", Text, nullable=False),
        Column("person_key", String(64), nullable=False),
        Column("parameters", Text, nullable=False),
        Column("duplicate", String(300), nullable=False),
        Column("time", Float, nullable=False),
        Column("forgotten", Float),
        Index("ix_otree_ego_entry_participant", "session_id", "participant"),
        Index("ix_otree_ego_entry_person", "person_key"),
    )
    metadata.create_all(connection, [table])


def events(connection: Connection) -> None:
    """oTree's databases, version 12: who was told of an AI, debriefed and checked, and when."""
    metadata = MetaData()
    Table("otree_session", metadata, Column("id", Integer, primary_key=True))
    Table(
        "otree_ego_event",
        metadata,
        Column("id", Integer, primary_key=True),
        Column("session_id", Integer, ForeignKey("otree_session.id", ondelete="CASCADE"), nullable=False, index=True),
        Column("participant", String(50), nullable=False, index=True),
        Column("app", String(100), nullable=False),
        Column("round", Integer, nullable=False),
        Column("kind", String(40), nullable=False),
        Column("page", String(200), nullable=False),
        Column("page_index", Integer, nullable=False),
        Column("about", Text, nullable=False),
        Column("time", Float, nullable=False),
    )
    metadata.create_all(connection, [metadata.tables["otree_ego_event"]])
