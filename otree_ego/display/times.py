"""Moments as people and tables have them. A store may be damaged, or a stranger's: none of it fails."""

from __future__ import annotations

import math
import time
from datetime import datetime, timezone


def utc(seconds: float, timespec: str = "milliseconds") -> str:
    """Seconds since 1970 as ISO 8601; empty if no calendar has them.

    >>> utc(1_760_000_000.25), utc(1e308)
    ('2025-10-09T08:53:20.250+00:00', '')
    """
    try:
        return datetime.fromtimestamp(seconds, timezone.utc).isoformat(timespec=timespec)
    except (OverflowError, OSError, ValueError):
        return ""


def when(seconds: float, zone: str = "") -> str:
    """A day and a time as the clock on the wall had them, or in UTC.

    Arguments:
        seconds: since 1970. zone: ``UTC``, or empty for the local time.

    >>> when(1_760_000_000, "UTC"), len(when(1_760_000_000)), when(1e308)
    ('2025-10-09 08:53 UTC', 16, '(no date)')
    """
    try:
        told = time.gmtime(seconds) if zone else time.localtime(seconds)
        return time.strftime("%Y-%m-%d %H:%M", told) + (f" {zone}" if zone else "")
    except (OverflowError, OSError, ValueError):
        return "(no date)"


def clock(seconds: float, zone: str = "") -> str:
    """A time of day as the clock on the wall had it, or in UTC.

    Arguments:
        seconds: since 1970. zone: ``UTC``, or empty for the local time.

    >>> clock(1_760_000_000, "UTC"), len(clock(1_760_000_000)), clock(1e308)
    ('08:53:20 UTC', 8, '(no time)')
    """
    try:
        told = time.gmtime(seconds) if zone else time.localtime(seconds)
        return time.strftime("%H:%M:%S", told) + (f" {zone}" if zone else "")
    except (OverflowError, OSError, ValueError):
        return "(no time)"


def spoken(seconds: float) -> str:
    """A length of time.

    >>> spoken(0.25), spoken(3600.4), spoken(7260)
    ('0.25 s', '3600 s (1 h)', '7260 s (2 h 1 min)')
    """
    whole = round(seconds)
    if whole < 120:
        return f"{seconds:.3g} s"
    hours, minutes = divmod(round(seconds / 60), 60)
    parts = [f"{hours} h"] * bool(hours) + [f"{minutes} min"] * bool(minutes)
    return f"{whole} s ({' '.join(parts)})"


def countdown(seconds: float) -> str:
    """Seconds to come, for a line that changes.

    >>> countdown(9.7), countdown(3672)
    ('0:10', '1:01:12')
    """
    minutes, rest = divmod(max(0, math.ceil(seconds)), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"
