"""Numbers, choices and JSON out of free text; what does not fit is an error that says what was expected.

Nothing is guessed: what can be read in two ways is refused, because a wrong number in the data is worse than none.
"""

from __future__ import annotations

import html
import math
import re
import unicodedata
from collections.abc import Iterator, Sequence

from .errors import ConfigError, ParseError
from .json_text import AmbiguousAnswer, fail, parse_json, start
from .public import public

__all__ = [
    "AmbiguousAnswer",
    "exclusive_response",
    "extract_number",
    "homogenize",
    "parse_choice",
    "parse_json",
    "parse_number",
    "to_html",
]

_LONGEST_NUMBER = 300

# Signs and digits that belong to a number, without deciding yet whether they make sense together. Superscripts and
# fractions are taken in so that "5½" and "10²" are refused instead of read as 5 and 10.
_RUN = re.compile(
    r"""(?P<minus>(?:(?<![^\W_])[-\u2212\u2013\uff0d]|\b(?:minus|negative)\s{1,3})[$€£¥₹]?|)
        (?P<body>(?:(?<![.,\w])[.,])?\d[\d.,'\u2019\u00a0\u2009\u202f¼-¾²³¹⁰-₉⅐-⅞]*)
        (?P<exponent>[eE][+\-\u2212]?\d+|)""",
    re.VERBOSE | re.IGNORECASE,
)
_GROUPED = re.compile(r"[1-9]\d{0,2}(?:([,'\u2019\u00a0\u2009\u202f])\d{3})(?:\1\d{3})*(?:\.\d+)?")
_PLAIN = re.compile(r"\d+(?:\.\d+)?|\.\d+")
_SWAP = str.maketrans(".,", ",.")


@public
def parse_number(
    s: str, low: float | None = None, high: float | None = None, integer: bool = False, decimal: str = "."
) -> int | float:
    """The one number in an answer.

    Signs (also the typographic minus), thousands separators (comma, apostrophe, fixed blanks), decimals and ``3e5``
    are understood; currency, units and the percent sign are passed over (``"50 %"`` is 50). What can be read in two
    ways is refused: ``"1,5"`` and ``"1.000,5"`` need ``decimal=","``, which reads both as they are meant in most of
    Europe (and ``"1.000"`` as a thousand).

    Arguments:
        s: the answer.
        low, high: the range, both ends included.
        integer: only whole numbers.
        decimal: the sign before the decimals, ``"."`` or ``","``.

    Errors:
        ParseError: no number, several (AmbiguousAnswer), one that cannot be read, or one out of range; the error
            has the whole answer as `text`, and `expected` in words.

    >>> parse_number("I offer $1,250.50.")
    1250.5
    >>> parse_number("Ich biete 1.250,50 €", decimal=",")
    1250.5
    >>> parse_number("75 %", low=0, high=100, integer=True)
    75
    """
    expected = in_words(low, high, integer)
    values = []
    for value, words in _numbers(s, decimal):
        if value is None:
            fail(s, expected, f"{start(words)} cannot be read as one number")
        values.append((value, words))
        if len(values) > 1:
            found = " and ".join(start(words) for _, words in values)
            fail(s, expected, f"it has more than one number ({found})", AmbiguousAnswer)
    if not values:
        fail(s, expected, "it has no number")
    value = values[0][0]
    if integer and not isinstance(value, int):
        fail(s, expected, f"{value} is not a whole number")
    if (low is not None and value < low) or (high is not None and value > high):
        fail(s, expected, f"{value} is out of range")
    return value


@public
def extract_number(s: str, decimal: str = ".") -> int | float | None:
    """The number in an answer if it has exactly one, else None (see `parse_number`, which says why).

    >>> extract_number("I choose 42."), extract_number("between 1 and 2"), extract_number("none")
    (42, None, None)
    """
    try:
        return parse_number(s, decimal=decimal)
    except ParseError:
        return None


@public
def exclusive_response(s: str, tokens: Sequence[str], case_insensitive: bool = True) -> str | None:
    """The one token that an answer has as a whole word, None if it has none.

    A token inside a longer one does not count (``"no deal"`` is not also ``"no"``).

    Arguments:
        s: the answer.
        tokens: what may be chosen; the result is one of these, spelled as here.
        case_insensitive: whether ``"ACCEPT"`` is ``"accept"``.

    Errors:
        AmbiguousAnswer: the answer has several of the tokens; it is a ParseError and a RuntimeError.

    >>> exclusive_response("I will ACCEPT this.", ["accept", "reject"])
    'accept'
    >>> exclusive_response("That is unacceptable!", ["accept", "reject"])
    """
    if isinstance(tokens, str):
        raise ConfigError(f"The tokens are a list of texts, not one text ({start(tokens)}).")
    wanted = [unicodedata.normalize("NFC", token.strip()) for token in tokens]
    if not wanted or not all(wanted):
        raise ConfigError(f"The tokens must be texts that are not empty, not {list(tokens)!r}.")
    order = sorted(range(len(wanted)), key=lambda index: -len(wanted[index]))
    pattern = re.compile("|".join(_word(wanted[index]) for index in order), re.IGNORECASE if case_insensitive else 0)
    found: set[int] = set()
    for match in pattern.finditer(unicodedata.normalize("NFC", s)):
        found.add(order[(match.lastindex or 1) - 1])
        if len(found) > 1:
            several = " and ".join(repr(tokens[index]) for index in sorted(found))
            fail(s, one_of(tokens), f"it has {several}", AmbiguousAnswer)
    return tokens[found.pop()] if found else None


@public
def parse_choice(s: str, tokens: Sequence[str], case_insensitive: bool = True) -> str:
    """The one token that an answer has as a whole word; like `exclusive_response`, but having none is an error.

    Errors:
        ParseError: the answer has none of the tokens, or several (AmbiguousAnswer).

    >>> parse_choice("**Left**, I think.", ["left", "right"])
    'left'
    """
    choice = exclusive_response(s, tokens, case_insensitive)
    if choice is None:
        fail(s, one_of(tokens), "it has none of them")
    return choice


@public
def homogenize(s: str) -> str:
    """Tidy text that was indented in the source: strip lines, make runs of blanks one, keep at most one empty line.

    >>> homogenize('''
    ...     You  play a game.
    ...
    ...
    ...     Be fair.
    ... ''')
    'You play a game.\\n\\nBe fair.'
    """
    lines = [re.sub(r"  +", " ", line.strip()) for line in re.split(r"\r\n|\r|\n", s)]
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()


@public
def to_html(s: str) -> str:
    """Make plain text safe to show in a page: HTML is escaped, line ends become ``<br>``.

    >>> to_html('1 < 2\\n"yes"')
    '1 &lt; 2<br>&quot;yes&quot;'
    """
    return re.sub(r"\r\n|\r|\n", "<br>", html.escape(s))


def _numbers(s: str, decimal: str) -> Iterator[tuple[int | float | None, str]]:
    if decimal not in (".", ","):
        raise ConfigError(f"decimal is '.' or ',', not {decimal!r}.")
    for match in _RUN.finditer(s):
        body = match["body"]
        if not match["exponent"]:
            body = body.rstrip(".,'\u2019\u00a0\u2009\u202f")
        words = s[match.start() : match.start("body")] + body + match["exponent"]
        digits = body.translate(_SWAP) if decimal == "," else body
        yield _value(digits, bool(match["minus"]), match["exponent"]), words


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


def _word(token: str) -> str:
    # Underscores count as edges because Markdown writes _accept_; an edge that is no letter needs no edge.
    before = r"(?<![^\W_])" if re.match(r"[^\W_]", token) else ""
    after = r"(?![^\W_])" if re.match(r"[^\W_]", token[-1]) else ""
    # "5" is not in "0.5", "5,000" or "-5".
    before += r"(?<![-\u2212])(?<!\d[.,])" if token[0].isdecimal() else ""
    after += r"(?![.,]\d)" if token[-1].isdecimal() else ""
    return f"{before}({re.escape(token)}){after}"


def in_words(low: float | None, high: float | None, integer: bool) -> str:
    """What a number is to be.

    >>> in_words(0, 10, True)
    'one whole number from 0 to 10'
    """
    kind = "one whole number" if integer else "one number"
    if low is not None and high is not None:
        return f"{kind} from {low} to {high}"
    if low is not None:
        return f"{kind} of at least {low}"
    return kind if high is None else f"{kind} of at most {high}"


def one_of(tokens: Sequence[str]) -> str:
    """In words, what a choice is.

    >>> one_of(["left", "right"])
    "exactly one of 'left', 'right'"
    """
    return "exactly one of " + ", ".join(map(repr, tokens))
