"""What the page offers to choose from: who can sit at the table, models, parameters, kinds of answers."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from importlib import import_module
from typing import Any

from ..experiment.built.additions import NUMBERS, WORDS
from ..experiment.built.notation import FILTERS, KINDS
from ..experiment.built.seat_answers import ANSWERS
from ..providers.declarations import providers
from ..providers.prices import load_prices
from ..providers.services import find_service, services
from .gallery_scenarios import gallery_scenarios

OF_THREADS = {
    "GPTThread": "openai",
    "OpenRouterThread": "openrouter",
    "OllamaThread": "ollama",
    "TextSynthThread": "textsynth",
}
MODELS = {
    "openai": ("gpt-6-luna", "gpt-6-sol", "gpt-5.4-mini"),
    "openrouter": ("anthropic/claude-sonnet-5", "openai/gpt-6-luna"),
    "ollama": ("llama3.2", "qwen3", "gemma3"), "textsynth": ("mistral_7B",), "local": ("smollm2",),
    "anthropic": ("claude-sonnet-5",), "gemini": ("gemini-3-flash",), "groq": ("llama-3.3-70b-versatile",),
    "mistral": ("mistral-large-latest",), "deepseek": ("deepseek-chat",), "constant": ("ACCEPT",),
}  # fmt: skip
"""Names to begin with, best first. Any other can be typed."""
MOST_MODELS = 150
_OTHER = re.compile(
    "embed|whisper|tts|audio|image|moderation|realtime|transcribe|guard|rerank|search|live|davinci|babbage|^ada$|curie|"
    "instruct|[~:]", re.IGNORECASE,
)  # fmt: skip
"""Models that answer no questions, or only those of before."""
_OWN = ("constant", "terminal", "external", "scripted", "local")


def known_to_the_page() -> dict[str, Any]:
    """All of it, as JSON can hold it."""
    return {
        "kinds": [*KINDS], "services": _services(), "models": {name: [*_models(name)] for name in _all_services()},
        "of_threads": {**OF_THREADS, "LocalThread": "local", "ConstantThread": "constant"},
        "filters": [*FILTERS], "answers": [*ANSWERS],
        "parameters": {n: {"low": low, "high": high, "whole": whole} for n, (low, high, whole) in NUMBERS.items()},
        "words": {name: [*words] for name, words in WORDS.items()},
        "gallery": [each.name for each in gallery_scenarios()],
    }  # fmt: skip


def _services() -> list[str]:
    """Services that no class of Threads is named after."""
    return [name for name in _all_services() if name not in (*OF_THREADS.values(), *_OWN)]


def _all_services() -> list[str]:
    return list(dict.fromkeys([*services(), *providers()]))


def _models(service: str) -> Iterator[str]:
    known = MODELS.get(service, ())
    yield from known
    found = find_service(service)
    if found is not None and found.prices:
        yield from [name for name in _priced(found.prices) if name not in known][: MOST_MODELS - len(known)]


@lru_cache(maxsize=64)
def _priced(prices: str) -> tuple[str, ...]:
    """The models that the price data have of a service, the ones that came last first."""
    if load_prices() is None:
        return ()
    data: Any = import_module("genai_prices.data")
    models = (model for each in data.providers if each.id == prices for model in each.models)
    names = [model.id for model in models if not getattr(model, "deprecated", False)]
    return tuple(name for name in sorted(names, reverse=True) if not _OTHER.search(name))
