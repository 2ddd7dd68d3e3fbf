"""Why a request did not come to an answer at all, in words that say what to look at: the port, TLS, a proxy, a name."""

from __future__ import annotations

import os
import socket
import ssl
from collections.abc import Iterator
from urllib.parse import urlsplit

from ...errors import ConfigError
from ..services import is_loopback
from .network_settings import Proxy, proxy_for

_NO_TLS = {
    "WRONG_VERSION_NUMBER", "RECORD_LAYER_FAILURE", "PACKET_LENGTH_TOO_LONG", "HTTP_REQUEST", "UNKNOWN_PROTOCOL",
    "UNEXPECTED_EOF_WHILE_READING", "BAD_RECORD_TYPE", "WRONG_SSL_VERSION",
}  # fmt: skip

_WAITS = (ssl.SSLWantReadError, ssl.SSLWantWriteError)
"""TLS was begun, and the other side has not answered yet."""


def unreachable(problem: BaseException, name: str, address: str, seconds: float) -> str:
    """The sentence for a connection that was not made, or broke before an answer.

    Arguments:
        problem: what the HTTP client raised; its causes are looked at, too.
        name: the service's.
        address: the service's.
        seconds: how long a connection may take to be made.
    """
    causes = list(_causes(problem))
    kinds = {type(cause).__name__ for cause in causes}
    proxy = _proxy(address)
    tls = next((cause for cause in causes if isinstance(cause, ssl.SSLError) and not isinstance(cause, _WAITS)), None)
    start = f"{name} gave no reply at {address}, which cannot be reached: "
    if "ProxyError" in kinds:
        return start + _refused_by_proxy(problem, causes, proxy)
    if isinstance(tls, ssl.SSLCertVerificationError):
        return start + _not_trusted(tls, address)
    if address.startswith("https:") and (tls or kinds & {"EndOfStream", "SSLWantReadError"}):
        return start + _no_tls(tls, address)
    if kinds & {"ConnectError", "ConnectTimeout"}:
        why = _not_connected(causes, proxy.host if proxy else _place(address), seconds)
        if proxy:
            fix = f"correct {proxy.variable}, or unset it; hosts that need no proxy are named in NO_PROXY"
            return start + _two(f"requests go through the proxy that {proxy.variable} names, and {why}", fix)
        return start + _two(why, _look_at(address, kinds))
    return f"{name} gave no reply at {address}: {_broke(causes, address, proxy)}"


def _two(what: str, fix: str) -> str:
    return f"{what}. {fix[0].upper()}{fix[1:]}."


def _causes(problem: BaseException) -> Iterator[BaseException]:
    """A problem and all that led to it."""
    seen: set[int] = set()
    found: list[BaseException | None] = [problem]
    while found:
        one = found.pop(0)
        if one is None or id(one) in seen or len(seen) > 50:
            continue
        seen.add(id(one))
        yield one
        found += [one.__cause__, one.__context__, *getattr(one, "exceptions", ())]


def _proxy(address: str) -> Proxy | None:
    try:
        return proxy_for(address)
    except ConfigError:
        return None


def _place(address: str) -> str:
    parts = urlsplit(address)
    host = parts.hostname or ""
    return f"{f'[{host}]' if ':' in host else host}:{parts.port or (443 if parts.scheme == 'https' else 80)}"


def _refused_by_proxy(problem: BaseException, causes: list[BaseException], proxy: Proxy | None) -> str:
    said = next((str(cause) for cause in causes if type(cause).__name__ == "ProxyError"), str(problem))
    where, variable = (proxy.host, proxy.variable) if proxy else ("the proxy", "HTTPS_PROXY")
    if said.startswith("407") or "auth" in said.lower():
        fix = f"it wants a user and a password: {variable}=http://USER:PASSWORD@HOST:PORT"
    else:
        fix = "ask those who run the proxy to let it through, or name the host in NO_PROXY"
    return _two(f"the proxy {where}, which {variable} names, refused ({said})", fix)


def _not_trusted(tls: ssl.SSLCertVerificationError, address: str) -> str:
    why = str(tls.verify_message or tls.reason or "not verified").rstrip(".")
    start = f"its certificate is not trusted ({why})"
    if "mismatch" in why.lower() or "not valid for" in why:
        return _two(start, "write the address with the name that the certificate is for")
    if "expired" in why or "not yet valid" in why:
        return _two(start, "see to this machine's clock, or tell those who run the service")
    fix = "if the service or your network has an authority of its own, name its PEM file in SSL_CERT_FILE"
    if file := os.environ.get("SSL_CERT_FILE"):
        fix = f"SSL_CERT_FILE names {file}, and what signed this certificate is not in it: add it there"
    elif others := [name for name in ("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE") if os.environ.get(name)]:
        fix = f"{others[0]} is not read here: name the same file in SSL_CERT_FILE"
    elif os.environ.get("SSL_CERT_DIR"):
        fix = "SSL_CERT_DIR holds no certificate of what signed it: add it there, or name its PEM file in SSL_CERT_FILE"
    return _two(start, fix)


def _no_tls(tls: ssl.SSLError | None, address: str) -> str:
    reason = tls.reason or "" if tls else ""
    if tls is not None and reason not in _NO_TLS and not isinstance(tls, ssl.SSLEOFError):
        return f"TLS could not be agreed on with {_place(address)} ({reason or tls})."
    plain = address.replace("https:", "http:", 1)
    fix = f"write {plain} if the service has no TLS"
    if not is_loopback(address):
        fix += " (then the key and all texts can be read on the way)"
    return _two(f"what answers at {_place(address)} does not speak TLS", f"see to the port, or {fix}")


def _not_connected(causes: list[BaseException], place: str, seconds: float) -> str:
    for cause in causes:
        if isinstance(cause, socket.gaierror | UnicodeError):
            return f"the name {place.rpartition(':')[0]} is not known ({getattr(cause, 'strerror', None) or cause})"
        if isinstance(cause, ConnectionRefusedError):
            return f"nothing listens at {place} (connection refused)"
        if type(cause).__name__ == "ConnectTimeout":
            return f"no connection to {place} was made within {seconds:g} s"
    inner = next((cause for cause in causes if isinstance(cause, OSError) and cause.errno), causes[-1])
    return f"no connection to {place} was made ({getattr(inner, 'strerror', None) or inner or type(inner).__name__})"


def _look_at(address: str, kinds: set[str]) -> str:
    if "gaierror" in kinds:
        return "see to the address and the network"
    if "ConnectTimeout" in kinds and urlsplit(address).port and address.startswith("https:"):
        return "see to the port, the network and VPN, and whether the service has TLS (https) at this port at all"
    if is_loopback(address):
        return "check that the service runs, and the port"
    return "check that the service runs, the address, its port and the network"


def _broke(causes: list[BaseException], address: str, proxy: Proxy | None) -> str:
    cause = causes[1] if len(causes) > 1 else causes[0]
    inner = next((one for one in causes if isinstance(one, OSError) and one.strerror), None)
    words = str(cause).strip() or (inner.strerror if inner else "") or ""
    what = f"the connection broke ({type(cause).__name__}{f': {words}' if words else ''})"
    if proxy:
        return _two(what, f"see to the proxy that {proxy.variable} names ({proxy.host}), and that the service runs")
    if address.startswith("http:"):
        return _two(what, "check that the service runs, and whether its address begins with https://")
    return _two(what, "check that the service runs, the address and the network")
