"""What a model takes: the request's body in its service's words, and what its refusals have taught."""

from __future__ import annotations

import hashlib
import json
import re
import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from ...messages import Request, clean
from ..services import BUILT_IN, Service

LIMITS = ("max_tokens", "max_completion_tokens")
ROOM = 4096
"""A model that spends its budget on thinking gets at least this many tokens instead."""
FORM = "response_format"
_FORM = re.compile(
    r"response[_ ]?(format|schema)|json[_ ]?schema|structured[_ ]?(output|generation)|json mode|"
    r"additionalproperties|guided|grammar|constrained",
    re.IGNORECASE,
)
_SCHEMA = re.compile(
    r"invalid[_ ](json[_ ])?schema|unsupported (json )?schema|schema (is|was) (invalid|not valid|too)|in context=|"
    r"additionalproperties|keyword|schema (type|feature)|'(minimum|maximum|required|pattern)'|"
    r"schema.{0,20}(convert|compile|pars)|(convert|compil|pars)\w* .{0,30}(schema|grammar)",
    re.IGNORECASE,
)
_REASONS = re.compile(r"(o[1-9]|gpt-[5-9])(?![a-z0-9])")
_REFUSED = re.compile(
    r"unsupported|not supported|(does not|doesn't|do not) support|unrecognized|unrecognised|unknown|unexpected|"
    r"not (permitted|allowed|accepted)|extra (inputs|fields)|extra_forbidden|only the default|cannot be used",
    re.IGNORECASE,
)


@dataclass
class Learned:
    """What one model at one service refused, kept for this process.

    Fields:
        refused: names of parameters, as sent.
        room: whether it thinks before it answers and needs more tokens than were asked for.
        schemas: schemas of answers that it does not take, although it takes others.
    """

    refused: set[str] = field(default_factory=set)
    room: bool = False
    schemas: set[str] = field(default_factory=set)


_learned: dict[tuple[str, str, str], Learned] = {}
_lock = threading.Lock()


def learned(service: str, address: str, model: str) -> Learned:
    """What is known of a model; empty, and there to be filled, on the first call."""
    with _lock:
        return _learned.setdefault((service, address, model), Learned())


def forget() -> None:
    """Forget all that was learned (a service was replaced by another at the same address)."""
    with _lock:
        _learned.clear()


def build(request: Request, service: Service, address: str, model: str, known: Learned) -> dict[str, Any]:
    """The body to send.

    Arguments:
        request: what is asked.
        service: whose words to use.
        address: where it goes; a service's own habits hold only at its usual address.
        model: the model's name at the service.
        known: what its refusals have taught.
    """
    body: dict[str, Any] = {
        "model": model,
        "messages": [{"role": role, "content": clean(text)} for role, text in request.messages],
    }
    for name, value in request.params.items():
        if value is None:
            continue
        if name == "max_tokens":
            limit = next((each for each in _limits(service, address, model) if each not in known.refused), None)
            if limit:
                body[limit] = max(8 * value, ROOM) if known.room else value
            continue
        sent = service.seed if name == "seed" else name
        if sent not in known.refused:
            body[sent] = value
    if request.stream and "stream" not in known.refused:
        body["stream"] = True
        if "stream_options" not in known.refused:
            body["stream_options"] = {"include_usage": True}
    if request.form is not None and FORM not in known.refused and schema_key(request.form.schema) not in known.schemas:
        form = {"name": request.form.name, "strict": request.form.strict, "schema": request.form.schema}
        body[FORM] = {"type": "json_schema", "json_schema": form}
    body.update(request.extra)
    return body


def schema_key(schema: Mapping[str, Any]) -> str:
    """A short name for a schema: the same for the same."""
    return hashlib.sha256(json.dumps(schema, sort_keys=True, default=str).encode()).hexdigest()[:16]


def refused_form(details: Mapping[str, Any]) -> str:
    """What a service's error refuses of an answer's form: ``schema`` (this one), ``form`` (any), or nothing.

    Arguments:
        details: ``param``, ``code``, ``type`` and ``message`` of the service's error.

    >>> refused_form({"message": "Invalid schema for response_format 'number': 'minimum' is not permitted."})
    'schema'
    >>> refused_form({"message": "This response_format type is unavailable now"})
    'form'
    """
    words = " ".join(str(details.get(name) or "") for name in ("param", "code", "type", "message"))
    if not _FORM.search(words):
        return ""
    return "schema" if _SCHEMA.search(words) else "form"


def sent_params(body: Mapping[str, Any], request: Request, service: Service) -> dict[str, Any] | None:
    """The sampling parameters of a body, or None where they are just those that were asked for."""
    ours = {"model", "messages", "stream", "stream_options", FORM, *request.extra}
    sent = {("seed" if name == service.seed else name): value for name, value in body.items() if name not in ours}
    if request.form is not None and FORM in body and FORM not in request.extra:
        sent["constrained"] = "json_schema"
    return None if sent == {name: value for name, value in request.params.items() if value is not None} else sent


def refused_parameter(body: Mapping[str, Any], extra: Mapping[str, Any], details: Mapping[str, Any]) -> str:
    """The parameter that a service's error refuses, or nothing.

    A value that is merely wrong (a temperature of 9) is the experimenter's to mend, so only words of refusal count.

    Arguments:
        body: what was sent.
        extra: the fields that the experimenter put there; they are never taken away.
        details: ``param``, ``code`` and ``message`` of the service's error.
    """
    ours = [name for name in body if name not in ("model", "messages") and name not in extra]
    words = f"{details.get('code') or ''} {details.get('message') or ''}".replace("_parameter", " parameter").replace(
        "_value", " value"
    )
    if not _REFUSED.search(words):
        return ""
    param = str(details.get("param") or "").removeprefix("body.")
    if param:
        param = re.split(r"[.\[]", param)[0]
        return param if param in ours else ""
    places = {name: re.search(rf"(?<![\w-]){re.escape(name)}(?![\w-])", words) for name in ours}
    found = [(place.start(), name) for name, place in places.items() if place]
    return min(found)[1] if found else ""


def _limits(service: Service, address: str, model: str) -> tuple[str, ...]:
    """Names for the limit of tokens, best first: reasoning models know the newer one, most services the older."""
    built_in = BUILT_IN.get(service.name)
    usual = built_in is None or address == built_in.base_url
    newer = (usual and service.max_tokens == LIMITS[1]) or _REASONS.match(model)
    first = LIMITS[1] if newer else LIMITS[0]
    return (first, LIMITS[1] if first == LIMITS[0] else LIMITS[0])
