"""Marking participants from outside of their server, over oTree's REST."""

from __future__ import annotations

from .ai_marks import PLAYER, marks
from .http_transport import PATIENCE, new_client, patiently
from .study_links import KEY_HEADER, server_of
from .transports import PlayerStopped

CLOSED = (401, 403)
"""How a server answers that wants another REST key."""


class RestMarks:
    """Marks participants as AIs in `participant.vars`, over REST.

    Arguments:
        key: the server's REST key; empty if it wants none. model: who plays; empty for a script.

    Attributes:
        refused: why participants could not be marked, by code.
    """

    def __init__(self, key: str, model: str = "") -> None:
        self.refused: dict[str, str] = {}
        self._headers = {KEY_HEADER: key} if key else {}
        self._said = {"vars": marks(PLAYER, model)}
        self._closed = ""

    async def put(self, address: str, code: str) -> None:
        """Mark a participant, if the server lets us.

        Arguments:
            address: any on its server. code: the participant's.
        """
        if why := self._closed or await self._ask(server_of(address), code):
            self.refused[code] = why

    async def _ask(self, server: str, code: str) -> str:
        """Why a participant could not be marked; empty if it was."""
        client = new_client(**self._headers)
        try:
            path = f"{server}/api/participant_vars/{code}"
            answer = await patiently(lambda: client.post(path, json=self._said), PATIENCE, server)
        except PlayerStopped as error:
            return str(error)
        finally:
            await client.aclose()
        if answer.status_code in CLOSED:
            self._closed = "the server wants its REST key: set OTREE_REST_KEY"
            return self._closed
        return "" if answer.status_code == 200 else f"the server answers with an error ({answer.status_code})"
