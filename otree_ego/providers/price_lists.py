"""Prices of one's own: what a project says that the models of a service cost."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from ..errors import ConfigError
from ..messages import Usage
from .reply_fields import amount

ANY = "*"
"""Stands for all models of a service that are not named."""
MOST = 1_000_000_000
"""US dollars for a million tokens that nobody takes: sums of costs stay numbers."""
EXAMPLE = "{'llama3': {'input': 0.2, 'output': 0.6}}"
_NEEDED, _FURTHER = ("input", "output"), ("cached", "reasoning")
_MILLION = 1_000_000


@dataclass(frozen=True, slots=True)
class ModelPrice:
    """What one model costs, in US dollars for a million tokens.

    Arguments:
        input, output: of tokens that go in, and that come out.
        cached: of tokens that go in and are read from the service's cache; as `input` if not given.
        reasoning: of tokens that come out and are reasoning; as `output` if not given.
    """

    input: float
    output: float
    cached: float | None = None
    reasoning: float | None = None

    def cost(self, usage: Usage, cached: int = 0) -> float | None:
        """US dollars for one reply, None where its tokens are unknown.

        >>> ModelPrice(2, 10, cached=1, reasoning=20).cost(Usage(1_000_000, 500_000, 100_000), cached=500_000)
        7.5
        """
        free = not any((self.input, self.output, self.cached, self.reasoning))
        if usage.input is None or usage.output is None:
            return 0.0 if free else None
        cached, reasoning = min(cached, usage.input), min(usage.reasoning or 0, usage.output)
        total = (usage.input - cached) * self.input + (usage.output - reasoning) * self.output
        total += cached * (self.input if self.cached is None else self.cached)
        total += reasoning * (self.output if self.reasoning is None else self.reasoning)
        return total / _MILLION


@dataclass(frozen=True, slots=True)
class PriceList:
    """Prices of a service's models.

    Arguments:
        rows: pairs of a model's name at the service (``*`` for all that are not named) and its price.

    >>> prices = PriceList.read({"llama3": {"input": 0.2, "output": 0.6}}, "service 'uni'")
    >>> prices.of("llama3").output, prices.of("qwen3") is None
    (0.6, True)
    """

    rows: tuple[tuple[str, ModelPrice], ...] = ()

    def of(self, model: str) -> ModelPrice | None:
        """What a model costs, None if the list does not say it."""
        rows = dict(self.rows)
        return rows.get(model) or rows.get(ANY)

    def __iter__(self) -> Iterator[str]:
        return (name for name, _ in self.rows)

    def __bool__(self) -> bool:
        return bool(self.rows)

    @staticmethod
    def read(given: object, what: str) -> PriceList:
        """The prices in what a project has written.

        Arguments:
            given: for each model's name its prices. what: what the service is called in errors.

        Raises:
            ConfigError: it is no price; the message says which, and why.
        """
        if not isinstance(given, Mapping) or not given:
            raise ConfigError(
                f"{what}: prices takes the prices of each model in US dollars for a million tokens, e.g. {EXAMPLE}, or "
                f"the service's name in the price data, not {given!r:.80}"
            )
        rows: list[tuple[str, ModelPrice]] = []
        for model, row in given.items():
            if not isinstance(model, str) or not model.strip():
                raise ConfigError(f"{what}: prices names each model by a text, e.g. {EXAMPLE}, not {model!r:.60}")
            name = model.strip()
            if ANY in name and name != ANY:
                raise ConfigError(f"{what}: prices[{model!r:.60}] stands for no model: '*' alone is for all others")
            if name in dict(rows):
                raise ConfigError(f"{what}: prices names {name!r:.60} twice")
            rows.append((name, _price(row, f"{what}: prices[{model!r}]")))
        return PriceList(tuple(rows))


NONE = PriceList()


def _price(row: object, what: str) -> ModelPrice:
    if not isinstance(row, Mapping):
        raise ConfigError(
            f"{what} takes a dict with input and output, in US dollars for a million tokens, not {row!r:.60}"
        )
    for name, value in row.items():
        if name not in (*_NEEDED, *_FURTHER):
            raise ConfigError(f"{what}: there is no price {name!r:.60}; it takes input, output, cached and reasoning")
        if amount(value) is None or value > MOST:
            raise ConfigError(
                f"{what}: {name} takes a number of US dollars for a million tokens, 0 to {MOST:,}, not {value!r:.60}"
            )
    for name in _NEEDED:
        if name not in row:
            raise ConfigError(f"{what}: {name} is missing, in US dollars for a million tokens")
    return ModelPrice(**{name: float(value) for name, value in row.items()})
