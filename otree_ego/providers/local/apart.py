"""Child processes that a terminal's Ctrl-C does not reach: it is their parent's to handle."""

from __future__ import annotations

import subprocess
import sys
from typing import Any

NEW_GROUP = getattr(subprocess, "CREATE_NEW_PROCESS_GROUP", 0x200)


def apart() -> dict[str, Any]:
    """The arguments of `subprocess.Popen` for such a process, on each system."""
    return {"creationflags": NEW_GROUP} if sys.platform == "win32" else {"start_new_session": True}
