"""Rows of `ego check` about models: keys, services and the embedded model. A key itself is never shown."""

from __future__ import annotations

import urllib.error
from collections.abc import Iterator
from importlib.util import find_spec
from urllib.parse import urlsplit

from ...errors import ConfigError, EgoError, KeyMissing
from ...providers import check_model, split_model
from ...providers.built_in import PROVIDERS
from ...providers.declarations import find_provider
from ...providers.endings import ending_of
from ...providers.keys import find_key
from ...providers.listing import PATHS, PROBLEMS, listed_name, models_of
from ...providers.services import Service, find_service, services
from .output import Row, version_of
from .project import Project

LOCAL_FIX = 'pip install "otree-ego[local]"'


def check_keys(models: list[str]) -> Iterator[Row]:
    """A row for each service that wants a key: present, missing, or not usable."""
    used = {split_model(model)[0] for model in models}
    for name, service in services().items():
        if not service.key_required:
            continue
        try:
            find_key(name)
        except KeyMissing:
            place = service.key_env[0] if service.key_env else ""
            fix = f"set {place}=… in the environment" if place else "give key_env=… where the service is declared"
            needed = name in used
            yield Row(f"key {name}", "failed" if needed else "info", "missing", fix if needed else "")
        except ConfigError as error:
            yield Row(f"key {name}", "failed" if name in used else "warning", str(error))
        else:
            yield Row(f"key {name}", "ok", "present")


def check_models(models: list[str], network: bool, project: Project) -> Iterator[Row]:
    """A row for each model: whether its name is right and its service answers; and one if it ends soon, or has ended.

    Arguments:
        models: their full names. network: whether services are asked. project: whose settings may name them.
    """
    if not models:
        yield Row("models", "info", "settings.py names none", "ego check --model NAME checks one")
    for model in models:
        try:
            check_model(model)
        except KeyMissing:
            yield Row(model, "failed", f"the key of {split_model(model)[0]} is missing, as said above")
            continue
        except EgoError as error:
            yield Row(model, "failed", str(error))
            continue
        name, plain = split_model(model)
        service, shutdown_date = find_service(name), None
        if service is None:
            yield Row(model, "ok", _who(name))
        elif service.protocol not in PATHS:
            yield Row(model, "ok", f"speaks {service.protocol}, a protocol of the project's own: not asked")
        elif not network:
            yield Row(model, "info", "its service was not asked (--no-network)")
        else:
            row, shutdown_date = _reached(model, plain, service)
            yield row
        yield from _ending(model, shutdown_date, project)


def _ending(model: str, shutdown_date: str | None, project: Project) -> Iterator[Row]:
    ending = ending_of(model, shutdown_date)
    if ending is not None and ending.near():
        uses = project.uses_of(model)
        where = f" Named in {'; '.join(uses)}." if uses else ""
        state = "failed" if ending.over() else "warning"
        yield Row(f"{model} ends", state, ending.sentence() + where, ending.instead and f"name {ending.instead} there")


def check_embedded(models: list[str]) -> Iterator[Row]:
    """xllamacpp and the weights: needed if a local model is used, else only to know."""
    used = any(split_model(model)[0] == "local" for model in models)
    if find_spec("xllamacpp") is None:
        yield Row("xllamacpp", "failed" if used else "info", "not installed", LOCAL_FIX)
    else:
        yield Row("xllamacpp", "ok", version_of("xllamacpp"))
    from ...providers.local.weights import find_weights

    try:
        file = find_weights()
    except ConfigError as error:
        yield Row("weights", "failed" if used else "warning", str(error))
        return
    if file is None:
        yield Row("weights", "warning" if used else "info", "not here yet; fetched on first use", "ego weights")
    else:
        yield Row("weights", "ok", str(file))


def _who(name: str) -> str:
    provider = find_provider(name)
    if name == "local":
        return "runs on this machine"
    return "needs no service" if provider is None or name in PROVIDERS else f"answered by {provider.source}"


def _reached(model: str, plain: str, service: Service) -> tuple[Row, str | None]:
    """What its service says of a model, and the day that it gives as the model's last."""
    host = urlsplit(service.address()).netloc
    try:
        names = models_of(service)
    except PROBLEMS as problem:
        return Row(model, *explained(service, problem)), None
    listed = listed_name(plain, names)
    if names and not listed:
        fix = f"ollama pull {plain}" if service.name == "ollama" else "see to the model's name"
        return Row(model, "failed", f"{host} has no model {plain!r}", fix), None
    return Row(model, "ok", f"{host} answers" + (" and has it" if names else "")), names.get(listed)


def explained(service: Service, problem: BaseException) -> tuple[str, str, str]:
    """Why a service did not list its models: the state of its row, what was found, and what to do."""
    host = urlsplit(service.address()).netloc
    if isinstance(problem, urllib.error.HTTPError):
        if problem.code in (401, 403):
            return "failed", f"{host} refuses the key (HTTP {problem.code})", "make a new key, or renew it"
        state = "failed" if problem.code >= 500 else "warning"
        return state, f"{host} answers HTTP {problem.code}", "see the service's status page"
    why = getattr(problem, "reason", None) or problem
    return "failed", f"{host} cannot be reached ({why})", _start_it(service)


def _start_it(service: Service) -> str:
    if service.name == "ollama":
        return "start it: ollama serve"
    return "see to the network, or to the service's base_url"
