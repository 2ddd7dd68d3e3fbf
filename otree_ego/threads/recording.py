"""The recorder of a running experiment: it says where new Threads are recorded, and when a request may go out.

An experiment sets a Recorder for each replication. Threads that are made while it is set belong to that replication,
however deep in the experimenter's own code they are made. Outside of experiments none is set.
"""

from __future__ import annotations

from contextvars import ContextVar
from typing import Any, Protocol

from ..errors import EgoError
from ..messages import Reply, Request
from ..ports import AsyncStore, Store
from .base import BaseThread
from .turns import Wait


class Recorder(Protocol):
    """What records one replication."""

    def stores(self, thread: BaseThread) -> tuple[Store, AsyncStore]:
        """Where a new Thread's messages go, for plain and for async code."""

    def save(self, thread: BaseThread) -> None:
        """Keep a Thread's attributes as they are now."""

    async def admit(self, request: Request) -> None:
        """Wait until the request may be sent."""

    async def pause(self, wait: Wait) -> None:
        """Let the time between two attempts pass."""

    def note(self, request: Request, came: Reply | EgoError) -> None:
        """Learn what came of a request that was admitted."""

    def learned(self, lesson: Any) -> None:
        """Write down what a model has refused, if it is not written down yet; see `providers.openai.learned`."""

    async def transport(self, request: Request) -> Reply | None:
        """The reply, if this Recorder gets it in a way of its own; None to ask the model's provider."""


RECORDER: ContextVar[Recorder | None] = ContextVar("otree_ego_recorder", default=None)
