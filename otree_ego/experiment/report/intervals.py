"""Means and shares with their 95 % confidence intervals, without a package for statistics."""

from __future__ import annotations

import math
import statistics
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

LEVEL = 0.95
NORMAL = statistics.NormalDist().inv_cdf((1 + LEVEL) / 2)
MEAN_INTERVAL = "95 % confidence interval of the mean by Student's t: mean ± t(0.975, n − 1) · sd / √n"
SHARE_INTERVAL = "95 % confidence interval of a share by Wilson's score formula"


@dataclass(frozen=True)
class Summary:
    """What describes some numbers.

    Fields:
        n: how many. mean, sd (with n − 1), median, smallest, largest: None where there are too few numbers.
        low, high: the ends of the interval of the mean, see `MEAN_INTERVAL`; None below two numbers.
    """

    n: int
    mean: float | None = None
    sd: float | None = None
    median: float | None = None
    smallest: float | None = None
    largest: float | None = None
    low: float | None = None
    high: float | None = None


def summary(values: Sequence[float]) -> Summary:
    """Describe some numbers.

    >>> found = summary([1, 2, 3, 4])
    >>> found.mean, found.median, round(found.low, 3), round(found.high, 3)
    (2.5, 2.5, 0.446, 4.554)
    >>> summary([5]).low is None
    True
    """
    n = len(values)
    if not n:
        return Summary(0)
    mean = math.fsum(values) / n
    middle, ends = statistics.median(values), (min(values), max(values))
    if n == 1:
        return Summary(n, mean, None, middle, *ends)
    sd = math.sqrt(math.fsum((value - mean) ** 2 for value in values) / (n - 1))
    half = t_quantile(n - 1) * sd / math.sqrt(n)
    return Summary(n, mean, sd, middle, *ends, mean - half, mean + half)


def wilson(count: int, n: int) -> tuple[float, float]:
    """The ends of the interval of a share of `count` out of `n`, see `SHARE_INTERVAL`.

    >>> [round(end, 4) for end in wilson(8, 10)]
    [0.4902, 0.9433]
    """
    if not n:
        return 0.0, 1.0
    share, z2 = count / n, NORMAL**2
    middle = (share + z2 / (2 * n)) / (1 + z2 / n)
    half = NORMAL / (1 + z2 / n) * math.sqrt(share * (1 - share) / n + z2 / (4 * n * n))
    return (0.0 if not count else middle - half), (1.0 if count == n else middle + half)


@lru_cache(maxsize=4096)
def t_quantile(freedom: int) -> float:
    """The 0.975 quantile of Student's t distribution.

    >>> [round(t_quantile(freedom), 3) for freedom in (1, 2, 10, 30, 1000)]
    [12.706, 4.303, 2.228, 2.042, 1.962]
    """
    tail = (1 - LEVEL) / 2
    low, high = NORMAL, 13.0
    for _ in range(60):
        middle = (low + high) / 2
        # P(T > t) is half the regularised incomplete beta function at v / (v + t²)
        if _beta(freedom / 2, 0.5, freedom / (freedom + middle * middle)) / 2 > tail:
            low = middle
        else:
            high = middle
    return (low + high) / 2


def quantile(ordered: Sequence[float], share: float) -> float:
    """A quantile of numbers in order, between two of them in proportion.

    >>> quantile([1, 2, 3, 4, 5], 0.5), quantile([1, 2], 0.25)
    (3.0, 1.25)
    """
    place = (len(ordered) - 1) * share
    below = int(place)
    above = min(below + 1, len(ordered) - 1)
    return ordered[below] + (ordered[above] - ordered[below]) * (place - below)


def _beta(a: float, b: float, x: float) -> float:
    """The regularised incomplete beta function, by its continued fraction (Lentz's method)."""
    if x <= 0 or x >= 1:
        return float(x >= 1)
    if x > (a + 1) / (a + b + 2):
        return 1 - _beta(b, a, 1 - x)
    front = math.exp(math.lgamma(a + b) - math.lgamma(a) - math.lgamma(b) + a * math.log(x) + b * math.log1p(-x))
    tiny = 1e-300
    d = 1 / _away(1 - (a + b) * x / (a + 1), tiny)
    c, total = 1.0, d
    for m in range(1, 500):
        even = m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m))
        odd = -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1))
        for term in (even, odd):
            d = 1 / _away(1 + term * d, tiny)
            c = _away(1 + term / c, tiny)
            total *= d * c
        if abs(d * c - 1) < 1e-14:
            break
    return front * total / a


def _away(value: float, tiny: float) -> float:
    return value if abs(value) > tiny else tiny
