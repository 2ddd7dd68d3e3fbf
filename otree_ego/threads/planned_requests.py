"""What is about to be sent for a reply: it is in the write that makes the reply's place.

So the record says it also of a reply that was under way when the server was killed. When the reply has come, what was
sent stands there instead.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from ..display import logger
from ..errors import EgoError
from ..messages import Message, Request, changed, request_to
from .base import BaseThread, find_provider, internals
from .context import ContextPolicy, Fitting
from .under_way import unheard


def outlives_this_process(thread: BaseThread) -> bool:
    """Whether others can read the place of a reply, and its plan, before the reply has come."""
    return bool(getattr(internals(thread).async_store, "is_read_by_others", False))


def planned(
    thread: BaseThread,
    request_for: Callable[[Message, Sequence[Message]], Request],
    new: Sequence[Message],
    context: ContextPolicy = None,
) -> tuple[Message, ...]:
    """New messages, the last of which is the place for a reply, with what is about to be sent for it.

    Without, where that is not clear yet: other replies are to come first.

    Arguments:
        request_for: makes the request, from the place and the record with it.
        context: what happens if it is too long for the model; None for what the Thread says.
    """
    found = internals(thread)
    if not found.is_loaded:
        return tuple(new)
    last = found.messages[-1].seq if found.messages else 0
    placed = [changed(message, seq=last + number) for number, message in enumerate(new, 1)]
    record, pending = [*found.messages, *placed], placed[-1]
    if unheard(record, pending):
        return tuple(new)
    # It is asked all the same, and what is wrong is said there.
    try:
        request = request_for(pending, record)
        request = request_to(request, pending.model or request.model)
        request = Fitting(thread, pending, context, record)(request, None)
        draft = getattr(find_provider(thread, request.model), "draft", None)
        text = found.requests.planned(pending, record, request, draft, vars(thread.policy))
    except EgoError:
        return tuple(new)
    except Exception as problem:
        logger.debug("What is about to be sent for a reply could not be recorded: %r.", problem)
        return tuple(new)
    return (*new[:-1], changed(pending, request=text))
