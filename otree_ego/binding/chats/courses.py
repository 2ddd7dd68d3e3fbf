"""How a chat goes on its pages: when it began, how long it may last, and what ends it."""

from __future__ import annotations

import asyncio
import math
import time
from collections.abc import Sequence
from functools import partial
from typing import Any, Protocol

from sqlalchemy.exc import SQLAlchemyError

from ...chat_rules.settings import ChatSettings
from ...display import countdown, logger
from ...messages import Message
from ..links.link import Link
from ..links.persona_parts import people_of_link
from ..otree_internals.database import joined_section
from ..otree_internals.models import page_of
from ..otree_internals.startup import is_server
from ..otree_internals.writer import writer
from .course_rows import TIME_OVER, Course, Ending, read_course, write_ended, write_opened
from .end_rules import EndRule, ending_by
from .frames import Status
from .viewers import Viewers

LATE = 0.01
"""Seconds after a moment at which it is looked for: timers and the clock of the day do not agree to the last digit."""


class TimedChat(Protocol):
    """What `Courses` needs of a room."""

    owner: str
    settings: ChatSettings
    viewers: Viewers

    @property
    def messages(self) -> list[Message]: ...

    @property
    def record(self) -> list[Message]: ...

    def settings_for(self, code: str) -> ChatSettings: ...

    def status(self, code: str) -> Status: ...


class Courses:
    """The courses of one room, by page: a Thread can be the chat of several pages, one after the other.

    Arguments:
        room: whose they are.
    """

    def __init__(self, room: TimedChat) -> None:
        self._room = room
        self._rules: dict[int, EndRule | None] = {}
        self._pages: dict[int, Course] = {}
        self._timers: dict[int, asyncio.TimerHandle] = {}
        self._seen: set[tuple[str, int]] = set()
        self._writing: set[asyncio.Future[None]] = set()

    async def begin(self, player: Any, link: Link, rule: EndRule | None) -> None:
        """Somebody's page is there: what is known of its chat is read once, and when it was opened is written down.

        Arguments:
            player: whose page it is. link: whose Thread the chat is. rule: the page's, for the end of the chat.
        """
        code, index, _ = page_of(player)
        self._rules[index] = rule
        own, course = self._room.settings_for(code), self._pages.get(index)
        counts = rule is not None or is_timed(own) or is_timed(self._room.settings)
        if course is None:
            if not counts:
                return
            with joined_section() as connection:
                course = read_course(connection, player, self._room.owner, people_of_link(link.instance))
            if index not in self._pages:
                self._pages[index] = course
                self._judge_again(index)
            course = self._pages[index]
        is_new = code not in course.opened and counts
        now, before = time.time(), self._last
        if is_new and course.begun is None:
            course.begun, course.before = now, before
        if is_new or (code, index) not in self._seen:
            self._seen.add((code, index))
            self._plan(index)
        if not is_new:
            return
        await writer().run(partial(write_opened, course=course, code=code, now=now, before=before))
        course.opened.add(code)

    @property
    def _last(self) -> int:
        messages = self._room.messages
        return messages[-1].seq if messages else 0

    def of(self, code: str) -> Course | None:
        """The course of the page that one of them is on."""
        return self._pages.get(self._room.viewers.pages.get(code, -1))

    def ended(self, code: str) -> Ending | None:
        """How the chat has ended for one of them; None if it goes on."""
        course = self.of(code)
        return None if course is None else course.ended(self._room.settings.max_seconds, time.time())

    @property
    def all_over(self) -> bool:
        """Whether it has ended on all pages that show it: no AI begins to speak there any more."""
        return bool(self._pages) and all(self.ended(code) for code in self._room.viewers.pages)

    def judge(self, newest: Message) -> None:
        """A message has come: end the chat if its rule, or the model, says so."""
        if not (any(self._rules.values()) or self._room.settings.end_word) or not newest.sendable:
            return
        record = [m for m in self._room.record if m.id != newest.id] + [newest]
        for index in {*self._room.viewers.pages.values()} & self._pages.keys():
            self._judge(index, newest, record)

    def _judge(self, index: int, newest: Message, record: Sequence[Message]) -> None:
        course = self._pages[index]
        if course.ending is None:
            here = [m for m in record if m.seq > course.before]
            ending = ending_by(self._rules.get(index), self._room.settings.end_word, newest, here)
            if ending is not None:
                self.end(ending, [index])

    def _judge_again(self, index: int) -> None:
        """The server may have stopped between the last message and the end that it was to bring."""
        course, record = self._pages[index], self._room.record
        if course.begun is not None and record and record[-1].seq > course.before:
            self._judge(index, record[-1], record)

    def status(self, found: Status, code: str) -> Status:
        """A status with what time says, and an end."""
        course = self.of(code)
        if course is None:
            return found
        own, most, now = self._room.settings_for(code), self._room.settings.max_seconds, time.time()
        return timed(found, course, own, most, now)

    async def settled(self) -> None:
        """Wait until what has ended here is written down."""
        if self._writing:
            await asyncio.wait(self._writing)

    def stop(self) -> None:
        """This process serves no more."""
        for timer in self._timers.values():
            timer.cancel()
        self._timers.clear()

    # --- what happens by itself -------------------------------------------------------------------------------------

    def _plan(self, index: int) -> None:
        """See to the next moment at which something changes on a page."""
        course, now = self._pages[index], time.time()
        if course.begun is None or course.ending is not None or not is_server():
            return
        here = [code for code, page in self._room.viewers.pages.items() if page == index]
        most = self._room.settings.max_seconds
        wanted = [self._room.settings_for(code).min_seconds for code in here] + ([] if most is None else [most])
        coming = [left for each in wanted if (left := course.begun + each - now) > 0]
        ended = course.ended(most, now)
        if coming or ended:
            loop = asyncio.get_running_loop()
            moment, timer = loop.time() + (0.0 if ended else min(coming) + LATE), self._timers.get(index)
            if timer is None or timer.when() > moment:  # one that is due already has something to tell
                if timer is not None:
                    timer.cancel()
                self._timers[index] = loop.call_at(moment, self._came, index)

    def _came(self, index: int) -> None:
        del self._timers[index]
        course = self._pages[index]
        if course.ending is None and course.ended(self._room.settings.max_seconds, time.time()):
            self.end(TIME_OVER, [index])
        else:
            self._tell([index])
        self._plan(index)

    def end(self, ending: Ending, pages: Sequence[int]) -> None:
        """End the chat on some pages: it is written down, and those who have it open are told at once."""
        for index in pages:
            self._pages[index].ending = ending
        task = asyncio.ensure_future(self._ended(ending, pages))
        self._writing.add(task)
        task.add_done_callback(self._writing.discard)

    async def _ended(self, ending: Ending, pages: Sequence[int]) -> None:
        for index in pages:
            course = self._pages[index]
            people = [code for code, page in self._room.viewers.pages.items() if page == index]
            work = partial(write_ended, course=course, people=people, ending=ending, last=self._last)
            try:
                await writer().run(work)
            except SQLAlchemyError as error:  # it has ended all the same, as long as this server runs
                logger.warning("%s: the end of the chat could not be written down: %s", course.owner, error)
        self._tell(pages)

    def _tell(self, pages: Sequence[int]) -> None:
        for code, page in list(self._room.viewers.pages.items()):
            if page in pages:
                self._room.viewers.send_soon({"t": "status", "status": self._room.status(code)}, [code])


def is_timed(settings: ChatSettings) -> bool:
    """Whether it matters when a chat was opened."""
    return settings.min_seconds > 0 or settings.max_seconds is not None or bool(settings.end_word)


def timed(found: Status, course: Course, own: ChatSettings, most: float | None, now: float) -> Status:
    """A status with what time says, and an end.

    Arguments:
        own: the participant's settings. most: how many seconds the chat may last. now: in seconds since 1970.
    """
    ending = course.ended(most, now)
    if ending is not None:
        note = ending.text or own.words[ending.word]
        return {
            **found,
            "open": False,
            "why": ending.word,
            "note": note,
            "next": True,
            "hint": "",
            "missing": 0,
            "again": False,
        }
    left = None if most is None or course.begun is None else course.begun + most - now
    wait = course.seconds_to_next(own.min_seconds, now)
    return {
        **found,
        "next": found["next"] and not wait,
        "hint": found["hint"] or (own.words[_hint(own)] if wait else ""),
        "seconds_to_next": math.ceil(wait) if own.show_countdown and wait else None,
        "seconds_left": math.ceil(left) if own.show_countdown and left is not None else None,
    }


def _hint(own: ChatSettings) -> str:
    return "next_hint_time" if own.show_countdown else "next_hint_wait"


def time_error(course: Course, own: ChatSettings, now: float) -> str | None:
    """Why a participant may not leave the page yet, by its least time; None if they may."""
    wait = course.seconds_to_next(own.min_seconds, now)
    return own.words[_hint(own)].replace("{time}", countdown(wait)) if wait else None


def course_on_page(player: Any, link: Link, courses: Courses | None) -> Course:
    """The course of the page where a player's participant is, whether the room is in memory or not."""
    known = None if courses is None else courses.of(page_of(player)[0])
    if known is not None and known.where["page_index"] == page_of(player)[1]:
        return known
    with joined_section() as connection:
        return read_course(connection, player, link.owner, people_of_link(link.instance))
