"""Questions whose answers have a type, and how answers are read.

Each is asked with `Thread.ask(question, text)`. A type of your own is a subclass of `Question`.
"""

from ..json_text import fail
from ..messages import Form
from .answer_forms import choice, json_answer, number, yes_no
from .base import Checked, Question
from .fields import register_form_fields
from .json_form import Json
from .kinds import Choice, Number, Text, YesNo

__all__ = [
    "Checked", "Choice", "Form", "Json", "Number", "Question", "Text", "YesNo", "choice", "fail",
    "json_answer", "number", "register_form_fields", "yes_no",
]  # fmt: skip
