"""Words that turn what stands beside them into its opposite."""

from __future__ import annotations

import re
from collections.abc import Sequence

NEGATION = (
    r"(?<!\w)(?:not|never|neither|nor|cannot|\w+n['\u2019]t"
    r"|(?:do|does|did|wo|ca|would|could|should|is|are|was|were|has|have|had|must)nt"
    r"|nicht|nie|niemals|kein\w*)(?!\w)"
)
"""A pattern of the words that deny a verb or a number."""
DENIAL = re.compile(NEGATION, re.IGNORECASE)
_NEAR = re.compile(
    rf"{NEGATION}|(?<!\w)(?:no(?!\.? ?\d)|non|none|nothing|nobody|hardly|scarcely|barely|rarely|seldom|unwilling|unable"
    r"|refus(?:e|es|ed|ing)|declin(?:e|es|ed|ing)|anything but|far from|nein"
    r"|nichts|niemand|jamais|nunca|weder|kaum|weiger\w*|keinesfalls|keineswegs)(?!\w)",
    re.IGNORECASE,
)
_SENTENCE = re.compile(r"[.!?;]+[\"'\u201d\u2019)*_]*(?=\s+[^\Wa-z]|\s*\Z)|\n")


def negation_near(text: str, spans: Sequence[tuple[int, int]]) -> str:
    """The first word that denies what stands at some places of a text; empty if there is none.

    It is looked for in the sentence of each place, and where that is a question, in the next one. What stands at the
    places themselves denies nothing: an option may be called "Do not give".

    Arguments:
        spans: from where to where the places go, in order.

    >>> negation_near("I would never accept this.", [(14, 20)])
    'never'
    >>> negation_near("I do not care. Accept.", [(15, 21)])
    ''
    """
    ends = list(_SENTENCE.finditer(text))
    bounds = [0, *(end.end() for end in ends), len(text)]
    asked = {number for number, end in enumerate(ends) if "?" in end[0]}
    looked_at = set()
    sentence = 0
    for start, _ in spans:
        while sentence < len(bounds) - 2 and bounds[sentence + 1] <= start:
            sentence += 1
        looked_at |= {sentence, sentence + 1} if sentence in asked else {sentence}
    blanked, place = [], 0
    for start, end in spans:
        blanked += [text[place:start], "\x00" * (end - start)]
        place = end
    rest = "".join([*blanked, text[place:]])
    for number in sorted(looked_at):
        if number + 1 < len(bounds) and (found := _NEAR.search(rest, bounds[number], bounds[number + 1])):
            return found[0]
    return ""
