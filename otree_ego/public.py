"""The mark of what is public: a class or a function that is named by the package, wherever its file stands."""

from typing import TypeVar

T = TypeVar("T")


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
