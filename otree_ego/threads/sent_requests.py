"""What was sent for a reply, as it is recorded: reading it.

A reply's `request` is JSON: ``{"tries": […], "parts": {…}, "policy": "…"}``. Each try is one request, in order; the
last is the one that the reply answers.

- ``parts``: long texts by a short name, in the first request of the Thread that has them. ``policy`` and a try's
  ``head`` are such names: of the failure policy, and of all that is sent besides the messages.
- ``turns``: the messages. ``"3-7"`` are the messages 3 to 7 of the Thread as they stand, a turn each. A list is one
  turn: its role, then its text in pieces (a number is a message's text, a string stands for itself,
  ``{"part": name}`` is a part). ``{"json": name}`` is a turn that is in a part, as JSON.
- ``joined``: whether neighbours of one role went out as one turn, with an empty line between them.
- ``after``: ``[id, n]``: before these turns come the first n of the last request of another reply.
- ``same``: the turns are those of the try before. ``times``: how often it was sent, if more than once.
- ``left_out``: the Thread's messages that were left out, as in ``turns``: the model's context is too small for them.
- ``id``, ``fingerprint``: the service's names for its answer, and for the system that gave it.
- ``error``: what it came to.

A reply that has not come has the request that is about to be sent, or was sent so far.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from ..messages import Message

MARK = "[forgotten]"
"""What stands where something was forgotten."""
MISSING = "[not in the record]"
BREAK = "\n\n"
MOST = 100_000
"""Messages of one request, at most."""
Turn = Mapping[str, Any]
_PLACE = ("model", "service", "protocol", "address")
_ANSWERED = {"response_id": "id", "system_fingerprint": "fingerprint", "error": "error"}


@dataclass(frozen=True)
class SentRequest:
    """One request as it was sent.

    Fields:
        reply: the id of the reply that it is for. model: who was asked, by the full name.
        service, protocol, address: where it went; empty where no service was asked, as for a constant.
        body: what was sent, in its order.
        policy: the failure policy that was in force.
        times: how often it was sent in a row. counts: whether it is the last one, which the reply answers.
        response_id, system_fingerprint: the service's names for its answer, and for the system that gave it.
        error: the class of the error that it came to; else empty.
        kept: how many of its messages, from the first on, are those of the request before it in the Thread.
        left_out: the places of the Thread's messages that were left out, since the model's context is too small.
    """

    reply: str
    model: str = ""
    service: str = ""
    protocol: str = ""
    address: str = ""
    body: Mapping[str, Any] = field(default_factory=dict)
    policy: Mapping[str, Any] = field(default_factory=dict)
    times: int = 1
    counts: bool = True
    response_id: str = ""
    system_fingerprint: str = ""
    error: str = ""
    kept: int = 0
    left_out: tuple[int, ...] = ()

    @property
    def messages(self) -> Sequence[Any]:
        """All messages as they were sent, oldest first."""
        found: Sequence[Any] = self.body.get("messages", ())
        return found

    @property
    def content(self) -> bytes:
        """The body as the bytes that went to the service."""
        return json.dumps(self.body, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "replace")

    def as_json(self) -> dict[str, Any]:
        """All of it, for a line of JSON."""
        return {
            "reply": self.reply, "model": self.model, "service": self.service, "protocol": self.protocol,
            "address": self.address, "times": self.times, "counts": self.counts, "error": self.error,
            "response_id": self.response_id, "system_fingerprint": self.system_fingerprint,
            "left_out": list(ranges(self.left_out)),
            "policy": self.policy, "body": self.body,
        }  # fmt: skip


def sent_for(reply: Message, record: Sequence[Message]) -> SentRequest | None:
    """The request that a reply answers; None if none was sent, or it was forgotten.

    Arguments:
        reply: one of the record. record: all messages of its Thread.
    """
    found = SentRequests(record).of(reply)
    return found[-1] if found else None


def read_request(text: str) -> dict[str, Any]:
    """What a reply's `request` holds; nothing if it is damaged."""
    try:
        found = json.loads(text) if text else {}
    except (ValueError, RecursionError):
        found = {}
    return found if isinstance(found, dict) else {}


def joined(turns: Sequence[Turn]) -> list[dict[str, Any]]:
    """The turns with neighbours of one role as one, as they go to services.

    >>> joined([{"role": "user", "content": "Hi."}, {"role": "user", "content": "Well?"}])
    [{'role': 'user', 'content': 'Hi.\\n\\nWell?'}]
    """
    found: list[dict[str, Any]] = []
    texts: list[list[str]] = []
    for turn in turns:
        if found and found[-1]["role"] == turn["role"]:
            texts[-1].append(turn["content"])
        else:
            found.append(dict(turn))
            texts.append([turn["content"]])
    for turn, parts in zip(found, texts, strict=True):
        if len(parts) > 1:
            turn["content"] = BREAK.join(part for part in parts if part.strip()) or parts[0]
    return found


def with_other_words(request: str, change: Callable[[str], str]) -> str:
    """A reply's `request` with other words in the texts that it holds.

    Arguments:
        change: gives for each text the one that is to stand there.
    """
    data = read_request(request)
    for one in _dicts(data.get("tries")):
        one["turns"] = [_changed_turn(turn, change) for turn in one.get("turns") or ()]
    if isinstance(parts := data.get("parts"), dict):
        data["parts"] = {name: _changed_part(str(text), change) for name, text in parts.items()}
    return json.dumps(data, ensure_ascii=False, separators=(",", ":")) if data else ""


def _changed_turn(turn: Any, change: Callable[[str], str]) -> Any:
    if not isinstance(turn, list):
        return turn
    return [*turn[:1], *(change(piece) if isinstance(piece, str) else piece for piece in turn[1:])]


def _changed_part(text: str, change: Callable[[str], str]) -> str:
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        found = None
    if not isinstance(found, dict | list):
        return change(text)
    return json.dumps(_changed_values(found, change), ensure_ascii=False, separators=(",", ":"))


def _changed_values(value: Any, change: Callable[[str], str]) -> Any:
    if isinstance(value, dict):
        names = (*_PLACE, "role")  # not said by anybody
        return {name: held if name in names else _changed_values(held, change) for name, held in value.items()}
    if isinstance(value, list):
        return [_changed_values(each, change) for each in value]
    return change(value) if isinstance(value, str) else value


class SentRequests:
    """The requests of one Thread.

    Arguments:
        record: its messages.

    >>> from otree_ego import Thread
    >>> llm = Thread("constant/Fine.")
    >>> _ = llm.submit("How are you?"), llm.submit("Really?")
    >>> [len(sent.messages) for sent in SentRequests(llm.messages)]
    [1, 3]
    """

    def __init__(self, record: Sequence[Message]) -> None:
        self._record = record
        self._texts = {m.seq: m for m in record}
        self._requests = {m.id: m for m in record if m.request}
        self._read: dict[str, dict[str, Any]] = {}
        self._last: dict[str, list[Any]] = {}  # by reply, the turns of its last try
        self._parts: dict[str, str] | None = None
        self._objects: dict[str, Any] = {}
        self._stand: dict[int, dict[str, Any]] = {}

    def __iter__(self) -> Iterator[SentRequest]:
        before: list[Any] = []
        for message in self._record:
            for sent in self.of(message, before):
                before = list(sent.messages)
                yield sent

    def of(self, reply: Message, before: Sequence[Any] = ()) -> list[SentRequest]:
        """All requests that were sent for a reply, in order; the last is the one that it answers.

        Arguments:
            before: the messages of the request before them, to count those that are the same.
        """
        if not reply.request:
            return []
        found: list[SentRequest] = []
        turns = list(before)
        data = self._data(reply.id)
        policy = self._object(data.get("policy"))
        tries = _dicts(data.get("tries"))
        for number, one in enumerate(tries, 1):
            new = turns if number > 1 and one.get("same") else self._turns_of(one)
            kept, turns = common(turns, new), new
            sent = self._sent(reply.id, one, turns)
            found.append(replace(sent, policy=policy, counts=number == len(tries), kept=kept))
        return found

    def _sent(self, reply: str, one: Mapping[str, Any], turns: list[Any]) -> SentRequest:
        head, times = self._object(one.get("head")), one.get("times", 1)
        sent = head.get("body")
        body = dict(sent) if isinstance(sent, dict) else {}
        if "messages" in body or turns:
            body["messages"] = turns
        words: dict[str, Any] = {name: str(head.get(name, "")) for name in _PLACE}
        answered: dict[str, Any] = {name: str(one.get(key, "")) for name, key in _ANSWERED.items()}
        left_out = self._places(one.get("left_out"))
        times = times if isinstance(times, int) else 1
        return SentRequest(reply, **words, body=body, times=times, left_out=left_out, **answered)

    def fields(self, reply: Message) -> dict[str, Any]:
        """What was sent besides the messages in the request that a reply answers."""
        tries = _dicts(self._data(reply.id).get("tries")) if reply.request else []
        sent = self._object(tries[-1].get("head")).get("body") if tries else None
        return {name: value for name, value in sent.items() if name != "messages"} if isinstance(sent, dict) else {}

    def turns(self, reply: str) -> list[Any]:
        """The messages of the last request for a reply, by its id."""
        chain: dict[str, None] = {}
        at: Any = reply
        while at not in self._last and at in self._requests and at not in chain:
            chain[at] = None
            after = self._full(at).get("after")
            at = str(after[0]) if isinstance(after, list) and after else ""
        self._last.update((each, []) for each in chain)  # one that comes after itself comes after nothing
        for each in reversed(chain):
            self._last[each] = self._turns_of(self._full(each))
        return self._last.get(reply, [])

    def part(self, name: str) -> str:
        """A long text by its short name."""
        if self._parts is None:
            self._parts = {}
            for reply in self._requests:
                found = self._data(reply).get("parts")
                for key, text in found.items() if isinstance(found, dict) else ():
                    self._parts.setdefault(key, str(text))
        return self._parts.get(name, MISSING)

    def parts(self) -> set[str]:
        """The names of all long texts."""
        self.part("")
        return set(self._parts or ())

    def _data(self, reply: str) -> dict[str, Any]:
        if reply not in self._read:
            self._read[reply] = read_request(self._requests[reply].request)
        return self._read[reply]

    def _full(self, reply: str) -> dict[str, Any]:
        """The last try that has turns of its own."""
        tries = _dicts(self._data(reply).get("tries"))
        return next((one for one in reversed(tries) if not one.get("same")), {})

    def _turns_of(self, one: Mapping[str, Any]) -> list[Any]:
        found: list[Any] = []
        try:
            if after := one.get("after"):
                found += self._begun(str(after[0]), int(after[1]))
            for item in one.get("turns") or ():
                found += self._item(item)
                if len(found) > MOST:
                    break
            return joined(found) if one.get("joined") else found
        except (AttributeError, IndexError, KeyError, TypeError, ValueError):  # a damaged row, or not ours
            return [*found, {"role": "user", "content": MISSING}]

    def _places(self, items: Any) -> tuple[int, ...]:
        try:
            return tuple(place for item in items or () for place in self._range(item))[:MOST]
        except (AttributeError, TypeError, ValueError):  # a damaged row, or not ours
            return ()

    def _range(self, item: str) -> range:
        first, _, last = item.partition("-")
        return range(int(first), min(int(last or first), max(self._texts, default=0)) + 1)

    def _item(self, item: Any) -> list[Any]:
        if isinstance(item, str):
            return [self._stood(seq) for seq in self._range(item)]
        if isinstance(item, dict):
            return [self._json(item.get("json"))]
        text = "".join(map(self._piece, item[1:]))
        return [{"role": item[0], "content": text} if item[0] else text]

    def _begun(self, reply: str, count: int) -> list[Any]:
        """The beginning of another reply's request; what was forgotten of it is marked."""
        turns = self.turns(reply)[: max(0, count)]
        return turns + [{"role": "user", "content": MARK}] * (min(count, MOST) - len(turns))

    def _stood(self, seq: int) -> dict[str, Any]:
        if seq not in self._stand:
            message = self._texts.get(seq)
            self._stand[seq] = {"role": message.role if message else "user", "content": self._text(seq)}
        return self._stand[seq]

    def _text(self, seq: int) -> str:
        message = self._texts.get(seq)
        if message is None:
            return MISSING
        return message.text if message.forgotten is None else MARK

    def _piece(self, piece: Any) -> str:
        if isinstance(piece, int):
            return self._text(piece)
        return piece if isinstance(piece, str) else self.part(str(piece.get("part")))

    def _json(self, name: Any) -> Any:
        """A part that is JSON; an empty object if it is damaged."""
        key = str(name)
        if key not in self._objects:
            try:
                self._objects[key] = json.loads(self.part(key))
            except (ValueError, RecursionError):
                self._objects[key] = {}
        return self._objects[key]

    def _object(self, name: Any) -> Mapping[str, Any]:
        found = self._json(name)
        return found if isinstance(found, dict) else {}


def common(some: Sequence[Any], others: Sequence[Any]) -> int:
    """How many items, from the first on, two lists have in common."""
    count = 0
    for one, other in zip(some, others, strict=False):
        if one is not other and one != other:
            break
        count += 1
    return count


def ranges(places: Sequence[int]) -> Iterator[str]:
    """Places in a row as ranges.

    >>> list(ranges([1, 2, 3, 7]))
    ['1-3', '7']
    """
    if places and places[-1] - places[0] == len(places) - 1:  # the usual case: they are in order
        yield str(places[0]) if len(places) == 1 else f"{places[0]}-{places[-1]}"
        return
    start = 0
    for at in range(1, len(places) + 1):
        if at == len(places) or places[at] != places[at - 1] + 1:
            first, last = places[start], places[at - 1]
            yield str(first) if first == last else f"{first}-{last}"
            start = at


def places_in(left_out: Any) -> Iterator[int]:
    """The places in what a reply's params say of the messages that were left out.

    >>> list(places_in({"messages": 3, "message_numbers": "2-3, 7"}))
    [2, 3, 7]
    """
    numbers = left_out.get("message_numbers") if isinstance(left_out, Mapping) else None
    for first, last in re.findall(r"(\d{1,9})(?:-(\d{1,9}))?", numbers if isinstance(numbers, str) else ""):
        yield from range(int(first), min(int(last or first), int(first) + MOST) + 1)


def _dicts(value: Any) -> list[dict[str, Any]]:
    return [each for each in value if isinstance(each, dict)] if isinstance(value, list) else []
