"""The ports of the core: what answers (a Provider), and where messages are kept (a Store)."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from typing import Protocol, runtime_checkable

from .messages import Message, Reply, Request, Withdrawn, changed


@runtime_checkable
class Provider(Protocol):
    """What can answer a request: one method.

    An implementation is an async generator, or returns one. It yields pieces of the text, perhaps none, and
    last exactly one `Reply` with the whole text, which is never empty; `Withdrawn` among the pieces says that those
    before it are no part of the text. It raises subclasses of `ProviderError`
    with ``service``, ``model`` and, where there are any, ``status``, ``retry_after`` and ``text`` filled in. It does
    not repeat what failed for a passing reason: the Thread's failure policy does.

    It may have a method ``price(model, usage, cached=0)``: US dollars for so many tokens of a model, by its full name,
    None where that is unknown. Limits of money want it, for replies that do not come to their end.

    It may have a method ``draft(request)``: what it is about to send, as a `SentBody`, without sending it; None if
    it does not know that yet. So a reply is recorded with its request before that goes out.

    And it may have a method ``context_tokens(request)``: how many tokens a request to its model may have together with
    the reply, None where that is unknown. A request that is longer makes it raise ContextExceeded, with ``context``
    filled in.
    """

    def stream(self, request: Request) -> AsyncIterator[str | Withdrawn | Reply]:
        """Ask, and give the pieces and last the Reply.

        Arguments:
            request: what is asked.

        Raises:
            ProviderError: no usable reply came.
            ConfigError: the request names something that does not exist, or no key was found.
        """
        ...


class Store(Protocol):
    """Where the messages of a Thread are remembered."""

    def append(self, thread_id: str, messages: Sequence[Message]) -> tuple[Message, ...]: ...

    def settle(self, thread_id: str, message: Message) -> None: ...


class AsyncStore(Protocol):
    """The same for async code."""

    async def append(self, thread_id: str, messages: Sequence[Message]) -> tuple[Message, ...]: ...

    async def settle(self, thread_id: str, message: Message) -> None: ...


class MemoryStore:
    """Remembers nothing beyond the Thread itself; gives each message its place."""

    def __init__(self) -> None:
        self.last = 0

    def append(self, thread_id: str, messages: Sequence[Message]) -> tuple[Message, ...]:
        placed = tuple(changed(m, seq=self.last + n) for n, m in enumerate(messages, 1))
        self.last += len(placed)
        return placed

    def settle(self, thread_id: str, message: Message) -> None:
        return None


class SyncInAsync:
    """A plain store behind the async port, for stores that never wait."""

    def __init__(self, store: Store) -> None:
        self.store = store

    async def append(self, thread_id: str, messages: Sequence[Message]) -> tuple[Message, ...]:
        return self.store.append(thread_id, messages)

    async def settle(self, thread_id: str, message: Message) -> None:
        self.store.settle(thread_id, message)
