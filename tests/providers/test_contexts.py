"""What services say of their models' contexts: in errors, in lists; and what the price data know."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from otree_ego import Request, Thread
from otree_ego.errors import BadRequest
from otree_ego.providers.contexts import exceeded, forget_listed, usual_context
from otree_ego.providers.declarations import declare_service, declared_services
from otree_ego.providers.faults import Endpoint, from_status, from_stream
from otree_ego.providers.listing import models_of
from otree_ego.providers.openai.learned import Learned, Lesson, forget, known_context, learned, recall
from otree_ego.providers.prices import load_prices
from otree_ego.providers.services import BUILT_IN, find_service
from otree_ego.testing import FakeService

WORDINGS: list[tuple[str, int | None, int | None]] = [
    (
        "This model's maximum context length is 8192 tokens. However, your messages resulted in 9000 "
        "tokens. Please reduce the length of the messages.",
        8192,
        9000,
    ),
    (
        "This model's maximum context length is 8192 tokens. However, you requested 9000 tokens (8000 in "
        "the messages, 1000 in the completion). Please reduce the length of the messages or completion.",
        8192,
        8000,
    ),
    (
        "Your input exceeds the context window of this model. Please adjust your input and try again.",
        None,
        None,
    ),
    (
        "The decoder prompt (length 5000) is longer than the maximum model length of 4096. Make sure "
        "that `max_model_len` is no smaller than the number of text tokens.",
        4096,
        5000,
    ),
    (
        "'max_tokens' or 'max_completion_tokens' is too large: 5000. This model's maximum context length "
        "is 4096 tokens and your request has 30 input tokens (5000 > 4096 - 30).",
        4096,
        30,
    ),
    (
        "This model's maximum context length is 2048 tokens. However, your request has 2500 input "
        "tokens. Please reduce the length of the input messages.",
        2048,
        2500,
    ),
    (
        "the request exceeds the available context size. try increasing the context size or enable context shift",
        None,
        None,
    ),
    (
        "request (1234 tokens) exceeds the available context size (512 tokens), try increasing it",
        512,
        1234,
    ),
    (
        "prompt is too long: 210000 tokens > 200000 maximum",
        200000,
        210000,
    ),
    (
        "input length and `max_tokens` exceed context limit: 190000 + 20000 > 200000, decrease input "
        "length or `max_tokens` and try again",
        200000,
        190000,
    ),
    (
        "The input token count (1100000) exceeds the maximum number of tokens allowed (1048576).",
        1048576,
        1100000,
    ),
    (
        "The input token count exceeds the maximum number of tokens allowed 1048576.",
        1048576,
        None,
    ),
    (
        "This endpoint's maximum context length is 131072 tokens. However, you requested about 140000 "
        "tokens (139000 of text input, 1000 in the output).",
        131072,
        139000,
    ),
    (
        "Please reduce the length of the messages or completion.",
        None,
        None,
    ),
    (
        "Input validation error: `inputs` tokens + `max_new_tokens` must be <= 4097. Given: 5000 "
        "`inputs` tokens and 512 `max_new_tokens`",
        4097,
        5000,
    ),
    (
        "Prompt contains 40000 tokens and 0 draft tokens, too large for model with 32768 maximum context length",
        32768,
        40000,
    ),
    (
        "This model's maximum prompt length is 131072 but the request contains 140000 tokens.",
        131072,
        140000,
    ),
    (
        "Trying to keep the first 5000 tokens when context the overflows. However, the model is loaded "
        "with context length of only 4096 tokens, which is not enough. Try to load the model with a "
        "larger context length",
        4096,
        None,
    ),
    (
        "The prompt is too long: 5000, model maximum context length: 4095",
        4095,
        5000,
    ),
    (
        "Please reduce the length of the messages or completion. Current length is 9000 while limit is 8192",
        8192,
        9000,
    ),
    (
        "Input is too long for requested model.",
        None,
        None,
    ),
    (
        "Invalid request: Your request exceeded model token limit: 8192",
        8192,
        None,
    ),
    (
        "InternalError.Algo.InvalidParameter: Range of input length should be [1, 129024]",
        129024,
        None,
    ),
    (
        "Request body too large for gpt-6-luna model. Max size: 8000 tokens.",
        8000,
        None,
    ),
    (
        "Requested token count exceeds the model's maximum context length of 131072 tokens. You "
        "requested a total of 150000 tokens: 149000 tokens from the input messages and 1000 tokens for "
        "the completion.",
        131072,
        149000,
    ),
]
"""OpenAI, Azure, vLLM, llama.cpp, Anthropic, Gemini, OpenRouter, Groq, Together, Mistral, xAI, LM Studio, Fireworks,
Cerebras, Bedrock, Moonshot, DashScope, GitHub."""

ABOUT_OTHER_THINGS = [
    "max_tokens is too large: 32768. This model supports at most 16384 completion tokens, whereas you provided 32768.",
    "Rate limit reached for gpt on tokens per min (TPM): Limit 30000, Used 1, Requested 35000",
    "Unsupported parameter: 'max_tokens' is not supported with this model.",
    "Invalid 'messages[0].content': string too long. Expected a string with maximum length 1048576",
    "Unrecognized request argument: context_size",
    "`context_window` is not permitted",
    "Conversation roles must alternate user/assistant",
    "The image is too large: 30 MB exceeds the limit of 20 MB",
    "Too many tokens per minute; try again in 5 s",
    "",
]


@pytest.fixture(autouse=True)
def _nothing_known() -> Iterator[None]:
    forget()
    forget_listed()
    yield
    forget()
    forget_listed()


@pytest.mark.parametrize(("words", "context", "asked"), WORDINGS, ids=[words[:50] for words, *_ in WORDINGS])
def test_a_request_that_is_too_long(words: str, context: int | None, asked: int | None) -> None:
    error = from_status(Endpoint(BUILT_IN["vllm"], "m", "http://x/v1"), 400, {}, {"error": {"message": words}})
    assert type(error) is BadRequest and error.too_long and not error.retryable
    assert (error.context, error.asked) == (context, asked)
    assert "longer than vllm takes" in str(error)


@pytest.mark.parametrize("words", ABOUT_OTHER_THINGS)
def test_other_errors_are_not_about_the_length(words: str) -> None:
    assert exceeded(400, 400, {"words": words}, {}) is None


def test_fields_beside_the_words() -> None:
    body = {"error": {"message": "too big", "type": "exceed_context_size_error", "n_prompt_tokens": 1234, "n_ctx": 512}}
    error = from_status(Endpoint(BUILT_IN["vllm"], "m", "http://x/v1"), 400, {}, body)
    assert isinstance(error, BadRequest) and (error.context, error.asked) == (512, 1234)


def test_inside_of_a_stream_it_is_no_failure_of_the_services() -> None:
    body = {"error": {"message": "Trying to keep the first 5000 tokens when context overflows. context length of 4096"}}
    error = from_stream(Endpoint(BUILT_IN["lmstudio"], "m", "http://x/v1"), body)
    assert isinstance(error, BadRequest) and error.too_long and error.context == 4096


def test_a_limit_of_the_account() -> None:
    words = "Request too large for m on tokens per minute (TPM): Limit 6000, Requested 8712, please reduce your message"
    for status in (413, 429):
        body = {"error": {"message": words, "type": "tokens", "code": "rate_limit_exceeded"}}
        error = from_status(Endpoint(BUILT_IN["groq"], "m", "http://x/v1"), status, {}, body)
        assert isinstance(error, BadRequest) and (error.too_long, error.context, error.asked) == (True, 6000, 8712)


@pytest.mark.parametrize("number", ["0", "5", "99999999999999999999", "-3"])
def test_numbers_that_cannot_be_true(number: str) -> None:
    found = exceeded(400, 400, {"words": f"This model's maximum context length is {number} tokens."}, {})
    assert found is not None and (found["context"] is None or found["context"] >= 16)


def test_what_was_learned_is_written_down_and_read() -> None:
    known = Learned(context=8192, refused={"seed"})
    assert known.words() == ("<8192", "seed") and known.copy().context == 8192
    recall([Lesson("vllm", "http://127.0.0.1:8000/v1", "m", known.words())])
    assert known_context(BUILT_IN["vllm"], Request("vllm/m", ())) == 8192
    recall([Lesson("vllm", "http://127.0.0.1:8000/v1", "m", ("<4096", "<x", "<"))])
    assert learned("vllm", "http://127.0.0.1:8000/v1", "m").context == 4096


def test_the_list_of_models_says_it_before_anything_is_refused() -> None:
    with FakeService() as service:
        service.context_tokens, service.context_listed, service.models = 150, True, ["m"]
        declare_service("listing", service.base_url, key_required=False)
        try:
            row = find_service("listing")
            assert row is not None and list(models_of(row)) == ["m"]
            assert usual_context(row, row.address(), "m") == 150
            service.clear()
            llm = Thread("listing/m", max_tokens=20)
            for _ in range(20):
                llm.submit("word " * 8)
            assert len(service.requests) == 20 and "left_out" in llm.messages[-1].params
        finally:
            declared_services.pop("listing", None)


def test_the_price_data_know_contexts() -> None:
    load_prices()
    assert known_context(BUILT_IN["openai"], Request("gpt-6-luna", ())) == 1_050_000
    assert known_context(BUILT_IN["openai"], Request("no-such-model", ())) is None
    assert known_context(BUILT_IN["vllm"], Request("vllm/gpt-6-luna", ())) is None
