"""Bytes of a reply, as they come, to pieces of text: server-sent events, or one JSON object."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any

from ...messages import Usage, clean
from ..large_json import WINDOW, TooManyItems, loads, no_rest
from ..reply_fields import CleanPieces, KeyMask, reports_error, table, thoughts, usage, usage_of, word, words
from ..secret import Secret
from ..size_limits import EVENT_BYTES, EVENTS, REASON, REPLY_BYTES, TEXT
from ..thoughts import Splitter

CUT = frozenset({"length", "max_tokens", "model_length"})
FILTERED = frozenset({"content_filter", "content-filter", "safety", "prohibited_content", "blocklist"})
PART = 16_384
"""Characters of a text that are looked at in one step."""
LARGE = 65_536
"""Bytes of an event or object that are more than a few steps of work."""
_decode = json.JSONDecoder().decode
TRIES = 8
"""How often the lines of one event are tried as JSON before the blank line that ends it."""
LOOKS = 20
"""How often it is seen whether what is in hand, without its end, is complete."""


class Malformed(Exception):
    """What came is not the protocol; the message says what it was."""


class TooMuch(Malformed):
    """More came than is taken of one reply."""


class ErrorInside(Exception):
    """The service reported an error inside of a stream that began well; `body` is what it said."""

    def __init__(self, body: Any) -> None:
        super().__init__("an error inside of the stream")
        self.body = body


class Reader:
    """Takes the bytes of one reply and keeps what they said.

    Arguments:
        key: a key that must not be in what the service says.
        splitter: tells thoughts from text; None leaves the text as it is.

    Fields:
        pause: called between the steps of long work, where `heavy` says that there is some.
        text: all text so far. refusal: the model's words of refusal. finish_reason: empty until the service gives one.
        thoughts: the model's thoughts, from fields of their own or from the text.
        model: who answered. response_id, fingerprint: the service's names for the reply, and for the system behind it.
        usage: tokens. cached: tokens in that came from a cache. reported_cost: what the service says it cost.
        done: the stream said that it is over. whole: the reply is one JSON object, not a stream.
        start: its first bytes. size: bytes so far. events: how many came.
        begun: whether text has come, also such as is kept back.
        withdrawn: whether what was given out turned out to be no text; set back by whoever says so.

    >>> reader = Reader()
    >>> reader.feed(b': waiting\\n\\ndata: {"choices": [{"delta": {"content": "Hi"}}]}\\r\\n\\r\\ndata: [DONE]\\n\\n')
    ['Hi']
    >>> reader.text, reader.done
    ('Hi', True)
    """

    def __init__(self, key: Secret | None = None, splitter: Splitter | None = None) -> None:
        self.finish_reason = ""
        self.model = self.response_id = self.fingerprint = ""
        self.usage = Usage()
        self.cached = 0
        self.reported_cost: float | None = None
        self.done, self.start = False, b""
        self.whole: bool | None = None
        self.events = 0
        self.begun = self.withdrawn = False
        self.splitter = splitter
        self.pause: Callable[[], None] = no_rest
        self._mask = KeyMask(key)
        self._masks = bool(self._mask)
        self.size = self._length = 0
        self._pieces: list[str] = []
        self._thoughts: list[str] = []
        self._refusal: list[str] = []
        self._half = CleanPieces()
        self._half_thought = CleanPieces()
        self._body = bytearray()
        self._rest: list[bytes] = []
        self._waiting = 0
        self._return = False
        self._event = bytearray()  # many lines are not many objects
        self._tries = self._looks = 0
        self._seen: tuple[int, Any] = 0, None  # so many bytes of the body, and what they are

    @property
    def text(self) -> str:
        return "".join(self._pieces) + (self._mask.whole(self.splitter.kept) if self.splitter else "")

    @property
    def refusal(self) -> str:
        return self._mask.whole("".join(self._refusal))

    @property
    def thoughts(self) -> str:
        told = "".join(self._thoughts).strip()
        found = (told, self.splitter.thoughts if self.splitter else "")
        return "\n\n".join(self._mask.whole(text) for text in found if text)

    @property
    def thinking(self) -> bool:
        """Whether the reply was cut while the model was thinking."""
        return self.splitter is not None and self.splitter.unfinished

    @property
    def ended(self) -> bool:
        """Whether the service said that the reply is over (a broken connection does not)."""
        return self.done or bool(self.finish_reason)

    def heavy(self, data: bytes | None) -> bool:
        """Whether `feed` of these bytes, or `end` (None), is long work, which does not belong on an event loop."""
        if data is None:
            return len(self._body) > LARGE
        return not self.whole and self._waiting + len(data) > LARGE and (b"\n" in data or b"\r" in data)

    def feed(self, data: bytes) -> list[str]:
        """More bytes in, the pieces of text they held out.

        Raises:
            Malformed: not the protocol, or more than is taken (`TooMuch`).
            ErrorInside: the service reports an error.
        """
        self.size += len(data)
        if self.size > REPLY_BYTES:
            raise TooMuch(f"it has more than {REPLY_BYTES} bytes")
        if self.whole is None:
            data = b"".join((*self._rest, data)).lstrip(b"\xef\xbb\xbf \t\r\n")
            self._rest = []
            if not data:
                return []
            if data[:1] == b"<":
                raise Malformed("it is a web page; perhaps the address (base_url) is not that of the service's API")
            self.whole = data[:1] in (b"{", b"[")
            self.start = data[:80]
        if self.whole:
            self._body += data
            self._bounded(len(self._body))
            return []
        if self._return and data:
            data = data[1:] if data[:1] == b"\n" else data
            self._return = False
        if b"\r" in data:
            self._return = data.endswith(b"\r")
            data = data.replace(b"\r\n", b"\n").replace(b"\r", b"\n")
        first, *lines = data.split(b"\n")
        self._rest.append(first)
        if not lines:
            self._waiting += len(first)
            self._bounded(self._waiting)
            return []
        pieces = self._line(b"".join(self._rest) if len(self._rest) > 1 else first)
        for line in lines[:-1]:
            if line or self._event:
                pieces += self._line(line)
        self._rest = [lines[-1]] if lines[-1] else []
        self._waiting = len(lines[-1]) + len(self._event)
        return pieces

    def end(self) -> list[str]:
        """No more bytes come: what was left in hand."""
        if self.whole and not self.done:
            content, self._body = bytes(self._body), bytearray()
            seen, self._seen = self._seen, (0, None)
            body = seen[1] if content and seen[0] == len(content) else self._loads(content)
            if isinstance(body, list) and body:
                body = body[0]
            if not isinstance(body, dict) or not (
                body.get("error") or isinstance(body.get("choices"), list) or reports_error(body)
            ):
                raise Malformed(f"it is JSON, but has no choices: {self.start.decode('utf-8', 'replace')!r}")
            self.done = True
            return [*self._take(body), *self._last()]
        rest, self._rest = b"".join(self._rest), []
        pieces = self._line(rest)
        # What is left over now is the torn last line of a broken connection, which `ended` tells.
        self._event.clear()
        return pieces + self._last()

    @property
    def unread(self) -> bool:
        """Whether something is in hand, without its end."""
        return bool(self._rest or self._body)

    def complete(self) -> bool:
        """Whether what is in hand, without the end of its line or of the connection, ends the reply."""
        last = self._body[-8:] if self.whole else self._rest[-1][-8:] if self._rest else b""
        if last.rstrip()[-1:] not in (b"}", b"]") or self._looks == LOOKS:
            return False
        data = bytes(self._body) if self.whole else b"".join(self._rest)
        if len(data) > LARGE or not (self.whole or data.startswith(b"data:")):
            return False
        self._looks += 1
        data = data if self.whole else data[5:].strip()
        try:
            chunk = {} if data == b"[DONE]" else self._parsed(data)
        except (ValueError, Malformed):
            return False
        if self.whole:
            self._seen = len(data), chunk
        choices = table(chunk).get("choices")
        choices = choices if isinstance(choices, list) else []
        return data == b"[DONE]" or any(table(each).get("finish_reason") for each in choices[:1])

    def drop(self) -> None:
        """Forget what was not read: nothing more comes."""
        self._event, self._body, self._rest = bytearray(), bytearray(), []

    def _last(self) -> list[str]:
        """What was kept back of the text until it was known how the reply goes on."""
        self._thoughts.append(self._half_thought.end())
        rest = self._half.end()
        if self.splitter is not None:
            rest = self._split(rest, last=True)
        return self._out(self._mask.feed(rest) + self._mask.end())

    def _bounded(self, size: int) -> None:
        if size > EVENT_BYTES:
            raise TooMuch(f"one event or object of it has more than {EVENT_BYTES} bytes")

    def _line(self, line: bytes) -> list[str]:
        if not line:
            event, self._event, self._tries = bytes(self._event), bytearray(), 0
            if not event:
                return []
            try:
                chunk = self._loads(event)
            except Malformed:
                self.done = self.ended
                if not self.done:
                    raise
                return []
            return self._taken(chunk)
        if not line.startswith(b"data:"):
            return []
        data = line[5:].strip()
        if data == b"[DONE]":
            self.done = True
            return []
        if not data:
            return []
        # A service may leave out the blank line between events, or break one event into several lines of data.
        if not self._event:
            try:
                chunk = self._parsed(data)
            except ValueError:
                pass
            else:
                return self._taken(chunk)
        self._event += data if not self._event else b"\n" + data
        self._bounded(len(self._event))
        self._tries += 1
        if self._tries == 1 or self._tries > TRIES:
            return []
        try:
            chunk = self._parsed(bytes(self._event))
        except ValueError:
            return []
        self._event, self._tries = bytearray(), 0
        return self._taken(chunk)

    def _taken(self, chunk: Any) -> list[str]:
        try:
            return self._take(chunk)
        except (Malformed, ErrorInside):
            self.done = self.ended  # the reply was complete before it
            if not self.done:
                raise
            return []

    def _take(self, chunk: Any) -> list[str]:
        self.events += 1
        if self.events > EVENTS:
            raise TooMuch(f"it has more than {EVENTS} events")
        if not isinstance(chunk, dict):
            raise Malformed(f"a chunk is {type(chunk).__name__}, not an object")
        if chunk.get("error") or ("choices" not in chunk and reports_error(chunk)):
            raise ErrorInside(chunk)
        if not self.model:
            self.model = self._mask.whole(word(chunk.get("model")))
            self._identify(chunk)
        choices = chunk.get("choices")
        choice = choices[0] if isinstance(choices, list) and choices else None
        if not isinstance(choice, dict):
            choice = None
        if chunk.get("usage") or "x_groq" in chunk or (choice is not None and "usage" in choice):
            found = usage_of(chunk)
            if found is not None:
                self.usage, self.cached, self.reported_cost = usage(found)
                self._identify(chunk)
        if choice is None:
            return []
        if choice.get("index") not in (0, None, "0"):
            return []
        if choice.get("error"):
            raise ErrorInside(choice)
        reason = choice.get("finish_reason")
        if reason and (reason := self._mask.whole(word(reason, REASON))):
            lower = reason.lower()
            self.finish_reason = "length" if lower in CUT else "content_filter" if lower in FILTERED else reason
        delta = choice.get("delta") or choice.get("message")
        if not isinstance(delta, dict):
            return []
        if (refused := delta.get("refusal")) and (refusal := words(refused)):
            self._refusal.append(clean(refusal))
        content = delta.get("content")
        if (len(delta) > 1 or content.__class__ is not str) and (thought := thoughts(delta)):
            self._count(thought)
            self._thoughts += map(self._half_thought.feed, self._in_steps(thought))
            if self.splitter is not None:
                self.splitter.told_apart()
        piece = content if content.__class__ is str else words(content)
        return self._text(piece) if piece else []

    def _identify(self, chunk: dict[str, Any]) -> None:
        self.response_id = self.response_id or self._mask.whole(word(chunk.get("id")))
        self.fingerprint = self.fingerprint or self._mask.whole(word(chunk.get("system_fingerprint")))

    def _text(self, piece: str) -> list[str]:
        self.begun = True
        self._count(piece)
        if len(piece) > PART:
            return [found for part in self._in_steps(piece) for found in self._piece(part)]
        return self._piece(piece)

    def _in_steps(self, text: str) -> Iterator[str]:
        if len(text) <= PART:
            yield text
            return
        for at in range(0, len(text), PART):
            yield text[at : at + PART]
            self.pause()

    def _piece(self, piece: str) -> list[str]:
        if not piece.isascii() or self._half.kept or "\x00" in piece:
            piece = self._half.feed(piece)
        if self.splitter is not None:
            piece = self._split(piece)
        return self._out(self._mask.feed(piece) if self._masks else piece)  # last: marks may have stood within the key

    def _split(self, piece: str, last: bool = False) -> str:
        assert self.splitter is not None
        found = self.splitter.feed(piece) if piece else ""
        if last:
            end = self.splitter.end(self.finish_reason == "length")
            found = end if self.splitter.withdrawn else found + end
        if self.splitter.withdrawn:
            self.splitter.withdrawn, self.withdrawn = False, True
            self._pieces.clear()
            self._mask.end()
        return found

    def _out(self, piece: str) -> list[str]:
        if not piece:
            return []
        self._pieces.append(piece)
        return [piece]

    def _count(self, text: str) -> None:
        self._length += len(text)
        if self._length > TEXT:
            raise TooMuch(f"its text and thoughts have more than {TEXT} characters")

    def _parsed(self, data: bytes) -> Any:
        try:
            text = data.decode()
            return _decode(text) if len(text) <= WINDOW else loads(text, self.pause)
        except RecursionError:
            raise Malformed("its JSON is nested too deeply") from None
        except TooManyItems as many:
            raise TooMuch(str(many)) from None

    def _loads(self, data: bytes) -> Any:
        try:
            return self._parsed(data.strip())
        except ValueError:
            shown = data[:80].decode("utf-8", "replace")
            raise Malformed(f"it is not JSON: {shown!r}") from None
