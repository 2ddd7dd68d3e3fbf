"""What the environment says of the way to a service: certificates, proxies and headers, checked before they are used.

A variable that cannot be used is a ConfigError that names it: it is nothing that another try would heal, and the
failure policy goes on to the fallback model. A variable counts only where it is used: a model on this machine needs
neither certificates nor a proxy.
"""

from __future__ import annotations

import ipaddress
import os
import re
import ssl
from collections.abc import Iterator
from dataclasses import dataclass
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Any
from urllib.parse import SplitResult, urlsplit
from urllib.request import getproxies

from ...errors import ConfigError
from ..services import is_host, is_loopback

SCHEMES = {"http": 80, "https": 443, "socks5": 1080, "socks5h": 1080}
"""What a proxy may speak, and its usual port."""
SOCKS = "pip install socksio"
_HASHED = re.compile(r"[0-9a-f]{8}\.\d+")
_HEADER = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
_contexts: dict[tuple[str, ...], ssl.SSLContext] = {}


@dataclass(frozen=True, slots=True)
class Proxy:
    """A proxy that the environment names.

    Arguments:
        variable: the environment variable, as it is written there. address: its value, as a whole address.
        given: its value, as it is written there.
    """

    variable: str
    address: str
    given: str

    @property
    def host(self) -> str:
        """Where it is, without what it is told."""
        return urlsplit(self.address).netloc.rpartition("@")[2]


def certificates() -> ssl.SSLContext:
    """What a connection with TLS trusts.

    Raises:
        ConfigError: ``SSL_CERT_FILE``, ``SSL_CERT_DIR`` or ``SSLKEYLOGFILE`` names something that cannot be used.
    """
    names = ("SSL_CERT_FILE", "SSL_CERT_DIR")
    place = tuple(os.environ.get(name, "") for name in names)
    key = (*place, os.environ.get("SSLKEYLOGFILE", ""))
    if key not in _contexts:
        if wrong := _certificates_problem(*place) or _key_log_problem():
            raise ConfigError(wrong)
        try:
            # Reading the certificates takes longer than all the rest: once for all clients.
            _contexts[key] = import_module("httpx2").create_ssl_context()
        except (OSError, ValueError) as problem:
            named = next((f"{name}={value}" for name, value in zip(names, place, strict=True) if value), "")
            raise ConfigError(
                f"{named or 'the certificates of this machine'} cannot be used ({problem}): it takes a file of "
                "certificates in PEM form; without the variable, those of this machine are used"
            ) from None
    return _contexts[key]


def _certificates_problem(file: str, folder: str) -> str:
    """What is wrong with them, in a sentence; empty if nothing is. The file comes before the folder."""
    rest = "without the variable, the certificates of this machine are used"
    if file:
        if why := _unreadable(Path(file)):
            return f"SSL_CERT_FILE names {file}, and {why}: give the whole path of a PEM file, or unset it ({rest})"
        try:
            ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT).load_verify_locations(cafile=file)
        except (OSError, ValueError):
            return (
                f"SSL_CERT_FILE names {file}, and that holds no certificates: it takes a PEM file, with lines "
                f"-----BEGIN CERTIFICATE-----; or unset it ({rest})"
            )
    elif folder:
        folders = [Path(each) for each in folder.split(os.pathsep) if each]
        if not any(each.is_dir() for each in folders):
            return f"SSL_CERT_DIR names {folder}, and there is no such folder: correct it, or unset it ({rest})"
        if not any(_HASHED.fullmatch(name) for each in folders for name in _names_in(each)):
            return (
                f"SSL_CERT_DIR names {folder}, where no certificates are under their hashed names: "
                f"run openssl rehash {folder}, name one PEM file in SSL_CERT_FILE instead, or unset it ({rest})"
            )
    return ""


def _key_log_problem() -> str:
    """What is wrong with SSLKEYLOGFILE, into which Python writes the keys of each connection, or would."""
    file = os.environ.get("SSLKEYLOGFILE", "")
    try:
        if file:
            with open(file, "ab"):
                pass
    except (OSError, ValueError) as problem:
        why = getattr(problem, "strerror", None) or problem
        return f"SSLKEYLOGFILE names {file}, which cannot be written ({why}): name a file that can be, or unset it"
    return ""


def _unreadable(file: Path) -> str:
    try:
        if file.exists() and not (file.is_file() or file.is_dir()):  # reading a pipe or a device may never end
            return "that is no file"
        with file.open("rb") as opened:
            opened.read(1)
    except (FileNotFoundError, NotADirectoryError):
        return "there is no such file"
    except IsADirectoryError:
        return "that is a folder (SSL_CERT_DIR is for those)"
    except (OSError, ValueError) as problem:
        return f"it cannot be read ({getattr(problem, 'strerror', None) or problem})"
    return ""


def _names_in(folder: Path) -> list[str]:
    try:
        return os.listdir(folder)
    except OSError:
        return []


def proxy_for(address: str) -> Proxy | None:
    """The proxy through which requests to an address go, or None. What is on this machine is asked without one.

    Raises:
        ConfigError: the variable that names it holds no proxy that can be used.
    """
    parts = urlsplit(address)
    if is_loopback(address) or _excepted(parts):
        return None
    found = _proxies()
    proxy = found.get(parts.scheme) or found.get("all")
    if proxy is not None and (wrong := _proxy_problem(proxy)):
        raise ConfigError(wrong)
    return proxy


def _proxies() -> dict[str, Proxy]:
    """Those that the environment (or the system's settings) names, by the scheme of the addresses they are for."""
    found = {}
    given = getproxies()
    for scheme in ("https", "http", "all"):
        if value := given.get(scheme, "").strip():
            names = [name for name in os.environ if name.lower() == f"{scheme}_proxy" and os.environ[name].strip()]
            variable = max(names, default=f"the {scheme} proxy in this system's settings")  # lower case comes first
            found[scheme] = Proxy(variable, value if "://" in value else f"http://{value}", value)
    return found


def _proxy_problem(proxy: Proxy) -> str:
    """What is wrong with it, in a sentence that shows no password; empty if nothing is."""
    name, shown = proxy.variable, re.sub(r"//.*@", "//", proxy.given)
    scheme = proxy.address.partition("://")[0].lower()
    try:
        parts = urlsplit(proxy.address)
        good = scheme in SCHEMES and is_host(parts.hostname or "") and parts.port != 0
        import_module("httpx2").Proxy(proxy.address)
    except Exception:  # the client has ideas of its own, and errors for them, of what an address is
        good = False
    if not good or any(char.isspace() or not char.isprintable() for char in proxy.address):
        return (
            f"{name} is set to {shown!r:.120}, which is not the address of a proxy: it must be http://HOST:PORT, "
            "https://HOST:PORT or socks5://HOST:PORT. Correct it, or unset it"
        )
    if scheme.startswith("socks5") and find_spec("socksio") is None:
        return f"{name} names a SOCKS proxy ({shown:.120}), which needs the package socksio: {SOCKS}. Or unset {name}"
    return ""


def _excepted(parts: SplitResult) -> bool:
    """Whether NO_PROXY names the host. Entries that cannot be read are passed over, as curl does."""
    host = (parts.hostname or "").rstrip(".")
    port = parts.port or SCHEMES.get(parts.scheme)
    for entry in _no_proxy():
        scheme, _, rest = entry.rpartition("://")
        if scheme not in ("", "all", parts.scheme):
            continue
        name, wanted = _host_and_port(rest)
        if wanted and wanted != str(port):
            continue
        if name == "*" or name.removeprefix("*").lstrip(".") == host or _in_network(host, name):
            return True
        if (suffix := name.removeprefix("*").lstrip(".")) and host.endswith(f".{suffix}"):
            return True
    return False


def _no_proxy() -> list[str]:
    return [entry.strip().lower() for entry in getproxies().get("no", "").split(",") if entry.strip()]


def _host_and_port(entry: str) -> tuple[str, str]:
    """An entry's host, or network, and its port; a bare IPv6 address has colons of its own."""
    if entry.startswith("["):
        name, _, rest = entry[1:].partition("]")
        return name + (rest if rest.startswith("/") else ""), rest.removeprefix(":") if rest.startswith(":") else ""
    if entry.count(":") == 1:
        name, _, port = entry.partition(":")
        return name, port
    return entry, ""


def _in_network(host: str, network: str) -> bool:
    try:
        return ipaddress.ip_address(host) in ipaddress.ip_network(network, strict=False)
    except ValueError:
        return False


def check_headers(ours: bool) -> None:
    """See that what the SDK adds to each request from the environment can stand in a header.

    Arguments:
        ours: whether the request goes to OpenAI itself, which gets the organization and the project.

    Raises:
        ConfigError: it cannot; the variable is named.
    """
    for name in ("OPENAI_ORG_ID", "OPENAI_PROJECT_ID") if ours else ():
        if not _fits(os.environ.get(name, "")):
            raise ConfigError(
                f"{name} holds a line break or a character that is not ASCII, which no header takes: copy it again, "
                "alone and on one line, or unset it"
            )
    for line in os.environ.get("OPENAI_CUSTOM_HEADERS", "").split("\n"):
        head, colon, value = line.partition(":")
        if colon and not (_HEADER.fullmatch(head.strip()) and _fits(value.strip())):
            raise ConfigError(
                "OPENAI_CUSTOM_HEADERS holds what no header takes: it takes lines of the form NAME: VALUE in ASCII; "
                "correct it, or unset it"
            )


def custom_headers() -> list[str]:
    """The names of the headers that OPENAI_CUSTOM_HEADERS adds to requests."""
    lines = os.environ.get("OPENAI_CUSTOM_HEADERS", "").split("\n")
    return [line.partition(":")[0].strip() for line in lines if ":" in line]


def _fits(value: str) -> bool:
    return value.isascii() and value.isprintable() and value == value.strip()


def client_options(address: str) -> dict[str, Any]:
    """How the HTTP client for an address reaches it: what it trusts, and through which proxy it goes.

    Raises:
        ConfigError: a variable that it needs cannot be used.
    """
    proxy = proxy_for(address)
    secure = address.startswith("https:")
    options: dict[str, Any] = {"trust_env": False, "verify": certificates() if secure else _nothing()}
    if proxy is not None:
        through = certificates() if proxy.address.lower().startswith("https:") else None
        options["proxy"] = import_module("httpx2").Proxy(proxy.address, ssl_context=through)
    return options


def _nothing() -> ssl.SSLContext:
    """Trusts nobody: for addresses without TLS, so that certificates which cannot be read do not matter there."""
    if () not in _contexts:
        _contexts[()] = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    return _contexts[()]


def problems() -> Iterator[tuple[str, str]]:
    """Each variable that cannot be used, whether or not a model needs it, with the sentence about it."""
    file, folder = os.environ.get("SSL_CERT_FILE", ""), os.environ.get("SSL_CERT_DIR", "")
    if wrong := _certificates_problem(file, folder):
        yield "SSL_CERT_FILE" if file else "SSL_CERT_DIR", wrong
    if wrong := _key_log_problem():
        yield "SSLKEYLOGFILE", wrong
    for name in ("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE"):
        value = os.environ.get(name, "")
        if value and not Path(value).is_dir() and (why := _unreadable(Path(value))):
            yield name, f"names {value}, and {why}. Calls to models do not read it (they read SSL_CERT_FILE); pip does"
    for proxy in _proxies().values():
        if wrong := _proxy_problem(proxy):
            yield proxy.variable, wrong
    if odd := [entry for entry in _no_proxy() if not _readable(entry)]:
        sentence = f"entries that cannot be read are passed over: {', '.join(map(repr, odd[:5]))}"
        yield "NO_PROXY", f"{sentence}. It takes hosts with commas between them, e.g. localhost,.example.edu"


def _readable(entry: str) -> bool:
    name, port = _host_and_port(entry.rpartition("://")[2])
    plain = name.removeprefix("*").lstrip(".")
    if port and not (port.isdigit() and 0 < int(port[:6]) < 65536):
        return False
    if "/" in plain:
        try:
            return bool(ipaddress.ip_network(plain, strict=False))
        except ValueError:
            return False
    return name == "*" or is_host(plain)
