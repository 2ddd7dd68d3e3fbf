"""The marks that models write before and after thoughts, and how models are known to send them."""

from __future__ import annotations

import re
from dataclasses import dataclass

WORDS = (
    "think", "thinking", "thought", "thoughts", "reasoning", "reflection", "scratchpad", "inner_monologue",
    "antthinking", "seed:think", "mm:think", "longcat_think", "reason", "chain_of_thought", "cot", "inner_thoughts",
    "internal_thoughts", "internal_monologue", "thinking_process", "thought_process",
)  # fmt: skip
PAIRS = {
    **{f"<{word}>": f"</{word}>" for word in WORDS},
    "[think]": "[/think]",
    "◁think▷": "◁/think▷",
    "<|channel>thought": "<channel|>",
    "<|begin_of_thought|>": "<|end_of_thought|>",
    "<|start_of_thought|>": "<|end_of_thought|>",
    "<|start_thinking|>": "<|end_thinking|>",
    "<|thinking|>": "<|/thinking|>",
    "<|think|>": "<|/think|>",
    "<|thought|>": "<|/thought|>",
    "<|think_start|>": "<|think_end|>",
    "<|thinking_start|>": "<|thinking_end|>",
    "<|begin_of_thinking|>": "<|end_of_thinking|>",
    "<unused94>thought": "<unused95>",
}
"""The marks before and after thoughts, in lower case."""
INSIDE = tuple(mark for mark in PAIRS if re.fullmatch(r"<[a-z:_]+>|\[think\]|◁think▷", mark))
"""Marks that also count further down, on a line of their own."""
CHANNEL = "<|channel|>"
CLOSING = (*dict.fromkeys(PAIRS.values()), f"{CHANNEL}final")
"""Marks that may come without an opening one: the template of the model's prompts ends with it."""
FIRSTS = ("<", "[", "◁")
"""Letters with which these begin."""
START = "<|start|>assistant"
BARE, FINAL = "analysis", "assistantfinal"
"""What is left of the marks of channels where a service drops special tokens."""
STARTS = (*PAIRS, START + CHANNEL, CHANNEL, BARE)
BEGINNINGS = {*(mark[0] for mark in STARTS), *(mark[0].upper() for mark in STARTS)}
"""Letters with which a reply that begins with thoughts can begin."""
LONGEST = 32
"""Letters of the longest mark, and some."""
BLOCKS, ALONE = 500, 8
"""Blocks of thoughts, and closing marks without an opening one, in one reply; more are no marks, they are text."""
SPACE = 200
"""Letters of white space before a text after which nothing but text is expected."""
TOKEN = re.compile(r"<\|(?:channel|message|start|end|return|call|constrain)\|>")
TOKENS = ("<|channel|>", "<|message|>", "<|start|>", "<|end|>", "<|return|>", "<|call|>", "<|constrain|>")
FORMAT = re.compile(r"\s*[\w-]*")
LOOSE = re.compile(
    rf"<[/\\|]{{1,2}}\s*(?:{'|'.join(WORDS)})\s*\|?>|<\|(?:end_(?:of_)?(?:think(?:ing)?|thought)|think(?:ing)?_end)\|>",
    re.IGNORECASE,
)
"""A closing mark, perhaps not the opening one's own."""
WITHIN = re.compile(rf"<(?:{'|'.join(WORDS)})\s[^<>]{{0,100}}", re.IGNORECASE)
"""Such a mark that is not whole yet."""
WITH_MORE = re.compile(rf"<({'|'.join(WORDS)})\s[^<>]{{0,100}}(?<!/)>", re.IGNORECASE)
ROLE = re.compile(r"\s*(assistant|analysis|commentary|final)")
MARK = re.compile("|".join(map(re.escape, (*INSIDE, *CLOSING))), re.IGNORECASE)
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


class Lines:
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
        last = self._last
        if (
            self.fenced
            or self._ticks % 2
            or (last == "(" and after == ")")
            or (last and last in "'\"" and after == last)
        ):
            return False
        return self.blank or not self._last.isspace() or after in ("\n", "")

    @property
    def blank(self) -> bool:
        return not self._start

    @property
    def said(self) -> bool:
        """Whether a sentence has just ended, outside of code."""
        return self._solid in (".", "!", "?") and self._ticks % 2 == 0

    def _begin(self, line: str) -> None:
        self._start, self._ticks, self._last, self._solid = "", 0, "", ""
        self._more(line)

    def _more(self, text: str) -> None:
        if text:
            if len(self._start) < 3:
                self._start += text.lstrip()[:3] if not self._start else text[:3]
            self._ticks += text.count("`")
            self._last = text[-1]
            self._solid = text.rstrip()[-1:] or self._solid
