"""Keys and passwords are taken out of what was not written by us: an error's text may quote one."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable
from urllib.parse import unquote, urlsplit

from ...providers.services import services

HIDDEN = "[hidden]"
SHORTEST = 4
"""Characters of a secret that is taken out; a shorter one would take too much with it."""
_SECRET = re.compile(r"KEY|PASSWORD|PASSWD|SECRET|TOKEN", re.IGNORECASE)
KEY_FORMS = re.compile(
    r"\b(?:sk|pk|rk)[-_][\w-]{16,}|\bAIza[\w-]{30,}|\bgsk_\w{20,}|\bhf_\w{20,}|\bxai-[\w-]{20,}|\bghp_\w{30,}|\bAKIA[A-Z0-9]{16}\b"
    r"|-----BEGIN [A-Z ]*PRIVATE KEY-----"
)
"""How keys of services look."""
_ADDRESS = re.compile(r"(\w+://[^\s:/@]*:)[^\s/]+(?=@)")


def secrets_here() -> list[str]:
    """The keys and passwords that this process's environment holds, longest first."""
    names = {name for service in services().values() for name in service.key_env}
    found = {value.strip() for name, value in os.environ.items() if name in names or _SECRET.search(name)}
    try:
        password = urlsplit(os.environ.get("DATABASE_URL", "")).password or ""
    except ValueError:
        password = ""
    found |= {password, unquote(password)}
    return sorted((each for each in found if len(each) >= SHORTEST), key=len, reverse=True)


def masked(text: str, more: Iterable[object] = ()) -> str:
    """A text without the secrets of the environment, without what looks like a key, and without passwords in addresses.

    Arguments:
        more: other secrets, e.g. those that settings.py defines.

    >>> masked("invalid literal: 'sk-0123456789abcdefghij', postgres://me:word@host/x")
    "invalid literal: '[hidden]', postgres://me:[hidden]@host/x"
    """
    own = sorted((each for each in more if isinstance(each, str) and len(each) >= SHORTEST), key=len, reverse=True)
    for secret in [*own, *secrets_here()]:
        text = text.replace(secret, HIDDEN)
    return _ADDRESS.sub(rf"\g<1>{HIDDEN}", KEY_FORMS.sub(HIDDEN, text))
