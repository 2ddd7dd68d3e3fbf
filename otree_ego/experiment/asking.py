"""Asking for an answer that has a form: an answer that has not is kept, and may be asked for again."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any

from ..errors import ConfigError, ParseError
from ..prompts import Prompt
from ..public import public
from ..threads.base import internals, provider_for
from ..threads.driving import adrive, sender
from ..threads.message_turns import rendered
from ..threads.question_turns import asked_again, is_request_for_another, let_count, stand_in
from ..threads.thread import Thread


@public
@dataclass(frozen=True)
class Asked:
    """What came of asking.

    Fields:
        value: what the parser made of the last answer; None if that was invalid.
        text: the last answer, word for word. attempts: how many answers were asked for.
        error: why the last answer was invalid; empty if it was not.
    """

    value: Any
    text: str
    attempts: int = 1
    error: str = ""


def read(text: str, parser: Callable[[str], Any] | None) -> tuple[Any, str]:
    """What a parser makes of an answer, and what is wrong with it (then the value is None).

    >>> read("7", int)
    (7, '')
    >>> read("seven", int)
    (None, "ValueError: invalid literal for int() with base 10: 'seven'")
    """
    if parser is None:
        return text, ""
    try:
        value = parser(text)
    except ParseError as error:
        return None, str(error)
    # A parser is the experimenter's own code and may raise anything; what it was is in the data.
    except Exception as error:
        return None, f"{type(error).__name__}: {error}"
    return (value, "") if value is not None else (None, "The parser found no answer in it.")


async def ask(
    thread: Thread,
    text: str | Prompt,
    parser: Callable[[str], Any] | None,
    retries: int = 0,
    *,
    variables: Mapping[str, Any] | None = None,
    submit: Callable[[Thread, str], Awaitable[str]] | None = None,
    default: str | None = None,
    **options: Any,
) -> Asked:
    """Ask a Thread, and again up to `retries` times if its answer is invalid; every answer is in its record.

    Arguments:
        thread: who is asked. text: what, a Prompt with its `variables`, or a plain str.
        parser: makes a value of the answer's text; what it raises, and None, mean that the answer is invalid.
        retries: how often another answer is asked for. options: see `Thread.submit`.
        submit: asks a Thread in another way than its own `submit`, for the answer to a plain text.
        default: the answer that counts when the last one was invalid, too; the Thread then remembers the question and
            this answer, its record has all of them.

    Raises:
        ProviderError: no answer came at all.

    >>> import asyncio
    >>> from otree_ego import ScriptedThread
    >>> asyncio.run(ask(ScriptedThread(["seven", "7"]), "Which number?", int, retries=1)).value
    7
    """
    start = len(thread.messages)
    if submit is None:
        answer = await thread.aio.submit(text, **{**options, **(variables or {})})
    else:
        answer = await submit(thread, rendered(thread, text, variables or {}))
    value, error = read(answer, parser)
    attempts = 1
    while error and attempts <= retries:
        again = asked_again(error)
        answer = await (thread.aio.submit(again, **options) if submit is None else submit(thread, again))
        value, error = read(answer, parser)
        attempts += 1
    if error and default is not None:
        value, wrong = read(default, parser)
        if wrong:
            raise ConfigError(f"The default {default!r:.60} is no answer: {wrong}")
        tried = [m.id for m in thread.messages[start:] if m.role == "assistant" or is_request_for_another(m)]
        turn = let_count(thread, stand_in(default, value, {}, tried))
        await adrive(turn, internals(thread).async_store, thread.id, sender(provider_for))
        return Asked(value, default, attempts, error)
    return Asked(value, answer, attempts, error)
