"""Make an oTree project that holds ready-made apps, runs at once, and deploys to Heroku, oTree Hub, a server or docker.

Without flags it asks, where somebody can answer; elsewhere it takes the defaults.
"""

from __future__ import annotations

import argparse
import os
import re
from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path
from typing import TypeVar

from ..chat_rules.words import WORDS
from ..display import for_terminal, say
from ..errors import ConfigError, KeyMissing
from ..paths import gallery
from ..projects.layout import Study, new_folder, write_project
from ..providers import check_model, split_model
from ..providers.services import find_service
from .shared.games import companions, session_configs
from .shared.output import Failure, asked, someone_answers
from .shared.settings_file import config_lines
from .startapp import ALIASES, copy_game, unknown_app

T = TypeVar("T")

HELP = "make an oTree project with ready-made apps that runs and deploys"
APPS, MODEL, LANGUAGE = "chat", "local/smollm2", "en"
LONGEST = 50
RESERVED = {"settings", "otree", "otree_ego", "test", "venv", "con", "prn", "aux", "nul"}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """NAME, --apps, --model, --language, --yes."""
    parser.add_argument("name", metavar="NAME", help="the project's folder, which is made")
    parser.add_argument(
        "--apps", metavar="A,B", help=f"ready-made apps (default: {APPS}): {', '.join(_names())}, or all of them: all"
    )
    parser.add_argument("--model", metavar="M", help=f"the apps' model (default: {MODEL}, which needs no key)")
    parser.add_argument("--language", metavar="L", help=f"{' or '.join(WORDS)} (default: {LANGUAGE})")
    parser.add_argument("--yes", action="store_true", help="take the defaults without asking")


def run(options: argparse.Namespace) -> int:
    """Do it."""
    target = _target(options.name)
    asks = someone_answers() and not options.yes
    apps = _chosen(options.apps, f"Which apps ({', '.join(_names())}, or all)?", APPS, _apps, asks)
    model = _chosen(options.model, "Which model?", MODEL, _model, asks)
    language = _chosen(options.language, f"Which language ({', '.join(WORDS)})?", LANGUAGE, _language, asks)
    games = gallery()
    apps = _with_companions(apps)
    rows = [
        {**row, **({"ego_model": model} if "ego_model" in row else {})}
        for app in apps
        for row in session_configs(games[app])
        if set(row["app_sequence"]) <= {*apps}  # a row may play its app together with others
    ]
    study = Study(
        name=target.name,
        model=model,
        language=language,
        apps={row["name"]: ", ".join(row["app_sequence"]) for row in rows},
        configs="\n".join(map(config_lines, rows)),
        extras=("local",) if split_model(model)[0] == "local" else (),
        key=_key(model),
    )
    try:
        with new_folder(target) as folder:
            for app in apps:
                copy_game(games[app], folder / app)
            write_project(folder, study)
    except OSError as problem:
        raise Failure(f"{target} cannot be made: {problem.strerror or problem}.") from None
    _tell(options.name, study)
    return 0


def _tell(folder: str, study: Study) -> None:
    say(f"Made {folder} with {', '.join(study.apps)}. Run it:\n")
    say(f"    cd {folder}")
    if "local" in study.extras and find_spec("xllamacpp") is None:
        say("    pip install -r requirements.txt")
    say("    otree devserver\n")
    if study.key:
        say(f"{study.model} needs a key: put it into the file .env there, as {study.key}=…")
    say("README.md there says how to deploy it. Keys and passwords are in .env, which is in no archive or repository.")


def _chosen(given: str | None, question: str, default: str, read: Callable[[str], T], asks: bool) -> T:
    """What a flag says, or what somebody answers; an answer that will not do is asked for again."""
    if given is not None or not asks:
        return read(default if given is None else given)
    while True:
        answer = asked(question, default)
        try:
            return read(answer)
        except Failure as problem:
            say(str(problem))


def _names() -> list[str]:
    aliases = {app: name for name, app in ALIASES.items()}
    return sorted(aliases.get(app, app) for app in gallery())


def _apps(text: str) -> list[str]:
    words = [word for word in re.split(r"[,\s]+", text.strip()) if word]
    if words == ["all"]:
        return list(gallery())
    if not words:
        raise Failure(f"No app is named. There are: {', '.join(_names())}, or all.", 2)
    apps = [ALIASES.get(word, word) for word in words]
    for word, app in zip(words, apps, strict=True):
        if app not in gallery():
            raise Failure(unknown_app(word), 2)
    return list(dict.fromkeys(apps))


def _with_companions(apps: list[str]) -> list[str]:
    """The apps, and those that the first session config of each needs besides, and so on."""
    games, found = gallery(), list(apps)
    for app in found:  # grows on the way
        found += [each for each in companions(games[app]) if each in games and each not in found]
    return found


def _model(text: str) -> str:
    model = text.strip()
    if not model or not model.isprintable():
        raise Failure(f"{for_terminal(text)!r} is not the name of a model: see ego models.", 2)
    try:
        check_model(model)
    except KeyMissing:
        pass  # it is not needed yet
    except ConfigError as problem:
        if model != MODEL or find_spec("xllamacpp") is not None:  # requirements.txt brings that package
            raise Failure(f"{model} cannot be used: {problem}", 2) from None
    return model


def _language(text: str) -> str:
    language = text.strip().lower()
    if language not in WORDS:
        there = " and ".join(WORDS)
        raise Failure(f"There are no texts in {text.strip()!r}: there are {there}.", 2)
    return language


def _key(model: str) -> str:
    service = find_service(split_model(model)[0])
    return service.key_env[0] if service and service.key_required and service.key_env else ""


def _target(text: str) -> Path:
    """The new project's folder, which is not there yet, in one that is."""
    target = Path(os.path.abspath(text)) if text.strip() else Path.cwd()
    name = target.name
    fits = re.fullmatch(r"[A-Za-z][A-Za-z0-9_-]*", name) and len(name) <= LONGEST and text.strip(". /\\")
    if not fits:
        better = re.sub(r"[^A-Za-z0-9]+", "_", name).strip("_0123456789")[:LONGEST]
        hint = f" For example: {better}" if better and text.strip(". /\\") else ""
        raise Failure(
            f"{for_terminal(text)!r} cannot be a project's name: it begins with a letter and has letters, digits, "
            f"_ and - only, at most {LONGEST}.{hint}", 2,
        )  # fmt: skip
    if name.lower() in RESERVED:
        raise Failure(f"{name!r} cannot be a project's name: Python, oTree or Windows uses it.", 2)
    if os.path.lexists(target):
        raise Failure(f"{target} is there already: choose another name, or remove it first.")
    if not os.path.isdir(target.parent):  # False also where we may not look
        raise Failure(f"There is no folder {target.parent}: make it first.")
    if os.path.isfile(target.parent / "settings.py"):
        raise Failure(f"{target.parent} is an oTree project itself: change to a folder outside of it first.")
    return target
