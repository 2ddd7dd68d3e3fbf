"""A database that refuses some rows, and takes all others."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from .database import PostgreSQL
from .server import Server

HOW = {"a trigger": "Not these words.", "a value": "CHECK constraint failed: words"}
"""In whose words SQLite refuses a row; PostgreSQL has a constraint for the second."""


@contextmanager
def refusal(server: Server, pg: PostgreSQL | None, word: str, how: str = "a trigger") -> Iterator[None]:
    """No reply that has a word in it is taken.

    Arguments:
        how: of `HOW`.
    """
    mends = "DROP TRIGGER refuses"
    if pg is None:
        for when in ("INSERT", "UPDATE"):
            server.database.execute(
                f"CREATE TRIGGER refuses{'_new' * (when == 'INSERT')} BEFORE {when} ON otree_ego_message WHEN "
                f"NEW.role = 'assistant' AND NEW.text LIKE '%{word}%' BEGIN SELECT RAISE(ABORT, '{HOW[how]}'); END"
            )
    elif how == "a value":
        server.database.execute(
            "ALTER TABLE otree_ego_message ADD CONSTRAINT refuses CHECK (role <> 'assistant' OR "
            f"text NOT LIKE '%{word}%') NOT VALID"
        )
        mends = "ALTER TABLE otree_ego_message DROP CONSTRAINT refuses"
    else:
        server.database.execute(
            "CREATE OR REPLACE FUNCTION refuse() RETURNS trigger AS "
            "'BEGIN RAISE EXCEPTION ''Not these words.''; END' LANGUAGE plpgsql"
        )
        server.database.execute(
            "CREATE TRIGGER refuses BEFORE INSERT OR UPDATE ON otree_ego_message FOR EACH ROW "
            f"WHEN (NEW.role = 'assistant' AND NEW.text LIKE '%{word}%') EXECUTE FUNCTION refuse()"
        )
        mends = "DROP TRIGGER refuses ON otree_ego_message"
    try:
        yield
    finally:
        server.database.execute(mends)
        if pg is None:
            server.database.execute("DROP TRIGGER refuses_new")
