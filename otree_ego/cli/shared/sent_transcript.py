"""What the models of a run were sent, reply by reply: to be read, or as lines of JSON."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import closing
from typing import Any

from ...experiment.thread_states import read_state
from ...stores import Run, RunStore
from ...threads.sent_requests import SentRequest, SentRequests, ranges
from .terminal import line, painted
from .transcript import ROLES, RecordedReplication, Writer, recorded_replications, seat_name


class SentWriter(Writer):
    """Makes the lines of a run's requests. The beginning of a request that was sent before is not shown again.

    Arguments:
        run: whose replications they are.
        full: whether all messages are shown, to their ends, and all fields of each request.
    """

    def lines(self, replication: RecordedReplication) -> Iterator[str]:
        yield from self.title(replication)
        count = 0
        for seat in replication.seats:
            name = seat_name(seat, read_state(seat.thread.state))
            for sent in SentRequests(replication.messages[seat.thread.uid]):
                count += 1
                yield ""
                yield from self._request(count, name, sent)
        if not count:
            yield painted("  The record has no request (versions before this one kept none).", "dim")

    def _request(self, number: int, name: str, sent: SentRequest) -> Iterator[str]:
        where = f" at {line(sent.address)}" if sent.address else ""
        protocol = f" ({line(sent.protocol)})" if sent.protocol else ""
        times = f", {sent.times} times" if sent.times > 1 else ""
        yield painted(f"  request {number}, {name}, to {line(sent.model)}{where}{protocol}{times}", "bold")
        fields = {each: value for each, value in sent.body.items() if each not in ("model", "messages")}
        rows = [("fields", "dim", _shown(fields))] if fields else []
        if self.full:
            rows += [("policy", "dim", _shown(dict(sent.policy)))] if sent.policy else []
            rows += [("answer", "dim", f"{sent.response_id} {sent.system_fingerprint}".strip())]
        rows += [("error", "red", sent.error)] if sent.error else []
        kept = 0 if self.full or sent.kept < 2 else sent.kept
        if sent.left_out:
            numbers = ", ".join(ranges(sent.left_out))
            rows += [("", "dim", f"({len(sent.left_out)} earlier messages are left out: number {numbers})")]
        rows += [("", "dim", f"(the {kept} messages that were sent before, then)")] if kept else []
        rows += [_turn(turn) for turn in sent.messages[kept:]]
        yield from self.pairs([row for row in rows if row[2]], bar=True)


def _turn(turn: Any) -> tuple[str, str, str]:
    if isinstance(turn, dict) and isinstance(turn.get("content"), str) and len(turn) == 2:
        role = str(turn.get("role"))
        return role, ROLES.get(role, "green"), turn["content"]
    return "", "green", turn if isinstance(turn, str) else _shown(turn)


def _shown(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)


def json_lines(store: RunStore, run: Run, place: int | None = None) -> Iterator[str]:
    """A line of JSON for each request of a run, in order.

    Arguments:
        store, run: which. place: one replication only.
    """
    with closing(recorded_replications(store, run.uid, place)) as replications:
        for replication in replications:
            for seat in replication.seats:
                about = {
                    "run": run.uid, "place": replication.place, "attempt": seat.attempt, "seat": seat.seat,
                    "thread": seat.thread.uid, "owner": seat.thread.owner,
                }  # fmt: skip
                for sent in SentRequests(replication.messages[seat.thread.uid]):
                    yield json.dumps({**about, **sent.as_json()}, ensure_ascii=False)
