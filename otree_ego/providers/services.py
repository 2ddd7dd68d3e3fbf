"""Services and their addresses: the rows that need no declaration, and what a row of one's own may hold."""

from __future__ import annotations

import ipaddress
import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from functools import lru_cache
from types import MappingProxyType
from typing import Any
from urllib.parse import urlsplit

from ..errors import ConfigError
from .price_lists import EXAMPLE, NONE, PriceList


def split_model(model: str) -> tuple[str, str]:
    """A model's full name as service and name at the service; a name without a slash is OpenAI's.

    >>> split_model("openrouter/meta-llama/llama-3.3-70b-instruct")
    ('openrouter', 'meta-llama/llama-3.3-70b-instruct')
    >>> split_model("gpt-6-luna")
    ('openai', 'gpt-6-luna')
    """
    service, slash, name = model.partition("/")
    return (service, name) if slash else ("openai", model)


REASONING = ("effort", "budget", "level", "think", "object", "template", "")
"""The forms in which services take `reasoning_effort`: as it is, as Anthropic's budget of tokens, as Gemini's level, as
Ollama's `think`, as OpenRouter's `reasoning`, as a switch of the model's chat template (vLLM), or not at all."""


@dataclass(frozen=True, slots=True)
class Service:
    """A service that answers over the network: a row of data.

    Arguments:
        name: the first part of its models' names (``groq`` in ``groq/llama-3.3-70b-versatile``).
        base_url: its address, up to and without ``/chat/completions``.
        key_env: environment variables that may hold its key, best first.
        key_files: files in the working directory that may hold its key, best first.
        key_required: whether it refuses to answer without a key.
        base_url_env: environment variable that may hold another address.
        max_tokens: what it calls the limit of tokens.
        seed: what it calls the seed.
        prices: its name in the price data; empty where the data does not know it.
        own_prices: prices that the project gives; they come before the data's.
        free: whether its replies cost nothing (it runs on one's own machine).
        tells_cost: whether it says with each reply what it cost.
        protocol: what it speaks: ``openai``, ``textsynth``, or a protocol of one's own (see `declare_provider`).
        reasoning: the form in which it takes `reasoning_effort`, one of `REASONING`; empty if it takes none.
        verbosity: whether it takes `verbosity`.
        thoughts_in_text: whether thoughts that its models write into their text are left there.
        thoughts_apart: whether it sends thoughts only in fields of their own, if at all.
    """

    name: str
    base_url: str
    key_env: tuple[str, ...] = ()
    key_files: tuple[str, ...] = ()
    key_required: bool = True
    base_url_env: str = ""
    max_tokens: str = "max_tokens"
    seed: str = "seed"
    prices: str = ""
    free: bool = False
    tells_cost: bool = False
    protocol: str = "openai"
    reasoning: str = "effort"
    verbosity: bool = False
    thoughts_in_text: bool = False
    thoughts_apart: bool = False
    own_prices: PriceList = NONE

    def address(self) -> str:
        """Where requests go: the environment's address if it names one, else `base_url`."""
        named = os.environ.get(self.base_url_env, "").strip() if self.base_url_env else ""
        if not named:
            return self.base_url
        if self.name == "ollama":
            named = _ollama_address(named)
        return checked_url(named, f"the environment variable {self.base_url_env}")

    def wants_key(self, base_url: str = "") -> bool:
        """Whether a request needs a key. Another address is another server, often one's own, which may want none."""
        return self.key_required and not base_url and self.address() == self.base_url


def _row(name: str, base_url: str, **rest: Any) -> tuple[str, Service]:
    upper = name.upper()
    rest.setdefault("key_env", (f"{upper}_API_KEY", f"{upper}_KEY"))
    return name, Service(name, base_url, key_files=rest.pop("key_files", (f"{name}_key",)), **rest)


BUILT_IN: Mapping[str, Service] = MappingProxyType(
    dict(
        [
            _row(
                "openai",
                "https://api.openai.com/v1",
                key_files=("openai_key", "api_key"),
                base_url_env="OPENAI_BASE_URL",
                max_tokens="max_completion_tokens",
                prices="openai",
                verbosity=True,
                thoughts_apart=True,
            ),
            _row(
                "openrouter",
                "https://openrouter.ai/api/v1",
                prices="openrouter",
                tells_cost=True,
                reasoning="object",
                verbosity=True,
            ),
            _row(
                "anthropic", "https://api.anthropic.com/v1", prices="anthropic", reasoning="budget", thoughts_apart=True
            ),
            _row(
                "gemini",
                "https://generativelanguage.googleapis.com/v1beta/openai",
                key_env=("GEMINI_API_KEY", "GOOGLE_API_KEY", "GEMINI_KEY"),
                prices="google",
                reasoning="level",
                thoughts_apart=True,
            ),
            _row("groq", "https://api.groq.com/openai/v1", prices="groq"),
            _row("together", "https://api.together.xyz/v1", prices="together"),
            _row("mistral", "https://api.mistral.ai/v1", seed="random_seed", prices="mistral"),
            _row("deepseek", "https://api.deepseek.com/v1", prices="deepseek", thoughts_apart=True),
            _row("xai", "https://api.x.ai/v1", prices="x-ai", thoughts_apart=True),
            _row(
                "academiccloud",
                "https://chat-ai.academiccloud.de/v1",
                key_env=("ACADEMICCLOUD_API_KEY", "SAIA_API_KEY"),
            ),
            _row(
                "ollama",
                "http://127.0.0.1:11434/v1",
                base_url_env="OLLAMA_HOST",
                key_required=False,
                free=True,
                reasoning="think",
            ),
            _row("vllm", "http://127.0.0.1:8000/v1", key_required=False, free=True, reasoning="template"),
            _row("lmstudio", "http://127.0.0.1:1234/v1", key_required=False, free=True),
            _row("textsynth", "https://api.textsynth.com/v1", protocol="textsynth"),
        ]
    )
)
"""The services that need no declaration."""

_HOST = re.compile(r"[A-Za-z0-9_-]+(\.[A-Za-z0-9_-]+)*")
_API_VERSION = re.compile(r"api-version=[\w.-]+")
declared: dict[str, Service] = {}
"""A project's own, by name (see `declarations`)."""


def services() -> dict[str, Service]:
    """All services by name: the built-in ones, then those that the project declared."""
    return {**BUILT_IN, **declared}


def find_service(name: str) -> Service | None:
    """The service of this name, or None."""
    return declared.get(name) or BUILT_IN.get(name)


def checked_url(url: object, field_name: str) -> str:
    """A service's address without its last slash; ConfigError, naming `field_name`, if it cannot be one.

    Azure's ``?api-version=…`` may stand at its end; nothing else may follow a '?'.

    >>> checked_url("https://uni.openai.azure.com/openai/deployments/d/?api-version=2024-10-21", "base_url")
    'https://uni.openai.azure.com/openai/deployments/d?api-version=2024-10-21'
    """
    return _checked_url(url if isinstance(url, str) else "", field_name)


@lru_cache(maxsize=256)
def _checked_url(url: str, field_name: str) -> str:
    text, _, query = url.strip().partition("?")
    text = text.rstrip("/")
    try:
        parts = urlsplit(text)
        good = parts.scheme in ("http", "https") and is_host(parts.hostname or "") and parts.port != 0
        good = good and not any(char.isspace() or not char.isprintable() for char in text)
    except ValueError:
        good = False
    if not good:
        raise ConfigError(
            f"{field_name} is not an address: it takes http:// or https://, a host, and the path up to "
            "/chat/completions, e.g. 'https://llm.example.edu/v1'"
        )
    if parts.username or parts.password or parts.fragment or (query and not _API_VERSION.fullmatch(query)):
        raise ConfigError(
            f"{field_name} must have no user name, key, '?' or '#' (Azure's ?api-version=… is the one exception): keys "
            "belong in the environment or a key file"
        )
    return text.removesuffix("/chat/completions") + (f"?{query}" if query else "")


def is_host(name: str) -> bool:
    """Whether a text can be the name, or the number, of a machine.

    >>> is_host("llm.example.edu"), is_host("::1"), is_host("my machine"), is_host("llm..edu")
    (True, True, False, False)
    """
    if ":" in name:
        try:
            return bool(ipaddress.ip_address(name))
        except ValueError:
            return False
    try:
        plain = name.removesuffix(".").encode("idna").decode()
    except UnicodeError:  # an empty part, one that is too long, or no word of any language
        return False
    return len(plain) < 254 and bool(_HOST.fullmatch(plain))


def is_loopback(address: str) -> bool:
    """Whether an address is on this machine."""
    host = urlsplit(address).hostname or ""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def url_under(address: str, path: str) -> str:
    """The address of something at a service: its path goes before the query, if there is one.

    >>> url_under("https://llm.example.edu/v1", "models")
    'https://llm.example.edu/v1/models'
    >>> url_under("https://uni.openai.azure.com/openai/deployments/d?api-version=2024-10-21", "models")
    'https://uni.openai.azure.com/openai/models?api-version=2024-10-21'
    """
    base, mark, query = address.partition("?")
    if mark and path != "chat/completions":  # Azure lists models of the resource, not of a deployment
        base = re.sub(r"/deployments/[^/]+$", "", base)
    return f"{base}/{path}{mark}{query}"


def api_version(address: str) -> str:
    """The version of the interface that an address of Azure's names; empty if it names none."""
    return address.partition("?api-version=")[2]


def service_row(name: str, base_url: str, what: str, **given: Any) -> Service:
    """A row from what was given for it.

    Arguments:
        name, base_url: as in `Service`.
        what: what the row is called in errors.
        given: other fields of `Service`; for names a single text is enough.

    Raises:
        ConfigError: a field is wrong or there is none of this name; the message names it.
    """
    row = {**given, **_own_prices(given, what)}
    for key in ("key_env", "key_files"):
        row[key] = _names(row.get(key, ()), f"{what}: {key}")
    known = {each.name: each for each in fields(Service)}
    for key, value in row.items():
        if key not in known or key in ("name", "base_url") or (key == "own_prices" and key in given):
            takes = ", ".join(each for each in known if each not in ("name", "own_prices"))
            raise ConfigError(f"{what}: there is no field {key!r}; it takes {takes}")
        if not isinstance(value, type(known[key].default)):
            raise ConfigError(f"{what}: {key} takes {_kind(known[key].default)}, not {value!r}")
    if row.get("reasoning", "") not in REASONING:
        forms = ", ".join(map(repr, REASONING))
        raise ConfigError(f"{what}: reasoning takes one of {forms}, not {row['reasoning']!r}")
    return Service(name, checked_url(base_url, f"{what}: base_url"), **row)


def priced_row(row: Service, what: str, **given: Any) -> Service:
    """A built-in service's row with prices of one's own.

    Arguments:
        row: the service's. what: what it is called in errors. given: ``prices`` or ``free``.

    Raises:
        ConfigError: a field is wrong, or another one.
    """
    if other := ", ".join(repr(name) for name in given if name not in ("prices", "free")):
        raise ConfigError(
            f"{what}: this service is otree_ego's own; of its fields only prices and free can be given, not {other}. "
            "Choose another name for a service of your own"
        )
    new = service_row(row.name, row.base_url, what, **given)
    if new.own_prices:
        return replace(row, own_prices=new.own_prices, free=False)
    return replace(row, free=True) if new.free else replace(row, prices=new.prices, free=False)


def _own_prices(given: Mapping[str, Any], what: str) -> dict[str, Any]:
    """What `prices` and `free` say, as the fields of a row."""
    prices = given.get("prices", "")
    if prices and given.get("free"):
        raise ConfigError(f"{what}: it has prices and is free; give one of the two")
    if "prices" in given and isinstance(prices, str) and not prices.strip():
        raise ConfigError(
            f"{what}: prices is empty. Give each model's prices in US dollars for a million tokens, e.g. {EXAMPLE}, or "
            " 'free': True if the service costs nothing"
        )
    return {} if isinstance(prices, str) else {"prices": "", "own_prices": PriceList.read(prices, what)}


def _names(value: object, what: str) -> tuple[str, ...]:
    names = (value,) if isinstance(value, str) else value
    if isinstance(names, (tuple, list)) and all(isinstance(name, str) and name.strip() for name in names):
        return tuple(name.strip() for name in names)
    raise ConfigError(f"{what} takes a name or a list of names, not {value!r}")


def _kind(default: object) -> str:
    return {bool: "True or False", str: "a string"}.get(type(default), "names")


def _ollama_address(host: str) -> str:
    """Ollama's own variable may be a bare host, host:port, :port, or the address that a server listens on."""
    scheme, _, rest = host.rpartition("://")
    name, _, path = rest.partition("/")
    name, colon, port = name.rpartition(":") if not name.endswith("]") else (name, "", "")
    if not colon:
        name, port = name or port, "443" if scheme == "https" else "80" if scheme else "11434"
    if name in ("", "0.0.0.0", "[::]"):
        name = "127.0.0.1"
    path = path.rstrip("/")
    return f"{scheme or 'http'}://{name}:{port}/{path or 'v1'}"
