"""Form fields of oTree players and groups as questions: type, range, choices and label from their definition."""

from __future__ import annotations

import difflib
from collections.abc import Callable
from decimal import Decimal
from typing import Any

from ...errors import ConfigError
from ...languages.waiting_texts import ANSWERS
from ...questions.base import Checked, Question
from ...questions.fields import register_form_fields
from ...questions.kinds import Choice, Number, Text, YesNo
from ..otree_internals.models import BaseGroup, BasePlayer, FormField, app_of, form_field, own_fields, user_function
from ..setup.chat_settings import texts_of


@register_form_fields
def question_for(instance: Any, field: str, label_wanted: bool = False) -> tuple[Question, str]:
    """The question that a form field asks, and its text: the field's label with the help text below.

    Arguments:
        instance: a player or a group. field: the field's name.
        label_wanted: whether a field without a label is an error.

    Raises:
        ConfigError: the instance has no such field, or it cannot be asked for.
    """
    if not isinstance(instance, BasePlayer | BaseGroup):
        raise ConfigError(
            f"decide(…) takes a player or a group of oTree's, which have form fields, not {type(instance).__name__}."
        )
    found = form_field(instance, field)
    name = f"{type(instance).__name__}.{field}"
    if found is None:
        names = list(own_fields(type(instance)))
        near = difflib.get_close_matches(str(field), names, n=1)
        hint = f"Did you mean '{near[0]}'?" if near else f"It has {', '.join(names) or 'none'}."
        raise ConfigError(f"{type(instance).__name__} of the app '{app_of(instance)}' has no field '{field}'. {hint}")
    if found.props.get("multiple"):
        raise ConfigError(f"{name} takes several choices at once; ask for them with ask_json.")
    label = "\n".join(str(found.props[each]) for each in ("label", "help_text") if found.props.get(each))
    if label_wanted and not label:
        raise ConfigError(
            f"{name} has no label to ask with: give the question, decide({_kind(instance)}, '{field}', \"…\"), or the "
            "field a label=…."
        )
    check = user_function(instance, f"{field}_error_message")
    asked = Checked(
        _question(instance, field, found, name),
        convert=found.convert,
        check=(lambda value: check(instance, value)) if check else (lambda value: ""),
        data={"field": field},
    )
    return asked, label


def _kind(instance: Any) -> str:
    return "player" if isinstance(instance, BasePlayer) else "group"


def _question(instance: Any, field: str, found: FormField, name: str) -> Question:
    choices = _given(instance, field, "choices", found)
    if choices:
        pairs = [tuple(each) if isinstance(each, list | tuple) else (each, each) for each in choices]
        values, labels = [found.convert(value) for value, _ in pairs], [_label(found, pair) for pair in pairs]
        if len(set(map(str.strip, labels))) < len(labels):
            raise ConfigError(f"{name} has choices with the same label: {labels!r:.200}.")
        return Choice(tuple(labels), tuple(values))
    if found.kind == "bool":
        return YesNo(_yes_no(instance))
    if found.kind == "text":
        most = found.length or None
        return Text(1, most)
    low, high = _given(instance, field, "min", found, 0), _given(instance, field, "max", found)
    try:
        return Number(low, high, integer=found.places == 0, places=found.places or None)
    except ConfigError as error:
        raise ConfigError(f"{name} cannot be asked for: {error}") from None


def _given(instance: Any, field: str, what: str, found: FormField, usual: Any = None) -> Any:
    """A limit, or the choices: from the app's function, else from the field."""
    function: Callable[[Any], Any] | None = user_function(instance, f"{field}_{what}")
    return function(instance) if function else found.props.get(what, usual)


def _label(found: FormField, pair: tuple[Any, Any]) -> str:
    value, label = pair
    own = label is value or (label == value and isinstance(label, int | float | Decimal))
    return str(found.convert(value)) if own and not isinstance(label, str) else str(label)


def _yes_no(instance: Any) -> tuple[str, str]:
    words = texts_of(instance, "answers", ANSWERS)
    return words["yes"], words["no"]
