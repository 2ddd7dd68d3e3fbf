"""What surrounds code that runs inside an experiment: where new Threads are recorded, and when a request may go out.

An experiment sets a Recorder for each replication; Threads that are made while it is set belong to that replication,
however deep in the experimenter's own code. Where none is set, nothing here does anything.
"""

from __future__ import annotations

from contextvars import ContextVar
from typing import TYPE_CHECKING, Protocol

from ..errors import EgoError
from ..messages import Reply, Request

if TYPE_CHECKING:
    from ..ports import AsyncStore, Store
    from .thread import Thread


class Recorder(Protocol):
    """The surroundings of one replication."""

    def stores(self, thread: Thread) -> tuple[Store, AsyncStore]:
        """Where a new Thread's messages go, for plain and for async code."""

    def save(self, thread: Thread) -> None:
        """Keep a Thread's attributes as they are now."""

    async def admit(self, request: Request) -> None:
        """Wait until the request may be sent."""

    def note(self, request: Request, came: Reply | EgoError) -> None:
        """Learn what came of a request that was admitted."""

    async def transport(self, request: Request) -> Reply | None:
        """The reply, if this Recorder gets it in a way of its own; None to ask the model's provider."""


RECORDER: ContextVar[Recorder | None] = ContextVar("otree_ego_recorder", default=None)
