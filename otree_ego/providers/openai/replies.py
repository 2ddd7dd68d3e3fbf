"""What came of a request: a Reply, or the error that says why there is none, and what it teaches of the model."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from ...errors import (
    BadReply,
    BadRequest,
    CutByLength,
    EmptyReply,
    Overloaded,
    ProviderError,
    Refused,
    TimedOut,
    Unreachable,
)  # fmt: skip
from ...messages import Reply, Request, Usage
from ..faults import Endpoint, error_details, short
from ..prices import cost, note_told
from .dialect import FORM, LIMITS, refused_form, refused_parameter, schema_key, sent_params
from .learned import Learned
from .reasoning import EFFORT
from .shapes import learn_rules
from .sse import Reader

STREAM = (b"data:", b":", b"event:", b"id:", b"retry:")
"""How the lines of a stream begin."""

NOT_ABOUT_MESSAGES = (401, 402, 403, 429)
"""HTTP statuses that say nothing of the messages. Services that fill in a model's template refuse their shape with 400,
422 or 500, or inside of a stream."""


def reply_problem(reader: Reader, endpoint: Endpoint) -> ProviderError | None:
    """What is wrong with a reply that was read to its end, or None.

    Arguments:
        reader: what was read of it.
        endpoint: where the request went.
    """
    name, model = endpoint.service.name, endpoint.model
    kind: type[ProviderError]
    if not reader.ended:
        if reader.start and not reader.events and not reader.start.startswith(STREAM):
            start = reader.start.decode("utf-8", "replace")
            sentence = (
                f"what is at {endpoint.address} is no model's reply, but {start!r}: correct the address (base_url)."
            )
            return endpoint.error(BadReply, sentence)
        return connection_broken(endpoint, "", reader.text)
    if reader.finish_reason == "content_filter":
        kind, sentence = Refused, f"the content filter of {name} stopped the reply of {model!r}."
    elif reader.finish_reason == "error":
        kind, sentence = Overloaded, f"{name} reports that the reply of {model!r} failed on its side: try again later."
    elif reader.text.strip() and not reader.thinking:
        return None
    elif reader.refusal:
        kind, sentence = Refused, f"{model!r} at {name} declined to answer: {short(reader.refusal)}"
    elif reader.finish_reason == "length":
        kind, sentence = (
            CutByLength,
            f"{model!r} at {name} spent its whole budget of tokens before any text came (a reasoning model thinks "
            "first): raise max_tokens.",
        )
    else:
        kind, sentence = (
            EmptyReply,
            f"{model!r} at {name} sent a reply without text (finish_reason {reader.finish_reason!r}).",
        )
    text = reader.text or (reader.refusal if kind is Refused else "")
    return endpoint.error(kind, sentence, text=text, thoughts=reader.thoughts)


def learn_from(
    known: Learned, problem: ProviderError, error_body: Any, reader: Reader, body: dict[str, Any], request: Request
) -> bool:
    """Note what a problem says of the model; whether another form of the request is worth sending.

    Arguments:
        known: what is known of the model, to be added to.
        problem: what came of the request.
        error_body: what the service said with an HTTP error.
        reader: what was read of the reply.
        body: what was sent.
        request: what was asked.
    """
    if isinstance(problem, BadRequest) and problem.too_long:
        # A limit of the account's (HTTP 413, or so many tokens a minute) may be raised: it is not the model's own.
        known.context = problem.context if problem.context and problem.status not in (413, 429) else known.context
        return False
    if error_body is not None and problem.status not in NOT_ABOUT_MESSAGES and "messages" not in request.extra:
        details = error_details(error_body)
        words = details.get("words") or details["message"]
        if learn_rules(known.shape, words, body.get("messages", ()), request.messages, request.authors):
            return True
    if error_body is not None and problem.status in (400, 404, 422) and FORM in body and FORM not in request.extra:
        assert request.form is not None
        refused_whole = refused_form(error_details(error_body))
        if refused_whole == "schema":
            known.schemas.add(schema_key(request.form.schema))
        elif refused_whole:
            known.refused.add(FORM)
        if refused_whole:
            return True
    if error_body is not None and problem.status in (400, 422):
        if refused := refused_parameter(body, request.extra, error_details(error_body)):
            known.refuse(refused, request.params.get(EFFORT))
        return bool(refused)
    limited = any(name in body and name not in request.extra for name in LIMITS)
    if isinstance(problem, CutByLength) and limited and (reader.usage.reasoning != 0 or reader.thinking):
        known.room = True
        return True
    return False


def reply_of(
    read: list[Reader],
    body: dict[str, Any],
    request: Request,
    endpoint: Endpoint,
    price: Callable[..., float | None] = cost,
) -> Reply:
    """The Reply, with the tokens of all requests that were made for it: a budget spent on thinking was paid, too.

    Arguments:
        read: what was read of the replies, the good one last.
        body: what was sent. request: what was asked. endpoint: where it went.
        price: what its tokens cost, as `prices.cost`.
    """
    last = read[-1]
    usage = Usage(
        _sum([reader.usage.input for reader in read]),
        _sum([reader.usage.output for reader in read]),
        _sum([reader.usage.reasoning for reader in read]),
    )
    paid = _sum([reader.reported_cost for reader in read]) if endpoint.service.tells_cost else None
    if paid is not None:
        note_told(endpoint.service.name, endpoint.model, usage, paid)
    else:
        paid = price(endpoint.service.name, endpoint.model, usage, sum(reader.cached for reader in read))
    return Reply(
        text=last.text,
        model=last.model or endpoint.model,
        usage=usage,
        finish_reason=last.finish_reason or "stop",
        params=sent_params(body, request, endpoint.service),
        cost=paid,
        thoughts=last.thoughts,
    )


def connection_broken(endpoint: Endpoint, how: str, text: str) -> ProviderError:
    """The error for a connection that ended too early.

    Arguments:
        endpoint: where the request went.
        how: in brackets, what the transport said of it; may be empty.
        text: what had come of the reply.
    """
    return endpoint.error(
        Unreachable,
        f"the connection to {endpoint.service.name} at {endpoint.address} broke before the reply was whole{how}.",
        text=text,
    )


def not_connected(endpoint: Endpoint, connecting: str, limit: str) -> ProviderError:
    """The error for a connection that was not made in time.

    Arguments:
        endpoint: where to. connecting: what it was at, ``tcp`` or ``tls``. limit: in words, how long was waited.
    """
    name, address = endpoint.service.name, endpoint.address
    if connecting == "tls":
        sentence = (
            f"the TLS handshake with {name} at {address} did not come to its end {limit}: check that this port speaks "
            "https (http:// is for one that does not), and the network."
        )
    else:
        sentence = f"{name} could not be reached at {address} {limit}: check that it runs, the address and the network."
    return endpoint.error(TimedOut, sentence, sent=False)


def whole_body(problem: Exception) -> Any:
    """What an HTTP error of the SDK's holds; the SDK itself keeps only its ``error``, and drops what stands beside."""
    body, response = getattr(problem, "body", None), getattr(problem, "response", None)
    if response is None or not isinstance(body, str | dict):
        return body
    try:
        found = json.loads(response.content)
    except (ValueError, RecursionError):
        return body
    return found if isinstance(found, dict | list) else body


def _sum(counts: list[Any]) -> Any:
    known = [count for count in counts if count is not None]
    return sum(known) if known else None
