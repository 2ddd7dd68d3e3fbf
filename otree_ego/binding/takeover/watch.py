"""Looks twice a second, in memory, who has gone and who has waited long enough."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from functools import partial
from typing import Any

from ...chat_rules.takeover_settings import check_places, check_waits, takeover_settings
from ..otree_internals import inner_requests, page_requests
from ..otree_internals.database import short_section
from ..otree_internals.startup import project_settings
from ..otree_internals.whereabouts import has_wait_pages, page_names
from . import human_record, long_waits, persons, returns, takeovers

LOOK = 0.5
"""Seconds between two looks at who is there."""
_watching: list[asyncio.Task[None]] = []


def install() -> None:
    """Follow requests and tabs of participants."""
    page_requests.asked.append(persons.on_request)
    page_requests.tabs_closed.append(persons.on_tab_closed)
    page_requests.status_set.append(persons.on_status)
    page_requests.served.append(human_record.on_served)
    page_requests.looked_into.append(returns.is_known)
    page_requests.guarded.append(returns.is_guarded)
    page_requests.guards.append(returns.guard)
    page_requests.outdated.append(takeovers.is_taken_over)
    page_requests.ignores_wait_tabs.append(returns.ignores_wait_tabs)
    inner_requests.on_moved += [persons.on_moved, takeovers.on_moved]


def begin() -> None:
    """Begin to look, when this process begins to serve."""
    with short_section() as connection:
        persons.read_people(connection)
    _watching.append(asyncio.get_running_loop().create_task(_watch()))


def end() -> None:
    """Look no more: this process serves no more."""
    for task in _watching:
        task.cancel()
    _watching.clear()
    takeovers.stop_all()
    long_waits.forget_all()
    persons.forget_all()


async def _watch() -> None:
    while True:
        await asyncio.sleep(LOOK)
        now = persons.clock()
        for found in persons.everybody():
            look_at(found, now)


def look_at(found: persons.Person, now: float) -> None:
    """See to one participant."""
    if not found.not_at and found.gone_since(now) is not None:
        takeovers.start(found.code)
    if found.has_waited(now):
        takeovers.in_background(
            partial(long_waits.end_the_wait, found), "Nothing could be done for %s, who waits.", found.code
        )


def check_takeover(config: Mapping[str, Any]) -> None:
    """Refuse a session config that names pages or apps which it has not, or fills groups where nobody waits.

    Raises:
        ConfigError: the sentence says which are there.
    """
    if config.get("ego_takeover_not"):
        check_places(takeover_settings(config).never_on, page_names(config))
    if config.get("ego_fill_after"):
        usual = getattr(project_settings(), "SESSION_CONFIG_DEFAULTS", None) or {}
        check_waits(config, has_wait_pages(config), usual)
