"""The two tables. Columns are made anew for each MetaData: oTree's, or a file's of our own."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Boolean, Column, Float, ForeignKey, Index, Integer, LargeBinary, MetaData, String, Table, Text

THREAD = "otree_ego_thread"
MESSAGE = "otree_ego_message"


def thread_table(metadata: MetaData, session_column: str | None = None) -> Table:
    """The table of Threads and Conversations, a row each.

    Arguments:
        metadata: where the table is declared.
        session_column: what `session_id` refers to (rows go when that row goes); None where there is no oTree.
    """
    session: list[Any] = [ForeignKey(session_column, ondelete="CASCADE")] if session_column else []
    return Table(
        THREAD,
        metadata,
        Column("id", Integer, primary_key=True),
        Column("uid", String(32), nullable=False, unique=True),
        Column("owner", String(300), nullable=False, unique=True),
        Column("session_id", Integer, *session, index=True),
        Column("kind", String(300), nullable=False),
        Column("version", Integer, nullable=False),
        Column("state", LargeBinary, nullable=False),
        Column("created", Float, nullable=False),
    )


def message_table(metadata: MetaData) -> Table:
    """The table of messages, a row each: appended, and changed once, when a reply is settled."""
    return Table(
        MESSAGE,
        metadata,
        Column("id", Integer, primary_key=True),
        Column("uid", String(32), nullable=False, unique=True),
        Column("thread", String(32), ForeignKey(f"{THREAD}.uid", ondelete="CASCADE"), nullable=False),
        Column("seq", Integer, nullable=False),
        Column("role", String(20), nullable=False),
        Column("author", String(300), nullable=False),
        Column("text", Text, nullable=False),
        Column("status", String(20), nullable=False, index=True),
        Column("hidden", Boolean, nullable=False),
        Column("model", String(300), nullable=False),
        Column("model_answered", String(300), nullable=False),
        Column("params", Text, nullable=False),
        Column("seed", String(40)),
        Column("tokens_in", Integer),
        Column("tokens_out", Integer),
        Column("tokens_reasoning", Integer),
        Column("cost", Float),
        Column("latency", Float),
        Column("first_token", Float),
        Column("finish_reason", String(100), nullable=False),
        Column("error", String(100), nullable=False),
        Column("error_text", Text, nullable=False),
        Column("trouble", Text, nullable=False),
        Column("attempts", Integer, nullable=False),
        Column("time", Float, nullable=False),
        Index("ix_otree_ego_message_place", "thread", "seq"),
    )
