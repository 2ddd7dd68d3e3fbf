"""One turn at a time on a Thread: a question waits for the reply before it, or its record says that it did not."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncIterator, Callable, Coroutine, Sequence
from typing import Any

import pytest

from otree_ego import Message, Reply, Request, ScriptedThread, Thread
from otree_ego.ports import MemoryStore
from otree_ego.threads.base import internals, wrap_provider
from otree_ego.threads.under_way import UNHEARD, ahead_of, begin, forget, up_to_date


def in_a_loop(test: Callable[[], Coroutine[Any, Any, None]]) -> Callable[[], None]:
    def run() -> None:
        asyncio.run(asyncio.wait_for(test(), 60))

    return run


class Held:
    """A provider whose replies come when they are let go; it keeps what it was sent."""

    def __init__(self) -> None:
        self.sent: list[list[str]] = []
        self.gates: list[threading.Event] = []
        self.asked = threading.Condition()

    async def stream(self, request: Request) -> AsyncIterator[str | Reply]:
        gate = threading.Event()
        with self.asked:
            self.sent.append([text for _, text in request.messages])
            self.gates.append(gate)
            number = len(self.gates)
            self.asked.notify_all()
        while not gate.is_set():
            await asyncio.sleep(0.001)
        yield Reply(f"reply {number}", model=request.model)

    def wait_for(self, number: int) -> None:
        with self.asked:
            assert self.asked.wait_for(lambda: len(self.gates) >= number, 20)

    async def until(self, number: int) -> None:
        while len(self.gates) < number:
            await asyncio.sleep(0.001)


class ReadableStore(MemoryStore):
    """A store that other Threads write to as well."""

    def __init__(self) -> None:
        super().__init__()
        self.rows: dict[str, Message] = {}

    def append(self, thread_id: str, messages: Sequence[Message]) -> tuple[Message, ...]:
        placed = super().append(thread_id, messages)
        self.rows.update({m.id: m for m in placed})
        return placed

    def settle(self, thread_id: str, message: Message) -> None:
        self.rows[message.id] = message

    def record(self, thread_id: str) -> list[Message]:
        return sorted(self.rows.values(), key=lambda m: m.seq)


class AsyncReadable:
    def __init__(self, store: ReadableStore) -> None:
        self.store = store

    async def append(self, thread_id: str, messages: Sequence[Message]) -> tuple[Message, ...]:
        return self.store.append(thread_id, messages)

    async def settle(self, thread_id: str, message: Message) -> None:
        self.store.settle(thread_id, message)

    async def record(self, thread_id: str) -> list[Message]:
        return self.store.record(thread_id)


def held(**settings: Any) -> tuple[Thread, Held]:
    llm, provider = ScriptedThread(["-"], **settings), Held()
    wrap_provider(llm, lambda find: lambda model: provider)
    return llm, provider


def twin(llm: Thread, store: ReadableStore, provider: Held, **settings: Any) -> Thread:
    """The same Thread, as another page opens it."""
    other = Thread.revive("Thread", llm.id, {"model": "scripted/list", "retries": 0, **settings}, store)
    internals(other).async_store = AsyncReadable(store)
    internals(other).load_later(lambda: store.record(llm.id))
    wrap_provider(other, lambda find: lambda model: provider)
    return other


@in_a_loop
async def test_two_questions_at_once_are_asked_one_after_the_other() -> None:
    llm, provider = held()
    both = [asyncio.create_task(llm.aio.submit(text)) for text in ("one", "two")]
    await provider.until(1)
    assert provider.sent == [["one"]]
    provider.gates[0].set()
    await provider.until(2)
    provider.gates[1].set()
    assert await asyncio.gather(*both) == ["reply 1", "reply 2"]
    assert provider.sent[1] == ["one", "reply 1", "two"]
    assert [m.text for m in llm.messages] == ["one", "reply 1", "two", "reply 2"]
    assert not any(UNHEARD in m.params for m in llm.messages)


def test_two_threads_of_plain_code_too() -> None:
    llm, provider = held()
    first = threading.Thread(target=llm.submit, args=("one",))
    first.start()
    provider.wait_for(1)
    second = threading.Thread(target=llm.submit, args=("two",))
    second.start()
    provider.gates[0].set()
    provider.wait_for(2)
    provider.gates[1].set()
    first.join(20)
    second.join(20)
    assert provider.sent[1] == ["one", "reply 1", "two"]


@in_a_loop
async def test_another_copy_of_the_thread_hears_what_the_first_was_told() -> None:
    llm, provider = held()
    store = ReadableStore()
    one, two = twin(llm, store, provider), twin(llm, store, provider)
    assert one.messages == two.messages == ()  # both have read the record
    asked = asyncio.create_task(one.aio.submit("one"))
    await provider.until(1)
    later = asyncio.create_task(two.aio.submit("two"))
    provider.gates[0].set()
    await provider.until(2)
    provider.gates[1].set()
    await asyncio.gather(asked, later)
    assert provider.sent == [["one"], ["one", "reply 1", "two"]]
    assert [m.seq for m in store.record("")] == [1, 2, 3, 4]


@in_a_loop
async def test_after_its_deadline_a_question_says_what_it_did_not_hear() -> None:
    llm, provider = held()
    store = ReadableStore()
    one, two = twin(llm, store, provider), twin(llm, store, provider, deadline=0.05)
    asked = asyncio.create_task(one.aio.submit("one"))
    await provider.until(1)
    with pytest.raises(Exception, match="deadline"):
        await two.aio.submit("two")
    provider.gates[0].set()
    await asked
    pending, late = [m for m in store.record("") if m.role == "assistant"]
    assert late.params[UNHEARD] == [pending.id]


class UnreadableStore(ReadableStore):
    """Takes all, and cannot be read."""

    def record(self, thread_id: str) -> list[Message]:
        raise OSError("The database is away.")


def test_what_cannot_be_heard_leaves_no_place_open() -> None:
    llm, provider = held()
    store = UnreadableStore()
    one = twin(llm, store, provider)
    internals(one).messages = []
    store.append(llm.id, [Message("user", "Somebody else's.")])
    with pytest.raises(OSError, match="away"):
        one.submit("two")
    broken = one.messages[-1]
    assert (broken.status, broken.error, broken.request, provider.sent) == ("failed", "Interrupted", "", [])
    assert ReadableStore.record(store, "")[-1].status == "failed"


def test_plain_code_does_not_wait_for_a_reply_that_nobody_works_on() -> None:
    llm, provider = held()
    store = ReadableStore()
    store.append(llm.id, [Message("user", "one"), Message("assistant", "", status="pending")])
    one = twin(llm, store, provider, deadline=None)
    asked = threading.Thread(target=one.submit, args=("two",))
    asked.start()
    provider.wait_for(1)
    provider.gates[0].set()
    asked.join(20)
    assert provider.sent == [["one", "two"]]
    reply = store.record("")[-1]
    assert reply.params[UNHEARD] == [store.record("")[1].id]


@in_a_loop
async def test_plain_code_on_the_loop_that_works_on_a_reply_does_not_stop_it() -> None:
    llm, provider = held()
    store = ReadableStore()
    one = twin(llm, store, provider)
    asked = asyncio.create_task(one.aio.submit("one"))
    await provider.until(1)
    two = Thread.revive("Thread", llm.id, {"model": "constant/two", "deadline": None}, store)
    internals(two).load_later(lambda: store.record(llm.id))
    assert two.submit("two") == "two"  # it cannot wait here, and says so
    assert two.messages[-1].params[UNHEARD] == [store.record("")[1].id]
    provider.gates[0].set()
    await asked


@in_a_loop
async def test_a_provider_may_ask_the_thread_that_asks_it() -> None:
    llm = ScriptedThread(["-"])

    class Asks:
        async def stream(self, request: Request) -> AsyncIterator[str | Reply]:
            if len(request.messages) == 1:
                await llm.aio.submit("inner")
            yield Reply("done", model=request.model)

    wrap_provider(llm, lambda find: lambda model: Asks())
    assert await asyncio.wait_for(llm.aio.submit("outer"), 20) == "done"


@in_a_loop
async def test_nothing_is_under_way_after_a_turn_that_was_cancelled() -> None:
    llm, provider = held()
    asked = asyncio.create_task(llm.aio.ask_number("How much?"))
    await provider.until(1)
    waiting = asyncio.create_task(llm.aio.submit("two"))
    await asyncio.sleep(0)
    waiting.cancel()
    asked.cancel()
    await asyncio.gather(asked, waiting, return_exceptions=True)
    assert ahead_of(llm.id) == ()
    assert [m.status for m in llm.messages] == ["complete", "failed"]


def test_a_reply_that_is_not_written_yet_is_known() -> None:
    pending = Message("assistant", "", seq=2, status="pending")
    reply = begin("t", pending)
    try:
        done = Message("assistant", "Hello", seq=2, id=pending.id)
        reply.end(done)
        (found,) = up_to_date([], [pending], "t")
        assert found == done
    finally:
        forget("t", pending.id)
    assert up_to_date([], [pending], "t") == [pending]
