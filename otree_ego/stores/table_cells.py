"""How exports write times, amounts and texts, so that pandas, R and spreadsheets read them."""

from __future__ import annotations

import re
from datetime import datetime, timezone
from typing import Any

BOM = "\ufeff"
"""Excel takes a file that begins with it for UTF-8."""
_FORMULA = re.compile(r"[\t\r\n]|[\s\u200b\ufeff]*[=+\-@\uff1d\uff0b\uff0d\uff20]")
_NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?\Z", re.ASCII)


def utc(seconds: float | None) -> str:
    """A time as spreadsheets read it, in UTC: ``2026-11-28 17:22:27``; empty if no calendar has it.

    Arguments:
        seconds: since 1970.

    >>> utc(1760000000.25), utc(None), utc(1e308)
    ('2025-10-09 08:53:20', '', '')
    """
    if seconds is None:
        return ""
    try:
        found = datetime.fromtimestamp(round(seconds * 1000) // 1000, timezone.utc)
    except (ValueError, OverflowError, OSError):
        return ""
    return found.strftime("%Y-%m-%d %H:%M:%S")


def milliseconds(seconds: float | None) -> int | None:
    """The milliseconds that `utc` leaves out, 0 to 999.

    >>> milliseconds(1760000000.25)
    250
    """
    try:
        return None if seconds is None else round(seconds * 1000) % 1000
    except (ValueError, OverflowError):  # no number, or endless
        return None


def amount(number: float | None) -> str:
    """A small amount without an exponent; empty if it is not known.

    >>> amount(0.0000125), amount(0)
    ('0.0000125', '0')
    """
    return "" if number is None else f"{number:.10f}".rstrip("0").rstrip(".")


def problem(error: str, error_text: str, invalid: str = "") -> tuple[str, str]:
    """The columns `error_type` and `error` of a reply.

    Arguments:
        error, error_text: the class and the words of the error of a request. invalid: why an answer could not be used.

    >>> problem("", "", "It has no number.")
    ('InvalidAnswer', 'It has no number.')
    """
    return error or ("InvalidAnswer" if invalid else ""), " ".join(filter(None, (error_text, invalid)))


def no_formula(cell: Any) -> Any:
    """A cell that Excel and LibreOffice show as a text, also where it begins as a formula does; numbers stay numbers.

    >>> no_formula("=1+1"), no_formula("-5"), no_formula(-5), no_formula("- 5 is too little")
    ("'=1+1", '-5', -5, "'- 5 is too little")
    """
    if not isinstance(cell, str) or not _FORMULA.match(cell) or _NUMBER.match(cell):
        return cell
    return f"'{cell}"
