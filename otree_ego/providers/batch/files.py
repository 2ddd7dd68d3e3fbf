"""The files of a batch: the lines that go in, and what is read from those that come out."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from typing import IO, Any

from ...errors import BadReply, BadRequest, ConfigError, Interrupted, ProviderError, TimedOut
from ...messages import Reply, Request, Usage
from ..faults import Endpoint, error_details, from_status, from_stream
from ..openai.dialect import build
from ..openai.learned import Learned
from ..openai.replies import learn_from, reply_of, reply_problem
from ..openai.sse import ErrorInside, Malformed, Reader
from ..prices import cost, load_prices
from ..reply_fields import KeyMask
from ..sent_bodies import note_sent
from ..services import find_service
from ..size_limits import EVENT_BYTES
from ..thoughts import Splitter

ENDPOINT = "/v1/chat/completions"
MAX_REQUESTS = 50_000
"""Requests in one file, at most."""
MAX_BYTES = 200_000_000
"""Bytes of one file, at most."""

Asked = tuple[str, Request]


def body_of(request: Request, endpoint: Endpoint, known: Learned) -> dict[str, Any]:
    """What is sent for a request in a batch: as live, but never streamed."""
    body = build(replace(request, stream=False), endpoint.service, endpoint.address, endpoint.model, known)
    return {name: value for name, value in body.items() if name not in ("stream", "stream_options")}


def line_of(custom_id: str, request: Request, endpoint: Endpoint, known: Learned) -> bytes:
    """One line of an input file.

    Raises:
        BadRequest: the parameters are not JSON, or the request alone is larger than a file may be.
    """
    body = body_of(request, endpoint, known)
    name = endpoint.service.name
    try:
        value = {"custom_id": custom_id, "method": "POST", "url": ENDPOINT, "body": body}
        line = json.dumps(value, allow_nan=False).encode() + b"\n"
    except (TypeError, ValueError, RecursionError) as problem:
        raise endpoint.error(
            BadRequest,
            f"the request {custom_id!r} for {name} is not JSON ({problem}): params and extra take what JSON can hold.",
        ) from None
    if len(line) > MAX_BYTES:
        raise endpoint.error(
            BadRequest,
            f"the request {custom_id!r} for {name} has {len(line)} bytes; a file of a batch takes {MAX_BYTES}: "
            "shorten its messages.",
        )
    return line


def files_of(requests: Iterable[Asked], endpoint: Endpoint, known: Learned) -> Iterator[tuple[list[Asked], bytes]]:
    """The requests in files that fit, each with what is in it.

    Raises:
        BadRequest: as `line_of`.
    """
    part: list[Asked] = []
    lines: list[bytes] = []
    size = 0
    for custom_id, request in requests:
        line = line_of(custom_id, request, endpoint, known)
        if part and (len(part) == MAX_REQUESTS or size + len(line) > MAX_BYTES):
            yield part, b"".join(lines)
            part, lines, size = [], [], 0
        part.append((custom_id, request))
        lines.append(line)
        size += len(line)
    if part:
        yield part, b"".join(lines)


def checked(requests: Iterable[Asked], model: str, base_url: str) -> list[Asked]:
    """The requests, if one queue can take them.

    Raises:
        ConfigError: there are none, two have one custom_id, or one is for another model or address.
    """
    listed = list(requests)
    names = [custom_id for custom_id, _ in listed]
    if not listed:
        raise ConfigError("a batch needs at least one request")
    if not all(isinstance(name, str) and name for name in names):
        raise ConfigError("every request of a batch needs a custom_id: a text that is not empty")
    if len(set(names)) < len(names):
        twice = next(name for name in names if names.count(name) > 1)
        raise ConfigError(f"two requests of the batch have the custom_id {twice!r}: answers are told apart by it")
    for name, request in listed:
        if request.model != model or request.base_url != base_url:
            place = f" at {request.base_url}" if request.base_url else ""
            raise ConfigError(
                f"the request {name!r} is for {request.model!r}{place}, the queue for {model!r}: "
                "all requests of a batch go to one model, so make a queue for each"
            )
    return listed


class Answers:
    """Reads the lines of output and error files.

    Arguments:
        endpoint: which queue.
        known: what was known of the model when the batch was made.
        learning: what is known of it now, to be added to.
        asked: the requests by custom_id; None takes every custom_id that comes.

    Fields:
        useless: why lines could not be used, with counts.
    """

    def __init__(
        self, endpoint: Endpoint, known: Learned, learning: Learned, asked: Mapping[str, Request] | None = None
    ) -> None:
        self._endpoint, self._known, self._learning, self._asked = endpoint, known, learning, asked
        self._done: set[str] = set()
        self._errors: dict[str, ProviderError] = {}
        self.useless: dict[str, int] = {}

    def take(self, line: bytes) -> tuple[str, Reply] | None:
        """The custom_id and Reply of a line; None if it holds an error (kept for `rest`) or nothing of use."""
        if not line.strip():
            return None
        try:
            value = json.loads(line)
        except (ValueError, RecursionError):
            value = None
        name = value.get("custom_id") if isinstance(value, dict) else None
        if not isinstance(name, str) or KeyMask(self._endpoint.key).holds(name):
            self._drop("not a line of the protocol")
            return None
        if self._asked is not None and name not in self._asked:
            self._drop("a custom_id that was not asked")
            return None
        if name in self._done:
            self._drop("a custom_id that was answered already")
            return None
        answer = self._answer(value, (self._asked or {}).get(name))
        if isinstance(answer, ProviderError):
            self._errors.setdefault(name, answer)
            return None
        self._done.add(name)
        return name, answer

    def rest(self, status: str) -> Iterator[tuple[str, ProviderError]]:
        """The errors of all custom_ids without a Reply; `status` is the batch's, in the service's word."""
        for name, problem in self._errors.items():
            if name not in self._done:
                yield name, problem
        for name in self._asked or ():
            if name not in self._done and name not in self._errors:
                yield name, self._absent(status)

    def _drop(self, why: str) -> None:
        self.useless[why] = self.useless.get(why, 0) + 1

    def _answer(self, value: Mapping[str, Any], asked: Request | None) -> Reply | ProviderError:
        endpoint = self._endpoint
        request = asked or Request(endpoint.model, ())
        in_text = request.thoughts_in_text or endpoint.service.thoughts_in_text
        reader = Reader(endpoint.key, None if in_text else Splitter())
        body = body_of(asked, endpoint, self._known) if asked else {}
        if asked is not None:
            note_sent(asked, endpoint, body, reader)
        response, error = value.get("response"), value.get("error")
        error_body: Any = None
        if isinstance(response, dict):
            error_body = response.get("body")
            status = response.get("status_code", 200)
            if isinstance(status, int) and status // 100 != 2:
                problem: ProviderError | None = from_status(endpoint, status, {}, error_body)
            else:
                problem = _read(reader, error_body, endpoint)
                error_body = None
        elif error:
            problem = self._undone(error)
        else:
            problem = endpoint.error(
                BadReply, f"{endpoint.service.name} gave a line with neither a response nor an error."
            )
        if problem is None:
            return reply_of([reader], body, request, endpoint, batch_cost)
        if asked is not None and learn_from(self._learning, problem, error_body, reader, body, request):
            # The next batch is written in the form that was learned, so this request is worth another try.
            problem.retryable = True
        return problem

    def _undone(self, error: Any) -> ProviderError:
        """The error for a request that the service did not get to, or gave up."""
        details = error_details(error)
        words = f" It said: {details['message']}" if details["message"] else ""
        if details.get("code") == "batch_cancelled":
            return self._endpoint.error(Interrupted, f"the batch was cancelled before this request's turn.{words}")
        if details.get("code") in ("batch_expired", "request_timeout"):
            name = self._endpoint.service.name
            return self._endpoint.error(
                TimedOut, f"{name} did not get to this request in time: submit it again.{words}"
            )
        return from_stream(self._endpoint, {"error": error})

    def _absent(self, status: str) -> ProviderError:
        name = self._endpoint.service.name
        if status == "expired":
            return self._endpoint.error(TimedOut, f"{name} did not get to this request in time: submit it again.")
        if status == "cancelled":
            return self._endpoint.error(Interrupted, "the batch was cancelled before this request's turn.")
        return self._endpoint.error(BadReply, f"{name} gave no readable answer to this request: submit it again.")


def lines_of(file: IO[bytes]) -> Iterator[bytes]:
    """The lines of a file that came; one that is longer than is taken comes as its beginning, which is no JSON."""
    while line := file.readline(EVENT_BYTES):
        yield line
        while not line.endswith(b"\n") and (line := file.readline(EVENT_BYTES)):
            pass


def _read(reader: Reader, body: Any, endpoint: Endpoint) -> ProviderError | None:
    if not isinstance(body, dict):
        return endpoint.error(
            BadReply, f"the reply of {endpoint.service.name} is not the protocol: it is no JSON object."
        )
    try:
        reader.feed(json.dumps(body).encode())
        reader.end()
    except Malformed as wrong:
        return endpoint.error(BadReply, f"the reply of {endpoint.service.name} is not the protocol: {wrong}.")
    except ErrorInside as problem:
        return from_stream(endpoint, problem.body)
    except Exception as wrong:  # As in a live reply: whatever a service thinks of is a bad reply of this line alone.
        return endpoint.error(
            BadReply, f"the reply of {endpoint.service.name} cannot be read ({type(wrong).__name__})."
        )
    return reply_problem(reader, endpoint)


def batch_cost(service: str, model: str, usage: Usage, cached: int = 0) -> float | None:
    """US dollars for one reply that came from a batch, None where the price is unknown.

    The data of prices decides where it has prices for batches. Where it has none, a batch at OpenAI costs half, as
    OpenAI documents (https://developers.openai.com/api/docs/guides/batch); elsewhere the price is unknown.

    Arguments:
        service, model, usage, cached: as `prices.cost`.

    >>> batch_cost("local", "smollm2", Usage(10, 20))
    0.0
    """
    live = cost(service, model, usage, cached)
    row, data = find_service(service), load_prices()
    if not live or row is None or data is None:
        return live
    tokens = data.Usage(input_tokens=usage.input, output_tokens=usage.output, cache_read_tokens=cached or None)
    try:
        found = data.calc_price(tokens, model, provider_id=row.prices, price_context={"processing": "batch"})
    except TypeError:  # Data of before 0.2 knows no price_context.
        price = live
    else:
        price = float(found.total_price)
    if price < live:
        return price
    return live / 2 if service == "openai" else None
