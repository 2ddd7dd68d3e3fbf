"""Files that hold keys, by their names: they belong into no archive and no repository."""

from __future__ import annotations

from collections.abc import Iterable
from fnmatch import fnmatchcase
from pathlib import PurePath

IGNORED = (
    ".env", ".env.*", "*.env",
    "api_key", "api_key.*", "apikey", "apikey.*", "*_api_key", "*_api_key.txt",
    "*_key", "*_KEY", "*_key.txt", "*-key", "*-key.txt", "key.txt", "keys.txt",
    "*.key", "*.pem", "*.p12", "*.pfx", "id_rsa", "id_ed25519", "id_ecdsa", "id_dsa",
    "secret.*", "secrets.*", "credentials.json", "service_account*.json", "service-account*.json",
    ".netrc", "_netrc", ".pypirc",
)  # fmt: skip
"""Patterns of file names, as .gitignore takes them."""
EXAMPLES = (".example", ".sample", ".template")
CODE = (".py", ".html", ".css", ".js", ".md")


def holds_key(name: str, more: Iterable[str] = ()) -> bool:
    """Whether a file of this name is one that people keep keys in. The file itself is not read.

    Arguments:
        name: its name or path. more: further names, such as the key files of the project's own services.

    >>> [name for name in ("openai_key", "settings.py", ".env", "answer_key.html") if holds_key(name)]
    ['openai_key', '.env']
    """
    plain = PurePath(name).name.lower()
    if plain in {PurePath(each).name.lower() for each in more}:
        return True
    if plain.endswith((*EXAMPLES, *CODE)):
        return False
    return any(fnmatchcase(plain, pattern) for pattern in IGNORED)
