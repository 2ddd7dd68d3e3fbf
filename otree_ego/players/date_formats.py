"""Dates and times as inputs of a browser take them: only those that there are."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, datetime

_CLOCK = ("%H:%M", "%H:%M:%S", "%H:%M:%S.%f")


def _time(text: str) -> object:
    return _first(text, _CLOCK).time()


def _moment(text: str) -> object:
    return _first(text, [f"%Y-%m-%dT{each}" for each in _CLOCK])


def _week(text: str) -> object:
    year, _, week = text.partition("-W")
    return date.fromisocalendar(int(year), int(week), 1)


def _first(text: str, forms: tuple[str, ...] | list[str]) -> datetime:
    for form in forms[:-1]:
        try:
            return datetime.strptime(text, form)
        except ValueError:
            pass
    return datetime.strptime(text, forms[-1])


_READ: Mapping[str, Callable[[str], object]] = {
    "date": lambda text: datetime.strptime(text, "%Y-%m-%d"),
    "time": _time,
    "datetime-local": _moment,
    "month": lambda text: datetime.strptime(text, "%Y-%m"),
    "week": _week,
}


def exists(kind: str, text: str) -> bool:
    """Whether there is such a date or time; True of any other kind of input.

    Arguments:
        kind: of the input, such as ``date``. text: of the form that the kind has.

    >>> exists("date", "2026-02-28"), exists("date", "2026-02-30"), exists("week", "2026-W54"), exists("time", "24:00")
    (True, False, False, False)
    """
    try:
        return kind not in _READ or bool(_READ[kind](text)) or True
    except ValueError:
        return False


def is_within(kind: str, text: str, first: str, last: str) -> bool:
    """Whether a date or time lies between two others; one that there is not is no limit, as in a browser.

    Arguments:
        kind: of the input. text: the date or time. first, last: its limits; empty for none.

    >>> is_within("time", "23:30", "22:00", "06:00"), is_within("date", "2026-01-01", "today", "2025-12-31")
    (True, False)
    """
    early = bool(first) and exists(kind, first) and _whole(kind, text) < _whole(kind, first)
    late = bool(last) and exists(kind, last) and _whole(kind, text) > _whole(kind, last)
    if kind == "time" and first > last > "":  # over midnight
        return not (early and late)
    return not early and not late


def _whole(kind: str, text: str) -> str:
    """With seconds, that 14:30 and 14:30:00 are one time."""
    return f"{text}:00" if kind in ("time", "datetime-local") and text.count(":") == 1 else text
