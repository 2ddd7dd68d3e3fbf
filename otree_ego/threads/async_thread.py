"""A Thread's face for async code."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any, TypeVar

from ..messages import Request
from ..prompts import Prompt
from ..public import public
from ..questions.base import Question
from ..questions.methods import QuestionMethods
from . import message_turns
from .base import BaseThread, internals, provider_finder, provider_for
from .driving import OnPiece, adrive, sender
from .loose import take_in_async
from .question_turns import Options, ask_question
from .turns import TimedReply, Turn

T = TypeVar("T")


@public
class AsyncThread(QuestionMethods):
    """A Thread's face for async code: the same attributes, and the same methods to be awaited.

    >>> import asyncio
    >>> from otree_ego import Thread
    >>> asyncio.run(Thread("constant/Hello").aio.submit("Hi"))
    'Hello'
    """

    __slots__ = ("_thread",)
    _thread: BaseThread

    def __init__(self, thread: BaseThread) -> None:
        object.__setattr__(self, "_thread", thread)

    def __getattr__(self, name: str) -> Any:
        found = getattr(self._thread, name)
        if name == "others":
            return [AsyncThread(one) for one in found]
        return AsyncThread(found) if name == "other" and isinstance(found, BaseThread) else found

    def __setattr__(self, name: str, value: Any) -> None:
        setattr(self._thread, name, value)

    async def memorize(
        self, role: str, text: str | Prompt, /, *, hidden: bool = False, author: str = "", **variables: Any
    ) -> str:
        """See `Thread.memorize`."""
        return await self._run(
            message_turns.memorize(self._thread, role, text, variables, hidden=hidden, author=author)
        )

    async def system(self, text: str | Prompt, /, *, once: bool = False, **variables: Any) -> str:
        """See `Thread.system`."""
        return await self._run(message_turns.memorize(self._thread, "system", text, variables, once=once))

    async def user(self, text: str | Prompt, /, **variables: Any) -> str:
        """See `Thread.user`."""
        return await self.memorize("user", text, **variables)

    async def assistant(self, text: str | Prompt, /, **variables: Any) -> str:
        """See `Thread.assistant`."""
        return await self.memorize("assistant", text, **variables)

    async def notice(
        self,
        text: str | Prompt,
        /,
        *,
        author: str = "",
        heard: bool = True,
        ends: bool = False,
        **variables: Any,
    ) -> str:
        """See `Thread.notice`."""
        return await self._run(
            message_turns.notice(self._thread, text, variables, author=author, heard=heard, ends=ends)
        )

    async def submit(
        self,
        text: str | Prompt | None = None,
        /,
        *,
        on_piece: OnPiece | None = None,
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
        params = dict(max_tokens=max_tokens, temperature=temperature, seed=seed, stop=stop)
        turn = message_turns.submit(self._thread, text, variables, params, extra, hidden=hidden, author=author)
        return await self._run(turn, sender(provider_finder(self._thread, response), on_piece))

    async def ask(self, question: Question, text: str | Prompt, /, **options: Any) -> Any:
        """See `Thread.ask`."""
        chosen = Options.of(**options)
        turn = ask_question(self._thread, question, text, chosen)
        return await self._run(turn, sender(provider_finder(self._thread, chosen.response)))

    async def _run(self, turn: Turn[T], send: Callable[[Request], Awaitable[TimedReply]] | None = None) -> T:
        found = internals(self._thread)
        await found.loaded()
        await take_in_async(self._thread, send is not None)
        return await adrive(turn, found.async_store, found.id, send or sender(provider_for))
