"""What a session will cost and need, before it takes place: `ego check --participants`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from ...chat_rules.settings import PREFIX, read_settings
from ...errors import EgoError
from ...messages import Usage
from ...providers import split_model
from ...providers.prices import model_cost
from ...providers.told_limits import MINUTE, ToldLimit, ask_limits
from ..production.memory_needs import memory_limit, server_mb
from .assumptions import Assumed, Demand, assumed
from .earlier_sessions import Recorded, earlier_sessions

__all__ = ["Forecast", "ModelForecast", "Need", "forecast"]


@dataclass(frozen=True)
class Need:
    """What the busiest minute needs of one thing, and what the service allows.

    Fields:
        kind: ``requests``, ``tokens`` or ``tokens out``. needed: in a minute, or in `seconds`. allowed: None if it is
        not known. seconds: the time for which the limit holds.
    """

    kind: str
    needed: float
    allowed: float | None = None
    seconds: float = MINUTE

    @property
    def over(self) -> float:
        """How many times more is needed than is allowed; 0 if it is enough, or not known."""
        return self.needed / self.allowed if self.allowed and self.needed > self.allowed else 0.0


@dataclass
class ModelForecast:
    """One model's part.

    Fields:
        cost: US dollars, None if the price is not known. most: at most, None if nothing limits it or no price is known.
        needs: of the busiest minute. asked: whether the service was asked for its limits. told: whether it answered.
    """

    model: str
    requests: float
    tokens_in: float
    tokens_out: float
    cost: float | None
    most: float | None
    needs: list[Need] = field(default_factory=list)
    asked: bool = False
    told: bool = False


@dataclass
class Forecast:
    """What is expected of one session.

    Fields:
        basis: ``recorded`` or ``assumed``. sentences: on what it rests. cap: US dollars that its config allows.
        memory: MB that the server needs. has: MB that this machine has. problem: why there is no forecast.
    """

    config: str
    title: str
    participants: int
    basis: str = "assumed"
    sentences: list[str] = field(default_factory=list)
    models: list[ModelForecast] = field(default_factory=list)
    cap: float | None = None
    memory: float = 0.0
    messages: float = 0.0
    has: float | None = None
    problem: str = ""

    def plain(self) -> dict[str, Any]:
        """As JSON has it."""
        return asdict(self)


def forecast(
    config: Mapping[str, Any],
    participants: int,
    network: bool,
    database: str = "",
    told: dict[str, list[ToldLimit] | None] | None = None,
) -> Forecast:
    """What a session of a config will cost and need.

    Arguments:
        config: a session config with the project's defaults. participants: how many. network: whether the models'
        services are asked for their limits, with one short question each. database: oTree's, with earlier sessions.
        told: what services have told already, by model; it is added to.
    """
    name = str(config.get("name", "?"))
    found = Forecast(name, str(config.get("display_name") or name), participants)
    try:
        # the default model need not be there: a project that names none attaches Threads of its own
        settings = read_settings({f"{PREFIX}model": "constant/-", **config}, models=False)
    except EgoError as error:
        found.problem = f"its settings cannot be read: {error}"
        return found
    guess = assumed(config, settings, Path("."))
    earlier, why = _earlier(database, name)
    demands = guess.demands
    if earlier is not None and earlier.demands:
        demands = _from_recorded(earlier, guess, found)
        found.messages = earlier.messages
    else:
        found.sentences = [why, *guess.sentences]
        found.messages = guess.messages
    told = {} if told is None else told
    for model, demand in demands.items():
        if network and model not in told:
            told[model] = ask_limits(model)
        part = _of_model(model, demand, guess.demands.get(model), participants, told.get(model))
        part.asked, part.told = network, told.get(model) is not None
        found.models.append(part)
    each, whole = settings.max_cost, settings.max_cost_session
    caps = [cap for cap in (None if each is None else each * participants, whole) if cap is not None]
    found.cap = min(caps) if caps else None
    local = any(split_model(model)[0] == "local" for model in demands)
    found.memory, found.has = server_mb(participants, local, found.messages), memory_limit()
    return found


def _earlier(database: str, config: str) -> tuple[Recorded | None, str]:
    if not database:
        return None, "Assumed, because there is no database of earlier sessions here:"
    try:
        recorded = earlier_sessions(database, config)
    except EgoError as error:
        return None, f"Assumed, because earlier sessions cannot be read ({error}):"
    if not recorded.demands:
        return None, "Assumed, because no earlier session of this config is recorded here:"
    return recorded, ""


def _from_recorded(earlier: Recorded, guess: Assumed, found: Forecast) -> dict[str, Demand]:
    """The recorded demand of one participant, of the models that the config names now."""
    found.basis = "recorded"
    number = len(earlier.sessions)
    found.sentences = [
        f"From what was recorded of {number} earlier session{'s' if number > 1 else ''} "
        f"({', '.join(earlier.sessions[-3:])}{' and others' if number > 3 else ''}) with {earlier.participants} "
        "participants: what each asked of a model on average, and the busiest minute that there was."
    ]
    demands = earlier.demands
    if not set(demands) <= set(guess.demands) and guess.demands:
        whole = Demand()
        for demand in demands.values():
            whole.add(demand, at_once=True)
        total = sum(demand.requests for demand in guess.demands.values()) or 1.0
        before, demands = ", ".join(demands), {}
        for model, demand in guess.demands.items():
            demands[model] = Demand()
            demands[model].add(whole, demand.requests / total)
        found.sentences.append(f"Then {before} answered; tokens and prices are those of the models that are named now.")
    for model, demand in demands.items():
        if not demand.tokens_in + demand.tokens_out and (usual := guess.demands.get(model)) and usual.requests:
            share = demand.requests / usual.requests
            demand.tokens_in, demand.tokens_out = usual.tokens_in * share, usual.tokens_out * share
            demand.peak_tokens = usual.peak_tokens * (demand.peak_requests / (usual.peak_requests or 1.0))
            demand.peak_out = usual.peak_out * (demand.peak_requests / (usual.peak_requests or 1.0))
            found.sentences.append(f"No tokens were recorded of {model}: those are assumed.")
    return demands


def _of_model(
    model: str, demand: Demand, usual: Demand | None, participants: int, limits: list[ToldLimit] | None
) -> ModelForecast:
    one, most = _cost(model, demand.requests, demand.tokens_in, demand.tokens_out), None
    if usual is not None and usual.most_in is not None and usual.most_out is not None:
        most = _cost(model, usual.requests, usual.most_in, usual.most_out)
    if most is not None and one is not None:
        most = max(most, one)
    return ModelForecast(
        model,
        participants * demand.requests,
        participants * demand.tokens_in,
        participants * demand.tokens_out,
        None if one is None else participants * one,
        None if most is None else participants * most,
        _needs(demand, participants, limits or []),
    )


def _cost(model: str, requests: float, tokens_in: float, tokens_out: float) -> float | None:
    """US dollars; the price is looked up for a request of the usual size, since long ones may cost more."""
    number = max(1, round(requests))
    one = model_cost(model, Usage(round(tokens_in / number), round(tokens_out / number)))
    return None if one is None else one * number


def _needs(demand: Demand, participants: int, limits: list[ToldLimit]) -> list[Need]:
    """Requests and tokens of the busiest minute; of a limit for a longer time, those of the whole session."""
    both = demand.tokens_in + demand.tokens_out
    peaks = {"requests": demand.peak_requests, "tokens": demand.peak_tokens, "tokens out": demand.peak_out}
    sums = {"requests": demand.requests, "tokens": both, "tokens out": demand.tokens_out}
    needs = []
    for kind, peak in peaks.items():
        told = [limit for limit in limits if limit.kind == kind]
        minute = [limit.a_minute for limit in told if limit.seconds <= MINUTE]
        if minute or kind != "tokens out":
            needs.append(Need(kind, participants * peak, min(minute, default=None)))
        longer = [limit for limit in told if limit.seconds > MINUTE]
        needs += [Need(kind, participants * sums[kind], limit.amount, limit.seconds) for limit in longer]
    return needs
