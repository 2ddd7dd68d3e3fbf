"""What goes wrong with a service, one row for each kind: what it sends, and what the record must say of it."""

from __future__ import annotations

import gzip
import json
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache

from otree_ego.testing import FakeService

MARK = "quagga"
"""Stands in what a broken service sends, and may not reach a participant, or a later request."""
STALL = 3.0
"""Seconds of the deadline for "stall", in which the next, good answer comes on a busy machine, too."""
HTML = {"Content-Type": "text/html"}
JSON = {"Content-Type": "application/json"}


@dataclass(frozen=True)
class Fault:
    """One kind.

    Arguments:
        plan: makes a service send it.
        error: the class of the error in the record. says: a part of its words.
        kept: what the record must have of what came.
    """

    plan: Callable[[FakeService], None]
    error: str
    says: str
    kept: str = ""


@cache
def _bomb() -> bytes:
    return gzip.compress(b"data: " + b" " * 9_000_000, 1)


def event(text: str, **more: object) -> str:
    """An event of a stream with a piece of text."""
    return f"data: {json.dumps({'choices': [{'index': 0, 'delta': {'content': text}, **more}]})}\n\n"


def elsewhere(fake: FakeService) -> None:
    """Redirect to another origin, which would answer."""
    there = fake.base_url.replace("127.0.0.1", "localhost") + "/chat/completions"
    fake.send(f"<html>{MARK}</html>", status=307, headers={"Location": there, **HTML}, times=-1)


THINKS = f"<think>\nIf I say yes I get 10 {MARK}s."
FAULTS = {
    "hostile bytes": Fault(
        lambda fake: fake.send(b"\xff\xfe\x00" * 50 + MARK.encode(), times=-1), "BadReply", "is no model's reply"
    ),
    "hostile bytes in an event": Fault(
        lambda fake: fake.send(b'data: {"choices": "\xff\x00' + MARK.encode() + b'"}\n\n', times=-1), "BadReply", ""
    ),
    "garbage": Fault(
        lambda fake: fake.send(event(f"The {MARK} "), 'data: {"choices": [{]\n\n', times=-1),
        "BadReply", "is not the protocol", f"The {MARK} ",
    ),
    "huge": Fault(lambda fake: fake.send(b"data: " + b"x" * 9_000_000, times=-1), "BadReply", "too long"),
    "gzip bomb": Fault(
        lambda fake: fake.send(_bomb(), headers={"Content-Encoding": "gzip"}, times=-1), "BadReply", "too long"
    ),
    "429": Fault(lambda fake: fake.fail(429, -1, 3600, MARK), "RateLimited", "fewer requests"),
    "401": Fault(lambda fake: fake.fail(401, -1, message=MARK), "KeyRejected", "check the key"),
    "redirect": Fault(elsewhere, "BadRequest", "redirects (HTTP 307) to http://localhost"),
    "HTML page": Fault(
        lambda fake: fake.send(f"<html><title>{MARK}</title></html>", headers=HTML, times=-1), "BadReply", "base_url"
    ),
    "error object with 200": Fault(
        lambda fake: fake.send(json.dumps({"error": f"The model is loading, {MARK}"}), headers=JSON, times=-1),
        "Overloaded", "The model is loading",
    ),
    "thoughts never closed": Fault(
        lambda fake: fake.send(event(THINKS), event("", finish_reason="stop"), "data: [DONE]\n\n", times=-1),
        "EmptyReply", "without text",
    ),
    "stall": Fault(lambda fake: fake.send(event(f"A {MARK} "), ..., times=-1), "TimedOut", "within", f"A {MARK} "),
}  # fmt: skip


def deadline(name: str) -> float:
    """The seconds that a reply has under a fault."""
    return STALL if name == "stall" else 60.0
