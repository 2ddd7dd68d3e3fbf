"""What a provider notes of a request that it sends, for the record."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit, urlunsplit

from ..messages import Request, SentBody
from .faults import Endpoint
from .reply_fields import KeyMask


def note_sent(request: Request, endpoint: Endpoint, body: Mapping[str, Any], answer: Any = None) -> None:
    """Note what goes to a service, with the request's meter.

    Arguments:
        request: what was asked. endpoint: where it goes.
        body: what is sent. answer: what reads the reply, with ``response_id`` and ``fingerprint``.
    """
    if request.meter is not None:
        request.meter.sent.append(sent_body(endpoint, body, answer))


def sent_body(endpoint: Endpoint, body: Mapping[str, Any], answer: Any = None) -> SentBody:
    """What goes to a service, without credentials; see `note_sent`."""
    service, hide = endpoint.service, KeyMask(endpoint.key).whole
    address = hide(without_credentials(endpoint.address))
    return SentBody(service.name, service.protocol, address, body, answer, hide)


def without_credentials(address: str) -> str:
    """An address without user and password.

    >>> without_credentials("https://ada:secret@llm.example.edu/v1?api-version=2024-10-21")
    'https://llm.example.edu/v1?api-version=2024-10-21'
    """
    if "@" not in address:
        return address
    parts = urlsplit(address)
    return urlunsplit(parts._replace(netloc=parts.netloc.rpartition("@")[2]))
