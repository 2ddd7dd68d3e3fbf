"""The tables. Columns are made anew for each MetaData: oTree's, or a file's of our own.

Threads and messages are the same everywhere; runs and what belongs to them are only in stores of our own.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import Boolean, Column, Float, ForeignKey, Index, Integer, LargeBinary, MetaData, String, Table, Text

THREAD = "otree_ego_thread"
MESSAGE = "otree_ego_message"
RUN = "otree_ego_run"
REPLICATION = "otree_ego_replication"
SEAT = "otree_ego_seat"
BATCH = "otree_ego_batch"
LEARNED = "otree_ego_learned"
ASSIGNMENT = "otree_ego_assignment"
DECISION = "otree_ego_decision"
LEASE = "otree_ego_lease"
SURROUNDINGS = "otree_ego_surroundings"
ENTRY = "otree_ego_entry"
EVENT = "otree_ego_event"


class Octets(LargeBinary):  # type: ignore[misc]
    """Bytes, also where somebody has written something else into the column: SQLAlchemy makes n bytes of a number n."""

    def result_processor(self, dialect: Any, coltype: Any) -> Any:
        """See `sqlalchemy.types.TypeEngine.result_processor`."""

        def process(value: Any) -> bytes | None:
            if isinstance(value, bytes | bytearray | memoryview):
                return bytes(value)
            return None if value is None else b""  # what is no pickle is read as damaged

        return process


def thread_table(metadata: MetaData, session_column: str | None = None) -> Table:
    """The table of Threads and Conversations, a row each.

    One that was replaced stays, under an owner's key of its own: `closed` says when (seconds since 1970), and
    `replaced_by` which Thread or Conversation came in its place, if one did. `forgotten` says when its texts were
    deleted. `asked_in` names the page and the function that asked a Thread which was attached to nothing.

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
        Column("state", Octets, nullable=False),
        Column("created", Float, nullable=False),
        Column("closed", Float),
        Column("replaced_by", String(32)),
        Column("forgotten", Float),
        Column("asked_in", String(300), nullable=False, server_default=""),
    )


def message_table(metadata: MetaData) -> Table:
    """The table of messages, a row each: appended, and changed when a reply is settled; while it comes, once a second.

    `forgotten` says when a text was deleted, `pseudonymised` when names in it were replaced (see `stores.forgetting`).
    `worker` is the process that was to see to a reply; empty outside of oTree.
    `request` has what was sent for a reply (see `sent_requests`).
    `characters_delivered` says how much of a reply in a chat has reached a browser.
    """
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
        Column("forgotten", Float),
        Column("pseudonymised", Float),
        Column("worker", String(100)),
        Column("asked", Float),
        Column("first_piece", Float),
        Column("completed", Float),
        Column("delivered", Float),
        Column("request", Text, nullable=False, server_default=""),
        Column("characters_delivered", Integer),
        Index("ix_otree_ego_message_place", "thread", "seq"),
    )


def run_table(metadata: MetaData) -> Table:
    """The table of runs: one execution of an experiment each.

    `design` is the digest of what is run, by which the same script finds its run again; `settings` and `source` are
    JSON: what was asked for, and how it was started. `holder` names the process that works on it, `beat` when it was
    last seen alive.
    """
    return Table(
        RUN,
        metadata,
        Column("id", Integer, primary_key=True),
        Column("uid", String(32), nullable=False, unique=True),
        Column("name", String(300), nullable=False),
        Column("kind", String(20), nullable=False),
        Column("design", String(64), nullable=False, index=True),
        Column("status", String(20), nullable=False),
        Column("note", Text, nullable=False),
        Column("planned", Integer, nullable=False),
        Column("settings", Text, nullable=False),
        Column("source", Text, nullable=False),
        Column("holder", String(300), nullable=False),
        Column("beat", Float, nullable=False),
        Column("created", Float, nullable=False),
        Column("ended", Float),
    )


def replication_table(metadata: MetaData) -> Table:
    """The table of replications: a row for each that has ended, by its place in the run."""
    return Table(
        REPLICATION,
        metadata,
        Column("id", Integer, primary_key=True),
        Column("run", String(32), ForeignKey(f"{RUN}.uid", ondelete="CASCADE"), nullable=False),
        Column("place", Integer, nullable=False),
        Column("attempt", Integer, nullable=False),
        Column("status", String(20), nullable=False),
        Column("tainted", Boolean, nullable=False),
        Column("treatment", String(300), nullable=False),
        Column("levels", Text, nullable=False),
        Column("result", Text, nullable=False),
        Column("answers", Integer, nullable=False),
        Column("error", String(100), nullable=False),
        Column("error_text", Text, nullable=False),
        Column("cost", Float),
        Column("started", Float, nullable=False),
        Column("ended", Float, nullable=False),
        Index("ix_otree_ego_replication_place", "run", "place", unique=True),
    )


def seat_table(metadata: MetaData) -> Table:
    """The table that says which Thread sat where: the run, the replication's place and attempt, the seat from 1."""
    return Table(
        SEAT,
        metadata,
        Column("id", Integer, primary_key=True),
        Column("thread", String(32), ForeignKey(f"{THREAD}.uid", ondelete="CASCADE"), nullable=False, unique=True),
        Column("run", String(32), ForeignKey(f"{RUN}.uid", ondelete="CASCADE"), nullable=False),
        Column("place", Integer, nullable=False),
        Column("attempt", Integer, nullable=False),
        Column("seat", Integer, nullable=False),
        Index("ix_otree_ego_seat_place", "run", "place", "attempt", "seat"),
    )


def batch_table(metadata: MetaData) -> Table:
    """The table of batches that were handed to a service's own queue; `requests` is a JSON list of their ids."""
    return Table(
        BATCH,
        metadata,
        Column("id", Integer, primary_key=True),
        Column("run", String(32), ForeignKey(f"{RUN}.uid", ondelete="CASCADE"), nullable=False, index=True),
        Column("label", String(100), nullable=False, unique=True),
        Column("model", String(300), nullable=False),
        Column("batch", String(300), nullable=False),
        Column("status", String(20), nullable=False),
        Column("requests", Text, nullable=False),
        Column("created", Float, nullable=False),
    )


def learned_table(metadata: MetaData, session_column: str | None = None) -> Table:
    """The table of what models have refused, a row for each time that something was learned in a run or session.

    `words` is a JSON list (see `Learned.words`).

    Arguments:
        metadata: where the table is declared.
        session_column: what `session_id` refers to; None in a store, where the rows belong to a run.
    """
    belongs: Column[Any] = Column(
        "run", String(32), ForeignKey(f"{RUN}.uid", ondelete="CASCADE"), nullable=False, index=True
    )
    if session_column:
        belongs = Column("session_id", Integer, ForeignKey(session_column, ondelete="CASCADE"), index=True)
    return Table(
        LEARNED,
        metadata,
        Column("id", Integer, primary_key=True),
        belongs,
        Column("service", String(300), nullable=False),
        Column("address", Text, nullable=False),
        Column("model", String(300), nullable=False),
        Column("words", Text, nullable=False),
        Column("time", Float, nullable=False),
    )


def surroundings_table(metadata: MetaData, session_column: str | None = None) -> Table:
    """The table of what runs and sessions were played with, a row for each go of a run and each session of oTree's.

    `content` is JSON (see `stores.surroundings`).

    Arguments:
        metadata: where the table is declared.
        session_column: what `session_id` refers to; None in a store, where the rows belong to a run.
    """
    belongs: Column[Any] = Column(
        "run", String(32), ForeignKey(f"{RUN}.uid", ondelete="CASCADE"), nullable=False, index=True
    )
    if session_column:
        belongs = Column("session_id", Integer, ForeignKey(session_column, ondelete="CASCADE"), index=True)
    return Table(
        SURROUNDINGS,
        metadata,
        Column("id", Integer, primary_key=True),
        belongs,
        Column("time", Float, nullable=False),
        Column("content", Text, nullable=False),
    )


def decision_table(metadata: MetaData, session_column: str) -> Table:
    """The table of decisions that pages of oTree wait for, a row each.

    Arguments:
        metadata: oTree's. session_column: what `session_id` refers to (rows go when that row goes).
    """
    return Table(
        DECISION,
        metadata,
        Column("id", Integer, primary_key=True),
        Column("owner", String(400), nullable=False, unique=True),
        Column("session_id", Integer, ForeignKey(session_column, ondelete="CASCADE"), index=True),
        Column("status", String(20), nullable=False, index=True),
        Column("ahead", Boolean, nullable=False),
        Column("page_index", Integer),
        Column("place", Integer, nullable=False),
        Column("attempts", Integer, nullable=False),
        Column("answer", Text, nullable=False),
        Column("started", Float, nullable=False),
        Column("answered", Float),
        Column("ended", Float),
        Column("pace", String(100), nullable=False),
        Column("delay", Float),
        Column("error", String(100), nullable=False),
        Column("error_text", Text, nullable=False),
        Column("forgotten", Float),
        Column("pseudonymised", Float),
    )


def assignment_table(metadata: MetaData, session_column: str) -> Table:
    """The table of assignments in oTree's sessions, a row for each participant or group in each line.

    `levels` and `design` are JSON: what this one got, and what the line is drawn from.

    Arguments:
        metadata: oTree's.
        session_column: what `session_id` refers to (rows go when that row goes).
    """
    return Table(
        ASSIGNMENT,
        metadata,
        Column("id", Integer, primary_key=True),
        Column("session_id", Integer, ForeignKey(session_column, ondelete="CASCADE"), nullable=False),
        Column("line", String(300), nullable=False),
        Column("owner", String(300), nullable=False),
        Column("place", Integer, nullable=False),
        Column("seed", String(40), nullable=False),
        Column("levels", Text, nullable=False),
        Column("design", Text, nullable=False),
        Column("created", Float, nullable=False),
        Index("ix_otree_ego_assignment_place", "session_id", "line", "place", unique=True),
        Index("ix_otree_ego_assignment_owner", "owner", "line", unique=True),
    )


def event_table(metadata: MetaData, session_column: str) -> Table:
    """The table of what happened to participants besides messages and decisions, a row each.

    `kind` is what happened (told of an AI, debriefed, a comprehension check answered), `about` JSON with the details.

    Arguments:
        metadata: oTree's.
        session_column: what `session_id` refers to (rows go when that row goes).
    """
    return Table(
        EVENT,
        metadata,
        Column("id", Integer, primary_key=True),
        Column("session_id", Integer, ForeignKey(session_column, ondelete="CASCADE"), nullable=False, index=True),
        Column("participant", String(50), nullable=False, index=True),
        Column("app", String(100), nullable=False),
        Column("round", Integer, nullable=False),
        Column("kind", String(40), nullable=False),
        Column("page", String(200), nullable=False),
        Column("page_index", Integer, nullable=False),
        Column("about", Text, nullable=False),
        Column("time", Float, nullable=False),
    )


def lease_table(metadata: MetaData) -> Table:
    """The table of the lease: one row, which says what web process serves on an oTree database (see `lease_rows`)."""
    return Table(
        LEASE,
        metadata,
        Column("id", Integer, primary_key=True, autoincrement=False),
        Column("holder", String(100), nullable=False),
        Column("beat", Integer, nullable=False),
        Column("place", String(300), nullable=False),
        Column("since", Float, nullable=False),
    )


def entry_table(metadata: MetaData, session_column: str) -> Table:
    """The table of entries: a row for each entry link with which a participant of oTree's has come.

    `person` is who it is by the link, `person_key` a digest by which the same person is found again, `parameters` JSON
    of all that the link had. `duplicate` says in words where the same person had come before, `link` what kind of link
    it was. `forgotten` says when its texts were deleted.

    Arguments:
        metadata: oTree's.
        session_column: what `session_id` refers to (rows go when that row goes).
    """
    return Table(
        ENTRY,
        metadata,
        Column("id", Integer, primary_key=True),
        Column("session_id", Integer, ForeignKey(session_column, ondelete="CASCADE"), nullable=False),
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
