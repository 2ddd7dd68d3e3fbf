"""All benchmarks, one after the other: `python -m benchmarks`."""

from __future__ import annotations

import subprocess
import sys

from .common import REPO

SCRIPTS = ("imports", "provider_cpu", "turn_growth", "session_creation", "chat_load")


def main() -> int:
    """Run them with their usual options; the exit code is not 0 if one of them could not run."""
    return max(subprocess.run([sys.executable, "-m", f"benchmarks.{name}"], cwd=REPO).returncode for name in SCRIPTS)


if __name__ == "__main__":
    sys.exit(main())
