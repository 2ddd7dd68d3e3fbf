"""The turns of plain messages: one that is put into the record, and one that a model replies to."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ..messages import ROLES, Message, Request, clean
from ..prompts import Prompt
from .base import PARAMS, BaseThread, internals
from .turns import Append, Turn, answer, ask, authors_of, payload, reply_params


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
    internals(thread).place((yield Append((message,))))
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
    recorded = yield from ask(user, thread.model, hidden)
    internals(thread).place(recorded)
    pending = recorded[-1]
    request = request_for(thread, pending, params, extra)
    reply = yield from answer(pending, request, thread.policy, internals(thread).settle)
    return reply.text
