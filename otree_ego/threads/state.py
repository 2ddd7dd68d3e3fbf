"""What of a Thread can be kept, found again and shown to a template."""

from __future__ import annotations

import pickle
from collections.abc import Mapping
from importlib import import_module
from typing import Any

from ..errors import LinkError, StateError
from .pickles import read_pickle

KINDS: dict[str, type] = {}


class PublicView:
    """What a template may see of a Thread: its settings and the experimenter's attributes, never keys or history."""

    __slots__ = ("_names",)

    def __init__(self, names: Mapping[str, Any]) -> None:
        self._names = names

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_") or name not in self._names:
            raise AttributeError(name)
        return self._names[name]

    def __repr__(self) -> str:
        # Without a place in memory: the same prompt reads the same each time.
        return f"PublicView({', '.join(self._names)})"

    def __reduce__(self) -> tuple[Any, ...]:
        return PublicView, (dict(self._names),)


def check_storable(name: str, value: Any) -> None:
    """Refuse what cannot be pickled and loaded again.

    Raises:
        StateError: naming the attribute and the reason.
    """
    if value is None or type(value) in (str, int, float, bool):
        return
    try:
        read_pickle(pickle.dumps(value, protocol=4))
    except Exception as error:
        raise StateError(
            f"{name} cannot be kept in the database: {type(value).__name__} does not survive being stored and "
            f"loaded ({type(error).__name__}: {error!s:.120}). Keep plain values (numbers, text, lists, dicts) instead."
        ) from None


def load_state(state: bytes, lenient: bool = False) -> dict[str, Any]:
    """The attributes of a Thread or a Conversation as they were kept, also by earlier versions.

    Arguments:
        state: from `pickled`. lenient: what is not found any more is a stand-in that shows its values.

    Raises:
        StateError: it is damaged, or (unless lenient) has an object whose class is not found.

    >>> from otree_ego import Thread
    >>> load_state(Thread("constant/5", round=2).pickled())["round"]
    2
    """
    found: dict[str, Any] = read_pickle(state, lenient=lenient)
    return found


def kind_of(cls: type) -> str:
    """The name under which a Thread's class is found again."""
    return cls.__name__ if cls.__module__.partition(".")[0] == "otree_ego" else f"{cls.__module__}:{cls.__qualname__}"


def class_of(kind: str, known_only: bool = False) -> type:
    """The class of this name.

    Arguments:
        kind: from `kind_of`.
        known_only: nothing of anybody's is imported, and a class that is not loaded stands as a plain Thread.

    Raises:
        LinkError: it cannot be imported any more.
    """
    if known_only:
        # As below: an agent's kind is its class's name.
        import_module("otree_ego.agents")
        return KINDS.get(kind, KINDS["Thread"])
    if kind not in KINDS:
        try:
            # An agent's kind is its class's name: loading the agents makes them known.
            import_module(kind.split(":")[0] if ":" in kind else "otree_ego.agents")
        except ImportError as error:
            raise LinkError(f"The Thread's class '{kind}' cannot be imported any more ({error}).") from None
    try:
        return KINDS[kind]
    except KeyError:
        raise LinkError(
            f"The Thread's class '{kind}' does not exist any more; restore it or set a new Thread."
        ) from None
