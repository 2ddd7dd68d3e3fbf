"""A player: it reads a page, asks its model, sends the form, corrects what the server refuses, and waits."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from ..errors import EgoError, InvalidAnswer
from ..threads.thread import Thread
from .chat_talk import talk
from .form_question import BUTTON, CannotBeAsked, FormQuestion, held, payload, question_of
from .live_view import LiveView, heard
from .page_exits import can_be_sent, check_can_go_on, left_unanswered, where
from .player_limits import Limits, OnVisit, Script, by_script
from .player_memory import afterwards, errors_as_text, left_out_of, length, page_as_text, spent
from .refused_pages import ToldLengths, asked_again, new_lines
from .served_page import Page, Served, read_page
from .transports import PlayerStopped, Transport
from .unsent_answers import answer_not_sent
from .visits import ENDED, LATE, SENT, STOPPED, TIMED_OUT, WAITED, Visit, fields_of, visit_of

LiveHook = Callable[[LiveView, Any], Awaitable[Any]]
OVER = "The study is over. Now a question about it, for whoever runs it. Answer freely."
BROKEN_OFF = "You cannot go on in the study, for a technical reason. Now a question about it, for whoever runs it. \
Answer freely."
TIMEOUT_HAPPENED = ("timeout_happened", "1")


def _unheard(visit: Visit) -> None:
    """Nobody wants to know."""


@dataclass
class Player:
    """Goes through a study.

    Fields:
        name: its label. transport: gets it the pages. memory: its Thread; None for a player with a script.
        script: answers in place of a model. live: answers live pages, see docs/players.md.
        reasons: whether the model is asked why. afterwards: a question that it is asked when the study is over.
        limits: when it gives up.
        on_visit: called with each visit as it begins, changes and ends. visits: the record.
        waits_since: when it came to the wait page where it is, in the time of its loop; None elsewhere.
    """

    name: str
    transport: Transport
    memory: Thread | None = None
    script: Script | None = None
    live: LiveHook | None = None
    reasons: bool = False
    afterwards: str = ""
    limits: Limits = field(default_factory=Limits)
    on_visit: OnVisit = field(default=_unheard)
    visits: list[Visit] = field(default_factory=list)
    waits_since: float | None = None
    _starts: dict[int, int] = field(default_factory=dict, repr=False)
    """How many messages its Thread had before each visit."""
    _last_read: tuple[Served, Page] | None = field(default=None, repr=False)

    async def play(self, served: Served | None = None) -> None:
        """Go on until the study is over.

        Arguments:
            served: the page where it is, if it was loaded already.

        Raises:
            PlayerStopped: it cannot go on; the record and the error say on which page, and why.
        """
        here = len(self.visits)
        served = await self.transport.start() if served is None else served
        while True:
            page = self._page(served)
            if len(self.visits) >= self.limits.visits:
                raise PlayerStopped(f"{self.name} has seen {len(self.visits)} pages and is not at the end.", page.name)
            visit = visit_of(self.name, len(self.visits) + 1, page)
            self.visits.append(visit)
            self._starts[visit.number] = 0 if self.memory is None else length(self.memory)
            self.on_visit(visit)
            if page.over:
                await self._finish(page, visit)
                return
            try:
                served = await self._visit(page, visit, served, comes_back=len(self.visits) == here + 1)
            except (Exception, asyncio.CancelledError) as error:
                said = str(error) if isinstance(error, EgoError) else f"{type(error).__name__}: {error}"
                cancelled = isinstance(error, asyncio.CancelledError)
                if isinstance(error, PlayerStopped) and isinstance(error.__cause__, InvalidAnswer | None):
                    await self._ask_afterwards(visit, BROKEN_OFF)
                self._end(visit, STOPPED, "stopped" if cancelled else said)
                if cancelled or isinstance(error, PlayerStopped):
                    raise
                raise PlayerStopped(f"{self.name} stopped on {where(page)}: {said}", page.name) from error

    def _page(self, served: Served) -> Page:
        """What was served, read; once, though it is looked at where a form was sent, and again where it is visited."""
        if self._last_read is None or self._last_read[0] is not served:
            self._last_read = served, read_page(served)
        return self._last_read[1]

    async def _visit(self, page: Page, visit: Visit, served: Served, comes_back: bool) -> Served:
        if served.status >= 400:
            again = await self._recovered(page, served)
            self._end(visit, WAITED, f"error {served.status}")
            return again
        if page.waits:
            self.waits_since = asyncio.get_running_loop().time()
            found = await self._wait(page)
            self.waits_since = None
            self._end(visit, WAITED)
            return found
        found = await self._act(page, visit, comes_back)
        note = "; ".join(filter(None, [visit.note, left_unanswered(page, bool(self.live_on(page)))]))
        self._end(visit, (visit.outcome or SENT) if found.counted else LATE, note)
        return found

    async def _wait(self, page: Page) -> Served:
        """Wait until a wait page is over; what comes then."""
        while True:
            await self.transport.wait(page)
            served = await self.transport.load()
            found = self._page(served)
            if served.status >= 400 or not found.waits or (found.index, found.name) != (page.index, page.name):
                return served
            page = found

    async def _act(self, page: Page, visit: Visit, comes_back: bool) -> Served:
        """Do what a page asks for, until it is left.

        Arguments:
            comes_back: whether it may have answered this page before, and its answer was never sent.
        """
        expires = None if page.seconds is None else asyncio.get_running_loop().time() + page.seconds
        given: Any = None
        news: str | None = None
        lengths = ToldLengths()
        try:
            given = await _until(expires, self._talk(page, visit))
        except asyncio.TimeoutError:
            return await self._time_out(page, visit, expires)
        if comes_back and given is None and self.memory is not None:
            given = answer_not_sent(self.memory, page)
        left, named = self.limits.corrections + 1, set[str]()
        while left:
            left -= 1
            by_timer = expires is not None and not can_be_sent(page, bool(self.live_on(page)))
            if by_timer and not any(each.shown for each in page.form.fields):
                await self._remember(page)
                return await self._time_out(page, visit, expires)
            try:
                values = await _until(expires, self._decide(page, news, given))
            except asyncio.TimeoutError:
                return await self._time_out(page, visit, expires)
            finally:
                self._count(visit)
            visit.answers.append(dict(values))
            self.on_visit(visit)
            if by_timer:
                return await self._time_out(page, visit, expires, values)
            served = await self._send(page, payload(page.form, values, str(values.get(BUTTON, ""))), visit)
            found = self._page(served)
            if not _is_same(found, page):
                return served
            visit.errors.append(found.errors)
            self.on_visit(visit)
            if more := {*found.errors} - named - {""}:  # the fields that it named before are right now, or on the way
                named |= more
                left = self.limits.corrections
            found = replace(found, form=lengths.hear(found.form, found.errors, values))
            news, page, given = new_lines(found, page), asked_again(found, values), None
            visit.fields.update(fields_of(page))
            if not page.keys and len(page.form.buttons) < 2:  # what the page waits for is not in its form
                await asyncio.sleep(self.limits.pause * 2 ** len(visit.answers))
        wrong = next((name for name in visit.errors[-1] if name), "")
        said = "; ".join(visit.errors[-1].values()) or "it shows no error"
        about = f", field {wrong!r}" if wrong else ""
        raise PlayerStopped(
            f"{where(page)}{about}: {len(visit.answers)} answers were refused. The last time: {said}", page.name, wrong
        )

    async def _decide(self, page: Page, news: str | None, given: Any) -> Mapping[str, Any]:
        """What goes into the fields of a page.

        Arguments:
            news: what a page says anew that has refused an answer; None the first time. given: by a hook.
        """
        if isinstance(given, Mapping):
            return given
        scripted = await by_script(self.script, page)
        if scripted is None or BUTTON not in scripted:
            check_can_go_on(page, bool(self.live_on(page)))
        if scripted is not None:
            await self._remember(page, scripted)
            return scripted
        if self.memory is None:
            raise PlayerStopped(f"{where(page)}: the script gives no answer, and there is no model.", page.name)
        question = self._question(page)
        if question is None:
            await self._remember(page)
            return {}
        text = page_as_text(page) if news is None else errors_as_text(page, question, news)
        try:
            found: Mapping[str, Any] = await self.memory.aio.ask(question, text, tries=self.limits.tries)
            return found
        except InvalidAnswer as error:
            raise PlayerStopped(f"{where(page)}: {error}", page.name) from error

    async def _talk(self, page: Page, visit: Visit) -> Any:
        """Take part in what is live on a page: its chats, or what a hook answers; what the hook returns."""
        hook = self.live_on(page)
        if page.own_chat or (page.chats and not (page.live and hook)):
            await talk(self, page, visit)
        elif page.live and hook is not None:
            socket = await self.transport.open(page.live)
            try:
                return await hook(LiveView(page, self.name, self.memory, socket), heard(socket))
            finally:
                await socket.close()
        return None

    def live_on(self, page: Page) -> LiveHook | None:
        """What answers this live page; None to leave its socket alone."""
        return self.live

    async def _remember(self, page: Page, answered: Mapping[str, Any] | None = None) -> None:
        """Keep a page that asks the model for nothing, and what was answered for it."""
        if self.memory is None or not (page.text or page.title):
            return
        await self.memory.aio.memorize("user", page_as_text(page), hidden=bool(answered))
        if answered:
            keys = {page.keys.get(name, name): value for name, value in answered.items()}
            await self.memory.aio.memorize("assistant", json.dumps(keys, ensure_ascii=False, default=str), hidden=True)

    async def _finish(self, page: Page, visit: Visit) -> None:
        """Keep the last page, and ask what is asked of all players afterwards."""
        await self._remember(page)
        await self._ask_afterwards(visit, OVER)
        self._end(visit, ENDED)

    async def _ask_afterwards(self, visit: Visit, why: str) -> None:
        """Ask what is asked of all players when the study is over for them; a model that fails then is no matter."""
        if self.memory is None or not self.afterwards:
            return
        text = f"{why}\n\n{self.afterwards}"
        visit.question = self.afterwards
        try:
            visit.answer = afterwards(self.memory, text) or await self.memory.aio.submit(text)
        except EgoError as error:
            visit.note = f"{self.name} did not answer the question afterwards: {error}"
        self._count(visit)

    async def _time_out(
        self, page: Page, visit: Visit, expires: float | None, values: Mapping[str, Any] | None = None
    ) -> Served:
        """Let the timer run out, and send the form as a browser does then: what was filled in, and what was there."""
        loop = asyncio.get_running_loop()
        left = max(0.0, (expires or 0) - loop.time())
        await asyncio.sleep(left if self.limits.timer is None else min(left, self.limits.timer))
        visit.outcome = TIMED_OUT
        fields = payload(page.form, {**held(page.form), **(values or {})})
        return await self._send(page, [*fields, TIMEOUT_HAPPENED], visit)

    async def _send(self, page: Page, fields: list[tuple[str, str]], visit: Visit) -> Served:
        """Send a form; what comes then. What a server answers with an error is sent again if the page is still there:
        a form that is sent twice counts once.

        Raises:
            PlayerStopped: it answers with errors only.
        """
        served = await self.transport.send(page, fields)
        for _ in range(self.limits.errors):
            if served.status < 400:
                return served
            visit.note = f"error {served.status}"
            self.on_visit(visit)
            found = await self._recovered(page, served)
            if not _is_same(self._page(found), page):
                return found
            served = await self.transport.send(page, fields)
        if served.status < 400:
            return served
        raise PlayerStopped(f"{where(page)}: the server answers its form with an error ({served.status}).", page.name)

    async def _recovered(self, page: Page, served: Served) -> Served:
        """Where the participant is, once the server shows a page again.

        Raises:
            PlayerStopped: it shows none.
        """
        for number in range(self.limits.errors):
            await asyncio.sleep(self.limits.pause * 2**number)
            again = await self.transport.load()
            if again.status < 400:
                return again
        raise PlayerStopped(f"{where(page)}: the server answers with an error ({served.status}).", page.name)

    def _question(self, page: Page) -> FormQuestion | None:
        try:
            return question_of(page.form, tuple(page.keys.items()), page.name, page.index, self.reasons)
        except CannotBeAsked as error:
            raise PlayerStopped(f"{where(page)}, {error}", page.name, error.field) from error

    def _count(self, visit: Visit) -> None:
        if self.memory is not None:
            found = spent(self.memory, self._starts.get(visit.number, 0))
            found["left_out"] = left_out_of(found["left_out"], self._starts)
            for name, value in found.items():
                setattr(visit, name, value)

    def _end(self, visit: Visit, outcome: str, note: str = "") -> None:
        visit.outcome, visit.note, visit.ended = outcome, note or visit.note, time.time()
        self.on_visit(visit)


def _is_same(found: Page, page: Page) -> bool:
    """Whether a page is the one before, shown again."""
    return (found.index, found.name) == (page.index, page.name) and not found.waits and not found.over


async def _until(expires: float | None, work: Awaitable[Any]) -> Any:
    """Work, until a page's time is up."""
    if expires is None:
        return await work
    left = expires - asyncio.get_running_loop().time()
    return await asyncio.wait_for(asyncio.ensure_future(work), max(0.001, left))
