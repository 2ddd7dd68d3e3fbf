"""What was sent for a reply, as it is recorded: writing it (`sent_requests` has the form, and reads it).

It must not make a turn cost more as the conversation grows. So a request says which messages of the Thread it carries,
where it carries them as they stand; else it is its predecessor and what came since. Only when its beginning changes are
all turns written, and also then as places in the record wherever their texts stand there.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable, Mapping, Sequence
from operator import itemgetter
from typing import Any

from ..display import logger
from ..errors import ConfigError
from ..messages import Message, Request, SentBody
from .sent_requests import BREAK, SentRequests, joined, ranges

Attempt = tuple[Request, BaseException | None]
INLINE = 60
"""Characters of a text that are written where it is used; a longer one is a part, which is written once."""
NAME = 40
"""Characters of a name before a message's text, at most."""
MOST_PIECES = 50
HIDDEN = "[key]"
_ENCODER = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), default=str)
_ROLE, _CONTENT = itemgetter("role"), itemgetter("content")
_ATTACHED = re.compile(r"(data:[\w.+/-]*;base64,)([A-Za-z0-9+/=_-]{1000,})")
_SECRET = re.compile(
    r"api[_-]?key|authorization|password|secret|(?:access|auth|bearer)[_-]?token|^token$", re.IGNORECASE
)


class RequestRecord:
    """Writes down what is sent in one Thread; what it remembers of it may be lost at any time."""

    def __init__(self) -> None:
        self._known: set[str] | None = None
        self._plan: tuple[str, SentBody, _Writer] | None = None  # of the last reply that was planned
        self._before: dict[str, tuple[str, list[int]]] = {}  # by speaker: the last reply, and hashes of its turns

    def add(
        self, reply: Message, record: Sequence[Message], attempts: Sequence[Attempt], policy: Mapping[str, Any]
    ) -> Message:
        """The reply with what was sent for it.

        Arguments:
            record: the Thread's messages. attempts: the requests, each with the error that it came to.
            policy: the failure policy that was in force.
        """
        try:
            text = self._written(reply, record, attempts, policy)
        # A reply that was paid for must not be lost because its request is not JSON, or what else a provider notes.
        except Exception as problem:
            logger.warning("What was sent for a reply could not be recorded: %r.", problem)
            return reply
        if text or reply.request:  # where nothing was sent, what was about to be sent is not in the record either
            object.__setattr__(reply, "request", text)  # it is new, and nobody else's yet
        return reply

    def so_far(
        self, reply: Message, record: Sequence[Message], attempts: Sequence[Attempt], policy: Mapping[str, Any]
    ) -> str:
        """What was sent so far for a reply that is under way; see `add`."""
        try:
            return self._written(reply, record, attempts, policy, ended=False)
        except Exception as problem:  # as above; what has come of the reply must be written all the same
            logger.debug("What was sent for a reply could not be recorded: %r.", problem)
            return reply.request

    def planned(
        self,
        reply: Message,
        record: Sequence[Message],
        request: Request,
        draft: Callable[[Request], SentBody | None] | None,
        policy: Mapping[str, Any],
    ) -> str:
        """What is about to be sent for a reply; empty where nobody knows before it is.

        Arguments:
            draft: the provider's; None where it tells nothing of what it sends.
        """
        sent = _untold(request) if draft is None else draft(request)
        if sent is None:
            return ""
        writer = _Writer(self, reply, record, made_now=True)
        writer.add(request, sent, "")
        text = writer.written(policy)
        self._plan = text, sent, writer
        return text

    def _written(
        self,
        reply: Message,
        record: Sequence[Message],
        attempts: Sequence[Attempt],
        policy: Mapping[str, Any],
        ended: bool = True,
    ) -> str:
        writer = self._as_planned(reply, attempts)
        if writer is None:
            writer = _Writer(self, reply, record)
            for request, error in attempts:
                posted = request.meter.sent if request.meter is not None else []
                for body in posted or _unsent(request, error):
                    last = body is posted[-1] if posted else True
                    writer.add(request, body, type(error).__name__ if error is not None and last else "")
        if not writer.tries:
            return ""
        text = writer.written(policy)
        if ended:  # else it is written again, with all its parts
            self._before[writer.speaker] = (reply.id, writer.hashes)
            self._known = (self._known or set()) | writer.known | set(writer.parts)
        return text

    def _as_planned(self, reply: Message, attempts: Sequence[Attempt]) -> _Writer | None:
        """What has written the plan of a reply, if just that was sent: the usual case, and the work is done."""
        if self._plan is None or reply.request != self._plan[0] or len(attempts) != 1:
            return None
        (request, error), (_, planned, writer) = attempts[0], self._plan
        posted = request.meter.sent if request.meter is not None else []
        if error is not None or len(posted) != 1 or writer.reply.id != reply.id:
            return None
        sent = posted[0]
        if (sent.service, sent.protocol, sent.address) != (planned.service, planned.protocol, planned.address):
            return None
        if sent.body != planned.body or list(sent.body) != list(planned.body):
            return None
        writer.note_answer(writer.tries[-1], sent)
        return writer

    def known(self, record: Sequence[Message]) -> set[str]:
        """The names of all parts that the record has."""
        if self._known is None:
            found = [m for m in record if '"parts"' in m.request and _is_final(m)]
            self._known = SentRequests(found).parts() if found else set()
        return self._known

    def before(self, speaker: str, record: Sequence[Message]) -> tuple[str, list[int]]:
        """The last reply of a speaker that has a request, and hashes of the turns that were sent for it."""
        if speaker not in self._before:
            last = next((m for m in reversed(record) if m.request and m.author == speaker and _is_final(m)), None)
            turns = SentRequests(record).turns(last.id) if last is not None else []
            self._before[speaker] = (last.id if last is not None else "", hashes_of(turns))
        return self._before[speaker]


class _Writer:
    """Writes down the requests for one reply."""

    def __init__(self, kept: RequestRecord, reply: Message, record: Sequence[Message], made_now: bool = False) -> None:
        self.kept, self.reply, self.record, self._made_now = kept, reply, record, made_now
        self.speaker = next((m.author for m in reversed(record) if m.id == reply.id), reply.author)
        self.known = kept.known(record)
        self.parts: dict[str, str] = {}
        self.tries: list[dict[str, Any]] = []
        self.hashes: list[int] = []
        self._turns: list[Any] = []

    def add(self, request: Request, sent: SentBody, error: str) -> None:
        """Another request."""
        turns = sent.body.get("messages")
        turns = list(turns) if isinstance(turns, list | tuple) else []
        one: dict[str, Any] = {"head": self.part(sent.hide(_json(_head(request, sent))))}
        if self.tries and turns == self._turns:
            one["same"] = True
        else:
            one.update(self._messages(request, turns))
            self._turns = turns
        if request.left_out:
            one["left_out"] = list(ranges(request.left_out))
        if error:
            one["error"] = error
        self.note_answer(one, sent)
        last = self.tries[-1] if self.tries else {}
        if one.get("same") and last.get("head") == one["head"] and "id" not in last and last.get("error") == error:
            last["times"] = last.get("times", 1) + 1
            return
        self.tries.append(one)

    @staticmethod
    def note_answer(one: dict[str, Any], sent: SentBody) -> None:
        """Note the service's names for its answer, as far as it has come."""
        for name, value in (("id", "response_id"), ("fingerprint", "fingerprint")):
            if found := getattr(sent.answer, value, ""):
                one[name] = found

    def written(self, policy: Mapping[str, Any]) -> str:
        """All of it, as the reply's `request`."""
        data: dict[str, Any] = {"tries": self.tries, "policy": self.part(_json(policy))}
        if self.parts:
            data["parts"] = self.parts
        return _json(data)

    def part(self, text: str) -> str:
        """The name of a text, which is written down if it has not been."""
        name = hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()[:12]
        if name not in self.known:
            self.parts.setdefault(name, text)
        return name

    def _messages(self, request: Request, turns: Sequence[Any]) -> dict[str, Any]:
        self.hashes = []
        if self._from_record(request):
            if _stand(request.messages, turns):
                return {"turns": list(ranges(request.places))}
            if _stand_joined(request.messages, turns):
                return {"turns": list(ranges(request.places)), "joined": True}
        self.hashes = hashes_of(turns)
        base, earlier = self.kept.before(self.speaker, self.record)
        same = 0
        while same < min(len(earlier), len(self.hashes)) and earlier[same] == self.hashes[same]:
            same += 1
        found: dict[str, Any] = {"after": [base, same]} if same > 1 else {}
        return {**found, "turns": self._pieces(turns[same if found else 0 :])}

    def _from_record(self, request: Request) -> bool:
        """Whether the request's messages are those of the record at its places."""
        if not request.places or self._made_now:  # just now, from this record
            return bool(request.places)
        record = {m.seq: (m.role, m.text) for m in self.record}
        return list(map(record.get, request.places)) == list(request.messages)

    def _pieces(self, turns: Sequence[Any]) -> list[Any]:
        places = {m.text: m.seq for m in self.record if m.sendable and m.seq < self.reply.seq and m.text}
        roles = {m.seq: m.role for m in self.record}
        found: list[Any] = []
        alone: list[int] = []
        for turn in turns:
            role, text = _plain(turn)
            if text is None:
                found += [*ranges(alone), {"json": self.part(_json(turn))}]
                alone = []
                continue
            pieces = self._split(text, places)
            if len(pieces) == 1 and isinstance(pieces[0], int) and roles[pieces[0]] == role:
                alone.append(pieces[0])
                continue
            found += [*ranges(alone), [role, *pieces]]
            alone = []
        return [*found, *ranges(alone)]

    def _split(self, text: str, places: Mapping[str, int]) -> list[Any]:
        """A text in pieces: places of messages that have them, and what stands around them."""
        if (found := self._placed(text, places)) is not None:
            return found
        parts = text.split(BREAK)
        if 1 < len(parts) <= MOST_PIECES:
            pieces: list[Any] = []
            rest: list[str] = []
            at = 0
            while at < len(parts):
                end, placed = self._longest(parts, at, places)
                if placed is None:
                    rest.append(parts[at])
                    at += 1
                    continue
                lead = BREAK.join(rest) + BREAK if rest else ""
                pieces += [*self._literal((BREAK if pieces else "") + lead), *placed]
                rest, at = [], end
            if pieces:
                return pieces + self._literal(BREAK + BREAK.join(rest) if rest else "")
        return self._literal(text)

    def _longest(self, parts: Sequence[str], at: int, places: Mapping[str, int]) -> tuple[int, list[Any] | None]:
        for end in range(len(parts), at, -1):
            if (found := self._placed(BREAK.join(parts[at:end]), places)) is not None:
                return end, found
        return at, None

    def _placed(self, text: str, places: Mapping[str, int]) -> list[Any] | None:
        if text in places:
            return [places[text]]
        at = text.find(": ", 0, NAME + 2)
        if at > 0 and (said := text[at + 2 :]) in places:
            return [text[: at + 2], places[said]]
        return None

    def _literal(self, text: str) -> list[Any]:
        if not text:
            return []
        return [text] if len(text) <= INLINE else [{"part": self.part(text)}]


def _is_final(message: Message) -> bool:
    """Whether a reply's `request` stays as it is."""
    return message.status != "pending"


def hashes_of(turns: Sequence[Any]) -> list[int]:
    """A number for each turn: the same for the same."""
    found = []
    for turn in turns:
        role, text = _plain(turn)
        found.append(hash((role, text)) if text is not None else hash(_json(turn)))
    return found


def _stand(messages: Sequence[tuple[str, str]], turns: Sequence[Any]) -> bool:
    """Whether the turns are these messages, one each. It is the usual case, and as quick as it can be."""
    try:
        return (
            set(map(len, turns)) == {2}
            and list(map(_CONTENT, turns)) == [text for _, text in messages]
            and list(map(_ROLE, turns)) == [role for role, _ in messages]
        )
    except (KeyError, TypeError):  # they are of another kind
        return False


def _stand_joined(messages: Sequence[tuple[str, str]], turns: Sequence[Any]) -> bool:
    """Whether the turns are these messages with neighbours of one role as one (see `joined`)."""
    at, end = 0, len(messages)
    for turn in turns:
        if at == end or not isinstance(turn, dict) or tuple(turn) != ("role", "content"):
            return False
        role, text = messages[at]
        start, at = at, at + 1
        while at < end and messages[at][0] == role:
            at += 1
        if at - start > 1:
            text = joined([{"role": role, "content": text} for role, text in messages[start:at]])[0]["content"]
        if turn["content"] != text or turn["role"] != role:
            return False
    return at == end


def _plain(turn: Any) -> tuple[str, str | None]:
    """A turn's role and text; no text where it has more than these."""
    if isinstance(turn, str):
        return "", turn
    if isinstance(turn, dict) and tuple(turn) == ("role", "content"):
        role, text = turn["role"], turn["content"]
        if role and isinstance(role, str) and isinstance(text, str):
            return role, text
    return "", None


def _unsent(request: Request, error: BaseException | None) -> list[SentBody]:
    """What a provider was given that tells nothing of what it sends."""
    meter = request.meter
    if meter is None or not meter.asked or meter.read is not None or isinstance(error, ConfigError):
        return []
    return [_untold(request)]


def _untold(request: Request) -> SentBody:
    messages = [{"role": role, "content": text} for role, text in request.messages]
    body = {"model": request.model, "messages": messages, **request.params, **request.extra}
    if request.form is not None:
        body["form"] = {"name": request.form.name, "schema": request.form.schema}
    return SentBody("", "", "", body)


def _head(request: Request, sent: SentBody) -> dict[str, Any]:
    """All that was sent besides the messages, and where to."""
    body = {name: None if name == "messages" else value for name, value in sent.body.items()}
    return {
        "model": request.model, "service": sent.service, "protocol": sent.protocol, "address": sent.address,
        "body": _without_keys(body) if request.extra else body,
    }  # fmt: skip


def _without_keys(value: Any) -> Any:
    """Fields of an experimenter's own without those that look like keys."""
    if isinstance(value, Mapping):
        hidden = {name for name, held in value.items() if isinstance(held, str) and _SECRET.search(str(name))}
        return {name: HIDDEN if name in hidden else _without_keys(held) for name, held in value.items()}
    return [_without_keys(each) for each in value] if isinstance(value, list | tuple) else value


def _json(value: Any) -> str:
    text = _ENCODER.encode(value)
    return _ATTACHED.sub(_by_hash, text) if "base64," in text else text


def _by_hash(found: re.Match[str]) -> str:
    """An attachment's hash and size in the place of its content."""
    digest = hashlib.sha256(found[2].encode()).hexdigest()
    return f"{found[1]}(sha256 {digest}, {len(found[2])} characters)"
