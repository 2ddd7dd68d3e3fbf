"""Answers that a player's model has given and that were never sent: the player was stopped meanwhile."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ..errors import EgoError
from ..messages import Message
from ..threads.base import internals
from ..threads.thread import Thread
from .form_question import FormQuestion, question_of
from .served_page import Page


def answer_not_sent(thread: Thread, page: Page) -> Mapping[str, Any] | None:
    """What a player's last reply has answered to this very page: it was stopped before it could send it.

    Arguments:
        page: where it is now.
    """
    messages = internals(thread).messages
    said = messages[-1] if messages else Message("system", "")
    asked: Mapping[str, Any] = said.params.get("question") or {}
    if said.role != "assistant" or not said.sendable or asked.get("kind") != FormQuestion().kind or not page.index:
        return None
    if (asked.get("page"), asked.get("index")) != (page.name, page.index) or asked.get("invalid"):
        return None
    try:
        question = question_of(page.form, tuple(page.keys.items()), page.name, page.index)
        found: Mapping[str, Any] | None = None if question is None else question.read(said.text)
        return found
    except EgoError:
        return None
