"""Our tables on oTree's own database, as models of oTree's."""

from __future__ import annotations

from typing import Any

from ...stores.schema import assignment_table, decision_table, message_table, thread_table
from .database import AnyModel


class EgoThread(AnyModel):  # type: ignore[misc]
    """A Thread or a Conversation; its row goes with its oTree session."""

    __table__: Any = thread_table(AnyModel.metadata, "otree_session.id")


class EgoMessage(AnyModel):  # type: ignore[misc]
    """A message of a Thread."""

    __table__: Any = message_table(AnyModel.metadata)


class EgoDecision(AnyModel):  # type: ignore[misc]
    """A decision that a page waits for."""

    __table__: Any = decision_table(AnyModel.metadata, "otree_session.id")


class EgoAssignment(AnyModel):  # type: ignore[misc]
    """What a participant or a group was assigned to."""

    __table__: Any = assignment_table(AnyModel.metadata, "otree_session.id")
