"""The turns of plain messages: one that is put into the record, and one that a model replies to."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import Any

from ..display import logger
from ..messages import ROLES, Form, Message, Request, clean
from ..prompts import Prompt
from .base import PARAMS, BaseThread, asked_as, internals, model_of, own
from .context import Fitting
from .level_values import LEVELS
from .memory import have_own_texts
from .notices import is_notice, notice_of
from .persona_view import ONLY_FOR, known_to
from .planned_requests import outlives_this_process, planned
from .turns import Append, Hear, Policy, Read, Settle, Turn, answer, ask, authors_of, reply_params, to_send
from .under_way import ahead_of, among, note_unheard, unheard, up_to_date, working_on


def rendered(thread: BaseThread, text: str | Prompt, variables: Mapping[str, Any]) -> str:
    """The text of a message: a str as it is, a Prompt with the variables and the Thread's public attributes.

    Raises:
        TypeError: it is neither, or variables came with a plain str.
    """
    if isinstance(text, Prompt):
        levels = LEVELS.get()
        if levels is not None:
            return clean(text.render(**levels.known(text.names, thread.public(), variables)))
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
    record: Sequence[Message] | None = None,
) -> Request:
    """What a model is asked for one reply.

    Arguments:
        pending: the reply's place in the record. params, extra: of this turn only. record: None for the Thread's own.
    """
    record = internals(thread).messages if record is None else record
    before, part = pending.seq or None, internals(thread).part
    settings = {name: getattr(thread, name) for name in PARAMS}
    places: tuple[int, ...] = ()
    if part is None:
        sent = to_send(record, before)
        messages, authors = tuple([(m.role, m.text) for m in sent]), authors_of(record, sent)
        origins = tuple([m.seq for m in sent])
        places = () if have_own_texts(sent) else origins
    else:
        messages, authors, origins = part.sees([m for m in record if before is None or m.seq < before])
        settings["temperature"] = settings["temperature"] if part.temperature is None else part.temperature
    return Request(
        model=thread.model,
        messages=messages,
        params=reply_params(settings, params or {}),
        extra={**(thread.extra or {}), **(extra or {})},
        base_url=thread.base_url,
        thread_id=thread.id,
        thoughts_in_text=thread.thoughts_in_text,
        authors=authors,
        places=places,
        origins=origins,
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
    message = own(thread, Message(role, rendered(thread, text, variables), hidden=hidden, author=author))
    if once and any(
        m.role == role and m.text == message.text and not is_notice(m) and known_to(m, asked_as(thread))
        for m in internals(thread).messages
    ):
        return message.text
    internals(thread).place_next((yield Append((message,))))
    return message.text


def notice(
    thread: BaseThread,
    text: str | Prompt,
    variables: Mapping[str, Any],
    *,
    author: str = "",
    heard: bool = True,
    ends: bool = False,
) -> Turn[str]:
    """Tell the people in a chat something; see `Thread.notice`."""
    message = own(thread, notice_of(rendered(thread, text, variables), author, heard, ends))
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
        user = own(thread, Message("user", rendered(thread, text, variables), hidden=hidden, author=author))
    yield from listen(thread)
    recorded = yield from place_for(thread, user, model_of(thread), hidden, None, params, extra)
    reply = yield from reply_to(thread, recorded, thread.policy, params, extra)
    return reply.text


def listen(thread: BaseThread) -> Turn[None]:
    """Before a question is recorded: let the replies come that are under way on its Thread."""
    ahead = ahead_of(thread.id, only_for=asked_as(thread))
    if ahead:
        yield Hear(ahead, thread.policy.deadline)


def place_for(
    thread: BaseThread,
    question: Message | None,
    model: str,
    hidden: bool,
    known: Mapping[str, Any] | None,
    params: Mapping[str, Any],
    extra: Mapping[str, Any] | None,
    form: Form | None = None,
) -> Turn[tuple[Message, ...]]:
    """Record a question, if there is a new one, and the place for its reply; see `turns.ask`.

    Arguments:
        known: what is known of the reply already. params, extra, form: as in `reply_to`.
    """
    name = asked_as(thread)
    known = {**(known or {}), **({} if name is None else {ONLY_FOR: name})}

    def request(pending: Message, record: Sequence[Message]) -> Request:
        found = request_for(thread, pending, params, extra, record)
        return found if form is None else replace(found, form=form)

    plan = partial(planned, thread, request) if outlives_this_process(thread) else None
    return (yield from ask(question, model, hidden or name is not None, known, plan))


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

        def settled(message: Message) -> None:
            found.settle(message)
            mine.end(message)

        try:
            lacking = yield from _hear(thread, pending)
        except BaseException as error:  # nobody asks: the place does not stay open
            broken = _broken_off(pending, error)
            settled(broken)
            yield Settle(broken)
            raise

        def finished(message: Message) -> Message:
            return own(thread, note_unheard(message if finish is None else finish(message), lacking))

        request = request_for(thread, pending, params, extra)
        mine.asking = True
        request = request if form is None else replace(request, form=form)
        turn = answer(
            pending, request, policy, settled, finish=finished, trace=found.trace, fit=Fitting(thread, pending)
        )
        return (yield from turn)


def _broken_off(pending: Message, error: BaseException) -> Message:
    """A reply for which no request was sent."""
    return replace(
        pending,
        status="failed",
        request="",
        finish_reason="error",
        error="Interrupted",
        error_text=f"The reply was broken off before it was asked for ({type(error).__name__}).",
    )


def _hear(thread: BaseThread, pending: Message) -> Turn[list[str]]:
    """Wait for the replies before a place, and learn what others have written; the ids of those that have not come."""
    found, name = internals(thread), asked_as(thread)
    ahead = ahead_of(thread.id, pending, name)
    if ahead:
        yield Hear(ahead, thread.policy.deadline)
    lacking = unheard(found.messages, pending, name)
    if not found.gap and not lacking and not ahead:
        return []
    deadline = thread.policy.deadline
    before = {*lacking, *(each.pending.id for each in ahead)}
    while True:
        read = yield Read(thread.id)
        found.messages = up_to_date(found.messages, found.messages if read is None else read, thread.id)
        lacking = unheard(found.messages, pending, name)
        more = [each for each in among(thread.id, lacking) if each not in ahead]
        if not more:
            break
        ahead = (*ahead, *more)
        yield Hear(tuple(more), deadline)
    # a message of a group chat moves to the end if others have written meanwhile
    lacking += [m.id for m in found.messages if m.id in before and m.seq > pending.seq]
    if lacking:
        logger.warning("Thread %s: a question is asked without %s, which has not come.", thread.id[:8], lacking)
    return lacking
