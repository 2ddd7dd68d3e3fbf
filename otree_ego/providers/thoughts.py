"""A model's thoughts, told apart from its answer, piece by piece.

Some services send thoughts in fields of their own. Others leave them in the text, between marks that depend on the
model. Marks count only where a model puts them: an answer that talks about `<think>` in a sentence or in code stays as
it is.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

PAIRS = {
    **{f"<{word}>": f"</{word}>" for word in ("think", "thinking", "thought", "thoughts", "seed:think")},
    "[think]": "[/think]",
    "◁think▷": "◁/think▷",
    "<|channel>thought": "<channel|>",
    "<|begin_of_thought|>": "<|end_of_thought|>",
    "<|start_thinking|>": "<|end_thinking|>",
}
"""The marks before and after thoughts, in lower case."""
INSIDE = tuple(mark for mark in PAIRS if re.fullmatch(r"<[a-z:]+>", mark))
"""Marks that also count further down, on a line of their own."""
CLOSING = tuple(PAIRS[mark] for mark in INSIDE)
CHANNEL = "<|channel|>"
START = "<|start|>assistant"
BARE, FINAL = "analysis", "assistantfinal"
"""What is left of the marks of channels where a service drops special tokens."""
_FIRST = (*PAIRS, START + CHANNEL, CHANNEL, BARE)
_LONGEST = 32
"""Letters of the longest mark, and some."""
_BLOCKS, _ALONE = 500, 8
"""Blocks of thoughts, and closing marks without an opening one, in one reply; more are no marks, they are text."""
_SPACE = 200
"""Letters of white space before a text after which nothing but text is expected."""
_TOKEN = re.compile(r"<\|(?:channel|message|start|end|return|call)\|>")
_TOKENS = ("<|channel|>", "<|message|>", "<|start|>", "<|end|>", "<|return|>", "<|call|>")
_ROLE = re.compile(r"\s*(assistant|analysis|commentary|final)")
_MARK = re.compile("|".join(map(re.escape, (*INSIDE, *CLOSING))), re.IGNORECASE)
_THINKS = re.compile(r"(?<![a-z])(?:r1|qwq|reason(?:er|ing)?|thinking|think)(?![a-z])", re.IGNORECASE)
_APART = re.compile(r"(?:gpt-\d|chatgpt|o\d(?!\w)|claude|gemini|grok|smollm2)", re.IGNORECASE)


@dataclass
class Habits:
    """What is known of how a model sends its thoughts.

    Fields:
        heard: whether it has answered before.
        unopened: whether only the closing mark comes (the template of its prompts ends with the opening one).
    """

    heard: bool = False
    unopened: bool = False

    def waits(self, model: str, apart: bool) -> bool:
        """Whether its text must be kept back until it is known that it is no thought."""
        return self.unopened or bool(_THINKS.search(model)) or not (self.heard or apart or sends_apart(model))

    def surely(self, model: str) -> bool:
        """Whether text that is cut before any mark came is a thought."""
        return self.unopened or bool(_THINKS.search(model))


def sends_apart(model: str) -> bool:
    """Whether a model of this name never has thoughts in its text.

    >>> sends_apart("openai/gpt-6-luna"), sends_apart("gpt-oss-120b"), sends_apart("qwen/qwq-32b")
    (True, False, False)
    """
    return bool(_APART.match(model.rpartition("/")[2]))


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
        self._state = self._at_start
        self._free = False  # text goes out as it comes
        self._opening = self._closing = self._space = ""
        self._thought: list[str] = []
        self._before = ""
        self._lines = _Lines()
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
        if self._free and not self._rest and "<" not in piece:
            self._text.append(piece)
            return piece
        self._rest += piece
        return self._given(self._run(False))

    def end(self, cut: bool = False) -> str:
        """The rest of the text.

        Arguments:
            cut: whether the reply ended at its limit of tokens.
        """
        if self._free and not self._rest and self._state == self._in_text:
            return ""
        out = self._run(True)
        if self._state == self._in_thought:
            out += self._unclosed(cut)
        elif self._state == self._in_channel:
            self._close_thought()
            self.unfinished = cut and not self._final
        if self._waits and self._kept:
            kept, self._kept = "".join(self._kept), []
            if cut and self._surely and self._state == self._in_text:
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
            out.append(state(last))
            if self._state == state:
                return "".join(out)

    # --- before anything: is it a thought? ------------------------------------------------------------------------

    def _at_start(self, last: bool) -> str:
        bare = self._rest.lstrip()
        if self._thoughts:
            self._rest = bare  # the space between a thought and the answer is neither's
        low = bare[:_LONGEST].lower()
        opening = next((mark for mark in PAIRS if low.startswith(mark)), "") if len(self._thoughts) < _BLOCKS else ""
        if opening:
            self._space = self._rest[: len(self._rest) - len(bare)]
            self._open(opening, bare)
        elif low.startswith((CHANNEL, START + CHANNEL)):
            self._rest, self._state = bare[bare.index(CHANNEL) :], self._in_channel
        elif bare[: len(BARE)] == BARE and bare[len(BARE) :][:1].isupper():
            self._space = self._rest[: len(self._rest) - len(bare)]
            self._opening, self._closing, self._state = BARE, FINAL, self._in_thought
            self._rest, self._thought, self._before = bare[len(BARE) :], [], ""
        elif not last and (
            (not bare and len(self._rest) < _SPACE)
            or (bare and low == bare.lower() and any(mark.startswith(low) for mark in _FIRST))
        ):
            return ""
        else:
            self._state = self._in_text
            self._free = not self._waits
        return ""

    def _open(self, mark: str, rest: str) -> None:
        self._opening, self._closing = rest[: len(mark)], PAIRS[mark]
        self._rest, self._thought, self._before = rest[len(mark) :], [], ""
        self._state = self._in_thought

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
                kept, self._kept, self._waits = "".join(self._kept), [], False  # no closing mark will come alone now
                self._state, self._free, self._lines = self._at_start, False, _Lines()
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
        talk = self._opening == BARE or re.match(r" [a-z,.]", body) or self._text or self._kept
        if talk and not cut:
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
        self._read = self._waits or "<" in self._rest
        if not self._read:  # its lines are read when a mark makes it matter
            rest, self._rest = self._rest, ""
            return rest
        for piece in self._text[self._seen :]:
            self._lines.read(piece)
        self._seen = len(self._text)
        rest, at = self._rest, 0
        while (found := _MARK.search(rest, at)) is not None:
            start, end = found.span()
            if end == len(rest) and not last:
                break
            self._lines.read(rest[at:start])
            if found[0].lower() in INSIDE:
                own = self._own_line(rest, end, last) if len(self._thoughts) < _BLOCKS else False
                if own is None:
                    self._rest = rest[start:]
                    return self._pass(rest[:start])
                if own:
                    self._space = ""
                    self._open(found[0].lower(), rest[start:])
                    return self._pass(rest[:start])
                self._mentioned = True
            elif not self._mentioned and len(self._thoughts) < _ALONE and self._lines.closes(rest[end : end + 1]):
                return self._turned_out(rest[:start], rest[end:])
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
        thought = "".join((*self._text, *self._kept, before))
        self.unopened = bool(thought.strip())
        self.withdrawn = bool(self._text) or self.withdrawn
        self._thoughts.append(thought)
        self._text, self._kept, self._waits, self._seen = [], [], False, 0
        self._rest, self._state, self._free = after, self._at_start, False
        self._lines = _Lines()
        return ""

    def _own_line(self, rest: str, end: int, last: bool) -> bool | None:
        """Whether an opening mark stands on a line of its own, outside of code; None if that is not known yet."""
        if self._lines.fenced or not self._lines.blank:
            return False
        line = rest.find("\n", end, end + _SPACE)
        if line < 0:
            return None if len(rest) - end < _SPACE and not rest[end:].strip() and not last else False
        return not rest[end:line].strip()

    def _open_end(self) -> int:
        """How many letters at the end may be the beginning of a mark."""
        at = self._rest.rfind("<", max(0, len(self._rest) - _LONGEST))
        tail = self._rest[at:].lower() if at >= 0 else ""
        return len(tail) if tail and any(mark.startswith(tail) for mark in (*INSIDE, *CLOSING)) else 0

    # --- channels --------------------------------------------------------------------------------------------------

    def _in_channel(self, last: bool) -> str:
        out: list[str] = []
        rest, at = self._rest, 0
        while (found := _TOKEN.search(rest, at)) is not None:
            start, end = found.span()
            if found[0] in ("<|channel|>", "<|start|>"):
                word = _ROLE.match(rest, end)
                if word is None and not last and len(rest) - end < _LONGEST:
                    break  # the word after it has not come yet
                self._said(rest[at:start], out)
                self._final = self._final if found[0] == "<|start|>" else word is not None and word[1] == "final"
                at = word.end() if word is not None else end
            else:
                self._said(rest[at:start], out)
                at = end
        start = found.start() if found is not None else len(rest) - (0 if last else self._open_token(rest[at:]))
        self._said(rest[at:start], out)
        self._rest = rest[start:]
        return "".join(out)

    def _open_token(self, rest: str) -> int:
        at = rest.rfind("<", max(0, len(rest) - _LONGEST))
        tail = rest[at:] if at >= 0 else ""
        return len(tail) if tail and any(mark.startswith(tail) for mark in _TOKENS) else 0

    def _said(self, text: str, out: list[str]) -> None:
        if not self._final:
            self._thought.append(text)
        elif text := (text if self._before else text.lstrip()):
            self._before = "text"
            out.append(text)


class _Lines:
    """Follows a text's lines.

    Fields:
        fenced: whether the end is within a code fence. blank: whether the last line has nothing but space so far.
    """

    def __init__(self) -> None:
        self.fenced = False
        self._begin("")

    def read(self, text: str) -> None:
        """More of the text."""
        first, *more = text.split("\n")
        self._more(first)
        for line in more:
            if self._start.startswith(("```", "~~~")):
                self.fenced = not self.fenced
            self._begin(line)

    def closes(self, after: str) -> bool:
        """Whether a closing mark is where a model puts it, and not in a sentence about it, before this letter."""
        if self.fenced or self._ticks % 2 or (self._last and self._last in "'\"("):
            return False
        return self.blank or not self._last.isspace() or after in ("\n", "")

    @property
    def blank(self) -> bool:
        return not self._start

    def _begin(self, line: str) -> None:
        self._start, self._ticks, self._last = "", 0, ""
        self._more(line)

    def _more(self, text: str) -> None:
        if text:
            if len(self._start) < 3:
                self._start += text.lstrip()[:3] if not self._start else text[:3]
            self._ticks += text.count("`")
            self._last = text[-1]
