"""Rows of `ego check` about models: keys, services and the embedded model. A key itself is never shown."""

from __future__ import annotations

import difflib
from collections.abc import Iterator
from importlib.util import find_spec
from urllib.parse import urlsplit

from ...errors import (
    BadReply,
    BadRequest,
    ConfigError,
    EgoError,
    KeyMissing,
    KeyRejected,
    ModelUnknown,
    Overloaded,
    ProviderError,
    RateLimited,
    TimedOut,
    Unreachable,
)  # fmt: skip
from ...providers import check_model, split_model
from ...providers.built_in import PROVIDERS
from ...providers.declarations import find_provider
from ...providers.endings import ending_of
from ...providers.keys import find_key
from ...providers.listing import PATHS, answers, better_address, listed_name, models_of
from ...providers.openai.network_settings import client_options, problems
from ...providers.services import Service, find_service, is_loopback, services
from .output import Row, version_of
from .project import Project

REDIRECTS = range(300, 400)
LOCAL_FIX = 'pip install "otree-ego[local]"'


def check_network(models: list[str]) -> Iterator[Row]:
    """A row for each variable of the environment that names certificates or a proxy and cannot be used."""
    needed = {_way(model) for model in models}
    for name, sentence in problems():
        yield Row(name, "failed" if sentence in needed else "warning", sentence.removeprefix(f"{name} "))


def _way(model: str) -> str:
    """What is wrong with the way to a model's service; empty if nothing is, as far as the environment tells."""
    service = find_service(split_model(model)[0])
    try:
        if service is not None:
            client_options(service.address())
    except ConfigError as error:
        return str(error)
    return ""


def check_keys(models: list[str]) -> Iterator[Row]:
    """A row for each service that is used, or has a key: present, missing, not usable, or open to others.

    Keys that are missing and not needed are one row together.
    """
    used = {split_model(model)[0] for model in models} or {"openai"}
    absent = []
    for name, service in services().items():
        needed = bool(models) and name in used
        try:
            find_key(name)
        except KeyMissing:
            if name in used and service.key_required:
                place = service.key_env[0] if service.key_env else ""
                fix = f"set {place}=… in the environment" if place else "give key_env=… where the service is declared"
                yield Row(f"key {name}", "failed" if needed else "info", "missing", fix if needed else "")
            elif service.key_required:
                absent.append(name)
        except ConfigError as error:
            yield Row(f"key {name}", "failed" if needed else "warning", str(error))
        else:
            yield _open_key(service) if needed and _open(service) else Row(f"key {name}", "ok", "present")
    if absent:
        yield Row("other keys", "info", f"none, and none needed, for {', '.join(absent)}")


def key_is_missing(model: str) -> bool:
    """Whether a model's service wants a key that nobody has given."""
    service = find_service(split_model(model)[0])
    try:
        if service is None or not service.wants_key():
            return False
        find_key(service.name)
    except KeyMissing:
        return True
    except ConfigError:  # it is there, and cannot be used: its own row says so
        return False
    return False


def _open(service: Service) -> bool:
    """Whether its key, and all that is said, goes to another machine without encryption."""
    try:
        address = service.address()
    except ConfigError:
        return False
    return address.startswith("http:") and not is_loopback(address)


def _open_key(service: Service) -> Row:
    found = f"present, but {service.address()} is not encrypted: the key and all texts can be read on the way"
    return Row(f"key {service.name}", "warning", found, "use https://, or a tunnel (ssh -L) to that machine")


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
    """What its service says of a model, and the day that it gives as the model's last.

    A model that is not in the list is asked: a list may be short, or missing, and what counts is the answer.
    """
    host = urlsplit(service.address()).netloc
    names: dict[str, str | None] = {}
    try:
        names = models_of(service)
    except ConfigError as problem:
        above = next((name for name, sentence in problems() if sentence == str(problem)), "")
        return Row(model, "failed", f"{host} cannot be reached: see {above} above" if above else str(problem)), None
    except ProviderError as problem:
        if isinstance(problem, Unreachable | TimedOut) or problem.status in (401, *REDIRECTS):
            return Row(model, *explained(service, problem)), None
    else:
        if listed := listed_name(plain, names):
            return Row(model, "ok", f"{host} answers and has it"), names[listed]
        if not names and service.protocol != "openai":
            return Row(model, "ok", f"{host} answers"), None
    try:
        answers(model)
    except TimedOut as problem:
        return Row(model, "warning", str(problem), "perhaps the model is being loaded: run ego check again"), None
    except EgoError as problem:
        return Row(model, *explained(service, problem, plain, list(names))), None
    if names:
        found = f"{host} does not list {plain!r}, but answers to the name"
        return Row(model, "warning", found, "see that it is the model you mean"), None
    return Row(model, "ok", f"{host} answers; it does not list its models"), None


def problem_status(problem: BaseException) -> int | None:
    """The HTTP status that an error came with, if it did."""
    status: int | None = getattr(problem, "status", None)
    return status


def explained(
    service: Service, problem: EgoError, plain: str = "", names: list[str] | None = None
) -> tuple[str, str, str]:
    """Why a service did not answer: the state of its row, what was found, and what to do.

    Arguments:
        service: the service. problem: what was raised. plain: the model's name there. names: those that it lists.
    """
    if isinstance(problem, ConfigError):
        return "failed", str(problem), ""
    host, status = urlsplit(service.address()).netloc, problem_status(problem)
    if isinstance(problem, KeyRejected) and status in (401, 403):
        return "failed", f"{host} refuses the key (HTTP {status})", "make a new key, or renew it"
    if isinstance(problem, ModelUnknown) and (names or "has no" in str(problem)):
        return "failed", f"{host} has no model {plain!r}", _other_name(service, plain, names or [])
    if isinstance(problem, Unreachable):
        fix = "start it: ollama serve" if service.name == "ollama" and "nothing listens" in str(problem) else ""
        return "failed", str(problem), fix
    if isinstance(problem, Overloaded) and status and status >= 500:
        return "failed", f"{host} answers HTTP {status}", "see the service's status page"
    later = isinstance(problem, RateLimited) and problem.retryable
    return "warning" if later else "failed", str(problem), _other_address(service, problem)


def _other_name(service: Service, plain: str, names: list[str]) -> str:
    if service.name == "ollama":
        return f"ollama pull {plain}"
    near = difflib.get_close_matches(plain, names, n=3)
    return f"see to the model's name; it lists {', '.join(near)}" if near else "see to the model's name"


def _other_address(service: Service, problem: EgoError) -> str:
    """Another address of the same machine where there is something, if what was asked is not there."""
    said = str(problem)
    if "HTTPS port" in said or "HTTPS server" in said:
        return f"write {service.address().replace('http:', 'https:', 1)}"
    if not isinstance(problem, BadReply | BadRequest | ModelUnknown) or problem_status(problem) in (
        400,
        422,
        *REDIRECTS,
    ):
        return ""
    other = better_address(service)
    return f"there is one at {other}: write that as base_url" if other else ""
