"""Who makes questions of form fields: the core knows no framework with forms, so one registers itself here."""

from __future__ import annotations

import sys
from collections.abc import Callable
from importlib import import_module
from typing import Any

from ..errors import ConfigError
from .base import Question

FieldReader = Callable[[Any, str, bool], tuple[Question, str]]
"""Makes a question of a form field: from the object, the field's name, and whether its label is needed as the text.

It returns the question and the field's label, and raises a ConfigError where there is no such field.
"""

_readers: list[FieldReader] = []


def register_form_fields(reader: FieldReader) -> FieldReader:
    """Let `decide(instance, field)` ask for the form fields of a framework's objects.

    Arguments:
        reader: makes the question; the one that was registered last is asked.
    """
    _readers.append(reader)
    return reader


def question_for_field(instance: Any, field: str, label_needed: bool) -> tuple[Question, str]:
    """The question that a form field asks, and the field's label.

    Raises:
        ConfigError: nobody has registered, or there is no such field.
    """
    if not _readers and "otree.models" in sys.modules:
        # An app that has used nothing of the binding so far: loading it registers oTree's fields.
        import_module("otree_ego.binding")
    if not _readers:
        raise ConfigError(f"decide(…) takes a player or a group of a running oTree, not {type(instance).__name__}.")
    return _readers[-1](instance, field, label_needed)
