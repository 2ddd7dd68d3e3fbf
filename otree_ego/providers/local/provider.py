"""The embedded model: a small real model on this machine, without a key.

``local/smollm2`` answers in a process of its own (see `server`) that speaks OpenAI's protocol. With one slot and
one thread, which is the default, the same messages with the same seed give the same text.

Settings in the environment: ``EGO_LOCAL_WEIGHTS`` (another GGUF file), ``EGO_LOCAL_SLOTS`` (replies at once, 1),
``EGO_LOCAL_THREADS`` (1), ``EGO_HOME`` (the folder in which the weights are kept).
"""

from __future__ import annotations

import asyncio
import http.client
import importlib.util
import os
import time
from collections.abc import AsyncGenerator, Mapping
from contextlib import aclosing
from dataclasses import replace
from pathlib import Path
from typing import Any

from ...errors import BadRequest, ConfigError, ContextExceeded, Overloaded, ProviderError, TimedOut, Unreachable
from ...grammars import REASONING
from ...messages import Reply, Request, Usage, Withdrawn
from ..openai.provider import OpenAICompatible
from ..secret import Secret
from ..services import Service, split_model
from .control_marks import without_control_marks
from .process import INSTALL, Child, launcher

MODEL = "smollm2"
MAX_TOKENS = 256
"""Tokens of a reply where no limit was asked for: small models ramble."""
FORM_TOKENS = 640
"""The same for an answer of a form, which ends by itself and is worth nothing if it is cut off."""
STEP = 8
"""Messages that are dropped together, so that what the model has read stays the beginning for some turns."""
FRAME = 8
"""Tokens around each message, at most."""


class Local:
    """Asks the embedded model; starts its process on the first request.

    Example:
        >>> Local().close()
    """

    def draft(self, request: Request) -> None:
        """See `Provider`: which messages fit, and where to, is known when the process runs."""

    def price(self, model: str, usage: Usage, cached: int = 0) -> float:
        """See `Provider`."""
        return 0.0

    async def stream(self, request: Request) -> AsyncGenerator[str | Withdrawn | Reply, None]:
        """The pieces as they come, then the Reply.

        The oldest messages that do not fit into the model's context are left out, system messages never; the Reply's
        params then say how many in ``dropped_messages``. A request that wants to be sent whole is not sent.

        Raises:
            ConfigError: no such model, or something is missing on this machine.
            BadRequest: the last message alone is too long. ContextExceeded: a whole request is.
            Overloaded: the process died or hung, also after it was started again.
            ProviderError: no usable reply came.
        """
        check_local(split_model(request.model)[1])
        end = None if request.deadline is None else time.monotonic() + request.deadline
        came: list[str] = []
        for last_try in (False, True):
            child = await _child(request, end)
            try:
                with child.pulse.waiting():
                    async with aclosing(_ask(child, request, end)) as parts:
                        async for part in parts:
                            if isinstance(part, str):
                                came.append(part)
                            yield part
                return
            except (Unreachable, OSError, http.client.HTTPException) as problem:
                if not await asyncio.to_thread(child.ended, 1.0):
                    raise _overloaded(
                        request, f"The embedded model's server does not answer ({problem})", came
                    ) from problem
                if last_try or came:
                    raise _overloaded(request, child.end_report(), came) from problem

    def check(self, model: str) -> None:
        """See that the embedded model can run under this name; see `check_local`."""
        check_local(model)

    def close(self) -> None:
        """End the model's process; the next request starts another. Done by itself when Python ends."""
        launcher.close()


def check_local(name: str) -> None:
    """See, without starting anything, that the embedded model can run under this name.

    Arguments:
        name: what stands after ``local/``: ``smollm2``, or the file in EGO_LOCAL_WEIGHTS without ``.gguf``.

    Raises:
        ConfigError: it cannot; the message says what to do.
    """
    own = os.environ.get("EGO_LOCAL_WEIGHTS", "").strip()
    if own and not Path(own).expanduser().is_file():
        raise ConfigError(f"EGO_LOCAL_WEIGHTS names {own}, and there is no such file: it takes the path of a GGUF file")
    known = [MODEL, *([Path(own).stem] if own else [])]
    if name not in known:
        raise ConfigError(
            f"there is no embedded model {name!r}: there is local/{' and local/'.join(known)}; for another one set "
            "EGO_LOCAL_WEIGHTS to the path of a GGUF file"
        )
    if importlib.util.find_spec("xllamacpp") is None:
        raise ConfigError(f"the embedded model local/{name} needs the package xllamacpp: {INSTALL}")


class _Served(OpenAICompatible):
    """The child as one more OpenAI-compatible service, with a key that only this process and the child know."""

    def __init__(self, child: Child) -> None:
        super().__init__(Service("local", f"{child.address}/v1", free=True, reasoning=""))
        self._secret = Secret(child.key)

    def _key(self, request: Request) -> Secret | None:
        return self._secret


async def _child(request: Request, end: float | None) -> Child:
    # Others wait for the same start: giving up here does not cancel it.
    start = asyncio.wrap_future(launcher.get())
    try:
        return await asyncio.wait_for(start, None if end is None else end - time.monotonic())
    except asyncio.TimeoutError:
        raise TimedOut(
            f"{request.model} is still being fetched or started: try again", service="local", model=request.model
        ) from None
    except ProviderError as problem:
        problem.model = request.model
        raise


async def _ask(child: Child, request: Request, end: float | None) -> AsyncGenerator[str | Withdrawn | Reply, None]:
    usual = MAX_TOKENS if request.form is None else FORM_TOKENS
    params: dict[str, Any] = {**request.params, "max_tokens": request.params.get("max_tokens") or usual}
    plain, marks = without_control_marks(request.messages)
    messages = await _fitted(child, replace(request, messages=plain) if marks else request, params["max_tokens"])
    extra = dict(request.extra)
    if params.get("seed") is not None:
        # What was read before is computed in other batches, and rounds differently.
        extra.setdefault("cache_prompt", False)
    form = request.form
    if form is not None and ("grammar" in extra or "response_format" in extra):
        form = None
    elif form is not None and form.grammar:
        extra["grammar"], form = form.grammar, None
    elif form is not None:
        form = replace(form, schema=_with_short_reasoning(form.schema))
    left = None if end is None else max(0.001, end - time.monotonic())
    sent = replace(
        request, messages=messages, params=params, extra=extra, deadline=left, base_url="", thread_id="", form=form
    )
    async with aclosing(_Served(child).stream(sent)) as parts:
        async for part in parts:
            yield _with_sent_params(part, request, sent, marks) if isinstance(part, Reply) else part


def _with_short_reasoning(schema: Mapping[str, Any]) -> dict[str, Any]:
    """The schema with reasoning of limited length: a small model would not come to an end of it."""
    fields = dict(schema.get("properties", {}))
    if "reasoning" in fields:
        fields["reasoning"] = {**fields["reasoning"], "minLength": 1, "maxLength": REASONING}
    return {**schema, "properties": fields}


def _with_sent_params(reply: Reply, asked: Request, sent: Request, marks: int) -> Reply:
    """The reply with the parameters as they were sent, where they are not those that were asked for."""
    params = dict(reply.params if reply.params is not None else sent.params)
    if dropped := len(asked.messages) - len(sent.messages):
        params["dropped_messages"] = dropped
    if marks:
        params["control_marks"] = marks
    if asked.form is not None and asked.form.grammar and sent.extra.get("grammar") == asked.form.grammar:
        params["constrained"] = "grammar"
    return replace(reply, params=None if params == dict(asked.params) else params)


async def _fitted(child: Child, request: Request, max_tokens: int) -> tuple[tuple[str, str], ...]:
    room = child.context - min(max_tokens, child.context // 2) - 4 * FRAME
    # A token is at least one byte, so most conversations need no counting.
    if sum(len(text.encode()) + FRAME for _, text in request.messages) <= room:
        return request.messages
    return await asyncio.to_thread(_fit, child, request, room)


def _fit(child: Child, request: Request, room: int) -> tuple[tuple[str, str], ...]:
    system = sum(child.tokens(text) + FRAME for role, text in request.messages if role == "system")
    others = [at for at, (role, _) in enumerate(request.messages) if role != "system"]
    used, kept = system, 0
    for at in reversed(others):
        used += child.tokens(request.messages[at][1]) + FRAME
        if used > room:
            break
        kept += 1
    if not kept:
        raise _too_long(child, request, system, room)
    dropped = len(others) - kept
    if dropped and request.whole:
        sizes = [len(request.messages[at][1].encode()) + FRAME for at in others]
        asked = system + round((used - system) * sum(sizes) / sum(sizes[dropped - 1 :]))
        raise ContextExceeded(
            f"this conversation has {asked} tokens, and the context of {request.model} has room for {room} beside the "
            "reply",
            service="local",
            model=request.model,
            context=child.context,
            asked=asked,
        )
    if dropped:
        step = max(1, min(STEP, kept // 2))
        dropped = min(-(-dropped // step) * step, len(others) - 1)
        while dropped < len(others) - 1 and request.messages[others[dropped]][0] != "user":
            dropped += 1
    gone = set(others[:dropped])
    return tuple(message for at, message in enumerate(request.messages) if at not in gone)


def _too_long(child: Child, request: Request, system: int, room: int) -> BadRequest:
    last = next((text for role, text in reversed(request.messages) if role != "system"), "")
    most = max(0, room - system - FRAME)
    return BadRequest(
        f"the message of {len(last)} characters ({child.tokens(last)} tokens) is too long for {request.model}: "
        f"beside the system prompt and the reply there is room for {most} tokens, some {most * 4} characters",
        service="local",
        model=request.model,
        too_long=True,
        context=child.context,
    )


def _overloaded(request: Request, sentence: str, came: list[str]) -> Overloaded:
    return Overloaded(sentence, service="local", model=request.model, text="".join(came))
