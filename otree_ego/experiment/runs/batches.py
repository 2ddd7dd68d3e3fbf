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
import math
import threading
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, field
from typing import Any, TypeVar

from ...errors import BadRequest, ProviderError, RateLimited
from ...loops import runs_portal
from ...messages import Reply, Request, new_id
from ...providers import split_model
from ...providers.keys import _kept
from ...providers.services import find_service
from ...stores import RunStore
from ...threads.turns import spoken
from .jobs import Job
from .process_workers import ProcessWorkers
from .progress import Progress
from .replication_recorder import ReplicationRecorder, note_lesson
from .waiting import Reason, Waits

T = TypeVar("T")
PAUSES = (0.5, 1, 2, 5, 10, 20, 30, 60)
"""Seconds between looks at a batch; the last one stays."""
REFUSED = 60
"""How often a batch is handed in that the service refuses because its queue is full."""


@dataclass
class PendingRequest:
    """A request that waits for its reply.

    Fields:
        key: names it in its batch, the same again when its replication is resumed. next_key: that of the same request
            asked again. reply: set when the reply has come.
    """

    key: str
    next_key: str
    request: Request
    # Plain code asks on another event loop than the one that fetches.
    reply: Future[Reply] = field(default_factory=Future)

    def settle(self, answer: Reply | ProviderError) -> None:
        """Give the reply to the Thread that waits for it, if it still does."""
        if self.reply.set_running_or_notify_cancel():
            if isinstance(answer, Reply):
                self.reply.set_result(answer)
            else:
                self.reply.set_exception(answer)


class BatchWorkers:
    """Does jobs through batch queues; see `Workers`.

    Arguments:
        workers: play the replications; their requests are collected here.
        store, run: where the batches are noted. progress: says what is handed in.
    """

    def __init__(self, workers: ProcessWorkers, store: RunStore, run: str, progress: Progress) -> None:
        self.workers, self.store, self.run_id, self.progress = workers, store, run, progress
        workers.transport = self._transport
        self.waits = workers.waits
        self.waits.on_impatience = self._lose_patience
        self._pending: list[PendingRequest] = []
        self._lock = threading.Lock()
        self._batches: dict[str, dict[str, Any]] = {}  # by the keys of their requests
        self._failure: BaseException | None = None

    @property
    def stopped(self) -> str:
        """See `Workers`."""
        return self.workers.stopped

    @property
    def under_way(self) -> int:
        """There is nothing to wait for: what is at the service goes on by itself."""
        return 0

    @property
    def busy(self) -> int:
        """See `under_way`."""
        return 0

    def end_waits(self) -> None:
        """See `abort`."""
        self.abort()

    def _lose_patience(self, why: str) -> None:
        def stop() -> None:
            self.stop(why)
            self.abort()

        runs_portal.loop().call_soon_threadsafe(stop)

    def stop(self, why: str) -> None:
        """Stop at once: batches go on at the service, and the next run fetches their answers."""
        self.workers.stop(why)

    def abort(self) -> None:
        """See `stop`."""
        self.workers.abort()

    async def do(self, jobs: Sequence[Job]) -> None:
        """See `Workers.do`."""
        self.workers.concurrency = max(1, len(jobs))
        for batch in self.store.batches(self.run_id):
            if batch["status"] != "lost":
                self._batches.update(dict.fromkeys(batch["requests"], batch))
        serving = asyncio.ensure_future(self._serve())
        try:
            await self.workers.do(jobs)
        finally:
            serving.cancel()
        if self._failure is not None and self.workers.stopped == "an error":
            raise self._failure

    async def _transport(self, recorder: ReplicationRecorder, request: Request) -> Reply | None:
        if find_service(split_model(request.model)[0]) is None:
            return None  # a constant, a script, a person: answered at once
        said = json.dumps([request.model, request.messages, dict(request.params), dict(request.extra)], default=str)
        digest = hashlib.sha256(said.encode()).hexdigest()[:12]
        # The same request of a replication that is begun anew has the same key: its answer may be there already.
        key, next_key = (f"{recorder.place}-{recorder.requests + n}-{digest}" for n in (0, 1))
        one = PendingRequest(key, next_key, request)
        with self._lock:
            self._pending.append(one)
        return await asyncio.wrap_future(one.reply)

    async def _serve(self) -> None:
        """Again and again: when every replication waits for a reply, get these replies."""
        try:
            while True:
                await asyncio.sleep(0.05)
                if self._pending and self.workers.all_began and len(self._pending) >= self.workers.under_way:
                    with self._lock:
                        pending, self._pending = self._pending, []
                    await self._get_replies(pending)
        except asyncio.CancelledError:
            raise
        # Nobody else would answer: whatever it was ends the run.
        except BaseException as error:
            self._failure = error
            self.workers.stop("an error")
            self.workers.abort()

    async def _get_replies(self, pending: list[PendingRequest]) -> None:
        """Hand in the requests that are new, and fetch the answers to those that were handed in before."""
        handed_in: dict[str, list[PendingRequest]] = {}
        new: dict[tuple[str, str, Any], list[PendingRequest]] = {}
        for one in pending:
            batch = self._batches.get(one.key)
            if batch is not None:
                handed_in.setdefault(batch["label"], []).append(one)
            else:
                # A Thread with a key of its own has a batch of its own: it is billed for nobody else.
                place = (one.request.model, one.request.base_url, _kept.get(one.request.thread_id))
                new.setdefault(place, []).append(one)
        batches = {batch["label"]: batch for batch in self._batches.values()}
        work = [self._fetch_earlier(batches[label], requests) for label, requests in handed_in.items()]
        work += [self._hand_in(requests) for requests in new.values()]
        await asyncio.gather(*work)

    def _queue(self, one: PendingRequest) -> Any:
        from ...providers.batch.queue import BatchQueue

        thread = one.request.thread_id
        return BatchQueue(one.request.model, one.request.base_url, thread if thread in _kept else "")

    async def _fetch_earlier(self, batch: dict[str, Any], requests: list[PendingRequest]) -> None:
        """Fetch the answers of a batch that was handed in before this process began, or was about to be."""
        queue = self._queue(requests[0])
        label, batch_id = batch["label"], batch["batch"]
        if not batch_id:
            batch_id = await queue.find(label) or ""
            if batch_id:
                self.store.update_batch(label, batch=batch_id, status="sent")
        if not batch_id:
            self._forget(batch)
            await self._hand_in(requests)
            return
        self.progress.say(f"Fetching the answers of the batch {batch_id}.")
        try:
            await self._fetch(queue, {**batch, "batch": batch_id}, requests, earlier=True)
        except ProviderError as error:
            if error.status != 404:
                raise
            self._forget(batch)  # the service keeps answers for a month only
            await self._hand_in([one for one in requests if not one.reply.done()])

    def _forget(self, batch: Mapping[str, Any]) -> None:
        """There is nothing to be had from a batch: its requests are handed in again."""
        self.store.update_batch(batch["label"], status="lost")
        for key in batch["requests"]:
            if self._batches.get(key, batch)["label"] == batch["label"]:
                self._batches.pop(key, None)

    async def _hand_in(self, requests: list[PendingRequest], refused: int = 0) -> None:
        """Hand in requests, as many batches as they need; `refused` says how often that was refused already."""
        queue = self._queue(requests[0])
        by_key = {one.key: one for one in requests}
        parts = queue.split([(one.key, one.request) for one in requests])
        await asyncio.gather(*(self._submit(queue, [by_key[key] for key, _ in part], refused) for part in parts))

    async def _submit(self, queue: Any, requests: list[PendingRequest], refused: int) -> None:
        label = f"otree_ego {self.run_id[:12]} {new_id()[:12]}"
        keys = [one.key for one in requests]
        self.store.note_batch(self.run_id, label, requests[0].request.model, keys)
        asked = [(one.key, one.request) for one in requests]

        async def submit(tries: int) -> str:
            # After a broken connection the service may have it all the same.
            return str((await queue.find(label) if tries else None) or await queue.submit(asked, label))

        batch_id = await _patiently(submit, self.waits)
        self.store.update_batch(label, batch=batch_id, status="sent")
        batch = {"label": label, "batch": batch_id, "requests": keys}
        self._batches.update(dict.fromkeys(keys, batch))
        self.progress.say(
            f"Handed in {len(requests)} requests as the batch {batch_id}; it may take a day. Ctrl-C stops waiting; "
            "running this again fetches the answers."
        )
        await self._fetch(queue, batch, requests, refused)

    async def _fetch(
        self,
        queue: Any,
        batch: Mapping[str, Any],
        requests: list[PendingRequest],
        refused: int = 0,
        earlier: bool = False,
    ) -> None:
        """Wait for a batch and settle what it answers; an `earlier` one was handed in before this process began."""
        label, batch_id = batch["label"], batch["batch"]
        state = await _end_of(queue, batch_id, self.waits)
        if state.status == "failed":
            self._forget(batch)
            if state.retryable and refused < REFUSED:
                self.progress.say(f"{state.error} It is handed in again.")
                pause = PAUSES[min(refused, len(PAUSES) - 1)]
                with self.waits.noted(Reason(state.error.rstrip("."), whole=True), pause):
                    await asyncio.sleep(pause)
                await self._hand_in(requests, refused + 1)
                return
            raise (RateLimited if state.retryable else BadRequest)(state.error, model=queue.model)
        by_key = {one.key: one for one in requests}
        asked = [(one.key, one.request) for one in requests]

        async def collect(_: int) -> list[tuple[str, Reply | ProviderError]]:
            async with contextlib.aclosing(queue.collect(batch_id, asked)) as answers:
                return [answer async for answer in answers]

        answers = await _patiently(collect, self.waits)
        if queue.lesson.words:
            note_lesson(self.workers.journal, self.run_id, queue.lesson)
        self.store.update_batch(label, status="done")
        again = []
        for key, answer in answers:
            one = by_key.pop(key, None)
            if one is None or one.reply.done():
                continue
            if isinstance(answer, Reply):
                one.settle(answer)
                continue
            self._batches.pop(key, None)
            if earlier and one.next_key not in self._batches:
                again.append(one)  # it failed then, and was not asked again: now it is
            else:
                one.settle(answer)
        if again:
            await self._hand_in(again)


async def _end_of(queue: Any, batch_id: str, waits: Waits) -> Any:
    """Wait until a batch has ended; returns its state."""
    looks, began = 0, time.monotonic()
    reason = Reason(f"the batch {batch_id} of {queue.model} is under way at the service", whole=True)
    patience = math.inf if waits.patience is None else waits.patience
    with waits.noted(reason):
        while True:
            state = await _patiently(lambda _: queue.state(batch_id), waits)
            if state.status in ("done", "failed"):
                return state
            left = began + patience - time.monotonic()
            if left <= 0:
                waits.lose_patience(reason)
            await asyncio.sleep(min(PAUSES[min(looks, len(PAUSES) - 1)], max(left, 0.05)))
            looks += 1


async def _patiently(work: Callable[[int], Awaitable[T]], waits: Waits) -> T:
    """Try again what may work later; `work` gets how often it was tried. A day's queue is worth some minutes."""
    for number, pause in enumerate(PAUSES):
        try:
            return await work(number)
        except ProviderError as error:
            if not error.retryable:
                raise
            asked = error.retry_after
            asks = "" if asked is None else f" and asks for a pause of {spoken(asked)}"
            words = f"{error.service or 'the service'} failed ({type(error).__name__}){asks}"
            why = Reason(words, asked or 0.0, whole=True)
            seconds = pause if asked is None else asked
            with waits.noted(why, seconds):
                await asyncio.sleep(seconds)
    return await work(len(PAUSES))
