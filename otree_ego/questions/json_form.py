"""Questions that are answered in JSON, by a pydantic model or a JSON Schema."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field, is_dataclass
from importlib import import_module
from typing import Any

from ..errors import ConfigError, ParseError
from ..json_text import fail, parse_json
from ..messages import Form
from ..public import public
from .base import Question, as_json
from .phrases import PHRASES

SCHEMA = PHRASES["en"]["schema"]


@public
@dataclass(frozen=True)
class Json(Question):
    """JSON of a form.

    Arguments:
        model: a pydantic model's class, a dataclass, or a JSON Schema.
        show: the field that people are shown in a chat; without it the first one that is a text.

    >>> offer = Json({"type": "object", "properties": {"offer": {"type": "integer"}}, "required": ["offer"]})
    >>> offer.read('Here you are: {"offer": 5}')
    {'offer': 5}
    """

    model: Any = None
    show: str = ""
    _schema: dict[str, Any] = field(default_factory=dict, init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        if hasattr(self.model, "model_json_schema"):
            object.__setattr__(self, "_schema", _closed(self.model.model_json_schema()))
            return
        if isinstance(self.model, type) and is_dataclass(self.model):
            object.__setattr__(self, "_schema", _closed(_adapter(self.model).json_schema()))
            return
        if not isinstance(self.model, Mapping):
            raise ConfigError(
                f"A form is a dataclass, a pydantic model's class or a JSON Schema (a dict), not {self.model!r:.80}."
            )
        object.__setattr__(self, "_schema", dict(self.model))
        schemas: Any = import_module("jsonschema")
        try:
            schemas.validators.validator_for(self._schema, schemas.Draft202012Validator).check_schema(self._schema)
        except schemas.exceptions.SchemaError as error:
            raise ConfigError(f"This is no JSON Schema: {error.message}") from None

    @property
    def expected(self) -> str:
        return "JSON of the form that was asked for"

    @property
    def description(self) -> str:
        return self.say["schema"] + json.dumps(self._schema, ensure_ascii=False)

    @property
    def schema(self) -> dict[str, Any]:
        return self._schema

    @property
    def form(self) -> Form:
        if not self.reasoning and self._schema.get("type") == "object":
            return Form(self.kind, self._schema, "", strict=_strict(self._schema))
        whole = super().form.schema
        named = ("$defs", "definitions")
        definitions: dict[str, Any] = {name: self._schema[name] for name in named if name in self._schema}
        if definitions:
            # References count from the root, which is the wrapping object now.
            inner = {name: value for name, value in self._schema.items() if name not in definitions}
            whole = {**whole, "properties": {**whole["properties"], "answer": inner}, **definitions}
        return Form(self.kind, whole, "", strict=_strict(whole))

    def as_shown(self, value: Any) -> str:
        fields = as_json(value)
        if isinstance(fields, dict):
            texts = (each for each in fields.values() if isinstance(each, str))
            return str(fields.get(self.show) or "") if self.show else next(texts, "")
        return fields if isinstance(fields, str) else ""

    def as_data(self) -> dict[str, Any]:
        return {"kind": self.kind, "schema": self._schema.get("title", "") or getattr(self.model, "__name__", "")}

    def read_with_reasoning(self, text: str, cut: bool = False) -> tuple[Any, str]:
        if not text.strip():
            fail(text, self.expected, "it is empty")
        found = parse_json(text)
        wrapped = isinstance(found, dict) and "answer" in found and set(found) <= {"reasoning", "answer"}
        if wrapped and "answer" in self._schema.get("properties", ()) and not self.reasoning:
            try:
                return self.value_from_json(found, text), ""
            except ParseError:
                pass  # then it is in the wrapping that a service was told to give
        if wrapped:
            return self.value_from_json(found["answer"], text), str(found.get("reasoning") or "").strip()
        return self.value_from_json(found, text), ""

    def value_from_json(self, value: Any, text: str) -> Any:
        if isinstance(self.model, type):
            wrong: Any = import_module("pydantic").ValidationError
            read = getattr(self.model, "model_validate_json", None) or _adapter(self.model).validate_json
            try:
                return read(json.dumps(value))
            except wrong as error:
                first = error.errors(include_url=False, include_context=False, include_input=False)[0]
                place = ".".join(map(str, first["loc"]))
                fail(text, self.expected, f"{place}: {first['msg']}" if place else str(first["msg"]))
        schemas: Any = import_module("jsonschema")
        check = schemas.validators.validator_for(self._schema, schemas.Draft202012Validator)(self._schema)
        if (found := schemas.exceptions.best_match(check.iter_errors(value))) is not None:
            place = ".".join(map(str, found.absolute_path))
            fail(text, self.expected, f"{place}: {found.message[:200]}" if place else found.message[:200])
        return value


def _adapter(kind: type) -> Any:
    return import_module("pydantic").TypeAdapter(kind)


def _closed(schema: Any) -> Any:
    """The schema of a pydantic model without fields that it does not name, as services want it."""
    if isinstance(schema, list):
        return [_closed(each) for each in schema]
    if not isinstance(schema, dict):
        return schema
    found = {name: _closed(each) for name, each in schema.items()}
    return {**found, "additionalProperties": False} if "properties" in found and "type" in found else found


def _strict(schema: Any) -> bool:
    """Whether each object in a schema names all of its fields and wants them."""
    if isinstance(schema, list):
        return all(map(_strict, schema))
    if not isinstance(schema, dict):
        return True
    if schema.get("type") == "object" or "properties" in schema:
        wanted = set(schema.get("properties", {}))
        if schema.get("additionalProperties") is not False or set(schema.get("required", ())) != wanted:
            return False
    return "default" not in schema and all(map(_strict, schema.values()))
