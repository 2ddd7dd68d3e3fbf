"""Players with a script in place of a model, and what they answer."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Any

from otree_ego.players.http_transport import HttpTransport
from otree_ego.players.page_fields import CHOICE, NUMBER, SEVERAL, TICK, Field
from otree_ego.players.player import Player
from otree_ego.players.player_limits import Limits, Script
from otree_ego.players.served_page import Page

from .admin import Session

FORMATS = {"date": "2026-03-01", "email": "a@example.org", "color": "#ff0000", "url": "https://example.org"}


def simple(page: Page) -> dict[str, Any]:
    """The first option, the lowest number, a short text; in a chat one message."""
    return {**{each.name: _simple(each) for each in page.form.fields if each.shown}, "chat": ["Hello!"]}


def _simple(each: Field) -> Any:
    if each.kind == NUMBER:
        return each.low or 0
    if each.kind in (CHOICE, SEVERAL):
        first = each.options[0].value
        return first if each.kind == CHOICE else [first]
    if each.kind == TICK:
        return True
    return FORMATS.get(each.format, "ABC")


def with_answers(answers: Mapping[str, Any]) -> Script:
    """As `simple`, but for these fields."""

    def script(page: Page) -> dict[str, Any]:
        found = simple(page)
        return {**found, **{name: value for name, value in answers.items() if name in found}}

    return script


def player(session: Session, place: int = 0, script: Script = simple, **more: Any) -> Player:
    """A player for one place of a session."""
    link = f"{session.server.url}/InitializeParticipant/{session.codes[place]}"
    return Player(f"bot{place + 1}", HttpTransport(link), script=script, limits=Limits(quiet=1), **more)


def play(*players: Player) -> list[Any]:
    """Let them play side by side; for each None, or the error that stopped it."""

    async def all_of_them() -> list[Any]:
        try:
            return await asyncio.gather(*(each.play() for each in players), return_exceptions=True)
        finally:
            await asyncio.gather(*(each.transport.close() for each in players))

    return asyncio.run(all_of_them())
