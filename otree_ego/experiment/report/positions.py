"""Whether models choose an option for its position, where options were shown in an order drawn at random."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping

from ...messages import Message
from ...threads.question_turns import QUESTION
from ..typed_answers import position_of
from .intervals import SHARE_INTERVAL, wilson
from .parts import Table

Positions = dict[tuple[str, int], Counter[int]]
"""By model and number of options, how often each position was chosen."""
MOST_OPTIONS = 26
"""Of a choice whose positions are shown."""


def add_position(found: Positions, model: str, message: Message) -> None:
    """Count at which position an answer's option stood.

    Arguments:
        found: is added to. model: that answered. message: a reply.
    """
    data = message.params.get(QUESTION)
    options = data.get("options") if isinstance(data, Mapping) and data.get("order") else None
    if not isinstance(options, list) or not 2 <= len(options) <= MOST_OPTIONS:
        return
    if not all(isinstance(each, str) for each in options):
        return
    if (position := position_of(message)) is not None:
        found.setdefault((model, len(options)), Counter())[position] += 1


def position_table(found: Positions) -> Table | None:
    """What each model chose by position; None where nothing was shown in an order drawn at random.

    >>> table = position_table({("gpt-6-luna", 2): Counter({1: 30, 2: 10})})
    >>> [row[:6] for row in table.rows]
    [['gpt-6-luna', 1, 30, 40, 0.75, 0.5], ['gpt-6-luna', 2, 10, 40, 0.25, 0.5]]
    """
    rows = []
    for (model, options), counts in found.items():
        n = sum(counts.values())
        for position in range(1, options + 1):
            interval = wilson(counts[position], n)
            rows.append([model, position, counts[position], n, counts[position] / n, 1 / options, *interval])
    if not rows:
        return None
    return Table(
        "Position bias",
        ["model that answered", "position", "chosen", "n", "share", "share without a bias", "95 % from", "95 % to"],
        rows,
        "Options were shown in an order drawn at random: a model without a bias chooses each position equally often. "
        f"Answers that were not valid are left out. 95 %: {SHARE_INTERVAL}.",
    )
