"""A model that answers every typed question well: the reply function for tests of whole experiments."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Mapping
from typing import Any

from ..questions.base import ONLY, REASON_FIRST
from ..questions.json_form import SCHEMA
from ..questions.kinds import OPTIONS
from ..threads.question_turns import AGAIN

REASONING = "I weighed what I know."
_OPTION = re.compile(r"^- (.+)$", re.MULTILINE)
_NUMBER = re.compile(
    r"one (whole )?number(?: from (\S+) to (\S+?)| of at least (\S+?)| of at most (\S+?))?[,.]?(?:\s|$)"
)


def fitting(body: Mapping[str, Any]) -> str:
    """An answer of the form that a chat request asks for: the smallest number, the first option, a short text.

    With a ``response_format`` the answer fits its JSON Schema; without one it fits what the last question says of its
    form. What asks for no form gets a short text.

    Arguments:
        body: the request's body, as `FakeService.reply` is given it.

    >>> fitting({"messages": [{"role": "user", "content": "Accept?\\n\\nAnswer only with yes or no."}]})
    'yes'
    >>> fitting({"messages": [], "response_format": {"json_schema": {"schema": {"const": 5}}}})
    '5'
    """
    texts = [str(each.get("content")) for each in body.get("messages", ()) if each.get("role") == "user"]
    asked = next((text for text in reversed(texts) if not text.startswith(AGAIN)), "")
    asked = asked if ONLY in asked else ""
    schema = ((body.get("response_format") or {}).get("json_schema") or {}).get("schema")
    if schema is not None:
        return json.dumps(_fits(schema, schema, asked), ensure_ascii=False)
    if not asked:
        return "Fine."
    reasoned = REASON_FIRST in asked
    instruction = asked.rpartition(REASON_FIRST if reasoned else ONLY)[2]
    answer = _answer(instruction)
    if reasoned:
        return json.dumps({"reasoning": REASONING, "answer": answer}, ensure_ascii=False)
    return answer if isinstance(answer, str) else json.dumps(answer, ensure_ascii=False)


def _answer(instruction: str) -> Any:
    """The answer that the words of an instruction want."""
    if instruction.startswith(OPTIONS):
        found = _OPTION.search(instruction)
        return found[1] if found else ""
    if number := _NUMBER.match(instruction):
        low = number[2] or number[4] or (number[5] and min(0.0, float(number[5]))) or 0
        return _plain(float(low))
    if instruction.startswith("a text"):
        return _text(instruction)
    if instruction.startswith(SCHEMA):
        schema = json.loads(instruction.removeprefix(SCHEMA))
        return _fits(schema, schema, "")
    return instruction.partition(" or ")[0]


def _text(instruction: str) -> str:
    least, most = re.search(r"at least (\d+)", instruction), re.search(r"at most (\d+) char", instruction)
    text = "A short text."
    text = text.ljust(int(least[1]), "!") if least else text
    return text[: int(most[1])] if most else text


def _plain(number: float) -> int | float:
    return int(number) if number.is_integer() else number


def _fits(schema: Any, root: Any, asked: str, name: str = "") -> Any:
    """The least that fits a JSON Schema."""
    if not isinstance(schema, Mapping):
        return None
    if "$ref" in schema:
        found: Any = root
        for step in str(schema["$ref"]).lstrip("#/").split("/"):
            found = found[step]
        return _fits(found, root, asked, name)
    if "const" in schema:
        return schema["const"]
    if "enum" in schema:
        return schema["enum"][0]
    for several in ("anyOf", "oneOf", "allOf"):
        if several in schema:
            return _fits(schema[several][0], root, asked, name)
    kind = schema.get("type")
    kind = kind[0] if isinstance(kind, list) else kind
    if kind == "object" or (kind is None and "properties" in schema):
        fields = schema.get("properties", {})
        return {each: _fits(fields.get(each), root, asked, each) for each in schema.get("required", fields)}
    if kind == "array":
        return [_fits(schema.get("items"), root, asked)] * int(schema.get("minItems", 0))
    if kind in ("integer", "number"):
        return _least(schema, kind == "integer")
    if kind == "string":
        if name == "reasoning":
            return REASONING
        text = _text(asked.rpartition("a text")[2]) if "a text" in asked else "Text."
        return text.ljust(int(schema.get("minLength", 0)), ".")[: int(schema.get("maxLength", len(text) + 1000))]
    return {"boolean": True, "null": None}.get(str(kind))


def _least(schema: Mapping[str, Any], whole: bool) -> int | float:
    low, over = schema.get("minimum"), schema.get("exclusiveMinimum")
    step = schema.get("multipleOf", 1 if whole else 0.5)
    found = low if low is not None else 0 if over is None else math.floor(over / step) * step + step
    if low is None and over is None:
        found = min(0, schema.get("maximum", 0), schema.get("exclusiveMaximum", 1) - step)
    return _plain(float(math.ceil(found / step) * step if whole or "multipleOf" in schema else found))
