"""What is kept of a Thread beside its messages: its settings and the experimenter's own attributes, pickled."""

from __future__ import annotations

import io
import pickle
from collections.abc import Mapping
from typing import Any


def read_state(state: bytes) -> Mapping[str, Any]:
    """A Thread's attributes as far as they are plain values; nothing of anybody's code is run.

    Objects of classes are inert, and a broken state is empty.

    >>> from otree_ego.experiment import Treatment
    >>> read_state(pickle.dumps({"choices": [1, 2], "treatment": Treatment("low")}))["choices"]
    [1, 2]
    """
    try:
        found = _Reader(io.BytesIO(state)).load()
    # A pickle that somebody else has made may raise anything.
    except Exception:
        return {}
    return found if isinstance(found, dict) else {}


class _Inert:
    """Stands for whatever a state has besides plain values; made, filled and called without doing anything."""

    def __new__(cls, *_: Any, **__: Any) -> _Inert:
        return super().__new__(cls)

    def __init__(self, *_: Any, **__: Any) -> None:
        return None

    def __setstate__(self, _: Any) -> None:
        return None

    def __setitem__(self, *_: Any) -> None:
        return None

    def append(self, _: Any) -> None:
        return None

    extend = add = append


class _Reader(pickle.Unpickler):
    """Reads plain values only: a store may come from anybody, and a report must not run what is in it."""

    def find_class(self, module: str, name: str) -> Any:
        return _Inert
