"""A switch that makes any use of the real network an error."""

from __future__ import annotations

import asyncio
import contextlib
import functools
import ipaddress
import socket
from collections.abc import Callable, Iterator
from typing import Any

from ..errors import EgoError


class NetworkUsed(EgoError):
    """Something tried to leave this machine inside `no_network`; the message names the address."""


@contextlib.contextmanager
def no_network() -> Iterator[list[str]]:
    """Forbid connections and name lookups to anything but this machine, in this process.

    A library may swallow the error at the place where it happens, so it is raised again at the end of the block.
    Yields the list of addresses that were tried. As a fixture for a whole test suite::

        @pytest.fixture(autouse=True)
        def offline():
            with no_network():
                yield

    Raises:
        NetworkUsed: something tried to leave this machine.

    Example:
        >>> from otree_ego.testing import FakeService
        >>> with no_network():
        ...     with FakeService() as service:
        ...         pass
    """
    tried: list[str] = []
    with contextlib.ExitStack() as undo:
        for owner, name, place in _doors():
            undo.enter_context(_guarded(owner, name, place, tried))
        yield tried
    if tried:
        raise NetworkUsed(f"The network was used inside no_network(): {', '.join(dict.fromkeys(tried))}")


def _doors() -> Iterator[tuple[Any, str, Callable[[tuple[Any, ...], dict[str, Any]], Any]]]:
    """Whatever leads out: its owner, its name, and where in its arguments the host is."""
    yield socket.socket, "connect", lambda args, _: _host(args[0], args[1])
    yield socket.socket, "connect_ex", lambda args, _: _host(args[0], args[1])
    yield socket.socket, "sendto", lambda args, _: _host(args[0], args[-1])
    yield socket, "create_connection", lambda args, kw: (args[0] if args else kw["address"])[0]
    for name in ("getaddrinfo", "gethostbyname", "gethostbyname_ex"):
        yield socket, name, lambda args, kw: args[0] if args else kw["host"]
    # Windows' event loop connects without the socket's own method.
    proactor = getattr(asyncio, "ProactorEventLoop", None)
    if proactor is not None:
        yield proactor, "sock_connect", lambda args, _: _host(args[1], args[2])


def _host(sock: socket.socket, address: Any) -> Any:
    return address[0] if sock.family in (socket.AF_INET, socket.AF_INET6) else None


@contextlib.contextmanager
def _guarded(owner: Any, name: str, place: Callable[..., Any], tried: list[str]) -> Iterator[None]:
    original = getattr(owner, name)
    own = name in vars(owner)

    @functools.wraps(original)
    def guard(*args: Any, **kwargs: Any) -> Any:
        host = place(args, kwargs)
        if not _here(host):
            address = host.decode() if isinstance(host, bytes) else str(host)
            tried.append(address)
            raise NetworkUsed(f"{name}() wanted to reach {address}, and no_network() forbids it")
        return original(*args, **kwargs)

    setattr(owner, name, guard)
    try:
        yield
    finally:
        if own:
            setattr(owner, name, original)
        else:
            delattr(owner, name)


def _here(host: Any) -> bool:
    if isinstance(host, bytes):
        host = host.decode("ascii", "replace")
    if host in (None, "", "localhost"):
        return True
    try:
        address = ipaddress.ip_address(str(host).partition("%")[0])
    except ValueError:
        return False
    return address.is_loopback or address.is_unspecified
