"""Programs that start quickly: copies of a Python that has loaded the packages which they need.

A server of oTree's takes 1.6 s of processor time until it has asked a model, a script 1.1 s; most of that is to load
packages of others, the openai package above all. Tests start hundreds of them. So each worker of pytest has a Python
that has loaded these packages once, and that forks for each program. What is tested (oTree, the project, otree_ego) is
loaded by the program itself, as always.

`popen` is `subprocess.Popen`, wherever that is possible and else the usual one: on Linux, for the Python that runs the
tests.
"""

from __future__ import annotations

import atexit
import contextlib
import io
import json
import os
import select
import signal
import socket
import struct
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import CodeType
from typing import Any

PACKAGES = (
    "openai", "openai.resources.chat", "openai.types.chat", "sqlalchemy.orm", "sqlalchemy.dialects.sqlite",
    "starlette.applications", "starlette.routing", "uvicorn.main", "uvicorn.protocols.http.auto", "websockets.legacy",
    "wtforms", "multipart", "itsdangerous", "aiofiles", "packaging.requirements", "asyncio", "urllib.request", "ssl",
    "email.parser", "zipfile", "tarfile", "csv", "sqlite3", "jinja2",
)  # fmt: skip
"""What is loaded before. Packages that look at an environment or a folder when they are loaded do not belong here."""
OF_A_COPY = ("PYTHONPATH", "PYTHONWARNINGS", "PYTHONUNBUFFERED")
"""Variables for Python that each copy can have as it likes."""
HERE = Path(__file__).resolve().parent
LENGTH = struct.Struct("!I")
# No function of ours may stand below the program's own: otree_ego looks whose code is running.
_START = "import sys; sys.path.insert(0, sys.argv[1]); import warm_python; exec(warm_python.serve(int(sys.argv[2])))"


# --- in the tests ---------------------------------------------------------------------------------------------------


class Copy(subprocess.Popen[Any]):
    """A program in a copy of the warm Python; to be used as `subprocess.Popen`."""

    def __init__(self, command: Sequence[str], warm: Warm, *, start_new_session: bool = False, **options: Any) -> None:
        self._warm, self._session, self._line = warm, start_new_session, b""
        super().__init__(command, start_new_session=start_new_session, **options)

    def _execute_child(self, args: Any, executable: Any, preexec: Any, close: Any, passed: Any, cwd: Any, env: Any,
                       info: Any, flags: Any, shell: Any, p2cread: int, p2cwrite: int, c2pread: int, c2pwrite: int,
                       errread: int, errwrite: int, *_: Any) -> None:  # fmt: skip
        request = {
            "command": list(map(str, args)), "cwd": os.fspath(cwd or os.getcwd()), "session": self._session,
            "env": {**os.environ} if env is None else {name: str(value) for name, value in env.items()},
        }  # fmt: skip
        files = [own if given == -1 else given for given, own in ((p2cread, 0), (c2pwrite, 1), (errwrite, 2))]
        try:
            self._connection = self._warm.connect()
            socket.send_fds(self._connection, [b"f"], files)
            body = json.dumps(request).encode()
            self._connection.sendall(LENGTH.pack(len(body)) + body)
            self.pid = int(self._read_line())
        finally:
            self._close_pipe_fds(p2cread, p2cwrite, c2pread, c2pwrite, errread, errwrite)  # type: ignore[attr-defined]
        self._child_created = True

    def _read_line(self) -> bytes:
        while b"\n" not in self._line:
            piece = self._connection.recv(64)
            if not piece:
                raise OSError("The warm Python has ended.")
            self._line += piece
        line, _, self._line = self._line.partition(b"\n")
        return line

    def _internal_poll(self, _deadstate: Any = None, **_: Any) -> int | None:
        if self.returncode is None and (b"\n" in self._line or select.select([self._connection], [], [], 0)[0]):
            self._wait(None)
        return self.returncode

    def _wait(self, timeout: float | None) -> int:
        if self.returncode is None:
            if timeout is not None and not select.select([self._connection], [], [], max(0.0, timeout))[0]:
                raise subprocess.TimeoutExpired(self.args, timeout)
            try:
                self.returncode = int(self._read_line())
            except OSError:
                self.returncode = -signal.SIGKILL
            self._connection.close()
        return self.returncode


class Warm:
    """A Python that has loaded what programs need; it ends with the process that has made it.

    Arguments:
        settings: the environment's variables for Python itself that all copies must have in common.
    """

    def __init__(self, settings: Mapping[str, str]) -> None:
        self.address = "\0otree_ego_tests_" + os.urandom(12).hex()
        listener = socket.socket(socket.AF_UNIX)
        listener.bind(self.address)
        listener.listen(64)
        env = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}
        number = listener.fileno()
        command = [sys.executable, "-c", _START, str(HERE), str(number), " " * 400]
        self._life = subprocess.Popen(command, env={**env, **settings}, stdin=subprocess.PIPE, pass_fds=[number])
        listener.close()
        atexit.register(self.end)

    def connect(self) -> socket.socket:
        """A connection, for one program."""
        made = socket.socket(socket.AF_UNIX)
        made.connect(self.address)
        return made

    def end(self) -> None:
        """End it; programs go on."""
        assert self._life.stdin is not None
        self._life.stdin.close()
        self._life.wait(30)


_warm: dict[tuple[tuple[str, str], ...], Warm | None] = {}


def popen(command: Sequence[str], **options: Any) -> subprocess.Popen[Any]:
    """`subprocess.Popen`; a program of Python's starts in a copy of a warm one if that makes no difference for it."""
    from harness import needs  # not in the warm Python

    needs.claim_program(command[0], command)
    env = options.get("env")
    variables = os.environ if env is None else env
    settings = {name: value for name, value in variables.items() if name[:6] == "PYTHON" and name not in OF_A_COPY}
    ours = (sys.executable, str(Path(sys.executable).with_name("otree")))
    measured = "PYTEST_VERSION" not in os.environ  # benchmarks start programs as users do
    plain = (
        measured
        or sys.platform != "linux"
        or str(command[0]) not in ours
        or options.keys() & {"preexec_fn", "pass_fds"}
    )
    if plain or not _options(command[1:]):
        return subprocess.Popen(command, **options)
    key = tuple(sorted(settings.items()))
    if key not in _warm:  # whoever has settings of its own may be the only one
        _warm[key] = None
        return subprocess.Popen(command, **options)
    if (warm := _warm[key]) is None:
        warm = _warm[key] = Warm(settings)
    return Copy(command, warm, **options)


def _options(words: Sequence[str]) -> bool:
    """Whether a copy can do what Python's own options say: `-m`, `-c`, and `-W` before them."""
    words = [str(word) for word in words]
    while words[:1] == ["-W"]:
        words = words[2:]
    return bool(words) and (words[0][:1] != "-" or words[0] in ("-m", "-c"))


def run(
    command: Sequence[str], timeout: float | None = None, check: bool = False, **options: Any
) -> subprocess.CompletedProcess[Any]:
    """`subprocess.run` with captured output, for programs that start quickly."""
    process = popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, **options)
    try:
        out, err = process.communicate(timeout=timeout)
    except BaseException:
        process.kill()
        process.communicate()
        raise
    done = subprocess.CompletedProcess(command, process.returncode, out, err)
    if check:
        done.check_returncode()
    return done


# --- in the warm Python ---------------------------------------------------------------------------------------------


def serve(number: int) -> CodeType | str:
    """Wait for programs to start, and tell how they end. Returns a program, in its own process; or when all is over."""
    import gc
    from importlib import import_module
    from importlib.util import find_spec

    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for pytest and for the programs
    for name in PACKAGES:
        if find_spec(name.partition(".")[0]) is not None:
            import_module(name)
    gc.freeze()
    woken, wake = os.pipe()
    for end in (woken, wake):
        os.set_blocking(end, False)
    signal.set_wakeup_fd(wake)
    signal.signal(signal.SIGCHLD, lambda *_: None)
    listener = socket.socket(fileno=number)
    running: dict[int, socket.socket] = {}
    while True:
        ready, _, _ = select.select([listener, woken, 0], [], [])
        if 0 in ready and not os.read(0, 1):
            listener.close()
            return ""
        if woken in ready:
            os.read(woken, 1024)
            for pid, code in _ended():
                with running.pop(pid) as connection:
                    _tell(connection, code)
        if listener in ready:
            connection, _ = listener.accept()
            _, files, _, _ = socket.recv_fds(connection, 1, 3)
            request = json.loads(_exactly(connection, LENGTH.unpack(_exactly(connection, LENGTH.size))[0]))
            pid = os.fork()
            if not pid:
                signal.set_wakeup_fd(-1)
                for other in (listener, connection, *running.values()):
                    other.close()
                os.close(woken)
                os.close(wake)
                return _become(request, files)
            for file in files:
                os.close(file)
            running[pid] = connection
            _tell(connection, pid)


def _ended() -> list[tuple[int, int]]:
    found = []
    while True:
        try:
            pid, status = os.waitpid(-1, os.WNOHANG)
        except ChildProcessError:
            return found
        if not pid:
            return found
        found.append((pid, os.waitstatus_to_exitcode(status)))


def _tell(connection: socket.socket, number: int) -> None:
    with contextlib.suppress(OSError):  # nobody wants to know any more
        connection.sendall(b"%d\n" % number)


def _exactly(connection: socket.socket, size: int) -> bytes:
    found = b""
    while len(found) < size:
        found += connection.recv(size - len(found))
    return found


def _become(request: Mapping[str, Any], files: Sequence[int]) -> CodeType:
    """Be the program's process; its code."""
    for number in (signal.SIGCHLD, signal.SIGTERM, signal.SIGPIPE):
        signal.signal(number, signal.SIG_DFL if number != signal.SIGPIPE else signal.SIG_IGN)
    signal.signal(signal.SIGINT, signal.default_int_handler)
    if request["session"]:
        os.setsid()
    for number, file in enumerate(files):
        os.dup2(file, number)
    for file in files:
        if file > 2:
            os.close(file)
    os.chdir(request["cwd"])
    os.environ.clear()
    os.environ.update(request["env"])
    for name, number in (("stdin", 0), ("stdout", 1), ("stderr", 2)):
        _reopen(name, number)
    command: list[str] = request["command"]
    sys.orig_argv[:] = [*([] if command[0] == sys.executable else [sys.executable]), *command]
    _show(command)
    words = command if command[0] != sys.executable else command[1:]
    warned = list(filter(None, os.environ.get("PYTHONWARNINGS", "").split(",")))
    while words[0] == "-W":
        warned.append(words[1])
        words = words[2:]
    _warn(warned)
    _find_modules_in(os.environ.get("PYTHONPATH", ""))
    return _code_of(words)


def _warn(options: list[str]) -> None:
    """Warn as Python does that starts with these options."""
    import warnings

    sys.warnoptions[:] = options
    warnings._processoptions(options)  # type: ignore[attr-defined]


def _find_modules_in(folders: str) -> None:
    """Find modules in the folders of PYTHONPATH, behind the first two places of `sys.path`, which `_code_of` sets."""
    if folders:
        first = dict.fromkeys(map(os.path.abspath, folders.split(os.pathsep)))
        sys.path[2:] = [*first, *(place for place in sys.path[2:] if place not in first)]


def _reopen(name: str, number: int) -> None:
    """A standard stream as Python opens it when it starts."""
    if name == "stdin":
        sys.stdin = sys.__stdin__ = io.TextIOWrapper(io.BufferedReader(io.FileIO(number, closefd=False)))  # type: ignore[misc]
        return
    unbuffered = bool(os.environ.get("PYTHONUNBUFFERED"))
    lines = os.isatty(number) or name == "stderr"
    plain = io.FileIO(number, "wb", closefd=False)
    raw = plain if unbuffered else io.BufferedWriter(plain)
    errors = "backslashreplace" if name == "stderr" else "strict"
    old = getattr(sys, name)
    made = io.TextIOWrapper(raw, old.encoding, errors, line_buffering=lines, write_through=unbuffered)
    setattr(sys, name, made)
    setattr(sys, f"__{name}__", made)


def _show(command: Sequence[str]) -> None:
    """Let other programs see this command line as that of the process."""
    import ctypes

    fields = Path("/proc/self/stat").read_text().rpartition(")")[2].split()
    start, end = int(fields[45]), int(fields[46])
    line = "\0".join([*([] if command[0] == sys.executable else [sys.executable]), *command]).encode()[
        : end - start - 1
    ]
    ctypes.memmove(start, line.ljust(end - start, b"\0"), end - start)


def _code_of(command: list[str]) -> CodeType:
    main = sys.modules["__main__"]
    for name in [name for name in vars(main) if not name.startswith("__")]:
        delattr(main, name)
    if command[0] == "-c":
        sys.argv[:] = ["-c", *command[2:]]
        sys.path[:2] = [""]
        return compile(command[1], "<string>", "exec")
    if command[0] == "-m":
        sys.argv[:] = ["-m", *command[2:]]
        sys.path[:2] = [os.getcwd()]
        return compile(f"import runpy; runpy._run_module_as_main({command[1]!r})", "<warm>", "exec")
    sys.argv[:] = command
    sys.path[:2] = [os.path.dirname(os.path.realpath(command[0]))]
    main.__file__ = os.path.abspath(command[0])
    return compile(Path(command[0]).read_bytes(), main.__file__, "exec")
