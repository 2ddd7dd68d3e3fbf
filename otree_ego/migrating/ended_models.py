"""Models that have ended, or end soon, and are named in files that are moved over."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path

from ..providers.endings import ending_of

_QUOTED = re.compile(r"""(["'])((?:openrouter/openai/|openai/)?(?:gpt-|chatgpt-|o\d)[\w.:-]*)\1""")


def ended_models(file: Path, text: str) -> Iterator[tuple[int, str]]:
    """The lines of a file that name such a model, with a sentence.

    Arguments:
        file: the file; Python and JSON are looked at. text: its content.

    >>> list(ended_models(Path("a.py"), "llm = GPTThread(model='gpt-4')"))
    [(1, 'gpt-4 ended on 2026-10-23: write gpt-6-sol.')]
    """
    from ..experiment.built.notation import OLD  # here, since `ego --version` runs where nothing else is installed

    for number, line in enumerate(text.splitlines(), 1):
        found = [match[2] for match in _QUOTED.finditer(line)]
        found += [model for words, model in OLD.items() if file.suffix == ".json" and json.dumps(words) in line]
        for model in dict.fromkeys(found):
            ending = ending_of(model)
            if ending is not None and ending.near():
                yield number, ending.sentence()
