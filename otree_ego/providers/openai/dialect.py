"""What a model takes: the request's body in its service's words."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping
from typing import Any

from ...errors import ConfigError
from ...messages import Request
from ...threads.turns import NOT_IN_FORCE as NOT_IN_FORCE
from ..services import BUILT_IN, Service
from .learned import REASONS, Learned as Learned, forget as forget, learned as learned
from .reasoning import ANSWER, EFFORT, FORMS, VERBOSITY, check_effort, check_verbosity
from .shapes import shaped, words_of

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
SHAPE = "message_shape"
"""Under this name they have in which way the messages that were sent differ from the turns in the record."""
_REFUSED = re.compile(
    r"unsupported|not supported|deprecated|(does not|doesn't|do not) support|unrecognized|unrecognised|unknown|"
    r"unexpected|not (permitted|allowed|accepted)|extra (inputs|fields)|extra_forbidden|only the default|"
    r"may only be set|cannot be used",
    re.IGNORECASE,
)


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
        "messages": shaped(request.messages, known.shape, request.authors),
    }
    effort = request.params.get(EFFORT)
    for name, value in request.params.items():
        if value is None:
            continue
        if name == EFFORT:
            body.update({key: each for key, each in _reasoning(request, service).items() if key not in known.refused})
            continue
        if name == VERBOSITY and not service.verbosity:
            check_verbosity(value)
            continue
        if name == "max_tokens":
            limit = next((each for each in _limits(service, address, model) if each not in known.refused), None)
            if limit:
                body[limit] = max(8 * value, ROOM) if known.room else value
            continue
        sent = service.seed if name == "seed" else name
        if known.takes(sent, effort):
            body[sent] = value
    budget = body["thinking"].get("budget_tokens") if isinstance(body.get("thinking"), dict) else None
    if budget:  # thoughts are counted in the limit, which must be above their budget
        limit = next((each for each in LIMITS if each in body), LIMITS[0])
        body[limit] = budget + body.get(limit, ANSWER)
    if request.stream and "stream" not in known.refused:
        body["stream"] = True
        if "stream_options" not in known.refused:
            body["stream_options"] = {"include_usage": True}
    if request.form is not None and FORM not in known.refused and schema_key(request.form.schema) not in known.schemas:
        form = {"name": request.form.name, "strict": request.form.strict, "schema": request.form.schema}
        body[FORM] = {"type": "json_schema", "json_schema": form}
    body.update(request.extra)
    return body


def _reasoning(request: Request, service: Service) -> dict[str, Any]:
    """The body's fields for the effort; none where the service knows no efforts."""
    try:
        word = check_effort(request.params.get(EFFORT), service.reasoning, service.name)
    except ConfigError:
        if request.adapted:
            return {}
        raise
    return FORMS[service.reasoning].fields(word) if service.reasoning else {}


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
    """The parameters in force, by our names, or None where they are just those that were asked for.

    What was asked for and is not in the body (refused, or the service has no word for it) stands under `NOT_IN_FORCE`,
    and how the messages were sent, if not as the turns in the record, under `SHAPE`.
    """
    asked = {name: value for name, value in request.params.items() if value is not None}
    effort = asked.get(EFFORT)
    fields = _reasoning(request, service) if effort is not None else {}
    ours = {"model", "messages", "stream", "stream_options", FORM, *fields, *request.extra}
    sent = {("seed" if name == service.seed else name): value for name, value in body.items() if name not in ours}
    if any(name in body and name not in request.extra for name in fields):
        sent[EFFORT] = effort
    lost = {name: value for name, value in asked.items() if name not in sent and name not in request.extra}
    if any(name in sent for name in LIMITS):
        lost.pop("max_tokens", None)
    if lost:
        sent[NOT_IN_FORCE] = lost
    if request.form is not None and FORM in body and FORM not in request.extra:
        sent["constrained"] = "json_schema"
    if "messages" not in request.extra and (shape := words_of(request.messages, body.get("messages", ()))):
        sent[SHAPE] = shape
    return None if sent == asked else sent


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
    also = {name: each.words for each in FORMS.values() for name in each.fields("high")}
    found = [
        (place.start(), name)
        for name in ours
        for word in dict.fromkeys((name, *also.get(name, ())))
        if (place := re.search(rf"(?<![\w-]){re.escape(word)}(?![\w-])", words))
    ]
    return min(found)[1] if found else ""


def _limits(service: Service, address: str, model: str) -> tuple[str, ...]:
    """Names for the limit of tokens, best first: reasoning models know the newer one, most services the older."""
    built_in = BUILT_IN.get(service.name)
    usual = built_in is None or address == built_in.base_url
    newer = (usual and service.max_tokens == LIMITS[1]) or REASONS.match(model)
    first = LIMITS[1] if newer else LIMITS[0]
    return (first, LIMITS[1] if first == LIMITS[0] else LIMITS[0])
