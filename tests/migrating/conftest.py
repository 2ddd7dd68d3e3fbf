"""What the tests of moving over share."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from harness import warm_python
from harness.project import REPO


@pytest.fixture
def python(tmp_path: Path) -> Callable[[str], str]:
    """Runs code in a Python of its own, in the test's folder, and gives what it printed."""

    def run(code: str) -> str:
        done = warm_python.run(
            [sys.executable, "-W", "error", "-c", code], cwd=tmp_path, text=True, timeout=120,
            env={**os.environ, "PYTHONPATH": str(REPO), "EGO_STORE": str(tmp_path / "ego.sqlite3")},
        )  # fmt: skip
        assert done.returncode == 0, done.stderr
        return done.stdout

    return run
