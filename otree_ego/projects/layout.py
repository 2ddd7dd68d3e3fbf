"""The files of a new oTree project, made from `templates/`, and written as a whole or not at all."""

from __future__ import annotations

import json
import os
import secrets
import shutil
import sys
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from .env_file import FILE as ENV, SECRET, env_text, write_private
from .key_files import IGNORED
from .requirements import WHEELS, project_requirements, write_wheel

TEMPLATES = Path(__file__).resolve().parent / "templates"
FILES = {
    "settings.txt": "settings.py",
    "Procfile.txt": "Procfile",
    "app.json.txt": "app.json",
    "README.txt": "README.md",
    "gitignore.txt": ".gitignore",
    "gitattributes.txt": ".gitattributes",
    "dockerignore.txt": ".dockerignore",
    "Dockerfile.txt": "Dockerfile",
    "compose.txt": "compose.yaml",
    "Caddyfile.txt": "deploy/Caddyfile",
    "service.txt": "deploy/@NAME@.service",
}
"""Template to the file's place in the project."""
PYTHONS = ((3, 11), (3, 14))
"""What servers are asked to run, lowest and highest: 3.10 is no longer maintained."""
TEXTS = (".py", ".html", ".css", ".js", ".md", ".txt", ".json")


@dataclass(frozen=True, slots=True)
class Study:
    """What somebody wants of a new project.

    Arguments:
        name: the project's. model: the full name of its model. language: oTree's LANGUAGE_CODE.
        apps: session config to the app that it runs. configs: the rows of SESSION_CONFIGS, as Python.
        extras: of otree_ego, that the model needs. key: the environment variable for the model's key; empty if it needs
            none.
    """

    name: str
    model: str
    language: str
    apps: Mapping[str, str]
    configs: str
    extras: tuple[str, ...] = ()
    key: str = ""


@contextmanager
def new_folder(target: Path) -> Iterator[Path]:
    """A folder to fill. It gets its name when everything is in it, and is removed if something goes wrong.

    Arguments:
        target: its place; nothing may be there.

    Raises:
        OSError: it cannot be made there.
    """
    made = Path(tempfile.mkdtemp(prefix=f".{target.name}-", dir=target.parent))
    try:
        made.chmod(0o755 & ~_umask())
        yield made
        if os.path.lexists(target):
            raise FileExistsError(f"{target} is there already")
        os.rename(made, target)
    finally:
        shutil.rmtree(made, ignore_errors=True)


def write_project(folder: Path, study: Study) -> None:
    """Write the files of a project beside its apps, all with the line ends that servers want.

    Raises:
        OSError: a file cannot be written.
        ConfigError: no wheel can be made of otree_ego as it is installed here.
    """
    requirements, wheel = project_requirements(study.extras)
    marks = _marks(study, wheel is not None)
    texts = {place: _filled(TEMPLATES / template, marks) for template, place in FILES.items()}
    texts |= {
        "requirements.txt": requirements,
        ".python-version": f"{python_version()}\n",
        "_static/global/empty.css": "",
        "_templates/global/.gitkeep": "",
    }
    for place, text in texts.items():
        file = folder / place.replace("@NAME@", study.name)
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(text.encode())
    write_wheel(folder, wheel)
    write_private(folder / ENV, _env(study))
    for file in folder.rglob("*"):
        if file.is_file() and file.suffix in TEXTS and b"\r\n" in (content := file.read_bytes()):
            file.write_bytes(content.replace(b"\r\n", b"\n"))


def python_version() -> str:
    """The Python for a server: the running one, or the nearest that servers should run."""
    low, high = PYTHONS
    return "{}.{}".format(*min(max(sys.version_info[:2], low), high))


def _filled(template: Path, marks: Mapping[str, str]) -> str:
    text = template.read_text("utf-8")  # with \n, whatever line ends the file has
    for name, value in marks.items():
        text = text.replace(f"@{name}@", value)
    return text


def _marks(study: Study, wheels: bool) -> dict[str, str]:
    key = study.key
    note = f" Its key is `{key}`: put it into `.env`, and into the server's environment." if key else ""
    json_key = f',\n    "{key}": {{\n      "description": {json.dumps(f"The key for {study.model}")}\n    }}'
    return {
        "NAME": study.name,
        "MODEL": study.model,
        "LANGUAGE": study.language,
        "CONFIGS": study.configs,
        "APPS": "\n".join(f"| {app} | {config} |" for config, app in study.apps.items()),
        "PYTHON": python_version(),
        "KEYS": "\n".join(IGNORED),
        "KEYS_DEEP": "\n".join(f"**/{pattern}" for pattern in IGNORED),
        "KEY_NOTE": note,
        "KEY_ENV": json_key if key else "",
        "HEROKU_KEY": f"heroku config:set {key}='…'\n" if key else "",
        "COPY_WHEELS": f"COPY {WHEELS} {WHEELS}\n" if wheels else "",
        "WEIGHTS": "RUN ego weights\n" if study.model.startswith("local/") else "",
    }


def _env(study: Study) -> str:
    values = {
        SECRET: secrets.token_hex(),
        "OTREE_ADMIN_PASSWORD": secrets.token_urlsafe(12),
        "POSTGRES_PASSWORD": secrets.token_hex(16),
        **({study.key: ""} if study.key else {}),
    }
    comments = {
        SECRET: "For this machine only. git, docker, otree zip and ego zip all leave this file out.",
        "OTREE_ADMIN_PASSWORD": "of oTree's user admin",
        "POSTGRES_PASSWORD": "of the database that compose.yaml starts",
        study.key: f"the key for {study.model}",
    }
    return env_text(values, comments)


def _umask() -> int:
    mask = os.umask(0o022)
    os.umask(mask)
    return mask
