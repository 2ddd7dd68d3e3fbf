"""What is asked of every store: that it has, afterwards, what a Thread on it remembers.

A check is given two Threads whose stores are in question (a `Pair`), lets them speak, and looks at what they remember.
`held` then compares that with what is read from the store anew.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Coroutine, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from otree_ego import Conversation, Message, Reply, Request, Thread, Usage, declare_provider
from otree_ego.errors import EgoError, Overloaded

T = TypeVar("T")
Records = Sequence[Sequence[Message]]
ODD = ["line one\nline two\t😀 שלום '\";--", "{{ api_key }}", "a\ud83db\x00c", " ", "x" * 100_000, "%s %(a)s :b ?"]


class Answers:
    """A provider whose models answer as their names say."""

    look: Callable[[Request], None] | None = None
    """Called while a reply is under way."""

    def __init__(self, model: str) -> None:
        self.model = model

    async def stream(self, request: Request) -> AsyncIterator[str | Reply]:
        yield "so "
        if Answers.look is not None:
            Answers.look(request)
        if self.model == "tired":
            raise Overloaded("it is tired", service="contract", model=request.model)
        yield "far"
        why, sent = "length" if self.model == "cut" else "stop", {**request.params, "stop": ["a"]}
        yield Reply("so far", "contract-v1", Usage(1, 2, 3), finish_reason=why, params=sent, cost=0.00012)


def declare() -> None:
    """Make the provider known."""
    declare_provider("contract", Answers)


def make() -> Conversation:
    """The two Threads, in a Conversation."""
    return Conversation(ann=Thread("contract/full", temperature=0.5, retries=0), bob=Thread("contract/full"))


@dataclass
class Pair:
    """Two Threads, spoken to in plain or in async code.

    Arguments:
        ann, bob: the Threads; for async code what `Thread.aio` gives.
        wait: whether what their methods give is to be awaited.
    """

    ann: Any
    bob: Any
    wait: bool

    async def __call__(self, done: Any) -> Any:
        """What a method gave, awaited where it must be."""
        return await done if self.wait else done


Check = Callable[[Pair], Coroutine[Any, Any, None]]


def now(work: Coroutine[Any, Any, T]) -> T:
    """Run a check that never waits: plain code all the way."""
    try:
        work.send(None)
    except StopIteration as end:
        found: T = end.value
        return found
    raise AssertionError("A plain store waited.")


async def every_field(pair: Pair) -> None:
    await pair(pair.ann.memorize("user", "Hello", hidden=True, author="Ada"))
    await pair(pair.ann.submit("How are you?", seed=2**62, author="Bob"))
    first, asked, reply = pair.ann.messages
    assert (first.text, first.hidden, first.author, asked.author) == ("Hello", True, "Ada", "Bob")
    assert (reply.text, reply.status, reply.author) == ("so far", "complete", "contract/full")
    assert (reply.model, reply.model_answered, reply.cost) == ("contract/full", "contract-v1", 0.00012)
    assert (reply.tokens_in, reply.tokens_out, reply.tokens_reasoning) == (1, 2, 3)
    assert reply.params == {"temperature": 0.5, "seed": 2**62, "stop": ["a"]} and reply.seed == 2**62
    assert reply.latency is not None and reply.first_token is not None and reply.attempts == 1


async def places_count_from_one(pair: Pair) -> None:
    for text in ("a", "b"):
        await pair(pair.ann.user(text))
    await pair(pair.ann.submit("c"))
    await pair(pair.ann.assistant("d"))
    assert [(m.seq, m.text) for m in pair.ann.messages] == [(1, "a"), (2, "b"), (3, "c"), (4, "so far"), (5, "d")]


async def each_thread_has_its_own(pair: Pair) -> None:
    for text in ("a", "b", "c"):
        await pair(pair.ann.user(f"ann {text}"))
        await pair(pair.bob.user(f"bob {text}"))
    await pair(pair.bob.submit())
    assert [(m.seq, m.text) for m in pair.ann.messages] == [(1, "ann a"), (2, "ann b"), (3, "ann c")]
    assert [(m.seq, m.text) for m in pair.bob.messages] == [(1, "bob a"), (2, "bob b"), (3, "bob c"), (4, "so far")]


async def any_text(pair: Pair) -> None:
    for text in ODD:
        await pair(pair.ann.user(text))
    said = [m.text for m in pair.ann.messages]
    assert said[:2] + said[3:] == ODD[:2] + ODD[3:] and said[2] == "a\ufffdbc"


async def a_reply_that_is_cut(pair: Pair) -> None:
    pair.ann.model = "contract/cut"
    await pair(pair.ann.submit("Hello"))
    assert [(m.status, m.text) for m in pair.ann.messages] == [("complete", "Hello"), ("partial", "so far")]


async def a_reply_that_does_not_come(pair: Pair) -> None:
    pair.ann.model = "contract/tired"
    try:
        await pair(pair.ann.submit("Hello"))
        raise AssertionError("It came.")
    except Overloaded:
        pass
    failed = pair.ann.messages[-1]
    assert (failed.status, failed.error, failed.error_text, failed.text) == (
        "failed",
        "Overloaded",
        "it is tired",
        "so ",
    )
    pair.ann.model = "contract/full"
    await pair(pair.ann.submit())
    assert [(m.seq, m.status) for m in pair.ann.messages] == [(1, "complete"), (2, "failed"), (3, "complete")]


async def a_reply_of_the_fallback(pair: Pair) -> None:
    pair.ann.model, pair.ann.fallback_model = "contract/tired", "contract/full"
    await pair(pair.ann.submit("Hello"))
    reply = pair.ann.messages[-1]
    assert (reply.status, reply.attempts, reply.author) == ("complete", 2, "contract/full")
    assert [(one["model"], one["error"]) for one in reply.trouble] == [("contract/tired", "Overloaded")]


async def many_messages(pair: Pair) -> None:
    for number in range(60):
        await pair(pair.ann.submit(str(number)))
    assert [m.seq for m in pair.ann.messages] == list(range(1, 121))


async def a_question_that_is_asked_twice(pair: Pair) -> None:
    try:
        await pair(pair.ann.ask_number("How many?", tries=2))
        raise AssertionError("so far is no number")
    except EgoError:
        pass
    asked = [m.params["question"]["try"] for m in pair.ann.messages if m.role == "assistant"]
    assert asked == [1, 2]


_ALL = (
    every_field, places_count_from_one, each_thread_has_its_own, any_text, a_reply_that_is_cut,
    a_reply_that_does_not_come, a_reply_of_the_fallback, many_messages, a_question_that_is_asked_twice,
)  # fmt: skip
CHECKS: dict[str, Check] = {check.__name__: check for check in _ALL}


def held(remembered: Records, stored: Records) -> None:
    """See that a store has what its Threads remember, to the last field."""
    assert [list(each) for each in remembered] == [list(each) for each in stored]


def plain(check: Check, convo: Any) -> Records:
    """Run a check in plain code; what the Threads remember then."""
    now(check(Pair(convo.ann, convo.bob, wait=False)))
    return [thread.messages for thread in convo.threads]


async def waited(check: Check, convo: Any) -> Records:
    """Run a check in async code; what the Threads remember then."""
    faces = [getattr(thread, "aio", thread) for thread in convo.threads]
    await check(Pair(*faces, wait=True))
    return [thread.messages for thread in convo.threads]
