"""requirements.txt of a project: exact versions, and otree_ego among them."""

from __future__ import annotations

import email
import os
import re
from collections.abc import Collection, Iterable, Iterator
from importlib import metadata
from pathlib import Path
from typing import NamedTuple

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from packaging.version import InvalidVersion, Version

from ..errors import ConfigError
from .own_wheel import NAME, Wheel, checkout, from_index, own_wheel, requires

FILE = "requirements.txt"
WHEELS = "wheels"
TOKEN = "oTree-may-not-overwrite-this-file"
"""`otree zip` writes its own requirements.txt, without otree_ego, unless this stands in the file."""
OVERWRITE = "oTree-may-overwrite-this-file"
SERVER = {"psycopg2-binary": "2.9.13", "sentry-sdk": "2.75.0", "certifi": "2026.10.19.post1", "urllib3": "2.8.0"}
"""What a server needs besides: PostgreSQL's driver, and Sentry, by which oTree Hub reports errors, with what it needs.
The versions are for a machine that has none."""
_OURS = re.compile(r"^(?:[^#\n]|(?<=\S)#)*?\botree[-_.]ego(?!\w|-[a-z])", re.MULTILINE | re.IGNORECASE)
"""A line that installs otree_ego, from wherever; pip takes a # for a comment if white space or nothing is before it."""
LINUX = {"os_name": "posix", "platform_system": "Linux", "sys_platform": "linux"}


class NotListed(Exception):
    """otree_ego cannot be put into requirements.txt; the text says why, and what to do."""


def project_requirements(extras: Iterable[str] = ()) -> tuple[str, Wheel | None]:
    """The whole file for a new project, and the wheel that it names, if otree_ego did not come from an index.

    Arguments:
        extras: those of otree_ego that the project needs, such as ``local``.

    Raises:
        ConfigError: otree_ego is installed in a way that no wheel can be made from.
    """
    own, wheel = _own_line(extras)
    needed = requires() if wheel is None else wheel.requires
    first = [f"otree=={_version('otree')}", own, *_server_lines()]
    below = _lines(_installed(_wanted(needed, extras)), without={"otree", *SERVER})
    head = f"# {TOKEN}\n# Exact versions: what ran on your machine runs on the server.\n"
    return head + "\n".join([*first, "", "# What these need:", *below]) + "\n", wheel


def repository_requirements() -> str:
    """The file for this repository, which runs its own source: all but otree_ego itself."""
    below = _lines(_installed(_wanted(requires(), ["local"])), without=SERVER)
    head = f"# {TOKEN}\n# Made by: python -m otree_ego.projects > requirements.txt\n"
    return head + "\n".join([*_server_lines(), *below]) + "\n"


def add_requirement(project: Path, extras: Iterable[str] = ()) -> str:
    """Name otree_ego in a project's requirements.txt, unless it is there already; all else stays as it is.

    Arguments:
        project: its folder. A wheel that the line needs is put into its folder `wheels`.
        extras: those of otree_ego that the line asks for.

    Returns:
        the line that was added; empty if none was needed.

    Raises:
        NotListed: the file cannot be read or written.
        ConfigError: as for `project_requirements`.
    """
    source = checkout()
    if source is not None and project.resolve() == source:
        return ""  # this repository, which runs its own source
    file = project / FILE
    try:
        if not file.exists():
            text, wheel = project_requirements(extras)
            write_wheel(project, wheel)
            _replace(file, text.encode())
            return next(line for line in text.splitlines() if _OURS.match(line))
        whole = file.read_bytes().decode("utf-8")
        base = project / "requirements_base.txt"
        if _OURS.search(whole) or (base.is_file() and _OURS.search(base.read_text("utf-8", "replace"))):
            return ""
        line, wheel = _own_line(extras)
        write_wheel(project, wheel)
        _replace(file, _with_line(whole, line).encode())
    except UnicodeDecodeError:
        raise NotListed(f"{FILE} is not in UTF-8: save it as UTF-8, and run this again.") from None
    except OSError as problem:
        raise NotListed(f"{FILE} cannot be changed: {problem.strerror}.") from None
    return line


def write_wheel(project: Path, wheel: Wheel | None) -> None:
    """Put the wheel into the project's folder `wheels`, in the place of older ones."""
    if wheel is not None:
        folder = project / WHEELS
        folder.mkdir(exist_ok=True)
        (folder / wheel.name).write_bytes(wheel.content)
        for older in {*folder.glob("otree_ego-*.whl")} - {folder / wheel.name}:
            older.unlink()


def pins(names: Iterable[str]) -> list[str]:
    """``name==version`` for the packages and all that they need, as they are installed here.

    Arguments:
        names: requirements, each a name with or without extras, versions and a marker.

    >>> pins(["wtforms==2.3.3"])
    ['markupsafe==1.1.1', 'wtforms==2.3.3']
    """
    return _lines(_installed(_wanted(names)))


def unmet(names: Iterable[str]) -> list[str]:
    """What these packages, and all that they need, ask of each other and do not find here, in the words of `pip check`.

    Arguments:
        names: requirements, as for `pins`.
    """
    found = []
    read: dict[str, Package | None] = {}
    for name in sorted(_installed(_wanted(names), read)):
        package = read[name]
        for each in map(Requirement, package.requires if package else ()):
            if each.marker is None or each.marker.evaluate({"extra": ""}):
                other = _package(each.name, read)
                if other is None:
                    found.append(f"{package} requires {each.name}, which is not installed.")
                elif not _fits(other.version, each):
                    wanted = f"{each.name}{each.specifier}"
                    found.append(f"{package} has requirement {wanted}, but you have {each.name} {other.version}.")
    return found


def _fits(version: str, wanted: Requirement) -> bool:
    try:
        return wanted.specifier.contains(Version(version), prereleases=True)
    except InvalidVersion:
        return True  # of an installer that numbers in a way of its own


class Package(NamedTuple):
    """A package that is installed here; `requires` are the lines of what it needs."""

    name: str
    version: str
    requires: list[str]

    def __str__(self) -> str:
        return f"{self.name} {self.version}"


def _package(name: str, read: dict[str, Package | None]) -> Package | None:
    """What is installed here under a name, if anything; `read` is what was looked at before."""
    name = canonicalize_name(name)
    if name not in read:
        try:
            found = metadata.distribution(name)
        except metadata.PackageNotFoundError:
            read[name] = None
        else:
            # The head alone: Python reads the description, too, which is much longer, for each question.
            head = email.message_from_string((found.read_text("METADATA") or "").partition("\n\n")[0])
            whole = head["Version"] is not None
            needed = head.get_all("Requires-Dist") if whole else found.requires
            read[name] = Package(name, str(head["Version"] if whole else found.version), list(needed or ()))
    return read[name]


def _lines(versions: dict[str, str], without: Collection[str] = ()) -> list[str]:
    return [f"{name}=={versions[name]}" for name in sorted(versions) if name not in without]


def _installed(wanted: Iterable[Requirement], read: dict[str, Package | None] | None = None) -> dict[str, str]:
    """The versions installed here of these and of all that they need; `read` is for `_package`."""
    found: dict[str, str] = {}
    read = {} if read is None else read
    seen: set[tuple[str, frozenset[str]]] = set()
    waiting = list(wanted)
    while waiting:
        each = waiting.pop()
        key = (canonicalize_name(each.name), frozenset(each.extras))
        if key in seen:
            continue
        seen.add(key)
        package = _package(each.name, read)
        if package is None:
            continue  # a server needs it, and this machine does not
        found[key[0]] = package.version
        waiting += _wanted(package.requires, each.extras)
    return found


def _wanted(lines: Iterable[str], extras: Iterable[str] = ()) -> Iterator[Requirement]:
    """The requirements that hold for these extras on a server, which runs Linux, whatever this machine runs."""
    places = [{**LINUX, "extra": extra.strip()} for extra in ("", *extras)]
    for each in map(Requirement, lines):
        if each.marker is None or any(each.marker.evaluate(place) for place in places):
            yield each


def _own_line(extras: Iterable[str] = ()) -> tuple[str, Wheel | None]:
    also = f"[{','.join(extras)}]" if extras else ""
    if version := from_index():
        return f"{NAME}{also}=={version}", None
    wheel = own_wheel()
    return f"./{WHEELS}/{wheel.name}{also}", wheel


def _server_lines() -> list[str]:
    return [f"{name}=={_version(name, version)}" for name, version in SERVER.items()]


def _version(package: str, otherwise: str = "") -> str:
    try:
        return metadata.version(package)
    except metadata.PackageNotFoundError:
        if otherwise:
            return otherwise
        raise ConfigError(f"the package {package} is not installed here: pip install {package}") from None


def _with_line(text: str, line: str) -> str:
    end = "\r\n" if 2 * text.count("\r\n") > text.count("\n") else "\n"
    text = text.replace(OVERWRITE, TOKEN)
    if text and not text.endswith("\n"):
        text += end
    if TOKEN not in text:
        text += f"# {TOKEN}{end}"
    return f"{text}{line}{end}"


def _replace(file: Path, content: bytes) -> None:
    file = file.resolve()  # a link stays one
    new = file.with_name(f".{file.name}.new")
    new.write_bytes(content)
    if file.exists():
        new.chmod(file.stat().st_mode)
    os.replace(new, file)
