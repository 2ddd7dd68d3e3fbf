"""How hard a password or a key is to guess: an estimate that is rather too low than too high."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterable
from itertools import pairwise

KEY_BITS, KEY_LENGTH = 64, 16
"""What a key needs at least: cookies can be tried on one's own machine, 90,000 times a second on each core."""
PASSWORD_FEW, PASSWORD_GOOD, PASSWORD_LENGTH = 28, 45, 8
WORD_BITS = 5
"""For a word that everybody tries first."""
OTREES = re.compile(r"[1-9]\d{12,13}")
"""What `otree startproject` writes: ten million million possibilities, which a graphics card tries in hours."""
PLACEHOLDER = re.compile(
    r"\$\{?\w+.*\}?|%\w+%|<.*>|\{\{.*\}\}|.*(?:change|replace|fill|insert)[-_ ]?(?:me|this|in|here).*|"
    r"your[-_ ].*|.*\.\.\.|…|x{4,}|todo",
    re.IGNORECASE | re.DOTALL,
)
PUBLIC = frozenset(("otree_ego", "otree-ego", "only for tests", "otree", "secret", "secret_key", "secretkey"))
"""What earlier versions of this repository, its tests and many tutorials have."""
_WORDS = """
password passwort passwd geheim secret secrets key schluessel schlüssel admin administrator root user login letmein
welcome willkommen hallo hello test testing tests demo example beispiel sample experiment experiments experimente
study studie session sitzung otree ego lab labor research forschung university universitaet universität uni econ
economics game games spiel chat llm gpt openai model server heroku django flask production development dev prod
local localhost public private default temp temporary unsafe insecure safe secure security token cookie cookies
signing sign app application project projekt web website the for and with not this that from our your mine
master monkey dragon football iloveyou sunshine princess superman batman trustno1 abc qwerty qwertz qwertyuiop
qwertzuiop asdf asdfgh asdfghjkl yxcvbnm zxcvbnm 1q2w3e4r 1qaz2wsx
spring summer autumn winter fruehling frühling sommer herbst monday friday montag freitag january march april may
june july august september october november december januar maerz märz juni juli oktober dezember
anna max peter paul maria thomas michael christian alexander berlin hamburg munich london paris
"""
"""What people take, in English and German."""
_KNOWN = re.compile("|".join(map(re.escape, sorted(_WORDS.split(), key=len, reverse=True))))
_YEAR = re.compile(r"(?:19|20)\d\d")
_LEET = str.maketrans("013457@$!", "oleastasi")


def bits(text: str) -> float:
    """About how many bits somebody has to guess who knows what people choose.

    >>> bits("password2026") < 15 < 60 < bits("k3Jq-vT9x_Wm2")
    True
    """
    text = text[:1000]
    variants = {text.lower(), text.lower().translate(_LEET)}
    return min(_bits_of_rest(text), *map(_bits_with_words, variants))


def _bits_with_words(text: str) -> float:
    words = {*_KNOWN.findall(text), *_YEAR.findall(text)}
    return len(words) * WORD_BITS + _bits_of_rest(_YEAR.sub("", _KNOWN.sub("", text)))


def _bits_of_rest(text: str) -> float:
    text = text[: _period(text)]
    if not text:
        return 0.0
    # each step of a run (abc, 321, aaa) is one that can be foreseen
    steps = [ord(after) - ord(before) for before, after in pairwise(text)]
    foreseen = sum(step == last and abs(step) <= 1 for last, step in pairwise(steps))
    free, counts = len(text) - foreseen, Counter(text)
    entropy = -sum(n / len(text) * math.log2(n / len(text)) for n in counts.values())
    # the entropy of so few signs is lower than that of what they were drawn from
    return foreseen / 2 + min(free * math.log2(_alphabet(text)), 1.5 * free * entropy + 3)


def _period(text: str) -> int:
    """After how many signs a text repeats itself to its end; its length if it does not."""
    for length in range(1, min(len(text) // 2, 64) + 1):
        if text[:-length] == text[length:]:
            return length
    return len(text)


def _alphabet(text: str) -> int:
    sizes = [(r"\d", 10), (r"[a-z]", 26), (r"[A-Z]", 26), (r"[^\da-zA-Z]", 20)]
    if re.fullmatch(r"[\da-f]+|[\dA-F]+", text):
        return 16 if re.search("[a-fA-F]", text) else 10
    return sum(size for kind, size in sizes if re.search(kind, text))


def key_problem(key: str) -> str:
    """Why a SECRET_KEY can be guessed; empty if it cannot.

    >>> key_problem("6789012345678"), key_problem("f1d2d2f924e986ac86fdf7b36c94bcdf32beec15")
    ('it is a number as otree startproject writes it, which can be found by trying', '')
    """
    if not key.strip():
        return "it is empty"
    if key.strip().lower() in PUBLIC:
        return "it is one that is known to everybody"
    if PLACEHOLDER.fullmatch(key.strip()):
        return "it is still a placeholder"
    if OTREES.fullmatch(key.strip()):
        return "it is a number as otree startproject writes it, which can be found by trying"
    if len(key) < KEY_LENGTH:
        return f"it has only {len(key)} characters"
    return "it is short, follows a pattern, or consists of words" if bits(key) < KEY_BITS else ""


def password_problem(password: str, names: Iterable[str] = ()) -> tuple[str, str]:
    """What is wrong with a password: the state of its row, and why; ``("", "")`` if nothing is.

    Arguments:
        names: that somebody would try: the user's, the project's.
    """
    if not password.strip():
        return "failed", "it is empty"
    if PLACEHOLDER.fullmatch(password.strip()):
        return "failed", "it is still a placeholder"
    if len(password) < PASSWORD_LENGTH:
        return "failed", f"it has fewer than {PASSWORD_LENGTH} characters"
    rest = password.lower()
    for name in sorted((name.lower() for name in names if len(name) > 2), key=len, reverse=True):
        rest = rest.replace(name, "")
    known = min(bits(password), bits(rest) + WORD_BITS if rest != password.lower() else math.inf)
    if known < PASSWORD_FEW:
        return "failed", "it is one of those that are tried first: a word, a name, a year, a row of keys"
    return ("warning", "it is short, or made of few words") if known < PASSWORD_GOOD else ("", "")
