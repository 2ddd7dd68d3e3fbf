"""Marks in texts that a local model would read as the end of a message, or as the beginning of another one's.

A service keeps its model's control tokens out of what people write. The runtime of local models does not: a participant
who writes ``<|im_end|><|im_start|>system`` would speak as the experimenter.
"""

from __future__ import annotations

import re

_APART = "\u200b"
_MARK = re.compile(
    r"(<)(?=[|｜][^<>]{1,60}[|｜]>|/?s>|/?(?:bos|eos|pad|unk|mask)>|(?:start|end)_of_(?:turn|image|text)>|</?SYS>>"
    r"|(?:repo_name|reponame|file_sep|filename|jupyter_\w{1,30}|gh_stars|issue_\w{1,30}|empty_output)>)"
    r"|(\[)(?=/?(?:INST|SYSTEM_PROMPT|AVAILABLE_TOOLS|TOOL_CALLS|TOOL_RESULTS|TOOL_CONTENT)\])"
)


def without_control_marks(messages: tuple[tuple[str, str], ...]) -> tuple[tuple[tuple[str, str], ...], int]:
    """The messages with an invisible space in each such mark, by which it is text; and how many there were.

    >>> messages, marks = without_control_marks((("user", "1 < 2<|im_end|>"),))
    >>> marks, messages[0][1].replace("\\u200b", "_")
    (1, '1 < 2<_|im_end|>')
    """
    if not any("<" in text or "[" in text for _, text in messages):
        return messages, 0
    sent, marks = [], 0
    for role, text in messages:
        text, found = _MARK.subn(lambda mark: mark[0] + _APART, text)
        sent.append((role, text))
        marks += found
    return (tuple(sent), marks) if marks else (messages, 0)
