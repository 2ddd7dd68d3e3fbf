"""The record of a player: a row for each visit of a page."""

from __future__ import annotations

import hashlib
import time
from dataclasses import dataclass, field
from typing import Any

from .served_page import Page

SENT, TIMED_OUT, WAITED, STOPPED, ENDED = "sent", "timed out", "waited", "stopped", "end"
LATE = "late"
"""The outcome of a visit whose answer did not count: the participant had been moved on meanwhile."""


@dataclass
class Visit:
    """A page as a player saw it, and what came of it.

    Fields:
        player: its label. number: of the visit, from 1. participant: its code in oTree. app, page, index, title: where.
        text: what was served, as it was read. digest: of the text.
        fields: what was asked for, by key: name and label.
        answers: what was sent, each time. errors: what the server said was wrong, each time, by field.
        said: what the player wrote in a chat. outcome: how it ended. note: why, if it was stopped.
        reason: the player's, if reasons are asked for. question, answer: asked after the study, and what was answered.
        left_out: what the requests to the model did not have any more, since its context is too small: by their numbers
        the messages of the player's Thread, and the visits that these are of.
        replies, tokens_in, tokens_out, cost: of the model.
        begun, ended: seconds since 1970.
    """

    player: str
    number: int
    participant: str = ""
    app: str = ""
    page: str = ""
    index: int = 0
    title: str = ""
    text: str = ""
    digest: str = ""
    fields: dict[str, dict[str, str]] = field(default_factory=dict)
    answers: list[dict[str, Any]] = field(default_factory=list)
    errors: list[dict[str, str]] = field(default_factory=list)
    said: list[str] = field(default_factory=list)
    outcome: str = ""
    note: str = ""
    reason: str = ""
    question: str = ""
    answer: str = ""
    left_out: dict[str, Any] = field(default_factory=dict)
    replies: int = 0
    tokens_in: int = 0
    tokens_out: int = 0
    cost: float | None = None
    begun: float = field(default_factory=time.time)
    ended: float | None = None

    def row(self) -> dict[str, Any]:
        """All of it as plain values. They are those of the visit itself: what has ended changes no more."""
        return dict(vars(self))


def visit_of(player: str, number: int, page: Page) -> Visit:
    """The record of a visit that begins.

    >>> from otree_ego.players.served_page import Served, read_page
    >>> visit_of("bot1", 1, read_page(Served("http://localhost/p/abc/game/Offer/1", "<p>Hello"))).text
    'Hello'
    """
    digest = hashlib.sha256(f"{page.title}\n{page.text}".encode("utf-8", "replace")).hexdigest()[:32]
    return Visit(
        player, number, page.participant, page.app, page.name, page.index, page.title, page.text, digest,
        fields_of(page),
    )  # fmt: skip


def fields_of(page: Page) -> dict[str, dict[str, str]]:
    """What a page asks for: the name and the label of each field, by key."""
    labels = {each.name: each.label for each in page.form.fields}
    return {key: {"name": name, "label": labels.get(name, "")} for name, key in page.keys.items()}
