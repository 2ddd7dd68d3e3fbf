"""How one service is called: a model's name finds its Provider here. Importing this loads no service's SDK."""

from __future__ import annotations

import difflib
import threading

from ..errors import ConfigError
from .base import Provider, split_model
from .keys import find_key
from .services import OWN_PROTOCOL, SIMPLE, Service, find_service, services
from .simple import Constant, External, Terminal

_providers: dict[Service | str, Provider] = {}
_making = threading.Lock()


def provider_for(model: str) -> Provider:
    """What answers under a model's full name.

    Arguments:
        model: ``gpt-4o`` (OpenAI's), ``service/model``, ``local/smollm2``, ``constant/Hello``, ``terminal/Name``, …

    Raises:
        ConfigError: nothing of this name is known; the message says what is near it.

    >>> provider_for("constant/Hello").text
    'Hello'
    """
    service, name = _split(model)
    if service == "constant":
        return Constant(name)
    if service == "terminal":
        return Terminal(name)
    if service == "external":
        return External()
    if service == "scripted":
        raise ConfigError(f"{model!r} has no script: use ScriptedThread(replies=[…]), which brings its own")
    key: Service | str = "local" if service == "local" else _service(model, service)
    with _making:
        if key not in _providers:
            _providers[key] = _make(key)
        return _providers[key]


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
    service, name = _split(model)
    provider_for(model)
    if service == "local":
        from .local.provider import check_local

        check_local(name)
    elif (row := find_service(service)) is not None and row.wants_key():
        find_key(service, thread_id)


def warm(model: str) -> None:
    """Load in the background what the first request to a model would otherwise wait for (an SDK takes a second).

    Arguments:
        model: the model's full name; names that need nothing are fine.
    """
    if find_service(split_model(model)[0]) is not None:
        from .openai.provider import sdk

        threading.Thread(target=sdk, name="otree_ego-warm", daemon=True).start()


def _make(key: Service | str) -> Provider:
    if isinstance(key, Service) and key.name in OWN_PROTOCOL:
        from .textsynth import TextSynth

        return TextSynth(key)
    if isinstance(key, Service):
        from .openai.provider import OpenAICompatible

        return OpenAICompatible(key)
    from .local.provider import Local

    return Local()


def _split(model: str) -> tuple[str, str]:
    if not isinstance(model, str) or not model.strip():
        raise ConfigError(f"a model is named by a text such as 'gpt-4o' or 'openrouter/openai/gpt-4o', not {model!r}")
    service, name = split_model(model.strip())
    if "/" not in model and (model in SIMPLE or model in services()):
        raise ConfigError(f"{model!r} names no model: write {model}/ and what it should be, e.g. {_example(model)!r}")
    if not name.strip() and service != "terminal" and service != "external":
        raise ConfigError(f"{model!r} names no model after the slash, e.g. {_example(service)!r}")
    return service, name


def _service(model: str, name: str) -> Service:
    service = find_service(name)
    if service is not None:
        return service
    known = sorted({*services(), *SIMPLE} - {"scripted"})
    near = difflib.get_close_matches(name.lower(), known, n=3, cutoff=0.5)
    hint = f"did you mean {' or '.join(near)}? " if near else ""
    raise ConfigError(
        f"the model {model!r} names a service {name!r} that is not known: {hint}"
        f"Known are {', '.join(known)}; a project's own are declared in EGO_SERVICES in settings.py, and most makers' "
        f"models are at OpenRouter ('openrouter/{model}')."
    )


def _example(service: str) -> str:
    examples = {
        "local": "local/smollm2",
        "constant": "constant/Hello",
        "terminal": "terminal/Name",
        "external": "external/Name",
    }
    return examples.get(service, f"{service}/the-model's-name")
