"""FakeService: a model's service on the loopback, in the OpenAI protocol's real wire format, that fails on demand."""

from __future__ import annotations

import asyncio
import json
import threading
import uuid
from types import TracebackType
from typing import Any

from . import wire
from .batch_service import Batches, Sent
from .controls import FAULTS, WIRE_FAULTS, Controls, Received
from .exact import Exact
from .http import Call, Connection
from .templates import refusal


class FakeService(Controls):
    """A model's service in this process, over real HTTP on 127.0.0.1, in its own thread.

    Arguments:
        port: 0 takes a free one; it is kept when the service is stopped and started again.

    Attributes to set at any time:
        reply: a text; a list (one after the other, the last repeats); or a function of the request's body.
        delay, pace: seconds before the first token, and between tokens (a token is a word).
        refuse: names of parameters that get HTTP 400, as reasoning models refuse ``max_tokens``.
        template: refuse messages as the chat template of ``gemma``, ``mistral`` or ``qwen`` does, or ``user_last`` as
            Mistral's own service; empty takes all.
        reasoning_tokens: how many tokens of the budget are spent on thinking before the first word.
        key: when set, every other key gets HTTP 401, and the key that was sent stands in the error's text.
        models: when set, every other model gets HTTP 404.
        listed: when set, the models in its list, which need not be those that it answers for.
        context_tokens: when set, the tokens (words) that a request and the reply it allows may have; more gets HTTP
            400.
        context_listed: whether the list of models says so, as vLLM's does.
        context_error: what that 400 says; empty: OpenAI's words.
        answers_as: name of the model in the replies; empty: the one that was asked for.
        batches: whether there is a Batch API (``/v1/files``, ``/v1/batches``); its lines are answered by `reply`, too.
        batch_polls: how many looks at a batch find it still under way; -1: all, until this is set to another number.
        batch_fate: how batches end: ``completed``; ``expired`` or ``cancelled`` (half of the lines are answered);
            ``failed`` (the queue is full).
        batch_fail: which lines fail: a dict by ``custom_id``, or a function of a line's body. Its values are an HTTP
            status, a status with a text, or one of ``empty``, ``length``, ``content_filter``, ``refusal`` (as in
            `fault`), ``timeout``, ``malformed``, ``missing``, ``twice``, ``stray`` (under an unknown custom_id).
        batch_shuffled: whether the lines of the output are in another order than those of the input.

    Example:
        >>> with FakeService() as service:
        ...     service.reply = ["Good morning.", "Good night."]
        ...     service.fail(503, times=2)
        ...     len(service.requests)
        0
    """

    def __init__(self, port: int = 0) -> None:
        super().__init__()
        self.port = port
        self._members: set[Connection] = set()
        self._batch_api = Batches(self, self._line)
        self._thread: threading.Thread | None = None

    @property
    def base_url(self) -> str:
        """The address to give as a service's ``base_url``."""
        return f"http://127.0.0.1:{self.port}/v1"

    def __enter__(self) -> FakeService:
        return self.start()

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def start(self) -> FakeService:
        """Begin to serve; returns itself. `with` does it for you."""
        ready = threading.Event()
        problem: list[BaseException] = []
        self._thread = threading.Thread(target=self._run, args=(ready, problem), name="FakeService", daemon=True)
        self._thread.start()
        ready.wait()
        if problem:
            raise problem[0]
        return self

    def stop(self) -> None:
        """Hang up on everyone and free the port."""
        if self._loop is not None and self._thread is not None:
            self._loop.call_soon_threadsafe(self._loop.stop)
            self._thread.join()
            self._loop = self._thread = None

    def _run(self, ready: threading.Event, problem: list[BaseException]) -> None:
        loop = asyncio.new_event_loop()
        try:
            self._turn = asyncio.Event()
            make = loop.create_server(
                lambda: Connection(self._answer, self._members), "127.0.0.1", self.port, backlog=1024
            )
            server = loop.run_until_complete(make)
            self.port = server.sockets[0].getsockname()[1]
            self._loop = loop
            ready.set()
            loop.run_forever()
            # Closing comes last: asyncio leaves a connection open that it accepts at a closed server.
            loop.remove_reader(server.sockets[0].fileno())
            loop.run_until_complete(self._hang_up())
            server.close()
        except OSError as err:
            problem.append(err)
        finally:
            loop.close()
            ready.set()

    async def _hang_up(self) -> None:
        for _ in range(3):
            await asyncio.sleep(0)  # a connection that was accepted just now becomes a member
        for member in list(self._members):
            member.close()
        while tasks := [task for task in asyncio.all_tasks() if task is not asyncio.current_task()]:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
        await asyncio.sleep(0)

    async def _answer(self, call: Call, to: Connection) -> None:
        if call.path == "/control":
            self._control(call, to)
            return
        try:
            body = json.loads(call.body) if call.body else None
        except ValueError:
            body = None
        listing = call.method == "GET" and call.path == "/v1/models"
        if not listing:  # it is asked for by the by, whenever a server starts
            self.requests.append(Received(call.path, call.headers, body, call.body))
        chat = call.method == "POST" and call.path == "/v1/chat/completions"
        queue = self.batches and call.path.startswith(("/v1/files", "/v1/batches"))
        trouble = self._next_trouble(call.path, FAULTS if chat else WIRE_FAULTS if queue else ())
        fault = trouble.what if trouble and isinstance(trouble.what, str) else ""
        if fault == "drop_before":
            to.reset()
        elif trouble is not None and isinstance(trouble.what, Exact):
            await self._exactly(trouble.what, to)
        elif trouble is not None and isinstance(trouble.what, int):
            after = {} if trouble.retry_after is None else {"Retry-After": f"{trouble.retry_after:g}"}
            to.json(trouble.what, wire.status_error(trouble.what, trouble.message), after)
        elif (refusal := self._refusal(call)) is not None or (chat and (refusal := self._complaint(body)) is not None):
            to.json(*refusal)
        elif chat and body is not None:
            await self._chat(body, to, fault)
        elif listing:
            names = sorted(self.models or ("gpt-6-luna",) if self.listed is None else self.listed)
            rows = [
                {"id": name, "object": "model", "created": 1700000000, "owned_by": "fake",
                 "shutdown_date": self.endings.get(name),
                 **({"max_model_len": self.context_tokens} if self.context_listed else {})}
                for name in names
            ]  # fmt: skip
            to.json(200, {"object": "list", "data": rows})
        elif (sent := self._batch_api.respond(call)) is not None:
            await self._send(sent, to, fault)
        else:
            to.json(404, wire.error(f"Invalid URL ({call.method} {call.path})", "invalid_request_error"))

    def _refusal(self, call: Call) -> tuple[int, dict[str, Any]] | None:
        sent = call.headers.get("authorization", "").removeprefix("Bearer ").strip()
        if self.key is not None and sent != self.key:
            # Some services print the key that they refuse: whoever records errors must be ready for it.
            text = f"Incorrect API key provided: {sent}."
            return 401, wire.error(text, "invalid_request_error", "invalid_api_key")
        return None

    def _complaint(self, body: Any) -> tuple[int, dict[str, Any]] | None:
        kind = "invalid_request_error"
        if wrong := wire.complaint(body):
            return 400, wire.error(wrong, kind)
        if self.models is not None and body["model"] not in self.models:
            text = f"The model `{body['model']}` does not exist or you do not have access to it."
            return 404, wire.error(text, kind, "model_not_found")
        if words := refusal(self.template, [str(message.get("role")) for message in body["messages"]]):
            return 400, wire.error(words, "BadRequestError")
        if (too_long := wire.too_long(body, self.context_tokens, self.context_error)) is not None:
            return 400, too_long
        for param in self.refuse:
            if param in body and not (param == "temperature" and body[param] == 1):
                return 400, wire.unsupported(param, body[param])
        return None

    def _line(self, body: dict[str, Any], fault: str) -> tuple[int, dict[str, Any]]:
        """The reply to one line of a batch."""
        if (refusal := self._complaint(body)) is not None:
            return refusal
        try:
            return 200, self._compose(body, fault).whole()
        except Exception as err:  # As in `_chat`: the function of the test's author may raise anything.
            return 500, wire.status_error(500, f"The reply of the fake service raised {err!r}")

    def _compose(self, body: dict[str, Any], fault: str) -> wire.Answer:
        pieces = wire.pieces_of(wire.cut(self._next_reply(body), body.get("stop")))
        prompt = wire.prompt_tokens(body)
        name = self.answers_as or body["model"]
        answer = wire.Answer(f"chatcmpl-{uuid.uuid4().hex}", name, pieces, "stop", prompt, self.reasoning_tokens)
        reason, refusal, thinking = "stop", None, self.reasoning_tokens
        budget = body.get("max_completion_tokens", body.get("max_tokens"))
        if budget is not None and len(pieces) + thinking > budget:
            thinking = min(thinking, budget)
            pieces, reason = pieces[: budget - thinking], "length"
        if fault == "empty":
            pieces = ()
        elif fault == "refusal":
            pieces, refusal = (), "I cannot help with that."
        elif fault in ("length", "content_filter"):
            pieces, reason = pieces[: answer.middle], fault
        return wire.Answer(answer.id, name, pieces, reason, prompt, thinking, refusal)

    async def _chat(self, body: dict[str, Any], to: Connection, fault: str) -> None:
        try:
            answer = self._compose(body, fault)
        except Exception as err:  # The reply is a function of the test's author: its error is shown, as a status.
            to.json(500, wire.status_error(500, f"The reply of the fake service raised {err!r}"))
            return
        try:
            await asyncio.sleep(self.delay)
            if body.get("stream"):
                await self._stream(answer, to, fault, bool((body.get("stream_options") or {}).get("include_usage")))
            else:
                await self._whole(answer, to, fault)
        except asyncio.CancelledError:
            self.hangups += 1
            raise

    async def _stream(self, answer: wire.Answer, to: Connection, fault: str, with_usage: bool) -> None:
        to.head(200, {"Content-Type": "text/event-stream; charset=utf-8", "Transfer-Encoding": "chunked"})
        to.chunk(answer.opening(with_usage))
        if not answer.pieces:
            await self._middle(fault)
        for at, event in enumerate(answer.words(with_usage), start=1):
            to.chunk(event)
            if at == answer.middle:
                await self._middle(fault)
                if fault == "drop_mid":
                    to.close()
                    return
                if fault == "malformed":
                    to.chunk(b'data: {"id": "chatcmpl-, "choices": [{"delta"\n\n')
                    break
            await asyncio.sleep(self.pace)
        to.chunk(answer.closing(with_usage))
        to.chunk(b"")

    async def _whole(self, answer: wire.Answer, to: Connection, fault: str) -> None:
        await asyncio.sleep(self.pace * len(answer.pieces))
        await self._send((200, json.dumps(answer.whole()).encode(), "application/json"), to, fault)

    async def _send(self, sent: Sent, to: Connection, fault: str) -> None:
        status, data, kind = sent
        if fault in ("drop_mid", "stall"):
            to.head(status, {"Content-Type": kind, "Content-Length": str(len(data))})
            to.write(data[: len(data) // 2])
            await self._middle(fault)
            to.write(data[len(data) // 2 :]) if fault == "stall" else to.close()
            return
        await self._middle(fault)
        to.whole(status, data[: len(data) // 2] if fault == "malformed" else data, {"Content-Type": kind})

    async def _exactly(self, exact: Exact, to: Connection) -> None:
        to.head(exact.status, exact.head)
        try:
            for part in exact.parts:
                if part is ...:
                    await self._middle("stall")
                elif isinstance(part, bytes | str):
                    data = part.encode() if isinstance(part, str) else part
                    to.chunk(data) if exact.chunked and data else to.write(data)
                    await asyncio.sleep(0)
                else:
                    await asyncio.sleep(float(part))
        except asyncio.CancelledError:
            self.hangups += 1
            raise
        if exact.hang_up:
            to.close()
        elif exact.chunked:
            to.chunk(b"")

    def _control(self, call: Call, to: Connection) -> None:
        """POST /control: the same for another process; always answers with the service's state."""
        try:
            to.json(200, self.carry_out(json.loads(call.body) if call.body else {}))
        except (ValueError, TypeError, AttributeError) as err:
            to.json(400, {"error": str(err)})
