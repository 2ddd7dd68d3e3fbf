"""What a project has declared, for worker processes: they know the same services and providers, as far as it can be."""

from __future__ import annotations

import pickle
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, NoReturn

from ..errors import ConfigError
from ..messages import new_id
from .declarations import declare_provider, declared_protocols, declared_providers
from .services import Service, declared as declared_services

_PROCESS = new_id()
_known: dict[tuple[str, bool], bytes] = {}
"""What this worker was sent before: what a provider has loaded is kept from one share of a run to the next."""


@dataclass(frozen=True)
class Copies:
    """Copies of all that is declared.

    Fields:
        services: rows by name. factories: by name, and whether it is a protocol, the factory as bytes.
        missing: the same for what could not be made into bytes, and why.
    """

    services: Mapping[str, Service]
    factories: Mapping[tuple[str, bool], bytes]
    missing: Mapping[tuple[str, bool], str]
    process: str = field(default=_PROCESS)


@dataclass(frozen=True)
class _Missing:
    """Stands for a factory that did not come along; whoever asks for it is told why."""

    name: str
    why: str

    def __call__(self, _: Any) -> NoReturn:
        raise ConfigError(
            f"the provider {self.name!r} cannot be used in a worker process ({self.why}): declare it by the place of a "
            "class in a module, e.g. 'my_models.Llama'"
        )


def copy_declarations(dumps: Callable[[Any], bytes]) -> Copies:
    """Copies of all that is declared now.

    Arguments:
        dumps: makes bytes that `pickle.loads` understands, of functions in a script, too.
    """
    factories: dict[tuple[str, bool], bytes] = {}
    missing: dict[tuple[str, bool], str] = {}
    for each in (*declared_providers.values(), *declared_protocols.values()):
        key = (each.name, each.protocol)
        try:
            factories[key] = dumps(each.factory)
        # It may hold anything; one that is not used must not keep a run from its workers.
        except Exception as error:
            missing[key] = f"{type(error).__name__}: {error}"
    return Copies(dict(declared_services), factories, missing)


def declare_copies(copies: Copies) -> None:
    """In a worker: declare what was declared where the work comes from."""
    if copies.process == _PROCESS:  # a thread of the same process, or its fork
        return
    for (name, protocol), why in copies.missing.items():
        declare_provider(name, _Missing(name, why), protocol=protocol)
    for key, data in copies.factories.items():
        if _known.get(key) != data:
            declare_provider(key[0], _loaded(key[0], data), protocol=key[1])
            _known[key] = data
    declared_services.update(copies.services)


def _loaded(name: str, data: bytes) -> Any:
    try:
        return pickle.loads(data)  # from our own parent process, as the work itself
    except Exception as error:  # e.g. a module that is not on this machine
        return _Missing(name, f"{type(error).__name__}: {error}")
