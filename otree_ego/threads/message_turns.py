"""The turns of plain messages: one that is put into the record, and one that a model replies to."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from ..display import logger
from ..messages import ROLES, Form, Message, Request, clean
from ..prompts import Prompt
from .base import PARAMS, BaseThread, internals
from .turns import Append, Hear, Policy, Read, Turn, answer, ask, authors_of, payload, reply_params
from .under_way import ahead_of, among, note_unheard, unheard, up_to_date, working_on


def rendered(thread: BaseThread, text: str | Prompt, variables: Mapping[str, Any]) -> str:
    """The text of a message: a str as it is, a Prompt with the variables and the Thread's public attributes.

    Raises:
        TypeError: it is neither, or variables came with a plain str.
    """
    if isinstance(text, Prompt):
        return clean(text.render(**{**thread.public(), **variables}))
    if not isinstance(text, str):
        raise TypeError(f"A message is a str or a Prompt, not {type(text).__name__}: {text!r:.80}")
    if variables:
        names = ", ".join(sorted(variables))
        raise TypeError(
            f"A plain str is sent word for word and takes no variables ({names}); use Prompt(…) for a template."
        )
    return clean(text)


def request_for(
    thread: BaseThread,
    pending: Message,
    params: Mapping[str, Any] | None = None,
    extra: Mapping[str, Any] | None = None,
) -> Request:
    """What a model is asked for one reply.

    Arguments:
        pending: the reply's place in the record. params, extra: of this turn only.
    """
    record, before = internals(thread).messages, pending.seq or None
    return Request(
        model=thread.model,
        messages=payload(record, before),
        params=reply_params({name: getattr(thread, name) for name in PARAMS}, params or {}),
        extra={**(thread.extra or {}), **(extra or {})},
        base_url=thread.base_url,
        thread_id=thread.id,
        thoughts_in_text=thread.thoughts_in_text,
        authors=authors_of(record, before),
    )


def memorize(
    thread: BaseThread,
    role: str,
    text: str | Prompt,
    variables: Mapping[str, Any],
    *,
    hidden: bool = False,
    author: str = "",
    once: bool = False,
) -> Turn[str]:
    """Put a message into the record; see `Thread.memorize` and `Thread.system`."""
    if role not in ROLES:
        raise ValueError(f"A role is one of {', '.join(ROLES)}, not {role!r}.")
    message = Message(role, rendered(thread, text, variables), hidden=hidden, author=author)
    if once and any(m.role == role and m.text == message.text for m in internals(thread).messages):
        return message.text
    internals(thread).place_next((yield Append((message,))))
    return message.text


def submit(
    thread: BaseThread,
    text: str | Prompt | None,
    variables: Mapping[str, Any],
    params: Mapping[str, Any],
    extra: Mapping[str, Any] | None,
    *,
    hidden: bool = False,
    author: str = "",
) -> Turn[str]:
    """Ask the model; see `Thread.submit`."""
    user = None
    if text is not None:
        user = Message("user", rendered(thread, text, variables), hidden=hidden, author=author)
    yield from listen(thread)
    recorded = yield from ask(user, thread.model, hidden)
    reply = yield from reply_to(thread, recorded, thread.policy, params, extra)
    return reply.text


def listen(thread: BaseThread) -> Turn[None]:
    """Before a question is recorded: let the replies come that are under way on its Thread."""
    ahead = ahead_of(thread.id)
    if ahead:
        yield Hear(ahead, thread.policy.deadline)


def reply_to(
    thread: BaseThread,
    recorded: Sequence[Message],
    policy: Policy,
    params: Mapping[str, Any],
    extra: Mapping[str, Any] | None,
    form: Form | None = None,
    finish: Callable[[Message], Message] | None = None,
) -> Turn[Message]:
    """Put a recorded question into the memory, hear what comes before it, ask, and fill the place of its reply.

    Arguments:
        recorded: the question, if there is a new one, and last the reply's place.
        form: of the answer. finish: as in `answer`.
    """
    found, pending = internals(thread), recorded[-1]
    found.place_next(recorded)
    with working_on(thread.id, pending) as mine:
        lacking = yield from _hear(thread, pending)

        def settled(message: Message) -> None:
            found.settle(message)
            mine.end(message)

        def finished(message: Message) -> Message:
            return note_unheard(message if finish is None else finish(message), lacking)

        request = request_for(thread, pending, params, extra)
        mine.asking = True
        request = request if form is None else replace(request, form=form)
        return (yield from answer(pending, request, policy, settled, finish=finished))


def _hear(thread: BaseThread, pending: Message) -> Turn[list[str]]:
    """Wait for the replies before a place, and learn what others have written; the ids of those that have not come."""
    found, deadline = internals(thread), thread.policy.deadline
    ahead = ahead_of(thread.id, pending)
    if ahead:
        yield Hear(ahead, deadline)
    lacking = unheard(found.messages, pending)
    if not found.gap and not lacking:
        return []
    while True:
        read = yield Read(thread.id)
        found.messages = up_to_date(found.messages, found.messages if read is None else read, thread.id)
        lacking = unheard(found.messages, pending)
        more = [each for each in among(thread.id, lacking) if each not in ahead]
        if not more:
            break
        ahead = (*ahead, *more)
        yield Hear(tuple(more), deadline)
    if lacking:
        logger.warning("Thread %s: a question is asked without %s, which has not come.", thread.id[:8], lacking)
    return lacking
