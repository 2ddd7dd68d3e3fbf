"""How a model's name finds what answers it. Importing this loads no service's SDK."""

from __future__ import annotations

import contextlib
import difflib
import threading
from collections.abc import Callable
from typing import Any

from ..errors import ConfigError
from ..ports import Provider
from .built_in import EXAMPLES, NAMELESS
from .declarations import MADE, Declared, find_protocol, find_provider, providers
from .keys import find_key
from .services import Service, find_service, services, split_model

_found: dict[str, tuple[str, Service, Declared, Provider]] = {}
"""By the model's full name what answers it, with its service and its protocol."""


def provider_for(model: str) -> Provider:
    """What answers under a model's full name.

    Arguments:
        model: ``gpt-6-luna`` (OpenAI's), ``service/model``, ``local/smollm2``, ``constant/Hello``, ``terminal/Name``, …

    Raises:
        ConfigError: nothing of this name is known; the message says what is near it.

    >>> provider_for("constant/Hello").text
    'Hello'
    """
    if isinstance(model, str) and (known := _known(model)) is not None:
        return known
    before, name = _split(model)
    service = find_service(before)
    if service is not None:
        protocol = find_protocol(service.protocol)
        if protocol is None:
            raise ConfigError(
                f"the service {before!r} speaks {service.protocol!r}, which is not declared: "
                f"declare_provider({service.protocol!r}, …, protocol=True)"
            )
        if len(_found) >= MADE:
            _found.clear()
        _found[model] = (before, service, protocol, found := protocol.provider(service))
        return found
    declared = find_provider(before)
    if declared is None:
        raise _unknown(model, before)
    return declared.provider(name)


def _known(model: str) -> Provider | None:
    """What was found before, if it would be found again."""
    before, service, protocol, found = _found.get(model) or ("", None, None, None)
    if service is None or find_service(before) is not service or find_protocol(service.protocol) is not protocol:
        return None
    is_taken = "/" not in model and (find_provider(model) or find_service(model))
    return None if is_taken else found


def check_model(model: str, thread_id: str = "") -> None:
    """See, without any network, that a model's name can be used: its service is known and has the key it needs.

    Arguments:
        model: the model's full name.
        thread_id: the Thread that will ask; a key kept under it counts.

    Raises:
        ConfigError: the name is wrong.
        KeyMissing: the service wants a key and none was found.

    >>> check_model("constant/Hello")
    """
    before, name = _split(model)
    check: Any = getattr(provider_for(model), "check", None)
    if check is not None:
        check(name)
    service = find_service(before)
    if service is not None and service.wants_key():
        find_key(before, thread_id)


def warm(model: str) -> None:
    """Load in the background what the first request to a model would otherwise wait for (an SDK takes a second).

    Arguments:
        model: the model's full name; names that need nothing, or are unknown, are fine.
    """
    with contextlib.suppress(ConfigError):
        work: Any = getattr(provider_for(model), "warm", None)
        if work is not None:
            threading.Thread(target=_quietly, args=(work,), name="otree_ego-warm", daemon=True).start()


def _quietly(work: Callable[[], Any]) -> None:
    with contextlib.suppress(Exception):  # the first request says what is wrong
        work()


def _split(model: str) -> tuple[str, str]:
    if not isinstance(model, str) or not model.strip():
        raise ConfigError(f"a model is named by a text such as 'gpt-6-luna' or 'ollama/llama3.2', not {model!r}")
    before, name = split_model(model.strip())
    if "/" not in model and (find_provider(model) or find_service(model)):
        raise ConfigError(f"{model!r} names no model: write {model}/ and what it should be, e.g. {_example(model)!r}")
    if not name.strip() and before not in NAMELESS:
        raise ConfigError(f"{model!r} names no model after the slash, e.g. {_example(before)!r}")
    return before, name


def _unknown(model: str, name: str) -> ConfigError:
    known = sorted({*services(), *providers()} - {"scripted"})
    near = difflib.get_close_matches(name.lower(), known, n=3, cutoff=0.5)
    hint = f"did you mean {' or '.join(near)}? " if near else ""
    return ConfigError(
        f"the model {model!r} names a service {name!r} that is not known: {hint}"
        f"Known are {', '.join(known)}; a project's own are declared in EGO_SERVICES or EGO_PROVIDERS in settings.py, "
        f"and most makers' models are at OpenRouter ('openrouter/{model}')."
    )


def _example(name: str) -> str:
    return EXAMPLES.get(name, f"{name}/the-model's-name")
