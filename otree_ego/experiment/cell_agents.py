"""The agent of a cell: levels that it takes as arguments, that its system prompt uses, or that are its parameters."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ..errors import ConfigError
from ..messages import service_of
from ..prompts import Prompt
from ..threads.level_values import LEVELS, LevelValues
from ..threads.thread import Thread

SELECTED = (
    "model", "temperature", "system_prompt", "max_tokens", "top_p", "frequency_penalty", "presence_penalty",
    "reasoning_effort", "verbosity", "stop",
)  # fmt: skip
"""Parameters of a Thread that a level of this name sets, if neither the prompt nor the agent uses it."""
WHOLE = ("cell", "levels")
"""Names of an agent's argument that takes the whole cell."""
NUMBERS = ("temperature", "max_tokens", "top_p", "frequency_penalty", "presence_penalty")
"""Of these, those that are numbers."""


@dataclass(frozen=True)
class AgentLevels:
    """How the levels of a cell reach its agent; can be sent to another process.

    Fields:
        takes: names of levels that the agent's function takes as arguments.
        selects: names of levels that are parameters of the Thread.
        variables: further values that the Prompts of its system prompt may use.
        whole: the argument that takes the whole cell as a dict; ``**`` for keyword arguments; empty for none.
    """

    takes: tuple[str, ...] = ()
    selects: tuple[str, ...] = ()
    variables: Mapping[str, Any] | None = None
    whole: str = ""

    def make(self, make: Callable[..., Any], cell: Mapping[str, Any]) -> tuple[Any, set[str]]:
        """What an agent's function makes for a cell, and the names of the levels that it used.

        Arguments:
            make: the agent. cell: its levels; a Prompt among them is filled with the others.
        """
        known = {**(self.variables or {}), **cell}
        values = filled(cell, known)
        levels = LevelValues({**known, **values})
        token = LEVELS.set(levels)
        try:
            given = {name: values[name] for name in self.takes} if self.whole in ("", "**") else {self.whole: values}
            made = make(**given)
            if isinstance(made, Thread):
                for name in self.selects:
                    _select(made, name, values[name])
        finally:
            LEVELS.reset(token)
        return made, {name for name in levels.used if name in cell} | {*self.takes, *self.selects}


def filled(values: Mapping[str, Any], known: Mapping[str, Any]) -> dict[str, Any]:
    """Values by name; those that are Prompts are filled with what is known, as far as it is enough.

    Arguments:
        values: by name. known: what a Prompt may use.
    """
    return {
        name: value.render(**known) if isinstance(value, Prompt) and value.names <= {*known} else value
        for name, value in values.items()
    }


def levels_of_agent(
    make: Callable[..., Any],
    levels: Mapping[str, Sequence[Any]],
    in_prompt: Collection[str],
    variables: Mapping[str, Any],
) -> AgentLevels:
    """How levels reach an agent.

    Arguments:
        make: the agent's function; its arguments are levels, and `cell` or `**cell` takes all of them.
        levels: values by name. in_prompt: names that the prompt uses. variables: see `AgentLevels`.

    Raises:
        ConfigError: the agent has an argument that is no level, or a level can be meant in two ways.
    """
    own, whole = _parameters(make, levels)
    takes = tuple(name for name in levels if name in own or whole)
    free = (name for name in levels if name in SELECTED and name not in takes)
    selects = tuple(name for name in free if name not in in_prompt or _also_sets(name, levels[name]))
    return AgentLevels(takes, selects, variables, whole)


def _also_sets(name: str, values: Sequence[Any]) -> bool:
    """Whether a level that the prompt uses is the Thread's parameter as well: "You are {{ model }}."

    The Model T of a prompt about cars is none, nor are the degrees of one about the weather.

    Raises:
        ConfigError: it can be either.
    """
    if name == "model":
        return any(isinstance(value, str) and _is_known_model(value) for value in values)
    numbers = [value for value in values if isinstance(value, int | float) and not isinstance(value, bool)]
    if name == "temperature" and len(numbers) == len(values) and all(0 <= number <= 2 for number in numbers):
        raise ConfigError(
            "The level 'temperature' is used by the prompt, and it could be the model's as well. Give it another name "
            "for the prompt, or give the agent an argument: lambda temperature: GPTThread(…, temperature=temperature)."
        )
    return False


def _is_known_model(name: str) -> bool:
    from ..providers import provider_for, split_model
    from ..providers.prices import price_problem
    from ..providers.services import find_service

    service, slash, _ = name.partition("/")
    if slash:
        return find_service(service) is not None or service in ("constant", "scripted", "local", "terminal", "external")
    return not price_problem(name, provider_for(split_model(name)[0] + "/" + name))


def _parameters(make: Callable[..., Any], levels: Collection[str]) -> tuple[set[str], str]:
    """The names of levels that a function takes, and the argument that takes the whole cell.

    A class takes none: its arguments are those of a Thread. So may be what `**more` takes; `**cell` takes a cell.
    """
    if inspect.isclass(make) or inspect.isclass(getattr(make, "func", None)):
        return set(), ""
    try:
        parameters = inspect.signature(make).parameters.values()
    except (TypeError, ValueError):
        return set(), ""
    named = [each for each in parameters if each.kind in (each.POSITIONAL_OR_KEYWORD, each.KEYWORD_ONLY)]
    whole = ""
    for each in parameters:
        if each.name in WHOLE and each.name not in levels:
            whole = "**" if each.kind is each.VAR_KEYWORD else each.name
        elif each in named and each.default is each.empty and each.name not in levels:
            raise ConfigError(
                f"The agent's function has an argument {each.name!r}, but there is no level of this name: the levels "
                f"are {', '.join(levels) or 'none'}."
            )
    return {each.name for each in named}, whole


def _select(thread: Thread, name: str, value: Any) -> None:
    if name == "system_prompt":
        if value:
            thread.system(value)
    elif name == "model":
        _select_model(thread, value)
    else:
        number = isinstance(value, int | float) and not isinstance(value, bool)
        if name in NUMBERS and value is not None and not number:
            raise ConfigError(
                f"The level {name!r} sets the model's {name}, since nothing else uses it: its values are numbers, or "
                f"None for the service's own, not {value!r:.60}."
            )
        setattr(thread, name, value)


def _select_model(thread: Thread, value: Any) -> None:
    if not isinstance(value, str) or not value.strip():
        raise ConfigError(f"The level 'model' has models' names, e.g. 'gpt-6-luna', not {value!r:.60}.")
    prefix = type(thread)._prefix
    model = value if "/" in value or value.startswith(prefix) else prefix + value
    if service_of(model) != service_of(thread.model):
        # As with a fallback model: another service is asked at its own address, without the fields of the first.
        thread.base_url, thread.extra = "", None
    thread.model = model


def check_selected(selects: Collection[str], of_request: Collection[str]) -> None:
    """See that no parameter is both a level and an argument of `run`.

    Raises:
        ConfigError: one is.
    """
    for name in selects:
        if name in of_request:
            raise ConfigError(f"{name!r} is a level already: it is not given to run() as well.")
