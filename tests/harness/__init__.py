"""Real oTree projects, servers, databases, participants and browsers for the tests.

::

    project = Project(tmp_path, apps={"talk": {"__init__.py": SOURCE, "Chat.html": PAGE}})
    with Server(project) as server:
        session = server.create_session("talk", 2)
        person = session.participant(0).start()
        with person.live() as live:
            live.send({"text": "hello"})
            payload = live.until(lambda payload: payload.get("done"))
        person.submit()
        rows = server.app_export("talk")
"""

from __future__ import annotations

from .admin import Admin, Session
from .browser import Browser, Watch
from .database import Database, PostgreSQL, SQLite
from .participant import Participant, Refused
from .project import Project
from .server import Server, ServerDied
from .sockets import Frame, Live, LiveMethodFailed, Socket, SocketClosed

__all__ = [
    "Admin",
    "Browser",
    "Database",
    "Frame",
    "Live",
    "LiveMethodFailed",
    "Participant",
    "PostgreSQL",
    "Project",
    "Refused",
    "SQLite",
    "Server",
    "ServerDied",
    "Session",
    "Socket",
    "SocketClosed",
    "Watch",
]
