"""A page's form as one typed question: each field is one of the typed questions, and all are answered at once."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property, lru_cache
from typing import Any

from ..errors import ConfigError
from ..grammars import ROOM, SHORT, fields_grammar
from ..json_text import fail, parse_json
from ..messages import Form
from ..questions import Choice, Question, Text
from .field_labels import told_apart
from .field_questions import Several, question_for
from .page_buttons import Button
from .page_fields import CHOICE, FILE, SEVERAL, TICK, Field, PageForm
from .quotation import harmless, in_line

BUTTON = "button"
"""The key under which one of several buttons is chosen."""
MAY_BE_EMPTY = "It may be null: then the field stays empty."
OR_EMPTY = "null, which leaves the field empty, or "


class CannotBeAsked(ConfigError):
    """A field has a range or options that nothing fits.

    Attributes:
        field: its name.
    """

    def __init__(self, field: str, problem: object) -> None:
        super().__init__(f"field {field!r}: {problem}")
        self.field = field


@dataclass(frozen=True)
class Part:
    """One field of the question.

    Fields:
        key: under which it is answered. name: of the field. question: its own. label: what the page says of it.
        required: whether it must be answered; else null leaves it empty.
    """

    key: str
    name: str
    question: Question
    label: str = ""
    required: bool = True


@dataclass(frozen=True)
class FormQuestion(Question):
    """All that a page asks for, answered by one JSON object.

    Arguments:
        parts: its fields. name, index: of the page, for the data.

    >>> from otree_ego.questions import Number
    >>> ask = FormQuestion(parts=(Part("q1", "offer", Number(0, 10, integer=True), "Your offer"),))
    >>> print(ask.instruction)
    Answer only with a JSON object with this field:
    "q1" (Your offer): one whole number from 0 to 10.
    >>> ask.read('{"q1": 4}'), ask.read("4")
    ({'offer': 4}, {'offer': 4})
    """

    parts: tuple[Part, ...] = ()
    name: str = ""
    index: int = 0

    @property
    def kind(self) -> str:
        return "page"

    @property
    def expected(self) -> str:
        return f"a JSON object with {', '.join(each.key for each in self.parts)}"

    # The same page is asked of many players, and each of these is needed for each.

    @cached_property
    def description(self) -> str:
        said = "a JSON object with this field:" if len(self.parts) == 1 else "a JSON object with these fields:"
        return "\n".join([said, *map(self._line, self.parts)])

    def _line(self, part: Part) -> str:
        label = f" ({part.label})" if part.label else ""
        question = part.question.spoken(self.phrases) if self.phrases is not None else part.question
        said = question.description
        if not part.required:  # what follows a list would read as if it were its last line's
            said = f"{OR_EMPTY}{said}" if "\n" in said else f"{said} {MAY_BE_EMPTY}"
        return f'"{part.key}"{label}: {said}'

    @property
    def schema(self) -> dict[str, Any]:
        fields = {each.key: _schema_of(each) for each in self.parts}
        return {"type": "object", "properties": fields, "required": list(fields), "additionalProperties": False}

    @cached_property
    def form(self) -> Form:
        if self.reasoning:
            return Form(self.kind, super().form.schema, self._grammar(True), strict=True)
        return Form(self.kind, self.schema, self._grammar(False), strict=True)

    def _grammar(self, reasoning: bool) -> str:
        rules = [each.question.grammar_rule for each in _with_room(self.parts)]
        if not all(rules):
            return ""
        each = {p.key: rule + ("" if p.required else ' | "null"') for p, rule in zip(self.parts, rules, strict=True)}
        return fields_grammar(each, reasoning)

    def as_data(self) -> dict[str, Any]:
        place = {"index": self.index} if self.index else {}
        return {"kind": self.kind, "page": self.name, **place, "fields": {each.key: each.name for each in self.parts}}

    def as_answer(self, value: Any) -> str:
        given = value if isinstance(value, Mapping) else {}
        return json.dumps({each.key: given.get(each.name) for each in self.parts}, ensure_ascii=False, default=str)

    def read_with_reasoning(self, text: str, cut: bool = False) -> tuple[Any, str]:
        if not text.strip():
            fail(text, self.expected, "it is empty")
        if len(self.parts) == 1 and not re.search(r"[{\[]", text):  # only the value, as people would say it
            part = self.parts[0]
            return {part.name: self._value(part, text.strip(), text)}, ""
        found = parse_json(text)
        reasoning = ""
        keys = {each.key for each in self.parts}
        if isinstance(found, dict) and "answer" in found and not keys & set(found):
            reasoning, found = str(found.get("reasoning") or "").strip(), found["answer"]
        if not isinstance(found, dict):
            if len(self.parts) != 1:
                fail(text, self.expected, "it is no JSON object")
            found = {self.parts[0].key: found}
        missing = [each.key for each in self.parts if each.required and found.get(each.key) is None]
        if missing:
            fail(text, self.expected, f"it has no {' and no '.join(map(repr, missing))}")
        return {each.name: self._value(each, found.get(each.key), text) for each in self.parts}, reasoning

    def _value(self, part: Part, given: Any, text: str) -> Any:
        if not part.required and (given is None or given == ""):
            return None
        shown = _as_shown(given) if isinstance(part.question, Choice | Several) else given
        return part.question.value_from_json(shown, str(given))


def _as_shown(given: Any) -> Any:
    """An answer with options as the model was shown them."""
    if isinstance(given, list):
        return [_as_shown(each) for each in given]
    return harmless(given) if isinstance(given, str) else given


def _with_room(parts: Sequence[Part]) -> list[Part]:
    """The parts with shorter texts, as far as the embedded model's longest answer has room for all of them."""
    texts = sum(type(each.question) is Text for each in parts)
    most = max(SHORT, ROOM // max(1, texts))
    return [_shortened(each, most) for each in parts]


def _shortened(part: Part, most: int) -> Part:
    question = part.question
    if not isinstance(question, Text) or type(question) is not Text:  # a format has a length of its own
        return part
    most = max(question.least, most if question.most is None else min(most, question.most))
    return replace(part, question=replace(question, most=most))


def _schema_of(part: Part) -> dict[str, Any]:
    schema = dict(part.question.schema)
    said = {"description": part.label} if part.label else {}
    return {**schema, **said} if part.required else {"anyOf": [schema, {"type": "null"}], **said}


@lru_cache(maxsize=512)
def question_of(
    form: PageForm, keys: tuple[tuple[str, str], ...], page: str = "", index: int = 0, reasoning: bool = False
) -> FormQuestion | None:
    """The question that a form asks; None if there is nothing to decide.

    Arguments:
        form: of the page. keys: under which its fields are asked for, by name.
        page, index: its name and place, for the data. reasoning: whether the model is to give reasons.

    Raises:
        CannotBeAsked: nothing fits a field that must be filled in. One that may stay empty is left out.
    """
    asked = dict(keys)
    found = [_part(each, asked[each.name]) for each in form.fields if each.name in asked and each.kind != FILE]
    parts = [each for each in found if each is not None]
    if len(form.buttons) > 1:
        texts = button_texts(form.buttons)
        parts.append(Part(BUTTON, BUTTON, Choice(tuple(map(harmless, texts)), texts), "which button you press"))
    return FormQuestion(parts=tuple(parts), name=page, index=index, reasoning=reasoning) if parts else None


def button_texts(buttons: tuple[Button, ...]) -> tuple[str, ...]:
    """What several buttons are called; two of one text by their values."""
    return told_apart([(each.text, each.value) for each in buttons])


def _part(each: Field, key: str) -> Part | None:
    label = in_line(f"{each.label} ({each.help})" if each.help else each.label)
    try:
        question = question_for(each)
        _ = question.grammar_rule
    except ConfigError as problem:
        if not each.required:
            return None
        raise CannotBeAsked(each.name, problem) from None
    return Part(key, each.name, question, label, each.required or each.kind in (TICK, SEVERAL))


def payload(form: PageForm, values: Mapping[str, Any], button: str = "") -> list[tuple[str, str]]:
    """What a browser would send.

    Arguments:
        form: of the page. values: of its fields, by name: a number, a text, an option's value (for several a list of
            texts or values), True for a box that is ticked, None for nothing. Hidden fields may be among them.
        button: the text of the one that is pressed; the first if empty.

    >>> box = Field("news", TICK, on="y")
    >>> payload(PageForm((box, Field("offer", "number")), hidden=(("id", "7"),)), {"news": True, "offer": 4.0})
    [('id', '7'), ('news', 'y'), ('offer', '4')]
    """
    asked = {each.sent_as or each.name for each in form.fields if each.shown}
    filled = {name: _written(value) for name, value in values.items() if value is not None and name not in asked}
    sent = [(name, filled.get(name, value)) for name, value in form.hidden]
    for each in form.fields:
        sent += _pairs(each, values.get(each.name, None if each.shown else _unseen(each, values)))
    sent += form.behind
    names = button_texts(form.buttons)
    pressed = form.buttons[names.index(button)] if button in names else next(iter(form.buttons), None)
    return sent + ([(pressed.name, pressed.value)] if pressed and pressed.name else [])


def _pairs(each: Field, value: Any) -> list[tuple[str, str]]:
    """What is sent for one field."""
    name = each.sent_as or each.name
    if each.kind == TICK:
        return [(name, each.on)] * (value is True or (value is not None and value == each.on))
    if each.kind == SEVERAL:
        stands_for = {option.text: option.value for option in each.options}
        listed = [value] if isinstance(value, str) else value or ()
        return [(name, stands_for.get(one, _written(one))) for one in listed]
    if each.kind == CHOICE:
        return [] if value is None else [(name, _option(each, value))]
    return [] if each.kind == FILE else [(name, "" if value is None else _written(value))]


def _unseen(each: Field, values: Mapping[str, Any]) -> Any:
    """What is sent for a field that is not shown: what it holds, else what is answered where it is shown."""
    found = _held(each)
    return values.get(each.sent_as) if each.sent_as and not found else found


def held(form: PageForm) -> dict[str, Any]:
    """What the fields of a form hold, by name: it is sent if nobody changes it."""
    return {each.name: _held(each) for each in form.fields}


def _held(each: Field) -> Any:
    """What a field sends that nobody changes."""
    if each.kind == SEVERAL:
        return list(each.chosen)
    return each.value or None


def _option(each: Field, value: Any) -> str:
    written = _written(value)
    if any(option.value == written for option in each.options):
        return written
    found = [option.value for option in each.options if option.text == written]
    found = found or [option.value for option in each.options if option.plain == written]
    return found[0] if found else written


def _written(value: Any) -> str:
    if isinstance(value, bool):
        return str(value)
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return f"{value:.12f}".rstrip("0") if isinstance(value, float) and "e" in repr(value) else str(value)
