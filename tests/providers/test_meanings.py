"""What an error means is read from its code before its prose, and when to come again from wherever that stands."""

from __future__ import annotations

import base64
import json
from typing import Any

import pytest
from harness.providers import ask
from hypothesis import given, strategies as st

from otree_ego.agents import GPTThread
from otree_ego.errors import BadRequest, KeyRejected, ModelUnknown, Overloaded, ProviderError, RateLimited, Refused
from otree_ego.providers.faults import error_details, masked
from otree_ego.providers.meanings import retry_after, retry_told
from otree_ego.providers.secret import Secret
from otree_ego.providers.size_limits import WAIT

pytestmark = pytest.mark.usefixtures("clean_slate")
JSON = {"Content-Type": "application/json"}

GEMINI = [
    {
        "error": {
            "code": 429,
            "message": "You exceeded your current quota, please check your plan and billing details. For more "
            "information on this error, head to: https://ai.google.dev/gemini-api/docs/rate-limits. "
            "Please retry in 2.04s.",
            "status": "RESOURCE_EXHAUSTED",
            "details": [
                {"@type": "type.googleapis.com/google.rpc.QuotaFailure", "violations": [{"quotaId": "PerMinute"}]},
                {"@type": "type.googleapis.com/google.rpc.RetryInfo", "retryDelay": "2s"},
            ],
        }
    }
]
GROQ = {
    "error": {
        "message": "Rate limit reached for model `llama` on tokens per minute (TPM): Limit 6000, Used 5900. Please try "
        "again in 7.66s. Need more tokens? Upgrade to Dev Tier today at https://console.groq.com/settings/billing",
        "type": "tokens",
        "code": "rate_limit_exceeded",
    }
}
OPENAI = {
    "error": {
        "message": "You exceeded your current quota, please check your plan and billing details.",
        "type": "insufficient_quota",
        "param": None,
        "code": "insufficient_quota",
    }
}


TOO_LARGE = (
    "Request too large for model `llama` in organization `org_1` service tier `on_demand` on tokens per minute (TPM): "
    "Limit 6000, Requested 8712, please reduce your message size and try again. Upgrade at https://x.example/billing"
)


def said(message: str, **codes: Any) -> dict[str, Any]:
    return {"error": {"message": message, **codes}}


MEANT: dict[str, tuple[int, Any, type[ProviderError], bool, float | None]] = {
    "Gemini, per minute": (429, GEMINI, RateLimited, True, 2.0),
    "Gemini, only its words": (429, said(GEMINI[0]["error"]["message"]), RateLimited, True, 2.04),
    "Gemini, only its status": (429, said("check your billing", status="RESOURCE_EXHAUSTED"), RateLimited, True, None),
    "Groq": (429, GROQ, RateLimited, True, 7.66),
    "OpenAI, empty": (429, OPENAI, RateLimited, False, None),
    "empty, though it says when": (
        429, said("Please try again in 20s", code="insufficient_quota"), RateLimited, False, 20,
    ),
    "empty, by its words alone": (429, said("Insufficient balance"), RateLimited, False, None),
    "empty, at 402": (402, said("rate limit"), RateLimited, False, None),
    "empty, at 400": (
        400, said("Your credit balance is too low", type="invalid_request_error"), RateLimited, False, None,
    ),
    "empty, at 403": (403, said("You have used all available credits"), RateLimited, False, None),
    "a limit at 503": (503, said("slow down", code="rate_limit_exceeded"), RateLimited, True, None),
    "a limit at 400": (400, said("Requests rate is too high", code="Throttling.RateQuota"), RateLimited, True, None),
    "too long, and it talks of moderation": (
        400, said("The moderation prompt is too long", code="context_length_exceeded"), BadRequest, False, None,
    ),
    "filtered": (400, said("no", code="content_filter"), Refused, False, None),
    "filtered, by its words": (400, said("our content policy", type="invalid_request_error"), Refused, False, None),
    "no access to a model": (403, said("no access", code="model_not_found"), ModelUnknown, False, None),
    "a key at 400": (400, said("billing: no", code="invalid_api_key"), KeyRejected, False, None),
    "overloaded at 529": (529, said("Overloaded", type="overloaded_error"), Overloaded, True, None),
    "a limit, with a page of billing": (
        429, {"code": "Some resource has been exhausted", "error": "Too many requests for team x. See /billing"},
        RateLimited, True, None,
    ),
    "a trial's limit": (
        429, {"message": "You are limited to 10 API calls / minute. Upgrade at https://x.example/billing"},
        RateLimited, True, None,
    ),
    "empty, a budget": (400, said("Budget has been exceeded!", type="budget_exceeded"), RateLimited, False, None),
    "empty, a limit of one's own": (
        400, said("You have reached your specified API usage limits.", type="invalid_request_error"),
        RateLimited, False, None,
    ),
    "empty, the key's own limit": (403, said("Key limit exceeded (total limit)", code=403), RateLimited, False, None),
    "empty, suspended": (
        412, said("suspended, possibly due to reaching the monthly spending limit", code="PRECONDITION_FAILED"),
        RateLimited, False, None,
    ),
    "a quota that comes back": (
        403, {"statusCode": 403, "message": "Out of call volume quota. Quota will be replenished in 02:10:00."},
        RateLimited, True, 7800,
    ),
    "a key at 400, Gemini": (
        400, [{"error": {"code": 400, "message": "API key not valid.", "status": "INVALID_ARGUMENT"}}],
        KeyRejected, False, None,
    ),
    "a key at 400, xAI": (
        400, {"code": "Client specified an invalid argument", "error": "Incorrect API key provided: xa***bc."},
        KeyRejected, False, None,
    ),
    "an unknown model at 400": (400, said("Invalid model: foo", type="invalid_model"), ModelUnknown, False, None),
    "no capacity": (498, said("Flex tier", code="capacity_exceeded"), Overloaded, True, None),
    "overloaded at 429": (429, said("overloaded", type="engine_overloaded_error"), Overloaded, True, None),
    "overloaded, its type beside it": (429, {"error": "No.", "error_type": "overloaded"}, Overloaded, True, None),
    "a model that loads": (503, {"error": "loading", "estimated_time": 20.5}, Overloaded, True, 20.5),
    "a usage policy": (400, said("violating our usage policy", code="invalid_prompt"), Refused, False, None),
    "errors in a list": (429, {"errors": [{"message": "insufficient credit"}]}, RateLimited, False, None),
    "a limit at 400, by its type": (400, {"__type": "ThrottlingException", "message": "x"}, RateLimited, True, None),
    "larger than the limit": (413, said(TOO_LARGE, type="tokens", code="rate_limit_exceeded"), BadRequest, False, None),
    "larger than the limit, at 429": (
        429, said("Request too large for gpt-6-luna on tokens per min: Limit 30,000, Requested 50,000.", type="tokens"),
        BadRequest, False, None,
    ),
    "as large as what is left": (
        429, said("Rate limit reached (TPM): Limit 30000, Used 29000, Requested 2000. Please try again in 2s.",
                  type="tokens", code="rate_limit_exceeded"), RateLimited, True, 2.0,
    ),
    "larger, from a proxy": (413, "<html><title>413 Request Entity Too Large</title>", BadRequest, False, None),
    "code of another kind": (
        400, {"error": {"code": {"deep": []}, "message": ["x"], "type": 7}}, BadRequest, False, None,
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", MEANT)
def test_meant(name: str, uni: Any) -> None:
    status, body, kind, retryable, wait = MEANT[name]
    uni.send(json.dumps(body), status=status, headers=JSON)
    with pytest.raises(ProviderError) as caught:
        ask()
    error = caught.value
    assert (type(error), error.retryable, error.retry_after, error.status) == (kind, retryable, wait, status)
    assert ("no credit left" in str(error)) is (kind is RateLimited and not retryable)


@pytest.mark.parametrize("words", ["Rate limit exceeded", "Too many requests, please slow down"])
def test_a_limit_that_is_only_words(words: str, uni: Any) -> None:
    uni.send(f"data: {json.dumps({'error': words})}\n\n")
    with pytest.raises(RateLimited) as caught:
        ask()
    assert caught.value.retryable


@pytest.mark.parametrize("body", [GEMINI[0], GROQ])
def test_meant_inside_of_a_stream(body: Any, uni: Any) -> None:
    uni.send(f"data: {json.dumps(body)}\n\n")
    with pytest.raises(RateLimited) as caught:
        ask()
    assert caught.value.retryable and caught.value.retry_after


def test_the_header_comes_first(uni: Any) -> None:
    uni.send(json.dumps(GROQ), status=429, headers={**JSON, "Retry-After": "3"})
    with pytest.raises(RateLimited) as caught:
        ask()
    assert caught.value.retry_after == 3.0


@pytest.mark.parametrize(
    ("words", "seconds"),
    [
        ("Please try again in 1m2.5s.", 62.5),
        ("Please try again in 20ms.", 0.02),
        ("try again in 6m0s", 360.0),
        ("Try again in 1h2m3s.", 3723.0),
        ("Please retry after 30 seconds.", 30.0),
        ("please wait 2 minutes", 120.0),
        ("Rate limit. Retry in 5s", 5.0),
        ("Try again later.", None),
        ("Try again in a moment", None),
        ("12s", None),
        ("try again in 999999999h", WAIT),
        ("Please try again in 1 minute and 30 seconds.", 90.0),
        ("Please retry in about 5 seconds", 5.0),
        ("Try again in 1h 2m, 3s", 3723.0),
        ("Expected available in 12 seconds.", 12.0),
        ("Limit resets in 500ms", 0.5),
        ("Try again in 00:01:30", 90.0),
        ("Retry after 5", 5.0),
        ("rate limited, retry-after: 7.", 7.0),
        ("Try again in 2 days", WAIT),
        ("Try again in 3 attempts", None),
        ("Try again after 5.5", None),
    ],
)
def test_when_to_come_back_in_words(words: str, seconds: float | None) -> None:
    assert retry_told({}, words) == seconds


@pytest.mark.parametrize(
    ("error", "seconds"),
    [
        ({"retry_after": "15"}, 15.0),
        ({"retryAfter": 15}, 15.0),
        ({"retry_after_ms": 1500}, 1.5),
        ({"metadata": {"retry_after_seconds": 11}}, 11.0),
        ({"details": [{"@type": "x/google.rpc.RetryInfo", "retryDelay": {"seconds": "7", "nanos": 5}}]}, 7.0),
        ({"details": [{"@type": "x/google.rpc.RetryInfo", "retryDelay": {"seconds": [], "nanos": 5}}]}, None),
        ({"retry_after": float("nan")}, None),
        ({"retry_after": float("inf")}, WAIT),
        ({"retry_after": 10**400}, WAIT),
        ({"retry_after": -1}, None),
        ({"retry_after": True}, None),
        ({"retry_after": "1e400"}, None),
    ],
)
def test_when_to_come_back_in_fields(error: dict[str, Any], seconds: float | None) -> None:
    assert retry_told({"error": error}, "") == seconds


@pytest.mark.parametrize(("value", "seconds"), [("5s", 5.0), ("1m2.5s", 62.5), (" 7 ", 7.0), ("-3", None), ("x", None)])
def test_forms_of_the_header(value: str, seconds: float | None) -> None:
    assert retry_after({"retry-after": value}) == seconds


@pytest.mark.parametrize(
    "value", ["9" * 400, "1e999", "99999999999999999999", "Fri, 31 Dec 9999 23:59:59 GMT", "9" * 18]
)
def test_an_absurd_wait_does_not_overflow(value: str) -> None:
    found = retry_after({"retry-after": value})
    assert found is None or 0 <= found <= WAIT


def test_an_absurd_wait_gives_the_reply_up(uni: Any) -> None:
    uni.send("{}", status=429, headers={**JSON, "Retry-After": "9" * 400}, times=-1)
    llm = GPTThread(model="uni/gpt-4o", fallback_text="Later.")
    assert llm.submit("Hi") == "Later."


@given(st.recursive(st.none() | st.booleans() | st.floats() | st.text() | st.integers(), st.lists) | st.dictionaries(
    st.sampled_from(["error", "message", "code", "type", "detail", "metadata", "raw"]), st.text() | st.lists(st.none())
))  # fmt: skip
def test_any_body_can_be_told(body: Any) -> None:
    found = error_details(body)
    assert len(found["message"]) <= 300 and "\n" not in found["message"]
    assert retry_told(body, found["message"]) is None or retry_told(body, found["message"]) >= 0


@pytest.mark.parametrize(
    "text", ["sk-" * 100_000, "x" * 300_000, "*" * 300_000, "a-" * 150_000, "sk-proj-abc" * 30_000]
)
def test_masking_of_much_text(text: str) -> None:
    found = masked(f"{text} sk-proj-abcdef123456 {text}", Secret("sk-proj-abcdef123456"))
    assert "abcdef" not in found and "[key]" in found


@pytest.mark.parametrize("before", ["", "u:", "user:", "Bearer "])
def test_a_key_that_is_written_otherwise(before: str) -> None:
    key = "sk-proj-abcdef123456"
    data = (before + key).encode()
    for written in (
        base64.b64encode(data).decode(), base64.urlsafe_b64encode(data).decode(), data.hex(), data.hex().upper(),
        "".join(f"%{byte:02X}" for byte in data), "".join(f"\\u{byte:04x}" for byte in data),
        "".join(f"&#{byte};" for byte in data), json.dumps(key), key.replace("-", "%2D"),
    ):  # fmt: skip
        found = masked(f"It said: {written} sorry", Secret(key))
        assert "[key]" in found and written not in found and found.endswith(" sorry")
    assert masked("It said: nothing of the kind, c2stcHJv", Secret(key)) == "It said: nothing of the kind, c2stcHJv"
