"""The Pythons that a server can be tried on: the running one, and environments that somebody has made for it.

To try another one: ``python3.13 -m venv /tmp/py313 && /tmp/py313/bin/pip install -e ".[postgres]"``, and name it in
``EGO_TEST_PYTHONS=/tmp/py313`` (several are separated as in PATH).
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from functools import cache
from pathlib import Path
from typing import Any

import pytest

SUPPORTED = ("3.10", "3.11", "3.12", "3.13", "3.14")
RUNNING = "{}.{}".format(*sys.version_info)
VARIABLE = "EGO_TEST_PYTHONS"


@cache
def pythons() -> dict[str, Path]:
    """The Pythons by version."""
    found = {RUNNING: Path(sys.executable)}
    for folder in filter(None, os.environ.get(VARIABLE, "").split(os.pathsep)):
        python = Path(folder) / "bin" / "python"
        asked = [str(python), "-c", "import otree, sys; print('%d.%d' % sys.version_info[:2])"]
        found.setdefault(subprocess.run(asked, capture_output=True, text=True, check=True).stdout.strip(), python)
    return found


def interpreter(version: str) -> str:
    """A Python of this version that can make environments; the test is skipped where there is none."""
    if version == RUNNING:
        return sys.executable
    name = f"python{version}"
    pyenv = Path(os.environ.get("PYENV_ROOT", Path.home() / ".pyenv"))
    for path in (shutil.which(name), *sorted(pyenv.glob(f"versions/{version}.*/bin/{name}"))):
        usable = [str(path), "-c", "import sys, venv, ensurepip; print('%d.%d' % sys.version_info[:2])"]
        if path and subprocess.run(usable, capture_output=True, text=True, check=False).stdout.strip() == version:
            return str(path)
    pytest.skip(f"There is no Python {version} here that can make environments.")


def python_params() -> list[Any]:
    """A parameter for each Python that we support; those that are not here are skipped and say why."""
    reason = "no environment of Python {0} is named in {1} (see tests/harness/pythons.py)"
    return [
        pytest.param(
            pythons().get(version), id=version,
            marks=() if version in pythons() else pytest.mark.skip(reason=reason.format(version, VARIABLE)),
        )
        for version in SUPPORTED
    ]  # fmt: skip
