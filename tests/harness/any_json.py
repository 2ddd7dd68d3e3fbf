"""Any JSON that a service may send, with the names that are read of it in many places where they do not belong."""

from __future__ import annotations

from hypothesis import strategies as st

FIELDS = (
    ("choices", "delta", "message", "content", "text", "error", "usage", "model", "finish_reason", "index", "refusal"),
    ("reasoning", "reasoning_content", "reasoning_details", "thinking", "summary", "type", "x_groq", "prompt_tokens"),
    ("completion_tokens", "prompt_tokens_details", "cached_tokens", "completion_tokens_details", "reasoning_tokens"),
    ("cost", "code", "param", "detail", "details", "metadata", "raw", "status", "loc", "msg", "retry_after"),
)
TEXTS = ("length", "content_filter", "<think>", "</think>\n", "\ud83d", "\ude00", "\x00", "insufficient_quota", "429")
ANY = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8) | st.sampled_from((*TEXTS, 10**400)),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from([name for row in FIELDS for name in row]), inner, max_size=4)
    ),
    max_leaves=12,
)
CHOICE_OF_ANY = {name: ANY for name in ("delta", "message", "finish_reason", "usage", "index", "error")}
CHUNK = st.fixed_dictionaries(
    {"choices": ANY | st.lists(st.fixed_dictionaries({}, optional=CHOICE_OF_ANY), min_size=1, max_size=2)},
    optional={name: ANY for name in ("model", "usage", "error", "x_groq")},
)
