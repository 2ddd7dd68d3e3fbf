"""Code for an app whose database fails when a message is to be recorded, as a file in the project's folder says."""

from __future__ import annotations

from .server import Server

CODE = """
from pathlib import Path

import sqlalchemy.exc

from otree_ego.binding.otree_internals import writer as writing

_usual, _fault = writing._write, Path(__file__).parents[1] / "fault"


def _write(jobs, apart=False):
    how = _fault.read_text() if _fault.exists() else ""
    kind = (writing.Message, writing.Late) if how == "unsettled" else writing.Append
    if not any(isinstance(job, kind) for job in jobs):
        how = ""
    if how == "lost":
        _fault.unlink()
        _usual(jobs, apart)
    if how:
        raise sqlalchemy.exc.OperationalError("COMMIT", {}, Exception("The test's database is away."))
    return _usual(jobs, apart)


writing._write = _write
"""


def fail(server: Server, how: str) -> None:
    """`away`: nothing is recorded. `lost`: the next message is, and is said to be not. `unsettled`: no reply's end is.

    Empty: all is well.
    """
    fault = server.project.folder / "fault"
    if how:
        fault.write_text(how, "utf-8")
    else:
        fault.unlink(missing_ok=True)
