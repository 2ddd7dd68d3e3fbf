"""The participants of sessions that want it: what is known of their requests and tabs, since this server began.

Nobody's page waits for any of it: it is kept in memory, and what must outlive the server stands in the tables.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy.engine import Connection

from ...chat_rules.takeover_settings import TakeoverSettings, takeover_settings
from ...display import logger
from ...errors import ConfigError
from ...players.ai_marks import TAKEOVER
from ...players.presence import DROPOUT, Signs, gone_from, is_gone
from ...stores.human_visits import last_connects, pages_sent
from ...stores.seat_tables import seats_of_session
from ..ai_participants import played_by
from ..otree_internals.database import after_commit, models_on
from ..otree_internals.page_requests import PageRequest, open_tabs, persons_request
from ..otree_internals.whereabouts import Whereabouts, config_of, on_their_way, whereabouts
from ..seats.giving import played_by_model

LISTENS = 60.0
"""Seconds without a request and without a tab after which nobody waits any more: their group is not filled."""
KNOWN = 1000
"""Sessions whose settings are remembered."""
clock = time.monotonic


@dataclass
class Person:
    """A participant who is on the way through a session.

    Fields:
        code, number: oTree's. session_id: of the session. settings: the session's.
        counted_from, last_request, tab_closed, dropped_out: see `Signs`. connects: whether the page that they have
            keeps a connection. submitted: how many pages they have sent themselves.
        sent: the pages that they have sent since this server began. taken_from: from which page on a model has played
            for them, the last time; 0 if none has.
        waits_at, waits_since: the wait page on which they are, and since when; 0 for none.
        not_at: the page on which no model may play on for them. told_out: whether they came back and had to stay out.
    """

    code: str
    number: int
    session_id: int
    settings: TakeoverSettings
    counted_from: float
    last_request: float | None = None
    tab_closed: float | None = None
    dropped_out: float | None = None
    connects: bool = True
    submitted: int = 0
    sent: set[int] = field(default_factory=set)
    taken_from: int = 0
    waits_at: int = 0
    waits_since: float = 0.0
    not_at: int = 0
    told_out: bool = False

    @property
    def signs(self) -> Signs:
        """What says whether they are gone."""
        tabs = open_tabs(self.code, self.number)
        return Signs(
            self.counted_from, self.last_request, tabs, self.tab_closed, self.connects, self.dropped_out
        )  # fmt: skip

    def gone_since(self, now: float) -> float | None:
        """Since when they count as gone; None if they do not."""
        if self.settings.after is None:
            return None
        moment = gone_from(self.signs, self.settings.after)
        return moment if moment is not None and now >= moment else None

    def missed(self, index: int, now_at: int) -> bool:
        """Whether a page was sent for them, in their absence, that they are sending now."""
        return 0 < self.taken_from <= index < now_at and index not in self.sent

    def has_waited(self, now: float) -> bool:
        """Whether they, or a model in their place, have waited for a group for as long as the session wants."""
        limit = self.settings.fill_after
        if limit is None or not self.waits_at or now < self.waits_since + limit:
            return False
        return not is_gone(self.signs, LISTENS, now) or bool(played_by_model(self.code))


_people: dict[str, Person] = {}
_codes: dict[int, str] = {}
_settings: dict[str, TakeoverSettings] = {}
NOTHING = TakeoverSettings()


def person(code: str) -> Person | None:
    """What is known of a participant; None if their session wants none of it, or they were not seen yet."""
    return _people.get(code)


def everybody() -> Iterator[Person]:
    """All who are known."""
    yield from list(_people.values())


def code_of(number: int) -> str:
    """The code of a participant who is known, by their number; empty for others."""
    return _codes.get(number, "")


def settings_of_session(session_code: str, config: Any) -> TakeoverSettings:
    """What a session wants.

    Arguments:
        config: the session's config, or a function that reads it.
    """
    if session_code not in _settings:
        try:
            found = takeover_settings(config() if callable(config) else config)
        except ConfigError as error:  # a session of an older version, perhaps
            logger.warning("Nobody is taken over in session %s: %s", session_code, error)
            found = NOTHING
        while len(_settings) >= KNOWN:
            _settings.pop(next(iter(_settings)))
        _settings[session_code] = found
    return _settings[session_code]


def know(participant: Any) -> Person | None:
    """A participant as a person; None if their session wants none of it, or they are a bot."""
    found = _people.get(participant.code)
    if found is not None:
        return found
    settings = settings_of_session(participant._session_code, lambda: participant.session.config)
    if not settings.wants_anything or participant._is_bot or participant.is_browser_bot or _is_ai(participant):
        return None
    return _add(Person(participant.code, participant.id, participant.session_id, settings, clock(), clock()))


def _is_ai(participant: Any) -> bool:
    """Whether a participant has never been a person: ``ego play`` has no tab, and takes its time."""
    return played_by(participant) not in ("", TAKEOVER)


def _add(new: Person) -> Person:
    _codes[new.number] = new.code
    return _people.setdefault(new.code, new)


def forget(code: str) -> None:
    """A participant is at the end, or their session was deleted."""
    found = _people.pop(code, None)
    if found is not None:
        _codes.pop(found.number, None)


# --- signs ----------------------------------------------------------------------------------------------------------


def on_request(request: PageRequest) -> None:
    """A person has asked for a page."""
    found = _people.get(request.code)
    if found is not None:
        found.last_request = clock()
        if request.posts and not request.timed_out and found.dropped_out is not None:
            found.dropped_out, request.took_back = None, True


def on_tab_closed(key: str | int) -> None:
    """A tab of somebody's was closed."""
    found = _people.get(key if isinstance(key, str) else code_of(key))
    if found is not None:
        found.tab_closed = clock()


def on_status(participant: Any, value: str) -> None:
    """An app has set `participant.status`."""
    if value != DROPOUT:
        return
    found, request = know(participant), persons_request()
    if request is not None and request.code == participant.code:
        request.says_gone = True
    if found is not None:

        def committed() -> None:
            found.dropped_out = clock()

        after_commit(committed)


def take_word_back(participant: Any) -> None:
    """They are back: `participant.status` does not say any more that they have dropped out."""
    if participant.status == DROPOUT:
        participant.status = ""


def on_moved(code: str, index: int) -> None:
    """A participant has come to another page, whoever has brought them there."""
    found = _people.get(code)
    if found is None:
        return
    found.not_at = 0
    if found.waits_at != index:
        found.waits_at = 0


# --- a server that begins -------------------------------------------------------------------------------------------


def read_people(c: Connection) -> None:
    """Know all who are on their way: nobody of them is gone before their time has passed anew."""
    now = clock()
    with models_on(c):
        for participant in on_their_way():
            settings = settings_of_session(participant._session_code, lambda at=participant: config_of(at.session_id))
            if not settings.wants_anything:  # whose apps may be gone by now
                continue
            where = whereabouts(participant)
            if not (where.is_bot or _is_ai(participant)):
                _add(_as_found(where, settings, now))
    for session_id in {each.session_id for each in everybody()}:
        sent, connects, seats = pages_sent(c, session_id), last_connects(c, session_id), seats_of_session(c, session_id)
        for each in everybody():
            if each.session_id != session_id:
                continue
            each.submitted = sent.get(each.code, 0)
            each.connects = connects.get(each.code, True)
            mine = [row for row in seats if row["participant"] == each.code]
            each.taken_from = max((row["from_index"] for row in mine if row["why"] == TAKEOVER), default=0)
            if mine and mine[-1]["why"] != TAKEOVER:  # it was never a person
                forget(each.code)


def _as_found(where: Whereabouts, settings: TakeoverSettings, now: float) -> Person:
    found = Person(where.code, where.number, where.session_id, settings, now)
    if where.status == DROPOUT:  # their page may keep no connection, and the app's word stands all the same
        found.dropped_out = now + (settings.after or 0)
    if where.waits:
        found.waits_at, found.waits_since = where.index, now
    return found


def forget_all() -> None:
    """This process serves no more."""
    _people.clear()
    _codes.clear()
    _settings.clear()
