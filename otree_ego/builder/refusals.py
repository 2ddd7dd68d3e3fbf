"""Who may ask the builder for what: its own page in this machine's browser, and nobody else."""

from __future__ import annotations

import hmac
from collections.abc import Mapping
from dataclasses import dataclass

TOKEN = "x-ego-token"
MOST_BYTES = 12_000_000
"""Of a request: a scenario of 5 MB, with every sign of it escaped."""
HEADERS = {
    # Browsers write style attributes into a field that is edited; they can carry no program.
    "Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self'; "
    "style-src-attr 'unsafe-inline'; img-src 'self' data:; connect-src 'self'; base-uri 'none'; "
    "form-action 'none'; frame-ancestors 'none'",
    "X-Frame-Options": "DENY",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
}
"""Of every answer. There is no CORS header: no other page may read anything."""


@dataclass(frozen=True)
class Refusal:
    """Why a request is not answered.

    Fields:
        status: of HTTP. words: for a person.
    """

    status: int
    words: str


def refused(method: str, path: str, headers: Mapping[str, str], port: int, token: str) -> Refusal | None:
    """Why a request is refused; None if it may be answered.

    Arguments:
        method, path, headers: the request's; names of headers in lower case. port: the server's. token: of its start.

    >>> refused("GET", "/", {"host": "example.org:80"}, 80, "t").status
    403
    """
    host = headers.get("host", "")
    # A page of somebody else's can let its own name lead to this machine; the browser then sends that name.
    if host not in (f"127.0.0.1:{port}", f"localhost:{port}"):
        return Refusal(403, "This address does not belong to the builder: open the one that ego builder printed.")
    if "origin" in headers and headers["origin"] != f"http://{host}":
        return Refusal(403, "Another site asked for this.")
    site = headers.get("sec-fetch-site", "same-origin")
    if path.startswith("/api/"):
        return _call_refused(method, headers, site, token)
    if method not in ("GET", "HEAD"):
        return Refusal(405, "Only GET is answered here.")
    if path == "/":  # it may be linked, and not framed
        framed = headers.get("sec-fetch-dest", "document") != "document"
        return Refusal(403, "The builder cannot stand in another page.") if framed else None
    return None if site in ("same-origin", "none") else Refusal(403, "Another site asked for this.")


def _call_refused(method: str, headers: Mapping[str, str], site: str, token: str) -> Refusal | None:
    if site != "same-origin":
        return Refusal(403, "Another site asked for this.")
    if method != "POST":
        return Refusal(405, "Only POST is answered here.")
    given = headers.get(TOKEN, "")
    if not given:
        return Refusal(401, "The token is missing: open the address that ego builder printed.")
    if not hmac.compare_digest(given.encode("utf-8", "replace"), token.encode()):
        return Refusal(403, "The token is another one: the builder was started again. Open the address it printed.")
    kind, _, parameters = headers.get("content-type", "").partition(";")
    if kind.strip().lower() != "application/json" or parameters.strip().lower() not in ("", "charset=utf-8"):
        return Refusal(415, "Only JSON is answered here.")
    length = headers.get("content-length", "")
    if "transfer-encoding" in headers or not (length.isascii() and length.isdecimal()):
        return Refusal(411, "The request does not say how long it is.")
    if len(length) > 12 or int(length) > MOST_BYTES:
        return Refusal(413, f"This is too large: a scenario has up to {MOST_BYTES:,} bytes here.")
    return None
