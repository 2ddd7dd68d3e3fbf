"""Pack the oTree project in this folder into one file for oTree Hub, as `otree zip` does, but never a key.

It leaves out files that people keep keys in (openai_key, *.key, .env, …), refuses if a key stands in any other file,
and keeps `.python-version`, which `otree zip` deletes.
"""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path

from ..display import say
from ..errors import ConfigError
from ..projects import env_values
from ..projects.archive import key_inside, pack, packed
from ..projects.requirements import NotListed, add_requirement
from ..providers.keys import find_key
from ..providers.services import services
from .shared.output import Failure
from .shared.project import load_project

HELP = "pack this project for oTree Hub, without keys"
PRIVATE = ("_KEY", "_PASSWORD", "_TOKEN")
SHORTEST = 12
"""Characters of what is looked for in all files: a shorter password may be a word."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """This verb takes none."""


def run(options: argparse.Namespace) -> int:
    """Do it."""
    project = Path.cwd()
    if not (project / "settings.py").is_file():
        raise Failure(f"There is no settings.py in {project}: change to your oTree project's folder first.")
    _requirements(project)
    load_project()  # the services of its own, and what its .env holds
    archive = project / f"{project.name}.otreezip"
    try:
        files, keys = packed(project, [name for service in services().values() for name in service.key_files])
        inside = list(key_inside(files, _keys(project)))
        if inside:
            places = "; ".join(str(Path(place).relative_to(project)) for place in inside)
            raise Failure(f"A key or a password stands in {places}: keep it in .env or the environment only.")
        pack(project, archive, files)
    except OSError as problem:
        raise Failure(f"{problem.filename or archive} cannot be packed: {problem.strerror}.") from None
    say(f"Packed {len(files)} files into {archive.name} ({archive.stat().st_size / 1e6:.1f} MB).")
    if keys:
        say(f"Left out, because they may hold keys: {', '.join(str(file.relative_to(project)) for file in keys)}.")
    return 0


def _requirements(project: Path) -> None:
    try:
        line = add_requirement(project)
    except (NotListed, ConfigError) as problem:
        raise Failure(str(problem)) from None
    if line:
        say(f"Added to requirements.txt: {line}")
    if "psycopg2" not in (project / "requirements.txt").read_text("utf-8", "replace"):
        say("requirements.txt does not name psycopg2-binary, which PostgreSQL needs.", sys.stderr)


def _keys(project: Path) -> list[str]:
    """Every key and password of the project that is known here."""
    own = {name: value for name, value in env_values(project).items() if name.upper().endswith(PRIVATE)}
    known = [*own.values(), *(os.environ.get(name, "") for name in ("OTREE_SECRET_KEY", "OTREE_ADMIN_PASSWORD"))]
    for name in services():
        try:
            known.append(find_key(name).reveal())
        except ConfigError:
            continue  # there is none, or it cannot be read
    return [each for each in known if len(each) >= SHORTEST]
