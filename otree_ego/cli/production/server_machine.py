"""The machine and what stands around it: rows on the database, the proxy, the time zone and memory."""

from __future__ import annotations

import ipaddress
import os
import re
import sys
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from urllib.parse import urlsplit

from ...providers import split_model
from ..shared.machine import check_database
from ..shared.output import Row
from ..shared.project import Project
from .memory_needs import DYNOS, EMBEDDED_MB, memory_limit, server_mb
from .web_processes import WebProcesses

EXAMPLE = "postgresql://USER:PASSWORD@HOST:5432/NAME"
SCHEMES = {"postgres", "postgresql", "postgresql+psycopg2"}
_HOLDER = re.compile(r"\b(?:USER|PASSWORD|HOST|NAME|DBNAME|USERNAME)\b|\$\{?\w+")


def check_server_database(project: Project) -> Iterator[Row]:
    """PostgreSQL that can be reached, or what is wrong with it."""
    url = os.environ.get("DATABASE_URL", "")
    if not url.strip() or url.strip().startswith("sqlite"):
        why = "DATABASE_URL is not set" if not url.strip() else "DATABASE_URL names SQLite"
        found = (
            f"SQLite ({why}): where a platform empties the disk at a restart, all data are gone; pages wait for "
            "each other's writes"
        )
        fix = f"set DATABASE_URL={EXAMPLE} (on Heroku: heroku addons:create heroku-postgresql:essential-0)"
        yield Row("database", "failed", found, fix)
    elif problem := url_problem(url):
        yield Row("database", "failed", f"DATABASE_URL {problem}", f"its form is {EXAMPLE}")
    else:
        yield from check_database(project)


def url_problem(url: str) -> str:
    """What is wrong with the form of a database's address; empty if nothing is. The address is not in it.

    >>> url_problem("postgres://me:pass@word@host/data")
    'has an @ in its password or name: write %40 for it'
    """
    text = url.strip()
    if text[:1] in "\"'" or text.startswith("DATABASE_URL="):
        return "holds more than the address: leave out the quotes, and the name before it"
    if text != url or any(char.isspace() for char in text):
        return "has white space in it, or around it"
    scheme, colon, rest = text.partition("://")
    if not colon:
        return "is no address"
    if scheme not in SCHEMES:
        return "is not PostgreSQL's: oTree works with PostgreSQL on a server"
    if rest.count("@") > 1:
        return "has an @ in its password or name: write %40 for it"
    if "#" in rest:
        return "has a # in it: write %23 for it"
    try:
        parts = urlsplit(text)
        name = parts.path.strip("/")
        if parts.port == 0:
            return "has no usable port"
    except ValueError:
        return "has no usable host or port; in a password write %2F for / and %3A for :"
    if _HOLDER.search(rest):
        return "still has placeholders in it"
    return "" if name else "names no database after the host"


def check_proxy(processes: WebProcesses) -> Iterator[Row]:
    """Whether a proxy's word on https is believed."""
    name, trusted = "proxy", os.environ.get("FORWARDED_ALLOW_IPS", "").strip()
    fix = "set FORWARDED_ALLOW_IPS=* if only the proxy reaches the server's port, else to the proxy's address"
    if not trusted:
        if "FORWARDED_ALLOW_IPS" in processes.compose:
            yield Row(name, "ok", "the compose file sets FORWARDED_ALLOW_IPS")
            return
        found = (
            "FORWARDED_ALLOW_IPS is not set: behind a proxy on another machine or in another container, links to "
            "participants begin with http:// (Heroku sets it itself)"
        )
        yield Row(name, "warning", found, fix)
        return
    odd = [each for each in map(str.strip, trusted.split(",")) if each != "*" and not _is_ip(each)]
    if odd or ("*" in trusted and trusted != "*"):
        found = "FORWARDED_ALLOW_IPS takes single addresses with commas, or * alone: no names, no ranges such as /24"
        yield Row(name, "warning", found, fix)
    else:
        yield Row(name, "ok", "FORWARDED_ALLOW_IPS is set")


def _is_ip(text: str) -> bool:
    try:
        return bool(ipaddress.ip_address(text))
    except ValueError:
        return False


def check_time_zone(project: Project) -> Iterator[Row]:
    """Which clock the server has."""
    name, zone = "time zone", os.environ.get("TZ", "").strip()
    if "TIME_ZONE" in project.values:
        found = "TIME_ZONE in settings.py is not read by oTree 6: the server has its machine's time"
        yield Row(name, "warning", found, "set TZ=Europe/Berlin in the environment, and take the line out")
    if zone and not _is_zone(zone):
        found = f"TZ={zone!r:.40} is no time zone: the server has UTC, without a word"
        yield Row(name, "warning", found, "write it as Europe/Berlin")
    else:
        note = "" if zone else "; set TZ=Europe/Berlin for local times in oTree's admin"
        yield Row(name, "info", f"{zone or time.tzname[0]}; exports are in UTC in any case{note}")


def _is_zone(zone: str) -> bool:
    if sys.platform == "win32" or re.fullmatch(r"(?:UTC|GMT|Z)|[A-Za-z]{3,}[-+]?\d.*|<.*", zone):
        return True
    from zoneinfo import ZoneInfo

    try:
        return bool(ZoneInfo(zone.removeprefix(":")))
    except (OSError, ValueError, LookupError):  # there is none of this name, or it is a path
        return Path(zone.removeprefix(":")).is_file()


def check_memory(models: Sequence[str], processes: WebProcesses) -> Iterator[Row]:
    """Whether the server fits, with the embedded model if it is used."""
    name, local = "memory", any(split_model(model)[0] == "local" for model in models)
    size = processes.size.lower()
    limit = DYNOS.get(size) or memory_limit()
    need = server_mb(0, local)
    machine = f"a {size} dyno" if size in DYNOS else "this machine"
    if limit is None:
        yield Row(name, "info", f"the server needs about {need:.0f} MB; what this machine has is not known")
    elif need > limit:
        fix = "take a larger machine" + (", or name a model at a service" if local else "")
        yield Row(name, "failed", f"the server needs about {need:.0f} MB, and {machine} has {limit:.0f}", fix)
    elif local and limit <= 1100:
        found = (
            f"the embedded model takes {EMBEDDED_MB} of {limit:.0f} MB on {machine}, and one core: replies of a few "
            "people at once take 20 s and more. It is for a demo"
        )
        yield Row(name, "warning", found, "name a model at a service, or take a larger machine")
    else:
        yield Row(name, "ok", f"about {need:.0f} MB are needed, {machine} has {limit:,.0f}")
    if local:
        found = "the embedded model is used: its answers are not good enough for real data"
        yield Row("embedded model", "warning", found, "name a model at a service, e.g. ego_model='gpt-6-luna'")
