"""The format of built files: its models, its JSON Schema, and what is said of a file that does not fit."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Discriminator, Field, PlainValidator, Tag, WithJsonSchema

from ...messages import EFFORTS, VERBOSITIES
from .additions import SCHEMA
from .notation import FILTERS, KINDS, OLD, filter_entry, filter_spec, thread_spec
from .places import Problem


def _value(given: Any) -> Any:
    if given is None:
        raise ValueError("no value")
    return given


_TEXT = {"type": "string", "minLength": 1}
_THREAD_SCHEMA = {
    "anyOf": [
        {"enum": ["CLIThread", *OLD]},
        {"type": "array", "prefixItems": [{"const": "CLIThread"}], "minItems": 1, "maxItems": 1},
        {"type": "array", "prefixItems": [{"enum": [*KINDS]}, _TEXT], "minItems": 2, "maxItems": 2},
    ]
}
_FILTER_SCHEMA = {
    "anyOf": [
        {"enum": [name for name in FILTERS if name != "exclusive_response"]},
        {
            "type": "array",
            "prefixItems": [{"enum": [name for name in FILTERS if name != "exclusive_response"]}],
            "minItems": 1,
        },
        {"type": "array", "prefixItems": [{"const": "exclusive_response"}, _TEXT], "minItems": 2, "maxItems": 2},
    ]
}
_NUMBERED = {"type": "array", "prefixItems": [{"type": "integer"}, _FILTER_SCHEMA], "minItems": 2, "maxItems": 2}
_ENTRY_SCHEMA = {"anyOf": [_FILTER_SCHEMA, _NUMBERED]}
_Thread = Annotated[Any, PlainValidator(thread_spec), WithJsonSchema(_THREAD_SCHEMA)]
_Filter = Annotated[Any, PlainValidator(filter_spec), WithJsonSchema(_FILTER_SCHEMA)]
_Entry = Annotated[Any, PlainValidator(filter_entry), WithJsonSchema(_ENTRY_SCHEMA)]
_NOT_NULL = {"type": ["string", "number", "boolean", "array", "object"]}
_Value = Annotated[Any, PlainValidator(_value), WithJsonSchema(_NOT_NULL)]
_Name = Annotated[str, Field(min_length=1)]
_Filters = Annotated[
    Annotated[list[_Entry], Tag("list")] | Annotated[dict[str, _Filter], Tag("dict")],
    Discriminator(lambda given: "dict" if isinstance(given, dict) else "list"),
]


def _one_of(words: Sequence[str]) -> PlainValidator:
    def check(given: Any) -> Any:
        if given not in words:
            raise ValueError("no such word")
        return given

    return PlainValidator(check)


_Effort = Annotated[str | None, _one_of(EFFORTS), WithJsonSchema({"enum": [*EFFORTS]})]
_Verbosity = Annotated[str | None, _one_of(VERBOSITIES), WithJsonSchema({"enum": [*VERBOSITIES]})]


class _Strict(BaseModel):
    model_config = ConfigDict(strict=True, extra="allow", json_schema_extra={"additionalProperties": True})


class PromptsFile(_Strict):
    """Jinja templates."""

    system: str = Field(description="said once to each Thread, before the first round")
    user: _Name = Field(description="asked of each Thread in each round")


class BuiltFile(_Strict):
    """A turn-based scenario: its Threads speak in turn, round after round."""

    threads: list[tuple[int, _Thread]] = Field(
        min_length=1, max_length=1000, description="who sits at the table: [i, thread]"
    )
    treatments: list[_Name] = Field(min_length=1, description="names")
    rounds: int = Field(ge=1, le=100_000)
    variables: dict[str, dict[str, _Value]] = Field(description="by name, then by treatment")
    prompts: PromptsFile
    filters: _Filters = Field(description="a filter for each Thread, in their order, or by their numbers")
    reasoning_effort: _Effort = Field(None, description="how much all models are to reason")
    verbosity: _Verbosity = Field(None, description="how much all models are to say")
    otree_ego: Annotated[Any, WithJsonSchema(SCHEMA)] = None


_EXPECTED = {
    (): "one JSON object with " + ", ".join(n for n, each in BuiltFile.model_fields.items() if each.is_required()),
    ("threads",): 'a list of [number, thread], 1 to 1000 of them, such as [[1, ["GPTThread", "gpt-6-luna"]]]',
    ("threads", "*"): '[number, thread], such as [1, ["GPTThread", "gpt-6-luna"]]',
    ("threads", "*", "0"): "the thread's number, a whole one",
    ("threads", "*", "1"): f'"CLIThread", or [class, model] with one of {", ".join(KINDS)}; such as '
    '["GPTThread", "gpt-6-luna"]',
    ("treatments",): "a list of names, at least one",
    ("treatments", "*"): "a name",
    ("rounds",): "a whole number from 1 to 100000",
    ("variables",): "an object with an object for each variable, {} if there are none",
    ("variables", "*"): "an object with a value for each treatment",
    ("variables", "*", "*"): "a value: a text, a number, true or false, a list or an object",
    ("prompts",): "an object with system and user",
    ("prompts", "system"): "a template (text)",
    ("prompts", "user"): "a template (text that is not empty)",
    ("filters",): "a list with a filter for each thread",
    ("reasoning_effort",): f"one of {', '.join(EFFORTS)}",
    ("verbosity",): f"one of {', '.join(VERBOSITIES)}",
    ("filters", "*"): '["JSON"], ["extract_number"], ["exclusive_response", "A;B"] or ["As is"]',
}


def built_schema() -> dict[str, Any]:
    """The JSON Schema of a built file, as it is published in docs/built.schema.json.

    >>> built_schema()["required"]
    ['threads', 'treatments', 'rounds', 'variables', 'prompts', 'filters']
    """
    schema = BuiltFile.model_json_schema()
    schema.update({"$schema": "https://json-schema.org/draft/2020-12/schema", "title": "A built scenario"})
    schema["$defs"]["PromptsFile"]["title"] = "Prompts"
    return schema


def problem(path: Sequence[int | str], found: Any, kind: str) -> Problem:
    """What is said of something that does not fit: where it is, what was found, what was expected."""
    general = tuple(
        str(part) if place == 0 or path[0] == "prompts" or (path[0] == "threads" and place == 2) else "*"
        for place, part in enumerate(path)
    )
    expected = _EXPECTED.get(general) or _EXPECTED[general[:1]]
    if kind == "missing":
        return Problem(tuple(path), f"is missing; expected: {expected}", kind="missing")
    shown = json.dumps(found, ensure_ascii=False, default=str)
    shown = shown if len(shown) <= 80 else shown[:80] + "…"
    return Problem(tuple(path), f"found {shown}, expected {expected}", kind="form")
