"""Who answers without a model: a constant, a script, a person at the terminal, a person elsewhere."""

from __future__ import annotations

import itertools
import threading
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Sequence

from ..display import on_one_line, say
from ..errors import BadRequest, ConfigError, EmptyReply, ProviderError
from ..loops import in_thread
from ..messages import Reply, Request, Usage, clean
from .people import people_elsewhere


class _Free:
    """Who costs nothing."""

    def price(self, model: str, usage: Usage, cached: int = 0) -> float:
        """See `Provider`."""
        return 0.0


class Constant(_Free):
    """Answers every request with the same text.

    Arguments:
        text: the answer, word for word.

    >>> import asyncio
    >>> import asyncio
    >>> from otree_ego.messages import Request
    >>> async def ask():
    ...     return [part async for part in Constant("Hello").stream(Request("constant/Hello", ()))][-1].text
    >>> asyncio.run(ask())
    'Hello'
    """

    def __init__(self, text: str) -> None:
        if not isinstance(text, str) or not text:
            raise ConfigError("a constant answer takes a text that is not empty, e.g. 'constant/Hello'")
        self.text = clean(text)

    async def stream(self, request: Request) -> AsyncGenerator[str | Reply, None]:
        """The text as one piece, then the Reply; it costs nothing."""
        yield self.text
        yield Reply(self.text, model=request.model, usage=Usage(0, 0, 0), cost=0.0)


class Scripted(_Free):
    """Answers from a list, one after the other, or from a function of the request.

    Arguments:
        replies: texts, or errors to raise, in order; or a function that is given the Request.
        start: how many of the list are used up already (a Thread loaded again goes on where it was).

    >>> import asyncio
    >>> from otree_ego.messages import Request
    >>> script = Scripted(["Heads.", "Tails."])
    >>> async def ask():
    ...     return [part async for part in script.stream(Request("scripted/coin", ()))][-1].text
    >>> asyncio.run(ask()), asyncio.run(ask())
    ('Heads.', 'Tails.')
    """

    def __init__(self, replies: Sequence[str | Exception] | Callable[[Request], str], start: int = 0) -> None:
        if isinstance(replies, str) or not (callable(replies) or isinstance(replies, Sequence)):
            raise ConfigError("scripted replies are a list of texts or a function of the request")
        self.replies = replies
        self._count = itertools.count(start)
        self._lock = threading.Lock()

    async def stream(self, request: Request) -> AsyncGenerator[str | Reply, None]:
        """The next reply word by word, then the Reply; it costs nothing."""
        text = self._next(request)
        if not isinstance(text, str):
            raise ConfigError(f"a scripted reply is a text, not {type(text).__name__}")
        if not text.strip():
            raise EmptyReply("the script gave an empty reply", service="scripted", model=request.model)
        text = clean(text)
        start = 0
        while start < len(text):
            end = text.find(" ", start) + 1 or len(text)
            yield text[start:end]
            start = end
        yield Reply(text, model=request.model, usage=Usage(0, 0, 0), cost=0.0)

    def _next(self, request: Request) -> str:
        if callable(self.replies):
            return self.replies(request)
        with self._lock:
            place = next(self._count)
        if place >= len(self.replies):
            raise BadRequest(
                f"the script is used up: it has {len(self.replies)} replies, and this is request {place + 1}; "
                "give it more replies, or a function",
                service="scripted",
                model=request.model,
            )
        reply = self.replies[place]
        if isinstance(reply, Exception):
            raise reply
        return reply


_TERMINAL = threading.Lock()
"""One question at a time, also where several people sit at one terminal."""


class Terminal(_Free):
    """Asks the person at the terminal, or elsewhere (`ego run --events`, `ego builder`).

    Arguments:
        name: who that person is for the Thread; shown in front of the line to type.
    """

    def __init__(self, name: str = "you") -> None:
        self.name = name or "you"

    async def stream(self, request: Request) -> AsyncGenerator[str | Reply, None]:
        """Print what is new, read one line, and give it as the Reply; it costs nothing."""
        people = people_elsewhere()
        try:
            if people is not None:
                text = clean(await people.ask(request.thread_id))
            else:
                text = clean(await in_thread(lambda: self._ask(request), "otree_ego-terminal"))
        except (EOFError, OSError, RuntimeError) as problem:
            raise ProviderError(
                f"the terminal gave no answer for {self.name} ({type(problem).__name__}): run this where someone can "
                "type, not in a server or with its input closed",
                service="terminal",
                model=request.model,
            ) from None
        if not text.strip():
            raise EmptyReply(
                f"{self.name} typed nothing: type an answer, then Enter", service="terminal", model=request.model
            )
        yield text
        yield Reply(text, model=request.model, usage=Usage(0, 0, 0), cost=0.0)

    def _ask(self, request: Request) -> str:
        last = max((place for place, (role, _) in enumerate(request.messages) if role == "assistant"), default=-1)
        with _TERMINAL:
            for role, text in request.messages[last + 1 :]:
                say(f"[{role}] {text}")
            say(f"{on_one_line(self.name)}> ", end="")
            return input()


class External(_Free):
    """Stands for someone elsewhere whose answers the experiment's own code brings."""

    def stream(self, request: Request) -> AsyncIterator[str | Reply]:
        """Always refuses: there is nobody to ask.

        Raises:
            ConfigError: says how an external reply is given.
        """
        raise ConfigError(
            f"{request.model!r} is answered outside of otree_ego and cannot be asked: give the answer with "
            "submit(text, response=answer)"
        )
