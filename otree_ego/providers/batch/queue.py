"""A service's own batch queue: requests handed over in a file, answered within a day, at OpenAI for half the price.

A queue has no memory of its own: all that it needs to know of a batch is at the service, under the batch's id or label.
"""

from __future__ import annotations

import asyncio
import logging
import tempfile
from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from contextlib import ExitStack, suppress
from dataclasses import dataclass
from typing import Any

from ...errors import BadReply, BadRequest, ConfigError, ProviderError, RateLimited
from ...messages import Reply, Request
from .. import provider_for
from ..faults import error_details, masked
from ..openai.dialect import Learned, learned
from ..openai.provider import OpenAICompatible
from ..reply_fields import KeyMask, count, moment, word
from .calls import Calls
from .files import ENDPOINT, Answers, Asked, checked, files_of, lines_of

SPOOL = 8_000_000
"""Bytes of an answered file that are kept in memory; a larger one goes to a temporary file."""
LABEL = "otree_ego"
FORM = "otree_ego_form"
ROOM = "+room"
VALUE = 512
"""Characters of a value of a batch's metadata, at most."""
STATUSES = {"validating": "queued", "completed": "done", "expired": "done", "cancelled": "done", "failed": "failed"}
"""The service's words for where a batch is; all others mean that it is under way."""
FULL = ("token_limit_exceeded", "rate_limit_exceeded", "too_many_tasks")

logger = logging.getLogger("otree_ego")


@dataclass(frozen=True)
class BatchState:
    """How far a batch is.

    Fields:
        id: the batch's id at the service.
        status: ``queued``, ``running``, ``done`` (there is something to collect) or ``failed`` (nothing was answered).
        total, completed, failed: numbers of requests.
        error: why it failed, or why it is done without all answers (it expired, it was cancelled); else empty.
        expires_at: seconds since 1970 until which the service goes on with it, None where it does not say.
        retryable: whether the same requests may be taken later, where it failed.
    """

    id: str
    status: str
    total: int = 0
    completed: int = 0
    failed: int = 0
    error: str = ""
    expires_at: float | None = None
    retryable: bool = False


class BatchQueue:
    """The batch queue of one model's service.

    Arguments:
        model: the model's full name.
        base_url: another address than the service's usual one.
        thread_id: a Thread whose key is used.

    Raises:
        ConfigError: nothing of this name is known, or it is not at a service.
        KeyMissing: the service wants a key and none was found.

    >>> BatchQueue("constant/Hello")
    Traceback (most recent call last):
    otree_ego.ConfigError: 'constant/Hello' has no batch queue: only services with OpenAI's protocol have one
    """

    def __init__(self, model: str, base_url: str = "", thread_id: str = "") -> None:
        provider = provider_for(model)
        if not isinstance(provider, OpenAICompatible):
            raise ConfigError(f"{model!r} has no batch queue: only services with OpenAI's protocol have one")
        self.model, self.base_url = model, base_url
        self._endpoint = provider.endpoint(Request(model, (), base_url=base_url, thread_id=thread_id))
        self._calls = Calls(self._endpoint)
        self._known = learned(self._endpoint.service.name, self._endpoint.address, self._endpoint.model)

    def split(self, requests: Iterable[Asked]) -> list[list[Asked]]:
        """The requests in parts, each of which one batch can take.

        Arguments:
            requests: pairs of custom_id and Request.

        Raises:
            ConfigError: there are none, two have one custom_id, or one is for another model or address.
            BadRequest: one is not JSON, or too large by itself.
        """
        listed = checked(requests, self.model, self.base_url)
        return [part for part, _ in files_of(listed, self._endpoint, self._known)]

    async def submit(self, requests: Sequence[Asked], label: str) -> str:
        """Hand requests over; returns the batch's id.

        After a retryable error the service may have the batch all the same: ask `find` before submitting again.

        Arguments:
            requests: pairs of custom_id and Request; their `deadline` and `stream` mean nothing here.
            label: what `find` knows the batch by, at most 512 characters.

        Raises:
            ConfigError: as `split`, or the requests do not fit into one batch, or the label is no label.
            ProviderError: the service did not take them.
        """
        if not label or len(label) > VALUE:
            raise ConfigError(f"the label of a batch has 1 to {VALUE} characters, not {len(label)}")
        listed = checked(requests, self.model, self.base_url)
        known = Learned(set(self._known.refused), self._known.room)
        files = await asyncio.to_thread(lambda: list(files_of(listed, self._endpoint, known)))
        if len(files) > 1:
            raise ConfigError(f"{len(listed)} requests do not fit into one batch: submit the parts that split() gives")
        upload = ("otree_ego.jsonl", files[0][1])
        stored = await self._calls.json(lambda api: api.files.create, file=upload, purpose="batch")
        source = self._id(stored)
        try:
            row = await self._calls.json(
                lambda api: api.batches.create,
                input_file_id=source,
                endpoint=ENDPOINT,
                completion_window="24h",
                metadata={LABEL: label, **_form(known)},
            )
        except ProviderError as problem:
            # With a status the service has certainly not made the batch; without one it may need the file.
            if problem.status is not None:
                with suppress(ProviderError):
                    await self._delete(source)
            raise
        return self._id(row)

    async def find(self, label: str) -> str | None:
        """The id of the newest batch with this label, None if there is none.

        Arguments:
            label: as given to `submit`.

        Raises:
            ProviderError: the service could not be asked.
        """
        seen: set[str] = set()
        after: dict[str, str] = {}
        while True:
            page = await self._calls.json(lambda api: api.batches.list, limit=100, **after)
            rows = page.get("data")
            rows = [row for row in rows if isinstance(row, dict)] if isinstance(rows, list) else []
            for row in rows:
                if _metadata(row).get(LABEL) == label:
                    return self._id(row)
            ids = [self._id(row) for row in rows]
            # A service that does not know of pages gives the same one for ever.
            if not page.get("has_more") or not set(ids) - seen:
                return None
            seen.update(ids)
            after = {"after": ids[-1]}

    async def state(self, batch_id: str) -> BatchState:
        """How far a batch is.

        Arguments:
            batch_id: what `submit` returned.

        Raises:
            ProviderError: the service could not be asked, or has no such batch.
        """
        return self._state(batch_id, await self._row(batch_id))

    async def collect(
        self, batch_id: str, requests: Iterable[Asked] | None = None
    ) -> AsyncIterator[tuple[str, Reply | ProviderError]]:
        """The answers of a batch that is done: custom_id and Reply or error, Replies first, in no order.

        The same treatment as live: what a refusal teaches of the model is kept, and its error is marked retryable,
        as the next batch is written in the other form. A request that the service did not get to is a retryable
        TimedOut (it expired) or Interrupted (it was cancelled). All is downloaded before the first answer is given.

        Arguments:
            batch_id: what `submit` returned.
            requests: what was submitted. With it each custom_id comes exactly once, a BadReply for those that are
                missing, and `Reply.params` is known; without it, what the service has.

        Raises:
            ProviderError: the batch failed or is not done yet, or its answers could not be fetched.
        """
        row = await self._row(batch_id)
        state = self._state(batch_id, row)
        if state.status == "failed":
            kind = RateLimited if state.retryable else BadRequest
            raise self._endpoint.error(kind, state.error)
        if state.status != "done":
            name = self._endpoint.service.name
            raise self._endpoint.error(BadRequest, f"the batch {batch_id} of {name} is not done yet: wait for it.")
        known = _known(row)
        answers = Answers(self._endpoint, known, self._known, None if requests is None else dict(requests))
        with ExitStack() as stack:
            files = []
            for which in ("output_file_id", "error_file_id"):
                if row.get(which):
                    files.append(stack.enter_context(tempfile.SpooledTemporaryFile(SPOOL)))
                    await self._calls.send(lambda api: api.files.content, files[-1].write, batch_id, file_id=row[which])
            for file in files:
                file.seek(0)
                for line in lines_of(file):
                    if answer := answers.take(line):
                        yield answer
        for problem in answers.rest(_status(row)):
            yield problem
        if answers.useless:
            why = ", ".join(f"{count} × {reason}" for reason, count in answers.useless.items())
            logger.warning("Lines of the batch %s could not be used: %s.", batch_id, why)

    async def cancel(self, batch_id: str) -> None:
        """Stop a batch; what is answered by then can be collected when it is done. One that has ended stays as it is.

        Arguments:
            batch_id: what `submit` returned.

        Raises:
            ProviderError: the service could not be asked, or has no such batch.
        """
        try:
            await self._calls.json(lambda api: api.batches.cancel, batch_id, batch_id=batch_id)
        except ProviderError as problem:
            if problem.status not in (400, 409) or (await self.state(batch_id)).status in ("queued", "running"):
                raise

    async def forget(self, batch_id: str) -> None:
        """Delete what the service keeps of a batch's questions and answers; files that are gone already are no error.

        Arguments:
            batch_id: what `submit` returned.

        Raises:
            ProviderError: the service could not be asked, or has no such batch.
        """
        row = await self._row(batch_id)
        for which in ("input_file_id", "output_file_id", "error_file_id"):
            if row.get(which):
                await self._delete(row[which])

    async def _row(self, batch_id: str) -> dict[str, Any]:
        return await self._calls.json(lambda api: api.batches.retrieve, batch_id, batch_id=batch_id)

    async def _delete(self, file_id: str) -> None:
        try:
            await self._calls.json(lambda api: api.files.delete, file_id, file_id=file_id)
        except ProviderError as problem:
            if problem.status != 404:
                raise

    def _id(self, row: Mapping[str, Any]) -> str:
        found = row.get("id")
        if isinstance(found, str) and found and word(found) == found and not KeyMask(self._endpoint.key).holds(found):
            return found
        raise self._endpoint.error(BadReply, f"{self._endpoint.service.name} gave no id for a file or batch.")

    def _state(self, batch_id: str, row: Mapping[str, Any]) -> BatchState:
        status = _status(row)
        if not status:
            raise self._endpoint.error(
                BadReply, f"{self._endpoint.service.name} gave no status for the batch {batch_id}."
            )
        counts = row.get("request_counts")
        counts = counts if isinstance(counts, dict) else {}
        total, completed, failed = (count(counts.get(name)) or 0 for name in ("total", "completed", "failed"))
        errors = row.get("errors")
        errors = errors.get("data") if isinstance(errors, dict) else errors
        listed = [error for error in errors if isinstance(error, dict)] if isinstance(errors, list) else []
        error, name = "", self._endpoint.service.name
        if status == "failed":
            why = "; ".join(map(_reason, listed[:3])) or "it does not say why"
            more = f" (and {len(listed) - 3} more)" if len(listed) > 3 else ""
            error = f"{name} did not take the batch {batch_id} for {self._endpoint.model!r}: {why}{more}."
        elif status in ("expired", "cancelled"):
            error = f"the batch {batch_id} of {name} has {status}: {total - completed} of {total} have no reply."
        return BatchState(
            id=batch_id,
            status=STATUSES.get(status, "running"),
            total=total,
            completed=completed,
            failed=failed,
            error=masked(error, self._endpoint.key),
            expires_at=moment(row.get("expires_at")),
            retryable=bool(listed) and all(error.get("code") in FULL for error in listed),
        )


def _status(row: Mapping[str, Any]) -> str:
    status = row.get("status")
    return status.lower().replace("canceled", "cancelled") if isinstance(status, str) else ""


def _metadata(row: Mapping[str, Any]) -> Mapping[str, Any]:
    found = row.get("metadata")
    return found if isinstance(found, dict) else {}


def _form(known: Learned) -> dict[str, str]:
    """What was known of the model when a batch was made, for its metadata."""
    words = " ".join(sorted(known.refused) + [ROOM] * known.room)
    return {FORM: words} if 0 < len(words) <= VALUE else {}


def _known(row: Mapping[str, Any]) -> Learned:
    words = str(_metadata(row).get(FORM, "")).split()
    return Learned({word for word in words if word != ROOM}, ROOM in words)


def _reason(error: Mapping[str, Any]) -> str:
    line = f"line {error['line']}: " if isinstance(error.get("line"), int) else ""
    return f"{line}{error_details(error)['message'] or word(error.get('code'))}".rstrip(".")
