"""Copy a ready-made app into the oTree project in this folder, and show its lines for settings.py."""

from __future__ import annotations

import argparse
import difflib
import keyword
import re
import shutil
import sys
from importlib.util import find_spec
from pathlib import Path

from ..display import say
from ..errors import ConfigError
from ..paths import gallery
from ..projects.requirements import NotListed, add_requirement
from .shared.games import FILE, companions, configs_of_copy, own_settings, renamed, session_configs
from .shared.output import Failure, agreed
from .shared.settings_file import NotAdded, add_configs, config_lines

HELP = "copy a ready-made app into this project"
ALIASES = {"chat": "ego_chat"}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """NAME, --as, --yes."""
    parser.add_argument("name", metavar="NAME", help=f"one of: {', '.join(sorted({*gallery(), *ALIASES}))}")
    parser.add_argument("--as", dest="new_name", metavar="NEWNAME", help="the copy's name (default: the app's own)")
    parser.add_argument("--yes", action="store_true", help="add the lines to settings.py without asking")


def run(options: argparse.Namespace) -> int:
    """Do it."""
    project = Path.cwd()
    name = ALIASES.get(options.name, options.name)
    source = gallery().get(name)
    if source is None:
        raise Failure(unknown_app(options.name))
    if not (project / "settings.py").is_file():
        raise Failure(f"There is no settings.py in {project}: change to your oTree project's folder first.")
    target = project / _new_name(options.new_name or name, source)
    if target.exists() or target.with_suffix(".py").exists():
        raise Failure(f"There is already something named {target.name} in {project}: choose another name with --as.")
    needed = {app: gallery()[app] for app in companions(source) if app in gallery() and not (project / app).exists()}
    there = {target.name, *companions(source), *(file.parent.name for file in project.glob("*/__init__.py"))}
    configs = [row for row in configs_of_copy(source, target.name) if there >= set(row["app_sequence"])]
    copy_game(source, target)
    print(f"Copied {options.name} into {target.name}/.")
    for app, folder in needed.items():
        copy_game(folder, project / app)
        print(f"Copied {app} into {app}/: {options.name} needs it.")
    _list(project)

    what = "Its session config" if len(configs) == 1 else "Its session configs"
    lines = "\n".join(map(config_lines, configs))
    print(f"{what}, for SESSION_CONFIGS in settings.py:\n\n{lines}\n")
    if not (options.yes or agreed("Add it to settings.py now?")):
        print("settings.py is as it was: copy the lines there when you want them.")
        return 0
    try:
        backup = add_configs(project / "settings.py", configs)
    except NotAdded as problem:
        say(f"ego: {problem} settings.py is as it was: add the lines above yourself.", sys.stderr)
        return 1
    print(f"Added to settings.py; the file as it was is {backup.name}.")
    return 0


def _list(project: Path) -> None:
    """See that requirements.txt names otree_ego, so that a server gets it."""
    try:
        # A copied app names the embedded model until it is given another one.
        line = add_requirement(project, ["local"] if find_spec("xllamacpp") else [])
    except (NotListed, ConfigError) as problem:
        say(f"ego: otree_ego is not in requirements.txt, and a server would lack it. {problem}", sys.stderr)
    else:
        if line:
            print(f"Added to requirements.txt: {line}")


def copy_game(source: Path, target: Path) -> None:
    """Copy a game into a project; its address in the browser and its own settings follow its new name.

    Its session_config.py stays behind: in a project, its rows are in settings.py.
    """
    shutil.copytree(source, target, ignore=shutil.ignore_patterns("__pycache__", "*.pyc", FILE))
    if source.name == target.name:
        return
    own = own_settings(source.name, session_configs(source))
    for file in target.rglob("*.py"):
        text = file.read_text(encoding="utf-8")
        file.write_text(renamed(text, source.name, target.name, own), encoding="utf-8")
    code = target / "__init__.py"
    text = code.read_text(encoding="utf-8")
    text = re.sub(r"(NAME_IN_URL\s*=\s*)(['\"]).*?\2", rf"\g<1>\g<2>{target.name}\g<2>", text, count=1)
    code.write_text(text, encoding="utf-8")


def unknown_app(name: str) -> str:
    """What to say of an app that the gallery does not have."""
    known = sorted({*gallery(), *ALIASES})
    near = difflib.get_close_matches(name, known, n=3, cutoff=0.5)
    hint = f"Did you mean {' or '.join(near)}?" if near else f"There are: {', '.join(known)}."
    return f"There is no app {name!r} in the gallery. {hint}"


def _new_name(name: str, source: Path) -> str:
    if not (name.isidentifier() and name.isascii()) or keyword.iskeyword(name):
        raise Failure(f"{name!r} cannot be an app's name: it takes letters, digits and _, and is no word of Python.", 2)
    if name in sys.stdlib_module_names or name in ("settings", "otree", "otree_ego"):
        raise Failure(f"{name!r} cannot be an app's name: Python or oTree has a module of this name.", 2)
    if name not in gallery() and not (Path.cwd() / name).exists() and find_spec(name) is not None:
        raise Failure(f"{name!r} cannot be an app's name: an installed package has this name.", 2)
    if f"{name}_".startswith("ego_") and own_settings(source.name, session_configs(source)):
        raise Failure(f"{name!r} cannot be this app's name: settings that begin with ego_ are otree_ego's own.", 2)
    return name
