"""TextSynth, which speaks a protocol of its own: an engine in the address, and the talk as a list of plain texts."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncGenerator, Mapping
from dataclasses import replace
from importlib import import_module
from typing import Any
from urllib.parse import quote

from ..errors import BadReply, BadRequest, CutByLength, EmptyReply, ModelUnknown, ProviderError, TimedOut
from ..messages import Reply, Request, Usage, clean
from .faults import Endpoint, error_details, masked
from .openai.clients import leased
from .openai.deadline import Deadline, Late
from .openai.dialect import NOT_IN_FORCE
from .openai.provider import CONNECT, FIRST, OpenAICompatible, not_answered, sdk
from .prices import cost
from .services import Service

UNKNOWN = ("reasoning_effort", "verbosity")
"""Parameters that TextSynth has no word for: the data say that they were not in force."""


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
        # The SDK only carries this: connections, proxies and certificates are those of all other services.
        async with leased(loaded, endpoint, CONNECT) as client:
            try:
                answer = await deadline.wait(
                    client.post(
                        f"/engines/{quote(endpoint.model, safe='')}/chat",
                        cast_to=import_module("httpx2").Response,
                        body=body_of(request),
                    ),
                    FIRST,
                )
            except Late:
                raise endpoint.error(
                    TimedOut, f"{endpoint.model!r} at textsynth did not finish in time: raise the deadline."
                ) from None
            # The SDK lets errors of many kinds through from before anything is sent: JSON, headers, addresses.
            except Exception as problem:
                raise _explained(problem, endpoint) from None
        reply = read(answer.content, endpoint)
        if lost := {name: value for name in UNKNOWN if (value := request.params.get(name)) is not None}:
            kept = {name: value for name, value in request.params.items() if name not in lost}
            reply = replace(reply, params={**kept, NOT_IN_FORCE: lost})
        yield reply.text
        yield reply

    def warm(self) -> None:
        """Load the SDK."""
        sdk()


def body_of(request: Request) -> dict[str, Any]:
    """What TextSynth is sent: its texts take turns, the user's first, and system texts stand beside them.

    >>> talk = (("system", "Be brief."), ("user", "Hi"), ("assistant", "Hello."), ("user", "Well?"), ("user", "Go on."))
    >>> body_of(Request("textsynth/x", talk, params={"temperature": 1.0, "seed": None}))
    {'messages': ['Hi', 'Hello.', 'Well?\\n\\nGo on.'], 'system': 'Be brief.', 'temperature': 1.0}
    """
    system = [clean(text) for role, text in request.messages if role == "system"]
    texts: list[str] = []
    for role, text in request.messages:
        if role == "system":
            continue
        theirs = role == "assistant"
        if (len(texts) % 2 == 0) is theirs:
            if texts:
                texts[-1] += f"\n\n{clean(text)}"
                continue
            texts.append("")
        texts.append(clean(text))
    body: dict[str, Any] = {"messages": texts or [""]}
    if system:
        body["system"] = "\n\n".join(system)
    body.update({name: value for name, value in request.params.items() if value is not None and name not in UNKNOWN})
    body.update(request.extra)
    return body


def read(content: bytes, endpoint: Endpoint) -> Reply:
    """The Reply in a body that came with success.

    Arguments:
        content: the body.
        endpoint: where the request went.

    Raises:
        ProviderError: it is no reply, or has no text.
    """
    try:
        data: Any = json.loads(content)
    except ValueError:
        data = None
    if not isinstance(data, Mapping) or not isinstance(data.get("text"), str):
        start = masked(content[:80].decode("utf-8", "replace"), endpoint.key)
        raise endpoint.error(BadReply, f"what came from {endpoint.address} is not TextSynth's reply: {start!r}.")
    text = clean(data["text"])
    usage = Usage(_number(data.get("input_tokens")), _number(data.get("output_tokens")))
    reason = data.get("finish_reason") if isinstance(data.get("finish_reason"), str) else ""
    if not text.strip():
        if reason == "length":
            raise endpoint.error(
                CutByLength, f"{endpoint.model!r} at textsynth spent its tokens before any text came: raise max_tokens."
            )
        raise endpoint.error(EmptyReply, f"{endpoint.model!r} at textsynth sent a reply without text.")
    return Reply(
        text=text,
        model=endpoint.model,
        usage=usage,
        finish_reason=reason or "stop",
        cost=cost(endpoint.service.name, endpoint.model, usage),
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


def _number(value: Any) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) and value >= 0 else None
