"""What can be named before the slash of a model's name: services and providers, ours and those that a project declares.

Ours are declared in the same way as a project's (see `built_in`).
"""

from __future__ import annotations

import re
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from importlib import import_module
from typing import Any

from ..errors import ConfigError, EgoError
from ..ports import Provider
from ..public import public
from . import built_in
from .services import BUILT_IN, Service, declared as declared_services, priced_row, service_row

Factory = Callable[[Any], Provider]
MADE = 1000
"""Providers of one declaration that are kept; of constants there may be any number."""


@dataclass
class Declared:
    """One declared provider.

    Arguments:
        name: as it was declared.
        factory: what makes the provider, or where it is to be found (``"my_models.Llama"``).
        protocol: whether services speak it; else models are named by it.
    """

    name: str
    factory: Factory | str
    protocol: bool = False
    _made: dict[str | Service, Provider] = field(default_factory=dict)
    _making: threading.RLock = field(default_factory=threading.RLock)

    @property
    def source(self) -> str:
        """Where the factory is, in words."""
        if isinstance(self.factory, str):
            return self.factory
        named = getattr(self.factory, "__qualname__", type(self.factory).__qualname__)
        return f"{getattr(self.factory, '__module__', type(self.factory).__module__)}.{named}"

    def provider(self, what: str | Service) -> Provider:
        """The provider for what stands after the slash, or for a service; made once.

        Raises:
            ConfigError: it cannot be made; the message says why.
        """
        found = self._made.get(what)
        if found is None:
            with self._making:
                found = self._made.get(what)
                if found is None:
                    found = self._make(what)
                    while len(self._made) >= MADE:
                        del self._made[next(iter(self._made))]
                    self._made[what] = found
        return found

    def _make(self, what: str | Service) -> Provider:
        factory = _imported(self.factory, self.name) if isinstance(self.factory, str) else self.factory
        try:
            found = factory(what)
        except EgoError:
            raise
        except Exception as error:
            given = what.name if isinstance(what, Service) else what
            raise ConfigError(
                f"the provider {self.name!r} ({self.source}) could not be made for {given!r}: "
                f"{type(error).__name__}: {error}"
            ) from error
        if not callable(getattr(found, "stream", None)):
            raise ConfigError(
                f"the provider {self.name!r}: {self.source} gave a {type(found).__name__}, which has no method "
                "stream(request)"
            )
        return found


def _ours(factories: Mapping[str, Factory], protocol: bool = False) -> dict[str, Declared]:
    return {name: Declared(name, factory, protocol) for name, factory in factories.items()}


_OURS = _ours(built_in.PROVIDERS)
_OUR_PROTOCOLS = _ours(built_in.PROTOCOLS, protocol=True)
declared_providers: dict[str, Declared] = {}
declared_protocols: dict[str, Declared] = {}


def providers() -> dict[str, Declared]:
    """All providers by whose name models are named, services aside: ours, then the project's."""
    return {**_OURS, **declared_providers}


def find_provider(name: str) -> Declared | None:
    """The provider of this name, or None."""
    return _OURS.get(name) or declared_providers.get(name)


def find_protocol(name: str) -> Declared | None:
    """What answers for services that speak this protocol, or None."""
    return _OUR_PROTOCOLS.get(name) or declared_protocols.get(name)


@public
def declare_provider(name: str, factory: Factory | str, *, protocol: bool = False) -> None:
    """Make known what answers under models' names ``name/…``, wherever a model can be named.

    Arguments:
        name: lower-case letters, digits, ``_``, ``-`` and ``.``.
        factory: a class or function that is given what stands after the slash and returns a `Provider`; or where it
            is to be found, e.g. ``"my_models.Llama"``, which is imported when it is first needed. It is called once
            for each name, and should be quick: what takes long belongs into the first request.
        protocol: instead, `name` is a protocol that services speak (``declare_service(…, protocol=name)``). The
            factory is then called once for each service, and given its `Service`.

    Raises:
        ConfigError: the name is wrong or taken, or there is no factory.

    A `Provider` has one method, ``stream(request)``: an async generator that yields pieces of the reply's text, and
    last the whole `Reply`. It may have two more. ``check(model)`` raises ConfigError if the model cannot be asked: it
    is called before an experiment begins, and must not use the network. ``warm()`` loads, in a thread of its own, what
    the first request would wait for.

    >>> from otree_ego import Reply, Thread
    >>> class Echo:
    ...     def __init__(self, model):
    ...         self.model = model
    ...     async def stream(self, request):
    ...         text = f"{request.messages[-1][1]} ({self.model})"
    ...         yield text
    ...         yield Reply(text, model=self.model, cost=0.0)
    >>> declare_provider("echo", Echo)
    >>> Thread("echo/loud").submit("Hello!")
    'Hello! (loud)'
    """
    what = f"provider {name!r}"
    _check_name(name, what)
    if not callable(factory) and not (isinstance(factory, str) and re.fullmatch(r"[^\W\d]\w*(\.[^\W\d]\w*)+", factory)):
        raise ConfigError(
            f"{what}: factory takes a class, a function, or where one is to be found, e.g. 'my_models.Llama', "
            f"not {factory!r:.80}"
        )
    if protocol:
        if name in _OUR_PROTOCOLS:
            raise ConfigError(f"{what}: this protocol is otree_ego's own; choose another name")
        declared_protocols[name] = Declared(name, factory, protocol=True)
        return
    _check_free(name, what, declared_services)
    declared_providers[name] = Declared(name, factory)


def declare_providers(rows: Mapping[str, Any]) -> None:
    """Declare the providers of a project, as oTree's settings.py gives them in ``EGO_PROVIDERS``.

    Arguments:
        rows: for each name its factory, or a dict with the arguments of `declare_provider`.

    Raises:
        ConfigError: a row is wrong; the message names it.

    >>> declare_providers({"llama": "my_models.Llama", "acme": {"factory": "my_models.Acme", "protocol": True}})
    """
    if not isinstance(rows, Mapping):
        raise ConfigError("EGO_PROVIDERS takes a dict: {'mine': 'my_models.Llama'}")
    for name, row in rows.items():
        if not isinstance(row, Mapping):
            declare_provider(name, row)
        elif "factory" in row and set(row) <= {"factory", "protocol"}:
            declare_provider(name, row["factory"], protocol=bool(row.get("protocol")))
        else:
            raise ConfigError(f"EGO_PROVIDERS[{name!r}] takes a factory, or a dict with factory and perhaps protocol")


@public
def declare_service(
    name: str,
    base_url: str = "",
    key_env: str | tuple[str, ...] | list[str] = (),
    key_required: bool | None = None,
    **rest: Any,
) -> Service:
    """Make a service known, so that ``name/model`` works wherever a model can be named.

    Arguments:
        name: lower-case letters, digits, ``_``, ``-`` and ``.``.
        base_url: its address, up to and without ``/chat/completions``. A built-in service has one: of its fields only
            ``prices`` and ``free`` can be given.
        key_env: the environment variable that holds its key, or several, best first.
        key_required: whether it wants a key; by default, whether `key_env` names one.
        rest: other fields of `Service` (``key_files``, ``max_tokens``, ``seed``, ``free``, ``protocol``, …), and
            ``prices``: for each model's name at the service its prices in US dollars for a million tokens: ``input``,
            ``output`` and, where they differ, ``cached`` and ``reasoning``. The name ``*`` stands for all others.

    Raises:
        ConfigError: a field is wrong or the name is taken; the message names the field.

    >>> declare_service("uni", "https://llm.example.edu/v1", key_env="UNI_KEY").key_required
    True
    >>> prices = {"llama3": {"input": 0.2, "output": 0.6}}
    >>> declare_service("lab", "https://lab.example.edu/v1", prices=prices).own_prices.of("llama3").output
    0.6
    """
    what = f"service {name!r}"
    _check_name(name, what)
    if name in BUILT_IN and not base_url:
        given = {"key_env": key_env, "key_required": key_required}
        given = {key: value for key, value in given.items() if value not in ((), None)}
        declared_services[name] = priced_row(BUILT_IN[name], what, **given, **rest)
        return declared_services[name]
    _check_free(name, what, declared_providers)
    wanted = bool(key_env) if key_required is None else key_required
    row = service_row(name, base_url, what, key_env=key_env, key_required=wanted, **rest)
    if find_protocol(row.protocol) is None:
        known = ", ".join([*_OUR_PROTOCOLS, *declared_protocols])
        raise ConfigError(
            f"{what}: there is no protocol {row.protocol!r}; it takes {known}, or one that was declared before with "
            "declare_provider(…, protocol=True)"
        )
    declared_services[name] = row
    return row


def declare_services(rows: Mapping[str, Mapping[str, Any]]) -> None:
    """Declare the services of a project, as oTree's settings.py gives them in ``EGO_SERVICES``.

    Arguments:
        rows: for each name a mapping with ``base_url`` and, where wanted, the other arguments of `declare_service`; for
            a built-in service a mapping with ``prices`` or ``free``.

    Raises:
        ConfigError: a row is wrong; the message names the service and the field.

    >>> declare_services({"uni": {"base_url": "https://llm.example.edu/v1", "key_env": "UNI_KEY"}})
    """
    if not isinstance(rows, Mapping):
        raise ConfigError("EGO_SERVICES takes a dict: {'uni': {'base_url': 'https://…/v1', 'key_env': 'UNI_KEY'}}")
    for name, row in rows.items():
        if not isinstance(row, Mapping):
            raise ConfigError(f"EGO_SERVICES[{name!r}] takes a dict with base_url and perhaps key_env, not {row!r}")
        if "base_url" not in row and name not in BUILT_IN:
            raise ConfigError(
                f"EGO_SERVICES[{name!r}] has no base_url: the address up to and without /chat/completions"
            )
        if "name" in row or not all(isinstance(key, str) for key in row):
            raise ConfigError(
                f"EGO_SERVICES[{name!r}]: fields are named by strings, and the service's name is the dict's key"
            )
        declare_service(name, **row)


def _check_name(name: object, what: str) -> None:
    if not isinstance(name, str) or not re.fullmatch(r"[a-z0-9][a-z0-9_.-]*", name):
        raise ConfigError(
            f"{what}: a name takes lower-case letters, digits, '_', '-' and '.', and does not begin with a sign"
        )


def _check_free(name: str, what: str, others: Mapping[str, Any]) -> None:
    """See that nothing else is named so, since ``name/…`` must say who answers."""
    if name in BUILT_IN or name in _OURS:
        raise ConfigError(f"{what}: this name is otree_ego's own; choose another one")
    if name in others:
        other = "service" if others is declared_services else "provider"
        raise ConfigError(f"{what}: a {other} was declared under this name; choose another one")


def _imported(place: str, name: str) -> Factory:
    module, _, attribute = place.rpartition(".")
    try:
        found: Factory = getattr(import_module(module), attribute)
    # What is imported is the project's own code, and may raise anything.
    except Exception as error:
        raise ConfigError(
            f"the provider {name!r}: {place} cannot be imported ({type(error).__name__}: {error})"
        ) from error
    if not callable(found):
        raise ConfigError(f"the provider {name!r}: {place} is a {type(found).__name__}, not a class or a function")
    return found
