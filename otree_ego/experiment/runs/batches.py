"""A run through a service's own batch queue: requests in files, answered within a day, at OpenAI for half the price.

Replications run as ever, all at once, until each of them waits for a reply; what they wait for is then one batch,
whose answers let them go on. A conversation of ten rounds is ten batches. Which request went into which batch is in the
store: after a stop, of whatever kind, the answers are fetched and nothing is handed in twice.
"""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
import json
import threading
from collections.abc import Awaitable, Callable, Mapping, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, field
from typing import Any, TypeVar

from ...errors import BadRequest, ProviderError, RateLimited
from ...messages import Reply, Request, new_id
from ...providers import split_model
from ...providers.keys import _kept
from ...providers.services import find_service
from ...stores import RunStore
from .progress import Progress
from .recorder import Book, Desk
from .workers import Crew, Job

T = TypeVar("T")
PAUSES = (0.5, 1, 2, 5, 10, 20, 30, 60)
"""Seconds between looks at a batch; the last one stays."""
REFUSED = 60
"""How often a batch is handed in that the service refuses because its queue is full."""


@dataclass
class Waiting:
    """A request that waits for its reply."""

    key: str
    next_key: str
    request: Request
    # Plain code asks on another event loop than the one that fetches.
    reply: Future[Reply] = field(default_factory=Future)

    def settle(self, answer: Reply | ProviderError) -> None:
        """Let the one who waits go on, if there still is one."""
        if self.reply.set_running_or_notify_cancel():
            if isinstance(answer, Reply):
                self.reply.set_result(answer)
            else:
                self.reply.set_exception(answer)


class Batched:
    """Does jobs through batch queues; the same face as `Crew`."""

    def __init__(self, crew: Crew, store: RunStore, run: str, progress: Progress) -> None:
        self.crew, self.store, self.run_id, self.progress = crew, store, run, progress
        crew.transport = self._transport
        self._waiting: list[Waiting] = []
        self._lock = threading.Lock()
        self._home: dict[str, dict[str, Any]] = {}
        self._failure: BaseException | None = None

    @property
    def stopped(self) -> str:
        """Why it was stopped; empty while it was not."""
        return self.crew.stopped

    @property
    def under_way(self) -> int:
        """There is nothing to wait for: what is at the service goes on by itself."""
        return 0

    @property
    def book(self) -> Book:
        """What takes the record."""
        return self.crew.book

    def stop(self, why: str) -> None:
        """Stop at once: batches go on at the service, and the next run fetches their answers."""
        self.crew.stop(why)

    def abort(self) -> None:
        """See `stop`."""
        self.crew.abort()

    async def do(self, jobs: Sequence[Job]) -> None:
        """Do all jobs; see `Crew.do`."""
        self.crew.concurrency = max(1, len(jobs))
        for batch in self.store.batches(self.run_id):
            if batch["status"] != "lost":
                self._home.update(dict.fromkeys(batch["requests"], batch))
        rounds = asyncio.ensure_future(self._rounds())
        try:
            await self.crew.do(jobs)
        finally:
            rounds.cancel()
        if self._failure is not None and not self.crew.stopped.startswith("Ctrl-C"):
            raise self._failure

    async def _transport(self, desk: Desk, request: Request) -> Reply | None:
        if find_service(split_model(request.model)[0]) is None:
            return None  # a constant, a script, a person: answered at once
        said = json.dumps([request.model, request.messages, dict(request.params), dict(request.extra)], default=str)
        digest = hashlib.sha256(said.encode()).hexdigest()[:12]
        # The same request of a replication that is begun anew has the same key: its answer may be there already.
        number = desk.requests
        one = Waiting(f"{desk.place}-{number}-{digest}", f"{desk.place}-{number + 1}-{digest}", request)
        with self._lock:
            self._waiting.append(one)
        return await asyncio.wrap_future(one.reply)

    async def _rounds(self) -> None:
        try:
            while True:
                await asyncio.sleep(0.05)
                if self._waiting and len(self._waiting) >= self.crew.under_way:
                    with self._lock:
                        waiting, self._waiting = self._waiting, []
                    await self._round(waiting)
        except asyncio.CancelledError:
            raise
        # Without rounds everybody would wait for ever: whatever it was ends the run.
        except BaseException as error:
            self._failure = error
            self.crew.stop("an error")
            self.crew.abort()

    async def _round(self, waiting: list[Waiting]) -> None:
        """Hand in what is new, fetch what was handed in before, and let all of them go on."""
        old: dict[str, list[Waiting]] = {}
        new: dict[tuple[str, str], list[Waiting]] = {}
        for one in waiting:
            home = self._home.get(one.key)
            if home is not None:
                old.setdefault(home["label"], []).append(one)
            else:
                new.setdefault((one.request.model, one.request.base_url), []).append(one)
        homes = {home["label"]: home for home in self._home.values()}
        work = [self._old(homes[label], mine) for label, mine in old.items()]
        work += [self._new(mine) for mine in new.values()]
        await asyncio.gather(*work)

    def _queue(self, one: Waiting) -> Any:
        from ...providers.batch.queue import BatchQueue

        thread = one.request.thread_id
        return BatchQueue(one.request.model, one.request.base_url, thread if thread in _kept else "")

    async def _old(self, home: dict[str, Any], mine: list[Waiting]) -> None:
        """Take up a batch that was handed in before this process began, or was about to be."""
        queue = self._queue(mine[0])
        label, batch = home["label"], home["batch"]
        if not batch:
            batch = await queue.find(label) or ""
            if batch:
                self.store.update_batch(label, batch=batch, status="sent")
        if not batch:
            self._lose(home)
            await self._new(mine)
            return
        self.progress.say(f"Fetching the answers of the batch {batch}.")
        try:
            await self._fetch(queue, {**home, "batch": batch}, mine, earlier=True)
        except ProviderError as error:
            if error.status != 404:
                raise
            self._lose(home)  # the service keeps answers for a month only
            await self._new([one for one in mine if not one.reply.done()])

    def _lose(self, home: Mapping[str, Any]) -> None:
        """There is nothing to be had from a batch: its requests are handed in again."""
        self.store.update_batch(home["label"], status="lost")
        for key in home["requests"]:
            if self._home.get(key, home)["label"] == home["label"]:
                self._home.pop(key, None)

    async def _new(self, mine: list[Waiting], refused: int = 0) -> None:
        queue = self._queue(mine[0])
        by_key = {one.key: one for one in mine}
        parts = queue.split([(one.key, one.request) for one in mine])
        await asyncio.gather(*(self._submit(queue, [by_key[key] for key, _ in part], refused) for part in parts))

    async def _submit(self, queue: Any, mine: list[Waiting], refused: int) -> None:
        label = f"otree_ego {self.run_id[:12]} {new_id()[:12]}"
        keys = [one.key for one in mine]
        self.store.note_batch(self.run_id, label, mine[0].request.model, keys)
        asked = [(one.key, one.request) for one in mine]

        async def hand_in(tries: int) -> str:
            # After a broken connection the service may have it all the same.
            return str((await queue.find(label) if tries else None) or await queue.submit(asked, label))

        batch = await _patiently(hand_in)
        self.store.update_batch(label, batch=batch, status="sent")
        home = {"label": label, "batch": batch, "requests": keys}
        self._home.update(dict.fromkeys(keys, home))
        self.progress.say(
            f"Handed in {len(mine)} requests as the batch {batch}; it may take a day. Ctrl-C stops waiting; running "
            "this again fetches the answers."
        )
        await self._fetch(queue, home, mine, refused)

    async def _fetch(
        self, queue: Any, home: Mapping[str, Any], mine: list[Waiting], refused: int = 0, earlier: bool = False
    ) -> None:
        """Wait for a batch and let those go on that it answers; `earlier` is one of a go before this one."""
        label, batch, looks = home["label"], home["batch"], 0
        while True:
            state = await _patiently(lambda _: queue.state(batch))
            if state.status in ("done", "failed"):
                break
            await asyncio.sleep(PAUSES[min(looks, len(PAUSES) - 1)])
            looks += 1
        if state.status == "failed":
            self._lose(home)
            if state.retryable and refused < REFUSED:
                self.progress.say(f"{state.error} It is handed in again.")
                await asyncio.sleep(PAUSES[min(refused, len(PAUSES) - 1)])
                await self._new(mine, refused + 1)
                return
            raise (RateLimited if state.retryable else BadRequest)(state.error, model=queue.model)
        by_key = {one.key: one for one in mine}
        asked = [(one.key, one.request) for one in mine]

        async def collected(_: int) -> list[tuple[str, Reply | ProviderError]]:
            async with contextlib.aclosing(queue.collect(batch, asked)) as answers:
                return [answer async for answer in answers]

        answers = await _patiently(collected)
        self.store.update_batch(label, status="done")
        anew = []
        for key, answer in answers:
            one = by_key.pop(key, None)
            if one is None or one.reply.done():
                continue
            if isinstance(answer, Reply):
                one.settle(answer)
                continue
            self._home.pop(key, None)
            if earlier and one.next_key not in self._home:
                anew.append(one)  # it failed then, and was not asked again: now it is
            else:
                one.settle(answer)
        if anew:
            await self._new(anew)


async def _patiently(work: Callable[[int], Awaitable[T]]) -> T:
    """Try again what may work later; `work` is told how often it was tried. A day's queue is worth some minutes."""
    for number, pause in enumerate(PAUSES):
        try:
            return await work(number)
        except ProviderError as error:
            if not error.retryable:
                raise
            await asyncio.sleep(error.retry_after if error.retry_after is not None else pause)
    return await work(len(PAUSES))
