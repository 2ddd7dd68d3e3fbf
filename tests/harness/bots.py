"""`otree test` on a project: oTree's bots, without a server."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from . import needs, warm_python
from .project import REPO, Project
from .server import PRIVATE


@needs.starts("server")
def otree_test(project: Project, *arguments: str, **env: str) -> subprocess.CompletedProcess[str]:
    """Runs the bots of a project; `arguments` a session config's name, how many participants."""
    needs.claim("server")
    clean = {name: value for name, value in os.environ.items() if not PRIVATE.fullmatch(name)}
    command = [str(Path(sys.executable).with_name("otree")), "test", *arguments]
    environment = {**clean, "PYTHONPATH": str(REPO), "PYTHONUNBUFFERED": "1", **env}
    return warm_python.run(command, cwd=project.folder, env=environment, text=True, timeout=300)
