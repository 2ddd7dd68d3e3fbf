"""The port between a Thread and whatever answers it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Protocol, runtime_checkable

from ..messages import Reply, Request


@runtime_checkable
class Provider(Protocol):
    """What can answer a request: one method.

    An implementation is an async generator, or returns one. It yields pieces of the text, perhaps none, and
    last exactly one `Reply` with the whole text, which is never empty. It raises subclasses of `ProviderError`
    with ``service``, ``model`` and, where there are any, ``status``, ``retry_after`` and ``text`` filled in. It does
    not repeat what failed for a passing reason: the Thread's failure policy does.
    """

    def stream(self, request: Request) -> AsyncIterator[str | Reply]:
        """Ask, and give the pieces and last the Reply.

        Arguments:
            request: what is asked.

        Raises:
            ProviderError: no usable reply came.
            ConfigError: the request names something that does not exist, or no key was found.
        """
        ...


def split_model(model: str) -> tuple[str, str]:
    """A model's full name as service and name at the service; a name without a slash is OpenAI's.

    >>> split_model("openrouter/meta-llama/llama-3.3-70b-instruct")
    ('openrouter', 'meta-llama/llama-3.3-70b-instruct')
    >>> split_model("gpt-4o")
    ('openai', 'gpt-4o')
    """
    service, slash, name = model.partition("/")
    return (service, name) if slash else ("openai", model)
