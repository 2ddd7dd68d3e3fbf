"""Where keys come from, in one documented order.

A key is looked for in this order, and the first place that has one wins:

1. the argument given in code (``GPTThread(api_key=...)``), kept in this process's memory under the Thread's id;
2. the service's environment variables, in their order (``OPENAI_API_KEY``, then ``OPENAI_KEY``);
3. the service's key files in the working directory, in their order (``openai_key``, then ``api_key``).

White space around a key is ignored, and an empty key counts as missing.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

from ..errors import ConfigError, KeyMissing
from .secret import Secret
from .services import Service, find_service

_kept: dict[str, tuple[Secret, str]] = {}


def keep_key(thread_id: str, key: str | Secret, service: str = "") -> None:
    """Keep a key given in code, in this process's memory only, under the Thread's id.

    Arguments:
        thread_id: the Thread's id.
        key: the key; an empty one forgets what was kept.
        service: the only service it may be sent to; empty for any.
    """
    secret = key if isinstance(key, Secret) else Secret(key)
    if secret:
        _kept[thread_id] = (secret.checked("the key given in code"), service)
    else:
        _kept.pop(thread_id, None)


def find_key(service_name: str, thread_id: str = "") -> Secret:
    """The key for a service, from the first place that has one (the order is this module's docstring).

    Arguments:
        service_name: a name from `services()`.
        thread_id: the Thread that asks; a key kept under it comes first.

    Raises:
        KeyMissing: no place has one; the message names every place and what to do.
        ConfigError: there is no such service, or what was found cannot be a key.
    """
    service = find_service(service_name)
    if service is None:
        raise ConfigError(f"there is no service {service_name!r}: its key cannot be looked for")
    kept = _kept.get(thread_id)
    if kept and kept[1] in ("", service_name):
        return kept[0]
    for place, value in _places(service):
        if secret := Secret(value):
            return secret.checked(place)
    raise KeyMissing(_missing(service))


def _places(service: Service) -> Iterator[tuple[str, str]]:
    for name in service.key_env:
        yield f"the environment variable {name}", os.environ.get(name, "")
    for file in service.key_files:
        try:
            yield f"the file {file}", Path(file).read_text(encoding="utf-8-sig")
        except FileNotFoundError:
            continue
        except (OSError, UnicodeDecodeError) as problem:
            raise ConfigError(
                f"the key file {file} cannot be read ({type(problem).__name__}): it takes the key as plain text"
            ) from None


def _missing(service: Service) -> str:
    looked = ["in the code (api_key=…; a key given in code is forgotten when the server restarts)"]
    looked += [f"in the environment variable {name}" for name in service.key_env]
    looked += [f"in the file {name} in the working directory ({Path.cwd()})" for name in service.key_files]
    if service.key_env:
        name = service.key_env[0]
        fix = f"set {name}=… in the environment (on Heroku: heroku config:set {name}=…) and restart"
    else:
        fix = f"pass api_key=…, or name the variable that holds it: declare_service({service.name!r}, …, key_env='…')"
    return f"no key for the service {service.name!r} was found. Looked {', '.join(looked)}. To fix it, {fix}."
