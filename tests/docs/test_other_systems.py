"""Windows and macOS, as far as this machine can show: what they lack is taken away, and all still loads and works.

What Python has on one system only, or what only Linux has, must be asked for, or guarded. The processes here lose it
before our modules are loaded: modules, functions, signals, the folders /proc and /sys, and the system's name.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
import requests
from harness import Project, Server
from harness.database import PATIENCE
from harness.source import MODULES, REPO

from otree_ego.cli import main
from otree_ego.providers.local.apart import NEW_GROUP, apart
from otree_ego.stores.addresses import file_of, shown, url_of

NAMES = sorted(name for name in MODULES if not name.endswith("__main__") and "former_places" not in name)
FIRST = """
import importlib, sys
for name in {names}:
    importlib.import_module(name)
print(*(name for name, module in sys.modules.items() if not name.startswith(("otree_ego", "__main__", "settings"))))
"""
"""Says what is loaded beside our own: that is there before anything is taken away."""
LACKING = """
import builtins, importlib, io, os, pathlib, select, signal, socket, sys, time, types
for name in {others}:
    try:
        importlib.import_module(name)
    except Exception:
        pass

HIDDEN = {hidden}

class Hidden:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in HIDDEN:
            raise ModuleNotFoundError("No module named " + repr(name), name=name)

for name in HIDDEN:
    sys.modules.pop(name, None)
sys.meta_path.insert(0, Hidden())
for module, names in {attributes}.items():
    for name in names:
        if hasattr(sys.modules[module], name):
            delattr(sys.modules[module], name)

def absent(usual):
    def opened(file, *rest, **more):
        if str(file).startswith(("/proc", "/sys")):
            raise FileNotFoundError(2, "No such file or directory", str(file))
        return usual(file, *rest, **more)
    return opened

builtins.open = io.open = absent(open)
pathlib.Path.open = absent(pathlib.Path.open)
pathlib.Path.read_text = absent(pathlib.Path.read_text)
os.readlink = absent(os.readlink)
sys.platform = {platform!r}
if sys.platform == "win32":
    sys.modules["msvcrt"] = types.ModuleType("msvcrt")
    sys.modules["msvcrt"].LK_NBLCK, sys.modules["msvcrt"].locking = 2, lambda *about: None
for name in {names}:
    importlib.import_module(name)
"""
POSIX_ONLY = ["fcntl", "resource", "pwd", "grp", "termios", "tty", "pty", "readline", "syslog", "curses", "crypt"]
ATTRIBUTES = {
    "os": [
        "fork", "forkpty", "geteuid", "getgid", "register_at_fork", "killpg", "setsid", "getpgid", "sysconf", "uname",
        "sysconf_names", "nice", "getloadavg", "chown", "fchmod", "mkfifo", "openpty", "O_NOFOLLOW", "statvfs",
        "sched_getaffinity", "WIFEXITED", "wait4",
    ],
    "signal": ["SIGKILL", "SIGHUP", "SIGUSR1", "SIGXCPU", "SIGALRM", "SIGQUIT", "alarm", "pthread_kill", "setitimer"],
    "select": ["poll", "epoll"],
    "socket": ["SO_REUSEPORT", "SOCK_CLOEXEC"],
    "time": ["tzset"],
}  # fmt: skip
"""What Windows lacks. `os.name` and what goes with it (os.getuid) stay: paths would be another system's."""
LINUX_ONLY = {"os": ["sched_getaffinity"], "select": ["epoll"], "socket": ["SOCK_CLOEXEC"]}
"""What macOS lacks."""

WORK = """
import os, pathlib, signal, sys
from otree_ego import secret_key, ConstantThread
from otree_ego.cli import main, demo
from otree_ego.cli.shared import machine
from otree_ego.experiment.built import renderer
from otree_ego.providers.local import pulse, weights
from otree_ego.binding.otree_internals import processes, reconnecting

assert ConstantThread("5").submit("Which number?") == "5"
assert len(secret_key()) == 64 and secret_key() == secret_key()
with weights._holding(pathlib.Path("lock")) as held:
    assert held
renderer.limit_memory()
renderer.limit_time(1)
assert pulse._processor_time(os.getpid()) is None
assert processes.still_runs(processes.name_of_this(processes.SERVER)) is None
assert processes.name_of_this(processes.TOOL) == processes.name_of_this(processes.TOOL)
assert demo.make_project(pathlib.Path("my demo"))
os.chdir("my demo")
with demo._signals():
    pass
assert demo.free_port(None) >= demo.PORT

class Ended:
    pid, sent = 0, []
    def send_signal(self, kind):
        self.sent.append(kind)
    def wait(self, seconds):
        return 0

if sys.platform == "win32":
    demo._end(Ended())
    assert Ended.sent == [signal.SIGTERM]
assert main(["startapp", "chat", "--as", "talk", "--yes"]) == 0
assert main(["check", "--production", "--no-network"]) == 1
assert main(["check", "--participants", "9", "--no-network"]) == 0
print("worked")
"""


@pytest.fixture
def project(tmp_path: Path) -> Path:
    return Project(tmp_path / "a project", repo_apps=["ego_chat"]).folder


def python(code: str, folder: Path, **env: str) -> str:
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", code], cwd=folder, capture_output=True, text=True, timeout=PATIENCE,
        env={**os.environ, "PYTHONPATH": str(REPO), "EGO_HOME": str(folder.parent / "home"), **env}, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-3000:]
    return done.stdout


@pytest.fixture(scope="module")
def others(tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    """The modules that ours load, of Python and of others."""
    folder = Project(tmp_path_factory.mktemp("others") / "project", repo_apps=["ego_chat"]).folder
    return python(FIRST.format(names=NAMES), folder).split()


def without(platform: str, others: list[str], names: list[str]) -> str:
    """The code that takes away what a system lacks, and then loads these modules."""
    hidden, attributes = (POSIX_ONLY, ATTRIBUTES) if platform == "win32" else ([], LINUX_ONLY)
    kept = [name for name in others if name not in hidden]
    return LACKING.format(others=kept, hidden=hidden, attributes=attributes, platform=platform, names=names)


@pytest.mark.slow
@pytest.mark.parametrize("platform", ["win32", "darwin"])
def test_all_modules_load_and_work_without_what_a_system_lacks(platform: str, others: list[str], project: Path) -> None:
    assert python(without(platform, others, NAMES) + WORK, project, LOCALAPPDATA=str(project)).endswith("worked\n")


def test_what_is_taken_away_is_missed(project: Path) -> None:
    """The test above would see a module that needs it."""
    code = without("win32", [], [])
    for use in ("import fcntl", "import os; os.fork()", "import signal; signal.SIGKILL", "open('/proc/stat')"):
        with pytest.raises(AssertionError, match=r"ModuleNotFoundError|AttributeError|FileNotFoundError"):
            python(f"{code}\n{use}", project)


def test_ctrl_c_does_not_reach_what_runs_beside_a_command(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "platform", "win32")
    assert apart() == {"creationflags": NEW_GROUP}
    monkeypatch.setattr(sys, "platform", "darwin")
    assert apart() == {"start_new_session": True}


@pytest.mark.parametrize(
    "path", [r"C:\Users\me\my study\ego.sqlite3", r"data\ego.sqlite3", r"\\server\share\a.sqlite3"]
)
def test_paths_of_windows_are_files_and_no_addresses(path: str) -> None:
    assert url_of(path) == f"sqlite:///{path}"
    assert str(file_of(url_of(path))) == path
    assert shown(url_of(path)) == path


# --- projects that were made on Windows -------------------------------------------------------------------------------


def to_crlf(folder: Path) -> None:
    """Write all texts of a project as Windows does."""
    for file in folder.rglob("*"):
        if file.suffix in (".py", ".html", ".txt", ".css", ".js") or file.name == "Procfile":
            file.write_bytes(file.read_bytes().replace(b"\r\n", b"\n").replace(b"\n", b"\r\n"))


@pytest.fixture
def theirs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project with CRLF in a folder whose name has spaces, signs and letters of another language."""
    folder = Project(tmp_path / "Studie #1 (Köln) 100%", repo_apps=["ego_chat"], session_configs=[
        {"name": "chat", "app_sequence": ["ego_chat"], "num_demo_participants": 1, "ego_model": "constant/Hallo"}
    ]).folder  # fmt: skip
    to_crlf(folder)
    monkeypatch.chdir(folder)
    return folder


def test_verbs_work_there(theirs: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (theirs / "db.sqlite3").write_bytes(b"")
    assert main(["startapp", "ultimatum", "--yes"]) == 0
    settings = (theirs / "settings.py").read_bytes()
    assert settings.count(b"\r\n") == settings.count(b"\n")  # as the rest of the file
    assert main(["check", "--no-network"]) == 0
    assert "2 session configs" in capsys.readouterr().out
    assert main(["check", "--participants", "5", "--config", "ultimatum", "--no-network"]) == 0
    assert "ultimatum" in capsys.readouterr().out


def test_a_database_there_is_looked_at(theirs: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (theirs / "db.sqlite3").write_bytes(b"no database at all" * 100)
    assert main(["check", "--no-network"]) == 1
    assert "file is not a database" in " ".join(capsys.readouterr().out.split())


@pytest.mark.server
def test_a_server_runs_there(tmp_path: Path) -> None:
    project = Project(tmp_path / "Studie #1 (Köln) 100%", repo_apps=["ego_chat"], session_configs=[
        {"name": "chat", "app_sequence": ["ego_chat"], "num_demo_participants": 1, "ego_model": "constant/Hallo"}
    ])  # fmt: skip
    to_crlf(project.folder)
    with Server(project, None) as running:
        person = running.create_session("chat", 1).participants()[0]
        page = requests.get(person.start().url, timeout=PATIENCE)
        assert page.status_code == 200 and "nickname" in page.text


@pytest.mark.parametrize("command", [["ego"], [sys.executable, "-m", "otree_ego.cli"]])
def test_the_command_has_two_names(command: list[str], tmp_path: Path) -> None:
    path = os.pathsep.join([os.path.dirname(sys.executable), os.environ.get("PATH", "")])
    env = {**os.environ, "PATH": path, "PYTHONPATH": str(REPO)}
    done = subprocess.run([*command, "--version"], cwd=tmp_path, capture_output=True, text=True, env=env, check=False)
    assert done.returncode == 0 and done.stdout.startswith("otree_ego ")
