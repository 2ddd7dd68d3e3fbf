"""Numbers as people and models write them: what is one number, what is several, and what can be read in two ways."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from typing import NamedTuple

from .negations import NEGATION

_LONGEST_NUMBER = 300
_BLANKS = "\u00a0\u2005-\u200a\u202f"
_APOSTROPHES = "'\u2018\u2019\u02bc"
_DASHES = "-\u2212\u2013\uff0d"
_CURRENCY = r"(?:[$€£¥₹₩₽₺₪฿₫₦¢]|(?-i:[A-Z]{1,3}\$|[A-Z]{3}(?![A-Z])))"

# Signs and digits that belong to a number, without deciding yet whether they make sense together. Superscripts and
# fractions are taken in so that "5½" and "10²" are refused instead of read as 5 and 10.
_RUN = re.compile(
    rf"""(?P<minus>(?:(?<![^\W_])(?:[{_DASHES}]|\u2212[ \t])|\b(?:minus|negative)\s{{1,3}})(?:{_CURRENCY}[ \u00a0]?)?|)
        (?P<body>(?:(?<![.,\w])[.,])?\d[\d.,{_APOSTROPHES}{_BLANKS}¼-¾²³¹⁰-₉⅐-⅞]*)
        (?P<exponent>[eE][+\-\u2212]?\d+|)""",
    re.VERBOSE | re.IGNORECASE,
)
_GROUPED = re.compile(rf"[1-9]\d{{0,2}}(?:([,{_APOSTROPHES}{_BLANKS}])\d{{3}})(?:\1\d{{3}})*(?:\.\d+)?")
_PLAIN = re.compile(r"\d+(?:\.\d+)?|\.\d+")
_POINT_OR_GROUP = re.compile(r"[1-9]\d{0,2}\.\d{3}")
_GROUPS_OF_POINTS = re.compile(r"[1-9]\d{0,2}(?:\.\d{3}){2,}")
_SWAP = str.maketrans(".,", ",.")

_MONTHS = (
    "Jan(?:uary|uar)?|Jänner|Feb(?:ruary|ruar)?|Mar(?:ch)?|März|Apr(?:il)?|Mai|June?|Juni|July?|Juli|Aug(?:ust)?|"
    "Sept?(?:ember)?|O[ck]t(?:ober)?|Nov(?:ember)?|De[cz](?:ember)?"
)
_PARTS = "hal(?:f|ves)|halb\\w*|hälfte|thirds?|drittel|quarters?|viertel|fourths?|fifths?|fünftel|tenths?|zehntel"
_WORDS = (
    "two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|thirteen|fourteen|fifteen|sixteen|seventeen|eighteen|"
    "nineteen|twenty|thirty|forty|fifty|sixty|seventy|eighty|ninety|zwei|drei|vier|fünf|sechs|sieben|acht|neun|zehn|elf|"
    "zwölf|dreizehn|vierzehn|fünfzehn|sechzehn|siebzehn|achtzehn|neunzehn|zwanzig|dreißig|vierzig|fünfzig|sechzig|siebzig|"
    "achtzig|neunzig|hundred|hundert|thousand|tausend|million|millionen|billion|milliarden?|dozen|dutzend"
)
_BETWEEN = rf"(?:to|or|and|through|bis|oder|und|[{_DASHES}\u2014/])"

_TIMES = re.compile(
    r"""(?P<words>[ \t\u00a0\u2009\u202f-]{0,2}
        (?:(?:k|hundred|thousand|thou|grand|dozen|mil|mille?|mio|mln|mn|mrd|bn|tn|trn|\w{0,7}illion(?:en)?|\w{0,5}illiarden?|
            milliards?|mill(?:ón|ones)|milion[ei]|miliard[oi]|mila|hundert|tausend|tsd|dutzend|lakh|crore)s?(?!\w)
        |(?-i:MM)(?!\w)
        |(?-i:[MBT])(?!\w)
        |(?-i:[kKMT](?:€|EUR|USD|CHF|GBP))
        |m(?!\w)))""",
    re.VERBOSE | re.IGNORECASE,
)
"""Words that make another number of the one before them: "5k", "5 million"; "5m" is metres or millions."""
_ORDINAL = re.compile(r"(?:st|nd|rd|th|te[nrs]?)(?!\w)|[ºª]", re.I)
_DAY_AFTER = re.compile(rf"\.?[ \u00a0](?:of )?(?:{_MONTHS})\b|(?:th|st|nd|rd)?[ \u00a0](?:of )?May\b")
_DAY_BEFORE = re.compile(rf"\b(?:{_MONTHS}|May)\.?[ \u00a0](?:the )?\Z")
_PART_AFTER = re.compile(
    r"[ \u00a0-]?einhalb\b"
    rf"|[ \u00a0]+(?:and|und)[ \u00a0]+(?:an?|one|two|three|ein\w*|zwei|drei)?[ \u00a0-]*(?:{_PARTS})\b"
    rf"|[ \u00a0-](?:{_PARTS}|(?:hundred|thousand|million|billion)ths?|(?:hundert|tausend|million)stel)\b",
    re.I,
)
_PART_BEFORE = re.compile(
    rf"\b(?:(?:{_PARTS})\s+(?:of|von|an?)?|twice|double|triple|doppelt\w*|dreifach\w*)(?:\s+(?:of|von|the|de[rsmn]))*\s*\Z",
    re.I,
)
_WORD_AFTER = re.compile(
    rf"\s*{_BETWEEN}\s*(?:{_WORDS})(?!\w)|\s+or\s+(?:more|less|fewer)\b|\s+oder\s+(?:mehr|weniger)\b", re.I
)
_WORD_BEFORE = re.compile(rf"(?<!\w)(?:{_WORDS})(?:\s*{_BETWEEN})?[ \u00a0-]*\Z", re.I)
_OPEN_AFTER = re.compile(r"\s?\+(?!\s?\d)")
_OPEN_BEFORE = re.compile(
    rf"(?:(?<![{_DASHES}\w\"'/=])[<>]|[≤≥≠±∓]|[<>!]=|\+/|\+ ?[{_DASHES}]|[{_DASHES}]{{2}}|-/)\s?\Z"
)
_MORE_THAN = re.compile(
    r"\b(?:(?:more|less|fewer|greater|larger|smaller|higher|lower|bigger)\s+than|"
    r"(?:mehr|weniger|größer|kleiner|höher|niedriger)\s+als)\s+\Z",
    re.I,
)
_BUT = r"(?!but\b|so\b|aber\b|sondern\b|hence\b|thus\b|also\b)"
_DENIED_BEFORE = re.compile(rf"(?:{NEGATION})(?:[ \t]+{_BUT}[^\s.,;:!?]+){{0,3}}[ \t]+\Z", re.I)
_NO_BEFORE = re.compile(r"\bno\s+\Z", re.I)
_DENIED_AFTER = re.compile(
    rf"(?:[ \t]+{_BUT}[^\s.,;:!?]+)?[ \t]+"
    rf"(?:(?:is|are|was|were|will|would|do|does|did|can|could|should|ist|sind|war|wäre|"
    rf"reicht|genügt)[ \t]+(?:{NEGATION})|cannot\b|\w+n['\u2019]t\b)",
    re.I,
)
_JSON_BEFORE = re.compile(r'"\s*:\s*\Z')
_JSON_AFTER = re.compile(r"\s*[,}\]]")
_CURRENCY_BEFORE = re.compile(rf"(?:{_CURRENCY})\s?\Z")
_CURRENCY_AFTER = re.compile(rf"\s?(?:{_CURRENCY})", re.I)
_NEAR = 60
"""Characters before a number that can say something else of it."""


class NumberFound(NamedTuple):
    """A number in a text.

    Fields:
        value: None if it cannot be read. words: how it is written. why: why it cannot be read, or can be read in two
            ways; empty if there is nothing more to say. start, end: where it stands.
    """

    value: int | float | None
    words: str
    why: str
    start: int
    end: int


def numbers_in(s: str, decimal: str | None) -> Iterator[NumberFound]:
    """All numbers that are written in digits.

    Arguments:
        s: the text. decimal: the sign before the decimals, ``"."`` or ``","``; None if nobody has said.

    >>> [found.value for found in numbers_in("1,250.50 or 3", None)]
    [1250.5, 3]
    """
    for match in _RUN.finditer(s):
        body = match["body"]
        if not match["exponent"]:
            body = re.sub(rf"[.,{_APOSTROPHES}{_BLANKS}]+\Z", "", body)
        end = match.start("body") + len(body) + len(match["exponent"])
        digits = body.translate(_SWAP) if decimal == "," else body
        words = s[match.start() : end]
        why = "" if decimal or match["exponent"] else _two_readings(s, match.start(), digits, end)
        if decimal is None and _GROUPS_OF_POINTS.fullmatch(digits):
            digits = digits.replace(".", "")
        value = None if why else _value(digits, bool(match["minus"]), match["exponent"])
        yield NumberFound(value, words, why, match.start(), end)


def another_meaning(s: str, found: NumberFound) -> str:
    """Why the only number in a text may not be what is meant; empty if nothing speaks against it.

    >>> [another_meaning("5 million", each) for each in numbers_in("5 million", None)]
    ["'5 million' is not written in digits only"]
    """
    before, words = s[max(0, found.start - _NEAR) : found.start], found.words
    after = s[found.end : found.end + _NEAR]
    if times := _times(before, words, after):
        return f"'{times}' is not written in digits only"
    currency = _CURRENCY_BEFORE.search(before)
    start = before[: currency.start()] if currency else before
    unit = _CURRENCY_AFTER.match(after)
    rest = after[unit.end() :] if unit else after
    if date := _DAY_AFTER.match(after) or _DAY_BEFORE.search(before):
        return f"{words!r} beside {date[0].strip(' .')!r} is a date"
    if ordinal := _ORDINAL.match(after):
        return f"'{words}{ordinal[0]}' is a place in an order, not a number"
    for pattern, text in ((_PART_AFTER, after), (_WORD_AFTER, rest)):
        if more := pattern.match(text):
            return f"'{words}' goes on with '{more[0].strip()}'"
    for pattern in (_PART_BEFORE, _WORD_BEFORE):
        if more := pattern.search(start):
            return f"'{more[0].strip()}' stands before '{words}'"
    return _open_or_denied(start, words, rest)


def _times(before: str, words: str, after: str) -> str:
    times = _TIMES.match(after)
    if times is None:
        return ""
    money = _CURRENCY_BEFORE.search(before) or _CURRENCY_AFTER.match(after[times.end() :])
    if times[0].strip() == "m" and times[0] != "m" and not money:
        return ""  # "5 m" are metres
    return words.lstrip(_DASHES) + times[0]


def _open_or_denied(before: str, words: str, after: str) -> str:
    """What a text says of its number so that another one is meant: more than it, at least it, not it."""
    if (mark := _OPEN_BEFORE.search(before)) and not _placeholder(mark[0], after):
        return f"'{mark[0].strip()}{words}' is not one number"
    if words[0] in _DASHES and before[-1:] and before[-1] in _DASHES:
        return f"'{before[-1]}{words}' has two signs"
    if _OPEN_AFTER.match(after):
        return f"'{words}+' is not one number"
    more = _MORE_THAN.search(before)
    denied = _DENIED_BEFORE.search(before[: more.start()] if more else before)
    if more and (denied or _NO_BEFORE.search(before[: more.start()])):
        return ""  # "no more than 5": 5 is meant as the end of a range
    if more:
        return f"'{more[0].strip()} {words}' is not one number"
    if denied := denied or _DENIED_AFTER.match(after):
        return f"'{' '.join(denied[0].split())}' stands beside '{words}', so it can be meant either way"
    return ""


def _placeholder(mark: str, after: str) -> bool:
    """Whether a number stands in pointed brackets, as some forms show an answer's place."""
    return mark.strip() == "<" and bool(re.match(r"[^\s<>]{0,9}>", after))


def _two_readings(s: str, start: int, digits: str, end: int) -> str:
    if not _POINT_OR_GROUP.fullmatch(digits):
        return ""
    if _JSON_BEFORE.search(s[max(0, start - 9) : start]) and _JSON_AFTER.match(s, end):
        return ""  # JSON has a point before its decimals, and no groups
    whole, _, decimals = digits.partition(".")
    return f"it can be {float(digits):g} or {int(whole + decimals)}"


def _value(digits: str, negative: bool, exponent: str) -> int | float | None:
    if len(digits) + len(exponent) > _LONGEST_NUMBER:
        return None
    if _GROUPED.fullmatch(digits):
        digits = re.sub(r"[^\d.]", "", digits)
    elif not _PLAIN.fullmatch(digits):
        return None
    sign = "-" if negative else ""
    if "." not in digits and not exponent:
        return int(sign + digits)
    value = float(sign + digits + exponent.replace("\u2212", "-"))
    if not math.isfinite(value):
        return None
    # Above 2**53 a float's last digits are not what was written.
    return int(value) if value.is_integer() and abs(value) < 2**53 else value
