"""TextSynth, which speaks a protocol of its own: an engine in the address, and the talk as a list of plain texts."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Callable, Mapping
from contextlib import aclosing
from dataclasses import replace
from importlib import import_module
from typing import Any
from urllib.parse import quote

from ..errors import BadReply, BadRequest, CutByLength, EmptyReply, ModelUnknown, ProviderError, TimedOut
from ..loops import in_thread
from ..messages import Reply, Request, SentBody, Usage, clean
from .faults import Endpoint, error_details, masked
from .large_json import Rest, loads, no_rest
from .openai.clients import LeasedClient
from .openai.deadline import Deadline, Late
from .openai.dialect import NOT_IN_FORCE, SHAPE
from .openai.provider import CONNECT, FIRST, OpenAICompatible, not_answered, sdk
from .openai.replies import connection_broken
from .openai.shapes import ALTERNATE, USER_LAST, shaped, words_of
from .openai.sse import LARGE, PART
from .prices import cost, model_cost
from .reply_fields import KeyMask, count, word
from .sent_bodies import note_sent, sent_body
from .services import Service
from .size_limits import EVENT_BYTES, REASON, TEXT
from .thoughts import Splitter

UNKNOWN = ("reasoning_effort", "verbosity")
"""Parameters that TextSynth has no word for: the data say that they were not in force."""
TURNS = (ALTERNATE, USER_LAST)
"""It is sent texts without roles, so whose turn it is must be clear from their places."""


class TextSynth:
    """Asks the engines of TextSynth, or of a server of one's own that speaks like it.

    Arguments:
        service: the service's row.
    """

    def __init__(self, service: Service) -> None:
        self.service = service

    async def stream(self, request: Request) -> AsyncGenerator[str | Reply, None]:
        """The whole text as one piece, then the Reply.

        Raises:
            ProviderError: no usable reply came; the subclass says why.
            KeyMissing: the service wants a key and none was found.
        """
        deadline = Deadline(request.deadline)
        endpoint = OpenAICompatible(self.service).endpoint(request)
        loaded = await asyncio.to_thread(sdk)
        body = body_of(request)
        note_sent(request, endpoint, body)
        # The SDK only carries this: connections, proxies and certificates are those of all other services.
        async with LeasedClient(loaded, endpoint, CONNECT) as client:
            try:
                answer = await deadline.wait(
                    client.post(
                        f"/engines/{quote(endpoint.model, safe='')}/chat",
                        cast_to=import_module("httpx2").Response,
                        body=body,
                        stream=True,
                        stream_cls=loaded.AsyncStream,
                    ),
                    FIRST,
                )
                content = await deadline.wait(_content(answer, endpoint), FIRST)
            except Late:
                raise endpoint.error(
                    TimedOut,
                    f"{endpoint.model!r} at textsynth did not finish {request.time_limit}: raise the deadline.",
                ) from None
            except ProviderError:
                raise
            # The SDK lets errors of many kinds through from before anything is sent: JSON, headers, addresses.
            except Exception as problem:
                raise _explained(problem, endpoint) from None
        if len(content) > LARGE:
            reply = await in_thread(lambda: read(content, endpoint, request.thoughts_in_text, Rest()))
        else:
            reply = read(content, endpoint, request.thoughts_in_text)
        yield reply.text
        yield replace(reply, params=sent_params(request))

    def draft(self, request: Request) -> SentBody:
        """See `Provider`."""
        return sent_body(OpenAICompatible(self.service).endpoint(request), body_of(request))

    def price(self, model: str, usage: Usage, cached: int = 0) -> float | None:
        """See `Provider`."""
        return model_cost(model, usage, cached)

    def warm(self) -> None:
        """Load the SDK."""
        sdk()


async def _content(answer: Any, endpoint: Endpoint) -> bytes:
    """What came, and a byte more than is taken where it is too much."""
    data = bytearray()
    try:
        async with aclosing(answer.aiter_bytes()) as parts:
            async for part in parts:
                data += part
                if len(data) > EVENT_BYTES:
                    break
                await asyncio.sleep(0)
    except Exception as problem:  # As in a live reply: what the transport raises here is a broken connection.
        raise connection_broken(endpoint, f" ({type(problem).__name__})", "") from None
    finally:
        await answer.aclose()
    return bytes(data)


def body_of(request: Request) -> dict[str, Any]:
    """What TextSynth is sent: its texts take turns, the user's first, and system texts stand beside them.

    >>> talk = (("system", "Be brief."), ("user", "Hi"), ("assistant", "Hello."), ("user", "Well?"), ("user", "Go on."))
    >>> body_of(Request("textsynth/x", talk, params={"temperature": 1.0, "seed": None}))
    {'messages': ['Hi', 'Hello.', 'Well?\\n\\nGo on.'], 'system': 'Be brief.', 'temperature': 1.0}
    """
    system = [clean(text) for role, text in request.messages if role == "system"]
    texts = [turn["content"] for turn in _turns(request)]
    body: dict[str, Any] = {"messages": texts or [""]}
    if system:
        body["system"] = "\n\n".join(system)
    body.update({name: value for name, value in request.params.items() if value is not None and name not in UNKNOWN})
    body.update(request.extra)
    return body


def _turns(request: Request) -> list[dict[str, Any]]:
    """The user's and the model's turns, by turns, the user's first."""
    said = [at for at, (role, _) in enumerate(request.messages) if role != "system"]
    authors = [request.authors[at] for at in said] if request.authors else ()
    turns = shaped([request.messages[at] for at in said], TURNS, authors)
    return [{"role": "user", "content": ""}, *turns] if turns[:1] and turns[0]["role"] == "assistant" else turns


def sent_params(request: Request) -> dict[str, Any] | None:
    """The parameters in force, or None where they are just those that were asked for; see `dialect.sent_params`."""
    asked = {name: value for name, value in request.params.items() if value is not None}
    sent: dict[str, Any] = {name: value for name, value in asked.items() if name not in UNKNOWN}
    if len(sent) < len(asked):
        sent[NOT_IN_FORCE] = {name: value for name, value in asked.items() if name in UNKNOWN}
    said = [message for message in request.messages if message[0] != "system"]
    if "messages" not in request.extra and (shape := words_of(said, _turns(request))):
        sent[SHAPE] = shape
    return None if sent == asked else sent


def read(content: bytes, endpoint: Endpoint, in_text: bool = False, pause: Callable[[], None] = no_rest) -> Reply:
    """The Reply in a body that came with success.

    Arguments:
        content: the body.
        endpoint: where the request went.
        in_text: whether thoughts stay in the text.
        pause: called between the steps of long work.

    Raises:
        ProviderError: it is no reply, or has no text.
    """
    if len(content) > EVENT_BYTES:
        raise endpoint.error(BadReply, f"the reply of textsynth has more than {EVENT_BYTES} bytes.", retryable=False)
    try:
        data: Any = loads(content.decode().strip(), pause)
    except (ValueError, RecursionError):
        data = None
    if not isinstance(data, Mapping) or not isinstance(data.get("text"), str):
        start = masked(content[:80].decode("utf-8", "replace"), endpoint.key)
        raise endpoint.error(BadReply, f"what came from {endpoint.address} is not TextSynth's reply: {start!r}.")
    if len(data["text"]) > TEXT:
        raise endpoint.error(BadReply, f"the reply of textsynth has more than {TEXT} characters.", retryable=False)
    mask = KeyMask(endpoint.key)
    text, told = clean(data["text"]), ""
    usage = Usage(count(data.get("input_tokens")), count(data.get("output_tokens")))
    reason = mask.whole(word(data.get("finish_reason"), REASON))
    splitter = Splitter()
    if not (in_text or endpoint.service.thoughts_in_text):
        for at in range(0, len(text), PART):
            splitter.feed(text[at : at + PART])
            pause()
        splitter.end(reason == "length")
        text, told = splitter.text, mask.whole(splitter.thoughts)
    text = mask.whole(text)
    if not text.strip():
        kind: type[ProviderError] = EmptyReply
        why = "sent a reply without text."
        if reason == "length":
            kind, why = CutByLength, "spent its tokens before any text came: raise max_tokens."
        raise endpoint.error(kind, f"{endpoint.model!r} at textsynth {why}", thoughts=told)
    return Reply(
        text=text,
        model=endpoint.model,
        usage=usage,
        finish_reason=reason or "stop",
        cost=cost(endpoint.service.name, endpoint.model, usage),
        thoughts=told,
    )


def _explained(problem: Exception, endpoint: Endpoint) -> ProviderError:
    """As other services' errors are, but an engine that is not there is no wrong address."""
    error = not_answered(problem, endpoint)
    message = error_details(getattr(problem, "body", None))["message"]
    quoted = f" It said: {message}" if message else ""
    if isinstance(error, ModelUnknown) or (isinstance(error, BadRequest) and "engine" in message.lower()):
        return endpoint.error(
            ModelUnknown,
            f"textsynth has no engine {endpoint.model!r} at {endpoint.address}: check its name in TextSynth's "
            f"documentation.{quoted}",
            status=error.status,
        )
    return error
