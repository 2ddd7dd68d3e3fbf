"""The providers that need no declaration, by the names under which a model is found. Nothing here loads an SDK."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType

from ..errors import ConfigError
from ..ports import Provider
from .services import Service
from .simple import Constant, External, Terminal


def _local(_: str) -> Provider:
    from .local.provider import Local

    return Local()


def _external(_: str) -> Provider:
    return External()


def _scripted(name: str) -> Provider:
    raise ConfigError(f"'scripted/{name}' has no script: use ScriptedThread(replies=[…]), which brings its own")


def _openai(service: Service) -> Provider:
    from .openai.provider import OpenAICompatible

    return OpenAICompatible(service)


def _textsynth(service: Service) -> Provider:
    from .textsynth import TextSynth

    return TextSynth(service)


PROVIDERS: Mapping[str, Callable[[str], Provider]] = MappingProxyType(
    {"local": _local, "constant": Constant, "scripted": _scripted, "terminal": Terminal, "external": _external}
)
"""What answers without being a service; each is made from what stands after the slash."""
PROTOCOLS: Mapping[str, Callable[[Service], Provider]] = MappingProxyType({"openai": _openai, "textsynth": _textsynth})
"""What services speak; each is made from a service's row."""
EXAMPLES: Mapping[str, str] = MappingProxyType(
    {
        "local": "local/smollm2",
        "constant": "constant/Hello",
        "terminal": "terminal/Name",
        "external": "external/Name",
    }
)
"""How a model of each is named, where anything may stand after the slash."""
NAMELESS = ("terminal", "external")
"""Those that need nothing after the slash."""
