"""How much fits into a model's context, as services say it in their lists and errors, and as the price data know it.

Each service says it in words of its own, with numbers or without.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from .meanings import EMPTY, LIMIT, POLICY
from .reply_fields import table
from .services import Service
from .size_limits import COUNT, WORDS

LEAST = 16
"""Tokens of a context below which a number is none."""
_NUMBER = r"(\d[\d,_]{0,14})"
_ABOUT = re.compile(
    r"context_length_exceeded|exceed_context|context[ -](length|window|size|limit)|"
    r"(maximum|max) (model|prompt|input|context|sequence) length|"
    r"(prompt|input|conversation|messages?)( length)? (is|are|was|were) too long|"
    r"too many (input |prompt |total )?tokens\b(?! ?(per|/))|"
    r"input token count|reduce the length of (the |your )?(messages|input|prompt|context)|"
    r"(length \d+|prompt|input|request)[^.]{0,60}(is longer than|exceeds?|exceeded) [^.]{0,40}(length|tokens?\b)|"
    r"exceeded model token limit|range of input length|tokens_limit_reached|max size:? \d+ tokens|"
    r"max_new_tokens`? must be|too large for model with",
    re.IGNORECASE,
)
"""What an error says that is about the length of a request."""
_NOT_ABOUT = re.compile(
    r"(tokens?|requests?) ?(per|/) ?(second|sec|minute|min|hour|day)|\bTP[MD]\b|rate[ -]limit|supports at most|"
    r"file|image|audio", re.IGNORECASE,
)  # fmt: skip
_LIMITS = tuple(re.compile(each, re.IGNORECASE) for each in (
    rf"(?:maximum|max\.?) (?:context|model|prompt|input|sequence|total)[ _-]?(?:length|window|size)"
    rf"(?: (?:of|is|was))*[ :=]*{_NUMBER}",
    rf"exceed context limit: \d+ \+ \d+ > {_NUMBER}",
    rf"context (?:length|window|size|limit)\b[^\d.]{{0,40}}?\(?{_NUMBER}",
    rf"{_NUMBER} (?:token )?(?:maximum )?(?:context|maximum|tokens? (?:limit|maximum))",
    rf"(?:limit|maximum)(?: number of tokens allowed)?(?: is| of|:)? ?\(?{_NUMBER}",
    rf"token limit:? {_NUMBER}", rf"must be <= {_NUMBER}", rf"should be \[\d+, ?{_NUMBER}\]",
    rf"max size:? {_NUMBER} tokens", rf"> {_NUMBER}\b",
))  # fmt: skip
_ASKED = tuple(re.compile(each, re.IGNORECASE) for each in (
    rf"{_NUMBER} (?:tokens? )?(?:in|of|for) (?:the |your )?(?:messages|text input|input|prompt)",
    rf"{_NUMBER} tokens from the input",
    rf"(?<!length )(?:has|have|contains?) (?:about )?{_NUMBER} (?:input |prompt )?tokens",
    rf"messages resulted in {_NUMBER}",
    rf"request \({_NUMBER} tokens\)", rf"(?:too long|current length is|given):? {_NUMBER}",
    rf"input token count \(?{_NUMBER}", rf"(?:prompt|input) \(?length:? {_NUMBER}",
    rf"exceed context limit: {_NUMBER} \+", rf"requested (?:about )?{_NUMBER}",
))  # fmt: skip
_FIELDS = ("n_ctx",)
_ASKED_FIELDS = ("n_prompt_tokens",)
_LISTED = (
    "max_model_len", "context_length", "context_window", "max_context_length", "loaded_context_length", "contextLength",
    "max_input_tokens", "n_ctx",
)  # fmt: skip
"""Names under which services list how much a model takes: vLLM's, OpenRouter's and Together's, Groq's, Mistral's, …"""
_listed: dict[tuple[str, str, str], int] = {}


def exceeded(status: int, means: int | str, details: Mapping[str, Any], body: Any) -> dict[str, int | None] | None:
    """What an error says of a context that is exceeded: ``context`` and ``asked``, in tokens; None if it says nothing.

    Arguments:
        status: the HTTP status. means: what the error means (see `meaning`).
        details, body: what was in it, read and as it came.

    >>> words = "This model's maximum context length is 8192 tokens. However, your messages resulted in 9000 tokens."
    >>> exceeded(400, 400, {"words": words}, {})
    {'context': 8192, 'asked': 9000}
    """
    if means in (EMPTY, LIMIT, POLICY, 401, 403, 404, 408) or not (400 <= status < 500 or status in (200, 500)):
        return None
    words = str(details.get("words") or details.get("message") or "")[:WORDS]
    code = " ".join(str(details.get(name) or "") for name in ("code", "type"))
    if not (_ABOUT.search(code) or (_ABOUT.search(words) and not _NOT_ABOUT.search(words))):
        return None
    error = table(table(body).get("error", body))
    context = _field(error, _FIELDS) or _first(_LIMITS, words)
    asked = _field(error, _ASKED_FIELDS) or _first(_ASKED, words)
    if context is not None and asked is not None and asked == context:
        asked = None
    return {"context": context, "asked": asked}


def note_listed(service: str, address: str, rows: Mapping[str, Mapping[str, Any]]) -> None:
    """Remember what a service's list says of its models' contexts.

    Arguments:
        rows: what it says of each model, by the model's name.
    """
    for model, row in rows.items():
        told = _field(row, _LISTED) or _field(table(row.get("top_provider")), _LISTED)
        if told is not None:
            _listed[service, address, model] = told


def usual_context(service: Service, address: str, model: str) -> int | None:
    """How many tokens a model's context has, as far as a service's list or the price data say it.

    Arguments:
        service: whose model. address: where it is asked. model: its name there.
    """
    found = None
    if _listed:
        names = (model, f"models/{model}", f"{model}:latest")  # Gemini and Ollama list more than the name
        found = next((_listed[place] for name in names if (place := (service.name, address, name)) in _listed), None)
    return _of_data(service.prices, model) if found is None and service.prices else found


def _of_data(prices: str, model: str) -> int | None:
    # Not loaded for this: it takes a quarter of a second, and the first request to any service loads it.
    snapshots = getattr(sys.modules.get("genai_prices"), "data_snapshot", None)
    return None if snapshots is None else _window(snapshots, prices, model)


@lru_cache(maxsize=4096)
def _window(snapshots: Any, prices: str, model: str) -> int | None:
    try:
        return _count(snapshots.get_snapshot().find_provider_model(model, None, prices, None)[1].context_window)
    except (LookupError, AttributeError):  # it does not know the model, or is of another version
        return None


def forget_listed() -> None:
    """Forget what services have listed."""
    _listed.clear()


def _field(row: Mapping[str, Any], names: tuple[str, ...]) -> int | None:
    return next((found for name in names if (found := _count(row.get(name))) is not None), None)


def _count(value: Any) -> int | None:
    if isinstance(value, bool) or not isinstance(value, int):
        return None
    return value if LEAST <= value <= COUNT else None


def _first(patterns: tuple[re.Pattern[str], ...], words: str) -> int | None:
    for pattern in patterns:
        found = pattern.search(words)
        number = _count(int(re.sub(r"\D", "", found[1]) or 0)) if found else None
        if number is not None:
            return number
    return None
