"""The port between a Thread and whatever answers it."""

from __future__ import annotations

from ..ports import Provider

__all__ = ["Provider", "split_model"]


def split_model(model: str) -> tuple[str, str]:
    """A model's full name as service and name at the service; a name without a slash is OpenAI's.

    >>> split_model("openrouter/meta-llama/llama-3.3-70b-instruct")
    ('openrouter', 'meta-llama/llama-3.3-70b-instruct')
    >>> split_model("gpt-4o")
    ('openai', 'gpt-4o')
    """
    service, slash, name = model.partition("/")
    return (service, name) if slash else ("openai", model)
