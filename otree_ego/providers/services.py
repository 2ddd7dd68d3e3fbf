"""Services and their addresses: the built-in rows, and those that a project declares."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, fields
from types import MappingProxyType
from typing import Any
from urllib.parse import urlsplit

from ..errors import ConfigError
from ..public import public

SIMPLE = ("local", "constant", "scripted", "terminal", "external")
"""Names of what answers without being a service; a declared service may not take them."""


REASONING = ("effort", "budget", "level", "think", "object", "template", "")
"""The forms in which services take `reasoning_effort`: as it is, as Anthropic's budget of tokens, as Gemini's level, as
Ollama's `think`, as OpenRouter's `reasoning`, as a switch of the model's chat template (vLLM), or not at all."""


@dataclass(frozen=True, slots=True)
class Service:
    """One OpenAI-compatible service: a row of data.

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
        free: whether its replies cost nothing (it runs on one's own machine).
        tells_cost: whether it says with each reply what it cost.
        reasoning: the form in which it takes `reasoning_effort`, one of `REASONING`; empty if it takes none.
        verbosity: whether it takes `verbosity`.
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
    reasoning: str = "effort"
    verbosity: bool = False

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
            ),
            _row(
                "openrouter",
                "https://openrouter.ai/api/v1",
                prices="openrouter",
                tells_cost=True,
                reasoning="object",
                verbosity=True,
            ),
            _row("anthropic", "https://api.anthropic.com/v1", prices="anthropic", reasoning="budget"),
            _row(
                "gemini",
                "https://generativelanguage.googleapis.com/v1beta/openai",
                key_env=("GEMINI_API_KEY", "GOOGLE_API_KEY", "GEMINI_KEY"),
                prices="google",
                reasoning="level",
            ),
            _row("groq", "https://api.groq.com/openai/v1", prices="groq"),
            _row("together", "https://api.together.xyz/v1", prices="together"),
            _row("mistral", "https://api.mistral.ai/v1", seed="random_seed", prices="mistral"),
            _row("deepseek", "https://api.deepseek.com/v1", prices="deepseek"),
            _row("xai", "https://api.x.ai/v1", prices="x-ai"),
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
        ]
    )
)
"""The services that need no declaration."""

OWN_PROTOCOL: Mapping[str, Service] = MappingProxyType(dict([_row("textsynth", "https://api.textsynth.com/v1")]))
"""Services that need no declaration and do not speak OpenAI's protocol: each has a provider of its own."""

_API_VERSION = re.compile(r"api-version=[\w.-]+")
declared: dict[str, Service] = {}


def services() -> dict[str, Service]:
    """All services by name: the built-in ones, then those that the project declared."""
    return {**BUILT_IN, **OWN_PROTOCOL, **declared}


def find_service(name: str) -> Service | None:
    """The service of this name, or None."""
    return BUILT_IN.get(name) or OWN_PROTOCOL.get(name) or declared.get(name)


def checked_url(url: object, field_name: str) -> str:
    """A service's address without its last slash; ConfigError, naming `field_name`, if it cannot be one.

    Azure's ``?api-version=…`` may stand at its end; nothing else may follow a '?'.

    >>> checked_url("https://uni.openai.azure.com/openai/deployments/d/?api-version=2024-10-21", "base_url")
    'https://uni.openai.azure.com/openai/deployments/d?api-version=2024-10-21'
    """
    text, _, query = url.strip().partition("?") if isinstance(url, str) else ("", "", "")
    text = text.rstrip("/")
    try:
        parts = urlsplit(text)
        good = parts.scheme in ("http", "https") and bool(parts.hostname) and (parts.port is None or parts.port > 0)
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


def endpoint(address: str, path: str) -> str:
    """The address of something at a service: its path goes before the query, if there is one.

    >>> endpoint("https://llm.example.edu/v1", "models")
    'https://llm.example.edu/v1/models'
    >>> endpoint("https://uni.openai.azure.com/openai/deployments/d?api-version=2024-10-21", "models")
    'https://uni.openai.azure.com/openai/models?api-version=2024-10-21'
    """
    base, mark, query = address.partition("?")
    if mark and path != "chat/completions":  # Azure lists models of the resource, not of a deployment
        base = re.sub(r"/deployments/[^/]+$", "", base)
    return f"{base}/{path}{mark}{query}"


def api_version(address: str) -> str:
    """The version of the interface that an address of Azure's names; empty if it names none."""
    return address.partition("?api-version=")[2]


@public
def declare_service(
    name: str,
    base_url: str,
    key_env: str | tuple[str, ...] | list[str] = (),
    key_required: bool | None = None,
    **rest: Any,
) -> Service:
    """Make a service known, so that ``name/model`` works wherever a model can be named.

    Arguments:
        name: lower-case letters, digits, ``_``, ``-`` and ``.``.
        base_url: its address, up to and without ``/chat/completions``.
        key_env: the environment variable that holds its key, or several, best first.
        key_required: whether it wants a key; by default, whether `key_env` names one.
        rest: other fields of `Service` (``key_files``, ``max_tokens``, ``seed``, ``prices``, ``free``, …).

    Raises:
        ConfigError: a field is wrong or the name is taken; the message names the field.

    >>> declare_service("uni", "https://llm.example.edu/v1", key_env="UNI_KEY").key_required
    True
    """
    where = f"service {name!r}"
    if not isinstance(name, str) or not re.fullmatch(r"[a-z0-9][a-z0-9_.-]*", name):
        raise ConfigError(
            f"{where}: a name takes lower-case letters, digits, '_', '-' and '.', and does not begin with a sign"
        )
    if name in BUILT_IN or name in OWN_PROTOCOL or name in SIMPLE:
        raise ConfigError(f"{where}: this name is otree_ego's own; choose another one")
    row: dict[str, Any] = {"key_env": key_env, **rest}
    for key in ("key_env", "key_files"):
        row[key] = _names(row.get(key, ()), f"{where}: {key}")
    row["key_required"] = bool(row["key_env"]) if key_required is None else key_required
    known = {each.name: each for each in fields(Service)}
    for key, value in row.items():
        if key not in known or key in ("name", "base_url"):
            takes = ", ".join(each for each in known if each != "name")
            raise ConfigError(f"{where}: there is no field {key!r}; it takes {takes}")
        if not isinstance(value, type(known[key].default)):
            raise ConfigError(f"{where}: {key} takes {_kind(known[key].default)}, not {value!r}")
    if row.get("reasoning", "") not in REASONING:
        forms = ", ".join(map(repr, REASONING))
        raise ConfigError(f"{where}: reasoning takes one of {forms}, not {row['reasoning']!r}")
    service = Service(name, checked_url(base_url, f"{where}: base_url"), **row)
    declared[name] = service
    return service


def declare_services(rows: Mapping[str, Mapping[str, Any]]) -> None:
    """Declare the services of a project, as oTree's settings.py gives them in ``EGO_SERVICES``.

    Arguments:
        rows: for each name a mapping with ``base_url`` and, where wanted, the other arguments of `declare_service`.

    Raises:
        ConfigError: a row is wrong; the message names the service and the field.

    >>> declare_services({"uni": {"base_url": "https://llm.example.edu/v1", "key_env": "UNI_KEY"}})
    """
    if not isinstance(rows, Mapping):
        raise ConfigError("EGO_SERVICES takes a dict: {'uni': {'base_url': 'https://…/v1', 'key_env': 'UNI_KEY'}}")
    for name, row in rows.items():
        if not isinstance(row, Mapping):
            raise ConfigError(f"EGO_SERVICES[{name!r}] takes a dict with base_url and perhaps key_env, not {row!r}")
        if "base_url" not in row:
            raise ConfigError(
                f"EGO_SERVICES[{name!r}] has no base_url: the address up to and without /chat/completions"
            )
        if "name" in row or not all(isinstance(key, str) for key in row):
            raise ConfigError(
                f"EGO_SERVICES[{name!r}]: fields are named by strings, and the service's name is the dict's key"
            )
        declare_service(name, **row)


def _names(value: object, what: str) -> tuple[str, ...]:
    names = (value,) if isinstance(value, str) else value
    if isinstance(names, (tuple, list)) and all(isinstance(name, str) and name.strip() for name in names):
        return tuple(name.strip() for name in names)
    raise ConfigError(f"{what} takes a name or a list of names, not {value!r}")


def _kind(default: object) -> str:
    return {bool: "True or False", str: "a string", tuple: "names"}[type(default)]


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
