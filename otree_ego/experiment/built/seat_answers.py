"""Typed answers of seats: as a file has them, and as the typed questions that read them."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import ROUND_CEILING, ROUND_FLOOR, Context, Decimal
from functools import lru_cache
from typing import Any

from ...errors import ConfigError
from ...grammars import ROOM, SHORT, fields_grammar
from ...json_text import fail
from ...questions import Choice, Json, Number, Question, Text, YesNo
from .places import some

ANSWERS: Mapping[str, frozenset[str]] = {
    "number": frozenset(("low", "high", "integer", "places")), "choice": frozenset(("options",)), "yes_no": frozenset(),
    "text": frozenset(("least", "most")), "json": frozenset(("fields",)),
}  # fmt: skip
"""The kinds of typed answers, and what can be said of each."""
MOST_OPTIONS, MOST_FIELDS, MOST_PLACES = 1000, 100, 12


def question_of(answer: Any) -> Question:
    """The typed question of an answer as a file has it.

    Raises:
        ConfigError: it is none; the message says why.

    >>> question_of({"kind": "number", "low": 0, "high": 10, "integer": True}).read("I take 7.")
    7
    """
    kind = answer.get("kind") if isinstance(answer, dict) else None
    if not isinstance(answer, dict) or not isinstance(kind, str) or kind not in ANSWERS:
        raise ConfigError(f"found {json.dumps(kind):.60}, expected an answer's kind: one of {', '.join(ANSWERS)}")
    unknown = [name for name in answer if name not in ANSWERS[kind] and name != "kind"]
    if unknown:
        raise ConfigError(f"found {some(unknown)}, which an answer of the kind {kind} does not have")
    if kind == "number":
        low, high = _limit(answer, "low"), _limit(answer, "high")
        if low is not None and high is not None and low > high:
            raise ConfigError(f"found a range from {low} to {high}, which has no number")
        return Number(low, high, integer=_truth(answer, "integer"), places=_places(answer))
    if kind == "choice":
        return Choice(tuple(_options(answer.get("options"))))
    if kind == "text":
        least, most = _limit(answer, "least", whole=True), _limit(answer, "most", whole=True)
        return Text(1 if least is None else int(least), None if most is None else int(most))
    if kind == "json":
        form = _object(answer.get("fields"))
        places = {each["name"].strip(): _places(each) for each in answer["fields"] if not each.get("integer")}
        return _Fields(form, places=tuple((name, most) for name, most in places.items() if most is not None))
    return YesNo()


@dataclass(frozen=True)
class _Fields(Json):
    """JSON in which some numbers have so many decimals at most, which a JSON Schema cannot say."""

    places: tuple[tuple[str, int], ...] = ()

    def value_from_json(self, value: Any, text: str) -> Any:
        found = super().value_from_json(value, text)
        for name, most in self.places:
            if round(found[name], most) != found[name]:
                fail(text, self.expected, f"its {name}, {found[name]}, has more decimals")
        return found


@lru_cache(maxsize=256)
def typed_question(answer: str) -> Question:
    """The same of an answer's JSON."""
    return question_of(json.loads(answer))


def simple_filter(answer: Any) -> list[str]:
    """The filter of alter_ego's that is nearest to a typed answer; it stands beside it, for its runner.

    >>> simple_filter({"kind": "choice", "options": ["ACCEPT", "REJECT"]})
    ['exclusive_response', 'ACCEPT;REJECT']
    """
    kind = answer.get("kind") if isinstance(answer, dict) else ""
    if kind == "number":
        return ["extract_number"]
    if kind == "json":
        return ["JSON"]
    given = ["yes", "no"] if kind == "yes_no" else answer.get("options") if kind == "choice" else None
    options = [str(each).strip() for each in given] if isinstance(given, list) else []
    if any(options) and not any(";" in each for each in options) and len(options) <= MOST_OPTIONS:
        return ["exclusive_response", ";".join(filter(None, options))]
    return ["As is"]


@lru_cache(maxsize=256)
def example_answer(answer: str, number: int) -> str:
    """An answer that a typed answer's question can read.

    Arguments:
        answer: as a file has it. number: which one is taken where the range has it.

    >>> example_answer('{"kind": "number", "low": 20}', 10), example_answer('{"kind": "yes_no"}', 10)
    ('20', 'yes')
    """
    found = _example(json.loads(answer), number)
    if isinstance(found, float):
        return format(Decimal(repr(found)), "f")
    return found if isinstance(found, str) else json.dumps(found, ensure_ascii=False)


def _example(answer: dict[str, Any], number: int) -> Any:
    if answer["kind"] == "json":
        fields = {str(each["name"]).strip(): each for each in answer["fields"]}
        given = {name: _example(each, number) for name, each in fields.items()}
        return {
            name: given[name] == "yes" if each["kind"] == "yes_no" else given[name] for name, each in fields.items()
        }
    question = question_of({name: value for name, value in answer.items() if name != "name"})
    if isinstance(question, Number):
        low, high = question.low, question.high
        inside = (low is None or low <= number) and (high is None or number <= high)
        if inside:
            return number
        up = low is not None and low > number
        places = 0 if question.integer else question.places
        return _rounded(low if up else high, places, ROUND_CEILING if up else ROUND_FLOOR)
    if isinstance(question, Choice):
        return question.options[0]
    assert isinstance(question, Text)
    text = "An answer." if question.most is None or question.most >= 10 else "A" * question.most
    return text + "." * max(0, question.least - len(text))


def _rounded(value: float | None, places: int | None, to: str) -> float | None:
    """The next number that has no more decimals."""
    if value is None or places is None:
        return value
    found = Decimal(repr(value)).quantize(Decimal(1).scaleb(-places), to, Context(prec=400))
    return int(found) if found == int(found) else float(found)


@lru_cache(maxsize=256)
def answer_grammar(answer: str) -> str:
    r"""A grammar that has only what a typed answer's question can read; empty if there is none.

    Arguments:
        answer: as a file has it.

    >>> answer_grammar('{"kind": "json", "fields": [{"name": "keep", "kind": "number", "low": 1, "high": 2}]}')
    'root ::= "{\\"keep\\": " f0 "}"\nf0 ::= "1" | "2" | "1." [0-9]{2} | "2.00"'
    """
    found = json.loads(answer)
    if found["kind"] != "json":
        return typed_question(answer).form.grammar
    fields = {str(each["name"]).strip(): each for each in found["fields"]}
    texts = sum(each["kind"] == "text" for each in fields.values())
    return fields_grammar({name: _rule(each, max(SHORT, ROOM // max(1, texts))) for name, each in fields.items()})


def _rule(field: Mapping[str, Any], most: int) -> str:
    """The alternatives of a field's value; a text is as short as it takes to come to the object's end."""
    question = question_of({name: value for name, value in field.items() if name != "name"})
    if isinstance(question, YesNo):
        return '"true" | "false"'
    if isinstance(question, Text):
        wanted = most if question.most is None else min(most, question.most)
        question = Text(question.least, max(question.least, wanted))
    return question.grammar_rule


def field_names(answer: str) -> list[str]:
    """The fields of an answer in JSON; none of another one's.

    >>> field_names('{"kind": "json", "fields": [{"name": "keep", "kind": "number"}]}')
    ['keep']
    """
    found = json.loads(answer) if answer else {}
    return [str(each["name"]).strip() for each in found.get("fields", [])]


def is_number(value: Any) -> bool:
    """Whether a value is a finite number."""
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)


def _limit(answer: Mapping[str, Any], name: str, whole: bool = False) -> float | None:
    value = answer.get(name)
    if value is None:
        return None
    if not is_number(value) or (whole and (int(value) != value or value < 0)):
        expected = "a whole number" if whole else "a number"
        raise ConfigError(f"found {name} {json.dumps(value, ensure_ascii=False):.60}, expected {expected}")
    return float(value) if isinstance(value, float) else int(value)


def _places(answer: Mapping[str, Any]) -> int | None:
    places = _limit(answer, "places", whole=True)
    if places is not None and places > MOST_PLACES:
        raise ConfigError(f"found places {places}, expected a whole number from 0 to {MOST_PLACES}")
    return None if places is None else int(places)


def _truth(answer: Mapping[str, Any], name: str) -> bool:
    value = answer.get(name, False)
    if not isinstance(value, bool):
        raise ConfigError(f"found {name} {json.dumps(value, ensure_ascii=False):.60}, expected true or false")
    return value


def _options(given: Any) -> list[str]:
    texts = isinstance(given, list) and all(isinstance(each, str) and each.strip() for each in given)
    if not texts or not given or len(given) > MOST_OPTIONS:
        raise ConfigError(f"found no list of options, expected 1 to {MOST_OPTIONS} texts")
    return list(given)


def _object(given: Any) -> dict[str, Any]:
    """The JSON Schema of an answer's fields."""
    named = isinstance(given, list) and all(isinstance(e, dict) and isinstance(e.get("name"), str) for e in given)
    if not named or not 1 <= len(given) <= MOST_FIELDS:
        raise ConfigError(f"found no list of fields, expected 1 to {MOST_FIELDS} with a name and a kind")
    properties: dict[str, Any] = {}
    for each in given:
        name = each["name"].strip()
        if not name or name in properties:
            raise ConfigError(f"found {'a field without a name' if not name else f'the field {name!r:.60} twice'}")
        inner = {key: value for key, value in each.items() if key != "name"}
        if inner.get("kind") == "json":
            raise ConfigError(f"the field {name!r:.60} has fields of its own, which cannot be")
        try:
            properties[name] = _schema(inner)
        except ConfigError as error:
            raise ConfigError(f"the field {name!r:.60}: {error}") from None
    return {
        "type": "object", "properties": properties, "required": [*properties], "additionalProperties": False
    }  # fmt: skip


def _schema(answer: dict[str, Any]) -> dict[str, Any]:
    question = question_of(answer)
    if isinstance(question, YesNo):
        return {"type": "boolean"}
    if isinstance(question, Text):
        most = {} if question.most is None else {"maxLength": question.most}
        return {"type": "string", "minLength": question.least, **most}
    return question.schema
