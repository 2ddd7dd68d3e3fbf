"""Scenarios as data: the JSON file that the builder exports, checked to the last name and turned into values."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any, NoReturn

from pydantic import ValidationError

from ...errors import ConfigError
from ...parsing import homogenize
from ...prompts import Prompt
from ...public import public
from ..treatments import Treatment, name_of
from .additions import added_to_seats
from .checks import check_names, check_prompts, checked_filters
from .format import BuiltFile, built_schema, problem
from .json_file import parsed, text_of
from .notation import Filter, Seat
from .places import Problem

__all__ = ["Built", "Filter", "Seat", "built_schema", "read_built"]
MOST_PROBLEMS = 30
BLANK: dict[str, Any] = {
    "threads": [[1, "CLIThread"]], "treatments": ["-"], "rounds": 1, "variables": {}, "filters": [],
    "prompts": {"system": "", "user": "-"},
}  # fmt: skip


@public
@dataclass(frozen=True)
class Built:
    """A scenario as it was built: who sits at the table, what they are told, for how many rounds.

    Fields:
        seats: in the order of their turns. treatments: with the variables as attributes.
        variables: by name, then by treatment. prompt_system, prompt_user: tidied as alter_ego tidies them.
        settings: of all models: `reasoning_effort` and `verbosity`, if the file names them.
        notes: sentences about what the file has and the scenario does not use. source: the file's content, as JSON.
        where: the file, for errors.
    """

    seats: tuple[Seat, ...]
    treatments: tuple[Treatment, ...]
    rounds: int
    variables: Mapping[str, Mapping[str, Any]]
    prompt_system: Prompt
    prompt_user: Prompt
    settings: tuple[tuple[str, str], ...] = ()
    notes: tuple[str, ...] = ()
    source: str = field(default="", repr=False)
    where: str = field(default="The built scenario", repr=False, compare=False)

    @property
    def filters(self) -> tuple[Filter, ...]:
        """The seats' filters, in the seats' order."""
        return tuple(seat.filter for seat in self.seats)

    def prompt(self, which: str) -> Prompt:
        """The prompt that is called ``system`` or ``user``."""
        return self.prompt_system if which == "system" else self.prompt_user

    def treatment(self, wanted: Any) -> Treatment:
        """The treatment of this name.

        Raises:
            ConfigError: there is none.
        """
        for each in self.treatments:
            if each.name == name_of(wanted):
                return each
        names = ", ".join(each.name for each in self.treatments)
        raise ConfigError(f"There is no treatment {wanted!r:.80}; there are {names}.")

    def values(self, treatment: Any) -> dict[str, Any]:
        """The variables' values in a treatment."""
        name = self.treatment(treatment).name
        return {variable: by_treatment[name] for variable, by_treatment in self.variables.items()}


def read_built(source: str | Path | Mapping[str, Any]) -> Built:
    """Read a built scenario, and refuse at once what could not be played.

    Arguments:
        source: the file, its text, or its content as a dict.

    Raises:
        ConfigError: with every problem: where in the file, what was found, what was expected.

    >>> read_built({
    ...     "threads": [[1, ["ConstantThread", "7"]]], "treatments": ["low", "high"], "rounds": 1,
    ...     "variables": {"reward": {"low": 1, "high": 100}}, "filters": [["extract_number"]],
    ...     "prompts": {"system": "You can earn {{ reward }}.", "user": "Your number?"},
    ... }).values("high")
    {'reward': 100}
    """
    where, text = text_of(source)
    return examine(where, parsed(where, text)).built()


@dataclass(frozen=True)
class Examined:
    """A file's content, and all that is wrong with it as far as reading it shows.

    Fields:
        where: the file, for errors. data: its JSON. file: its content; what of it does not fit is blank.
        filters, parameters: in the seats' order. problems: what is wrong, and what is worth knowing.
    """

    where: str
    data: Any
    file: BuiltFile
    filters: tuple[Filter, ...]
    problems: tuple[Problem, ...]
    parameters: tuple[Mapping[str, Any], ...] = ()

    @property
    def errors(self) -> list[Problem]:
        """The problems for which it cannot be played."""
        return [each for each in self.problems if each.level == "error"]

    def built(self) -> Built:
        """The scenario.

        Raises:
            ConfigError: with every problem.
        """
        return self._built

    @cached_property
    def _built(self) -> Built:
        if errors := self.errors:
            _refuse(self.where, [str(each) for each in errors])
        file = self.file
        numbered = zip(file.threads, self.filters, self.parameters, strict=True)
        return Built(
            seats=tuple(
                Seat(number, kind, model, by, tuple(own.items())) for (number, (kind, model)), by, own in numbered
            ),
            treatments=tuple(_treatment(name, file.variables) for name in file.treatments),
            rounds=file.rounds,
            variables=file.variables,
            prompt_system=Prompt(homogenize(file.prompts.system)),
            prompt_user=Prompt(homogenize(file.prompts.user)),
            settings=tuple(file.model_dump(include={"reasoning_effort", "verbosity"}, exclude_none=True).items()),
            notes=tuple(str(each) for each in self.problems if each.level == "note"),
            source=json.dumps(self.data, ensure_ascii=False),
            where=self.where,
        )


def examine(where: str, data: Any) -> Examined:
    """What is in a built file, and what is wrong with it.

    Arguments:
        where: the file, for errors. data: its JSON, see `parsed`.
    """
    file, failing = _validated(data)
    problems = [each for several in failing.values() for each in several]
    filters: list[Filter] = []
    parameters: list[dict[str, Any]] = []
    if "" not in failing:
        filters = checked_filters(file, failing, problems)
        filters, parameters = added_to_seats(data, [number for number, _ in file.threads], filters, problems)
        check_names(file, failing, problems)
        check_prompts(file, failing, problems)
        unknown = [name for name in data if name not in BuiltFile.model_fields]
        problems += [Problem((name,), "is not known and not used", "note", "not used") for name in unknown]
    return Examined(where, data, file, tuple(filters), tuple(problems), tuple(parameters))


def _validated(data: Any) -> tuple[BuiltFile, dict[str, list[Problem]]]:
    """The file's content, and problems by top-level name; where there are any, the content is a blank."""
    failing: dict[str, list[Problem]] = {}
    try:
        return BuiltFile.model_validate_json(json.dumps(data)), failing
    except ValidationError as error:
        for each in error.errors(include_url=False, include_context=False):
            path = list(each["loc"])
            if path[:1] == ["filters"]:
                del path[1:2]  # pydantic's word for which form it has
            failing.setdefault(str(path[0]) if path else "", []).append(problem(path, each["input"], each["type"]))
    # What fits is checked further: all problems are told at once.
    good = {} if "" in failing else {n: data[n] for n in BuiltFile.model_fields if n in data and n not in failing}
    return BuiltFile.model_validate_json(json.dumps({**BLANK, **good})), failing


def _treatment(name: str, variables: Mapping[str, Mapping[str, Any]]) -> Treatment:
    usable = {key: by[name] for key, by in variables.items() if key.isidentifier() and not key.startswith("_")}
    return Treatment(name, **{key: value for key, value in usable.items() if key not in ("name", "as_dict")})


def _refuse(where: str, problems: Sequence[str]) -> NoReturn:
    shown = list(problems[:MOST_PROBLEMS])
    if len(problems) > MOST_PROBLEMS:
        shown.append(f"and {len(problems) - MOST_PROBLEMS} more")
    one = len(problems) == 1
    words = f" {shown[0]}." if one else "".join(f"\n- {each}" for each in shown)
    raise ConfigError(f"{where} is not a scenario that can be played:{words}")
