"""Where replies and decisions wait on a disk while their database cannot be written.

Each has a file of its own, which only this user may read, in a folder that `otree zip` and git pass over. The first
folder that takes a file has it: the project's, the system's for temporary files, or one in memory that outlives the
process.
"""

from __future__ import annotations

import base64
import hashlib
import json
import os
import stat
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import select
from sqlalchemy.engine import Connection
from sqlalchemy.engine.url import make_url
from sqlalchemy.exc import DBAPIError

from ..display import logger
from ..messages import Message
from . import rows
from .addresses import file_of, url_of
from .failures import is_outage, is_refusal
from .missing_rows import restore
from .otree_tables import decisions_table, table_of
from .reply_rows import Progress, note_progress, settle_late
from .rows import ThreadRow

FOLDER = "__temp_otree_ego"
"""oTree packs no path with ``__temp`` in it, and its projects' .gitignore names it."""
ENDING = ".json"


def reply_entry(message: Message) -> dict[str, Any]:
    """A reply that is final."""
    return {"kind": "reply", "row": rows.to_row(message)}


def progress_entry(progress: Progress) -> dict[str, Any]:
    """What has come of a reply that is under way."""
    return {"kind": "coming", **vars(progress)}


def decision_entry(owner: str, attempt: int, facts: Mapping[str, Any]) -> dict[str, Any]:
    """A decision that was made, with the facts that its row gets: ``answer``, ``answered``, ``pace``, ``delay``."""
    return {"kind": "decision", "owner": owner, "attempt": attempt, "facts": dict(facts)}


def record_entry(row: ThreadRow, record: Sequence[Message]) -> dict[str, Any]:
    """Messages of a Thread that a page's request had written, which was rolled back."""
    thread = {**vars(row), "state": base64.b64encode(row.state).decode("ascii")}
    return {"kind": "record", "thread": thread, "rows": [rows.to_row(m) for m in record]}


@dataclass(frozen=True)
class Absorbed:
    """What was taken from a spool into its database.

    Fields:
        files: of all entries, to be removed when the transaction is committed.
        replies, decisions: how many were written. gone: entries whose rows are not there any more.
        refused: files whose entries the database does not take, with its error; they are left there.
    """

    files: Sequence[Path] = ()
    replies: int = 0
    decisions: int = 0
    gone: int = 0
    refused: Sequence[tuple[Path, DBAPIError]] = ()


class Spool:
    """The files of one database.

    Arguments:
        database: its URL, or a SQLite file. project: oTree's project folder; that of a SQLite file is its folder.
    """

    def __init__(self, database: str, project: Path) -> None:
        file = file_of(url_of(database))
        project = project if file is None else (project / file).resolve().parent
        name = hashlib.sha256(_identity(database, project).encode()).hexdigest()[:12]
        mine = f"otree_ego-{getattr(os, 'getuid', lambda: 0)()}"
        shared = [Path(tempfile.gettempdir()), Path("/dev/shm")]
        self.folders = [project / FOLDER / name, *(each / mine / FOLDER / name for each in shared if each.is_dir())]

    def put(self, name: str, entry: Mapping[str, Any], lasting: bool = True) -> bool:
        """Keep an entry, in the place of one of the same name; whether some disk has taken it.

        Arguments:
            lasting: whether it must outlive the machine as well; else it outlives this process.
        """
        data = json.dumps(entry).encode("utf-8")
        for number, folder in enumerate(self.folders):
            try:
                _make(folder)
                _write(folder / f"{name}{ENDING}", data, lasting)
            except OSError:
                continue
            self._remove(name, self.folders[number + 1 :])
            return True
        return False

    def remove(self, name: str) -> None:
        """An entry is not needed any more."""
        self._remove(name, self.folders)

    def _remove(self, name: str, folders: Sequence[Path]) -> None:
        remove_files([folder / f"{name}{ENDING}" for folder in folders])

    def entries(self) -> Iterator[tuple[Path, Any]]:
        """All entries, each with its file; what cannot be read is passed over."""
        for folder in self.folders:
            for file in sorted(folder.glob(f"*{ENDING}")) if _is_ours(folder) else ():
                try:
                    yield file, json.loads(file.read_bytes())
                except (OSError, ValueError) as error:
                    logger.warning("%s cannot be read (%s): it is left there.", file, error)

    def absorb(self, section: Callable[[], AbstractContextManager[Connection]]) -> Absorbed:
        """Write all entries into the database. What is in it already stays as it is.

        Arguments:
            section: gives a transaction; each entry has one of its own, so that one that is refused harms no other.
        """
        files: list[Path] = []
        refused: list[tuple[Path, DBAPIError]] = []
        counts = {"reply": 0, "coming": 0, "record": 0, "decision": 0}
        gone = 0
        for file, entry in self.entries():
            try:
                work = {"reply": _reply, "coming": _coming, "decision": _decision, "record": _record}[entry["kind"]]
                with section() as c:
                    done = work(c, entry)
            except DBAPIError as error:
                if is_outage(error) and not is_refusal(error):
                    raise
                refused.append((file, error))
                continue
            except (KeyError, TypeError, ValueError, AttributeError) as error:
                logger.warning("%s is no entry of ours (%r): it is left there.", file, error)
                continue
            files.append(file)
            counts[entry["kind"]] += done
            gone += not done
        return Absorbed(files, counts["reply"] + counts["coming"] + counts["record"], counts["decision"], gone, refused)


def remove_files(files: Sequence[Path]) -> None:
    """Remove files, and overwrite before what stands in them."""
    for file in files:
        with suppress(OSError), file.open("r+b") as old:
            old.write(bytes(os.fstat(old.fileno()).st_size))
            old.flush()
        with suppress(OSError):
            file.unlink()


def _identity(database: str, project: Path) -> str:
    url = url_of(database)
    file = file_of(url)
    if file is not None:
        return f"sqlite:{(project / file.name).resolve()}"
    found = make_url(url)  # who asks, and by which name of the machine, makes no difference
    return f"{found.get_backend_name()}:{found.port or ''}/{found.database}"


def _make(folder: Path) -> None:
    top = folder.parent
    if not top.parent.is_dir():
        top.parent.mkdir(mode=0o700)
    for each in (top.parent, top, folder):
        if each is not top.parent and not each.is_dir():
            each.mkdir(mode=0o700)
            (each / ".gitignore").write_text("*\n", "utf-8")
    if not _is_ours(folder):
        raise PermissionError(f"{folder} belongs to somebody else, or others may read it.")


def _is_ours(folder: Path) -> bool:
    """Whether a folder is this user's alone: a place that all may write to could hold anybody's."""
    try:
        about = folder.lstat()
    except OSError:
        return False
    if not stat.S_ISDIR(about.st_mode):
        return False
    return os.name == "nt" or (about.st_uid == os.getuid() and not about.st_mode & 0o077)


def _write(file: Path, data: bytes, lasting: bool) -> None:
    part = file.with_suffix(f".{os.getpid()}.part")
    try:
        descriptor = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | getattr(os, "O_NOFOLLOW", 0), 0o600)
        with open(descriptor, "wb") as out:
            out.write(data)
            out.flush()
            if lasting:
                os.fsync(descriptor)
        part.replace(file)
    except OSError:
        with suppress(OSError):
            part.unlink()
        raise


# --- what becomes of an entry ---------------------------------------------------------------------------------------


def _status(c: Connection, uid: str) -> str | None:
    found: str | None = c.execute(select([rows.MESSAGES.c.status]).where(rows.MESSAGES.c.uid == uid)).scalar()
    return found


def _message(row: Mapping[str, Any]) -> Message:
    """The message of a row; one of an older version lacks columns."""
    return rows.from_row({**rows.to_row(Message("assistant", "")), **row})


def _reply(c: Connection, entry: Mapping[str, Any]) -> bool:
    message = _message(entry["row"])
    if _status(c, message.id) is None:
        return False
    settle_late(c, [message])
    return True


def _coming(c: Connection, entry: Mapping[str, Any]) -> bool:
    sent = entry.get("request")
    uid, delivered, text = entry["uid"], int(entry["delivered"]), str(entry["text"])
    progress = Progress(uid, delivered, text, int(entry["attempts"]), request=sent and str(sent))
    if _status(c, progress.uid) is None:
        return False
    note_progress(c, [progress])
    return True


def _decision(c: Connection, entry: Mapping[str, Any]) -> bool:
    facts = {name: entry["facts"][name] for name in ("answer", "answered", "pace", "delay")}
    table = decisions_table(c)
    mine = (table.c.owner == entry["owner"]) & (table.c.status == "pending") & (table.c.attempts == entry["attempt"])
    mine &= table.c.forgotten.is_(None)
    if c.execute(table.update().where(mine).values(status="answered", **facts)).rowcount:
        return True
    return c.execute(select([table.c.id]).where(table.c.owner == entry["owner"])).first() is not None


def _record(c: Connection, entry: Mapping[str, Any]) -> bool:
    row = ThreadRow(**{**entry["thread"], "state": base64.b64decode(entry["thread"]["state"])})
    sessions = table_of(c, "otree_session")
    if c.execute(select([sessions.c.id]).where(sessions.c.id == row.session_id)).first() is None:
        return False
    restore(c, row, [_message(each) for each in entry["rows"]])
    return True
