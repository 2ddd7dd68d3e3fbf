"""A Conversation's faces for async code."""

from __future__ import annotations

from typing import Any

from ..prompts import Prompt
from .async_thread import AsyncThread
from .conversation import Conversation
from .thread import Thread


class AsyncConversation:
    """A Conversation's face for async code: its Threads are to be awaited."""

    def __init__(self, convo: Conversation) -> None:
        self.__dict__["_convo"] = convo

    @property
    def all(self) -> AsyncAll:
        """All Threads at once; `system` is to be awaited."""
        return AsyncAll(self._convo)

    @property
    def threads(self) -> tuple[AsyncThread, ...]:
        """The Threads in order."""
        return tuple(AsyncThread(t) for t in self._convo.threads)

    def __iter__(self) -> Any:
        return (AsyncThread(t) for t in self._convo)

    def __getattr__(self, name: str) -> Any:
        found = getattr(self.__dict__["_convo"], name)
        return AsyncThread(found) if isinstance(found, Thread) else found

    def __setattr__(self, name: str, value: Any) -> None:
        setattr(self._convo, name, value)


class AsyncAll:
    """All Threads of a Conversation at once, in async code."""

    _convo: Conversation

    def __init__(self, convo: Conversation) -> None:
        self.__dict__["_convo"] = convo

    def __setattr__(self, name: str, value: Any) -> None:
        setattr(self._convo.all, name, value)

    async def system(self, text: str | Prompt, /, **variables: Any) -> list[str]:
        """See `All.system`."""
        return [await AsyncThread(thread).system(text, **variables) for thread in self._convo.threads]

    def save(self, *args: Any, **kwargs: Any) -> None:
        """See `Thread.save`; it is not to be awaited."""
        self._convo.save(*args, **kwargs)
