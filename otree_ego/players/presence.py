"""Whether a participant has gone: a rule over what is known of their requests, their tabs and their status."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

DROPOUT = "dropout"
"""The value of oTree's ``participant.status`` with which an app says that somebody has gone."""

RECRUITING = ("recruit", "recruit_end")
"""The ready-made apps in which people agree to take part, and get their codes. Pages of old copies are not marked."""


@dataclass(frozen=True)
class Signs:
    """What is known of a participant. All times are seconds of one clock.

    Fields:
        counted_from: since when this server counts requests and tabs: its start, or when the participant came.
        last_request: their last own request for a page; None if there was none since.
        open_tabs: how many of their tabs are open, also behind other windows.
        tab_closed: when the last of them was closed; None if none was.
        page_connects: whether the page that they have keeps a connection. Of one that does not, silence says nothing:
            somebody may be reading it.
        dropped_out: from when they count as gone because the app has set their status to ``dropout``; None if it has
            not, or if they have sent a page themselves since. A page that is merely loaded takes nothing back: a tab
            that nobody looks at follows its timer to the next page.
    """

    counted_from: float
    last_request: float | None = None
    open_tabs: int = 0
    tab_closed: float | None = None
    page_connects: bool = True
    dropped_out: float | None = None


@dataclass(frozen=True)
class Standing:
    """Where a participant is.

    Fields:
        app, page: the names. submitted: how many pages they have sent themselves.
        over: whether they have no more pages. ended: whether the study has ended for them.
        is_end: whether the page is the study's last one, or of an app that recruits.
        people_only: whether the page says that only people may answer it.
    """

    app: str
    page: str
    submitted: int = 0
    over: bool = False
    ended: bool = False
    is_end: bool = False
    people_only: bool = False


def gone_from(signs: Signs, patience: float) -> float | None:
    """From which moment a participant counts as gone; None as long as nothing but an event can make it so.

    Arguments:
        patience: how long somebody may be silent, in seconds.

    >>> gone_from(Signs(counted_from=0, last_request=100), 120)
    220
    >>> gone_from(Signs(counted_from=0, last_request=100, open_tabs=1), 120) is None
    True
    >>> gone_from(Signs(counted_from=0, last_request=100, open_tabs=1, dropped_out=130), 120)
    130
    """
    if signs.dropped_out is not None:
        return signs.dropped_out
    if signs.open_tabs or not signs.page_connects:
        return None
    return patience + max(
        each for each in (signs.counted_from, signs.last_request, signs.tab_closed) if each is not None
    )


def is_gone(signs: Signs, patience: float, now: float) -> bool:
    """Whether a participant counts as gone."""
    moment = gone_from(signs, patience)
    return moment is not None and now >= moment


def may_be_played_on(standing: Standing, never_on: Collection[str]) -> bool:
    """Whether a model may play on for a participant who has gone.

    Arguments:
        never_on: pages on which it may not: ``Page`` or ``app.Page``, or the name of an app.

    >>> may_be_played_on(Standing("trust", "Send", submitted=2), ["recruit"])
    True
    >>> may_be_played_on(Standing("trust", "Send", submitted=0), [])
    False
    >>> may_be_played_on(Standing("consent", "Screening", submitted=1, people_only=True), [])
    False
    """
    if standing.over or standing.ended or standing.is_end or standing.people_only or standing.submitted < 1:
        return False
    names = {standing.app, standing.page, f"{standing.app}.{standing.page}"}
    return names.isdisjoint(never_on)
