"""Bytes of a reply, as they come, to pieces of text: server-sent events, or one JSON object."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from ...messages import Usage, clean

CUT = frozenset({"length", "max_tokens", "model_length"})
FILTERED = frozenset({"content_filter", "content-filter", "safety", "prohibited_content", "blocklist"})


class Malformed(Exception):
    """What came is not the protocol; the message says what it was."""


class ErrorInside(Exception):
    """The service reported an error inside of a stream that began well; `body` is what it said."""

    def __init__(self, body: Any) -> None:
        super().__init__("an error inside of the stream")
        self.body = body


class Reader:
    """Takes the bytes of one reply and keeps what they said.

    Fields:
        text: all text so far. refusal: the model's words of refusal. finish_reason: empty until the service gives one.
        model: who answered. usage: tokens. cached: tokens in that came from a cache.
        reported_cost: what the service says it cost.
        done: the stream said that it is over. whole: the reply is one JSON object, not a stream.

    >>> reader = Reader()
    >>> reader.feed(b': waiting\\n\\ndata: {"choices": [{"delta": {"content": "Hi"}}]}\\r\\n\\r\\ndata: [DONE]\\n\\n')
    ['Hi']
    >>> reader.text, reader.done
    ('Hi', True)
    """

    def __init__(self) -> None:
        self.finish_reason = ""
        self.model = ""
        self.usage = Usage()
        self.cached = 0
        self.reported_cost: float | None = None
        self.done = False
        self.whole: bool | None = None
        self._pieces: list[str] = []
        self._refusal: list[str] = []
        self._rest = b""
        self._event: list[bytes] = []

    @property
    def text(self) -> str:
        return "".join(self._pieces)

    @property
    def refusal(self) -> str:
        return "".join(self._refusal)

    @property
    def ended(self) -> bool:
        """Whether the service said that the reply is over (a broken connection does not)."""
        return self.done or bool(self.finish_reason)

    def feed(self, data: bytes) -> list[str]:
        """More bytes in, the pieces of text they held out.

        Raises:
            Malformed: not the protocol.
            ErrorInside: the service reports an error.
        """
        self._rest += data
        if self.whole is None:
            self._rest = self._rest.lstrip(b"\xef\xbb\xbf \t\r\n")
            start = self._rest[:1]
            if not start:
                return []
            if start in b"<":
                raise Malformed("it is a web page; perhaps the address (base_url) is not that of the service's API")
            self.whole = start in b"{["
        if self.whole:
            return []
        *lines, self._rest = self._rest.split(b"\n")
        return [piece for line in lines for piece in self._line(line.rstrip(b"\r"))]

    def end(self) -> list[str]:
        """No more bytes come: what was left in hand."""
        if self.whole:
            body = _loads(self._rest)
            if isinstance(body, list) and body:
                body = body[0]
            if not isinstance(body, dict) or not (body.get("error") or isinstance(body.get("choices"), list)):
                raise Malformed("it is JSON, but has no choices")
            self.done = True
            return self._take(body)
        rest, self._rest = self._rest.rstrip(b"\r"), b""
        pieces = self._line(rest)
        # What is left over now is the torn last line of a broken connection, which `ended` tells.
        self._event = []
        return pieces

    def _line(self, line: bytes) -> list[str]:
        if not line:
            event, self._event = self._event, []
            return self._take(_loads(b"\n".join(event))) if event else []
        if not line.startswith(b"data:"):
            return []
        data = line[5:].strip()
        if data == b"[DONE]":
            self.done = True
            return []
        if not data:
            return []
        # A service may leave out the blank line between events, or break one event into several lines of data.
        self._event.append(data)
        try:
            chunk = json.loads(b"\n".join(self._event))
        except ValueError:
            return []
        self._event = []
        return self._take(chunk)

    def _take(self, chunk: Any) -> list[str]:
        if not isinstance(chunk, dict):
            raise Malformed(f"a chunk is {type(chunk).__name__}, not an object")
        if chunk.get("error"):
            raise ErrorInside(chunk)
        if isinstance(chunk.get("model"), str):
            self.model = chunk["model"]
        if isinstance(chunk.get("usage"), dict):
            self._count(chunk["usage"])
        choices = chunk.get("choices")
        if not isinstance(choices, list) or not choices or not isinstance(choices[0], dict):
            return []
        choice = choices[0]
        if choice.get("index") not in (0, None):
            return []
        if choice.get("error"):
            raise ErrorInside(choice)
        reason = choice.get("finish_reason")
        if isinstance(reason, str) and reason:
            lower = reason.lower()
            self.finish_reason = "length" if lower in CUT else "content_filter" if lower in FILTERED else reason
        delta = choice.get("delta") or choice.get("message")
        if not isinstance(delta, dict):
            return []
        if refusal := _text(delta.get("refusal")):
            self._refusal.append(clean(refusal))
        piece = clean(_text(delta.get("content")))
        if not piece:
            return []
        self._pieces.append(piece)
        return [piece]

    def _count(self, usage: Mapping[str, Any]) -> None:
        details = usage.get("completion_tokens_details")
        inputs = usage.get("prompt_tokens_details")
        self.usage = Usage(
            _number(usage.get("prompt_tokens")),
            _number(usage.get("completion_tokens")),
            _number(details.get("reasoning_tokens")) if isinstance(details, dict) else None,
        )
        self.cached = (_number(inputs.get("cached_tokens")) or 0) if isinstance(inputs, dict) else 0
        reported = usage.get("cost")
        self.reported_cost = (
            float(reported)
            if isinstance(reported, (int, float)) and not isinstance(reported, bool) and reported >= 0
            else None
        )


def _loads(data: bytes) -> Any:
    try:
        return json.loads(data.strip())
    except ValueError:
        shown = data[:80].decode("utf-8", "replace")
        raise Malformed(f"it is not JSON: {shown!r}") from None


def _text(content: Any) -> str:
    """Text may come as a string, as nothing, or as a list of parts."""
    if isinstance(content, str):
        return content
    if isinstance(content, list):
        parts = [
            part for part in content if isinstance(part, dict) and part.get("type", "text") in ("text", "output_text")
        ]
        return "".join(part["text"] for part in parts if isinstance(part.get("text"), str))
    return ""


def _number(value: Any) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) and value >= 0 else None
