"""How public things are named and pickled: by the package, and values by the names of their fields."""

from dataclasses import MISSING, fields
from typing import Any, TypeVar

T = TypeVar("T")
LATER = "later"
"""In the metadata of a public dataclass's field: it came after others had stored designs with the class. With its
default it is no part of what makes a design this one, so that a run of before is found again."""


def public(thing: T) -> T:
    """Name a class or a function by the package: ``otree_ego.Persona``, not by the module that defines it.

    Pickles, tracebacks and `help` then say what users import, and a file can move without breaking what was stored.
    `otree_ego.__getattr__` must find the name, so it has a row in one of the tables there. A module with public
    dataclasses has no ``from __future__ import annotations``: whoever reads the types of their fields would look for
    the names in the package.

    Arguments:
        thing: the class or function; below other decorators nothing would change.

    >>> from otree_ego import Persona
    >>> Persona
    <class 'otree_ego.Persona'>
    """
    thing.__module__ = "otree_ego"
    return thing


def pickled_by_name(kind: type[T]) -> type[T]:
    """Pickle a frozen dataclass with slots by its fields' names.

    Python pickles such a class by position: a value that was stored before a field was added would lack the field.
    Here it gets the field's default. Names that are not known are passed over, as a later version may have written
    them.

    Arguments:
        kind: the class; its own `__getstate__` and `__setstate__` are replaced (Python 3.10 does not let a class with
            slots have its own).

    >>> from otree_ego import Usage
    >>> Usage(10, 4).__getstate__()
    {'input': 10, 'output': 4, 'reasoning': None}
    """

    def getstate(value: Any) -> dict[str, Any]:
        return {field.name: getattr(value, field.name) for field in fields(value)}

    def setstate(value: Any, state: Any) -> None:
        known = state if isinstance(state, dict) else dict(zip((f.name for f in fields(value)), state, strict=False))
        for field in fields(value):
            if field.name in known:
                content = known[field.name]
            elif field.default is not MISSING:
                content = field.default
            elif field.default_factory is not MISSING:
                content = field.default_factory()
            else:
                continue
            object.__setattr__(value, field.name, content)

    kind.__getstate__ = getstate  # type: ignore[method-assign, assignment]
    kind.__setstate__ = setstate  # type: ignore[attr-defined]
    return kind
