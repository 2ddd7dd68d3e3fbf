"""Conversation: several Threads that speak in turn."""

from __future__ import annotations

import pickle
from collections.abc import Iterator
from typing import Any

from ..errors import StateError
from ..messages import new_id
from ..prompts import Prompt
from ..public import public
from .base import internals
from .state import PublicView, check_storable
from .thread import Thread

_NOTHING = object()


class All:
    """Speaks to all Threads of a Conversation at once: `convo.all.round = 1`, `convo.all.system(...)`."""

    __slots__ = ("_convo",)
    _convo: Conversation

    def __init__(self, convo: Conversation) -> None:
        object.__setattr__(self, "_convo", convo)

    def __setattr__(self, name: str, value: Any) -> None:
        setattr(self._convo, name, value)
        for thread in self._convo.threads:
            setattr(thread, name, value)

    def __getattr__(self, name: str) -> Any:
        """What was set for all; else what all Threads have alike."""
        if name[:1] != "_" and name in self._convo.__dict__:
            return self._convo.__dict__[name]
        held = [thread.__dict__.get(name, _NOTHING) for thread in self._convo.threads]
        if name[:1] == "_" or any(each is _NOTHING or each != held[0] for each in held):
            raise AttributeError(f"The Threads of this Conversation have no '{name}' that is the same for all.")
        return held[0]

    def system(self, text: str | Prompt, /, **variables: Any) -> list[str]:
        """Send the system prompt to all; a Prompt is rendered for each with its own attributes."""
        return [thread.system(text, **variables) for thread in self._convo.threads]

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Write all Threads into the record: see `Thread.save`."""
        self._convo.save(*args, **kwargs)


@public
class Conversation:
    """Several Threads that speak in turn.

    Arguments:
        *threads: Threads without names, or
        **named: Threads with names, each then an attribute of the Conversation.

    Each Thread gets `other` (two Threads) or `others` (more): in templates with public attributes only. Iterating
    yields the Threads in order and sets `now`, the number of the Thread whose turn it is, from 1.

    Raises:
        ValueError: some Threads have names and some have none, there is none, or one is there twice.

    >>> pair = Conversation(ann=Thread("constant/3"), bob=Thread("constant/5"))
    >>> pair.all.round = 1
    >>> [(pair.now, thread.submit("How much?")) for thread in pair]
    [(1, '3'), (2, '5')]
    >>> pair.ann.other is pair.bob
    True
    """

    def __init__(self, *threads: Thread, **named: Thread) -> None:
        if bool(threads) == bool(named):
            raise ValueError("A Conversation takes Threads either all without or all with names, and at least one.")
        for name, thread in {**{str(i): t for i, t in enumerate(threads, 1)}, **named}.items():
            if not isinstance(thread, Thread):
                raise TypeError(f"A Conversation is made of Threads; {name} is a {type(thread).__name__}.")
            if hasattr(type(self), name) or name.startswith("_"):
                raise ValueError(f"A Thread of a Conversation cannot be named '{name}'.")
        everyone = threads or tuple(named.values())
        if len({id(t) for t in everyone}) < len(everyone):
            raise ValueError("The same Thread is there twice; each seat of a Conversation needs a Thread of its own.")
        self._fill(new_id(), everyone, tuple(named))

    def _fill(self, convo_id: str, threads: tuple[Thread, ...], names: tuple[str, ...]) -> None:
        self.__dict__.update(_id=convo_id, _threads=threads, _names=names, now=1)
        for thread in threads:
            rest = [t for t in threads if t is not thread]
            others: dict[str, Any] = {"other": rest[0]} if len(rest) == 1 else {"others": rest} if rest else {}
            internals(thread).links = {**others, "convo": self}

    @property
    def id(self) -> str:
        """The Conversation's own name in the data."""
        return str(self._id)

    @property
    def threads(self) -> tuple[Thread, ...]:
        """The Threads in order."""
        threads: tuple[Thread, ...] = self._threads
        return threads

    @property
    def names(self) -> tuple[str, ...]:
        """The Threads' names, or their numbers from 1."""
        return self._names or tuple(str(i) for i in range(1, len(self._threads) + 1))

    @property
    def all(self) -> All:
        """All Threads at once."""
        return All(self)

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Write all Threads into the record, as one conversation: see `Thread.save`."""
        for thread in self.threads:
            thread.save(*args, **kwargs)

    @property
    def tainted(self) -> bool:
        """Whether any Thread of it is tainted."""
        return any(thread.tainted for thread in self.threads)

    def __iter__(self) -> Iterator[Thread]:
        for number, thread in enumerate(self.threads, 1):
            self.__dict__["now"] = number
            yield thread

    def __len__(self) -> int:
        return len(self._threads)

    def __getattr__(self, name: str) -> Any:
        if name in self.__dict__.get("_names", ()):
            return self._threads[self._names.index(name)]
        raise AttributeError(f"The Conversation has no Thread and no attribute '{name}'.")

    def __setattr__(self, name: str, value: Any) -> None:
        if name == "tainted":
            return
        if hasattr(type(self), name) or name in self._names:
            raise StateError(f"'{name}' is a part of the Conversation itself; choose another name for your attribute.")
        check_storable(f"Conversation.{name}", value)
        self.__dict__[name] = value

    def public(self) -> dict[str, Any]:
        """What templates may see: the attributes, and the Threads as views."""
        names = {k: v for k, v in self.__dict__.items() if not k.startswith("_")}
        return {**names, **{n: PublicView(t.public_own()) for n, t in zip(self.names, self.threads, strict=True)}}

    def pickled(self) -> bytes:
        """The Conversation's own state as bytes (its Threads are kept as rows of their own)."""
        own = {k: v for k, v in self.__dict__.items() if not k.startswith("_")}
        return pickle.dumps({"names": self._names, "own": own}, protocol=4)

    @classmethod
    def revive(cls, convo_id: str, state: dict[str, Any], threads: tuple[Thread, ...]) -> Conversation:
        """A Conversation as it was kept."""
        convo = object.__new__(cls)
        convo._fill(convo_id, threads, tuple(state["names"]))
        convo.__dict__.update(state["own"])
        return convo

    def __repr__(self) -> str:
        return f"<Conversation {self._id[:8]} of {len(self._threads)}>"
