"""Whether a row holds what its columns are for: SQLite keeps any value in any column, and stores come from others."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Boolean, Float, Integer, LargeBinary, String, Table

from ..errors import StoreError

_KINDS: tuple[tuple[type, tuple[type, ...], str], ...] = (
    (String, (str,), "text"),
    (Boolean, (bool,), "true or false"),
    (Integer, (int,), "a whole number"),
    (Float, (float, int), "a number"),
    (LargeBinary, (bytes,), "bytes"),
)
_MOST = 10_000
_sound: set[tuple[str, str, tuple[type, ...]]] = set()


def check_types(row: Any, table: Table, statement: str = "") -> None:
    """See that each value of a row is of its column's type.

    Arguments:
        row: from the database. table: whose columns it has; others are passed over.
        statement: tells apart rows that have columns of the same table in another order.

    Raises:
        StoreError: naming the table and the column.
    """
    found = (table.name, statement, tuple(map(type, row.values())))
    if found in _sound:
        return
    for name, value in row.items():
        column = table.c.get(name)
        if column is None or (value is None and column.nullable):
            continue
        for kind, takes, words in _KINDS:
            if isinstance(column.type, kind):
                if not isinstance(value, takes):
                    holds = "nothing" if value is None else f"a value of the type {type(value).__name__}"
                    raise StoreError(
                        f"The store is damaged: the column {name} of the table {table.name} holds {holds}, not {words}."
                    )
                break
    if len(_sound) < _MOST:
        _sound.add(found)
