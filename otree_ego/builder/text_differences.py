"""Where a text differs from another one, word by word, in a bounded number of steps."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby
from operator import itemgetter

from ..experiment.built.kept_previews import KeptPreviews

Piece = tuple[bool, str]
"""Part of a text, and whether it stands in the other one as well."""
Span = tuple[int, int, int, int]
"""From and to in the one, from and to in the other."""
MOST_STEPS = 500_000
"""Of one request: about a tenth of a second."""
MOST_CHANGES, MOST_LEVELS = 120, 12
"""Words that may be left out or put in; of more, those that each text has once are found first, then what is left."""
RUNS = (5, 1)
"""Words and blanks in a row of which that is asked."""
MOST_KEPT = 4_000_000
_WORD = re.compile(r"\s+|\w+|[^\w\s]")


def differing(there: str, here: str) -> list[Piece]:
    """The pieces of a text, each with whether it stands in another text as well.

    >>> differing("You own 10 points.", "You own 100 points.")
    [(True, 'You own '), (False, '100'), (True, ' points.')]
    """
    return Differences().pieces(there, here)


class Differences:
    """Compares the texts of one request, with so many steps for all of them; what was compared before takes none.

    Arguments:
        kept: what was compared before; gets what is compared now. steps: how many all may take.
    """

    def __init__(self, kept: KeptPreviews | None = None, steps: int = MOST_STEPS) -> None:
        self.kept = KeptPreviews(MOST_KEPT) if kept is None else kept
        self.left = steps

    def pieces(self, there: str, here: str) -> list[Piece]:
        """See `differing`; a text is one piece if no steps are left."""
        if there == here or not there or not here:
            return [(there == here, here)] if here else []
        found: list[Piece] | None = self.kept.use((there, here))
        if found is not None:
            return found
        self.left -= (len(there) + len(here)) // 10 if self.left > 0 else 0  # to read them
        if self.left <= 0:
            return [(False, here)]
        theirs, ours = _WORD.findall(there), _WORD.findall(here)
        if len(theirs) + len(ours) > MOST_STEPS // 2:
            return [(False, here)]
        found = list(_marked(ours, self._same(theirs, ours, 0)))
        if self.left > 0:
            self.kept.put((there, here), found, len(there) + 2 * len(here) + 100 * len(found))
        return found

    def _same(self, theirs: Sequence[str], ours: Sequence[str], level: int) -> list[Span]:
        """What stands in both, in their order, as far as it is found."""
        start, most = 0, min(len(theirs), len(ours))
        while start < most and theirs[start] == ours[start]:
            start += 1
        end = 0
        while end < most - start and theirs[-1 - end] == ours[-1 - end]:
            end += 1
        self.left -= start + end
        inner, other = theirs[start : len(theirs) - end], ours[start : len(ours) - end]
        found = self._matches(inner, other)
        if found is None:
            found = list(self._between(inner, other, level)) if level < MOST_LEVELS and self.left > 0 else []
        found = [(0, start, 0, start), *_moved(found, start, start)]
        found.append((len(theirs) - end, len(theirs), len(ours) - end, len(ours)))
        return [each for each in found if each[0] < each[1]]

    def _between(self, theirs: Sequence[str], ours: Sequence[str], level: int) -> Iterator[Span]:
        """The same of texts that differ in many words: what each has once is the same, and is looked for in between."""
        anchors: list[tuple[int, int]] = []
        for length in RUNS:
            self.left -= len(theirs) + len(ours)
            anchors = anchors or _in_order(_once_in_both(theirs, ours, length))
        done, done_there = 0, 0
        for there, here in [*anchors, (len(theirs), len(ours))] if anchors else []:
            yield from _moved(self._same(theirs[done_there:there], ours[done:here], level + 1), done_there, done)
            if there < len(theirs) and here < len(ours):
                yield there, there + 1, here, here + 1
            done, done_there = here + 1, there + 1

    def _matches(self, theirs: Sequence[str], ours: Sequence[str]) -> list[Span] | None:
        """The longest common subsequence, by Myers' algorithm: its steps grow with the changes, not with the texts.

        Returns:
            None if there are more changes than may be, or no steps are left.
        """
        if not theirs or not ours:
            return []
        rows, columns = len(theirs), len(ours)
        furthest, history = {1: 0}, []
        for changes in range(min(rows + columns, MOST_CHANGES) + 1):
            history.append(dict(furthest))
            for diagonal in range(-changes, changes + 1, 2):
                down = diagonal == -changes or (diagonal != changes and furthest[diagonal - 1] < furthest[diagonal + 1])
                row = furthest[diagonal + 1] if down else furthest[diagonal - 1] + 1
                begun = row
                while row < rows and row - diagonal < columns and theirs[row] == ours[row - diagonal]:
                    row += 1
                self.left -= 1 + row - begun
                furthest[diagonal] = row
                if row >= rows and row - diagonal >= columns:
                    return _path(history, rows, columns)
            if self.left <= 0:
                return None
        return None


def _path(history: Sequence[dict[int, int]], rows: int, columns: int) -> list[Span]:
    """The way back through what `_matches` tried."""
    found: list[Span] = []
    row, column = rows, columns
    for changes in range(len(history) - 1, -1, -1):
        furthest, diagonal = history[changes], row - column
        down = diagonal == -changes or (diagonal != changes and furthest[diagonal - 1] < furthest[diagonal + 1])
        before = diagonal + 1 if down else diagonal - 1
        row_before = furthest[before] if changes else 0
        begun = row_before if down or not changes else row_before + 1
        if begun < row:
            found.append((begun, row, begun - diagonal, row - diagonal))
        row, column = row_before, row_before - before if changes else 0
    return found[::-1]


def _once_in_both(theirs: Sequence[str], ours: Sequence[str], length: int) -> list[tuple[int, int]]:
    """Where runs of so many words stand that each text has once, in the order of the first."""

    def once(words: Sequence[str]) -> dict[tuple[str, ...], int]:
        places: dict[tuple[str, ...], int] = {}
        for place, run in enumerate(zip(*(words[n:] for n in range(length)), strict=False)):
            places[run] = -1 if run in places else place
        return places

    here = once(ours)
    found = ((place, here.get(run, -1)) for run, place in once(theirs).items() if place >= 0)
    return [(there, at) for there, at in found if at >= 0]


def _in_order(places: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    """The most of them that stand in the same order in both texts."""
    ends: list[int] = []
    last: list[int] = []
    before: list[int] = []
    for number, (_, here) in enumerate(places):
        at = bisect_left(ends, here)
        ends[at : at + 1], last[at : at + 1] = [here], [number]
        before.append(last[at - 1] if at else -1)
    found, number = [], last[-1] if last else -1
    while number >= 0:
        found.append(places[number])
        number = before[number]
    return found[::-1]


def _moved(spans: Iterable[Span], there: int, here: int) -> Iterator[Span]:
    return ((a + there, b + there, c + here, d + here) for a, b, c, d in spans)


def _marked(ours: Sequence[str], same: Sequence[Span]) -> Iterator[Piece]:
    """The pieces of a text, of which those of the same kind are one."""
    alike = [False] * len(ours)
    for _, _, first, last in same:
        alike[first:last] = [True] * (last - first)
    for same_words, words in groupby(zip(alike, ours, strict=True), key=itemgetter(0)):
        yield same_words, "".join(word for _, word in words)
