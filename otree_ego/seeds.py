"""Seeds for single questions, where one for all questions of a replication is too few."""

from __future__ import annotations

import hashlib


def seed_for(seed: int | None, *place: int | str) -> int | None:
    """A seed of its own for one question, the same in every process and on every machine.

    Two Threads that are asked nearly the same with the same seed draw the same answer, and draw it again in every
    round: what looks like coordination, or like a habit, is then the seed.

    Arguments:
        seed: the replication's, or the Thread's; None gives None. place: which question it is, e.g. seat and round.

    >>> seed_for(1, "first", 3) == seed_for(1, "first", 3) != seed_for(1, "second", 3)
    True
    >>> seed_for(None, "first", 3) is None
    True
    """
    if seed is None:
        return None
    text = "/".join(str(each) for each in (seed, *place))
    return int.from_bytes(hashlib.sha256(text.encode()).digest()[:4], "big") >> 1
