"""What of a room tells who is an AI though its pages do not: said once in the log, for the experimenter."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from functools import lru_cache

from ...chat_rules.nicknames import plain_name
from ...chat_rules.pacing import Pace
from ...chat_rules.personas import Persona
from ...display import logger


def check_hidden(
    session_code: str, personas: Sequence[Persona], people: Collection[str], names: Mapping[str, str]
) -> None:
    """Warn of AIs that are hidden and can be told by their speed or by their names.

    Arguments:
        session_code: of the oTree session. personas: the AIs. people: the participants' codes. names: as the page gives
            them, by code.
    """
    quick = [one.name for one in personas if one.pace == Pace()]
    if quick:
        _warn(session_code, f"{', '.join(quick)} would answer faster than people type; give each Persona a pace")
    if personas and any(not plain_name(str(names.get(code) or "")) for code in people):
        _warn(session_code, "participants without a name are numbered, and AIs are not; give them all names=…")


@lru_cache(maxsize=10_000)
def _warn(session_code: str, what: str) -> None:
    logger.warning("Session %s: reveal_ais=False does not hide all: %s.", session_code, what)
