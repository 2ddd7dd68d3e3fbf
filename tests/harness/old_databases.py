"""Databases that earlier versions of the code have made (tests/stores/old)."""

from __future__ import annotations

import gzip
from pathlib import Path

from .database import PostgreSQLDatabase

OLD = Path(__file__).resolve().parents[1] / "stores" / "old"


def unpack(name: str, file: Path) -> Path:
    """Writes an old SQLite file."""
    file.write_bytes(gzip.decompress((OLD / f"{name}.sqlite3.gz").read_bytes()))
    return file


def load(name: str, database: PostgreSQLDatabase) -> None:
    """Fills an empty database from an old one's dump."""
    database.query((OLD / f"{name}.postgresql.sql").read_text("utf-8"))
