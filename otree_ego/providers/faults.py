"""A service's error to one of ours, with a sentence that says what to do and never holds a key."""

from __future__ import annotations

import re
import time
from collections.abc import Mapping
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from typing import Any

from ..errors import BadRequest, KeyRejected, ModelUnknown, Overloaded, ProviderError, RateLimited, Refused, TimedOut
from .secret import Secret
from .services import Service

_KEYLIKE = re.compile(
    r"[^\s'\"<>(),;]*(?:\*{2,}|\b(?:sk|pk|rk|gsk|key|xai|AIza)[-_][\w-]{6,}|AIza\w{6,})[^\s'\"<>(),;]*"
)
_POLICY = re.compile(
    r"content_?filter|content[ _]policy|policy_violation|moderation|safety (system|reasons)", re.IGNORECASE
)
_QUOTA = re.compile(
    r"insufficient_quota|insufficient.{0,12}(credit|balance|funds)|billing|exceeded your current quota", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class Endpoint:
    """Where a request goes: the service, the model, the address, and the key, which must not be shown."""

    service: Service
    model: str
    address: str
    key: Secret | None = None

    def error(self, kind: type[ProviderError], sentence: str, **fields: Any) -> ProviderError:
        """An error of this kind with service and model filled in and anything like a key masked."""
        text = masked(sentence, self.key)
        return kind(text, service=self.service.name, model=self.model, **fields)


def masked(text: str, key: Secret | None) -> str:
    """The text without anything that is, or resembles, a key or a part of one.

    >>> masked("Incorrect API key provided: sk-abc***xyz.", None)
    'Incorrect API key provided: [key]'
    """
    secret = key.reveal() if key else ""
    if len(secret) >= 4:
        text = text.replace(secret, "[key]")
    text = _KEYLIKE.sub("[key]", text)
    parts = {secret[place : place + 6] for place in range(len(secret) - 5)}
    if not parts:
        return text
    return re.sub(r"\S{6,}", lambda word: "[key]" if any(part in word[0] for part in parts) else word[0], text)


def error_details(body: Any) -> dict[str, Any]:
    """``message``, ``code``, ``param`` and ``type`` of an error's body, whatever shape the service gives it."""
    if isinstance(body, list):
        body = body[0] if body else ""
    error = body.get("error", body) if isinstance(body, dict) else body
    if not isinstance(error, dict):
        return {"message": _short(error)}
    detail = error.get("detail")
    if isinstance(detail, list) and detail and isinstance(detail[0], dict):
        place = detail[0].get("loc")
        names = [str(step) for step in place if step != "body"] if isinstance(place, list) else []
        return {
            "message": _short(detail[0].get("msg")),
            "code": detail[0].get("type"),
            "param": names[0] if names else "",
        }
    message = _short(error.get("message") or detail)
    metadata = error.get("metadata")
    raw = metadata.get("raw") if isinstance(metadata, dict) else None
    if raw:
        message = _short(f"{message}: {raw}")
    return {"message": message, **{name: error.get(name) for name in ("code", "param", "type", "status")}}


def from_status(endpoint: Endpoint, status: int, headers: Mapping[str, str], body: Any) -> ProviderError:
    """The error for an HTTP answer that is not a success.

    Arguments:
        endpoint: where the request went.
        status: the HTTP status.
        headers: the answer's headers, by lower-case names.
        body: what was in it: decoded JSON, or text.
    """
    details = error_details(body)
    quote = f" It said: {details['message']}" if details["message"] else ""
    name, model = endpoint.service.name, endpoint.model
    words = f"{details.get('code') or ''} {details.get('type') or ''} {details['message']}"
    fields: dict[str, Any] = {"status": status}
    if status >= 429 or status in (408, 409, 425):
        fields["retry_after"] = retry_after(headers)
    if status in (400, 403, 422) and _POLICY.search(words):
        return endpoint.error(Refused, f"{name} declined to answer because of its content policy.{quote}", **fields)
    if status in (401, 403):
        fix = f"check the key ({' or '.join(endpoint.service.key_env) or 'key=…'}) and what it may use"
        return endpoint.error(KeyRejected, f"{name} rejected the key for {model!r}: {fix}.{quote}", **fields)
    if status == 402 or (status == 429 and _QUOTA.search(words)):
        return endpoint.error(
            RateLimited,
            f"{name} has no credit left for this key: add credit or raise its limit there.{quote}",
            **fields,
            retryable=False,
        )
    if status == 404:
        if "model" in words.lower():
            return endpoint.error(
                ModelUnknown,
                f"{name} has no model {model!r}: check the name in the service's list of models.{quote}",
                **fields,
            )
        return endpoint.error(
            ModelUnknown,
            f"{name} knows nothing at {endpoint.address}/chat/completions: check the model's name {model!r} and the "
            "address "
            f"(base_url goes up to and without /chat/completions).{quote}",
            **fields,
        )
    if status == 408:
        return endpoint.error(TimedOut, f"{name} gave up waiting for {model!r}: try again.{quote}", **fields)
    if status in (409, 425, 429):
        return endpoint.error(
            RateLimited,
            f"{name} asks for fewer requests for {model!r}: wait, or raise the limit there.{quote}",
            **fields,
        )
    if status >= 500:
        return endpoint.error(
            Overloaded, f"{name} failed on its side (HTTP {status}) for {model!r}: try again later.{quote}", **fields
        )
    return endpoint.error(
        BadRequest,
        f"{name} does not take this request for {model!r} (HTTP {status}): check parameters and messages.{quote}",
        **fields,
    )


def from_stream(endpoint: Endpoint, body: Any) -> ProviderError:
    """The error for a report inside of a stream; its code decides where it is an HTTP status."""
    details = error_details(body)
    code = details.get("code")
    if isinstance(code, str) and code.isdigit():
        code = int(code)
    words = f"{code} {details.get('type')} {details['message']}"
    if isinstance(code, int) and not isinstance(code, bool) and 400 <= code < 600:
        status = code
    elif _QUOTA.search(words) or "rate_limit" in words:
        status = 429
    elif _POLICY.search(words) or "invalid_request" in words:
        status = 400
    else:
        status = 500
    error = from_status(endpoint, status, {}, body)
    error.status = 200
    return error


def retry_after(headers: Mapping[str, str]) -> float | None:
    """Seconds that a service asks to wait: ``retry-after-ms``, or ``Retry-After`` in seconds or as a date.

    >>> retry_after({"retry-after-ms": "1500", "retry-after": "9"})
    1.5
    """
    for name, unit in (("retry-after-ms", 1000.0), ("retry-after", 1.0)):
        value = headers.get(name, "").strip()
        if re.fullmatch(r"\d+(\.\d+)?", value):
            return float(value) / unit
    try:
        date = parsedate_to_datetime(headers.get("retry-after", ""))
        return max(0.0, date.timestamp() - time.time())
    except (TypeError, ValueError, OverflowError):
        return None


def _short(text: Any) -> str:
    line = " ".join(str(text or "").split())
    return line if len(line) <= 300 else f"{line[:299]}…"
