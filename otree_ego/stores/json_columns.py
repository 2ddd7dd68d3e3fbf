"""Reading the columns that hold JSON: a store may be damaged, or come from somebody else."""

from __future__ import annotations

import json
from typing import Any

from ..errors import StoreError


def from_json(text: Any, what: str, kind: type = object) -> Any:
    """The value of a column.

    Arguments:
        text: what it holds. what: the column, for an error. kind: what the value must be.

    Raises:
        StoreError: it is no JSON, is nested too deeply, or is another kind of value.

    >>> from_json('{"a": 1}', "a run's settings", dict)
    {'a': 1}
    """
    try:
        value = json.loads(text)
    except (RecursionError, TypeError, ValueError) as error:
        problem = "nested too deeply" if isinstance(error, RecursionError) else f"no JSON ({error!s:.100})"
        raise StoreError(f"The store is damaged: {what} is {problem}.") from None
    if not isinstance(value, kind):
        raise StoreError(f"The store is damaged: {what} is of the type {type(value).__name__}, not {kind.__name__}.")
    return value
