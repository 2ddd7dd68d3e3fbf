"""Make an oTree project that holds all ready-made apps, run it, and say which address to open."""

from __future__ import annotations

import argparse
import contextlib
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
import webbrowser
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path
from types import FrameType

from ..display import say
from ..paths import gallery
from .shared.games import session_configs
from .shared.output import Failure, has_display
from .shared.settings_file import NotAdded, add_configs, project_settings
from .startapp import copy_game
from .weights import progress

HELP = "run all ready-made apps on this machine, without a key"
PORT = 8000
MARK = ".ego_demo"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """--port, --no-browser, --dir."""
    parser.add_argument("--port", type=_port, help=f"the port (default: {PORT}, or the next free one)")
    parser.add_argument("--no-browser", action="store_true", help="do not open a browser")
    parser.add_argument("--dir", type=Path, default=Path("ego_demo"), help="the project's folder (default: ego_demo)")


def run(options: argparse.Namespace) -> int:
    """Do it; returns when the server ends, 0 after Ctrl-C."""
    if find_spec("otree") is None:
        raise Failure("oTree is not installed: pip install otree")
    if find_spec("xllamacpp") is None:
        raise Failure('The embedded model needs the package xllamacpp: pip install "otree-ego[local]"')
    port = free_port(options.port)
    folder = options.dir.absolute()
    made = make_project(folder)
    print(f"{'Made' if made else 'Using'} the demo project in {folder}.", flush=True)
    fetch()
    from ..builder.beside import builder_beside

    beside = builder_beside(folder / "built.json", str(folder / "ego.sqlite3"))
    with contextlib.suppress(KeyboardInterrupt), _signals(), beside as builder:
        return serve(folder, port, browser=not options.no_browser and has_display(), builder=builder)
    print("\nStopped.")
    return 0


def fetch() -> None:
    """Bring the embedded model's weights, if this machine lacks them."""
    from ..providers.local.weights import fetch_weights

    fetch_weights(progress())


def make_project(folder: Path) -> bool:
    """Make the demo's project, or take the one that an earlier demo made.

    Returns:
        whether it was made now.

    Errors:
        Failure: the folder holds something else.
        ConfigError: a game of the gallery has no usable session_config.py.
    """
    if (folder / MARK).is_file():
        add_new_apps(folder)
        return False
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise Failure(f"{folder} is there and was not made by ego demo: name another folder with --dir.")
    games = gallery()
    configs = [config for game in games.values() for config in session_configs(game)]
    try:
        for sub in ("_static/global", "_templates/global"):
            (folder / sub).mkdir(parents=True, exist_ok=True)
        for name, game in games.items():
            shutil.rmtree(folder / name, ignore_errors=True)
            copy_game(game, folder / name)
        (folder / "settings.py").write_text(project_settings(configs), encoding="utf-8")
        (folder / MARK).write_text("made by ego demo; delete the folder to start afresh\n", encoding="utf-8")
    except OSError as problem:
        raise Failure(f"The demo's project cannot be made in {folder}: {problem.strerror}.") from None
    return True


def add_new_apps(folder: Path) -> None:
    """Put apps that came with a newer otree_ego into a demo project of an older one; what is there stays as it is."""
    for name, game in gallery().items():
        if (folder / name).exists():
            continue
        configs = session_configs(game)
        copy_game(game, folder / name)
        try:
            add_configs(folder / "settings.py", configs)
        except NotAdded as problem:
            shutil.rmtree(folder / name)  # an app that no session config names would be a puzzle
            say(f"The app {name} is new and was left out: {problem}", sys.stderr)
        else:
            print(f"Added the app {name}, which is new.")


def free_port(wanted: int | None) -> int:
    """The port to use: the one that was asked for, or the first free one from 8000 on.

    Errors:
        Failure: the one that was asked for is taken.
    """
    if wanted is not None:
        if _taken(wanted):
            raise Failure(f"Port {wanted} is taken: choose another one, or leave out --port.")
        return wanted
    for port in range(PORT, PORT + 100):
        if not _taken(port):
            if port != PORT:
                print(f"Port {PORT} is taken; using {port}.", flush=True)
            return port
    raise Failure(f"The ports from {PORT} to {PORT + 99} are all taken: choose one with --port.")


def serve(folder: Path, port: int, browser: bool, builder: str = "") -> int:
    """Run oTree's development server until it ends or is told to.

    Arguments:
        folder: the project. port: for it. browser: whether to open one. builder: the builder's address, for its page.

    Errors:
        Failure: it ended by itself.
    """
    otree = shutil.which("otree", path=_path())
    if otree is None:
        raise Failure(f"There is no otree command beside {sys.executable}: pip install otree")
    # A session of its own: the terminal's Ctrl-C comes to us alone, and all of the server is ended in order.
    process = subprocess.Popen(
        [otree, "devserver", str(port)],
        cwd=folder,
        env=_environment(builder),
        start_new_session=sys.platform != "win32",
    )
    try:
        address = f"http://localhost:{port}/demo"
        while not _answers(f"http://127.0.0.1:{port}/demo"):
            if process.poll() is not None:
                raise Failure(f"The server ended with code {process.returncode} before it answered (see above).")
            time.sleep(0.2)
        made = f"The builder, for scenarios of your own: {builder}\n" if builder else ""
        print(f"\nOpen {address} in your browser. Ctrl-C stops the demo.\n{made}", flush=True)
        if browser:
            webbrowser.open(address)
        if process.wait():
            raise Failure(f"The server ended with code {process.returncode} (see above).")
        return 0
    finally:
        _end(process)


def _end(process: subprocess.Popen[bytes]) -> None:
    """End the server and what it started: first so that it saves its data, then for good."""
    steps = [signal.SIGINT, signal.SIGKILL] if sys.platform != "win32" else [signal.SIGTERM]
    for step in steps:
        with contextlib.suppress(ProcessLookupError, PermissionError):
            if sys.platform != "win32":
                os.killpg(process.pid, step)
            else:
                process.send_signal(step)
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(10)


@contextlib.contextmanager
def _signals() -> Iterator[None]:
    """A closed terminal and a polite kill end the demo as Ctrl-C does, server included."""

    def stop(number: int, frame: FrameType | None) -> None:
        raise KeyboardInterrupt

    kinds = [signal.SIGTERM, *([signal.SIGHUP] if sys.platform != "win32" else [])]
    before = {kind: signal.signal(kind, stop) for kind in kinds}
    try:
        yield
    finally:
        for kind, handler in before.items():
            signal.signal(kind, handler)


def _environment(builder: str) -> dict[str, str]:
    """Without what is meant for another project: its database, its password, its production mode."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("OTREE_")}
    kept.pop("DATABASE_URL", None)
    return {**kept, "PATH": _path(), "EGO_BUILDER": builder}


def _path() -> str:
    return os.pathsep.join([os.path.dirname(sys.executable), os.environ.get("PATH", "")])


def _taken(port: int) -> bool:
    with socket.socket() as probe:
        if sys.platform != "win32":
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return True
        return False


def _answers(address: str) -> bool:
    try:
        with urllib.request.build_opener(urllib.request.ProxyHandler({})).open(address, timeout=5) as answer:
            return bool(answer.status == 200)
    except (OSError, urllib.error.URLError):
        return False


def _port(text: str) -> int:
    if not text.isdecimal() or not 1 <= int(text) <= 65535:
        raise argparse.ArgumentTypeError(f"a port is a number from 1 to 65535, not {text!r}")
    return int(text)
