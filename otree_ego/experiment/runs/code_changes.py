"""The experimenter's code changed in the middle of a run: it is said, and goes on record, or begins another run."""

from __future__ import annotations

import time
from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any

from ...errors import ConfigError
from ...stores import Run
from ...threads.sent_requests import ranges
from ..code_digests import Code

CODE = "_code"
"""Under this name a run's settings have the digests of the experimenter's code."""
DEVIATIONS = "deviations"
"""Under this name they have what was changed in the middle of the run."""


def blocked(changes: Mapping[str, Sequence[str]], code: Code, wanted: str, run: Run, open_jobs: int) -> None:
    """See that the experimenter has decided what a change of the code means.

    Arguments:
        changes: what has changed. code: as it is now. wanted: the option ``changed_code``.
        run: the one that would go on. open_jobs: how many replications would be played with the new code.

    Raises:
        ConfigError: nothing is decided.
    """
    mine = {what: names for what, names in changes.items() if what in code.stops}
    if not mine or not open_jobs or wanted == "deviation":
        return
    raise ConfigError(
        f"The code of the run {run.uid[:8]} ({run.name}) has changed since it was last played: {_listed(mine)}. "
        f"{open_jobs:,} replication{'s are' if open_jobs > 1 else ' is'} left, and would be played with the code as it "
        "is now, beside those of before. "
        'Say which you mean: changed_code="new" begins a new run; changed_code="deviation" goes on, and the run\'s '
        "record and its report say from where on the code was another (with ego run and ego resume: --changed-code)."
    )


def deviation(changes: Mapping[str, Sequence[str]], places: Collection[int]) -> dict[str, Any]:
    """A change, for the record.

    Arguments:
        changes: names by what they are for. places: of the replications that are done with the new code.
    """
    replications = ", ".join(ranges(sorted(place + 1 for place in places))) if places else ""
    return {
        "time": time.time(), "changed": {what: list(names) for what, names in changes.items()},
        "replications": replications,
    }  # fmt: skip


def told(changes: Mapping[str, Sequence[str]], run: Run, plays: bool) -> Iterator[str]:
    """Sentences on a change."""
    if changes:
        then = "what is played from now on is a deviation, which stands in its record" if plays else "nothing is played"
        if set(changes) <= {"parser"}:
            then = "all answers are read by it as it is now"
        yield f"The code of run {run.uid[:8]} has changed since it was last played: {_listed(changes)}; {then}."


def as_settings(code: Code) -> dict[str, Any]:
    """What a run's settings keep of the code."""
    return {CODE: {what: dict(parts) for what, parts in code.parts.items() if parts}}


def shown_settings(settings: Mapping[str, Any]) -> dict[str, Any]:
    """Those of a run's settings that readers want to see as they are."""
    return {name: held for name, held in settings.items() if not name.startswith("_") and name != DEVIATIONS}


def in_words(found: Any) -> list[str]:
    """What a run's settings have of deviations, as sentences for readers."""
    sentences = []
    for each in found if isinstance(found, list) else ():
        changed = each.get("changed") if isinstance(each, Mapping) else None
        if isinstance(changed, Mapping):
            where = str(each.get("replications") or "")
            text = f"The code changed in the middle of the run: {_listed(changed)}."
            sentences.append(text + (f" Played with the new code: replications {where}." if where else ""))
    return sentences


def _listed(changes: Mapping[str, Any]) -> str:
    parts = []
    for what, names in changes.items():
        each = [str(name).rpartition("<locals>.")[2] for name in names] if isinstance(names, list | tuple) else []
        each = list(dict.fromkeys(each))
        shown = ", ".join(each[:5]) + (f" and {len(each) - 5} more" if len(each) > 5 else "")
        parts.append(f"{what} ({shown})" if shown else str(what))
    return "; ".join(parts)
