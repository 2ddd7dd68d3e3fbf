"""Show which services' models can be named, whether their keys are there, and with --list what a service offers."""

from __future__ import annotations

import argparse
import difflib
import os
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from urllib.parse import urlsplit

from ..errors import ConfigError, EgoError, KeyMissing
from ..providers.declarations import find_provider, providers
from ..providers.endings import ending_of
from ..providers.keys import find_key
from ..providers.listing import PATHS, models_of
from ..providers.services import Service, find_service, services
from .shared.model_rows import LOCAL_FIX, explained
from .shared.output import Failure
from .shared.project import load_project
from .shared.terminal import line, painted, table, width, wrapped

HELP = "list the services whose models can be named, and their keys"
HEADS = ("name it as", "key", "price", "address")
EXAMPLES = {"openai": "gpt-6-luna", "openrouter": "openrouter/openai/gpt-6-luna", "ollama": "ollama/llama3.2"}
PAINT = {"found": "green", "not usable": "red"}
OTHERS = {
    "local": ("local/smollm2", "on this machine"),
    "constant": ("constant/TEXT", "answers TEXT, always"),
    "terminal": ("terminal/NAME", "a person at this terminal"),
    "external": ("external/NAME", "replies come from your code"),
    "scripted": ("ScriptedThread(…)", "a list of replies in your code"),
}


@dataclass(frozen=True)
class _Line:
    """How a service's models are named, whether there is a key, what it costs, and where its key is looked for."""

    name: str
    example: str
    key: str
    price: str
    address: str
    places: str = ""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """--list SERVICE."""
    parser.add_argument("--list", metavar="SERVICE", dest="service", help="ask this service for its models' names")


def run(options: argparse.Namespace) -> int:
    """Do it."""
    project = load_project()
    if project.problem:
        print(f"ego: settings.py is left out: {line(project.problem)}", file=sys.stderr)
    if options.service:
        for name, shutdown_date in names_of(options.service.strip().rstrip("/")).items():
            ending = ending_of(name, shutdown_date)
            near = ending is not None and ending.near()
            print(line(name) + (f"  ({ending.sentence().removeprefix(name).strip()})" if ending and near else ""))
        return 0
    rows = list(_rows())
    for text in table(HEADS, [(row.example, row.key, row.price, row.address) for row in rows], shrink=3, paint=PAINT):
        print(text)
    print(f"\n{painted('Keys are looked for in:', 'dim')}")
    longest = max(len(row.name) for row in rows)
    for row in rows:
        if row.places:
            margin = "\n" + " " * (longest + 2)
            print(row.name.ljust(longest) + "  " + margin.join(wrapped(row.places, width() - longest - 2)))
    for model in project.models:
        ending = ending_of(model)
        if ending is not None and ending.near():
            said = f"{ending.sentence()} Named in {'; '.join(project.uses_of(model))}."
            print("\n" + painted("\n".join(wrapped(line(said), width())), "red" if ending.over() else "yellow"))
    print("\n" + painted("ego models --list SERVICE asks a service for the names of its models.", "dim"))
    return 0


def names_of(name: str) -> dict[str, str | None]:
    """The names of a service's models, as they are written in a Thread or a session config, and their last days.

    Raises:
        Failure: there is no such service, it does not answer, or does not say.
        KeyMissing: it wants a key.
    """
    service = find_service(name)
    if service is None:
        raise Failure(_unknown(name))
    if service.protocol not in PATHS:
        raise Failure(f"{name} speaks {service.protocol}, a protocol of one's own: see its documentation.")
    if service.wants_key():
        find_key(name)
    try:
        found = models_of(service)
    except EgoError as problem:
        _, why, fix = explained(service, problem)
        raise Failure(f"{line(why)}: {fix}." if fix else line(why)) from None
    if not found:
        raise Failure(f"{urlsplit(service.address()).netloc} does not list its models: see its documentation.")
    prefix = "" if name == "openai" else f"{name}/"
    named = {prefix + each.removeprefix("models/"): shutdown_date for each, shutdown_date in found.items()}
    return dict(sorted(named.items(), key=lambda item: line(item[0])))


def _rows() -> Iterator[_Line]:
    for name, service in services().items():
        key, places = _key(service)
        known = service.prices or service.own_prices or service.tells_cost
        price = "free" if service.free else "known" if known else "not known"
        yield _Line(name, EXAMPLES.get(name, f"{name}/MODEL"), key, price, _address(service), places)
    for name, provider in providers().items():
        if name not in OTHERS:
            yield _Line(name, f"{name}/MODEL", "-", "not known", f"answered by {line(provider.source)}")
            continue
        example, what = OTHERS[name]
        if name == "local" and find_spec("xllamacpp") is None:
            what = f"not installed: {LOCAL_FIX}"
        yield _Line(name, example, "-", "free", what)


def _key(service: Service) -> tuple[str, str]:
    """Whether there is a key, and where: the place that has one, or all that were looked at."""
    places = [*service.key_env, *(f"file {name}" for name in service.key_files)]
    try:
        find_key(service.name)
    except KeyMissing:
        return ("missing" if service.wants_key() else "not needed"), (", ".join(places) if service.wants_key() else "")
    except ConfigError as error:
        return "not usable", line(str(error))
    return "found", f"{_place(service)} (found)"


def _place(service: Service) -> str:
    named = [name for name in service.key_env if os.environ.get(name, "").strip()]
    files = [name for name in service.key_files if Path(name).is_file() and Path(name).stat().st_size]
    return named[0] if named else f"file {files[0]}" if files else "-"


def _address(service: Service) -> str:
    try:
        return service.address()
    except ConfigError as error:
        return line(str(error))


def _unknown(name: str) -> str:
    if find_provider(name) is not None:
        example = OTHERS[name][0] if name in OTHERS else f"{name}/MODEL"
        return f"{name} is no service that could be asked; name it as {example}."
    near = difflib.get_close_matches(name.lower(), list(services()), n=3, cutoff=0.5)
    hint = f"did you mean {' or '.join(near)}?" if near else f"there are {', '.join(services())}."
    return f"There is no service {line(name)!r}: {hint}"
