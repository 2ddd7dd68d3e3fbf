"""A wheel of otree_ego as it is here, for projects that deploy while it is on no index of packages.

It is made from the files that run, whether they lie in a checkout or were installed, without pip and without a network.
Its version ends in a digest of its content (``0.1.0+c1a2b3c4d``): pip would keep an older wheel of the same version.
"""

from __future__ import annotations

import base64
import configparser
import hashlib
import io
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from email import message_from_string
from email.message import Message
from functools import cache
from importlib import metadata
from pathlib import Path

from ..errors import ConfigError
from .key_files import holds_key

NAME = "otree-ego"
PACKAGE = Path(__file__).resolve().parents[1]
ON_INDEX = False
"""True from the first release on. Until then the name is nobody's there, and whoever takes it could run code."""
MOVED = {"apps": "otree_ego/_gallery", "ego_chat": "otree_ego/_gallery/ego_chat", "_static": "otree_ego/_static"}
"""Folders of a checkout, and where a wheel has them."""
LEFT_OUT = ("__pycache__", ".mypy_cache", ".DS_Store")
REINSTALL = 'install it again in this environment, for example pip install "/path/to/otree_ego"'


@dataclass(frozen=True, slots=True)
class Wheel:
    """A wheel: its file's name and content, and what its package needs, as in its METADATA."""

    name: str
    content: bytes
    requires: tuple[str, ...]


def checkout() -> Path | None:
    """The folder of the source, if the package runs from there; None if it was installed."""
    return None if (PACKAGE / "_gallery").is_dir() else PACKAGE.parent


def from_index() -> str:
    """The version, if otree_ego was installed from an index of packages, and can be again; empty if it was not."""
    found = _installed()
    if not ON_INDEX or checkout() is not None or found is None or found.read_text("direct_url.json"):
        return ""
    return found.version.partition("+")[0] if found.read_text("INSTALLER") else ""


@cache
def own_wheel() -> Wheel:
    """Make the wheel, once in a process.

    Raises:
        ConfigError: the installed package is not whole.
    """
    files = dict(sorted(_files()))
    head, scripts, licence = _metadata()
    version = head["Version"].partition("+")[0]
    del head["Version"]
    digest = hashlib.sha256()
    for name, content in [*files.items(), ("METADATA", head.as_bytes()), ("scripts", scripts.encode())]:
        digest.update(name.encode() + b"\0" + hashlib.sha256(content).digest())
    version += f"+c{digest.hexdigest()[:8]}"
    head["Version"] = version
    info = f"otree_ego-{version}.dist-info"
    files[f"{info}/METADATA"] = head.as_bytes()
    files[f"{info}/WHEEL"] = b"Wheel-Version: 1.0\nGenerator: otree_ego\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
    files[f"{info}/entry_points.txt"] = scripts.encode()
    if licence:
        files[f"{info}/licenses/LICENSE"] = licence.encode()
    files[f"{info}/RECORD"] = _record(files, f"{info}/RECORD").encode()
    return Wheel(f"otree_ego-{version}-py3-none-any.whl", _zipped(files), tuple(head.get_all("Requires-Dist") or ()))


def requires() -> tuple[str, ...]:
    """What otree_ego needs, as in a wheel's METADATA."""
    return tuple(_metadata()[0].get_all("Requires-Dist") or ())


def _installed() -> metadata.Distribution | None:
    """The installed distribution whose files are those that run."""
    for found in metadata.distributions(name=NAME):
        if Path(str(found.locate_file("otree_ego"))).resolve() == PACKAGE:
            return found
    return None


def _files() -> Iterator[tuple[str, bytes]]:
    source = checkout()
    homes = {PACKAGE: "otree_ego"}
    if source is not None:
        homes |= {source / folder: home for folder, home in MOVED.items()}
    for folder, home in homes.items():
        for file in folder.rglob("*"):
            inside = file.relative_to(folder)
            if not file.is_file() or {*LEFT_OUT} & {*inside.parts} or file.suffix == ".pyc" or holds_key(file.name):
                continue
            content = file.read_bytes()
            yield f"{home}/{inside.as_posix()}", content if b"\0" in content else content.replace(b"\r\n", b"\n")


def _metadata() -> tuple[Message, str, str]:
    """METADATA without its description, the text of entry_points.txt, and the licence."""
    source = checkout()
    if source is not None:
        return _of_checkout(source)
    found = _installed()
    whole = found.read_text("METADATA") if found else None
    if found is None or not whole:
        raise ConfigError(f"The package in {PACKAGE} has no record of its installation: {REINSTALL}.")
    head = message_from_string(whole)
    head.set_payload("")
    licence = found.read_text("licenses/LICENSE") or found.read_text("LICENSE") or ""
    return head, found.read_text("entry_points.txt") or "", licence


def _of_checkout(source: Path) -> tuple[Message, str, str]:
    from ..version import __version__

    setup = configparser.ConfigParser(interpolation=None)
    try:
        setup.read_string((source / "setup.cfg").read_text("utf-8"))
        about, options = setup["metadata"], setup["options"]
    except (OSError, KeyError, configparser.Error):
        raise ConfigError(f"{source} is neither an installed otree_ego nor its source: {REINSTALL}.") from None
    head = message_from_string(f"Metadata-Version: 2.1\nName: {NAME}\nVersion: {__version__}\n")
    head["Summary"], head["License"] = about["description"], about["license"]
    head["Requires-Python"] = options["python_requires"]
    for line in _lines(options["install_requires"]):
        head["Requires-Dist"] = line
    for extra, lines in setup["options.extras_require"].items():
        head["Provides-Extra"] = extra
        for line in _lines(lines):
            head["Requires-Dist"] = f'{line}; extra == "{extra}"'
    scripts = setup["options.entry_points"]["console_scripts"].strip()
    return head, f"[console_scripts]\n{scripts}\n", (source / "LICENSE").read_text("utf-8")


def _lines(text: str) -> list[str]:
    return [line.strip() for line in text.splitlines() if line.strip() and not line.strip().startswith("#")]


def _record(files: dict[str, bytes], own: str) -> str:
    rows = []
    for name, content in files.items():
        digest = base64.urlsafe_b64encode(hashlib.sha256(content).digest()).rstrip(b"=").decode()
        rows.append(f"{name},sha256={digest},{len(content)}")
    return "\n".join([*rows, f"{own},,"]) + "\n"


def _zipped(files: dict[str, bytes]) -> bytes:
    """The same bytes for the same files, whenever it is made."""
    whole = io.BytesIO()
    with zipfile.ZipFile(whole, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            entry = zipfile.ZipInfo(name)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.external_attr = 0o644 << 16
            archive.writestr(entry, content)
    return whole.getvalue()
