"""A model's thoughts, told apart from its answer, piece by piece.

Some services send thoughts in fields of their own. Others leave them in the text, between marks that depend on the
model. Marks count only where a model puts them: an answer that talks about `<think>` in a sentence or in code stays as
it is.
"""

from __future__ import annotations

import re

from .thought_marks import (
    ALONE,
    BARE,
    BEGINNINGS,
    BLOCKS,
    CHANNEL,
    CLOSING,
    FINAL,
    FIRSTS,
    FORMAT,
    INSIDE,
    LONGEST,
    LOOSE,
    MARK,
    PAIRS,
    ROLE,
    SPACE,
    START,
    STARTS,
    TOKEN,
    TOKENS,
    WITH_MORE,
    WITHIN,
    Habits,
    Lines,
    sends_apart,
)

__all__ = ["PAIRS", "Habits", "Splitter", "sends_apart"]


INVISIBLE = (
    "\ufeff\u200b\u200c\u200d\u200e\u200f\u2060\u2066\u2067\u2068\u2069\u202a\u202b\u202c\u202d\u202e\u2028\u2029"
    "\xad\xa0\u3000 \t\r\n\f\v"
)
"""What may stand before the first mark."""


class Splitter:
    """Tells thoughts from text.

    Arguments:
        waits: keep the text back until the end, or until a closing mark shows that it was a thought.
        surely: with `waits`, what is cut before any mark came was a thought.

    Fields:
        unopened: whether a closing mark came without an opening one. withdrawn: whether text that turned out to be a
            thought had been given before. unfinished: after `end`, whether the reply was cut within a thought.

    >>> splitter = Splitter()
    >>> [splitter.feed(piece) for piece in ("<th", "ink>\\nYes would give", " 10.</thi", "nk>\\n\\nI re", "ject it.")]
    ['', '', '', 'I re', 'ject it.']
    >>> splitter.thoughts
    'Yes would give 10.'
    """

    def __init__(self, waits: bool = False, surely: bool = False) -> None:
        self._waits, self._surely = waits, surely
        self.unopened = self.withdrawn = self.unfinished = False
        self._thoughts: list[str] = []
        self._text: list[str] = []  # given already
        self._kept: list[str] = []  # read, and kept back
        self._rest = ""  # not read yet: it may be the beginning of a mark
        # A function, not a method: with that it would hold itself, and stay until Python looks for such circles.
        self._state = Splitter._at_start
        self._free = False  # text goes out as it comes
        self._opening = self._closing = self._space = ""
        self._thought: list[str] = []
        self._before = ""
        self._lines = Lines()
        self._read = True
        self._seen = 0  # how much of the text its lines are known of
        self._mentioned = False
        self._final = False

    @property
    def thoughts(self) -> str:
        """The thoughts so far, without their marks."""
        return "\n\n".join(text for text in (part.strip() for part in self._thoughts) if text)

    @property
    def text(self) -> str:
        """The text that was given."""
        return "".join(self._text)

    @property
    def kept(self) -> str:
        """Text that is kept back, and may turn out to be a thought."""
        return "" if self._surely else "".join(self._kept)

    def told_apart(self) -> None:
        """The service sends thoughts in fields of their own: the text need not be kept back."""
        if self._waits and not self._kept:
            self._waits = self._surely = False

    def feed(self, piece: str) -> str:
        """The text that a piece lets out."""
        if self._free and not self._rest and "<" not in piece and "[" not in piece and "◁" not in piece:
            self._text.append(piece)
            return piece
        self._rest += piece
        return self._given(self._run(False))

    def end(self, cut: bool = False) -> str:
        """The rest of the text.

        Arguments:
            cut: whether the reply ended at its limit of tokens.
        """
        if self._free and not self._rest and self._state is Splitter._in_text:
            return ""
        out = self._run(True)
        if self._state is Splitter._in_thought:
            out += self._unclosed(cut)
        elif self._state is Splitter._in_channel:
            self._close_thought()
            self.unfinished = cut and not self._final
        if self._waits and self._kept:
            kept, self._kept = "".join(self._kept), []
            if cut and self._surely and self._state is Splitter._in_text:
                self._thoughts.append(kept)
                self.unfinished = True
            else:
                out = kept + out
        return self._given(out)

    def _given(self, out: str) -> str:
        if out:
            self._text.append(out)
            if self._read:
                self._seen = len(self._text)
        return out

    def _run(self, last: bool) -> str:
        out: list[str] = []
        while True:
            state = self._state
            out.append(state(self, last))
            if self._state is state:
                return "".join(out)

    # --- before anything: is it a thought? ------------------------------------------------------------------------

    def _at_start(self, last: bool) -> str:
        bare = self._rest.lstrip(INVISIBLE)
        if self._thoughts:
            self._rest = bare  # the space between a thought and the answer is neither's
        if bare and bare[0] not in BEGINNINGS:
            self._state, self._free = Splitter._in_text, not self._waits
            return ""
        low = bare[:LONGEST].lower()
        opening = next((mark for mark in PAIRS if low.startswith(mark)), "") if len(self._thoughts) < BLOCKS else ""
        if opening:
            self._space = self._rest[: len(self._rest) - len(bare)]
            self._open(opening, bare)
        elif (more := WITH_MORE.match(bare)) is not None and len(self._thoughts) < BLOCKS:
            self._space = self._rest[: len(self._rest) - len(bare)]
            self._open(f"<{more[1].lower()}>", bare, more.end())
        elif low.startswith((CHANNEL, START + CHANNEL)):
            self._rest, self._state = bare[bare.index(CHANNEL) :], Splitter._in_channel
        elif bare.startswith(BARE) and len(bare) > len(BARE) and not bare.startswith(f"{BARE}<"):
            self._space = self._rest[: len(self._rest) - len(bare)]
            self._opening, self._closing, self._state = BARE, FINAL, Splitter._in_thought
            self._rest, self._thought, self._before = bare[len(BARE) :], [], ""
        elif not last and (
            (not bare and len(self._rest) < SPACE)
            or (bare and low == bare.lower() and any(mark.startswith(low) for mark in STARTS))
            or WITHIN.fullmatch(bare)
        ):
            return ""
        else:
            self._state = Splitter._in_text
            self._free = not self._waits
        return ""

    def _open(self, mark: str, rest: str, size: int = 0) -> None:
        size = size or len(mark)
        self._opening, self._closing = rest[:size], PAIRS[mark]
        self._rest, self._thought, self._before = rest[size:], [], ""
        self._state = Splitter._in_thought

    # --- in a thought ----------------------------------------------------------------------------------------------

    def _in_thought(self, last: bool) -> str:
        low, size = self._rest.lower(), len(self._closing)
        if len(low) != len(self._rest):  # a letter that is longer in lower case: places would not be the same
            low = self._rest
        place = low.find(self._closing)
        while place >= 0:
            after = place + size
            if after == len(low) and not last and self._closing in CLOSING and self._quote(place):
                break  # whether it is quoted is seen from what comes next
            if not (self._quote(place) and low[after : after + 1] == self._quote(place)):
                self._thought.append(self._rest[:place])
                self._rest = self._rest[after:]
                self._close_thought()
                kept, self._kept = "".join(self._kept), []
                # No closing mark will come alone now, unless another opening one stood within.
                self._waits, self._surely = self._opening.lower() in self._thoughts[-1].lower(), False
                self._state, self._free, self._lines = Splitter._at_start, False, Lines()
                return kept
            place = low.find(self._closing, after)
        keep = 0 if last else min(len(self._rest), size + 1)
        self._thought.append(self._rest[: len(self._rest) - keep])
        self._before = self._thought[-1][-1:] or self._before
        self._rest = self._rest[len(self._rest) - keep :]
        return ""

    def _quote(self, place: int) -> str:
        before = self._rest[place - 1] if place else self._before
        return before if before in "`'\"" else ""

    def _close_thought(self) -> None:
        self._thoughts.append("".join(self._thought))
        self._thought = []

    def _unclosed(self, cut: bool) -> str:
        """The reply ended within a thought, or in talk that begins like one."""
        body = "".join(self._thought) + self._rest
        if self._opening != BARE and (other := LOOSE.search(body)):
            self._thoughts.append(body[: other.start()])  # it was closed by another mark than its own
            self._thought, self._rest = [], ""
            kept, self._kept = "".join(self._kept), []
            return kept + body[other.end() :].lstrip()
        talk = self._opening == BARE or re.match(r" [a-z,.]", body) or self._text or self._kept
        if talk and not (cut and not (self._opening == BARE and body[:1].isspace())):
            self._thought, self._rest = [], ""
            kept, self._kept = "".join(self._kept), []
            return kept + self._space + self._opening + body
        self._thought.append(self._rest)
        self._rest = ""
        self._close_thought()
        self.unfinished = cut and not (self._text or self._kept)
        return ""

    # --- in the text -----------------------------------------------------------------------------------------------

    def _in_text(self, last: bool) -> str:
        self._read = self._waits or any(letter in self._rest for letter in FIRSTS)
        if not self._read:  # its lines are read when a mark makes it matter
            rest, self._rest = self._rest, ""
            return rest
        for piece in self._text[self._seen :]:
            self._lines.read(piece)
        self._seen = len(self._text)
        rest, at = self._rest, 0
        while (found := MARK.search(rest, at)) is not None:
            start, end = found.span()
            if end == len(rest) and not last:
                break
            self._lines.read(rest[at:start])
            if found[0].lower() in INSIDE:
                own = self._own_line(rest, end, last) if len(self._thoughts) < BLOCKS else False
                if own is None:
                    self._rest = rest[start:]
                    return self._pass(rest[:start])
                if own:
                    self._space = ""
                    self._open(found[0].lower(), rest[start:])
                    return self._pass(rest[:start])
                self._mentioned = True
            elif not self._mentioned and len(self._thoughts) < ALONE and self._lines.closes(rest[end : end + 1]):
                return self._turned_out(rest[:start], rest[start if found[0].lower().startswith(CHANNEL) else end :])
            self._lines.read(found[0])
            at = end
        keep = 0 if last else len(rest) - found.start() if found else self._open_end()
        taken = rest[: len(rest) - keep]
        self._lines.read(taken[at:])
        self._rest = rest[len(taken) :]
        return self._pass(taken)

    def _pass(self, text: str) -> str:
        if not self._waits:
            return text
        if text:
            self._kept.append(text)
        return ""

    def _turned_out(self, before: str, after: str) -> str:
        """A closing mark came alone: all that came so far was a thought."""
        thought = TOKEN.sub("", "".join((*self._text, *self._kept, before)).replace(START, ""))
        self.unopened = bool(thought.strip())
        self.withdrawn = bool(self._text) or self.withdrawn
        self._thoughts.append(thought)
        self._text, self._kept, self._waits, self._seen = [], [], False, 0
        self._rest, self._state, self._free = after, Splitter._at_start, False
        self._lines = Lines()
        return ""

    def _own_line(self, rest: str, end: int, last: bool) -> bool | None:
        """Whether an opening mark stands on a line of its own, or after a sentence at the end of its line, outside of
        code; None if that is not known yet."""
        if self._lines.fenced or not (self._lines.blank or self._lines.said):
            return False
        if self._lines.blank and rest[end : end + 1].isalnum():
            return True
        line = rest.find("\n", end, end + SPACE)
        if line < 0:
            return None if len(rest) - end < SPACE and not rest[end:].strip() and not last else False
        return not rest[end:line].strip()

    def _open_end(self) -> int:
        """How many letters at the end may be the beginning of a mark."""
        near = max(0, len(self._rest) - LONGEST)
        at = max(self._rest.rfind(letter, near) for letter in FIRSTS)
        tail = self._rest[at:].lower() if at >= 0 else ""
        return len(tail) if tail and any(mark.startswith(tail) for mark in (*INSIDE, *CLOSING)) else 0

    # --- channels --------------------------------------------------------------------------------------------------

    def _in_channel(self, last: bool) -> str:
        out: list[str] = []
        rest, at = self._rest, 0
        while (found := TOKEN.search(rest, at)) is not None:
            start, end = found.span()
            if found[0] in ("<|channel|>", "<|start|>"):
                word = ROLE.match(rest, end)
                if word is None and not last and len(rest) - end < LONGEST:
                    break  # the word after it has not come yet
                self._said(rest[at:start], out)
                self._final = self._final if found[0] == "<|start|>" else word is not None and word[1] == "final"
                at = word.end() if word is not None else end
            elif found[0] == "<|constrain|>":
                word = FORMAT.match(rest, end)
                if (word is None or word.end() == len(rest)) and not last:
                    break  # the name of the form has not come yet
                self._said(rest[at:start], out)
                at = word.end() if word is not None else end
            else:
                self._said(rest[at:start], out)
                at = end
        start = found.start() if found is not None else len(rest) - (0 if last else self._open_token(rest[at:]))
        self._said(rest[at:start], out)
        self._rest = rest[start:]
        return "".join(out)

    def _open_token(self, rest: str) -> int:
        at = rest.rfind("<", max(0, len(rest) - LONGEST))
        tail = rest[at:] if at >= 0 else ""
        return len(tail) if tail and any(mark.startswith(tail) for mark in TOKENS) else 0

    def _said(self, text: str, out: list[str]) -> None:
        if not self._final:
            self._thought.append(text)
        elif text := (text if self._before else text.lstrip()):
            self._before = "text"
            out.append(text)
