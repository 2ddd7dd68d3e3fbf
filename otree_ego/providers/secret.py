"""A key that cannot slip out."""

from __future__ import annotations

import re
from typing import NoReturn

from ..errors import ConfigError

_PRINTABLE = re.compile(r"[!-~]*")
_ASSIGNED = re.compile(r"(?:export\s+)?[A-Z][A-Z0-9_]*=")


class Secret:
    """A key that cannot slip out: only `reveal()` gives it; it has no repr, no pickle, no copy and no JSON.

    Arguments:
        value: the key; white space and newlines around it are dropped.

    >>> Secret(" sk-123\\n")
    Secret(hidden)
    >>> Secret("sk-123").reveal()
    'sk-123'
    """

    __slots__ = ("__value",)

    def __init__(self, value: str) -> None:
        self.__value = value.strip()

    def reveal(self) -> str:
        """The key itself; call it where the key is sent, and keep the result nowhere."""
        return self.__value

    def __repr__(self) -> str:
        return "Secret(hidden)"

    def __bool__(self) -> bool:
        return bool(self.__value)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Secret) and other.reveal() == self.__value

    def __hash__(self) -> int:
        return hash(self.__value)

    def checked(self, place: str) -> Secret:
        """This key, if a service's header can carry it.

        Arguments:
            place: where it was found, for the sentence.

        Raises:
            ConfigError: it has a space, a line break or a character that is not ASCII; the key is not shown.
        """
        value = self.__value
        if value[:1] in "\"'" or _ASSIGNED.match(value):
            raise ConfigError(f"{place} holds more than the key: leave out the quotes, and the name before the key")
        if _PRINTABLE.fullmatch(value):
            return self
        raise ConfigError(
            f"{place} does not hold a usable key: inside it is a space, a line break or a character that is not "
            "ASCII; copy the key again, alone and on one line"
        )

    # copy, deepcopy and pickle all come through here.
    def __reduce_ex__(self, protocol: object) -> NoReturn:
        raise TypeError("a Secret is never copied, pickled or saved: keep it in the environment or in a key file")
