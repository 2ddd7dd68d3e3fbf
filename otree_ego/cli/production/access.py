"""Who gets in: rows on the admin's password, SECRET_KEY, AUTH_LEVEL and debug mode. None of them shows a secret."""

from __future__ import annotations

import ast
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from ...providers.signing_key import VARIABLE, secret_key
from ..shared.output import Row
from ..shared.project import Project
from .guessing import key_problem, password_problem
from .text_files import read_text

RANDOM = 'python -c "import secrets; print(secrets.token_hex())"'
PASSWORD_FIX = (
    "set OTREE_ADMIN_PASSWORD to four random words or 12 random characters, and in settings.py "
    'ADMIN_PASSWORD = environ.get("OTREE_ADMIN_PASSWORD")'
)
KEY_FIX = (
    f"set {VARIABLE} to what this prints: {RANDOM}; and in settings.py: from otree_ego import secret_key, "
    "SECRET_KEY = secret_key()"
)
LEVELS = {"STUDY", "DEMO", "", None}


def check_access(project: Project) -> Iterator[Row]:
    """A row each: debug mode, AUTH_LEVEL, the admin's password, SECRET_KEY, the REST key."""
    yield _debug_row(project)
    yield _level_row(project)
    if project.found and not project.problem:
        written = _written()
        yield _password_row(project, written)
        yield _key_row(project, written)
    rest = os.environ.get("OTREE_REST_KEY", "")
    if rest and (problem := key_problem(rest)):
        found = f"it can be guessed: {problem}; whoever has it can read all data"
        yield Row("OTREE_REST_KEY", "failed", found, f"set it to what this prints: {RANDOM}")


def _debug_row(project: Project) -> Row:
    usual = os.environ.get("OTREE_PRODUCTION") in (None, "", "0")
    if not project.values.get("DEBUG", usual):
        return Row("debug mode", "ok", "off")
    found = "on: after an error, pages show code and variables to participants, and all pages have a debug box"
    where = "set OTREE_PRODUCTION=1" if usual else "leave DEBUG out of settings.py; OTREE_PRODUCTION=1 is set"
    heroku = " (on Heroku: heroku config:set OTREE_PRODUCTION=1)" if usual else ""
    return Row("debug mode", "failed", found, where + heroku)


def _level_row(project: Project) -> Row:
    level = project.values.get("AUTH_LEVEL", os.environ.get("OTREE_AUTH_LEVEL"))
    if not isinstance(level, str | None) or level not in LEVELS:
        found = f"{level!r:.40} is none of oTree's levels: the server does not start"
        return Row("AUTH_LEVEL", "failed", found, "set OTREE_AUTH_LEVEL=STUDY")
    if not level:
        found = "not set: everybody can open the admin pages, read all data and start sessions"
        return Row("AUTH_LEVEL", "failed", found, "set OTREE_AUTH_LEVEL=STUDY")
    if level == "DEMO":
        found = "DEMO: everybody can start sessions on the demo page, and each message to a model costs money"
        return Row("AUTH_LEVEL", "warning", found, "set OTREE_AUTH_LEVEL=STUDY for a study")
    return Row("AUTH_LEVEL", "ok", level)


def _password_row(project: Project, written: set[str]) -> Row:
    name, usual = "admin password", os.environ.get("OTREE_ADMIN_PASSWORD", "")
    password = project.values.get("ADMIN_PASSWORD", usual)
    if password is None:
        return Row(name, "failed", "there is none: nobody can log in", PASSWORD_FIX)
    if password == "":  # oTree compares it with what was typed, which may be nothing
        return Row(name, "failed", "it is empty: everybody can log in, with no password at all", PASSWORD_FIX)
    if not isinstance(password, str):
        return Row(name, "failed", "ADMIN_PASSWORD is no text: oTree does not start", PASSWORD_FIX)
    user = project.values.get("ADMIN_USERNAME")
    state, why = password_problem(password, (str(user), Path.cwd().name))
    if state == "failed":
        return Row(name, state, why, PASSWORD_FIX)
    if password in written:
        found = "it stands in settings.py: whoever sees the code can log in"
        return Row(name, "failed" if _in_git() else "warning", found, PASSWORD_FIX)
    return Row(name, state, why, PASSWORD_FIX) if state else Row(name, "ok", "set")


def _key_row(project: Project, written: set[str]) -> Row:
    key: Any = project.values.get("SECRET_KEY")
    if not isinstance(key, str):
        found = "there is none: oTree does not start" if key is None else "it is no text: oTree does not start"
        return Row("SECRET_KEY", "failed", found, KEY_FIX)
    if problem := key_problem(key):
        found = f"it can be guessed: {problem}. Whoever has it can try the admin's password unseen, and forge a login"
        return Row("SECRET_KEY", "failed", found, KEY_FIX)
    if key in written:
        found = "it stands in settings.py: whoever sees the code can try passwords on a machine of their own"
        return Row("SECRET_KEY", "failed" if _in_git() else "warning", found, KEY_FIX)
    if not os.environ.get(VARIABLE, "").strip() and key == secret_key():
        found = "random, and kept on this machine only: on another one, or in a new container, everybody is logged out"
        return Row("SECRET_KEY", "warning", found, KEY_FIX)
    return Row("SECRET_KEY", "ok", "set")


def _written() -> set[str]:
    """The texts that stand in settings.py."""
    read = read_text("settings.py")
    try:
        tree = ast.parse(read.text if read is not None else "")
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return set()
    return {node.value for node in ast.walk(tree) if isinstance(node, ast.Constant) and isinstance(node.value, str)}


def _in_git() -> bool:
    from .packed_files import git_packs

    return "settings.py" in (git_packs() or ())
