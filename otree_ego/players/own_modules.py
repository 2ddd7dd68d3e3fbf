"""Python files of an experimenter's own, for players: hooks, and lists or functions of personas."""

from __future__ import annotations

import sys
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from types import ModuleType

from ..errors import ConfigError


class NoPythonFile(ConfigError):
    """There is no such file."""


def own_module(file: Path, where: str) -> ModuleType:
    """The module in a file.

    Arguments:
        file: it. where: what named it, for an error.

    Raises:
        NoPythonFile: there is no such file. Whatever else its code raises is passed on.
    """
    spec = spec_from_file_location(f"ego_own_{file.stem}", file) if file.is_file() else None
    if spec is None or spec.loader is None:
        raise NoPythonFile(f"{where}: there is no such Python file.")
    module = module_from_spec(spec)
    sys.modules[spec.name] = module  # dataclasses look for their module there
    spec.loader.exec_module(module)
    return module
