"""Numbers, choices and JSON out of free text; what does not fit is an error that says what was expected.

Nothing is guessed: what can be read in two ways is refused, because a wrong number in the data is worse than none.
"""

from __future__ import annotations

import html
import re
import unicodedata
from collections.abc import Sequence

from .errors import ConfigError, ParseError
from .json_text import AmbiguousAnswer, fail, parse_json, start
from .public import public
from .reading.negations import negation_near
from .reading.number_text import another_meaning, numbers_in

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


@public
def parse_number(
    s: str, low: float | None = None, high: float | None = None, integer: bool = False, decimal: str | None = None
) -> int | float:
    """The one number in an answer.

    Signs (also the typographic minus), thousands separators (comma, apostrophe, fixed blanks), decimals and ``3e5``
    are understood; currency, units and the percent sign are passed over (``"50 %"`` is 50).

    What can be read in two ways is refused, because a wrong number in the data is worse than none: ``"5.000"`` is five
    or five thousand, ``"1,5"`` and ``"1.000,5"`` are written as in most of Europe. `decimal` says which sign stands
    before the decimals. Refused, too, are numbers that go on in words (``"5k"``, ``"5 million"``, ``"5 and a half"``),
    places in an order and dates (``"3rd"``, ``"5 May"``), open ranges (``"5+"``, ``"more than 5"``), and a number that
    is denied (``"not 5"``).

    Arguments:
        s: the answer.
        low, high: the range, both ends included.
        integer: only whole numbers.
        decimal: the sign before the decimals, ``"."`` or ``","``; None if it may be either, and then ``"1,000"`` is a
            thousand, ``"1.5"`` one and a half, and ``"1.000"`` refused.

    Errors:
        ParseError: no number, several or one that can be read in two ways (AmbiguousAnswer), one that cannot be read,
            or one out of range; the error has the whole answer as `text`, and `expected` in words.

    >>> parse_number("I offer $1,250.50.")
    1250.5
    >>> parse_number("Ich biete 1.250,50 €", decimal=",")
    1250.5
    >>> parse_number("75 %", low=0, high=100, integer=True)
    75
    """
    check_decimal(decimal)
    expected = in_words(low, high, integer)
    numbers = []
    for number in numbers_in(s, decimal):
        if number.value is None:
            why, kind = (f": {number.why}", AmbiguousAnswer) if number.why else ("", ParseError)
            fail(s, expected, f"{start(number.words)} cannot be read as one number{why}", kind)
        numbers.append(number)
        if len(numbers) > 1:
            found = " and ".join(start(each.words) for each in numbers)
            fail(s, expected, f"it has more than one number ({found})", AmbiguousAnswer)
    if not numbers:
        fail(s, expected, "it has no number")
    if why := another_meaning(s, numbers[0]):
        fail(s, expected, why, AmbiguousAnswer)
    value = numbers[0].value
    assert value is not None
    if integer and not isinstance(value, int):
        fail(s, expected, f"{value} is not a whole number")
    if (low is not None and value < low) or (high is not None and value > high):
        fail(s, expected, f"{value} is out of range")
    return value


def check_decimal(decimal: str | None) -> None:
    """See that a sign before decimals is one.

    Raises:
        ConfigError: it is not.
    """
    if decimal not in (".", ",", None):
        raise ConfigError(f"decimal is '.' or ',', not {decimal!r}.")


@public
def extract_number(s: str, decimal: str | None = None) -> int | float | None:
    """The number in an answer if it has exactly one, else None (see `parse_number`, which says why).

    >>> extract_number("I choose 42."), extract_number("between 1 and 2"), extract_number("none")
    (42, None, None)
    >>> extract_number("5.000 €"), extract_number("5.000 €", decimal=",")
    (None, 5000)
    """
    check_decimal(decimal)
    try:
        return parse_number(s, decimal=decimal)
    except ParseError:
        return None


@public
def exclusive_response(s: str, tokens: Sequence[str], case_insensitive: bool = True) -> str | None:
    """The one token that an answer has as a whole word, None if it has none.

    A token inside a longer one does not count (``"no deal"`` is not also ``"no"``). One that is denied in the same
    sentence (``"I would never accept this"``) can be meant either way, so it is refused like several.

    Arguments:
        s: the answer.
        tokens: what may be chosen; the result is one of these, spelled as here.
        case_insensitive: whether ``"ACCEPT"`` is ``"accept"``.

    Errors:
        AmbiguousAnswer: the answer has several of the tokens, or denies one; it is a ParseError and a RuntimeError.

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
    text, places = unicodedata.normalize("NFC", s), []
    for match in pattern.finditer(text):
        found.add(order[(match.lastindex or 1) - 1])
        places.append(match.span())
        if len(found) > 1:
            several = " and ".join(repr(tokens[index]) for index in sorted(found))
            fail(s, one_of(tokens), f"it has {several}", AmbiguousAnswer)
    if not found:
        return None
    token = tokens[found.pop()]
    if negation := negation_near(text, places):
        fail(s, one_of(tokens), f"it has {token!r} and {negation!r}, so it can be meant either way", AmbiguousAnswer)
    return token


@public
def parse_choice(s: str, tokens: Sequence[str], case_insensitive: bool = True) -> str:
    """The one token that an answer has as a whole word; like `exclusive_response`, but having none is an error.

    Errors:
        ParseError: the answer has none of the tokens, several, or one that is denied (AmbiguousAnswer).

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


def has_token(s: str, token: str) -> bool:
    """Whether a text has a token as a whole word somewhere, as `exclusive_response` looks for it.

    >>> has_token("ACCEPT or REJECT?", "accept"), has_token("unacceptable", "accept")
    (True, False)
    """
    word = _word(unicodedata.normalize("NFC", token.strip()))
    return re.search(word, unicodedata.normalize("NFC", s), re.IGNORECASE) is not None


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
