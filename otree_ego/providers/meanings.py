"""What an error of a service means: read from its code and type, then its HTTP status and what it says of waiting.

Its words come last: the same sentence about a quota and a billing page stands under limits that pass within seconds and
under accounts that are empty.
"""

from __future__ import annotations

import math
import re
import time
from collections.abc import Mapping
from email.utils import parsedate_to_datetime
from typing import Any

from .reply_fields import table, word
from .size_limits import WAIT, WORDS

EMPTY, LIMIT, POLICY = "empty", "limit", "policy"
"""No credit left; too many requests for the moment; declined because of what was asked."""

_CODES: dict[str, int | str] = {
    **dict.fromkeys(
        (
            "insufficient_quota", "billing_hard_limit_reached", "billing_not_active", "access_terminated",
            "insufficient_credits", "insufficient_credit", "insufficient_balance", "insufficient_funds",
            "insufficient_user_quota", "credit_balance_too_low", "payment_required", "billing_error",
            "exceeded_current_quota_error", "account_deactivated", "out_of_credits", "credit_limit", "arrearage",
            "budget_exceeded",
        ),
        EMPTY,
    ),
    **dict.fromkeys(
        (
            "rate_limit_exceeded", "rate_limit_error", "rate_limit", "rate_limited", "rate_limit_reached_error",
            "rate_limit_reached", "too_many_requests", "resource_exhausted", "tokens_exceeded_error",
            "requests_per_minute_exceeded", "tokens_per_minute_exceeded", "throttled", "throttlingexception",
            "throttling", "throttling_error", "concurrency_limit_exceeded", "model_rate_limit",
            "request_quota_exceeded", "token_quota_exceeded", "too_many_requests_error", "ratelimitreached",
        ),
        LIMIT,
    ),
    **dict.fromkeys(
        (
            "content_filter", "content_policy_violation", "responsibleaipolicyviolation", "moderation_blocked",
            "content_filtered", "prompt_blocked", "sensitive_words_detected", "data_inspection_failed",
            "datainspectionfailed",
        ),
        POLICY,
    ),
    **dict.fromkeys(
        ("invalid_api_key", "authentication_error", "unauthenticated", "invalid_authentication", "api_key_invalid"),
        401,
    ),
    **dict.fromkeys(
        ("permission_denied", "permission_error", "insufficient_permissions", "organization_restricted"), 403
    ),
    **dict.fromkeys(("model_not_found", "not_found_error", "not_found", "deploymentnotfound", "invalid_model"), 404),
    **dict.fromkeys(("timeout", "request_timeout", "deadline_exceeded", "timeout_error"), 408),
    **dict.fromkeys(
        ("context_length_exceeded", "string_above_max_length", "invalid_argument", "failed_precondition",
         "unsupported_parameter", "unsupported_value", "invalid_value", "request_too_large",
         "missing_required_parameter", "out_of_range"),
        400,
    ),
    **dict.fromkeys(
        ("overloaded_error", "overloaded", "unavailable", "engine_overloaded", "engine_overloaded_error",
         "service_unavailable", "capacity_exceeded"),
        503,
    ),
}  # fmt: skip
VAGUE: dict[str, int | str] = {
    "invalid_request_error": 400, "requests": LIMIT, "tokens": LIMIT,
    **dict.fromkeys(("server_error", "internal_error", "internal", "api_error", "internal_server_error"), 500),
}  # fmt: skip
"""Types that stand with codes which say more, and count only where nothing else does."""
_POLICY = re.compile(
    r"content_?filter|content[ _]policy|usage policy|policy_violation|moderation|safety (system|reasons)|"
    r"inappropriate content",
    re.IGNORECASE,
)
_EMPTY = re.compile(
    r"insufficient_quota|insufficient.{0,12}(credit|balance|funds)|credit balance is too low|"
    r"used all available credits|(have|has) any credits|"
    r"credit limit exceeded|key limit exceeded|monthly spending limit|failure to pay|"
    r"reached your specified API usage limits|exceeded ?budget|budget has been exceeded",
    re.IGNORECASE,
)
_QUOTA = re.compile(r"billing|exceeded your current quota", re.IGNORECASE)
"""Words that stand under empty accounts, and under limits that pass, with a page where a higher one is sold."""
_RATE = re.compile(
    r"rate[ -]limit|too many requests|(requests?|tokens?|calls) ?(per|/) ?(second|sec|minute|min|hour|day)|"
    r"\b[RT]P[MSD]\b",
    re.IGNORECASE,
)
_LARGER = re.compile(r"\blimit:? {1,3}([\d,]{1,15})\D{1,40}requested:? {1,3}([\d,]{1,15})", re.IGNORECASE)
"""A limit, and what one request alone asks for."""
_REPLENISHED = re.compile(r"out of call volume quota|quota will be replenished", re.IGNORECASE)
_KEY = re.compile(r"api key (is )?(not valid|invalid)|(incorrect|invalid) api key", re.IGNORECASE)
_MODEL = re.compile(r"invalid model\b", re.IGNORECASE)
_LIMITED = re.compile(r"rate[ _]limit|too many requests", re.IGNORECASE)
NOTHING = re.compile(r"unexpected endpoint|unknown endpoint|unknown request url|invalid url", re.IGNORECASE)
_UNIT = r"(?:ms|milliseconds?|[uµμ]s|s|secs?|seconds?|m|mins?|minutes?|h|hrs?|hours?|d|days?)"
_SPAN = rf"\d{{1,9}}(?:\.\d{{1,9}})?\s?{_UNIT}(?![a-z])"
_TIME = (
    rf"(?:about |around |approximately |~ ?)?((?:{_SPAN}(?:\s?(?:,|and)\s)?\s?)+|"
    r"\d{1,3}:\d\d:\d\d\b|\d{1,9}(?=\s*(?:[,;!)\"]|\.(?!\d)|$)))"
)
_AGAIN = re.compile(
    rf"(?:try again|retry|wait|resets?|available|replenished)[^.\d]{{0,30}}?\b(?:in|after|for)[\s:]\s?{_TIME}|"
    rf"wait ((?:{_SPAN}\s?)+)",
    re.IGNORECASE,
)
_PART = re.compile(rf"(\d+(?:\.\d+)?)\s?({_UNIT})(?![a-z])", re.IGNORECASE)
_SECONDS = {"ms": 0.001, "us": 0.000001, "m": 60.0, "h": 3600.0, "s": 1.0, "d": 86_400.0}
_FIELDS = {
    "retry_after": 1.0, "retryAfter": 1.0, "retry_after_seconds": 1.0, "estimated_time": 1.0, "retry_after_ms": 1000.0,
}  # fmt: skip
"""Fields of an error that say when to come again, and how many of their units are a second."""


def code_of(said: Mapping[str, Any]) -> int | str | None:
    """What the code, the type or the status that stands in an error's body means: one of ours, or an HTTP status.

    Arguments:
        said: ``code``, ``type`` and ``status`` of the error.

    >>> code_of({"code": "rate_limit_exceeded", "type": "tokens"}), code_of({"code": 429, "type": "insufficient_quota"})
    ('limit', 'empty')
    """
    names = [str(said.get(name) or "").lower().replace(" ", "_") for name in ("code", "type", "status")]
    for name in names:
        # A code may be written as a word of many: "Throttling.RateQuota".
        if (found := _CODES.get(name, _CODES.get(name.partition(".")[0]))) is not None:
            return found
    for name in names:
        if name.isdigit() and 400 <= int(name[:4]) < 600:
            return int(name)
    return None


def meaning(status: int, said: Mapping[str, Any], waits: bool) -> int | str:
    """What an error means: `EMPTY`, `LIMIT`, `POLICY`, or the HTTP status that says it best.

    Arguments:
        status: the HTTP status.
        said: what `told` found in the body.
        waits: whether the service said when to come again.
    """
    code = code_of(said) or (LIMIT if status == 429 and _vaguely(said) == LIMIT else None)
    words = str(said.get("words") or said.get("message") or "")
    if code in (None, LIMIT, 429) and (status == 413 or (status == 429 and larger(words))):
        return 413
    if isinstance(code, str):
        return code
    number = code or status
    if number == 402:
        return EMPTY
    if number == 429:
        empty = _EMPTY.search(words) or (_QUOTA.search(words) and not _RATE.search(words))
        return EMPTY if empty and not waits else LIMIT
    if number in (400, 403, 412, 422) and _vague(said):
        if _POLICY.search(words):
            return POLICY
        if _EMPTY.search(words):
            return EMPTY
        if number == 403:
            return LIMIT if _REPLENISHED.search(words) else number
        if _KEY.search(words):
            return 401
        if _MODEL.search(words):
            return 404
    return LIMIT if number in (409, 425) else number


def larger(words: str) -> dict[str, int]:
    """The limit that one request alone is larger than (``context``), and what it asks for (``asked``); else nothing.

    Waiting does not help then.

    >>> larger("Request too large on tokens per minute (TPM): Limit 6000, Requested 8712")
    {'context': 6000, 'asked': 8712}
    """
    found = _LARGER.search(words[:WORDS])
    most, asked = (int(number.replace(",", "") or 0) for number in found.groups()) if found else (0, 0)
    return {"context": most, "asked": asked} if asked > most > 0 else {}


def inner_status(said: Mapping[str, Any]) -> int:
    """The HTTP status of an error that is reported inside of a stream, or of a line of a batch."""
    code = code_of(said) or _vaguely(said)
    words = str(said.get("words") or said.get("message") or "")
    if isinstance(code, int):
        return code
    if code is not None:
        return 400 if code == POLICY else 429
    if _QUOTA.search(words) or _EMPTY.search(words) or _LIMITED.search(words):
        return 429
    if NOTHING.search(words):
        return 404
    return 400 if _POLICY.search(words) or "invalid_request" in words else 500


def _vaguely(said: Mapping[str, Any]) -> int | str | None:
    names = (str(said.get(name) or "").lower() for name in ("code", "type", "status"))
    return next((VAGUE[name] for name in names if name in VAGUE), None)


def _vague(said: Mapping[str, Any]) -> bool:
    """Whether the code says no more than the status does, so that the words may."""
    code = str(said.get("code") or "").lower()
    return not code or code.isdigit() or code not in _CODES


def retry_after(headers: Mapping[str, str]) -> float | None:
    """Seconds that a service asks to wait: ``retry-after-ms``, or ``Retry-After`` in seconds or as a date.

    >>> retry_after({"retry-after-ms": "1500", "retry-after": "9"})
    1.5
    """
    for name, unit in (("retry-after-ms", 1000.0), ("retry-after", 1.0)):
        value = headers.get(name, "").strip()
        if re.fullmatch(r"\d+(\.\d+)?", value):
            return _bounded(float(value[:20]) if len(value) < 20 else math.inf, unit)
        if re.fullmatch(rf"(?:{_SPAN})+", value, re.IGNORECASE):
            return _span(value)
    try:
        date = parsedate_to_datetime(headers.get("retry-after", ""))
        return _bounded(max(0.0, date.timestamp() - time.time()), 1.0)
    except (TypeError, ValueError, OverflowError, IndexError):
        return None


def retry_told(body: Any, words: str) -> float | None:
    """Seconds that a service asks to wait in the body of an error: Google's RetryInfo, a field, or its words.

    >>> retry_told({}, "Rate limit reached. Please try again in 1m2.5s. Upgrade at https://x.example/billing")
    62.5
    """
    error = table(body).get("error", body)
    details = table(error).get("details")
    for detail in details[:20] if isinstance(details, list) else ():
        if str(table(detail).get("@type") or "").endswith("RetryInfo"):
            delay = table(detail).get("retryDelay")
            if isinstance(delay, dict):
                delay = f"{word(delay.get('seconds'))}s"
            if isinstance(delay, str) and (found := _span(delay)) is not None:
                return found
    for holder in (table(error), table(body), table(table(error).get("metadata"))):
        for name, unit in _FIELDS.items():
            if (found := _seconds(holder.get(name), unit)) is not None:
                return found
    match = _AGAIN.search(words[:WORDS])
    return _span(match[1] or match[2]) if match else None


def _seconds(value: Any, unit: float) -> float | None:
    if isinstance(value, str):
        value = float(value) if re.fullmatch(r"\d{1,18}(\.\d{1,18})?", value) else None
    if not isinstance(value, int | float) or isinstance(value, bool) or not value >= 0:
        return None
    return _bounded(value, unit) if value <= WAIT * unit else WAIT


def _span(text: str) -> float | None:
    """Seconds in "1m2.5s", "20ms", "2 minutes", "00:01:30", "5"."""
    text = text[:100].strip()
    if ":" in text:
        hours, minutes, seconds = (int(part) for part in text.split(":"))
        return _bounded(hours * 3600.0 + minutes * 60.0 + seconds, 1.0)
    if text.isdigit():
        return _bounded(float(text), 1.0)
    parts = _PART.findall(text)
    if not parts:
        return None
    total = sum(float(number) * _SECONDS[_unit(unit.lower())] for number, unit in parts)
    return _bounded(total, 1.0)


def _unit(name: str) -> str:
    if name == "ms" or name.startswith("milli"):
        return "ms"
    if len(name) == 2 and name[1] == "s" and name[0] in "uµμ":
        return "us"
    return "m" if name.startswith("m") else name[0]


def _bounded(value: float, unit: float) -> float:
    return min(value / unit, WAIT) if math.isfinite(value) else WAIT
