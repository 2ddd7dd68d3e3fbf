"""Session configs as text, and adding one to a project's settings.py without harm to the rest of the file."""

from __future__ import annotations

import ast
import io
import json
import os
import shutil
import tokenize
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

TEMPLATE = '''\
"""The demo of otree_ego: `otree devserver` in this folder runs it."""

from os import environ

from otree_ego import secret_key

SESSION_CONFIGS = [
{configs}
]

# What a demo shows: a game of 100 points pays 2 euros, and 1 for coming.
SESSION_CONFIG_DEFAULTS = dict(real_world_currency_per_point=0.02, participation_fee=1.00, doc="")

PARTICIPANT_FIELDS = []
SESSION_FIELDS = []

LANGUAGE_CODE = "en"
REAL_WORLD_CURRENCY_CODE = "EUR"
USE_POINTS = True

ADMIN_USERNAME = "admin"
ADMIN_PASSWORD = environ.get("OTREE_ADMIN_PASSWORD")
# OTREE_SECRET_KEY; on a machine for development, a random one that is kept outside of this folder.
SECRET_KEY = secret_key()

DEMO_PAGE_INTRO_HTML = "Ready-made apps of otree_ego. The model runs on this machine; no key is needed."
# While `ego demo` runs, this is the builder's address on this machine.
if environ.get("EGO_BUILDER"):
    DEMO_PAGE_INTRO_HTML += f' <a href="{{environ["EGO_BUILDER"]}}">Make a scenario of your own in the builder.</a>'
'''


class NotAdded(Exception):
    """A session config cannot be added by machine; the text says why."""


def config_lines(config: Mapping[str, Any]) -> str:
    """A session config as the lines of a list in settings.py, with a comma at the end."""
    fields = "".join(f"        {name}={_quoted(value)},\n" for name, value in config.items())
    return f"    dict(\n{fields}    ),"


def project_settings(configs: Iterable[Mapping[str, Any]]) -> str:
    """A whole settings.py for a project that has these session configs."""
    return TEMPLATE.format(configs="\n".join(map(config_lines, configs)))


def add_configs(file: Path, added: Sequence[Mapping[str, Any]]) -> Path:
    """Put session configs at the end of SESSION_CONFIGS; comments and everything else stay as they are.

    Returns:
        the backup of the file as it was.

    Errors:
        NotAdded: SESSION_CONFIGS is not a plain list, or has a config of such a name; the file is untouched.
    """
    try:
        with tokenize.open(file) as opened:
            encoding = opened.encoding
        source = file.read_bytes().decode(encoding)
        configs = _plain_list(ast.parse(source))
    except (SyntaxError, UnicodeDecodeError, ValueError) as problem:
        raise NotAdded(f"settings.py is not Python as it stands ({problem}).") from None
    there = list(map(_name, configs.elts))
    for config in added:
        if config["name"] in there:
            name = config["name"]
            raise NotAdded(f"SESSION_CONFIGS already has a config with the name {name!r}: two need two names.")
    changed = _inserted(source, configs, "\n".join(map(config_lines, added)))
    try:
        grown = len(_plain_list(ast.parse(changed)).elts) == len(configs.elts) + len(added)
    except SyntaxError:
        grown = False
    if not grown:
        raise NotAdded("SESSION_CONFIGS is written in a way that is not understood.")
    backup = _free(file)
    shutil.copy2(file, backup)
    new = file.with_name(f".{file.name}.new")
    new.write_bytes(changed.encode(encoding))
    shutil.copymode(file, new)
    os.replace(new, file)
    return backup


def _plain_list(tree: ast.Module) -> ast.List:
    values = [
        node.value
        for node in tree.body
        if isinstance(node, ast.Assign | ast.AnnAssign)
        for target in (node.targets if isinstance(node, ast.Assign) else [node.target])
        if isinstance(target, ast.Name) and target.id == "SESSION_CONFIGS"
    ]
    if len(values) != 1 or not isinstance(values[0], ast.List):
        raise NotAdded("SESSION_CONFIGS in settings.py is not one plain list.")
    return values[0]


def _name(config: ast.expr) -> object:
    if isinstance(config, ast.Call):
        named = [keyword.value for keyword in config.keywords if keyword.arg == "name"]
    elif isinstance(config, ast.Dict):
        keys = [key.value if isinstance(key, ast.Constant) else None for key in config.keys]
        named = [value for key, value in zip(keys, config.values, strict=True) if key == "name"]
    else:
        named = []
    return named[0].value if named and isinstance(named[0], ast.Constant) else None


def _inserted(source: str, configs: ast.List, lines: str) -> str:
    newline = "\r\n" if "\r\n" in source else "\n"
    starts = [0]
    for line in source.split("\n"):
        starts.append(starts[-1] + len(line) + 1)
    last, closing = "[", 0
    after = 0
    end = (configs.end_lineno, configs.end_col_offset)
    for token in tokenize.generate_tokens(io.StringIO(source, newline="").readline):
        row, column = token.end
        width = len(token.line[:column].encode())
        if token.type == tokenize.OP and token.string == "]" and (row, width) == end:
            closing = starts[row - 1] + column - 1
            break
        if token.type not in (tokenize.NL, tokenize.COMMENT, tokenize.NEWLINE, tokenize.INDENT, tokenize.DEDENT):
            last, after = token.string, starts[row - 1] + column
    comma = "" if last in ("[", ",") else ","
    between = source[after:closing]
    head = source[:after] + comma + between.rstrip(" \t")
    if not head.endswith("\n"):
        head += newline
    return head + lines.replace("\n", newline) + newline + source[closing:]


def _free(file: Path) -> Path:
    for number in range(1000):
        backup = file.with_name(f"{file.name}.bak{number or ''}")
        if not backup.exists():
            return backup
    raise NotAdded("There are a thousand backups of settings.py here.")


def _quoted(value: object) -> str:
    if isinstance(value, list):
        return "[" + ", ".join(map(_quoted, value)) + "]"
    if isinstance(value, str):
        return json.dumps(value, ensure_ascii=False)
    return repr(value)
