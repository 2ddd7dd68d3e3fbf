"""Threads by the names that people look for: each says who answers."""

from collections.abc import AsyncIterator, Callable, Sequence
from importlib import import_module
from typing import Any, ClassVar

from .errors import ConfigError, StateError
from .messages import Reply, Request
from .ports import Provider
from .public import public
from .threads.base import internals
from .threads.thread import Thread

__all__ = [
    "CLIThread",
    "ConstantThread",
    "ExternalThread",
    "GPTThread",
    "LocalThread",
    "OllamaThread",
    "OpenRouterThread",
    "ScriptedThread",
    "TextSynthThread",
]


@public
class GPTThread(Thread):
    """Answered by OpenAI.

    Arguments:
        model: a name at OpenAI, e.g. ``"gpt-6-luna"``.
        temperature: 0 to 2; None leaves it to the service.
        **more: see `Thread`.

    >>> GPTThread(model="gpt-6-luna", temperature=1.0).model
    'gpt-6-luna'
    """


@public
class OpenRouterThread(Thread):
    """Answered through OpenRouter.

    >>> OpenRouterThread("anthropic/claude-sonnet-5").model
    'openrouter/anthropic/claude-sonnet-5'
    """

    _prefix: ClassVar[str] = "openrouter/"


@public
class OllamaThread(Thread):
    """Answered by Ollama on this machine or another.

    Arguments:
        model: a model that Ollama has, e.g. ``"llama3.2"``.
        endpoint: its address, e.g. ``"http://gpu-box:11434"``; the usual one if not given.
        timeout: seconds for the whole turn.

    >>> OllamaThread("llama3.2", endpoint="http://gpu-box:11434").base_url
    'http://gpu-box:11434/v1'
    """

    _prefix: ClassVar[str] = "ollama/"

    def __init__(
        self,
        model: str,
        temperature: float | None = None,
        *,
        endpoint: str = "",
        timeout: float | None = None,
        **more: Any,
    ) -> None:
        if endpoint:
            address = endpoint.rstrip("/").removesuffix("/api/chat").removesuffix("/api/generate").rstrip("/")
            more["base_url"] = address if address.endswith("/v1") else address + "/v1"
        if timeout is not None:
            more["deadline"] = timeout
        super().__init__(model, temperature, **more)


@public
class TextSynthThread(Thread):
    """Answered by TextSynth, which cuts replies at its own short limit: give `max_tokens`.

    Arguments:
        model: one of TextSynth's engines, e.g. ``"mistral_7B"``.
        temperature: None leaves it to the service.
        endpoint: in place of `model`, the engine's whole address, e.g. of a server of one's own.
        **more: see `Thread`.

    Raises:
        ConfigError: no engine is named.

    >>> TextSynthThread("mistral_7B", max_tokens=500).model
    'textsynth/mistral_7B'
    >>> TextSynthThread(endpoint="https://api.textsynth.com/v1/engines/mistral_7B/chat").model
    'textsynth/mistral_7B'
    """

    _prefix: ClassVar[str] = "textsynth/"

    def __init__(self, model: str = "", temperature: float | None = None, *, endpoint: str = "", **more: Any) -> None:
        address, _, engine = endpoint.partition("/engines/")
        model = model or engine.partition("/")[0]
        if not model:
            raise ConfigError("TextSynthThread takes the name of an engine, e.g. TextSynthThread('mistral_7B').")
        if engine and address != "https://api.textsynth.com/v1":
            more.setdefault("base_url", address)
        super().__init__(model, temperature, **more)


@public
class LocalThread(Thread):
    """Answered by the embedded model: on this machine, without a key.

    >>> LocalThread().model
    'local/smollm2'
    """

    _prefix: ClassVar[str] = "local/"


@public
class CLIThread(Thread):
    """Answered by a human at the terminal.

    >>> CLIThread("Ada").model
    'terminal/Ada'
    """

    _prefix: ClassVar[str] = "terminal/"
    _defaults: ClassVar[dict[str, Any]] = {**Thread._defaults, "deadline": None, "model": "terminal/You"}

    def __init__(self, name: str = "You", **more: Any) -> None:
        more.pop("model", None)
        super().__init__(name, **more)


@public
class ConstantThread(Thread):
    """Always answers the same.

    >>> ConstantThread("5").submit("How much?")
    '5'
    """

    _prefix: ClassVar[str] = "constant/"

    def __init__(self, response: str, **more: Any) -> None:
        for unused in ("cli", "model"):
            more.pop(unused, None)
        super().__init__(f"constant/{response}", **more)


@public
class ScriptedThread(Thread):
    """Answers from a list, or from a function of the request.

    Arguments:
        replies: the answers in turn; or a function (at a module's top level, so that it can be kept) that takes the
            `Request` and returns the answer.

    >>> ada = ScriptedThread(["one", "two"])
    >>> ada.submit("Count."), ada.submit("Go on.")
    ('one', 'two')
    """

    replies: Sequence[str] | Callable[[Request], str]
    _defaults: ClassVar[dict[str, Any]] = {**Thread._defaults, "model": "scripted/list", "retries": 0}

    def __init__(self, replies: Sequence[str] | Callable[[Request], str], **more: Any) -> None:
        if isinstance(replies, str):
            raise StateError("ScriptedThread takes a list of replies, or a function; for one reply use ConstantThread.")
        super().__init__(**more)
        self.replies = replies

    def _find_provider(self, model: str) -> Provider:
        if not model.startswith("scripted/"):
            return super()._find_provider(model)
        # A list goes on where it was; a function is given the request, and that is all it needs.
        record = [] if callable(self.replies) else internals(self).messages
        given = sum(m.role == "assistant" and m.status != "pending" and bool(m.attempts) for m in record)
        # Loaded when first needed: the core knows no provider.
        found: Provider = import_module("otree_ego.providers.simple").Scripted(self.replies, start=given)
        return found


class _GivenReply:
    """A provider for a reply that came from elsewhere."""

    def __init__(self, text: str) -> None:
        self.text = text

    async def stream(self, request: Request) -> AsyncIterator[str | Reply]:
        yield Reply(self.text, model=request.model)


@public
class ExternalThread(Thread):
    """Answered from elsewhere: a human on another page, say. Each turn brings its reply along.

    >>> human = ExternalThread()
    >>> human.submit("I offer 3.", response="Accepted.")
    'Accepted.'
    """

    _defaults: ClassVar[dict[str, Any]] = {**Thread._defaults, "model": "external/human", "retries": 0}

    def _provider_finder(self, response: str | None) -> Callable[[str], Provider]:
        if response is None:
            raise ConfigError("An ExternalThread is answered from elsewhere: submit(question, response=the reply).")
        return lambda model: _GivenReply(response)
