"""Where a store is: a path or a database URL, and how it is shown without its password."""

from __future__ import annotations

import re
from pathlib import Path

from ..errors import StoreError


def url_of(store: str | Path) -> str:
    """A store's address as a database URL: a path is a SQLite file.

    >>> url_of("data/ego.sqlite3")
    'sqlite:///data/ego.sqlite3'
    >>> url_of("postgresql://localhost/ego")
    'postgresql://localhost/ego'
    """
    text = str(store)
    if text.startswith("postgres://"):  # Heroku's spelling
        return text.replace("postgres://", "postgresql://", 1)
    if "://" in text:
        return text
    if "?" in text:
        raise StoreError(f"A store's file cannot have a '?' in its path: {text}. Name another.")
    return f"sqlite:///{text}"


def file_of(url: str) -> Path | None:
    """The file of a database URL; None if it is in memory, or on a server."""
    path = url.partition("?")[0].removeprefix("sqlite:///") if url.startswith("sqlite:///") else ""
    path = path.removeprefix("file:")  # as SQLite's own addresses have it
    return Path(path) if path and path != ":memory:" else None


def shown(url: str) -> str:
    """A store's address without its password.

    >>> shown("postgresql://ada:secret@localhost/ego")
    'postgresql://ada@localhost/ego'
    """
    if url.startswith("sqlite:"):
        return url.removeprefix("sqlite:///")
    head, at, tail = re.sub(r"(?<=[?&])password=[^&]*&?", "", url).rstrip("?&").rpartition("@")
    if not at:
        return tail
    scheme, _, rest = head.partition("://")
    return f"{scheme}://{rest.partition(':')[0]}@{tail}"
