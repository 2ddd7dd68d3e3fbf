"""The OpenAI protocol's JSON, as the service sends it: chunks, whole replies, errors, usage."""

from __future__ import annotations

import json
import re
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

ROLES = ("system", "developer", "user", "assistant", "tool")
DONE = b"data: [DONE]\n\n"


@dataclass(frozen=True)
class Answer:
    """What the fake model says to one request, cut to the request's budget and stop words."""

    id: str
    model: str
    pieces: tuple[str, ...]
    finish_reason: str
    prompt_tokens: int
    reasoning_tokens: int = 0
    refusal: str | None = None

    @property
    def text(self) -> str:
        return "".join(self.pieces)

    @property
    def middle(self) -> int:
        """How many pieces are the first half: at least one, if there is one."""
        return min(len(self.pieces), max(1, len(self.pieces) // 2))

    def usage(self) -> dict[str, Any]:
        completion = len(self.pieces) + self.reasoning_tokens
        return {
            "prompt_tokens": self.prompt_tokens,
            "completion_tokens": completion,
            "total_tokens": self.prompt_tokens + completion,
            "prompt_tokens_details": {"cached_tokens": 0, "audio_tokens": 0},
            "completion_tokens_details": {
                "reasoning_tokens": self.reasoning_tokens,
                "audio_tokens": 0,
                "accepted_prediction_tokens": 0,
                "rejected_prediction_tokens": 0,
            },
        }

    def whole(self) -> dict[str, Any]:
        """The reply to a request without ``stream``."""
        content = self.text if self.refusal is None else None
        message: dict[str, Any] = {"role": "assistant", "content": content, "refusal": self.refusal, "annotations": []}
        choice = {"index": 0, "message": message, "logprobs": None, "finish_reason": self.finish_reason}
        return {**self._envelope("chat.completion"), "choices": [choice], "usage": self.usage()}

    def opening(self, with_usage: bool) -> bytes:
        """The events before the first word: the role, and the refusal if it is one."""
        events = self._event({"role": "assistant", "content": "", "refusal": None}, None, with_usage)
        if self.refusal is not None:
            events += self._event({"refusal": self.refusal}, None, with_usage)
        return events

    def words(self, with_usage: bool) -> Iterator[bytes]:
        """One event a piece."""
        for piece in self.pieces:
            yield self._event({"content": piece}, None, with_usage)

    def closing(self, with_usage: bool) -> bytes:
        """The events after the last word: why it ended, what it used, done."""
        events = self._event({}, self.finish_reason, with_usage)
        if with_usage:
            events += sse({**self._envelope("chat.completion.chunk"), "choices": [], "usage": self.usage()})
        return events + DONE

    def _event(self, delta: Mapping[str, Any], finish_reason: str | None, with_usage: bool) -> bytes:
        choice = {"index": 0, "delta": delta, "logprobs": None, "finish_reason": finish_reason}
        event = {**self._envelope("chat.completion.chunk"), "choices": [choice]}
        return sse({**event, "usage": None} if with_usage else event)

    def _envelope(self, kind: str) -> dict[str, Any]:
        return {
            "id": self.id,
            "object": kind,
            "created": int(time.time()),
            "model": self.model,
            "service_tier": "default",
            "system_fingerprint": "fp_fake",
        }


def sse(value: Any) -> bytes:
    """One server-sent event."""
    return b"data: " + json.dumps(value).encode() + b"\n\n"


def pieces_of(text: str) -> tuple[str, ...]:
    """Words with the space after them; joined again they are the text."""
    return tuple(re.findall(r"\S+\s*|\s+", text))


def cut(text: str, stop: Any) -> str:
    """The text before the first of the stop words."""
    words = [stop] if isinstance(stop, str) else stop or []
    return text[: min((at for at in map(text.find, words) if at >= 0), default=len(text))]


def error(message: str, kind: str, code: str | None = None, param: str | None = None) -> dict[str, Any]:
    """An error's body."""
    return {"error": {"message": message, "type": kind, "param": param, "code": code}}


def status_error(status: int, message: str) -> dict[str, Any]:
    """The body that goes with an HTTP status, in the service's words for the usual ones."""
    if status == 429 and "current quota" in message and "again in" not in message and "retry in" not in message:
        return error(message, "insufficient_quota", "insufficient_quota")
    kind, code, usual = {
        400: ("invalid_request_error", None, "The request was refused."),
        401: ("invalid_request_error", "invalid_api_key", "Incorrect API key provided."),
        403: ("invalid_request_error", None, "This key may not do that."),
        404: ("invalid_request_error", "model_not_found", "The model does not exist."),
        429: ("requests", "rate_limit_exceeded", "Rate limit reached for requests."),
    }.get(status, ("server_error", None, "The server had an error while processing the request."))
    return error(message or usual, kind, code)


def unsupported(param: str, value: Any) -> dict[str, Any]:
    """The refusal of a parameter, in the words that reasoning models use."""
    code, text = "unsupported_parameter", f"Unsupported parameter: '{param}' is not supported with this model."
    if param == "max_tokens":
        text += " Use 'max_completion_tokens' instead."
    elif param in ("temperature", "top_p", "n"):
        code, text = "unsupported_value", f"Unsupported value: '{param}' does not support {value} with this model."
        text += " Only the default (1) value is supported."
    return error(text, "invalid_request_error", code, param)


def prompt_tokens(body: Mapping[str, Any]) -> int:
    """How many tokens a request has: a word is one."""
    return sum(len(str(message["content"]).split()) for message in body["messages"])


def too_long(body: Mapping[str, Any], most: int | None, words: str) -> dict[str, Any] | None:
    """The error for a request that does not fit into a context; None if it does.

    Arguments:
        most: tokens of the context. words: what the error says; empty: OpenAI's.
    """
    asked, budget = prompt_tokens(body), body.get("max_completion_tokens", body.get("max_tokens")) or 0
    if most is None or asked + budget <= most:
        return None
    usual = (
        f"This model's maximum context length is {most} tokens. However, you requested {asked + budget} tokens "
        f"({asked} in the messages, {budget} in the completion). Please reduce the length of the messages or "
        "completion."
    )
    return error(words or usual, "invalid_request_error", "" if words else "context_length_exceeded", "messages")


def complaint(body: Any) -> str:
    """What is wrong with a chat request, or nothing."""
    if not isinstance(body, dict):
        return "We could not parse the JSON body of your request."
    if not isinstance(body.get("model"), str) or not body["model"]:
        return "You must provide a model parameter."
    messages = body.get("messages")
    if not isinstance(messages, list) or not messages:
        return "Invalid 'messages': expected an array with at least one element."
    for at, message in enumerate(messages):
        if not isinstance(message, dict) or message.get("role") not in ROLES:
            return f"Invalid value for 'messages[{at}].role'."
        if not isinstance(message.get("content"), (str, list)):
            return f"Invalid type for 'messages[{at}].content': expected a string or an array."
    return ""
