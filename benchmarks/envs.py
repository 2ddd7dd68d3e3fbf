"""Other people's packages, each in a virtual environment of its own in the benchmarks' folder, made on first use."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from .common import CACHE


def environment(name: str, *packages: str) -> str:
    """The Python of an environment that has these packages; empty, with a sentence, if they cannot be installed."""
    folder = CACHE / f"env-{name}"
    python = folder / ("Scripts" if sys.platform == "win32" else "bin") / "python"
    there = folder / "installed.txt"
    wanted = " ".join(packages)
    if not there.exists() or there.read_text() != wanted:
        print("Installing", wanted, "into", folder, file=sys.stderr)
        try:
            _run([sys.executable, "-m", "venv", "--clear", str(folder)])
            _run([str(python), "-m", "pip", "install", "-q", "--disable-pip-version-check", *packages])
        except subprocess.CalledProcessError as error:
            print(f"{name}: left out, {wanted} cannot be installed here: {_last(error)}", flush=True)
            return ""
        there.write_text(wanted)
    return str(python)


def version(python: str, package: str) -> str:
    """The version of a package in an environment."""
    code = f"import importlib.metadata as m; print(m.version({package!r}))"
    return subprocess.run([python, "-c", code], capture_output=True, text=True, check=True).stdout.strip()


def side(name: str, copy: str | None = None) -> Path:
    """The script that one side of a comparison runs, of this copy of the repository or of another."""
    benchmarks = Path(copy) / "benchmarks" if copy else Path(__file__).resolve().parent
    return benchmarks / "sides" / f"{name}.py"


def _run(command: list[str]) -> None:
    subprocess.run(command, check=True, capture_output=True, text=True)


def _last(error: subprocess.CalledProcessError) -> str:
    lines = [line for line in (error.stderr or error.stdout or "").splitlines() if line.strip()]
    return lines[-1][:300] if lines else f"exit code {error.returncode}"
