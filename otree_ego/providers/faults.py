"""A service's error to one of ours, with a sentence that says what to do and never holds a key."""

from __future__ import annotations

import base64
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urljoin, urlsplit

from ..errors import BadRequest, KeyRejected, ModelUnknown, Overloaded, ProviderError, RateLimited, Refused, TimedOut
from ..messages import clean
from .contexts import exceeded
from .meanings import EMPTY, LIMIT, NOTHING, POLICY, inner_status, larger, meaning, retry_after, retry_told
from .reply_fields import table, word
from .secret import Secret
from .services import Service
from .size_limits import ADDRESS, WORDS

_KEYLIKE = re.compile(r"\*{2,}|\b(?:sk|pk|rk|gsk|key|xai|AIza)[-_][\w-]{6,}|AIza\w{6,}")
_TITLE = re.compile(r"<title[^>]{0,80}>([^<]{1,200})", re.IGNORECASE)
_WORD = re.compile(r"[^\s'\"<>(),;]+")
PART = 6
"""Letters of a key that, in one word, are taken for a part of it."""


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
        written = _written(secret)
        text = re.sub(r"\S{8,}", lambda found: "[key]" if any(form in found[0] for form in written) else found[0], text)
    text = _WORD.sub(lambda found: "[key]" if _KEYLIKE.search(found[0]) else found[0], text)
    parts = {secret[place : place + PART] for place in range(len(secret) - PART + 1)}
    if not parts:
        return text
    return re.sub(rf"\S{{{PART},}}", lambda found: "[key]" if _holds(found[0], parts) else found[0], text)


def _written(secret: str) -> set[str]:
    """A key as proxies and debuggers write it: in base64, wherever it begins there, in hex, and as escapes."""
    data = secret.encode()
    found = {data.hex(), data.hex().upper()}
    found |= {"".join(form % byte for byte in data) for form in ("%%%02X", "%%%02x", "\\u%04x", "\\x%02x", "&#%d;")}
    for before in range(3):
        code = base64.b64encode(bytes(before) + data).decode().rstrip("=")
        core = code[(before * 8 + 5) // 6 : -1]
        found |= {core, core.replace("+", "-").replace("/", "_")}
    return {form for form in found if len(form) >= PART}


def _holds(word: str, parts: set[str]) -> bool:
    return any(word[place : place + PART] in parts for place in range(len(word) - PART + 1))


def error_details(body: Any) -> dict[str, Any]:
    """What an error's body says, whatever shape the service gives it.

    Returns:
        ``message``: the beginning of its words. ``words``: more of them. ``code``, ``param``, ``type``, ``status``:
        texts, empty where there are none.
    """
    body = _first(body)
    if isinstance(body, dict) and not body.get("error") and isinstance(body.get("errors"), list):
        body = _first(body["errors"])
    error = body.get("error", body) if isinstance(body, dict) else body
    if not isinstance(error, dict):
        error = _page(error)
        return {"message": short(error), "words": line(error), **_codes(table(body))}
    inner = error.get("message")
    detail = inner.get("detail") if isinstance(inner, dict) else error.get("detail")
    if isinstance(detail, list) and detail and isinstance(detail[0], dict):
        place = detail[0].get("loc")
        names = [word(step) for step in place if step != "body"] if isinstance(place, list) else []
        return {
            "message": short(detail[0].get("msg")),
            "code": word(detail[0].get("type")),
            "param": names[0] if names else "",
        }
    words = line(error.get("message") or detail)
    if raw := table(error.get("metadata")).get("raw"):
        words = f"{words}: {line(raw)}"
    return {"message": short(words), "words": words, **_codes(error)}


def _codes(error: Mapping[str, Any]) -> dict[str, str]:
    """The codes of an error; services name them differently."""
    names = {"code": ("code",), "param": ("param",), "type": ("type", "error_type", "__type")}
    names["status"] = ("status", "status_code", "statusCode")
    return {name: next(filter(None, (word(error.get(each)) for each in found)), "") for name, found in names.items()}


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
    fields: dict[str, Any] = {"status": status}
    wait = retry_after(headers)
    wait = retry_told(_first(body), details.get("words", "")) if wait is None else wait
    if 300 <= status < 400:
        return _redirected(endpoint, headers.get("location", ""), fields)
    means = meaning(status, details, wait is not None)
    if means == LIMIT or status >= 429 or status in (408, 409, 425):
        fields["retry_after"] = wait
    if (too_long := exceeded(status, means, details, _first(body))) is not None:
        return endpoint.error(
            BadRequest,
            f"this conversation and its reply are longer than {name} takes for {model!r} (HTTP {status}): send less (a "
            f"shorter history or prompt), or lower max_tokens.{quote}",
            **fields,
            **too_long,
            too_long=True,
        )
    if means == POLICY:
        return endpoint.error(Refused, f"{name} declined to answer because of its content policy.{quote}", **fields)
    if means in (401, 403):
        fix = f"check the key ({' or '.join(endpoint.service.key_env) or 'key=…'}) and what it may use"
        return endpoint.error(KeyRejected, f"{name} rejected the key for {model!r}: {fix}.{quote}", **fields)
    if means == EMPTY:
        return endpoint.error(
            RateLimited,
            f"{name} has no credit left for this key: add credit or raise its limit there.{quote}",
            **fields,
            retryable=False,
        )
    if means == 404:
        return _unknown(endpoint, details, quote, fields)
    if means == 408:
        return endpoint.error(TimedOut, f"{name} gave up waiting for {model!r}: try again.{quote}", **fields)
    if means == LIMIT:
        return endpoint.error(
            RateLimited,
            f"{name} asks for fewer requests for {model!r}: wait, or raise the limit there.{quote}",
            **fields,
        )
    if isinstance(means, int) and means >= 500:
        return endpoint.error(
            Overloaded, f"{name} failed on its side (HTTP {status}) for {model!r}: try again later.{quote}", **fields
        )
    if means == 413:
        return endpoint.error(
            BadRequest,
            f"this request is larger than {name} takes for {model!r}, now and later: send less (a shorter history or "
            f"prompt), lower max_tokens, or raise the limit there.{quote}",
            **fields,
            **larger(details.get("words", "")),
            too_long=True,
        )
    return endpoint.error(
        BadRequest,
        f"{name} does not take this request for {model!r} (HTTP {status}): check parameters and messages.{quote}",
        **fields,
    )


def _redirected(endpoint: Endpoint, location: str, fields: Mapping[str, Any]) -> ProviderError:
    name, status = endpoint.service.name, fields["status"]
    place = _place(endpoint.address, location)
    to = f"to {place}" if place else "and does not say where"
    fix = f"If that is right, give its address (base_url: {place.removesuffix('/chat/completions')})." if place else ""
    return endpoint.error(
        BadRequest,
        f"{name} at {_place(endpoint.address)} redirects (HTTP {status}) {to}. Nothing was sent there: what is said to "
        f"{endpoint.model!r}, and the key, go only to the address that was given. {fix or 'Check the address.'}",
        **fields,
    )


def _place(address: str, location: str | None = None) -> str:
    """An address for a sentence: without a user's name, a password or a query, clean, and not long; empty if none."""
    try:
        url = address if location is None else urljoin(f"{address.partition('?')[0]}/chat/completions", location)
        parts = urlsplit(url if location != "" else "")
        host = parts.netloc.rpartition("@")[2]
    except ValueError:
        return ""
    if parts.scheme not in ("http", "https") or not host:
        return ""
    return word(f"{parts.scheme}://{host}{parts.path}", ADDRESS)


def _unknown(endpoint: Endpoint, details: Mapping[str, Any], quote: str, fields: Mapping[str, Any]) -> ProviderError:
    name, model = endpoint.service.name, endpoint.model
    said = f"{details.get('code')} {details.get('type')} {details['message']}".lower()
    if "model" in said and not NOTHING.search(said):
        sentence = f"{name} has no model {model!r}: check the name in the service's list of models.{quote}"
    else:
        sentence = (
            f"{name} knows nothing at {endpoint.address}/chat/completions: check the model's name {model!r} and the "
            f"address (base_url goes up to and without /chat/completions).{quote}"
        )
    return endpoint.error(ModelUnknown, sentence, **fields)


def from_stream(endpoint: Endpoint, body: Any) -> ProviderError:
    """The error for a report inside of a stream; its code decides where it is an HTTP status."""
    error = from_status(endpoint, inner_status(error_details(body)), {}, body)
    # Its answer was a success: a status in the sentence would send people looking for an answer that there was not.
    error.args = (re.sub(r" \(HTTP \d+\)", "", str(error), count=1),)
    error.status = 200
    return error


def _page(body: Any) -> Any:
    """A web page is told by its title; anything else is as it was."""
    if not isinstance(body, str) or not body[:100].lstrip("\ufeff \t\r\n").startswith("<"):
        return body
    title = _TITLE.search(body[:WORDS])
    return f"a web page, {' '.join(title[1].split())!r}" if title else "a web page"


def _first(body: Any) -> Any:
    """The error of several that came as a list."""
    return (body[0] if body else "") if isinstance(body, list) else body


def line(text: Any) -> str:
    """A service's words on one line, as many as are looked at.

    Nothing here fails: what cannot be written down is left out.
    """
    if not text:
        return ""
    if not isinstance(text, str):
        try:
            text = str(text)
        except (RecursionError, ValueError):
            return ""
    return " ".join(clean(text[:WORDS]).split())


def short(text: Any) -> str:
    """The beginning of a service's words, on one line."""
    found = line(text)
    return found if len(found) <= 300 else f"{found[:299]}…"
