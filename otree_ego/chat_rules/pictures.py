"""Pictures beside messages: `ego_partner_picture`, and a persona's `picture`."""

from __future__ import annotations

import re
from urllib.parse import quote

from ..errors import ConfigError

_ADDRESS = re.compile(r"(https?://|/(?!/)|data:image/(png|jpeg|gif|webp|svg\+xml);base64,)\S+\Z")
_FILE = re.compile(r"[^:\\\x00-\x1f/][^:\\\x00-\x1f]*\Z")


def picture_address(picture: str) -> str:
    """Where a browser finds a picture: a file in the project's ``_static`` folder, or an address.

    Raises:
        ConfigError: it is neither.

    >>> picture_address("partners/ada.png"), picture_address("https://example.edu/ada.png")
    ('/static/partners/ada.png', 'https://example.edu/ada.png')
    """
    if not picture or _ADDRESS.match(picture):
        return picture
    if _FILE.match(picture) and ".." not in picture.split("/"):
        return f"/static/{quote(picture)}"
    raise ConfigError(
        f"{picture!r:.60} is no picture: this takes a file in the project's _static folder (partners/ada.png), or an "
        "address that begins with https://."
    )
