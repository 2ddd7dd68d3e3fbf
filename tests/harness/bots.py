"""`otree test` on a project: oTree's bots, without a server."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from . import needs
from .project import REPO, Project
from .server import PRIVATE


@needs.starts("server")
def otree_test(project: Project, *arguments: str, **env: str) -> subprocess.CompletedProcess[str]:
    """Runs the bots of a project; `arguments` a session config's name, how many participants."""
    needs.claim("server")
    clean = {name: value for name, value in os.environ.items() if not PRIVATE.fullmatch(name)}
    command = [str(Path(sys.executable).with_name("otree")), "test", *arguments]
    return subprocess.run(
        command, cwd=project.folder, env={**clean, "PYTHONPATH": str(REPO), "PYTHONUNBUFFERED": "1", **env},
        capture_output=True, text=True, timeout=300,
    )  # fmt: skip
