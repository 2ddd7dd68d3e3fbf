"""Requests of the server's own wait for people's, and not for ever."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

import pytest

from otree_ego.binding.otree_internals import page_traffic
from otree_ego.binding.otree_internals.page_traffic import Room

FOREVER = 1e6


@pytest.fixture
def room(monkeypatch: pytest.MonkeyPatch) -> Room:
    """In which nothing is over before it has happened."""
    for name in ("IN_HAND", "FOLLOWS", "LONGEST_DELAY"):
        monkeypatch.setattr(page_traffic, name, FOREVER)
    return Room()


async def settled(task: asyncio.Task[None]) -> bool:
    """Whether something is done, when everybody had their turns."""
    for _ in range(20):
        await asyncio.sleep(0)
    return task.done()


@pytest.mark.parametrize("wait", [Room.leave, Room.until_quiet])
def test_ours_waits_for_a_page_its_form_and_the_page_that_comes(room: Room, wait: Callable[[Room], Any]) -> None:
    async def main() -> None:
        with room.serving("anna", posts=False):
            ours = asyncio.create_task(wait(room))
            assert not await settled(ours)
            with room.serving("ben", posts=True):
                pass
            assert not await settled(ours)
        assert not await settled(ours), "the page is still to come to which Ben's form has led"
        with room.serving("ben", posts=False):
            assert not await settled(ours)
        await asyncio.wait_for(ours, 600)
        await wait(room)

    asyncio.run(main())


def test_a_page_that_fails_keeps_nobody_waiting(room: Room) -> None:
    async def main() -> None:
        with pytest.raises(ValueError), room.serving("anna", posts=False):
            raise ValueError
        await room.leave()

    asyncio.run(main())


@pytest.mark.parametrize("limit", ["IN_HAND", "LONGEST_DELAY"])
def test_ours_does_not_wait_for_ever(room: Room, monkeypatch: pytest.MonkeyPatch, limit: str) -> None:
    """For a page that takes minutes, or because people come all the time."""
    monkeypatch.setattr(page_traffic, limit, 0.01)

    async def main() -> None:
        with room.serving("anna", posts=False):
            await asyncio.wait_for(room.leave(), 600)

    asyncio.run(main())


def test_who_never_loads_the_next_page_is_forgotten(room: Room, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(page_traffic, "FOLLOWS", 0.0)
    for number in range(1000):
        with room.serving(f"person {number}", posts=True):
            pass
    assert len(room._until) <= page_traffic.MANY + 1
