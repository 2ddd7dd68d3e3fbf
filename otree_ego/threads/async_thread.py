"""A Thread's face for async code."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, TypeVar

from ..prompts import Prompt
from ..questions.base import Question
from ..questions.methods import Asking
from .driving import adrive, sender
from .question_turns import Options, turn
from .turns import Turn

T = TypeVar("T")

if TYPE_CHECKING:
    from .thread import Thread


class AsyncThread(Asking):
    """A Thread's face for async code: the same attributes, and the same methods to be awaited.

    >>> import asyncio
    >>> from otree_ego import Thread
    >>> asyncio.run(Thread("constant/Hello").aio.submit("Hi"))
    'Hello'
    """

    __slots__ = ("_thread",)
    _thread: Thread

    def __init__(self, thread: Thread) -> None:
        object.__setattr__(self, "_thread", thread)

    def __getattr__(self, name: str) -> Any:
        found = getattr(self._thread, name)
        if name == "others":
            return [AsyncThread(one) for one in found]
        return AsyncThread(found) if name == "other" and hasattr(found, "aio") else found

    def __setattr__(self, name: str, value: Any) -> None:
        setattr(self._thread, name, value)

    async def _answered(self, question: Question, text: str | Prompt, options: Mapping[str, Any]) -> Any:
        wanted = Options.of(**options)
        await self._ready()
        asked = turn(self._thread, question, text, wanted)
        return await self._run(asked, sender(self._thread._provider_of(wanted.response)))

    async def _run(self, turn: Turn[T], send: Any) -> T:
        await self._ready()
        return await adrive(turn, self._thread._astore, self._thread._id, send)

    async def _ready(self) -> None:
        thread = self._thread
        load, thread._aload = thread._aload, None
        if load is not None and thread._load is not None:
            record = await load()
            if thread._load is not None:  # nobody has read it meanwhile
                thread._log, thread._load = record, None

    async def memorize(
        self, role: str, text: str | Prompt, /, *, hidden: bool = False, author: str = "", **variables: Any
    ) -> str:
        """See `Thread.memorize`."""
        turn = self._thread._memorize(role, text, hidden, author, variables)
        return await self._run(turn, sender(self._thread._provider))

    async def system(self, text: str | Prompt, /, *, once: bool = False, **variables: Any) -> str:
        """See `Thread.system`."""
        turn = self._thread._memorize("system", text, False, "", variables, once)
        return await self._run(turn, sender(self._thread._provider))

    async def user(self, text: str | Prompt, /, **variables: Any) -> str:
        """See `Thread.user`."""
        return await self.memorize("user", text, **variables)

    async def assistant(self, text: str | Prompt, /, **variables: Any) -> str:
        """See `Thread.assistant`."""
        return await self.memorize("assistant", text, **variables)

    async def submit(
        self,
        text: str | Prompt | None = None,
        /,
        *,
        on_piece: Callable[[str], None] | None = None,
        hidden: bool = False,
        author: str = "",
        response: str | None = None,
        extra: Mapping[str, Any] | None = None,
        max_tokens: int | None = None,
        temperature: float | None = None,
        seed: int | None = None,
        stop: str | list[str] | None = None,
        **variables: Any,
    ) -> str:
        """See `Thread.submit`."""
        await self._ready()
        params = dict(max_tokens=max_tokens, temperature=temperature, seed=seed, stop=stop)
        turn = self._thread._submit(text, hidden, author, response, params, extra, variables)
        return await self._run(turn, sender(self._thread._provider_of(response), on_piece))
